//! Whether the words around a date speak of what was or of what comes: `opens on Friday`, `will … on
//! Monday`, `went … on Monday`.
//!
//! The verb that stands nearest before the date in its clause decides, else the first one behind it; `until Friday` and
//! `ahead of Friday` come, unless a past verb stands straight before (`lasted until Friday`), and what was adjourned to a
//! day comes on it. A present form that may be
//! a noun or an infinitive is no verb behind a number, a preposition or a verb of perception (`187 runs`, `saw it fall`).
//! Reads a language by its list, without a parser; says nothing where no verb is known. Where the list is not as
//! full as English's, all verbs between the commas around the date must agree, else nothing is said; and a past verb says
//! nothing of a day behind `until` or `for` (`gave him until Friday`), which need not have been.

use std::ops::Range;

use super::kinds::{Kind, Tense};
use super::senses::Sense;
use super::words::DateWords;
use crate::tag::Text;
use crate::tag::document::says_whose;

/// Tokens looked at to either side.
const REACH: usize = 30;

/// Tokens before a form that may be an infinitive, within which a verb of perception makes it one.
const PERCEPTION_REACH: usize = 5;

/// Most letters of an article.
const ARTICLE: usize = 3;

/// Most tokens of a name and its colon that lead a line.
const LABEL: usize = 5;

/// Most lines under a label that tells what comes.
const LABELLED: usize = 100;

/// Most tokens from a day to one that is joined to it.
const JOINED_REACH: usize = 10;

/// Tokens before `to` and a date, within which a verb moves something to it.
const POSTPONE_REACH: usize = 6;

/// The tense of the clause around some tokens.
pub(super) fn tense(text: &Text<'_>, words: &DateWords, tokens: &Range<usize>) -> Option<Tense> {
    let sentence = text.sentence_of(tokens.start)?.clone();
    let clause = Clause { text, words, first: sentence.start };
    if !words.last_by_default {
        return clause.by_list(tokens, sentence);
    }
    if let Some(tense) = clause.led(tokens) {
        return Some(tense);
    }
    let from = sentence.start.max(tokens.start.saturating_sub(REACH));
    let until = sentence.end.min(tokens.end + REACH);
    if let Some(day) = clause.joined_to(tokens, until) {
        return tense(text, words, &day);
    }
    // What stands between the date and the comma before it, then what follows, then the rest.
    let comma = (from..tokens.start).rev().find(|&i| clause.parts(i)).map_or(from, |i| i + 1);
    clause
        .last(comma..tokens.start)
        .or_else(|| clause.first(tokens.end..until))
        .or_else(|| clause.last(from..comma))
        .or_else(|| {
            let mut to = comma..tokens.start;
            to.any(|i| clause.infinitive(i)).then_some(Tense::Future)
        })
        .or_else(|| clause.is_under_coming_label().then_some(Tense::Future))
}

/// Whether a modal verb or a plan stands in the sentence of a date: what is said of one day, not of each such day.
pub(super) fn is_planned(text: &Text<'_>, words: &DateWords, tokens: &Range<usize>) -> bool {
    let Some(sentence) = text.sentence_of(tokens.start) else { return false };
    let sense = |i: usize| words.sense(text.lower(i));
    sentence.clone().any(|i| {
        let plan = i > sentence.start && sense(i - 1).plan && sense(i).infinitive;
        sense(i).modal || sense(i).announced || plan
    })
}

/// Most letters of a word that leads a date: `den`.
const LEAD: usize = 3;
/// The same of a pronoun behind its verb: `sich`.
const PRONOUN: usize = 4;

/// Whether a past verb stands straight before a date, with nothing but names, small words and marks between: `closed on
/// Monday, October 8`. Then it is the date of what that verb tells, as it is where the nearest verb tells what was on its
/// day (`found the body Oct. 8`) and behind `since`.
pub(super) fn is_told_by_past(text: &Text<'_>, words: &DateWords, tokens: &Range<usize>) -> bool {
    let Some(sentence) = text.sentence_of(tokens.start) else { return false };
    let clause = Clause { text, words, first: sentence.start };
    let small = |i: &usize| {
        let word = text.word(*i);
        let sense = words.sense(text.lower(*i));
        !word.starts_with(char::is_lowercase) || sense.determiner && !sense.aim
    };
    let sense = |i: usize| words.sense(text.lower(i));
    let before = tokens.start.checked_sub(1).filter(|before| *before >= sentence.start);
    if before.is_some_and(|before| sense(before).since) {
        return true;
    }
    let verb = (sentence.start..tokens.start).rev().find(|i| !small(i));
    let is_past = |verb: usize| clause.at(verb) == Some(Tense::Past);
    let parts = |i: &usize| !clause.parts(*i);
    let back = (sentence.start..tokens.start).rev().take_while(parts);
    let on = (tokens.end..sentence.end).take_while(parts);
    let nearest = { back }.chain(on).find(|&i| clause.at(i).is_some() || sense(i).passive);
    verb.is_some_and(is_past)
        || is_led_by_past(&clause, tokens.start)
        || nearest.is_some_and(|i| sense(i).done && is_past(i))
}

/// Whether a past verb stands before a date with nothing but the short word between that leads it, or a pronoun of the verb's
/// as well: `geschah am`, `ereignete sich am`.
fn is_led_by_past(clause: &Clause<'_>, date: usize) -> bool {
    let says_nothing = |at: usize, most: usize| {
        let word = clause.text.word(at);
        let sense = clause.words.sense(clause.text.lower(at));
        word.starts_with(char::is_lowercase)
            && word.chars().count() <= most
            && !(sense.aim || sense.until || sense.ahead)
            && clause.at(at).is_none()
    };
    let back = |by: usize| date.checked_sub(by).filter(|at| *at >= clause.first);
    let Some(lead) = back(1).filter(|lead| says_nothing(*lead, LEAD)) else { return false };
    let verb = match back(2) {
        Some(pronoun) if says_nothing(pronoun, PRONOUN) => back(3),
        verb => verb,
    };
    verb.is_some_and(|verb| verb < lead && clause.at(verb) == Some(Tense::Past))
}

/// Whether a date is one that something was set for or begins on: `raise rates beginning Jan. 1`, `set a hearing for Jan. 12`,
/// `suspended flights until Jan. 10`. One long past is the next year's then.
pub(super) fn is_set_for(text: &Text<'_>, words: &DateWords, tokens: &Range<usize>) -> bool {
    let Some(sentence) = text.sentence_of(tokens.start) else { return false };
    let clause = Clause { text, words, first: sentence.start };
    let lead = tokens.start.checked_sub(1).filter(|lead| *lead >= sentence.start);
    words.last_by_default && lead.is_some_and(|lead| clause.is_set_for(lead))
}

/// Whether words such as `until` or `for` stand before a date or behind it: an end or an aim that mostly comes.
pub(super) fn is_end(text: &Text<'_>, words: &DateWords, tokens: &Range<usize>) -> bool {
    let Some(sentence) = text.sentence_of(tokens.start) else { return false };
    let clause = Clause { text, words, first: sentence.start };
    let (date, _) = clause.with_weekday(tokens);
    clause.is_until(&date) || clause.is_aim(&date)
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

    /// The day or month before a date that is joined to it, of which the clause says the same: `at noon on Friday and 10am on
    /// Saturday, Ms. Berg said`. None where a verb of its own stands behind the date.
    fn joined_to(&self, date: &Range<usize>, until: usize) -> Option<Range<usize>> {
        if says_whose(self.text.word_or_empty(date.end)) {
            return None;
        }
        let mut joined = false;
        let mut day = None;
        for at in (self.first.max(date.start.saturating_sub(JOINED_REACH))..date.start).rev() {
            let (word, lower) = (self.text.word(at), self.lower(at));
            let weekday = self.words.weekday(word, lower).is_some();
            if weekday || self.words.month(word, lower).is_some() {
                day = Some(at..at + 1);
                break;
            }
            let joint =
                word == "," || self.words.is(Kind::And, lower) || self.words.is(Kind::Or, lower);
            joined |= joint;
            let small = self.words.sense(lower).determiner
                || self.words.is(Kind::Hour, lower)
                || self.words.is(Kind::PartOfDay, lower)
                || self.words.is(Kind::Night, lower);
            if !joint && !small && word.starts_with(char::is_lowercase) {
                return None;
            }
        }
        let mut own = (date.end..until).take_while(|&i| !self.parts(i));
        day.filter(|_| joined && !own.any(|i| self.at(i).is_some()))
    }

    /// What `until` and `ahead of` before a date say. What lasted until a day is over; what somebody was given until a day
    /// to do (`gave them until Friday to reply`) is not.
    fn led(&self, date: &Range<usize>) -> Option<Tense> {
        let before = |at: usize| at.checked_sub(1).filter(|before| *before >= self.first);
        let lead = before(date.start)?;
        let sense = self.words.sense(self.lower(lead));
        if sense.postponed_to && self.is_postponed(lead)
            || self.is_set_for(lead)
            || self.is_meant(lead, date)
            || self.is_fixed(lead, date.end)
        {
            return Some(Tense::Future);
        }
        if sense.since {
            return Some(Tense::Past);
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

    /// `issued a warning for Saturday`, `strikes were called for Saturday`, and not `charged for Saturday's attack`.
    fn is_meant(&self, lead: usize, date: &Range<usize>) -> bool {
        let sense = |i: usize| self.words.sense(self.lower(i));
        let is_day =
            self.words.weekday(self.text.word(date.start), self.lower(date.start)).is_some();
        let meant = lead.checked_sub(1).filter(|at| *at >= self.first);
        let meant = meant.is_some_and(|at| sense(at).meant || sense(at).appointment);
        let aims = sense(lead).aim && sense(lead).postponed_to;
        is_day && meant && aims && !says_whose(self.text.word_or_empty(date.end))
    }

    /// `fixed 14 March for ruling`, `named Saturday as the day`.
    fn is_fixed(&self, lead: usize, end: usize) -> bool {
        self.words.sense(self.lower(lead)).fixing
            && end < self.text.tokens.len()
            && self.words.sense(self.lower(end)).fixed_for
    }

    /// Whether a line such as `UP NEXT` stands before the sentence's, or before lines like it: `Orme: At Varde`.
    fn is_under_coming_label(&self) -> bool {
        if !self.words.knows(Kind::ComingLabel) {
            return false;
        }
        let start = self.text.tokens[self.first].start as usize;
        let lines = self.text.text[..start].rsplit('\n').map(str::trim);
        let lines = lines.filter(|line| !line.is_empty()).take(LABELLED);
        let is_label = |line: &str| {
            let phrase = self.words.phrase(Kind::ComingLabel, line, false);
            phrase.is_some_and(|(length, _)| line[length..].trim_end_matches(':').is_empty())
        };
        let mut above = lines.skip_while(|line| !is_label(line) && line.contains(": ")).take(1);
        above.any(is_label)
    }

    /// Whether a token opens what a name and a colon lead: `Orme: Host Varde`.
    fn is_behind_label(&self, at: usize) -> bool {
        let named = |i: usize| self.text.word(i).starts_with(char::is_uppercase);
        at > self.first + 1
            && at <= self.first + LABEL
            && self.text.word(at - 1) == ":"
            && (self.first..at - 1).all(named)
    }

    /// Whether the word before a date makes it one that something was set for or begins on.
    fn is_set_for(&self, lead: usize) -> bool {
        let sense = |i: usize| self.words.sense(self.lower(i));
        let mut before = (self.first..lead).rev();
        let appointed = |back: usize| {
            lead.checked_sub(back).is_some_and(|at| at >= self.first && sense(at).appointment)
        };
        let mut clause = (self.first..lead).rev().take_while(|&i| !self.parts(i));
        if sense(lead).onset {
            before.any(|i| sense(i).decided || sense(i).modal)
        } else if sense(lead).until {
            clause.find(|&i| self.at(i).is_some()).is_some_and(|i| sense(i).halted)
        } else if self.lower(lead) == "of" {
            appointed(1) && appointed(2)
        } else {
            sense(lead).aim && appointed(1) && clause.any(|i| sense(i).announced)
        }
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

    /// The tense where the list is not as full as English's.
    fn by_list(&self, date: &Range<usize>, sentence: Range<usize>) -> Option<Tense> {
        let (date, closed) = self.with_weekday(date);
        let from = sentence.start.max(date.start.saturating_sub(REACH));
        let until = sentence.end.min(date.end + REACH);
        let back = |at: usize| (from..at).rev().find(|&i| self.parts(i)).map_or(from, |i| i + 1);
        let comma = back(date.start);
        // `Vendredi, le conseil devra trancher`.
        let opens = comma == sentence.start && date.start <= comma + 1;
        let behind = date.end + usize::from((opens || closed) && self.is_comma(date.end));
        let end = (behind..until).find(|&i| self.parts(i)).unwrap_or(until);
        // `a condamné, mercredi soir, un homme`: a day alone between commas is of what they stand in.
        let inserted = date.start <= comma + 1
            && comma > from
            && end <= date.end + 1
            && self.is_comma(comma - 1)
            && self.is_comma(end);
        let comma = if inserted { back(comma - 1) } else { comma };
        let clause = || (comma..date.start).chain(behind..end);
        let tense = self.agreed(clause());
        let has = |of: fn(&Sense) -> bool| clause().any(|i| of(&self.words.sense(self.lower(i))));
        let moved = self.words.ends_as_aim(self.lower(date.end - 1))
            || self.is_led(&date, |sense| sense.postponed_to, |sense| sense.postponed_to_behind);
        if moved && has(|sense| sense.postpone) {
            return Some(Tense::Future);
        }
        if self.is_led(&date, |sense| sense.since, |sense| sense.since_behind)
            || tense.is_none()
                && self.is_led(&date, |sense| sense.since_or_from, |_| false)
                && has(|sense| sense.lasting)
        {
            return Some(Tense::Past);
        }
        if self.is_until(&date) && !has(|sense| sense.lasting) || self.is_aim(&date) {
            return tense.filter(|tense| *tense == Tense::Future);
        }
        tense
    }

    fn is_until(&self, date: &Range<usize>) -> bool {
        self.is_led(date, |sense| sense.until, |sense| sense.until_behind)
    }

    fn is_aim(&self, date: &Range<usize>) -> bool {
        self.words.ends_as_aim(self.lower(date.end - 1))
            || self.is_led(date, |sense| sense.aim, |sense| sense.aim_behind)
    }

    /// A date with the day of the week before it; and whether a comma stands between, which parts no clause, nor does the
    /// one behind: `am Freitag, 6. Februar, begann`.
    fn with_weekday(&self, date: &Range<usize>) -> (Range<usize>, bool) {
        let before = |at: usize| at.checked_sub(1).filter(|before| *before >= self.first);
        let is_day = |at: usize| self.words.weekday(self.text.word(at), self.lower(at)).is_some();
        let article = |at: &usize| self.lower(*at).chars().count() <= ARTICLE && !is_day(*at);
        let last = before(date.start);
        let last = last.filter(article).filter(|at| !self.is_comma(*at)).map_or(last, before);
        let comma = last.is_some_and(|at| self.is_comma(at));
        let day = if comma { last.and_then(before) } else { last };
        let day = day.filter(|at| is_day(*at));
        match day {
            Some(day) => (day..date.end, comma),
            None => (date.clone(), false),
        }
    }

    /// Whether a word of a sense stands before a date, with an article between or none, or one of another straight or with
    /// one word between behind it. What is told of a night before a day is told of that night: `natten till fredagen`.
    fn is_led(
        &self,
        date: &Range<usize>,
        leads: fn(&Sense) -> bool,
        follows: fn(&Sense) -> bool,
    ) -> bool {
        let sense = |at: usize| self.words.sense(self.lower(at));
        let before =
            |at: usize| at.checked_sub(1).filter(|at| *at >= self.first && !self.parts(*at));
        let article = |at: &usize| self.lower(*at).chars().count() <= ARTICLE;
        let first = before(date.start);
        let second = first.filter(article).and_then(before);
        let lead = first.filter(|at| leads(&sense(*at))).or(second.filter(|at| leads(&sense(*at))));
        let night = lead.and_then(before).is_some_and(|at| sense(at).night);
        let behind = (date.end..self.text.tokens.len()).take_while(|at| !self.parts(*at));
        // `6-a óta`
        let mut behind = behind.filter(|at| self.text.word(*at) != "-").take(2);
        lead.is_some() && !night || behind.any(|at| follows(&sense(at)))
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
        // `Wednesday's vote`
        let of_day = before > self.first
            && says_whose(self.text.word(before))
            && self.words.weekday(self.text.word(before - 1), self.lower(before - 1)).is_some();
        number || of_day || bare() && (from..before).rev().take_while(|&i| !self.parts(i)).any(sees)
    }

    fn last(&self, tokens: Range<usize>) -> Option<Tense> {
        tokens.rev().find_map(|i| self.at(i))
    }

    fn first(&self, tokens: Range<usize>) -> Option<Tense> {
        tokens.clone().find_map(|i| self.at(i))
    }

    /// What all verbs say that say anything; nothing where one was to be (`devait s'achever`).
    fn agreed(&self, tokens: impl Iterator<Item = usize> + Clone) -> Option<Tense> {
        if tokens.clone().any(|i| self.words.sense(self.lower(i)).unsure) {
            return None;
        }
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
        if capital && !self.is_behind_label(at) {
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
        let next = self.words.sense(self.text.word_or_empty(at + 1));
        if sense.falls_due && next.determiner && !(before.past || before.was) {
            return Some(Tense::Future);
        }
        if sense.announced {
            let passive = before.was || before.passive || before.be;
            if next.aim || passive && next.determiner {
                return Some(Tense::Future);
            }
        }
        // `, led by Ms. Berg,`
        let participle = at > self.first && self.is_comma(at - 1) && next.aim && next.determiner;
        if participle
            && self.words.last_by_default
            && (sense.past || self.words.ends_as_past(lower))
        {
            return None;
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
