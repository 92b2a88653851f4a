//! Where a name ends, whatever the recogniser says: at the dash of a dateline (`PARIS - Berg said`), at a participle
//! (`Orland-listed`), and a person's at the apostrophe of a plural or a name in s (`Harris\u{2019} Oslo office`), at `'s`, and
//! at a comma, behind which another begins.

use std::ops::Range;

use super::{
    Name,
    grouping::is_quotation_mark,
    labels::NameKind,
    titles::{is_title, offices},
    trades,
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
    join_hyphened(text, names);
    join_opened(text, names);
    claim_families(text, names);
    claim_owned(text, names);
    claim_speakers(text, names);
}

/// Gives a name to some tokens unless another one is in them in part.
fn claim(names: &mut Vec<Name>, kind: NameKind, tokens: Range<usize>) {
    let meets = |n: &Name| n.tokens.start < tokens.end && tokens.start < n.tokens.end;
    let inside = |n: &Name| tokens.start <= n.tokens.start && n.tokens.end <= tokens.end;
    if names.iter().all(|n| !meets(n) || inside(n)) {
        names.retain(|n| !meets(n));
        let at = names.partition_point(|n| n.tokens.end <= tokens.start);
        names.insert(at, Name { kind, tokens });
    }
}

/// Most letters of the second half of a first name that is written with a hyphen: `Heung-min`.
const HALF: usize = 6;

/// `Choi Orl-mok`: somebody with the family name first, whose given name goes on behind a hyphen in small letters.
fn claim_families(text: &Text<'_>, names: &mut Vec<Name>) {
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
            claim(names, NameKind::Person, start..start + 4);
        }
    }
}

/// `Orme Foods\u{2019} Orla Berg resigned`: whom the recogniser left out behind an apostrophe, where what is told is what people do.
fn claim_owned(text: &Text<'_>, names: &mut Vec<Name>) {
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

/// `"It is," said Paris Berg of Orme`: who speaks behind a quote by a first name that a town has, too.
fn claim_speakers(text: &Text<'_>, names: &mut Vec<Name>) {
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

/// Words behind an apostrophe within which a name ends.
const OWNED: usize = 4;

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

/// `Justice Berg`, `Justice Orla Berg`: a judge, where the words beside tell of what somebody does; no office or body of
/// justice.
fn claim_judges(text: &Text<'_>, names: &mut Vec<Name>) {
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
            // `Princess Charlotte`
            let royal = title > 0 && english::RULERS.contains(text.lower(tokens.start));
            let fewest = if royal { 1 } else { 2 };
            let has_initial = |rest: &Range<usize>| {
                rest.len() == 3 && text.word(rest.start + 1).trim_end_matches('.').len() == 1
            };
            let whole = rest.start > tokens.start
                && (fewest..=2 + usize::from(has_initial(&rest))).contains(&rest.len())
                && is_forename(text, rest.start)
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

/// Gives a person the half of a first name that was left out: `Solma-Ann Berg`.
fn join_hyphened(text: &Text<'_>, names: &mut Vec<Name>) {
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

/// `Chief executive of Orme Solma Berg said`: without an article, the office is the name's before it.
fn part_leader(text: &Text<'_>, name: &mut Name, others: &mut Vec<Name>) {
    let tokens = name.tokens.clone();
    let at = text.sentences.partition_point(|s| s.end <= tokens.start);
    let Some(sentence) = text.sentences.get(at) else { return };
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
        && text.lines.iter().any(|line| line.contains(&tokens.start) && line.contains(&tokens.end))
    {
        tokens.end += comma + 1;
    }
    // `Laurence des Berg`
    let goes_on = tokens.len() == 1
        && tokens.end + 1 < text.tokens.len()
        && english::SURE_PARTICLES.contains(text.word(tokens.end))
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

/// A name that begins with the apostrophe of the one before it is one with it: `St Orlas' Park`.
fn join_apostrophes(text: &Text<'_>, names: &mut Vec<Name>) {
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

/// Most letters of a small word that a name may begin with, of those that are in no list.
const LONGEST_PARTICLE: usize = 3;

/// Most letters of a small word inside somebody's name.
const VERB: usize = 4;

/// Most words of a nickname.
const NICKNAME: usize = 3;

/// Joins what a nickname in quotation marks parts: `Arne "Ace" Lund` is one person.
fn join_nicknames(text: &Text<'_>, names: &mut Vec<Name>) {
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
fn join_opened(text: &Text<'_>, names: &mut Vec<Name>) {
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
mod tests {
    use super::*;

    /// The names of an English text, of which the recogniser found some.
    fn english_of(body: &str, found: &[(NameKind, &str)]) -> Vec<String> {
        let text = Text::new(body);
        let token = |byte: usize| text.tokens.partition_point(|t| (t.start as usize) < byte);
        let mut names: Vec<Name> = found
            .iter()
            .map(|(kind, words)| {
                let from = body.find(words).unwrap();
                Name { kind: *kind, tokens: token(from)..token(from + words.len()) }
            })
            .collect();
        cut_english(&text, &mut names);
        cut(&text, &mut names);
        names.iter().map(|n| format!("{:?} {}", n.kind, text.slice(n.tokens.clone()))).collect()
    }

    #[test]
    fn judges_and_officers_are_people() {
        use NameKind::{Organisation, Person};
        for (body, kind, found, name) in [
            (
                "The bench led by Justice Quendale sat.",
                Organisation,
                "Justice Quendale",
                "Quendale",
            ),
            ("\"Why?\" Justice Quendale asked.", Organisation, "Justice Quendale", "Quendale"),
            ("Dean Orla Quendale said so.", Person, "Dean Orla Quendale", "Orla Quendale"),
            (
                "It is backed by Principal Tim Orland.",
                Organisation,
                "Principal Tim Orland",
                "Tim Orland",
            ),
            ("Paul Orr Sr. Orr has left.", Person, "Paul Orr Sr. Orr", "Paul Orr Sr."),
            ("Gov. E. Michael Orr left.", Person, "Michael Orr", "E. Michael Orr"),
            ("Odd Lund hosts Orme.", Person, "Odd Lund hosts Orme", "Odd Lund"),
            ("It met Princess Charlotte.", Organisation, "Princess Charlotte", "Charlotte"),
            ("They met Laurence des Orme.", Person, "Laurence", "Laurence des Orme"),
        ] {
            assert_eq!(english_of(body, &[(kind, found)]), [format!("Person {name}")], "{body}");
        }
        let party = [(Organisation, "Justice Party")];
        assert_eq!(
            english_of("Led by Justice Party, it won.", &party),
            ["Organisation Justice Party"]
        );
    }

    #[test]
    fn home_behind_of_is_no_part() {
        let found = english_of(
            "A sister, Charlotte Orr of Varde, and two sons.",
            &[(NameKind::Organisation, "Charlotte Orr of Varde")],
        );
        assert_eq!(found, ["Person Charlotte Orr", "Place Varde"]);
        let school = [(NameKind::Organisation, "Charlotte School of Law")];
        assert_eq!(
            english_of("Charlotte School of Law fell.", &school),
            ["Organisation Charlotte School of Law"]
        );
    }

    #[test]
    fn nicknames_are_whole_where_a_mark_was_cut() {
        for (body, found, name) in [
            ("Odd \"Ace\" Lund fell.", "Odd \"Ace", "Odd \"Ace\" Lund"),
            ("James (Jim) Lund fell.", "James", "James (Jim) Lund"),
            ("Paris \"Ace\" Lund fell.", "Paris", "Paris \"Ace\" Lund"),
            ("Odd \"Ace\" Lund Jr. fell.", "Odd \"Ace", "Odd \"Ace\" Lund Jr."),
        ] {
            let names = english_of(body, &[(NameKind::Person, found)]);
            assert_eq!(names, [format!("Person {name}")], "{body}");
        }
    }

    #[test]
    fn families_first_and_whom_firms_have_are_found() {
        assert_eq!(english_of("Choi Orl-mok said so.", &[]), ["Person Choi Orl-mok"]);
        let cut = [(NameKind::Person, "Li Ka")];
        assert_eq!(english_of("They met Li Ka-shing there.", &cut), ["Person Li Ka-shing"]);
        assert_eq!(english_of("A Park Avenue-like street.", &[]), [""; 0]);
        assert_eq!(english_of("Orme Foods' Orla Berg resigned.", &[]), ["Person Orla Berg"]);
        assert_eq!(english_of("Orme Foods' Orla Range grew.", &[]), [""; 0]);
        let town = [(NameKind::Place, "Paris")];
        assert_eq!(english_of("\"No,\" said Paris Berg of Orme.", &town), ["Person Paris Berg"]);
    }

    fn cut_of(body: &str, kind: NameKind, words: &str) -> Vec<String> {
        let text = Text::new(body);
        let at = body.find(words).unwrap() as u32;
        let first = text.tokens.partition_point(|t| t.start < at);
        let last = text.tokens.partition_point(|t| t.start < at + words.len() as u32);
        let mut names = vec![Name { kind, tokens: first..last }];
        cut_english(&text, &mut names);
        cut(&text, &mut names);
        names.into_iter().map(|name| text.slice(name.tokens).to_owned()).collect()
    }

    #[test]
    fn leader_stands_behind_the_organisation() {
        let cut = |body| cut_of(body, NameKind::Organisation, "Orme Solma Berg");
        assert_eq!(cut("Chief executive of Orme Solma Berg said no."), ["Orme", "Solma Berg"]);
        assert_eq!(cut("The chief executive of Orme Solma Berg said no."), ["Orme Solma Berg"]);
        assert_eq!(cut("Chief executive of Orme Solma Berg, he said."), ["Orme Solma Berg"]);
    }

    #[test]
    fn mark_that_nothing_closes_begins_a_name() {
        let cut = |body, words| cut_of(body, NameKind::Organisation, words);
        assert_eq!(cut("позов фірми «Орме», суд", "фірми «Орме"), ["Орме"]);
        assert_eq!(cut("the «Orme» Works", "«Orme» Works"), ["«Orme» Works"]);
    }

    #[test]
    fn apostrophe_at_a_start_joins_names() {
        let text = Text::new("at St Orlas\u{2019} Park they won.");
        let at = |word: &str| (0..text.tokens.len()).find(|&i| text.word(i) == word).unwrap();
        let (saint, park) = (at("St"), at("Park"));
        let place = |tokens| Name { kind: NameKind::Place, tokens };
        let mut names = vec![place(saint..park - 1), place(park - 1..park + 1)];
        cut(&text, &mut names);
        assert_eq!(names, [place(saint..park + 1)]);
        let mut names = vec![place(park - 1..park + 1)];
        cut(&text, &mut names);
        assert_eq!(names, [place(park..park + 1)]);
    }

    #[test]
    fn small_letters_end_names_of_other_languages() {
        for body in ["Варда облысы", "Orland brevpost", "Solma-Berg dal"] {
            let text = Text::new(body);
            let tokens = 0..text.tokens.len();
            let mut names = vec![Name { kind: NameKind::Place, tokens: tokens.clone() }];
            cut(&text, &mut names);
            assert_eq!(names, [Name { kind: NameKind::Place, tokens }], "{body}");
        }
    }

    #[test]
    fn verb_ends_a_name() {
        let place = |body| cut_of(body, NameKind::Place, "Orland play Varde");
        assert_eq!(place("On Sunday Orland play Varde."), ["Orland", "Varde"]);
        let body = |words| cut_of(&format!("{words} plan"), NameKind::Organisation, words);
        assert_eq!(body("Council rejects Orland"), ["Council"]);
        assert_eq!(body("Council of Orland"), ["Council of Orland"]);
        assert_eq!(body("Orme Council rejects"), ["Orme Council rejects"]);
    }

    #[test]
    fn nickname_in_marks_joins_names() {
        let text =
            Text::new("Arne \u{201c}Ace\u{201d} Lund ran. Odd Berg \"Never again,\" he said.");
        let person = |tokens| Name { kind: NameKind::Person, tokens };
        let mut names = vec![person(0..1), person(4..5), person(7..9)];
        cut(&text, &mut names);
        assert_eq!(names, [person(0..5), person(7..9)]);
        let text = Text::new("Orla Berg Calls Odd Berg \u{2018}A Disgrace\u{2019} Over Bill");
        let mut names = vec![person(3..5)];
        cut(&text, &mut names);
        assert_eq!(names, [person(3..5)]);
    }

    #[test]
    fn names_end_at_dashes_and_persons_at_apostrophes() {
        let person = |body, words| cut_of(body, NameKind::Person, words);
        assert_eq!(person("OSLO - Quendale spoke.", "OSLO - Quendale"), ["OSLO", "Quendale"]);
        assert_eq!(
            person("Orla Berns\u{2019} Oslo office", "Orla Berns\u{2019} Oslo"),
            ["Orla Berns"]
        );
        assert_eq!(person("Ana Ruiz-Berg spoke.", "Ana Ruiz-Berg"), ["Ana Ruiz-Berg"]);
        assert_eq!(person("Omar al - Rashid spoke.", "Omar al - Rashid"), ["Omar al - Rashid"]);
        assert_eq!(
            person("Orla Berg, Quendale spoke.", "Orla Berg, Quendale"),
            ["Orla Berg", "Quendale"]
        );
        assert_eq!(person("Odd Berg, Jr. spoke.", "Odd Berg, Jr."), ["Odd Berg, Jr."]);
        assert_eq!(person("Odd Berg Jr. spoke.", "Odd Berg"), ["Odd Berg Jr."]);
        assert_eq!(person("Odd Berg, Sr., spoke.", "Odd Berg"), ["Odd Berg, Sr."]);
        assert_eq!(person("Orla Berg KC said no.", "Orla Berg KC"), ["Orla Berg"]);
        assert_eq!(person("said A. K. Berg of Varde", "K. Berg"), ["A. K. Berg"]);
        assert_eq!(person("in group A K. Berg won", "K. Berg"), ["K. Berg"]);
        assert_eq!(
            person("Orla Quendale's Norse aide", "Orla Quendale's Norse"),
            ["Orla Quendale"]
        );
        assert_eq!(person("Orme's Anna Berg spoke.", "Orme's Anna Berg"), ["Orme's Anna Berg"]);
        let listed = cut_of("an Oslo-listed firm", NameKind::Organisation, "Oslo-listed");
        assert_eq!(listed, ["Oslo"]);
        let organisation = |body, words| cut_of(body, NameKind::Organisation, words);
        assert_eq!(
            organisation("the Oslo-based Orme Works", "Oslo-based Orme Works"),
            ["Oslo", "Orme Works"]
        );
        assert_eq!(
            organisation("Orme's New Oslo-listed shares", "Orme's New Oslo-listed"),
            ["Orme", "New Oslo"]
        );
        assert_eq!(organisation("an Orme-led group", "Orme-led"), ["Orme"]);
        assert_eq!(person("Varde sack Odd Berg now", "sack Odd Berg"), ["Odd Berg"]);
        assert_eq!(person("Ada von Berg spoke.", "von Berg"), ["von Berg"]);
        assert_eq!(person("said Solma-Ann Berg.", "Ann Berg"), ["Solma-Ann Berg"]);
        assert_eq!(person("an Ex-Ann Berg aide", "Ann Berg"), ["Ann Berg"]);
        let place = |body, words| cut_of(body, NameKind::Place, words);
        assert_eq!(place("Varde hire Odd Berg", "Varde hire"), ["Varde"]);
        assert_eq!(place("ORLA, Vd. - Varde farmers", "Vd. - Varde"), ["Vd.", "Varde"]);
        assert_eq!(place("in Varde province now", "Varde province"), ["Varde province"]);
        let school =
            organisation("Orland College graduate Ada Berg", "Orland College graduate Ada Berg");
        assert_eq!(school, ["Orland College", "Ada Berg"]);
        let guild =
            cut_of("the Writers\u{2019} Guild", NameKind::Organisation, "Writers\u{2019} Guild");
        assert_eq!(guild, ["Writers\u{2019} Guild"]);
    }
}
