//! Countries and territories by the names that a language has for them (`src/lang/<code>/countries.txt`), and
//! continents, seas, regions and divisions (`regions.txt`, by their English names in the gazetteer).
//!
//! A name as it is listed is a country wherever no other name covers it. In an inflected form (`Danii`,
//! `Slovenijo`) it is one only where the recogniser has found a place: a people's name often begins as its
//! country's does. A beginning that two countries share tells neither.

use std::{
    collections::{BTreeMap, HashMap, HashSet, hash_map::Entry},
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
/// Name of a language's list of other places: a name of the gazetteer and a name.
const REGIONS: &str = "regions.txt";
/// Most letters of an inflected form of a name whose beginning has fewer.
const SHORT: usize = 5;
/// The same of one of several words, and of a short name.
const LEAST_OF_SEVERAL: usize = 3;
/// Most words of a name whose words may each be inflected (`Stanów Zjednoczonych`).
const MOST_INFLECTED: usize = 3;
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
    /// The same by the beginnings of all words of a name of several.
    inflected: ByHash<Option<u32>>,
    /// Beginnings that such names begin with.
    first: HashSet<u64, std::hash::BuildHasherDefault<PassThrough>>,
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
        for entry in lang::text(code, REGIONS).into_iter().flat_map(lang::entries) {
            let Some((english, name)) = entry.split_once('\t') else { continue };
            let text = Text::new(english);
            let keys = self::keys(&text);
            let found = gazetteer.exact(&text, &keys, 0..keys.len());
            let wide = |p: &u32| !matches!(gazetteer.place(*p).class, Class::City | Class::Demonym);
            if let Some(place) = found.into_iter().find(wide) {
                countries.add(name.trim(), place, splitting);
            }
        }
        countries
    }

    fn add(&mut self, name: &str, place: u32, splitting: &'static Splitting) {
        let text = Text::split(name, splitting);
        let keys = keys(&text);
        self.longest = self.longest.max(keys.len());
        self.names.entry(phrase(keys.iter().copied())).or_insert(place);
        for prefix in splitting.prefixes() {
            let word = format!("{prefix}{name}");
            let text = Text::split(&word, splitting);
            let prefixed = self::keys(&text);
            self.names.entry(phrase(prefixed.iter().copied())).or_insert(place);
        }
        if !splitting.uncased && (2..=MOST_INFLECTED).contains(&keys.len()) {
            self.add_inflected(&text, place);
        }
        if keys.len() != 1 || splitting.uncased {
            return;
        }
        let letters: Vec<usize> = name.char_indices().map(|(at, _)| at).collect();
        let mut buffer = Vec::new();
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
                    entry.insert(Some(place));
                }
                Entry::Occupied(mut entry) if *entry.get() != Some(place) => {
                    entry.insert(None);
                }
                Entry::Occupied(_) => {}
            }
        }
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

    /// The country whose name of several words, each in some inflected form, starts at a token, and how
    /// many words it has.
    fn several(&self, text: &Text<'_>, at: usize, end: usize) -> Option<(usize, u32)> {
        let starts = beginnings(text.word(at));
        if !starts.iter().any(|key| self.first.contains(key)) {
            return None;
        }
        let mut phrases: Vec<u64> = starts.iter().map(|key| hash::two(78, 0, *key)).collect();
        for len in 2..=MOST_INFLECTED.min(end - at) {
            let next = beginnings(text.word(at + len - 1));
            phrases = phrases
                .iter()
                .flat_map(|phrase| next.iter().map(|key| hash::two(78, *phrase, *key)))
                .collect();
            let place = phrases.iter().find_map(|phrase| *self.inflected.get(phrase)?);
            if let Some(place) = place {
                return Some((len, place));
            }
        }
        None
    }

    /// The names of countries in a text as they are listed, the longest at each point; those of several
    /// words also in inflected forms.
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
                    let whole = keys[at..at + len].iter().copied();
                    let place = self.names.get(&phrase(whole)).or_else(|| {
                        let last = bare_key(text.word(at + len - 1))?;
                        let rest = keys[at..at + len - 1].iter().copied();
                        self.names.get(&phrase(rest.chain(std::iter::once(last))))
                    })?;
                    Some((at..at + len, *place))
                });
                let longest = longest.or_else(|| {
                    let (len, place) =
                        self.several(text, at, line.end).filter(|_| starts && !uncased)?;
                    Some((at..at + len, place))
                });
                at = longest.as_ref().map_or(at + 1, |(tokens, _)| tokens.end);
                found.extend(longest);
            }
        }
        found
    }

    /// The country or the region of a whole name as it is listed.
    #[must_use]
    pub fn whole(&self, name: &str) -> Option<u32> {
        let text = Text::split(name, self.splitting?);
        self.names.get(&phrase(keys(&text).into_iter())).copied()
    }

    /// The country whose name, in some inflected form, is the one word of a place's name.
    #[must_use]
    pub fn inflected(&self, word: &str) -> Option<u32> {
        // `Amerika'ya`: an ending behind an apostrophe is none of the name's.
        let bare = word.split(['\'', '\u{2019}']).next().filter(|bare| !bare.is_empty());
        let mut buffer = Vec::new();
        if let Some(bare) = bare.filter(|bare| bare.len() < word.len())
            && let Some(place) =
                self.names.get(&phrase(std::iter::once(key(bare, TokenKind::Word, &mut buffer))))
        {
            return Some(*place);
        }
        let ends = word.char_indices().rev().map(|(at, _)| at).take(ENDING);
        let ends = std::iter::once(word.len()).chain(ends);
        // Of a short beginning little may be left: `Azji` is Asia's, `Azymut` is not.
        let letters = word.chars().count();
        let told = |end: &usize| {
            let kept = word[..*end].chars().count();
            kept >= LEAST || kept == LEAST_OF_SEVERAL && letters <= SHORT
        };
        for end in ends.take_while(told) {
            if let Some(place) =
                self.beginnings.get(&key(&word[..end], TokenKind::Word, &mut buffer))
            {
                return *place;
            }
        }
        None
    }
}

/// The key of what stands before an apostrophe or a colon in a word: `USA:s`.
fn bare_key(word: &str) -> Option<u64> {
    let (bare, ending) = word.rsplit_once(['\'', '\u{2019}', ':'])?;
    let is_ending = !bare.is_empty() && ending.chars().all(char::is_lowercase);
    is_ending.then(|| key(bare, TokenKind::Word, &mut Vec::new()))
}

/// The keys of what a word may be an inflected form of: itself, and less up to [`ENDING`] letters.
fn beginnings(word: &str) -> Vec<u64> {
    let mut buffer = Vec::new();
    let ends = word.char_indices().rev().map(|(at, _)| at).take(ENDING);
    std::iter::once(word.len())
        .chain(ends)
        .take_while(|end| word[..*end].chars().count() >= LEAST_OF_SEVERAL)
        .map(|end| key(&word[..end], TokenKind::Word, &mut buffer))
        .collect()
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
        let asia = countries(&[("Azja", 4)], "pl");
        assert_eq!(asia.inflected("Azji"), Some(4));
        assert_eq!(asia.inflected("Azymut"), None);
        let shared = countries(&[("Nigeria", 1), ("Nigerie", 2)], "pl");
        assert_eq!(shared.inflected("Nigerii"), None);
    }

    #[test]
    fn every_word_of_a_name_may_be_inflected() {
        let polish = countries(&[("Stany Zjednoczone", 1), ("Arabia Saudyjska", 2)], "pl");
        let text = "Ze Stanów Zjednoczonych do Arabii Saudyjskiej; stan zjednoczenia.";
        let text = Text::split(text, Splitting::of("pl"));
        let found: Vec<_> = polish
            .matches(&text, &keys(&text))
            .into_iter()
            .map(|(tokens, place)| (text.slice(tokens), place))
            .collect();
        assert_eq!(found, [("Stanów Zjednoczonych", 1), ("Arabii Saudyjskiej", 2)]);
    }

    #[test]
    fn short_words_of_several_may_be_inflected() {
        let russian = countries(&[("Новая Зеландия", 1)], "ru");
        let text = Text::split("в Новой Зеландии", Splitting::of("ru"));
        assert_eq!(russian.matches(&text, &keys(&text)), [(1..3, 1)]);
    }

    #[test]
    fn endings_behind_a_mark_are_none_of_a_name_in_running_text() {
        let swedish = countries(&[("USA", 1)], "sv");
        let text = Text::split("Det var USA:s sak.", Splitting::of("sv"));
        assert_eq!(swedish.matches(&text, &keys(&text)).len(), 1);
        let turkish = countries(&[("Kuzey Varde", 1)], "tr");
        let text = Text::split("Kuzey Varde'deki kent", Splitting::of("tr"));
        assert_eq!(turkish.matches(&text, &keys(&text)), [(0..2, 1)]);
        assert_eq!(turkish.whole("Kuzey Varde"), Some(1));
    }

    #[test]
    fn an_ending_behind_an_apostrophe_is_none_of_the_name() {
        let turkish = countries(&[("Peru", 1)], "tr");
        assert_eq!(turkish.inflected("Peru'ya"), Some(1));
    }

    #[test]
    fn words_that_are_written_with_the_next_are_no_part_of_a_name() {
        let arabic = countries(&[("\u{645}\u{635}\u{631}", 1)], "ar");
        let text = Text::split("\u{648}\u{645}\u{635}\u{631}", Splitting::of("ar"));
        assert_eq!(arabic.matches(&text, &keys(&text)), [(0..1, 1)]);
    }

    #[test]
    fn characters_need_no_blanks() {
        let japanese = countries(&[("\u{97d3}\u{56fd}", 1)], "ja");
        let text = Text::split("\u{6628}\u{65e5}\u{97d3}\u{56fd}\u{3067}", Splitting::of("ja"));
        assert_eq!(japanese.matches(&text, &keys(&text)), [(2..4, 1)]);
    }
}
