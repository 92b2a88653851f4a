//! Whether a label says that a date is the publication or the last change. The words are those of
//! `src/lang/<code>/date-labels.txt`.

use std::sync::LazyLock;

use crate::lang;

/// What a label says of the date beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Published,
    Changed,
}

static LABELS: LazyLock<Vec<(Label, &'static str)>> = LazyLock::new(|| {
    let lists = lang::languages_with("date-labels.txt");
    let rows = lists.filter_map(|code| lang::text(code, "date-labels.txt")).flat_map(lang::entries);
    rows.filter_map(|row| {
        let (kind, word) = row.split_once('\t')?;
        Some((if kind == "changed" { Label::Changed } else { Label::Published }, word))
    })
    .collect()
});

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
