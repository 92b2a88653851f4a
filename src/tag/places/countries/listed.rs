//! How a language's lists are kept: whole names, and the beginnings by which inflected ones are found.

use std::collections::{BTreeMap, hash_map::Entry};

use super::{
    ARTICLE, Countries, LEAST, LEAST_OF_SEVERAL, LIST, LOST, MOST_INFLECTED, head, openings, phrase,
};
use crate::lang;
use crate::tag::{
    Text, TokenKind,
    document::Splitting,
    places::gazetteer::{Class, Gazetteer},
    word_keys::{self, key},
};

/// Name of the list of English names, which records give beside those of other languages.
const LABELS: &str = "labels.txt";
/// Name of a language's list of other places: a name of the gazetteer and a name. It is a country, a division
/// or a region, else the largest city that is called so; with [`NOTHING`] for a place, words that hold the name of one.
const REGIONS: &str = "regions.txt";
const NOTHING: &str = "-";
/// Name of a language's list of cities: a GeoNames id and a name.
const CITIES: &str = "cities.txt";
/// Fewest people of a city that is listed.
const CITY: u32 = 500_000;

impl Countries {
    pub(super) fn read(code: &'static str, gazetteer: &Gazetteer) -> Self {
        let places: BTreeMap<[u8; 2], u32> = (0..gazetteer.len() as u32)
            .filter(|p| gazetteer.place(*p).class == Class::Country)
            .map(|p| (gazetteer.place(p).country, p))
            .collect();
        let splitting = Splitting::of(code);
        let mut countries = Self { splitting: Some(splitting), code, ..Self::default() };
        let of_code = |iso: &str| places.get(&<[u8; 2]>::try_from(iso.as_bytes()).ok()?).copied();
        for (iso, label) in lang::rows("en", LABELS).into_iter().flatten() {
            countries.labels.extend(of_code(iso).map(|place| (u64::from(place), label)));
        }
        for entry in lang::text(code, LIST).into_iter().flat_map(lang::entries) {
            let Some((iso, name)) = entry.split_once('\t') else { continue };
            if let Some(place) = of_code(iso) {
                countries.add(name.trim(), place, splitting);
            }
        }
        for entry in lang::text(code, REGIONS).into_iter().flat_map(lang::entries) {
            let Some((english, name)) = entry.split_once('\t') else { continue };
            if english == NOTHING {
                countries.add_nothing(name.trim(), splitting);
                continue;
            }
            let text = Text::new(english);
            let keys = word_keys::keys(&text);
            let found = gazetteer.exact(&text, &keys, 0..keys.len());
            let wide = |p: &u32| !matches!(gazetteer.place(*p).class, Class::City | Class::Demonym);
            let people = |p: &u32| gazetteer.place(*p).population;
            // A city is listed where its name in the language is another's own.
            let city = |p: &u32| gazetteer.place(*p).class == Class::City && people(p) >= CITY;
            let largest = || found.iter().copied().filter(city).max_by_key(people);
            if let Some(place) = found.iter().copied().find(wide).or_else(largest) {
                countries.add(name.trim(), place, splitting);
                countries.labels.entry(u64::from(place)).or_insert(english);
            }
        }
        countries.add_cities(code, gazetteer, splitting);
        countries
    }

    /// The cities of the list. Where words are read by characters, other words have the signs of a city's name in them: there
    /// it is one where the recogniser has found a place.
    fn add_cities(&mut self, code: &str, gazetteer: &Gazetteer, splitting: &'static Splitting) {
        let Some(list) = lang::rows(code, CITIES) else { return };
        let rows = list.filter_map(|(id, name)| Some((id.parse().ok()?, name.trim())));
        let rows: Vec<(u32, &str)> = rows.collect();
        let mut wanted: Vec<u32> = rows.iter().map(|(id, _)| *id).collect();
        wanted.sort_unstable();
        let numbers = (0..gazetteer.len() as u32).map(|p| (gazetteer.geonames(p), p));
        let is_wanted = |(id, _): &(u32, u32)| wanted.binary_search(id).is_ok();
        let numbers: BTreeMap<u32, u32> = numbers.filter(is_wanted).collect();
        for (id, name) in rows {
            let Some(place) = numbers.get(&id) else { continue };
            if splitting.characters {
                let keys = word_keys::keys(&Text::split(name, splitting));
                self.cities.entry(phrase(keys.into_iter())).or_insert(*place);
            } else {
                self.add(name, *place, splitting);
            }
        }
    }

    pub(super) fn add(&mut self, name: &str, place: u32, splitting: &'static Splitting) {
        let text = Text::split(name, splitting);
        let keys = word_keys::keys(&text);
        self.longest = self.longest.max(keys.len());
        self.names.entry(phrase(keys.iter().copied())).or_insert(place);
        self.openings.extend(openings(&keys));
        if keys.len() > 1 {
            self.openers.insert(keys[0]);
        }
        let article = || text.word(0).chars().count() <= ARTICLE;
        if keys.len() == 2 && article() && text.word(1).starts_with(char::is_uppercase) {
            self.with_article.insert(phrase(keys.iter().copied()));
        }
        if splitting.marks && keys.len() == 1 {
            self.spelt.insert(name.to_lowercase());
        }
        for prefix in splitting.prefixes_of_names() {
            let word = format!("{prefix}{name}");
            let text = Text::split(&word, splitting);
            let prefixed = word_keys::keys(&text);
            self.names.entry(phrase(prefixed.iter().copied())).or_insert(place);
            self.openings.extend(openings(&prefixed));
            self.openers.extend(prefixed.first().filter(|_| prefixed.len() > 1));
        }
        if !splitting.uncased && (2..=MOST_INFLECTED).contains(&keys.len()) {
            self.add_inflected(&text, place);
        }
        // An abbreviation has no endings but behind a mark: `Паро` is no form of `ПАР`.
        if keys.len() != 1 || splitting.uncased || !name.contains(char::is_lowercase) {
            return;
        }
        let letters: Vec<usize> = name.char_indices().map(|(at, _)| at).collect();
        let mut buffer = Vec::new();
        self.heads.insert(head(name, &mut buffer));
        for lost in 0..=LOST {
            let kept = letters.len() - lost.min(letters.len());
            // A short name, such as Peru, is told by what a longer one is not.
            let least = if letters.len() > LEAST { LEAST } else { LEAST_OF_SEVERAL };
            if kept < least {
                break;
            }
            let end = letters.get(kept).copied().unwrap_or(name.len());
            match self.beginnings.entry(key(&name[..end], TokenKind::Word, &mut buffer)) {
                Entry::Vacant(entry) => {
                    entry.insert(Some((place, lost)));
                }
                Entry::Occupied(mut entry) if entry.get().is_none_or(|(own, _)| own != place) => {
                    entry.insert(None);
                }
                Entry::Occupied(_) => {}
            }
        }
    }

    /// Words that hold a name and are none.
    pub(super) fn add_nothing(&mut self, words: &str, splitting: &'static Splitting) {
        let keys = word_keys::keys(&Text::split(words, splitting));
        self.longest = self.longest.max(keys.len());
        self.openers.extend(keys.first().filter(|_| keys.len() > 1));
        self.openings.extend(openings(&keys));
        self.nothing.insert(phrase(keys.into_iter()));
    }

    /// A name of several words by the beginnings of all of them.
    fn add_inflected(&mut self, text: &Text<'_>, place: u32) {
        let mut buffer = Vec::new();
        let words = 0..text.tokens.len();
        let beginning = |i: usize| {
            let word = text.word(i);
            let letters = word.chars().count();
            let kept = letters.saturating_sub(LOST).max(LEAST_OF_SEVERAL).min(letters);
            word.char_indices().nth(kept).map_or(word, |(at, _)| &word[..at])
        };
        if words.clone().any(|i| text.word(i).chars().count() < LEAST) {
            return;
        }
        let keys: Vec<u64> =
            words.map(|i| key(beginning(i), TokenKind::Word, &mut buffer)).collect();
        self.first.insert(keys[0]);
        match self.inflected.entry(phrase(keys.into_iter())) {
            Entry::Vacant(entry) => {
                entry.insert(Some(place));
            }
            Entry::Occupied(mut entry) if *entry.get() != Some(place) => {
                entry.insert(None);
            }
            Entry::Occupied(_) => {}
        }
    }
}
