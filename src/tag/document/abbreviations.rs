//! Words that keep their full stop, sorted by what may follow them.
//!
//! Those of English stand in every language's text, for papers write `Dr.` and `Inc.` in all. What else a language
//! shortens is in its `abbreviations.txt`: such a word leads a name or a number, or may end a sentence, where a
//! capital, a common word or neither follows; and a number may be an ordinal with its full stop. The stop stays a token
//! of its own there. A language without the list ends its sentences as English does.

use std::{borrow::Cow, collections::BTreeSet};

use super::{Token, TokenKind};
use crate::lang;
use crate::tag::english;
use crate::unicode;

/// Name of a language's list.
pub(super) const LIST: &str = "abbreviations.txt";
/// Most digits of an ordinal: a number of four is a year.
const ORDINAL_DIGITS: usize = 3;

/// What a full stop after a word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Never the end of a sentence: titles and other words that lead a name or a number.
    Leads,
    /// The end of a sentence when a word follows that often starts one: `Inc.`, `p.m.`, `U.S.`
    MayEnd,
}

/// Whether a word keeps the full stop that follows it.
pub(super) fn stop(word: &str) -> Option<Stop> {
    if english::LEADING.contains(word) {
        return Some(Stop::Leads);
    }
    if english::ENDING.contains(word) {
        return Some(Stop::MayEnd);
    }
    let mut chars = word.chars();
    let first = chars.next()?;
    match chars.next() {
        // An initial; `I.` is far more often the end of a sentence.
        None if first.is_uppercase() && first != 'I' => Some(Stop::Leads),
        // Letters with full stops between them: `U.S`, `p.m`, `e.g`.
        Some('.') => {
            let alternate = word.split('.').all(|part| {
                let mut letters = part.chars();
                letters.next().is_some_and(unicode::is_alphabetic) && letters.next().is_none()
            });
            alternate.then_some(Stop::MayEnd)
        }
        _ => None,
    }
}

/// What a full stop that is a token of its own means in a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OwnStop {
    /// Never the end of a sentence.
    Leads,
    /// The end of one where what follows begins sentences.
    MayEnd,
    /// The stop of an ordinal, unless a word follows that stands in small letters inside a sentence.
    Ordinal,
}

/// In which places a language has numbers for ordinals that names and nouns with capitals follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ordinals {
    /// Behind anything.
    Anywhere,
    /// Behind a word in small letters, or a mark.
    BehindSmall,
    /// Behind the words of `ordinal-behind` alone.
    BehindListed,
}

/// What a language's list says.
#[derive(Debug)]
pub(super) struct Abbreviations {
    leads: BTreeSet<&'static str>,
    may_end: BTreeSet<&'static str>,
    ordinals: Option<Ordinals>,
    ordinal_behind: BTreeSet<&'static str>,
    no_ordinal_behind: BTreeSet<&'static str>,
    /// Words of grammar, which begin sentences and have a capital nowhere else.
    function_words: BTreeSet<&'static str>,
    /// Units with a capital, which go on with the number before.
    units: BTreeSet<&'static str>,
    /// Whether all nouns have capitals, so that one says little.
    nouns: bool,
}

impl Abbreviations {
    /// Those of a language's folder, if it has the list.
    pub(super) fn read(folder: &str) -> Option<Self> {
        let of_kind = |kind| {
            lang::of_kind(folder, LIST, kind)
                .flat_map(str::split_whitespace)
                .collect::<BTreeSet<_>>()
        };
        lang::text(folder, LIST)?;
        let ordinals = lang::of_kind(folder, LIST, "ordinals").find_map(|place| match place {
            "anywhere" => Some(Ordinals::Anywhere),
            "behind-small" => Some(Ordinals::BehindSmall),
            _ => None,
        });
        let ordinal_behind = of_kind("ordinal-behind");
        let listed = (!ordinal_behind.is_empty()).then_some(Ordinals::BehindListed);
        let words = lang::entries_of_all(folder, "function-words.txt");
        let units = lang::rows(folder, "units.txt").into_iter().flatten().map(|(unit, _)| unit);
        Some(Self {
            leads: of_kind("leads"),
            may_end: of_kind("may-end"),
            ordinals: ordinals.or(listed),
            ordinal_behind,
            no_ordinal_behind: of_kind("no-ordinal-behind"),
            function_words: words.flat_map(str::split_whitespace).collect(),
            units: units.filter(|unit| unit.starts_with(char::is_uppercase)).collect(),
            nouns: lang::of_kind(folder, "dates.txt", "capitals")
                .any(|kinds| kinds.split_whitespace().any(|kind| kind == "nouns")),
        })
    }

    /// What the full stop at token `i` means where a word or a number that keeps it stands straight before.
    pub(super) fn stop(
        &self,
        text: &str,
        tokens: &[Token],
        start: usize,
        i: usize,
    ) -> Option<OwnStop> {
        let word = |i: usize| &text[tokens[i].start as usize..tokens[i].end as usize];
        let last = i.checked_sub(1).filter(|&last| last >= start)?;
        if word(i) != "." || tokens[last].end != tokens[i].start {
            return None;
        }
        match tokens[last].kind {
            TokenKind::Word => {
                let lower = small(word(last));
                let (leads, may_end) =
                    (self.leads.contains(&*lower), self.may_end.contains(&*lower));
                // `в 1703 г.` is a year, `г. Орланд` a town.
                let counted = last > start && tokens[last - 1].kind == TokenKind::Number;
                let mut chars = word(last).chars();
                let letter =
                    chars.next().is_some_and(unicode::is_lowercase) && chars.next().is_none();
                match (leads, may_end) {
                    (true, true) if counted => Some(OwnStop::MayEnd),
                    (true, _) => Some(OwnStop::Leads),
                    (false, true) => Some(OwnStop::MayEnd),
                    // `z. B.`
                    (false, false) => (letter && !self.function_words.contains(&*lower))
                        .then_some(OwnStop::MayEnd),
                }
            }
            TokenKind::Number => {
                let digits = word(last);
                let short = digits.len() <= ORDINAL_DIGITS
                    && digits.bytes().all(|byte| byte.is_ascii_digit());
                (short && self.is_ordinal(text, tokens, start, last)).then_some(OwnStop::Ordinal)
            }
            _ => None,
        }
    }

    /// Whether the number at a token may be an ordinal, by what stands before it.
    fn is_ordinal(&self, text: &str, tokens: &[Token], start: usize, number: usize) -> bool {
        let Some(ordinals) = self.ordinals else { return false };
        let Some(before) = number.checked_sub(1).filter(|&before| before >= start) else {
            return ordinals != Ordinals::BehindListed;
        };
        let word = &text[tokens[before].start as usize..tokens[before].end as usize];
        // `2:1`, `12-3`; but `3./4.`
        if tokens[before].kind == TokenKind::Mark {
            let attached = tokens[before].end == tokens[number].start;
            return ordinals != Ordinals::BehindListed && (!attached || matches!(word, "/" | "("));
        }
        match ordinals {
            Ordinals::Anywhere => true,
            Ordinals::BehindSmall => {
                word.starts_with(unicode::is_lowercase) && !self.no_ordinal_behind.contains(word)
            }
            Ordinals::BehindListed => self.ordinal_behind.contains(word),
        }
    }

    /// Whether a word with a capital is one of grammar: it starts a sentence.
    pub(super) fn is_function_word(&self, word: &str) -> bool {
        word.starts_with(unicode::is_uppercase)
            && self.function_words.contains(word.to_lowercase().as_str())
    }

    /// Whether a word may start a sentence behind an abbreviation that may end one.
    pub(super) fn starts_sentence(&self, word: &str) -> bool {
        if self.is_function_word(word) {
            return true;
        }
        let all_capitals = word.chars().nth(1).is_some_and(unicode::is_uppercase);
        !self.nouns
            && word.starts_with(unicode::is_uppercase)
            && !all_capitals
            && !self.units.contains(word)
    }
}

/// A word as lists have it: in small letters, unless it has more capitals than the first: `DR` is no doctor.
fn small(word: &str) -> Cow<'_, str> {
    let mut chars = word.chars();
    let first = chars.next().is_some_and(unicode::is_uppercase);
    match first && !chars.next().is_some_and(unicode::is_uppercase) {
        true => Cow::Owned(word.to_lowercase()),
        false => Cow::Borrowed(word),
    }
}

/// Words that, capitalised after `U.S.` or `Inc.`, start a sentence more often than they go on.
pub(super) fn starts_sentence(word: &str) -> bool {
    english::STARTERS.contains(word)
}
