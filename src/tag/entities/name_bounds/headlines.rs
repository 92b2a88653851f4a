//! Headlines whose words have a capital each, or whose names stand beside a small verb: `Orland Rout Varde`, `Berg meets Orme`.
//! The recogniser takes verb and names for one.
//!
//! Of such a name what stands before the verb stays where it is somebody's whole name. Of the rest it is not known what it
//! is, and it goes; the body says it.

use std::ops::Range;

use super::{is_capital, is_forename};
use crate::tag::entities::{Name, labels::NameKind};
use crate::tag::{Text, TokenKind, english};

/// Fewest capitals of four words in a headline that has them.
const CAPITALS: usize = 3;

/// Cuts names of headlines at their verb, and takes those away that are nobody's then.
pub(super) fn part(text: &Text<'_>, names: &mut Vec<Name>) {
    names.retain_mut(|name| {
        let Some(verb) = verb_of(text, name) else { return true };
        let first = name.tokens.start;
        let whole = verb >= first + 2
            && is_forename(text, first)
            && (first..verb).all(|at| is_capital(text, at));
        if whole {
            *name = Name { kind: NameKind::Person, tokens: first..verb };
        }
        whole
    });
}

/// The verb or the small word that is no part of a name.
fn verb_of(text: &Text<'_>, name: &Name) -> Option<usize> {
    let tokens = name.tokens.clone();
    if tokens.len() < 2 || name.kind == NameKind::Other {
        return None;
    }
    let small = |at: usize| text.word(at).starts_with(char::is_lowercase);
    let inside = (tokens.start + 1..tokens.end - 1)
        .find(|&at| small(at) && english::HEADLINE_VERBS.contains(text.word(at)));
    if inside.is_some() {
        return inside;
    }
    let joins = name.kind != NameKind::Organisation;
    let verb = tokens.clone().find(|&at| !small(at) && is_verb(text, at, &tokens, joins))?;
    is_headline(text, verb).then_some(verb)
}

/// Whether a word with a capital is a verb of a headline: `Beats`, and `Rout` behind several; or a word such as `For`.
fn is_verb(text: &Text<'_>, at: usize, name: &Range<usize>, joins: bool) -> bool {
    let lower = text.lower(at);
    let before = at.checked_sub(1).filter(|&before| is_capital(text, before));
    let opens = at == name.start;
    let led = before.is_some_and(|before| !opens || text.tokens[before].kind == TokenKind::Word);
    let several = || before.is_some_and(|before| text.word(before).ends_with('s'));
    led && (english::HEADLINE_VERBS.contains(lower)
        || english::HEADLINE_VERBS_OF_SEVERAL.contains(lower) && several()
        || joins && !opens && english::HEADLINE_JOINTS.contains(lower))
}

/// Whether a line has a headline's capitals and no full stop.
fn is_headline(text: &Text<'_>, at: usize) -> bool {
    let Some(sentence) = text.sentence_of(at) else { return false };
    let words = || sentence.clone().filter(|&i| text.tokens[i].kind == TokenKind::Word);
    let capitals = words().filter(|&i| text.is_capital(i)).count();
    let stopped = matches!(text.word(sentence.end - 1), "." | "!" | "\"" | "\u{201d}");
    !stopped && 4 * capitals >= CAPITALS * words().count()
}
