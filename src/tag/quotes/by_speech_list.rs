//! Direct quotes in languages other than English, by what a language's `speech.txt` knows: its verbs of
//! speaking, what stands before a speaker's name, and whether dashes open speech.
//!
//! A stretch between marks is a quote where a verb of speaking stands beside it, in front or behind; where a
//! colon leads it in; where words in small letters and a person stand behind it, as they do behind any verb; or where
//! it is a sentence of its own of some length. The speaker is the person that is named nearest to the verb, on the
//! side that the language's order of words leaves: behind the verb, between quote and verb, before the quote; an
//! organisation, where it is the verb's subject for sure, at its side or at the start of the clause. Whom it was
//! told to, where it was and whose office the speaker has is nobody who speaks: words before names tell. A pronoun is
//! whoever spoke last, where nobody else was named since. Refuses to take other pronouns and offices for speakers, and a
//! language without the list has quotes by their marks alone.

use std::ops::Range;

use super::quotation_marks::{self, Quoted};
use crate::model::{Entity, EntityKind, Field, Quote, Speaker};
use crate::punctuation::{ends_sentence, is_dash};
use crate::tag::{Text, TokenKind};

mod speech_words;
mod subjects;
#[cfg(test)]
mod tests;

pub(super) use speech_words::Speech;

/// Most tokens of a name between marks, with these.
const NAME_IN_MARKS: usize = 5;
/// Farthest end of the words behind a quote that are looked at, in tokens.
const REACH: usize = 24;
/// Farthest verb behind a quote, and farthest before it, in tokens.
const BEHIND: usize = 12;
const AHEAD: usize = 14;
/// Words between a verb and the quote that it leads in without a mark: `said that "`.
const LED_IN: usize = 3;
/// Fewest words of a quote beside a verb, behind a colon, and without either.
const MIN_TOLD: usize = 2;
const MIN_COLON: usize = 3;
const MIN_ALONE: usize = 5;
/// Fewest words of a quote that the place of a name alone tells, and most words before that name.
const MIN_PLACED: usize = 4;
const BEFORE_PLACED: usize = 3;
/// Most words between one for the hearer and the hearer's name, and between a verb and an organisation that speaks.
const TO_HEARER: usize = 3;
const TO_ORGANISATION: usize = 2;
/// Farthest that a pronoun is from the quote of whom it stands for, in tokens.
const TO_PRONOUN: usize = 120;
/// Most words of a speaker whom only capitals give away.
const MAX_NAME: usize = 4;

/// Who says a stretch, and by which verb.
struct ReportedSpeech {
    verb: Range<usize>,
    who: Option<Who>,
    /// Whether only where the name stands tells that somebody speaks.
    placed: bool,
}

enum Who {
    /// Index into the mentions.
    Named(usize),
    /// Words with capitals.
    SpeechWords(Range<usize>),
    /// A pronoun, at a token.
    Pronoun(usize),
}

struct SpeechListReader<'a> {
    text: &'a Text<'a>,
    entities: &'a [Entity],
    speech: &'static Speech,
    /// Where people and organisations are named, in order, and their number.
    mentions: Vec<(Range<usize>, usize)>,
    quoted: Vec<bool>,
}

/// The direct quotes of a body, in order.
pub(super) fn quotes(text: &Text<'_>, entities: &[Entity], speech: &'static Speech) -> Vec<Quote> {
    let mut stretches = quotation_marks::quoted(text.text);
    if speech.dashes {
        let dashed = dashed(text, &stretches, speech);
        stretches.extend(dashed);
        stretches.sort_by_key(|stretch| stretch.outer.start);
    }
    if stretches.is_empty() {
        return Vec::new();
    }
    let spans: Vec<Range<usize>> =
        stretches.iter().map(|s| super::tokens_of(text, &s.outer)).collect();
    let mut quoted = vec![false; text.tokens.len()];
    for span in &spans {
        quoted[span.clone()].fill(true);
    }
    let reader =
        SpeechListReader { text, entities, speech, mentions: mentions(text, entities), quoted };
    let mut found = Vec::new();
    // Who spoke last, by a name, and the token behind which nobody else was named since.
    let mut last: Option<(usize, usize)> = None;
    for (at, stretch) in stretches.iter().enumerate() {
        let start = spans[at].start;
        let from = at.checked_sub(1).map_or(0, |before| spans[before].end);
        // What is called something in marks (`директор «Ормы» Олег Лосев`) is no other quote.
        let other = spans[at + 1..].iter().find(|next| next.len() > NAME_IN_MARKS);
        let until = other.map_or(text.tokens.len(), |next| next.start);
        let Some((quote, who)) = reader.quote(stretch, &spans[at], from, until) else { continue };
        let speaker = match who {
            Some(Who::Pronoun(pronoun)) => {
                let known = speech.pronouns.contains(text.lower(pronoun));
                last = last.filter(|last| known && reader.is_meant(*last, start));
                last.map(|(named, _)| reader.pronoun(pronoun, named))
            }
            who => {
                last = match who {
                    Some(Who::Named(named)) if reader.is_person(named) => {
                        Some((named, spans[at].end))
                    }
                    _ => None,
                };
                who.map(|who| reader.speaker(&who))
            }
        };
        found.push(Quote { speaker, ..quote });
    }
    found
}

/// The tokens at which people and organisations are named.
fn mentions(text: &Text<'_>, entities: &[Entity]) -> Vec<(Range<usize>, usize)> {
    let speaks = |e: &Entity| matches!(e.kind, EntityKind::Person | EntityKind::Organisation);
    let mut found = Vec::new();
    for (who, entity) in entities.iter().enumerate().filter(|(_, e)| speaks(e)) {
        for mention in entity.mentions.iter().filter(|m| m.field == Field::Body) {
            let first = text.tokens.partition_point(|t| t.char_start < mention.span.start);
            let last = text.tokens.partition_point(|t| t.char_start < mention.span.end);
            if first < last {
                found.push((first..last, who));
            }
        }
    }
    found.sort_by_key(|(tokens, _)| tokens.start);
    found
}

/// What lines and sentences say that begin with a dash, up to the dash or the comma before the verb of speaking.
fn dashed(text: &Text<'_>, taken: &[Quoted], speech: &Speech) -> Vec<Quoted> {
    let mut found = Vec::new();
    for (at, sentence) in text.sentences.iter().enumerate() {
        let (first, second) = (sentence.start, sentence.start + 1);
        if sentence.len() < 2 || !is_dash(text.word(first)) {
            continue;
        }
        let Some(line) = text.line_of(first) else { continue };
        // Inside a line, the reporter goes on behind.
        let next = text.sentences.get(at + 1).map_or(sentence.end, |next| next.end);
        let end = if line.start == first { line.end } else { next.min(line.end) };
        let line = first..end;
        if line.len() < 4 || text.tokens[second].kind != TokenKind::Word {
            continue;
        }
        let verb_behind = |&at: &usize| {
            // `– Vollen holder, sier Kari Moe`: a comma does where the verb stands straight behind.
            let near = if is_dash(text.word(at)) { 4 } else { 2 };
            (near == 4 || text.word(at) == ",")
                && (at + 1..line.end.min(at + near)).any(|i| speech.verb(text, i).is_some())
        };
        let Some(end) = (second..line.end).find(verb_behind) else { continue };
        let outer = text.tokens[first].start as usize..text.tokens[end].start as usize;
        let inner = text.tokens[second].start as usize..text.tokens[end - 1].end as usize;
        let free =
            |quoted: &Quoted| quoted.outer.end <= outer.start || outer.end <= quoted.outer.start;
        if taken.iter().chain(&found).all(free) {
            found.push(Quoted { outer, inner, closed: true });
        }
    }
    found
}

impl SpeechListReader<'_> {
    fn quote(
        &self,
        stretch: &Quoted,
        span: &Range<usize>,
        from: usize,
        until: usize,
    ) -> Option<(Quote, Option<Who>)> {
        let whole = &self.text.text[stretch.inner.clone()];
        let inner = whole.trim().trim_end_matches(',').trim_end();
        let start = stretch.inner.start + (whole.len() - whole.trim_start().len());
        let bytes = start..start + inner.len();
        let words = match self.speech.characters {
            true => inner.chars().count() / 2,
            false => inner.split_whitespace().count(),
        };
        let broken = self.broken(span, &bytes);
        let told = match &broken {
            Some((told, _)) if told.who.is_some() => None,
            _ => self
                .behind(span.end, until, ends_sentence(inner))
                .or_else(|| self.ahead(span.start, from)),
        };
        let (told, parts) = match broken {
            Some((broken, parts)) => (told.or(Some(broken)), parts),
            None => (told, vec![bytes.clone()]),
        };
        let colon = span.start > 0 && matches!(self.text.word(span.start - 1), ":" | "\u{ff1a}");
        let alone = ends_sentence(inner) && self.starts_sentence(span.start);
        // What is called so has capitals: `«Великий князь Олег»`.
        let sentence = || {
            2 * inner.split_whitespace().filter(|w| w.starts_with(char::is_lowercase)).count()
                >= words
        };
        let least = match &told {
            Some(told) if told.placed && !sentence() && !colon => return None,
            Some(told) if told.placed => MIN_PLACED,
            Some(told) if !told.verb.is_empty() => MIN_TOLD,
            _ if colon => MIN_COLON,
            _ if alone => MIN_ALONE,
            _ => return None,
        };
        if words < least {
            return None;
        }
        let verb = told.as_ref().map(|told| told.verb.clone()).filter(|verb| !verb.is_empty());
        let quote = Quote {
            text: inner.to_owned(),
            span: self.text.span(bytes),
            parts: parts.into_iter().map(|part| self.text.span(part)).collect(),
            cue: verb.map(|verb| self.text.slice(verb).to_lowercase()),
            speaker: None,
        };
        Some((quote, told.and_then(|told| told.who)))
    }

    /// Whether a pronoun before a token is whoever spoke last by a name: nobody else was named since, outside quotes.
    fn is_meant(&self, (named, since): (usize, usize), before: usize) -> bool {
        let entity = self.mentions[named].1;
        let near = before.saturating_sub(since) <= TO_PRONOUN;
        near && self
            .named(since..before)
            .filter(|&at| self.is_person(at))
            .all(|at| self.mentions[at].1 == entity)
    }

    /// The speaker that a pronoun stands for.
    fn pronoun(&self, pronoun: usize, named: usize) -> Speaker {
        let entity = self.mentions[named].1;
        let full_name = Some(self.entities[entity].name.clone());
        Speaker { name: self.text.word(pronoun).to_owned(), full_name, entity: Some(entity) }
    }

    /// Who says a quote, where that stands inside its marks: `«Vinceremo - ha detto Ugo Ferri -, perché...»`, and the parts
    /// of the quote around it, as bytes.
    fn broken(
        &self,
        span: &Range<usize>,
        bytes: &Range<usize>,
    ) -> Option<(ReportedSpeech, Vec<Range<usize>>)> {
        let text = self.text;
        if self.speech.characters {
            return None;
        }
        let opens = |&at: &usize| is_dash(text.word(at)) || text.word(at) == ",";
        for open in (span.start + MIN_TOLD..span.end).filter(opens) {
            // `—dijo`, `, a dit`: the verb, with an auxiliary before it.
            let first = open + 1;
            let verb_at = |at: usize| Some(at..at + self.speech.verb(text, at)?);
            let auxiliary = |at: usize| self.speech.is_grammar(text.lower(at));
            let verb = (first + 1 < span.end).then(|| {
                verb_at(first).or_else(|| verb_at(first + 1).filter(|_| auxiliary(first)))
            });
            let Some(verb) = verb.flatten() else { continue };
            let dash = is_dash(text.word(open));
            let closes = |&i: &usize| {
                let ends = text.tokens[i].kind == TokenKind::Mark && ends_sentence(text.word(i));
                ends || if dash { is_dash(text.word(i)) } else { text.word(i) == "," }
            };
            let reach = span.end.min(verb.end + BEHIND);
            let Some(close) = (verb.end..reach).find(closes) else { continue };
            // Names in it are no speaker's own words only where one stands straight behind the verb.
            let who = self
                .named_in(verb.end..close)
                .find(|&at| self.is_person(at) && !self.leads_another(at, verb.end));
            let Some(who) = who else { continue };
            let left = bytes.start..text.tokens[open - 1].end as usize;
            let mut next = close + 1;
            while next < span.end
                && (is_dash(text.word(next)) || matches!(text.word(next), "," | "."))
            {
                next += 1;
            }
            let right = text.tokens.get(next).map_or(bytes.end, |token| token.start as usize);
            let mut parts = vec![left];
            if next < span.end && right < bytes.end {
                parts.push(right..bytes.end);
            }
            let told = ReportedSpeech { verb, who: Some(Who::Named(who)), placed: false };
            return Some((told, parts));
        }
        None
    }

    fn starts_sentence(&self, token: usize) -> bool {
        self.text.sentences.binary_search_by_key(&token, |s| s.start).is_ok()
    }

    fn line_end(&self, token: usize) -> usize {
        self.text.line_of(token).map_or(token + 1, |line| line.end)
    }

    /// The verb of speaking behind a quote, with its speaker.
    fn behind(&self, after: usize, until: usize, ended: bool) -> Option<ReportedSpeech> {
        let text = self.text;
        // A character says half as much as a word, and less.
        let times = if self.speech.characters { 2 } else { 1 };
        let end = until.min(self.line_end(after.checked_sub(1)?)).min(after + REACH * times);
        let joint = |i: &usize| {
            is_dash(text.word(*i)) || matches!(text.word(*i), "," | "\u{60c}" | "\u{3001}")
        };
        let at = after + (after..end).take_while(joint).count();
        // `M.` is no end, and the stop of `prof.` none either.
        let ends = |&i: &usize| {
            text.tokens[i].kind == TokenKind::Mark
                && ends_sentence(text.word(i))
                && (text.word(i) != "." || i + 1 >= end || self.starts_sentence(i + 1))
        };
        let stop = (at..end).find(ends).unwrap_or(end);
        // `„...!“ Danach sagte sie`: another sentence.
        let other = ended
            && at == after
            && at < end
            && text.word(at).starts_with(char::is_uppercase)
            && self.speech.verb(text, at).is_none();
        if other || at >= stop {
            return None;
        }
        // `«...», en palabras de Ana Ruiz`
        if at > after
            && self.speech.according(text, at).is_some()
            && let Some((verb, who)) = self.according(at..stop)
            && verb.start == at
        {
            return Some(ReportedSpeech { verb, who: Some(Who::Named(who)), placed: false });
        }
        // Without a comma or a dash the verb stands near: `"..." dedi`.
        let reach = if at > after || self.speech.characters { BEHIND * times } else { LED_IN };
        let Some(verb) = self.find_verb(at..stop.min(at + reach)) else {
            let who = self.placed(at..stop).filter(|_| at > after)?;
            return Some(ReportedSpeech { verb: at..at, who: Some(who), placed: true });
        };
        // `la acusó de «...» y pidió la dimisión de Luis Vidal`
        if at == after && verb.start == at + 1 && self.speech.and.contains(text.lower(at)) {
            let who = self.subject_before(self.sentence_before(after), true);
            return Some(ReportedSpeech { verb, who, placed: false });
        }
        let who = match self.pronoun_at(at, &verb) {
            Some(pronoun) => self
                .subject_before(self.sentence_before(after), false)
                .or(Some(Who::Pronoun(pronoun))),
            None => {
                // `sagte Jans Anwalt`: who that is, is not said, nor is it anybody who was named before.
                let whose = self.named(at..stop).any(|at| self.is_whose(at));
                self.subject_behind(&verb, stop)
                    .or_else(|| self.subject_before(at..verb.start, true))
                    .or_else(|| self.capitals(verb.end..stop).filter(|_| !whose))
                    .or_else(|| {
                        let before = self.sentence_before(after);
                        self.subject_before(before, true).filter(|_| !whose)
                    })
            }
        };
        Some(ReportedSpeech { verb, who, placed: false })
    }

    /// The tokens of the sentence that a quote stands in, up to the quote that ends at `after`.
    fn sentence_before(&self, after: usize) -> Range<usize> {
        let at = self.text.sentences.partition_point(|s| s.end < after);
        let start = self.text.sentences.get(at).map_or(after, |s| s.start);
        start.min(after)..after
    }

    /// The verb of speaking before a quote in its sentence, with its speaker; a name and a colon do
    /// without one.
    fn ahead(&self, open: usize, from: usize) -> Option<ReportedSpeech> {
        let text = self.text;
        let last = open.checked_sub(1)?;
        let mark = text.word(last);
        let colon = matches!(mark, ":" | "\u{ff1a}");
        if !colon && self.line_end(last) <= open {
            return None;
        }
        let start = text.sentence_of(last).map_or(last, |s| s.start).max(from);
        let verb = (start.max(open.saturating_sub(AHEAD))..open)
            .rev()
            .filter(|&i| !self.quoted[i] && !self.speech.behind.contains(text.lower(i)))
            .find_map(|i| Some(i..i + self.speech.verb(text, i)?));
        let Some(verb) = verb else {
            if let Some(who) = self.announced(start..last).filter(|_| colon) {
                return Some(ReportedSpeech { verb: open..open, who: Some(who), placed: false });
            }
            let marked = colon || matches!(mark, "," | "\u{ff0c}" | "\u{60c}");
            let (verb, who) = self
                .according(start.max(open.saturating_sub(AHEAD))..open)
                .or_else(|| self.in_view(start..open).filter(|_| marked))
                .filter(|(_, who)| {
                    !self.named(self.mentions[*who].0.end..open).any(|at| self.is_person(at))
                })?;
            return Some(ReportedSpeech { verb, who: Some(Who::Named(who)), placed: true });
        };
        // `diz que recebeu «`, but not `verspricht den Käufern „`.
        let small = |i: usize| {
            self.speech.characters
                || text.tokens[i].kind != TokenKind::Word
                || self.speech.is_grammar(text.lower(i))
        };
        let near = open - verb.end <= LED_IN && (verb.end..open).take(1).all(small);
        let led_in = colon || matches!(mark, "," | "\u{ff0c}" | "\u{60c}") || near;
        if !led_in {
            return None;
        }
        let who = match self.pronoun_at(start, &verb) {
            Some(pronoun) => Some(Who::Pronoun(pronoun)),
            None => self
                .subject_before(start..verb.start, true)
                .or_else(|| self.subject_behind(&verb, open))
                .or_else(|| self.capitals(verb.end..open)),
        };
        Some(ReportedSpeech { verb, who, placed: false })
    }

    fn find_verb(&self, tokens: Range<usize>) -> Option<Range<usize>> {
        tokens
            .filter(|&i| !self.quoted[i])
            .find_map(|i| Some(i..i + self.speech.verb(self.text, i)?))
    }

    fn speaker(&self, who: &Who) -> Speaker {
        match who {
            Who::SpeechWords(words) => {
                let name = self.text.slice(words.clone()).to_owned();
                Speaker { name, full_name: None, entity: None }
            }
            Who::Pronoun(at) => {
                let name = self.text.word(*at).to_owned();
                Speaker { name, full_name: None, entity: None }
            }
            Who::Named(at) => {
                let (tokens, entity) = &self.mentions[*at];
                let printed = self.text.slice(tokens.clone());
                let titled = tokens.start.checked_sub(1).filter(|&i| {
                    self.speech.titles.contains(self.text.word(i).trim_end_matches('.'))
                });
                let name = self.text.slice(titled.unwrap_or(tokens.start)..tokens.end).to_owned();
                let full = &self.entities[*entity].name;
                let full_name = if full == printed { &name } else { full };
                Speaker { full_name: Some(full_name.clone()), entity: Some(*entity), name }
            }
        }
    }
}
