//! The words of bylines, of `src/lang/<code>/bylines.txt`: what stands before who wrote a story, before who did
//! something else, and what people are called.

use std::sync::LazyLock;

use foldhash::{HashMap, HashMapExt as _};

use super::word_lists;

/// The list in each language's folder.
pub(super) const LIST: &str = "bylines.txt";

/// What stands between neighbouring elements in texts that are read off the page for names.
pub(super) const BREAK: char = '\u{1f}';

/// What a word of a byline says, by `src/lang/<code>/bylines.txt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Word {
    /// Before who wrote it.
    By,
    /// The same, before a colon.
    Label,
    /// Before who did something else.
    Other,
    /// The same, before a colon.
    OtherLabel,
    /// What people are called.
    Role,
}

/// The words by their kind and first letter, the longest first.
static WORDS: LazyLock<HashMap<(Word, char), Vec<&'static str>>> = LazyLock::new(|| {
    let mut words: HashMap<(Word, char), Vec<&'static str>> = HashMap::new();
    for (kind, word) in word_lists::of_languages(LIST) {
        let kind = match kind {
            "by" => Word::By,
            "label" => Word::Label,
            "other" => Word::Other,
            "other-label" => Word::OtherLabel,
            "role" => Word::Role,
            // Words about names, for who parts them.
            _ => continue,
        };
        words.entry((kind, word.chars().next().unwrap_or_default())).or_default().push(word);
    }
    for words in words.values_mut() {
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    }
    words
});

/// The words of a kind that may open a text.
pub(super) fn words(kind: Word, text: &str) -> impl Iterator<Item = &'static str> {
    let first = text.chars().next().and_then(|c| c.to_lowercase().next());
    first.and_then(|c| WORDS.get(&(kind, c))).into_iter().flatten().copied()
}

/// The length of a phrase that a text opens with, letter case aside.
pub(super) fn opens(text: &str, phrase: &str) -> Option<usize> {
    let mut rest = text.char_indices();
    for wanted in phrase.chars() {
        let (_, c) = rest.next()?;
        let same = match c.is_ascii() {
            true => c.to_ascii_lowercase() == wanted,
            false => c.to_lowercase().next() == Some(wanted),
        };
        if !same {
            return None;
        }
    }
    Some(rest.next().map_or(text.len(), |(at, _)| at))
}

/// The length of white space and a colon that a text opens with.
fn colon(text: &str) -> Option<usize> {
    let rest = text.trim_start();
    const COLONS: [char; 3] = [':', '：', '՝'];
    rest.starts_with(COLONS).then(|| {
        let end = rest.trim_start_matches(COLONS).trim_start();
        text.len() - end.len()
    })
}

/// Length of the longest word of a kind that a text opens with, a colon behind it.
fn labelled(text: &str, kind: Word) -> Option<usize> {
    words(kind, text).find_map(|word| {
        let end = opens(text, word)?;
        Some(end + colon(&text[end..])?)
    })
}

/// Length of the longest word of a kind that a text opens with, another word behind it.
fn worded(text: &str, kind: Word) -> Option<usize> {
    words(kind, text).find_map(|word| {
        let end = opens(text, word)?;
        let rest = &text[end..];
        let parted = rest.starts_with([':', '：', ' ', BREAK]);
        parted.then(|| text.len() - rest.trim_start_matches([':', '：', ' ', BREAK]).len())
    })
}

/// Whether who follows wrote the story or did something else, and how long the words are that say so.
pub(super) fn told(text: &str) -> Option<(bool, usize)> {
    if let Some(end) = labelled(text, Word::OtherLabel).or_else(|| worded(text, Word::Other)) {
        return Some((false, end));
    }
    let many = |end: &usize| text[..*end].trim_end().contains(' ');
    let own = labelled(text, Word::Label).or_else(|| worded(text, Word::By).filter(many));
    own.map(|end| (true, end))
}

/// The rest of a line that opens like a byline.
pub(super) fn byline_mark(text: &str) -> Option<&str> {
    let trimmed = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = labelled(trimmed, Word::Label).or_else(|| worded(trimmed, Word::By))?;
    Some(&trimmed[end..])
}
