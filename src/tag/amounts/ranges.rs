//! Ranges of amounts: `20 to 30 km`, `$1.2bn to $1.4bn`, `between 20 and 30`. A change ("from 3% to 5%") is none.

use super::numbers::{Number, number_at, vulgar};
use super::refusals::is_dialled;
use super::units::currency_before;
use super::{Reader, Reading};

impl Reader<'_> {
    /// Whether "from" before a number begins a change rather than a range.
    pub(super) fn is_change(&self, start: usize) -> bool {
        let Some(before) = self.body[..start].trim_end().strip_suffix("from") else { return false };
        let mut words = before.split_whitespace().rev().take(4);
        self.english
            && before.ends_with(' ')
            && !words.any(|w| w.starts_with("rang") || w.starts_with("var"))
    }

    /// The number behind the joint of a range at `at`, its sign read; the joint is not English's
    /// "and" unless `between` stands before.
    pub(super) fn upper(&self, at: usize, between: bool) -> Option<(Number, Option<&'static str>)> {
        let rest = &self.body[at..];
        let joint = [" and ", " to ", "-", "–", "—", " - ", " – ", " bis ", " a ", " à "]
            .into_iter()
            .find(|joint| rest.starts_with(joint))?;
        if joint == " and " && !between {
            return None;
        }
        let mut at = at + joint.len();
        let mut sign = 1.0;
        for minus in ["-", "−", "minus "] {
            if self.body[at..].starts_with(minus) && joint.starts_with(' ') {
                at += minus.len();
                sign = -1.0;
            }
        }
        let digit = |c: char| c.is_ascii_digit();
        let length = self.body[at..].chars().take(4).take_while(|c| !digit(*c)).map(char::len_utf8);
        let length: usize = length.sum();
        let mut currency = None;
        if length > 0 && vulgar(self.body[at..].chars().next()?).is_none() {
            let (code, taken) = currency_before(&self.body[..at + length])?;
            if taken != length {
                return None;
            }
            currency = Some(code);
            at += length;
        }
        let number = number_at(self.body, at, self.point)?;
        let dialled = is_dialled(&self.body[at..number.end]);
        (!dialled && !self.body[number.end..].starts_with(['/']))
            .then_some((Number { value: sign * number.value, end: number.end }, currency))
    }

    /// The upper end of a range whose ends share one unit behind them: `20 to 30 km`.
    pub(super) fn range(&self, between: bool, reading: &mut Reading) -> Option<()> {
        let (upper, currency) = self.upper(reading.bytes.end, between)?;
        let goes_on = self.body[upper.end..]
            .strip_prefix('-')
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if upper.value <= reading.value
            || goes_on
            || currency.is_some_and(|c| reading.unit != Some(c))
        {
            return None;
        }
        // "$1 to $1.4bn": the magnitude is the upper end's alone when each has a sign of its own.
        reading.upper = Some(upper.value);
        reading.bytes.end = upper.end;
        Some(())
    }

    /// The upper end of a range whose ends have a unit each: `3% to 5%`, `$1.2bn to $1.4bn`.
    pub(super) fn range_of_units(&self, between: bool, reading: &mut Reading) -> Option<()> {
        let unit = reading.unit?;
        let (upper, currency) = self.upper(reading.bytes.end, between)?;
        let mut other = Reading {
            value: upper.value,
            upper: None,
            unit: currency,
            object: None,
            bytes: upper.end..upper.end,
        };
        self.finish(&mut other)?;
        if other.unit != Some(unit) || other.value <= reading.value {
            return None;
        }
        reading.upper = Some(other.value);
        reading.bytes.end = other.bytes.end;
        Some(())
    }
}
