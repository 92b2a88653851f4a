//! `the member for Varde Orla Berg`: where a seat ends and who has it begins, which the recogniser takes for one name.
//!
//! The town is the gazetteer's, or one word before a common first name. What is left must be two words, or three of which the
//! first is still the seat's (`Varde Park Orla Berg`).

use std::ops::Range;

use super::{Class, Gazetteer, NamedText, is_a};
use crate::tag::{
    TokenKind, english,
    entities::{Name, labels::NameKind, titles::is_title},
};

/// Most words of a seat and a name.
const LONGEST: usize = 7;

impl NamedText<'_> {
    /// Parts the seats of the text from those who have or want them.
    pub(super) fn part_seats(&mut self, gazetteer: &Gazetteer) {
        for at in 1..self.text.tokens.len() {
            if self.text.word(at) != "for" {
                continue;
            }
            let title = self.text.lower(at - 1).trim_end_matches('.');
            if !english::FOR_SEATS.contains(title) {
                continue;
            }
            let Some((seat, person)) = self.seat(gazetteer, at + 1) else { continue };
            let whole = seat.start..person.end;
            let meets = |n: &Name| n.tokens.start < whole.end && whole.start < n.tokens.end;
            let inside = |n: &Name| whole.start <= n.tokens.start && n.tokens.end <= whole.end;
            if !self.names.iter().all(|n| !meets(n) || inside(n)) {
                continue;
            }
            self.names.retain(|n| !meets(n));
            let first = self.names.partition_point(|n| n.tokens.end <= whole.start);
            let parts = [
                Name { kind: NameKind::Place, tokens: seat },
                Name { kind: NameKind::Person, tokens: person },
            ];
            self.names.splice(first..first, parts);
        }
    }

    /// `for Governor Orla Berg`: what is no town.
    fn is_office(&self, at: usize) -> bool {
        let lower = self.text.lower(at);
        is_title(self.text.word(at))
            || english::OFFICE_WORDS.contains(lower)
            || english::GENERIC_ORGANISATIONS.contains(lower)
            || english::ORGANISATION_NOUNS.contains(lower)
            || english::NATIONAL_BODIES.contains(lower)
            || english::PARTIES.contains(self.text.word(at))
    }

    /// The seat and the person that a run of capitals is.
    fn seat(&self, gazetteer: &Gazetteer, start: usize) -> Option<(Range<usize>, Range<usize>)> {
        let text = self.text;
        let capital = |at: usize| {
            text.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Word)
                && text.word(at).starts_with(char::is_uppercase)
        };
        let limit = text.sentence_of(start)?.end.min(start + LONGEST);
        let mut words: Vec<Range<usize>> = Vec::new();
        let mut at = start;
        while at < limit && capital(at) {
            let first = at;
            at += 1;
            // `Solma-Berg` is one word.
            while text.word_or_empty(at) == "-" && capital(at + 1) {
                at += 2;
            }
            words.push(first..at);
        }
        let town = self.matches_from(start).find(|m| {
            m.tokens.start == start
                && is_a(gazetteer, m, |p| {
                    matches!(p.class, Class::City | Class::County | Class::Division)
                })
        });
        let mut of_seat = match town {
            Some(town) => words.iter().position(|word| word.start >= town.tokens.end)?,
            None if words.len() == 3
                && self.is_forename(words[1].start)
                && !self.is_office(start) =>
            {
                1
            }
            None => return None,
        };
        if words.len() == of_seat + 3 {
            let noun = text.lower(words[of_seat].start);
            let goes_on = english::PARTS.contains(noun)
                || english::PLACE_ENDINGS.contains(noun)
                || english::QUARTERS.contains(noun)
                || english::DIVISIONS.contains(noun);
            of_seat += usize::from(goes_on);
        }
        let whole = words.len() == of_seat + 2
            || words.len() == of_seat + 3 && self.is_forename(words[of_seat].start);
        whole.then(|| (start..words[of_seat].start, words[of_seat].start..at))
    }
}
