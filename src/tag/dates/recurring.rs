//! Days of the week that are no single day, by what stands beside them: those that come again (`open Monday through Friday`),
//! any of them (`on a Monday`), those of what is told (`the Monday before the vote`), and those that so many weeks count from.

use time::{Date, Duration, Weekday};

use super::kinds::{Kind, Tense};
use super::weekday::days_between;
use super::{DateReader, Found};
use crate::model::LanguageCode;
use crate::tag::document::says_whose;
use crate::tag::language::is_function_word;
use crate::unicode;

/// Units that count from a day.
const UNITS: &[Kind] = &[
    Kind::Day,
    Kind::Days,
    Kind::Week,
    Kind::Weeks,
    Kind::Fortnight,
    Kind::Month,
    Kind::Months,
    Kind::Year,
    Kind::Years,
    Kind::Decade,
    Kind::Decades,
];

impl DateReader<'_> {
    /// Whether a day of the week is any of them, or one of what is told.
    pub(super) fn is_any_weekday(&self, at: usize, behind: usize) -> bool {
        let opens = |at: usize| {
            let starts = || self.text.sentences.binary_search_by_key(&at, |s| s.start).is_ok();
            let mark = |before: usize| !self.word(before).starts_with(unicode::is_alphanumeric);
            at.checked_sub(1).is_none_or(mark) || starts()
        };
        // `that Monday` may also be what somebody said.
        let told = self.follows(Kind::ThatWeekday, at) && opens(at - 1);
        let of_tale = self.follows(Kind::Article, at)
            && self.phrase(Kind::WeekdayOfTale, behind).is_some()
            && self.phrase(Kind::BeforeLast, behind).is_none();
        // `in a Monday interview` is a day, `on a Monday` and `a Monday evening` are none.
        let part = self.is(Kind::PartOfDay, behind) || self.is(Kind::Night, behind);
        let noun = behind + usize::from(part);
        let word = self.word(noun);
        let counts = word.starts_with(unicode::is_alphabetic)
            && !is_function_word(LanguageCode::EN, self.lower(noun));
        let any = self.follows(Kind::AnyWeekday, at) && !counts && !says_whose(word);
        let other_year = self.phrase(Kind::ThatYear, behind).is_some();
        // `the last Friday of the war`: it was none with its `last`.
        let stepped = self.follows(Kind::Last, at) || self.follows(Kind::Next, at);
        told || of_tale || any || other_year || stepped && self.has_full_tense()
    }

    /// Whether so many units count from a day that stands at a token, or it is what they were from: `a week from Tuesday`,
    /// `a year ago today`.
    pub(super) fn is_offset_from(&self, at: usize) -> bool {
        let Some(words) = self.words.filter(|words| words.knows(Kind::OffsetFrom)) else {
            return false;
        };
        let steps = [Kind::Last, Kind::This, Kind::Next];
        let stepped = steps.into_iter().any(|kind| self.follows(kind, at));
        let Some(before) = at.checked_sub(1 + usize::from(stepped)) else { return false };
        let is_unit = |at: usize| UNITS.iter().any(|unit| words.is(*unit, self.lower(at)));
        let from = self.is(Kind::OffsetFrom, before) && before > 0 && is_unit(before - 1);
        from || self.is(Kind::Ago, before)
    }

    /// `from Monday to Friday`, `will run Monday through Friday`; none where nothing says that it is one week's: `open Monday
    /// through Friday`. `None` where no other day is joined to the first.
    pub(super) fn weekdays(&self, at: usize, first: Weekday, today: Date) -> Option<Found> {
        let (_, behind) = self.weekday_written(at)?;
        let led = self.follows(Kind::RangeLead, at);
        let full = self.has_full_tense();
        let joint = self.joins(behind, at).filter(|_| led || full)?;
        let (last, end) = self.weekday_written(joint)?;
        if !led && says_whose(self.word(end)) {
            return None;
        }
        let tense = self.tense(&(at..behind));
        if !full && tense.is_none() {
            return None;
        }
        let one_week = match tense {
            Some(Tense::Future) => !full || self.is_planned(&(at..end)) && !self.is_of_hours(at),
            Some(Tense::Past) => led,
            None => false,
        };
        Some(
            self.week_of(today, first, last, tense.filter(|_| one_week))
                .map(|dates| (at..end, dates)),
        )
    }

    /// Whether the sentence of a day tells the hours of each such day: `will be open 9 a.m. to 5 p.m. Monday through Friday`.
    fn is_of_hours(&self, at: usize) -> bool {
        let mut sentence = self.text.sentence_of(at).cloned().unwrap_or(at..at);
        sentence.any(|i| self.is(Kind::Habit, i) || self.is(Kind::Hour, i))
    }

    fn week_of(
        &self,
        today: Date,
        first: Weekday,
        last: Weekday,
        tense: Option<Tense>,
    ) -> Option<String> {
        let date = self.weekday_from(today, first, None, Some(tense?))?;
        let until = date.checked_add(Duration::days(days_between(first, last)))?;
        Some(format!("{date}/{until}"))
    }

    /// Whether a day of the week is the second of two that were no date: `Monday through Friday`.
    pub(super) fn ends_weekdays(&self, at: usize) -> bool {
        let Some(joint) = at.checked_sub(1).filter(|joint| *joint > 0) else { return false };
        self.has_full_tense()
            && self.joint(joint) == Some(at)
            && self.weekday_named(joint - 1).is_some()
            && !says_whose(self.word(at + 1))
    }
}
