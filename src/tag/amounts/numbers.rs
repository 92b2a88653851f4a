//! Numbers in digits and in English words.

use std::ops::Range;

/// A number and where it ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    pub value: f64,
    pub end: usize,
}

/// The number whose digits start at `at`. In English a comma parts thousands and a point the
/// fraction; elsewhere the other way round, and spaces part thousands too.
pub(super) fn number_at(body: &str, at: usize, english: bool) -> Option<Number> {
    let (thousands, point) = if english { (',', '.') } else { ('.', ',') };
    let digits = |from: usize| body[from..].bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(at);
    if whole == 0 || whole > 15 {
        return None;
    }
    let mut text = body[at..at + whole].to_owned();
    let mut end = at + whole;
    // Groups of three follow only where the first has no more.
    let grouped = whole <= 3;
    while let Some(separator) = body[end..].chars().next().filter(|_| grouped) {
        let parts = separator == thousands
            || matches!(separator, '\u{a0}' | '\u{202f}' | '\u{2009}')
            || separator == ' ' && !english;
        let next = end + separator.len_utf8();
        if !parts || digits(next) != 3 {
            break;
        }
        text.push_str(&body[next..next + 3]);
        end = next + 3;
    }
    if body[end..].starts_with(point) {
        let fraction = digits(end + 1);
        if fraction > 0 {
            text.push('.');
            text.push_str(&body[end + 1..end + 1 + fraction]);
            end += 1 + fraction;
        }
    }
    Some(Number { value: text.parse().ok()?, end })
}

fn small(word: &str) -> Option<f64> {
    const WORDS: &[(&str, f64)] = &[
        ("one", 1.0),
        ("two", 2.0),
        ("three", 3.0),
        ("four", 4.0),
        ("five", 5.0),
        ("six", 6.0),
        ("seven", 7.0),
        ("eight", 8.0),
        ("nine", 9.0),
        ("ten", 10.0),
        ("eleven", 11.0),
        ("twelve", 12.0),
        ("thirteen", 13.0),
        ("fourteen", 14.0),
        ("fifteen", 15.0),
        ("sixteen", 16.0),
        ("seventeen", 17.0),
        ("eighteen", 18.0),
        ("nineteen", 19.0),
        ("twenty", 20.0),
        ("thirty", 30.0),
        ("forty", 40.0),
        ("fifty", 50.0),
        ("sixty", 60.0),
        ("seventy", 70.0),
        ("eighty", 80.0),
        ("ninety", 90.0),
    ];
    WORDS.iter().find(|(w, _)| *w == word).map(|(_, n)| *n)
}

fn large(word: &str) -> Option<f64> {
    Some(match word {
        "dozen" => 12.0,
        "hundred" => 100.0,
        "thousand" => 1e3,
        "million" => 1e6,
        "billion" => 1e9,
        "trillion" => 1e12,
        _ => return None,
    })
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
    rest.split(|c: char| !c.is_alphabetic()).next().filter(|word| !word.is_empty())
}

/// The number that starts with the word at `first`: its value, where it ends, and whether it was
/// written with more than "one".
pub(super) fn number_words(body: &str, first: Range<usize>) -> Option<(f64, usize, bool)> {
    let before = &body[..first.start];
    if before.ends_with(['-', '–']) {
        return None;
    }
    let (mut total, mut current) = (0.0, 0.0);
    let mut end = first.start;
    let mut count = 0;
    let mut at = first.start;
    loop {
        let word = body[at..].split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
        let lower = word.to_lowercase();
        if count == 0 && lower == "a" {
            // "a million", but "a nine-kilometre walk" starts at nine.
            next_word(body, at + word.len()).and_then(|next| large(&next.to_lowercase()))?;
            current = 1.0;
        } else if count == 0 && lower == "half" {
            let million = body[at + word.len()..].strip_prefix(" a ")?;
            let factor = next_word(million, 0).and_then(|next| large(&next.to_lowercase()))?;
            let end = body.len() - million.len() + next_word(million, 0).map_or(0, str::len);
            return (factor >= 1e3).then_some((factor / 2.0, end, true));
        } else if let Some(n) = small(&lower) {
            if !follows(current, n) {
                break;
            }
            current += n;
        } else if let Some(n) = large(&lower) {
            if count == 0 {
                return None;
            }
            current = if current == 0.0 { 1.0 } else { current } * n;
            if n >= 1e3 {
                total += current;
                current = 0.0;
            }
        } else if !(lower == "and" && count > 0) {
            break;
        }
        if lower != "and" {
            end = at + word.len();
        }
        count += 1;
        at += word.len();
        match body[at..].chars().next() {
            Some(c @ (' ' | '-' | '\u{a0}')) => at += c.len_utf8(),
            _ => break,
        }
        // "and" only joins numbers: what follows must be one.
        if lower == "and" {
            let next = body[at..].split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
            if small(&next.to_lowercase()).is_none() || total == 0.0 && current < 100.0 {
                break;
            }
        }
    }
    let value = total + current;
    let written = &body[first.start..end];
    let bare_article = written.eq_ignore_ascii_case("a") || written.is_empty();
    (value > 0.0 && !bare_article).then_some((value, end, count > 1 && value > 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("half a dozen", None),
            ("half", None),
            ("a", None),
            ("dozen", None),
            ("cat", None),
        ] {
            let first = text.split([' ', '-']).next().unwrap().len();
            assert_eq!(number_words(text, 0..first).map(|n| n.0), expected, "{text}");
        }
    }

    #[test]
    fn reads_separators_by_language() {
        let value = |text, english| number_at(text, 0, english).map(|n| n.value);
        assert_eq!(value("1,234.5", true), Some(1234.5));
        assert_eq!(value("1.234,5", false), Some(1234.5));
        assert_eq!(value("1 234", false), Some(1234.0));
        assert_eq!(value("1.5", true), Some(1.5));
        assert_eq!(value("12,5", false), Some(12.5));
    }
}
