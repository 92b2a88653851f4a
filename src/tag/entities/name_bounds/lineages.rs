//! Names of lands where people are called by their fathers, their children and letters: initials without stops
//! (`N G Ravi Varde`), `Umm Khaled`, and a first name and the father's before the family's (`Orla Saif Al Varde`). The recogniser
//! leaves out how they begin, and what is left is somebody else.

use std::ops::Range;

use super::{
    super::{Name, labels::NameKind, titles::is_title, trades},
    is_capital, is_forename, is_noun, is_told_as_person,
};
use crate::{
    model::LanguageCode,
    tag::{Text, english, language::is_function_word},
};

/// Most initials, and most names before a family's.
const MOST: usize = 3;

/// Completes such names, and drops those that are initials alone.
pub(super) fn complete(text: &Text<'_>, names: &mut Vec<Name>) {
    let mut at = 0;
    while at < names.len() {
        let opens = names[at].tokens.start;
        if names[at].kind != NameKind::Person
            && is_letter(text, opens)
            && names[at].tokens.len() > 1
            && names[at].tokens.clone().all(|i| is_capital(text, i))
            && is_told_as_person(text, &names[at].tokens)
        {
            // `DGP S D Varde`
            names[at].kind = NameKind::Person;
        }
        if names[at].kind != NameKind::Person {
            at += 1;
            continue;
        }
        // `near R. K. Varde`
        if is_place_with_initials(text, &names[at].tokens) {
            names.remove(at);
            continue;
        }
        let mut tokens = names[at].tokens.clone();
        let is_letters = tokens.len() > 1 && tokens.clone().all(|i| is_letter(text, i));
        if is_letters {
            // `A M M Varde`
            if !is_capital(text, tokens.end) || is_letter(text, tokens.end) {
                names.remove(at);
                continue;
            }
            tokens.end += 1;
        }
        let sentence = text.sentences.partition_point(|s| s.end <= tokens.start);
        let first = text.sentences.get(sentence).map_or(tokens.start, |s| s.start);
        tokens.start = begins_at(text, first, &tokens);
        if tokens == names[at].tokens {
            at += 1;
            continue;
        }
        names.retain(|n| n.tokens.end <= tokens.start || tokens.end <= n.tokens.start);
        at = names.partition_point(|n| n.tokens.end <= tokens.start);
        names.insert(at, Name { kind: NameKind::Person, tokens });
        at += 1;
    }
}

/// Where somebody's name begins in a sentence, of which the recogniser found some tokens.
fn begins_at(text: &Text<'_>, first: usize, tokens: &Range<usize>) -> usize {
    let before = |at: usize| at.checked_sub(1).filter(|before| *before >= first);
    // `Umm Khaled Varde`
    if let Some(opening) = before(tokens.start)
        && english::NAME_OPENINGS.contains(text.word(opening))
    {
        return opening;
    }
    let letters = (first..tokens.start).rev().take_while(|&i| is_letter(text, i)).take(MOST);
    let start = tokens.start - letters.count();
    let leads = |at: usize| {
        let lower = text.lower(at);
        !is_capital(text, at)
            || is_title(text.word(at))
            || trades::is_trade(lower)
            || english::ROLES.contains(lower)
            || english::LEADING_TITLES.contains(lower)
    };
    // `Plan B Orla`, `A Ravi Varde fan`
    let is_word = matches!(text.word(start), "A" | "I");
    // `G Varde (capt); K Lund`: a team, whose players have their whole names elsewhere.
    let is_listed = before(start)
        .is_some_and(|at| matches!(text.word(at), "," | ";" | ":" | ")" | "-"))
        || matches!(text.word_or_empty(tokens.end), "(" | ";");
    // `H E Orla Varde`, an excellency
    let is_short_form = || {
        english::NO_INITIALS.contains_any_case(&text.slice(start..tokens.start).replace(' ', ""))
    };
    // Before a letter that the name begins with it is an initial, too.
    let is_alone = !is_letter(text, tokens.start);
    match tokens.start - start {
        0 => family_begins_at(text, first, tokens),
        1 if is_alone && (is_word || is_listed || !before(start).is_none_or(leads)) => tokens.start,
        2 if is_short_form() => tokens.start,
        _ => start,
    }
}

/// Where the name before a family's begins: `Orla Saif Al Varde`.
fn family_begins_at(text: &Text<'_>, first: usize, tokens: &Range<usize>) -> usize {
    let opens = |at: usize| english::FAMILY_OPENINGS.contains(text.word(at));
    let is_opening = opens(tokens.start);
    let is_family = match tokens.len() {
        // `Orla Saif` and `Al Varde`, but not Al Varde
        2 => is_opening,
        3 | 4 => is_opening || opens(tokens.start + 1),
        _ => false,
    };
    let is_name = |at: &usize| {
        let lower = text.lower(*at);
        is_capital(text, *at)
            && text.word(*at).len() > 2
            && text.word(*at).contains(char::is_lowercase)
            && !is_noun(text, *at)
            && !is_title(text.word(*at))
            && !trades::is_trade(lower)
            && !english::ROLES.contains(lower)
            && !english::LEADING_TITLES.contains(lower)
            && !is_function_word(LanguageCode::EN, lower)
            && (*at > first || is_forename(text, *at))
    };
    if !is_family {
        return tokens.start;
    }
    let count = (first..tokens.start).rev().take_while(is_name).take(MOST - 1).count();
    if tokens.len() == 2 && count < 2 { tokens.start } else { tokens.start - count }
}

/// `in R. K. Varde`: towns and quarters are called so, too.
fn is_place_with_initials(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let last = tokens.end - 1;
    let is_initial = |at: usize| {
        let letters = text.word(at).trim_end_matches('.').chars();
        text.word(at) == "."
            || letters.clone().count() == 1 && letters.clone().all(char::is_uppercase)
    };
    let before = |back: usize| tokens.start.checked_sub(back).map_or("", |at| text.lower(at));
    tokens.len() > 1
        && (tokens.start..last).all(is_initial)
        && (before(1) == "near"
            || before(1) == "in" && !english::BEFORE_TRUSTED.contains(before(2)))
}

/// A capital that stands alone.
fn is_letter(text: &Text<'_>, at: usize) -> bool {
    let mut letters = text.word(at).chars();
    letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
}
