//! What the gazetteer is sure of and the recogniser is not: names of places that it cut short, left
//! out, or took for people and organisations.
//!
//! A name is only taken from another kind on evidence beside its spelling, for many towns are called
//! as people are: the words before it, its neighbours, its size together with there being nobody in
//! the story whose name it is a part of.

mod evidence;
mod seats;
mod teams;

use std::ops::Range;

use foldhash::HashSet;

use super::Name;
use super::labels::NameKind;
use super::titles::is_title;
use crate::tag::english;
use crate::tag::names::overlapping;
use crate::tag::places::gazetteer::{Class, Gazetteer, Match, Place};
use crate::tag::{Text, TokenKind, places::context::is_of_wider_people};

/// Fewest people of a city whose name alone speaks for it.
const CITY: u32 = 200_000;
/// The same of one whose name has several words.
const SEVERAL: u32 = 50_000;
/// The same where the first of them is somebody's first name, too: `Abu Orme`.
const METROPOLIS: u32 = 500_000;
/// Fewest people of a town that a preposition or a neighbour speaks for, against an organisation.
const TOWN: u32 = 15_000;
/// The same against a person.
const VILLAGE: u32 = 2_000;

/// Words of a name that is too long for a town that the gazetteer does not have.
const LONG: usize = 3;

/// One text of a story: its matches in the gazetteer are in order, as are its names.
pub(super) struct NamedText<'a> {
    pub(super) text: &'a Text<'a>,
    pub(super) keys: &'a [u64],
    pub(super) matches: &'a [Match],
    pub(super) names: &'a mut Vec<Name>,
}

/// Completes the names of a story's texts.
pub(super) fn complete(gazetteer: &Gazetteer, texts: &mut [NamedText<'_>]) {
    for found in texts.iter_mut() {
        found.part_seats(gazetteer);
        found.take_whole(gazetteer);
        found.take_sure(gazetteer);
        found.take_from_people(gazetteer);
        found.claim_teams(gazetteer);
    }
    let parts: HashSet<u64> = texts.iter().flat_map(NamedText::parts_of_people).collect();
    let mut sure: HashSet<Vec<u64>> = HashSet::default();
    for found in texts.iter_mut() {
        found.take_cued(gazetteer, &parts);
        found.take_alone(gazetteer, &parts);
        sure.extend(found.where_things_are());
    }
    for found in texts {
        found.take_unknown();
        found.take_again(&sure, &parts);
        found.give_back();
        found.give_surnames();
    }
}

impl NamedText<'_> {
    /// Names of several words: `Trinidad and Tobago`, of which the recogniser makes two; countries
    /// also where it sees no name at all.
    fn take_whole(&mut self, gazetteer: &Gazetteer) {
        for one in self.matches.iter().filter(|one| one.tokens.len() > 1) {
            let country = is_a(gazetteer, one, |p| p.class == Class::Country);
            if !country && !is_a(gazetteer, one, |p| is_known(p, VILLAGE)) {
                continue;
            }
            let tokens = &one.tokens;
            let over = overlapping(self.names, tokens);
            let fits = self.names[over.clone()].iter().all(|name| {
                let inside = tokens.start <= name.tokens.start && name.tokens.end <= tokens.end;
                inside && (country || name.kind == NameKind::Place)
            });
            // `Hamilton city` is no name in "Hamilton city council".
            let small = self.text.word(tokens.end - 1).starts_with(char::is_lowercase);
            if fits && !small && (country || !over.is_empty()) {
                let whole = Name { kind: NameKind::Place, tokens: tokens.clone() };
                self.names.splice(over, [whole]);
            }
        }
    }

    /// A division or a country after a place and a comma, with that place where it is in it (`Paris,
    /// Tenn.`), countries taken for organisations, and counties taken for people.
    fn take_sure(&mut self, gazetteer: &Gazetteer) {
        for (at, one) in self.matches.iter().enumerate() {
            let tokens = &one.tokens;
            if tokens.len() > 1 && is_a(gazetteer, one, |p| p.class == Class::County) {
                claim_own(self.names, tokens, |kind| kind == NameKind::Person);
            }
            if self.is_dateline(tokens) && is_a(gazetteer, one, |p| p.class != Class::Demonym) {
                claim_own(self.names, tokens, |_| true);
            }
            self.take_part(gazetteer, one);
            // `West Indian` is no body and no land.
            if is_of_wider_people(self.text, tokens)
                && is_a(gazetteer, one, |p| p.class == Class::Demonym)
            {
                let whole = tokens.start - 1..tokens.end;
                self.names.retain(|n| n.tokens != whole);
            }
            // What a people is called is no organisation: `its Norwegian owner`.
            if !is_a(gazetteer, one, |p| p.class != Class::Demonym) {
                self.names.retain(|n| n.kind != NameKind::Organisation || n.tokens != *tokens);
            }
            // Rivers, seas and the like are taken for organisations, too.
            let regional = is_a(gazetteer, one, |p| p.class == Class::Region);
            if regional && self.is_company(tokens) {
                claim_company(self.names, tokens);
            } else if regional {
                claim_own(self.names, tokens, |kind| {
                    matches!(kind, NameKind::Organisation | NameKind::Other)
                });
            }
            if is_a(gazetteer, one, |p| p.class == Class::Country) {
                claim(self.names, tokens, |kind| {
                    matches!(kind, NameKind::Organisation | NameKind::Other)
                });
            }
            let next = tokens.end + 1;
            let Some(container) = self.matches.get(at + 1).filter(|c| c.tokens.start == next)
            else {
                continue;
            };
            let contains = |p: &Place| matches!(p.class, Class::Division | Class::Country);
            if self.text.word(tokens.end) != "," || !is_a(gazetteer, container, contains) {
                continue;
            }
            let inside = holds(gazetteer, container, one);
            if inside {
                claim(self.names, tokens, |_| true);
            }
            let placed = |n: &Name| n.kind == NameKind::Place && n.tokens.end == tokens.end;
            if self.names.iter().any(placed) {
                claim(self.names, &container.tokens, |_| inside);
            }
        }
    }

    /// `West Orland`, which the recogniser takes for an organisation, and which goes on with no other capital.
    fn take_part(&mut self, gazetteer: &Gazetteer, one: &Match) {
        let Range { start, end } = one.tokens;
        let land = |p: &Place| matches!(p.class, Class::Division | Class::Country);
        if start > 0
            && english::PARTS.contains(self.text.lower(start - 1))
            && !self.word(end).starts_with(char::is_uppercase)
            && is_a(gazetteer, one, land)
        {
            claim_own(self.names, &(start - 1..end), |kind| kind == NameKind::Organisation);
        }
    }

    /// What ends in a country and begins with nobody's first name is no person: `Orme Nation Orland`, `Miss Orland`.
    fn take_from_people(&mut self, gazetteer: &Gazetteer) {
        for at in 0..self.names.len() {
            let Name { kind, tokens } = self.names[at].clone();
            if kind != NameKind::Person || tokens.len() < 2 || self.is_forename(tokens.start) {
                continue;
            }
            let first = self.matches.partition_point(|m| m.tokens.end < tokens.end);
            let lands = self.matches[first..].iter().take_while(|m| m.tokens.end == tokens.end);
            let is_land = |m: &Match| {
                m.tokens.start > tokens.start && is_a(gazetteer, m, |p| p.class == Class::Country)
            };
            if !lands.into_iter().any(is_land) || self.is_addressed(&tokens) {
                continue;
            }
            let titled = is_title(self.word(tokens.start));
            self.names[at].kind = if titled { NameKind::Other } else { NameKind::Organisation };
        }
    }

    /// Words of people's names of several words.
    pub(super) fn parts_of_people(&self) -> impl Iterator<Item = u64> {
        let full = |n: &&Name| n.kind == NameKind::Person && n.tokens.len() > 1;
        self.names.iter().filter(full).flat_map(|n| self.keys[n.tokens.clone()].iter().copied())
    }

    /// Whole names of another kind that are spelt as a place is.
    fn take_alone(&mut self, gazetteer: &Gazetteer, parts: &HashSet<u64>) {
        for at in 0..self.names.len() {
            let Name { kind, tokens } = self.names[at].clone();
            let least = match kind {
                NameKind::Person => VILLAGE,
                NameKind::Organisation => TOWN,
                NameKind::Place | NameKind::Other => continue,
            };
            let found = self.matches.partition_point(|one| one.tokens.start < tokens.start);
            let Some(one) = self.matches.get(found).filter(|one| one.tokens == tokens) else {
                continue;
            };
            let is_person = kind == NameKind::Person
                && (tokens.len() == 1 && parts.contains(&self.keys[tokens.start])
                    || self.is_addressed(&tokens));
            if is_person {
                continue;
            }
            let known = |least| is_a(gazetteer, one, |p| is_known(p, least));
            // People are seldom called as a larger city of several words is: `Santa Orme`.
            let least_of_several =
                if self.is_forename(tokens.start) { METROPOLIS } else { SEVERAL };
            let several = tokens.len() > 1 && known(least_of_several);
            let speaks = kind == NameKind::Person && (known(CITY) || several)
                || self.is_where(&tokens) && known(least)
                || self.is_called(&tokens)
                || self.is_beside(at) && known(least);
            if speaks {
                self.names[at].kind = NameKind::Place;
            }
        }
    }

    /// `mayor of Orland`, a town that nobody knows: what the recogniser took for an organisation.
    fn take_unknown(&mut self) {
        for at in 0..self.names.len() {
            let Name { kind, tokens } = self.names[at].clone();
            let last = self.text.lower(tokens.end - 1);
            let sort = english::ORGANISATION_NOUNS.contains(last)
                || english::ORGANISATION_ENDINGS.contains(last);
            let small = tokens.len() < LONG;
            if kind == NameKind::Organisation && small && self.is_had_by_town(&tokens) && !sort {
                self.names[at].kind = NameKind::Place;
            }
        }
    }

    /// What the words around it make a place, a name or not: `trains from Orland to Varde`, `residents
    /// of Varde`, `Orland, Varde and Holm` of a list, `Orland is a kingdom`.
    fn take_cued(&mut self, gazetteer: &Gazetteer, parts: &HashSet<u64>) {
        for one in self.matches {
            let tokens = &one.tokens;
            let known = |least| is_a(gazetteer, one, |p| is_known(p, least));
            if !known(VILLAGE) || is_a(gazetteer, one, |p| p.class == Class::Demonym) {
                continue;
            }
            let over = self.names.partition_point(|n| n.tokens.end <= tokens.start);
            let taken = self.names.get(over).filter(|n| n.tokens.start < tokens.end);
            if taken.is_some_and(|n| n.kind == NameKind::Place || n.tokens != *tokens) {
                continue;
            }
            let is = self.is_told_to_be(tokens);
            let borne = self.keys[tokens.clone()].iter().any(|key| parts.contains(key));
            if borne && !is || self.is_addressed(tokens) || self.runs_on(tokens) {
                continue;
            }
            let listed = taken.is_none() && self.opens_list(gazetteer, tokens) && known(CITY);
            let told = self.is_of_people(tokens) || self.is_among_places(tokens);
            if is || listed || told || self.is_way(gazetteer, tokens) {
                claim(self.names, tokens, |_| true);
            }
        }
    }

    /// `party chief Mary Ann Berg`, `Charlotte Berg said`: what is a town's name, too, is a first name with a title
    /// before it or a verb of speech behind it all.
    fn give_back(&mut self) {
        for at in 0..self.names.len() {
            let Name { kind, tokens } = self.names[at].clone();
            if kind != NameKind::Place || tokens.len() > 1 || !self.is_forename(tokens.start) {
                continue;
            }
            let next = self.names.get(at + 1).map_or(usize::MAX, |n| n.tokens.start);
            let is_name = |i: &usize| {
                self.word(*i).starts_with(char::is_uppercase)
                    && self.text.tokens[*i].kind == TokenKind::Word
            };
            let end = (tokens.end..tokens.end + 3).take_while(is_name).count() + tokens.end;
            let whole = tokens.start..end;
            if end > tokens.end && end <= next && self.is_addressed(&whole) {
                self.names[at] = Name { kind: NameKind::Person, tokens: whole };
            }
        }
    }

    /// `Darren Orland was told`: a land behind a first name that no place has is a surname.
    fn give_surnames(&mut self) {
        for at in 0..self.names.len() {
            let Name { kind, tokens } = self.names[at].clone();
            let Some(first) = tokens.start.checked_sub(1) else { continue };
            if kind != NameKind::Place || tokens.len() > 1 || !self.is_first_name(first) {
                continue;
            }
            let starts = |at: usize| self.text.sentences.binary_search_by_key(&at, |s| s.start);
            let earlier = at.checked_sub(1).map(|at| &self.names[at]);
            let free = |n: &&Name| n.tokens.end > first;
            let own = earlier.filter(free);
            let other = own.is_some_and(|n| n.kind != NameKind::Person || n.tokens.len() > 1);
            let capital = |at: usize| self.word(at).starts_with(char::is_uppercase);
            let next = self.text.tokens.get(tokens.end).map_or("", |_| self.text.lower(tokens.end));
            let does = english::TELLING.contains(next)
                || matches!(next, "," | "was" | "is" | "has" | "had" | "who");
            let opens = starts(first).is_ok();
            let runs_on = !opens && first > 0 && capital(first - 1) || capital(tokens.end);
            if other || runs_on || starts(tokens.start).is_ok() || opens && !does {
                continue;
            }
            let whole = Name { kind: NameKind::Person, tokens: first..tokens.end };
            if own.is_some() {
                self.names[at - 1].tokens = first..first;
            }
            self.names[at] = whole;
        }
        self.names.retain(|n| !n.tokens.is_empty());
    }

    /// Whether a word is a common first name, and no place's.
    fn is_first_name(&self, at: usize) -> bool {
        let lower = self.text.lower(at);
        self.word(at).starts_with(char::is_uppercase)
            && (english::MEN.contains(lower) || english::WOMEN.contains(lower))
            && !self.matches_from(at).any(|one| one.tokens.contains(&at))
    }

    /// Places by their words' keys that a preposition stands before.
    fn where_things_are(&self) -> impl Iterator<Item = Vec<u64>> {
        let place = |n: &&Name| n.kind == NameKind::Place && self.is_where(&n.tokens);
        let known = |n: &&Name| self.matches_from(n.tokens.start).any(|one| one.tokens == n.tokens);
        self.names.iter().filter(place).filter(known).map(|n| self.keys[n.tokens.clone()].to_vec())
    }

    /// What was a place beyond doubt once is no person elsewhere in the story.
    fn take_again(&mut self, sure: &HashSet<Vec<u64>>, parts: &HashSet<u64>) {
        for name in self.names.iter_mut().filter(|n| n.kind == NameKind::Person) {
            let keys = &self.keys[name.tokens.clone()];
            let surname = keys.len() == 1 && parts.contains(&keys[0]);
            if !surname && sure.contains(keys) {
                name.kind = NameKind::Place;
            }
        }
    }
}

fn is_a(gazetteer: &Gazetteer, one: &Match, is: impl Fn(&Place) -> bool) -> bool {
    one.places.iter().any(|place| is(&gazetteer.place(*place)))
}

/// A country, a division, a region, or a settlement of that many people.
fn is_known(place: &Place, least: u32) -> bool {
    match place.class {
        Class::Country | Class::Division | Class::Region => true,
        Class::City => place.population >= least,
        Class::County | Class::Demonym => false,
    }
}

/// Whether one of a name's cities or counties is in a division or a country that the other name means.
fn holds(gazetteer: &Gazetteer, container: &Match, found: &Match) -> bool {
    let places = |m: &Match| m.places.iter().map(|p| gazetteer.place(*p)).collect::<Vec<_>>();
    let divisions = places(container);
    places(found).iter().any(|place| {
        matches!(place.class, Class::City | Class::County)
            && divisions.iter().any(|d| {
                d.country == place.country
                    && match d.class {
                        Class::Country => true,
                        Class::Division => d.division == place.division,
                        Class::County | Class::City | Class::Region | Class::Demonym => false,
                    }
            })
    })
}

/// Makes some tokens a place unless they are part of another name; one of just these tokens becomes
/// a place if its kind may.
fn claim(names: &mut Vec<Name>, tokens: &Range<usize>, may: impl Fn(NameKind) -> bool) {
    let at = names.partition_point(|n| n.tokens.end <= tokens.start);
    if names.get(at).is_some_and(|n| n.tokens.start < tokens.end) {
        claim_own(names, tokens, may);
    } else {
        names.insert(at, Name { kind: NameKind::Place, tokens: tokens.clone() });
    }
}

/// Makes the place of just these tokens an organisation, if there is one.
fn claim_company(names: &mut [Name], tokens: &Range<usize>) {
    let at = names.partition_point(|n| n.tokens.end <= tokens.start);
    let own = names.get_mut(at).filter(|n| n.tokens == *tokens && n.kind == NameKind::Place);
    if let Some(name) = own {
        name.kind = NameKind::Organisation;
    }
}

/// Makes the name of just these tokens a place, if there is one and its kind may.
fn claim_own(names: &mut [Name], tokens: &Range<usize>, may: impl Fn(NameKind) -> bool) {
    let at = names.partition_point(|n| n.tokens.end <= tokens.start);
    if let Some(name) = names.get_mut(at).filter(|n| n.tokens == *tokens && may(n.kind)) {
        name.kind = NameKind::Place;
    }
}

#[cfg(test)]
mod tests;
