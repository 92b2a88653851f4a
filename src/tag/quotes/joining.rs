//! Which pieces belong to one quote: those separated only by their attribution.
//!
//! One attribution belongs to one quote: a piece that `he scolded him:` leads in is not joined to what
//! follows `she said`, and a second verb between two pieces leads in a quote of its own. Refuses to
//! join over a sentence of the reporter's.

use super::attribution::Context;
use super::verbs_of_speech::Kind;
use super::{Piece, is_quote};
use crate::punctuation::is_dash;

/// Most tokens between two parts of one quote.
const MAX_BREAK: usize = 60;
/// Most tokens between two parts in two paragraphs: `," said Ms. Berg.`
const MAX_PARAGRAPH_BREAK: usize = 5;
/// Most words of a title or a nickname that a break holds.
const MAX_TITLE_WORDS: usize = 5;

/// The pieces of the quote that `pieces` start with, and what is left. `pieces` are not empty.
pub(super) fn joined<'p>(
    context: &Context<'_>,
    pieces: &'p [Piece],
) -> (Vec<&'p Piece>, &'p [Piece]) {
    let mut group = vec![&pieces[0]];
    let mut rest = &pieces[1..];
    let first = &pieces[0];
    let colon = first.led_in && first.open > 0 && context.text.word(first.open - 1) == ":";
    if colon && first.ahead.is_some() {
        return (group, rest);
    }
    loop {
        let last = group[group.len() - 1];
        let between = |piece: &Piece| !is_quote(context, piece) && piece.words <= MAX_TITLE_WORDS;
        match rest {
            [next, left @ ..]
                if is_break(context, last, next) || is_paragraph_break(context, last, next) =>
            {
                group.push(next);
                rest = left;
            }
            [title, next, left @ ..] if between(title) && is_break(context, last, next) => {
                group.push(next);
                rest = left;
            }
            _ => return (group, rest),
        }
    }
}

/// Whether what stands between two pieces only says who speaks.
fn is_break(context: &Context<'_>, left: &Piece, right: &Piece) -> bool {
    let word = |i: usize| context.text.word(i);
    let gap = left.after..right.open;
    if !(left.spoken() && right.ends_clause)
        || gap.is_empty()
        || gap.len() > MAX_BREAK
        || !context.line_of(gap.start).contains(&right.open)
        || gap.clone().any(|i| context.is_phrase(Kind::GoesOn, i))
    {
        return false;
    }
    // A question and what somebody says to it are two.
    if right.spoken() && context.text.text[left.quoted.inner.clone()].ends_with('?') {
        return false;
    }
    // A second speaker makes a second quote.
    if right.spoken()
        && let (Some(one), Some(other)) = (&left.behind, &right.behind)
        && context.differ(one, other)
    {
        return false;
    }
    let last = gap
        .clone()
        .rev()
        .find(|&i| !matches!(word(i), "”" | "\"" | "’" | ")" | "]"))
        .unwrap_or(gap.start);
    if (gap.start..last).any(|i| context.ends_sentence(i)) {
        return false;
    }
    let verbs = || {
        let told =
            |&i: &usize| !context.quoted[i] && context.words.cue(&word(i).to_lowercase()).is_some();
        gap.clone().filter(told).count()
    };
    match word(last) {
        "." => true,
        _ if last + 1 < gap.end => false,
        // A second verb leads in a quote of its own.
        "," | ":" | ";" => verbs() == 1,
        dash if is_dash(dash) => verbs() == 1,
        _ => context.is(Kind::Joint, last) && !right.capital,
    }
}

/// Whether the next paragraph goes on with a quote that only `," he said.` interrupts.
fn is_paragraph_break(context: &Context<'_>, left: &Piece, right: &Piece) -> bool {
    let gap = left.after..right.open;
    let line = context.line_of(left.after.saturating_sub(1));
    left.spoken()
        && !left.full_stop
        && !gap.is_empty()
        && gap.len() <= MAX_PARAGRAPH_BREAK
        && line.end == right.open
        && context.text.word(gap.end - 1) == "."
        && right.capital
        && right.ends_clause
        && !right.attributed()
}
