//! Countries by inflected forms of their names: with an ending of the language, and by their beginnings.

use super::{Countries, LEAST, LEAST_OF_SEVERAL, LOST, MOST_INFLECTED, head, phrase};
use crate::tag::{Text, TokenKind, feature_hash, places::endings, word_keys::key};

/// Most letters of an inflected form of a name whose beginning has fewer.
const SHORT: usize = 5;
/// Endings that a language has at most whose list has them all.
const FEW: usize = 5;
const ENDING: usize = 4;

/// A country by an inflected form of its name.
pub(super) struct Declined {
    pub(super) place: u32,
    /// How many letters the name has.
    pub(super) letters: usize,
    /// Whether the form may be an adjective of the name.
    pub(super) adjective: bool,
}

impl Countries {
    /// The country whose name of several words, each in some inflected form, starts at a token, and how
    /// many words it has.
    pub(super) fn several(&self, text: &Text<'_>, at: usize, end: usize) -> Option<(usize, u32)> {
        let starts = beginnings(text.word(at));
        if !starts.iter().any(|key| self.first.contains(key)) {
            return None;
        }
        let mut phrases: Vec<u64> =
            starts.iter().map(|key| feature_hash::two(78, 0, *key)).collect();
        let mut longest = None;
        for len in 2..=MOST_INFLECTED.min(end - at) {
            let next = beginnings(text.word(at + len - 1));
            phrases = phrases
                .iter()
                .flat_map(|phrase| next.iter().map(|key| feature_hash::two(78, *phrase, *key)))
                .collect();
            let place = phrases.iter().find_map(|phrase| *self.inflected.get(phrase)?);
            longest = place.map(|place| (len, place)).or(longest);
        }
        longest
    }

    /// The country whose name has one of the language's endings in a word.
    pub(super) fn declined(&self, word: &str) -> Option<Declined> {
        let mut buffer = Vec::new();
        if !self.heads.contains(&head(word, &mut buffer)) {
            return None;
        }
        let mut found = endings::bases(self.code, word).filter_map(|(base, adjective)| {
            let key = key(&base, TokenKind::Word, &mut buffer);
            let place = *self.names.get(&phrase(std::iter::once(key)))?;
            Some(Declined { place, letters: base.chars().count(), adjective })
        });
        let mut first = found.next()?;
        for other in found {
            if other.place != first.place {
                return None;
            }
            first.adjective |= other.adjective;
        }
        Some(first)
    }

    /// Whether a word is a country's name with an ending that makes no adjective of it.
    #[must_use]
    pub fn is_declined(&self, word: &str) -> bool {
        let sure = |d: Declined| d.letters >= super::LEAST_DECLINED && !d.adjective;
        self.declined(word).is_some_and(sure)
    }

    /// Whether a word is a country's name behind whose end only an ending of the language or an apostrophe stands, not just a
    /// word that begins as one.
    #[must_use]
    pub fn is_form(&self, word: &str) -> bool {
        word.contains(['\'', '\u{2019}']) || self.declined(word).is_some()
    }

    /// The country whose name, in some inflected form, is the one word of a place's name.
    #[must_use]
    pub fn inflected(&self, word: &str) -> Option<u32> {
        // `Amerika'ya`: an ending behind an apostrophe is none of the name's.
        let bare = word.split(['\'', '\u{2019}']).next().filter(|bare| !bare.is_empty());
        let mut buffer = Vec::new();
        if let Some(bare) = bare.filter(|bare| bare.len() < word.len())
            && let Some(place) =
                self.names.get(&phrase(std::iter::once(key(bare, TokenKind::Word, &mut buffer))))
        {
            return Some(*place);
        }
        if let Some(declined) = self.declined(word) {
            return Some(declined.place);
        }
        let ends = word.char_indices().rev().map(|(at, _)| at).take(ENDING);
        let ends = std::iter::once(word.len()).chain(ends);
        // Of a short beginning little may be left: `Azji` is Asia's, `Azymut` is not.
        let letters = word.chars().count();
        let told = |end: &usize| {
            let kept = word[..*end].chars().count();
            kept >= LEAST || kept == LEAST_OF_SEVERAL && letters <= SHORT
        };
        for end in ends.take_while(told) {
            let found = self.beginnings.get(&key(&word[..end], TokenKind::Word, &mut buffer));
            match found {
                Some(None) => return None,
                Some(Some((place, lost))) if self.ends(&word[end..], *lost) => return Some(*place),
                Some(Some(_)) | None => {}
            }
        }
        None
    }

    /// Whether what stands behind a name's beginning is an ending, with letters before it for those that the beginning
    /// lacks, or only the last letter is missing: `Palawan` is no form of Palau, nor `Norweg` of Norwegia. A language
    /// with many endings has more short ones than its list; of one without endings nothing is known.
    pub(super) fn ends(&self, rest: &str, lost: usize) -> bool {
        if !endings::inflects(self.code) || rest.is_empty() {
            return lost < LOST || !endings::inflects(self.code);
        }
        // `Росса` has lost more of `Россия` than it has.
        let letters = rest.chars().count();
        if endings::count(self.code) > FEW && letters <= LOST {
            return letters >= lost;
        }
        let starts = rest.char_indices().map(|(at, _)| at).chain(std::iter::once(rest.len()));
        starts.take(lost + 1).any(|start| endings::is_ending(self.code, &rest[start..]))
    }
}

/// The keys of what a word may be an inflected form of: itself, and less up to [`ENDING`] letters.
fn beginnings(word: &str) -> Vec<u64> {
    let mut buffer = Vec::new();
    let ends = word.char_indices().rev().map(|(at, _)| at).take(ENDING);
    std::iter::once(word.len())
        .chain(ends)
        .take_while(|end| word[..*end].chars().count() >= LEAST_OF_SEVERAL)
        .map(|end| key(&word[..end], TokenKind::Word, &mut buffer))
        .collect()
}
