//! What a language's `speech.txt` knows: its verbs of speaking, and the words around names that tell who speaks.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use crate::lang;
use crate::model::LanguageCode;
use crate::tag::{Text, document::Splitting};

/// Name of a language's list.
const LIST: &str = "speech.txt";

static LANGUAGES: LazyLock<BTreeMap<&'static str, Speech>> = LazyLock::new(|| {
    let read = |code| Some((code, Speech::read(code, lang::text(code, LIST)?)));
    lang::languages_with(LIST).filter_map(read).collect()
});

/// What a language knows of speech.
#[derive(Debug, Default)]
pub(in crate::tag::quotes) struct Speech {
    pub(super) verbs: BTreeSet<&'static str>,
    /// Those that give the speaker only behind a quote: `„...“, so Oswald`.
    pub(super) behind: BTreeSet<&'static str>,
    /// What stands before a speaker's name and belongs to how the text names them.
    pub(super) titles: BTreeSet<&'static str>,
    /// Words before whom something is told to: `till`, `gegenüber`.
    pub(super) told_to: BTreeSet<&'static str>,
    /// What a name ends in, or all its words, what it begins with and what stands behind it where something is told to that one.
    pub(super) told_to_endings: BTreeSet<&'static str>,
    pub(super) told_to_both: BTreeSet<&'static str>,
    pub(super) told_to_prefixes: BTreeSet<&'static str>,
    pub(super) told_to_behind: BTreeSet<&'static str>,
    /// Words before who or what is named and does not speak: where it was, whose somebody is.
    pub(super) beside: BTreeSet<&'static str>,
    /// Who speaks for somebody or is theirs, before whom: `adwokat Jana`; and behind whom: `Jans advokat`, behind the sign
    /// that makes it so in scripts without cases: `的律师`.
    pub(super) whose: BTreeSet<&'static str>,
    pub(super) whose_behind: BTreeSet<&'static str>,
    pub(super) of_sign: BTreeSet<&'static str>,
    /// In languages with cases, what tells that the name behind such a word is in the genitive, else it is that one's own:
    /// first names in it, endings of last names in it alone, and what both names end in.
    pub(super) genitives: BTreeSet<&'static str>,
    pub(super) genitive_endings: BTreeSet<&'static str>,
    pub(super) genitive_both: BTreeSet<&'static str>,
    /// Phrases before whom something is according to, and words behind them: `volgens`, `göre`.
    pub(super) according: Vec<&'static str>,
    pub(super) according_behind: BTreeSet<&'static str>,
    /// Words before whose opinion it is at a sentence's start, where a mark leads the quote in: `Pour Anne, "..."`.
    pub(super) in_view: BTreeSet<&'static str>,
    /// `and`: a verb behind it has the subject of the one before.
    pub(super) and: BTreeSet<&'static str>,
    /// Pronouns that are subjects: those of one who was named, and the others.
    pub(super) pronouns: BTreeSet<&'static str>,
    pub(super) other_pronouns: BTreeSet<&'static str>,
    /// Words of grammar: articles, auxiliaries.
    pub(super) grammar: BTreeSet<&'static str>,
    /// Whether all nouns have capitals, so that one gives no name away.
    pub(super) nouns: bool,
    /// Whether a dash at the start of a line or a sentence opens speech.
    pub(super) dashes: bool,
    /// Whether each character is a token, so that a verb is several.
    pub(super) characters: bool,
}

impl Speech {
    /// That of a language, if it has a list.
    pub(in crate::tag::quotes) fn of(language: LanguageCode) -> Option<&'static Self> {
        LANGUAGES.get(lang::folder(language.as_str()))
    }

    fn read(code: &str, list: &'static str) -> Self {
        let capitals = lang::of_kind(code, "dates.txt", "capitals");
        let mut speech = Self {
            characters: Splitting::of(code).characters,
            grammar: lang::entries_of_all(code, "function-words.txt")
                .flat_map(str::split_whitespace)
                .collect(),
            nouns: capitals.flat_map(str::split_whitespace).any(|kind| kind == "nouns"),
            ..Self::default()
        };
        for entry in lang::entries(list) {
            match entry.split_once('\t') {
                Some(("title", words)) => speech.titles.extend(words.split_whitespace()),
                Some(("told-to", words)) => speech.told_to.extend(words.split_whitespace()),
                Some(("told-to-ending", words)) => {
                    speech.told_to_endings.extend(words.split_whitespace());
                }
                Some(("told-to-both", words)) => {
                    speech.told_to_both.extend(words.split_whitespace());
                }
                Some(("told-to-prefix", words)) => {
                    speech.told_to_prefixes.extend(words.split_whitespace());
                }
                Some(("told-to-behind", words)) => {
                    speech.told_to_behind.extend(words.split_whitespace());
                }
                Some(("beside", words)) => speech.beside.extend(words.split_whitespace()),
                Some(("whose", words)) => speech.whose.extend(words.split_whitespace()),
                Some(("whose-behind", words)) => {
                    speech.whose_behind.extend(words.split_whitespace());
                }
                Some(("of-sign", words)) => speech.of_sign.extend(words.split_whitespace()),
                Some(("genitive", words)) => speech.genitives.extend(words.split_whitespace()),
                Some(("genitive-ending", words)) => {
                    speech.genitive_endings.extend(words.split_whitespace());
                }
                Some(("genitive-both", words)) => {
                    speech.genitive_both.extend(words.split_whitespace());
                }
                Some(("according", phrases)) => {
                    speech.according.extend(phrases.split('|').map(str::trim));
                }
                Some(("according-behind", words)) => {
                    speech.according_behind.extend(words.split_whitespace());
                }
                Some(("and", words)) => speech.and.extend(words.split_whitespace()),
                Some(("in-view", words)) => speech.in_view.extend(words.split_whitespace()),
                Some(("pronoun", words)) => speech.pronouns.extend(words.split_whitespace()),
                Some(("pronoun-other", words)) => {
                    speech.other_pronouns.extend(words.split_whitespace());
                }
                Some(("behind", words)) => {
                    speech.behind.extend(words.split_whitespace());
                    speech.verbs.extend(words.split_whitespace());
                }
                Some(_) => {}
                None if entry == "dashes" => speech.dashes = true,
                None => speech.verbs.extend(entry.split_whitespace()),
            }
        }
        speech
    }

    pub(super) fn is_grammar(&self, lower: &str) -> bool {
        self.grammar.contains(lower)
    }

    /// Whether a name behind a word is not who speaks.
    pub(super) fn leads_another(&self, lower: &str) -> bool {
        self.told_to.contains(lower) || self.beside.contains(lower)
    }

    /// One past the longest phrase at a token before whom something is according to.
    pub(super) fn according(&self, text: &Text<'_>, at: usize) -> Option<usize> {
        let is_at = |phrase: &&str| {
            let count = phrase.split(' ').count();
            let words = phrase.split(' ').enumerate();
            let alike = |(i, word): (usize, &str)| {
                at + i < text.tokens.len() && text.lower(at + i).trim_end_matches('’') == word
            };
            words.into_iter().all(alike).then_some(at + count)
        };
        self.according.iter().filter_map(is_at).max()
    }

    /// The tokens of the verb that starts at a token.
    pub(super) fn verb(&self, text: &Text<'_>, at: usize) -> Option<usize> {
        if !self.characters {
            return self.verbs.contains(text.word(at).to_lowercase().as_str()).then_some(1);
        }
        let rest = &text.text[text.tokens[at].start as usize..];
        let verb =
            self.verbs.iter().filter(|verb| rest.starts_with(**verb)).max_by_key(|v| v.len())?;
        let end = text.tokens[at].start as usize + verb.len();
        Some(text.tokens[at..].iter().take_while(|t| (t.end as usize) <= end).count().max(1))
    }
}
