//! What is called as a land, a town or somebody is and is none: rivers (`on the Delaware`), films and books (`starred in
//! Chicago (1992)`), storms by their names alone (`since Ida in 2021`), cars (`his old Austin`), peers (`Lord
//! Salisbury`).
//!
//! Each needs a frame of words around it that only such a thing stands in, and, but for works, a list that has the name.

use std::ops::Range;

use super::{Name, NamedText, Person, Place};
use crate::{
    model::LanguageCode,
    tag::{
        Text,
        document::is_possessive,
        english,
        entities::{titles::is_title, trades},
        language::is_function_word,
    },
};

use foldhash::HashSet;

/// Most words of a work's title before a word of it.
const TITLE: usize = 8;
/// Most adjectives between whose a car is and its make.
const ADJECTIVES: usize = 2;
/// Words behind `made her` within which is what a work made of her: `a great star`.
const STAR: usize = 3;
/// Words behind a storm's name and a comma within which it is told to be one.
const APPOSITION: usize = 4;

/// Takes away the names of such things from the people and the places of a text; `parts` are words of people's whole names.
pub(super) fn drop_like_places(found: &mut NamedText<'_>, parts: &HashSet<u64>) {
    let (text, keys) = (found.text, found.keys);
    let people: Vec<Range<usize>> =
        found.names.iter().filter(|n| n.kind == Person).map(|n| n.tokens.clone()).collect();
    found.names.retain(|name| {
        let Name { kind, tokens } = name;
        let alone = tokens.len() == 1;
        let nobody =
            *kind == Place || *kind == Person && alone && !parts.contains(&keys[tokens.start]);
        let thing = nobody
            && (*kind == Place && is_peer(text, tokens)
                || alone
                    && (is_storm_alone(text, tokens, *kind == Person)
                        || is_car(text, tokens, &people))
                || *kind == Place && (is_river(text, tokens) || is_in_work(text, tokens)));
        !thing
    });
}

/// The word so many before or behind some tokens, in small letters.
fn before<'a>(text: &'a Text<'_>, tokens: &Range<usize>, back: usize) -> &'a str {
    tokens.start.checked_sub(back).map_or("", |at| text.lower(at))
}

fn behind<'a>(text: &'a Text<'_>, tokens: &Range<usize>, on: usize) -> &'a str {
    text.tokens.get(tokens.end + on).map_or("", |_| text.lower(tokens.end + on))
}

/// Whether a word is a year of four digits.
fn is_year(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The sentence of a token.
fn sentence(text: &Text<'_>, at: usize) -> Range<usize> {
    text.sentence_of(at).cloned().unwrap_or(at..at + 1)
}

/// `The Delaware burst its banks`, `in the Delaware, police said`: a land's name behind an article that the land never has, and
/// no noun behind. Of lands that may have it the sentence tells of water.
fn is_river(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    if before(text, tokens, 1) != "the" {
        return false;
    }
    let name = text.slice(tokens.clone()).to_lowercase();
    let sure = english::RIVERS.contains(name.as_str());
    if !sure && !english::RIVERS_OR_LANDS.contains(name.as_str()) {
        return false;
    }
    let next = text.word_or_empty(tokens.end);
    let lower = behind(text, tokens, 0);
    let ends = matches!(next, "" | "." | ";" | ":" | ")" | "?" | "!")
        || next == "," && !text.word_or_empty(tokens.end + 1).starts_with(char::is_uppercase);
    let goes_on = next.starts_with(char::is_lowercase)
        && !matches!(lower, "of" | "and" | "or" | "that" | "we" | "i" | "they" | "he" | "she")
        && (is_function_word(LanguageCode::EN, lower)
            || english::FLOWING.contains(lower)
            || english::is_participle(lower));
    let wet =
        || sentence(text, tokens.start).any(|at| english::WATER_WORDS.contains(text.lower(at)));
    (ends || goes_on) && (sure || wet())
}

/// `Her first film, "Varde,"`, `She starred in Varde (1992)`, `Foxes in Varde made her a star`: a word of what a work is called.
fn is_in_work(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let word = |at: usize| text.word_or_empty(at);
    let mark = |at: usize| matches!(word(at), "\"" | "\u{201c}" | "\u{201d}");
    let of_title = |at: usize| {
        word(at).starts_with(char::is_uppercase)
            || word(at).starts_with(char::is_lowercase)
                && is_function_word(LanguageCode::EN, text.lower(at))
    };
    let from = sentence(text, tokens.start).start.max(tokens.start.saturating_sub(TITLE));
    // `Varde! made her a star`
    let end = tokens.end + usize::from(word(tokens.end) == "!");
    let star = behind(text, tokens, end - tokens.end) == "made"
        && matches!(word(end + 1), "her" | "him" | "them")
        && (end + 2..end + 2 + STAR).any(|i| english::MADE_FAMOUS.contains(word(i)));
    // Only a title runs from the sentence's first word to the verb.
    let whole = || (sentence(text, tokens.start).start..tokens.start).all(of_title);
    if star && whole() {
        return true;
    }
    let is_work = |at: usize| english::WORKS_OF_ART.contains(text.lower(at));
    let year =
        |at: usize| word(at) == "(" && is_year(word(at + 1)) && matches!(word(at + 2), ")" | ",");
    let verb = (from..tokens.start)
        .rev()
        .take_while(|&at| of_title(at) || english::STARRING.contains(text.lower(at)));
    let starred = verb.into_iter().any(|at| english::STARRING.contains(text.lower(at)));
    if starred && year(end) {
        return true;
    }
    let Some(open) = (from..tokens.start).rev().find(|&at| mark(at)) else { return false };
    let closes = (tokens.end..tokens.end + TITLE).take_while(|&at| !word(at).is_empty()).any(mark);
    let led = open.checked_sub(1 + usize::from(open > 0 && word(open - 1) == ","));
    closes
        && word(open) != "\u{201d}"
        && text.tokens[open].end == text.tokens[open + 1].start
        && led.is_some_and(is_work)
        && (open + 1..tokens.start).all(of_title)
}

/// `since Ida in 2021`, `with Ida, the storm that`, of a sentence that tells of storms; of a first name that nobody in the story
/// has, behind any such preposition.
fn is_storm_alone(text: &Text<'_>, tokens: &Range<usize>, is_person: bool) -> bool {
    let lower = text.lower(tokens.start);
    let led = before(text, tokens, 1);
    if !english::STORM_NAMES.contains(lower) || !english::BEFORE_STORMS.contains(led) {
        return false;
    }
    let own = sentence(text, tokens.start);
    let tells = |at: usize| {
        let word = text.lower(at);
        english::STORMS.contains(word.strip_suffix('s').unwrap_or(word))
    };
    let year = behind(text, tokens, 0) == "in" && is_year(behind(text, tokens, 1));
    let apposed = behind(text, tokens, 0) == ","
        && matches!(behind(text, tokens, 1), "the" | "a" | "another")
        && (tokens.end + 2..tokens.end + 2 + APPOSITION)
            .any(|at| text.tokens.get(at).is_some() && tells(at));
    let lost = led == "to" && before(text, tokens, 2) == "lost";
    let goes_on = !text.word_or_empty(tokens.end).starts_with(char::is_uppercase);
    goes_on && { own }.any(tells) && (apposed || year && led != "in" || lost || is_person)
}

/// `Lord Varde told peers`, `Lord Berg of Varde`: where a peer's title is from, which says nothing of where anything is.
fn is_peer(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let titled = |at: usize| {
        at > 0
            && text.word(at - 1).starts_with(char::is_uppercase)
            && english::PEERS.contains(text.lower(at - 1))
    };
    if titled(tokens.start) {
        return !text.word_or_empty(tokens.end).starts_with(char::is_uppercase);
    }
    let Some(name) = tokens.start.checked_sub(2) else { return false };
    // `the Lord Mayor of Varde`
    text.word(name + 1) == "of"
        && titled(name)
        && text.word(name).starts_with(char::is_uppercase)
        && !is_title(text.word(name))
        && !trades::is_trade(text.lower(name))
        && !english::PEERS_OFFICES.contains(text.lower(name))
}

/// `Anna Berg's Austin`, `his mother's old Austin`, `a black Austin`: a make of cars.
fn is_car(text: &Text<'_>, tokens: &Range<usize>, people: &[Range<usize>]) -> bool {
    if !english::CAR_MAKES.contains(text.lower(tokens.start))
        || text.word_or_empty(tokens.end).starts_with(char::is_uppercase)
    {
        return false;
    }
    let small = |at: usize| english::CAR_ADJECTIVES.contains(text.lower(at));
    let adjectives = (tokens.start.saturating_sub(ADJECTIVES)..tokens.start)
        .rev()
        .take_while(|&at| small(at))
        .count();
    let Some(owner) = tokens.start.checked_sub(1 + adjectives) else { return false };
    let word = text.lower(owner);
    let whose = english::POSSESSIVES.contains(word)
        || matches!(word, "a" | "an" | "the" | "this" | "that") && adjectives > 0;
    let of_kin = is_possessive(word)
        && owner > 0
        && (text.word(owner - 1).starts_with(char::is_lowercase)
            || people.iter().any(|person| person.end == owner || person.end == owner + 1));
    whose || of_kin
}
