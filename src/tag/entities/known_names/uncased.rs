//! Well-known names in scripts that have no capitals, where the recogniser saw none, a part of one or another kind.
//!
//! Of such words nothing tells that they are a name but that somebody well known bears it, and that no longer word goes
//! on: refuses names of two characters unless everybody knows whom they mean.

use std::ops::Range;

use super::{
    Bearers, EntityBase, LEAD, NAME_MARKS, NameKind, NamedText, extend, overlapping, phrase_end,
    put,
};
use crate::scripts::{is_hangul, is_kana, is_katakana};
use crate::tag::{
    Text, TokenKind,
    places::{countries::is_whole_word, gazetteer::Gazetteer},
};

/// Least prior of whoever bears a name.
const KNOWN: f32 = 3.0;
/// The same of a name of two characters.
const KNOWN_TO_ALL: f32 = 8.0;
/// Fewest characters of other names.
const CHARACTERS: usize = 3;

/// Most words of a name, where words have blanks between.
const MOST_WORDS: usize = 4;
/// Most characters of a name, and of one in Han without a mark between a foreigner's names.
const MOST_CHARACTERS: usize = 16;
const MOST_HAN: usize = 8;

/// The longest name of an item that starts at the first of some tokens; where characters are tokens, of whole words of kana and
/// Hangul alone.
pub(super) fn longest(
    base: &EntityBase,
    found: &NamedText<'_>,
    tokens: Range<usize>,
    characters: bool,
) -> Option<(Range<usize>, Bearers)> {
    let (text, start) = (found.text, tokens.start);
    if characters && !begins_name(text, start) || tokens.len() < 2 {
        return None;
    }
    if !base.opens(found.keys[start], found.keys[start + 1]) {
        return None;
    }
    let (mut best, mut parted) = (None, false);
    let mut hash = extend(None, found.keys[start]);
    let most = if characters { MOST_CHARACTERS } else { MOST_WORDS };
    for at in (start + 1..tokens.end).take(most - 1) {
        let mark = text.tokens[at].kind == TokenKind::Mark;
        if mark && !NAME_MARKS.contains(&text.word(at)) {
            break;
        }
        parted |= mark;
        hash = extend(Some(hash), found.keys[at]);
        let han = !text.word(at).contains(|c| is_kana(c) || is_hangul(c));
        if characters && han && !parted && at - start >= MOST_HAN {
            break;
        }
        let name = start..at + 1;
        if !mark && (!characters || is_whole_word(text, &name)) {
            best =
                Bearers::of(base.items(phrase_end(hash))).map(|bearers| (name, bearers)).or(best);
        }
    }
    best
}

/// Whether a character may be the first of a name: in kana and Hangul the first of a word, and no hiragana.
fn begins_name(text: &Text<'_>, at: usize) -> bool {
    let first = text.word(at);
    let script = if first.contains(is_hangul) { is_hangul } else { is_katakana };
    if !first.contains(|c| is_kana(c) || is_hangul(c)) {
        return true;
    }
    let before = at.checked_sub(1).filter(|b| text.tokens[*b].end == text.tokens[at].start);
    first.contains(script) && !before.is_some_and(|before| text.word(before).contains(script))
}

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
    // A longer name that the recogniser has whole may end in this one.
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
