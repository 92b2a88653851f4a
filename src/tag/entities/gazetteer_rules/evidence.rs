//! What the words around a name say of it: whether it is a place, and whether it is somebody.

use std::ops::Range;

use super::{NamedText, VILLAGE, is_a, is_known};
use crate::punctuation::is_dash;
use crate::tag::english;
use crate::tag::entities::Name;
use crate::tag::entities::labels::NameKind;
use crate::tag::entities::titles::is_title;
use crate::tag::places::gazetteer::{Class, Gazetteer, Match};

impl NamedText<'_> {
    /// `Orme founder Anna Berg`: companies have a founder, rivers none.
    pub(super) fn is_company(&self, tokens: &Range<usize>) -> bool {
        english::COMPANY_WORDS.contains_any_case(self.word(tokens.end))
    }

    pub(super) fn is_forename(&self, at: usize) -> bool {
        let word = self.word(at);
        english::MEN.contains_any_case(word) || english::WOMEN.contains_any_case(word)
    }

    /// Whether a capitalised word follows or stands before it: it is part of something else.
    pub(super) fn runs_on(&self, tokens: &Range<usize>) -> bool {
        let capital = |at: usize| self.word(at).starts_with(char::is_uppercase);
        let first = self.text.sentences.iter().any(|s| s.start + 1 == tokens.start);
        capital(tokens.end) || !first && tokens.start > 0 && capital(tokens.start - 1)
    }

    /// `Orland is a kingdom`.
    pub(super) fn is_told_to_be(&self, tokens: &Range<usize>) -> bool {
        let at = tokens.end;
        matches!(self.word(at), "is" | "was")
            && english::ARTICLES.contains(self.word(at + 1))
            && (at + 2..at + 5).any(|i| english::TOLD_TO_BE.contains(self.word(i)))
    }

    /// `residents of Orland`.
    pub(super) fn is_of_people(&self, tokens: &Range<usize>) -> bool {
        tokens.start > 1
            && self.text.word(tokens.start - 1) == "of"
            && english::PEOPLE_OF.contains_any_case(self.text.word(tokens.start - 2))
    }

    /// `mayor of Orland`: what a town has and no organisation.
    pub(super) fn is_had_by_town(&self, tokens: &Range<usize>) -> bool {
        tokens.start > 1
            && self.text.word(tokens.start - 1) == "of"
            && english::TOWN_BEFORE_OF.contains_any_case(self.text.word(tokens.start - 2))
    }

    /// `towns such as Orland`.
    pub(super) fn is_among_places(&self, tokens: &Range<usize>) -> bool {
        let word = |back: usize| tokens.start.checked_sub(back).map_or("", |at| self.text.word(at));
        let opener = match (word(2), word(1)) {
            (first, "as") if english::AMONG_AS.contains(first) => 2,
            (_, word) if english::AMONG.contains(word) => 1,
            _ => return false,
        };
        let noun = word(opener + 1 + usize::from(word(opener + 1) == ","));
        english::PLACES.contains(noun)
    }

    /// `from Orland to Varde`, both of them places by name.
    pub(super) fn is_way(&self, gazetteer: &Gazetteer, tokens: &Range<usize>) -> bool {
        let is_place = |start: Option<usize>, end: Option<usize>| {
            self.matches.iter().any(|m| {
                (start.is_some_and(|at| m.tokens.start == at)
                    || end.is_some_and(|at| m.tokens.end == at))
                    && is_a(gazetteer, m, |p| is_known(p, VILLAGE))
            })
        };
        let Some(before) = tokens.start.checked_sub(1) else { return false };
        match self.text.word(before) {
            "from" | "From" => {
                let named = || self.names_from(tokens.end + 1).any(|n| n.kind == NameKind::Place);
                self.word(tokens.end) == "to" && (is_place(Some(tokens.end + 1), None) || named())
            }
            "to" => self.matches.iter().any(|m| {
                m.tokens.end == before
                    && m.tokens.start > 0
                    && self.text.word(m.tokens.start - 1).eq_ignore_ascii_case("from")
                    && is_a(gazetteer, m, |p| is_known(p, VILLAGE))
            }),
            _ => false,
        }
    }

    /// The names that start at a token.
    fn names_from(&self, at: usize) -> impl Iterator<Item = &Name> {
        let first = self.names.partition_point(|n| n.tokens.start < at);
        self.names[first..].iter().take_while(move |n| n.tokens.start == at)
    }

    /// The gazetteer's names that start at a token.
    pub(super) fn matches_from(&self, at: usize) -> impl Iterator<Item = &Match> {
        let first = self.matches.partition_point(|m| m.tokens.start < at);
        self.matches[first..].iter().take_while(move |m| m.tokens.start == at)
    }

    /// Before a place in a list: `Orland, Varde and Holm`.
    pub(super) fn opens_list(&self, gazetteer: &Gazetteer, tokens: &Range<usize>) -> bool {
        matches!(self.word(tokens.end), "," | "and")
            && self.names_from(tokens.end + 1).any(|n| n.kind == NameKind::Place)
            && !self
                .matches_from(tokens.end + 1)
                .any(|m| is_a(gazetteer, m, |p| matches!(p.class, Class::Division)))
    }

    /// A person's title before it, or a verb of speech after it.
    pub(in crate::tag::entities) fn is_addressed(&self, tokens: &Range<usize>) -> bool {
        let before = tokens.start.checked_sub(1).map(|at| self.text.word(at));
        before.is_some_and(|word| {
            is_title(word)
                || word == "." && tokens.start > 1 && is_title(self.text.word(tokens.start - 2))
        }) || english::SPEAKING.contains(self.word(tokens.end))
    }

    pub(super) fn word(&self, at: usize) -> &str {
        self.text.word_or_empty(at)
    }

    /// After a preposition of place.
    pub(super) fn is_where(&self, tokens: &Range<usize>) -> bool {
        let before = tokens.start.checked_sub(1).map_or("", |at| self.text.word(at));
        english::PREPOSITIONS.iter().any(|word| before.eq_ignore_ascii_case(word))
    }

    /// After `the town of` and the like.
    pub(super) fn is_called(&self, tokens: &Range<usize>) -> bool {
        tokens.start > 1
            && self.text.word(tokens.start - 1) == "of"
            && english::CALLED.contains(self.text.word(tokens.start - 2))
    }

    /// `ORLAND CITY \u{2014} `, `ORLAND: `: in capitals at the head of its text.
    pub(super) fn is_dateline(&self, tokens: &Range<usize>) -> bool {
        tokens.start == 0
            && !self.text.slice(tokens.clone()).contains(char::is_lowercase)
            && (is_dash(self.word(tokens.end)) || matches!(self.word(tokens.end), ":" | "/" | "("))
    }

    /// Joined to a place by `and`, or in a list before one: `Ballarat and Bendigo`, `Freetown, Bo and
    /// Kenema`.
    pub(super) fn is_beside(&self, at: usize) -> bool {
        let tokens = &self.names[at].tokens;
        let is_place = |n: Option<&Name>, edge: usize, start: bool| {
            n.is_some_and(|n| {
                n.kind == NameKind::Place
                    && edge == if start { n.tokens.start } else { n.tokens.end }
            })
        };
        let joined = |word: &str| english::JOINTS.contains(word);
        let after = is_place(self.names.get(at + 1), tokens.end + 1, true)
            && (joined(self.word(tokens.end)) || self.word(tokens.end) == ",");
        let before = at > 0
            && tokens.start > 0
            && is_place(self.names.get(at - 1), tokens.start - 1, false)
            && joined(self.text.word(tokens.start - 1));
        before || after
    }
}
