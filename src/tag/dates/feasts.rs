//! Feasts: fixed days of the year, days counted from Easter, and the n-th weekday of a month.

use time::{Date, Duration, Month, Weekday};

use super::kinds::{Kind, Tense};
use super::month_names::nearest_year;
use super::words::starts_with;
use super::{DateReader, Found};

impl DateReader<'_> {
    /// `Christmas Day`, `Good Friday 2024`, `last Easter`.
    pub(super) fn feast(&self, at: usize) -> Found {
        let small = self.words.is_some_and(|words| words.feasts_are_small);
        if !small && !self.word(at).starts_with(char::is_uppercase) {
            return None;
        }
        let rest = self.rest(at);
        let (length, rule) = self.words?.feasts.iter().find_map(|(name, rule)| {
            let length = starts_with(rest, name)?;
            Some((length, self.rule_for_home(rule)?))
        })?;
        let end = self.end_after(at, length);
        // `Good Friday Agreement`
        if self.word(end).starts_with(char::is_uppercase) && self.is(Kind::NotWeekdayBehind, end) {
            return None;
        }
        let (year, end) = self.year_behind(end + usize::from(self.is(Kind::InTimeByTense, end)));
        let end = if year.is_none() { self.end_after(at, length) } else { end };
        let step = at.checked_sub(1).and_then(|before| self.step(before));
        let year = match (year, step.map(|(step, _)| step)) {
            (Some(year), _) => year,
            (None, Some(step)) => {
                let today = self.today?;
                let year = today.year();
                let this = feast(rule, year)?;
                match step {
                    -1 if this >= today => year - 1,
                    1 if this <= today => year + 1,
                    _ => year,
                }
            }
            (None, None) => {
                let today = self.today?;
                let around = feast(rule, today.year())?;
                let year = nearest_year(around.month(), around.day(), today);
                let near = feast(rule, year)?;
                let moves = |out: bool| self.has_full_tense() || out;
                match self.tense(&(at..end)) {
                    Some(Tense::Past) if near > today && moves(near.year() > today.year()) => {
                        year - 1
                    }
                    Some(Tense::Future) if near < today && moves(near.year() < today.year()) => {
                        year + 1
                    }
                    _ => year,
                }
            }
        };
        Some((at..end, feast(rule, year)?.to_string()))
    }

    /// The rule of a feast for this publisher, its country taken off.
    fn rule_for_home<'r>(&self, rule: &'r str) -> Option<&'r str> {
        match rule.split_once(':') {
            None => Some(rule),
            Some((country, rule)) => {
                let at_home = self.home.is_none_or(|home| home == country.as_bytes());
                at_home.then_some(rule)
            }
        }
    }
}

/// The day of a feast in a year by its rule in `feasts.txt`; `None` for a bad rule.
fn feast(rule: &str, year: i32) -> Option<Date> {
    if let Some(days) = rule.strip_prefix("easter") {
        return easter(year)?.checked_add(Duration::days(days.parse().ok()?));
    }
    if let Some((month, day)) = rule.split_once('-').filter(|(month, _)| month.len() == 2) {
        return super::date(year, month.parse().ok()?, day.parse().ok()?);
    }
    let (rule, more) = rule.split_once('+').unwrap_or((rule, "0"));
    let mut parts = rule.split('/');
    let month = Month::try_from(parts.next()?.parse::<u8>().ok()?).ok()?;
    let weekday = Weekday::Monday.nth_next(parts.next()?.parse::<u8>().ok()?.checked_sub(1)?);
    let n: i64 = parts.next()?.parse().ok()?;
    let days = if n < 0 {
        let last = Date::from_calendar_date(year, month, month.length(year)).ok()?;
        let back = i64::from(last.weekday().number_days_from_monday()) + 7
            - i64::from(weekday.number_days_from_monday());
        last - Duration::days(back % 7)
    } else {
        let first = Date::from_calendar_date(year, month, 1).ok()?;
        let ahead = i64::from(weekday.number_days_from_monday()) + 7
            - i64::from(first.weekday().number_days_from_monday());
        first + Duration::days(ahead % 7 + 7 * (n - 1))
    };
    days.checked_add(Duration::days(more.parse().ok()?))
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876).
fn easter(year: i32) -> Option<Date> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let sum = h + l - 7 * m + 114;
    super::date(year, u8::try_from(sum / 31).ok()?, u8::try_from(sum % 31 + 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computes_movable_feasts() {
        for (rule, year, day) in [
            ("easter+0", 2024, "2024-03-31"),
            ("easter+0", 2025, "2025-04-20"),
            ("easter-2", 2026, "2026-04-03"),
            ("easter+50", 2023, "2023-05-29"),
            ("11/4/4", 2024, "2024-11-28"),
            ("11/4/4+1", 2024, "2024-11-29"),
            ("05/1/-1", 2025, "2025-05-26"),
            ("12-25", 2025, "2025-12-25"),
        ] {
            assert_eq!(feast(rule, year).map(|d| d.to_string()).as_deref(), Some(day), "{rule}");
        }
    }
}
