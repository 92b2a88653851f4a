//! Numbers that say how much or how many: with a unit (`-16°C`, `$1.2 billion`, `25%`), with what
//! they count (`111 drones`, `three civilian injuries`), or as a range (`between 20 and 30`).
//!
//! Digits are read in every language, words in English. Refuses numbers that name rather than
//! measure: years, dates, times, ordinals, scores, parts of names, and bare numbers.

use std::ops::Range;

use super::Text;
use crate::model::{Amount, LanguageCode};

mod numbers;
mod units;

use numbers::{Number, number_at, number_words};
use units::{Unit, currency_before, magnitude, unit};

/// Most words of what is counted.
const MAX_OBJECT_WORDS: usize = 4;

/// The amounts of a body, in order.
#[must_use]
pub fn amounts(text: &Text<'_>, language: LanguageCode) -> Vec<Amount> {
    let english = language == LanguageCode::EN || language == LanguageCode::UND;
    let body = text.text;
    let mut found = Vec::new();
    let mut from = 0;
    for token in &text.tokens {
        let (start, end) = (token.start as usize, token.end as usize);
        if start < from {
            continue;
        }
        let first = body[start..].chars().next();
        let reading = match first {
            Some(c) if c.is_ascii_digit() => digits(body, start, english),
            Some(c) if english && c.is_alphabetic() => words(body, start..end),
            _ => None,
        };
        if let Some(reading) = reading {
            from = reading.bytes.end;
            found.push(Amount {
                value: reading.value,
                upper: reading.upper,
                unit: reading.unit,
                object: reading.object,
                text: body[reading.bytes.clone()].to_owned(),
                span: text.span(reading.bytes),
            });
        }
    }
    found
}

struct Reading {
    value: f64,
    upper: Option<f64>,
    unit: Option<String>,
    object: Option<String>,
    bytes: Range<usize>,
}

/// An amount whose digits start at `at`.
fn digits(body: &str, at: usize, english: bool) -> Option<Reading> {
    let before = &body[..at];
    if before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '#' | '@' | '/' | '_')) {
        return None;
    }
    if english && is_share(before) {
        return None;
    }
    let Number { value, end } = number_at(body, at, english)?;
    let mut start = at;
    let mut sign = 1.0;
    let currency = currency_before(before);
    if let Some((_, length)) = currency {
        start -= length;
    }
    if let Some(left) = body[..start].strip_suffix(['-', '−', '–'])
        && left.is_empty() | left.ends_with([' ', '(', '\n', '\u{a0}'])
    {
        start = left.len();
        sign = -1.0;
    } else if let Some(left) = body[..start].strip_suffix("minus ") {
        start = left.len();
        sign = -1.0;
    }
    let mut reading =
        Reading { value: sign * value, upper: None, unit: None, object: None, bytes: start..end };
    range(body, start, end, english, &mut reading);
    finish(body, &mut reading, currency.map(|(code, _)| code), english)?;
    if names_something(body, at, end, value, &reading) {
        return None;
    }
    // "between" makes a range an amount even where nothing says of what.
    let between = reading.upper.is_some() && reading.bytes.start < start;
    (reading.unit.is_some() || reading.object.is_some() || between).then_some(reading)
}

/// The upper end of a range, read into `reading`.
fn range(body: &str, start: usize, end: usize, english: bool, reading: &mut Reading) -> Option<()> {
    let rest = &body[end..];
    let before = body[..start].trim_end();
    let between = english && before.ends_with("between");
    let joint = [" and ", " to ", "-", "–", "—", " - ", " – ", " bis ", " a ", " à "]
        .into_iter()
        .find(|joint| rest.starts_with(joint))?;
    if joint == " and " && !between {
        return None;
    }
    let mut at = end + joint.len();
    if let Some(sign) = body[at..].chars().next().filter(|c| "$£€".contains(*c)) {
        at += sign.len_utf8();
    }
    let upper = number_at(body, at, english)?;
    if upper.value <= reading.value || body[upper.end..].starts_with(['-', '/']) {
        return None;
    }
    reading.upper = Some(upper.value);
    reading.bytes.end = upper.end;
    if between {
        reading.bytes.start = before.len() - "between".len();
    }
    Some(())
}

/// Reads magnitude, unit and object behind the number; `None` when the number is no amount.
fn finish(body: &str, reading: &mut Reading, currency: Option<&str>, english: bool) -> Option<()> {
    let has_currency = currency.is_some();
    if let Some((factor, length)) = magnitude(&body[reading.bytes.end..], has_currency) {
        // "$1.2bn to $1.4bn" is read as two amounts; "20 to 30 million" has one magnitude for both.
        reading.value *= factor;
        reading.upper = reading.upper.map(|upper| upper * factor);
        reading.bytes.end += length;
    }
    reading.unit = currency.map(str::to_owned);
    if let Some(Unit { name, length }) = unit(&body[reading.bytes.end..]) {
        if !has_currency {
            reading.unit = Some(name.to_owned());
            reading.bytes.end += length;
        }
    } else if body[reading.bytes.end..].starts_with(char::is_alphanumeric) {
        return None;
    }
    if reading.unit.is_none()
        && english
        && let Some((object, length)) = object(&body[reading.bytes.end..])
    {
        reading.object = Some(object);
        reading.bytes.end += length;
    }
    Some(())
}

/// Whether digits are a year, a date, a time or a score.
fn names_something(body: &str, at: usize, end: usize, value: f64, reading: &Reading) -> bool {
    let measured = reading.unit.is_some();
    let (before, after) = (&body[..at], &body[end..]);
    let last_word = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    let year = end - at == 4 && value.fract() == 0.0 && (1500.0..2100.0).contains(&value);
    let time = after.starts_with(':') && after[1..].starts_with(|c: char| c.is_ascii_digit())
        || before.ends_with(':') && before[..at - 1].ends_with(|c: char| c.is_ascii_digit());
    let joined = before.ends_with(['-', '–', '/'])
        && before.trim_end_matches(['-', '–', '/']).ends_with(char::is_alphanumeric);
    !measured && (year || joined) || time || !measured && super::dates::is_month(last_word)
}

/// An amount in words, such as "three civilian injuries".
fn words(body: &str, first: Range<usize>) -> Option<Reading> {
    if is_share(&body[..first.start]) {
        return None;
    }
    let (value, end, several) = number_words(body, first.clone())?;
    let mut reading =
        Reading { value, upper: None, unit: None, object: None, bytes: first.start..end };
    finish(body, &mut reading, None, true)?;
    let says_how_many = reading.unit.is_some() || reading.object.is_some();
    (says_how_many && (several || value > 1.0)).then_some(reading)
}

/// Whether what follows is the whole that a share is of: `one in five people`, `9 out of 10`.
fn is_share(before: &str) -> bool {
    let Some(rest) = before.strip_suffix(" in ").or_else(|| before.strip_suffix(" out of ")) else {
        return false;
    };
    let part = rest.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let start = rest.len() - part.len();
    let digits = !part.is_empty() && part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    digits || number_words(rest, start..rest.len()).is_some_and(|n| n.1 == rest.len())
}

/// What is counted: words up to the first plural.
fn object(rest: &str) -> Option<(String, usize)> {
    let mut at = 0;
    let mut words: Vec<(usize, &str)> = Vec::new();
    while words.len() < MAX_OBJECT_WORDS {
        let blank = rest[at..].starts_with([' ', '\u{a0}']);
        let hyphen = rest[at..].starts_with('-') && !words.is_empty();
        if !blank && !hyphen {
            return None;
        }
        let start = at + rest[at..].chars().next()?.len_utf8();
        let word = rest[start..].split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
        if word.is_empty() {
            return None;
        }
        let lower = word.to_lowercase();
        let grammar = super::language::is_function_word(LanguageCode::EN, &lower);
        if grammar && !matches!(lower.as_str(), "more" | "other" | "new" | "of")
            || super::dates::is_month(word)
        {
            return None;
        }
        at = start + word.len();
        // "two thirds of voters" are not two of anything.
        if words.is_empty() && is_fraction(&lower) && rest[at..].starts_with(" of ") {
            return None;
        }
        words.push((start, word));
        if is_plural(&lower) {
            let mut words = words.iter();
            let (from, _) = words.find(|(_, w)| !matches!(*w, "more" | "other" | "of"))?;
            return Some((rest[*from..at].replace('\u{a0}', " "), at));
        }
    }
    None
}

fn is_fraction(lower: &str) -> bool {
    matches!(lower, "halves" | "thirds" | "quarters" | "fifths" | "sixths" | "eighths" | "tenths")
}

fn is_plural(lower: &str) -> bool {
    const IRREGULAR: &[&str] = &[
        "people",
        "men",
        "women",
        "children",
        "police",
        "troops",
        "feet",
        "teeth",
        "mice",
        "sheep",
        "cattle",
        "fish",
        "staff",
        "personnel",
        "aircraft",
        "deer",
        "species",
        "series",
        "crew",
        "youth",
        "countrymen",
        "policemen",
        "gunmen",
        "firemen",
        "salespeople",
        "workmen",
        "livestock",
    ];
    const VERBS: &[&str] = &["is", "was", "has", "does", "says", "us", "this", "his", "its", "as"];
    IRREGULAR.contains(&lower)
        || lower.len() > 3
            && lower.ends_with('s')
            && !lower.ends_with("ss")
            && !lower.ends_with("us")
            && !lower.ends_with("is")
            && !VERBS.contains(&lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Vec<(String, f64, Option<f64>, String)> {
        amounts(&Text::new(body), LanguageCode::EN)
            .into_iter()
            .map(|a| {
                let of = a.unit.or(a.object).unwrap_or_default();
                (a.text, a.value, a.upper, of)
            })
            .collect()
    }

    #[test]
    fn reads_units_objects_and_ranges() {
        for (body, text, value, upper, of) in [
            ("Russia launched 111 drones and a missile.", "111 drones", 111.0, None, "drones"),
            (
                "It left three civilian injuries.",
                "three civilian injuries",
                3.0,
                None,
                "civilian injuries",
            ),
            ("It fell below -16°C at night.", "-16°C", -16.0, None, "°C"),
            ("It cost $1.2 billion in all.", "$1.2 billion", 1.2e9, None, "USD"),
            ("It cost £86m, he said.", "£86m", 86e6, None, "GBP"),
            ("Sales rose 25% in May.", "25%", 25.0, None, "%"),
            ("Sales rose by 2.5 per cent.", "2.5 per cent", 2.5, None, "%"),
            ("There were between 20 and 30 there.", "between 20 and 30", 20.0, Some(30.0), ""),
            ("He ran 42 kilometres.", "42 kilometres", 42.0, None, "km"),
            (
                "About 1,500 Russian soldiers left.",
                "1,500 Russian soldiers",
                1500.0,
                None,
                "Russian soldiers",
            ),
            ("Two dozen people came.", "Two dozen people", 24.0, None, "people"),
            ("Some 20-30 people came.", "20-30 people", 20.0, Some(30.0), "people"),
            ("A sum of 5 million euros.", "5 million euros", 5e6, None, "EUR"),
            ("Winds of 90mph were felt.", "90mph", 90.0, None, "mph"),
            ("It is a nine-kilometre walk.", "nine-kilometre", 9.0, None, "km"),
            ("Half a million people came.", "Half a million people", 5e5, None, "people"),
            ("A dozen people came.", "A dozen people", 12.0, None, "people"),
            ("He got two ten-year terms.", "two ten-year terms", 2.0, None, "ten-year terms"),
            ("It is worth €5m now.", "€5m", 5e6, None, "EUR"),
            ("A 25-year-old was held.", "25-year", 25.0, None, "year"),
        ] {
            assert_eq!(found(body), [(text.to_owned(), value, upper, of.to_owned())], "{body}");
        }
    }

    #[test]
    fn numbers_that_name_are_no_amounts() {
        for body in [
            "In 2016 elections were held.",
            "On February 1 talks start.",
            "At 3:30 they met.",
            "United won 2-1 on aggregate.",
            "The G20 and the MP3 player.",
            "The 19th century ended.",
            "No one came, and one left.",
            "Route 66 is long.",
            "One in five people did.",
            "Nine out of ten people did.",
            "About 3 in 10 people did.",
            "It said \u{201c}one in 10 people did.",
            "Two thirds of voters did.",
            "Three-quarters of voters did.",
        ] {
            assert_eq!(found(body), [], "{body}");
        }
    }

    #[test]
    fn reads_decimal_commas_in_other_languages() {
        let de = LanguageCode::parse("de").unwrap();
        let found = amounts(&Text::new("Es kostet 1.234,50 € und 3,5 Prozent mehr."), de);
        assert_eq!(found[0].value, 1234.5);
        assert_eq!((found[1].value, found[1].unit.as_deref()), (3.5, Some("%")));
    }

    #[test]
    fn offsets_cover_the_words() {
        let body = "À Łódź, 25% of it.";
        let amount = amounts(&Text::new(body), LanguageCode::EN).remove(0);
        let chars: Vec<char> = body.chars().collect();
        let slice: String =
            chars[amount.span.start as usize..amount.span.end as usize].iter().collect();
        assert_eq!(slice, amount.text);
    }
}
