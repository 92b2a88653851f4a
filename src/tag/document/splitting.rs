//! What a language's words are parted into beyond what holds for all: elided articles (`l'`, `dell'`)
//! are tokens of their own, and scripts without blanks are read by characters.
//!
//! Read from `src/lang/<code>/tokens.txt`: a line `elided<TAB>l` for each word that loses its end before
//! a vowel, a line `prefix<TAB>word` for each word that is written together with the next, a line `characters` where each letter is a token, a line `uncased` where the script has no
//! capitals. A language without the file is split as English is. What its `abbreviations.txt` says of full stops goes with that.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use super::abbreviations::{self, Abbreviations};
use crate::lang;

/// How one language parts its words.
#[derive(Debug, Default)]
pub struct Splitting {
    /// Words that are written with an apostrophe before the next, in small letters.
    elided: BTreeSet<&'static str>,
    /// Words that are written together with the next.
    prefixes: Vec<&'static str>,
    /// Those of them that have the article in them.
    articles: Vec<&'static str>,
    /// Whether marks on letters tell words apart.
    pub marks: bool,
    /// Whether each character is a token.
    pub characters: bool,
    /// Whether the script has no capitals.
    pub uncased: bool,
    /// Words of its own that keep their full stop.
    pub(super) abbreviations: Option<Abbreviations>,
}

/// Nothing beyond what holds for all.
pub(super) static NONE: Splitting = Splitting {
    elided: BTreeSet::new(),
    prefixes: Vec::new(),
    articles: Vec::new(),
    marks: false,
    characters: false,
    uncased: false,
    abbreviations: None,
};

static BY_LANGUAGE: LazyLock<BTreeMap<&'static str, Splitting>> = LazyLock::new(|| {
    let codes = lang::languages_with("tokens.txt").chain(lang::languages_with(abbreviations::LIST));
    codes.filter(|code| *code != "en").map(|code| (code, Splitting::read(code))).collect()
});

impl Splitting {
    /// Of a language by its code.
    #[must_use]
    pub fn of(code: &str) -> &'static Self {
        if code == "en" {
            return &NONE;
        }
        let known = BY_LANGUAGE.get(lang::own_folder(code));
        known.or_else(|| BY_LANGUAGE.get(lang::folder(code))).unwrap_or(&NONE)
    }

    fn read(folder: &str) -> Self {
        let mut splitting = Self { abbreviations: Abbreviations::read(folder), ..Self::default() };
        let rows = lang::text(folder, "tokens.txt").into_iter().flat_map(lang::entries);
        for entry in rows {
            match entry.split_once('\t') {
                Some(("elided", word)) => {
                    splitting.elided.insert(word);
                }
                Some(("prefix", word)) => splitting.prefixes.push(word),
                Some(("article", word)) => splitting.articles.push(word),
                None if entry == "marks" => splitting.marks = true,
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
        self.prefixes_of_names().chain(self.articles.iter().copied())
    }

    /// Those of them that stand before a name: one that takes an article has it in its own, and with another it is a common
    /// noun.
    pub fn prefixes_of_names(&self) -> impl Iterator<Item = &'static str> {
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
                let has_word = matches!(kind, "elided" | "prefix" | "article");
                let known = has_word || matches!(kind, "characters" | "uncased" | "marks");
                assert!(known && has_word == row.contains('\t'), "{code}/tokens.txt: {row}");
            }
        }
    }

    fn sentences<'a>(text: &'a str, code: &str) -> Vec<&'a str> {
        let text = Text::split(text, Splitting::of(code));
        text.sentences.iter().map(|s| text.slice(s.clone())).collect()
    }

    #[test]
    fn abbreviations_of_a_language_end_no_sentence() {
        for (code, text) in [
            ("de", "Es kostet 14,6 Mio. Euro im Jahr."),
            ("de", "Er kennt z. B. Orland gut."),
            ("pl", "Wydano 5 proc. PKB na wał."),
            ("pl", "Pali się przy ul. Varde w mieście."),
            ("cs", "Zisk je 29,4 mld. Kč za rok."),
            ("ru", "Пожар на ул. Ормской в центре."),
            ("ru", "Дом стоит в г. Орланд на реке."),
            ("uk", "Пожежа на вул. Ормській у центрі."),
            ("es", "El jefe de EE. UU. llega hoy."),
            ("it", "Lo dice il dott. Ferri di Orland."),
            ("nl", "Volgens prof. dr. Visser gaat het goed."),
            ("nb", "Det gjelder bl.a. Orland og Varde."),
            ("vi", "Mưa lớn ở TP. Orland hôm nay."),
        ] {
            assert_eq!(sentences(text, code), [text], "{code}");
        }
    }

    #[test]
    fn abbreviations_end_sentences_before_their_openers() {
        for (code, first, second) in [
            ("de", "Es kostet 14,6 Mio.", "Die Werft zahlt."),
            ("pl", "Ceny wzrosły o 12 proc.", "Akcje spadły."),
            ("pl", "Było to w 2019 r.", "Oskarżony milczał."),
            ("ru", "Это было в 1703 г.", "Город вырос."),
            ("da", "Det koster 102 mia. kr.", "Det er meget."),
            ("sv", "Vallen kostar 3 mkr.", "Orland betalar."),
            ("da", "Det siger hun til DR.", "Politiet tier."),
        ] {
            let text = format!("{first} {second}");
            assert_eq!(sentences(&text, code), [first, second], "{code}");
        }
    }

    #[test]
    fn ordinals_end_no_sentence_before_nouns_with_capitals() {
        for (code, text) in [
            ("de", "Die Stadt feiert am 3. Oktober ein Fest."),
            ("de", "Er traf in der 23. und 67. Minute."),
            ("tr", "Orland 14. Ağır Ceza Mahkemesi karar verdi."),
            ("hu", "Megnyílt a 12. Orlandi Napok."),
        ] {
            assert_eq!(sentences(text, code), [text], "{code}");
        }
        for (code, first, second) in [
            ("de", "Das Spiel endete 3:2.", "Trainer Oswald ging."),
            ("de", "Die Zahl stieg auf 30.", "Helfer suchen weiter."),
            ("de", "Sie landete auf Platz 12.", "Oswald jubelte."),
            ("de", "Das war am 3.", "Die Werft schwieg."),
        ] {
            let text = format!("{first} {second}");
            assert_eq!(sentences(&text, code), [first, second], "{code}");
        }
    }

    #[test]
    fn every_abbreviation_is_of_a_known_kind() {
        for code in lang::languages_with(abbreviations::LIST).filter(|code| *code != "en") {
            for (kind, words) in lang::rows(code, abbreviations::LIST).into_iter().flatten() {
                let known = matches!(
                    kind,
                    "leads" | "may-end" | "ordinals" | "ordinal-behind" | "no-ordinal-behind"
                );
                assert!(known && !words.is_empty(), "{code}/abbreviations.txt: {kind} {words}");
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
