//! Kinds of names in sentences.

mod bodies;
mod people;
mod things;
mod towns;

use super::*;
use crate::tag::{
    Text,
    entities::entity_base::{Item, Rarity, Row, build},
    names::samples,
    places::gazetteer::{self, Place as Town},
    word_keys::keys,
};

/// The kinds that some names of a text get; Varde and Holm are towns, Quendale and Orme companies of the base.
fn corrected(body: &str, names: &[(NameKind, &str)]) -> Vec<String> {
    let town = |geonames| Town {
        geonames,
        wikidata: 0,
        class: Class::City,
        country: *b"DK",
        division: 1,
        lat: 55.6,
        lon: 8.5,
        population: 20_000,
    };
    let people = Town { class: Class::Demonym, ..town(3) };
    let named = [
        ("Varde".into(), 0),
        ("Holm".into(), 1),
        ("Orlandish".into(), 2),
        ("South Holm".into(), 1),
    ];
    let bytes = gazetteer::build(&[town(1), town(2), people], &named, &[]);
    let gazetteer = Gazetteer::from_bytes(bytes).unwrap();
    let row = |number, name: &str| Row {
        item: Item {
            number,
            kind: Organisation,
            country: [0; 2],
            prior: 2.6,
            rarity: Rarity::Usual,
            fields: 0,
        },
        names: vec![name.to_owned()],
    };
    let base = EntityBase::from_bytes(build(&[row(1, "Quendale"), row(2, "Orme Works")])).unwrap();
    let text = Text::new(body);
    let words = keys(&text);
    let matches = gazetteer.matches(&text, &words);
    let mut found = samples::named(&text, names);
    let named = NamedText { text: &text, keys: &words, matches: &matches, names: &mut found };
    correct(&base, &gazetteer, &mut [named]);
    samples::written(&text, &found)
}
