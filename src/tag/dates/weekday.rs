//! Days of the week, and dates that one leads in.

use time::{Duration, Weekday};

use super::tense::Tense;
use super::{Found, Reader};

impl Reader<'_> {
    /// `Tuesday`, `last Friday`, `next Monday`, `from Monday to Friday`, `Monday, March 10`.
    pub(super) fn weekday(&self, at: usize) -> Found {
        let led = matches!(self.lower(at), "last" | "next" | "this");
        let name = at + usize::from(led);
        let day = self.weekday_named(name)?;
        let date_behind = name + 1 + usize::from(matches!(self.word(name + 1), "," | "the"));
        if let Some(form) = self.form(date_behind).filter(|form| form.day.is_some()) {
            let (_, date) = self.named(date_behind)?;
            return Some((at..form.end, date));
        }
        let today = self.today?;
        let tense = self.tense(&(at..name + 1));
        let joined = !led && self.before(at) == "from" && self.joins(name + 1, at);
        let until = self.weekday_named(name + 2).filter(|_| joined && tense.is_some());
        let back = days_between(day, today.weekday());
        let back = match (led.then(|| self.lower(at)), back) {
            (Some("next"), 0) => -7,
            (Some("next"), back) => back - 7,
            (Some("last"), 0) => 7,
            (Some("this"), back) if back > 0 && tense != Some(Tense::Past) => back - 7,
            (None, back) if back > 0 && tense == Some(Tense::Future) => back - 7,
            (_, back) => back,
        };
        let date = today.checked_sub(Duration::days(back))?;
        Some(match until {
            Some(last) => {
                let end = date.checked_add(Duration::days(days_between(day, last)))?;
                (at..name + 3, format!("{date}/{end}"))
            }
            None => (at..name + 1, date.to_string()),
        })
    }
}

/// Days from one day of the week to the next that is another, 0 to 6.
fn days_between(from: Weekday, to: Weekday) -> i64 {
    (i64::from(to.number_days_from_monday()) + 7 - i64::from(from.number_days_from_monday())) % 7
}
