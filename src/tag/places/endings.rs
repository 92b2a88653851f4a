//! Cities in the inflected forms of a language (`src/lang/<code>/endings.txt`): an ending, and what stands in
//! its place in the name.
//!
//! Only for a word that the recogniser has taken for a place and the gazetteer does not know, and only for
//! larger cities, smaller ones at home: of a village's name nothing tells that it is inflected.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use super::{
    gazetteer::{Class, Gazetteer},
    homes,
};
use crate::lang;
use crate::tag::{
    Text, TokenKind,
    word_keys::{self, keys},
};

/// Name of a language's list.
const LIST: &str = "endings.txt";
/// Name of the same list of people's names.
const OF_PEOPLE: &str = "name-endings.txt";
/// What stands in its third column where an ending makes adjectives, too.
const ADJECTIVE: &str = "adjective";
/// The same where it is an adjective's in names of several words: alone such a word is no place.
const SEVERAL: &str = "several";
/// Fewest people of a city that is found in an inflected form.
const CITY: u32 = 50_000;
/// The same where the country's news is in the language.
const TOWN: u32 = 10_000;
/// What stands for an ending in `name-endings.txt` before a woman's name that is a form of a man's: it is its own alone.
const OWN: &str = "=";
/// Endings of men's names in the genitive, and of women's as they stand.
const OF_WOMEN: [&str; 2] = ["a", "\u{430}"];
/// What parts an ending from a name.
const APOSTROPHES: [char; 2] = ['\'', '\u{2019}'];
/// Fewest letters before an ending.
const LEAST: usize = 3;
/// The same before one of a city's name, which is a large one then: `Уфе`.
const LEAST_OF_CITY: usize = 2;
/// Fewest people of such a city, and of one whose country's news is in the language.
const LARGE: u32 = 500_000;
const LARGE_AT_HOME: u32 = 100_000;
/// Most letters of a name that the gazetteer may have in capitals alone.
const SHORT: usize = 4;
/// Most words of a city's name that are all inflected.
const MOST_WORDS: usize = 3;
/// How many times its people a city at home counts for.
const AT_HOME: u32 = 10;

/// An ending of an inflected form.
struct Ending {
    letters: &'static str,
    /// What stands in its place in the name.
    base: &'static str,
    /// Whether it makes an adjective of the name, too: `Orlandi`.
    adjective: bool,
    /// Whether only words of longer names have it: `Nowym Orlandzie`.
    several: bool,
}

/// The endings of a language.
#[derive(Default)]
struct Endings {
    all: Vec<Ending>,
    /// Which of them end in a letter, and those of no letters with each; in the list's order.
    by_last: BTreeMap<Option<char>, Vec<usize>>,
}

impl Endings {
    fn new(all: Vec<Ending>) -> Self {
        let mut by_last: BTreeMap<Option<char>, Vec<usize>> = BTreeMap::new();
        let last = |ending: &Ending| ending.letters.chars().next_back();
        let letters: BTreeSet<Option<char>> = all.iter().map(last).collect();
        for (at, ending) in all.iter().enumerate() {
            match last(ending) {
                None => letters.iter().for_each(|of| by_last.entry(*of).or_default().push(at)),
                own => by_last.entry(own).or_default().push(at),
            }
        }
        Self { all, by_last }
    }

    /// Those that a word has, with what stands before them.
    fn of<'a, 'w>(&'a self, word: &'w str) -> impl Iterator<Item = (&'w str, &'a Ending)> {
        let last = word.chars().next_back();
        let of_last = self.by_last.get(&last).or_else(|| self.by_last.get(&None));
        let endings = of_last.into_iter().flatten().map(|at| &self.all[*at]);
        endings.filter_map(move |ending| Some((word.strip_suffix(ending.letters)?, ending)))
    }
}

static LANGUAGES: LazyLock<BTreeMap<&'static str, Endings>> = LazyLock::new(|| read(LIST));
static PEOPLE: LazyLock<BTreeMap<&'static str, Endings>> = LazyLock::new(|| read(OF_PEOPLE));

/// The endings of every language that has a list.
fn read(list: &str) -> BTreeMap<&'static str, Endings> {
    let ending = |entry: &'static str| {
        let mut cells = entry.split('\t');
        let (letters, base) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        let kind = cells.next();
        Ending { letters, base, adjective: kind == Some(ADJECTIVE), several: kind == Some(SEVERAL) }
    };
    let read = |code| {
        let endings = lang::entries(lang::text(code, list)?).map(ending).collect();
        Some((code, Endings::new(endings)))
    };
    lang::languages_with(list).filter_map(read).collect()
}

/// What a word of a person's name may be an inflected form of, and whether it may be a woman's name as it stands, too.
pub fn names_of_people(code: &str, word: &str) -> impl Iterator<Item = (String, bool)> {
    let endings = PEOPLE.get(code);
    let is_own = |ending: &Ending| ending.letters == OWN && ending.base == word;
    let inflected = endings.filter(|endings| !endings.all.iter().any(is_own));
    inflected.into_iter().flat_map(move |endings| endings.of(word)).filter_map(|(stem, ending)| {
        let enough = stem.chars().count() >= LEAST_OF_CITY;
        let woman = OF_WOMEN.contains(&ending.letters) && ending.base.is_empty();
        enough.then(|| (format!("{stem}{}", ending.base), woman))
    })
}

/// Whether people's names take endings in a language.
#[must_use]
pub fn inflects_people(code: &str) -> bool {
    PEOPLE.contains_key(code)
}

/// Whether a language's names take endings.
#[must_use]
pub fn inflects(code: &str) -> bool {
    LANGUAGES.contains_key(code)
}

/// A name without the ending that an apostrophe parts from it, in a language that writes endings so: `Varde'deki`.
#[must_use]
pub fn bare<'a>(code: &str, name: &'a str) -> Option<&'a str> {
    // Most words have no byte of either.
    if !name.bytes().any(|byte| matches!(byte, b'\'' | 0xe2)) {
        return None;
    }
    let parted = |ending: &Ending| ending.letters.starts_with(APOSTROPHES);
    let (bare, ending) = name.rsplit_once(APOSTROPHES)?;
    let is_ending = !bare.is_empty() && ending.chars().all(char::is_lowercase);
    (is_ending && LANGUAGES.get(code)?.all.iter().any(parted)).then_some(bare)
}

/// What a word may be an inflected form of, by a language's endings, and whether it may be an adjective, too.
pub fn bases(code: &str, word: &str) -> impl Iterator<Item = (String, bool)> {
    stems(code, word).filter(|(_, ending)| !ending.several).filter_map(|(stem, ending)| {
        let base = || (format!("{stem}{}", ending.base), ending.adjective);
        (stem.chars().count() >= LEAST).then(base)
    })
}

/// What stands before each ending that a word has.
fn stems<'w>(code: &str, word: &'w str) -> impl Iterator<Item = (&'w str, &'static Ending)> {
    LANGUAGES.get(code).into_iter().flat_map(move |endings| endings.of(word))
}

/// The names of which some words may be a form, each word of which may be inflected, and of a word with a hyphen what is
/// before it (`Франкфурте-на-Майне`); and whether hardly a letter of one is left.
fn city_names(code: &str, words: &str) -> Vec<(String, bool)> {
    let parts: Vec<&str> = words.split(' ').collect();
    let several = parts.len() > 1;
    let of_word = |word: &str| {
        let own = stems(code, word).filter(|(_, ending)| several || !ending.several);
        let all = own.filter_map(|(stem, ending)| {
            let letters = stem.chars().count();
            let base = format!("{stem}{}", ending.base);
            let enough =
                letters >= LEAST || letters >= LEAST_OF_CITY && base.chars().count() > letters;
            enough.then_some((base, letters < LEAST))
        });
        all.collect::<Vec<_>>()
    };
    let of_part = |part: &str| {
        let mut all = of_word(part);
        if let Some(hyphen) = part.find('-') {
            let heads = of_word(&part[..hyphen]).into_iter();
            all.extend(heads.map(|(head, short)| (format!("{head}{}", &part[hyphen..]), short)));
        }
        all
    };
    match &parts[..] {
        [word] => of_part(word),
        _ if parts.len() > MOST_WORDS => of_word(words),
        _ => {
            let mut names = vec![(String::new(), false)];
            for part in &parts {
                let mut forms = of_part(part);
                forms.push(((*part).to_owned(), false));
                let longer = names.iter().flat_map(|(name, _)| {
                    let blank = if name.is_empty() { "" } else { " " };
                    forms.iter().map(move |(form, _)| (format!("{name}{blank}{form}"), false))
                });
                names = longer.collect();
            }
            names
        }
    }
}

/// How many endings are listed of a language.
#[must_use]
pub fn count(code: &str) -> usize {
    LANGUAGES.get(code).map_or(0, |endings| endings.all.len())
}

/// Whether a language has an ending.
#[must_use]
pub fn is_ending(code: &str, letters: &str) -> bool {
    let mut endings = LANGUAGES.get(code).into_iter().flat_map(|endings| &endings.all);
    endings.any(|ending| ending.letters == letters && !ending.several)
}

/// The largest city whose name, in some form of a language, some words are; one at home before others.
#[must_use]
pub fn city(gazetteer: &Gazetteer, code: &str, words: &str) -> Option<u32> {
    let home = |place: &u32| homes::is_home(code, gazetteer.place(*place).country);
    let people = |place: &u32| {
        let people = gazetteer.place(*place).population;
        if home(place) { people.saturating_mul(AT_HOME) } else { people }
    };
    let named = |(name, short): (String, bool)| {
        let found = called(gazetteer, &name);
        let city = |p: &u32| {
            let place = gazetteer.place(*p);
            let least = match (short, homes::is_home(code, place.country)) {
                (true, true) => LARGE_AT_HOME,
                (true, false) => LARGE,
                (false, true) => TOWN,
                (false, false) => CITY,
            };
            place.class == Class::City && place.population >= least
        };
        found.into_iter().filter(city).max_by_key(people)
    };
    // As it stands: in scripts without blanks the gazetteer parts words otherwise than the story's tokens.
    let whole = named((words.to_owned(), false));
    let inflected = city_names(code, words).into_iter().filter_map(named);
    inflected.chain(whole).max_by_key(people)
}

/// The places that are called by a name.
fn called(gazetteer: &Gazetteer, name: &str) -> Vec<u32> {
    // One word in small letters but the first is told by its key alone; a short one may be a name in capitals.
    let mut letters = name.chars();
    let plain = letters.next().is_some_and(char::is_uppercase) && letters.all(char::is_lowercase);
    if plain && name.chars().count() > SHORT {
        return gazetteer.named(&[word_keys::key(name, TokenKind::Word, &mut Vec::new())]);
    }
    let text = Text::new(name);
    let keys = keys(&text);
    match keys.len() {
        0 => Vec::new(),
        words => gazetteer.exact(&text, &keys, 0..words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_may_be_a_form_of_several_names() {
        let bases: Vec<_> = bases("pl", "Orlanii").collect();
        assert!(bases.contains(&("Orlania".to_owned(), false)), "{bases:?}");
        let hungarian: Vec<_> = super::bases("hu", "Orlandi").collect();
        assert!(hungarian.contains(&("Orland".to_owned(), true)), "{hungarian:?}");
        assert_eq!(super::bases("xx", "Orlanii").count(), 0);
        assert!(is_ending("pl", "ii") && !is_ending("pl", "van"));
    }

    #[test]
    fn every_word_of_a_city_may_be_inflected() {
        let names = |code, words| -> Vec<String> {
            city_names(code, words).into_iter().map(|(name, _)| name).collect()
        };
        let polish = names("pl", "Nowym Orlandzie");
        assert!(polish.contains(&"Nowy Orland".to_owned()), "{polish:?}");
        assert!(names("ru", "Орланде-на-Варде").contains(&"Орланд-на-Варде".to_owned()));
        assert!(names("uk", "Орєві").contains(&"Орїв".to_owned()));
        assert_eq!(names("uk", "Оа"), [] as [&str; 0]);
        // Of one word it is an adjective.
        assert!(!names("cs", "Orlandského").contains(&"Orlandský".to_owned()));
        assert!(names("cs", "Orlandského Brodu").contains(&"Orlandský Brod".to_owned()));
        assert!(!is_ending("cs", "ého"));
    }

    #[test]
    fn ending_behind_apostrophe_is_cut_where_written_so() {
        assert_eq!(bare("tr", "Yeni Varde'deki"), Some("Yeni Varde"));
        assert_eq!(bare("tr", "Varde"), None);
        assert_eq!(bare("en", "Varde's"), None);
    }
}
