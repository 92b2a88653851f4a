//! Names of what is no person, place or organisation: ships, storms, rockets, things called after a land, labels and marks.

use std::ops::Range;

use foldhash::HashSet;

use super::{EntityBase, Name, NameKind, NamedText, Organisation, Person, Place, phrase};
use crate::{
    model::LanguageCode,
    tag::{
        Text, TokenKind, document::is_possessive, english, entities::titles::is_title,
        language::is_function_word,
    },
    unicode,
};

/// Takes away peoples, their tongues, and agreements, contests and the like that the recogniser has as organisations; what
/// the base knows as one stays.
pub(super) fn drop_no_bodies(base: &EntityBase, texts: &mut [NamedText<'_>]) {
    let is_known = |keys: &[u64], name: &Name| {
        let mut items = base.items(phrase(&keys[name.tokens.clone()]));
        items.any(|(item, _)| item.kind == Organisation)
    };
    let alone = |name: &&Name| matches!(name.kind, Organisation | Place) && name.tokens.len() == 1;
    let mut peoples: HashSet<String> = HashSet::default();
    for found in texts.iter() {
        for name in found.names.iter().filter(alone) {
            let listed = || found.matches.iter().any(|m| m.tokens == name.tokens);
            if is_people(found.text, name.tokens.start)
                && !is_known(found.keys, name)
                && (name.kind == Organisation || !listed())
            {
                peoples.insert(singular(found.text.lower(name.tokens.start)).to_owned());
            }
        }
    }
    for found in texts {
        let (text, keys) = (found.text, found.keys);
        found.names.retain(|name| {
            let last = name.tokens.end - 1;
            let is_one = alone(&name) && peoples.contains(singular(text.lower(last)));
            let endings = match name.kind {
                Organisation => &english::NO_ORGANISATION_ENDINGS,
                _ => &english::NOBODY_ENDINGS,
            };
            let is_other = matches!(name.kind, Organisation | Person)
                && name.tokens.len() > 1
                && text.word(last).starts_with(char::is_uppercase)
                && endings.contains(text.lower(last));
            !is_one && (!is_other || is_known(keys, name))
        });
    }
}

fn singular(lower: &str) -> &str {
    lower.strip_suffix('s').unwrap_or(lower)
}

/// `the Orme people`, `speaks Orme, a language`, `He is an Orme.`
fn is_people(text: &Text<'_>, at: usize) -> bool {
    let next = text.tokens.get(at + 1).map_or("", |_| text.lower(at + 1));
    let before = at.checked_sub(1).map_or("", |at| text.lower(at));
    let one = matches!(before, "a" | "an") && matches!(next, "." | "," | ";");
    text.word(at).contains(char::is_lowercase) && (one || english::PEOPLES_BEHIND.contains(next))
}

/// Takes away what is called with an article and is nobody, `thieves at the Orla`; gives its words.
pub(super) fn drop_houses(found: &mut NamedText<'_>, parts: &HashSet<u64>) -> Vec<u64> {
    let (text, keys) = (found.text, found.keys);
    let mut houses = Vec::new();
    // `the Orla government` is somebody's.
    let ends_phrase = |at: usize| {
        let next = text.tokens.get(at).map_or("", |_| text.lower(at));
        !text.word_or_empty(at).starts_with(unicode::is_alphanumeric)
            || text.word(at).starts_with(char::is_lowercase)
                && is_function_word(LanguageCode::EN, next)
    };
    found.names.retain(|name| {
        let start = name.tokens.start;
        let is_house = name.kind == Person
            && name.tokens.len() == 1
            && start > 0
            && matches!(text.word(start - 1), "the" | "The")
            && !is_title(text.word(start))
            && ends_phrase(name.tokens.end)
            && !parts.contains(&keys[start]);
        houses.extend(is_house.then(|| keys[start]));
        !is_house
    });
    houses
}

/// Takes away ships, storms and rockets; gives the words that name storms and ships alone.
pub(super) fn drop_things(found: &mut NamedText<'_>, parts: &HashSet<u64>) -> HashSet<u64> {
    let (text, keys) = (found.text, found.keys);
    let mut things = HashSet::default();
    let lower = |at: usize| text.lower(at);
    found.names.retain(|name| {
        let tokens = &name.tokens;
        if name.kind == NameKind::Other {
            // What the recogniser has as an event names the storm, too.
            if tokens.len() == 2 && is_storm(lower(tokens.start)) {
                things.insert(keys[tokens.end - 1]);
            }
            return true;
        }
        if name.kind == Place && is_no_place(text, tokens) {
            return false;
        }
        if tokens.len() == 1 && is_grade(text, tokens.start) {
            things.insert(keys[tokens.start]);
            return false;
        }
        let nobody = name.kind == Person
            && tokens.len() == 1
            && !parts.contains(&keys[tokens.start])
            && (is_family(text, tokens.start) || is_rank(text, tokens.start));
        if nobody
            || english::OF_PEOPLES.contains(text.word_or_empty(tokens.end))
            || name.kind == Person
                && (is_dateline(text, tokens)
                    || is_saint(text, tokens)
                    || is_word_of_thing(text, tokens))
            || matches!(name.kind, Person | Place) && is_film(text, tokens)
            || is_end_of_ship(text, tokens.start)
            || is_label(text, tokens)
            || name.kind == Place && is_called_after(text, tokens)
            || is_of_party(text, tokens)
        {
            return false;
        }
        let within = tokens.len() > 1
            && (is_storm(lower(tokens.start)) && name.kind != Organisation
                || english::SHIP_PREFIXES.contains(text.word(tokens.start)));
        let is_thing = name.kind != Organisation && follows_thing(text, tokens.start) || within;
        if is_thing {
            let key = keys[tokens.end - 1];
            let single = tokens.len() == 1 && !parts.contains(&key) || tokens.len() == 2 && within;
            if single {
                things.insert(key);
            }
        }
        let digits = name.kind == Person
            && tokens.clone().any(|i| text.word(i).contains(|c: char| c.is_ascii_digit()));
        !digits && !is_thing
    });
    things
}

/// `Orme crude`, `Orme rose 2%` of a story of oil: a kind of crude oil that is called as a place is.
fn is_grade(text: &Text<'_>, at: usize) -> bool {
    let behind = text.word_or_empty(at + 1);
    english::GRADES.contains(text.lower(at))
        && (english::BEHIND_GRADES.contains(behind)
            || english::SHARE_MOVES.contains(behind)
            || is_told_with_oil(text, at))
}

/// `the Bergs`.
fn is_family(text: &Text<'_>, at: usize) -> bool {
    at > 0 && text.lower(at - 1) == "the" && text.lower(at).ends_with('s')
}

/// `Bishop warns of hunger`.
fn is_rank(text: &Text<'_>, at: usize) -> bool {
    opens(text, at)
        && is_title(text.word(at))
        && text.word_or_empty(at + 1).starts_with(char::is_lowercase)
}

/// `MV Santa Orla`, of which the last word was found.
fn is_end_of_ship(text: &Text<'_>, at: usize) -> bool {
    at > 1
        && text.word(at - 1).starts_with(char::is_uppercase)
        && english::SHIP_PREFIXES.contains(text.word(at - 2))
}

/// `Explainer: ` at a headline's start.
fn is_label(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    *tokens == (0..1)
        && text.word_or_empty(1) == ":"
        && english::HEADLINE_LABELS.contains(text.lower(0))
}

/// Whether the word for a ship, a storm or a rocket stands before a token, inside a sentence.
fn follows_thing(text: &Text<'_>, at: usize) -> bool {
    let Some(before) = at.checked_sub(1).filter(|_| !opens(text, at)) else { return false };
    let word = text.word(before);
    let lower = text.lower(before);
    english::SHIP_PREFIXES.contains(word)
        || english::VESSELS.contains(lower)
            && (word.starts_with(char::is_lowercase) || is_storm(lower))
}

/// Whether a token opens a sentence.
fn opens(text: &Text<'_>, at: usize) -> bool {
    text.sentences.binary_search_by_key(&at, |s| s.start).is_ok()
}

/// Whether a place's name is a short form, of a title, a currency's, or a church's or a school's: `at St Orla's`, `St Orla's
/// Primary School`.
fn is_no_place(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let church = text.tokens[tokens.end - 1].kind == TokenKind::Clitic
        && is_saint(text, &(tokens.start..tokens.end - 1))
        && tokens.start > 0
        && text.lower(tokens.start - 1) == "at";
    let school = is_saint(text, tokens)
        && is_possessive(text.word_or_empty(tokens.end))
        && text.word_or_empty(tokens.end + 1).starts_with(char::is_uppercase);
    // `US$30m`
    let money = text.word_or_empty(tokens.end).starts_with('$')
        && text.tokens[tokens.end - 1].end == text.tokens[tokens.end].start;
    is_short_or_part(text, tokens) || is_in_title(text, tokens) || church || school || money
}

/// `the Orla Berg Medal`: of whom a prize, a ground or a scheme is called; `the maunga Orla`: what is called so itself.
fn is_word_of_thing(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let behind = text.word_or_empty(tokens.end);
    let called = behind.starts_with(char::is_uppercase)
        && english::CALLED_AFTER_PEOPLE.contains(text.lower(tokens.end));
    let before = tokens.start.checked_sub(1).map_or("", |at| text.word(at));
    called || english::BEFORE_THINGS.contains(before)
}

/// `the film Orland opens`, `Orland, directed by Anna Berg`, but not `the film Berg made`.
fn is_film(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let word = |at: usize| text.word_or_empty(at);
    let behind = word(tokens.end);
    if behind == "," && word(tokens.end + 1) == "directed" && word(tokens.end + 2) == "by" {
        return true;
    }
    let film = tokens.start.checked_sub(1).filter(|at| english::FILMS.contains(text.word(*at)));
    let led = film.and_then(|at| at.checked_sub(1)).map_or("", |at| text.lower(at));
    let made = behind.ends_with("ed") || english::MAKING_FILMS.contains(behind);
    matches!(led, "the" | "a" | "his" | "her" | "hit" | "new") && !made
}

/// `a Panama hat`: a thing that is called after a land or a town.
pub(in crate::tag::entities) fn is_called_after(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let Some(next) = text.tokens.get(tokens.end).map(|_| text.word(tokens.end)) else {
        return false;
    };
    let next = match next.chars().next() {
        Some(c) if c.is_lowercase() => next.to_owned(),
        Some(c) if c.is_uppercase() => text.lower(tokens.end).to_owned(),
        _ => return false,
    };
    let phrase = format!("{} {}", text.slice(tokens.clone()).to_lowercase(), next);
    let one = phrase.strip_suffix('s').unwrap_or(&phrase);
    english::THINGS.contains(one) || english::THINGS.contains(phrase.as_str())
}

/// `She speaks Orlandish and Varde`: what is spoken or taught, and no people.
pub(in crate::tag::entities) fn is_tongue(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let Some(before) = tokens.start.checked_sub(1) else { return false };
    let next = text.word_or_empty(tokens.end);
    english::TONGUE_VERBS.contains(text.lower(before))
        && (!next.starts_with(unicode::is_alphanumeric)
            || next.starts_with(char::is_lowercase)
                && is_function_word(LanguageCode::EN, text.lower(tokens.end)))
}

/// `"Varde Foxes" sold well`: a word of what a film, a song or a book is called, in marks and with capitals. What is told in
/// it to be somewhere (`"Foxes in Varde"`) is told of there.
fn is_in_title(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    const LONGEST: usize = 8;
    let word = |at: usize| text.word_or_empty(at);
    let mark = |at: &usize| matches!(word(*at), "\"" | "\u{201c}" | "\u{201d}");
    let led = tokens.start.checked_sub(1).is_some_and(|at| {
        let before = text.lower(at);
        english::NEAR_PLACES.contains(before) || english::BEFORE_TOWNS.contains(before)
    });
    if led {
        return false;
    }
    let from = tokens.start.saturating_sub(LONGEST);
    let Some(open) = (from..tokens.start).rev().find(mark) else { return false };
    let Some(close) = (tokens.end..tokens.end + LONGEST).find(mark) else { return false };
    // The mark belongs to what follows it.
    let opens = text.tokens[open].end == text.tokens[open + 1].start
        && (open == 0 || text.tokens[open - 1].end < text.tokens[open].start);
    let end = if matches!(word(close - 1), "." | ",") { close - 1 } else { close };
    let inner = open + 1..end.max(open + 1);
    let capital = |at: usize| word(at).starts_with(char::is_uppercase);
    let small = |at: usize| is_function_word(LanguageCode::EN, text.lower(at));
    let outside = |at: &usize| !tokens.contains(at);
    opens
        && inner.len() > tokens.len()
        && word(open) != "\u{201d}"
        && capital(inner.start)
        && inner.clone().all(|at| capital(at) || small(at))
        && inner.clone().filter(outside).any(|at| capital(at) && !small(at))
}

/// `ST. PAUL, Minn.`: a town's name after a saint in a dateline.
fn is_dateline(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let word = |back: usize| tokens.start.checked_sub(back).map_or("", |at| text.word(at));
    let loud = !text.slice(tokens.clone()).contains(char::is_lowercase);
    loud && tokens.len() == 1
        && (english::SAINT_FORMS.contains(word(1))
            || word(1) == "." && english::SAINT_FORMS.contains(word(2)))
}

/// Whether the sentence around a token, or the one before it, tells of oil and its price.
fn is_told_with_oil(text: &Text<'_>, at: usize) -> bool {
    let sentence = text.sentences.partition_point(|s| s.end <= at);
    let around = sentence.saturating_sub(1)..(sentence + 1).min(text.sentences.len());
    let mut words = text.sentences[around].iter().flat_map(Clone::clone);
    words.any(|at| english::OIL_WORDS.contains(text.lower(at)))
}

/// `St Orla`: a parish, a church, a school or an ambulance, and hardly ever somebody.
fn is_saint(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let point = usize::from(text.word_or_empty(tokens.start + 1) == ".");
    matches!(text.word(tokens.start), "St" | "St.") && tokens.len() == 2 + point
}

/// A state's abbreviation without its full stop and without a town before it (`a funeral Mass`), and regions of the
/// compass (`the North East`).
fn is_short_or_part(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let word = |at: usize| text.tokens.get(at).map_or("", |_| text.word(at));
    let compass = |at: usize| english::PARTS.contains(text.lower(at));
    let short = tokens.len() == 1
        && english::ENDING.contains(word(tokens.start))
        && (word(tokens.end) != "." || tokens.start > 0 && word(tokens.start - 1) == "at")
        && (tokens.start == 0 || word(tokens.start - 1) != ",");
    let region = tokens.len() == 2
        && tokens.clone().all(compass)
        && tokens.start > 0
        && word(tokens.start - 1).eq_ignore_ascii_case("the");
    short || region
}

/// `R-Varde`: a member's party and town.
fn is_of_party(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    tokens.len() > 2
        && tokens.start > 0
        && english::PARTY_LETTERS.contains(text.lower(tokens.start))
        && text.word(tokens.start + 1) == "-"
        && matches!(text.word(tokens.start - 1), "," | "(")
}

fn is_storm(lower: &str) -> bool {
    english::STORMS.contains(lower)
}
