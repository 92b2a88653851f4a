//! Whether a label says that a date is the publication or the last change. The words are those of
//! `src/lang/<code>/date-labels.txt`.

use std::sync::LazyLock;

use foldhash::{HashMap, HashMapExt as _};

use super::byline_words::opens;
use super::phrase_finder::PhraseFinder;
use super::word_lists;

/// What a label says of the date beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Published,
    Changed,
}

const LIST: &str = "date-labels.txt";

/// Labels and their words, laid out to be looked for.
struct Labels {
    rows: Vec<(Label, &'static str)>,
    finder: PhraseFinder,
}

static LABELS: LazyLock<Labels> = LazyLock::new(|| {
    let rows = word_lists::of_languages(LIST).filter_map(|(kind, word)| match kind {
        "published" => Some((Label::Published, word)),
        "changed" => Some((Label::Changed, word)),
        _ => None,
    });
    let rows: Vec<_> = rows.collect();
    let finder = PhraseFinder::new(rows.iter().map(|(_, word)| *word));
    Labels { rows, finder }
});

/// The labels in a text in lower case: where each is first, and its length; in their order, of those at one place the longest
/// first.
fn labels(lower: &str) -> Vec<(usize, Label, usize)> {
    let Labels { rows, finder } = &*LABELS;
    let firsts = finder.firsts(lower).into_iter();
    let mut found: Vec<_> =
        firsts.map(|(at, number)| (at, rows[number].0, rows[number].1.len())).collect();
    found.sort_by_key(|(at, _, length)| (*at, std::cmp::Reverse(*length)));
    found
}

/// What wikis write below a page before the day of its last change.
static PAGE_CHANGED: LazyLock<Vec<&str>> =
    LazyLock::new(|| word_lists::words(LIST, "page-changed"));

/// Whether a text in lower case says when a page was last changed.
pub(super) fn says_last_change(text: &str) -> bool {
    PAGE_CHANGED.iter().any(|words| text.contains(words))
}

/// What the first telling word of a text says.
pub(super) fn of(text: &str) -> Option<Label> {
    labels(&text.to_lowercase()).first().map(|(_, label, _)| *label)
}

/// The labels by their first letter.
static BY_LETTER: LazyLock<HashMap<char, Vec<&'static str>>> = LazyLock::new(|| {
    let mut labels: HashMap<char, Vec<&'static str>> = HashMap::new();
    for (_, label) in &LABELS.rows {
        labels.entry(label.chars().next().unwrap_or_default()).or_default().push(label);
    }
    labels
});

/// The length of the longest label that a text opens with, an ending included.
pub(super) fn opening(text: &str) -> Option<usize> {
    let length = |label: &str| {
        let rest = &text[opens(text, label)?..];
        let ending = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        (rest[..ending].chars().count() <= MAX_ENDING).then(|| text.len() - rest.len() + ending)
    };
    let first = text.chars().next().and_then(|c| c.to_lowercase().next())?;
    BY_LETTER.get(&first)?.iter().filter_map(|label| length(label)).max()
}

/// Whether a text is a label and nothing more than small words: `Publicado em`.
pub(super) fn is_bare(text: &str) -> bool {
    opening(text).is_some_and(|end| {
        text[end..].split([' ', ':']).all(|word| word.chars().all(char::is_lowercase))
    })
}

/// Longest ending of a label that is a word's beginning, in characters.
const MAX_ENDING: usize = 3;

/// A text's parts that begin with a label each: `Updated 5 May, first published 3 May`.
pub(super) fn parts(text: &str) -> Vec<(Label, &str)> {
    let lower = text.to_lowercase();
    // Offsets are of use only where lower case keeps lengths.
    if lower.len() != text.len() {
        return Vec::new();
    }
    let mut starts: Vec<(usize, Label, usize)> = Vec::new();
    for (at, label, length) in labels(&lower) {
        if starts.last().is_none_or(|(last, _, long)| last + long <= at) {
            starts.push((at, label, length));
        }
    }
    let ends = starts.iter().skip(1).map(|(at, ..)| *at).chain([text.len()]);
    let cut = |((at, label, _), end): (&(usize, Label, usize), usize)| {
        Some((*label, text.get(*at..end)?))
    };
    starts.iter().zip(ends).filter_map(cut).collect()
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

    #[test]
    fn a_line_with_two_labels_is_parted() {
        let text = "Updated 5 May 2026, first published 3 May 2026";
        let expected = [
            (Label::Changed, "Updated 5 May 2026, "),
            (Label::Published, "first published 3 May 2026"),
        ];
        assert_eq!(parts(text), expected);
        assert_eq!(parts("3 May 2026"), []);
    }
}
