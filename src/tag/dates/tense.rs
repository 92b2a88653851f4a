//! Whether the words around a date speak of what was or of what comes: `opens on Friday`, `will … on
//! Monday`, `went … on Monday`.
//!
//! The verb that stands nearest before the date in its clause decides, else the first one behind it; `until Friday` and
//! `ahead of Friday` come, unless a past verb stands straight before (`lasted until Friday`), and what was adjourned to a
//! day comes on it. A present form that may be
//! a noun or an infinitive is no verb behind a number, a preposition or a verb of perception (`187 runs`, `saw it fall`).
//! Reads a language by its list, without a parser; says nothing where no verb is known. Where the list is not as
//! full as English's, all verbs between the commas around the date must agree, else nothing is said.

use std::ops::Range;

use super::kinds::Tense;
use super::words::DateWords;
use crate::tag::Text;

/// Tokens looked at to either side.
const REACH: usize = 30;

/// Tokens before a form that may be an infinitive, within which a verb of perception makes it one.
const PERCEPTION_REACH: usize = 5;

/// Most letters of an article.
const ARTICLE: usize = 3;

/// Tokens before `to` and a date, within which a verb moves something to it.
const POSTPONE_REACH: usize = 6;

/// The tense of the clause around some tokens.
pub(super) fn tense(text: &Text<'_>, words: &DateWords, tokens: &Range<usize>) -> Option<Tense> {
    let at = text.sentences.partition_point(|s| s.end <= tokens.start);
    let sentence = text.sentences.get(at)?.clone();
    let clause = Clause { text, words, first: sentence.start };
    if let Some(tense) = clause.led(tokens) {
        return Some(tense);
    }
    let from = sentence.start.max(tokens.start.saturating_sub(REACH));
    let until = sentence.end.min(tokens.end + REACH);
    // What stands between the date and the comma before it, then what follows, then the rest.
    let comma = (from..tokens.start).rev().find(|&i| clause.parts(i)).map_or(from, |i| i + 1);
    if !words.last_by_default {
        // `Vendredi, le conseil devra trancher`.
        let opens = comma == sentence.start && tokens.start <= comma + 1;
        let behind = tokens.end + usize::from(opens && clause.is_comma(tokens.end));
        let end = (behind..until).find(|&i| clause.parts(i)).unwrap_or(until);
        return clause.agreed((comma..tokens.start).chain(behind..end));
    }
    clause
        .last(comma..tokens.start)
        .or_else(|| clause.first(tokens.end..until))
        .or_else(|| clause.last(from..comma))
        .or_else(|| {
            let mut to = comma..tokens.start;
            to.any(|i| clause.infinitive(i)).then_some(Tense::Future)
        })
}

/// Whether a past verb stands straight before a date, with nothing but names, small words and marks between: `closed on
/// Monday, October 8`. Then it is the date of what that verb tells.
pub(super) fn is_told_by_past(text: &Text<'_>, words: &DateWords, tokens: &Range<usize>) -> bool {
    let at = text.sentences.partition_point(|s| s.end <= tokens.start);
    let Some(sentence) = text.sentences.get(at) else { return false };
    let clause = Clause { text, words, first: sentence.start };
    let small = |i: &usize| {
        let word = text.word(*i);
        let sense = words.sense(text.lower(*i));
        !word.starts_with(char::is_lowercase) || sense.determiner && !sense.aim
    };
    let verb = (sentence.start..tokens.start).rev().find(|i| !small(i));
    verb.is_some_and(|verb| clause.at(verb) == Some(Tense::Past))
}

struct Clause<'a> {
    text: &'a Text<'a>,
    words: &'a DateWords,
    first: usize,
}

impl Clause<'_> {
    fn lower(&self, at: usize) -> &str {
        self.text.lower(at)
    }

    /// Whether a mark stands between digits: `2–1`.
    fn is_inside(&self, at: usize) -> bool {
        let digit = |at: usize| self.lower(at).starts_with(|c: char| c.is_ascii_digit());
        at > self.first && at + 1 < self.text.tokens.len() && digit(at - 1) && digit(at + 1)
    }

    fn is_comma(&self, at: usize) -> bool {
        at < self.text.tokens.len() && self.text.word(at) == ","
    }

    /// Whether a token parts clauses.
    fn parts(&self, at: usize) -> bool {
        matches!(self.text.word(at), "," | ";" | ":" | "—" | "–") && !self.is_inside(at)
            || self.words.sense(self.text.word(at)).clause
    }

    /// What `until` and `ahead of` before a date say. What lasted until a day is over; what somebody was given until a day
    /// to do (`gave them until Friday to reply`) is not.
    fn led(&self, date: &Range<usize>) -> Option<Tense> {
        let before = |at: usize| at.checked_sub(1).filter(|before| *before >= self.first);
        if !self.words.last_by_default {
            return self.moved_to(date);
        }
        let lead = before(date.start)?;
        let sense = self.words.sense(self.lower(lead));
        if sense.postponed_to && self.is_postponed(lead) {
            return Some(Tense::Future);
        }
        if sense.until {
            let to_do = date.end < self.text.tokens.len()
                && self.words.sense(self.lower(date.end)).infinitive;
            let from =
                (self.first..lead).rev().find(|&i| self.parts(i)).map_or(self.first, |i| i + 1);
            let clause = || (from..lead).rev().find_map(|i| Some((i, self.at(i)?)));
            let Some((verb, tense)) = clause().filter(|_| !to_do) else {
                return Some(Tense::Future);
            };
            let day = self.words.weekday(self.text.word(date.start), self.lower(date.start));
            let over = day.is_none() || self.went_on(from..lead, verb);
            return Some(if over { tense } else { Tense::Future });
        }
        let ahead = before(lead).filter(|_| sense.determiner)?;
        self.words.sense(self.lower(ahead)).ahead.then_some(Tense::Future)
    }

    /// Whether what a past verb before `until` tells went on up to then: by its sense (`stayed`), or as it stands straight
    /// before and alone (`raged until Friday`). What was done to something, and for so long, is not over with that: `was
    /// suspended until Friday`, `closed the road until Friday`.
    fn went_on(&self, clause: Range<usize>, verb: usize) -> bool {
        let sense = |i: usize| self.words.sense(self.lower(i));
        let mut before = clause.start..verb;
        if before.clone().any(|i| sense(i).modal || sense(i).passive || sense(i).perfect) {
            return false;
        }
        let lasts = |i: usize| sense(i).lasting || sense(i).was;
        lasts(verb)
            || before.clone().any(|i| sense(i).lasting)
            || verb + 1 == clause.end && before.all(|i| self.at(i).is_none() && !sense(i).was)
    }

    /// `adjourned the case to`, `was pushed back to`: what was moved to a day is to come.
    fn is_postponed(&self, lead: usize) -> bool {
        let from = lead.saturating_sub(POSTPONE_REACH).max(self.first);
        let mut clause = (from..lead).rev().take_while(|&i| !self.parts(i));
        clause.any(|i| self.words.sense(self.lower(i)).postpone)
    }

    /// The same where the list is not as full as English's: what was put off or closed (`wurde bis Freitag ausgesetzt`,
    /// `reporté à lundi`) goes on to a day that comes, whatever the tense.
    fn moved_to(&self, date: &Range<usize>) -> Option<Tense> {
        let text = self.text;
        let leads = |at: usize| self.words.sense(self.lower(at)).postponed_to;
        let before = |count: usize| date.start.checked_sub(count).filter(|at| *at >= self.first);
        let article = |at: usize| self.lower(at).chars().count() <= ARTICLE && !self.parts(at);
        let led = before(1).is_some_and(leads)
            || before(1).is_some_and(article) && before(2).is_some_and(leads)
            || date.end < text.tokens.len()
                && self.words.sense(self.lower(date.end)).postponed_to_behind;
        if !led {
            return None;
        }
        let end = text.tokens.len().min(date.end + REACH);
        let back = (self.first..date.start).rev().take(REACH).take_while(|&i| !self.parts(i));
        let on = (date.end..end).take_while(|&i| {
            !self.parts(i) && text.sentences.binary_search_by_key(&i, |s| s.start).is_err()
        });
        back.chain(on).any(|i| self.words.sense(self.lower(i)).postpone).then_some(Tense::Future)
    }

    /// Whether a present form is a noun or an infinitive by what stands before it.
    fn is_no_verb(&self, at: usize) -> bool {
        let Some(before) = self.before(at) else { return false };
        let lower = self.lower(at);
        // `is` and `are` are verbs wherever they stand.
        if self.words.sense(lower).passive {
            return false;
        }
        let number = self.text.word(before).starts_with(|c: char| c.is_ascii_digit());
        let bare = || self.words.sense(&format!("{lower}s")).present;
        let from = before.saturating_sub(PERCEPTION_REACH).max(self.first);
        let sees = |i: usize| self.words.sense(self.lower(i)).perception;
        number || bare() && (from..before).rev().take_while(|&i| !self.parts(i)).any(sees)
    }

    fn last(&self, tokens: Range<usize>) -> Option<Tense> {
        tokens.rev().find_map(|i| self.at(i))
    }

    fn first(&self, tokens: Range<usize>) -> Option<Tense> {
        tokens.clone().find_map(|i| self.at(i))
    }

    /// What all verbs say that say anything.
    fn agreed(&self, tokens: impl Iterator<Item = usize>) -> Option<Tense> {
        let mut told = tokens.filter_map(|i| self.at(i));
        let first = told.next()?;
        told.all(|other| other == first).then_some(first)
    }

    /// The word before a token, adverbs and `not` left out.
    fn before(&self, at: usize) -> Option<usize> {
        (self.first..at).rev().find(|&i| !self.words.is_adverb(self.lower(i)))
    }

    fn infinitive(&self, at: usize) -> bool {
        self.words.sense(self.lower(at)).present
            && self.before(at).is_some_and(|i| self.words.sense(self.lower(i)).infinitive)
    }

    /// What a token says by itself and by the word before it.
    fn at(&self, at: usize) -> Option<Tense> {
        let word = self.text.word(at);
        let lower = self.lower(at);
        let sense = self.words.sense(lower);
        let capital = word.starts_with(char::is_uppercase) && at > self.first;
        if capital {
            return None;
        }
        let before = self.before(at).map(|i| self.lower(i)).unwrap_or_default();
        let before = self.words.sense(before);
        if sense.infinitive {
            let infinitive = at + 1 < self.text.tokens.len()
                && self.text.word(at + 1).starts_with(char::is_lowercase);
            return (infinitive && before.plan).then_some(Tense::Future);
        }
        if sense.modal {
            let have =
                (at + 1..self.text.tokens.len()).find(|&i| !self.words.is_adverb(self.lower(i)));
            let have = have.filter(|&i| sense.supposed && self.words.sense(self.lower(i)).perfect);
            let to = |i: usize| self.words.sense(self.text.word_or_empty(i + 1)).infinitive;
            if have.is_some_and(|i| !to(i)) {
                return Some(Tense::Past);
            }
            // `may`, but not the month.
            return self.words.month(word, lower).is_none().then_some(Tense::Future);
        }
        if sense.announced {
            let next = self.words.sense(self.text.word_or_empty(at + 1));
            let passive = before.was || before.passive || before.be;
            if next.aim || passive && next.determiner {
                return Some(Tense::Future);
            }
        }
        // Where all verbs must agree, `werden konnte` says both.
        let modal = before.modal && self.words.last_by_default;
        if before.infinitive || before.be || modal || before.determiner {
            return None;
        }
        if sense.perfect {
            let next = (at + 1 < self.text.tokens.len()).then(|| self.lower(at + 1));
            let to = next
                .map(|next| self.words.sense(next))
                .is_some_and(|next| next.infinitive || next.until);
            return Some(if to { Tense::Future } else { Tense::Past });
        }
        if sense.reflexive_perfect && before.reflexive {
            return Some(Tense::Past);
        }
        if self.words.ends_as_past(lower) || sense.past {
            return Some(if before.passive { Tense::Future } else { Tense::Past });
        }
        let comes = sense.present && !self.is_no_verb(at) || self.words.ends_as_future(lower);
        comes.then_some(Tense::Future)
    }
}
