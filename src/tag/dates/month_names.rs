//! Dates with a month's name: days, ranges of days and of months, months alone. Refuses a bare month that may be a
//! name.

use std::ops::Range;

use time::{Date, Duration, Month};

use super::events::Event;
use super::kinds::{Kind, Tense};
use super::{DateReader, Found, date};
use crate::months;
use crate::punctuation::is_dash;

/// Most letters of a month's name that is a word as well: `تیر`, an arrow.
const SHORT: usize = 3;

/// Days ahead in another year, from which on a day without a year is as likely the last one.
const FAR: i64 = 60;
/// Days within which a day that something begins on may be over: `effective Aug. 1`.
const RECENT: i64 = 60;

/// What the words beside a day may tell of it beyond the clause's tense.
#[derive(Clone, Copy, Debug)]
pub(super) enum Told {
    /// A past verb stands straight before it.
    ByPast,
    /// Something was set for it.
    SetFor,
}

/// A date written with a month's name, as far as it goes.
#[derive(Clone, Debug)]
pub(super) struct Form {
    pub month: Month,
    pub day: Option<u8>,
    /// The second day of a range within the month.
    pub last: Option<u8>,
    pub year: Option<i32>,
    /// Whether it is of a year that the story points at and does not tell.
    pub untold: bool,
    /// One past its tokens.
    pub end: usize,
}

impl DateReader<'_> {
    /// A day of the month: `1`, `1st`.
    pub(super) fn day(&self, at: usize) -> Option<u8> {
        let word = self.word(at);
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let ending = &word[digits..];
        let day: u8 = word[..digits].parse().ok()?;
        let ordinal =
            ending.is_empty() || self.words.is_some_and(|words| words.is(Kind::Ordinal, ending));
        (ordinal && (1..=31).contains(&day)).then_some(day)
    }

    /// One past the stop or the letters of an ordinal that are a token of their own.
    fn ordinal(&self, at: usize) -> usize {
        at + usize::from(self.is(Kind::Ordinal, at))
    }

    /// The year or the words for one at a token, behind a comma or what joins it there, and one past it: `2026`,
    /// `last year`.
    pub(super) fn year_behind(&self, at: usize) -> (Option<i32>, usize) {
        let behind =
            if self.word(at) == "," { at + 1 } else { self.phrase(Kind::Of, at).unwrap_or(at) };
        match self.year_phrase(behind) {
            // `i fjor, 2017`: what is written says more than what is told from the publication.
            Some((_, end)) if self.year_written(end).is_some() => (self.year_written(end), end + 2),
            Some((year, end)) => (Some(year), end),
            None => (None, at),
        }
    }

    /// The same or the year that the story told, and whether it points at one that it does not tell.
    fn year_or_told(&self, at: usize) -> (Option<i32>, bool, usize) {
        let (year, end) = self.year_behind(at);
        if year.is_some() {
            return (year, false, end);
        }
        let comma = at + usize::from(self.word(at) == ",");
        let zero = self.word(at);
        // `Jan. 13, '90`, `18 Sep 05`
        if let Some((year, end)) = self.year_of_two_digits(comma) {
            return (Some(year), false, end);
        }
        let hours = self.word(at + 1) == ":";
        if zero.len() == 2 && zero.starts_with('0') && !hours && self.follows_day_and_month(at) {
            return (zero.parse().ok().map(|year: i32| 2000 + year), false, at + 1);
        }
        match self.told_year(at) {
            Some((told, end)) => (told, told.is_none(), end),
            None => (None, false, end),
        }
    }

    /// Whether a day and then its month stand straight before a token.
    fn follows_day_and_month(&self, at: usize) -> bool {
        at.checked_sub(2)
            .is_some_and(|day| self.day(day).is_some() && self.month(day + 1).is_some())
    }

    /// A year in digits between a comma or a bracket and another mark.
    fn year_written(&self, at: usize) -> Option<i32> {
        let ends = matches!(self.word(at + 2), "" | "." | "," | ")" | ";" | ":");
        self.year_number(at + 1).filter(|_| ends && matches!(self.word(at), "," | "("))
    }

    /// A day of the Persian solar calendar in a language that dates by it, as one of ours: `۱۵ فروردین ۱۴۰۳`. Without a year
    /// it is the nearest; not of a month whose name is a short word.
    pub(super) fn persian(&self, at: usize) -> Found {
        let words = self.words.filter(|words| words.has_persian)?;
        let day = i32::from(self.day(at)?);
        let name = self.word(at + 1);
        let month = i32::from(months::persian_month(name)?);
        let end = at + 2 + usize::from(words.is(Kind::Month, self.lower(at + 2)));
        let end = end + usize::from(self.word(end) == ",");
        let end = end + usize::from(self.is(Kind::YearLead, end));
        let year = self.word(end).parse().ok().filter(|year| months::is_persian_year(*year));
        if let Some(year) = year {
            return Some((at..end + 1, months::persian(year, month, day)?.to_string()));
        }
        let today = self.today.filter(|_| name.chars().count() > SHORT)?;
        let years = (0..3).map(|back| today.year() - 620 - back);
        let days = years.filter_map(|year| months::persian(year, month, day));
        let nearest = days.min_by_key(|date| (*date - today).whole_days().abs())?;
        Some((at..at + 2, nearest.to_string()))
    }

    /// One past what joins the ends of a range, where a dash or a phrase of the language stands at a token.
    pub(super) fn joint(&self, at: usize) -> Option<usize> {
        if is_dash(self.word(at)) {
            return Some(at + 1);
        }
        self.phrase(Kind::RangeJoint, at)
    }

    /// The second day of a range behind its first, which stands at a token, and one past it. Two days that `and` joins are
    /// one where no day is between them or `between` stands before.
    fn until_day(&self, at: usize) -> Option<(u8, usize)> {
        let first = self.day(at)?;
        let behind = self.ordinal(at + 1);
        let joint = self.joint(behind);
        let next = joint.or_else(|| self.phrase(Kind::And, behind))?;
        let last = self.day(next).filter(|last| *last > first)?;
        let whole = joint.is_some() || last == first + 1 || self.is_led(Kind::Between, at);
        whole.then_some((last, next + 1))
    }

    /// A date with a month's name at a token: `February 1`, `Feb. 1-5, 2026`, `the 1st of May`,
    /// `February 2026`, `February`.
    pub(super) fn form(&self, at: usize) -> Option<Form> {
        if let Some(day) = self.day(at) {
            let (last, next) = match self.until_day(at) {
                Some((last, next)) => (Some(last), next),
                None => (None, at + 1),
            };
            let name = if self.word(next) == "." {
                next + 1
            } else {
                self.behind(Kind::Of, self.ordinal(next))
            };
            let month = self.month(name)?;
            let mut end = name + 1;
            end += usize::from(self.word(end) == "." && self.year_number(end + 1).is_some());
            let (year, untold, end) = self.year_or_told(end);
            return Some(Form { month, day: Some(day), last, year, untold, end });
        }
        let month = self.month(at)?;
        let next = at + 1 + usize::from(self.word(at + 1) == ".");
        let (year, untold, end) = self.year_or_told(next);
        if year.is_some() || untold {
            return Some(Form { month, day: None, last: None, year, untold, end });
        }
        // Only English writes the month first.
        let month_first = self.words.is_some_and(|words| words.month_leads);
        let Some(day) = self.day(next).filter(|_| month_first) else {
            let (day, end) = (None, at + 1);
            return Some(Form { month, day, last: None, year: None, untold, end });
        };
        let (last, end) = match self.until_day(next) {
            Some((last, end)) if self.month(self.behind(Kind::Of, end)).is_none() => {
                (Some(last), end)
            }
            _ => (None, next + 1),
        };
        let (year, untold, end) = self.year_or_told(end);
        // `2026. március 10-én`
        let year = year.or_else(|| self.year_before(at));
        Some(Form { month, day: Some(day), last, year, untold, end })
    }

    /// The year with a full stop before a month that leads its day.
    fn year_before(&self, at: usize) -> Option<i32> {
        let stop = at.checked_sub(1).filter(|stop| self.word(*stop) == ".")?;
        let joined = self.text.tokens[stop].start == self.text.tokens[stop.checked_sub(1)?].end;
        let same = self.text.sentences.binary_search_by_key(&at, |s| s.start).is_err();
        self.year_number(stop - 1).filter(|_| joined && same)
    }

    /// One past the joint of a range whose beginning starts at `at`.
    pub(super) fn joins(&self, joint: usize, at: usize) -> Option<usize> {
        let between = || self.phrase(Kind::And, joint).filter(|_| self.is_led(Kind::Between, at));
        self.joint(joint).or_else(between)
    }

    /// Whether a phrase of a kind of up to two words ends before a token.
    pub(super) fn is_led(&self, kind: Kind, at: usize) -> bool {
        (at.saturating_sub(2)..at).any(|from| self.phrase(kind, from) == Some(at))
    }

    /// `28 February to 3 March 2024`, `from March 2019 to June 2020`.
    pub(super) fn named_range(&self, at: usize) -> Found {
        let whole = |form: &Form| form.last.is_none() && !form.untold;
        let first = self.form(at).filter(whole)?;
        // `Jan.-Mar.`
        let stop = first.day.is_none() && self.word(first.end) == ".";
        let joined = self.ordinal(first.end) + usize::from(stop);
        let joint = self.joins(joined, at)?;
        let mut last = self.form(joint).filter(whole)?;
        let led = self.is_led(Kind::RangeLead, at);
        // `January-March`
        let touch = |at: usize| self.text.tokens[at].end == self.text.tokens[at + 1].start;
        let tight = joint == joined + 1 && touch(joined - 1) && touch(joined);
        let bare = first.day.is_none() && first.year.is_none() && !led && !tight;
        if bare || first.day.is_some() != last.day.is_some() {
            return None;
        }
        // `the January-March quarter of 2024`
        if tight && last.day.is_none() && last.year.is_none() {
            let noun = self.word(last.end).starts_with(char::is_lowercase);
            let of = self.phrase(Kind::Of, last.end + 1).filter(|_| noun);
            if let Some((year, end)) = of.and_then(|of| self.year_phrase(of)) {
                (last.year, last.end) = (Some(year), end);
            }
        }
        // `the monsoon (July-September)` is each year's.
        let yearly = tight && first.day.is_none() && first.year.is_none() && last.year.is_none();
        let unsure = yearly && !led && !self.follows(Kind::MonthLead, at);
        if unsure {
            return None;
        }
        let tokens = at..last.end;
        let end_year = match last.year.or(first.year) {
            Some(year) => year,
            None => self.year_of_range(last.month, last.day.unwrap_or(15), &tokens)?,
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
    pub(super) fn named(&self, at: usize) -> Found {
        let form = self.form(at).filter(|form| !form.untold)?;
        let tokens = at..form.end;
        let Some(day) = form.day else {
            return form
                .year
                .map(|year| (tokens, format!("{year:04}-{:02}", u8::from(form.month))));
        };
        let number = u8::from(form.month);
        let year_of = || match form.last {
            Some(_) => self.year_of_range(form.month, day, &tokens),
            None => self.year_of(form.month, day, &tokens),
        };
        let event = match form.year.or(form.last.map(i32::from)) {
            Some(_) => Event::None,
            None => self.event(form.month, day, &tokens),
        };
        let year = match event {
            Event::Unsure => return None,
            Event::Of(year) => Some(year),
            Event::None => form.year.or_else(year_of),
        };
        let Some(year) = year else {
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

    /// A month behind its year, in languages that write it so: `2022 márciusában`.
    pub(super) fn month_of_year(&self, at: usize) -> Found {
        self.words.filter(|words| words.year_leads)?;
        let (year, month) = (self.year_number(at)?, self.month(at + 1)?);
        let day = self.day(at + 2).is_some();
        (!day).then(|| (at..at + 2, format!("{year:04}-{:02}", u8::from(month))))
    }

    /// Whether a street's name goes on at a token: `March Pen Road`.
    fn is_street(&self, at: usize) -> bool {
        self.word(at).starts_with(char::is_uppercase)
            && (at + 1..at + 3).any(|at| {
                self.word(at).starts_with(char::is_uppercase) && self.is(Kind::Street, at)
            })
    }

    /// Whether a street or the like is called after a day: `rue du 8 mai`, `Straße des 17. Juni`.
    pub(super) fn is_called_after(&self, tokens: &Range<usize>) -> bool {
        let of = |at: usize| self.is(Kind::Of, at) || self.is(Kind::RangeLead, at);
        let before = tokens.start.checked_sub(1);
        let before = before.map(|at| if of(at) { at.saturating_sub(1) } else { at });
        // `ul. 11 Listopada`, `Március 15. téren`
        let stop = |at: usize| self.word(at) == ".";
        let before = before.map(|at| if stop(at) { at.saturating_sub(1) } else { at });
        let behind = tokens.end + usize::from(stop(tokens.end));
        let led = before.is_some_and(|at| self.is(Kind::CalledAfter, at));
        led || self.is(Kind::CalledAfterBehind, behind)
    }

    /// `in February`, `last June`, where a word before the month shows that it is one.
    pub(super) fn month_in(&self, at: usize) -> Found {
        let month = self.month(at)?;
        let today = self.today.filter(|_| self.follows(Kind::MonthLead, at))?;
        let is_day = |form: Form| form.day.is_some() || form.untold;
        if self.form(at).is_some_and(is_day) || self.is_street(at + 1) {
            return None;
        }
        let year = nearest_year(month, 15, today);
        let step = at.checked_sub(1).and_then(|before| self.step(before)).map(|step| step.0);
        let tense = self.tense(&(at..at + 1)).filter(|_| step.is_none());
        let moves = |out: bool| self.has_full_tense() || out;
        let was = step == Some(-1) || tense == Some(Tense::Past) && moves(year > today.year());
        let comes = step == Some(1) || tense == Some(Tense::Future) && moves(year < today.year());
        let year = if was && date(year, month.into(), 1)? > today {
            year - 1
        } else if comes && date(year, month.into(), 28)? < today {
            year + 1
        } else {
            year
        };
        Some((at..at + 1, format!("{year:04}-{:02}", u8::from(month))))
    }

    /// The year of a day without one, by what the clause around its tokens says.
    pub(super) fn year_of(&self, month: Month, day: u8, tokens: &Range<usize>) -> Option<i32> {
        let told = |how: Told| match how {
            Told::ByPast => self.is_told_by_past(tokens),
            Told::SetFor => self.is_set_for(tokens),
        };
        self.year_in(month, day, || self.tense(tokens), told).or_else(|| {
            let today = self.today.filter(|_| self.is_end(tokens))?;
            Some(nearest_year(month, day, today))
        })
    }

    /// The year of a range of days, which are seldom told of when they are long over.
    pub(super) fn year_of_range(
        &self,
        month: Month,
        day: u8,
        tokens: &Range<usize>,
    ) -> Option<i32> {
        let nearest = || Some(nearest_year(month, day, self.today?));
        self.year_of(month, day, tokens).or_else(nearest)
    }

    /// The year of a day without one: that which lies nearest to the publication on the side that the clause speaks of. A
    /// day ahead in the publication's calendar year stays there, as news writes another year out, unless a past verb
    /// stands straight before it; so does one that is over, where the list of tense is not as full as English's. There a
    /// day far ahead in another year, of which nothing is said, is of none: it may as well be the last one.
    pub(super) fn year_in(
        &self,
        month: Month,
        day: u8,
        tense: impl FnOnce() -> Option<Tense>,
        told: impl Fn(Told) -> bool,
    ) -> Option<i32> {
        let today = self.today?;
        let year = nearest_year(month, day, today);
        let near = date(year, month.into(), day.min(28))?;
        let ahead = near > today + Duration::days(7);
        if !ahead && near >= today - Duration::days(7) {
            return Some(year);
        }
        let full = self.has_full_tense();
        let is_recent = near > today - Duration::days(RECENT);
        match tense() {
            Some(Tense::Past) if ahead && (year > today.year() || told(Told::ByPast)) => {
                Some(year - 1)
            }
            Some(Tense::Future) if !ahead && (full || year < today.year()) => {
                Some(year + i32::from(!is_recent || !told(Told::SetFor)))
            }
            None if !full && year > today.year() && near > today + Duration::days(FAR) => None,
            _ => Some(year),
        }
    }
}

/// The year in which a day lies nearest to the publication.
pub(super) fn nearest_year(month: Month, day: u8, today: Date) -> i32 {
    let distance = |year: i32| {
        let near = date(year, month.into(), day.min(28)).unwrap_or(today);
        (near - today).whole_days().abs()
    };
    let year = today.year();
    [year, year - 1, year + 1].into_iter().min_by_key(|&y| distance(y)).unwrap_or(year)
}

/// A form in a year: its day, or its month.
fn written(form: &Form, year: i32) -> Option<String> {
    let month = u8::from(form.month);
    Some(match form.day {
        Some(day) => date(year, month, day)?.to_string(),
        None => format!("{year:04}-{month:02}"),
    })
}
