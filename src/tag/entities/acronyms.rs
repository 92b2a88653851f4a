//! Short forms that a story itself explains: `Orland Trade Union Forum (OTUF)`, `OTUF (Orland Trade Union Forum)`.
//!
//! Who is told so is an organisation wherever the story names it by these letters. The letters must begin words of the
//! name in their order, the first of them the first.

use std::collections::HashSet;

use super::{Name, gazetteer_rules::NamedText, labels::NameKind};
use crate::tag::{Text, TokenKind};

/// Fewest and most letters of a short form.
const LETTERS: std::ops::RangeInclusive<usize> = 3..=8;

/// Names the short forms of the story's organisations.
pub(super) fn claim(texts: &mut [NamedText<'_>]) {
    let shorts: HashSet<u64> = texts.iter().flat_map(explained).collect();
    if shorts.is_empty() {
        return;
    }
    for found in texts {
        let (text, keys) = (found.text, found.keys);
        let all = (0..keys.len()).filter(|&at| shorts.contains(&keys[at]) && is_short(text, at));
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

/// The short forms that a text explains.
fn explained(found: &NamedText<'_>) -> Vec<u64> {
    let text = found.text;
    let is = |at: usize, mark: &str| text.word_or_empty(at) == mark;
    let of = |name: &Name| {
        let (start, end) = (name.tokens.start, name.tokens.end);
        let behind = (is(end, "(") && is(end + 2, ")")).then_some(end + 1);
        let before = (start > 1 && is(start - 1, "(") && is(end, ")")).then(|| start - 2);
        behind.or(before).filter(|&at| is_short(text, at) && begins(text, at, name))
    };
    let names = found.names.iter().filter(|n| n.kind == NameKind::Organisation);
    names.filter(|n| n.tokens.len() > 2).filter_map(of).map(|at| found.keys[at]).collect()
}

fn is_short(text: &Text<'_>, at: usize) -> bool {
    let word = text.word(at);
    text.tokens[at].kind == TokenKind::Word
        && LETTERS.contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_uppercase())
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
    use crate::tag::word_keys::keys;

    fn named(body: &str, whole: &str) -> Vec<String> {
        let text = Text::new(body);
        let words = keys(&text);
        let from = body.find(whole).unwrap();
        let token = |byte| text.tokens.partition_point(|t| (t.start as usize) < byte);
        let kind = NameKind::Organisation;
        let mut names = vec![Name { kind, tokens: token(from)..token(from + whole.len()) }];
        claim(&mut [NamedText { text: &text, keys: &words, matches: &[], names: &mut names }]);
        names.iter().map(|n| text.slice(n.tokens.clone()).to_owned()).collect()
    }

    #[test]
    fn explained_short_form_is_the_organisation() {
        let forum = "Orland Trade Union Forum";
        let behind = named("The Orland Trade Union Forum (OTUF) met. OTUF sat.", forum);
        assert_eq!(behind, [forum, "OTUF", "OTUF"]);
        assert_eq!(named("OTUF (Orland Trade Union Forum) met.", forum), ["OTUF", forum]);
        assert_eq!(named("The Orland Trade Union Forum (ABC) met. ABC.", forum), [forum]);
        assert_eq!(named("The Orland Trade Union Forum met. OTUF sat.", forum), [forum]);
    }
}
