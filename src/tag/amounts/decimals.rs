//! Fractions in digits that are not written behind a whole number: `.7 percent`, `3 point 5 million`.
//!
//! Refuses a point of another sense: of a game, of a calibre.

use super::numbers::{Number, digits_at};
use super::{AmountReader, AmountReading};
use crate::tag::listed_names::is_word;
use crate::unicode;

/// Whether what stands before digits ends in a point that parts their fraction from no whole: `rose .5 percent`, `$.75`.
pub(super) fn is_decimal_point(before: &str) -> bool {
    let Some(left) = before.strip_suffix('.') else { return false };
    // `10 .4`
    if left.trim_end_matches(' ').ends_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    left.is_empty()
        || left.ends_with(|c: char| c.is_whitespace() || matches!(c, '(' | '-' | '–' | '−' | '~'))
        || left.ends_with(['$', '£', '€'])
}

/// The number below one whose point stands at `at`: `.75`.
pub(super) fn fraction_at(body: &str, at: usize) -> Option<Number> {
    const MOST: usize = 3;
    let end = at + 1 + digits_at(body, at + 1);
    let goes_on = body[end..].starts_with(['.', ',', ':', '/']) && digits_at(body, end + 1) > 0;
    let value = body[at..end].parse().ok().filter(|_| end - at - 1 <= MOST && !goes_on)?;
    Some(Number { value, end })
}

impl AmountReader<'_> {
    /// A number with its fraction behind a word: `3 point 5 million`.
    pub(super) fn with_fraction_in_words(&self, number: Number) -> Number {
        let Some(rest) = self.body[number.end..].strip_prefix(' ') else { return number };
        let point = self.words.decimal_words.iter().find(|word| is_word(rest, word));
        let digits = point.and_then(|word| rest[word.len()..].strip_prefix(' '));
        let Some(digits) = digits.filter(|_| number.value.fract() == 0.0) else { return number };
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        let value = format!("{}.{}", number.value, &digits[..length]).parse();
        let alone = length > 0 && !digits[length..].starts_with(unicode::goes_on);
        let end = self.body.len() - digits.len() + length;
        value.ok().filter(|_| alone).map_or(number, |value| Number { value, end })
    }

    /// Whether a number with its fraction in words is of a measure, and not a point in a game and a time: `led by one point five
    /// minutes from the end`.
    pub(super) fn is_measured_decimal(reading: &AmountReading) -> bool {
        let time = matches!(reading.unit, Some("second" | "minute" | "hour" | "day" | "week"));
        let large = reading.value >= 1e3;
        (large || reading.unit.is_some()) && !(time && reading.value < 2.0)
    }
}
