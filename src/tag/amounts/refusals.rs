//! Numbers that name rather than measure: years, dates, times, scores, shares, telephone numbers.

use std::ops::Range;

use super::numbers::number_words;
use super::{AmountReader, AmountReading};
use crate::scripts::is_unspaced;
use crate::tag::amount_words::letters;
use crate::tag::dates;
use crate::tag::listed_names::is_word;
use crate::unicode;

/// Most words that a name behind a number is looked for in.
const MAX_NAME_WORDS: usize = 3;

/// Units of which so much in an hour, a litre or the like is another measure.
const RATED: &[&str] = &[
    "km", "mile", "m", "cm", "mm", "foot", "yard", "inch", "kg", "g", "mg", "µg", "t", "ton",
    "ounce", "lb", "l", "ml", "gallon", "bushel", "barrel", "MB", "GB", "Mb",
];

/// Whether a text ends in a word.
fn ends_in(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|left| !left.ends_with(unicode::goes_on))
}

/// The letters and digits that a text ends in.
pub(super) fn last_word(text: &str) -> &str {
    text.rsplit(|c: char| !unicode::is_alphanumeric(c)).next().unwrap_or_default()
}

impl AmountReader<'_> {
    /// Whether what follows is the whole that a share is of: `one in five people`, `9 out of 10`.
    pub(super) fn is_share(&self, before: &str) -> bool {
        // `3 per 100,000 people`
        let base = before.strip_suffix([' ', '\u{a0}']);
        if base.is_some_and(|base| self.words.bases.iter().any(|word| ends_in(base, word))) {
            return true;
        }
        // `one in five people`, `a 1-in-100-year flood`
        let left = |share: &&'static str| {
            let tied = before.ends_with('-');
            let mark = if tied { '-' } else { ' ' };
            before.strip_suffix(mark)?.strip_suffix(*share)?.strip_suffix(mark)
        };
        let Some(rest) = self.words.shares.iter().find_map(left) else { return false };
        let part = last_word(rest);
        let start = rest.len() - part.len();
        let digits =
            !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
        digits
            || number_words(rest, start..rest.len(), self.words).is_some_and(|n| n.1 == rest.len())
    }

    /// Whether a range is the score of a game: `2-3 defeats`.
    pub(super) fn is_score(&self, end: usize, reading: &AmountReading) -> bool {
        let dash = self.body[end..].starts_with(['-', '–']);
        let scored = |object: &str| self.words.scored.contains(object);
        dash && reading.upper.is_some() && reading.object.as_deref().is_some_and(scored)
    }

    /// Whether digits are a year, a date, a time or a thing's number.
    pub(super) fn names_something(&self, digits: &Range<usize>, reading: &AmountReading) -> bool {
        let measured = reading.unit.is_some();
        let (before, after) = (&self.body[..digits.start], &self.body[digits.end..]);
        // `Oct. 7`: the stop belongs to the word.
        let words = before.trim_end().trim_end_matches('.');
        let last = last_word(words);
        let number = self.body[digits.clone()].parse();
        let year = digits.len() == 4 && number.is_ok_and(|n: u16| (1500..2100).contains(&n));
        let joined = before.ends_with(['-', '–', '/'])
            && before.trim_end_matches(['-', '–', '/']).ends_with(unicode::is_alphanumeric);
        let labelled = self.is_labelled(before)
            && reading.unit.is_none_or(|unit| matches!(unit, "°C" | "°F" | "m"));
        // `tháng 3 năm 2022`: the month's number, and the word for a year before its own.
        let behind = self.body[reading.bytes.end..].trim_start();
        let next = &behind[..behind.bytes().take_while(u8::is_ascii_digit).count()];
        let dated = reading.unit == Some("year")
            && next.len() == 4
            && next.parse().is_ok_and(|n: u16| (1500..2100).contains(&n));
        let month = || dates::is_leading_month(self.language, last);
        let named =
            || self.words.named.iter().any(|name| is_word(&self.body[digits.start..], name));
        dated
            || named()
            || !measured && (year || joined || month())
            || labelled
            || is_time(before, after)
    }

    /// Whether digits are an ordinal by what stands before them or behind what they count: `第 3 场`, `5人目`.
    pub(super) fn is_ordinal(&self, digits: &Range<usize>, reading: &AmountReading) -> bool {
        let before = self.body[..digits.start].trim_end();
        let behind = &self.body[reading.bytes.end..];
        self.words.ordinals_before.iter().any(|word| before.ends_with(word))
            || self.words.ordinals_behind.iter().any(|word| is_word(behind, word))
    }

    /// Whether two numbers are days of the month behind them: `بين 3 و5 مايو`, `entre 3 y 5 de mayo`.
    pub(super) fn are_days(&self, reading: &AmountReading) -> bool {
        let behind = self.body[reading.bytes.end..].split_whitespace().take(2);
        let word =
            |word: &str| word.trim_matches(|c: char| !unicode::is_alphanumeric(c)).to_owned();
        reading.unit.is_none()
            && reading.object.is_none()
            && behind.map(word).any(|word| dates::is_month(self.language, &word))
    }

    /// Whether a length is the last side of a thing, whose other one has no unit: `3 x 5 metres`, `12 by 14 feet`.
    pub(super) fn is_side(&self, before: &str, reading: &AmountReading) -> bool {
        const YEAR: usize = 4;
        if !matches!(
            reading.unit,
            Some("m" | "cm" | "mm" | "km" | "foot" | "inch" | "mile" | "yard")
        ) {
            return false;
        }
        let by = |by: &&str| {
            let left = before.strip_suffix([' ', '-']).unwrap_or(before).strip_suffix(*by)?;
            Some(left.strip_suffix([' ', '-']).unwrap_or(left))
        };
        let Some(left) = self.words.sides.iter().chain(&["x", "×"]).find_map(by) else {
            return false;
        };
        let digits = left.bytes().rev().take_while(u8::is_ascii_digit).count();
        let word = left[..left.len() - digits].ends_with(unicode::is_alphanumeric);
        (1..YEAR).contains(&digits) && !word
    }

    /// Whether hours are a time of day: `v 18 hodin`, `5 hodin ráno`.
    pub(super) fn is_time_of_day(&self, digits: &Range<usize>, reading: &AmountReading) -> bool {
        let before = self.body[..digits.start].trim_end();
        let behind = self.body[reading.bytes.end..].trim_start();
        let stands = |before: &str, word: &str| {
            let start = before.len().checked_sub(word.len())?;
            let same = unicode::to_lowercase(before.get(start..)?) == word;
            Some(same && !before[..start].ends_with(unicode::is_alphanumeric))
        };
        let stands = |before: &str, word: &str| stands(before, word).unwrap_or_default();
        // `entre 10 et 12 heures`
        let word = last_word(before);
        let joins = |words: &[&'static str]| words.contains(&word);
        let lower = before[..before.len() - word.len()].trim_end();
        let number = lower.trim_end_matches(|c: char| c.is_ascii_digit());
        let first =
            (joins(&self.words.joints) || joins(&self.words.ands)) && number.len() < lower.len();
        let led =
            |text: &str| self.words.clock_before.iter().any(|word| stands(text.trim_end(), word));
        reading.unit == Some("hour")
            && (0.0..=24.0).contains(&reading.value)
            && (led(before)
                || first && led(number)
                || self.words.clock_behind.iter().any(|word| is_word(behind, word)))
    }

    /// Whether a number only says that there is one of many: `3つのうちの1つ`.
    pub(super) fn is_one_of_many(reading: &AmountReading) -> bool {
        let object = reading.object.as_deref().unwrap_or_default();
        reading.value == 1.0 && reading.upper.is_none() && object.starts_with(is_unspaced)
    }

    /// Whether what stands behind a distance or a mass makes a speed or another rate of it: `30 feet a second`, `9 g/l`.
    pub(super) fn is_rate(&self, unit: &str, behind: &str) -> bool {
        if !RATED.contains(&unit) {
            return false;
        }
        if let Some(whole) = behind.strip_prefix('/') {
            return whole.starts_with(unicode::is_alphabetic);
        }
        let word = behind.strip_prefix([' ', '-', '\u{a0}']);
        word.is_some_and(|word| self.words.rates.iter().any(|rate| is_word(word, rate)))
    }

    /// The speed of a distance that is travelled in an hour: `時速60キロ`.
    pub(super) fn speed(&self, before: &str, unit: &'static str) -> Option<&'static str> {
        let before = before.trim_end();
        if !self.words.an_hour.iter().any(|word| before.ends_with(word)) {
            return None;
        }
        match unit {
            "km" => Some("km/h"),
            "mile" => Some("mph"),
            _ => None,
        }
    }

    /// Whether what stands before a number says what it is the number of: `Flight`, `Year` with a capital, `Group of`.
    fn is_labelled(&self, before: &str) -> bool {
        if !before.ends_with([' ', '.', ':', '\u{a0}']) {
            return false;
        }
        let words = before.trim_end().trim_end_matches(['.', ':']);
        let word = last_word(words);
        self.words.labels.contains(word.to_lowercase().as_str())
            || self.words.capital_labels.contains(word)
            || self.words.label_phrases.iter().any(|label| ends_in(words, label))
    }

    /// Whether a number in words, which ends at `end`, is of a name: with a capital within a sentence, as in `Channel Nine`, or with
    /// another one behind it, as in `Seven Sisters Road`.
    pub(super) fn is_name(&self, bytes: &Range<usize>, end: usize) -> bool {
        let before = self.body[..bytes.start].trim_end();
        let inside = before.ends_with(|c: char| unicode::is_alphanumeric(c) || c == ',');
        self.body[bytes.clone()].starts_with(char::is_uppercase)
            && (inside || self.is_name_behind(end))
    }

    /// Whether what stands behind a number in words goes on as a name does: with a unit or several of something in capitals
    /// that no people are called by.
    fn is_name_behind(&self, end: usize) -> bool {
        if self.words.capital_counted.is_empty() {
            return false;
        }
        let named = |word: &str| {
            let mut chars = word.chars();
            chars.next().is_some_and(char::is_uppercase)
                && chars.next().is_some_and(char::is_lowercase)
        };
        let Some(behind) = self.body[end..].strip_prefix(' ') else { return false };
        let mut words = behind.split(' ').take(MAX_NAME_WORDS);
        let Some(first) = words.next().map(letters).filter(|word| named(word)) else {
            return false;
        };
        let lower = first.to_lowercase();
        if self.words.units.starting(&lower).any(|(name, _)| name == lower) {
            return true;
        }
        // `Two Democrats`, `Three Iranians`
        let people = |word: &str| {
            let one = word.strip_suffix('s').unwrap_or(word);
            self.words.capital_counted.contains(&word) || self.words.peoples.contains(one)
        };
        let mut word = first;
        loop {
            if self.is_plural(&word.to_lowercase()) {
                return !people(word);
            }
            match words.next().map(letters).filter(|word| named(word)) {
                Some(next) if !people(word) => word = next,
                _ => return false,
            }
        }
    }
}

/// Whether what stands around digits makes a time of them: `3:30`.
fn is_time(before: &str, after: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    after.strip_prefix(':').is_some_and(|rest| rest.starts_with(digit))
        || before.strip_suffix(':').is_some_and(|rest| rest.ends_with(digit))
}

/// Whether digits begin with a nought as those of telephone numbers and codes do.
pub(super) fn is_dialled(digits: &str) -> bool {
    digits.len() > 1
        && digits.starts_with('0')
        && digits[1..].starts_with(|c: char| c.is_ascii_digit())
}
