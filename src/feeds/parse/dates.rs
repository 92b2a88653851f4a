//! Dates as feeds write them: RFC 822 and what passes for it, ISO 8601 and what passes for it, C's
//! `asctime`, months in any language.
//!
//! A time without a zone is taken for UTC, as other readers do; of a time in a zone that is not known only the day
//! counts. All numbers, such as 10/12/2026 or 26-11-15, are read only where they can mean one day alone. Where day and
//! month are numbers a name is a weekday: `mar` is Tuesday to half of Europe.

mod zone_words;

use std::borrow::Cow;

use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, Month, OffsetDateTime, Time, UtcOffset};

use crate::months;
use crate::time_zones::Zone;
use zone_words::ZoneWords;

/// Longest text that is looked at, in bytes.
const LONGEST: usize = 100;

/// Shortest form of a month's name that is known by its beginning alone, in characters.
const SHORTEST_MONTH: usize = 3;

/// March, and Tuesday in French, Spanish, Italian and Romanian.
const TUESDAY: &str = "mar";

/// A date of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FeedDate {
    /// The moment; where only the day is said, one of that day in UTC.
    pub at: OffsetDateTime,
    /// Only the day is said.
    pub is_day: bool,
}

impl FeedDate {
    /// In ISO 8601, as precise as it is.
    pub(super) fn text(self) -> Option<String> {
        let text = self.at.format(&Rfc3339).ok()?;
        if self.is_day { text.get(..10).map(str::to_owned) } else { Some(text) }
    }
}

/// Reads a date; `None` for what is none.
pub(super) fn read(text: &str) -> Option<FeedDate> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let text = &*plain_signs(text);
    iso(text).or_else(|| worded(text))
}

/// Reads a moment; `None` for what is no date.
pub(super) fn moment(text: &str) -> Option<OffsetDateTime> {
    read(text).map(|date| date.at)
}

/// Halves of the day, as they are written beside AM and PM.
const HALVES: [(&str, &str); 16] = [
    ("a.m.", " am "),
    ("p.m.", " pm "),
    ("A.M.", " am "),
    ("P.M.", " pm "),
    ("a. m.", " am "),
    ("p. m.", " pm "),
    ("A. M.", " am "),
    ("P. M.", " pm "),
    ("a.m", " am "),
    ("p.m", " pm "),
    ("\u{5348}\u{524d}", " am "),
    ("\u{5348}\u{5f8c}", " pm "),
    ("\u{4e0a}\u{5348}", " am "),
    ("\u{4e0b}\u{5348}", " pm "),
    ("\u{c624}\u{c804}", " am "),
    ("\u{c624}\u{d6c4}", " pm "),
];

/// The characters for year, month and day, hour and minute of East Asia as the signs that others write, and the
/// colon of a server's log between day and hour as a blank: `12/Oct/2026:10:00:00`. Halves of the day are AM and PM,
/// and what stands for the sign of a zone is that sign.
fn plain_signs(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for (half, plain) in HALVES {
        if text.contains(half) {
            text = Cow::Owned(text.replace(half, plain));
        }
    }
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
        text = Cow::Owned(out);
    }
    if let Some((date, clock)) = text.split_once(':')
        && date.matches('/').count() == 2
        && date.len() <= 11
    {
        text = Cow::Owned(format!("{date} {clock}"));
    }
    with_zone_sign(text)
}

/// A minus sign or a dash before an offset, or a sign that a blank parts from it, as the plain sign.
fn with_zone_sign(text: Cow<'_, str>) -> Cow<'_, str> {
    let text =
        if text.contains('\u{2212}') { Cow::Owned(text.replace('\u{2212}', "-")) } else { text };
    let signs = [" \u{2013}", " - ", " + "];
    let found = signs.iter().find_map(|sign| Some((text.find(sign)?, *sign)));
    let Some((at, sign)) = found else { return text };
    let offset = &text[at + sign.len()..];
    let is_offset = digits::<u32>(offset, 4).is_some_and(|value| value <= 1400)
        && !offset[4..].starts_with(|c: char| c.is_alphanumeric() || c == ':');
    if !is_offset {
        return text;
    }
    let plain = if sign.contains('+') { '+' } else { '-' };
    Cow::Owned(format!("{} {plain}{offset}", &text[..at]))
}

/// `2026-10-12T10:00:00.5+02:00`, with a blank for the `T`, without seconds, time, zone.
fn iso(text: &str) -> Option<FeedDate> {
    let year: i32 = digits(text, 4)?;
    let rest = &text[4..];
    let compact = digits::<u32>(rest, 4).is_some();
    let (month, rest) = number(apart(rest), 2)?;
    let (day, rest) = number(if compact { rest } else { apart(rest) }, 2)?;
    let date = date(year, month, day)?;
    let rest = rest.trim_start_matches(['T', 't', ' ', ',', '.']).trim_start();
    if rest.is_empty() {
        return Some(FeedDate { at: date.midnight().assume_utc(), is_day: true });
    }
    let before = rest.get(..2).filter(|half| is_half(half));
    let rest = before.map_or(rest, |half| rest[half.len()..].trim_start());
    let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ',')));
    let (clock, zone) = rest.split_at(end.unwrap_or(rest.len()));
    let (time, days) = clock_time(clock)?;
    let zone = zone.trim();
    let half = before.or_else(|| zone.get(..2).filter(|half| is_half(half)));
    let zone = if before.is_some() { zone } else { half.map_or(zone, |half| &zone[half.len()..]) };
    let mut zones = ZoneWords::default();
    for word in words(zone) {
        zones.take(word);
    }
    joined(date, half.map_or(time, |half| in_half(time, half)), days, &zones)
}

/// A text behind the sign that parts it from what stands before.
fn apart(text: &str) -> &str {
    text.strip_prefix(['-', '/', '.']).unwrap_or(text).trim_start()
}

/// The words of a date.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '[' | ']');
    text.split(is_between).filter(|word| !word.is_empty())
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
/// and its year, or before AM or PM.
fn is_clock(word: &str, has_date: bool) -> bool {
    let bare = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let has_date = has_date || is_half(&word[bare.len()..]);
    let mut parts = if is_half(&word[bare.len()..]) { bare } else { word }.split('.');
    let two =
        |part: Option<&str>| part.is_some_and(|part| part.len() <= 2 && part.parse::<u8>().is_ok());
    let with_dots = has_date && two(parts.next()) && two(parts.next()) && {
        let third = parts.next();
        // A fourth is the fraction of a second.
        (third.is_none() || two(third)) && parts.nth(1).is_none()
    };
    with_dots || word.contains(':') && word.starts_with(|c: char| c.is_ascii_digit())
}

/// The hour of a word such as `3pm`, `10h` or `10h30`, its minute, and its half of the day.
fn hour_word(word: &str) -> Option<(Time, Option<&str>)> {
    let (hour, rest) = number(word, 2)?;
    let hour = u8::try_from(hour).ok()?;
    if is_half(rest) {
        return Some((Time::from_hms(hour, 0, 0).ok().filter(|_| hour <= 12)?, Some(rest)));
    }
    // `15u15` is Dutch.
    let minute = rest.strip_prefix(['h', 'H', 'u'])?;
    let minute =
        if minute.is_empty() { 0 } else { digits(minute, 2).filter(|_| minute.len() == 2)? };
    Some((Time::from_hms(hour, minute, 0).ok()?, None))
}

/// What the words of a date say.
#[derive(Default)]
struct Parts<'a> {
    year: Option<u32>,
    /// Numbers of one or two digits, without those of the clock.
    numbers: Vec<u32>,
    /// The first two numbers come from one word, such as `24.11.2026`.
    are_joined: bool,
    names: Vec<&'a str>,
    clock: Option<(Time, i64)>,
    half: Option<&'a str>,
    zones: ZoneWords,
}

/// `Mon, 12 Oct 2026 10:00:00 +0200` with its parts in any order.
fn worded(text: &str) -> Option<FeedDate> {
    let parts = Parts::of(text)?;
    let year_is_first = digits::<u32>(text, 4).is_some();
    let date = parts.date(year_is_first)?;
    let Some((time, days)) = parts.clock else {
        return Some(FeedDate { at: date.midnight().assume_utc(), is_day: true });
    };
    let time = parts.half.map_or(time, |half| in_half(time, half));
    joined(date, time, days, &parts.zones)
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut parts = Self::default();
        let mut before = "";
        for word in words(text) {
            parts.word(word, before)?;
            before = word;
        }
        Some(parts)
    }

    fn word(&mut self, word: &'a str, before: &str) -> Option<()> {
        let has_day = !self.numbers.is_empty() && !self.names.is_empty();
        if self.clock.is_none() && is_clock(word, self.year.is_some() || has_day) {
            let end = word.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.')));
            let (head, tail) = word.split_at(end.unwrap_or(word.len()));
            self.clock = Some(clock_time(head)?);
            if is_half(tail) {
                self.half = Some(tail);
            } else if !tail.is_empty() {
                self.zones.take(tail);
            }
        } else if let (None, Some((time, half))) = (self.clock, hour_word(word)) {
            self.clock = Some((time, 0));
            self.half = self.half.or(half);
        } else if is_half(word) || word.eq_ignore_ascii_case("h") {
            if is_half(word) {
                self.half = Some(word);
            }
            // `3 PM`, `10 h 30`: the number before is the hour.
            let hour = before.parse().ok().and_then(|hour| Time::from_hms(hour, 0, 0).ok());
            if let (None, Some(hour)) = (self.clock, hour.filter(|_| before.len() <= 2)) {
                self.numbers.pop();
                self.clock = Some((hour, 0));
            }
        } else if let (true, Some((hour, days)), Ok(minute)) =
            (before.eq_ignore_ascii_case("h"), self.clock, word.parse::<u8>())
        {
            self.clock = Some((hour.replace_minute(minute).ok()?, days));
        } else if self.clock.is_none() || !self.zones.take(word) {
            self.day_word(word)?;
        }
        Some(())
    }

    /// A day, a month, a year, or several of them.
    fn day_word(&mut self, word: &'a str) -> Option<()> {
        let count = self.numbers.len();
        for part in word.split(['-', '/', '.']).filter(|part| !part.is_empty()) {
            let bare = part.trim_end_matches(['.', '\u{ba}']);
            let plain: String = bare.chars().take_while(char::is_ascii_digit).collect();
            match plain.parse::<u32>() {
                Ok(value) if plain.len() == 4 => {
                    // Two years are no date, but a span.
                    if self.year.is_some_and(|year| year != value) {
                        return None;
                    }
                    self.year = Some(value);
                }
                Ok(value) if plain.len() <= 2 => self.numbers.push(value),
                Ok(_) => {}
                Err(_) => self.names.push(bare),
            }
        }
        self.are_joined |= count == 0 && self.numbers.len() > 1;
        Some(())
    }

    fn date(&self, year_is_first: bool) -> Option<Date> {
        let named = |name: &&str| Some((month_of(name)?, name.eq_ignore_ascii_case(TUESDAY)));
        let mut months: Vec<(u32, bool)> = self.names.iter().filter_map(named).collect();
        let beside_month = if self.year.is_some() { 1 } else { 2 };
        if self.numbers.len() > beside_month && self.are_joined {
            months.clear();
        }
        if months.iter().any(|(_, is_tuesday)| !is_tuesday) {
            months.retain(|(_, is_tuesday)| !is_tuesday);
        }
        // From the end: a weekday stands before.
        let Some((month, _)) = months.pop() else {
            return if year_is_first { None } else { of_numbers(&self.numbers, self.year) };
        };
        let mut numbers = self.numbers.iter().copied();
        let (day, year) = match self.year {
            Some(year) if numbers.len() == 1 => (numbers.next()?, year),
            None if numbers.len() == 2 => (numbers.next()?, century(numbers.next()?)),
            _ => return None,
        };
        date(i32::try_from(year).ok()?, month, day)
    }
}

/// The year of two digits.
fn century(short: u32) -> u32 {
    if short >= 70 { 1900 + short } else { 2000 + short }
}

/// A day whose month is a number too: only where the numbers can't be taken for another day.
fn of_numbers(numbers: &[u32], year: Option<u32>) -> Option<Date> {
    let of = |year: u32, month, day| date(i32::try_from(year).ok()?, month, day);
    let (&first, &second) = (numbers.first()?, numbers.get(1)?);
    let third = numbers.get(2).copied();
    let last = year.or_else(|| third.map(century))?;
    let year_first =
        || third.filter(|_| year.is_none()).and_then(|day| of(century(first), second, day));
    let readings = [of(last, second, first), of(last, first, second), year_first()];
    let mut readings = readings.into_iter().flatten();
    let one = readings.next()?;
    readings.all(|other| other == one).then_some(one)
}

fn date(year: i32, month: u32, day: u32) -> Option<Date> {
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()
}

fn joined(date: Date, time: Time, days: i64, zones: &ZoneWords) -> Option<FeedDate> {
    let zone = zones.zone.unwrap_or(Zone::Fixed(UtcOffset::UTC));
    let at = date.with_time(time).assume_offset(zone.on(date)).checked_add(Duration::days(days))?;
    let is_day = zones.zone.is_none() && zones.is_unknown;
    Some(FeedDate { at: at.checked_to_offset(UtcOffset::UTC)?, is_day })
}

/// A time of day, and how many days later: 24:00 is the next day's first moment.
fn clock_time(text: &str) -> Option<(Time, i64)> {
    let with_colons = text.replace('.', ":");
    // Dots that part pairs of digits are colons; another begins a fraction.
    let is_dotted =
        !text.contains([':', ',']) && text.split('.').take(3).all(|part| part.len() <= 2);
    let whole = if is_dotted { &*with_colons } else { text };
    let whole = whole.split(['.', ',']).next().unwrap_or_default();
    let mut parts: Vec<u8> = Vec::new();
    if whole.contains(':') {
        for part in whole.split(':').filter(|part| !part.is_empty()).take(3) {
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

    fn said(text: &str) -> Option<String> {
        read(text).and_then(FeedDate::text)
    }

    #[test]
    fn weekday_beside_a_numeric_date_is_no_month() {
        for (text, right) in [
            ("Mar, 13/10/2026 10:00", Some("2026-10-13T10:00:00Z")),
            ("mar 03/11/2026", None),
            ("Mar 24.11.2026 12:00", Some("2026-11-24T12:00:00Z")),
            ("dom, 15/11/2026 09:30", Some("2026-11-15T09:30:00Z")),
            ("mar. 3 nov. 2026", Some("2026-11-03")),
            ("Sat, 14 Mar 2026 10:00", Some("2026-03-14T10:00:00Z")),
            ("mar 03/11/26", None),
            ("3 nov. 2026 mar.", Some("2026-11-03")),
        ] {
            assert_eq!(said(text).as_deref(), right, "{text}");
        }
    }

    #[test]
    fn hours_of_every_shape_are_read() {
        for (text, right) in [
            ("November 3, 2026 8:15 p.m.", "2026-11-03T20:15:00Z"),
            ("Nov. 3, 2026, 8:15 p.m. EST", "2026-11-04T01:15:00Z"),
            ("3 nov 2026 8:15 p. m.", "2026-11-03T20:15:00Z"),
            ("3 Nov 2026 8:15 P.M.", "2026-11-03T20:15:00Z"),
            ("2026-11-03 08:15 p.m.", "2026-11-03T20:15:00Z"),
            ("3 November 2026 3pm", "2026-11-03T15:00:00Z"),
            ("Tuesday 3rd November 2026 at 3.15pm", "2026-11-03T15:15:00Z"),
            ("3 nov 2026 15u15", "2026-11-03T15:15:00Z"),
            ("Nov 3, 2026 3 PM", "2026-11-03T15:00:00Z"),
            ("Nov 3, 2026 12 a.m. ET", "2026-11-03T05:00:00Z"),
            ("27 novembre 2026 \u{e0} 10h30", "2026-11-27T10:30:00Z"),
            ("27 novembre 2026 10 h 30", "2026-11-27T10:30:00Z"),
            ("27 Nov 2026 kl. 10.30", "2026-11-27T10:30:00Z"),
            ("27. November 2026, 10.30 Uhr", "2026-11-27T10:30:00Z"),
            ("27-Nov-26 09.05.07.123000 PM", "2026-11-27T21:05:07Z"),
            ("Nov 27 2026 9:05:07:999AM", "2026-11-27T09:05:07Z"),
            (
                "2026\u{5e74}11\u{6708}15\u{65e5} \u{5348}\u{5f8c}3\u{6642}15\u{5206}",
                "2026-11-15T15:15:00Z",
            ),
            ("2026-11-15 \u{4e0b}\u{5348} 3:15", "2026-11-15T15:15:00Z"),
            ("2026. 11. 15. \u{c624}\u{d6c4} 3:15", "2026-11-15T15:15:00Z"),
        ] {
            assert_eq!(said(text).as_deref(), Some(right), "{text}");
        }
    }

    #[test]
    fn zones_of_every_shape_are_read() {
        for (zone, right) in [
            ("GMT -5", "11:00:00Z"),
            ("GMT -05:00", "11:00:00Z"),
            ("UTC +2", "04:00:00Z"),
            ("- 0500", "11:00:00Z"),
            ("\u{2212}0500", "11:00:00Z"),
            ("\u{2013}0500", "11:00:00Z"),
            ("(CET)", "05:00:00Z"),
            ("EST5EDT", "11:00:00Z"),
            ("+05.30", "00:30:00Z"),
            ("+530", "00:30:00Z"),
            ("GMT+01:00", "05:00:00Z"),
            ("+01:00[Europe/Berlin]", "05:00:00Z"),
            ("+0100 (IST)", "05:00:00Z"),
            ("+0000Z", "06:00:00Z"),
            ("Eastern", "11:00:00Z"),
            ("Pacific Standard Time", "14:00:00Z"),
            ("+0100 (Central European Time)", "05:00:00Z"),
        ] {
            for text in
                [format!("Fri, 27 Nov 2026 06:00:00 {zone}"), format!("2026-11-27T06:00:00 {zone}")]
            {
                assert_eq!(said(&text), Some(format!("2026-11-27T{right}")), "{text}");
            }
        }
    }

    #[test]
    fn time_in_an_unknown_zone_is_a_day() {
        for zone in [
            "IST",
            "ist",
            "XYZ",
            "A",
            "Asia/Tokyo",
            "[Europe/Berlin]",
            "+14000",
            "+19:00",
            "-1300",
            "ZZ",
            "0500",
            "Central European Time",
            "India Standard Time",
        ] {
            for text in
                [format!("Fri, 27 Nov 2026 06:00:00 {zone}"), format!("2026-11-27T06:00:00 {zone}")]
            {
                assert_eq!(said(&text).as_deref(), Some("2026-11-27"), "{text}");
            }
        }
    }

    #[test]
    fn day_alone_stays_a_day() {
        for (text, right) in [
            ("Tue, 03 Nov 2026", "2026-11-03"),
            ("2026-11-03", "2026-11-03"),
            ("20261103", "2026-11-03"),
            ("13.11.2026", "2026-11-13"),
            ("11-15-26", "2026-11-15"),
            ("the 27th of November 2026", "2026-11-27"),
            ("2026-11-03T00:00:00Z", "2026-11-03T00:00:00Z"),
        ] {
            assert_eq!(said(text).as_deref(), Some(right), "{text}");
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
            "2026",
            "2026-11",
            "Nov 2026",
            "26-11-15 10:00:00",
            "26/11/15",
            "26.11.15 10:00",
            "26\u{5e74}11\u{6708}15\u{65e5} 10:00",
            "1 Dec 2025 - 27 Nov 2026",
            "1 Dec - 27 Nov 2026",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
