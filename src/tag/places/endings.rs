//! Cities in the inflected forms of a language (`src/lang/<code>/endings.txt`): an ending, and what stands in
//! its place in the name.
//!
//! Only for a word that the recogniser has taken for a place and the gazetteer does not know, and only for
//! larger cities, smaller ones at home: of a village's name nothing tells that it is inflected.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{
    gazetteer::{Class, Gazetteer},
    homes,
};
use crate::lang;
use crate::tag::{Text, word_keys::keys};

/// Name of a language's list.
const LIST: &str = "endings.txt";
/// What stands in its third column where an ending makes adjectives, too.
const ADJECTIVE: &str = "adjective";
/// Fewest people of a city that is found in an inflected form.
const CITY: u32 = 50_000;
/// The same where the country's news is in the language.
const TOWN: u32 = 10_000;
/// What parts an ending from a name.
const APOSTROPHES: [char; 2] = ['\'', '\u{2019}'];
/// Fewest letters before an ending.
const LEAST: usize = 3;

/// An ending of an inflected form.
struct Ending {
    letters: &'static str,
    /// What stands in its place in the name.
    base: &'static str,
    /// Whether it makes an adjective of the name, too: `Orlandi`.
    adjective: bool,
}

type Endings = Vec<Ending>;

static LANGUAGES: LazyLock<BTreeMap<&'static str, Endings>> = LazyLock::new(|| {
    let ending = |entry: &'static str| {
        let mut cells = entry.split('\t');
        Ending {
            letters: cells.next().unwrap_or_default(),
            base: cells.next().unwrap_or_default(),
            adjective: cells.next() == Some(ADJECTIVE),
        }
    };
    let read = |code| Some((code, lang::entries(lang::text(code, LIST)?).map(ending).collect()));
    lang::languages_with(LIST).filter_map(read).collect()
});

/// Whether a language's names take endings.
#[must_use]
pub fn inflects(code: &str) -> bool {
    LANGUAGES.contains_key(code)
}

/// A name without the ending that an apostrophe parts from it, in a language that writes endings so: `Varde'deki`.
#[must_use]
pub fn bare<'a>(code: &str, name: &'a str) -> Option<&'a str> {
    let parted = |ending: &Ending| ending.letters.starts_with(APOSTROPHES);
    let (bare, ending) = name.rsplit_once(APOSTROPHES)?;
    let is_ending = !bare.is_empty() && ending.chars().all(char::is_lowercase);
    (is_ending && LANGUAGES.get(code)?.iter().any(parted)).then_some(bare)
}

/// What a word may be an inflected form of, by a language's endings, and whether it may be an adjective, too.
pub fn bases(code: &str, word: &str) -> impl Iterator<Item = (String, bool)> {
    LANGUAGES.get(code).into_iter().flatten().filter_map(move |ending| {
        let stem = word.strip_suffix(ending.letters)?;
        let base = || (format!("{stem}{}", ending.base), ending.adjective);
        (stem.chars().count() >= LEAST).then(base)
    })
}

/// How many endings are listed of a language.
#[must_use]
pub fn count(code: &str) -> usize {
    LANGUAGES.get(code).map_or(0, Vec::len)
}

/// Whether a language has an ending.
#[must_use]
pub fn is_ending(code: &str, letters: &str) -> bool {
    LANGUAGES.get(code).into_iter().flatten().any(|ending| ending.letters == letters)
}

/// The largest city whose name, in some form of a language, is a word.
#[must_use]
pub fn city(gazetteer: &Gazetteer, code: &str, word: &str) -> Option<u32> {
    let people = |place: &u32| gazetteer.place(*place).population;
    let named = |name: String| {
        let text = Text::new(&name);
        let keys = keys(&text);
        let found = match keys.len() {
            0 => Vec::new(),
            words => gazetteer.exact(&text, &keys, 0..words),
        };
        let city = |p: &u32| {
            let place = gazetteer.place(*p);
            let least = if homes::is_home(code, place.country) { TOWN } else { CITY };
            place.class == Class::City && place.population >= least
        };
        found.into_iter().filter(city).max_by_key(people)
    };
    // As it stands: in scripts without blanks the gazetteer parts words otherwise than the story's tokens.
    let whole = named(word.to_owned());
    bases(code, word).filter_map(|(base, _)| named(base)).chain(whole).max_by_key(people)
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
    fn ending_behind_apostrophe_is_cut_where_written_so() {
        assert_eq!(bare("tr", "Yeni Varde'deki"), Some("Yeni Varde"));
        assert_eq!(bare("tr", "Varde"), None);
        assert_eq!(bare("en", "Varde's"), None);
    }
}
