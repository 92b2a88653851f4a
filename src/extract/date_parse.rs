//! Reads points in time as pages write them: ISO 8601 and its neighbours, RFC 2822, and dates in
//! running text in the languages of the European and American press.
//!
//! Refuses what is no calendar date, and years before 1900 or after 2100: nothing here knows today.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use crate::model::{Precision, Published};

/// Which of day and month comes first in `03/04/2024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    DayFirst,
    MonthFirst,
}

/// Reads a value that is meant to be a date: an attribute, a `<meta>`, a JSON field.
pub(super) fn value(text: &str, order: Order) -> Option<Published> {
    let text = text.trim();
    if text.len() >= 9 && text.bytes().all(|b| b.is_ascii_digit()) {
        return digits(text);
    }
    find(text, order)
}

/// The first date in a text, with the time next to it.
pub(super) fn find(text: &str, order: Order) -> Option<Published> {
    let tokens = tokens(text);
    (0..tokens.len()).find_map(|at| {
        let (date, next) = date_at(&tokens, at, order)?;
        Some(with_time(&tokens, at, next, date))
    })
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
        } else if matches!(c, '年' | '月' | '日' | '년' | '월' | '일') {
            out.push(Token::Mark(c));
            c.len_utf8()
        } else if c.is_alphabetic() {
            let cut = rest
                .find(|c: char| {
                    !c.is_alphabetic() || matches!(c, '年' | '月' | '日' | '년' | '월' | '일')
                })
                .unwrap_or(rest.len());
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

fn number(token: Option<&Token<'_>>, longest: usize) -> Option<i32> {
    match token {
        Some(Token::Number(n)) if n.len() <= longest => n.parse().ok(),
        _ => None,
    }
}

fn year(token: Option<&Token<'_>>) -> Option<i32> {
    match token {
        Some(Token::Number(n)) if n.len() == 4 => n.parse().ok().filter(|y| plausible(*y)),
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

/// A date that begins at a token, and the token after it.
fn date_at(tokens: &[Token<'_>], at: usize, order: Order) -> Option<(Date, usize)> {
    let get = |n: usize| tokens.get(at + n);
    match get(0)? {
        Token::Number(n) if n.len() == 8 => {
            let date = calendar(n[..4].parse().ok()?, n[4..6].parse().ok()?, n[6..].parse().ok()?)?;
            Some((date, at + 1))
        }
        Token::Number(n) if n.len() == 4 => {
            let year = year(get(0))?;
            match (get(1)?, get(3)) {
                // 2024-05-03, 2024/5/3, 2024.05.03
                (Token::Mark(a @ ('-' | '/' | '.')), Some(Token::Mark(b))) if a == b => {
                    Some((calendar(year, number(get(2), 2)?, number(get(4), 2)?)?, at + 5))
                }
                // 2024年5月3日
                (Token::Mark('年' | '년'), _) => {
                    let numbers: Vec<usize> = (at + 2..tokens.len().min(at + 8))
                        .filter(|i| matches!(tokens[*i], Token::Number(_)))
                        .take(2)
                        .collect();
                    let [month, day] = numbers[..] else { return None };
                    Some((
                        calendar(year, number(tokens.get(month), 2)?, number(tokens.get(day), 2)?)?,
                        day + 2,
                    ))
                }
                _ => None,
            }
        }
        Token::Number(n) if n.len() <= 2 => {
            let first = number(get(0), 2)?;
            // 03.05.2024, 3/5/2024, 03-05-24
            if let (Some(Token::Mark(a @ ('.' | '/' | '-'))), Some(Token::Number(_))) =
                (get(1), get(2))
                && get(3) == Some(&Token::Mark(*a))
            {
                let second = number(get(2), 2)?;
                let year = match get(4) {
                    Some(Token::Number(y)) if y.len() == 2 => 2000 + y.parse::<i32>().ok()?,
                    other => year(other)?,
                };
                let month_first =
                    (*a == '/' && order == Order::MonthFirst && first <= 12) || second > 12;
                let (day, month) = if month_first { (second, first) } else { (first, second) };
                return Some((calendar(year, month, day)?, at + 5));
            }
            // 3 May 2024, 3. Mai 2024, 3rd of May 2024, 3 de mayo de 2024, 03-May-2024, 3. 5. 2024
            let mut next = at + 1;
            let mut month = None;
            for _ in 0..6 {
                match tokens.get(next)? {
                    Token::Gap | Token::Mark('.' | ',' | '-' | '/' | 'º' | '°') => {}
                    Token::Word(word) => match month_of(word) {
                        Some(m) if month.is_none() => month = Some(m),
                        _ if is_filler(word) => {}
                        _ => return None,
                    },
                    Token::Number(n) if n.len() == 4 => {
                        return Some((calendar(year(tokens.get(next))?, month?, first)?, next + 1));
                    }
                    Token::Number(n)
                        if n.len() <= 2
                            && month.is_none()
                            && matches!(tokens.get(next - 1), Some(Token::Gap))
                            && matches!(tokens.get(next - 2), Some(Token::Mark('.'))) =>
                    {
                        month = n.parse().ok();
                    }
                    Token::Number(_) | Token::Mark(_) => return None,
                }
                next += 1;
            }
            let year_at =
                (next..tokens.len().min(next + 3)).find(|i| year(tokens.get(*i)).is_some())?;
            tokens[next..year_at]
                .iter()
                .all(|t| matches!(t, Token::Gap | Token::Mark(',' | '.')))
                .then_some(())?;
            Some((calendar(year(tokens.get(year_at))?, month?, first)?, year_at + 1))
        }
        // May 3, 2024; Mai 3 2024; May 3rd, 2024
        Token::Word(word) => {
            let month = month_of(word)?;
            let mut day = None;
            for next in at + 1..at + 7 {
                match tokens.get(next)? {
                    Token::Gap | Token::Mark('.' | ',' | '-' | '/') => {}
                    Token::Word(word) if is_filler(word) => {}
                    Token::Number(n) if n.len() == 4 => {
                        return Some((calendar(year(tokens.get(next))?, month, day?)?, next + 1));
                    }
                    Token::Number(n) if n.len() <= 2 && day.is_none() => day = n.parse().ok(),
                    Token::Number(_) | Token::Word(_) | Token::Mark(_) => return None,
                }
            }
            None
        }
        Token::Number(_) | Token::Mark(_) | Token::Gap => None,
    }
}

fn is_filler(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "de" | "del" | "di" | "of" | "st" | "nd" | "rd" | "th" | "er" | "r" | "da" | "dne" | "º"
    )
}

/// Month names and their usual abbreviations, lower case, by the number of the month.
const MONTHS: [&str; 12] = [
    "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari styczeń stycznia sty leden ledna januára január tammikuu tammikuuta ocak ianuarie januarie января січня yanvar",
    "february feb februar feber février févr fév febrero febbraio fevereiro fev februari luty lutego únor února februára február helmikuu helmikuuta şubat februarie февраля лютого",
    "march mar märz mrz mär mars marzo março maart mrt marzec marca březen března marec maaliskuu maaliskuuta mart martie марта березня márc március",
    "april apr avril avr abril abr aprile kwiecień kwietnia kwi duben dubna apríl apríla huhtikuu huhtikuuta nisan aprilie апреля квітня ápr április",
    "may mai mayo maggio mag maio mei maj maja květen května máj mája toukokuu toukokuuta mayıs мая травня május",
    "june jun juni juin junio giugno giu junho czerwiec czerwca cze červen června jún júna kesäkuu kesäkuuta haziran iunie июня червня június",
    "july jul juli juillet juil julio luglio lug julho lipiec lipca lip červenec července júl júla heinäkuu heinäkuuta temmuz iulie июля липня július",
    "august aug août aout agosto ago augustus augusti sierpień sierpnia sie srpen srpna augusta elokuu elokuuta ağustos августа серпня augusztus",
    "september sep sept septembre septiembre setiembre settembre set setembro wrzesień września wrz září septembra syyskuu syyskuuta eylül septembrie сентября вересня szeptember szept",
    "october oct oktober okt octobre octubre ottobre ott outubro out październik października paź říjen října október októbra lokakuu lokakuuta ekim octombrie октября жовтня",
    "november nov novembre noviembre novembro listopad listopada lis novembra marraskuu marraskuuta kasım noiembrie ноября листопада",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro grudzień grudnia gru prosinec prosince decembra joulukuu joulukuuta aralık decembrie desember des декабря грудня",
];

fn month_of(word: &str) -> Option<i32> {
    let lower = word.to_lowercase();
    (lower.len() >= 3).then_some(())?;
    MONTHS.iter().position(|names| names.split(' ').any(|n| n == lower)).map(|at| at as i32 + 1)
}

/// Whether a word is the name of a month.
pub(super) fn is_month(word: &str) -> bool {
    month_of(word).is_some()
}

/// The time that stands after a date, or else before it (`10:32 a.m., May 3, 2024`).
fn with_time(tokens: &[Token<'_>], start: usize, end: usize, date: Date) -> Published {
    let after =
        tokens[end..].iter().take(14).position(|t| matches!(t, Token::Number(_))).map(|n| end + n);
    let before = (start.saturating_sub(10)..start).find(|i| matches!(tokens[*i], Token::Number(_)));
    for at in after.into_iter().chain(before) {
        if let Some((time, next, precision)) = time_at(tokens, at) {
            let offset = offset_at(tokens, next).unwrap_or(UtcOffset::UTC);
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
        Token::Mark(':') => true,
        Token::Mark('.') => false,
        Token::Word("h" | "H") => true,
        Token::Word(_) | Token::Number(_) | Token::Mark(_) | Token::Gap => return None,
    };
    let Some(Token::Number(minutes)) = tokens.get(at + 2) else { return None };
    (minutes.len() == 2).then_some(())?;
    let minute = number(tokens.get(at + 2), 2)?;
    let mut next = at + 3;
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
    if !colon && word != "uhr" && word != "h" {
        return None;
    }
    let dotted =
        |marks: &str| word == marks[..1] && tokens.get(next + skip + 1) == Some(&Token::Mark('.'));
    if (word == "pm" || dotted("p")) && hour < 12 {
        hour += 12;
    } else if (word == "am" || dotted("a")) && hour == 12 {
        hour = 0;
    }
    let precision = if second.is_some() { Precision::Second } else { Precision::Minute };
    let small = |n: i32| u8::try_from(n).ok();
    let time = Time::from_hms(small(hour)?, small(minute)?, small(second.unwrap_or(0))?).ok()?;
    Some((time, next, precision))
}

/// `Z`, `+02:00`, `+0200`, `+02`, and the zone names that pages use.
fn offset_at(tokens: &[Token<'_>], at: usize) -> Option<UtcOffset> {
    let at = at + usize::from(tokens.get(at) == Some(&Token::Gap));
    let hours = |h: i8| UtcOffset::from_hms(h, 0, 0).ok();
    match tokens.get(at)? {
        Token::Word("Z" | "z" | "GMT" | "UTC") => Some(UtcOffset::UTC),
        Token::Word("EDT") => hours(-4),
        Token::Word("EST" | "CDT") => hours(-5),
        Token::Word("PDT") => hours(-7),
        Token::Word("PST") => hours(-8),
        Token::Word("BST" | "CET" | "MEZ") => hours(1),
        Token::Word("CEST" | "MESZ") => hours(2),
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
        Token::Number(_) | Token::Word(_) | Token::Mark(_) | Token::Gap => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::format_description::well_known::Rfc3339;

    fn read(text: &str) -> Option<(String, Precision)> {
        value(text, Order::DayFirst).map(|p| (p.at.format(&Rfc3339).unwrap(), p.precision))
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
        let us = value("04/05/2024", Order::MonthFirst).unwrap();
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
}
