//! Well-known names in scripts that have no capitals, where the recogniser saw none, a part of one or another kind.
//!
//! Of such words nothing tells that they are a name but that somebody well known bears it, and that no longer word goes
//! on: refuses names of two characters unless everybody knows whom they mean.

use std::ops::Range;

use super::{Bearers, LEAD, NameKind, NamedText, overlapping, put};
use crate::tag::{
    TokenKind,
    places::{countries::is_whole_word, gazetteer::Gazetteer},
};

/// Least prior of whoever bears a name.
const KNOWN: f32 = 3.0;
/// The same of a name of two characters.
const KNOWN_TO_ALL: f32 = 8.0;
/// Fewest characters of other names.
const CHARACTERS: usize = 3;

/// Gives a name its kind by who bears it; whether it did.
pub(super) fn claim(
    gazetteer: &Gazetteer,
    found: &mut NamedText<'_>,
    tokens: Range<usize>,
    bearers: &Bearers,
) -> bool {
    let text = found.text;
    let words = tokens.clone().filter(|&i| text.tokens[i].kind == TokenKind::Word).count();
    let characters = text.slice(tokens.clone()).chars().count();
    let least = if characters < CHARACTERS { KNOWN_TO_ALL } else { KNOWN };
    let person = bearers.person >= bearers.organisation + LEAD;
    let organisation = bearers.organisation >= bearers.person + LEAD;
    let known = person && bearers.person >= least || organisation && bearers.organisation >= least;
    if words < 2 || !known || !is_whole_word(text, &tokens) {
        return false;
    }
    // `\u{7279}\u{6717}\u{666e}` may be the end of a longer name that the recogniser has whole.
    let over = overlapping(found.names, &tokens);
    let inside = |n: &super::Name| tokens.start <= n.tokens.start && n.tokens.end <= tokens.end;
    let is_place = !gazetteer.exact(text, found.keys, tokens.clone()).is_empty();
    if is_place || !found.names[over].iter().all(inside) {
        return false;
    }
    let kind = if person { NameKind::Person } else { NameKind::Organisation };
    put(found.names, kind, tokens);
    true
}
