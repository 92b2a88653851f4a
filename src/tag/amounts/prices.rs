//! How prices are written: with hundredths in a unit of their own (`$20 and 43 cents`) or behind a colon (`41:20 kronor`), and
//! with thousands that a blank parts (`10 000 dollars`).
//!
//! Refuses hundredths whose whole was not read.

use super::numbers::{Number, number_parted, number_words};
use super::units::{is_currency, magnitude, unit};
use super::{AmountReader, AmountReading};
use crate::tag::amount_words::letters;

/// Whether a text begins with one to three digits, a blank and three more.
fn is_parted_by_blank(text: &str) -> bool {
    let first = text.bytes().take_while(u8::is_ascii_digit).count();
    let group = text[first..].strip_prefix([' ', '\u{a0}']).unwrap_or_default();
    (1..=3).contains(&first) && group.bytes().take_while(u8::is_ascii_digit).count() == 3
}

impl AmountReader<'_> {
    /// A number whose thousands a blank parts and that money stands behind: `10 000 dollars`.
    pub(super) fn spaced_money(&self, before: &str, at: usize, spaced: bool) -> Option<Number> {
        if spaced || !is_parted_by_blank(&self.body[at..]) || self.follows_month(before) {
            return None;
        }
        let number = number_parted(self.body, at, self.marks, true)?;
        let rest = &self.body[number.end..];
        let length = magnitude(rest, false, self.words).map_or(0, |(_, length)| length);
        // `20 100-dollar bills`
        let rest = Some(&rest[length..]).filter(|rest| !rest.starts_with('-'))?;
        unit(rest, self.words).filter(|unit| is_currency(unit.name)).and(Some(number))
    }

    /// A price with its hundredths behind a colon: `41:20 kronor`.
    pub(super) fn with_hundredths(&self, number: Number) -> Number {
        let rest = &self.body[number.end..];
        let hundredths = rest.strip_prefix(':').and_then(|rest| rest.get(..2)?.parse::<u8>().ok());
        let money = || unit(&rest[3..], self.words).is_some_and(|unit| is_currency(unit.name));
        match hundredths {
            Some(part) if number.value.fract() == 0.0 && money() => Number {
                value: (number.value * 100.0 + f64::from(part)) / 100.0,
                end: number.end + 3,
            },
            _ => number,
        }
    }

    /// Reads what stands behind an amount of money in hundredths of it: `$20 and 43 cents`, `three euros and fifty cents`.
    pub(super) fn read_hundredths(&self, reading: &mut AmountReading) {
        let Some(money) = reading.unit.filter(|unit| is_currency(unit)) else { return };
        if reading.upper.is_some() || reading.value.fract() != 0.0 {
            return;
        }
        let Some(rest) = self.body[reading.bytes.end..].strip_prefix(' ') else { return };
        let and = |and: &&str| rest.strip_prefix(*and)?.strip_prefix(' ');
        let joined = self.words.number_and.iter().find_map(and);
        if joined.is_some() && self.between(reading.bytes.start).is_some() {
            return;
        }
        let text = joined.unwrap_or(rest);
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (part, length) = if digits > 0 {
            (text[..digits].parse().unwrap_or(f64::NAN), digits)
        } else {
            let first = letters(text).len();
            let number = (first > 0).then(|| number_words(text, 0..first, self.words)).flatten();
            let Some((value, end, _)) = number else { return };
            (value, end)
        };
        let Some(unit) = unit(&text[length..], self.words) else { return };
        let Some(whole) = unit.name.strip_suffix("/100").filter(|_| part < 100.0) else { return };
        if whole != "cent" && whole != money && self.at_home(whole) != self.at_home(money) {
            // Pence say that pounds are no weight.
            if (whole, money) != ("GBP", "pounds") {
                return;
            }
            reading.unit = Some(whole);
        }
        reading.value = (reading.value * 100.0 + part.copysign(reading.value)) / 100.0;
        reading.bytes.end = self.body.len() - text.len() + length + unit.length;
    }

    /// Whether hundredths of money are of a price whose whole was not read: `a dollar and 42 cents`.
    pub(super) fn is_rest_of_price(&self, reading: &AmountReading) -> bool {
        if !reading.unit.is_some_and(|unit| unit.ends_with("/100")) {
            return false;
        }
        let before = self.body[..reading.bytes.start].trim_end();
        let mut joints = self.words.number_and.iter();
        let Some(left) = joints.find_map(|and| before.strip_suffix(*and)?.strip_suffix(' ')) else {
            return false;
        };
        let word = left.rsplit(' ').next().unwrap_or_default();
        let mut units = self.words.units.starting(word);
        is_currency(word) || units.any(|(name, unit)| name == word && is_currency(unit))
    }
}
