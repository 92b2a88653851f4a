//! Fractions that are not behind a whole number in digits: `.7 percent`, `one point two billion`, `3 point 5 million`.
//!
//! Refuses a point of another sense: of time (`at one point two men fled`), of a game, of a calibre.

use super::magnitudes::times;
use super::numbers::{Number, digits_at, number_words};
use super::{AmountReader, AmountReading};
use crate::tag::amount_words::{AmountWords, letters};
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

/// Whether the first word of a text may begin such a number where no small number does: `nought point five`.
pub(super) fn leads_decimal(text: &str, words: &AmountWords) -> bool {
    let led = letters(text);
    let mut leads = words.decimal_words.iter().chain(&words.noughts);
    leads.any(|word| word.eq_ignore_ascii_case(led))
}

/// Whether the word that parts a fraction from its number stands behind one.
pub(super) fn is_before_fraction(behind: &str, words: &AmountWords) -> bool {
    let word = behind.strip_prefix([' ', '-']).unwrap_or_default();
    words.decimal_words.iter().any(|point| is_word(word, point))
}

/// A number with its fraction in words, and its length in bytes: `one point two billion`, `nought point five`, `point five`.
/// Behind `at`, `point` is of time: `at one point two men fled`.
pub(super) fn decimal(before: &str, text: &str, words: &AmountWords) -> Option<(f64, usize)> {
    const NEAR: usize = 40;
    let near = &text[..text.char_indices().nth(NEAR).map_or(text.len(), |(at, _)| at)];
    let led = |word: &&str| is_word(text, word).then_some((0, word.len()));
    let inside = |word: &&str| {
        let at = near.match_indices(*word).map(|(at, _)| at);
        let parted = |at: &usize| near[..*at].ends_with([' ', '-']) && is_word(&near[*at..], word);
        at.filter(|at| *at > 0).find(parted).map(|at| (at, word.len()))
    };
    let points = &words.decimal_words;
    let (at, length) = points.iter().find_map(led).or_else(|| points.iter().find_map(inside))?;
    let last = before.trim_end().rsplit(|c: char| !unicode::is_alphabetic(c)).next()?;
    let last = unicode::to_lowercase(last);
    let digit = |word: &str| {
        let lower = unicode::to_lowercase(word);
        let nought = words.noughts.contains(&lower.as_ref()).then_some(0.0);
        nought.or(words.small(&lower)).filter(|digit| *digit < 10.0)
    };
    let head = text[..at].trim_end_matches([' ', '-']);
    let whole = match head {
        "" if !words.decimal_behind.contains(&last.as_ref()) => return None,
        _ if words.not_decimal.contains(&last.as_ref()) => return None,
        "" => 0.0,
        _ if digit(head) == Some(0.0) => 0.0,
        _ => {
            let (value, end, _) = number_words(head, 0..letters(head).len(), words)?;
            (end == head.len()).then_some(value)?
        }
    };
    let mut end = at + length;
    let next = |end: usize| text[end..].strip_prefix([' ', '-', '\u{a0}']).map(letters);
    let mut digits = String::new();
    while let Some(value) = next(end).and_then(digit) {
        digits.push_str(&value.to_string());
        end += text[end..].chars().next()?.len_utf8() + next(end)?.len();
    }
    let value = format!("{whole}.{digits}").parse().ok().filter(|_| !digits.is_empty())?;
    let word = next(end).unwrap_or_default();
    match words.large(&unicode::to_lowercase(word)) {
        Some(factor) => {
            let blank = text[end..].chars().next()?.len_utf8();
            Some((times(value, factor), end + blank + word.len()))
        }
        None => Some((value, end)),
    }
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
