//! Words that multiply a number, and what is read behind them: `1.2 billion`, `4 mil 500 millones`, `2 and a half million`.
//!
//! Refuses to go on from a smaller number to a larger one.

use super::{
    AmountReader, AmountReading, is_blank,
    numbers::{Number, number_at, times},
    numerals::part_of_number,
    units::{magnitude, unit},
};
use crate::unicode;

impl AmountReader<'_> {
    pub(super) fn read_magnitude(&self, reading: &mut AmountReading) {
        let start = reading.bytes.end;
        let half = self.words.half_before_large(&self.body[start..]);
        if let Some(length) = half.filter(|_| reading.value < 100.0 && reading.upper.is_none()) {
            reading.value += 0.5;
            reading.bytes.end += length;
        }
        let factor = self.multiply(reading);
        if self.body[start..].starts_with(is_blank) {
            self.read_rest(reading, factor);
        }
        let half = self.words.half_of_large(&self.body[reading.bytes.end..]);
        if let Some(length) = half.filter(|_| factor >= 1e3 && reading.upper.is_none()) {
            reading.value += factor / 2.0;
            reading.bytes.end += length;
        }
        // `2億3千万`: what follows a large part of a number in characters is its rest.
        let part = |c| part_of_number(c).or((c == '천').then_some(1e3));
        let mut least = self.body[..reading.bytes.end].chars().next_back().and_then(part);
        while let Some(above) = least.take() {
            let rest = &self.body[reading.bytes.end..];
            let at = reading.bytes.end + (rest.len() - rest.trim_start_matches(' ').len()).min(1);
            let number = self.body[at..]
                .starts_with(|c: char| c.is_ascii_digit())
                .then(|| number_at(self.body, at, self.marks));
            let Some(Number { value, end }) = number.flatten() else { break };
            let mut next =
                AmountReading { value, upper: None, unit: None, object: None, bytes: at..end };
            self.multiply(&mut next);
            if next.value >= above || reading.upper.is_some() {
                break;
            }
            let last = self.body[..next.bytes.end].chars().next_back();
            if next.bytes.end > end {
                least = last.and_then(part);
            }
            reading.value += next.value;
            reading.bytes.end = next.bytes.end;
        }
    }

    /// `2 million 300 thousand`, `9 thousand 200`: what follows a large part of a number is its rest.
    fn read_rest(&self, reading: &mut AmountReading, mut above: f64) {
        while above >= 1e3 && reading.upper.is_none() && (reading.value / above).fract() == 0.0 {
            let rest = &self.body[reading.bytes.end..];
            let joint = |and: &&str| rest.strip_prefix(' ')?.strip_prefix(*and);
            // `1 million, 200 thousand`
            let comma = rest.strip_prefix(',').filter(|_| self.words.point);
            let joined = self.words.rest_and.iter().find_map(joint).or(comma);
            let joint = joined.map_or(0, |behind| rest.len() - behind.len());
            let rest = joined.unwrap_or(rest);
            let digits = rest.trim_start_matches(is_blank);
            let blanks = rest.len() - digits.len();
            let length = digits.bytes().take_while(u8::is_ascii_digit).count();
            let (number, behind) = digits.split_at(length);
            let goes_on = behind.strip_prefix(['.', ',', ':', '-', '/']).unwrap_or(behind);
            if !(1..=2).contains(&blanks)
                || !(1..=3).contains(&length)
                || goes_on.starts_with(|c: char| c.is_ascii_digit())
                || behind.starts_with(unicode::is_alphanumeric)
            {
                break;
            }
            let Ok(value) = number.parse() else { break };
            let bytes = reading.bytes.end..reading.bytes.end + joint + blanks + length;
            let mut next = AmountReading { value, upper: None, unit: None, object: None, bytes };
            let factor = self.multiply(&mut next);
            // `4 mil 500 millones`: thousands of millions.
            if above <= 1e3 && factor > above && joined.is_none() && reading.value >= 0.0 {
                let number = next.value / factor;
                reading.value = times(reading.value + number, factor);
                reading.bytes.end = next.bytes.end;
                break;
            }
            let bare = factor <= 1.0 && (above > 1e3 || length < 3 || joined.is_some());
            if bare || next.value >= above {
                break;
            }
            let sign = if reading.value < 0.0 { -1.0 } else { 1.0 };
            reading.value += sign * next.value;
            reading.bytes.end = next.bytes.end;
            above = factor;
        }
    }

    /// Multiplies a number by the magnitude behind it, and gives that; 1 where there is none.
    pub(super) fn multiply(&self, reading: &mut AmountReading) -> f64 {
        let money = reading.unit.is_some();
        let mut whole = 1.0;
        // Two at most: "lakh crore", "hundred thousand".
        for several in [false, true] {
            let rest = &self.body[reading.bytes.end..];
            let Some((factor, length)) = magnitude(rest, money, self.words) else { break };
            // `$3 million M Orme`
            if several && rest[..length].trim_start_matches(is_blank).len() == 1 {
                break;
            }
            // Of `千米每小时`, the first sign is no thousand.
            if unit(rest, self.words).is_some_and(|unit| unit.length > length) {
                break;
            }
            reading.multiply(factor);
            whole *= factor;
            reading.bytes.end += length;
        }
        whole
    }
}
