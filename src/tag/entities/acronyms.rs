//! Short forms that a story itself explains: `Orland Trade Union Forum (OTUF)`, `OTUF (Orland Trade Union Forum)`.
//!
//! Who is told so is an organisation wherever the story names it by these letters. The letters must begin words of the
//! name in their order, the first of them the first. What is spelt out in small letters (`salt-trade plans
//! (STP)`) or as an agreement, an office or the like (`Salt Trade Agreement (STA)`) is no organisation anywhere in the story.

use foldhash::HashSet;

use super::{Name, gazetteer_rules::NamedText, labels::NameKind, titles::is_title};
use crate::tag::{Text, TokenKind, english};

/// Fewest and most letters of a short form.
const LETTERS: std::ops::RangeInclusive<usize> = 3..=8;

/// Names the short forms of the story's organisations.
pub(super) fn claim(texts: &mut [NamedText<'_>]) {
    texts.iter_mut().for_each(lengthen);
    let shorts: HashSet<u64> = texts.iter().flat_map(explained).collect();
    let things: HashSet<u64> =
        texts.iter().flat_map(of_things).filter(|key| !shorts.contains(key)).collect();
    if shorts.is_empty() && things.is_empty() {
        return;
    }
    for found in texts {
        let (text, keys) = (found.text, found.keys);
        found.names.retain(|name| {
            let alone = name.kind == NameKind::Organisation && name.tokens.len() == 1;
            !alone || !things.contains(&keys[name.tokens.start])
        });
        let is = |at: usize| is_short(text, at) || is_mixed(text, at);
        let all = (0..keys.len()).filter(|&at| shorts.contains(&keys[at]) && is(at));
        for at in all {
            let next = found.names.partition_point(|n| n.tokens.end <= at);
            match found.names.get_mut(next).filter(|n| n.tokens.start <= at) {
                Some(name) if name.tokens.len() == 1 => name.kind = NameKind::Organisation,
                Some(_) => {}
                None => {
                    let name = Name { kind: NameKind::Organisation, tokens: at..at + 1 };
                    found.names.insert(next, name);
                }
            }
        }
    }
}

/// Gives an organisation before its short form in brackets all words that the letters begin: `Orland Nurses and Midwives
/// Union (ONMU)`, of which the end was found.
fn lengthen(found: &mut NamedText<'_>) {
    let text = found.text;
    for at in 0..found.names.len() {
        let Name { kind, tokens } = found.names[at].clone();
        let short = tokens.end + 1;
        let is_told = kind == NameKind::Organisation
            && text.word_or_empty(tokens.end) == "("
            && text.word_or_empty(short + 1) == ")"
            && is_short(text, short);
        if !is_told || begins(text, short, &found.names[at]) {
            continue;
        }
        let mut letters = text.word(short).chars().rev();
        let mut letter = letters.next();
        let mut start = tokens.end;
        for i in (tokens.end.saturating_sub(WORDS)..tokens.end).rev() {
            let initial = text.word(i).chars().next();
            if letter.is_some() && initial == letter {
                (letter, start) = (letters.next(), i);
            } else if letter.is_none()
                || text.word(i).starts_with(char::is_uppercase)
                || text.word(i).len() > JOINT
            {
                break;
            }
        }
        let first = found.names[..at].partition_point(|n| n.tokens.end <= start);
        let free = found.names[first..at].iter().all(|n| n.tokens.start >= start);
        if letter.is_none() && start < tokens.start && free {
            found.names[at].tokens.start = start;
            found.names.drain(first..at);
            return lengthen(found);
        }
    }
}

/// The short forms that a text explains.
fn explained(found: &NamedText<'_>) -> Vec<u64> {
    let text = found.text;
    let is = |at: usize, mark: &str| text.word_or_empty(at) == mark;
    let of = |name: &Name| {
        let (start, end) = (name.tokens.start, name.tokens.end);
        let behind = (is(end, "(") && is(end + 2, ")")).then_some(end + 1);
        let before = (start > 1 && is(start - 1, "(") && is(end, ")")).then(|| start - 2);
        let fits = |at: usize| is_short(text, at) && begins(text, at, name);
        // `(OrTUF)` behind a name is written as nothing else is.
        let mixed = behind.filter(|&at| is_mixed(text, at));
        mixed.or(behind.or(before).filter(|&at| fits(at)))
    };
    let names = found.names.iter().filter(|n| n.kind == NameKind::Organisation);
    names.filter(|n| n.tokens.len() > 2).filter_map(of).map(|at| found.keys[at]).collect()
}

/// Fewest letters of a short form that is spelt out in small letters.
const SPELT: usize = 3;
/// Most words of what a short form stands for.
const WORDS: usize = 12;

/// The short forms that a text explains as things.
fn of_things(found: &NamedText<'_>) -> Vec<u64> {
    let text = found.text;
    let short = |at: &usize| {
        let at = *at;
        at > 1
            && text.word_or_empty(at + 1) == ")"
            && text.word(at).len() >= SPELT
            && is_short(text, at)
            && (is_spelt_out(text, at) || is_named_thing(text, at))
    };
    let behind = |(byte, _)| text.tokens.partition_point(|token| token.start as usize <= byte);
    text.text.match_indices('(').map(behind).filter(short).map(|at| found.keys[at]).collect()
}

/// Whether small words before a short form in brackets, which name no body, begin with its letters.
fn is_spelt_out(text: &Text<'_>, short: usize) -> bool {
    let last = short - 2;
    let noun = text.lower(last);
    let is_body = [
        &english::ORGANISATION_NOUNS,
        &english::ORGANISATION_ENDINGS,
        &english::ORGANISATION_SORTS,
        &english::COMPANY_NOUNS,
    ]
    .into_iter()
    .any(|list| list.contains(noun));
    if is_body {
        return false;
    }
    let mut letters = text.word(short).chars().rev().peekable();
    let words = (last.saturating_sub(WORDS)..=last).rev();
    for at in words.filter(|&at| text.tokens[at].kind == TokenKind::Word) {
        let Some(letter) = letters.peek() else { break };
        let initial = text.word(at).chars().next().unwrap_or_default();
        // `for` and `and` may have a letter or none.
        if initial.is_uppercase() {
            return false;
        } else if initial.eq_ignore_ascii_case(letter) {
            letters.next();
        } else if text.word(at).len() > JOINT {
            return false;
        }
    }
    letters.peek().is_none()
}

/// Most letters of a word that a short form leaves out.
const JOINT: usize = 3;

/// Whether what is spelt out before a short form in brackets is an agreement or somebody's office.
fn is_named_thing(text: &Text<'_>, short: usize) -> bool {
    let last = text.lower(short - 2);
    let thing = english::NO_ORGANISATION_ENDINGS.contains(last)
        || english::OFFICE_WORDS.contains(last)
        || is_title(text.word(short - 2));
    let initial = |at: usize| text.word(at).chars().next();
    let first = initial(short);
    let words = (short - 2).saturating_sub(WORDS)..short - 2;
    thing && words.rev().any(|at| initial(at) == first)
}

fn is_short(text: &Text<'_>, at: usize) -> bool {
    let word = text.word(at);
    text.tokens[at].kind == TokenKind::Word
        && LETTERS.contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Two capitals and more, and small letters.
fn is_mixed(text: &Text<'_>, at: usize) -> bool {
    let word = text.word(at);
    text.tokens[at].kind == TokenKind::Word
        && LETTERS.contains(&word.len())
        && word.bytes().filter(u8::is_ascii_uppercase).count() > 1
        && word.trim_end_matches('s').bytes().any(|byte| byte.is_ascii_lowercase())
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Whether the letters of a short form begin words of a name.
fn begins(text: &Text<'_>, short: usize, name: &Name) -> bool {
    let mut initials = name.tokens.clone().filter_map(|at| text.word(at).chars().next()).peekable();
    let mut letters = text.word(short).chars();
    let first = initials.peek().copied() == text.word(short).chars().next();
    first && letters.all(|letter| initials.any(|i| i.to_ascii_uppercase() == letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::{names::samples, word_keys::keys};

    fn named(body: &str, whole: &str) -> Vec<String> {
        let text = Text::new(body);
        let words = keys(&text);
        let mut names = samples::named(&text, &[(NameKind::Organisation, whole)]);
        claim(&mut [NamedText { text: &text, keys: &words, matches: &[], names: &mut names }]);
        samples::words_of(&text, &names)
    }

    #[test]
    fn explained_short_form_is_the_organisation() {
        let forum = "Orland Trade Union Forum";
        let behind = named("The Orland Trade Union Forum (OTUF) met. OTUF sat.", forum);
        assert_eq!(behind, [forum, "OTUF", "OTUF"]);
        assert_eq!(named("OTUF (Orland Trade Union Forum) met.", forum), ["OTUF", forum]);
        assert_eq!(named("The Orland Trade Union Forum (ABC) met. ABC.", forum), [forum]);
        assert_eq!(named("The Orland Trade Union Forum met. OTUF sat.", forum), [forum]);
        let mixed = named("The Orland Trade Union Forum (OrTUF) met.", forum);
        assert_eq!(mixed, [forum, "OrTUF"]);
        let end = named("The Orland Divers and Riggers Union (ODRU) met.", "Riggers Union");
        assert_eq!(end, ["Orland Divers and Riggers Union", "ODRU"]);
        let other = named("Solma Divers and Riggers Union (ODRU) met.", "Riggers Union");
        assert_eq!(other, ["Riggers Union"]);
        let several = named("The Orland Trade Union Forum (OTUs) met.", forum);
        assert_eq!(several, [forum]);
    }

    #[test]
    fn acronym_of_a_thing_is_no_organisation() {
        for body in [
            "Many salt-trade plans (STP) failed. An STP is slow.",
            "A salt tax policy (STP) came. STP is slow.",
            "The Salt Trade Pact (STP) came. STP is slow.",
        ] {
            assert_eq!(named(body, "STP"), [""; 0], "{body}");
        }
        for body in [
            "The salt trade party (STP) met.",
            "The Salt Traders' Party's (STP) men met.",
            "STP met.",
        ] {
            assert_eq!(named(body, "STP"), ["STP"], "{body}");
        }
    }
}
