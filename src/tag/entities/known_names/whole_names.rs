//! Names that the recogniser joined or parted: where one ends and the next begins.
//!
//! Possessives part an employer from a person, particles and lands join what is one name. Refuses to join over a place.

use std::ops::Range;

use super::{Name, NameKind, NamedText, is_capital, overlapping, put, starting};
use crate::tag::{
    TokenKind, english,
    entities::titles::{is_small_headline_word, is_title},
    places::gazetteer::{Class, Gazetteer},
};

/// Parts `Toyota's Mio Arai` into an organisation or a place and a person.
pub(super) fn part_possessives(found: &mut NamedText<'_>, line: &Range<usize>) {
    let text = found.text;
    let mut at = 0;
    while at < found.names.len() {
        let Name { kind, tokens } = found.names[at].clone();
        at += 1;
        if !line.contains(&tokens.start) || kind == NameKind::Place {
            continue;
        }
        let inner = tokens.start + 1..tokens.end.saturating_sub(2);
        let Some(clitic) = inner.into_iter().find(|&i| text.tokens[i].kind == TokenKind::Clitic)
        else {
            continue;
        };
        let rest = clitic + 1..tokens.end;
        if rest.len() >= 2 && rest.clone().all(|i| is_capital(text, i)) && kind == NameKind::Person
        {
            found.names[at - 1] =
                Name { kind: NameKind::Organisation, tokens: tokens.start..clitic };
            found.names.insert(at, Name { kind: NameKind::Person, tokens: rest });
        }
    }
}

/// Joins a land or its people and its body: `Orlandish Senate` is one.
pub(super) fn join_lands(gazetteer: &Gazetteer, found: &mut NamedText<'_>, line: &Range<usize>) {
    for at in 0..found.matches.len() {
        let land = &found.matches[at];
        let next = land.tokens.end;
        if !line.contains(&land.tokens.start) || !line.contains(&next) {
            continue;
        }
        let is_land = land
            .places
            .iter()
            .map(|p| gazetteer.place(*p))
            .all(|p| matches!(p.class, Class::Country | Class::Demonym));
        if !is_land || !english::ORGANISATION_SORTS.contains(found.text.lower(next)) {
            continue;
        }
        let body = starting(found.names, next)
            .filter(|n| n.kind == NameKind::Organisation)
            .map(|n| land.tokens.start..n.tokens.end);
        let tokens = land.tokens.clone();
        if let Some(whole) = body {
            let over = overlapping(found.names, &tokens);
            let inside = found.names[over].iter().all(|n| n.tokens == tokens);
            if inside {
                put(found.names, NameKind::Organisation, whole);
            }
        }
    }
}

/// Joins what particles part: `Ada`, `von der Linde` is one person.
pub(super) fn join_particles(found: &mut NamedText<'_>, line: &Range<usize>) {
    let text = found.text;
    let particle = |i: usize| english::PARTICLES.contains(text.word(i));
    for at in line.clone().skip(1) {
        if !is_capital(text, at - 1) || !particle(at) || particle(at - 1) {
            continue;
        }
        let mut end = at;
        while end < line.end && end < at + 3 && particle(end) {
            end += 1;
        }
        // `la`, `de` and `al` stand between places and organisations as well.
        let sure = english::SURE_PARTICLES.contains(text.word(at));
        if end >= line.end || !is_capital(text, end) || !sure {
            continue;
        }
        let mut start = at - 1;
        while start > line.start
            && is_capital(text, start - 1)
            && !is_title(text.word(start - 1))
            && !is_small_headline_word(text.word(start - 1))
            && at - start < 3
        {
            start -= 1;
        }
        let over = overlapping(found.names, &(start..end + 1));
        let within = |n: &Name| start <= n.tokens.start;
        if found.names[over.clone()].iter().all(within) {
            let last = found.names[over.clone()].last().map_or(0, |n| n.tokens.end);
            let place =
                found.names[over].iter().any(|n| n.kind == NameKind::Place && n.tokens.start <= at);
            if !place {
                put(found.names, NameKind::Person, start..last.max(end + 1));
            }
        }
    }
}
