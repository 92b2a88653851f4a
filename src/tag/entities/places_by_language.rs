//! Places of stories in other languages than English: which names are places, and where they are, by the
//! language's lists of countries, regions and endings (`src/lang/<code>/`).
//!
//! The recogniser of a language knows less than the English one, and some run a list of places together
//! (`Sofia i Bulgaria, Vilnius`): such a name is parted at its commas, and where both sides of a small word are
//! places that are known. A country before a person's name, in a form that no name of a person has (`Slowenii Jan
//! Berg`), is parted from it (`parting`). What a list or a word of place says is a place becomes one, whatever the recogniser
//! took it for (`claiming`). What is known by no list stays as it is.

mod claiming;
mod landmarks;
mod parting;

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
/// Fewest people of a city that is meant by its name against another kind, and that a country's name in some form does not
/// outweigh.
const LARGE: u32 = 50_000;

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
        let (_, place) = listed.iter().find(|(known, _)| known == tokens)?;
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
            let word = reading.text.slice(name.tokens.clone());
            let located_at = |place: u32| {
                let at = self.gazetteer.place(place);
                let bare = endings::bare(self.folder, word).unwrap_or(word);
                let keys = keys(&Text::new(bare));
                // A few letters with an ending cut off are no name that a city is called by first.
                let alias = self.gazetteer.by_alias(&keys).contains(&place)
                    || bare.chars().count() <= SHORT
                        && !self.gazetteer.named(&keys).contains(&place);
                Located { place, lat: at.lat, lon: at.lon, whole: true, alias }
            };
            // `EU`, whatever town is called so.
            let letters =
                word.chars().count() <= MOST_CAPITALS && word.chars().all(char::is_uppercase);
            if letters && !listed.iter().any(|(tokens, _)| *tokens == name.tokens) {
                *located = None;
                continue;
            }
            if let Some(bare) = endings::bare(self.folder, word) {
                // With its ending it may be spelt as some other place is.
                *located = self.named(bare).map(located_at);
                continue;
            }
            // So may a small town and a country in an inflected form.
            let small = |l: &Located| {
                let place = self.gazetteer.place(l.place);
                place.class == Class::City && place.population < LARGE
            };
            let unknown = located.is_none()
                || endings::inflects(self.folder) && located.as_ref().is_some_and(small);
            let by_list = self.by_list(reading, listed, &name.tokens);
            let inflected = || {
                let countries = self.countries.filter(|_| unknown && name.tokens.len() == 1)?;
                countries.inflected(word)
            };
            let city = || {
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
                        || !located_at(*place).alias
                };
                found.filter(sure)
            };
            if let Some(place) = by_list.or_else(inflected) {
                *located = Some(located_at(place));
            } else if located.is_none() {
                *located = city().map(located_at);
            }
        }
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
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::tag::places::gazetteer::build;

    fn gazetteer() -> Gazetteer {
        let city = |lat| Place {
            geonames: 1,
            wikidata: 0,
            class: Class::City,
            country: *b"BG",
            division: 1,
            lat,
            lon: 0.0,
            population: 500_000,
        };
        let names = [
            ("Sofia".into(), 0),
            ("Varde".into(), 1),
            ("Orland".into(), 2),
            ("Isle of Orme".into(), 2),
        ];
        Gazetteer::from_bytes(build(&[city(1.0), city(2.0), city(3.0)], &names, &[])).unwrap()
    }

    #[test]
    fn place_word_makes_a_city_name_a_place() {
        let gazetteer = gazetteer();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "no" };
        let text = Text::new("Berg bor i Varde med Varde");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let name = |at: usize| Name { kind: NameKind::Organisation, tokens: at..at + 1 };
        let mut found = vec![name(3), name(5)];
        places.claim_cued(&reading, &HashSet::new(), &mut found);
        let kinds: Vec<_> = found.iter().map(|n| n.kind).collect();
        assert_eq!(kinds, [NameKind::Place, NameKind::Organisation]);
        let people = HashSet::from([keys[3]]);
        let mut found = vec![name(3)];
        places.claim_cued(&reading, &people, &mut found);
        assert_eq!(found[0].kind, NameKind::Organisation);
    }

    #[test]
    fn place_ending_makes_a_city_name_a_place() {
        let gazetteer = gazetteer();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "tr" };
        let text = Text::new("Sofia'ya Varde'den geldi, Orland'ın kızı");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let person = |at: usize| Name { kind: NameKind::Person, tokens: at..at + 1 };
        let mut names = vec![person(0), person(1), person(4)];
        places.claim_cued(&reading, &HashSet::new(), &mut names);
        let kinds: Vec<_> = names.iter().map(|name| name.kind).collect();
        assert_eq!(kinds, [NameKind::Person, NameKind::Place, NameKind::Person]);
    }

    #[test]
    fn small_words_are_trimmed_and_large_cities_found() {
        let gazetteer = gazetteer();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "uk" };
        let text = Text::new("Вона була у штаті Varde –, а потім в Orlandі та Orland");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let mut names = vec![Name { kind: NameKind::Place, tokens: 3..6 }];
        places.trim(&reading, &[], &mut names);
        assert_eq!(names[0].tokens, 4..5);
        places.claim_large(&reading, &mut names);
        let found: Vec<_> = names.into_iter().map(|n| text.slice(n.tokens).to_owned()).collect();
        assert_eq!(found, ["Varde", "Orlandі"]);
    }

    #[test]
    fn last_word_of_city_name_has_the_ending() {
        let place = |class, population| Place {
            geonames: 1,
            wikidata: 0,
            class,
            country: *b"BG",
            division: 1,
            lat: 1.0,
            lon: 0.0,
            population,
        };
        let places = [place(Class::City, 700_000), place(Class::Division, 900_000)];
        let names = [("San Orme".into(), 0), ("Varde".into(), 1), ("Varde".into(), 0)];
        let gazetteer = Gazetteer::from_bytes(build(&places, &names, &[])).unwrap();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "tr" };
        let text = Text::new("Berg dün San Orme'ye geldi, San Orme'de kaldı; Varde'de");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let mut names = vec![Name { kind: NameKind::Place, tokens: 3..4 }];
        places.widen(&reading, &mut names);
        places.claim_large(&reading, &mut names);
        let found: Vec<_> = names.into_iter().map(|n| text.slice(n.tokens).to_owned()).collect();
        assert_eq!(found, ["San Orme'ye", "San Orme'de", "Varde'de"]);
        // The city, not the division.
        assert_eq!(places.named("Varde"), Some(0));
    }

    #[test]
    fn inflected_division_is_found_before_a_small_city() {
        let place = |class, population| Place {
            geonames: 1,
            wikidata: 0,
            class,
            country: *b"US",
            division: 1,
            lat: 1.0,
            lon: 0.0,
            population,
        };
        let places = [place(Class::Division, 900_000), place(Class::City, 90_000)];
        let names = [("Orland".into(), 0), ("Orland".into(), 1)];
        let gazetteer = Gazetteer::from_bytes(build(&places, &names, &[])).unwrap();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "sv" };
        let text = Text::new("Orlands kust");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let mut found = [None];
        places.locate(&reading, &[], &[Name { kind: NameKind::Place, tokens: 0..1 }], &mut found);
        assert_eq!(found[0].map(|l| l.place), Some(0));
    }

    #[test]
    fn a_town_at_home_comes_before_one_abroad() {
        let place = |country: &[u8; 2], population| Place {
            geonames: 1,
            wikidata: 0,
            class: Class::City,
            country: *country,
            division: 1,
            lat: 1.0,
            lon: 0.0,
            population,
        };
        let places = [place(b"BR", 90_000), place(b"TR", 20_000)];
        let names = [("Holm".into(), 0), ("Holm".into(), 1)];
        let gazetteer = Gazetteer::from_bytes(build(&places, &names, &[])).unwrap();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "tr" };
        assert_eq!(places.named("Holm"), Some(1));
        // Behind a word of place a town at home needs not be large.
        let text = Text::new("i Holm og Holm");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let organisation = |at: usize| Name { kind: NameKind::Organisation, tokens: at..at + 1 };
        let kinds = |country: &[u8; 2]| {
            let towns = [place(country, 20_000)];
            let gazetteer = build(&towns, &[("Holm".into(), 0)], &[]);
            let gazetteer = Gazetteer::from_bytes(gazetteer).unwrap();
            let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "no" };
            let mut names = vec![organisation(1), organisation(3)];
            places.claim_cued(&reading, &HashSet::new(), &mut names);
            names.into_iter().map(|n| n.kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds(b"NO"), [NameKind::Place, NameKind::Organisation]);
        assert_eq!(kinds(b"US"), [NameKind::Organisation; 2]);
    }

    #[test]
    fn an_abbreviation_is_no_town() {
        let gazetteer = gazetteer();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "no" };
        let text = Text::new("VAR og Varde");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let place = |at: usize| Name { kind: NameKind::Place, tokens: at..at + 1 };
        let located = Located { place: 1, lat: 2.0, lon: 0.0, whole: true, alias: false };
        let mut found = [Some(located), Some(located)];
        places.locate(&reading, &[], &[place(0), place(2)], &mut found);
        assert_eq!(found.map(|l| l.is_some()), [false, true]);
        // One that a list has is what the list says.
        places.locate(&reading, &[(0..1, 2)], &[place(0), place(2)], &mut found);
        assert_eq!(found[0].map(|l| l.place), Some(2));
    }

    #[test]
    fn a_city_has_all_words_of_its_name() {
        let gazetteer = gazetteer();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "no" };
        let text = Text::new("til Isle of Orme og Sofia");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let place = |tokens| Name { kind: NameKind::Place, tokens };
        let mut names = vec![place(1..2), place(3..4), place(5..6)];
        places.widen(&reading, &mut names);
        let found: Vec<_> = names.into_iter().map(|n| n.tokens).collect();
        assert_eq!(found, [1..4, 5..6]);
    }

    #[test]
    fn inflected_country_is_no_part_of_persons_name() {
        let gazetteer = gazetteer();
        let text = Text::new("prezydent Danii Jan Berg, Dania Berg i Danii Sofia");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let names = crate::tag::places::countries::CountryNames::default();
        let land = Place { class: Class::Country, country: *b"DK", ..gazetteer.place(0) };
        let lands = [land, gazetteer.place(0)];
        let gazetteer = Gazetteer::from_bytes(build(&lands, &[("Sofia".into(), 1)], &[])).unwrap();
        let countries = names.of("pl", &gazetteer);
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries, folder: "pl" };
        let listed = places.listed(&reading).0;
        let person = |tokens| Name { kind: NameKind::Person, tokens };
        let mut found = vec![person(1..4), person(5..7), person(8..10)];
        places.part_people(&reading, &listed, &mut found);
        let found: Vec<_> = found.into_iter().map(|n| (n.tokens, n.kind)).collect();
        let (place, person) = (NameKind::Place, NameKind::Person);
        assert_eq!(
            found,
            [(1..2, place), (2..4, person), (5..7, person), (8..9, place), (9..10, place)]
        );
    }

    #[test]
    fn name_with_ending_is_found_without_it() {
        let gazetteer = gazetteer();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "tr" };
        let text = Text::new("Varde'deki ev");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let names = [Name { kind: NameKind::Place, tokens: 0..1 }];
        let mut located = [None];
        places.locate(&reading, &[], &names, &mut located);
        assert_eq!(located[0].map(|l| l.place), Some(1));
    }

    /// The places that one name of all of a text is parted into.
    fn parted(text: &str) -> Vec<String> {
        let gazetteer = gazetteer();
        let text = Text::new(text);
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "no" };
        let mut found = vec![Name { kind: NameKind::Place, tokens: 0..keys.len() }];
        places.part(&reading, &[], &mut found);
        found.into_iter().map(|name| text.slice(name.tokens).to_owned()).collect()
    }

    #[test]
    fn a_list_of_places_is_parted() {
        assert_eq!(
            parted("i Sofia, Varde i Orland, Nirgen i"),
            ["Sofia", "Varde", "Orland", "Nirgen"]
        );
    }

    #[test]
    fn list_is_split_whatever_its_label() {
        let gazetteer = gazetteer();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "tr" };
        let text = Text::new("Bulgaristan Sofia, Varde");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let mut names = vec![Name { kind: NameKind::Other, tokens: 0..4 }];
        places.part(&reading, &[(0..1, 0)], &mut names);
        let found: Vec<_> = names.into_iter().map(|n| (n.tokens, n.kind)).collect();
        let place = NameKind::Place;
        assert_eq!(found, [(0..1, place), (1..2, place), (3..4, place)]);
    }

    #[test]
    fn name_that_is_no_list_keeps_small_words() {
        assert_eq!(parted("Isle of Orme"), ["Isle of Orme"]);
        assert_eq!(parted("Nirgen i Orland"), ["Nirgen i Orland"]);
    }

    #[test]
    fn river_and_lake_are_no_town() {
        let gazetteer = gazetteer();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "es" };
        let text = Text::new("el lago Varde, el r\u{ed}o de Orland y Sofia");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let names = [2, 7, 9].map(|at| Name { kind: NameKind::Place, tokens: at..at + 1 });
        let at = Located { place: 0, lat: 1.0, lon: 1.0, whole: true, alias: false };
        let mut located = vec![Some(at); 3];
        places.drop_landmarks(&reading, &[], &names, &mut located);
        assert_eq!(located.iter().map(Option::is_some).collect::<Vec<_>>(), [false, false, true]);
    }

    #[test]
    fn article_belongs_to_the_larger_citys_name() {
        let place = |population| Place {
            geonames: 1,
            wikidata: 0,
            class: Class::City,
            country: *b"BG",
            division: 1,
            lat: 1.0,
            lon: 0.0,
            population,
        };
        let names = [("Orme".into(), 0), ("Los Orme".into(), 1), ("Las Varde".into(), 0)];
        let places = [place(60_000), place(900_000)];
        let gazetteer = Gazetteer::from_bytes(build(&places, &names, &[])).unwrap();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "es" };
        let text = Text::new("lleg\u{f3} a los Orme");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let mut names = vec![Name { kind: NameKind::Place, tokens: 3..4 }];
        places.widen(&reading, &mut names);
        assert_eq!(names[0].tokens, 2..4);
    }

    #[test]
    fn article_is_none_of_listed_countrys_name() {
        let gazetteer = gazetteer();
        let places = PlacesByLanguage { gazetteer: &gazetteer, countries: None, folder: "fr" };
        let text = Text::new("La Holm gagne");
        let keys = keys(&text);
        let flags = vec![0; keys.len()];
        let reading = Reading { text: &text, keys: &keys, listed: &flags };
        let mut names = vec![Name { kind: NameKind::Place, tokens: 0..2 }];
        places.trim(&reading, &[(1..2, 0)], &mut names);
        assert_eq!(names[0].tokens, 1..2);
    }
}
