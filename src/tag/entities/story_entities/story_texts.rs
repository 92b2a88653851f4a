//! A story's texts with all that is known of them, and the places that are claimed and taken back in them.
//!
//! Lists of the language and of the user, and the gazetteer, say what is a place; people who are named as a whole, words that
//! are countries' names by chance and words of grammar take it back. Refuses to claim a part of what is claimed already.

use std::{cell::OnceCell, ops::Range};

use foldhash::{HashSet, HashSetExt as _};

use super::{covered, trimming::trim};
use crate::lang;
use crate::tag::entities::{
    Name, Reading,
    bodies::Bodies,
    clubs::Games,
    gazetteer_rules::NamedText,
    labels::NameKind,
    named_things::NamedThings,
    not_names::NotNames,
    places_by_language::{Listed, PlacesByLanguage},
};
use crate::tag::{
    Text, TokenKind,
    document::Splitting,
    lists::ListMatch,
    names::overlapping,
    places::{
        gazetteer::{Class, Gazetteer, Match},
        story_places::{Inside, Located, NamedPlaces, locate},
    },
};

/// Fewest letters of a name in capitals that is no place where nothing knows it: fewer may be a country's.
const LETTERS: usize = 3;
/// Fewest people of a city whose club a name is that a part of its country has, too.
const CITY: u32 = 50_000;
/// Marks behind which a word may have a capital that is no name.
const OPENERS: [&str; 6] = [":", "«", "„", "“", "\"", "»"];
/// Name of a language's list of words that a country is called by, too.
const HOMONYMS: &str = "homonyms.txt";

/// One text of the story with all that is known of it.
pub(super) struct Layer<'a> {
    pub(super) text: &'a Text<'a>,
    pub(super) keys: Vec<u64>,
    pub(super) flags: Vec<u16>,
    pub(super) matches: Vec<Match>,
    pub(super) listed: Vec<ListMatch>,
}

impl Layer<'_> {
    pub(super) fn reading(&self) -> Reading<'_> {
        Reading { text: self.text, keys: &self.keys, listed: &self.flags }
    }

    /// The text with the names in it, for the rules that mend them.
    pub(super) fn named<'n>(&'n self, names: &'n mut Vec<Name>) -> NamedText<'n> {
        NamedText { text: self.text, keys: &self.keys, matches: &self.matches, names }
    }
}

/// A story's texts, and what its language and its publisher say of places.
pub(super) struct StoryTexts<'a> {
    pub(super) layers: &'a [Layer<'a>; 2],
    pub(super) readings: [Reading<'a>; 2],
    /// What the language's lists of countries and regions name in each text.
    pub(super) listed: [Vec<Listed>; 2],
    /// Words in each text that hold the name of a place and are none.
    pub(super) nothing: [Vec<Range<usize>>; 2],
    /// The rules of places of languages other than English.
    pub(super) others: Option<PlacesByLanguage<'a>>,
    /// The language's folder.
    pub(super) folder: &'a str,
    /// The country of the publisher, where known.
    pub(super) home: Option<[u8; 2]>,
}

/// What a story's texts tell of words that may be places.
struct Told {
    /// Words of the people who are named by more than one.
    people: HashSet<u64>,
    /// Listed places that the story names beyond doubt.
    lands: HashSet<u32>,
    /// Words that a country is called by, too.
    homonyms: Vec<&'static str>,
    /// Words that stand in small letters, once that is asked.
    small: OnceCell<HashSet<u64>>,
}

impl StoryTexts<'_> {
    pub(super) fn is_english(&self) -> bool {
        self.others.is_none()
    }

    /// Adds to each text's names the places that lists of the language and of the user name, and takes away what these
    /// say is no name of its own.
    pub(super) fn claim_places(&self, names: &mut [Vec<Name>]) {
        let told = self.told(names);
        if self.others.is_some() {
            self.claim_bearers(names);
            trim(&self.readings, self.folder, names);
            if let Some(things) = NamedThings::of(self.folder) {
                things.drop(&self.readings, names);
                for (reading, names) in self.readings.iter().zip(&mut *names) {
                    things.claim_houses(reading, names);
                }
            }
        }
        for ((listed, reading), names) in self.listed.iter().zip(&self.readings).zip(&mut *names) {
            self.mend_by_lists(reading, &told.people, names);
            if let Some(others) = &self.others {
                others.claim_whole(reading, names);
                others.widen(reading, names);
                others.part_people(reading, listed, names);
                self.claim_listed(others, (reading, listed), &told, names);
                others.claim_cued(reading, &told.people, names);
                others.claim_datelines(reading, names);
                others.claim_declined(reading, names);
                others.claim_large(reading, names);
                others.part(reading, listed, names);
                others.trim(reading, listed, names);
            }
        }
        self.cut_nothing(names);
        for (layer, names) in self.layers.iter().zip(names) {
            let taken = covered(layer.keys.len(), layer.listed.iter().map(|l| &l.tokens));
            names.retain(|name| !taken[name.tokens.clone()].contains(&true));
        }
    }

    /// What the texts tell of words that may be places, as their names stand before any place is claimed.
    fn told(&self, names: &[Vec<Name>]) -> Told {
        let people = parts_of_people(self.layers, names);
        let homonyms = lang::text(self.folder, HOMONYMS).into_iter().flat_map(lang::entries);
        let lands = self.told_lands(&people, names);
        Told { people, lands, homonyms: homonyms.collect(), small: OnceCell::new() }
    }

    /// Sets names of a text right by the language's lists of bodies and of what is no name.
    fn mend_by_lists(&self, reading: &Reading<'_>, people: &HashSet<u64>, names: &mut Vec<Name>) {
        if let Some(bodies) = Bodies::of(self.folder).filter(|_| self.others.is_some()) {
            bodies.mend_kinds(reading, names);
            bodies.claim(reading, names);
        }
        let Some(not_names) = NotNames::of(self.folder) else { return };
        not_names.cut_times(reading, names, |name| {
            let others = self.others.as_ref();
            if others.is_some_and(|o| o.is_city(reading, &name.tokens)) {
                name.kind = NameKind::Place;
            }
        });
        not_names.cut_titles(reading, names);
        not_names.drop(reading, people, names);
    }

    /// Claims the places that the language's lists have in a text, and takes away those that are a word or somebody there.
    fn claim_listed(
        &self,
        others: &PlacesByLanguage<'_>,
        (reading, listed): (&Reading<'_>, &[Listed]),
        told: &Told,
        names: &mut Vec<Name>,
    ) {
        let uncased = Splitting::of(self.folder).uncased;
        let not_names = NotNames::of(self.folder);
        let opens = |at: usize| opens(reading, at);
        let small = |key: u64| told.small.get_or_init(|| self.in_small_letters()).contains(&key);
        // `Mısır` at a start, in a story of `mısır`
        let is_word = |tokens: &Range<usize>| {
            tokens.len() == 1
                && opens(tokens.start)
                && told.homonyms.contains(&reading.text.lower(tokens.start))
                && small(reading.keys[tokens.start])
        };
        names.retain(|n| {
            let is_place = n.kind == NameKind::Place;
            !is_place || !others.is_somebody(reading, &n.tokens)
        });
        others.claim_quoted(reading, names);
        // `Orland sagde`, where Anna Orland is told of and the country is not.
        let is_surname = |tokens: &Range<usize>, place: &u32| {
            tokens.len() == 1
                && !uncased
                && opens(tokens.start)
                && told.people.contains(&reading.keys[tokens.start])
                && !told.lands.contains(place)
        };
        names.retain(|n| {
            let place = || listed.iter().find(|(tokens, _)| *tokens == n.tokens);
            let is_other = |(tokens, place): &Listed| is_word(tokens) || is_surname(tokens, place);
            n.kind != NameKind::Place || !place().is_some_and(is_other)
        });
        let sure = |(tokens, place): &(Range<usize>, u32)| {
            !is_word(tokens)
                && !is_surname(tokens, place)
                && !others.is_somebody(reading, tokens)
                && !others.is_quoted(reading, tokens)
                && (!not_names.is_some_and(|n| n.lists(&reading.keys[tokens.clone()]))
                    || others.is_cued(reading, tokens.start)
                    || !uncased && (!opens(tokens.start) || told.lands.contains(place)))
        };
        if uncased {
            names.retain(|name| !is_number(reading, name));
        }
        let listed = listed.iter().filter(|one| sure(one)).map(|(tokens, _)| tokens);
        PlacesByLanguage::claim(listed, reading.keys, &told.people, names);
    }

    /// Takes from names of places what stands in words that hold a name of the lists and are none.
    fn cut_nothing(&self, names: &mut [Vec<Name>]) {
        let cased = !Splitting::of(self.folder).uncased;
        for ((nothing, reading), names) in self.nothing.iter().zip(&self.readings).zip(names) {
            // `république de Orme` behind the word for its prosecutor leaves the town.
            for name in names.iter_mut().filter(|n| cased && n.kind == NameKind::Place) {
                let inside = |n: &&Range<usize>| {
                    n.start < name.tokens.start
                        && name.tokens.start < n.end
                        && n.end + 1 < name.tokens.end
                };
                let Some(end) = nothing.iter().find(inside).map(|n| n.end) else { continue };
                let small = |at: usize| reading.text.word(at).starts_with(char::is_lowercase);
                if small(end) && !small(end + 1) {
                    name.tokens.start = end + 1;
                }
            }
            // What begins inside such words is cut from them: of `发展中国家`, no part is a country.
            let cut = |name: &Name| {
                let (start, end) = (name.tokens.start, name.tokens.end);
                let inside = |n: &Range<usize>| {
                    n.start < start && start < n.end || n.start == start && end < n.end
                };
                name.kind == NameKind::Place && nothing.iter().any(inside)
            };
            names.retain(|name| !cut(name));
        }
    }

    /// The listed places that the story names where no other word has a capital: inside a sentence, and by a form of the
    /// name. None where the script has no capitals.
    fn told_lands(&self, people: &HashSet<u64>, names: &[Vec<Name>]) -> HashSet<u32> {
        let mut told = HashSet::new();
        let not_names = NotNames::of(self.folder);
        let Some(others) = self.others.as_ref().filter(|_| !Splitting::of(self.folder).uncased)
        else {
            return told;
        };
        for ((listed, reading), names) in self.listed.iter().zip(&self.readings).zip(names) {
            let is_person = |tokens: &Range<usize>| {
                let first = names[overlapping(names, tokens)].first();
                first.is_some_and(|n| n.kind == NameKind::Person)
            };
            let sure = |tokens: &Range<usize>| {
                let words = &reading.keys[tokens.clone()];
                let is_other = not_names.is_some_and(|n| n.lists(words))
                    || matches!(words, [word] if people.contains(word));
                !is_person(tokens)
                    && !others.is_somebody(reading, tokens)
                    && (!is_other || !opens(reading, tokens.start))
            };
            told.extend(listed.iter().filter(|(t, _)| sure(t)).map(|(_, place)| *place));
        }
        told
    }

    /// The keys of the texts' words in small letters.
    pub(super) fn in_small_letters(&self) -> HashSet<u64> {
        let of = |reading: &Reading<'_>| {
            let is_small = |at: &usize| reading.text.word(*at).starts_with(char::is_lowercase);
            let all = (0..reading.keys.len()).filter(is_small);
            all.map(|at| reading.keys[at]).collect::<Vec<_>>()
        };
        self.readings.iter().flat_map(of).collect()
    }

    /// Gives a person's whole name back where a text has a country's in it: characters are words of their own.
    fn claim_bearers(&self, names: &mut [Vec<Name>]) {
        if !Splitting::of(self.folder).uncased {
            return;
        }
        let persons = self.readings.iter().zip(&*names).flat_map(|(reading, names)| {
            let persons = names.iter().filter(|n| n.kind == NameKind::Person && n.tokens.len() > 2);
            persons.map(|n| &reading.keys[n.tokens.clone()])
        });
        let persons: HashSet<Vec<u64>> = persons.map(<[u64]>::to_vec).collect();
        for ((reading, listed), names) in self.readings.iter().zip(&self.listed).zip(names) {
            let text = reading.text;
            for (place, _) in listed {
                let Some(start) = place.start.checked_sub(1) else { continue };
                let whole = start..place.end;
                let person = |n: &Name| n.kind == NameKind::Person && n.tokens.len() > 1;
                // `何日本、李德国`: whom another one is named with.
                let is_listed = text.tokens[start].kind == TokenKind::Word
                    && start
                        .checked_sub(1)
                        .is_none_or(|at| text.tokens[at].kind == TokenKind::Mark)
                    && text.word_or_empty(place.end) == "、"
                    && names.iter().any(|n| n.tokens.start == place.end + 1 && person(n));
                let is_free = |n: &Name| n.tokens.end <= whole.start || whole.end <= n.tokens.start;
                let is_inside =
                    |n: &Name| whole.start <= n.tokens.start && n.tokens.end <= whole.end;
                if (is_listed || persons.contains(&reading.keys[whole.clone()]))
                    && names.iter().all(|n| is_free(n) || is_inside(n))
                {
                    names.retain(is_free);
                    let at = names.partition_point(|n| n.tokens.start < whole.start);
                    names.insert(at, Name { kind: NameKind::Person, tokens: whole });
                }
            }
        }
    }

    /// Makes organisations of places in capitals that nothing knows: `UBV baut aus`. A line in capitals says nothing.
    pub(super) fn claim_letters(&self, names: &mut [Vec<Name>], located: &[Vec<Option<Located>>]) {
        if self.is_english() {
            return;
        }
        for ((reading, names), located) in self.readings.iter().zip(names).zip(located) {
            let text = reading.text;
            let shouted = |at: usize| {
                let small = |at: usize| text.word(at).contains(char::is_lowercase);
                text.line_of(at).is_none_or(|line| !line.clone().any(small))
            };
            for (name, located) in names.iter_mut().zip(located) {
                let word = text.word(name.tokens.start);
                if name.kind == NameKind::Place
                    && located.is_none()
                    && name.tokens.len() == 1
                    && word.chars().count() >= LETTERS
                    && word.chars().all(char::is_uppercase)
                    && !shouted(name.tokens.start)
                {
                    name.kind = NameKind::Organisation;
                }
            }
        }
    }

    /// Makes organisations of the cities that play beside a score. A land stays one, as whoever plays for it does.
    pub(super) fn claim_clubs(
        &self,
        gazetteer: &Gazetteer,
        names: &mut [Vec<Name>],
        located: &mut [Vec<Option<Located>>],
    ) {
        let Some(games) = Games::of(self.folder) else { return };
        for ((reading, names), located) in self.readings.iter().zip(names).zip(located) {
            for at in games.clubs(reading, names) {
                let tokens = names[at].tokens.clone();
                let is_city = |place: u32| {
                    let place = gazetteer.place(place);
                    place.class == Class::City && place.population >= CITY
                };
                let land = located[at].is_some_and(|l| match gazetteer.place(l.place).class {
                    Class::City | Class::County => false,
                    // `Hessen`, but `Utrecht` is a city, too.
                    Class::Division => {
                        let called = gazetteer.exact(reading.text, reading.keys, tokens);
                        !called.into_iter().any(is_city)
                    }
                    Class::Country | Class::Region | Class::Demonym => true,
                });
                if !land {
                    names[at].kind = NameKind::Organisation;
                    located[at] = None;
                }
            }
        }
    }

    /// Where each name of the texts is, and the places inside names of organisations.
    pub(super) fn locate(
        &self,
        gazetteer: &Gazetteer,
        names: &[Vec<Name>],
    ) -> (Vec<Vec<Option<Located>>>, Vec<Inside>) {
        let sure: Vec<Vec<Option<u32>>> = self
            .readings
            .iter()
            .zip(&self.listed)
            .zip(names)
            .map(|((r, l), n)| self.others.as_ref().map_or_else(Vec::new, |o| o.sure(r, l, n)))
            .collect();
        let texts: Vec<_> = self
            .readings
            .iter()
            .zip(self.layers)
            .zip(names)
            .zip(&sure)
            .map(|(((reading, layer), names), sure)| NamedPlaces {
                reading: *reading,
                matches: &layer.matches,
                names,
                sure,
                english: self.is_english(),
            })
            .collect();
        let (mut located, insides) = locate(gazetteer, &texts, self.home);
        if let Some(others) = &self.others {
            for ((((reading, listed), nothing), names), located) in self
                .readings
                .iter()
                .zip(&self.listed)
                .zip(&self.nothing)
                .zip(names)
                .zip(&mut located)
            {
                others.locate(reading, listed, names, located);
                others.drop_landmarks(reading, listed, names, located);
                for (name, located) in names.iter().zip(located) {
                    if nothing.contains(&name.tokens) {
                        *located = None;
                    }
                }
            }
        }
        if let Some(others) = &self.others {
            others.prefer_home(&self.readings, self.home, names, &mut located);
            others.prefer_told(&self.readings, self.home, names, &mut located);
            let listed = self.readings.iter().zip(&self.listed);
            for (((reading, listed), names), located) in listed.zip(names).zip(&mut located) {
                others.heed_containers(reading, names, located);
                others.drop_foreign(reading, listed, names, located);
            }
        }
        (located, insides)
    }
}

/// Whether a token begins a sentence, or what stands behind a colon or a quotation mark in it.
fn opens(reading: &Reading<'_>, at: usize) -> bool {
    let text = reading.text;
    text.sentences.binary_search_by_key(&at, |sentence| sentence.start).is_ok()
        || at.checked_sub(1).is_some_and(|before| OPENERS.contains(&text.word(before)))
}

/// The words of the people who are named in a story by more than one.
fn parts_of_people(layers: &[Layer<'_>], names: &[Vec<Name>]) -> HashSet<u64> {
    let whole = |name: &&Name| name.kind == NameKind::Person && name.tokens.len() > 1;
    let keys = |(layer, names): (&Layer<'_>, &Vec<Name>)| {
        let parts =
            names.iter().filter(whole).flat_map(|name| layer.keys[name.tokens.clone()].to_vec());
        parts.collect::<Vec<_>>()
    };
    layers.iter().zip(names).flat_map(keys).collect()
}

/// Whether a name is one word of digits: `و3.5`.
fn is_number(reading: &Reading<'_>, name: &Name) -> bool {
    let word = reading.text.word(name.tokens.start);
    name.tokens.len() == 1
        && word.contains(char::is_numeric)
        && !word.contains(|c: char| c.is_ascii_alphabetic())
}
