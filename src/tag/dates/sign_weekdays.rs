//! Days of the week in scripts without blanks: `上周五`, `来週の月曜日`, `周四将`, `火曜日に開かれた。`
//!
//! Of the last, this or the next week a day is that week's. One alone is the last or the next as the sentence says
//! (`tense.txt`, whose words and endings may be parts of words here): by what stands around it, else by how the sentence
//! ends. Says nothing of a sentence with several days, or where its end tells what somebody said (`clause`): which of its
//! verbs the day belongs to is not known then.

use time::{Date, Duration, Weekday};

use super::kinds::{Kind, Tense};
use super::{DateReader, Found};
use crate::punctuation::SENTENCE_ENDS;

/// Marks that part clauses.
const COMMAS: [char; 6] = ['，', '、', ',', '；', '：', '“'];

/// Whether a sentence or its line ends with the mark.
fn ends_line_or_sentence(mark: char) -> bool {
    mark == '\n' || SENTENCE_ENDS.contains(&mark)
}

impl DateReader<'_> {
    /// A day of the week, alone or of a week that is named.
    pub(super) fn sign_weekday(&self, at: usize) -> Found {
        let words = self.words.filter(|words| words.has_signs)?;
        let today = self.today?;
        let start = self.text.tokens[at].start as usize;
        if let Some((step, name)) = self.step(at) {
            let (day, length) = self.day_of_week(name)?;
            return Some((at..self.end_after(name, length), of_week(today, step, day)?));
        }
        let (day, length) = words.sign_weekday(self.rest(at))?;
        let tense = self.sign_tense(start, length)?;
        let date = self.weekday_from(today, day, None, Some(tense))?;
        Some((at..self.end_after(at, length), date.to_string()))
    }

    /// A day behind a word such as `last`: `周五` of `上周五`, `週の金曜日` of `先週の金曜日`; and its bytes.
    fn day_of_week(&self, at: usize) -> Option<(Weekday, usize)> {
        let words = self.words?;
        let text = self.rest(at);
        if let Some(found) = words.sign_weekday(text) {
            return Some(found);
        }
        let week = words.sign(Kind::Week, text)?;
        let rest = &text[week..];
        let joint = words.sign(Kind::Of, rest).unwrap_or_default();
        let joint = joint + usize::from(rest[joint..].starts_with(' '));
        let (day, length) = words.sign_weekday(&rest[joint..])?;
        Some((day, week + joint + length))
    }

    /// What the sentence around a day says of its time.
    pub(super) fn sign_tense(&self, start: usize, length: usize) -> Option<Tense> {
        let words = self.words.filter(|words| words.tenses)?;
        let body = self.text.text;
        let from = body[..start]
            .rfind(ends_line_or_sentence)
            .map_or(0, |at| at + body[at..].chars().next().map_or(1, char::len_utf8));
        let end = body[start..].find(ends_line_or_sentence).map_or(body.len(), |at| start + at);
        let (before, behind) = (&body[from..start], &body[start + length..end]);
        let other = |text: &str| {
            text.char_indices().any(|(at, _)| words.sign_weekday(&text[at..]).is_some())
        };
        if other(before) || other(behind) {
            return None;
        }
        let clause = before.rsplit(COMMAS).next().unwrap_or(before);
        if words.ends_with_modal(clause) {
            return Some(Tense::Future);
        }
        let next = behind.split(COMMAS).next().unwrap_or(behind);
        if let Some(tense) = words.first_sign_of_tense(next) {
            return Some(tense);
        }
        if words.tells_what_was_said(behind) {
            return None;
        }
        words.tense_of_end(behind)
    }
}

/// A day of the week that is some weeks away.
fn of_week(today: Date, step: i64, day: Weekday) -> Option<String> {
    let monday =
        today.checked_sub(Duration::days(i64::from(today.weekday().number_days_from_monday())))?;
    let days = 7 * step + i64::from(day.number_days_from_monday());
    Some(monday.checked_add(Duration::days(days))?.to_string())
}
