//! `Varde Sharks`: a place and what only its team is called are one organisation, and nothing of it is a place, a people or a
//! person.
//!
//! The second word is of a list; a headline may set any word with a capital, and is left alone where it does.

use super::{Class, Gazetteer, METROPOLIS, NamedText, SEVERAL, is_a};
use crate::tag::{
    english,
    entities::{
        labels::NameKind,
        token_features::{CaseStyle, case_style},
    },
    names::claim,
};

impl NamedText<'_> {
    /// Makes teams of the places before their nicknames.
    pub(super) fn claim_teams(&mut self, gazetteer: &Gazetteer) {
        let text = self.text;
        for one in self.matches {
            let (start, end) = (one.tokens.start, one.tokens.end);
            let capital = |at: usize| text.word_or_empty(at).starts_with(char::is_uppercase);
            let nickname =
                |at: usize| capital(at) && english::TEAM_NICKNAMES.contains(text.lower(at));
            let doubled = || {
                capital(end) && english::TEAM_COLOURS.contains(text.lower(end)) && nickname(end + 1)
            };
            let end = match () {
                () if nickname(end) => end + 1,
                () if doubled() => end + 2,
                () => continue,
            };
            // `Quiche Indians` are a people.
            let people = self
                .matches
                .iter()
                .any(|m| m.tokens.end == end && is_a(gazetteer, m, |p| p.class == Class::Demonym));
            let least = if people { METROPOLIS } else { SEVERAL };
            let is_large = |p: &super::Place| match p.class {
                Class::City => p.population >= least,
                Class::Country | Class::Division => !people,
                Class::County | Class::Region | Class::Demonym => false,
            };
            if capital(end) || !is_a(gazetteer, one, is_large) {
                continue;
            }
            if text
                .sentence_of(start)
                .is_none_or(|s| case_style(text, s.clone()) != CaseStyle::Normal)
            {
                continue;
            }
            claim(self.names, NameKind::Organisation, start..end);
        }
    }
}
