//! Numbers that name rather than measure: years, dates, times, scores, shares, telephone numbers.

use super::numbers::number_words;
use super::{Reader, Reading};
use crate::tag::{dates, english};

impl Reader<'_> {
    /// Whether what follows is the whole that a share is of: `one in five people`, `9 out of 10`.
    pub(super) fn is_share(&self, before: &str) -> bool {
        let Some(rest) = before.strip_suffix(" in ").or_else(|| before.strip_suffix(" out of "))
        else {
            return false;
        };
        let part = rest.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let start = rest.len() - part.len();
        let digits =
            !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
        digits
            || number_words(rest, start..rest.len(), self.words).is_some_and(|n| n.1 == rest.len())
    }
}

/// Whether digits begin with a nought as those of telephone numbers and codes do.
pub(super) fn is_dialled(digits: &str) -> bool {
    digits.len() > 1
        && digits.starts_with('0')
        && digits[1..].starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a range is the score of a game: `2-3 defeats`.
pub(super) fn is_score(body: &str, end: usize, reading: &Reading) -> bool {
    let dash = body[end..].starts_with(['-', '–']);
    dash && reading.upper.is_some()
        && reading.object.as_deref().is_some_and(|object| english::SCORED.contains(object))
}

/// Whether digits are a year, a date, a time or a score.
pub(super) fn names_something(
    body: &str,
    at: usize,
    end: usize,
    value: f64,
    reading: &Reading,
) -> bool {
    let measured = reading.unit.is_some();
    let (before, after) = (&body[..at], &body[end..]);
    // `Oct. 7`: the stop belongs to the word.
    let words = before.trim_end().trim_end_matches('.');
    let last_word = words.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let year = end - at == 4 && value.fract() == 0.0 && (1500.0..2100.0).contains(&value);
    let time = after.starts_with(':') && after[1..].starts_with(|c: char| c.is_ascii_digit())
        || before.ends_with(':') && before[..at - 1].ends_with(|c: char| c.is_ascii_digit());
    let joined = before.ends_with(['-', '–', '/'])
        && before.trim_end_matches(['-', '–', '/']).ends_with(char::is_alphanumeric);
    let label = english::LABELS.contains(last_word.to_lowercase().as_str())
        && before.ends_with([' ', '.', ':']);
    let labelled = label && reading.unit.is_none_or(|unit| matches!(unit, "°C" | "°F" | "m"));
    !measured && (year || joined) || labelled || time || !measured && dates::is_month(last_word)
}
