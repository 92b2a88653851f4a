//! Days that events are called by: `the October 7 attack`, `the Jan. 6 committee`. Their year is seldom written, and is
//! neither that of the publication nor the last one.
//!
//! The year of an event in `known-days.txt` is given where words beside the day or in the story tell that it is meant. An
//! attack or a disaster of any other day is taken for a recent one as far back as a season; farther back, and where the
//! day of a known event may be meant or not, there is no date.

use std::ops::Range;

use time::{Date, Duration, Month};

use super::DateReader;
use super::date;
use super::kinds::{Kind, Tense};
use crate::tag::document::says_whose;

/// Tokens before a day and behind it that tell what is called by it.
const BESIDE: usize = 3;
/// Days from which on an event called by its day is of any year.
const SEASON: i64 = 90;
/// Days for which the day of a known event is more likely the last one.
const RECENT: i64 = 60;
/// Days ahead from which on a day is a year away from the last one.
const AHEAD: i64 = 7;

/// An event that is called by its day: `10-07`, `2023! | attack | israel gaza`.
#[derive(Clone, Debug)]
pub(super) struct KnownDay {
    pub month: u8,
    pub day: u8,
    pub year: i32,
    /// The day alone may mean it, which its `!` says.
    pub sure: bool,
    /// Words beside the day, and words of the story, in lower case.
    pub beside: Vec<&'static str>,
    pub story: Vec<&'static str>,
}

impl KnownDay {
    pub(super) fn read(day: &'static str, event: &'static str) -> Option<Self> {
        let (month, day) = day.split_once('-')?;
        let mut parts = event.split('|').map(str::trim);
        let year = parts.next()?;
        let mut words = || parts.next().unwrap_or_default().split_whitespace().collect();
        Some(Self {
            month: month.parse().ok()?,
            day: day.parse().ok()?,
            year: year.trim_end_matches('!').parse().ok()?,
            sure: year.ends_with('!'),
            beside: words(),
            story: words(),
        })
    }
}

/// What a day without a year is to the events called by theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// None is called by it here.
    None,
    /// One of this year.
    Of(i32),
    /// One may be, and its year is not known.
    Unsure,
}

impl DateReader<'_> {
    /// The event that a day without a year, at some tokens, is of.
    pub(super) fn event(&self, month: Month, day: u8, tokens: &Range<usize>) -> Event {
        let (Some(words), Some(today)) = (self.words, self.today) else { return Event::None };
        let number = u8::from(month);
        let Some(last) = last_before(today, number, day) else { return Event::None };
        if self.has_weekday_before(tokens.start) {
            return Event::None;
        }
        let over = (today - last).whole_days();
        let known = words.known_days(number, day).filter(|known| known.year < today.year());
        let told = |known: &&KnownDay| {
            self.is_beside(&known.beside, tokens)
                && (known.sure && over > RECENT || self.is_told(&known.story))
        };
        if let Some(known) = known.clone().find(told) {
            return Event::Of(known.year);
        }
        let tense = || self.tense(tokens);
        let mut sure = known.filter(|known| known.sure && tense() != Some(Tense::Future));
        let may_be = sure.any(|known| {
            self.is_beside(&known.beside, tokens)
                || self.is_told(&known.story)
                || last.year() < today.year() && tense() == Some(Tense::Past)
        });
        let is_old = over > SEASON && self.is_called_event(tokens);
        if may_be || is_old { Event::Unsure } else { Event::None }
    }

    /// Whether a word stands straight before a day or behind it.
    fn is_beside(&self, words: &[&str], tokens: &Range<usize>) -> bool {
        let around = tokens.start.saturating_sub(BESIDE)..tokens.end + BESIDE;
        around.filter(|at| !tokens.contains(at)).any(|at| words.contains(&self.lower(at)))
    }

    /// Whether the story has one of these words.
    fn is_told(&self, words: &[&str]) -> bool {
        let text = self.text;
        let all = || (0..text.tokens.len()).map(|at| text.lower(at)).collect();
        let story = self.story_words.get_or_init(all);
        words.iter().any(|word| story.contains(*word))
    }

    /// Whether an attack or a disaster is called by a day: behind it, where `the` or somebody's name stands before it, or
    /// before it.
    fn is_called_event(&self, tokens: &Range<usize>) -> bool {
        let Some(before) = tokens.start.checked_sub(1) else { return false };
        let led = self.is(Kind::Article, before) || says_whose(self.word(before));
        let behind = tokens.end..tokens.end + BESIDE;
        led && behind.clone().any(|at| self.is(Kind::Event, at))
            || self.is_led(Kind::EventBefore, tokens.start)
    }

    /// Whether a day of the week stands before a date, which bears its year out.
    fn has_weekday_before(&self, at: usize) -> bool {
        (1..=3).filter_map(|back| at.checked_sub(back)).any(|at| self.weekday_named(at).is_some())
    }
}

/// The last such day that is over, or up to a week ahead.
fn last_before(today: Date, month: u8, day: u8) -> Option<Date> {
    let this = date(today.year(), month, day.min(28))?;
    if this <= today + Duration::days(AHEAD) {
        Some(this)
    } else {
        date(today.year() - 1, month, day.min(28))
    }
}
