//! Zones by the names that pages and feeds use: RFC 822's, and those of the press. The names are `mul/time-zones.txt`.
//!
//! Names that several countries use for different zones (`IST`) mean none but where one use is the press's
//! (`CST`, `BST`), or the country is known. A name is in capitals; `est` is a word of other languages.

use std::sync::LazyLock;

use foldhash::HashMap;
use time::{Date, Month, UtcOffset};

use crate::lang;

/// A zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// The same all the year.
    Fixed(UtcOffset),
    /// Of the United States, by their summer time: the offset in winter.
    American(UtcOffset),
}

impl Zone {
    /// The offset on a day.
    #[must_use]
    pub fn on(self, date: Date) -> UtcOffset {
        match self {
            Self::Fixed(offset) => offset,
            Self::American(winter) => {
                let summer = i32::from(is_american_summer(date)) * 3600;
                UtcOffset::from_whole_seconds(winter.whole_seconds() + summer).unwrap_or(winter)
            }
        }
    }
}

/// The names of `mul/time-zones.txt`, by kind.
#[derive(Default)]
struct Names {
    /// Of the press, and of the United States with their summer time.
    press: HashMap<&'static str, Zone>,
    /// As words, `Eastern`, and as POSIX has them, `EST5EDT`.
    american: HashMap<&'static str, Zone>,
    of_country: HashMap<(&'static str, [u8; 2]), Zone>,
    shared: Vec<&'static str>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let mut names = Names::default();
    for (kind, row) in lang::rows("mul", "time-zones.txt").into_iter().flatten() {
        let (name, offset) = row.split_once(' ').unwrap_or((row, ""));
        let offset = offset_of(offset);
        match (kind, offset) {
            ("press", Some(offset)) => _ = names.press.insert(name, Zone::Fixed(offset)),
            ("american", Some(winter)) => _ = names.press.insert(name, Zone::American(winter)),
            ("word" | "posix", Some(winter)) => {
                names.american.insert(name, Zone::American(winter));
            }
            ("shared", None) => names.shared.push(name),
            (kind, Some(offset)) => {
                let country = kind.strip_prefix("in-").map(str::to_ascii_lowercase);
                let country = country.and_then(|code| code.as_bytes().try_into().ok());
                let country = country.unwrap_or_else(|| panic!("{kind} is no kind of zones"));
                names.of_country.insert((name, country), Zone::Fixed(offset));
            }
            (kind, None) => panic!("{kind} {row} has no offset"),
        }
    }
    names
});

/// An offset of the list, `-03:30`.
fn offset_of(text: &str) -> Option<UtcOffset> {
    let (hours, minutes) =
        text.split_at_checked(3).and_then(|(h, m)| Some((h, m.strip_prefix(':')?)))?;
    let sign = if hours.starts_with('-') { -1 } else { 1 };
    UtcOffset::from_hms(hours.parse().ok()?, sign * minutes.parse::<i8>().ok()?, 0).ok()
}

/// The zone of a name.
#[must_use]
pub fn named(name: &str) -> Option<Zone> {
    NAMES.press.get(name).copied()
}

/// Whether clocks anywhere are that far from UTC: from -12:00 to +14:00. What is further is a mistake.
#[must_use]
pub fn is_in_use(offset: UtcOffset) -> bool {
    (-12 * 3600..=14 * 3600).contains(&offset.whole_seconds())
}

/// The zone of a name that several countries use, in one of them: its code in two lower-case letters.
#[must_use]
pub fn named_in(name: &str, country: [u8; 2]) -> Option<Zone> {
    NAMES.of_country.get(&(name, country)).copied()
}

/// Whether a name is that of zones in several countries, of which none is the press's: a time with it is not known.
#[must_use]
pub fn is_ambiguous(name: &str) -> bool {
    NAMES.shared.contains(&name)
}

/// The zone of the United States that a word behind an hour with AM or PM names, `3 p.m. Eastern`, or a name of POSIX,
/// `EST5EDT`.
#[must_use]
pub fn american(word: &str) -> Option<Zone> {
    NAMES.american.get(word).copied()
}

/// Whether a name is one of the United States' zones, whose papers write the month first.
#[must_use]
pub fn is_american(name: &str) -> bool {
    match named(name) {
        Some(Zone::American(_)) => true,
        // The other zones between -5 and -10 hours have no name here.
        Some(Zone::Fixed(offset)) => offset.whole_hours() <= -5 || name == "EDT",
        None => false,
    }
}

/// Whether the United States keep summer time on a day: from the second Sunday of March to the first of
/// November, since 2007.
fn is_american_summer(date: Date) -> bool {
    let sunday = i32::from(date.day()) - i32::from(date.weekday().number_days_from_sunday());
    match date.month() {
        Month::March => sunday >= 8,
        Month::November => sunday < 1,
        Month::December | Month::January | Month::February => false,
        Month::April
        | Month::May
        | Month::June
        | Month::July
        | Month::August
        | Month::September
        | Month::October => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(name: &str, month: Month, day: u8) -> Option<i8> {
        let date = Date::from_calendar_date(2026, month, day).unwrap();
        named(name).map(|zone| zone.on(date).whole_hours())
    }

    #[test]
    fn names_of_the_press_have_their_offsets() {
        assert_eq!(offset("CEST", Month::July, 1), Some(2));
        assert_eq!(offset("UT", Month::July, 1), Some(0));
        assert_eq!(offset("NZDT", Month::January, 1), Some(13));
        assert_eq!(offset("est", Month::July, 1), None);
        assert_eq!(offset("IST", Month::July, 1), None);
    }

    #[test]
    fn every_row_of_zones_is_read() {
        let rows = lang::rows("mul", "time-zones.txt").into_iter().flatten().count();
        let Names { press, american, of_country, shared } = &*NAMES;
        assert_eq!(rows, press.len() + american.len() + of_country.len() + shared.len());
        assert!(press.values().all(|zone| matches!(zone, Zone::Fixed(offset) | Zone::American(offset) if is_in_use(*offset))));
        assert!(press.len() > 40 && shared == &["IST", "NST", "NDT"]);
    }

    #[test]
    fn names_of_several_countries_are_read_in_one() {
        let date = Date::from_calendar_date(2026, Month::February, 3).unwrap();
        let minutes =
            |name, country| named_in(name, country).map(|zone| zone.on(date).whole_minutes());
        assert_eq!(minutes("IST", *b"in"), Some(330));
        assert_eq!(minutes("IST", *b"ie"), Some(60));
        assert_eq!(minutes("NST", *b"ca"), Some(-210));
        assert_eq!(minutes("IST", *b"us"), None);
        assert!(is_ambiguous("IST") && !is_ambiguous("CET"));
        assert_eq!(american("Pacific").map(|zone| zone.on(date).whole_hours()), Some(-8));
    }

    #[test]
    fn american_names_follow_summer_time() {
        for (name, winter) in [("ET", -5), ("CT", -6), ("PT", -8)] {
            assert_eq!(offset(name, Month::March, 7), Some(winter), "{name}");
            assert_eq!(offset(name, Month::March, 8), Some(winter + 1), "{name}");
            assert_eq!(offset(name, Month::October, 31), Some(winter + 1), "{name}");
            assert_eq!(offset(name, Month::November, 1), Some(winter), "{name}");
        }
    }

    #[test]
    fn zones_of_the_united_states_are_known() {
        for name in ["EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "ET", "CT", "PT"] {
            assert!(is_american(name), "{name}");
        }
        for name in ["GMT", "AST", "ADT", "BRT", "CET", "JST", "AEST", "US"] {
            assert!(!is_american(name), "{name}");
        }
    }
}
