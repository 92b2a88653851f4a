//! Dates as feeds write them: RFC 822 and what passes for it, ISO 8601 and what passes for it, C's
//! `asctime`, months in any language.
//!
//! A time without a zone, or with one that is not known, is taken for UTC, as other readers do. All
//! numbers, such as 10/12/2026, are read only where one of the two can't be a month.

use std::borrow::Cow;

use time::{Date, Duration, Month, OffsetDateTime, Time, UtcOffset};

use crate::months;
use crate::time_zones::{self, Zone};

/// Longest text that is looked at, in bytes.
const LONGEST: usize = 100;

/// Shortest form of a month's name that is known by its beginning alone, in characters.
const SHORTEST_MONTH: usize = 3;

/// Reads a moment; `None` for what is no date.
pub(super) fn moment(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let text = &*plain_signs(text);
    iso(text).or_else(|| worded(text))
}

/// The characters for year, month and day, hour and minute of East Asia as the signs that others write, and the
/// colon of a server's log between day and hour as a blank: `12/Oct/2026:10:00:00`.
fn plain_signs(text: &str) -> Cow<'_, str> {
    if text.contains('\u{5e74}') {
        let mut out = String::new();
        for c in text.chars() {
            match c {
                '\u{5e74}' | '\u{6708}' => out.push('-'),
                '\u{65e5}' => out.push(' '),
                '\u{65f6}' | '\u{6642}' | '\u{5206}' => out.push(':'),
                '\u{79d2}' => {}
                c => out.push(c),
            }
        }
        return Cow::Owned(out.replace("  ", " "));
    }
    match text.split_once(':') {
        Some((date, clock)) if date.matches('/').count() == 2 && date.len() <= 11 => {
            Cow::Owned(format!("{date} {clock}"))
        }
        _ => Cow::Borrowed(text),
    }
}

/// `2026-10-12T10:00:00.5+02:00`, with a blank for the `T`, without seconds, time, zone, day.
fn iso(text: &str) -> Option<OffsetDateTime> {
    let year: i32 = digits(text, 4)?;
    let rest = &text[4..];
    let compact = digits::<u32>(rest, 4).is_some();
    let rest = rest.strip_prefix(['-', '/', '.']).unwrap_or(rest);
    let (month, rest) = match number(rest, 2) {
        Some((month, rest)) => (month, rest),
        None if rest.is_empty() => (1, ""),
        None => return None,
    };
    let rest = if compact { rest } else { rest.strip_prefix(['-', '/', '.']).unwrap_or(rest) };
    let (day, rest) = number(rest, 2).unwrap_or((1, rest));
    let date = date(year, month, day)?;
    let rest = rest.trim_start_matches(['T', 't', ' ', ',']).trim_start();
    if rest.is_empty() {
        return Some(date.midnight().assume_utc());
    }
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ',')));
    let (clock, zone) = rest.split_at(end.unwrap_or(rest.len()));
    let (time, days) = clock_time(clock)?;
    let zone = zone.trim();
    let half = zone.get(..2).filter(|half| is_half(half));
    let zone = half.map_or(zone, |half| zone[half.len()..].trim());
    joined(date, half.map_or(time, |half| in_half(time, half)), days, zone_of(zone))
}

/// Whether a word names a half of the day.
fn is_half(word: &str) -> bool {
    word.eq_ignore_ascii_case("am") || word.eq_ignore_ascii_case("pm")
}

/// A time of twelve hours in its half of the day.
fn in_half(time: Time, half: &str) -> Time {
    match half.eq_ignore_ascii_case("pm") {
        true if time.hour() < 12 => time + Duration::hours(12),
        false if time.hour() == 12 => time - Duration::hours(12),
        _ => time,
    }
}

/// Whether a word is a time of day: `10:00`, `10:00:00Z`, or with dots, of three parts or of two behind a day
/// and its year.
fn is_clock(word: &str, has_date: bool) -> bool {
    let mut parts = word.split('.');
    let two =
        |part: Option<&str>| part.is_some_and(|part| part.len() <= 2 && part.parse::<u8>().is_ok());
    let with_dots = has_date && two(parts.next()) && two(parts.next()) && {
        let third = parts.next();
        (third.is_none() || two(third)) && parts.next().is_none()
    };
    with_dots || word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit())
}

/// `Mon, 12 Oct 2026 10:00:00 +0200` with its parts in any order.
fn worded(text: &str) -> Option<OffsetDateTime> {
    let (mut day, mut year) = (None, None);
    let year_is_first = digits::<u32>(text, 4).is_some();
    let mut clock = None;
    let mut zone = None;
    let mut numbers: Vec<u32> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let mut half = None;
    for word in text.split(|c: char| c.is_whitespace() || c == ',' || c == '(' || c == ')') {
        if word.is_empty() {
            continue;
        }
        if clock.is_none() && is_clock(word, year.is_some()) {
            let end = word.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.')));
            let (head, tail) = word.split_at(end.unwrap_or(word.len()));
            clock = Some(clock_time(head)?);
            if is_half(tail) {
                half = Some(tail);
            } else if !tail.is_empty() {
                zone = Some(zone_of(tail));
            }
        } else if clock.is_some() && is_zone(word) {
            // The first counts: behind it stands its name.
            zone = zone.or_else(|| Some(zone_of(word)));
        } else if is_half(word) {
            half = Some(word);
        } else {
            for part in word.split(['-', '/', '.']).filter(|part| !part.is_empty()) {
                let bare = part.trim_end_matches(['.', '\u{ba}']);
                let plain: String = bare.chars().take_while(char::is_ascii_digit).collect();
                if let (false, Ok(value)) = (plain.is_empty(), plain.parse::<u32>()) {
                    if plain.len() == 4 {
                        year = year.or(Some(value));
                    } else if plain.len() <= 2 {
                        numbers.push(value);
                    }
                } else {
                    names.push(bare);
                }
            }
        }
    }
    // From the end: a weekday stands before, and `mar.` is one in French.
    let mut month = names.into_iter().rev().find_map(month_of);
    let mut numbers = numbers.into_iter();
    if month.is_none() && year_is_first {
        return None;
    }
    if month.is_none() {
        // Both as numbers: only where they can't be taken for each other.
        let (first, second) = (numbers.next()?, numbers.next()?);
        (day, month) = match (first, second) {
            (13..=31, 1..=12) => (Some(first), Some(second)),
            (1..=12, 13..=31) => (Some(second), Some(first)),
            (same, other) if same == other => (Some(same), Some(other)),
            _ => return None,
        };
    }
    let day = day.or_else(|| numbers.next())?;
    let year = match year {
        Some(year) => year,
        None => match numbers.next()? {
            short @ 70..=99 => 1900 + short,
            short => 2000 + short,
        },
    };
    let date = date(i32::try_from(year).ok()?, month?, day)?;
    let (time, days) = clock.unwrap_or((Time::MIDNIGHT, 0));
    let time = half.map_or(time, |half| in_half(time, half));
    joined(date, time, days, zone.unwrap_or(Zone::Fixed(UtcOffset::UTC)))
}

fn date(year: i32, month: u32, day: u32) -> Option<Date> {
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()
}

fn joined(date: Date, time: Time, days: i64, zone: Zone) -> Option<OffsetDateTime> {
    let at = date.with_time(time).assume_offset(zone.on(date)).checked_add(Duration::days(days))?;
    at.checked_to_offset(UtcOffset::UTC)
}

/// Whether a word behind a time of day says its zone: `+0200`, `CEST`, `GMT+0200`, `UTC-5`.
fn is_zone(word: &str) -> bool {
    let name = word.split(['+', '-']).next().unwrap_or_default();
    name.len() < word.len() && (name.is_empty() || zone_named(name).is_some())
        || zone_named(word).is_some()
}

/// A time of day, and how many days later: 24:00 is the next day's first moment.
fn clock_time(text: &str) -> Option<(Time, i64)> {
    let with_colons = text.replace('.', ":");
    // Dots that part pairs of digits are colons; another begins a fraction.
    let is_dotted = !text.contains([':', ',']) && text.split('.').all(|part| part.len() <= 2);
    let whole = if is_dotted { &*with_colons } else { text };
    let whole = whole.split(['.', ',']).next().unwrap_or_default();
    let mut parts: Vec<u8> = Vec::new();
    if whole.contains(':') {
        for part in whole.split(':').filter(|part| !part.is_empty()) {
            parts.push(part.parse().ok()?);
        }
    } else {
        let mut rest = whole;
        while let Some((value, after)) = number(rest, 2) {
            parts.push(u8::try_from(value).ok()?);
            rest = after;
        }
    }
    let part = |at: usize| parts.get(at).copied().unwrap_or_default();
    let hour = *parts.first()?;
    // A leap second is the second before.
    let second = part(2).min(59);
    if hour == 24 && part(1) == 0 && second == 0 {
        return Some((Time::MIDNIGHT, 1));
    }
    Some((Time::from_hms(hour, part(1), second).ok()?, 0))
}

/// A zone: `+02:00`, `-0500`, `+2`, `GMT+2`, `CEST`; UTC where it is none that is known.
fn zone_of(text: &str) -> Zone {
    let text = text.trim();
    let utc = Zone::Fixed(UtcOffset::UTC);
    let Some(digits_at) = text.find(['+', '-']) else {
        return zone_named(text).unwrap_or(utc);
    };
    let numbers = &text[digits_at..];
    let sign = if numbers.starts_with('-') { -1 } else { 1 };
    let plain: String = numbers.chars().filter(char::is_ascii_digit).take(4).collect();
    let minutes = plain.parse::<i32>().ok().map(|value| {
        sign * if plain.len() <= 2 { value * 60 } else { value / 100 * 60 + value % 100 }
    });
    let offset = minutes.and_then(|minutes| UtcOffset::from_whole_seconds(minutes * 60).ok());
    offset.map_or(utc, Zone::Fixed)
}

/// The zone of a name, which feeds write in small letters too; one of two letters is then a word.
fn zone_named(name: &str) -> Option<Zone> {
    let known = time_zones::named(name);
    known.or_else(|| time_zones::named(&name.to_ascii_uppercase()).filter(|_| name.len() > 2))
}

/// A month's number by its name in English, else as most languages mean it.
fn month_of(name: &str) -> Option<u32> {
    let name = name.trim_end_matches('.').to_lowercase();
    let number = months::of(&name, Some("en")).filter(|month| !month.persian)?.number;
    (name.chars().count() >= SHORTEST_MONTH).then_some(())?;
    u32::try_from(number).ok()
}

/// The number in the first `count` characters, if they are digits.
fn digits<T: std::str::FromStr>(text: &str, count: usize) -> Option<T> {
    let head = text.get(..count)?;
    head.bytes().all(|b| b.is_ascii_digit()).then(|| head.parse().ok()).flatten()
}

/// The number of up to `most` digits at the start, and what follows.
fn number(text: &str, most: usize) -> Option<(u32, &str)> {
    let length = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let value = text[..length].parse().ok()?;
    Some((value, &text[length..]))
}

#[cfg(test)]
mod tests {
    use time::format_description::well_known::Rfc3339;

    use super::*;

    #[test]
    fn dates_of_every_shape_are_read() {
        for (text, right) in [
            ("Tue, 03 Nov 2026 08:15:00 GMT", "2026-11-03T08:15:00Z"),
            ("Tue, 3 Nov 26 08:15 EST", "2026-11-03T13:15:00Z"),
            ("Tue 03 Nov 2026 08:15:00", "2026-11-03T08:15:00Z"),
            ("03 Nov 2026 08:15:00.250 CET", "2026-11-03T07:15:00Z"),
            ("Tue, 03 Nov 2026 08:15:00 BST", "2026-11-03T07:15:00Z"),
            ("Tue Nov  3 08:15:00 2026", "2026-11-03T08:15:00Z"),
            ("Tue, 03-Nov-2026 08:15:00 +0130", "2026-11-03T06:45:00Z"),
            ("mar., 3 nov. 2026 08:15:00 +0100", "2026-11-03T07:15:00Z"),
            ("Di, 15 Dezember 2026 09:00 MEZ", "2026-12-15T08:00:00Z"),
            ("Tue, 03 Nov 2026 24:00:00 GMT", "2026-11-04T00:00:00Z"),
            ("November 3, 2026 8:15 PM", "2026-11-03T20:15:00Z"),
            ("Tue, 03 Nov 2026 08:15:00 ET", "2026-11-03T13:15:00Z"),
            ("Mon, 03 Aug 2026 08:15:00 PT", "2026-08-03T15:15:00Z"),
            ("Tue, 03 Nov 2026 08:15:00 WIB", "2026-11-03T01:15:00Z"),
            ("3 nov 2026 08:15 cet", "2026-11-03T07:15:00Z"),
            ("2026-11-03T08:15:00", "2026-11-03T08:15:00Z"),
            ("2026-11-03 08:15:00 -0500", "2026-11-03T13:15:00Z"),
            ("2026-11-03T08:15:00.123456+05:30", "2026-11-03T02:45:00Z"),
            ("2026-11-03T08:15Z", "2026-11-03T08:15:00Z"),
            ("20261103T081500Z", "2026-11-03T08:15:00Z"),
            ("2026/11/03", "2026-11-03T00:00:00Z"),
            ("2026-11", "2026-11-01T00:00:00Z"),
            ("23/11/2026 10:00", "2026-11-23T10:00:00Z"),
            ("Tue, 03 Nov 2026 08:15:00 GMT+0200", "2026-11-03T06:15:00Z"),
            (
                "Tue Nov 03 2026 08:15:00 GMT+0200 (Central European Summer Time)",
                "2026-11-03T06:15:00Z",
            ),
            ("Tue, 03 Nov 2026 08:15:00 +0200 (CEST)", "2026-11-03T06:15:00Z"),
            ("Tue, 03 Nov 2026 08:15:00 UTC-5", "2026-11-03T13:15:00Z"),
            ("2026-11-03 08:15:00 PM", "2026-11-03T20:15:00Z"),
            ("2026-11-03 12:15 am +0100", "2026-11-02T23:15:00Z"),
            ("2026-11-03T08.15.00Z", "2026-11-03T08:15:00Z"),
            ("Tue, 03 Nov 2026 08.15.00 +0200", "2026-11-03T06:15:00Z"),
            ("3 Nov 2026 8.15", "2026-11-03T08:15:00Z"),
            ("13.11.2026 10:00", "2026-11-13T10:00:00Z"),
            ("13.11.2026", "2026-11-13T00:00:00Z"),
            ("2026\u{5e74}11\u{6708}3\u{65e5} 10:00", "2026-11-03T10:00:00Z"),
            ("2026\u{5e74}11\u{6708}03\u{65e5}10\u{65f6}05\u{5206}", "2026-11-03T10:05:00Z"),
            ("03/Nov/2026:10:00:00 +0200", "2026-11-03T08:00:00Z"),
        ] {
            let read = moment(text).and_then(|at| at.format(&Rfc3339).ok());
            assert_eq!(read.as_deref(), Some(right), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "yesterday",
            "10/12/2026",
            "10.12.2026",
            "2026-13-01",
            "32 Jan 2026",
            "12:00",
            "Über",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
