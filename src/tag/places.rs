//! Places: which names in a story are places, and which place each one is.

pub(in crate::tag) mod context;
pub mod countries;
pub mod endings;
pub mod gazetteer;
pub mod homes;
pub mod items;
pub mod nationalities;
pub mod resolve;
pub(in crate::tag) mod short_lands;
pub mod story_places;

use std::{collections::HashMap, sync::LazyLock};

use crate::{lang, model::WebUrl};
use gazetteer::{Class, Gazetteer, Match};

/// Publishers whose addresses do not end in their country.
static PUBLISHERS: LazyLock<HashMap<&str, [u8; 2]>> = LazyLock::new(|| {
    let rows = lang::rows("mul", "publishers.txt").into_iter().flatten();
    rows.filter_map(|(host, country)| Some((host, country.as_bytes().try_into().ok()?))).collect()
});

/// The country that a publisher's address ends in, where it ends in one that is used at home, else the one that a list has
/// of it (`src/lang/mul/publishers.txt`).
#[must_use]
pub fn home(url: &WebUrl) -> Option<[u8; 2]> {
    let host = url.as_url().host_str()?;
    let end = host.rsplit('.').next()?.as_bytes();
    match end {
        // Used by anyone for their meaning.
        b"co" | b"tv" | b"me" | b"io" | b"ai" | b"fm" | b"ly" | b"to" | b"cc" | b"ws" | b"eu"
        | b"su" => listed(host),
        b"uk" => Some(*b"GB"),
        [a, b] => Some([a.to_ascii_uppercase(), b.to_ascii_uppercase()]),
        _ => listed(host),
    }
}

/// The country of a listed publisher's host, or of one below it.
fn listed(host: &str) -> Option<[u8; 2]> {
    let hosts = host.match_indices('.').map(|(at, _)| &host[at + 1..]);
    std::iter::once(host).chain(hosts).find_map(|host| PUBLISHERS.get(host).copied())
}

/// Flags by token for the recogniser: what sort of place a name in the gazetteer may be, and where
/// in that name the token stands.
#[must_use]
pub fn flags(gazetteer: &Gazetteer, matches: &[Match], tokens: usize) -> Vec<u16> {
    let mut flags = vec![0; tokens];
    for found in matches {
        let sort =
            found.places.iter().map(|p| sort(&gazetteer.place(*p))).min().unwrap_or_default();
        let last = found.tokens.end - 1;
        for at in found.tokens.clone() {
            let stand = match (at == found.tokens.start, at == last) {
                (true, true) => 1,
                (true, false) => 2,
                (false, false) => 3,
                (false, true) => 4,
            };
            flags[at] = sort << 3 | stand;
        }
    }
    flags
}

/// Whether a flagged token begins a place's name and whether it ends it; `None` for one that is in none.
#[must_use]
pub fn stand(flag: u16) -> Option<(bool, bool)> {
    match flag & 7 {
        1 => Some((true, true)),
        2 => Some((true, false)),
        3 => Some((false, false)),
        4 => Some((false, true)),
        _ => None,
    }
}

/// Whether a flagged token is in the name of a country or of its people.
#[must_use]
pub fn is_land(flag: u16) -> bool {
    matches!(flag >> 3, 1 | 2)
}

/// The surer a name of this sort is a place, the lower.
fn sort(place: &gazetteer::Place) -> u16 {
    match (place.class, place.population) {
        (Class::Country, _) => 1,
        (Class::Demonym, _) => 2,
        (Class::Region, _) => 3,
        (Class::Division, _) => 4,
        (Class::City, 1_000_000..) => 5,
        (Class::City, 100_000..) => 6,
        (Class::County, _) => 7,
        (Class::City, 10_000..) => 8,
        (Class::City, _) => 9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_national_address_tells_the_publishers_country() {
        let home = |url: &str| home(&WebUrl::parse(url).unwrap());
        assert_eq!(home("https://www.ex.co.uk/a"), Some(*b"GB"));
        assert_eq!(home("https://ex.cl/a"), Some(*b"CL"));
        assert_eq!(home("https://ex.com/a"), None);
        assert_eq!(home("https://ex.tv/a"), None);
        assert_eq!(home("https://www.marca.com/a"), Some(*b"ES"));
        assert_eq!(home("https://notmarca.com/a"), None);
    }
}
