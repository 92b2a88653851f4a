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
            Some(attribution) => Some(speaker(&context, attribution)),
            None => match name_behind(&context, &group) {
                Some(NameBehind::Speaker(attribution)) => Some(speaker(&context, &attribution)),
                Some(NameBehind::Other) => None,
                None => previous
                    .as_ref()
                    .filter(|(after, _)| first.open <= after + NEAR)
                    .and_then(|(_, speaker)| speaker.clone())
                    .or_else(|| speaker_before(&context, first)),
            },
        };
        previous = Some((group[group.len() - 1].after, speaker.clone()));
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
        return Some(speaker(context, &attribution));
    }
    let who = context.leading(sentence, true, |m| context.people.named[m.who].is_somebody())?;
    Some(speaker(context, &Attribution { words: who.tokens.clone(), cue: None }))
}

fn speaker(context: &Context<'_>, attribution: &Attribution) -> Speaker {
    let (name, who) = context.named(&attribution.words);
    let named = who.map(|who| &context.people.named[who]);
    Speaker { name, full_name: named.map(|n| n.name.clone()), entity: named.and_then(|n| n.entity) }
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
mod tests {
    use super::*;
    use crate::model::EntityKind;

    fn found(text: &str) -> Vec<(String, Option<String>, usize)> {
        quotes(&Text::new(text), &[], SpeechWords::of(LanguageCode::EN))
            .into_iter()
            .map(|q| (q.text, q.speaker.map(|s| s.name), q.parts.len()))
            .collect()
    }

    fn speaker_of(text: &str) -> Option<String> {
        let found = found(text);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].1.clone()
    }

    #[test]
    fn finds_the_speaker_before_and_after_and_inverted() {
        for (text, expected) in [
            ("“We will not give up,” Anna Berg said on Monday.", "Anna Berg"),
            ("“We will not give up,” said Anna Berg, who leads the group.", "Anna Berg"),
            ("Anna Berg said: “We will not give up.”", "Anna Berg"),
            ("“We will not give up,” said the ruling.", "the ruling"),
            ("“We will not give up,” Mr. Berg told reporters.", "Mr. Berg"),
            ("Anna Berg walked away, adding: “We will not give up.”", "Anna Berg"),
            ("“We will not give up.” ― Orla Quendale", "Orla Quendale"),
            ("“We will not give up” was the answer from Orla Quendale.", "Orla Quendale"),
            ("“We give up” is all that Orla Quendale would say.", "Orla Quendale"),
            ("“We will not give up.” That is how Orla Quendale put it.", "Orla Quendale"),
            (
                "According to union leader Orla Quendale, “the yard will not close.”",
                "Orla Quendale",
            ),
            ("In the words of Orla Quendale, “the yard will not close.”", "Orla Quendale"),
            ("Orla Quendale: “We will not give up.”", "Orla Quendale"),
            ("“We will not give up,” said the pilot, Orla Quendale.", "Orla Quendale"),
            ("“We will not give up,” according to Anna Berg.", "Anna Berg"),
            ("Anna Berg, asked about it, said: “1.5 degrees is not much.”", "Anna Berg"),
            ("Anna Berg kept bees. “They never give up,” she used to say.", "she"),
            (
                "Prof Anna Berg of Orland University’s Solma Institute said: “We give up.”",
                "Prof Anna Berg",
            ),
            ("“We will not,” said founder and chief executive Anna Berg, a diver.", "Anna Berg"),
            ("“We will not give up,” said Anna Berg of the Harbour Party.", "Anna Berg"),
            ("“We will not give up,” said a spokesman for the port, Anna Berg.", "Anna Berg"),
            ("“We will not give up,” a spokesman for Anna Berg said.", "a spokesman for Anna Berg"),
            ("Orla Quendale, 42, a lecturer in law, said: “We will not give up.”", "Orla Quendale"),
            ("Orla Quendale, 60, from Elmhaven, North Moor, said: “We give up.”", "Orla Quendale"),
            ("Anna Berg’s aunt, Orla Quendale, said: “We will not give up.”", "Orla Quendale"),
            ("His aunt said: “We will not give up.”", "His aunt"),
            ("“We will not give up,” comments Orla Quendale.", "Orla Quendale"),
            ("Anna Berg won. “We will not give up,” Orla Quendale posted.", "Orla Quendale"),
            ("Anna Berg won. “We will not give up,” Orla Quendale deadpanned.", "Orla Quendale"),
            ("“We will not give up,” read a post from Orla Quendale.", "Orla Quendale"),
            ("“It is dark,” the pilot, Orla Quendale, 41, told the inquest.", "Orla Quendale"),
            ("Anna Berg spoke of “talks” and told him: “We give up.”", "Anna Berg"),
            ("Quendale posted on Facebook Live: “We will not give up.”", "Quendale"),
            ("Lawyers for Anna Berg said: “She is at home.”", "Lawyers for Anna Berg"),
            ("A friend of Anna Berg, Orla Quendale, said: “She is at home.”", "Orla Quendale"),
            ("On Facebook Live she wrote: “We will not give up.”", "she"),
            ("A spokesman for Anna Berg said: “She is at home.”", "A spokesman for Anna Berg"),
            (
                "“We will not give up,” loudly backed by the crews, Orla Quendale warned.",
                "Orla Quendale",
            ),
        ] {
            assert_eq!(speaker_of(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_broken_quote_is_one_in_two_parts() {
        let found = found("“It is late,” he said. “We should go.”");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].0.as_str(), found[0].2), ("It is late,” he said. “We should go.", 2));
    }

    #[test]
    fn break_may_hold_titles_nicknames_and_abbreviation_stops() {
        for between in [
            "Berg, a minister, said on the radio’s “Night and Day.”",
            "Rep. Anna Berg (D-Mo.) said.",
            "Anna “Annie” Berg (D-Newport News), shouted.",
        ] {
            let text = format!("“It is very late now,” {between} “We should all go home.”");
            let found = found(&text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].2, 2, "{text}");
        }
    }

    #[test]
    fn a_break_may_end_its_paragraph() {
        let found =
            found("“It is very late now,” he said.\n\n“We should all go home.”\n\nHe left.");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].2, 2);
    }

    #[test]
    fn colon_ending_previous_paragraph_leaves_break_whole() {
        let found =
            found("Berg tells it well:\n\n“It is very late now,” she said. “We should go.”");
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn two_attributions_make_two_quotes() {
        for text in [
            "“It is very late now,” said Anna Berg. “We should all go home,” replied Orla Quendale.",
            "“It is very late now,” Anna Berg said. “We should all go home,” Orla Quendale said.",
            "“It is late,” said the cook, Anna Berg. “We should go,” said the pilot, Orla Quendale.",
            "Anna Berg scolded him: “It is very late now,” she said. “We should all go home.”",
            "Anna Berg met Paul Varn. “It is late,” she said. “We should go home,” he said.",
            "“Is it late?” asked Anna Berg. “It is late now,” she said.",
            "“It is very late now,” Anna Berg said, going on to ask for silence. “We should go home.”",
        ] {
            assert_eq!(found(text).len(), 2, "{text}");
        }
    }

    #[test]
    fn only_long_parts_of_a_clause_are_quotes() {
        let long = "“wants to reach an agreement on a real end to the war and to hold a meeting that could \
                    be productive.”";
        assert_eq!(found(&format!("Anna Berg left, saying the nation {long}")).len(), 1);
        assert_eq!(found("Anna Berg said the nation “wants to reach an agreement.”"), []);
        assert_eq!(found("Anna Berg said “the nation wants to reach an agreement”.").len(), 1);
        assert_eq!(found("Anna Berg said that under the law, “nobody can vote twice.”"), []);
    }

    #[test]
    fn two_verbs_between_make_two_quotes() {
        let found = found("“It is late now,” Anna Berg said, adding later, “We should go home.”");
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].1.as_deref(), Some("Anna Berg"));
    }

    #[test]
    fn pronouns_are_kept_and_resolve_to_the_person() {
        let text = Text::new("Anna Berg left early. “We will not give up,” she said.");
        let speaker =
            quotes(&text, &[], SpeechWords::of(LanguageCode::EN)).remove(0).speaker.unwrap();
        assert_eq!(speaker.name, "she");
        assert_eq!(speaker.full_name.as_deref(), Some("Anna Berg"));
    }

    /// An entity named once in a body.
    fn entity(body: &str, name: &str, kind: EntityKind) -> Entity {
        let start = body.find(name).map_or(0, |at| body[..at].chars().count()) as u32;
        let span = crate::model::Span { start, end: start + name.len() as u32 };
        let field = crate::model::Field::Body;
        Entity {
            kind,
            name: name.to_owned(),
            name_en: None,
            salience: 1.0,
            wikidata: None,
            geonames: None,
            country: None,
            point: None,
            list_id: None,
            mentions: vec![crate::model::Mention { field, span, text: name.to_owned() }],
        }
    }

    #[test]
    fn rank_before_a_name_is_nobody_else() {
        let body = "“We will not give up,” said Lt. Col. Anna Berg of the Harbour Guard.";
        let entities = [
            entity(body, "Anna Berg", EntityKind::Person),
            entity(body, "Harbour Guard", EntityKind::Organisation),
        ];
        let quote = in_language(&Text::new(body), &entities, LanguageCode::EN).remove(0);
        assert_eq!(quote.speaker.and_then(|speaker| speaker.entity), Some(0));
    }

    #[test]
    fn half_a_title_is_in_nobodys_name() {
        for (body, name) in [
            ("“We will not give up,” Orland’s Prime Minister Anna Berg said.", "Anna Berg"),
            ("“We will not give up,” Vice President Anna Berg said.", "Anna Berg"),
            ("“We will not give up,” Minister Anna Berg said.", "Minister Anna Berg"),
        ] {
            let entities = [entity(body, "Anna Berg", EntityKind::Person)];
            let quote = in_language(&Text::new(body), &entities, LanguageCode::EN).remove(0);
            assert_eq!(quote.speaker.unwrap().name, name, "{body}");
        }
    }

    #[test]
    fn they_are_no_one_person() {
        let text = Text::new("Anna Berg left early. “We will not give up,” they said.");
        let speaker =
            quotes(&text, &[], SpeechWords::of(LanguageCode::EN)).remove(0).speaker.unwrap();
        assert_eq!((speaker.name.as_str(), speaker.full_name), ("they", None));
    }

    #[test]
    fn language_without_list_has_no_verb_of_speech() {
        let text = Text::new("Anna Berg said: “We will not give up, not now.”");
        let language = LanguageCode::parse("lt").unwrap();
        assert!(in_language(&text, &[], language).iter().all(|quote| quote.cue.is_none()));
    }

    #[test]
    fn offices_resolve_to_their_holder() {
        let text = Text::new(
            "Prime Minister Anna Berg met the union. The minister stated: “We will not give up.”",
        );
        let speaker =
            quotes(&text, &[], SpeechWords::of(LanguageCode::EN)).remove(0).speaker.unwrap();
        assert_eq!(speaker.name, "The minister");
        assert!(speaker.full_name.unwrap().ends_with("Anna Berg"));
    }

    #[test]
    fn scare_quotes_and_titles_are_no_quotes() {
        for text in [
            "The so-called “green wall” was finished.",
            "He read “War and Peace” in a week.",
            "They sang “American Skin” together.",
            "Anna Berg recalled him talking about “Collapse: How Societies Choose to Fail,” a book.",
            "A “serial liar” is what they saw.",
            "Their new play, “The Salt Road Home,” opens in May, said Anna Berg.",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn nobody_speaks_where_nobody_is_named() {
        assert_eq!(speaker_of("“We will not give up, not now.”"), None);
    }

    #[test]
    fn offsets_are_of_the_words_between_the_marks() {
        let body = "Über uns: “Nous irons à Łódź,” he said.";
        let quote = quotes(&Text::new(body), &[], SpeechWords::of(LanguageCode::EN)).remove(0);
        let chars: Vec<char> = body.chars().collect();
        let slice = |s: crate::model::Span| {
            chars[s.start as usize..s.end as usize].iter().collect::<String>()
        };
        assert_eq!(slice(quote.parts[0]), "Nous irons à Łódź,");
        assert_eq!(slice(quote.span), quote.text);
    }
}
