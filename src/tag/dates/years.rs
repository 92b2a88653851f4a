//! Years, their parts, decades and spans of years. Refuses a number of four digits that nothing makes a year.

use super::kinds::Kind;
use super::{DateReader, Found};
use crate::tag::amount_words::{is_measured, letters};
use crate::unicode;

/// Numbers of four digits that may be years.
pub(super) const YEARS: std::ops::Range<i32> = 1500..2100;
/// Most years between two that stand in one list.
const MAX_LISTED: i32 = 10;
/// Most words between a house's number and what its street is.
const MAX_STREET: usize = 3;

impl DateReader<'_> {
    pub(super) fn year_number(&self, at: usize) -> Option<i32> {
        let word = self.word(at);
        let year: i32 = word.parse().ok().filter(|_| word.len() == 4)?;
        YEARS.contains(&year).then_some(year)
    }

    /// A year or words for one at a token: `2023`, `last year`; and one past it.
    pub(super) fn year_phrase(&self, at: usize) -> Option<(i32, usize)> {
        if let Some(year) = self.year_number(at) {
            return Some((year, at + 1));
        }
        let today = self.today?;
        let whole = |(kind, step)| Some((step, self.phrase(kind, at)?));
        let (step, end) = [(Kind::LastYear, -1), (Kind::ThisYear, 0), (Kind::NextYear, 1)]
            .into_iter()
            .find_map(whole)
            .or_else(|| {
                let (step, _, end) = self.step_and_unit(at, &[Kind::Year])?;
                Some((step as i32, end))
            })?;
        Some((today.year() + step, end))
    }

    /// `Q4 2023`, `the second half of 2022`, `first quarter of this year`.
    pub(super) fn part_of_year(&self, at: usize) -> Found {
        let (of, number, next) = match self.word(at).as_bytes() {
            [b'Q', n @ b'1'..=b'4'] => (4, n - b'0', at + 1),
            [b'H', n @ b'1'..=b'2'] => (2, n - b'0', at + 1),
            _ => self.numbered_part(at)?,
        };
        let comma = self.word(next) == "," || self.is(Kind::InTimeByTense, next);
        let next = if comma { next + 1 } else { self.behind(Kind::Of, next) };
        let (year, end) = self.year_phrase(next)?;
        let months = 12 / of;
        let first = (number - 1) * months + 1;
        Some((at..end, format!("{year:04}-{first:02}/{year:04}-{:02}", first + months - 1)))
    }

    /// How many of it a year has, which one it is, and one past its words: `second half`.
    fn numbered_part(&self, at: usize) -> Option<(u8, u8, usize)> {
        let (number, next) =
            [(Kind::First, 1), (Kind::Second, 2), (Kind::Third, 3), (Kind::Fourth, 4)]
                .into_iter()
                .find_map(|(kind, number)| Some((number, self.phrase(kind, at)?)))?;
        let next = next + usize::from(self.word(next) == "-");
        if let Some(end) = self.phrase(Kind::Quarter, next) {
            return Some((4, number, end));
        }
        self.phrase(Kind::Half, next).filter(|_| number <= 2).map(|end| (2, number, end))
    }

    /// `FY2024`, `FY2020-22`, `fiscal 2024`.
    pub(super) fn fiscal(&self, at: usize) -> Found {
        let word = self.word(at);
        let code = letters(word);
        let digits = &word[code.len()..];
        if !digits.is_empty() && self.words?.ending(Kind::FiscalCode, code).is_some() {
            if let Some((first, last, length)) = span(&self.rest(at)[code.len()..]) {
                let tokens = at..self.end_after(at, code.len() + length);
                return Some((tokens, format!("{first:04}/{last:04}")));
            }
            if let Some((tokens, years)) = self.short_fiscal(at, code.len()) {
                return Some((tokens, years));
            }
            let year: i32 = digits.parse().ok()?;
            let full = if year < 100 { 2000 + year } else { year };
            if !(1900..2100).contains(&full) {
                return None;
            }
            // India's ends in March and is called by that year.
            let date = match self.home {
                Some([b'I', b'N']) => format!("{:04}-04/{full:04}-03", full - 1),
                _ => format!("{full:04}"),
            };
            return Some((at..at + 1, date));
        }
        let year = self.phrase(Kind::Fiscal, at)?;
        if let Some((tokens, years)) = self.years(year) {
            return Some((tokens, years));
        }
        Some((year..year + 1, format!("{:04}", self.year_number(year)?)))
    }

    /// `FY23/24`, `FY23-24`.
    fn short_fiscal(&self, at: usize, code: usize) -> Found {
        let digits = self.rest(at).as_bytes().get(code..code + 5)?;
        let [a, b, b'/' | b'-', c, d] = digits else { return None };
        let number = |tens: &u8, ones: &u8| {
            (tens.is_ascii_digit() && ones.is_ascii_digit())
                .then(|| i32::from(tens - b'0') * 10 + i32::from(ones - b'0'))
        };
        let (first, last) = (number(a, b)?, number(c, d)?);
        let years = format!("{:04}/{:04}", 2000 + first, 2000 + last);
        (last == first + 1).then(|| (at..self.end_after(at, code + 5), years))
    }

    /// `the 1980s`, `the '80s`, `les années 80`, `80-talet`.
    pub(super) fn decade(&self, at: usize) -> Found {
        let words = self.words?;
        if let Some(number) = self.phrase(Kind::DecadeLead, at) {
            return self.decade_behind_lead(at, number);
        }
        let marked = is_apostrophe(self.word(at));
        let first = at + usize::from(marked);
        let rest = self.rest(first);
        let bare = rest.trim_start_matches(['\'', '‘', '’']);
        let apostrophe = marked || bare.len() < rest.len();
        let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
        let number: i32 = bare[..digits].parse().ok().filter(|n| n % 10 == 0)?;
        let ending = &bare[digits..];
        let short = words.ending(Kind::ShortDecadeEnding, ending);
        let length = short.or_else(|| words.ending(Kind::DecadeEnding, ending))?;
        let end = self.end_after(first, rest.len() - ending.len() + length);
        let start = match digits {
            4 if YEARS.contains(&number) && (short.is_none() || number % 100 != 0) => number,
            2 if short.is_some()
                || apostrophe
                || self.is_second_decade(at)
                || self.phrase(Kind::DecadeBehind, end).is_some() =>
            {
                1900 + number
            }
            _ => return None,
        };
        // `the 1800s` are a century; so are the 1900s, for all that is known.
        let century = digits == 4
            && start % 100 == 0
            && start < 2000
            && words.ending(Kind::CenturyEnding, ending).is_some();
        Some((at..end, format!("{start:04}/{:04}", start + if century { 99 } else { 9 })))
    }

    /// Whether two digits at a token are a decade by what stands before: `the early 80s`, `the 1970s and 80s`.
    fn is_second_decade(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(2) else { return false };
        let decade = || {
            let digits = self.word(before).trim_end_matches(unicode::is_alphabetic);
            let ending = &self.word(before)[digits.len()..];
            digits.len() == 4 && self.is_ending(Kind::DecadeEnding, ending)
        };
        self.is(Kind::YearPart, at - 1) && self.is(Kind::Article, before)
            || self.is(Kind::And, at - 1) && decade()
    }

    fn is_ending(&self, kind: Kind, text: &str) -> bool {
        self.words.is_some_and(|words| words.is(kind, text))
    }

    /// `années 1980`, `anni Ottanta`.
    fn decade_behind_lead(&self, at: usize, number: usize) -> Found {
        let number = number + usize::from(is_apostrophe(self.word(number)));
        let word = self.lower(number).trim_start_matches(['\'', '’']);
        let in_words = || crate::tag::amount_words::small_number(self.words?.code, word);
        let value = word.parse::<i64>().ok().or_else(in_words)?;
        let start = match value {
            30..=90 if value % 10 == 0 => 1900 + value,
            1500..2100 if value % 10 == 0 => value,
            _ => return None,
        };
        Some((at..number + 1, format!("{start:04}/{:04}", start + 9)))
    }

    /// `the summer of '69`.
    pub(super) fn short_year(&self, at: usize) -> Found {
        let (year, end) = self.year_of_two_digits(at)?;
        self.follows(Kind::ShortYearLead, at).then(|| (at..end, format!("{year:04}")))
    }

    /// A year of an apostrophe and two digits, and one past it: `'69`.
    pub(super) fn year_of_two_digits(&self, at: usize) -> Option<(i32, usize)> {
        let first = at + usize::from(is_apostrophe(self.word(at)));
        let whole = self.word(first);
        let word = whole.trim_start_matches(['\'', '‘', '’']);
        let apostrophe = first > at || word.len() < whole.len();
        let beside = self.text.tokens.get(first)?.start == self.text.tokens[at].end || first == at;
        let number: i32 = word.parse().ok().filter(|_| word.len() == 2)?;
        let this = self.today.map_or(30, |today| today.year() % 100);
        let year = if number <= this { 2000 + number } else { 1900 + number };
        (apostrophe && beside).then_some((year, first + 1))
    }

    /// `2024/25`, `2014-16`, `2014-2016`, `from 2010 to 2015`.
    pub(super) fn years(&self, at: usize) -> Found {
        if let Some((year, last, length)) = span(self.rest(at)) {
            let slash = self.rest(at).as_bytes().get(4) == Some(&b'/');
            let near = last == year + 1 || !slash && self.is_year(at) && last > year;
            let tokens = at..self.end_after(at, length);
            return near.then(|| (tokens, format!("{year:04}/{last:04}")));
        }
        if let Some(month) = self.month_in_digits(at) {
            return Some(month);
        }
        let year = self.year_number(at)?;
        let dash = matches!(self.word(at + 1), "-" | "–").then_some(at + 2);
        let led = || self.joins(at + 1, at).filter(|_| self.is_led(Kind::RangeLead, at));
        let next = dash.or_else(led)?;
        let last = self.year_number(next).filter(|last| *last > year)?;
        Some((at..next + 1, format!("{year:04}/{last:04}")))
    }

    /// `in 2024-06`, where it is no span of years.
    fn month_in_digits(&self, at: usize) -> Found {
        let written = self.rest(at).get(..7)?;
        let (year, month) = written.split_once('-')?;
        let year: i32 = year.parse().ok().filter(|year| (2000..2100).contains(year))?;
        let month: i32 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
        let ends = !self.rest(at)[7..].starts_with(|c: char| c == '-' || c.is_ascii_digit());
        let led = at.checked_sub(1).is_some_and(|before| self.is(Kind::YearLead, before));
        (ends && led && month < year % 100).then(|| (at..self.end_after(at, 7), written.to_owned()))
    }

    /// `in 2016`, `since 1989`, `circa 1850`.
    pub(super) fn year(&self, at: usize) -> Found {
        let year = self.year_number(at)?;
        if self.follows(Kind::About, at) {
            return Some((at..at + 1, format!("{year:04}~")));
        }
        self.is_year(at).then(|| (at..at + 1, format!("{year:04}")))
    }

    /// Whether what stands around a number of four digits makes it a year.
    pub(super) fn is_year(&self, at: usize) -> bool {
        if self.is_house(at) || self.is_counted(at) || self.is_century(at) || self.is_no_year(at) {
            return false;
        }
        let Some(before) = at.checked_sub(1) else { return self.is_told_of(at) };
        match self.word(before) {
            "-" | "–" if before > 0 => return self.is(Kind::YearPart, before - 1),
            "(" => return true,
            _ => {}
        }
        // `in 2008 or 2009`
        let or = self.is(Kind::Or, before)
            && before.checked_sub(1).is_some_and(|first| self.year_number(first).is_some());
        self.is(Kind::YearLead, before) || or || self.is_told_of(at)
    }

    /// Whether a number of four digits is a year by what stands behind: `2014 году`, `2021 and 2022`, `2020 was`.
    fn is_told_of(&self, at: usize) -> bool {
        let opens = || self.text.sentences.binary_search_by_key(&at, |s| s.start).is_ok();
        self.phrase(Kind::YearBehind, at + 1).is_some()
            || self.is_listed(at)
            || self.phrase(Kind::YearSubject, at + 1).is_some() && opens()
    }

    /// Whether what stands beside a number of four digits makes something else of it: `the 1900 block`, `the 1942 to Leeds`, the
    /// band `The 1975`.
    fn is_no_year(&self, at: usize) -> bool {
        let end = self.text.tokens[at].end as usize;
        let joined = self.text.text[end..].starts_with('-');
        let behind = at + 1;
        let other = if joined {
            self.words.is_some_and(|words| {
                words.sign(Kind::NotYearBehind, &self.text.text[end..]).is_some()
            })
        } else {
            self.is(Kind::NotYearBehind, behind)
        };
        let led = self.follows(Kind::Article, at);
        let lead = at.saturating_sub(1);
        let opens = || self.text.sentences.binary_search_by_key(&lead, |s| s.start).is_ok();
        // `“The 2009 levy`
        let inside = || self.word(lead.saturating_sub(1)).starts_with(unicode::is_alphabetic);
        let named = led && self.word(lead).starts_with(char::is_uppercase) && inside() && !opens();
        let to = self.is(Kind::RangeJoint, behind)
            && self.word(behind + 1).starts_with(char::is_uppercase)
            && self.month(behind + 1).is_none();
        other || self.words.is_some_and(|words| words.names_are_capital) && (named || led && to)
    }

    /// Whether a year stands in a list of years that are near each other.
    fn is_listed(&self, at: usize) -> bool {
        let Some(year) = self.year_number(at) else { return false };
        let follows = |next: usize| {
            self.year_number(next)
                .as_ref()
                .is_some_and(|last| (year + 1..=year + MAX_LISTED).contains(last))
                && !self.is_counted(next)
        };
        match self.phrase(Kind::And, at + 1) {
            Some(next) => follows(next),
            None => self.word(at + 1) == "," && follows(at + 2) && self.is_listed(at + 2),
        }
    }

    /// Whether a round hundred is a century's: `1800-talet`.
    fn is_century(&self, at: usize) -> bool {
        let end = self.text.tokens[at].end as usize;
        let behind = &self.text.text[end..];
        self.words.is_some_and(|words| words.ending(Kind::ShortDecadeEnding, behind).is_some())
    }

    /// Whether a number counts what stands behind it.
    fn is_counted(&self, at: usize) -> bool {
        let end = self.text.tokens[at].end as usize;
        self.words.is_some_and(|words| is_measured(words.code, &self.text.text[end..]))
    }

    /// Whether a number is a house's: `1909 Juniper Drive`.
    fn is_house(&self, at: usize) -> bool {
        let capital = |i: &usize| self.word(*i).starts_with(char::is_uppercase);
        let mut names = (at + 1..at + 2 + MAX_STREET).take_while(capital).skip(1);
        names.any(|i| self.is(Kind::Street, i))
    }
}

/// Two years written as one, and the length in bytes: `2024/25`.
fn span(rest: &str) -> Option<(i32, i32, usize)> {
    let year: i32 = rest.get(..4)?.parse().ok().filter(|year| YEARS.contains(year))?;
    let mark = rest[4..].chars().next().filter(|mark| matches!(mark, '/' | '-' | '–'))?;
    let behind = &rest[4 + mark.len_utf8()..];
    let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
    if behind[digits..].starts_with(['-', '/', '–']) {
        return None;
    }
    // `2023/4`
    if digits == 1 && mark == '/' && behind.starts_with(&((year + 1) % 10).to_string()) {
        return Some((year, year + 1, 4 + mark.len_utf8() + 1));
    }
    if digits != 2 {
        return None;
    }
    let short: i32 = behind[..2].parse().ok()?;
    // `1999-00`, but `2024-06` is a month.
    let turns = short < year % 100;
    if turns && year >= 2000 {
        return None;
    }
    let century = if turns { 100 } else { 0 };
    Some((year, year - year % 100 + short + century, 4 + mark.len_utf8() + 2))
}

fn is_apostrophe(word: &str) -> bool {
    matches!(word, "'" | "‘" | "’")
}
