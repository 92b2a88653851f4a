//! Numbers in digits and in words, with the parts of a magnitude before them (`half a million`).
//!
//! Which of point and comma parts thousands is told by the language, never guessed from a number alone. Digits of over fifteen places
//! are no number: they are somebody's identifier.

use std::ops::Range;

use super::decimal_words::{decimal, is_before_fraction, leads_decimal};
use super::marks::Marks;
use crate::tag::amount_words::{AmountWords, letters};
use crate::unicode;

/// A number and where it ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    pub value: f64,
    pub end: usize,
}

/// A number in digits times its magnitude, as the nearest number to what is written: `4.1 billion` is 4,100,000,000,
/// which a product of two rounded numbers misses.
pub(super) fn times(value: f64, factor: f64) -> f64 {
    let product = value * factor;
    let whole = product.round();
    if (product - whole).abs() <= whole.abs() * 4.0 * f64::EPSILON { whole } else { product }
}

/// The number whose digits start at `at`. Where a point parts the fraction, as in English, a comma parts thousands; elsewhere it is
/// the other way round, and spaces part thousands too.
pub(super) fn number_at(body: &str, at: usize, marks: Marks) -> Option<Number> {
    number_parted(body, at, marks, !marks.point)
}

/// The same, where spaces part thousands if they are `spaced`. `None` where a mark may be of thousands as well as of a fraction,
/// and where more digits stand behind one that is neither.
pub(super) fn number_parted(body: &str, at: usize, marks: Marks, spaced: bool) -> Option<Number> {
    let digits = |from: usize| digits_at(body, from);
    let whole = digits(at);
    if whole == 0 {
        let sign = body[at..].chars().next()?;
        return vulgar(sign).map(|value| Number { value, end: at + sign.len_utf8() });
    }
    if whole > 15 {
        return None;
    }
    let usual = if marks.point { (',', '.') } else { ('.', ',') };
    let (thousands, mark) = match lakhs(body, at) {
        Some(_) => (',', '.'),
        // `2,500,000` has no two fractions.
        None if is_grouped(body, at, usual.1) => (usual.1, usual.0),
        None => usual,
    };
    let mut text = body[at..at + whole].to_owned();
    let mut end = at + whole;
    if let Some(length) = lakhs(body, at) {
        end = at + length;
        text = body[at..end].replace(',', "");
    }
    // Groups of three follow only where the first has no more.
    let grouped = whole <= 3 && end == at + whole;
    while let Some(separator) = body[end..].chars().next().filter(|_| grouped) {
        let parts = separator == thousands
            || matches!(separator, '\u{a0}' | '\u{202f}' | '\u{2009}')
            || matches!(separator, '\'' | '’') && digits(end + separator.len_utf8() + 3) == 0
            || separator == ' ' && spaced;
        let next = end + separator.len_utf8();
        if !parts || digits(next) != 3 {
            break;
        }
        text.push_str(&body[next..next + 3]);
        end = next + 3;
    }
    let fraction = digits(end + 1);
    let either = marks.either && fraction < 3;
    if body[end..].starts_with(mark) || either && body[end..].starts_with(thousands) {
        if fraction > 0 {
            if fraction == 3 && marks.is_unsure(&text) && end == at + whole {
                return None;
            }
            text.push('.');
            text.push_str(&body[end + 1..end + 1 + fraction]);
            end += 1 + fraction;
        } else {
            end += no_hundredths(&body[end..]);
        }
    }
    if body[end..].starts_with(['.', ',']) && digits(end + 1) > 0 {
        return None;
    }
    let mut value: f64 = text.parse().ok()?;
    if let Some((part, length)) = fraction_behind(&body[end..]) {
        // `$9.94½` is half a cent more.
        let scale = 10_f64.powi(text.find('.').map_or(0, |at| text.len() - at - 1) as i32);
        value = ((value * scale).round() + part) / scale;
        end += length;
    }
    Some(Number { value, end })
}

/// How many digits start at `at`.
pub(super) fn digits_at(body: &str, at: usize) -> usize {
    body.as_bytes().get(at..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count()
}

/// Whether a mark parts two groups of three digits or more from what stands before.
fn is_grouped(body: &str, at: usize, mark: char) -> bool {
    let first = digits_at(body, at);
    let group = |at: usize| body[at..].starts_with(mark) && digits_at(body, at + 1) == 3;
    (1..=3).contains(&first) && group(at + first) && group(at + first + 4)
}

/// The bytes of a number whose thousands are parted as in India: `5,00,000`.
fn lakhs(body: &str, at: usize) -> Option<usize> {
    let first = digits_at(body, at);
    let comma = |at: usize| body[at..].starts_with(',');
    let mut end = at + first;
    while comma(end) && digits_at(body, end + 1) == 2 {
        end += 3;
    }
    let whole = (1..=2).contains(&first) && end > at + first && comma(end);
    (whole && digits_at(body, end + 1) == 3).then_some(end + 4 - at)
}

/// The bytes of what says that a price has no hundredths: `,-` of `12,- Euro`.
fn no_hundredths(rest: &str) -> usize {
    let mut chars = rest.chars();
    let length = chars.by_ref().take(2).map(char::len_utf8).sum();
    let dash = matches!(rest.chars().nth(1), Some('-' | '–' | '—'));
    if dash && chars.next() == Some(' ') { length } else { 0 }
}

/// The value of a fraction's sign.
pub(super) fn vulgar(c: char) -> Option<f64> {
    Some(match c {
        '½' => 0.5,
        '¼' => 0.25,
        '¾' => 0.75,
        '⅓' => 1.0 / 3.0,
        '⅔' => 2.0 / 3.0,
        '⅕' => 0.2,
        '⅖' => 0.4,
        '⅗' => 0.6,
        '⅘' => 0.8,
        '⅙' => 1.0 / 6.0,
        '⅛' => 0.125,
        '⅜' => 0.375,
        '⅝' => 0.625,
        '⅞' => 0.875,
        _ => return None,
    })
}

/// A fraction behind a whole number, and its length: `½`, ` 1/2`.
fn fraction_behind(rest: &str) -> Option<(f64, usize)> {
    let first = rest.chars().next()?;
    if let Some(value) = vulgar(first) {
        return Some((value, first.len_utf8()));
    }
    let [b' ', above @ b'1'..=b'9', b'/', below @ b'2'..=b'9', end @ ..] = rest.as_bytes() else {
        return None;
    };
    let ends = !end.first().is_some_and(|b| b.is_ascii_digit() || *b == b'/');
    (ends && above < below).then(|| (f64::from(above - b'0') / f64::from(below - b'0'), 4))
}

/// Whether a small number's word may stand after what was read: "twenty-five", "two hundred
/// fifty", but not "two ten-year terms".
fn follows(current: f64, n: f64) -> bool {
    let tens = current % 100.0;
    tens == 0.0 || tens >= 20.0 && tens % 10.0 == 0.0 && n < 10.0
}

/// The word that starts some bytes after `at`: there, or behind one blank.
fn next_word(body: &str, at: usize) -> Option<&str> {
    let rest = body[at..].strip_prefix([' ', '-', '\u{a0}']).unwrap_or(&body[at..]);
    rest.split(|c: char| !unicode::is_alphabetic(c)).next().filter(|word| !word.is_empty())
}

/// Units of which the record counts parts; parts of hours and days say how long, which is rarely news.
const PARTED: &[&str] =
    &["percentage point", "%", "mile", "km", "m", "acre", "ha", "t", "ton", "kg", "l", "degree"];

/// A part and its length in bytes: of a large number (`half a dozen`, `a quarter of a million`), or of the unit that
/// follows (`a quarter of a percentage point`).
fn part(text: &str, words: &AmountWords) -> Option<(f64, usize)> {
    let same = |start: &str, part: &str| {
        start.as_bytes()[0].eq_ignore_ascii_case(&part.as_bytes()[0])
            && start.chars().flat_map(char::to_lowercase).eq(part.chars())
    };
    let fits = |(part, value): &(&str, f64)| {
        let start = text.get(..part.len())?;
        same(start, part).then_some((part.len(), *value))
    };
    let (length, value) = words.parts.iter().filter_map(fits).max_by_key(|(length, _)| *length)?;
    let rest = &text[length..];
    // What ends in a hyphen is written together with the number.
    let blank = usize::from(!text[..length].ends_with('-'));
    let rest = if blank == 1 { rest.strip_prefix(' ')? } else { rest };
    let word = rest.split(|c: char| !unicode::is_alphabetic(c)).next()?;
    if let Some(factor) = words.large(&unicode::to_lowercase(word)) {
        return Some((value * factor, length + blank + word.len()));
    }
    let units = words.units.starting(rest).filter(|_| blank == 1);
    let (_, unit) = units.max_by_key(|(name, _)| name.len())?;
    PARTED.contains(&unit).then_some((value, length))
}

/// A number with its fraction in words and its length in bytes.
fn decimal_in_words(before: &str, text: &str, words: &AmountWords) -> Option<(f64, usize)> {
    let whole = |head: &str| {
        let (value, end, _) = number_words(head, 0..letters(head).len(), words)?;
        Some((value, end))
    };
    let (value, factor, length) = decimal(before, text, words, &whole)?;
    Some((times(value, factor), length))
}

/// The number that starts with the word at `first`: its value, where it ends, and whether it was
/// written with more than "one".
pub(super) fn number_words(
    body: &str,
    first: Range<usize>,
    words: &AmountWords,
) -> Option<(f64, usize, bool)> {
    let before = &body[..first.start];
    if before.ends_with(['-', '–']) {
        return None;
    }
    let text = &body[first.start..];
    if leads_decimal(text, words)
        && let Some((value, length)) = decimal_in_words(before, text, words)
    {
        return Some((value, first.start + length, true));
    }
    if let Some((value, length)) = part(text, words) {
        return Some((value, first.start + length, true));
    }
    let (mut total, mut current) = (0.0, 0.0);
    let mut end = first.start;
    let mut count = 0;
    let mut at = first.start;
    // The large number that ends what was read.
    let mut large = None;
    loop {
        let word = body[at..].split(|c: char| !unicode::is_alphabetic(c)).next().unwrap_or("");
        let lower = unicode::to_lowercase(word);
        let joins = words.number_and.contains(&&*lower);
        if count == 0 && words.one.contains(&&*lower) {
            // "a million", but "a nine-kilometre walk" starts at nine.
            // `en och en halv miljon`
            if words.half_before_large(&body[at + word.len()..]).is_none() {
                let next = next_word(body, at + word.len());
                next.and_then(|next| words.large(&unicode::to_lowercase(next)))?;
            }
            current = 1.0;
        } else if let Some(n) = words.small(&lower) {
            if !follows(current, n) {
                break;
            }
            current += n;
            large = None;
        } else if let Some(n) = words.large(&lower) {
            if count == 0 && !words.one_large.contains(&&*lower) {
                return None;
            }
            large = Some(n).filter(|n| *n >= 1e3);
            current = if current == 0.0 { 1.0 } else { current } * n;
            if n >= 1e3 {
                total += current;
                current = 0.0;
            }
        } else if !(joins && count > 0) {
            break;
        }
        if !joins {
            end = at + word.len();
        }
        count += 1;
        at += word.len();
        match body[at..].chars().next() {
            Some(c @ (' ' | '-' | '\u{a0}')) => at += c.len_utf8(),
            _ => break,
        }
        // "and" only joins numbers: what follows must be one.
        if joins {
            let next = body[at..].split(|c: char| !unicode::is_alphabetic(c)).next().unwrap_or("");
            if words.small(&unicode::to_lowercase(next)).is_none()
                || total == 0.0 && current < 100.0
            {
                break;
            }
        }
    }
    if is_before_fraction(&body[end..], words)
        && let Some((value, length)) = decimal_in_words(before, text, words)
    {
        return Some((value, first.start + length, true));
    }
    let mut value = total + current;
    if let Some(large) = large
        && let Some(length) = words.half_of_large(&body[end..])
    {
        return Some((value + large / 2.0, end + length, true));
    }
    if let Some(large) = large
        && let Some((rest, length)) = rest_behind_comma(&body[end..], large, words)
    {
        return Some((value + rest, end + length, true));
    }
    let half = |phrase: &&str| body[end..].strip_prefix(' ')?.strip_prefix(*phrase);
    if let Some(rest) = words.and_a_half.iter().find_map(half)
        && value < 100.0
        && !rest.starts_with(unicode::is_alphanumeric)
    {
        end = body.len() - rest.len();
        value += 0.5;
        count += 1;
        if let Some(word) = next_word(rest, 0)
            && let Some(factor) = words.large(&unicode::to_lowercase(word))
        {
            value *= factor;
            end += 1 + word.len();
        }
    }
    let written = &body[first.start..end];
    let bare_article = words.one.contains(&&*unicode::to_lowercase(written)) || written.is_empty();
    (value > 0.0 && !bare_article).then_some((value, end, count > 1 && value > 1.0))
}

/// The rest of a large number behind a comma, and its length in bytes: `two million, three hundred thousand`.
fn rest_behind_comma(text: &str, large: f64, words: &AmountWords) -> Option<(f64, usize)> {
    const COMMA: &str = ", ";
    let rest = text.strip_prefix(COMMA)?;
    let (value, length, _) = number_words(rest, 0..letters(rest).len(), words)?;
    let fits = value < large && value * 1e3 >= large && value >= 100.0;
    fits.then_some((value, COMMA.len() + length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LanguageCode;

    #[test]
    fn reads_words() {
        for (text, expected) in [
            ("three", Some(3.0)),
            ("twenty-five", Some(25.0)),
            ("two dozen", Some(24.0)),
            ("a million", Some(1e6)),
            ("two hundred and fifty", Some(250.0)),
            ("three thousand two hundred", Some(3200.0)),
            ("a dozen", Some(12.0)),
            ("half a million", Some(5e5)),
            ("two ten-year", Some(2.0)),
            ("nine-kilometre", Some(9.0)),
            ("a nine-kilometre", None),
            ("half a dozen", Some(6.0)),
            ("half a cat", None),
            ("a quarter of a million", Some(250_000.0)),
            ("two and a half million", Some(2.5e6)),
            ("two million and a half", Some(2.5e6)),
            ("five quadrillion", Some(5e15)),
            ("one point two billion", Some(1.2e9)),
            ("twenty-five point nought five", Some(25.05)),
            ("two hundred and six point three", Some(206.3)),
            ("zero point two", Some(0.2)),
            ("point five", None),
            ("two million, three hundred thousand", Some(2.3e6)),
            ("two million, three hundred", Some(2e6)),
            ("half", None),
            ("a", None),
            ("dozen", None),
            ("cat", None),
        ] {
            let first = text.split([' ', '-']).next().unwrap().len();
            assert_eq!(
                number_words(text, 0..first, AmountWords::of(LanguageCode::EN)).map(|n| n.0),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn reads_separators_by_language() {
        let value =
            |text, point| number_at(text, 0, Marks { point, ..Marks::default() }).map(|n| n.value);
        assert_eq!(value("1,234.5", true), Some(1234.5));
        assert_eq!(value("1.234,5", false), Some(1234.5));
        assert_eq!(value("1 234", false), Some(1234.0));
        assert_eq!(value("1.5", true), Some(1.5));
        assert_eq!(value("7¾", true), Some(7.75));
        assert_eq!(value("2 1/2 miles", true), Some(2.5));
        assert_eq!(value("½ cup", true), Some(0.5));
        assert_eq!(value("12,5", false), Some(12.5));
        assert_eq!(value("2,500,000", false), Some(2.5e6));
        assert_eq!(value("2.500.000", true), Some(2.5e6));
        assert_eq!(value("1,25,00,000.5", true), Some(12_500_000.5));
        assert_eq!(value("1’250’000", false), Some(1_250_000.0));
        assert_eq!(value("12,- Euro", false), Some(12.0));
        assert_eq!(value("5,00", true), None);
        assert_eq!(value("1,2,3", false), None);
    }
}
