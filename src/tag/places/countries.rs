//! Countries and territories by the names that a language has for them (`src/lang/<code>/countries.txt`).
//!
//! A name as it is listed is a country wherever no other name covers it. In an inflected form (`Danii`,
//! `Slovenijo`) it is one only where the recogniser has found a place: a people's name often begins as its
//! country's does. A beginning that two countries share tells neither.

use std::{
    collections::{BTreeMap, HashMap, hash_map::Entry},
    ops::Range,
    sync::OnceLock,
};

use super::{
    gazetteer::{Class, Gazetteer},
    keys::{HYPHEN, key, keys},
};
use crate::{
    lang,
    tag::{
        Text, TokenKind,
        document::Splitting,
        entities::{PassThrough, hash},
    },
};

/// Name of a language's list: an ISO 3166-1 code and a name.
const LIST: &str = "countries.txt";
/// Fewest letters of a beginning that tells a country.
const LEAST: usize = 4;
/// Letters that a name loses, and those that an inflected form has after that, at most.
const LOST: usize = 2;
const ENDING: usize = 4;

type ByHash<V> = HashMap<u64, V, std::hash::BuildHasherDefault<PassThrough>>;

/// The names of one language.
#[derive(Debug, Default)]
pub struct Countries {
    /// Countries' place numbers by the hash of all words of a name.
    names: ByHash<u32>,
    /// The same by the beginnings of names of one word; `None` where two countries share one.
    beginnings: ByHash<Option<u32>>,
    /// Most words of a name.
    longest: usize,
    splitting: Option<&'static Splitting>,
}

/// The names of every language, each read when its first story comes.
#[derive(Debug)]
pub struct CountryNames(BTreeMap<&'static str, OnceLock<Countries>>);

impl Default for CountryNames {
    fn default() -> Self {
        Self(lang::languages_with(LIST).map(|code| (code, OnceLock::new())).collect())
    }
}

impl CountryNames {
    /// Those of a language by its folder.
    #[must_use]
    pub fn of(&self, folder: &str, gazetteer: &Gazetteer) -> Option<&Countries> {
        let (code, countries) = self.0.get_key_value(folder)?;
        Some(countries.get_or_init(|| Countries::read(code, gazetteer)))
    }
}

fn phrase(keys: impl Iterator<Item = u64>) -> u64 {
    keys.filter(|k| *k != HYPHEN).fold(0, |phrase, word| hash::two(78, phrase, word))
}

impl Countries {
    fn read(code: &str, gazetteer: &Gazetteer) -> Self {
        let places: BTreeMap<[u8; 2], u32> = (0..gazetteer.len() as u32)
            .filter(|p| gazetteer.place(*p).class == Class::Country)
            .map(|p| (gazetteer.place(p).country, p))
            .collect();
        let splitting = Splitting::of(code);
        let mut countries = Self { splitting: Some(splitting), ..Self::default() };
        for entry in lang::text(code, LIST).into_iter().flat_map(lang::entries) {
            let Some((iso, name)) = entry.split_once('\t') else { continue };
            let place = iso.as_bytes().try_into().ok().and_then(|iso: [u8; 2]| places.get(&iso));
            if let Some(place) = place {
                countries.add(name.trim(), *place, splitting);
            }
        }
        countries
    }

    fn add(&mut self, name: &str, place: u32, splitting: &'static Splitting) {
        let text = Text::split(name, splitting);
        let keys = keys(&text);
        self.longest = self.longest.max(keys.len());
        self.names.entry(phrase(keys.iter().copied())).or_insert(place);
        if keys.len() != 1 || splitting.uncased {
            return;
        }
        let letters: Vec<usize> = name.char_indices().map(|(at, _)| at).collect();
        let mut buffer = Vec::new();
        for lost in 0..=LOST {
            let kept = letters.len() - lost.min(letters.len());
            if kept < LEAST {
                break;
            }
            let end = letters.get(kept).copied().unwrap_or(name.len());
            match self.beginnings.entry(key(&name[..end], TokenKind::Word, &mut buffer)) {
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

    /// The names of countries in a text as they are listed, the longest at each point.
    #[must_use]
    pub fn matches(&self, text: &Text<'_>, keys: &[u64]) -> Vec<(Range<usize>, u32)> {
        let mut found = Vec::new();
        let uncased = self.splitting.is_some_and(|s| s.uncased);
        for line in &text.lines {
            let mut at = line.start;
            while at < line.end {
                let first = text.word(at).chars().next().unwrap_or(' ');
                let starts =
                    text.tokens[at].kind == TokenKind::Word && (uncased || first.is_uppercase());
                let most = if starts { self.longest.min(line.end - at) } else { 0 };
                let longest = (1..=most).rev().find_map(|len| {
                    let place = self.names.get(&phrase(keys[at..at + len].iter().copied()))?;
                    Some((at..at + len, *place))
                });
                at = longest.as_ref().map_or(at + 1, |(tokens, _)| tokens.end);
                found.extend(longest);
            }
        }
        found
    }

    /// The country whose name, in some inflected form, is the one word of a place's name.
    #[must_use]
    pub fn inflected(&self, word: &str) -> Option<u32> {
        let mut buffer = Vec::new();
        let ends = word.char_indices().rev().map(|(at, _)| at).take(ENDING);
        let ends = std::iter::once(word.len()).chain(ends);
        for end in ends.take_while(|end| word[..*end].chars().count() >= LEAST) {
            if let Some(place) =
                self.beginnings.get(&key(&word[..end], TokenKind::Word, &mut buffer))
            {
                return *place;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn countries(names: &[(&str, u32)], code: &str) -> Countries {
        let splitting = Splitting::of(code);
        let mut countries = Countries { splitting: Some(splitting), ..Countries::default() };
        for (name, place) in names {
            countries.add(name, *place, splitting);
        }
        countries
    }

    #[test]
    fn whole_names_are_found_in_running_text() {
        let french = countries(&[("Pays-Bas", 1), ("Italie", 2), ("Cor\u{e9}e du Sud", 3)], "fr");
        let text =
            Text::split("L'Italie, les Pays-Bas et la Cor\u{e9}e du Sud", Splitting::of("fr"));
        let found: Vec<_> = french
            .matches(&text, &keys(&text))
            .into_iter()
            .map(|(tokens, place)| (text.slice(tokens), place))
            .collect();
        assert_eq!(found, [("Italie", 2), ("Pays-Bas", 1), ("Cor\u{e9}e du Sud", 3)]);
    }

    #[test]
    fn case_endings_are_tolerated_and_shared_beginnings_tell_nothing() {
        let polish = countries(&[("Dania", 1), ("Austria", 2), ("Australia", 3)], "pl");
        assert_eq!(polish.inflected("Danii"), Some(1));
        assert_eq!(polish.inflected("Austrii"), Some(2));
        assert_eq!(polish.inflected("Dan"), None);
        let shared = countries(&[("Nigeria", 1), ("Nigerie", 2)], "pl");
        assert_eq!(shared.inflected("Nigerii"), None);
    }

    #[test]
    fn characters_need_no_blanks() {
        let japanese = countries(&[("\u{97d3}\u{56fd}", 1)], "ja");
        let text = Text::split("\u{6628}\u{65e5}\u{97d3}\u{56fd}\u{3067}", Splitting::of("ja"));
        assert_eq!(japanese.matches(&text, &keys(&text)), [(2..4, 1)]);
    }
}
