//! English names of persons, organisations and cities, which records give beside those of other languages
//! (`src/lang/mul/english-names.zst`, by `build-english-names`).
//!
//! Unpacked when the first story comes that is not English and names something that is known. Says nothing of an item
//! or a city that the file lacks.

use std::sync::LazyLock;

use crate::{lang, tag::unpack::unpack};

/// Folder and name of the file.
const FILE: (&str, &str) = ("mul", "english-names.zst");

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let text = lang::bytes(FILE.0, FILE.1).and_then(unpack).and_then(|b| String::from_utf8(b).ok());
    Names::read(&text.unwrap_or_default())
});

/// The English name of an item of Wikidata, by its number.
pub(super) fn of_item(number: u32) -> Option<&'static str> {
    NAMES.items.name(number)
}

/// The English name of a city, by its GeoNames id.
pub(super) fn of_city(geonames: u32) -> Option<&'static str> {
    NAMES.cities.name(geonames)
}

#[derive(Default)]
struct Names {
    items: Table,
    cities: Table,
}

/// Names by number.
#[derive(Default)]
struct Table {
    /// Numbers in order, each with where its name ends.
    ends: Vec<(u32, u32)>,
    names: String,
}

impl Names {
    fn read(text: &str) -> Self {
        let (items, cities) = text.split_once("\n\n").unwrap_or((text, ""));
        Self { items: Table::read(items), cities: Table::read(cities) }
    }
}

impl Table {
    fn read(text: &str) -> Self {
        let mut table = Self::default();
        let mut number: u32 = 0;
        for (step, name) in text.lines().filter_map(|line| line.split_once('\t')) {
            number = number.saturating_add(step.parse().unwrap_or_default());
            table.names.push_str(name);
            table.ends.push((number, table.names.len() as u32));
        }
        table.ends.shrink_to_fit();
        table.names.shrink_to_fit();
        table
    }

    fn name(&self, number: u32) -> Option<&str> {
        let at = self.ends.binary_search_by_key(&number, |(number, _)| *number).ok()?;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before].1);
        self.names.get(start as usize..self.ends[at].1 as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_their_numbers() {
        let names = Names::read("4\tOrland Works\n5\tVarde\n\n7\tHolm\n");
        assert_eq!(
            (names.items.name(4), names.items.name(9)),
            (Some("Orland Works"), Some("Varde"))
        );
        assert_eq!((names.items.name(5), names.cities.name(7)), (None, Some("Holm")));
        assert_eq!(Names::read("").items.name(0), None);
    }

    #[test]
    fn the_file_has_the_larger_cities_in_english() {
        assert_eq!(of_city(2_886_242), Some("Cologne"));
        assert_eq!(of_city(524_901), Some("Moscow"));
        assert_eq!(of_item(567), Some("Angela Merkel"));
    }
}
