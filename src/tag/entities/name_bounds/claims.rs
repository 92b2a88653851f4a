//! Names that the words beside them tell of and the recogniser left out: families, whom an owner has, who speaks, judges.
//!
//! Claims nothing over a name that another pass has found.

use std::ops::Range;

use super::{
    super::{Name, labels::NameKind, titles::is_title, trades},
    is_bare_possessive, is_capital, is_forename, is_noun,
};
use crate::{
    model::LanguageCode,
    tag::{Text, TokenKind, english, language::is_function_word, names::claim},
};

/// `Choi Orl-mok`: somebody with the family name first, whose given name goes on behind a hyphen in small letters.
pub(super) fn claim_families(text: &Text<'_>, names: &mut Vec<Name>) {
    let touches = |one: usize| text.tokens[one].end == text.tokens[one + 1].start;
    let mut at = 0;
    while at + 3 < text.tokens.len() {
        let start = at;
        at += 1;
        if text.word(start + 2) != "-"
            || !is_capital(text, start)
            || !is_capital(text, start + 1)
            || !english::FAMILY_NAMES_FIRST.contains(text.lower(start))
        {
            continue;
        }
        let half = text.word(start + 3);
        let is_half = (2..=HALF).contains(&half.len())
            && half.chars().all(|c| c.is_ascii_lowercase())
            && !english::PARTICIPLES.contains(half)
            && !english::NO_HALVES.contains(half);
        if is_half && touches(start + 1) && touches(start + 2) {
            claim(names, NameKind::Person, first_of_family(text, start)..start + 4);
        }
    }
}

/// `Ng Orl Mok, 48, pleaded guilty`, `Anna Teo Orl Mok`: somebody with the family name before two given ones, and another given
/// name before it, of whom the recogniser has a part or an age tells.
pub(super) fn claim_given_behind_family(text: &Text<'_>, names: &mut Vec<Name>) {
    let given = |at: usize| {
        let word = text.word(at);
        is_capital(text, at)
            && (2..=HALF).contains(&word.len())
            && word.chars().skip(1).all(|c| c.is_ascii_lowercase())
            && !is_noun(text, at)
            && !is_function_word(LanguageCode::EN, text.lower(at))
    };
    for family in 0..text.tokens.len().saturating_sub(2) {
        let end = family + 3;
        let begins = is_capital(text, family)
            && english::FAMILY_NAMES_FIRST.contains(text.lower(family))
            && given(family + 1)
            && given(family + 2);
        let goes_on = is_capital(text, end) || text.word_or_empty(end) == "-";
        if !begins || goes_on {
            continue;
        }
        let led = family > 0 && is_forename(text, family - 1) && is_capital(text, family - 1);
        let start = family - usize::from(led);
        // `Orla Low Wei Xiong` may be of two names.
        if !led && start > 0 && is_capital(text, start - 1) && !is_title(text.word(start - 1)) {
            continue;
        }
        let meets = |n: &&Name| n.tokens.start < end && start < n.tokens.end;
        let mut people = names.iter().filter(meets);
        let is_part = |n: &Name| match n.kind {
            NameKind::Person => true,
            NameKind::Organisation => n.tokens == (start..end),
            NameKind::Place | NameKind::Other => false,
        };
        let whole = names.iter().filter(meets).any(&is_part) && people.all(is_part);
        let aged = text.word_or_empty(end) == ","
            && text.word_or_empty(end + 1).bytes().all(|b| b.is_ascii_digit())
            && text.word_or_empty(end + 2) == ",";
        let speaks = start > 0 && english::TELLING.contains(text.word(start - 1));
        let none = !names.iter().any(|n| meets(&n));
        if whole || none && (aged || speaks) {
            claim(names, NameKind::Person, start..end);
        }
    }
}

/// `Orme Party TD Anna Berg`: who sits in a parliament for a party, behind what its members are called.
pub(super) fn claim_members(text: &Text<'_>, names: &mut Vec<Name>) {
    for letters in 0..text.tokens.len() {
        let start = letters + 1;
        let led = is_capital(text, letters) && is_capital(text, start);
        if !led || !english::MEMBER_LETTERS.contains(text.word(letters)) {
            continue;
        }
        let end = (start..text.tokens.len().min(start + OWNED)).find(|&i| !is_capital(text, i));
        let Some(end) = end.filter(|end| end - start >= 2) else { continue };
        if (start..end).any(|at| is_noun(text, at)) || text.word(end) == "-" {
            continue;
        }
        if let Some(at) = names.iter().position(|n| n.tokens.contains(&letters)) {
            let name = &mut names[at];
            if name.tokens.end > end {
                continue;
            }
            if name.tokens.start == letters {
                names.remove(at);
            } else {
                name.tokens.end = letters;
                name.kind = NameKind::Organisation;
            }
        }
        claim(names, NameKind::Person, start..end);
    }
}

/// Where the name begins of whom a family name and a hyphened given name are told: `Orla Choi Orl-mok`, `Orla Ip Choi Orl-mok`.
fn first_of_family(text: &Text<'_>, family: usize) -> usize {
    let opens = text.sentence_of(family).map_or(family, |s| s.start);
    let is_name = |at: usize| {
        let lower = text.lower(at);
        is_capital(text, at)
            && text.word(at).contains(char::is_lowercase)
            && text.word(at).len() > 2
            && !is_noun(text, at)
            && !is_title(text.word(at))
            && !trades::is_trade(lower)
            && !english::ROLES.contains(lower)
            && !is_function_word(LanguageCode::EN, lower)
    };
    let married = family > opens + 1
        && is_capital(text, family - 1)
        && english::FAMILY_NAMES_FIRST.contains(text.lower(family - 1));
    let before = family - usize::from(married);
    if before > opens && is_name(before - 1) { before - 1 } else { family }
}

/// Most letters of the second half of a first name that is written with a hyphen: `Heung-min`.
const HALF: usize = 6;

/// `Orme Foods\u{2019} Orla Berg resigned`: whom the recogniser left out behind an apostrophe, where what is told is what people do.
pub(super) fn claim_owned(text: &Text<'_>, names: &mut Vec<Name>) {
    for mark in 1..text.tokens.len() {
        if !is_bare_possessive(text, mark) || !is_capital(text, mark - 1) {
            continue;
        }
        let start = mark + 1;
        let end = (start..text.tokens.len().min(start + OWNED)).find(|&i| !is_capital(text, i));
        let Some(end) = end.filter(|end| end - start >= 2) else { continue };
        let verb = text.lower(end);
        let does = english::TELLING.contains(verb)
            || english::SPEAKING.contains(verb)
            || english::PERSON_VERBS.contains(verb);
        if does && !(start..end).any(|at| is_noun(text, at)) {
            claim(names, NameKind::Person, start..end);
        }
    }
}

/// Words behind an apostrophe within which a name ends.
const OWNED: usize = 4;

/// `"It is," said Paris Berg of Orme`: who speaks behind a quote by a first name that a town has, too.
pub(super) fn claim_speakers(text: &Text<'_>, names: &mut Vec<Name>) {
    for verb in 1..text.tokens.len() {
        let start = verb + 1;
        if !matches!(text.word(verb - 1), "\"" | "\u{201d}")
            || !english::TELLING.contains(text.word(verb))
            || !is_capital(text, start)
            || !is_forename(text, start)
        {
            continue;
        }
        let end = (start..text.tokens.len().min(start + OWNED)).find(|&i| !is_capital(text, i));
        let Some(end) = end.filter(|end| end - start >= 2) else { continue };
        let ends = matches!(text.word(end), "of" | "," | "." | "at" | "from");
        let whole = names.iter().any(|n| n.tokens == (start..end));
        if ends && !whole && !(start..end).any(|at| is_noun(text, at)) {
            claim(names, NameKind::Person, start..end);
        }
    }
}

/// `Postman Orla Berg opened it`: what somebody is at a sentence's start, whose capital is the sentence's, and who it is.
pub(super) fn claim_roles(text: &Text<'_>, names: &mut Vec<Name>) {
    for sentence in &text.sentences {
        let (role, start) = (sentence.start, sentence.start + 1);
        if sentence.end < start + 2
            || !is_capital(text, role)
            || !is_capital(text, start)
            || !(english::ROLES.contains(text.lower(role)) || trades::is_trade(text.lower(role)))
        {
            continue;
        }
        let end = (start..sentence.end.min(start + OWNED)).find(|&i| !is_capital(text, i));
        let Some(end) = end.filter(|end| *end == start + 2) else { continue };
        // The recogniser's name with the role, or one that begins with a first name.
        let whole = |n: &Name| {
            n.tokens == (role..end) && matches!(n.kind, NameKind::Person | NameKind::Organisation)
        };
        let is_name = is_forename(text, start)
            || english::ROLES.contains(text.lower(role)) && names.iter().any(whole);
        if is_name && !(start..end).any(|at| is_noun(text, at)) {
            let inside = |n: &Name| role <= n.tokens.start && n.tokens.end <= end;
            let meets = |n: &Name| n.tokens.start < end && role < n.tokens.end;
            if names.iter().all(|n| !meets(n) || inside(n)) {
                names.retain(|n| !meets(n));
                claim(names, NameKind::Person, start..end);
            }
        }
    }
}

/// `Justice Berg`, `Justice Orla Berg`: a judge, where the words beside tell of what somebody does; no office or body of
/// justice.
pub(super) fn claim_judges(text: &Text<'_>, names: &mut Vec<Name>) {
    let mut at = 0;
    while at < names.len() {
        let Name { kind, tokens } = names[at].clone();
        at += 1;
        let within = |at: usize| text.tokens.get(at).map_or("", |_| text.lower(at));
        let before = |back: usize| tokens.start.checked_sub(back).map_or("", within);
        let is_named = kind == NameKind::Organisation
            && (2..=JUDGE).contains(&tokens.len())
            && text.word(tokens.start) == "Justice"
            && tokens
                .clone()
                .all(|at| is_capital(text, at) && (at == tokens.start || !is_noun(text, at)));
        // `Justice Orla` and `Berg`, of which the recogniser makes two
        let rest = names
            .get(at)
            .filter(|n| is_named && n.kind == NameKind::Person && n.tokens.start == tokens.end);
        let goes_on =
            matches!(within(tokens.end), "for" | "of" | "and") && !before(1).ends_with("by");
        let speaks = english::SPEAKING.contains(within(tokens.end))
            || english::TELLING.contains(within(tokens.end));
        let led = matches!(before(1), "by" | "before" | "and" | "\"" | "\u{201d}");
        if !is_named || rest.is_none() && (goes_on || !speaks && !led) {
            continue;
        }
        let end = rest.map_or(tokens.end, |n| n.tokens.end);
        if rest.is_some() {
            names.remove(at);
        }
        names[at - 1] = Name { kind: NameKind::Person, tokens: tokens.start + 1..end };
    }
}

/// Most words of a judge's name with the title, where the recogniser has it whole.
const JUDGE: usize = 4;

/// `Orla Berg beat Anna Lund 6-4, 7-6 (5)`: sets are played by people, whatever the recogniser takes them for.
pub(super) fn claim_players(text: &Text<'_>, names: &mut Vec<Name>) {
    for at in 1..text.tokens.len() {
        let token = &text.tokens[at];
        if token.kind != TokenKind::Number || !begins_with_sets(&text.text[token.start as usize..])
        {
            continue;
        }
        let Some(loser) = player_before(text, at) else { continue };
        let verb = loser.start.saturating_sub(1);
        claim_player(text, names, loser);
        if english::PLAYER_VERBS.contains(text.word(verb))
            && let Some(winner) = player_before(text, verb)
        {
            claim_player(text, names, winner);
        }
    }
}

fn claim_player(text: &Text<'_>, names: &mut Vec<Name>, tokens: Range<usize>) {
    let known = |n: &Name| n.kind == NameKind::Person && n.tokens.end == tokens.end;
    if !names.iter().any(known) && !tokens.clone().any(|at| is_noun(text, at)) {
        claim(names, NameKind::Person, tokens);
    }
}

/// Two words with a capital before a token, and no more.
fn player_before(text: &Text<'_>, end: usize) -> Option<Range<usize>> {
    let words = (0..end).rev().take_while(|&at| is_capital(text, at)).take(3).count();
    (words == 2).then(|| end - 2..end)
}

/// Whether a text begins with the games of two sets: `6-4, 7-6 (5)`, `7-6 (4), 6-4`.
fn begins_with_sets(text: &str) -> bool {
    let games = |c: Option<char>| c.is_some_and(|c| ('0'..='7').contains(&c));
    let set = |text: &str| {
        let mut chars = text.chars();
        let first = games(chars.next());
        let dash = chars.next().is_some_and(|c| matches!(c, '-' | '–'));
        (first && dash && games(chars.next())).then_some(chars.as_str().len())
    };
    let Some(rest) = set(text).map(|rest| &text[text.len() - rest..]) else { return false };
    let tie = rest.trim_start().strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let rest = tie.filter(|(tie, _)| tie.len() <= 2).map_or(rest, |(_, rest)| rest);
    rest.strip_prefix(", ").is_some_and(|rest| set(rest).is_some())
}
