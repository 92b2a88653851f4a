//! Days of the week, and dates that one leads in. Refuses a bare day of the week where the language has no list of
//! tense, for it may be the last one or the next.

use time::{Date, Duration, Weekday};

use super::kinds::Kind;
use super::tense::Tense;
use super::words::weekday;
use super::{Found, Reader};

impl Reader<'_> {
    /// `Tuesday`, `last Friday`, `next Monday`, `from Monday to Friday`, `Monday, March 10`.
    pub(super) fn weekday(&self, at: usize) -> Found {
        self.weekday_phrase(at).or_else(|| {
            let (step, name) = match self.step(at) {
                Some((step, name)) => (Some(step), name),
                None => (None, at),
            };
            let day = self.weekday_named(name)?;
            if let Some((end, date)) = self.day_behind(name + 1) {
                return Some((at..end, date));
            }
            let today = self.today?;
            if step.is_none()
                && let Some(range) = self.weekdays(at, day, today)
            {
                return Some(range);
            }
            let (step, end) = match step.map(|step| (step, name + 1)) {
                Some(step) => (Some(step.0), step.1),
                None => match self.step_behind(name + 1) {
                    Some((step, end)) => (Some(step), end),
                    None => (None, name + 1),
                },
            };
            let date = self.weekday_from(today, day, step, self.tense(&(at..name + 1)))?;
            Some((at..end, date.to_string()))
        })
    }

    /// `i måndags`, `på mandag`: phrases that say themselves which one is meant.
    fn weekday_phrase(&self, at: usize) -> Found {
        let past = self.phrase_written(Kind::PastWeekday, at).map(|phrase| (phrase, -1));
        let coming = || self.phrase_written(Kind::ComingWeekday, at).map(|phrase| (phrase, 1));
        let ((end, written), step) = past.or_else(coming)?;
        let day = weekday(written.rsplit(' ').next()?)?;
        let date = self.weekday_from(self.today?, day, Some(step), None)?;
        Some((at..end, date.to_string()))
    }

    /// The date with a day that stands behind a weekday, and one past it: `, March 10`.
    fn day_behind(&self, at: usize) -> Option<(usize, String)> {
        let comma = at + usize::from(self.word(at) == ",");
        let date = if self.is(Kind::Article, comma) { comma + 1 } else { comma };
        let form = self.form(date).filter(|form| form.day.is_some())?;
        let (_, written) = self.named(date)?;
        Some((form.end, written))
    }

    /// `from Monday to Friday`.
    fn weekdays(&self, at: usize, first: Weekday, today: Date) -> Found {
        let joint = self.joins(at + 1, at).filter(|_| self.follows(Kind::RangeLead, at))?;
        let last = self.weekday_named(joint)?;
        let tense = self.tense(&(at..at + 1))?;
        let date = self.weekday_from(today, first, None, Some(tense))?;
        let end = date.checked_add(Duration::days(days_between(first, last)))?;
        Some((at..joint + 1, format!("{date}/{end}")))
    }

    /// The weekday that a clause means: the last one, the next one with step 1, this one with 0.
    fn weekday_from(
        &self,
        today: Date,
        day: Weekday,
        step: Option<i64>,
        tense: Option<Tense>,
    ) -> Option<Date> {
        let tenses = self.words.is_some_and(|words| words.tenses);
        let back = days_between(day, today.weekday());
        let back = match (step, back) {
            (Some(1), 0) => -7,
            (Some(1), back) => back - 7,
            (Some(-1), 0) => 7,
            // Without tense, `ce lundi` is told on the day or on the next.
            (Some(0), back) if !tenses => Some(back).filter(|back| *back < 2)?,
            (Some(0), back) if back > 0 && tense != Some(Tense::Past) => back - 7,
            (None, _) if !tenses => return None,
            (None, back) if back > 0 && tense == Some(Tense::Future) => back - 7,
            (_, back) => back,
        };
        today.checked_sub(Duration::days(back))
    }
}

/// Days from one day of the week to the next that is another, 0 to 6.
fn days_between(from: Weekday, to: Weekday) -> i64 {
    (i64::from(to.number_days_from_monday()) + 7 - i64::from(from.number_days_from_monday())) % 7
}
