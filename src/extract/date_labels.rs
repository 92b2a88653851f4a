//! Whether a label says that a date is the publication or the last change. The words are those of
//! `src/lang/<code>/date-labels.txt`.

use std::sync::LazyLock;

use super::word_lists;

/// What a label says of the date beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Published,
    Changed,
}

const LIST: &str = "date-labels.txt";

static LABELS: LazyLock<Vec<(Label, &'static str)>> = LazyLock::new(|| {
    let rows = word_lists::of_languages(LIST);
    rows.filter_map(|(kind, word)| match kind {
        "published" => Some((Label::Published, word)),
        "changed" => Some((Label::Changed, word)),
        _ => None,
    })
    .collect()
});

/// What wikis write below a page before the day of its last change.
static PAGE_CHANGED: LazyLock<Vec<&str>> =
    LazyLock::new(|| word_lists::words(LIST, "page-changed"));

/// Whether a text in lower case says when a page was last changed.
pub(super) fn says_last_change(text: &str) -> bool {
    PAGE_CHANGED.iter().any(|words| text.contains(words))
}

/// What the first telling word of a text says.
pub(super) fn of(text: &str) -> Option<Label> {
    let lower = text.to_lowercase();
    let found =
        LABELS.iter().filter_map(|(label, word)| Some((lower.find(word)?, *label, word.len())));
    found.min_by_key(|(at, _, length)| (*at, std::cmp::Reverse(*length))).map(|(_, label, _)| label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_many_languages() {
        for (text, label) in [
            ("Updated:", Some(Label::Changed)),
            ("Last updated", Some(Label::Changed)),
            ("Original:", Some(Label::Published)),
            ("Zuletzt aktualisiert am", Some(Label::Changed)),
            ("Mis à jour le", Some(Label::Changed)),
            ("Publicado em", Some(Label::Published)),
            ("更新：", Some(Label::Changed)),
            ("3 May", None),
        ] {
            assert_eq!(of(text), label, "{text}");
        }
    }
}
