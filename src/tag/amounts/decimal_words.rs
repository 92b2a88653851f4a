//! Numbers with a fraction in words: `one point two billion`, `nought point five`.
//!
//! Refuses a point of another sense: of time (`at one point two men fled`).

use crate::tag::amount_words::{AmountWords, letters};
use crate::tag::listed_names::is_word;
use crate::unicode;

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

/// A number with its fraction in words, the large number that multiplies it, if any, and its length in bytes: `one point two
/// billion`, `nought point five`, `point five`. `whole` reads a whole number in words and its length. Behind `at`, `point` is of
/// time: `at one point two men fled`.
pub(super) fn decimal(
    before: &str,
    text: &str,
    words: &AmountWords,
    whole: &dyn Fn(&str) -> Option<(f64, usize)>,
) -> Option<(f64, f64, usize)> {
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
            let (value, end) = whole(head)?;
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
            Some((value, factor, end + blank + word.len()))
        }
        None => Some((value, 1.0, end)),
    }
}
