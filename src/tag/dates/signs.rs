//! Dates whose numbers have a sign behind them: `2008年8月8日`, `8月8日～10日`, `2008년 8월`, `8日`.
//!
//! A month without a year is the nearest one, where that is no more than a season away. A day alone is the nearest of
//! that number, where what stands behind it says that it is a date (`day-behind`). Refuses counts of years, months and
//! days (`3日間`), which have the same signs, and months of a range that has no year.

use std::ops::Range;

use time::{Date, Duration, Month};

use super::kinds::{Kind, Tense};
use super::month_names::nearest_year;
use super::years::YEARS;
use super::{DateReader, Found, date};

/// Farthest that a month without a year may be from the publication, in days from the middle of the month.
const SEASON: i64 = 105;
/// Farthest that a day without a month may be, in days.
const NEAR: i64 = 16;
/// Farthest that it may be in another month.
const WEEK: i64 = 7;
/// Most digits of a number.
const DIGITS: usize = 4;

/// A date as far as it is written.
#[derive(Clone, Copy, Debug, Default)]
struct Point {
    year: Option<i32>,
    month: Option<Month>,
    day: Option<u8>,
    /// Bytes of its numbers and signs.
    length: usize,
}

/// A number with its sign at the beginning of a text.
struct Signed {
    number: i32,
    digits: usize,
    /// Bytes of both.
    length: usize,
}

impl DateReader<'_> {
    /// A date or a range by its signs, in a language that writes them.
    pub(super) fn signed(&self, at: usize) -> Found {
        self.words.filter(|words| words.has_signs)?;
        let text = self.rest(at);
        if let Some((length, range)) = self.signed_range(text) {
            return Some((self.tokens_of(at, length), range));
        }
        if let Some((length, decade)) = self.signed_decade(text) {
            return Some((self.tokens_of(at, length), decade));
        }
        let Some(point) = self.point(text) else {
            let (length, day) = self.signed_day(text)?;
            return Some((self.tokens_of(at, length), day));
        };
        let bare = point.year.is_none() && point.day.is_none();
        let in_range = || self.joint_sign(&text[point.length..]).is_some() || self.ends_range(at);
        if bare && in_range() {
            return None;
        }
        let start = self.text.tokens[at].start as usize;
        let tense = || self.sign_tense(start, point.length);
        Some((self.tokens_of(at, point.length), self.written(point, tense)?))
    }

    /// A month with its sign behind words for a year: `昨年8月`; and the bytes of both.
    pub(super) fn signed_month_of(&self, at: usize, year: i32) -> Option<(usize, String)> {
        self.words.filter(|words| words.has_signs)?;
        let point = self.point(self.rest(at)).filter(|point| point.year.is_none())?;
        Some((point.length, self.written(Point { year: Some(year), ..point }, || None)?))
    }

    /// The tokens that some bytes from a token on are in: an ending may be written with the sign.
    fn tokens_of(&self, at: usize, length: usize) -> Range<usize> {
        let tokens = &self.text.tokens;
        let end = tokens[at].start as usize + length;
        at..tokens.partition_point(|token| (token.start as usize) < end)
    }

    /// A year, a month or both, with a day behind a month.
    fn point(&self, text: &str) -> Option<Point> {
        let mut point = Point::default();
        if let Some(year) = self.part(Kind::YearSign, text) {
            let is_date = year.digits == DIGITS
                && YEARS.contains(&year.number)
                && [Kind::YearCount, Kind::DecadeSign]
                    .iter()
                    .all(|kind| self.sign(*kind, &text[year.length..]).is_none());
            if !is_date {
                return None;
            }
            point = Point { year: Some(year.number), length: year.length, ..point };
        }
        let start = point.length + blank(&text[point.length..]);
        let month = self.part(Kind::MonthSign, &text[start..]);
        let named = |month: &Signed| Month::try_from(u8::try_from(month.number).ok()?).ok();
        let Some((month, name)) = month.and_then(|month| Some((named(&month)?, month))) else {
            return point.year.is_some().then_some(point);
        };
        let end = start + name.length;
        let next = end + blank(&text[end..]);
        if let Some(day) = self.part(Kind::DaySign, &text[next..]) {
            let day_number = u8::try_from(day.number).ok();
            return Some(Point {
                month: Some(month),
                day: day_number,
                length: next + day.length,
                ..point
            });
        }
        if self.sign(Kind::MonthCount, &text[end..]).is_some() {
            return point.year.is_some().then_some(point);
        }
        Some(Point { month: Some(month), length: end, ..point })
    }

    /// A date as ISO 8601 has it; `None` where it is none, or where its year cannot be told.
    fn written(&self, point: Point, tense: impl FnOnce() -> Option<Tense>) -> Option<String> {
        let Some(month) = point.month else { return Some(format!("{:04}", point.year?)) };
        let number = u8::from(month);
        let Some(day) = point.day else {
            let year = point.year.or_else(|| self.year_of_season(month))?;
            return Some(format!("{year:04}-{number:02}"));
        };
        let year = point.year.or_else(|| self.year_in(month, day, tense, |_| false));
        match year {
            Some(year) => Some(date(year, number, day)?.to_string()),
            None => date(2024, number, day).map(|_| format!("--{number:02}-{day:02}")),
        }
    }

    /// The year of a month that is near the publication.
    fn year_of_season(&self, month: Month) -> Option<i32> {
        let today = self.today?;
        let year = nearest_year(month, 15, today);
        let middle = date(year, month.into(), 15)?;
        ((middle - today).whole_days().abs() <= SEASON).then_some(year)
    }

    /// `1980年代`; of a round hundred it may be the century, which is none.
    fn signed_decade(&self, text: &str) -> Option<(usize, String)> {
        let year = self.part(Kind::YearSign, text).filter(|year| year.digits == DIGITS)?;
        let sign = self.sign(Kind::DecadeSign, &text[year.length..])?;
        let is_decade = year.number % 10 == 0 && year.number % 100 != 0;
        let decade = format!("{:04}/{:04}", year.number, year.number + 9);
        is_decade.then_some((year.length + sign, decade))
    }

    /// `8月8日から10日`, `2008年8月～9月`, `1998～2004年`: both ends go as far as each other.
    fn signed_range(&self, text: &str) -> Option<(usize, String)> {
        let first = self.point(text).or_else(|| {
            let (number, digits, length) = number(text)?;
            let is_year = digits == DIGITS && YEARS.contains(&number);
            is_year.then_some(Point { year: Some(number), length, ..Point::default() })
        })?;
        let start = first.length + self.joint_sign(&text[first.length..])?;
        let behind = &text[start..];
        let day = || {
            let day = self.part(Kind::DaySign, behind).filter(|_| first.day.is_some())?;
            let number = u8::try_from(day.number).ok()?;
            Some(Point {
                month: first.month,
                day: Some(number),
                length: day.length,
                ..Point::default()
            })
        };
        let last = self.point(behind).or_else(day)?;
        let same = first.month.is_some() == last.month.is_some()
            && first.day.is_some() == last.day.is_some();
        if !same {
            return None;
        }
        let key = |point: &Point| (point.month.map_or(0, u8::from), point.day.unwrap_or_default());
        let turns = i32::from(key(&first) > key(&last));
        let known = match (first.year, last.year) {
            (Some(from), Some(until)) => Some((from, until)),
            (Some(from), None) => Some((from, from + turns)),
            (None, Some(until)) => Some((until - turns, until)),
            // Both days of one month's end and the next one's beginning are near.
            (None, None) => match (first.month, first.day, self.today) {
                (Some(month), Some(day), Some(today)) => {
                    let year = nearest_year(month, day, today);
                    Some((year, year + turns))
                }
                _ => None,
            },
        };
        let (from, until) = known?;
        let of = |point, year| self.written(Point { year: Some(year), ..point }, || None);
        let range = format!("{}/{}", of(first, from)?, of(last, until)?);
        Some((start + last.length, range))
    }

    /// The bytes of what joins the ends of a range.
    fn joint_sign(&self, text: &str) -> Option<usize> {
        let start = blank(text);
        let length = start + self.sign(Kind::RangeJoint, &text[start..])?;
        Some(length + blank(&text[length..]))
    }

    /// Whether the joint of a range stands before a token.
    fn ends_range(&self, at: usize) -> bool {
        let before = self.text.text[..self.text.tokens[at].start as usize].trim_end();
        self.words.is_some_and(|words| words.ends_with(Kind::RangeJoint, before))
    }

    /// A day alone: `8日、`. The first is left out: `1日` is as often one day.
    fn signed_day(&self, text: &str) -> Option<(usize, String)> {
        let today = self.today?;
        let signed = self.part(Kind::BareDaySign, text).filter(|signed| signed.number > 1)?;
        let behind = &text[signed.length..];
        self.sign(Kind::DayBehind, &behind[blank(behind)..])?;
        let day = u8::try_from(signed.number).ok()?;
        let months = [today - Duration::days(i64::from(today.day())), today, next_month(today)?];
        let nearest = months
            .into_iter()
            .filter_map(|month| month.replace_day(day).ok())
            .min_by_key(|date| (*date - today).whole_days().abs())?;
        // Farther away than a week, a day is one of this month.
        let days = (nearest - today).whole_days().abs();
        let meant = if days <= WEEK { nearest } else { today.replace_day(day).ok()? };
        let is_near = (meant - today).whole_days().abs() <= NEAR;
        is_near.then(|| (signed.length, meant.to_string()))
    }

    /// A number and the sign of a kind behind it, a blank between them or none.
    fn part(&self, kind: Kind, text: &str) -> Option<Signed> {
        let (number, digits, length) = number(text)?;
        let length = length + blank(&text[length..]);
        let length = length + self.sign(kind, &text[length..])?;
        Some(Signed { number, digits, length })
    }

    /// The bytes of a sign or a phrase of a kind that a text begins with, whatever follows.
    fn sign(&self, kind: Kind, text: &str) -> Option<usize> {
        self.words?.sign(kind, text)
    }
}

/// The number that a text begins with, its digits and its bytes; `None` for more than four digits.
fn number(text: &str) -> Option<(i32, usize, usize)> {
    let (mut number, mut digits, mut length) = (0, 0, 0);
    for c in text.chars() {
        let Some(digit) = digit(c) else { break };
        number = number * 10 + digit;
        digits += 1;
        length += c.len_utf8();
        if digits > DIGITS {
            return None;
        }
    }
    (digits > 0).then_some((number, digits, length))
}

/// A digit, of full width or not.
pub(super) fn digit(c: char) -> Option<i32> {
    match c {
        '0'..='9' => Some(c as i32 - '0' as i32),
        '０'..='９' => Some(c as i32 - '０' as i32),
        _ => None,
    }
}

/// The bytes of a blank that a text begins with.
fn blank(text: &str) -> usize {
    let first = text.chars().next().filter(|c| matches!(c, ' ' | '\u{a0}' | '\u{3000}'));
    first.map_or(0, char::len_utf8)
}

/// A day of the month that follows a day's.
fn next_month(day: Date) -> Option<Date> {
    day.replace_day(1).ok()?.checked_add(Duration::days(32))
}
