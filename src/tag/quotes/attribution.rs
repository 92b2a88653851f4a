//! Who says a quote: the words around it, read as reporters write them.
//!
//! After it (`" he said`, `" said Ms. Berg, who`, `" ― Orla Quendale`), before it (`The president
//! stated: "`, `He went on, adding: "`), or, where neither speaks, the sentence before or the speaker
//! of the quote before. The words of the text name the speaker; who that is, is resolved apart from
//! them and may stay open. Refuses to guess where no verb of speaking, no colon and no earlier
//! speaker is near.

mod described_speakers;
mod others_words;

use std::ops::Range;

use super::speakers::{NamedAt, People, is_capitalised};
use super::verbs_of_speech::{Kind, SpeechForm, SpeechWords};
use crate::model::LanguageCode;
use crate::punctuation::is_dash;
use crate::tag::document::says_whose;
use crate::tag::language::is_function_word;
use crate::tag::{Text, english};
use crate::unicode;

/// Most words of a second office before a name.
const OFFICE: usize = 4;
/// Farthest verb from a quote, in tokens.
const REACH: usize = 40;

/// A speaker as the text has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribution {
    /// The words that name the speaker, as tokens; none where nobody who is named said it.
    pub words: Range<usize>,
    /// The verb.
    pub cue: Option<usize>,
}

/// Whoever is named straight behind a quote, before a word that is no known verb of speaking.
#[derive(Debug)]
pub(super) enum NameBehind {
    /// The word may be such a verb: `" Ms. Berg deadpanned`.
    Speaker(Attribution),
    /// It is none; but what is named keeps the words from those named before.
    Other,
}

/// What attribution looks at.
pub(super) struct Context<'a> {
    pub text: &'a Text<'a>,
    pub words: &'static SpeechWords,
    pub people: &'a People,
    /// For each token, whether it is quoted.
    pub quoted: &'a [bool],
}

impl Context<'_> {
    fn lower(&self, token: usize) -> &str {
        self.text.lower(token)
    }

    fn is_mark(&self, token: usize) -> bool {
        !self.text.word(token).starts_with(unicode::is_alphanumeric)
            && !matches!(self.text.word(token), "@" | "-" | "&")
            && !says_whose(self.text.word(token))
    }

    pub(super) fn cue_at(&self, token: usize) -> Option<SpeechForm> {
        self.words.cue(self.text.lower(token))
    }

    /// Whether a token is a word of a kind.
    pub(super) fn is(&self, kind: Kind, token: usize) -> bool {
        token < self.text.tokens.len() && self.words.is(kind, self.text.lower(token))
    }

    /// Whether two tokens are a phrase of a kind.
    pub(super) fn is_phrase(&self, kind: Kind, token: usize) -> bool {
        token + 1 < self.text.tokens.len()
            && self.words.is_phrase(kind, self.text.lower(token), self.text.lower(token + 1))
    }

    fn is_adverb(&self, token: usize) -> bool {
        self.words.is_adverb(self.text.lower(token))
    }

    fn is_pronoun(&self, token: usize) -> bool {
        self.words.pronoun(self.text.lower(token)).is_some()
    }

    /// Who is named behind a quote; `until` is the next quote's first token.
    pub(super) fn after(&self, from: usize, until: usize, ended: bool) -> Option<Attribution> {
        let line = self.line_of(from.checked_sub(1)?);
        let end = until.min(line.end).min(from + REACH);
        let mut at = from;
        if at < end && self.text.word(at) == "," {
            at += 1;
        }
        if at >= end {
            return None;
        }
        let first = self.text.word(at);
        if first.starts_with(['―', '—', '–', '-']) {
            return self.signature(at + 1, line.end.min(until));
        }
        let lower = self.lower(at);
        if self.is(Kind::According, at) && at + 2 < end {
            let words = self.description(at + 2, end)?;
            return Some(Attribution { words, cue: Some(at) });
        }
        let small = first.starts_with(char::is_lowercase);
        if ended && !small {
            return None;
        }
        let behind = self.is(Kind::VerbBehind, at)
            && self
                .people
                .within(at + 1..end)
                .next()
                .is_some_and(|m| (at + 1..m.tokens.start).all(|i| self.is_title(i)));
        if self.cue_at(at) == Some(SpeechForm::Finite) || behind {
            let words = self.description(at + 1, end)?;
            return Some(Attribution { words, cue: Some(at) });
        }
        let opens = is_capitalised(first)
            || self.is_pronoun(at)
            || self.is(Kind::Opener, at)
            // `panel chairman Berg said`
            || first.starts_with(unicode::is_alphabetic)
                && self.cue_at(at).is_none()
                && !is_function_word(LanguageCode::EN, lower);
        if !opens {
            return None;
        }
        let stop = (at..end).find(|&i| self.ends_sentence(i)).unwrap_or(end);
        let verb = (at + 1..stop).find(|&i| self.cue_at(i).is_some() || self.is_by_name(at, i))?;
        if let Some(another) = self.of_another(at, verb, stop) {
            return Some(another);
        }
        let mut last = verb;
        while last > at + 1 && self.is_adverb(last - 1) {
            last -= 1;
        }
        // `she used to say`
        if self.is_pronoun(at) && last == at + 3 && self.is(Kind::Belongs, last - 1) {
            last = at + 1;
        }
        let comma = (at..last).find(|&i| matches!(self.text.word(i), "," | "(" | "[" | "–" | "—"));
        // `shared by the crews, he warned`: the sentence goes on behind the quote.
        let goes_on = small && !self.is_pronoun(at) && !self.is(Kind::Opener, at);
        let beside = comma.filter(|_| goes_on).and_then(|comma| self.subject_at(comma + 1..last));
        let named = || comma.and_then(|comma| self.name_of_office(at, comma));
        let words = beside.or_else(named).unwrap_or(at..comma.unwrap_or(last));
        (!words.is_empty()).then_some(Attribution { words, cue: Some(verb) })
    }

    /// Whether a verb tells of speech by the name or pronoun that stands straight before it, behind `first`: `Ms. Berg
    /// posted`.
    fn is_by_name(&self, first: usize, verb: usize) -> bool {
        let small = self.text.word(verb).starts_with(char::is_lowercase);
        if !small || !self.is(Kind::VerbBehind, verb) {
            return false;
        }
        let who = (first..verb).rev().find(|&i| !self.is_adverb(i));
        who.is_some_and(|who| self.is(Kind::Subject, who) || is_capitalised(self.text.word(who)))
    }

    /// Whether a token is a title before a name, or the stop of one.
    fn is_title(&self, token: usize) -> bool {
        let lower = self.text.lower(token).trim_end_matches('.');
        let word = english::TITLES.contains(lower) || english::OFFICE_WORDS.contains(lower);
        word || self.text.word(token) == "."
    }

    /// The name between commas behind an office: `the driver, Anna Berg, 41,`.
    fn name_of_office(&self, first: usize, comma: usize) -> Option<Range<usize>> {
        let bare =
            self.text.word(comma) == "," && self.people.within(first..comma).next().is_none();
        let m = self.person_at(comma + 1).filter(|_| bare)?;
        let apposed = self.text.word_or_empty(m.tokens.end) == ",";
        apposed.then(|| m.tokens.clone())
    }

    /// The person whose name begins at a token.
    fn person_at(&self, token: usize) -> Option<&NamedAt> {
        let mut named = self.people.within(token..self.text.tokens.len());
        let first = named.next().filter(|m| m.tokens.start == token)?;
        self.people.named[first.who].person.then_some(first)
    }

    /// The person who is named straight behind a quote.
    pub(super) fn name_behind(&self, after: usize) -> Option<NameBehind> {
        let comma = after < self.text.tokens.len() && self.text.word(after) == ",";
        let from = after + usize::from(comma);
        let line = self.line_of(after.checked_sub(1)?);
        let m = self.people.within(from..line.end.min(from + REACH)).next()?;
        let titles = (from..m.tokens.start)
            .all(|i| is_capitalised(self.text.word(i)) || self.text.word(i) == ".");
        if !titles || !self.people.named[m.who].person {
            return None;
        }
        let verb = self.text.word_or_empty(m.tokens.end);
        let spoke =
            verb.starts_with(char::is_lowercase) && self.words.ends_as(Kind::VerbEnding, verb);
        let speaker = || NameBehind::Speaker(Attribution { words: m.tokens.clone(), cue: None });
        Some(if spoke { speaker() } else { NameBehind::Other })
    }

    /// Who is named in a sentence that a quote is the subject of, or that speaks of it straight behind:
    /// `" was the reply from Ms. Berg`, `" That is how Ms. Berg put it`.
    pub(super) fn as_subject(&self, from: usize, until: usize) -> Option<Attribution> {
        let line = self.line_of(from.checked_sub(1)?);
        let end = until.min(line.end).min(from + REACH);
        let pointed = from < end && self.is(Kind::Pointer, from);
        let verb = from + usize::from(pointed);
        if verb >= end || !self.is(Kind::Be, verb) {
            return None;
        }
        let stop = (verb..end).find(|&i| self.ends_sentence(i)).unwrap_or(end);
        let word = (verb + 1..stop).find(|&i| self.is(Kind::Reply, i))?;
        let who = self.people.within(word + 1..stop).find(|m| self.people.named[m.who].person)?;
        Some(Attribution { words: who.tokens.clone(), cue: None })
    }

    /// Who is named by a phrase that leads a quote in: `According to Ms. Berg, "`, `In the words of
    /// Ms. Berg, "`.
    pub(super) fn phrase_ahead(&self, open: usize, from: usize) -> Option<Attribution> {
        let last = open.checked_sub(1).filter(|&i| matches!(self.text.word(i), "," | ":"))?;
        let start = self.sentence_of(last).start.max(from);
        let mut starts = (start..last.saturating_sub(2)).rev();
        let at = starts.find(|&i| self.is_phrase(Kind::Source, i))?;
        let words = at + 2..last;
        let phrase = words.len() <= 10 && !words.clone().any(|i| self.cue_at(i).is_some());
        let name = self.people.within(words.clone()).last().filter(|m| m.tokens.end == words.end);
        let words = match name {
            Some(name) => name.tokens.clone(),
            None => self.description(words.start, words.end).filter(|d| *d == words)?,
        };
        let cue = self.is(Kind::According, at).then_some(at);
        phrase.then_some(Attribution { words, cue })
    }

    /// Whether the noun of a work stands straight before a quote: `her new album, "`.
    pub(super) fn work_ahead(&self, open: usize) -> bool {
        let Some(last) = open.checked_sub(1) else { return false };
        let noun = last.saturating_sub(usize::from(self.text.word(last) == ","));
        self.is(Kind::Work, noun)
    }

    /// Whether two attributions name two speakers; a pronoun is taken for the speaker before.
    pub(super) fn differ(&self, left: &Attribution, right: &Attribution) -> bool {
        if right.words.len() == 1
            && let Some(pronoun) = self.words.pronoun(self.lower(right.words.start))
        {
            let first = left.words.start;
            let by_pronoun =
                self.words.pronoun(self.lower(first)).filter(|_| left.words.len() == 1);
            return match by_pronoun {
                Some(left) => left.is_other(pronoun),
                None => self.named(&left.words).1.is_some_and(|who| {
                    self.people.named[who].gender.is_some_and(|gender| gender.is_other(pronoun))
                }),
            };
        }
        let ((left, left_who), (right, right_who)) =
            (self.named(&left.words), self.named(&right.words));
        match (left_who, right_who) {
            (Some(left), Some(right)) => left != right,
            _ => !left.contains(right.as_str()) && !right.contains(left.as_str()),
        }
    }

    /// Who is named before a quote in its sentence, or in the line above when that ends in a colon.
    pub(super) fn before(&self, open: usize, from: usize) -> Option<Attribution> {
        let last = open.checked_sub(1)?;
        let sentence = self.sentence_of(last);
        let start = sentence.start.max(from);
        if start >= open {
            return None;
        }
        let led_in = (matches!(self.text.word(last), "," | ":") || is_dash(self.text.word(last)))
            || self.cue_at(last).is_some()
            || self.line_of(last).contains(&open);
        if !led_in {
            return None;
        }
        let colon = self.text.word(last) == ":";
        if let Some(another) = self.of_another_ahead(start..open) {
            return Some(another);
        }
        self.told_in(start..open)
            // `Ms. Berg spoke of "talks" and told him: "`
            .or_else(|| colon.then(|| self.told_in(sentence.start..open)).flatten())
            .or_else(|| {
                let verb = (start..last).rev().find(|&i| colon && self.is_by_name(start, i))?;
                Some(Attribution { words: self.subject_beside(start, verb)?, cue: Some(verb) })
            })
            .or_else(|| {
                let tokens = start..open;
                let somebody = |m: &&NamedAt| self.people.named[m.who].is_somebody();
                let leads = self.leading(tokens.clone(), false, |_| colon);
                let who =
                    leads.or_else(|| self.leading(tokens, colon, somebody)).filter(|_| colon)?;
                Some(Attribution { words: who.tokens.clone(), cue: None })
            })
    }

    /// Who speaks in some tokens: the subject of their last verb of speaking.
    pub(super) fn told_in(&self, tokens: Range<usize>) -> Option<Attribution> {
        let start = tokens.start;
        let end = tokens.end;
        let verb = tokens.rev().find(|&i| !self.quoted[i] && self.cue_at(i).is_some())?;
        // `He was asked: "`: he is not who says it.
        if self.is_heard(start, verb) {
            return None;
        }
        if let Some(quoted) = self.quoted_before(start, verb, end) {
            return Some(quoted);
        }
        if self.is(Kind::According, verb) {
            let words = self.description(verb + 2, verb + REACH)?;
            return Some(Attribution { words, cue: Some(verb) });
        }
        let beside = self.subject_beside(start, verb).map(|words| self.with_other(start, words));
        let words = match self.cue_at(verb)? {
            SpeechForm::Finite => beside.or_else(|| self.first_subject(start..verb)),
            // `footage of Ms. Berg saying`: she does; `Ms. Berg spoke to him before asking`: the sentence's subject does.
            SpeechForm::Participle => beside
                .filter(|_| !self.is(Kind::Preposition, verb - 1))
                .and_then(|words| {
                    let mut named = self.people.within(words.clone());
                    named.find(|m| m.tokens.end == words.end).map(|m| m.tokens.clone())
                })
                .or_else(|| self.first_subject(start..verb)),
        }?;
        Some(Attribution { words, cue: Some(verb) })
    }

    /// Some tokens, if they are a pronoun or a person's name and nothing else.
    fn subject_at(&self, tokens: Range<usize>) -> Option<Range<usize>> {
        let pronoun = tokens.len() == 1 && self.is(Kind::Subject, tokens.start);
        let mut named = self.people.within(tokens.clone());
        let is_person = |m: &NamedAt| m.tokens == tokens && self.people.named[m.who].person;
        (pronoun || named.any(is_person)).then_some(tokens)
    }

    /// Whether a name or a description of somebody may begin with a token: no age does, nor `from Elmhaven`.
    fn may_open_name(&self, token: usize) -> bool {
        let word = self.text.word(token);
        word.starts_with(unicode::is_alphabetic) && !self.is(Kind::Belongs, token)
    }

    /// The words straight before a verb, back to the clause's start.
    fn subject_beside(&self, start: usize, verb: usize) -> Option<Range<usize>> {
        let mut end = verb;
        while end > start && self.is_adverb(end - 1) {
            end -= 1;
        }
        if let Some(name) = self.name_before_commas(start, end) {
            return Some(name);
        }
        // A description between commas stands between a name and its verb.
        if end > start
            && self.text.word(end - 1) == ","
            && let Some(comma) = (start..end - 1).rev().find(|&i| self.text.word(i) == ",")
            && comma > start
        {
            end = comma;
        }
        let mut begin = end;
        while begin > start {
            let clause = self.is(Kind::Clause, begin - 1);
            if self.is_mark(begin - 1) || clause || self.quoted[begin - 1] {
                break;
            }
            if self.cue_at(begin - 1).is_some() && !is_capitalised(self.text.word(begin - 1)) {
                break;
            }
            begin -= 1;
        }
        // What comes before the last name, pronoun or article belongs to another phrase.
        let words = begin..end;
        let named = self.people.within(words.clone()).last();
        // `her mother` is no pronoun.
        let owner = |i: usize| self.is(Kind::Possessive, i) && i + 1 < end;
        let by_pronoun = words.clone().rev().find(|&i| self.is_pronoun(i) && !owner(i));
        // `Prof Anna Berg of Orland University said`: she does, and not what she is of.
        let body = named.filter(|m| {
            let ends = m.tokens.end + 2 >= end && by_pronoun.is_none();
            ends && !self.people.named[m.who].is_somebody()
        });
        let member = body.and_then(|body| {
            let earlier = self.people.within(begin..body.tokens.start);
            let is_member = |m: &&NamedAt| {
                self.people.named[m.who].person && self.is(Kind::Belongs, m.tokens.end)
            };
            earlier.filter(is_member).last()
        });
        if let Some(member) = member {
            return Some(member.tokens.clone());
        }
        match (named, by_pronoun) {
            (Some(m), Some(p)) if p >= m.tokens.end => Some(p..p + 1),
            (Some(m), _) if m.tokens.end + 2 >= end => Some(self.with_head(begin, m)),
            (_, Some(p)) if p + 2 >= end => Some(p..p + 1),
            _ => {
                let article = words.clone().rev().find(|&i| self.is(Kind::Determiner, i));
                let words = article.map_or(words.clone(), |i| i..end);
                let named = words.clone().next().is_some_and(|i| self.may_open_name(i));
                (named && words.len() <= 10).then_some(words)
            }
        }
    }

    /// A name, from the start of the description that it only belongs to: `A spokesman for Anna Berg`. What comes from
    /// somebody is theirs.
    fn with_head(&self, begin: usize, m: &NamedAt) -> Range<usize> {
        let other = self.people.named[m.who].person && self.is_belonging(begin, m);
        let mut before = (begin..m.tokens.start).rev();
        let theirs = before.find(|&i| self.is(Kind::Belongs, i));
        let other = other && theirs.is_some_and(|i| !self.is(Kind::Author, i));
        let head = (begin..m.tokens.start).find(|&i| self.is(Kind::Determiner, i));
        let first = if other { head.unwrap_or(begin) } else { m.tokens.start };
        first..m.tokens.end
    }

    /// The first name, pronoun or article phrase of a sentence.
    fn first_subject(&self, tokens: Range<usize>) -> Option<Range<usize>> {
        let named = self.people.within(tokens.clone()).find(|m| {
            let named = &self.people.named[m.who];
            !self.quoted[m.tokens.start] && (!named.person || named.is_somebody())
        });
        let by_pronoun = tokens.clone().find(|&i| !self.quoted[i] && self.is(Kind::Subject, i));
        match (named, by_pronoun) {
            (Some(m), Some(p)) if p < m.tokens.start => Some(p..p + 1),
            (Some(m), _) => Some(m.tokens.clone()),
            (None, Some(p)) => Some(p..p + 1),
            (None, None) => {
                let first = tokens.start;
                let end = (first + 1..tokens.end.min(first + 4))
                    .find(|&i| self.is_mark(i) || english::is_participle(self.text.word(i)))?;
                self.is(Kind::Definite, first).then_some(first..end)
            }
        }
    }

    /// A speaker behind the verb: up to a comma or a word that starts another phrase.
    fn description(&self, from: usize, end: usize) -> Option<Range<usize>> {
        let end = end.min(self.text.tokens.len());
        let stop = (from..end)
            .find(|&i| {
                let word = self.text.word(i);
                matches!(word, "," | ";" | ":" | "(" | "[" | "—" | "–" | "\"" | "“" | "”")
                    || self.ends_sentence(i)
                    || i > from && self.is(Kind::EndsDescription, i)
            })
            .unwrap_or(end);
        // `read a post from Anna Berg`
        if stop > from
            && self.is(Kind::Message, stop - 1)
            && stop + 1 < end
            && self.is(Kind::Author, stop)
            && let Some(author) = self.person_at(stop + 1)
        {
            return Some(author.tokens.clone());
        }
        // `said the engineer, Anna Berg`, `said a spokesman for the port, Anna Berg`
        let is_office = from < stop
            && !is_capitalised(self.text.word(from))
            && self.people.within(from..stop).all(|m| self.is_belonging(from, m));
        if is_office
            && stop < end
            && self.text.word(stop) == ","
            && let Some(name) = self.people.within(stop + 1..end).next()
            && name.tokens.start == stop + 1
            && self.people.named[name.who].person
        {
            return Some(name.tokens.clone());
        }
        // `said founder and chief executive Anna Berg`
        if is_office && stop < end && self.is(Kind::Joint, stop) {
            let name = self.people.within(stop + 1..end).next().filter(|m| {
                let is_office = |i: usize| self.text.word(i).starts_with(char::is_lowercase);
                let words = stop + 1..m.tokens.start;
                self.people.named[m.who].person
                    && !words.is_empty()
                    && words.len() <= OFFICE
                    && words.into_iter().all(is_office)
            });
            if let Some(name) = name {
                return Some(name.tokens.clone());
            }
        }
        let words = self.with_second(&(from..stop), end).unwrap_or(from..stop);
        (!words.is_empty()).then_some(words)
    }

    fn signature(&self, from: usize, end: usize) -> Option<Attribution> {
        let stop =
            (from..end).find(|&i| self.is_mark(i) && self.text.word(i) != ".").unwrap_or(end);
        let words = from..stop;
        let name = words.len() <= 6
            && words.clone().next().is_some_and(|i| is_capitalised(self.text.word(i)));
        name.then_some(Attribution { words, cue: None })
    }

    /// Whether a token is an end mark, and none of an abbreviation such as `(D-Mo.)`.
    pub(super) fn ends_sentence(&self, token: usize) -> bool {
        let goes_on = |next: &str| {
            matches!(next, "," | ")" | ";" | ":") || next.starts_with(char::is_lowercase)
        };
        matches!(self.text.word(token), "." | "!" | "?")
            && !(token + 1 < self.text.tokens.len() && goes_on(self.text.word(token + 1)))
    }

    /// Whether a verb of speaking stands straight before a quote, a comma or a colon apart.
    pub(super) fn is_told_at(&self, open: usize) -> bool {
        open > 0 && self.cue_at(open - 1).is_some()
            || open > 1 && self.is_mark(open - 1) && self.cue_at(open - 2).is_some()
    }

    /// The sentence that holds a token.
    pub(super) fn sentence_of(&self, token: usize) -> Range<usize> {
        self.text.sentence_of(token).cloned().unwrap_or(token..token + 1)
    }

    /// The line that holds a token.
    pub(super) fn line_of(&self, token: usize) -> Range<usize> {
        self.text.line_of(token).cloned().unwrap_or(token..token + 1)
    }
}
