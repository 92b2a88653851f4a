//! Reads points in time as pages write them: ISO 8601 and its neighbours, RFC 2822, and dates in
//! running text in the languages that `src/lang` names the months of, in their digits and calendars.
//!
//! Refuses what is no calendar date, years before 1900 or after 2100, the first day of 1970, and what lies
//! after the time that the caller names. An offset is only what the text states.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::months;

use crate::model::{Precision, Published};

/// How a page writes its dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    /// `03/04/2024` is the fourth of March.
    pub(super) month_first: bool,
    /// The primary tag of the page's language.
    pub(super) language: Option<&'static str>,
    /// What lies later cannot have happened when the page was read.
    pub(super) latest: Option<OffsetDateTime>,
}

impl Reading {
    fn allows(&self, found: &Published) -> bool {
        self.latest.is_none_or(|latest| found.at <= latest)
            // The beginning of clocks stands where software had no date.
            && found.at.date() != OffsetDateTime::UNIX_EPOCH.date()
    }
}

/// Reads a value that is meant to be a date: an attribute, a `<meta>`, a JSON field.
pub(super) fn value(text: &str, reading: Reading) -> Option<Published> {
    let text = text.trim();
    if text.len() >= 9 && text.bytes().all(|b| b.is_ascii_digit()) {
        return digits(text).filter(|found| reading.allows(found));
    }
    if let Some(whole) = short_year(text) {
        return find(&whole, reading);
    }
    find(text, reading)
}

/// `14-12-29T22:15:00` with its whole year: machines write years first.
fn short_year(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let shape = bytes.get(..9)?.iter().map(|b| if b.is_ascii_digit() { b'0' } else { *b });
    shape.eq(*b"00-00-00T").then(|| format!("20{text}"))
}

/// The first date in a text, with the time next to it.
pub(super) fn find(text: &str, mut reading: Reading) -> Option<Published> {
    let text = months::plain_digits(text);
    let tokens = tokens(&text);
    reading.month_first |= tokens.iter().any(|t| matches!(t, Token::Word(w) if is_american(w)));
    (0..tokens.len()).find_map(|at| {
        let (date, next) = date_at(&tokens, at, reading)?;
        Some(with_time(&tokens, at, next, date)).filter(|found| reading.allows(found))
    })
}

/// Whether a zone is one of the United States'.
fn is_american(word: &str) -> bool {
    matches!(word, "EST" | "EDT" | "CST" | "CDT" | "MST" | "MDT" | "PST" | "PDT" | "ET" | "PT")
}

/// `20240503`, `20240503123000`, and seconds or milliseconds since 1970.
fn digits(text: &str) -> Option<Published> {
    let number: i64 = text.parse().ok()?;
    match text.len() {
        14 => {
            let date = calendar(
                text[..4].parse().ok()?,
                text[4..6].parse().ok()?,
                text[6..8].parse().ok()?,
            )?;
            let time = Time::from_hms(
                text[8..10].parse().ok()?,
                text[10..12].parse().ok()?,
                text[12..].parse().ok()?,
            )
            .ok()?;
            Some(Published {
                at: PrimitiveDateTime::new(date, time).assume_utc(),
                precision: Precision::Second,
            })
        }
        10 | 13 => {
            let seconds = if text.len() == 13 { number / 1000 } else { number };
            let at = OffsetDateTime::from_unix_timestamp(seconds).ok()?;
            plausible(at.year()).then_some(Published { at, precision: Precision::Second })
        }
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'a> {
    Number(&'a str),
    Word(&'a str),
    Mark(char),
    Gap,
}

/// Longest text looked at, in tokens: dates stand near the start.
const MAX_TOKENS: usize = 400;

/// Marks of years, months, days and times behind numbers.
const MARKS: &[char] =
    &['年', '月', '日', '时', '時', '点', '點', '分', '秒', '년', '월', '일', '시', '분', '초'];

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if out.len() >= MAX_TOKENS {
            break;
        }
        let end = |test: fn(char) -> bool| rest.find(|c| !test(c)).unwrap_or(rest.len());
        let cut = if c.is_ascii_digit() {
            let cut = end(|c| c.is_ascii_digit());
            out.push(Token::Number(&rest[..cut]));
            cut
        } else if MARKS.contains(&c) {
            out.push(Token::Mark(c));
            c.len_utf8()
        } else if is_word(c) {
            let cut = rest.find(|c: char| !is_word(c) || MARKS.contains(&c)).unwrap_or(rest.len());
            out.push(Token::Word(&rest[..cut]));
            cut
        } else if c.is_whitespace() {
            let cut = end(char::is_whitespace);
            out.push(Token::Gap);
            cut
        } else {
            out.push(Token::Mark(c));
            c.len_utf8()
        };
        rest = &rest[cut..];
    }
    out
}

/// Letters, and the marks that scripts write above and below them.
fn is_word(c: char) -> bool {
    c.is_alphabetic()
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{200c}' | '\u{200d}')
        || (matches!(c, '\u{900}'..='\u{dff}' | '\u{e31}'..='\u{e4e}' | '\u{eb1}'..='\u{ecd}' | '\u{102b}'..='\u{103e}' | '\u{17b6}'..='\u{17d3}')
            && !c.is_numeric()
            && !matches!(c, '।' | '॥' | '॰'))
}

fn number(token: Option<&Token<'_>>, longest: usize) -> Option<i32> {
    match token {
        Some(Token::Number(n)) if n.len() <= longest => n.parse().ok(),
        _ => None,
    }
}

fn year(token: Option<&Token<'_>>) -> Option<i32> {
    match token {
        Some(Token::Number(n)) if n.len() == 4 => {
            n.parse().ok().map(months::common_year).filter(|y| plausible(*y))
        }
        _ => None,
    }
}

const fn plausible(year: i32) -> bool {
    year >= 1900 && year <= 2100
}

fn calendar(year: i32, month: i32, day: i32) -> Option<Date> {
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
fn date_at(tokens: &[Token<'_>], at: usize, reading: Reading) -> Option<(Date, usize)> {
    match tokens.get(at)? {
        Token::Number(n) if n.len() == 8 => {
            let date = calendar(n[..4].parse().ok()?, n[4..6].parse().ok()?, n[6..].parse().ok()?)?;
            Some((date, at + 1))
        }
        Token::Number(n) if n.len() == 4 => year_first(tokens, at, reading),
        Token::Number(n) if n.len() <= 2 => {
            in_numbers(tokens, at, reading).or_else(|| day_then_month(tokens, at, reading))
        }
        Token::Word(word) => match months::era(word) {
            Some(before) => of_era(tokens, at + 1, before),
            None => month_then_day(tokens, at, reading),
        },
        Token::Number(_) | Token::Mark(_) | Token::Gap => None,
    }
}

/// `2024-05-03`, `2024/5/3`, `2024.05.03`, `2024年5月3日`, `2024. május 3.`, `2024 m. gegužės 3 d.`.
fn year_first(tokens: &[Token<'_>], at: usize, reading: Reading) -> Option<(Date, usize)> {
    let get = |n: usize| tokens.get(at + n);
    let year = any_year(get(0))?;
    match (get(1)?, get(3)) {
        (Token::Mark(a @ ('-' | '/' | '.')), Some(Token::Mark(b))) if a == b => {
            let month = gregorian(number(get(2), 2)?);
            return Some((day_of(year, month, number(get(4), 2)?)?, at + 5));
        }
        (Token::Mark('年' | '년'), _) => return month_and_day(tokens, at + 2, year),
        _ => {}
    }
    let (mut month, mut day, mut next) = (None, None, at + 1);
    while next < tokens.len().min(at + 12) {
        if month.is_none()
            && let Some((found, parts)) = month_at(tokens, next, reading.language)
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

/// `5月3日` after a year.
fn month_and_day(tokens: &[Token<'_>], from: usize, year: i32) -> Option<(Date, usize)> {
    let numbers: Vec<usize> = (from..tokens.len().min(from + 6))
        .filter(|i| matches!(tokens[*i], Token::Number(_)))
        .take(2)
        .collect();
    let [month, day] = numbers[..] else { return None };
    let date = calendar(year, number(tokens.get(month), 2)?, number(tokens.get(day), 2)?)?;
    Some((date, day + 2))
}

/// `令和8年2月3日`, `民國115年2月3日`, behind the era's name.
fn of_era(tokens: &[Token<'_>], at: usize, before: i32) -> Option<(Date, usize)> {
    let at = at + usize::from(tokens.get(at) == Some(&Token::Gap));
    (tokens.get(at + 1) == Some(&Token::Mark('年'))).then_some(())?;
    month_and_day(tokens, at + 2, before + number(tokens.get(at), 3)?)
}

/// `03.05.2024`, `3/5/2024`, `03-05-24`.
fn in_numbers(tokens: &[Token<'_>], at: usize, reading: Reading) -> Option<(Date, usize)> {
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
    let month_first = (*a == '/' && reading.month_first && first <= 12) || second > 12;
    let (day, month) = if month_first { (second, first) } else { (first, second) };
    Some((day_of(year, gregorian(month), day)?, at + 5))
}

/// `3 May 2024`, `3. Mai 2024`, `3rd of May 2024`, `3 de mayo de 2024`, `03-May-2024`, `3. 5. 2024`,
/// `3 شباط/فبراير 2024`, `3 tháng 5 năm 2024`.
fn day_then_month(tokens: &[Token<'_>], at: usize, reading: Reading) -> Option<(Date, usize)> {
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
            Token::Gap | Token::Mark('.' | ',' | '-' | '/' | 'º' | '°') => {}
            Token::Word(word) => match *word {
                "tháng" => numbered = true,
                _ if is_filler(word) => {}
                _ => return None,
            },
            Token::Number(n) if n.len() == 4 => {
                return Some((day_of(any_year(tokens.get(next))?, month?, day)?, next + 1));
            }
            Token::Number(n)
                if n.len() <= 2
                    && month.is_none()
                    && matches!(tokens.get(next - 1), Some(Token::Gap))
                    && (numbered || matches!(tokens.get(next - 2), Some(Token::Mark('.')))) =>
            {
                month = n.parse().ok().map(gregorian);
            }
            Token::Number(_) | Token::Mark(_) => return None,
        }
        next += 1;
    }
    None
}

/// `May 3, 2024`, `Mai 3 2024`, `May 3rd, 2024`.
fn month_then_day(tokens: &[Token<'_>], at: usize, reading: Reading) -> Option<(Date, usize)> {
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
            Token::Number(_) | Token::Word(_) | Token::Mark(_) => return None,
        }
    }
    None
}

/// Words between the parts of a date: prepositions, endings of numbers, words for year and day.
fn is_filler(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "de" | "del"
            | "di"
            | "of"
            | "st"
            | "nd"
            | "rd"
            | "th"
            | "er"
            | "r"
            | "da"
            | "dne"
            | "º"
            | "m"
            | "d"
            | "gada"
            | "năm"
            | "ngày"
            | "พ"
            | "ศ"
            | "г"
            | "року"
            | "jj"
            | "den"
            | "a"
            | "av"
    )
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

/// Whether a word is the name of a month.
pub(super) fn is_month(word: &str) -> bool {
    months::of(&word.to_lowercase(), None).is_some()
}

/// The time that stands after a date, or else before it (`10:32 a.m., May 3, 2024`).
fn with_time(tokens: &[Token<'_>], start: usize, end: usize, date: Date) -> Published {
    let after =
        tokens[end..].iter().take(14).position(|t| matches!(t, Token::Number(_))).map(|n| end + n);
    let before = (start.saturating_sub(10)..start).find(|i| matches!(tokens[*i], Token::Number(_)));
    for at in after.into_iter().chain(before) {
        if let Some((time, next, precision)) = time_at(tokens, at) {
            let offset = offset_at(tokens, next, date).unwrap_or(UtcOffset::UTC);
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

fn time_at(tokens: &[Token<'_>], at: usize) -> Option<(Time, usize, Precision)> {
    let mut hour = number(tokens.get(at), 2)?;
    let colon = match tokens.get(at + 1)? {
        Token::Mark(':' | '时' | '時' | '点' | '點' | '시') => true,
        Token::Mark('.') => false,
        Token::Word("h" | "H") => true,
        Token::Word(_) | Token::Number(_) | Token::Mark(_) | Token::Gap => return None,
    };
    let named = matches!(tokens.get(at + 1), Some(Token::Mark('时' | '時' | '点' | '點' | '시')));
    let gap = usize::from(named && tokens.get(at + 2) == Some(&Token::Gap));
    let Some(Token::Number(minutes)) = tokens.get(at + 2 + gap) else { return None };
    (minutes.len() == 2 || named).then_some(())?;
    let minute = number(tokens.get(at + 2 + gap), 2)?;
    let mut next = at + 3 + gap;
    if named && matches!(tokens.get(next), Some(Token::Mark('分' | '분'))) {
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
    let announced = matches!(before.as_str(), "klo" | "kl" | "um" | "kell" | "ob" | "alle" | "ore");
    if !colon && word != "uhr" && word != "h" && !announced {
        return None;
    }
    let dotted = |mark: &str| {
        word == mark && tokens.get(next + skip + 1) == Some(&Token::Mark('.')) && {
            matches!(tokens.get(next + skip + 2), Some(Token::Word("m" | "M")))
        }
    };
    let (is_am, is_pm) = (dotted("a"), dotted("p"));
    let pm = is_pm || matches!(word.as_str(), "pm" | "μμ" | "م" | "مساء" | "مساءً");
    let am = is_am || matches!(word.as_str(), "am" | "πμ" | "ص" | "صباحا" | "صباحاً");
    let later = matches!(before.as_str(), "午後" | "下午" | "오후" | "晚上");
    let earlier = matches!(before.as_str(), "午前" | "上午" | "오전" | "凌晨" | "早上");
    if (pm || later) && hour < 12 {
        hour += 12;
    } else if (am || earlier) && hour == 12 {
        hour = 0;
    }
    if is_am || is_pm {
        next += skip + 3 + usize::from(tokens.get(next + skip + 3) == Some(&Token::Mark('.')));
    } else if am || pm || matches!(word.as_str(), "uhr" | "h" | "hrs" | "klo") {
        next += skip + 1;
    }
    let precision = if second.is_some() { Precision::Second } else { Precision::Minute };
    let small = |n: i32| u8::try_from(n).ok();
    let time = Time::from_hms(small(hour)?, small(minute)?, small(second.unwrap_or(0))?).ok()?;
    Some((time, next, precision))
}

/// `Z`, `+02:00`, `+0200`, `+02`, `GMT+2`, and the zone names that pages use.
fn offset_at(tokens: &[Token<'_>], at: usize, date: Date) -> Option<UtcOffset> {
    let mut at = at;
    while matches!(tokens.get(at), Some(Token::Gap | Token::Mark('(' | ','))) {
        at += 1;
    }
    match tokens.get(at)? {
        Token::Word("GMT" | "UTC")
            if matches!(tokens.get(at + 1), Some(Token::Mark('+' | '-' | '−'))) =>
        {
            offset_at(tokens, at + 1, date)
        }
        Token::Word(name) => zone(name, date),
        Token::Mark(sign @ ('+' | '-' | '−')) => {
            let Some(Token::Number(digits)) = tokens.get(at + 1) else { return None };
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
            UtcOffset::from_hms(sign * h, sign * m, 0).ok()
        }
        Token::Number(_) | Token::Mark(_) | Token::Gap => None,
    }
}

/// The offset of a zone by its name. Names that several countries use for different zones (`CST`
/// beside a date without an American sign, `IST`) are left out but where one use is the press's.
fn zone(name: &str, date: Date) -> Option<UtcOffset> {
    let hours = match name {
        "Z" | "z" | "GMT" | "UTC" | "WET" => 0,
        "ET" => {
            if is_american_summer(date) {
                -4
            } else {
                -5
            }
        }
        "CT" => {
            if is_american_summer(date) {
                -5
            } else {
                -6
            }
        }
        "PT" => {
            if is_american_summer(date) {
                -7
            } else {
                -8
            }
        }
        "NZDT" => 13,
        "NZST" => 12,
        "AEDT" => 11,
        "AEST" => 10,
        "JST" | "KST" => 9,
        "SGT" | "HKT" | "AWST" => 8,
        "WIB" => 7,
        "PKT" => 5,
        "MSK" | "EEST" | "EAT" | "TRT" => 3,
        "EET" | "CEST" | "MESZ" | "SAST" | "CAT" => 2,
        "BST" | "CET" | "MEZ" | "WAT" | "WEST" => 1,
        "ART" | "BRT" | "ADT" => -3,
        "EDT" | "AST" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "AKST" => -9,
        "HST" => -10,
        _ => return None,
    };
    UtcOffset::from_hms(hours, 0, 0).ok()
}

/// Whether the United States keep summer time on a day: from the second Sunday of March to the first of
/// November, since 2007.
fn is_american_summer(date: Date) -> bool {
    let sunday = i32::from(date.day()) - i32::from(date.weekday().number_days_from_sunday());
    match date.month() {
        Month::March => sunday >= 8,
        Month::November => sunday < 1,
        Month::December | Month::January | Month::February => false,
        Month::April
        | Month::May
        | Month::June
        | Month::July
        | Month::August
        | Month::September
        | Month::October => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::format_description::well_known::Rfc3339;

    fn read(text: &str) -> Option<(String, Precision)> {
        value(text, Reading::default()).map(|p| (p.at.format(&Rfc3339).unwrap(), p.precision))
    }

    #[test]
    fn reads_machine_forms_with_their_offset() {
        for (text, at, precision) in [
            ("2024-05-03T12:30:15+02:00", "2024-05-03T12:30:15+02:00", Precision::Second),
            ("2024-05-03T23:30:15.123Z", "2024-05-03T23:30:15Z", Precision::Second),
            ("2024-05-03 12:30 -0330", "2024-05-03T12:30:00-03:30", Precision::Minute),
            ("2024-05-03", "2024-05-03T00:00:00Z", Precision::Day),
            ("20240503", "2024-05-03T00:00:00Z", Precision::Day),
            ("20240503T101112Z", "2024-05-03T00:00:00Z", Precision::Day),
            ("1714732215000", "2024-05-03T10:30:15Z", Precision::Second),
            ("Fri, 03 May 2024 12:30:15 GMT", "2024-05-03T12:30:15Z", Precision::Second),
        ] {
            assert_eq!(read(text), Some((at.to_owned(), precision)), "{text}");
        }
    }

    #[test]
    fn reads_dates_in_many_languages() {
        for (text, day) in [
            ("Stand: 3. Mai 2024, 17:45 Uhr", "2024-05-03"),
            ("May 3rd, 2024", "2024-05-03"),
            ("Publié le 1er août 2023", "2023-08-01"),
            ("3 de mayo de 2024", "2024-05-03"),
            ("03.05.24", "2024-05-03"),
            ("3. 5. 2024", "2024-05-03"),
            ("2024年5月3日", "2024-05-03"),
            ("10:32 a.m. EDT, Thursday, December 12, 2019", "2019-12-12"),
            ("12/31/2019", "2019-12-31"),
        ] {
            assert_eq!(
                read(text).map(|(at, _)| at[..10].to_owned()).as_deref(),
                Some(day),
                "{text}"
            );
        }
        let us = value("04/05/2024", Reading { month_first: true, ..Reading::default() }).unwrap();
        assert_eq!((us.at.month(), us.at.day()), (Month::April, 5));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "31.02.2024",
            "version 1.2.3",
            "3 men in 2024",
            "0000-00-00",
            "May",
            "12:30",
            "99999999999999999999",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn reads_calendars_digits_and_names_of_the_world() {
        let cases = [
            ("Вторник, 3 февраля 2026 г., 06:40", "2026-02-03T06:40:00Z"),
            ("الثلاثاء ٣ شباط/فبراير ٢٠٢٦", "2026-02-03T00:00:00Z"),
            ("3 تشرين الثاني 2026", "2026-11-03T00:00:00Z"),
            ("3 กุมภาพันธ์ 2569 เวลา 06:40 น.", "2026-02-03T06:40:00Z"),
            ("3 ก.พ. 2569", "2026-02-03T00:00:00Z"),
            ("3 ก.พ. พ.ศ. 2569", "2026-02-03T00:00:00Z"),
            ("۱۴ بهمن ۱۴۰۴", "2026-02-03T00:00:00Z"),
            ("1404/11/14", "2026-02-03T00:00:00Z"),
            ("令和8年2月3日 6時40分", "2026-02-03T06:40:00Z"),
            ("民國115年2月3日", "2026-02-03T00:00:00Z"),
            ("2026년 2월 3일 오후 6시 40분", "2026-02-03T18:40:00Z"),
            ("03 फरवरी 2026, 06:40", "2026-02-03T06:40:00Z"),
            ("৩ ফেব্রুয়ারি ২০২৬", "2026-02-03T00:00:00Z"),
            ("2026. február 3. 18:40", "2026-02-03T18:40:00Z"),
            ("2026 m. vasario 3 d.", "2026-02-03T00:00:00Z"),
            ("2026. gada 3. februāris", "2026-02-03T00:00:00Z"),
            ("Ngày 3 tháng 2 năm 2026", "2026-02-03T00:00:00Z"),
            ("3 Şubat 2026", "2026-02-03T00:00:00Z"),
            ("3 Φεβρουαρίου 2026", "2026-02-03T00:00:00Z"),
            ("3 בפברואר 2026", "2026-02-03T00:00:00Z"),
            ("3.2.2026 klo 18.40", "2026-02-03T18:40:00Z"),
            ("3 Februari 2026 18:40 WIB", "2026-02-03T18:40:00+07:00"),
            ("Feb. 3, 2026 at 6:40 p.m. ET", "2026-02-03T18:40:00-05:00"),
            ("July 3, 2026 6:40 AM PT", "2026-07-03T06:40:00-07:00"),
            ("02/03/2026 6:40 AM EST", "2026-02-03T06:40:00-05:00"),
            ("3 February 2026 06:40 GMT+2", "2026-02-03T06:40:00+02:00"),
            ("14-12-29T22:15:00+0000", "2014-12-29T22:15:00Z"),
        ];
        let wrong: Vec<_> = cases
            .into_iter()
            .filter(|(text, at)| read(text).map(|(at, _)| at).as_deref() != Some(*at))
            .map(|(text, _)| (text, read(text)))
            .collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn refuses_what_cannot_have_been() {
        let latest = value("2026-02-04", Reading::default()).unwrap().at;
        let reading = Reading { latest: Some(latest), ..Reading::default() };
        assert_eq!(value("2031-05-01T18:00", reading), None);
        assert_eq!(value("0000000000", reading), None);
        assert_eq!(value("1970-01-01T00:00:00Z", reading), None);
        assert_eq!(find("for 1 May 2031, of 3 May 2024", reading).unwrap().at.year(), 2024);
    }
}
