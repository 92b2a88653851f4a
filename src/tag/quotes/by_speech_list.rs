//! Direct quotes in languages other than English, by what a language's `speech.txt` knows: its verbs of
//! speaking, what stands before a speaker's name, and whether dashes open speech.
//!
//! A stretch between marks is a quote where a verb of speaking stands beside it, in front or behind; where a
//! colon leads it in; where words in small letters and a person stand behind it, as they do behind any verb; or where
//! it is a sentence of its own of some length. The speaker is the person that is named nearest to the verb, on the
//! side that the language's order of words leaves: behind the verb, between quote and verb, before the quote; an
//! organisation, where it is the verb's subject for sure, at its side or at the start of the clause. Whom it was
//! told to, where it was and whose office the speaker has is nobody who speaks: words before names tell. A pronoun is
//! whoever spoke last, where nobody else was named since. Refuses to take other pronouns and offices for speakers, and a language without the list has quotes by their marks alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::LazyLock,
};

use super::quotation_marks::{self, Quoted};
use crate::lang;
use crate::model::{Entity, EntityKind, Field, LanguageCode, Quote, Speaker};
use crate::punctuation::{ends_sentence, is_dash};
use crate::tag::{Initial, Text, TokenKind, document::Splitting};

/// Name of a language's list.
const LIST: &str = "speech.txt";
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

static LANGUAGES: LazyLock<BTreeMap<&'static str, Speech>> = LazyLock::new(|| {
    let read = |code| Some((code, Speech::read(code, lang::text(code, LIST)?)));
    lang::languages_with(LIST).filter_map(read).collect()
});

/// What a language knows of speech.
#[derive(Debug, Default)]
pub(super) struct Speech {
    verbs: BTreeSet<&'static str>,
    /// Those that give the speaker only behind a quote: `„...“, so Oswald`.
    behind: BTreeSet<&'static str>,
    /// What stands before a speaker's name and belongs to how the text names them.
    titles: BTreeSet<&'static str>,
    /// Words before whom something is told to: `till`, `gegenüber`.
    told_to: BTreeSet<&'static str>,
    /// Words before who or what is named and does not speak: where it was, whose somebody is.
    beside: BTreeSet<&'static str>,
    /// Pronouns that are subjects: those of one who was named, and the others.
    pronouns: BTreeSet<&'static str>,
    other_pronouns: BTreeSet<&'static str>,
    /// Words of grammar: articles, auxiliaries.
    grammar: BTreeSet<&'static str>,
    /// Whether all nouns have capitals, so that one gives no name away.
    nouns: bool,
    /// Whether a dash at the start of a line opens speech.
    dashes: bool,
    /// Whether each character is a token, so that a verb is several.
    characters: bool,
}

impl Speech {
    /// That of a language, if it has a list.
    pub(super) fn of(language: LanguageCode) -> Option<&'static Self> {
        LANGUAGES.get(lang::folder(language.as_str()))
    }

    fn read(code: &str, list: &'static str) -> Self {
        let capitals = lang::of_kind(code, "dates.txt", "capitals");
        let mut speech = Self {
            characters: Splitting::of(code).characters,
            grammar: lang::entries_of_all(code, "function-words.txt")
                .flat_map(str::split_whitespace)
                .collect(),
            nouns: capitals.flat_map(str::split_whitespace).any(|kind| kind == "nouns"),
            ..Self::default()
        };
        for entry in lang::entries(list) {
            match entry.split_once('\t') {
                Some(("title", words)) => speech.titles.extend(words.split_whitespace()),
                Some(("told-to", words)) => speech.told_to.extend(words.split_whitespace()),
                Some(("beside", words)) => speech.beside.extend(words.split_whitespace()),
                Some(("pronoun", words)) => speech.pronouns.extend(words.split_whitespace()),
                Some(("pronoun-other", words)) => {
                    speech.other_pronouns.extend(words.split_whitespace());
                }
                Some(("behind", words)) => {
                    speech.behind.extend(words.split_whitespace());
                    speech.verbs.extend(words.split_whitespace());
                }
                Some(_) => {}
                None if entry == "dashes" => speech.dashes = true,
                None => speech.verbs.extend(entry.split_whitespace()),
            }
        }
        speech
    }

    fn is_grammar(&self, lower: &str) -> bool {
        self.grammar.contains(lower)
    }

    /// Whether a name behind a word is not who speaks.
    fn leads_another(&self, lower: &str) -> bool {
        self.told_to.contains(lower) || self.beside.contains(lower)
    }

    /// The tokens of the verb that starts at a token.
    fn verb(&self, text: &Text<'_>, at: usize) -> Option<usize> {
        if !self.characters {
            return self.verbs.contains(text.word(at).to_lowercase().as_str()).then_some(1);
        }
        let rest = &text.text[text.tokens[at].start as usize..];
        let verb =
            self.verbs.iter().filter(|verb| rest.starts_with(**verb)).max_by_key(|v| v.len())?;
        let end = text.tokens[at].start as usize + verb.len();
        Some(text.tokens[at..].iter().take_while(|t| (t.end as usize) <= end).count().max(1))
    }
}

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
        let line = text.lines.partition_point(|line| line.end <= first);
        let Some(line) = text.lines.get(line) else { continue };
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
            Some(told) if told.placed && !sentence() => return None,
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
        let at = self.text.lines.partition_point(|l| l.end <= token);
        self.text.lines.get(at).map_or(token + 1, |line| line.end)
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
        // Without a comma or a dash the verb stands near: `"..." dedi`.
        let reach = if at > after || self.speech.characters { BEHIND * times } else { LED_IN };
        let Some(verb) = self.find_verb(at..stop.min(at + reach)) else {
            let who = self.placed(at..stop).filter(|_| at > after)?;
            return Some(ReportedSpeech { verb: at..at, who: Some(who), placed: true });
        };
        let who = match self.pronoun_at(at, &verb) {
            Some(pronoun) => self
                .subject_before(self.sentence_before(after), false)
                .or(Some(Who::Pronoun(pronoun))),
            None => self
                .subject_behind(&verb, stop)
                .or_else(|| self.subject_before(at..verb.start, true))
                .or_else(|| self.capitals(verb.end..stop))
                .or_else(|| self.subject_before(self.sentence_before(after), true)),
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
        let at = text.sentences.partition_point(|s| s.end <= last);
        let start = text.sentences.get(at).map_or(last, |s| s.start).max(from);
        let verb = (start.max(open.saturating_sub(AHEAD))..open)
            .rev()
            .filter(|&i| !self.quoted[i] && !self.speech.behind.contains(text.word(i)))
            .find_map(|i| Some(i..i + self.speech.verb(text, i)?));
        let Some(verb) = verb else {
            let who = self.announced(start..last).filter(|_| colon)?;
            return Some(ReportedSpeech { verb: open..open, who: Some(who), placed: false });
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

    /// Whether a pronoun is a verb's subject: straight behind it (`dit-il`), or before it with an auxiliary between.
    fn pronoun_at(&self, from: usize, verb: &Range<usize>) -> Option<usize> {
        let text = self.text;
        let is_pronoun = |i: &usize| {
            let lower = text.lower(*i);
            self.speech.pronouns.contains(lower) || self.speech.other_pronouns.contains(lower)
        };
        let hyphens = |&i: &usize| matches!(text.word(i), "-" | "t" | "\u{2011}");
        let behind = verb.end + (verb.end..text.tokens.len()).take_while(hyphens).count();
        if behind < text.tokens.len() && is_pronoun(&behind) {
            return Some(behind);
        }
        let before = |back: usize| verb.start.checked_sub(back).filter(|&i| i >= from);
        let auxiliary = before(1).is_some_and(|i| self.speech.is_grammar(text.lower(i)));
        let with_auxiliary = || before(2).filter(is_pronoun).filter(|_| auxiliary);
        before(1).filter(is_pronoun).or_else(with_auxiliary)
    }

    fn is_person(&self, at: usize) -> bool {
        self.entities[self.mentions[at].1].kind == EntityKind::Person
    }

    /// The mentions that lie within some tokens and in no quote.
    fn named(&self, tokens: Range<usize>) -> impl DoubleEndedIterator<Item = usize> {
        self.named_in(tokens).filter(|at| !self.quoted[self.mentions[*at].0.start])
    }

    /// The same in quotes, too.
    fn named_in(&self, tokens: Range<usize>) -> Range<usize> {
        let first = self.mentions.partition_point(|(m, _)| m.start < tokens.start);
        let last = self.mentions.partition_point(|(m, _)| m.end <= tokens.end).max(first);
        first..last
    }

    /// Whether the words before a name say that it is another's than the speaker's: the hearer's, or whose office
    /// somebody has. `from` is the first token that is looked at.
    fn leads_another(&self, at: usize, from: usize) -> bool {
        let text = self.text;
        let name = self.mentions[at].0.start;
        let passes = |&i: &usize| {
            text.tokens[i].kind == TokenKind::Word
                && (self.speech.nouns || !text.is_capital(i))
                && !self.mentions.iter().any(|(m, _)| m.contains(&i))
        };
        let told = |i: usize| self.speech.told_to.contains(text.lower(i));
        name.checked_sub(1)
            .is_some_and(|last| last >= from && self.speech.leads_another(text.lower(last)))
            || (from.max(name.saturating_sub(TO_HEARER))..name).rev().take_while(passes).any(told)
    }

    /// Whether an organisation is named at the start of some tokens, with nothing before it but an article.
    fn leads(&self, at: usize, from: usize) -> bool {
        let name = self.mentions[at].0.start;
        let article = |i: usize| {
            let lower = self.text.lower(i);
            // `l'Orme`
            let elided = lower.ends_with(['\'', '\u{2019}']);
            (elided || self.speech.is_grammar(lower)) && !self.speech.leads_another(lower)
        };
        name - from <= TO_ORGANISATION && (from..name).all(article)
    }

    /// Who speaks of those named behind a verb: the first person who is not another, or else an organisation
    /// straight behind the verb.
    fn subject_behind(&self, verb: &Range<usize>, stop: usize) -> Option<Who> {
        let first = self.named(verb.end..stop).next()?;
        if self.speech.characters {
            return Some(Who::Named(first));
        }
        let leads = !self.is_person(first) && self.leads(first, verb.end);
        let from = if leads { self.mentions[first].0.end } else { verb.end };
        let mut people = self.named(from..stop).filter(|&at| self.is_person(at));
        let person = people.find(|&at| !self.leads_another(at, verb.end));
        // `säger Ormes presschef Anna Lind`, where the recogniser takes an organisation for somebody.
        let person = person.map(|at| match people.next() {
            Some(next) if self.is_whose_office(at, next) => next,
            Some(_) | None => at,
        });
        let person = person.filter(|&at| self.in_same_part(from..self.mentions[at].0.start, leads));
        person.or(leads.then_some(first)).map(Who::Named)
    }

    /// Whether a name of one word is that of whom the next person works for: nothing but an office is between.
    fn is_whose_office(&self, at: usize, next: usize) -> bool {
        let (name, between) =
            (&self.mentions[at].0, self.mentions[at].0.end..self.mentions[next].0.start);
        let office = |i: usize| {
            let lower = self.text.lower(i);
            self.text.tokens[i].initial == Initial::Small
                && !self.speech.is_grammar(lower)
                && !self.speech.leads_another(lower)
        };
        name.len() == 1
            && (1..=TO_ORGANISATION).contains(&between.len())
            && between.clone().all(office)
    }

    /// Whether a name goes with what stands before it: no comma is between, or one straight before the name or its
    /// title (`le ministre de Varde, Luc Perrin`). Behind an organisation that may speak itself, there is none.
    fn in_same_part(&self, between: Range<usize>, organisation: bool) -> bool {
        let comma = |i: &usize| matches!(self.text.word(*i), "," | "\u{60c}" | ";" | ":" | "(");
        let mut commas = between.clone().filter(comma);
        match (commas.next(), commas.next()) {
            (None, _) => !organisation || between.len() <= TO_HEARER,
            (Some(comma), None) => {
                let grammar = |i: usize| self.speech.is_grammar(self.text.lower(i));
                !organisation && between.end - comma <= 2 && !(comma + 1..between.end).any(grammar)
            }
            (Some(_), Some(_)) => false,
        }
    }

    /// Who speaks of those named before a verb or a quote: the last person who is not another, or else an
    /// organisation at the start of the clause, if those are looked for.
    fn subject_before(&self, tokens: Range<usize>, organisations: bool) -> Option<Who> {
        if self.speech.characters {
            return self.named(tokens).next_back().map(Who::Named);
        }
        let person = |&at: &usize| self.is_person(at) && !self.leads_another(at, tokens.start);
        let clause = |at: usize| {
            let comma = |i: &usize| matches!(self.text.word(*i), "," | "\u{60c}" | ":" | ";");
            let name = self.mentions[at].0.start;
            (tokens.start..name).rev().find(comma).map_or(tokens.start, |comma| comma + 1)
        };
        let organisation =
            |&at: &usize| organisations && !self.is_person(at) && self.leads(at, clause(at));
        let last = self.named(tokens.clone()).rev().find(person);
        last.or_else(|| self.named(tokens.clone()).rev().find(organisation)).map(Who::Named)
    }

    /// Whom a colon alone makes the speaker: the name before it, or the one that its clause begins with.
    fn announced(&self, tokens: Range<usize>) -> Option<Who> {
        let who = self.subject_before(tokens.clone(), true)?;
        let Who::Named(at) = who else { return None };
        let name = &self.mentions[at].0;
        let opens = |i: usize| matches!(self.text.word(i), ":" | "," | ";");
        let clause = (tokens.start..name.start).rev().find(|&i| opens(i));
        let from = clause.map_or(tokens.start, |mark| mark + 1);
        let near = name.start - from <= TO_HEARER || name.end == tokens.end;
        (self.speech.characters || near).then_some(who)
    }

    /// A person behind a quote and behind words in small letters that can only be a verb, though no list has it:
    /// `«...», a prévenu Luc Perrin`.
    fn placed(&self, tokens: Range<usize>) -> Option<Who> {
        let text = self.text;
        if self.speech.characters {
            return None;
        }
        let name = self.named(tokens.clone()).next().filter(|&at| self.is_person(at))?;
        let before = tokens.start..self.mentions[name].0.start;
        let small = |i: usize| {
            text.tokens[i].initial == Initial::Small && !self.speech.leads_another(text.lower(i))
        };
        let verb = before.end.checked_sub(1).filter(|&last| last >= before.start)?;
        (before.len() <= BEFORE_PLACED
            && before.clone().all(small)
            && !self.speech.is_grammar(text.lower(verb)))
        .then_some(Who::Named(name))
    }

    /// The first words with capitals, where the language has them: straight behind the verb, where nouns have them, too.
    fn capitals(&self, tokens: Range<usize>) -> Option<Who> {
        let capital = |&i: &usize| self.text.is_capital(i);
        let reach = if self.speech.nouns { 1 } else { LED_IN };
        let words = |i: &usize| self.text.tokens[*i].kind != TokenKind::Mark;
        let start = tokens.clone().take(reach).take_while(words).find(capital)?;
        let other = |i: usize| self.speech.leads_another(self.text.lower(i));
        let letters = self.text.word(start).chars();
        // `le PDG`, `polisen i Orland`
        let office = letters.clone().count() > 1 && letters.clone().all(char::is_uppercase);
        if office || (tokens.start..start).any(other) {
            return None;
        }
        let words = (start..tokens.end).take_while(capital).take(MAX_NAME).count();
        Some(Who::SpeechWords(start..start + words))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Mention, Span};

    #[test]
    fn every_row_is_of_a_known_kind() {
        for code in lang::languages_with("speech.txt") {
            for (kind, words) in lang::rows(code, "speech.txt").into_iter().flatten() {
                let known = matches!(
                    kind,
                    "title" | "behind" | "told-to" | "beside" | "pronoun" | "pronoun-other"
                );
                assert!(known, "{code}/speech.txt: {kind} {words}");
            }
        }
    }

    /// The quotes of a text with their speakers; `people` are named in it.
    fn found(code: &str, text: &str, people: &[&str]) -> Vec<(String, Option<String>)> {
        let quotes = told(code, text, people, &[]).into_iter();
        quotes.map(|quote| (quote.text, quote.speaker.map(|speaker| speaker.name))).collect()
    }

    /// The quotes of a text; people and organisations are named in it.
    fn told(code: &str, text: &str, people: &[&str], organisations: &[&str]) -> Vec<Quote> {
        let entity = |(name, kind): (&&str, EntityKind)| {
            let at = text.find(*name)?;
            let start = text[..at].chars().count() as u32;
            let span = Span { start, end: start + name.chars().count() as u32 };
            let mention = Mention { field: Field::Body, span, text: (*name).to_owned() };
            Some(Entity {
                kind,
                name: (*name).to_owned(),
                name_en: None,
                salience: 1.0,
                wikidata: None,
                geonames: None,
                country: None,
                point: None,
                list_id: None,
                mentions: vec![mention],
            })
        };
        let people = people.iter().map(|name| (name, EntityKind::Person));
        let organisations = organisations.iter().map(|name| (name, EntityKind::Organisation));
        let entities: Vec<Entity> = people.chain(organisations).filter_map(entity).collect();
        let language = LanguageCode::parse(code).unwrap();
        let parsed = Text::split(text, Splitting::of(lang::folder(language.as_str())));
        quotes(&parsed, &entities, Speech::of(language).unwrap())
    }

    fn speaker(code: &str, text: &str, people: &[&str], organisations: &[&str]) -> Option<String> {
        let mut quotes = told(code, text, people, organisations);
        assert_eq!(quotes.len(), 1, "{text}");
        quotes.remove(0).speaker.map(|speaker| speaker.name)
    }

    #[test]
    fn whom_it_is_told_to_is_no_speaker() {
        for (code, text, hearer) in [
            ("de", "„Der Damm hält“, sagte sie der Varder Presse.", "Varder Presse"),
            ("de", "„Der Damm hält“, sagte er vor Gästen der Orme.", "Orme"),
            ("fr", "« La digue tient », a-t-elle dit à l'Orme.", "Orme"),
            ("es", "«El dique aguanta», dijo ante la prensa en el Orme.", "Orme"),
            ("it", "«La diga tiene», ha detto all'Orme.", "Orme"),
            ("pt", "“O dique aguenta”, disse ele à Agência Orme.", "Agência Orme"),
            ("nl", "„De dijk houdt”, zei ze tegen de Orme.", "Orme"),
            ("pl", "„Wał wytrzyma”, powiedział w rozmowie z Orme.", "Orme"),
            ("ru", "«Дамба выдержит», — сказал он Орме.", "Орме"),
            ("sv", "”Vallen håller”, säger hon till Orme.", "Orme"),
            ("nb", "«Vollen holder», sier hun til Orme.", "Orme"),
            ("da", "»Diget holder,« siger han til Orme.", "Orme"),
            ("ro", "„Digul ține”, a declarat acesta după ședința de Orme.", "Orme"),
            ("vi", "\"Con đê đứng vững\", ông nói với Orme.", "Orme"),
        ] {
            assert_eq!(speaker(code, text, &[], &[hearer]), None, "{text}");
        }
    }

    #[test]
    fn who_has_the_office_speaks_not_the_organisation() {
        for (code, text, who) in [
            ("ru", "«Дамба выдержит», — заявил глава Орме Олег Лосев.", "Олег Лосев"),
            ("de", "„Der Damm hält“, sagte der Chef der Orme, Jana Oswald.", "Jana Oswald"),
            ("sv", "”Vallen håller”, säger Orme presschef Maja Lind.", "Maja Lind"),
            ("es", "«El dique aguanta», dijo el jefe de Orme, Inés Vidal.", "Inés Vidal"),
            ("pt", "“O dique aguenta”, disse a chefe da Orme, Rita Paiva.", "Rita Paiva"),
            ("fr", "« La digue tient », a déclaré le PDG d'Orme Luc Perrin.", "Luc Perrin"),
            ("pl", "„Wał wytrzyma”, powiedział prezes Orme Jan Lis.", "Jan Lis"),
        ] {
            let organisation = if code == "ru" { "Орме" } else { "Orme" };
            let named = speaker(code, text, &[who], &[organisation]);
            assert_eq!(named.as_deref(), Some(who), "{text}");
        }
        let nobody = "“O dique aguenta”, garantiu o chefe do Orme.";
        assert_eq!(speaker("pt", nobody, &[], &["Orme"]), None);
        let whose = "„Der Damm hält“, sagte die Mutter von Jana Oswald.";
        assert_eq!(speaker("de", whose, &["Jana Oswald"], &[]), None);
    }

    #[test]
    fn pronoun_is_whoever_spoke_last_by_name() {
        let first = "”Vallen håller”, säger Maja Lind.";
        let second = "”Vi är glada nu”, säger hon till Orme.";
        let named = |between: &str, people: &[&str]| {
            let text = format!("{first} {between}\n{second}");
            let quotes = told("sv", &text, people, &["Orme"]);
            let speaker = quotes[1].speaker.clone();
            (quotes.len(), speaker.map(|speaker| (speaker.name, speaker.full_name)))
        };
        let maja = Some(("hon".to_owned(), Some("Maja Lind".to_owned())));
        assert_eq!(named("Det regnade.", &["Maja Lind"]), (2, maja));
        assert_eq!(named("Ulf Berg kom.", &["Maja Lind", "Ulf Berg"]), (2, None));
    }

    #[test]
    fn organisations_speak_straight_beside_the_verb() {
        for (code, text) in [
            ("de", "„Der Damm hält“, teilte die Orme am Abend mit."),
            ("de", "Die Orme teilte mit: „Der Damm hält noch.“"),
            ("fr", "« La digue tient », a indiqué l'Orme."),
        ] {
            assert_eq!(speaker(code, text, &[], &["Orme"]).as_deref(), Some("Orme"), "{text}");
        }
    }

    #[test]
    fn a_person_behind_an_unknown_verb_speaks() {
        let text = "« La digue a tenu toute la nuit », a bredouillé Luc Perrin.";
        assert_eq!(speaker("fr", text, &["Luc Perrin"], &[]).as_deref(), Some("Luc Perrin"));
        for text in [
            "« La digue », a bredouillé Luc Perrin.",
            "« La digue qui a tenu la nuit », un roman de Luc Perrin.",
            "« La digue qui a tenu la nuit », avec Luc Perrin.",
        ] {
            assert_eq!(told("fr", text, &["Luc Perrin"], &[]).len(), 0, "{text}");
        }
    }

    #[test]
    fn speaker_between_the_marks_breaks_the_quote() {
        for (code, text, who) in [
            ("it", "«La diga tiene bene - ha detto Ugo Ferri - perché è nuova».", "Ugo Ferri"),
            ("es", "«El dique aguanta bien —dijo Inés Vidal—, es nuevo».", "Inés Vidal"),
            ("ru", "«Дамба новая, — сказал Олег Лосев. — Она выдержит».", "Олег Лосев"),
            ("fr", "« La digue tient bon, a dit Luc Perrin. Elle est neuve. »", "Luc Perrin"),
        ] {
            let quotes = told(code, text, &[who], &[]);
            assert_eq!(quotes.len(), 1, "{text}");
            assert_eq!(quotes[0].speaker.as_ref().unwrap().name, who, "{text}");
            assert_eq!(quotes[0].parts.len(), 2, "{text}");
        }
    }

    #[test]
    fn language_verbs_and_marks_give_quote_and_speaker() {
        for (code, text, quote, who) in [
            ("de", "„Der Damm hält“, sagte Jana Oswald am Abend.", "Der Damm hält", "Jana Oswald"),
            (
                "de",
                "Jana Oswald sagte: „Der Damm hält noch.“",
                "Der Damm hält noch.",
                "Jana Oswald",
            ),
            (
                "fr",
                "« La digue tient bon », a affirmé Luc Perrin.",
                "La digue tient bon",
                "Luc Perrin",
            ),
            ("es", "“El dique aguanta”, afirmó Inés Vidal.", "El dique aguanta", "Inés Vidal"),
            ("it", "«La diga tiene», ha detto Ugo Ferri.", "La diga tiene", "Ugo Ferri"),
            ("pt", "“O dique aguenta”, afirmou Rita Paiva.", "O dique aguenta", "Rita Paiva"),
            ("nl", "‘De dijk houdt stand’, zei Joke Visser.", "De dijk houdt stand", "Joke Visser"),
            ("pl", "– Wał wytrzyma – zapewnił Jan Lis.", "Wał wytrzyma", "Jan Lis"),
            ("ru", "«Дамба выдержит», — сказал Олег Лосев.", "Дамба выдержит", "Олег Лосев"),
            ("uk", "«Дамба витримає», – сказав Олег Лось.", "Дамба витримає", "Олег Лось"),
            ("sv", "”Vallen håller”, säger Maja Lind.", "Vallen håller", "Maja Lind"),
            ("nb", "– Vollen holder, sier Kari Moe.", "Vollen holder", "Kari Moe"),
            ("pl", "Wał stoi. – On wytrzyma – mówi Jan Lis.", "On wytrzyma", "Jan Lis"),
            ("sv", "Det regnar. – Vallen håller, säger Maja Lind.", "Vallen håller", "Maja Lind"),
            ("da", "»Diget holder«, siger Bo Holm.", "Diget holder", "Bo Holm"),
            ("tr", "\"Set dayanıyor\" dedi Ali Demirel.", "Set dayanıyor", "Ali Demirel"),
            ("ja", "森田は「堤防は持ちこたえている」と語った。", "堤防は持ちこたえている", "森田"),
        ] {
            let want: Vec<_> = (!quote.is_empty())
                .then(|| (quote.to_owned(), Some(who.to_owned())))
                .into_iter()
                .collect();
            assert_eq!(found(code, text, &[who]), want, "{text}");
        }
    }

    #[test]
    fn marked_words_without_verb_are_no_quotes() {
        assert_eq!(found("de", "Der Film „Der lange Deich“ läuft im Kino.", &[]), []);
        assert_eq!(found("fr", "Le roman « La digue » paraît en mai.", &[]), []);
    }

    #[test]
    fn capitals_name_a_speaker_whom_nothing_else_knows() {
        let quote = found("de", "„Der Damm hält“, sagte Oswald am Abend.", &[]);
        assert_eq!(quote, [("Der Damm hält".to_owned(), Some("Oswald".to_owned()))]);
    }

    #[test]
    fn title_is_kept_in_the_speakers_name() {
        let quote = found("fr", "« La digue tient », a dit M. Perrin.", &["Perrin"]);
        assert_eq!(quote, [("La digue tient".to_owned(), Some("M. Perrin".to_owned()))]);
    }
}
