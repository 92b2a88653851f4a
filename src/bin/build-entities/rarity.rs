//! How many people or things may have an item's name, by how often its words are in the names of others.
//!
//! Of a person whose first and last name are both common, a namesake is in the news as likely as the person; where one
//! of them is rare, hardly. An organisation of one word is rare where no other thing is called so: the word is in
//! nobody's name and no description has it in small letters.

use std::collections::HashMap;

use news_ingest::tag::entities::{
    entity_base::{Rarity, Row},
    labels::NameKind,
};

/// Namesakes to be expected among the table's people of a name that is rare, and of one that is common.
const RARE: f32 = 0.01;
const COMMON: f32 = 0.05;
/// How many of those of a first and a last name have a given name between them as well.
const MIDDLE_NAME: f32 = 0.1;
/// Most people who may have a word in their name that an organisation has for itself.
const BEARERS: usize = 1;

/// Sets the rarity of all rows.
pub(super) fn set(rows: &mut [Row]) {
    let mut first: HashMap<String, usize> = HashMap::new();
    let mut last: HashMap<String, usize> = HashMap::new();
    let mut people = 0_usize;
    for row in rows.iter().filter(|row| row.item.kind == NameKind::Person) {
        if let Some((one, other)) = ends(row) {
            *first.entry(one).or_default() += 1;
            *last.entry(other).or_default() += 1;
            people += 1;
        }
    }
    let count = |names: &HashMap<String, usize>, word: &str| names.get(word).copied().unwrap_or(0);
    let namesakes = |one: &str, other: &str| {
        (count(&first, one) * count(&last, other)) as f32 / people.max(1) as f32
    };
    for row in rows {
        if row.item.kind == NameKind::Person {
            drop_other_names(row, |one, other| namesakes(one, other) >= COMMON);
        }
        row.item.rarity = match (row.item.kind, ends(row)) {
            (NameKind::Person, Some((one, other))) => {
                let several = row.names.first().is_some_and(|name| name.split(' ').count() > 2);
                let namesakes = namesakes(&one, &other) * if several { MIDDLE_NAME } else { 1.0 };
                match namesakes {
                    _ if namesakes < RARE => Rarity::Rare,
                    _ if namesakes >= COMMON => Rarity::Common,
                    _ => Rarity::Usual,
                }
            }
            (NameKind::Organisation, None) => {
                let word = row.names.first().map(|name| name.to_lowercase()).unwrap_or_default();
                let borne = count(&first, &word) + count(&last, &word) > BEARERS;
                if borne || !is_coined(row) { Rarity::Usual } else { Rarity::Rare }
            }
            _ => Rarity::Usual,
        };
    }
}

/// Takes away the names of a person that have no word of the main one and that many have: John Smith, whom all
/// call by a stage name, is not whom news means by it.
fn drop_other_names(row: &mut Row, is_common: impl Fn(&str, &str) -> bool) {
    let Some(main) = row.names.first().map(|name| name.to_lowercase()) else { return };
    let mut at = 0;
    row.names.retain(|name| {
        at += 1;
        let lower = name.to_lowercase();
        let shares = lower.split([' ', '-']).any(|word| main.split([' ', '-']).any(|w| w == word));
        at == 1 || shares || !ends_of(&lower).is_some_and(|(one, other)| is_common(&one, &other))
    });
}

/// The first and the last word of a main name of several, in small letters.
fn ends(row: &Row) -> Option<(String, String)> {
    ends_of(&row.names.first()?.to_lowercase())
}

/// The same of a name in small letters.
fn ends_of(name: &str) -> Option<(String, String)> {
    let name = name.split(" (").next()?;
    let (first, _) = name.split_once([' ', '-'])?;
    let (_, last) = name.rsplit_once([' ', '-'])?;
    Some((first.to_owned(), last.to_owned()))
}

/// A word with a capital inside, such as `OrmeTube`: no other thing is written so.
fn is_coined(row: &Row) -> bool {
    let name = row.names.first().map_or("", String::as_str);
    let inside = || name.chars().skip(1);
    inside().any(char::is_uppercase) && inside().any(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use news_ingest::tag::entities::entity_base::Item;

    #[test]
    fn name_is_rare_if_one_word_is_rare() {
        let row = |kind, name: &str| Row {
            item: Item {
                number: 1,
                kind,
                country: [0; 2],
                prior: 1.0,
                rarity: Rarity::Usual,
                fields: 0,
            },
            names: vec![name.to_owned()],
        };
        let mut rows: Vec<Row> = (0..100).map(|_| row(NameKind::Person, "John Smith")).collect();
        rows.extend((0..400).map(|i| row(NameKind::Person, &format!("Ysolde{i} Quendale{i}"))));
        rows.push(row(NameKind::Organisation, "OrmeTube"));
        rows.push(row(NameKind::Organisation, "Orme"));
        set(&mut rows);
        let of = |at: usize| rows[at].item.rarity;
        assert_eq!((of(0), of(100)), (Rarity::Common, Rarity::Rare));
        assert_eq!((of(500), of(501)), (Rarity::Rare, Rarity::Usual));
    }

    #[test]
    fn common_birth_name_is_dropped() {
        let names = |names: &[&str]| Row {
            item: Item {
                number: 1,
                kind: NameKind::Person,
                country: [0; 2],
                prior: 1.0,
                rarity: Rarity::Usual,
                fields: 0,
            },
            names: names.iter().map(|name| (*name).to_owned()).collect(),
        };
        let mut rows: Vec<Row> = (0..100).map(|_| names(&["John Smith"])).collect();
        rows.push(names(&["OJ Quendale", "John Smith", "Orla Jane Quendale", "Ysolde Fjellvik"]));
        set(&mut rows);
        assert_eq!(rows[100].names, ["OJ Quendale", "Orla Jane Quendale", "Ysolde Fjellvik"]);
    }
}
