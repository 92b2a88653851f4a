//! Dates in a text, as ISO 8601 dates, reduced dates (`2026-02`, `2026`) or intervals, resolved
//! against the publication.
//!
//! A day of the week is the last one up to the publication in a clause that tells what was, and the
//! next one in a clause that tells what comes ([`tense`]). A day and month without a year take the
//! year that brings them nearest to the publication, unless the clause says otherwise. Without a
//! publication date they stay `--02-01` (a day of any year, as in XML Schema's gMonthDay), and words
//! such as "yesterday" are left out. Decades, quarters, halves, fiscal years, weekends and ranges are
//! intervals; what is only roughly known has EDTF's `~` behind it. Slashed dates are read in the order
//! of the publisher's country, else of the story's other dates, else the day first. Words are
//! English; months of other languages are read beside a day or a year where the language has a list.
//! Refuses times of day, quarters without a year, and bare months that may be names.

use std::ops::{Range, RangeInclusive};

use time::{Date, Duration, Month, OffsetDateTime, Weekday};

use super::Text;
use crate::model::{DateMention, LanguageCode};

mod feasts;
mod tense;
mod words;

use tense::Tense;
use words::Words;

/// Years of publication that relative dates are counted from: no count leaves the calendar.
const ANCHORS: RangeInclusive<i32> = 1000..=9000;

/// The dates of a body, in order; `published` anchors those that need it, in its own offset, and
/// `home` is the publisher's country.
#[must_use]
pub fn dates(
    text: &Text<'_>,
    published: Option<OffsetDateTime>,
    language: LanguageCode,
    home: Option<[u8; 2]>,
) -> Vec<DateMention> {
    let english = matches!(language, LanguageCode::EN | LanguageCode::UND);
    let words = Words::of(if english { LanguageCode::EN } else { language });
    let today = published.map(OffsetDateTime::date).filter(|date| ANCHORS.contains(&date.year()));
    let reader = Reader { text, today, words, english, home };
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        let Some((tokens, date)) = reader.date_at(at) else {
            at += 1;
            continue;
        };
        at = tokens.end.max(at + 1);
        let bytes = text.bytes(tokens);
        found.push(DateMention {
            text: text.text[bytes.clone()].to_owned(),
            span: text.span(bytes),
            date,
        });
    }
    found
}

/// Whether a word is an English month's name or its abbreviation, written with a capital.
#[must_use]
pub fn is_month(word: &str) -> bool {
    Words::of(LanguageCode::EN)
        .is_some_and(|words| words.month(word, &word.to_lowercase()).is_some())
}

struct Reader<'a> {
    text: &'a Text<'a>,
    today: Option<Date>,
    words: Option<&'static Words>,
    english: bool,
    home: Option<[u8; 2]>,
}

type Found = Option<(Range<usize>, String)>;

/// A date written with a month's name, as far as it goes.
#[derive(Clone, Debug)]
struct Form {
    month: Month,
    day: Option<u8>,
    /// The second day of a range within the month.
    last: Option<u8>,
    year: Option<i32>,
    /// One past its tokens.
    end: usize,
}

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
        if at < self.text.tokens.len() { self.text.word(at) } else { "" }
    }

    fn lower(&self, at: usize) -> &str {
        if at < self.text.tokens.len() { self.text.lower(at) } else { "" }
    }

    fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map(|i| self.lower(i)).unwrap_or_default()
    }

    fn month(&self, at: usize) -> Option<Month> {
        self.words?.month(self.word(at), self.lower(at))
    }

    fn weekday_named(&self, at: usize) -> Option<Weekday> {
        self.words?.weekday(self.word(at), self.lower(at))
    }

    /// The text from a token on.
    fn rest(&self, at: usize) -> &str {
        self.text.tokens.get(at).map_or("", |token| &self.text.text[token.start as usize..])
    }

    /// One past the last token that ends within some bytes of a token's start.
    fn end_after(&self, at: usize, bytes: usize) -> usize {
        let end = self.text.tokens[at].start as usize + bytes;
        self.text.tokens.partition_point(|t| (t.end as usize) <= end).max(at + 1)
    }

    fn tense(&self, tokens: &Range<usize>) -> Option<Tense> {
        if !self.english {
            return None;
        }
        tense::tense(self.text, self.words?, tokens)
    }

    fn date_at(&self, at: usize) -> Found {
        let first = self.word(at).chars().next()?;
        if first.is_ascii_digit() {
            return self
                .iso(at)
                .or_else(|| self.numeric(at))
                .or_else(|| self.slashed(at))
                .or_else(|| self.named_range(at))
                .or_else(|| self.named(at))
                .or_else(|| self.ago(at))
                .or_else(|| self.part_of_year(at))
                .or_else(|| self.decade(at))
                .or_else(|| self.years(at))
                .or_else(|| self.year(at));
        }
        if !self.english {
            self.month(at)?;
            return self.named_range(at).or_else(|| self.named(at));
        }
        if !self.words?.may_lead(self.word(at), self.lower(at)) {
            return None;
        }
        let named =
            || self.named_range(at).or_else(|| self.named(at)).or_else(|| self.month_in(at));
        self.weekday(at)
            .or_else(named)
            .or_else(|| self.feast(at))
            .or_else(|| self.part_of_year(at))
            .or_else(|| self.fiscal(at))
            .or_else(|| self.relative(at))
            .or_else(|| self.ago(at))
            .or_else(|| self.in_time(at))
            .or_else(|| self.decade(at))
            .or_else(|| self.short_year(at))
    }

    /// `2026-02-01`, written as one token or as five.
    fn iso(&self, at: usize) -> Found {
        let written = self.rest(at).get(..10)?;
        let mut parts = written.split('-');
        let mut next = |length: usize| {
            parts.next().filter(|p| p.len() == length).and_then(|p| p.parse::<u16>().ok())
        };
        let (year, month, day) = (next(4)?, next(2)?, next(2)?);
        let date = date(i32::from(year), month as u8, day as u8)?;
        Some((at..self.end_after(at, 10), date.to_string()))
    }

    /// The three numbers of a date that a mark parts, and their length in bytes.
    fn three(&self, at: usize, mark: u8) -> Option<([&str; 3], usize)> {
        let rest = self.rest(at);
        let length = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == mark).take(12).count();
        let written = rest[..length].trim_end_matches(char::from(mark));
        let mut parts = written.split(char::from(mark));
        let numbers = [parts.next()?, parts.next()?, parts.next()?];
        (parts.next().is_none() && numbers.iter().all(|n| !n.is_empty()))
            .then_some((numbers, written.len()))
    }

    /// `01.02.2026`, the day first: with dots no other order is in use.
    fn numeric(&self, at: usize) -> Found {
        let ([day, month, year], length) = self.three(at, b'.')?;
        if year.len() != 4 || day.len() > 2 || month.len() > 2 {
            return None;
        }
        let date = date(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
        Some((at..self.end_after(at, length), date.to_string()))
    }

    /// `05/06/2023`: in the order of the publisher's country, else in that of the story's dates, else
    /// the day first; `2023/06/05`.
    fn slashed(&self, at: usize) -> Found {
        let ([a, b, c], length) = self.three(at, b'/')?;
        let found = |date: Date| Some((at..self.end_after(at, length), date.to_string()));
        if a.len() == 4 && b.len() <= 2 && c.len() <= 2 {
            return found(date(a.parse().ok()?, b.parse().ok()?, c.parse().ok()?)?);
        }
        if c.len() != 4 || a.len() > 2 || b.len() > 2 {
            return None;
        }
        let year = c.parse().ok()?;
        let (a, b): (u8, u8) = (a.parse().ok()?, b.parse().ok()?);
        let (day_first, month_first) = (date(year, b, a), date(year, a, b));
        found(match (day_first, month_first) {
            (Some(day_first), Some(month_first)) => {
                if self.month_first() {
                    month_first
                } else {
                    day_first
                }
            }
            (one, other) => one.or(other)?,
        })
    }

    /// Whether this publisher writes the month before the day.
    fn month_first(&self) -> bool {
        match self.home {
            Some(country) => country == *b"US",
            None => {
                let named = |i: &usize| self.month(*i).is_some();
                let months = (0..self.text.tokens.len()).filter(named);
                let balance: i32 = months
                    .map(|i| {
                        let before = i.checked_sub(1).is_some_and(|i| self.day(i).is_some());
                        i32::from(self.day(i + 1).is_some()) - i32::from(before)
                    })
                    .sum();
                balance > 0
            }
        }
    }

    /// A day of the month: `1`, `1st`.
    fn day(&self, at: usize) -> Option<u8> {
        let word = self.word(at);
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let ending = &word[digits..];
        let day: u8 = word[..digits].parse().ok()?;
        let ordinal = matches!(ending, "" | "st" | "nd" | "rd" | "th" | "er");
        (ordinal && (1..=31).contains(&day)).then_some(day)
    }

    fn year_number(&self, at: usize) -> Option<i32> {
        let word = self.word(at);
        let year: i32 = word.parse().ok().filter(|_| word.len() == 4)?;
        (1500..2100).contains(&year).then_some(year)
    }

    /// A year or words for one at a token: `2023`, `last year`; and one past it.
    fn year_phrase(&self, at: usize) -> Option<(i32, usize)> {
        if let Some(year) = self.year_number(at) {
            return Some((year, at + 1));
        }
        let step = step(self.lower(at))?;
        let today = self.today?;
        (self.lower(at + 1) == "year").then(|| (today.year() + step as i32, at + 2))
    }

    /// The year at or behind a comma at `at`, and one past it.
    fn year_behind(&self, at: usize) -> (Option<i32>, usize) {
        let behind = at + usize::from(matches!(self.word(at), "," | "de"));
        match self.year_number(behind) {
            Some(year) => (Some(year), behind + 1),
            None => (None, at),
        }
    }

    /// The second day of a range at `at`, and one past it.
    fn until_day(&self, at: usize) -> Option<(u8, usize)> {
        let joint = matches!(self.word(at), "-" | "–" | "—" | "to" | "and");
        let day = self.day(at + 1).filter(|_| joint)?;
        Some((day, at + 2))
    }

    /// A date with a month's name at a token: `February 1`, `Feb. 1-5, 2026`, `the 1st of May`,
    /// `February 2026`, `February`.
    fn form(&self, at: usize) -> Option<Form> {
        if let Some(day) = self.day(at) {
            let (last, next) = match self.until_day(at + 1) {
                Some((last, next)) if last > day => (Some(last), next),
                _ => (None, at + 1),
            };
            let joint = usize::from(matches!(self.word(next), "of" | "de" | "."));
            let month = self.month(next + joint)?;
            let mut end = next + joint + 1;
            end += usize::from(self.word(end) == "." && self.year_number(end + 1).is_some());
            let (year, end) = self.year_behind(end);
            return Some(Form { month, day: Some(day), last, year, end });
        }
        let month = self.month(at)?;
        let next = at + 1 + usize::from(self.word(at + 1) == ".");
        let (year, end) = self.year_behind(next + usize::from(self.word(next) == "of"));
        if year.is_some() {
            return Some(Form { month, day: None, last: None, year, end });
        }
        let Some(day) = self.day(next).filter(|_| self.english) else {
            return Some(Form { month, day: None, last: None, year: None, end: at + 1 });
        };
        let (last, end) = match self.until_day(next + 1) {
            Some((last, end))
                if last > day
                    && self.month(end + usize::from(self.word(end) == "of")).is_none() =>
            {
                (Some(last), end)
            }
            _ => (None, next + 1),
        };
        let (year, end) = self.year_behind(end);
        Some(Form { month, day: Some(day), last, year, end })
    }

    /// Whether a token joins the ends of a range whose beginning stands at `at`.
    fn joins(&self, joint: usize, at: usize) -> bool {
        match self.lower(joint) {
            "to" | "until" | "till" | "through" | "-" | "–" | "—" | "bis" => true,
            "and" => self.before(at) == "between",
            _ => false,
        }
    }

    /// `28 February to 3 March 2024`, `from March 2019 to June 2020`.
    fn named_range(&self, at: usize) -> Found {
        let first = self.form(at).filter(|form| form.last.is_none())?;
        let last = self.form(first.end + 1).filter(|form| form.last.is_none())?;
        let led = matches!(self.before(at), "from" | "between");
        let bare = first.day.is_none() && first.year.is_none() && !led;
        if bare || !self.joins(first.end, at) || first.day.is_some() != last.day.is_some() {
            return None;
        }
        let tokens = at..last.end;
        let end_year = match last.year.or(first.year) {
            Some(year) => year,
            None => self.year_of(last.month, last.day.unwrap_or(15), &tokens)?,
        };
        let key = |form: &Form| (u8::from(form.month), form.day.unwrap_or(1));
        let turns = key(&first) > key(&last);
        let (from, until) = match (first.year, last.year) {
            (Some(from), Some(until)) => (from, until),
            (Some(from), None) => (from, from + i32::from(turns)),
            _ => (end_year - i32::from(turns), end_year),
        };
        let range = format!("{}/{}", written(&first, from)?, written(&last, until)?);
        Some((tokens, range))
    }

    /// `1 February`, `Feb. 1-5, 2026`, `February 2026`.
    fn named(&self, at: usize) -> Found {
        let form = self.form(at)?;
        let tokens = at..form.end;
        let Some(day) = form.day else {
            return form
                .year
                .map(|year| (tokens, format!("{year:04}-{:02}", u8::from(form.month))));
        };
        let number = u8::from(form.month);
        let Some(year) = form.year.or_else(|| self.year_of(form.month, day, &tokens)) else {
            date(2024, number, day)?;
            let first = format!("--{number:02}-{day:02}");
            return Some(match form.last {
                Some(last) => (tokens, format!("{first}/--{number:02}-{last:02}")),
                None => (tokens, first),
            });
        };
        let first = date(year, number, day)?;
        Some(match form.last {
            Some(last) => (tokens, format!("{first}/{}", date(year, number, last)?)),
            None => (tokens, first.to_string()),
        })
    }

    /// `in February`, `last June`, where a word before the month shows that it is one.
    fn month_in(&self, at: usize) -> Found {
        let month = self.month(at).filter(|_| self.english)?;
        let before = self.before(at);
        let led = matches!(
            before,
            "in" | "since"
                | "until"
                | "last"
                | "this"
                | "next"
                | "early"
                | "late"
                | "mid"
                | "by"
                | "of"
        );
        let today = self.today.filter(|_| led)?;
        let year = self.nearest_year(month, 15, today);
        let year = match before {
            "last" if date(year, month.into(), 1)? > today => year - 1,
            "next" if date(year, month.into(), 28)? < today => year + 1,
            _ => year,
        };
        Some((at..at + 1, format!("{year:04}-{:02}", u8::from(month))))
    }

    /// The year of a day without one: that which lies nearest to the publication on the side that the
    /// clause speaks of.
    fn year_of(&self, month: Month, day: u8, tokens: &Range<usize>) -> Option<i32> {
        let today = self.today?;
        let year = self.nearest_year(month, day, today);
        let near = date(year, month.into(), day.min(28))?;
        Some(match self.tense(tokens) {
            Some(Tense::Past) if near > today + Duration::days(7) => year - 1,
            Some(Tense::Future) if near < today - Duration::days(7) => year + 1,
            _ => year,
        })
    }

    /// The year in which a day lies nearest to the publication.
    fn nearest_year(&self, month: Month, day: u8, today: Date) -> i32 {
        let distance = |year: i32| {
            let near = date(year, month.into(), day.min(28)).unwrap_or(today);
            (near - today).whole_days().abs()
        };
        let year = today.year();
        [year, year - 1, year + 1].into_iter().min_by_key(|&y| distance(y)).unwrap_or(year)
    }

    /// `Tuesday`, `last Friday`, `next Monday`, `from Monday to Friday`, `Monday, March 10`.
    fn weekday(&self, at: usize) -> Found {
        let led = matches!(self.lower(at), "last" | "next" | "this");
        let name = at + usize::from(led);
        let day = self.weekday_named(name)?;
        let date_behind = name + 1 + usize::from(matches!(self.word(name + 1), "," | "the"));
        if let Some(form) = self.form(date_behind).filter(|form| form.day.is_some()) {
            let (_, date) = self.named(date_behind)?;
            return Some((at..form.end, date));
        }
        let today = self.today?;
        let tense = self.tense(&(at..name + 1));
        let joined = !led && self.before(at) == "from" && self.joins(name + 1, at);
        let until = self.weekday_named(name + 2).filter(|_| joined && tense.is_some());
        let back = days_between(day, today.weekday());
        let back = match (led.then(|| self.lower(at)), back) {
            (Some("next"), 0) => -7,
            (Some("next"), back) => back - 7,
            (Some("last"), 0) => 7,
            (Some("this"), back) if back > 0 && tense != Some(Tense::Past) => back - 7,
            (None, back) if back > 0 && tense == Some(Tense::Future) => back - 7,
            (_, back) => back,
        };
        let date = today.checked_sub(Duration::days(back))?;
        Some(match until {
            Some(last) => {
                let end = date.checked_add(Duration::days(days_between(day, last)))?;
                (at..name + 3, format!("{date}/{end}"))
            }
            None => (at..name + 1, date.to_string()),
        })
    }

    /// `Christmas Day`, `Good Friday 2024`, `last Easter`.
    fn feast(&self, at: usize) -> Found {
        if !self.word(at).starts_with(char::is_uppercase) {
            return None;
        }
        let rest = self.rest(at);
        let (length, rule) = self.words?.feasts.iter().find_map(|(name, rule)| {
            let rule = self.rule_for_home(rule)?;
            Some((starts_with(rest, name)?, rule))
        })?;
        let end = self.end_after(at, length);
        let (year, end) = self.year_behind(end + usize::from(self.word(end) == "in"));
        let end = if year.is_none() { self.end_after(at, length) } else { end };
        let before = self.before(at);
        let year = match (year, step(before)) {
            (Some(year), _) => year,
            (None, Some(step)) => {
                let today = self.today?;
                let year = today.year();
                let this = feasts::feast(rule, year)?;
                match step {
                    -1 if this >= today => year - 1,
                    1 if this <= today => year + 1,
                    _ => year,
                }
            }
            (None, None) => {
                let today = self.today?;
                let around = feasts::feast(rule, today.year())?;
                let year = self.nearest_year(around.month(), around.day(), today);
                let near = feasts::feast(rule, year)?;
                match self.tense(&(at..end)) {
                    Some(Tense::Past) if near > today => year - 1,
                    Some(Tense::Future) if near < today => year + 1,
                    _ => year,
                }
            }
        };
        Some((at..end, feasts::feast(rule, year)?.to_string()))
    }

    /// The rule of a feast for this publisher, its country taken off.
    fn rule_for_home<'r>(&self, rule: &'r str) -> Option<&'r str> {
        match rule.split_once(':') {
            None => Some(rule),
            Some((country, rule)) => {
                let at_home = self.home.is_none_or(|home| home == country.as_bytes());
                at_home.then_some(rule)
            }
        }
    }

    /// `Q4 2023`, `the second half of 2022`, `first quarter of this year`.
    fn part_of_year(&self, at: usize) -> Found {
        let word = self.word(at);
        let (of, number, next) = match word.as_bytes() {
            [b'Q', n @ b'1'..=b'4'] => (4, n - b'0', at + 1),
            [b'H', n @ b'1'..=b'2'] => (2, n - b'0', at + 1),
            _ => {
                let number = match self.lower(at) {
                    "first" | "1st" => 1,
                    "second" | "2nd" => 2,
                    "third" | "3rd" => 3,
                    "fourth" | "4th" => 4,
                    _ => return None,
                };
                let next = at + 1 + usize::from(self.word(at + 1) == "-");
                match self.lower(next) {
                    "quarter" => (4, number, next + 1),
                    "half" if number <= 2 => (2, number, next + 1),
                    _ => return None,
                }
            }
        };
        let next = next + usize::from(matches!(self.word(next), "of" | "in" | ","));
        let (year, end) = self.year_phrase(next)?;
        let months = 12 / of;
        let first = (number - 1) * months + 1;
        Some((at..end, format!("{year:04}-{first:02}/{year:04}-{:02}", first + months - 1)))
    }

    /// `FY2024`, `fiscal 2024`.
    fn fiscal(&self, at: usize) -> Found {
        if let Some(year) = self.word(at).strip_prefix("FY") {
            let year: i32 = year.parse().ok()?;
            let full = if year < 100 { 2000 + year } else { year };
            return (1900..2100).contains(&full).then(|| (at..at + 1, format!("{full:04}")));
        }
        let year = matches!(self.lower(at), "fiscal" | "fy").then_some(at + 1)?;
        if let Some((tokens, years)) = self.years(year) {
            return Some((tokens, years));
        }
        Some((year..year + 1, format!("{:04}", self.year_number(year)?)))
    }

    /// `yesterday`, `last week`, `this month`, `next year`, `the day after tomorrow`.
    fn relative(&self, at: usize) -> Found {
        let today = self.today?;
        let days = |tokens: Range<usize>, days: i64| {
            Some((tokens, today.checked_add(Duration::days(days))?.to_string()))
        };
        let step = match self.lower(at) {
            "today" | "tonight" => return days(at..at + 1, 0),
            "yesterday" => return days(at..at + 1, -1),
            "tomorrow" => return days(at..at + 1, 1),
            "day" => {
                let first = at - usize::from(self.before(at) == "the");
                return match (self.lower(at + 1), self.lower(at + 2)) {
                    ("before", "yesterday") => days(first..at + 3, -2),
                    ("after", "tomorrow") => days(first..at + 3, 2),
                    _ => None,
                };
            }
            "weekend" => return self.weekend(at),
            word => step(word)?,
        };
        let date = match self.lower(at + 1) {
            "week" => {
                let monday = monday_of(today) + Duration::weeks(step);
                format!("{monday}/{}", monday + Duration::days(6))
            }
            "weekend" => {
                let saturday = monday_of(today) + Duration::days(5) + Duration::weeks(step);
                format!("{saturday}/{}", saturday + Duration::days(1))
            }
            "month" => reduced_month(today, step),
            "quarter" => {
                let quarter = i64::from(today.year()) * 4
                    + i64::from((u8::from(today.month()) - 1) / 3)
                    + step;
                let (year, first) = (quarter.div_euclid(4), quarter.rem_euclid(4) * 3 + 1);
                format!("{year:04}-{first:02}/{year:04}-{:02}", first + 2)
            }
            "year" => format!("{:04}", today.year() + step as i32),
            "decade" => {
                let first = (today.year() / 10 + step as i32) * 10;
                format!("{first:04}/{:04}", first + 9)
            }
            "night" if step < 0 => (today - Duration::days(1)).to_string(),
            "morning" | "afternoon" | "evening" if step == 0 => today.to_string(),
            _ => return None,
        };
        Some((at..at + 2, date))
    }

    /// `at the weekend`: the last one or the next, as the clause says.
    fn weekend(&self, at: usize) -> Found {
        let today = self.today?;
        let led = self.before(at) == "the"
            && at > 1
            && matches!(self.lower(at - 2), "at" | "over" | "on" | "during");
        let tense = self.tense(&(at..at + 1)).filter(|_| led)?;
        let saturday = monday_of(today) + Duration::days(5);
        let saturday = match tense {
            Tense::Past if saturday > today => saturday - Duration::weeks(1),
            Tense::Past | Tense::Future => saturday,
        };
        Some((at - 1..at + 1, format!("{saturday}/{}", saturday + Duration::days(1))))
    }

    /// A number of up to 200 in digits or words.
    fn count(&self, at: usize) -> Option<i64> {
        Some(match self.lower(at) {
            "a" | "an" => 1,
            digits if digits.starts_with(|c: char| c.is_ascii_digit()) => {
                digits.parse::<i64>().ok().filter(|n| (1..200).contains(n))?
            }
            word => super::amounts::words::small_number(word)?,
        })
    }

    /// A day, a month or a year some steps away, as exactly as its unit says; unit at a token.
    fn away(&self, unit: usize, steps: i64) -> Option<String> {
        let today = self.today?;
        Some(match self.lower(unit).trim_end_matches(['s', '\'', '’']) {
            "day" => today.checked_add(Duration::days(steps))?.to_string(),
            "week" => today.checked_add(Duration::weeks(steps))?.to_string(),
            "fortnight" => today.checked_add(Duration::weeks(2 * steps))?.to_string(),
            "month" => reduced_month(today, steps),
            "year" => format!("{:04}", i64::from(today.year()) + steps),
            "decade" => format!("{:04}~", i64::from(today.year()) + 10 * steps),
            _ => return None,
        })
    }

    /// `three years ago`, `a week ago`, `two months from now`.
    fn ago(&self, at: usize) -> Found {
        let count = self.count(at).filter(|_| self.english)?;
        let (steps, end) = match (self.lower(at + 2), self.lower(at + 3)) {
            ("ago", _) => (-count, at + 3),
            ("from", "now") => (count, at + 4),
            _ => return None,
        };
        Some((at..end, self.away(at + 1, steps)?))
    }

    /// `in three weeks`, where the clause speaks of what comes; elsewhere it may say how long
    /// something took.
    fn in_time(&self, at: usize) -> Found {
        let count = (self.lower(at) == "in").then(|| self.count(at + 1)).flatten()?;
        let clitic = matches!(self.word(at + 3), "'" | "’" | "'s" | "’s");
        let time = at + 3 + usize::from(clitic);
        let end = if clitic && self.lower(time) == "time" { time + 1 } else { at + 3 };
        let date = self.away(at + 2, count)?;
        let coming = end > at + 3 || self.tense(&(at..end)) == Some(Tense::Future);
        let counts_more = matches!(self.lower(at + 3), "of" | "ago");
        (coming && !counts_more).then_some((at..end, date))
    }

    /// `the 1980s`, `the '80s`.
    fn decade(&self, at: usize) -> Found {
        let first = at + usize::from(is_apostrophe(self.word(at)));
        let word = self.word(first).trim_start_matches(['\'', '‘', '’']);
        let digits = word.strip_suffix('s')?;
        let apostrophe = first > at || word.len() < self.word(first).len();
        let number: i32 = digits.parse().ok().filter(|n| n % 10 == 0)?;
        let start = match digits.len() {
            4 if (1500..2100).contains(&number) => number,
            2 if apostrophe => 1900 + number,
            2 if matches!(self.before(at), "early" | "late" | "mid")
                && at > 1
                && self.lower(at - 2) == "the" =>
            {
                1900 + number
            }
            _ => return None,
        };
        Some((at..first + 1, format!("{start:04}/{:04}", start + 9)))
    }

    /// `the summer of '69`.
    fn short_year(&self, at: usize) -> Found {
        let first = at + usize::from(is_apostrophe(self.word(at)));
        let whole = self.word(first);
        let word = whole.trim_start_matches(['\'', '‘', '’']);
        let apostrophe = first > at || word.len() < whole.len();
        let beside = self.text.tokens.get(first)?.start == self.text.tokens[at].end || first == at;
        let led = matches!(
            self.before(at),
            "of" | "in" | "since" | "summer" | "winter" | "spring" | "autumn" | "fall"
        );
        let number: i32 = word.parse().ok().filter(|_| word.len() == 2)?;
        let this = self.today.map_or(30, |today| today.year() % 100);
        let year = if number <= this { 2000 + number } else { 1900 + number };
        (apostrophe && beside && led).then(|| (at..first + 1, format!("{year:04}")))
    }

    /// `2024/25`, `2014-16`, `2014-2016`, `from 2010 to 2015`.
    fn years(&self, at: usize) -> Found {
        let rest = self.rest(at);
        let year: i32 = rest.get(..4)?.parse().ok().filter(|y| (1500..2100).contains(y))?;
        let mark = rest[4..].chars().next()?;
        let behind = &rest[4 + mark.len_utf8()..];
        let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
        let followed = behind[digits..].starts_with(['-', '/', '–']);
        if matches!(mark, '/' | '-' | '–') && digits == 2 && !followed {
            let short: i32 = behind[..2].parse().ok()?;
            let last = year - year % 100 + short + if short < year % 100 { 100 } else { 0 };
            let near = last == year + 1 || mark != '/' && self.led(at) && last > year;
            let tokens = at..self.end_after(at, 4 + mark.len_utf8() + 2);
            return near.then(|| (tokens, format!("{year:04}/{last:04}")));
        }
        let year = self.year_number(at)?;
        let last = self.year_number(at + 2).filter(|last| *last > year)?;
        let dash = matches!(self.word(at + 1), "-" | "–");
        let led = matches!(self.before(at), "from" | "between");
        (dash || led && self.joins(at + 1, at))
            .then(|| (at..at + 3, format!("{year:04}/{last:04}")))
    }

    /// `in 2016`, `since 1989`, `circa 1850`.
    fn year(&self, at: usize) -> Found {
        let year = self.year_number(at)?;
        if matches!(self.before(at), "circa" | "c." | "ca.") {
            return Some((at..at + 1, format!("{year:04}~")));
        }
        self.led(at).then(|| (at..at + 1, format!("{year:04}")))
    }

    /// Whether what stands before a number of four digits makes it a year.
    fn led(&self, at: usize) -> bool {
        let before = self.before(at);
        if matches!(before, "-" | "–") {
            return at > 1
                && matches!(self.lower(at - 2), "mid" | "early" | "late" | "pre" | "post");
        }
        matches!(
            before,
            "in" | "since"
                | "until"
                | "by"
                | "of"
                | "from"
                | "during"
                | "late"
                | "early"
                | "mid"
                | "before"
                | "after"
                | "for"
                | "between"
                | "and"
                | "the"
                | "("
                | "summer"
                | "winter"
                | "spring"
                | "autumn"
                | "im"
                | "jahr"
                | "en"
                | "seit"
                | "depuis"
                | "desde"
                | "nel"
                | "dal"
        )
    }
}

fn step(lower: &str) -> Option<i64> {
    Some(match lower {
        "last" => -1,
        "this" => 0,
        "next" => 1,
        _ => return None,
    })
}

fn is_apostrophe(word: &str) -> bool {
    matches!(word, "'" | "‘" | "’")
}

/// The length in bytes of a name at a text's start, in any case and with either apostrophe.
fn starts_with(text: &str, name: &str) -> Option<usize> {
    let mut length = 0;
    let mut chars = text.chars();
    for wanted in name.chars() {
        let c = chars.next()?;
        let same = c.to_lowercase().eq(std::iter::once(wanted)) || wanted == '\'' && c == '’';
        if !same {
            return None;
        }
        length += c.len_utf8();
    }
    (!chars.next().is_some_and(char::is_alphanumeric)).then_some(length)
}

/// A form in a year: its day, or its month.
fn written(form: &Form, year: i32) -> Option<String> {
    let month = u8::from(form.month);
    Some(match form.day {
        Some(day) => date(year, month, day)?.to_string(),
        None => format!("{year:04}-{month:02}"),
    })
}

/// Days from one day of the week to the next that is another, 0 to 6.
fn days_between(from: Weekday, to: Weekday) -> i64 {
    (i64::from(to.number_days_from_monday()) + 7 - i64::from(from.number_days_from_monday())) % 7
}

fn monday_of(date: Date) -> Date {
    date - Duration::days(i64::from(date.weekday().number_days_from_monday()))
}

fn date(year: i32, month: u8, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

fn reduced_month(today: Date, step: i64) -> String {
    let months = i64::from(today.year()) * 12 + i64::from(u8::from(today.month())) - 1 + step;
    format!("{:04}-{:02}", months.div_euclid(12), months.rem_euclid(12) + 1)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn found_of(body: &str, home: Option<[u8; 2]>) -> Vec<(String, String)> {
        // A Saturday.
        let published = datetime!(2026-01-31 10:00 UTC);
        let dates = dates(&Text::new(body), Some(published), LanguageCode::EN, home);
        dates.into_iter().map(|d| (d.text, d.date)).collect()
    }

    fn found(body: &str) -> Vec<(String, String)> {
        found_of(body, None)
    }

    #[test]
    fn tense_chooses_the_day_of_the_week() {
        for (body, date) in [
            ("The museum opens on Tuesday.", "2026-02-03"),
            ("The hearing will start on Thursday, a clerk said.", "2026-02-05"),
            ("Crews are to return on Monday.", "2026-02-02"),
            ("On Monday, ministers will meet again.", "2026-02-02"),
            ("Ministers met on Monday and will meet again.", "2026-01-26"),
            ("A clerk said on Thursday that the museum will open.", "2026-01-29"),
            ("The road was closed on Friday.", "2026-01-30"),
            ("She flew to Oslo on Friday.", "2026-01-30"),
            ("The vote is expected on Wednesday.", "2026-02-04"),
            ("Members vote on Sunday.", "2026-02-01"),
            ("They decided to postpone the match on Monday.", "2026-01-26"),
        ] {
            let dates: Vec<String> = found(body).into_iter().map(|d| d.1).collect();
            assert_eq!(dates, [date], "{body}");
        }
    }

    #[test]
    fn a_publication_at_the_end_of_the_calendar_anchors_nothing() {
        let body =
            Text::new("It will meet again next week, on Monday, in two weeks and this weekend.");
        for published in [datetime!(9999-12-31 10:00 UTC), datetime!(0000-01-01 10:00 UTC)] {
            assert!(dates(&body, Some(published), LanguageCode::EN, None).is_empty());
        }
    }

    #[test]
    fn reads_ranges_parts_of_years_and_feasts() {
        for (body, date) in [
            ("It ran from 27 November to 2 December 2022.", "2022-11-27/2022-12-02"),
            ("It ran from March 2019 to June 2020.", "2019-03/2020-06"),
            ("It ran between 2010 and 2015.", "2010/2015"),
            ("It ran from December 30 to January 4, 2025.", "2024-12-30/2025-01-04"),
            ("It was built in the 1970s.", "1970/1979"),
            ("Sales rose in Q2 2021.", "2021-04/2021-06"),
            ("Sales rose in the first half of last year.", "2025-01/2025-06"),
            ("The financial year 2021/22 was good.", "2021/2022"),
            ("Sales in fiscal 2023 fell.", "2023"),
            // Published on a Saturday: the weekend that has begun.
            ("It opened over the weekend and closed.", "2026-01-31/2026-02-01"),
            ("It will open at the weekend.", "2026-01-31/2026-02-01"),
            ("He came last weekend.", "2026-01-24/2026-01-25"),
            ("He left the day before yesterday.", "2026-01-29"),
            ("She leaves the day after tomorrow.", "2026-02-02"),
            ("They met on Good Friday 2024.", "2024-03-29"),
            ("They met on Boxing Day.", "2025-12-26"),
            ("The song of the winter of '78 is back.", "1978"),
            ("The bridge will open in two weeks.", "2026-02-14"),
            ("It was mid-2004 when they met.", "2004"),
            ("She came on Monday, 26 January, they said.", "2026-01-26"),
            ("The house was built circa 1850.", "1850~"),
        ] {
            let dates: Vec<String> = found(body).into_iter().map(|d| d.1).collect();
            assert_eq!(dates, [date], "{body}");
        }
        assert_eq!(found("The bridge was built in two weeks."), []);
    }

    #[test]
    fn slashed_dates_follow_the_publishers_country() {
        let date = |body: &str, home| found_of(body, home).pop().map(|d| d.1);
        let body = "The deed of 04/07/2019 was lost.";
        assert_eq!(date(body, Some(*b"GB")).as_deref(), Some("2019-07-04"));
        assert_eq!(date(body, Some(*b"US")).as_deref(), Some("2019-04-07"));
        assert_eq!(date(body, None).as_deref(), Some("2019-07-04"));
        let american = "It came on March 3. The deed of 04/07/2019 was lost.";
        assert_eq!(date(american, None).as_deref(), Some("2019-04-07"));
        assert_eq!(date("It is of 17/04/2019.", Some(*b"US")).as_deref(), Some("2019-04-17"));
    }

    #[test]
    fn resolves_against_the_publication() {
        for (body, text, date) in [
            ("Talks are on February 1 in Abu Dhabi.", "February 1", "2026-02-01"),
            ("He left on December 30, he said.", "December 30", "2025-12-30"),
            ("They met on Tuesday.", "Tuesday", "2026-01-27"),
            ("They met on Saturday.", "Saturday", "2026-01-31"),
            ("They met last Monday.", "last Monday", "2026-01-26"),
            ("They meet next Monday.", "next Monday", "2026-02-02"),
            ("Sales fell last year.", "last year", "2025"),
            ("Sales fell last month.", "last month", "2025-12"),
            ("Sales fell last week.", "last week", "2026-01-19/2026-01-25"),
            ("It runs 1-5 May at the hall.", "1-5 May", "2026-05-01/2026-05-05"),
            ("It ran on May 1-5, 2024.", "May 1-5, 2024", "2024-05-01/2024-05-05"),
            ("It was on 3 March 2019.", "3 March 2019", "2019-03-03"),
            ("It was on the 3rd of March.", "3rd of March", "2025-03-03"),
            ("He came in February.", "February", "2026-02"),
            ("He came in June 2014.", "June 2014", "2014-06"),
            ("He came in 2014.", "2014", "2014"),
            ("He left three years ago.", "three years ago", "2023"),
            ("He left yesterday.", "yesterday", "2026-01-30"),
            ("Am 01.02.2026 war es so.", "01.02.2026", "2026-02-01"),
            ("Logged 2026-02-01 here.", "2026-02-01", "2026-02-01"),
        ] {
            assert_eq!(found(body), [(text.to_owned(), date.to_owned())], "{body}");
        }
    }

    #[test]
    fn both_forms_of_norwegian_have_their_months() {
        for code in ["no", "nb", "nn"] {
            let language = LanguageCode::parse(code).unwrap();
            let text = Text::new("Brua ble åpnet 12. desember 1998.");
            let found: Vec<_> =
                dates(&text, None, language, None).into_iter().map(|d| d.date).collect();
            assert_eq!(found, ["1998-12-12"], "{code}");
        }
    }

    #[test]
    fn names_and_numbers_are_no_dates() {
        for body in ["It may rain.", "Theresa May spoke.", "He has 2014 cows.", "On 31.02.2026."] {
            assert_eq!(found(body), [], "{body}");
        }
    }

    #[test]
    fn keeps_day_and_month_where_the_year_is_unknown() {
        let dates = dates(&Text::new("On February 1, or yesterday."), None, LanguageCode::EN, None);
        assert_eq!(dates.len(), 1);
        assert_eq!(dates[0].date, "--02-01");
    }
}
