//! Names that stand among others: teams of scores, organisations and people of a list.

use std::ops::Range;

use foldhash::HashSet;

use super::{
    Bearers, EntityBase, Name, NameKind, NamedText, ending, english, entity_base, is_capital,
    is_title, overlapping, put, starting,
};

/// Least prior of an organisation of a place's name that stands in a list of organisations.
const LISTED: f32 = 1.0;

/// Names with their goals: `Orland 2 Feldmark 1` are teams.
pub(super) fn correct_scores(found: &mut NamedText<'_>, line: &Range<usize>) {
    let text = found.text;
    let goals = |at: usize| {
        line.contains(&at) && {
            let word = text.word(at);
            word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit())
        }
    };
    let mut teams: Vec<Range<usize>> = Vec::new();
    let mut at = line.start;
    while at < line.end {
        let start = at;
        while at < line.end && is_capital(text, at) {
            at += 1;
        }
        if at > start && at - start <= 3 && goals(at) {
            let joined = teams.last().is_some_and(|last| last.end + 1 == start);
            let opens = start == line.start
                || matches!(text.word(start - 1), "," | ":" | ";" | "." | "and");
            if joined || opens {
                teams.push(start..at);
            }
        }
        at = at.max(start) + 1;
    }
    let paired: Vec<Range<usize>> = teams
        .iter()
        .enumerate()
        .filter(|(i, team)| {
            let before = *i > 0 && teams[i - 1].end + 1 == team.start;
            let after = teams.get(i + 1).is_some_and(|next| team.end + 1 == next.start);
            before || after
        })
        .map(|(_, team)| team.clone())
        .collect();
    for team in paired {
        let over = overlapping(found.names, &team);
        let names = &found.names[over];
        let inside = names.iter().all(|n| team.start <= n.tokens.start && n.tokens.end <= team.end);
        let country = names.iter().any(|n| n.kind == NameKind::Place && n.tokens == team);
        if inside && !country {
            put(found.names, NameKind::Organisation, team);
        }
    }
}

/// What stands in a list between two organisations is one: no person, and not left out.
pub(super) fn correct_lists(
    base: &EntityBase,
    found: &mut NamedText<'_>,
    line: &Range<usize>,
    parts: &HashSet<u64>,
) {
    let text = found.text;
    let is_joint = |word: &str| matches!(word, "," | ";") || english::JOINTS.contains(word);
    let joins = |at: usize| line.contains(&at) && is_joint(text.word(at));
    for at in line.clone().skip(1) {
        if !joins(at) {
            continue;
        }
        let before = |found: &NamedText<'_>, end: usize| {
            ending(found.names, end).is_some_and(|n| n.kind == NameKind::Organisation)
        };
        if !before(found, at) {
            continue;
        }
        let start = if joins(at + 1) { at + 2 } else { at + 1 };
        let mut end = start;
        while end < line.end && end - start < 3 && is_capital(text, end) {
            end += 1;
        }
        if end == start {
            continue;
        }
        let item = start..end;
        let over = overlapping(found.names, &item);
        let after = joins(end)
            && [(end + 1, true), (end + 2, joins(end + 1))].into_iter().any(|(start, may)| {
                may && starting(found.names, start)
                    .is_some_and(|n| n.kind == NameKind::Organisation)
            });
        // `Orme, Solma Works and Varde`, of which the last is a company and a town.
        let several = ending(found.names, at)
            .and_then(|n| n.tokens.start.checked_sub(1))
            .is_some_and(|comma| joins(comma) && before(found, comma));
        let is_company = || {
            let items = base.items(entity_base::phrase(&found.keys[item.clone()]));
            Bearers::of(items).is_some_and(|b| b.own >= LISTED)
        };
        let article = english::SHARED_ARTICLES.contains(text.word(start)) && item.len() == 2;
        let known = item.clone().any(|i| parts.contains(&found.keys[i])) && item.len() == 1;
        match &found.names[over] {
            [] if after && !known => put(found.names, NameKind::Organisation, item),
            [name]
                if name.tokens == item
                    && name.kind == NameKind::Place
                    && item.len() == 1
                    && several
                    && is_company() =>
            {
                put(found.names, NameKind::Organisation, item);
            }
            [name]
                if name.tokens == item
                    && name.kind == NameKind::Person
                    && (article || after && item.len() == 1 && !known) =>
            {
                put(found.names, NameKind::Organisation, item);
            }
            _ => {}
        }
    }
}

/// In a list of people, what stands between two of them is one, and has all of its capitalised words.
pub(super) fn correct_people(base: &EntityBase, found: &mut NamedText<'_>, line: &Range<usize>) {
    let text = found.text;
    let joins = |at: usize| line.contains(&at) && matches!(text.word(at), "," | "and" | ";");
    let full = |n: &Name| n.kind == NameKind::Person && n.tokens.len() > 1;
    for at in line.clone().skip(1) {
        if !joins(at) || !ending(found.names, at).is_some_and(full) {
            continue;
        }
        let start = if joins(at + 1) { at + 2 } else { at + 1 };
        let end =
            (start..line.end.min(start + 4)).take_while(|&i| is_capital(text, i)).count() + start;
        if end < start + 2 || is_title(text.word(start)) {
            continue;
        }
        let item = start..end;
        let over = overlapping(found.names, &item);
        let names = &found.names[over];
        let within = names.iter().all(|n| start <= n.tokens.start && n.tokens.end <= end);
        let earlier = &found.names[..found.names.partition_point(|n| n.tokens.end <= at)];
        let before = earlier.iter().rev().filter(|n| full(n)).nth(1).is_some();
        let person = match names {
            // The end of a name, or a name of another kind among three or more people.
            [name] if name.kind == NameKind::Person => name.tokens.end == end,
            [name] => {
                before
                    && name.kind == NameKind::Organisation
                    && name.tokens == item
                    && Bearers::of(base.items(entity_base::phrase(&found.keys[item.clone()])))
                        .is_none_or(|b| b.organisation == 0.0)
            }
            _ => false,
        };
        if within && person {
            put(found.names, NameKind::Person, item);
        }
    }
}
