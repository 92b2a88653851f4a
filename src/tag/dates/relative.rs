//! Dates that are told from the publication: `yesterday`, `last week`, `three years ago`.

use std::ops::Range;

use time::{Date, Duration};

use super::tense::Tense;
use super::{Found, Reader};

impl Reader<'_> {
    /// `yesterday`, `last week`, `this month`, `next year`, `the day after tomorrow`.
    pub(super) fn relative(&self, at: usize) -> Found {
        let today = self.today?;
        let days = |tokens: Range<usize>, days: i64| {
            Some((tokens, today.checked_add(Duration::days(days))?.to_string()))
        };
        let step = match self.lower(at) {
            "today" | "tonight" => return days(at..at + 1, 0),
            "yesterday" => return days(at..at + 1, -1),
            "tomorrow" => return days(at..at + 1, 1),
            "day" => {
                let first = at - usize::from(self.before(at) == "the");
                return match (self.lower(at + 1), self.lower(at + 2)) {
                    ("before", "yesterday") => days(first..at + 3, -2),
                    ("after", "tomorrow") => days(first..at + 3, 2),
                    _ => None,
                };
            }
            "weekend" => return self.weekend(at),
            word => step(word)?,
        };
        let date = match self.lower(at + 1) {
            "week" => {
                let monday = monday_of(today) + Duration::weeks(step);
                format!("{monday}/{}", monday + Duration::days(6))
            }
            "weekend" => {
                let saturday = monday_of(today) + Duration::days(5) + Duration::weeks(step);
                format!("{saturday}/{}", saturday + Duration::days(1))
            }
            "month" => reduced_month(today, step),
            "quarter" => {
                let quarter = i64::from(today.year()) * 4
                    + i64::from((u8::from(today.month()) - 1) / 3)
                    + step;
                let (year, first) = (quarter.div_euclid(4), quarter.rem_euclid(4) * 3 + 1);
                format!("{year:04}-{first:02}/{year:04}-{:02}", first + 2)
            }
            "year" => format!("{:04}", today.year() + step as i32),
            "decade" => {
                let first = (today.year() / 10 + step as i32) * 10;
                format!("{first:04}/{:04}", first + 9)
            }
            "night" if step < 0 => (today - Duration::days(1)).to_string(),
            "morning" | "afternoon" | "evening" if step == 0 => today.to_string(),
            _ => return None,
        };
        Some((at..at + 2, date))
    }

    /// `at the weekend`: the last one or the next, as the clause says.
    pub(super) fn weekend(&self, at: usize) -> Found {
        let today = self.today?;
        let led = self.before(at) == "the"
            && at > 1
            && matches!(self.lower(at - 2), "at" | "over" | "on" | "during");
        let tense = self.tense(&(at..at + 1)).filter(|_| led)?;
        let saturday = monday_of(today) + Duration::days(5);
        let saturday = match tense {
            Tense::Past if saturday > today => saturday - Duration::weeks(1),
            Tense::Past | Tense::Future => saturday,
        };
        Some((at - 1..at + 1, format!("{saturday}/{}", saturday + Duration::days(1))))
    }

    /// A number of up to 200 in digits or words.
    pub(super) fn count(&self, at: usize) -> Option<i64> {
        Some(match self.lower(at) {
            "a" | "an" => 1,
            digits if digits.starts_with(|c: char| c.is_ascii_digit()) => {
                digits.parse::<i64>().ok().filter(|n| (1..200).contains(n))?
            }
            word => crate::tag::amounts::words::small_number(word)?,
        })
    }

    /// A day, a month or a year some steps away, as exactly as its unit says; unit at a token.
    pub(super) fn away(&self, unit: usize, steps: i64) -> Option<String> {
        let today = self.today?;
        Some(match self.lower(unit).trim_end_matches(['s', '\'', '’']) {
            "day" => today.checked_add(Duration::days(steps))?.to_string(),
            "week" => today.checked_add(Duration::weeks(steps))?.to_string(),
            "fortnight" => today.checked_add(Duration::weeks(2 * steps))?.to_string(),
            "month" => reduced_month(today, steps),
            "year" => format!("{:04}", i64::from(today.year()) + steps),
            "decade" => format!("{:04}~", i64::from(today.year()) + 10 * steps),
            _ => return None,
        })
    }

    /// `three years ago`, `a week ago`, `two months from now`.
    pub(super) fn ago(&self, at: usize) -> Found {
        let count = self.count(at).filter(|_| self.english)?;
        let (steps, end) = match (self.lower(at + 2), self.lower(at + 3)) {
            ("ago", _) => (-count, at + 3),
            ("from", "now") => (count, at + 4),
            _ => return None,
        };
        Some((at..end, self.away(at + 1, steps)?))
    }

    /// `in three weeks`, where the clause speaks of what comes; elsewhere it may say how long
    /// something took.
    pub(super) fn in_time(&self, at: usize) -> Found {
        let count = (self.lower(at) == "in").then(|| self.count(at + 1)).flatten()?;
        let clitic = matches!(self.word(at + 3), "'" | "’" | "'s" | "’s");
        let time = at + 3 + usize::from(clitic);
        let end = if clitic && self.lower(time) == "time" { time + 1 } else { at + 3 };
        let date = self.away(at + 2, count)?;
        let coming = end > at + 3 || self.tense(&(at..end)) == Some(Tense::Future);
        let counts_more = matches!(self.lower(at + 3), "of" | "ago");
        (coming && !counts_more).then_some((at..end, date))
    }
}

pub(super) fn step(lower: &str) -> Option<i64> {
    Some(match lower {
        "last" => -1,
        "this" => 0,
        "next" => 1,
        _ => return None,
    })
}

fn monday_of(date: Date) -> Date {
    date - Duration::days(i64::from(date.weekday().number_days_from_monday()))
}

fn reduced_month(today: Date, step: i64) -> String {
    let months = i64::from(today.year()) * 12 + i64::from(u8::from(today.month())) - 1 + step;
    format!("{:04}-{:02}", months.div_euclid(12), months.rem_euclid(12) + 1)
}
