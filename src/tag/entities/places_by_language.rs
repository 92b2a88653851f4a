//! Places of stories in other languages than English: which names are places, and where they are, by the
//! language's lists of countries, regions and endings (`src/lang/<code>/`).
//!
//! The recogniser of a language knows less than the English one, and some run a list of places together
//! (`Sofia i Bulgaria, Vilnius`): such a name is parted at its commas, and where both sides of a small word are
//! places that are known. What is known by no list stays as it is.

use std::{collections::HashSet, ops::Range};

use super::{Name, Reading, labels::NameKind};
use crate::lang;
use crate::tag::{
    Text, TokenKind,
    places::{
        countries::Countries,
        endings,
        gazetteer::{Class, Gazetteer},
        keys::keys,
        story_places::Located,
    },
};

/// Name of a language's list of words before places.
const BEFORE_PLACES: &str = "before-places.txt";
/// Fewest people of a city that is meant by its name against another kind, and that a country's name in some form does not
/// outweigh.
const LARGE: u32 = 50_000;

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
    /// The places of a text that the language's lists name.
    pub(super) fn listed(&self, reading: &Reading<'_>) -> Vec<Listed> {
        self.countries.map_or_else(Vec::new, |c| c.matches(reading.text, reading.keys))
    }

    /// Makes the listed names places where no other name covers them. One that the recogniser took for a person
    /// is one where somebody in the story is called so.
    pub(super) fn claim(
        listed: &[Listed],
        keys: &[u64],
        people: &HashSet<u64>,
        names: &mut Vec<Name>,
    ) {
        for (tokens, _) in listed {
            let at = names.partition_point(|n| n.tokens.end <= tokens.start);
            match names.get_mut(at) {
                Some(name) if name.tokens == *tokens => {
                    // What is a list's whole name of several words is not in its own way.
                    let called = || tokens.len() == 1 && people.contains(&keys[tokens.start]);
                    if name.kind != NameKind::Person || !called() {
                        name.kind = NameKind::Place;
                    }
                }
                Some(name) if name.tokens.start < tokens.end => {}
                _ => names.insert(at, Name { kind: NameKind::Place, tokens: tokens.clone() }),
            }
        }
    }

    /// Makes a place of what the recogniser took for another thing, where a word of place stands before it and it is
    /// a country, a division or a city that is no small one by name, but nobody in the story.
    pub(super) fn claim_cued(
        &self,
        reading: &Reading<'_>,
        people: &HashSet<u64>,
        names: &mut [Name],
    ) {
        let Some(cues) = lang::text(self.folder, BEFORE_PLACES) else { return };
        let cues: HashSet<&str> = lang::entries(cues).collect();
        for name in names.iter_mut().filter(|n| n.kind != NameKind::Place) {
            let start = name.tokens.start;
            let cued =
                start > 0 && cues.contains(reading.text.word(start - 1).to_lowercase().as_str());
            let borne = || reading.keys[name.tokens.clone()].iter().any(|key| people.contains(key));
            let inflected = || {
                let one = name.tokens.len() == 1 && endings::inflects(self.folder);
                let word = reading.text.slice(name.tokens.clone());
                one && self.countries.is_some_and(|c| c.inflected(word).is_some())
            };
            if cued && !borne() && (self.is_large(reading, &name.tokens) || inflected()) {
                name.kind = NameKind::Place;
            }
        }
    }

    fn is_large(&self, reading: &Reading<'_>, tokens: &Range<usize>) -> bool {
        let found = self.gazetteer.exact(reading.text, reading.keys, tokens.clone());
        found.into_iter().map(|place| self.gazetteer.place(place)).any(|place| match place.class {
            Class::Country | Class::Division | Class::Region => true,
            Class::City => place.population >= LARGE,
            Class::County | Class::Demonym => false,
        })
    }

    /// The place that a name without its ending has: as a list has it, else the largest.
    fn named(&self, bare: &str) -> Option<u32> {
        let text = Text::new(bare);
        let keys = keys(&text);
        let sites = || {
            let found = self.gazetteer.exact(&text, &keys, 0..keys.len());
            let site = |p: &u32| self.gazetteer.place(*p).class != Class::Demonym;
            found.into_iter().filter(site).max_by_key(|p| self.gazetteer.place(*p).population)
        };
        let listed = self.countries.and_then(|countries| countries.whole(bare));
        listed.or_else(|| if keys.is_empty() { None } else { sites() })
    }

    /// Parts the places that run a list of places together.
    pub(super) fn part(&self, reading: &Reading<'_>, listed: &[Listed], names: &mut Vec<Name>) {
        let mut parted = Vec::with_capacity(names.len());
        for name in names.drain(..) {
            if name.kind != NameKind::Place || self.is_known(reading, listed, &name.tokens) {
                parted.push(name);
                continue;
            }
            let parts = self.parts(reading, listed, &name.tokens);
            parted.extend(parts.into_iter().map(|tokens| Name { kind: NameKind::Place, tokens }));
        }
        *names = parted;
    }

    /// The parts of a name, or the whole.
    fn parts(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        whole: &Range<usize>,
    ) -> Vec<Range<usize>> {
        let text = reading.text;
        let comma = |at: &usize| matches!(text.word(*at), "," | ";" | "、" | "،");
        let small = |at: &usize| {
            text.tokens[*at].kind == TokenKind::Word
                && text.word(*at).starts_with(char::is_lowercase)
        };
        let commas = split(whole, comma);
        let mut parts = Vec::new();
        for piece in commas.iter().map(|piece| trimmed(piece, small)).filter(|p| !p.is_empty()) {
            let words = split(&piece, small);
            let names: Vec<_> = words.iter().filter(|w| !w.is_empty()).cloned().collect();
            let known = |tokens: &Range<usize>| self.is_known(reading, listed, tokens);
            if names.len() > 1 && names.iter().all(known) {
                parts.extend(names);
            } else {
                parts.extend(self.behind_country(reading, listed, &piece));
            }
        }
        // What is no list keeps its small words: they are a part of its name.
        if commas.len() == 1 && parts.len() == 1 { vec![whole.clone()] } else { parts }
    }

    /// `Litauen Vilnius` as the country and the city in it.
    fn behind_country(
        &self,
        reading: &Reading<'_>,
        listed: &[Listed],
        piece: &Range<usize>,
    ) -> Vec<Range<usize>> {
        let country = listed.iter().map(|(tokens, _)| tokens).find(|tokens| {
            tokens.start == piece.start
                && piece.contains(&tokens.end)
                && !self.is_known(reading, listed, piece)
        });
        match country {
            Some(country) if self.is_known(reading, listed, &(country.end..piece.end)) => {
                vec![country.clone(), country.end..piece.end]
            }
            _ => vec![piece.clone()],
        }
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
                Located { place, lat: at.lat, lon: at.lon, whole: true, alias: false }
            };
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
            let by_list =
                listed.iter().find(|(tokens, _)| *tokens == name.tokens).map(|(_, place)| *place);
            let inflected = || {
                let countries = self.countries.filter(|_| unknown && name.tokens.len() == 1)?;
                countries.inflected(word)
            };
            let city =
                || unknown.then(|| endings::city(self.gazetteer, self.folder, word)).flatten();
            if let Some(place) = by_list.or_else(inflected) {
                *located = Some(located_at(place));
            } else if located.is_none() {
                *located = city().map(located_at);
            }
        }
    }
}

/// A range without what separates its parts.
fn split(whole: &Range<usize>, separates: impl Fn(&usize) -> bool) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = whole.start;
    for at in whole.clone().filter(separates) {
        parts.push(start..at);
        start = at + 1;
    }
    parts.push(start..whole.end);
    parts
}

fn trimmed(whole: &Range<usize>, cut: impl Fn(&usize) -> bool) -> Range<usize> {
    let start = whole.clone().find(|at| !cut(at)).unwrap_or(whole.end);
    let end = (start..whole.end).rev().find(|at| !cut(at)).map_or(start, |at| at + 1);
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::places::gazetteer::{Place, build};

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
    fn a_word_of_place_makes_a_place_of_a_citys_name() {
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
    fn a_name_with_an_ending_is_found_without_it() {
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
    fn small_words_stay_in_a_name_that_is_no_list() {
        assert_eq!(parted("Isle of Orme"), ["Isle of Orme"]);
        assert_eq!(parted("Nirgen i Orland"), ["Nirgen i Orland"]);
    }
}
