//! Days as people write them, from tokens: numeric and with month names, year first or last, in the Gregorian, Persian
//! solar and Buddhist calendars and by eras (`令和8年`, `民國115年`).
//!
//! `03/04` is read in the order of the page's language and country; a weekday beside it decides. Refuses years that are
//! not plausible for a publication and days that no calendar has.

use std::sync::LazyLock;

use foldhash::HashSet;
use time::{Date, Month, Weekday};

use super::ParsedDate;
use super::tokens::{Token, is_one_of, number};
use crate::extract::date_signs::{CHINESE, SIGNS};
use crate::extract::{calendars, weekdays, word_lists};
use crate::months;

fn year(token: Option<&Token<'_>>) -> Option<i32> {
    match token {
        Some(Token::Number(n)) if n.len() == 4 => {
            n.parse().ok().map(calendars::common_year).filter(|y| plausible(*y))
        }
        _ => None,
    }
}

pub(super) const fn plausible(year: i32) -> bool {
    year >= 1900 && year <= 2100
}

pub(super) fn calendar(year: i32, month: i32, day: i32) -> Option<Date> {
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok().filter(|_| plausible(year))
}

/// Whole years of any calendar in use.
fn any_year(token: Option<&Token<'_>>) -> Option<i32> {
    let persian = || number(token, 4).filter(|y| months::is_persian_year(*y));
    year(token).or_else(persian)
}

/// A day in the calendar that its year and month name belong to.
fn day_of(year: i32, month: months::Named, day: i32) -> Option<Date> {
    if months::is_persian_year(year) {
        return months::persian(year, month.number, day);
    }
    (!month.persian).then_some(())?;
    calendar(year, month.number, day)
}

const fn gregorian(number: i32) -> months::Named {
    months::Named { number, persian: false }
}

/// A date that begins at a token, and the token after it.
pub(super) fn date_at(
    tokens: &[Token<'_>],
    at: usize,
    reading: ParsedDate,
) -> Option<(Date, usize)> {
    match tokens.get(at)? {
        Token::Number(n) if n.len() == 8 => {
            let date = calendar(n[..4].parse().ok()?, n[4..6].parse().ok()?, n[6..].parse().ok()?)?;
            Some((date, at + 1))
        }
        Token::Number(n) if n.len() == 4 => year_first(tokens, at, reading),
        Token::Number(n) if n.len() <= 2 => {
            in_numbers(tokens, at, reading).or_else(|| day_then_month(tokens, at, reading))
        }
        Token::Word(word) => match calendars::era(word) {
            Some(before) => of_era(tokens, at + 1, before),
            None => {
                month_then_day(tokens, at, reading).or_else(|| of_short_era(tokens, at, reading))
            }
        },
        Token::Number(_) | Token::Mark(_) | Token::Gap => None,
    }
}

/// `2024-05-03`, `2024/5/3`, `2024.05.03`, `2024年5月3日`, `2024. május 3.`, `2024 m. gegužės 3 d.`.
fn year_first(tokens: &[Token<'_>], at: usize, reading: ParsedDate) -> Option<(Date, usize)> {
    let get = |n: usize| tokens.get(at + n);
    let year = any_year(get(0))?;
    match (get(1)?, get(3)) {
        (Token::Mark(a @ ('-' | '/' | '.')), Some(Token::Mark(b))) if a == b => {
            let month = gregorian(number(get(2), 2)?);
            return Some((day_of(year, month, number(get(4), 2)?)?, at + 5));
        }
        (Token::Mark(sign), _) if SIGNS.years.contains(sign) => {
            return month_and_day(tokens, at + 2, year);
        }
        // `2024. 05. 03.`
        (Token::Mark('.'), Some(Token::Number(_))) if get(4) == Some(&Token::Mark('.')) => {
            let month = gregorian(number(get(3), 2)?);
            return Some((day_of(year, month, number(get(6), 2)?)?, at + 7));
        }
        _ => {}
    }
    let (mut month, mut day, mut next) = (None, None, at + 1);
    while next < tokens.len().min(at + 12) {
        if month.is_none()
            && let Some((found, parts)) =
                month_at(tokens, next, reading.language).or_else(|| counted_month(tokens, next))
        {
            (month, next) = (Some(found), next + parts);
        } else {
            match tokens.get(next)? {
                Token::Gap | Token::Mark('.' | ',' | '-') => {}
                // `2024 m.`, `2024. gada`: the word for year.
                Token::Word(word) if month.is_none() && is_filler(word) => {}
                Token::Number(n) if n.len() <= 2 && day.is_none() => day = n.parse().ok(),
                Token::Number(_) | Token::Word(_) | Token::Mark(_) => return None,
            }
            next += 1;
        }
        if let (Some(month), Some(day)) = (month, day) {
            return Some((day_of(year, month, day)?, next));
        }
    }
    None
}

/// A month by its number and the word for it behind, and how many tokens they have: `2-р сарын`.
fn counted_month(tokens: &[Token<'_>], at: usize) -> Option<(months::Named, usize)> {
    let month = number(tokens.get(at), 2)?;
    let is_ending = matches!(tokens.get(at + 1), Some(Token::Mark('-')));
    let word = at + if is_ending { 4 } else { 2 };
    let counts = matches!(tokens.get(word), Some(Token::Word(w)) if WORDS_BEHIND.contains(*w))
        && tokens.get(word - 1) == Some(&Token::Gap);
    counts.then(|| (gregorian(month), word + 1 - at))
}

/// `5月3日` after a year.
fn month_and_day(tokens: &[Token<'_>], from: usize, year: i32) -> Option<(Date, usize)> {
    let numbers: Vec<usize> = (from..tokens.len().min(from + 6))
        .filter(|i| matches!(tokens[*i], Token::Number(_)))
        .take(2)
        .collect();
    let [month, day] = numbers[..] else { return None };
    let date = calendar(year, number(tokens.get(month), 2)?, number(tokens.get(day), 2)?)?;
    let named = is_one_of(tokens.get(day + 1), &SIGNS.days);
    Some((date, day + 1 + usize::from(named)))
}

/// `令和8年2月3日`, `民國115年2月3日`, behind the era's name.
fn of_era(tokens: &[Token<'_>], at: usize, before: i32) -> Option<(Date, usize)> {
    let at = at + usize::from(tokens.get(at) == Some(&Token::Gap));
    is_one_of(tokens.get(at + 1), &CHINESE.years).then_some(())?;
    month_and_day(tokens, at + 2, before + number(tokens.get(at), 3)?)
}

/// `R8.2.3`, on pages in a language with such eras.
fn of_short_era(tokens: &[Token<'_>], at: usize, reading: ParsedDate) -> Option<(Date, usize)> {
    let Some(Token::Word(letter)) = tokens.get(at) else { return None };
    let before = calendars::short_era(reading.language?, letter)?;
    let parted = |n| matches!(tokens.get(at + n), Some(Token::Mark('.' | '/' | '-')));
    (parted(2) && parted(4)).then_some(())?;
    let get = |n| number(tokens.get(at + n), 2);
    Some((calendar(before + get(1)?, get(3)?, get(5)?)?, at + 6))
}

/// `03.05.2024`, `3/5/2024`, `03-05-24`.
fn in_numbers(tokens: &[Token<'_>], at: usize, reading: ParsedDate) -> Option<(Date, usize)> {
    let get = |n: usize| tokens.get(at + n);
    let (Some(Token::Mark(a @ ('.' | '/' | '-'))), Some(Token::Mark(b))) = (get(1), get(3)) else {
        return None;
    };
    (a == b).then_some(())?;
    let (first, second) = (number(get(0), 2)?, number(get(2), 2)?);
    let year = match get(4) {
        Some(Token::Number(y)) if y.len() == 2 => 2000 + y.parse::<i32>().ok()?,
        other => any_year(other)?,
    };
    // Only Americans write days with dashes month first, and only they are known to.
    let is_american = reading.country == Some(*b"us") && *a == '-';
    let month_first =
        ((*a == '/' || is_american) && reading.month_first && first <= 12) || second > 12;
    let (day, month) = if month_first { (second, first) } else { (first, second) };
    let (date, swapped) = (day_of(year, gregorian(month), day), calendar(year, day, month));
    // The day of the week before it says which of both is meant: `Tue, 02/03/2026`.
    let said = || weekday_before(tokens, at);
    if let Some(swapped) = swapped.filter(|swapped| date != Some(*swapped))
        && let Some(day) = said()
        && swapped.weekday() == day
        && date.is_none_or(|date| date.weekday() != day)
    {
        return Some((swapped, at + 5));
    }
    Some((date?, at + 5))
}

/// The day of the week that stands before a date, a comma or a full stop between at most.
fn weekday_before(tokens: &[Token<'_>], at: usize) -> Option<Weekday> {
    let between = |token: &&Token<'_>| matches!(token, Token::Gap | Token::Mark(',' | '.'));
    match tokens[..at].iter().rev().take(3).find(|token| !between(token))? {
        Token::Word(word) => weekdays::of(word),
        Token::Number(_) | Token::Mark(_) | Token::Gap => None,
    }
}

/// `3 May 2024`, `3. Mai 2024`, `3rd of May 2024`, `3 de mayo de 2024`, `03-May-2024`, `3. 5. 2024`,
/// `3 شباط/فبراير 2024`, `3 tháng 5 năm 2024`.
fn day_then_month(tokens: &[Token<'_>], at: usize, reading: ParsedDate) -> Option<(Date, usize)> {
    let day = number(tokens.get(at), 2)?;
    let mut next = at + 1;
    let mut month: Option<months::Named> = None;
    let mut numbered = false;
    while next < tokens.len().min(at + 16) {
        if let Some((found, parts)) = month_at(tokens, next, reading.language) {
            if month.is_some_and(|month| month != found) {
                return None;
            }
            (month, next) = (Some(found), next + parts);
            continue;
        }
        match tokens.get(next)? {
            Token::Gap
            | Token::Mark('.' | ',' | '،' | '-' | '/' | 'º' | '°' | '\'' | '’' | '‘') => {}
            Token::Word(word) if MONTH_WORDS.contains(*word) => numbered = true,
            Token::Word(word) if is_filler(word) => {}
            Token::Number(n) if n.len() == 4 => {
                return Some((day_of(any_year(tokens.get(next))?, month?, day)?, next + 1));
            }
            // `3 Feb '26`, and `3 ก.พ. 69` of the Buddhist era.
            Token::Number(n) if n.len() == 2 && month.is_some() => {
                let is_cut = matches!(tokens.get(next - 1), Some(Token::Mark('\'' | '’' | '‘')));
                let is_hour = tokens.get(next + 1) == Some(&Token::Mark(':'));
                let century = match reading.language {
                    _ if is_cut => 2000,
                    Some("th") if !is_hour => 2500 - calendars::BUDDHIST,
                    _ => return None,
                };
                return Some((day_of(century + n.parse::<i32>().ok()?, month?, day)?, next + 1));
            }
            Token::Number(n)
                if n.len() <= 2
                    && month.is_none()
                    && matches!(tokens.get(next - 1), Some(Token::Gap))
                    && (numbered || matches!(tokens.get(next - 2), Some(Token::Mark('.')))) =>
            {
                month = n.parse().ok().map(gregorian);
            }
            Token::Number(_) | Token::Word(_) | Token::Mark(_) => return None,
        }
        next += 1;
    }
    None
}

/// `May 3, 2024`, `Mai 3 2024`, `May 3rd, 2024`.
fn month_then_day(tokens: &[Token<'_>], at: usize, reading: ParsedDate) -> Option<(Date, usize)> {
    let (month, parts) = month_at(tokens, at, reading.language)?;
    let mut day = None;
    for next in at + parts..at + parts + 6 {
        match tokens.get(next)? {
            Token::Gap | Token::Mark('.' | ',' | '-' | '/') => {}
            Token::Word(word) if is_filler(word) => {}
            Token::Number(n) if n.len() == 4 => {
                return Some((day_of(any_year(tokens.get(next))?, month, day?)?, next + 1));
            }
            Token::Number(n) if n.len() <= 2 && day.is_none() => day = n.parse().ok(),
            // `Feb 3 15:05:00 EST 2026`, as programs print it.
            Token::Number(_) if tokens.get(next + 1) == Some(&Token::Mark(':')) => {
                let is_year = |i: &usize| matches!(tokens[*i], Token::Number(n) if n.len() == 4);
                let at = (next..tokens.len().min(next + PRINTED)).find(is_year)?;
                return Some((day_of(any_year(tokens.get(at))?, month, day?)?, at + 1));
            }
            Token::Number(_) | Token::Word(_) | Token::Mark(_) => return None,
        }
    }
    None
}

/// How far behind the hour its year is in a date that a program prints, in tokens.
const PRINTED: usize = 10;

/// Words between the parts of a date: prepositions, endings of numbers, words for year and day.
static BETWEEN: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::words("date-words.txt", "between"));

/// Words before a month that is a number: `3 tháng 5 năm 2024`.
static MONTH_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::words("date-words.txt", "month-word"));

/// Words behind a month that is a number: `2026 оны 2-р сарын 3`.
static WORDS_BEHIND: LazyLock<HashSet<&str>> =
    LazyLock::new(|| word_lists::words("date-words.txt", "month-behind"));

fn is_filler(word: &str) -> bool {
    BETWEEN.contains(word.to_lowercase().as_str())
}

/// The month that a name at a token means, and how many tokens the name has.
fn month_at(
    tokens: &[Token<'_>],
    at: usize,
    language: Option<&str>,
) -> Option<(months::Named, usize)> {
    let Some(Token::Word(word)) = tokens.get(at) else { return None };
    let first = word.to_lowercase();
    if months::opens(&first) {
        let mut name = first.clone();
        let mut long = None;
        for (parts, token) in tokens[at + 1..].iter().enumerate().take(months::MAX_PARTS) {
            match token {
                Token::Word(word) => name.push_str(&word.to_lowercase()),
                Token::Gap => name.push(' '),
                Token::Mark('.') => name.push('.'),
                Token::Mark(_) | Token::Number(_) => break,
            }
            long = months::of(&name, language).map(|month| (month, parts + 2)).or(long);
        }
        if long.is_some() {
            return long;
        }
    }
    months::of(&first, language).map(|month| (month, 1))
}
