//! Direct quotes and who says them.
//!
//! Marks give the stretches ([`quotation_marks`]); what stands around a stretch tells a quote from a title, a
//! term or a word in scare quotes: a quote starts a sentence or follows a comma, a colon or a verb of
//! speaking, or is so long that it can only be somebody's words. Pieces parted by their own
//! attribution ("...," he said, "...") are one quote in several parts ([`joining`]). Refuses stretches
//! of a few words that nobody is said to have spoken, and fragments in a sentence of the reporter's.
//! Verbs of speaking are English here; [`by_speech_list`] reads the languages that have a list of theirs. In
//! the rest quotes are found by their marks and place alone and have a speaker only where a name signs them.

use std::ops::Range;

use super::Text;
use crate::model::{Entity, LanguageCode, Quote, Speaker};

mod antecedents;
mod attribution;
mod by_speech_list;
mod holders;
mod joining;
mod quotation_marks;
mod speakers;
mod verbs_of_speech;

use attribution::{Attribution, Context, NameBehind};
use quotation_marks::Quoted;
use speakers::People;
use verbs_of_speech::{Kind, SpeechWords};

/// Fewest words of a quote that starts a sentence, has a speaker beside it, and ends no clause of its
/// own with `he said`.
const MIN_WORDS: usize = 3;
/// Fewest words of a quote whose speaker a phrase gives: "in the words of", "was the reply from".
const MIN_PHRASED_WORDS: usize = 2;
/// Fewest words of a quote that nothing attributes.
const MIN_UNATTRIBUTED_WORDS: usize = 4;
/// Fewest words of a stretch that no mark ends, or that starts small behind a verb of speaking.
const MIN_OPEN_WORDS: usize = 6;
/// Fewest words of a quote within a sentence of the reporter's, where no verb stands beside it.
const MIN_LED_IN_WORDS: usize = 12;
/// Fewest words of a quote that is a part of a reporter's clause and ends it.
const MIN_PARTIAL_WORDS: usize = 18;
/// Farthest verb from a part of a reporter's clause, in tokens.
const PARTIAL_REACH: usize = 5;
/// Most words of a nickname in marks, such as `Marcia "Cia" Price`.
const MAX_NICKNAME_WORDS: usize = 3;
/// Least place between a quote and the one that its speaker is taken from, in tokens.
const NEAR: usize = 6;

/// A stretch and what stands around it.
struct Piece {
    quoted: Quoted,
    /// The opening mark's token, and the first token behind the closing one.
    open: usize,
    after: usize,
    words: usize,
    capital: bool,
    /// Nothing of its sentence stands before it.
    starts: bool,
    /// A comma, a colon or a verb of speaking leads it in.
    led_in: bool,
    /// It ends with a full stop inside its marks.
    full_stop: bool,
    /// A mark that ends sentences, and no comma behind it, ends it.
    quoted_ends_sentence: bool,
    ends_clause: bool,
    /// It is written like the title of a work.
    title: bool,
    /// A phrase that gives its speaker leads it in, or a sentence about the words follows it.
    phrase: bool,
    behind: Option<Attribution>,
    ahead: Option<Attribution>,
}

impl Piece {
    /// Whether a verb of speaking follows, as in `," he said`.
    fn spoken(&self) -> bool {
        self.ends_clause && self.behind.as_ref().is_some_and(|a| a.cue.is_some())
    }

    /// Whether somebody is named beside it.
    fn attributed(&self) -> bool {
        self.behind.is_some() || self.ahead.is_some()
    }

    /// The verb of speaking before it in its sentence.
    fn verb_ahead(&self) -> Option<usize> {
        self.ahead.as_ref().and_then(|a| a.cue)
    }
}

/// The direct quotes of a body in a language, in order, its speakers resolved by its entities.
#[must_use]
pub fn in_language(text: &Text<'_>, entities: &[Entity], language: LanguageCode) -> Vec<Quote> {
    match by_speech_list::Speech::of(language) {
        Some(speech) => by_speech_list::quotes(text, entities, speech),
        None => quotes(text, entities, SpeechWords::of(language)),
    }
}

/// The direct quotes of a body, in order, by a language's words. `entities` resolve speakers; see [`Speaker`].
fn quotes(text: &Text<'_>, entities: &[Entity], words: &'static SpeechWords) -> Vec<Quote> {
    let stretches = quotation_marks::quoted(text.text);
    if stretches.is_empty() {
        return Vec::new();
    }
    let people = People::of(text, entities);
    let mut quoted = vec![false; text.tokens.len()];
    for stretch in &stretches {
        quoted[tokens_of(text, &stretch.outer)].fill(true);
    }
    let context = Context { text, words, people: &people, quoted: &quoted };
    let pieces = pieces(&context, stretches);
    let mut quotes: Vec<Quote> = Vec::new();
    let mut previous: Option<(usize, Option<Speaker>)> = None;
    let mut rest = pieces.as_slice();
    while let Some(first) = rest.first() {
        if !is_quote(&context, first) {
            rest = &rest[1..];
            continue;
        }
        let (group, left) = joining::joined(&context, rest);
        rest = left;
        let attribution = attribution(&group);
        let speaker = match &attribution {
            Some(attribution) => speaker(&context, attribution),
            None => match name_behind(&context, &group) {
                Some(NameBehind::Speaker(attribution)) => speaker(&context, &attribution),
                Some(NameBehind::Other) => None,
                None => previous
                    .as_ref()
                    .filter(|(after, _)| first.open <= after + NEAR)
                    .and_then(|(_, speaker)| speaker.clone())
                    .or_else(|| speaker_before(&context, first)),
            },
        };
        // Who asked or told somebody need not go on speaking.
        let of_agent = |a: &Attribution| context.is(Kind::Agent, a.words.start.saturating_sub(1));
        let goes_on = speaker.clone().filter(|_| !attribution.as_ref().is_some_and(of_agent));
        previous = Some((group[group.len() - 1].after, goes_on));
        let cue = attribution.and_then(|a| a.cue).map(|cue| text.word(cue).to_lowercase());
        quotes.push(quote(text, &group, speaker, cue));
    }
    quotes
}

fn tokens_of(text: &Text<'_>, bytes: &Range<usize>) -> Range<usize> {
    let first = text.tokens.partition_point(|t| (t.start as usize) < bytes.start);
    let last = text.tokens.partition_point(|t| (t.start as usize) < bytes.end);
    first..last
}

fn pieces(context: &Context<'_>, stretches: Vec<Quoted>) -> Vec<Piece> {
    let text = context.text;
    let spans: Vec<Range<usize>> = stretches.iter().map(|s| tokens_of(text, &s.outer)).collect();
    // Where the words behind a stretch end: at the next one that is no nickname.
    let mut untils = vec![text.tokens.len(); stretches.len()];
    for i in (1..stretches.len()).rev() {
        let inner = text.text[stretches[i].inner.clone()].trim();
        let nickname = inner.split_whitespace().count() <= MAX_NICKNAME_WORDS
            && !inner.ends_with([',', '.', '!', '?', '…']);
        untils[i - 1] = if nickname { untils[i] } else { spans[i].start };
    }
    stretches
        .into_iter()
        .enumerate()
        .map(|(i, quoted)| {
            let Range { start: open, end: after } = spans[i].clone();
            let from = if i == 0 { 0 } else { spans[i - 1].end };
            let inner = text.text[quoted.inner.clone()].trim();
            let before =
                text.text[..quoted.outer.start].trim_end_matches([' ', '\u{a0}', '(', '[']);
            let outermost = inner.trim_end_matches(['’', '\'', '”', '"', ' ']);
            let full_stop = outermost.ends_with('.');
            // `1.5 degrees is not much.`, but not `1912: The Year of Ice.`
            let is_clause = full_stop
                && inner.starts_with(|c: char| c.is_ascii_digit())
                && inner
                    .split(' ')
                    .any(|word| word.len() > 3 && word.starts_with(char::is_lowercase));
            let comma_behind = text.text[quoted.outer.end..].starts_with(',');
            let starts = before.is_empty()
                || before.ends_with(['\n', '.', '!', '?', '”', '"', '“', '—', '…', '»']);
            let behind = context.after(after, untils[i], full_stop && !comma_behind);
            let told = behind.as_ref().is_some_and(|a| a.cue.is_some());
            let subject = context.as_subject(after, untils[i]);
            let led_by = context.phrase_ahead(open, from);
            let phrase = subject.is_some() || led_by.is_some();
            let work = context.work_ahead(open);
            Piece {
                open,
                after,
                words: inner.split_whitespace().count(),
                capital: inner
                    .trim_start_matches(['[', '…', '.', '‘', '\'', '“', ' '])
                    .starts_with(|c: char| c.is_uppercase() || is_clause),
                starts,
                led_in: before.ends_with([',', ':'])
                    || open > 0 && context.words.cue(text.lower(open - 1)).is_some(),
                full_stop,
                quoted_ends_sentence: !comma_behind && outermost.ends_with(['.', '!', '?', '…']),
                ends_clause: outermost.ends_with([',', '.', '!', '?', '…', '—', '-', '–'])
                    || comma_behind,
                title: is_title(outermost, comma_behind, work || !starts && !told),
                phrase,
                behind: subject.or(behind),
                ahead: led_by.or_else(|| context.before(open, from)),
                quoted,
            }
        })
        .collect()
}

/// Whether a stretch is written like the title of a work: every longer word has a capital. The comma
/// that American print puts inside the marks may be the sentence's where `in_sentence`.
fn is_title(inner: &str, comma_behind: bool, in_sentence: bool) -> bool {
    let capitals = |words: &str| {
        let mut longer = words.split_whitespace().filter(|word| word.chars().count() > 3);
        longer.all(|word| !word.starts_with(char::is_lowercase))
    };
    if let Some(words) = inner.strip_suffix(',') {
        let longer = words.split_whitespace().filter(|word| word.chars().count() > 3).count();
        return in_sentence && longer > 1 && capitals(words);
    }
    !comma_behind && !inner.ends_with(['.', '!', '?', '…']) && capitals(inner)
}

/// Whether a stretch is somebody's words.
fn is_quote(context: &Context<'_>, piece: &Piece) -> bool {
    if piece.title {
        return false;
    }
    let words = piece.words;
    if piece.phrase && (piece.starts || piece.led_in) && words >= MIN_PHRASED_WORDS {
        return true;
    }
    if piece.starts && (piece.capital || piece.ends_clause) {
        let least = if piece.attributed() { MIN_WORDS } else { MIN_UNATTRIBUTED_WORDS };
        return piece.spoken() || words >= if piece.ends_clause { least } else { MIN_OPEN_WORDS };
    }
    if piece.led_in {
        return if piece.capital {
            words >= MIN_OPEN_WORDS || piece.attributed() && words >= 2 && piece.ends_clause
        } else {
            let direct = piece.spoken() || context.is_told_at(piece.open);
            direct && words >= MIN_OPEN_WORDS || piece.ends_clause && words >= MIN_LED_IN_WORDS
        };
    }
    if piece.capital && piece.ends_clause && words >= MIN_OPEN_WORDS {
        return piece.spoken() || piece.verb_ahead().is_some() && words >= MIN_LED_IN_WORDS;
    }
    // `that` makes the clause the reporter's.
    piece.full_stop
        && words >= MIN_PARTIAL_WORDS
        && piece.verb_ahead().is_some_and(|verb| piece.open - verb <= PARTIAL_REACH)
        && !context.is(Kind::That, piece.open - 1)
}

fn attribution(group: &[&Piece]) -> Option<Attribution> {
    let (first, last) = (group[0], group[group.len() - 1]);
    if group.len() > 1 {
        return first.behind.clone();
    }
    // A full stop inside the marks ends the sentence: what follows is another's.
    let ahead = first.ahead.clone();
    if first.led_in && first.full_stop || !first.starts && !first.ends_clause {
        return ahead.or_else(|| last.behind.clone());
    }
    last.behind.clone().or(ahead)
}

/// Whoever is named straight behind a quote that ends no sentence: nobody else spoke it.
fn name_behind(context: &Context<'_>, group: &[&Piece]) -> Option<NameBehind> {
    let last = group[group.len() - 1];
    let ends_sentence = last.quoted_ends_sentence || !last.ends_clause;
    (!ends_sentence).then(|| context.name_behind(last.after)).flatten()
}

/// Who spoke in the sentence before a quote that nothing beside it attributes.
fn speaker_before(context: &Context<'_>, piece: &Piece) -> Option<Speaker> {
    let last = piece.open.checked_sub(1)?;
    let sentence = context.sentence_of(last);
    if let Some(attribution) = context.told_in(sentence.clone()) {
        return speaker(context, &attribution);
    }
    let who = context.leading(sentence, true, |m| context.people.named[m.who].is_somebody())?;
    speaker(context, &Attribution { words: who.tokens.clone(), cue: None })
}

/// The speaker; `None` where nobody who is named said it.
fn speaker(context: &Context<'_>, attribution: &Attribution) -> Option<Speaker> {
    if attribution.words.is_empty() {
        return None;
    }
    let (name, who) = context.named(&attribution.words);
    let named = who.map(|who| &context.people.named[who]);
    let full_name = named.map(|n| n.name.clone());
    Some(Speaker { name, full_name, entity: named.and_then(|n| n.entity) })
}

fn quote(
    text: &Text<'_>,
    group: &[&Piece],
    speaker: Option<Speaker>,
    cue: Option<String>,
) -> Quote {
    let (first, last) = (&group[0].quoted, &group[group.len() - 1].quoted);
    let bytes = first.inner.start..last.inner.end;
    Quote {
        text: text.text[bytes.clone()].to_owned(),
        span: text.span(bytes),
        parts: group.iter().map(|piece| text.span(piece.quoted.inner.clone())).collect(),
        speaker,
        cue,
    }
}

#[cfg(test)]
mod tests;
