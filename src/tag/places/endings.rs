//! Cities in the inflected forms of a language (`src/lang/<code>/endings.txt`): an ending, and what stands in
//! its place in the name.
//!
//! Only for a word that the recogniser has taken for a place and the gazetteer does not know, and only for
//! larger cities: of a village's name nothing tells that it is inflected.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{
    gazetteer::{Class, Gazetteer},
    keys::keys,
};
use crate::{lang, tag::Text};

/// Name of a language's list.
const LIST: &str = "endings.txt";
/// Fewest people of a city that is found in an inflected form.
const CITY: u32 = 50_000;
/// What parts an ending from a name.
const APOSTROPHES: [char; 2] = ['\'', '\u{2019}'];
/// Fewest letters before an ending.
const LEAST: usize = 3;

type Endings = Vec<(&'static str, &'static str)>;

static LANGUAGES: LazyLock<BTreeMap<&'static str, Endings>> = LazyLock::new(|| {
    let pair = |entry: &'static str| {
        let (ending, base) = entry.split_once('\t').unwrap_or((entry, ""));
        (ending, base)
    };
    let read = |code| Some((code, lang::entries(lang::text(code, LIST)?).map(pair).collect()));
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
    let parted = |(ending, _): &(&str, &str)| ending.starts_with(APOSTROPHES);
    let (bare, ending) = name.rsplit_once(APOSTROPHES)?;
    let is_ending = !bare.is_empty() && ending.chars().all(char::is_lowercase);
    (is_ending && LANGUAGES.get(code)?.iter().any(parted)).then_some(bare)
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
        let city = |p: &u32| gazetteer.place(*p).class == Class::City && people(p) >= CITY;
        found.into_iter().filter(city).max_by_key(people)
    };
    // As it stands: in scripts without blanks the gazetteer parts words otherwise than the story's tokens.
    let whole = named(word.to_owned());
    LANGUAGES
        .get(code)
        .into_iter()
        .flatten()
        .filter_map(|(ending, base)| {
            let stem = word.strip_suffix(ending)?;
            (stem.chars().count() >= LEAST).then(|| format!("{stem}{base}"))
        })
        .filter_map(named)
        .chain(whole)
        .max_by_key(people)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_behind_an_apostrophe_is_cut_where_endings_are_written_so() {
        assert_eq!(bare("tr", "Yeni Varde'deki"), Some("Yeni Varde"));
        assert_eq!(bare("tr", "Varde"), None);
        assert_eq!(bare("en", "Varde's"), None);
    }
}
