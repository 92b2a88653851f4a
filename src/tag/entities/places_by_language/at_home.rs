//! Cities of one name in several countries: the one in the publisher's country, where the language is at home, or where the
//! story's other places are.
//!
//! Refuses to move a name where the story tells of another place in the country that it would leave, and one that means a far
//! larger city.

use std::collections::BTreeMap;

use foldhash::{HashSet, HashSetExt as _};

use super::{LARGE, PlacesByLanguage, TOWN};
use crate::tag::{
    entities::{Name, Reading},
    places::{
        gazetteer::{Class, Place},
        homes,
        story_places::Located,
    },
};

/// How many times larger a city abroad is at most than one of its name in the publisher's country that is meant before it, and
/// than one where the language is at home.
const RIVAL: u32 = 13;
const NEAR_RIVAL: u32 = 4;
/// The same of one in the country of another place of the story, and of several.
const TOLD_RIVAL: u32 = 20;
const FAR_RIVAL: u32 = 100;
/// Places that are several.
const SEVERAL: usize = 2;
/// Fewest people of a town in the country that several places of the story are in, and of one that a country's or a division's
/// name means there.
const SMALL: u32 = 5_000;
const NAMESAKE: u32 = 30_000;
/// How often names that have moved may move others.
const ROUNDS: usize = 2;

impl PlacesByLanguage<'_> {
    /// Gives names that mean a city abroad, where nothing else in the story is there, the city of that name in the publisher's
    /// country, else in a country whose news is in the language.
    pub(in crate::tag::entities) fn prefer_home(
        &self,
        readings: &[Reading<'_>],
        publisher: Option<[u8; 2]>,
        names: &[Vec<Name>],
        located: &mut [Vec<Option<Located>>],
    ) {
        let place = |l: &Located| self.gazetteer.place(l.place);
        let home = |country: [u8; 2]| homes::is_home(self.folder, country);
        let mut moved: Vec<(usize, usize, u32)> = Vec::new();
        let mut told: HashSet<[u8; 2]> = HashSet::new();
        for (text, (reading, names)) in readings.iter().zip(names).enumerate() {
            for (at, (name, one)) in names.iter().zip(&located[text]).enumerate() {
                let Some(one) = one else { continue };
                let tokens = &reading.keys[name.tokens.clone()];
                match self.at_home(tokens, one, publisher, &home) {
                    Some(place) => moved.push((text, at, place)),
                    None => told.extend([place(one).country]),
                }
            }
        }
        let abroad = |(text, at, _): &(usize, usize, u32)| {
            let one = &located[*text][*at];
            one.as_ref().is_some_and(|l| !told.contains(&place(l).country))
        };
        moved.retain(abroad);
        for (text, at, number) in moved {
            let place = self.gazetteer.place(number);
            if let Some(one) = &mut located[text][at] {
                *one = Located { place: number, lat: place.lat, lon: place.lon, ..*one };
            }
        }
    }

    /// The city of a name in the publisher's country, else where the language is at home, that a city abroad may be.
    fn at_home(
        &self,
        name: &[u64],
        one: &Located,
        publisher: Option<[u8; 2]>,
        home: &dyn Fn([u8; 2]) -> bool,
    ) -> Option<u32> {
        let abroad = self.gazetteer.place(one.place);
        let is_own = match publisher {
            Some(publisher) => publisher == abroad.country,
            None => home(abroad.country),
        };
        if abroad.class != Class::City || !one.whole || is_own {
            return None;
        }
        let found = self.gazetteer.named(name);
        if !found.contains(&one.place) {
            return None;
        }
        let largest = |fits: &dyn Fn(&Place) -> bool| {
            let fits = |p: &u32| {
                let place = self.gazetteer.place(*p);
                place.class == Class::City && fits(&place)
            };
            let cities = found.iter().copied().filter(fits);
            cities.max_by_key(|p| self.gazetteer.place(*p).population)
        };
        let large = |place: &Place, least: u32, rival: u32| {
            place.population >= least && abroad.population / rival <= place.population
        };
        let own = largest(&|p| Some(p.country) == publisher && large(p, TOWN, RIVAL));
        own.or_else(|| {
            let fits = |p: &Place| home(p.country) && large(p, LARGE, NEAR_RIVAL);
            (!home(abroad.country)).then(|| largest(&fits)).flatten()
        })
    }

    /// Gives names that mean a place abroad, the only one of the story there, the town or the division of that name in the
    /// country that the story's other places are in: `Guadalajara, Toledo y Cuenca`.
    pub(in crate::tag::entities) fn prefer_told(
        &self,
        readings: &[Reading<'_>],
        publisher: Option<[u8; 2]>,
        names: &[Vec<Name>],
        located: &mut [Vec<Option<Located>>],
    ) {
        for _ in 0..ROUNDS {
            let mut told: BTreeMap<[u8; 2], HashSet<u32>> = BTreeMap::new();
            for one in located.iter().flatten().flatten() {
                let country = self.gazetteer.place(one.place).country;
                told.entry(country).or_default().insert(one.place);
            }
            told.remove(&[0; 2]);
            if told.len() < 2 {
                return;
            }
            let of_land = |land: &[u8; 2]| {
                told.get(land).map_or(0, HashSet::len) + usize::from(publisher == Some(*land))
            };
            let home = |land: &&[u8; 2]| homes::is_home(self.folder, **land);
            let may_be = |land: &[u8; 2]| self.names_in(readings, names, located, *land);
            let support = |land: &[u8; 2]| (of_land(land) + may_be(land), of_land(land));
            let lands = told.keys().filter(home).map(|land| (support(land), *land));
            let Some(((support, places), land)) = lands.max() else { return };
            let several = places >= SEVERAL || support > SEVERAL;
            let told = Told { land, several, lands: told.len() };
            let alone = |country: [u8; 2]| of_land(&country) == 1 && publisher != Some(country);
            for ((reading, names), located) in readings.iter().zip(names).zip(&mut *located) {
                for (name, one) in names.iter().zip(located) {
                    let Some(one) = one.as_mut().filter(|one| one.whole) else { continue };
                    let abroad = self.gazetteer.place(one.place);
                    if abroad.country == land || !alone(abroad.country) {
                        continue;
                    }
                    let tokens = &reading.keys[name.tokens.clone()];
                    if let Some(number) = self.told_of(tokens, &abroad, &told) {
                        let place = self.gazetteer.place(number);
                        *one = Located { place: number, lat: place.lat, lon: place.lon, ..*one };
                    }
                }
            }
        }
    }

    /// How many places of a story that are elsewhere have the name of a town or a division in a country.
    fn names_in(
        &self,
        readings: &[Reading<'_>],
        names: &[Vec<Name>],
        located: &[Vec<Option<Located>>],
        land: [u8; 2],
    ) -> usize {
        let mut found = HashSet::new();
        for ((reading, names), located) in readings.iter().zip(names).zip(located) {
            for (name, one) in names.iter().zip(located) {
                let Some(one) = one.as_ref().filter(|one| one.whole) else { continue };
                let abroad = self.gazetteer.place(one.place);
                let there = |number: u32| {
                    let place = self.gazetteer.place(number);
                    let large = place.class == Class::Division
                        || place.class == Class::City && place.population >= TOWN;
                    place.country == land && large
                };
                if abroad.country != land
                    && self
                        .gazetteer
                        .named(&reading.keys[name.tokens.clone()])
                        .into_iter()
                        .any(there)
                {
                    found.insert(one.place);
                }
            }
        }
        found.len()
    }

    /// The town or the division of a name in the country that a story tells of, that a place abroad may be.
    fn told_of(&self, name: &[u64], abroad: &Place, told: &Told) -> Option<u32> {
        let found = self.gazetteer.named(name);
        let (least, rival) = match (abroad.class, told.several) {
            (Class::City, true) => (SMALL, FAR_RIVAL),
            (Class::City, false) => (TOWN, TOLD_RIVAL),
            // A country is one, unless the story is all of another.
            (Class::Country | Class::Division, true) if told.lands == 2 => (NAMESAKE, u32::MAX),
            _ => return None,
        };
        let there = |number: &u32, class| {
            let place = self.gazetteer.place(*number);
            place.class == class && place.country == told.land
        };
        let people = |number: &u32| self.gazetteer.place(*number).population;
        let fits = |number: &u32| {
            there(number, Class::City)
                && people(number) >= least
                && (rival == u32::MAX || abroad.population / rival <= people(number))
        };
        let towns = found.iter().copied().filter(fits);
        let division = || {
            let mut divisions = found.iter().copied().filter(|n| there(n, Class::Division));
            divisions.next().filter(|_| told.several)
        };
        towns.max_by_key(people).or_else(division)
    }
}

/// The country that most of a story's places are in.
struct Told {
    land: [u8; 2],
    /// Whether several of them are there, the publisher counted, or all but one may be.
    several: bool,
    /// How many countries the story's places are in.
    lands: usize,
}
