//! What the text of a name says against its being an item's: that it is part of a longer one, a common word, a place, or
//! an acronym of a thing. Nothing is known here of items.

use std::{ops::Range, sync::LazyLock};

use super::{
    super::{
        Reading,
        grouping::{Group, Mention},
        labels::NameKind,
        titles::{is_small_headline_word, is_title},
    },
    name_keys,
};
use crate::{
    lang,
    tag::{Text, TokenKind, english, places},
    unicode,
};

/// Whether a story says that an acronym stands for a thing, `hot pressing (HP)`, or counts what it means as one does
/// a thing: `very little HP`.
pub(super) fn is_other_acronym(texts: &[Reading<'_>], key: u64) -> bool {
    let mut places = texts.iter().flat_map(|reading| {
        (1..reading.keys.len()).filter(|&at| reading.keys[at] == key).map(move |at| (reading, at))
    });
    places.any(|(reading, at)| {
        let text = reading.text;
        let word = text.word(at);
        let is_mass = english::MASS_WORDS.contains(text.word(at - 1));
        is_acronym(word) && (is_mass || text.word(at - 1) == "(" && is_spelt_out(text, at))
    })
}

/// Whether the words before an acronym in brackets begin with its letters and are none of a name.
fn is_spelt_out(text: &Text<'_>, at: usize) -> bool {
    let letters: Vec<char> = text.word(at).chars().filter(|c| *c != '.').collect();
    let Some(start) = (at - 1).checked_sub(letters.len()) else { return false };
    let initials = (start..at - 1).map(|i| text.word(i).chars().next().unwrap_or(' '));
    let fits = initials.clone().zip(&letters).all(|(initial, l)| initial.eq_ignore_ascii_case(l));
    fits && initials.into_iter().all(char::is_lowercase)
}

/// Capitals alone, with or without full stops.
pub(super) fn is_acronym(word: &str) -> bool {
    word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase() || c == '.')
}

/// One that few organisations share.
pub(super) fn is_long_acronym(word: &str) -> bool {
    is_acronym(word) && word.chars().filter(char::is_ascii_uppercase).count() > 3
}

/// `Otto IV`: a name that each land's rulers have had.
pub(super) fn is_regnal(reading: &Reading<'_>, tokens: &Range<usize>) -> bool {
    reading.text.word(tokens.end - 1).chars().all(|c| matches!(c, 'I' | 'V' | 'X'))
}

/// Whether the gazetteer has just these tokens as a name.
pub(super) fn is_place_name(reading: &Reading<'_>, tokens: &Range<usize>) -> bool {
    let stands = |at: usize| places::stand(reading.listed[at]);
    tokens.clone().all(|at| {
        let ends = (at == tokens.start, at + 1 == tokens.end);
        stands(at) == Some(ends)
    })
}

/// Whether a name begins with a country's name or its people's: what is called so is that country's.
pub(super) fn names_land(reading: &Reading<'_>, tokens: &Range<usize>) -> bool {
    let flag = reading.listed[tokens.start];
    places::is_land(flag) && places::stand(flag).is_some_and(|(begins, _)| begins)
}

pub(super) fn without_article(reading: &Reading<'_>, tokens: Range<usize>) -> Range<usize> {
    let article = tokens.len() > 1 && reading.text.word(tokens.start) == "The";
    tokens.start + usize::from(article)..tokens.end
}

/// Whether `the` or `our` stands before a name.
pub(super) fn follows_article(reading: &Reading<'_>, tokens: &Range<usize>) -> bool {
    let before = tokens.start.checked_sub(1).map_or("", |at| reading.text.lower(at));
    matches!(before, "the" | "our") || reading.text.word(tokens.start) == "The"
}

/// Whether a name's sentence is about a match.
pub(super) fn is_of_sport(reading: &Reading<'_>, tokens: &Range<usize>) -> bool {
    let text = reading.text;
    let sentence = text.sentence_of(tokens.start).cloned().unwrap_or_default();
    let plays = |at: usize| {
        english::SPORT_SIGNS.contains(text.word(at)) || english::PLAY_VERBS.contains(text.lower(at))
    };
    sentence.into_iter().any(plays)
}

/// Whether a name that the gazetteer has, too, stands behind a preposition of place in a story that tells of no match: a suburb
/// that a club abroad is called as. What shares are in is no place, and people work at a company.
pub(super) fn is_told_as_place(texts: &[Reading<'_>], group: &Group<'_>) -> bool {
    let plays = |reading: &Reading<'_>| {
        let text = reading.text;
        (0..text.tokens.len()).any(|at| {
            english::SPORT_SIGNS.contains(text.word(at))
                || english::CLUB_WORDS.contains(text.lower(at))
        })
    };
    let is_led = |mention: &Mention<'_>| {
        let (reading, tokens) = (&texts[mention.text], &mention.name.tokens);
        let lower =
            |back: usize| tokens.start.checked_sub(back).map_or("", |at| reading.text.lower(at));
        is_place_name(reading, tokens)
            && lower(1) != "at"
            && english::NEAR_PLACES.contains(lower(1))
            && lower(2).len() > 2
            && !english::SHARES_HELD.contains(lower(2))
    };
    group.mentions.iter().any(is_led) && !texts.iter().any(plays)
}

/// Whether a text is about another game than football.
pub(super) fn is_of_other_game(reading: &Reading<'_>) -> bool {
    let text = reading.text;
    (0..text.tokens.len()).any(|at| english::OTHER_GAMES.contains(text.lower(at)))
}

/// `(UPI) --` at the start of a line: the agency that a story is from.
pub(super) fn is_credit(reading: &Reading<'_>, tokens: &Range<usize>) -> bool {
    let text = reading.text;
    let dash = text.word_or_empty(tokens.end + 1);
    let within = tokens.start > 0
        && english::AGENCY_LETTERS.contains(text.word(tokens.start))
        && text.word(tokens.start - 1) == "("
        && text.word_or_empty(tokens.end) == ")"
        && !dash.is_empty()
        && dash.chars().all(|c| matches!(c, '-' | '\u{2013}' | '\u{2014}'));
    let line = || text.line_of(tokens.start);
    within && line().is_some_and(|line| tokens.start - line.start < CREDIT)
}

/// Most words of a dateline.
const CREDIT: usize = 12;

/// Whether a name is part of a longer one wherever it stands.
pub(super) fn always_goes_on(
    texts: &[Reading<'_>],
    group: &Group<'_>,
    keys: &[u64],
    folder: &str,
) -> bool {
    group.mentions.iter().all(|mention| {
        let reading = &texts[mention.text];
        let tokens = without_article(reading, mention.name.tokens.clone());
        name_keys(reading, tokens.clone(), folder) != keys && tokens.len() <= keys.len()
            || goes_on(reading, &tokens, group.kind)
    })
}

/// Whether a name may only be the beginning or the end of a longer one: `University of Orland at Varde`,
/// `West Orland Court`.
fn goes_on(reading: &Reading<'_>, tokens: &Range<usize>, kind: NameKind) -> bool {
    let text = reading.text;
    let Some(line) = text.line_of(tokens.start) else { return false };
    let word = |at: usize| if line.contains(&at) { text.word(at) } else { "" };
    let capital = |at: usize| {
        line.contains(&at)
            && text.tokens[at].kind == TokenKind::Word
            && word(at).starts_with(char::is_uppercase)
    };
    let after = matches!(word(tokens.end), "of" | "at") && capital(tokens.end + 1);
    let thing = english::THINGS_BEHIND.contains_any_case(word(tokens.end));
    if kind == NameKind::Person {
        // `Orla Berg-Holm`, of which the half was found
        let touches = |at: usize| text.tokens[at - 1].end == text.tokens[at].start;
        let half = word(tokens.end) == "-"
            && capital(tokens.end + 1)
            && touches(tokens.end)
            && touches(tokens.end + 1);
        return after || thing || half;
    }
    let comma = word(tokens.end) == "," && capital(tokens.end + 1) && is_common(reading, tokens);
    let starts = |at: usize| text.sentences.iter().any(|s| s.start == at);
    let before = tokens.start > line.start
        && capital(tokens.start - 1)
        && (!starts(tokens.start - 1) || is_acronym(word(tokens.start - 1)))
        && !is_small_headline_word(word(tokens.start - 1));
    // `Orme Works CEO Anna Holm`: what follows is somebody's office.
    let office = |at: usize| is_title(word(at)) || english::CHIEF_OFFICES.contains(word(at));
    let next = capital(tokens.end) && !starts(tokens.end) && !office(tokens.end);
    after || comma || next || before
}

/// Whether an organisation's name is of a sort that many countries have one of.
pub(super) fn is_common(reading: &Reading<'_>, tokens: &Range<usize>) -> bool {
    let sort = |at: usize| english::ORGANISATION_SORTS.contains_any_case(reading.text.word(at));
    // One word more than the sort's alone is a name that others have too: `Supreme Court`.
    tokens.len() <= 2 && tokens.clone().any(sort)
        || sort(tokens.start) && tokens.len() <= 3 && reading.text.word(tokens.start + 1) == "of"
}

/// Whether a name of another language has a word for offices that every country has (`src/lang/mul/offices.txt`).
pub(super) fn is_office(reading: &Reading<'_>, tokens: &Range<usize>) -> bool {
    let is_listed = |at: usize| {
        let lower = unicode::to_lowercase(reading.text.word(at));
        OFFICES.iter().any(|office| lower.starts_with(office))
    };
    tokens.len() <= OFFICE && tokens.clone().any(is_listed)
}

/// Most words of the name of an office that others have, too.
const OFFICE: usize = 3;
/// How words for offices begin.
static OFFICES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    lang::text("mul", "offices.txt").into_iter().flat_map(lang::entries).collect()
});

/// Whether a word alone may be something else in this story: it stands in small letters too, or a
/// person bears it.
pub(super) fn is_doubtful(texts: &[Reading<'_>], groups: &[Group<'_>], key: u64) -> bool {
    let small = |reading: &Reading<'_>| {
        (0..reading.keys.len()).any(|i| {
            reading.keys[i] == key
                && reading.text.tokens[i].kind == TokenKind::Word
                && reading.text.word(i).starts_with(char::is_lowercase)
        })
    };
    let borne = groups.iter().filter(|g| g.kind == NameKind::Person).any(|group| {
        group.mentions.iter().any(|m| texts[m.text].keys[m.name.tokens.clone()].contains(&key))
    });
    borne || texts.iter().any(small)
}
