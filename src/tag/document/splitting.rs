//! What a language's words are parted into beyond what holds for all: elided articles (`l'`, `dell'`)
//! are tokens of their own, and scripts without blanks are read by characters.
//!
//! Read from `src/lang/<code>/tokens.txt`: a line `elided<TAB>l` for each word that loses its end before
//! a vowel, a line `prefix<TAB>word` for each word that is written together with the next, a line `characters` where each letter is a token, a line `uncased` where the script has no
//! capitals. A language without the file is split as English is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use crate::lang;

/// How one language parts its words.
#[derive(Debug, Default)]
pub struct Splitting {
    /// Words that are written with an apostrophe before the next, in small letters.
    elided: BTreeSet<&'static str>,
    /// Words that are written together with the next.
    prefixes: Vec<&'static str>,
    /// Whether each character is a token.
    pub characters: bool,
    /// Whether the script has no capitals.
    pub uncased: bool,
}

/// Nothing beyond what holds for all.
pub(super) static NONE: Splitting =
    Splitting { elided: BTreeSet::new(), prefixes: Vec::new(), characters: false, uncased: false };

static BY_LANGUAGE: LazyLock<BTreeMap<&'static str, Splitting>> = LazyLock::new(|| {
    let read = |code| Some((code, Splitting::read(lang::text(code, "tokens.txt")?)));
    lang::languages_with("tokens.txt").filter_map(read).collect()
});

impl Splitting {
    /// Of a language by its code.
    #[must_use]
    pub fn of(code: &str) -> &'static Self {
        if code == "en" {
            return &NONE;
        }
        BY_LANGUAGE.get(code).unwrap_or(&NONE)
    }

    fn read(list: &'static str) -> Self {
        let mut splitting = Self::default();
        for entry in lang::entries(list) {
            match entry.split_once('\t') {
                Some(("elided", word)) => {
                    splitting.elided.insert(word);
                }
                Some(("prefix", word)) => splitting.prefixes.push(word),
                None if entry == "characters" => splitting.characters = true,
                None if entry == "uncased" => splitting.uncased = true,
                _ => {}
            }
        }
        splitting
    }

    /// Words that are written together with the next, such as the Arabic for "and": they stay with it, for
    /// many words begin with their letters, but a list may be looked up without them.
    pub fn prefixes(&self) -> impl Iterator<Item = &'static str> {
        self.prefixes.iter().copied()
    }

    /// Whether a token is an elided word with its apostrophe.
    #[must_use]
    pub fn parts(&self, token: &str) -> bool {
        self.elided(token) == Some(token.len())
    }

    /// The bytes of the elided word, with its apostrophe, that a word starts with.
    pub(super) fn elided(&self, word: &str) -> Option<usize> {
        if self.elided.is_empty() {
            return None;
        }
        let (at, mark) = word.char_indices().find(|(_, c)| matches!(c, '\'' | '\u{2019}'))?;
        let known = self.elided.contains(word[..at].to_lowercase().as_str());
        known.then(|| at + mark.len_utf8())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Text;
    use super::*;

    fn words<'a>(text: &'a str, code: &str) -> Vec<&'a str> {
        let text = Text::split(text, Splitting::of(code));
        (0..text.tokens.len()).map(|i| text.word(i)).collect()
    }

    #[test]
    fn every_row_is_of_a_known_kind() {
        for code in lang::languages_with("tokens.txt") {
            for row in lang::text(code, "tokens.txt").into_iter().flat_map(lang::entries) {
                let kind = row.split('\t').next().unwrap();
                let has_word = matches!(kind, "elided" | "prefix");
                let known = has_word || matches!(kind, "characters" | "uncased");
                assert!(known && has_word == row.contains('\t'), "{code}/tokens.txt: {row}");
            }
        }
    }

    #[test]
    fn elided_articles_are_tokens_of_their_own() {
        assert_eq!(
            words("L\u{2019}Orient dit qu'Anne d'Aubrac aujourd'hui", "fr"),
            ["L\u{2019}", "Orient", "dit", "qu'", "Anne", "d'", "Aubrac", "aujourd'hui"]
        );
        assert_eq!(words("dell'Umbria", "it"), ["dell'", "Umbria"]);
        assert_eq!(words("O'Neill, L'Oreal", "en"), ["O'Neill", ",", "L'Oreal"]);
    }

    #[test]
    fn scripts_without_blanks_are_read_by_characters() {
        assert_eq!(words("\u{c11c}\u{c6b8}\u{c5d0}", "ko"), ["\u{c11c}", "\u{c6b8}", "\u{c5d0}"]);
        assert_eq!(
            words("\u{30c8}\u{30e8}\u{30bf} EV", "ja"),
            ["\u{30c8}", "\u{30e8}", "\u{30bf}", "EV"]
        );
    }
}
