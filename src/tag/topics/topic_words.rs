//! Words as terms and texts are compared by: runs of letters and digits, a possessive "s" dropped,
//! each with two hashes: as written, and in lower case without a plural "s".
//!
//! Not the document's tokens, which keep `3.5`, `U.S.` and `co-op` whole: files of terms, and the weights that were fitted to
//! these hashes, part them at every sign.

use crate::hash::{SEED, absorb, finish};
use crate::unicode;

/// A word's two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Hash of the word as written.
    pub exact: u64,
    /// Hash of its stem in lower case.
    pub stem: u64,
}

/// The words of a text, cut once for all who ask.
#[derive(Debug)]
pub struct TopicWords(Vec<Word>);

impl TopicWords {
    /// Cuts a text into words.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut words = Vec::with_capacity(text.len() / 5);
        each_word(text, |word| words.push(word));
        Self(words)
    }

    pub(super) fn as_slice(&self) -> &[Word] {
        &self.0
    }
}

/// Calls `each` with every word of `text`.
pub(super) fn each_word(text: &str, mut each: impl FnMut(Word)) {
    let mut buffer = String::new();
    let mut after_apostrophe = false;
    let mut at = 0;
    while at < text.len() {
        let end = at + word_length(&text[at..]);
        let written = &text[at..end];
        if !(written.is_empty() || after_apostrophe && matches!(written, "s" | "S")) {
            each(word(written, &mut buffer));
        }
        let Some(behind) = text[end..].chars().next() else { break };
        after_apostrophe = matches!(behind, '\'' | '’');
        at = end + behind.len_utf8();
    }
}

/// The length of the word that a text begins with.
fn word_length(text: &str) -> usize {
    let letters = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    if text.as_bytes().get(letters).is_none_or(u8::is_ascii) {
        return letters;
    }
    text.find(|c| !unicode::is_alphanumeric(c)).unwrap_or(text.len())
}

fn word(written: &str, buffer: &mut String) -> Word {
    let lower = if written.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        written
    } else {
        buffer.clear();
        if written.is_ascii() {
            buffer.push_str(written);
            buffer.make_ascii_lowercase();
        } else {
            buffer.extend(written.chars().flat_map(unicode::lowercase));
        }
        buffer.as_str()
    };
    let exact = finish(absorb(SEED, written.as_bytes()));
    let (stem, ending) = stem(lower);
    if ending.is_empty() && stem == written {
        return Word { exact, stem: exact };
    }
    Word { exact, stem: finish(absorb(absorb(SEED, stem.as_bytes()), ending.as_bytes())) }
}

/// Harman's S-stemmer (1991): "parties" and "party" are one, "class" and "bus" stay.
fn stem(lower: &str) -> (&str, &'static str) {
    if !lower.as_bytes().ends_with(b"s") {
        return (lower, "");
    }
    if let Some(start) = lower.strip_suffix("ies")
        && lower.len() > 4
    {
        return (start, "y");
    }
    match lower.strip_suffix('s') {
        Some(start) if lower.len() > 3 && !start.ends_with(['s', 'u', 'i']) => (start, ""),
        _ => (lower, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(text: &str) -> Vec<u64> {
        let mut stems = Vec::new();
        each_word(text, |w| stems.push(w.stem));
        stems
    }

    #[test]
    fn plurals_case_hyphens_and_possessives_compare_equal() {
        assert_eq!(stems("Quarter-finals"), stems("quarter final"));
        assert_eq!(stems("the parties' leaders"), stems("The Party leader"));
        assert_eq!(stems("Women’s rights"), stems("women right"));
        assert_ne!(stems("buses"), stems("bus"));
        assert_ne!(stems("news"), stems(""));
        assert_eq!(stems("...").len(), 0);
    }
}
