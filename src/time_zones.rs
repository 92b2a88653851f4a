//! Zones by the names that pages and feeds use: RFC 822's, and those of the press.
//!
//! Names that several countries use for different zones (`IST`) are left out but where one use is the press's
//! (`CST`, `BST`). A name is in capitals; `est` is a word of other languages.

use time::{Date, Month, UtcOffset};

/// A zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// The same all the year.
    Fixed(UtcOffset),
    /// Of the United States, by their summer time: hours in winter.
    American(i8),
}

impl Zone {
    /// The offset on a day.
    #[must_use]
    pub fn on(self, date: Date) -> UtcOffset {
        match self {
            Self::Fixed(offset) => offset,
            Self::American(winter) => hours(winter + i8::from(is_american_summer(date))),
        }
    }
}

/// The zone of a name.
#[must_use]
pub fn named(name: &str) -> Option<Zone> {
    Some(Zone::Fixed(hours(match name {
        "Z" | "z" | "UT" | "UTC" | "GMT" | "WET" => 0,
        "ET" => return Some(Zone::American(-5)),
        "CT" => return Some(Zone::American(-6)),
        "PT" => return Some(Zone::American(-8)),
        "NZDT" => 13,
        "NZST" => 12,
        "AEDT" => 11,
        "AEST" => 10,
        "JST" | "KST" => 9,
        "SGT" | "HKT" | "AWST" => 8,
        "WIB" => 7,
        "PKT" => 5,
        "MSK" | "МСК" | "мск" | "EEST" | "EAT" | "TRT" => 3,
        "EET" | "CEST" | "MEST" | "MESZ" | "SAST" | "CAT" => 2,
        "BST" | "CET" | "MET" | "MEZ" | "WAT" | "WEST" => 1,
        "ART" | "BRT" | "ADT" => -3,
        "EDT" | "AST" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "AKST" => -9,
        "HST" => -10,
        _ => return None,
    })))
}

/// Whether clocks anywhere are that far from UTC: from -12:00 to +14:00. What is further is a mistake.
#[must_use]
pub fn is_in_use(offset: UtcOffset) -> bool {
    (-12 * 3600..=14 * 3600).contains(&offset.whole_seconds())
}

/// The zone of a name that several countries use, in one of them: its code in two lower-case letters.
#[must_use]
pub fn named_in(name: &str, country: [u8; 2]) -> Option<Zone> {
    let minutes = match (name, &country) {
        ("IST", b"in") => 330,
        ("IST", b"il") => 120,
        ("IST", b"ie") => 60,
        ("NST", b"ca") => -210,
        ("NDT", b"ca") => -150,
        ("NST" | "NPT", b"np") => 345,
        ("BST", b"bd") => 360,
        ("CST", b"cn" | b"tw") => 480,
        ("AST", b"sa" | b"kw" | b"iq" | b"qa" | b"bh") => 180,
        _ => return None,
    };
    UtcOffset::from_whole_seconds(minutes * 60).ok().map(Zone::Fixed)
}

/// Whether a name is that of zones in several countries, of which none is the press's: a time with it is not known.
#[must_use]
pub fn is_ambiguous(name: &str) -> bool {
    matches!(name, "IST" | "NST" | "NDT")
}

/// The zone of the United States that a word behind an hour with AM or PM names: `3 p.m. Eastern`.
#[must_use]
pub fn american(word: &str) -> Option<Zone> {
    Some(Zone::American(match word {
        "Eastern" => -5,
        "Central" => -6,
        "Mountain" => -7,
        "Pacific" => -8,
        _ => return None,
    }))
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

fn hours(hours: i8) -> UtcOffset {
    UtcOffset::from_hms(hours, 0, 0).expect("the table holds hours of the day")
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
