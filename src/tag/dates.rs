//! Dates in a text, as ISO 8601 dates, reduced dates (`2026-02`, `2026`) or intervals, resolved
//! against the publication.
//!
//! A day of the week is the last one up to the publication in a clause that tells what was, and the
//! next one in a clause that tells what comes ([`tense`]). A day and month without a year take the
//! year that brings them nearest to the publication, unless the clause says otherwise. Without a
//! publication date they stay `--02-01` (a day of any year, as in XML Schema's gMonthDay), and words
//! such as "yesterday" are left out. Decades, quarters, halves, fiscal years, weekends and ranges are
//! intervals; what is only roughly known has EDTF's `~` behind it. Slashed dates are read in the order
//! of the publisher's country, else of the story's other dates, else the day first. Words are those of
//! the story's language, in its lists ([`words`]); a language without a list of a kind has no dates of
//! that kind, and one without a list of tense no bare days of the week. Days of the Persian solar calendar are given as ours.
//! Refuses times of day, quarters without a year, and bare months that may be names.

use std::cell::OnceCell;
use std::ops::{Range, RangeInclusive};

use foldhash::HashSet;
use time::{Date, Month, OffsetDateTime, Weekday};

use super::{Initial, Text};
use crate::model::{DateMention, LanguageCode};
use crate::unicode;

mod events;
mod feasts;
mod first_letters;
mod kinds;
mod month_names;
mod numeric;
mod recurring;
mod relative;
mod senses;
mod sign_weekdays;
mod signs;
mod tense;
#[cfg(test)]
mod tests;
mod told_years;
mod weekday;
mod words;
mod years;

use kinds::{Kind, Tense};
use words::DateWords;

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
    let language = language.or_english();
    let words = DateWords::of(language);
    let today = published.map(OffsetDateTime::date).filter(|date| ANCHORS.contains(&date.year()));
    let reader = DateReader {
        text,
        today,
        words,
        home,
        month_first: OnceCell::new(),
        story_words: OnceCell::new(),
    };
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.tokens.len() {
        let Some((tokens, date)) = reader.date_at(at) else {
            at += 1;
            continue;
        };
        at = tokens.end.max(at + 1);
        let of_month = |at| reader.day(at).is_some() || reader.month(at).is_some();
        if tokens.len() > 1 && of_month(tokens.start) && reader.is_called_after(&tokens) {
            continue;
        }
        let bytes = text.bytes(tokens);
        found.push(DateMention {
            text: text.text[bytes.clone()].to_owned(),
            span: text.span(bytes),
            date,
        });
    }
    found
}

/// Whether a word is the name of a month in a language, or its short form.
#[must_use]
pub fn is_month(language: LanguageCode, word: &str) -> bool {
    let words = DateWords::of(language);
    words.is_some_and(|words| words.month(word, &unicode::to_lowercase(word)).is_some())
}

/// Whether a word is the name of a month, or its short form, in a language that writes the month before its day.
#[must_use]
pub fn is_leading_month(language: LanguageCode, word: &str) -> bool {
    let words = DateWords::of(language).filter(|words| words.month_leads);
    words.is_some_and(|words| words.month(word, &unicode::to_lowercase(word)).is_some())
}

struct DateReader<'a> {
    text: &'a Text<'a>,
    today: Option<Date>,
    words: Option<&'static DateWords>,
    home: Option<[u8; 2]>,
    /// Whether this publisher writes the month before the day, once it was asked.
    month_first: OnceCell<bool>,
    /// The text's words in small letters, once a day is that of a known event.
    story_words: OnceCell<HashSet<&'a str>>,
}

type Found = Option<(Range<usize>, String)>;

impl DateReader<'_> {
    fn word(&self, at: usize) -> &str {
        self.text.word_or_empty(at)
    }

    fn lower(&self, at: usize) -> &str {
        if at < self.text.tokens.len() { self.text.lower(at) } else { "" }
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

    /// Whether a token is a word of a kind.
    fn is(&self, kind: Kind, at: usize) -> bool {
        self.words.is_some_and(|words| words.is(kind, self.lower(at)))
    }

    /// Whether the token before one is a word of a kind.
    fn follows(&self, kind: Kind, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|before| self.is(kind, before))
    }

    /// One past the longest phrase of a kind that starts at a token.
    fn phrase(&self, kind: Kind, at: usize) -> Option<usize> {
        self.phrase_written(kind, at).map(|(end, _)| end)
    }

    /// The same, and the phrase as its list has it.
    fn phrase_written(&self, kind: Kind, at: usize) -> Option<(usize, &'static str)> {
        let words = self.words?;
        let opens = words.nouns_are_capital
            && self.text.sentences.binary_search_by_key(&at, |sentence| sentence.start).is_ok();
        let (length, phrase) = words.phrase(kind, self.rest(at), opens)?;
        Some((self.end_after(at, length), phrase))
    }

    /// The token behind a phrase of a kind where one stands at a token, else that token.
    fn behind(&self, kind: Kind, at: usize) -> usize {
        self.phrase(kind, at).unwrap_or(at)
    }

    /// What the clause speaks of; `None` in a language that has no list of tense.
    fn tense(&self, tokens: &Range<usize>) -> Option<Tense> {
        tense::tense(self.text, self.words.filter(|words| words.tenses)?, tokens)
    }

    /// Whether the language's list of tense is full enough to move a date out of the publication's year.
    fn has_full_tense(&self) -> bool {
        self.words.is_some_and(|words| words.last_by_default)
    }

    /// Whether a date is what something lasts until or is meant for.
    fn is_end(&self, tokens: &Range<usize>) -> bool {
        self.words.is_some_and(|words| tense::is_end(self.text, words, tokens))
    }

    /// Whether a past verb stands straight before a date.
    fn is_told_by_past(&self, tokens: &Range<usize>) -> bool {
        self.words.is_some_and(|words| tense::is_told_by_past(self.text, words, tokens))
    }

    /// Whether a modal verb or a plan stands in the sentence of a date.
    fn is_planned(&self, tokens: &Range<usize>) -> bool {
        self.words.is_some_and(|words| tense::is_planned(self.text, words, tokens))
    }

    /// Whether a date may begin with a token that is no number.
    fn may_lead(&self, at: usize) -> Option<bool> {
        let (words, token) = (self.words?, self.text.tokens.get(at)?);
        Some(if token.plain {
            words.may_lead_as_whole(token.initial == Initial::Capital, self.lower(at))
        } else {
            words.may_lead(self.word(at), self.lower(at))
        })
    }

    /// Whether a date is one that something was set for.
    fn is_set_for(&self, tokens: &Range<usize>) -> bool {
        self.words.is_some_and(|words| tense::is_set_for(self.text, words, tokens))
    }

    fn date_at(&self, at: usize) -> Found {
        let plain = self.text.tokens.get(at)?.plain;
        if plain && !self.may_lead(at)? {
            return None;
        }
        let first = self.word(at).chars().next()?;
        if signs::digit(first).is_some() {
            return self
                .signed(at)
                .or_else(|| self.persian(at))
                .or_else(|| self.iso(at))
                .or_else(|| self.numeric(at))
                .or_else(|| self.slashed(at))
                .or_else(|| self.slashed_day(at))
                .or_else(|| self.named_range(at))
                .or_else(|| self.named(at))
                .or_else(|| self.ago(at))
                .or_else(|| self.part_of_year(at))
                .or_else(|| self.decade(at))
                .or_else(|| self.month_of_year(at))
                .or_else(|| self.years(at))
                .or_else(|| self.year(at));
        }
        if !plain && !self.may_lead(at)? {
            return None;
        }
        let named =
            || self.named_range(at).or_else(|| self.named(at)).or_else(|| self.month_in(at));
        self.sign_weekday(at)
            .or_else(|| self.weekday(at))
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
}

fn date(year: i32, month: u8, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}
