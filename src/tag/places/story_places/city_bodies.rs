//! Quarters of a city that its police tells of: `Feld police searched a house in Orme`. The gazetteer may have a town abroad of
//! that name, and not the quarter.
//!
//! Refuses nothing that is a large city, nor what is in a country of which the story names anything else.

use foldhash::HashSet;

use super::{LARGE, NamedPlaces, Owner};
use crate::tag::{
    english,
    places::{
        gazetteer::{Class, Gazetteer},
        resolve::Toponym,
    },
};

/// Most people of a town that is none of a sentence with another country's city and its police.
const TOWN: u32 = 500_000;

/// The names that are told of with the police of a city of another country, by their spellings.
pub(super) fn foreign_to_police(
    gazetteer: &Gazetteer,
    texts: &[NamedPlaces<'_>],
    (owners, toponyms): (&[Owner], &[Toponym]),
    resolved: &[Option<u32>],
) -> HashSet<u64> {
    let mut foreign = HashSet::default();
    for ((owner, toponym), place) in owners.iter().zip(toponyms).zip(resolved) {
        let Some(place) = place.map(|place| gazetteer.place(place)) else { continue };
        if !toponym.containers.is_empty()
            || !matches!(place.class, Class::City | Class::County)
            || place.population >= TOWN
        {
            continue;
        }
        let NamedPlaces { reading, matches, english, .. } = &texts[owner.text];
        let (text, start) = (reading.text, owner.tokens.start);
        let led = start.checked_sub(1).is_some_and(|at| {
            text.lower(at) == "at" || english::NEAR_PLACES.contains(text.lower(at))
        });
        if !english || !led {
            continue;
        }
        let at = text.sentences.partition_point(|s| s.end <= start);
        let sentence = text.sentences.get(at).cloned().unwrap_or_default();
        let first = matches.partition_point(|m| m.tokens.start < sentence.start);
        let mut inside = matches[first..].iter().take_while(|m| m.tokens.end < sentence.end);
        let is_abroad = inside.any(|m| {
            let cities = || {
                let places = m.places.iter().map(|place| gazetteer.place(*place));
                places.filter(|city| city.population >= LARGE)
            };
            text.word_or_empty(m.tokens.end) == "police"
                && cities().next().is_some()
                && cities().all(|city| city.country != place.country)
        });
        let told = || {
            toponyms.iter().zip(resolved).any(|(other, at)| {
                other.name != toponym.name
                    && at.is_some_and(|at| gazetteer.place(at).country == place.country)
            })
        };
        if is_abroad && !told() {
            foreign.insert(toponym.name);
        }
    }
    foreign
}
