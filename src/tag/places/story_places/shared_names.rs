//! Names that two lands have and the gazetteer gives to one (`src/lang/en/shared-names.txt`): news calls the larger Congo by the
//! name that is the smaller one's own, and an Australian paper writes a state as short as an American one does.
//!
//! Which is meant is told by words of the whole story. Of English stories alone.

use std::sync::LazyLock;

use super::NamedPlaces;
use crate::{
    lang,
    tag::{
        Text,
        places::gazetteer::{Class, Gazetteer, Match},
        word_keys,
    },
    unicode,
};

/// Name of the list.
const LIST: &str = "shared-names.txt";
/// Most letters of a name that must be written as it is listed.
const SHORT: usize = 3;

/// A name and which other land it may mean.
struct SharedName {
    name: &'static str,
    other: &'static str,
    /// Whether the other is meant where the story has no sign.
    unless: bool,
    signs: Vec<&'static str>,
    against: Vec<&'static str>,
}

static NAMES: LazyLock<Vec<SharedName>> = LazyLock::new(|| {
    lang::rows("en", LIST).into_iter().flatten().filter_map(|(n, row)| parse(n, row)).collect()
});

fn parse(name: &'static str, row: &'static str) -> Option<SharedName> {
    let (head, signs) = row.split_once(':')?;
    let (when, other) = head.split_once(' ')?;
    let (against, signs): (Vec<&str>, Vec<&str>) =
        signs.split(';').map(str::trim).partition(|sign| sign.starts_with('!'));
    let against = against.into_iter().map(|sign| &sign[1..]).collect();
    Some(SharedName { name, other, unless: when == "unless", signs, against })
}

impl SharedName {
    fn is(&self, word: &str) -> bool {
        let loud = || word.bytes().all(|byte| byte.is_ascii_uppercase());
        word == self.name
            || self.name.len() > SHORT && word.eq_ignore_ascii_case(self.name) && loud()
    }

    /// Whether a story means the other land by the name.
    fn means_other(&self, texts: &[&str], home: Option<[u8; 2]>) -> bool {
        let told = |sign: &str| match sign.strip_prefix('@') {
            Some(country) => home.is_some_and(|home| home == *country.as_bytes()),
            None => texts.iter().any(|text| self.tells(text, sign)),
        };
        if self.unless {
            return !self.signs.iter().any(|sign| told(sign));
        }
        self.signs.iter().any(|sign| told(sign)) && !self.against.iter().any(|sign| told(sign))
    }

    /// Whether a text has a sign as words of its own, outside of the other land's name.
    fn tells(&self, text: &str, sign: &str) -> bool {
        let before = self.other.split_once(sign).map(|(before, _)| before);
        text.match_indices(sign).any(|(at, _)| {
            let (head, tail) = (&text[..at], &text[at + sign.len()..]);
            !head.ends_with(unicode::is_alphanumeric)
                && !tail.starts_with(unicode::is_alphanumeric)
                && !before.is_some_and(|before| !before.is_empty() && head.ends_with(before))
        })
    }
}

/// Whether some words may be a shared name.
pub(super) fn is_shared(words: &str) -> bool {
    NAMES.iter().any(|shared| shared.is(words))
}

/// The gazetteer's names in a story's texts with the places that the story means by shared ones; `None` where it has none of
/// these.
pub(super) fn settled(
    gazetteer: &Gazetteer,
    texts: &[NamedPlaces<'_>],
    home: Option<[u8; 2]>,
) -> Option<Vec<Vec<Match>>> {
    let mut settled: Option<Vec<Vec<Match>>> = None;
    for shared in NAMES.iter() {
        let is_it = |text: &NamedPlaces<'_>, m: &Match| {
            text.english && shared.is(text.reading.text.slice(m.tokens.clone()))
        };
        if !texts.iter().any(|text| text.matches.iter().any(|m| is_it(text, m))) {
            continue;
        }
        let words: Vec<&str> = texts.iter().map(|text| text.reading.text.text).collect();
        if !shared.means_other(&words, home) {
            continue;
        }
        let other = Text::new(shared.other);
        let mut places = gazetteer.named(&word_keys::keys(&other));
        let is_land =
            |place: &u32| matches!(gazetteer.place(*place).class, Class::Country | Class::Division);
        places.retain(is_land);
        if places.is_empty() {
            continue;
        }
        let all =
            settled.get_or_insert_with(|| texts.iter().map(|text| text.matches.to_vec()).collect());
        for (text, matches) in texts.iter().zip(all) {
            for found in matches.iter_mut().filter(|found| is_it(text, found)) {
                found.places.clone_from(&places);
            }
        }
    }
    settled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn means_other(row: &'static str, text: &str, home: Option<[u8; 2]>) -> bool {
        parse("Orland", row).unwrap().means_other(&[text], home)
    }

    #[test]
    fn larger_land_is_meant_unless_told() {
        let row = "unless Great Republic of Orland: Varde; Republic of Orland";
        assert!(means_other(row, "It rained in Orland.", None));
        assert!(means_other(row, "The Great Republic of Orland is far.", None));
        assert!(!means_other(row, "The Republic of Orland is far.", None));
        assert!(!means_other(row, "Orland's Varde is far.", None));
    }

    #[test]
    fn short_form_is_anothers_if_told() {
        let row = "if West Orland: Holm; @OR; !Varde";
        assert!(!means_other(row, "It rained.", None));
        assert!(means_other(row, "It rained in Holm.", None));
        assert!(means_other(row, "It rained.", Some(*b"OR")));
        assert!(!means_other(row, "It rained in Holm and Varde.", None));
        assert!(!means_other(row, "It rained in Holmby.", None));
    }

    #[test]
    fn every_row_is_read() {
        let rows = lang::text("en", LIST).unwrap();
        assert_eq!(lang::entries(rows).count(), NAMES.len());
    }
}
