//! Words that keep their full stop, sorted by what may follow them.

use crate::tag::english;
use crate::unicode;

/// What a full stop after a word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Never the end of a sentence: titles and other words that lead a name or a number.
    Leads,
    /// The end of a sentence when a word follows that often starts one: `Inc.`, `p.m.`, `U.S.`
    MayEnd,
}

/// Whether a word keeps the full stop that follows it.
pub(super) fn stop(word: &str) -> Option<Stop> {
    if english::LEADING.contains(word) {
        return Some(Stop::Leads);
    }
    if english::ENDING.contains(word) {
        return Some(Stop::MayEnd);
    }
    let mut chars = word.chars();
    let first = chars.next()?;
    match chars.next() {
        // An initial; `I.` is far more often the end of a sentence.
        None if first.is_uppercase() && first != 'I' => Some(Stop::Leads),
        // Letters with full stops between them: `U.S`, `p.m`, `e.g`.
        Some('.') => {
            let alternate = word.split('.').all(|part| {
                let mut letters = part.chars();
                letters.next().is_some_and(unicode::is_alphabetic) && letters.next().is_none()
            });
            alternate.then_some(Stop::MayEnd)
        }
        _ => None,
    }
}

/// Words that, capitalised after `U.S.` or `Inc.`, start a sentence more often than they go on.
pub(super) fn starts_sentence(word: &str) -> bool {
    english::STARTERS.contains(word)
}
