//! The time of day beside a date, and the offset stated for it.
//!
//! A time with a dot (`18.40`) counts only beside a word that makes it one, or close behind the date. Without an offset
//! the time is UTC; with a zone name that several countries use, and no country known, there is no time.

use std::sync::LazyLock;

use foldhash::HashSet;
use time::{Date, PrimitiveDateTime, Time, UtcOffset};

use super::tokens::{Token, is_one_of, number};
use crate::extract::date_signs::SIGNS;
use crate::extract::word_lists;
use crate::model::{Precision, Published};
use crate::time_zones;

/// Words beside times, in lower case.
struct TimeWords {
    am: HashSet<&'static str>,
    pm: HashSet<&'static str>,
    am_before: HashSet<&'static str>,
    pm_before: HashSet<&'static str>,
    /// The night, which begins before midnight and ends behind it.
    night_before: HashSet<&'static str>,
    /// Before a time with a dot: `klo 18.40`.
    at: HashSet<&'static str>,
    /// Behind a time that is one by that: `18.40 Uhr`.
    hour_words: HashSet<&'static str>,
    /// Behind a time, saying nothing of it.
    after: HashSet<&'static str>,
}

static WORDS: LazyLock<TimeWords> = LazyLock::new(|| {
    let of = |kind| word_lists::words("date-words.txt", kind);
    TimeWords {
        am: of("am"),
        pm: of("pm"),
        am_before: of("am-before"),
        pm_before: of("pm-before"),
        night_before: of("night-before"),
        at: of("at"),
        hour_words: of("hour-word"),
        after: of("after-time"),
    }
});

/// The time that stands after a date, or else before it (`10:32 a.m., May 3, 2024`).
pub(super) fn with_time(
    tokens: &[Token<'_>],
    start: usize,
    end: usize,
    date: Date,
    country: Option<[u8; 2]>,
) -> Published {
    let within = (start..end).find(|i| {
        matches!(tokens[*i], Token::Number(_)) && tokens.get(i + 1) == Some(&Token::Mark(':'))
    });
    let after = (end..tokens.len()).take(14).find(|i| matches!(tokens[*i], Token::Number(_)));
    let before =
        (start.saturating_sub(BEFORE)..start).find(|i| matches!(tokens[*i], Token::Number(_)));
    for at in within.into_iter().chain(after).chain(before) {
        let is_close = at >= end && at <= end + CLOSE;
        if let Some((time, next, precision)) = time_at(tokens, at, is_close) {
            let Some(offset) = stated_offset(tokens, at, next, date, country) else { break };
            return Published {
                at: PrimitiveDateTime::new(date, time).assume_offset(offset),
                precision,
            };
        }
    }
    Published {
        at: PrimitiveDateTime::new(date, Time::MIDNIGHT).assume_utc(),
        precision: Precision::Day,
    }
}

/// How far before a date its time begins, in tokens: `10:00 a.m. EDT, Tue May 6, 2025`.
const BEFORE: usize = 16;

/// How far behind a date a time may have a dot between its parts and nothing else that says that it is one.
const CLOSE: usize = 2;

/// The offset stated behind a time, which is UTC where none is. `None` for the name of a zone of several countries
/// where the page's is not known to be one of them: the time is not known then.
fn stated_offset(
    tokens: &[Token<'_>],
    at: usize,
    next: usize,
    date: Date,
    country: Option<[u8; 2]>,
) -> Option<UtcOffset> {
    let mut words = tokens[next.min(tokens.len())..].iter();
    let name = match words.find(|t| !matches!(t, Token::Gap | Token::Mark('(' | ','))) {
        Some(Token::Word(name)) => *name,
        _ => "",
    };
    let of_country = country.and_then(|country| time_zones::named_in(name, country));
    let has_half = || {
        tokens[at..next].iter().any(|token| match token {
            Token::Word(word) => {
                let word = word.to_lowercase();
                WORDS.am.contains(word.as_str())
                    || WORDS.pm.contains(word.as_str())
                    || matches!(word.as_str(), "a" | "p")
            }
            Token::Number(_) | Token::Mark(_) | Token::Gap => false,
        })
    };
    if let Some(zone) = of_country {
        return Some(zone.on(date));
    }
    if time_zones::is_ambiguous(name) {
        return None;
    }
    let in_words = time_zones::american(name).filter(|_| has_half()).map(|zone| zone.on(date));
    Some(in_words.or_else(|| offset_at(tokens, next, date, false)).unwrap_or(UtcOffset::UTC))
}

/// A whole hour with a half of the day: `3 PM`.
fn whole_hour(tokens: &[Token<'_>], at: usize) -> Option<(Time, usize, Precision)> {
    let hour = number(tokens.get(at), 2).filter(|hour| (1..=12).contains(hour))?;
    let next = at + 1 + usize::from(tokens.get(at + 1) == Some(&Token::Gap));
    let Some(Token::Word(word)) = tokens.get(next) else { return None };
    let word = word.to_lowercase();
    let dotted = dotted(&word, tokens, next + 1);
    let (word, next) = dotted.unwrap_or((word, next + 1));
    let is_pm = WORDS.pm.contains(word.as_str());
    (is_pm || WORDS.am.contains(word.as_str())).then_some(())?;
    let hour = u8::try_from(hour % 12 + if is_pm { 12 } else { 0 }).ok()?;
    Some((Time::from_hms(hour, 0, 0).ok()?, next, Precision::Minute))
}

fn time_at(tokens: &[Token<'_>], at: usize, is_close: bool) -> Option<(Time, usize, Precision)> {
    if let Some(found) = whole_hour(tokens, at) {
        return Some(found);
    }
    let mut hour = number(tokens.get(at), 2)?;
    let is_letter = |at: usize| matches!(tokens.get(at), Some(Token::Word("h" | "H")));
    // `18 h 42`
    let sep = at + 1 + usize::from(tokens.get(at + 1) == Some(&Token::Gap) && is_letter(at + 2));
    let colon = match tokens.get(sep)? {
        Token::Mark('.') => false,
        Token::Mark(mark) if *mark == ':' || SIGNS.hours.contains(mark) => true,
        Token::Word("h" | "H") => true,
        Token::Word(_) | Token::Number(_) | Token::Mark(_) | Token::Gap => return None,
    };
    let named = is_one_of(tokens.get(sep), &SIGNS.hours);
    let may_part = named || is_letter(sep);
    let gap = usize::from(may_part && tokens.get(sep + 1) == Some(&Token::Gap));
    let Some(Token::Number(minutes)) = tokens.get(sep + 1 + gap) else { return None };
    (minutes.len() == 2 || named).then_some(())?;
    let minute = number(tokens.get(sep + 1 + gap), 2)?;
    let mut next = sep + 2 + gap;
    if named && is_one_of(tokens.get(next), &SIGNS.minutes) {
        next += 1;
    }
    let mut second = None;
    if colon && tokens.get(next) == Some(&Token::Mark(':')) {
        second = number(tokens.get(next + 1), 2);
        next += 2;
        if matches!(tokens.get(next), Some(Token::Mark('.' | ',')))
            && matches!(tokens.get(next + 1), Some(Token::Number(_)))
        {
            next += 2;
        }
    }
    let skip = usize::from(tokens.get(next) == Some(&Token::Gap));
    let word = match tokens.get(next + skip) {
        Some(Token::Word(word)) => word.to_lowercase(),
        _ => String::new(),
    };
    let before = tokens[..at].iter().rev().take(3).find_map(|token| match token {
        Token::Word(word) => Some(word.to_lowercase()),
        Token::Number(_) | Token::Mark(_) | Token::Gap => None,
    });
    let before = before.unwrap_or_default();
    let announced = WORDS.at.contains(before.as_str());
    let is_hour = WORDS.hour_words.contains(word.as_str())
        || WORDS.am.contains(word.as_str())
        || WORDS.pm.contains(word.as_str())
        || (is_close
            && !matches!(tokens.get(next), Some(Token::Mark('.'))
            if matches!(tokens.get(next + 1), Some(Token::Number(_)))));
    if !colon && !is_hour && !announced {
        return None;
    }
    let dotted = dotted(&word, tokens, next + skip + 1);
    let named = |list: &HashSet<&str>| {
        dotted.as_ref().is_some_and(|(mark, _)| list.contains(mark.as_str()))
    };
    let (is_am, is_pm) = (named(&WORDS.am), named(&WORDS.pm));
    let pm = is_pm || WORDS.pm.contains(word.as_str());
    let am = is_am || WORDS.am.contains(word.as_str());
    let at_night = WORDS.night_before.contains(before.as_str());
    let later = WORDS.pm_before.contains(before.as_str()) || (at_night && hour >= DAWN);
    let earlier = WORDS.am_before.contains(before.as_str()) || at_night;
    if (pm || later) && hour < 12 {
        hour += 12;
    } else if (am || earlier) && hour == 12 {
        hour = 0;
    }
    if is_am || is_pm {
        next = dotted.map_or(next, |(_, after)| after);
    } else if am
        || pm
        || WORDS.hour_words.contains(word.as_str())
        || WORDS.after.contains(word.as_str())
    {
        next += skip + 1;
    }
    let precision = if second.is_some() { Precision::Second } else { Precision::Minute };
    let small = |n: i32| u8::try_from(n).ok();
    let time = Time::from_hms(small(hour)?, small(minute)?, small(second.unwrap_or(0))?).ok()?;
    Some((time, next, precision))
}

/// The hour at which no night is.
const DAWN: i32 = 5;

/// A half of the day that is written by its letters, `p.m.` or `p. m.`: without the marks between them, and where it ends.
fn dotted(word: &str, tokens: &[Token<'_>], at: usize) -> Option<(String, usize)> {
    (word.chars().count() == 1 && tokens.get(at) == Some(&Token::Mark('.'))).then_some(())?;
    let second = at + 1 + usize::from(tokens.get(at + 1) == Some(&Token::Gap));
    let Some(Token::Word(letter)) = tokens.get(second) else { return None };
    (letter.chars().count() == 1).then_some(())?;
    let end = second + 1 + usize::from(tokens.get(second + 1) == Some(&Token::Mark('.')));
    Some((format!("{word}{}", letter.to_lowercase()), end))
}

/// `Z`, `+02:00`, `+0200`, `+02`, `GMT+2`, `GMT + 2`, and the zone names that pages use. An hour alone is an offset where
/// `is_named` says so, or where nothing of a date stands behind it: `18:42-6 May`.
fn offset_at(tokens: &[Token<'_>], at: usize, date: Date, is_named: bool) -> Option<UtcOffset> {
    let mut at = at;
    while matches!(tokens.get(at), Some(Token::Gap | Token::Mark('(' | ','))) {
        at += 1;
    }
    match tokens.get(at)? {
        Token::Word("GMT" | "UTC") if is_sign(tokens.get(over_gap(tokens, at + 1))) => {
            offset_at(tokens, over_gap(tokens, at + 1), date, true)
        }
        Token::Word(name) => time_zones::named(name).map(|zone| zone.on(date)),
        Token::Mark(sign @ ('+' | '-' | '−')) => {
            let at = if is_named { over_gap(tokens, at + 1) - 1 } else { at };
            let Some(Token::Number(digits)) = tokens.get(at + 1) else { return None };
            let behind = tokens.get(over_gap(tokens, at + 2));
            let is_day = matches!(
                behind,
                Some(Token::Word(_) | Token::Number(_) | Token::Mark('/' | '.' | '-'))
            );
            (digits.len() == 4 || is_named || !is_day).then_some(())?;
            let (h, m) = match digits.len() {
                4 => (digits[..2].parse::<i8>().ok()?, digits[2..].parse::<i8>().ok()?),
                1 | 2 => {
                    let minutes = if tokens.get(at + 2) == Some(&Token::Mark(':')) {
                        number(tokens.get(at + 3), 2)
                    } else {
                        None
                    };
                    (digits.parse::<i8>().ok()?, i8::try_from(minutes.unwrap_or(0)).ok()?)
                }
                _ => return None,
            };
            let sign = if *sign == '+' { 1 } else { -1 };
            UtcOffset::from_hms(sign * h, sign * m, 0).ok().filter(|o| time_zones::is_in_use(*o))
        }
        Token::Number(_) | Token::Mark(_) | Token::Gap => None,
    }
}

/// The token at a place, or the one behind a gap there.
fn over_gap(tokens: &[Token<'_>], at: usize) -> usize {
    at + usize::from(tokens.get(at) == Some(&Token::Gap))
}

fn is_sign(token: Option<&Token<'_>>) -> bool {
    matches!(token, Some(Token::Mark('+' | '-' | '−')))
}
