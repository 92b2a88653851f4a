//! Days of the week, and dates that one leads in. Refuses a bare day of the week where no verb is known, for it may be
//! the last one or the next; in English, whose list of tense is full, it is the last one then.

use std::ops::Range;

use time::{Date, Duration, Weekday};

use super::kinds::{Kind, Tense};
use super::relative::monday_of;
use super::words::weekday;
use super::{DateReader, Found};
use crate::punctuation::is_dash;
use crate::tag::TokenKind;
use crate::tag::amount_words::{is_measured, letters};
use crate::tag::document::says_whose;
use crate::unicode;

/// Most days from the publication to a day of the month whose month is not said.
const DAYS_AROUND: i64 = 45;
/// Words behind a day's `'s` that may tell what was on it.
const OVER_REACH: usize = 3;

/// Most letters of a word between a day and its week, or behind the number of a day.
const JOINT: usize = 3;

/// What a number behind a day of the week is.
#[derive(Clone, Debug)]
enum Numbered {
    /// The day of the month, which ends before a token.
    Day(usize, String),
    /// That or something else, or a day that is not near.
    Unknown,
    /// Something else.
    None,
}

/// Words of hours behind a number.
const HOURS: &[&str] = &["h", "u", "uhr", "hrs", "am", "pm", "a.m", "p.m"];

/// Whether what stands behind a number makes a time, a score or a larger number of it.
fn is_counting(after: &str) -> bool {
    let digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let mark = after.strip_prefix([':', '.', ',', '-', '–', '/', '%', ' ']);
    let word = after.trim_start().split([' ', ',', '\n']).next().unwrap_or_default();
    let word = unicode::to_lowercase(word.trim_end_matches('.'));
    mark.is_some_and(digit)
        || HOURS.contains(&&*word)
        || after.starts_with('%')
        || after.starts_with(unicode::is_alphanumeric)
}

/// The small word behind a number that joins another to it, and what stands behind that one: `13 e 14`, `13 alle 9`, `2 a 1`.
fn joined(after: &str) -> Option<(&str, &str)> {
    let after = after.trim_start();
    let rest = after.trim_start_matches(char::is_lowercase);
    let word = &after[..after.len() - rest.len()];
    let number = rest.trim_start();
    let behind = number.trim_start_matches(|c: char| c.is_ascii_digit());
    let small = (1..=JOINT + 1).contains(&word.chars().count());
    (small && behind.len() < number.len()).then_some((word, behind))
}

impl DateReader<'_> {
    /// `Tuesday`, `last Friday`, `next Monday`, `from Monday to Friday`, `Monday, March 10`.
    pub(super) fn weekday(&self, at: usize) -> Found {
        self.weekday_phrase(at).or_else(|| self.weeks_on(at)).or_else(|| {
            let (step, name) = match self.step(at) {
                Some((step, name)) => (Some(step), name),
                None => (None, at),
            };
            if self.is_offset_from(at) || self.ends_weekdays(at) {
                return None;
            }
            let Some((day, behind)) = self.weekday_written(name) else {
                // `segunda (9)`: half a name is one where the day of the month bears it out.
                let (end, date) = self.day_in_brackets(self.weekday_named(name)?, name + 1)?;
                return Some((at..end, date));
            };
            if let Some((end, date)) = self.day_behind(behind) {
                return Some((at..end, date));
            }
            if let Some((end, date)) = self.day_in_brackets(day, behind) {
                return Some((at..end, date));
            }
            let today = self.today?;
            match self.day_numbered(day, behind, today) {
                Numbered::Day(end, date) => return Some((at..end, date)),
                Numbered::Unknown => return None,
                Numbered::None => {}
            }
            let other = step.is_none()
                && (self.is_other_weekday(at, behind) || self.is_any_weekday(at, behind));
            // `the last Friday of the war`
            let last = step.is_some()
                && self.follows(Kind::Article, at)
                && self.phrase(Kind::LastOf, behind).is_some();
            if other || last || self.is_of_month(behind) || self.is_of_untold_year(behind) {
                return None;
            }
            if step.is_none()
                && let Some((end, date)) = self.week_behind(behind, day, today)
            {
                return Some((at..end, date));
            }
            if step.is_none()
                && let Some(found) = self.weeks_away(at, behind, day, today)
            {
                return found;
            }
            if self.ago(behind).or_else(|| self.in_time(behind)).is_some() {
                // `Montag vor einer Woche`: that week's, or the day in it.
                return None;
            }
            if step.is_none()
                && let Some(range) = self.weekdays(at, day, today)
            {
                return range;
            }
            let (step, end) = match step.map(|step| (step, behind)) {
                Some(step) => (Some(step.0), step.1),
                None => match self.step_behind(behind) {
                    Some((step, end)) => (Some(step), end),
                    None => (None, behind),
                },
            };
            let date = self.weekday_from(today, day, step, self.tense_of_day(&(at..behind)))?;
            Some((at..end, date.to_string()))
        })
    }

    /// `a week on Friday`, `two weeks from Friday`, `a week ago on Monday`: so many weeks from the next one or the last one.
    fn weeks_on(&self, at: usize) -> Found {
        let (count, unit) = self.count(at)?;
        let (weeks, end) = self.weeks(unit)?;
        let weeks = count * weeks;
        let ago = self.phrase(Kind::Ago, end);
        let on = ago.unwrap_or(end);
        // `the third in three weeks on Sunday`
        let day = self.phrase(Kind::WeekOn, on).filter(|_| self.phrase(Kind::One, at).is_some());
        let from = || self.phrase(Kind::OffsetFrom, on).filter(|_| ago.is_none());
        let (day, behind) = self.weekday_written(day.or_else(from)?)?;
        let tokens = at..behind;
        let paid =
            at.checked_sub(1).is_some_and(|at| self.text.tokens[at].kind == TokenKind::Number);
        if paid || ago.is_none() && self.tense(&tokens) == Some(Tense::Past) {
            return None;
        }
        let today = self.today?;
        let (tense, weeks) = match ago {
            Some(_) => (Tense::Past, -weeks),
            None => (Tense::Future, weeks),
        };
        let date = self.weekday_from(today, day, None, Some(tense))?;
        Some((tokens, date.checked_add(Duration::weeks(weeks))?.to_string()))
    }

    /// `Friday week`, `the Friday before last`: a week or two from the next one or the last one; none where it is not
    /// known which is meant. `None` where nothing of it stands behind the day.
    fn weeks_away(&self, at: usize, behind: usize, day: Weekday, today: Date) -> Option<Found> {
        if !self.words?.knows(Kind::WeekOn) {
            return None;
        }
        let on = at.checked_sub(1).filter(|at| self.is(Kind::WeekOn, *at));
        if on.is_some_and(|on| self.follows(Kind::Ago, on))
            || self.phrase(Kind::AfterNext, behind).is_some()
        {
            return Some(None);
        }
        let (step, weeks, end) = match (self.phrase(Kind::BeforeLast, behind), self.weeks(behind)) {
            (Some(end), _) => (-1, -1, end),
            (None, Some((weeks, end))) if !is_dash(self.word(end)) => (1, weeks, end),
            _ => return None,
        };
        let date = self.weekday_from(today, day, Some(step), None);
        let date = date.and_then(|date| date.checked_add(Duration::weeks(weeks)));
        Some(date.map(|date| (at..end, date.to_string())))
    }

    /// The weeks of a unit, and one past it.
    fn weeks(&self, at: usize) -> Option<(i64, usize)> {
        let fortnight = || self.phrase(Kind::Fortnight, at).map(|end| (2, end));
        let week = self.phrase(Kind::Weeks, at).or_else(|| self.phrase(Kind::Week, at));
        week.map(|end| (1, end)).or_else(fortnight)
    }

    /// Whether a day is over or comes: by what was on it (`Sunday's crash`), else by its clause.
    fn tense_of_day(&self, day: &Range<usize>) -> Option<Tense> {
        if self.is_over(day) { Some(Tense::Past) } else { self.tense(day) }
    }

    /// Whether what stands behind a day and its `'s` was: `Sunday's fatal crash`, `above Wednesday's close`.
    fn is_over(&self, day: &Range<usize>) -> bool {
        if !says_whose(self.word(day.end)) {
            return false;
        }
        let Some(words) = self.words else { return false };
        let priced = self.follows(Kind::PriceLead, day.start);
        let ends = |at: usize| {
            let sense = words.sense(self.lower(at));
            sense.determiner || sense.modal || sense.was
        };
        let from = day.end + 1;
        let mut nouns = (from..from + OVER_REACH).take_while(|&at| !ends(at));
        nouns.any(|at| self.is(Kind::Over, at) || priced && self.is(Kind::Price, at))
    }

    /// `jeden Montag`, `Welt am Sonntag`, `Viernes Negro`: no single day, or a name.
    fn is_other_weekday(&self, at: usize, behind: usize) -> bool {
        let Some(words) = self.words else { return false };
        let named = !words.names_are_capital
            && self.word(at).starts_with(char::is_uppercase)
            && self.text.sentences.binary_search_by_key(&at, |sentence| sentence.start).is_err();
        let led = (1..=3).any(|count| {
            let Some(from) = at.checked_sub(count) else { return false };
            self.phrase(Kind::NotWeekday, from) == Some(at)
        });
        // `The Monday Club`, `the second Friday`
        let capital = words.names_are_capital
            && !words.nouns_are_capital
            && self.follows(Kind::Article, at)
            && self.word(behind).starts_with(char::is_uppercase)
            && self.month(behind).is_none();
        let ordinal = [Kind::First, Kind::Second, Kind::Third, Kind::Fourth];
        let counted = ordinal.into_iter().any(|kind| self.follows(kind, at));
        // `18 luni`: months, where both have one name.
        let months = self.is(Kind::Months, at)
            && at.checked_sub(1).is_some_and(|at| self.text.tokens[at].kind == TokenKind::Number);
        let other = self.phrase(Kind::NotWeekdayBehind, behind).is_some();
        // `Sunday Orme said`, `Chief Sunday Orme`
        let opens = || self.text.sentences.binary_search_by_key(&at, |s| s.start).is_ok();
        let person = words.knows(Kind::NameLead)
            && self.word(behind).chars().nth(1).is_some_and(char::is_lowercase)
            && self.word(behind).starts_with(char::is_uppercase)
            && self.month(behind).is_none()
            && self.text.sentences.binary_search_by_key(&behind, |s| s.start).is_err()
            && (opens() || self.follows(Kind::NameLead, at));
        named || led || person || capital || counted || months || other
    }

    /// Whether a month or a year is what a day of the week before a token is of: `the last Monday in July`, `a Monday in 1987`.
    fn is_of_month(&self, behind: usize) -> bool {
        let of = self.is(Kind::Of, behind) || self.is(Kind::InTimeByTense, behind);
        of && (self.month(behind + 1).is_some() || self.year_number(behind + 1).is_some())
    }

    /// A day of the week whose week stands behind it, and one past that: `Tuesday last week`.
    fn week_behind(&self, behind: usize, day: Weekday, today: Date) -> Option<(usize, String)> {
        let week = self.behind(Kind::Of, behind);
        let joins = |at: &usize| self.is_joint_of_week(*at);
        let weeks = (week..week + 3).take_while(|at| *at == week || joins(&(at - 1)));
        let mut found = weeks.filter_map(|week| self.step_and_unit(week, &[Kind::Week]));
        let (step, _, end) = found.next()?;
        let days = 7 * step + i64::from(day.number_days_from_monday());
        Some((end, monday_of(today).checked_add(Duration::days(days))?.to_string()))
    }

    /// Whether a small word may stand between a day and its week: `lunes de la semana pasada`.
    fn is_joint_of_week(&self, at: usize) -> bool {
        let word = self.word(at);
        let other = self.is(Kind::And, at) || self.is(Kind::RangeJoint, at);
        word.chars().count() <= JOINT && word.chars().all(char::is_lowercase) && !other
    }

    /// The day of a week that is named before it, and one past its name: `geçen hafta pazartesi`, `last week on Monday`.
    pub(super) fn day_of_named_week(
        &self,
        end: usize,
        step: i64,
        today: Date,
    ) -> Option<(usize, String)> {
        let name = end + usize::from(self.is_joint_of_week(end));
        let (day, end) = self.weekday_written(name)?;
        let days = 7 * step + i64::from(day.number_days_from_monday());
        Some((end, monday_of(today).checked_add(Duration::days(days))?.to_string()))
    }

    /// The day of the month behind a day of the week, without its month: `martedì 13`, `Tuesday the 13th`. It is the nearest
    /// that is on that day of the week.
    fn day_numbered(&self, weekday: Weekday, behind: usize, today: Date) -> Numbered {
        let Some(words) = self.words else { return Numbered::None };
        let bracket = self.word(behind) == "(";
        let comma = behind + usize::from(bracket || self.word(behind) == ",");
        let led = self.is(Kind::Article, comma);
        let at = comma + usize::from(led);
        let rest = self.rest(at);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let day = rest[..digits].parse::<u8>().ok().filter(|day| (1..=31).contains(day));
        let Some(day) = day.filter(|_| digits <= 2) else { return Numbered::None };
        let ordinal = self.ordinal_length(&rest[digits..]);
        let after = &rest[digits + ordinal..];
        if is_counting(after) || is_measured(words.code, after) {
            return Numbered::None;
        }
        // `2 a 1` is a score.
        let joined = joined(after);
        let is_score = joined.is_some_and(|(word, behind)| {
            word.chars().count() < JOINT
                && !words.is(Kind::And, word)
                && !is_measured(words.code, behind)
        });
        if is_score {
            return Numbered::Unknown;
        }
        let near = (-DAYS_AROUND..=DAYS_AROUND)
            .filter_map(|days| today.checked_add(Duration::days(days)))
            .filter(|date| date.day() == day && date.weekday() == weekday);
        let date = near.min_by_key(|date| (*date - today).whole_days().abs());
        let next = after.trim_start_matches([' ', '\u{a0}']);
        let small = next.chars().take_while(|c| c.is_lowercase()).count();
        let ends = next.starts_with(['.', ',', ')', ';', ':', '!', '?', '\n']) || next.is_empty();
        // Words of grammar; others may be what is counted.
        let stands = !words.month_leads && (ends || (1..=JOINT).contains(&small));
        let sure =
            bracket || led || ordinal > 0 || stands || !words.month_leads && joined.is_some();
        match date {
            Some(date) if sure => {
                let end = self.end_after(at, digits + ordinal);
                let closed = bracket && self.word(end) == ")";
                Numbered::Day(end + usize::from(closed), date.to_string())
            }
            None if sure => Numbered::Unknown,
            Some(_) if !words.month_leads => Numbered::Unknown,
            _ => Numbered::None,
        }
    }

    /// The bytes of what makes an ordinal of the digits before it: `.`, `th`, `-го`, `:e`.
    fn ordinal_length(&self, text: &str) -> usize {
        let joined = text.strip_prefix(['-', ':', '\'', '’']);
        let letters = letters(joined.unwrap_or(text));
        let count = letters.chars().count();
        let is = |ending: &str| self.words.is_some_and(|words| words.is(Kind::Ordinal, ending));
        if joined.is_some() && (1..=JOINT).contains(&count) || count > 0 && is(letters) {
            return text.len() - joined.unwrap_or(text).len() + letters.len();
        }
        let stop = text.starts_with('.') && is(".");
        usize::from(stop && !text[1..].starts_with(|c: char| c.is_ascii_digit()))
    }

    /// A day of the week and one past its name: `sexta-feira`.
    pub(super) fn weekday_written(&self, at: usize) -> Option<(Weekday, usize)> {
        let day = self.weekday_named(at)?;
        let (half, alone) = self.words?.weekday_half(self.word(at), self.lower(at))?;
        let whole = !half.is_empty() && self.word(at + 1) == "-" && self.lower(at + 2) == half;
        match (whole, alone) {
            (true, _) => Some((day, at + 3)),
            (false, true) => Some((day, at + 1)),
            (false, false) => None,
        }
    }

    /// `i måndags`, `på mandag`: phrases that say themselves which one is meant.
    fn weekday_phrase(&self, at: usize) -> Found {
        let past = self.phrase_written(Kind::PastWeekday, at).map(|phrase| (phrase, -1));
        let coming = || self.phrase_written(Kind::ComingWeekday, at).map(|phrase| (phrase, 1));
        let ((end, written), step) = past.or_else(coming)?;
        let day = weekday(written.rsplit(' ').next()?)?;
        if let Some((end, date)) = self.week_behind(end, day, self.today?) {
            return Some((at..end, date));
        }
        let date = self.weekday_from(self.today?, day, Some(step), None)?;
        Some((at..end, date.to_string()))
    }

    /// The date with a day that stands behind a weekday, and one past it: `, March 10`.
    fn day_behind(&self, at: usize) -> Option<(usize, String)> {
        let bracket = self.word(at) == "(";
        let comma = at + usize::from(bracket || self.word(at) == ",");
        let date = if self.is(Kind::Article, comma) { comma + 1 } else { comma };
        let form = self.form(date).filter(|form| form.day.is_some())?;
        let (_, written) = self.named(date)?;
        let closed = bracket && self.word(form.end) == ")";
        (closed || !bracket).then_some((form.end + usize::from(closed), written))
    }

    /// The day of the month in brackets behind a day of the week, with or without its month, and one past them: `sexta-feira
    /// (13)`, `Selasa (10/3)`. It must be on that day of the week.
    fn day_in_brackets(&self, weekday: Weekday, at: usize) -> Option<(usize, String)> {
        let today = self.today.filter(|_| self.word(at) == "(")?;
        let day = self.day(at + 1)?;
        let (month, end) = match self.word(at + 2) {
            ")" => (None, at + 3),
            "/" if self.word(at + 4) == ")" => (Some(self.word(at + 3).parse().ok()?), at + 5),
            _ => return None,
        };
        let near = (-DAYS_AROUND..=DAYS_AROUND)
            .filter_map(|days| today.checked_add(Duration::days(days)))
            .filter(|date| date.day() == day && date.weekday() == weekday)
            .filter(|date| month.is_none_or(|month: u8| u8::from(date.month()) == month));
        let date = near.min_by_key(|date| (*date - today).whole_days().abs())?;
        Some((end, date.to_string()))
    }

    /// The weekday that a clause means: the last one, the next one with step 1, this one with 0.
    pub(super) fn weekday_from(
        &self,
        today: Date,
        day: Weekday,
        step: Option<i64>,
        tense: Option<Tense>,
    ) -> Option<Date> {
        // Where the list of tense is no full one, a verb must say which day is meant.
        let tenses = tense.is_some() || self.words.is_some_and(|words| words.last_by_default);
        let back = days_between(day, today.weekday());
        let back = match (step, back) {
            (Some(1), 0) => -7,
            (Some(1), back) => back - 7,
            (Some(-1), 0) => 7,
            // Without tense, `ce lundi` is told on the day or on the next.
            (Some(0), back) if !tenses => Some(back).filter(|back| *back < 2)?,
            (Some(0), back) if back > 0 && tense != Some(Tense::Past) => back - 7,
            (None, _) if !tenses => return None,
            (None, back) if back > 0 && tense == Some(Tense::Future) => back - 7,
            (_, back) => back,
        };
        today.checked_sub(Duration::days(back))
    }
}

/// Days from one day of the week to the next that is another, 0 to 6.
pub(super) fn days_between(from: Weekday, to: Weekday) -> i64 {
    (i64::from(to.number_days_from_monday()) + 7 - i64::from(from.number_days_from_monday())) % 7
}
