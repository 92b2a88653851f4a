//! Places of stories in other languages than English: which names are places, and where they are, by the
//! language's lists of countries, regions and endings (`src/lang/<code>/`).
//!
//! The recogniser of a language knows less than the English one, and some run a list of places together
//! (`Sofia i Bulgaria, Vilnius`): such a name is parted at its commas, and where both sides of a small word are
//! places that are known. A country before a person's name, in a form that no name of a person has (`Slowenii Jan
//! Berg`), is parted from it (`parting`). What a list or a word of place says is a place becomes one, whatever the recogniser
//! took it for (`claiming`). What is known by no list stays as it is.

mod at_home;
mod claiming;
mod containers;
mod landmarks;
mod parting;
mod quoted;

use std::ops::Range;

use super::{Name, Reading, labels::NameKind};
use crate::tag::{
    Text,
    places::{
        countries::{Countries, Found},
        endings,
        gazetteer::{Class, Gazetteer, Place},
        homes,
        story_places::Located,
    },
    word_keys::keys,
};

/// Name of a language's list of words before places.
const BEFORE_PLACES: &str = "before-places.txt";
/// Name of a language's list of words before somebody's name.
const BEFORE_PEOPLE: &str = "before-people.txt";
/// Fewest people of a city that is meant by its name against another kind, and that a country's name in some form does not
/// outweigh.
const LARGE: u32 = 50_000;

/// Fewest people of a town at home that is one behind a word of place.
const TOWN: u32 = 10_000;
/// How many times larger such a town is than a village at home that is called as its form is.
const VILLAGES: u32 = 5;
/// Fewest people of a city that is a place behind a word of place, where the recogniser saw no name.
const SURE: u32 = 200_000;
/// Fewest people of a city that is meant as much as the division of its name.
const METROPOLIS: u32 = 1_000_000;
/// Fewest people of a city that a bare name with an ending means before the division of its name: `Washington'da`.
const BEFORE_DIVISION: u32 = 500_000;
/// Most letters of a name that words of many languages are spelt as.
pub(super) const SHORT: usize = 5;
/// Most letters of an abbreviation, which is the place that a list says or none.
const MOST_CAPITALS: usize = 3;

/// A place's number in the gazetteer, where a list of the language names it.
pub(super) type Listed = (Range<usize>, u32);

/// What is known of places in one language.
pub(super) struct PlacesByLanguage<'a> {
    pub(super) gazetteer: &'a Gazetteer,
    pub(super) countries: Option<&'a Countries>,
    /// The language's folder.
    pub(super) folder: &'a str,
}

impl PlacesByLanguage<'_> {
    /// The places of a text that the language's lists name, and words that hold the name of one and are none.
    pub(super) fn listed(&self, reading: &Reading<'_>) -> Found {
        self.countries.map_or_else(Found::default, |c| c.found(reading.text, reading.keys))
    }

    /// Places that a list of the language names beyond doubt, which the others of the story hear.
    pub(super) fn sure(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        names: &[Name],
    ) -> Vec<Option<u32>> {
        let sure = |name: &Name| {
            let bare = || {
                let bare = endings::bare(self.folder, reading.text.slice(name.tokens.clone()))?;
                self.countries?.whole(bare)
            };
            let land = |place: &u32| self.gazetteer.place(*place).class != Class::Division;
            let of_list =
                || self.by_list(reading, listed, &name.tokens).or_else(|| bare().filter(land));
            (name.kind == NameKind::Place).then(of_list)?
        };
        names.iter().map(sure).collect()
    }

    /// The place that a list has by a name; not a division that is called as a city of millions is, where the others of
    /// the story decide: `Nueva York`.
    fn by_list(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        tokens: &Range<usize>,
    ) -> Option<u32> {
        let city = || self.countries?.city(&reading.keys[tokens.clone()]);
        let of_list = listed.iter().find(|(known, _)| known == tokens).map(|(_, place)| *place);
        let place = &of_list.or_else(city)?;
        let is_metropolis = |place: &u32| {
            let place = self.gazetteer.place(*place);
            place.class == Class::City && place.population >= METROPOLIS
        };
        let word = reading.text.slice(tokens.clone());
        let bare = Text::new(endings::bare(self.folder, word).unwrap_or(word));
        let divided = self.gazetteer.place(*place).class == Class::Division
            && self.gazetteer.named(&keys(&bare)).iter().any(is_metropolis);
        (!divided).then_some(*place)
    }

    fn is_large(&self, reading: &Reading<'_>, tokens: &Range<usize>) -> bool {
        let found = self.gazetteer.exact(reading.text, reading.keys, tokens.clone());
        found.into_iter().any(|place| is_large(&self.gazetteer.place(place)))
    }

    /// The place that a name without its ending has: as a list has it, else the largest.
    fn named(&self, bare: &str) -> Option<u32> {
        let text = Text::new(bare);
        let keys = keys(&text);
        let place = |p: &u32| self.gazetteer.place(*p);
        let found = match keys.len() {
            0 => Vec::new(),
            words => self.gazetteer.exact(&text, &keys, 0..words),
        };
        let city =
            |p: &u32| place(p).class == Class::City && place(p).population >= BEFORE_DIVISION;
        let large = found.iter().copied().filter(city).max_by_key(|p| place(p).population);
        let listed = self.countries.and_then(|countries| countries.whole(bare));
        // `Washington'da` is the city, `Gürcistan'da` the country, whatever city is called so, too.
        let listed = listed.filter(|p| large.is_none() || place(p).class != Class::Division);
        let site = |p: &u32| place(p).class != Class::Demonym;
        // A town at home comes before one abroad, unless that is a large one.
        let home = |p: &u32| homes::is_home(self.folder, place(p).country);
        listed.or(large).or_else(|| {
            found.into_iter().filter(site).max_by_key(|p| (home(p), place(p).population))
        })
    }

    /// The division that a word is an inflected form of: `Floridas`.
    fn division(&self, word: &str) -> Option<u32> {
        let named = |(base, _): (String, bool)| {
            let text = Text::new(&base);
            let keys = keys(&text);
            let found = match keys.len() {
                0 => Vec::new(),
                words => self.gazetteer.exact(&text, &keys, 0..words),
            };
            let own = |p: &u32| self.gazetteer.place(*p).class == Class::Division;
            found.into_iter().find(own)
        };
        endings::bases(self.folder, word).find_map(named)
    }

    /// Whether a list or the gazetteer has just these tokens, or the city that they are a form of.
    fn is_known(&self, reading: &Reading<'_>, listed: &[Listed], tokens: &Range<usize>) -> bool {
        let site = |p: u32| self.gazetteer.place(p).class != Class::Demonym;
        listed.iter().any(|(known, _)| known == tokens)
            || self
                .gazetteer
                .exact(reading.text, reading.keys, tokens.clone())
                .into_iter()
                .any(site)
            || endings::city(self.gazetteer, self.folder, reading.text.slice(tokens.clone()))
                .is_some()
            || endings::bare(self.folder, reading.text.slice(tokens.clone()))
                .is_some_and(|bare| self.named(bare).is_some())
    }

    /// Gives places what the lists know of them, and those that nothing else knows the city that they are a
    /// form of.
    pub(super) fn locate(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        names: &[Name],
        located: &mut [Option<Located>],
    ) {
        let places = names.iter().zip(located).filter(|(name, _)| name.kind == NameKind::Place);
        for (name, located) in places {
            *located = self.located(reading, listed, name, *located);
        }
    }

    /// Where a name is that was `found` to be somewhere or nowhere by the gazetteer alone.
    fn located(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        name: &Name,
        found: Option<Located>,
    ) -> Option<Located> {
        let word = reading.text.slice(name.tokens.clone());
        let located_at = |place: u32| self.located_at(reading, name, place);
        // `EU`, whatever town is called so.
        let letters = word.chars().count() <= MOST_CAPITALS && word.chars().all(char::is_uppercase);
        if letters && !listed.iter().any(|(tokens, _)| *tokens == name.tokens) {
            return None;
        }
        if let Some(bare) = endings::bare(self.folder, word) {
            // With its ending it may be spelt as some other place is.
            return self.named(bare).map(located_at);
        }
        if let Some(place) = self.by_list(reading, listed, &name.tokens) {
            return Some(Located { alias: false, ..located_at(place) });
        }
        // So may a small town and a country in an inflected form.
        let found_city = found.and_then(|l| {
            let place = self.gazetteer.place(l.place);
            (place.class == Class::City).then_some(place)
        });
        let inflects = endings::inflects(self.folder);
        let is_small = found_city.is_some_and(|place| place.population < LARGE);
        let unknown = found.is_none() || inflects && is_small;
        let city = || self.city_of_form(reading, name);
        let countries = self.countries.filter(|_| unknown && name.tokens.len() == 1);
        if let Some(land) = countries.and_then(|countries| countries.inflected(word)) {
            // `Орланди`, a town's form, comes before the country of `Орланда` with an ending that is no such.
            let is_guessed = countries.is_some_and(|countries| !countries.is_form(word));
            let town = is_guessed.then(city).flatten().filter(|city| {
                let place = self.gazetteer.place(*city);
                place.class == Class::City
                    && (place.population >= SURE || homes::is_home(self.folder, place.country))
            });
            return Some(located_at(town.unwrap_or(land)));
        }
        if found.is_none() {
            return city().map(located_at);
        }
        if let Some(other) = found_city
            && inflects
            && other.population < SURE
            && (unknown || self.is_cued(reading, name.tokens.start))
        {
            // `Orlanda` is a town at home in some form, whatever village is called so.
            let home = homes::is_home(self.folder, other.country);
            let larger = |place: &Place| !home || place.population / VILLAGES > other.population;
            let town = city().filter(|city| {
                let place = self.gazetteer.place(*city);
                self.is_town(&place) && larger(&place)
            });
            return town.map(located_at).or(found);
        }
        found
    }

    /// Where a name is that means a place, and whether it is called so beside its first name.
    fn located_at(&self, reading: &Reading<'_>, name: &Name, place: u32) -> Located {
        let at = self.gazetteer.place(place);
        let word = reading.text.slice(name.tokens.clone());
        let bare = endings::bare(self.folder, word).unwrap_or(word);
        let keys = keys(&Text::new(bare));
        // A few letters with an ending cut off are no name that a city is called by first, but behind a word of place.
        let alias = self.gazetteer.by_alias(&keys).contains(&place)
            || bare.chars().count() <= SHORT
                && !self.gazetteer.named(&keys).contains(&place)
                && !self.is_cued(reading, name.tokens.start);
        Located { place, lat: at.lat, lon: at.lon, whole: true, alias }
    }

    /// The city that a name is a form of.
    fn city_of_form(&self, reading: &Reading<'_>, name: &Name) -> Option<u32> {
        let word = reading.text.slice(name.tokens.clone());
        let city = endings::city(self.gazetteer, self.folder, word);
        let people = |city: &u32| self.gazetteer.place(*city).population;
        // `Floridas` is the state, whatever town somewhere is called so, too.
        let division = || self.division(word).filter(|_| name.tokens.len() == 1);
        let found = match city.filter(|city| people(city) >= BEFORE_DIVISION) {
            Some(large) => Some(large),
            None => division().or(city),
        };
        // Many words are a form of few letters that some city is called by beside its name: `Belly`.
        let sure = |place: &u32| {
            let at = self.gazetteer.place(*place);
            word.chars().count() > SHORT
                || !endings::inflects(self.folder)
                || at.class != Class::City
                || at.population >= METROPOLIS
                || self.is_cued(reading, name.tokens.start)
                || !self.located_at(reading, name, *place).alias
        };
        found.filter(sure)
    }

    /// Whether a place is a town that is no small one where the language is at home.
    fn is_town(&self, place: &Place) -> bool {
        place.class == Class::City
            && place.population >= TOWN
            && homes::is_home(self.folder, place.country)
    }
}

/// Whether a place is a country, a division, a region or a city that is no small one.
fn is_large(place: &Place) -> bool {
    match place.class {
        Class::Country | Class::Division | Class::Region => true,
        Class::City => place.population >= LARGE,
        Class::County | Class::Demonym => false,
    }
}

fn trimmed(whole: &Range<usize>, cut: impl Fn(&usize) -> bool) -> Range<usize> {
    let start = whole.clone().find(|at| !cut(at)).unwrap_or(whole.end);
    let end = (start..whole.end).rev().find(|at| !cut(at)).map_or(start, |at| at + 1);
    start..end
}

#[cfg(test)]
mod tests;
