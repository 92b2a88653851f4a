//! Dates that are told from the publication: `yesterday`, `last week`, `three years ago`.

use std::ops::Range;

use time::{Date, Duration};

use super::kinds::{Kind, Tense};
use super::{DateReader, Found};
use crate::punctuation::is_dash;
use crate::tag::document::says_whose;
use crate::unicode;

/// Farthest superlative from the years that it is among, in tokens.
const RANKED_REACH: usize = 7;

/// Words for days, and how far from the publication they are.
const DAYS: &[(Kind, i64)] = &[
    (Kind::BeforeYesterday, -2),
    (Kind::AfterTomorrow, 2),
    (Kind::Yesterday, -1),
    (Kind::LastNight, -1),
    (Kind::Tomorrow, 1),
    (Kind::Today, 0),
];
/// Units that a word such as `last` stands beside.
const UNITS: &[Kind] = &[
    Kind::Week,
    Kind::Weekend,
    Kind::Month,
    Kind::Quarter,
    Kind::Year,
    Kind::Decade,
    Kind::Night,
    Kind::PartOfDay,
];
/// Units that are counted, each with its form for one and for several.
const COUNTED: &[(Kind, Kind)] = &[
    (Kind::Day, Kind::Days),
    (Kind::Week, Kind::Weeks),
    (Kind::Fortnight, Kind::Fortnight),
    (Kind::Month, Kind::Months),
    (Kind::Year, Kind::Years),
    (Kind::Decade, Kind::Decades),
];

impl DateReader<'_> {
    /// `last`, `this` or `next` before what they say it of, as -1, 0 and 1; and one past it.
    pub(super) fn step(&self, at: usize) -> Option<(i64, usize)> {
        [(Kind::Last, -1), (Kind::This, 0), (Kind::Next, 1)]
            .into_iter()
            .find_map(|(kind, step)| Some((step, self.phrase(kind, at)?)))
    }

    /// The same behind it: `dernier`.
    pub(super) fn step_behind(&self, at: usize) -> Option<(i64, usize)> {
        [(Kind::LastBehind, -1), (Kind::NextBehind, 1)]
            .into_iter()
            .find_map(|(kind, step)| Some((step, self.phrase(kind, at)?)))
    }

    /// A step and the unit beside it, in the language's order; and one past both.
    pub(super) fn step_and_unit(&self, at: usize, units: &[Kind]) -> Option<(i64, Kind, usize)> {
        let unit = |at| units.iter().find_map(|unit| Some((*unit, self.phrase(*unit, at)?)));
        if let Some((step, next)) = self.step(at) {
            let (unit, end) = unit(next)?;
            return Some((step, unit, end));
        }
        let (unit, next) = unit(at)?;
        let (step, end) = self.step_behind(next)?;
        Some((step, unit, end))
    }

    /// `yesterday`, `last week`, `this month`, `next year`, `the day after tomorrow`.
    pub(super) fn relative(&self, at: usize) -> Found {
        let today = self.today?;
        let has_signs = self.words.is_some_and(|words| words.has_signs);
        if has_signs && self.follows(Kind::NotAfter, at) {
            return None;
        }
        for (kind, days) in DAYS {
            if let Some(end) = self.phrase(*kind, at) {
                return self.day_from(*kind, *days, at..end, today);
            }
        }
        if let Some(end) = self.phrase(Kind::YesterdayOrTomorrow, at) {
            let days = match self.tense(&(at..end))? {
                Tense::Past => -1,
                Tense::Future => 1,
            };
            return Some((at..end, today.checked_add(Duration::days(days))?.to_string()));
        }
        for (kind, step) in [(Kind::LastYear, -1), (Kind::ThisYear, 0), (Kind::NextYear, 1)] {
            if let Some(end) = self.phrase(kind, at) {
                let year = today.year() + step;
                return Some(match self.signed_month_of(end, year) {
                    Some((length, date)) => (at..self.end_after(end, length), date),
                    None => (at..end, format!("{year:04}")),
                });
            }
        }
        if let Some((step, unit, end)) = self.step_and_unit(at, UNITS) {
            if self.is_of_other_time(at, step, end) {
                return None;
            }
            if unit == Kind::Week
                && let Some((end, date)) = self.day_of_named_week(end, step, today)
            {
                return Some((at..end, date));
            }
            return Some((at..end, unit_from(unit, step, today)?));
        }
        self.phrase(Kind::Weekend, at).and_then(|end| self.weekend(at, end))
    }

    /// Whether the unit is that of something else (`the last week of the war`), or of a year (`this week last year`, `a year
    /// ago this week`), or followed what was (`the next week he died`).
    fn is_of_other_time(&self, at: usize, step: i64, end: usize) -> bool {
        let led = self.follows(Kind::Article, at) && self.has_full_tense();
        let of = step != 0 && led && self.phrase(Kind::LastOf, end).is_some();
        let then = step == 1 && led && self.tense(&(at..end)) == Some(Tense::Past);
        let year = || self.step_and_unit(end, &[Kind::Year]).is_some_and(|(step, ..)| step != 0);
        let whose = step == 0 && (self.is_offset_from(at) || year());
        of || then || whose
    }

    fn day_from(&self, kind: Kind, days: i64, words: Range<usize>, today: Date) -> Found {
        let is_other = self.follows(Kind::NotAfter, words.start) && words.len() == 1;
        // `USA Today`, `told Today`: a name.
        let name = words.len() == 1
            && self.word(words.start).starts_with(char::is_uppercase)
            && words.start > 0
            && self.word(words.start - 1).ends_with(unicode::is_alphabetic)
            && self.word(words.start).chars().skip(1).all(char::is_lowercase)
            && self.text.sentences.binary_search_by_key(&words.start, |s| s.start).is_err();
        if is_other
            || name
            || self.is_offset_from(words.start)
            || kind == Kind::Today && self.is(Kind::NotBehind, words.end)
        {
            return None;
        }
        let article = matches!(kind, Kind::BeforeYesterday | Kind::AfterTomorrow)
            && self.follows(Kind::Article, words.start);
        let first = words.start - usize::from(article);
        Some((first..words.end, today.checked_add(Duration::days(days))?.to_string()))
    }

    /// `at the weekend`: the last one or the next, as the clause says.
    fn weekend(&self, at: usize, end: usize) -> Found {
        let today = self.today?;
        let led = self.follows(Kind::Article, at)
            && at.checked_sub(1).is_some_and(|at| self.follows(Kind::WeekendLead, at));
        // `the weekend of May 3`
        let of = self.is(Kind::Of, end);
        let tense = self.tense(&(at..end)).filter(|_| led && !of)?;
        let saturday = monday_of(today) + Duration::days(5);
        let saturday = match tense {
            Tense::Past if saturday > today => saturday - Duration::weeks(1),
            Tense::Past | Tense::Future => saturday,
        };
        Some((at - 1..end, format!("{saturday}/{}", saturday + Duration::days(1))))
    }

    /// A number of up to 200 in digits or words, or the word that counts one.
    pub(super) fn count(&self, at: usize) -> Option<(i64, usize)> {
        if let Some(end) = self.phrase(Kind::One, at) {
            return Some((1, end));
        }
        let lower = self.lower(at);
        if lower.starts_with(|c: char| c.is_ascii_digit()) {
            let number = lower.parse::<i64>().ok().filter(|n| (1..200).contains(n))?;
            return Some((number, at + 1));
        }
        Some((crate::tag::amount_words::small_number(self.words?.code, lower)?, at + 1))
    }

    /// A count and its unit, and one past them.
    fn counted(&self, at: usize) -> Option<(i64, Kind, usize)> {
        let (count, next) = self.count(at)?;
        let (unit, end) = COUNTED.iter().find_map(|(one, several)| {
            let end = self.phrase(*several, next).or_else(|| self.phrase(*one, next));
            Some((*one, end?))
        })?;
        Some((count, unit, end))
    }

    /// `three years ago`, `il y a trois ans`, `two months from now`.
    pub(super) fn ago(&self, at: usize) -> Found {
        let lead = self.phrase(Kind::AgoLead, at);
        let start = lead.or_else(|| self.phrase(Kind::AgoAround, at)).unwrap_or(at);
        let (count, unit, end) = self.counted(start).or_else(|| self.one_unit(start))?;
        if self.is_second_count(at) {
            return None;
        }
        if let Some(end) = self.phrase(Kind::Ago, end) {
            if let Some(end) = self.phrase(Kind::Today, end) {
                return Some((at..end, self.day_away(unit, -count)?));
            }
            // `two weeks ago Friday`
            let day = self.weekday_named(self.behind(Kind::WeekOn, end)).is_some();
            let inexact = day && matches!(unit, Kind::Week | Kind::Fortnight);
            return (!inexact).then_some((at..end, self.away(unit, -count)?));
        }
        // `a week from today`, `will open a week tomorrow`
        if let Some(found) = self.counted_from_day(at, unit, count, end) {
            return found;
        }
        if let Some(end) = self.phrase(Kind::FromNow, end) {
            return Some((at..end, self.away(unit, count)?));
        }
        lead.filter(|lead| end > lead + 1)?;
        Some((at..end, self.away(unit, -count)?))
    }

    /// Whether a count is the end of a larger one or of a choice: `two or three years ago`, `3 1/2 years ago`.
    fn is_second_count(&self, at: usize) -> bool {
        let Some(joint) = at.checked_sub(1) else { return false };
        let joins = self.is(Kind::Or, joint) || self.joint(joint) == Some(at);
        let number = |at: usize| {
            self.lower(at).starts_with(|c: char| c.is_ascii_digit())
                || crate::tag::amount_words::small_number(
                    self.words.map_or("", |words| words.code),
                    self.lower(at),
                )
                .is_some()
        };
        let between =
            self.is(Kind::And, joint) && joint > 0 && self.is_led(Kind::Between, joint - 1);
        self.word(joint) == "/" || (joins || between) && joint > 0 && number(joint - 1)
    }

    /// So many units from today or tomorrow, where the clause speaks of what comes. `None` where neither stands there.
    fn counted_from_day(&self, at: usize, unit: Kind, count: i64, end: usize) -> Option<Found> {
        if !self.words?.knows(Kind::OffsetFrom) {
            return None;
        }
        let from = self.phrase(Kind::OffsetFrom, end);
        let weeks = matches!(unit, Kind::Week | Kind::Fortnight) && count == 1;
        let day = from.or(weeks.then_some(end))?;
        let days = [(Kind::Today, 0), (Kind::Tomorrow, 1)];
        let (later, end) =
            days.into_iter().find_map(|(kind, days)| Some((days, self.phrase(kind, day)?)))?;
        let comes = from.is_some() || self.tense(&(at..end)) == Some(Tense::Future);
        let date = self.day_away(unit, count).filter(|_| comes && later == 0);
        let tomorrow = || {
            let weeks = matches!(unit, Kind::Week | Kind::Fortnight);
            let days = if unit == Kind::Fortnight { 14 } else { 7 };
            let days = Duration::days(1 + count * days);
            let date = self.today?.checked_add(days)?;
            (comes && later == 1 && weeks).then(|| date.to_string())
        };
        Some(date.or_else(tomorrow).map(|date| (at..end, date)))
    }

    /// The day some units away from the publication's.
    fn day_away(&self, unit: Kind, steps: i64) -> Option<String> {
        let today = self.today?;
        let years = match unit {
            Kind::Year => steps,
            Kind::Decade => 10 * steps,
            Kind::Month => return None,
            _ => return self.away(unit, steps),
        };
        let year = today.year() + i32::try_from(years).ok()?;
        Some(today.replace_year(year).ok()?.to_string())
    }

    /// A unit that needs no count to be one: `rok temu`. A form that stands behind counts, too, may be the end of one
    /// that is not read: `två miljoner år sedan`.
    fn one_unit(&self, at: usize) -> Option<(i64, Kind, usize)> {
        COUNTED.iter().find_map(|(unit, several)| {
            let end = self.phrase(*unit, at)?;
            self.phrase(*several, at).is_none().then_some((1, *unit, end))
        })
    }

    /// `in three weeks`, `dans trois semaines`; where the lead may also say how long something took, the clause must
    /// speak of what comes.
    pub(super) fn in_time(&self, at: usize) -> Found {
        if self.follows(Kind::NotInTime, at) {
            return None;
        }
        let sure = self.phrase(Kind::InTime, at);
        let lead = sure.or_else(|| self.phrase(Kind::InTimeByTense, at))?;
        let (count, unit, end) = self.counted(lead)?;
        let clitic = usize::from(says_whose(self.word(end)));
        let time = self.phrase(Kind::Time, end + clitic).filter(|_| clitic > 0);
        let tokens = at..time.unwrap_or(end);
        let coming = sure.is_some() || time.is_some() || self.tense(&tokens) == Some(Tense::Future);
        if sure.is_none() && time.is_none() && self.is_ranked(at) {
            return None;
        }
        let counts_more = self.is(Kind::Of, end) || self.is(Kind::Ago, end);
        (coming && !counts_more).then_some((tokens, self.away(unit, count)?))
    }

    /// Whether a superlative or an ordinal stands near before a token, and no verb of what comes between: `the first profit
    /// in eight years` tells of the eight years before.
    fn is_ranked(&self, at: usize) -> bool {
        let Some(words) = self.words else { return false };
        let mut before = (at.saturating_sub(RANKED_REACH)..at)
            .rev()
            .take_while(|&i| {
                self.word(i).starts_with(unicode::is_alphanumeric) || is_dash(self.word(i))
            })
            .take_while(|&i| !words.sense(self.lower(i)).modal);
        before.any(|i| self.is(Kind::Ranked, i) || words.ends_in(Kind::RankedEnding, self.lower(i)))
    }

    /// A day, a month or a year some steps away, as exactly as its unit says.
    fn away(&self, unit: Kind, steps: i64) -> Option<String> {
        let today = self.today?;
        Some(match unit {
            Kind::Day => today.checked_add(Duration::days(steps))?.to_string(),
            Kind::Week => today.checked_add(Duration::weeks(steps))?.to_string(),
            Kind::Fortnight => today.checked_add(Duration::weeks(2 * steps))?.to_string(),
            Kind::Month => reduced_month(today, steps),
            Kind::Year => format!("{:04}", i64::from(today.year()) + steps),
            Kind::Decade => format!("{:04}~", i64::from(today.year()) + 10 * steps),
            _ => return None,
        })
    }
}

/// A unit of time that is -1, 0 or 1 steps from that of the publication.
fn unit_from(unit: Kind, step: i64, today: Date) -> Option<String> {
    Some(match unit {
        Kind::Week => {
            let monday = monday_of(today) + Duration::weeks(step);
            format!("{monday}/{}", monday + Duration::days(6))
        }
        Kind::Weekend => {
            let saturday = monday_of(today) + Duration::days(5) + Duration::weeks(step);
            format!("{saturday}/{}", saturday + Duration::days(1))
        }
        Kind::Month => reduced_month(today, step),
        Kind::Quarter => {
            let quarter =
                i64::from(today.year()) * 4 + i64::from((u8::from(today.month()) - 1) / 3) + step;
            let (year, first) = (quarter.div_euclid(4), quarter.rem_euclid(4) * 3 + 1);
            format!("{year:04}-{first:02}/{year:04}-{:02}", first + 2)
        }
        Kind::Year => format!("{:04}", i64::from(today.year()) + step),
        Kind::Decade => {
            let first = (i64::from(today.year()) / 10 + step) * 10;
            format!("{first:04}/{:04}", first + 9)
        }
        Kind::Night if step < 0 => (today - Duration::days(1)).to_string(),
        Kind::PartOfDay if step == 0 => today.to_string(),
        _ => return None,
    })
}

pub(super) fn monday_of(date: Date) -> Date {
    date - Duration::days(i64::from(date.weekday().number_days_from_monday()))
}

fn reduced_month(today: Date, step: i64) -> String {
    let months = i64::from(today.year()) * 12 + i64::from(u8::from(today.month())) - 1 + step;
    format!("{:04}-{:02}", months.div_euclid(12), months.rem_euclid(12) + 1)
}
