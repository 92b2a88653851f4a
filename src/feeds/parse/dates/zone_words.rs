//! What words behind a time of day say of its zone: offsets, abbreviations, names of cities.
//!
//! The first zone counts. One that is said and not known is told from none: the time is then not known.

use time::UtcOffset;

use super::{digits, month_of};
use crate::time_zones::{self, Zone};

/// The words behind a time of day that say its zone. The first counts: behind it stands its name.
#[derive(Default)]
pub(super) struct ZoneWords {
    pub(super) zone: Option<Zone>,
    /// The word before was one of UTC's names, behind which its offset may stand: `GMT -5`.
    is_open: bool,
    /// The word before was `Eastern` or the like, behind which `Time` may stand.
    is_american: bool,
    /// A zone is said that is not known.
    pub(super) is_unknown: bool,
}

impl ZoneWords {
    /// Reads a word where it says a zone: `+0200`, `CEST`, `GMT+0200`, `UTC-5`, `EST5EDT`, `Asia/Tokyo`.
    pub(super) fn take(&mut self, word: &str) -> bool {
        let was_open = std::mem::take(&mut self.is_open);
        let was_american = std::mem::take(&mut self.is_american);
        let is_of_time = ["Time", "Standard", "Daylight", "Summer"].contains(&word);
        if was_american && word == "European" {
            (self.zone, self.is_unknown) = (None, true);
            return true;
        }
        if let (None, false, Some(zone)) = (self.zone, self.is_unknown, time_zones::american(word))
        {
            (self.zone, self.is_american) = (Some(zone), true);
            return true;
        }
        // An offset without its sign may be on either side.
        let is_bare_offset =
            word.len() == 4 && digits::<u16>(word, 4).is_some_and(|value| value <= 1400);
        if is_of_time || is_bare_offset {
            self.is_unknown |= self.zone.is_none();
            return true;
        }
        let sign = word.find(['+', '-']);
        let (name, offset) = word.split_at(sign.unwrap_or(word.len()));
        let named = zone_named(name);
        let found = match (name.is_empty(), offset.is_empty()) {
            (true, false) => offset_of(offset),
            (false, true) => named.or_else(|| time_zones::american(name)),
            _ if named.is_some() => offset_of(offset),
            _ => None,
        };
        let is_zone = found.is_some()
            || name.is_empty() && offset[1..].starts_with(|c: char| c.is_ascii_digit())
            || named.is_some()
            || is_unknown_zone(word);
        if !is_zone {
            return false;
        }
        if self.zone.is_none() || was_open && name.is_empty() {
            self.zone = found;
            self.is_unknown |= found.is_none();
            self.is_open = matches!(word, "GMT" | "UTC" | "UT");
        }
        true
    }
}

/// Whether a word behind a time is a zone's name that is not known: `IST`, `XYZ`, `Europe/Berlin`.
fn is_unknown_zone(word: &str) -> bool {
    /// Words in capitals that stand behind a time and say nothing of its zone.
    const OTHERS: [&str; 12] =
        ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN", "UHR", "HRS", "HR", "H", "LT"];
    let is_name = |word: &str| {
        (1..=5).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    let is_path = word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.split('/').count() > 1
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'_' | b'-'));
    let is_ambiguous = time_zones::is_ambiguous(&word.to_ascii_uppercase());
    is_path || is_ambiguous || is_name(word) && !OTHERS.contains(&word) && month_of(word).is_none()
}

/// An offset: `+02:00`, `-0500`, `+2`, `+05.30`; none where no zone has it.
fn offset_of(text: &str) -> Option<Zone> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let numbers = text[1..].trim_end_matches('Z');
    let (hours, minutes) = match numbers.split_once([':', '.']) {
        Some((hours, minutes)) => (hours, minutes),
        None if numbers.len() > 2 => numbers.split_at_checked(numbers.len() - 2)?,
        None => (numbers, "0"),
    };
    let is_short = |text: &str| text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (true, true) = (is_short(hours), is_short(minutes)) else { return None };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let offset = UtcOffset::from_whole_seconds(sign * (hours * 60 + minutes) * 60).ok()?;
    time_zones::is_in_use(offset).then_some(Zone::Fixed(offset))
}

/// The zone of a name, which feeds write in small letters too; one of two letters is then a word.
fn zone_named(name: &str) -> Option<Zone> {
    let known = time_zones::named(name);
    known.or_else(|| time_zones::named(&name.to_ascii_uppercase()).filter(|_| name.len() > 2))
}
