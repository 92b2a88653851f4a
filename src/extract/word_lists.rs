//! Lists of words as data: those of a language are files of `src/lang/<code>/`, those of templates, addresses and
//! `<meta>` elements files of `src/extract/data/`. A row is a kind, a tab, and the words.
//!
//! Which kinds there are is said where a list is used; a row of a kind that is never asked for is a fault that the
//! tests here and there find.

use std::sync::LazyLock;

use crate::lang::{self, columns};

/// What names in `class` and `id` say.
pub(super) const CLASS_NAMES: &str = include_str!("data/class-names.txt");
/// What addresses, classes and generators say of a page.
const PAGE_SIGNS: &str = include_str!("data/page-signs.txt");
/// Names of `<meta>` elements.
const META_NAMES: &str = include_str!("data/meta-names.txt");

/// The rows of all languages' lists of a name.
pub(super) fn of_languages(
    file: &'static str,
) -> impl Iterator<Item = (&'static str, &'static str)> {
    lang::languages_with(file).flat_map(move |code| lang::rows(code, file).into_iter().flatten())
}

/// The words of a kind in all languages' lists of a name.
pub(super) fn words<C: FromIterator<&'static str>>(file: &'static str, kind: &str) -> C {
    of_kind(of_languages(file), kind)
}

/// The words of a kind in `page-signs.txt`.
pub(super) fn page_signs<C: FromIterator<&'static str>>(kind: &str) -> C {
    of_kind(columns(PAGE_SIGNS), kind)
}

/// The names of `<meta>` elements that state something, the most trusted first.
pub(super) fn meta_names(stated: &str) -> Vec<&'static str> {
    of_kind(columns(META_NAMES), stated)
}

fn of_kind<C: FromIterator<&'static str>>(
    rows: impl Iterator<Item = (&'static str, &'static str)>,
    kind: &str,
) -> C {
    rows.filter(|(k, _)| *k == kind).map(|(_, words)| words).collect()
}

/// What opens a link to another story, such as "Read also", in all languages; what ends a text that is cut short
/// too.
pub(super) static READ_ALSO: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lists = lang::languages_with("read-also.txt");
    lists.filter_map(|code| lang::text(code, "read-also.txt")).flat_map(lang::entries).collect()
});

/// A phrase with the spaces at its ends, which lists write as underscores.
pub(super) fn spaced(phrase: &str) -> String {
    let start = phrase.strip_prefix('_').map_or_else(|| phrase.to_owned(), |p| format!(" {p}"));
    start.strip_suffix('_').map_or_else(|| start.clone(), |p| format!("{p} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each list with a name, and whether its order says nothing.
    fn lists() -> Vec<(String, &'static str, bool)> {
        let mut lists = vec![
            ("class-names.txt".to_owned(), CLASS_NAMES, true),
            ("page-signs.txt".to_owned(), PAGE_SIGNS, true),
            ("meta-names.txt".to_owned(), META_NAMES, false),
        ];
        for (file, sorted) in [
            ("boilerplate.txt", true),
            ("bylines.txt", false),
            ("date-words.txt", true),
            ("date-labels.txt", false),
            ("date-order.txt", true),
            ("months-press.txt", true),
        ] {
            for code in lang::languages_with(file) {
                let list = lang::text(code, file).unwrap();
                lists.push((format!("{code}/{file}"), list, sorted));
            }
        }
        lists
    }

    #[test]
    fn lists_have_two_columns_and_no_repeats() {
        for (name, list, sorted) in lists() {
            let lines: Vec<&str> = lang::entries(list).collect();
            assert_eq!(columns(list).count(), lines.len(), "{name}: a row without a tab");
            let mut in_order = lines.clone();
            in_order.sort_unstable();
            assert!(!sorted || in_order == lines, "{name} is not sorted");
            in_order.dedup();
            assert_eq!(in_order.len(), lines.len(), "{name} says something twice");
        }
    }

    /// Kinds that are read, of lists whose rows no reader counts.
    const KINDS: &[(&str, &str)] = &[
        (
            "page-signs.txt",
            "about-class author-class author-format-class beside-author-class changed-class credit-class \
             dates-of-others error-class forum-path forum-software front-folder list-class list-folder list-parameter \
             live-folder live-title others-author-class picture-class profile-folder published-class signed-class state-after state-before story-class",
        ),
        (
            "bylines.txt",
            "agency and behind behind-first behind-last by label not-in-name not-last not-name note-unspaced organisation \
             organisation-ending other other-label own-by particle placeholder plugin-label role signature \
             signature-end signature-label submitted tail tail-or-name title-after title-before title-behind",
        ),
        (
            "date-words.txt",
            "after-time am am-before at between friday hour-sign hour-word minute-sign monday month-behind month-prefix \
             month-word night-before pm pm-before saturday second-sign sunday thursday tuesday wednesday",
        ),
        ("date-order.txt", "day-first-address day-first-region month-first-region no-slashes"),
        ("date-labels.txt", "changed number other page-changed published"),
    ];

    #[test]
    fn every_kind_of_row_is_read() {
        for (file, read) in KINDS {
            let of_pages = columns(PAGE_SIGNS).filter(|_| *file == "page-signs.txt");
            let found: std::collections::BTreeSet<&str> =
                of_languages(file).chain(of_pages).map(|(kind, _)| kind).collect();
            assert_eq!(found.into_iter().collect::<Vec<_>>().join(" "), *read, "{file}");
        }
    }

    #[test]
    fn underscores_at_the_ends_are_spaces() {
        assert_eq!(spaced("_ago"), " ago");
        assert_eq!(spaced("by_"), "by ");
        assert_eq!(spaced("read_more"), "read_more");
    }
}
