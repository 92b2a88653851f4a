//! Dates in numbers: ISO 8601, with dots, with slashes. Refuses what is no day of the calendar.

use time::{Date, Month};

use super::kinds::Kind;
use super::{DateReader, Found, date};

impl DateReader<'_> {
    /// `2026-02-01`, written as one token or as five.
    pub(super) fn iso(&self, at: usize) -> Found {
        let written = self.rest(at).get(..10)?;
        let mut parts = written.split('-');
        let mut next = |length: usize| {
            parts.next().filter(|p| p.len() == length).and_then(|p| p.parse::<u16>().ok())
        };
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        let date = date(i32::from(year), month as u8, day as u8)?;
        Some((at..self.end_after(at, 10), date.to_string()))
    }

    /// The three numbers of a date that a mark parts, and their length in bytes.
    pub(super) fn three(&self, at: usize, mark: u8) -> Option<([&str; 3], usize)> {
        let rest = self.rest(at);
        let length = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == mark).take(12).count();
        let written = rest[..length].trim_end_matches(char::from(mark));
        let mut parts = written.split(char::from(mark));
        let numbers = [parts.next()?, parts.next()?, parts.next()?];
        (parts.next().is_none() && numbers.iter().all(|n| !n.is_empty()))
            .then_some((numbers, written.len()))
    }

    /// `01.02.2026`, the day first: with dots no other order is in use.
    pub(super) fn numeric(&self, at: usize) -> Found {
        let ([day, month, year], length) = self.three(at, b'.')?;
        if year.len() != 4 || day.len() > 2 || month.len() > 2 {
            return None;
        }
        let date = date(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
        Some((at..self.end_after(at, length), date.to_string()))
    }

    /// `05/06/2023`: in the order of the publisher's country, else in that of the story's dates, else
    /// the day first; `2023/06/05`.
    pub(super) fn slashed(&self, at: usize) -> Found {
        let ([a, b, c], length) = self.three(at, b'/')?;
        let found = |date: Date| Some((at..self.end_after(at, length), date.to_string()));
        if a.len() == 4 && b.len() <= 2 && c.len() <= 2 {
            return found(date(a.parse().ok()?, b.parse().ok()?, c.parse().ok()?)?);
        }
        if c.len() != 4 || a.len() > 2 || b.len() > 2 {
            return None;
        }
        let year = c.parse().ok()?;
        let (a, b): (u8, u8) = (a.parse().ok()?, b.parse().ok()?);
        let (day_first, month_first) = (date(year, b, a), date(year, a, b));
        found(match (day_first, month_first) {
            (Some(day_first), Some(month_first)) => {
                if self.month_first() {
                    month_first
                } else {
                    day_first
                }
            }
            (one, other) => one.or(other)?,
        })
    }

    /// A day and its month behind a word for a day, or several: `ngày 20/3`, `ngày 20 đến 22/3`.
    pub(super) fn slashed_day(&self, at: usize) -> Found {
        self.today.filter(|_| self.follows(Kind::SlashedLead, at))?;
        let last = self.phrase(Kind::RangeJoint, at + 1).unwrap_or(at);
        let written = self.word(last + 1) == "/" && self.word(last + 3) != "/";
        let short = |at: usize| Some(self.word(at)).filter(|word| word.len() <= 2);
        let day: u8 = short(last).filter(|_| written)?.parse().ok()?;
        let number: u8 = short(last + 2)?.parse().ok()?;
        date(2024, number, day)?;
        let tokens = at..last + 3;
        let month = Month::try_from(number).ok()?;
        let year = match last == at {
            true => self.year_of(month, day, &tokens),
            false => self.year_of_range(month, day, &tokens),
        };
        let day_of = |day: u8| match year {
            Some(year) => Some(date(year, number, day)?.to_string()),
            None => Some(format!("--{number:02}-{day:02}")),
        };
        if last == at {
            return Some((tokens, day_of(day)?));
        }
        let first: u8 = short(at)?.parse().ok().filter(|first| (1..day).contains(first))?;
        Some((tokens, format!("{}/{}", day_of(first)?, day_of(day)?)))
    }

    /// Whether this publisher writes the month before the day.
    fn month_first(&self) -> bool {
        match self.home {
            Some(country) => country == *b"US",
            None => *self.month_first.get_or_init(|| self.months_lead()),
        }
    }

    /// Whether more of the story's months stand before their day than behind it.
    fn months_lead(&self) -> bool {
        let months = (0..self.text.tokens.len()).filter(|&i| self.month(i).is_some());
        let balance: i32 = months
            .map(|i| {
                let before = i.checked_sub(1).is_some_and(|i| self.day(i).is_some());
                i32::from(self.day(i + 1).is_some()) - i32::from(before)
            })
            .sum();
        balance > 0
    }
}
