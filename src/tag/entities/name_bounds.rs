//! Where a name ends, whatever the recogniser says: at the dash of a dateline (`PARIS - Berg said`), at a participle
//! (`Orland-listed`), and a person's at the apostrophe of a plural or a name in s (`Harris\u{2019} Oslo office`), at `'s`, and
//! at a comma, behind which another begins.

mod claims;
mod headlines;
mod joins;
mod lineages;

use std::ops::Range;

use super::{
    Name,
    labels::NameKind,
    name_context::OLDEST,
    titles::{is_title, offices},
    trades,
};
use claims::{
    claim_families, claim_given_behind_family, claim_judges, claim_members, claim_owned,
    claim_players, claim_roles, claim_speakers,
};
use joins::{
    join_apostrophes, join_hyphened, join_nicknames, join_opened, join_particles, join_surnames,
};

use crate::punctuation::is_dash;
use crate::tag::{Text, TokenKind, english};

/// Cuts the names of a text that run over their end. Before a dash stands a dateline, which the gazetteer reads.
pub(super) fn cut(text: &Text<'_>, names: &mut Vec<Name>) {
    let mut others = Vec::new();
    for name in names.iter_mut() {
        if let Some(dash) = name.tokens.clone().find(|&i| is_dash_apart(text, i))
            && (name.kind == NameKind::Place && text.word(dash - 1).ends_with('.')
                || (name.tokens.start..dash).all(|i| is_loud(text.word(i))))
        {
            let dateline = name.tokens.start..dash;
            others.push(Name { kind: NameKind::Place, tokens: dateline });
            name.tokens.start = dash + 1;
        }
        if let Some(end) = name.tokens.clone().skip(1).find(|&i| is_participle(text, i)) {
            part_participle(text, name, end, &mut others);
        }
        // `Orland's`, of `Orland's Ha'varde group`
        while name.tokens.len() > 1 && text.tokens[name.tokens.end - 1].kind == TokenKind::Clitic {
            name.tokens.end -= 1;
        }
        cut_opened(text, name);
        if name.kind == NameKind::Person {
            cut_person(text, name, &mut others);
        }
    }
    put(names, others);
    join_apostrophes(text, names);
    join_nicknames(text, names);
}

/// Cuts and joins names of an English text by the words in and beside them: other languages have small letters in names.
pub(super) fn cut_english(text: &Text<'_>, names: &mut Vec<Name>) {
    claim_judges(text, names);
    let mut others = Vec::new();
    for name in names.iter_mut() {
        part_home(text, name, &mut others);
        cut_company(text, name, &mut others);
        cut_offices(text, name);
        match name.kind {
            NameKind::Person => {
                cut_verb(text, name);
                complete_person(text, name);
            }
            NameKind::Organisation => {
                cut_clause(text, name);
                part_leader(text, name, &mut others);
                cut_trade(text, name, &mut others);
            }
            NameKind::Place => {
                part_match(text, name, &mut others);
                cut_place(text, name);
            }
            NameKind::Other => {}
        }
    }
    put(names, others);
    headlines::part(text, names);
    set_known(text, names);
    join_hyphened(text, names);
    join_surnames(text, names);
    join_particles(text, names);
    join_opened(text, names);
    claim_families(text, names);
    claim_given_behind_family(text, names);
    claim_members(text, names);
    claim_roles(text, names);
    claim_owned(text, names);
    claim_speakers(text, names);
    claim_players(text, names);
}

/// Completes people's names behind all other rules, which may have found the parts of them.
pub(super) fn finish(text: &Text<'_>, names: &mut Vec<Name>) {
    join_surnames(text, names);
    join_particles(text, names);
    lineages::complete(text, names);
    drop_post_nominals(text, names);
    drop_titles(text, names);
}

/// Drops titles that were parted from a name, which goes on to them: `late Shri` of `late Shri Orla Berg`, `Datuk Seri` of
/// `Datuk Seri Orla Berg`.
fn drop_titles(text: &Text<'_>, names: &mut Vec<Name>) {
    /// Most given names between a title and what the recogniser found.
    const GIVEN: usize = 2;
    let is_titles = |n: &Name| {
        n.kind == NameKind::Person
            && english::PERSON_TITLES.contains_any_case(text.slice(n.tokens.clone()))
    };
    for at in (0..names.len()).rev().filter(|&at| is_titles(&names[at])).collect::<Vec<_>>() {
        let end = names.remove(at).tokens.end;
        if let Some(next) = names.get_mut(at)
            && next.kind == NameKind::Person
            && (end..=end + GIVEN).contains(&next.tokens.start)
            && (end..next.tokens.start).all(|i| is_capital(text, i))
        {
            next.tokens.start = end;
        }
    }
}

/// Drops what are degrees and honours of somebody: `Orla Berg, MD, MPH, said`, no state and no firm.
fn drop_post_nominals(text: &Text<'_>, names: &mut Vec<Name>) {
    let is_letters = |word: &str| {
        let bare: String = word.chars().filter(|c| *c != '.').collect();
        english::POST_NOMINALS_BEHIND_COMMAS.contains(bare.to_uppercase().as_str())
    };
    let follows_somebody = |from: usize| {
        let mut at = from;
        while at > 2 && text.word(at - 1) == "," && is_letters(text.word(at - 2)) {
            at -= 2;
        }
        let is_owner =
            |n: &Name| n.kind == NameKind::Person && n.tokens.len() > 1 && n.tokens.end + 1 == at;
        let before = names.partition_point(|n| n.tokens.end + 1 < at);
        at > 0 && text.word(at - 1) == "," && names.get(before).is_some_and(is_owner)
    };
    let ends = |at: usize| {
        let word = text.word_or_empty(at);
        matches!(word, "" | "," | "." | ";" | ")" | "who" | "and")
            || english::TELLING.contains(word)
    };
    let is_one = |n: &Name| {
        n.tokens.len() <= 2
            && is_letters(text.slice(n.tokens.clone()))
            && ends(n.tokens.end)
            && follows_somebody(n.tokens.start)
    };
    let dropped: Vec<usize> = (0..names.len()).filter(|&at| is_one(&names[at])).collect();
    for at in dropped.into_iter().rev() {
        names.remove(at);
    }
}

/// Whether what stands beside a name tells of somebody: `, 68,`, `told`, `identified as`.
pub(super) fn is_told_as_person(text: &Text<'_>, tokens: &Range<usize>) -> bool {
    let behind = |on: usize| text.word_or_empty(tokens.end + on);
    let before = |back: usize| tokens.start.checked_sub(back).map_or("", |at| text.lower(at));
    let aged = behind(0) == ","
        && behind(1).parse::<u32>().is_ok_and(|age| (1..=OLDEST).contains(&age))
        && matches!(behind(2), "," | ".");
    let acts = [&english::TELLING, &english::SPEAKING, &english::PERSON_VERBS]
        .iter()
        .any(|list| list.contains(behind(0)));
    let named = before(1) == "as" && english::NAMED_AS.contains(before(2));
    aged || acts || named || is_title(before(1))
}

/// Whether a word is of a body, a place or a thing, and ends nobody's name.
fn is_noun(text: &Text<'_>, at: usize) -> bool {
    let lists = [
        &english::ORGANISATION_NOUNS,
        &english::ORGANISATION_ENDINGS,
        &english::ORGANISATION_SORTS,
        &english::GENERIC_ORGANISATIONS,
        &english::NATIONAL_BODIES,
        &english::COMPANY_FORMS,
        &english::COMPANY_NOUNS,
        &english::OFFICE_WORDS,
        &english::PLACE_ENDINGS,
        &english::PLACE_ENDINGS_ALONE,
        &english::AFFIXES,
        &english::STREETS,
        &english::DIVISIONS,
        &english::THINGS_BEHIND,
        &english::NO_JUDGES,
    ];
    lists.iter().any(|list| list.contains(text.lower(at)))
}

fn is_forename(text: &Text<'_>, at: usize) -> bool {
    let lower = text.lower(at);
    [&english::MEN, &english::WOMEN, &english::TOWN_FORENAMES].iter().any(|l| l.contains(lower))
}

fn is_capital(text: &Text<'_>, at: usize) -> bool {
    text.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Word)
        && text.word(at).starts_with(char::is_uppercase)
}

/// Takes offices and trades from the front of somebody's whole name; what has them is no organisation where a first name
/// stands behind: `Principal Tim Berg`.
fn cut_offices(text: &Text<'_>, name: &mut Name) {
    let tokens = &mut name.tokens;
    let led = offices(text, tokens);
    match name.kind {
        NameKind::Person => tokens.start += led,
        NameKind::Organisation => {
            let title = usize::from(is_title(text.word(tokens.start)));
            let rest = tokens.start + led.max(title)..tokens.end;
            let lead = (tokens.start..rest.start).map(|at| text.lower(at).trim_end_matches('.'));
            let leading = lead.collect::<Vec<_>>().join(" ");
            // `Princess Charlotte`
            let royal = title > 0 && english::RULERS.contains(text.lower(tokens.start));
            let fewest = if royal { 1 } else { 2 };
            let has_initial = |rest: &Range<usize>| {
                rest.len() == 3 && text.word(rest.start + 1).trim_end_matches('.').len() == 1
            };
            let whole = rest.start > tokens.start
                && (fewest..=2 + usize::from(has_initial(&rest))).contains(&rest.len())
                && (is_forename(text, rest.start) || english::PERSON_TITLES.contains(&leading))
                && rest.clone().all(|at| is_capital(text, at))
                && !is_noun(text, rest.end - 1);
            if whole {
                *name = Name { kind: NameKind::Person, tokens: rest };
            }
        }
        NameKind::Place | NameKind::Other => {}
    }
}

/// `Charlotte Berg of Varde` is somebody and a town. What begins with no first name or has a noun of bodies is one:
/// `Orland School of Law`.
fn part_home(text: &Text<'_>, name: &mut Name, others: &mut Vec<Name>) {
    let tokens = name.tokens.clone();
    if !matches!(name.kind, NameKind::Person | NameKind::Organisation) {
        return;
    }
    let Some(of) = tokens.clone().find(|&at| text.word(at) == "of") else { return };
    let person = tokens.start..of;
    let home = of + 1..tokens.end;
    let named = |range: &Range<usize>| {
        !range.is_empty() && range.clone().all(|at| is_capital(text, at) && !is_noun(text, at))
    };
    let ranked = english::RANKS.contains(text.lower(tokens.start))
        || is_title(text.word(tokens.start))
        || tokens.start > 0 && is_title(text.word(tokens.start - 1));
    let whole = person.len() > 1 && is_forename(text, person.start);
    if ranked || !named(&person) || !named(&home) || home.len() > 2 || !whole {
        return;
    }
    *name = Name { kind: NameKind::Person, tokens: person };
    others.push(Name { kind: NameKind::Place, tokens: home });
}

/// Puts names among others, in the text's order.
fn put(names: &mut Vec<Name>, others: Vec<Name>) {
    names.extend(others);
    names.retain(|name| !name.tokens.is_empty());
    names.sort_by_key(|name| name.tokens.start);
}

/// `Orland hire` of a headline: small letters end the name of a place where they say what it is, as `Orland province` does.
fn cut_place(text: &Text<'_>, name: &mut Name) {
    let last = name.tokens.end - 1;
    let lists = [
        &english::DIVISIONS,
        &english::BESIDE_DIVISIONS,
        &english::PLACE_ENDINGS,
        &english::STREETS,
        &english::AFFIXES,
        &english::PHYSICAL,
    ];
    let word = text.word(last);
    if name.tokens.len() > 1
        && text.tokens[last].kind == TokenKind::Word
        && text.word(last - 1).starts_with(char::is_uppercase)
        && word.chars().all(char::is_lowercase)
        && !lists.iter().any(|list| list.contains(word))
    {
        name.tokens.end = last;
    }
}

/// `Council rejects Orland`: a body that any town has one of, and what it does.
fn cut_clause(text: &Text<'_>, name: &mut Name) {
    let tokens = &mut name.tokens;
    let next = text.word_or_empty(tokens.start + 1);
    if tokens.len() > 2
        && next.starts_with(char::is_lowercase)
        && english::GENERIC_ORGANISATIONS.contains(text.lower(tokens.start))
        && !english::INSIDE_NAMES.contains(next)
        && !english::SMALL_WORDS.contains(next)
    {
        tokens.end = tokens.start + 1;
    }
}

/// Persons who are called by their surname everywhere are no town nor company: `called Trump's tariffs`; and a drug or a
/// disease is nobody.
fn set_known(text: &Text<'_>, names: &mut Vec<Name>) {
    let alone = |name: &Name| (name.tokens.len() == 1).then(|| text.word(name.tokens.start));
    names.retain(|name| alone(name).is_none_or(|word| !english::DRUGS.contains(word)));
    for name in names {
        if alone(name).is_some_and(|word| english::STATESMEN.contains(word)) {
            name.kind = NameKind::Person;
        }
    }
}

/// `Orme Works Corp. Varde shares fell`: the full stop of a company's form ends the sentence, too.
fn cut_company(text: &Text<'_>, name: &mut Name, others: &mut Vec<Name>) {
    let tokens = name.tokens.clone();
    // `Orland, Co. Varde` is in a county.
    if matches!(name.kind, NameKind::Place | NameKind::Other) {
        return;
    }
    let form = |i: usize| english::COMPANY_FORMS.contains(text.lower(i).trim_end_matches('.'));
    let stopped = |i: usize| text.word(i).ends_with('.') || text.word_or_empty(i + 1) == ".";
    let Some(end) = (tokens.start + 1..tokens.end).find(|&i| form(i) && stopped(i)) else { return };
    let next = end + 1 + usize::from(!text.word(end).ends_with('.'));
    if next >= tokens.end || !is_capital(text, next) || form(next) {
        return;
    }
    *name = Name { kind: NameKind::Organisation, tokens: tokens.start..next };
    let rest = next..tokens.end;
    if rest.len() == 1 && english::SHARE_NOUNS.contains(text.word_or_empty(tokens.end)) {
        others.push(Name { kind: NameKind::Organisation, tokens: rest });
    }
}

/// `Chief executive of Orme Solma Berg said`: without an article, the office is the name's before it.
fn part_leader(text: &Text<'_>, name: &mut Name, others: &mut Vec<Name>) {
    let tokens = name.tokens.clone();
    let Some(sentence) = text.sentence_of(tokens.start) else { return };
    let office = sentence.start..tokens.start.max(1) - 1;
    let is_told = tokens.len() > 2
        && !office.is_empty()
        && office.len() < tokens.start
        && text.word(office.end) == "of"
        && english::TELLING.contains(text.word_or_empty(tokens.end))
        && tokens.clone().all(|i| text.word(i).starts_with(char::is_uppercase));
    let noun = || text.lower(office.end - 1);
    let is_office = || {
        english::OF_COMPANIES.contains(noun())
            || office.len() > 1
                && english::EXECUTIVES.contains(noun())
                && english::CHIEFS.contains(text.lower(office.end - 2))
    };
    if is_told && !english::DETERMINERS.contains(text.lower(sentence.start)) && is_office() {
        name.tokens.end -= 2;
        others.push(Name { kind: NameKind::Person, tokens: name.tokens.end..tokens.end });
    }
}

/// `Orland play Varde` are two.
fn part_match(text: &Text<'_>, name: &mut Name, others: &mut Vec<Name>) {
    let inner = name.tokens.start + 1..name.tokens.end.saturating_sub(1);
    let Some(verb) = inner.into_iter().find(|&i| english::PLAY_VERBS.contains(text.word(i))) else {
        return;
    };
    others.push(Name { kind: NameKind::Place, tokens: verb + 1..name.tokens.end });
    name.tokens.end = verb;
}

/// `University of Orland graduate Anna Berg` is an organisation and a person.
fn cut_trade(text: &Text<'_>, name: &mut Name, others: &mut Vec<Name>) {
    let tokens = name.tokens.clone();
    let is_trade = |i: &usize| {
        text.word(*i).starts_with(char::is_lowercase)
            && (trades::is_trade(text.lower(*i)) || english::OF_SCHOOLS.contains(text.lower(*i)))
    };
    let Some(trade) = tokens.clone().skip(1).find(is_trade) else { return };
    let rest = trade + 1..tokens.end;
    if rest.is_empty() || !rest.clone().all(|i| text.word(i).starts_with(char::is_uppercase)) {
        return;
    }
    name.tokens.end = trade;
    if rest.len() > 1 {
        others.push(Name { kind: NameKind::Person, tokens: rest });
    }
}

/// `Odd Berg` goes on with `Jr.`, and `K. Berg` begins with the initial before.
fn complete_person(text: &Text<'_>, name: &mut Name) {
    let tokens = &mut name.tokens;
    while tokens.len() > 2 && english::POST_NOMINALS.contains(text.word(tokens.end - 1)) {
        tokens.end -= 1;
    }
    // `said Odd Berg Jr. Berg is 80`
    let generation = (tokens.start + 2..tokens.end).find(|&at| is_generation(text, at));
    if let Some(at) = generation {
        tokens.end = at + 1;
    }
    let comma = usize::from(text.word_or_empty(tokens.end) == ",");
    if tokens.len() > 1
        && is_generation(text, tokens.end + comma)
        && text.line_of(tokens.start).is_some_and(|line| line.contains(&tokens.end))
    {
        tokens.end += comma + 1;
    }
    // `Laurence des Berg`
    let goes_on = tokens.len() == 1
        && tokens.end + 1 < text.tokens.len()
        && english::SURE_PARTICLES.contains(text.word(tokens.end))
        && !english::JOINING_PARTICLES.contains(text.word(tokens.end))
        && is_capital(text, tokens.end + 1);
    tokens.end += if goes_on { 2 } else { 0 };
    let is_initial = |at: usize| {
        let word = text.word(at).trim_end_matches('.');
        word.chars().count() == 1 && word.chars().all(char::is_uppercase)
    };
    // `Gov. E. Michael Berg`
    let before = tokens
        .start
        .checked_sub(1)
        .filter(|&at| tokens.len() > 1 && text.word(at).ends_with('.') && is_initial(at));
    if let Some(at) = before
        && at > 0
        && text.sentences.binary_search_by_key(&tokens.start, |s| s.start).is_err()
        && (is_title(text.word(at - 1)) || text.word(at - 1).starts_with(char::is_lowercase))
    {
        tokens.start = at;
    }
    // `KL Berg`
    if let Some(at) = tokens.start.checked_sub(1)
        && is_initials(text.word(at))
        && text.word(tokens.start).contains(char::is_lowercase)
    {
        tokens.start = at;
    }
    while tokens.len() > 1 && tokens.start > 0 && is_initial(tokens.start) {
        let stop = usize::from(text.word(tokens.start - 1) == ".");
        let Some(before) = tokens.start.checked_sub(1 + stop) else { break };
        let stopped = stop == 1 || text.word(before).ends_with('.');
        if !stopped || !is_initial(before) {
            break;
        }
        tokens.start = before;
    }
}

/// `KL`, `M.K.`: two initials of a person, and no short form of an office, a land or a place on the field.
pub(super) fn is_initials(word: &str) -> bool {
    let letters = || word.chars().filter(|c| *c != '.');
    letters().count() == 2
        && letters().all(|c| c.is_ascii_uppercase())
        && !english::NO_INITIALS.contains_any_case(word)
        && !english::NO_INITIALS.contains_any_case(&word.replace('.', ""))
}

/// `a firm «Orme` is what stands behind the mark that nothing in the name closes.
fn cut_opened(text: &Text<'_>, name: &mut Name) {
    let mut tokens = name.tokens.clone();
    let open = tokens.rfind(|&i| matches!(text.word(i), "«" | "\u{201e}"));
    let closes = |i: usize| matches!(text.word(i), "»" | "\u{201c}" | "\u{201d}");
    if let Some(open) = open.filter(|&open| !(open..name.tokens.end).any(closes))
        && open + 1 < name.tokens.end
        && !(name.tokens.start..open).any(|i| text.word(i).starts_with(char::is_uppercase))
    {
        name.tokens.start = open + 1;
    }
}

/// Most letters of a small word that a name may begin with, of those that are in no list.
const LONGEST_PARTICLE: usize = 3;

/// Most letters of a small word inside somebody's name.
const VERB: usize = 4;

/// `Varde-based Orme Works` is a place and what is called after it; `Orme's Varde-listed` an organisation and a place.
fn part_participle(text: &Text<'_>, name: &mut Name, end: usize, others: &mut Vec<Name>) {
    let Name { kind, tokens } = name.clone();
    let rest = end + 2..tokens.end;
    let clitic = (tokens.start..end).find(|&i| text.tokens[i].kind == TokenKind::Clitic);
    let start = clitic.map_or(tokens.start, |clitic| clitic + 1);
    if !english::PARTICIPLES_OF_PLACES.contains(text.word(end + 1)) {
        name.tokens.end = end;
    } else if let Some(clitic) = clitic {
        name.tokens.end = clitic;
        others.push(Name { kind: NameKind::Place, tokens: start..end });
    } else {
        name.kind = NameKind::Place;
        name.tokens.end = end;
    }
    if rest.clone().next().is_some_and(|i| text.word(i).starts_with(char::is_uppercase)) {
        others.push(Name { kind, tokens: rest });
    }
}

/// `sack Anna Berg` of a headline is Anna Berg, and so is `Anna Berg hosts Orme`.
fn cut_verb(text: &Text<'_>, name: &mut Name) {
    let inner = name.tokens.start + 2..name.tokens.end;
    let is_long = |i: &usize| {
        let word = text.word(*i);
        word.len() > VERB
            && word.chars().all(|c| c.is_ascii_lowercase())
            && text.tokens[*i - 1].kind == TokenKind::Word
            && !english::PARTICLES.contains(word)
    };
    if let Some(verb) = inner.into_iter().find(is_long) {
        name.tokens.end = verb;
    }
    let is_verb = |i: usize| {
        let word = text.word(i);
        word.len() > LONGEST_PARTICLE
            && word.chars().all(char::is_lowercase)
            && !english::PARTICLES.contains(word)
    };
    while name.tokens.len() > 1
        && is_verb(name.tokens.start)
        && text.word(name.tokens.start + 1).starts_with(char::is_uppercase)
    {
        name.tokens.start += 1;
    }
}

fn cut_person(text: &Text<'_>, name: &mut Name, others: &mut Vec<Name>) {
    let tokens = name.tokens.clone();
    if let Some(end) = tokens.clone().find(|&i| is_bare_possessive(text, i)) {
        name.tokens.end = end;
    }
    // `Orme's Anna Berg` is parted elsewhere: the first of the two is no person.
    let clitic = tokens.clone().skip(1).find(|&i| text.tokens[i].kind == TokenKind::Clitic);
    if let Some(end) = clitic.filter(|&i| i > tokens.start + 1 || tokens.end < i + 3) {
        name.tokens.end = name.tokens.end.min(end);
    }
    let comma = name.tokens.clone().find(|&i| text.word(i) == ",");
    if let Some(comma) = comma.filter(|&i| !is_generation(text, i + 1)) {
        let rest = comma + 1..name.tokens.end;
        name.tokens.end = comma;
        let is_name = |i: usize| text.word(i).starts_with(char::is_uppercase);
        if rest.clone().next().is_some_and(is_name) {
            others.push(Name { kind: NameKind::Person, tokens: rest });
        }
    }
}

/// `Jr.` and the like, which belong to the name before the comma.
fn is_generation(text: &Text<'_>, token: usize) -> bool {
    english::GENERATIONS.contains(text.word_or_empty(token).trim_end_matches('.'))
}

/// `-listed`, `-based`: small letters behind a hyphen that make a name a word of something else.
fn is_participle(text: &Text<'_>, token: usize) -> bool {
    let next = text.word_or_empty(token + 1);
    matches!(text.word(token), "-" | "\u{2010}" | "\u{2011}") && english::PARTICIPLES.contains(next)
}

/// Whether a word is in capitals, as datelines are; `Al - Rashid` is a name.
fn is_loud(word: &str) -> bool {
    word.chars().count() > 2 && !word.contains(char::is_lowercase)
}

fn is_dash_apart(text: &Text<'_>, token: usize) -> bool {
    let tokens = &text.tokens;
    let is_apart = |one: usize, other: usize| {
        tokens.get(one).zip(tokens.get(other)).is_some_and(|(one, other)| one.end < other.start)
    };
    is_dash(text.word(token))
        && token > 0
        && is_apart(token - 1, token)
        && is_apart(token, token + 1)
}

fn is_bare_possessive(text: &Text<'_>, token: usize) -> bool {
    matches!(text.word(token), "'" | "\u{2019}")
        && token > 0
        && text.word(token - 1).ends_with(['s', 'x', 'z'])
        && text.tokens[token - 1].end == text.tokens[token].start
}

#[cfg(test)]
mod tests;
