//! Direct quotes in languages other than English, by what a language's `speech.txt` knows: its verbs of
//! speaking, what stands before a speaker's name, and whether dashes open speech.
//!
//! A stretch between marks is a quote where a verb of speaking stands beside it, in front or behind; where a
//! colon leads it in; or where it is a sentence of its own of some length. The speaker is the person or the
//! organisation that is named nearest to the verb, on the side that the language's order of words leaves:
//! behind the verb, between quote and verb, before the quote. Refuses to take pronouns and offices for
//! speakers, and a language without the list has quotes by their marks alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::LazyLock,
};

use super::quotation_marks::{self, Quoted};
use crate::lang;
use crate::model::{Entity, EntityKind, Field, LanguageCode, Quote, Speaker};
use crate::punctuation::{ends_sentence, is_dash};
use crate::tag::{Text, TokenKind, document::Splitting};

/// Name of a language's list.
const LIST: &str = "speech.txt";
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
        let mut speech = Self { characters: Splitting::of(code).characters, ..Self::default() };
        for entry in lang::entries(list) {
            match entry.split_once('\t') {
                Some(("title", words)) => speech.titles.extend(words.split_whitespace()),
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
}

enum Who {
    /// Index into the mentions.
    Named(usize),
    /// Words with capitals.
    SpeechWords(Range<usize>),
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
    let quote = |(at, stretch): (usize, &Quoted)| {
        let from = at.checked_sub(1).map_or(0, |before| spans[before].end);
        let until = spans.get(at + 1).map_or(text.tokens.len(), |next| next.start);
        reader.quote(stretch, &spans[at], from, until)
    };
    stretches.iter().enumerate().filter_map(quote).collect()
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

/// What lines say that begin with a dash, up to the dash or the comma before the verb of speaking.
fn dashed(text: &Text<'_>, taken: &[Quoted], speech: &Speech) -> Vec<Quoted> {
    let mut found = Vec::new();
    for line in &text.lines {
        let (first, second) = (line.start, line.start + 1);
        if line.len() < 4
            || !is_dash(text.word(first))
            || text.tokens[second].kind != TokenKind::Word
        {
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
        if taken.iter().all(free) {
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
    ) -> Option<Quote> {
        let whole = &self.text.text[stretch.inner.clone()];
        let inner = whole.trim().trim_end_matches(',').trim_end();
        let start = stretch.inner.start + (whole.len() - whole.trim_start().len());
        let bytes = start..start + inner.len();
        let words = match self.speech.characters {
            true => inner.chars().count() / 2,
            false => inner.split_whitespace().count(),
        };
        let told = self
            .behind(span.end, until, ends_sentence(inner))
            .or_else(|| self.ahead(span.start, from));
        let colon = span.start > 0 && matches!(self.text.word(span.start - 1), ":" | "\u{ff1a}");
        let alone = ends_sentence(inner) && self.starts_sentence(span.start);
        let least = match &told {
            Some(told) if !told.verb.is_empty() => MIN_TOLD,
            _ if colon => MIN_COLON,
            _ if alone => MIN_ALONE,
            _ => return None,
        };
        if words < least {
            return None;
        }
        let verb = told.as_ref().map(|told| told.verb.clone()).filter(|verb| !verb.is_empty());
        Some(Quote {
            text: inner.to_owned(),
            span: self.text.span(bytes.clone()),
            parts: vec![self.text.span(bytes)],
            cue: verb.map(|verb| self.text.slice(verb).to_lowercase()),
            speaker: told.and_then(|told| told.who).map(|who| self.speaker(&who)),
        })
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
        let end = until.min(self.line_end(after.checked_sub(1)?)).min(after + REACH);
        let joint = |i: &usize| {
            is_dash(text.word(*i)) || matches!(text.word(*i), "," | "\u{60c}" | "\u{3001}")
        };
        let at = after + (after..end).take_while(joint).count();
        // `M.` is no end.
        let ends =
            |&i: &usize| text.tokens[i].kind == TokenKind::Mark && ends_sentence(text.word(i));
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
        let verb = self.find_verb(at..stop.min(at + BEHIND))?;
        let who = self
            .first_named(verb.end..stop)
            .or_else(|| self.last_named(at..verb.start))
            .or_else(|| self.capitals(verb.end..stop))
            .or_else(|| self.last_named(self.sentence_before(after)));
        Some(ReportedSpeech { verb, who })
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
            let who = self.last_named(start..open).filter(|_| colon)?;
            return Some(ReportedSpeech { verb: open..open, who: Some(who) });
        };
        let led_in =
            colon || matches!(mark, "," | "\u{ff0c}" | "\u{60c}") || open - verb.end <= LED_IN;
        if !led_in {
            return None;
        }
        let who = self
            .last_named(start..verb.start)
            .or_else(|| self.first_named(verb.end..open))
            .or_else(|| self.capitals(verb.end..open));
        Some(ReportedSpeech { verb, who })
    }

    fn find_verb(&self, tokens: Range<usize>) -> Option<Range<usize>> {
        tokens
            .filter(|&i| !self.quoted[i])
            .find_map(|i| Some(i..i + self.speech.verb(self.text, i)?))
    }

    fn first_named(&self, tokens: Range<usize>) -> Option<Who> {
        let at = self.mentions.partition_point(|(m, _)| m.start < tokens.start);
        let (mention, _) = self.mentions.get(at)?;
        (mention.end <= tokens.end && !self.quoted[mention.start]).then_some(Who::Named(at))
    }

    fn last_named(&self, tokens: Range<usize>) -> Option<Who> {
        let at = self.mentions.partition_point(|(m, _)| m.end <= tokens.end);
        let within = |at: &usize| {
            let mention = &self.mentions[*at].0;
            mention.start >= tokens.start && !self.quoted[mention.start]
        };
        (0..at)
            .rev()
            .take_while(|at| self.mentions[*at].0.start >= tokens.start)
            .find(within)
            .map(Who::Named)
    }

    /// The first words with capitals, where the language has them.
    fn capitals(&self, tokens: Range<usize>) -> Option<Who> {
        let capital = |&i: &usize| self.text.word(i).starts_with(char::is_uppercase);
        let start = tokens.clone().take(LED_IN).find(capital)?;
        let words = (start..tokens.end).take_while(capital).take(MAX_NAME).count();
        Some(Who::SpeechWords(start..start + words))
    }

    fn speaker(&self, who: &Who) -> Speaker {
        match who {
            Who::SpeechWords(words) => {
                let name = self.text.slice(words.clone()).to_owned();
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
                assert!(matches!(kind, "title" | "behind"), "{code}/speech.txt: {kind} {words}");
            }
        }
    }

    /// The quotes of a text with their speakers; `people` are named in it.
    fn found(code: &str, text: &str, people: &[&str]) -> Vec<(String, Option<String>)> {
        let entity = |name: &&str| {
            let at = text.find(*name)?;
            let start = text[..at].chars().count() as u32;
            let span = Span { start, end: start + name.chars().count() as u32 };
            let mention = Mention { field: Field::Body, span, text: (*name).to_owned() };
            Some(Entity {
                kind: EntityKind::Person,
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
        let entities: Vec<Entity> = people.iter().filter_map(entity).collect();
        let language = LanguageCode::parse(code).unwrap();
        let parsed = Text::split(text, Splitting::of(lang::folder(language.as_str())));
        quotes(&parsed, &entities, Speech::of(language).unwrap())
            .into_iter()
            .map(|quote| (quote.text, quote.speaker.map(|speaker| speaker.name)))
            .collect()
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
