//! Names that the recogniser parted: at a hyphen, at an apostrophe, at a nickname, at the word that opens them.
//!
//! Joins over nothing that is a name of its own.

use super::{
    super::{
        Name, grouping::is_quotation_mark, labels::NameKind, name_context::TIMES, titles::is_title,
    },
    is_capital, is_forename, is_generation,
};
use crate::tag::{Text, TokenKind, english};

/// Gives a person the half of a first name that was left out: `Solma-Ann Berg`.
pub(super) fn join_hyphened(text: &Text<'_>, names: &mut Vec<Name>) {
    let touches = |one: usize| text.tokens[one].end == text.tokens[one + 1].start;
    for at in 0..names.len() {
        let Name { kind, tokens } = names[at].clone();
        let Some(first) = tokens.start.checked_sub(2).filter(|_| tokens.len() > 1) else {
            continue;
        };
        let whole = kind == NameKind::Person
            && text.word(first + 1) == "-"
            && touches(first)
            && touches(first + 1)
            && text.word(first).starts_with(char::is_uppercase)
            && text.word(first).contains(char::is_lowercase)
            && !english::HYPHEN_PREFIXES.contains(text.lower(first));
        let free = |n: &Name| n.tokens.end <= first || n.tokens == (first..first + 1);
        if whole && names[..at].iter().all(free) {
            names[at].tokens.start = first;
        }
    }
    let mut end = usize::MAX;
    for at in (0..names.len()).rev() {
        if names[at].tokens.start >= end {
            names.remove(at);
        } else {
            end = names[at].tokens.start;
        }
    }
}

/// Gives a person the second half of a surname that the recogniser left out, `Orla Berg-Holm`, and parts two people that a hyphen
/// joins: `the Orla Berg-Anna Lund final`.
pub(super) fn join_surnames(text: &Text<'_>, names: &mut Vec<Name>) {
    let mut others = Vec::new();
    let mut at = 0;
    while at < names.len() {
        let Name { kind, mut tokens } = names[at].clone();
        at += 1;
        // `Sergeant Orla Berg-Holm`, taken for a body
        let is_officer = || {
            tokens.len() == 4
                && is_hyphen_between_names(text, tokens.start + 2)
                && tokens.start.checked_sub(1).is_some_and(|before| is_title(text.word(before)))
        };
        if kind == NameKind::Organisation && is_officer() {
            names[at - 1].kind = NameKind::Person;
        }
        if kind != NameKind::Person {
            continue;
        }
        // `Orla Berg-Holm of Varde`
        let home = (tokens.start + 4..tokens.end).find(|&i| text.word(i) == "of");
        if let Some(of) = home.filter(|of| is_hyphen_between_names(text, of - 2)) {
            tokens.end = of;
            names[at - 1].tokens.end = of;
        }
        if tokens.len() > 1 && english::ARTICLES.contains(text.word(tokens.start)) {
            tokens.start += 1;
        }
        let hyphen = tokens.start + 2;
        // `Orla` and `Berg-Holm`, of which the recogniser makes two
        let goes_on = names.get(at).map(|n| n.tokens.clone()).filter(|next| {
            next.start == tokens.end
                && next.len() == 3
                && is_hyphen_between_names(text, next.start + 1)
        });
        if let Some(next) = goes_on {
            names.remove(at);
            names[at - 1].tokens.end = next.end;
            continue;
        }
        // `Berg-Holm` behind `Orla`
        let is_family = tokens.len() == 3 && is_hyphen_between_names(text, tokens.start + 1);
        let given = tokens.start.checked_sub(1).filter(|&given| {
            is_family
                && is_capital(text, given)
                && is_forename(text, given)
                && names[..at - 1].iter().all(|n| n.tokens.end <= given)
        });
        if let Some(given) = given {
            names[at - 1].tokens.start = given;
            continue;
        }
        if tokens.len() < 2 {
            continue;
        }
        let led = tokens.start.checked_sub(1).map_or("", |before| text.lower(before));
        let is_meeting = english::ARTICLES.contains(led);
        // `the Orla Berg-Anna Lund final`: two whole names behind an article.
        let end = tokens.end + usize::from(tokens.len() == 4 && is_capital(text, tokens.end));
        if is_meeting && end == hyphen + 3 && is_hyphen_between_names(text, hyphen) {
            names[at - 1].tokens.end = hyphen;
            names.retain(|n| n.tokens.start <= hyphen || n.tokens.start >= end);
            others.push(Name { kind, tokens: hyphen + 1..end });
            continue;
        }
        let (hyphen, half) = (tokens.end, tokens.end + 1);
        let is_half = is_hyphen_between_names(text, hyphen)
            && !is_meeting
            && !is_capital(text, half + 1)
            && !TIMES.contains(text.lower(half));
        let within = |n: &Name| {
            n.tokens.end <= hyphen || n.tokens.start > half || n.tokens == (half..half + 1)
        };
        if is_half && names.iter().all(within) {
            names[at - 1].tokens.end = half + 1;
            names.retain(|n| n.tokens != (half..half + 1));
        }
    }
    names.extend(others);
    names.sort_by_key(|name| name.tokens.start);
}

/// Whether a hyphen joins what are words of names both, and makes no other word of the first: `Orland-Led`.
fn is_hyphen_between_names(text: &Text<'_>, hyphen: usize) -> bool {
    let touches = |one: usize| text.tokens[one].end == text.tokens[one + 1].start;
    let is_name = |at: usize| is_capital(text, at) && text.word(at).contains(char::is_lowercase);
    let behind = || text.lower(hyphen + 1);
    text.word_or_empty(hyphen) == "-"
        && is_name(hyphen - 1)
        && is_name(hyphen + 1)
        && touches(hyphen - 1)
        && touches(hyphen)
        && !english::PARTICIPLES.contains(behind())
        && !english::NO_HALVES.contains(behind())
}

/// `Orla Berg do Holm`, `Odd Lund dos Varde`: a whole name goes on behind a particle that is no word of English before a capital,
/// or a verb that no capital follows. Cut there, it would be somebody else's.
pub(super) fn join_particles(text: &Text<'_>, names: &mut Vec<Name>) {
    let mut at = 0;
    while at < names.len() {
        let Name { kind, tokens } = names[at].clone();
        at += 1;
        // `Orla bint Odd Lund`
        let sure = english::SURE_PARTICLES.contains(text.word_or_empty(tokens.end));
        if kind != NameKind::Person || tokens.len() < 2 && !sure {
            continue;
        }
        let mut end = tokens.end;
        while english::JOINING_PARTICLES.contains(text.word_or_empty(end))
            && is_capital(text, end + 1)
            && !TIMES.contains(text.lower(end + 1))
        {
            // `Orla binti Abu Varde`
            let opens =
                english::NAME_OPENINGS.contains(text.word(end + 1)) && is_capital(text, end + 2);
            end += 2 + usize::from(opens);
        }
        if end == tokens.end {
            continue;
        }
        let rest = names[at..].iter().take_while(|n| n.tokens.start < end);
        let last = rest.clone().last().map_or(end, |n| n.tokens.end.max(end));
        let count = rest.count();
        names.drain(at..at + count);
        names[at - 1].tokens.end = last;
    }
}

/// A name that begins with the apostrophe of the one before it is one with it: `St Orlas' Park`.
pub(super) fn join_apostrophes(text: &Text<'_>, names: &mut Vec<Name>) {
    for at in (0..names.len()).rev() {
        let tokens = names[at].tokens.clone();
        let mark = matches!(text.word(tokens.start), "'" | "\u{2019}")
            || text.tokens[tokens.start].kind == TokenKind::Clitic;
        if !mark || tokens.len() < 2 {
            continue;
        }
        let joins = at > 0
            && names[at - 1].tokens.end == tokens.start
            && text.tokens[tokens.start - 1].end == text.tokens[tokens.start].start;
        if joins {
            names[at].tokens.start = names[at - 1].tokens.start;
            names.remove(at - 1);
            return join_apostrophes(text, names);
        }
        names[at].tokens.start += 1;
    }
}

/// Most words of a nickname.
const NICKNAME: usize = 3;

/// Joins what a nickname in quotation marks parts: `Arne "Ace" Lund` is one person.
pub(super) fn join_nicknames(text: &Text<'_>, names: &mut Vec<Name>) {
    let word = |at: usize| text.tokens.get(at).map_or("", |_| text.word(at));
    let is_capital = |at: usize| word(at).starts_with(char::is_uppercase);
    // The first name may have been left out.
    for at in 0..names.len() {
        let Name { kind, tokens } = names[at].clone();
        if kind != NameKind::Person
            || tokens.start < 4
            || !is_quotation_mark(word(tokens.start - 1))
        {
            continue;
        }
        let open = (tokens.start.saturating_sub(2 + NICKNAME)..tokens.start - 2)
            .rev()
            .find(|&i| is_quotation_mark(word(i)));
        if let Some(open) = open.filter(|open| *open > 0)
            && (open + 1..tokens.start - 1).all(is_capital)
            && is_capital(open - 1)
            && !is_title(word(open - 1))
            && !names.iter().any(|n| n.tokens.contains(&(open - 1)))
        {
            names.push(Name { kind, tokens: open - 1..open });
        }
    }
    names.sort_by_key(|name| name.tokens.start);
    let mut at = 0;
    while at < names.len() {
        let Name { kind, tokens } = names[at].clone();
        at += 1;
        if kind != NameKind::Person || !is_quotation_mark(word(tokens.end)) {
            continue;
        }
        let first = tokens.end + 1;
        let Some(close) = (first + 1..=first + NICKNAME).find(|&i| is_quotation_mark(word(i)))
        else {
            continue;
        };
        if !(first..close).all(is_capital) || !is_capital(close + 1) {
            continue;
        }
        let rest = names[at..].iter().find(|n| n.tokens.start == close + 1);
        // `Odd Berg 'A Disgrace' Over It` of a headline.
        if matches!(word(first), "A" | "An" | "The") || rest.is_none() && tokens.len() > 1 {
            continue;
        }
        let end = rest.map_or(close + 2, |n| n.tokens.end);
        names[at - 1].tokens.end = end;
        names.retain(|n| n.tokens.start <= tokens.start || n.tokens.start >= end);
    }
}

/// Completes somebody whose nickname the recogniser left open: `Odd "Ace` of `Odd "Ace" Lund`, `James` and `Jim) Lund` of
/// `James (Jim) Lund`.
pub(super) fn join_opened(text: &Text<'_>, names: &mut Vec<Name>) {
    let word = |at: usize| text.word_or_empty(at);
    let mut at = 0;
    while at < names.len() {
        let Name { kind, tokens } = names[at].clone();
        at += 1;
        let given = tokens.len() == 1 && is_forename(text, tokens.start);
        if kind != NameKind::Person && !(kind == NameKind::Place && given) {
            continue;
        }
        let marks = |at: &usize| is_quotation_mark(word(*at));
        let opened = tokens.clone().skip(1).filter(marks).count() == 1 && marks(&tokens.end);
        let bracket = given
            && word(tokens.end) == "("
            && is_capital(text, tokens.end + 1)
            && word(tokens.end + 1).contains(char::is_lowercase)
            && word(tokens.end + 2) == ")";
        // `Odd "Ace" Lund`, a town's name
        let marked = given
            && marks(&tokens.end)
            && is_capital(text, tokens.end + 1)
            && marks(&(tokens.end + 2));
        let close = match () {
            () if marked => tokens.end + 2,
            () if opened => tokens.end,
            () if bracket => tokens.end + 2,
            () => continue,
        };
        let particle = usize::from(english::PARTICLES.contains(word(close + 1)));
        if !is_capital(text, close + 1 + particle) {
            continue;
        }
        let rest = names[at..].iter().find(|n| n.tokens.contains(&(close + 1 + particle)));
        let last = rest.filter(|n| n.kind == NameKind::Person).map(|n| n.tokens.end);
        let end = last.unwrap_or(close + 2 + particle);
        let end = end + usize::from(is_generation(text, end));
        names[at - 1] = Name { kind: NameKind::Person, tokens: tokens.start..end };
        names.retain(|n| n.tokens.start <= tokens.start || n.tokens.start >= end);
    }
}
