//! Cities of one name in several countries: the one in the publisher's country, or where the language is at home.
//!
//! Refuses to move a name where the story tells of another place in the country that it would leave, and one that means a far
//! larger city.

use std::collections::HashSet;

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
}
