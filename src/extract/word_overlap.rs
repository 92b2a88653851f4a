//! Words as hashes, for telling whether one text is in another.

use crate::hash::{Hashes, finish};
use crate::scripts::is_unspaced;
use crate::word_hashes;

/// The length of a text in characters, each twice where a script writes a word with one or two of them.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|c| 1 + usize::from(is_unspaced(c))).sum()
}

/// A hash for every word, letter case aside; where words aren't spaced, for every letter.
pub(super) fn words(text: &str, out: &mut Vec<u64>) {
    out.clear();
    push_words(text, out);
}

/// The same, behind others.
pub(super) fn push_words(text: &str, out: &mut Vec<u64>) {
    word_hashes::each(text, is_unspaced, |word| out.push(word));
}

/// Runs of `n` words as one hash each.
pub(super) fn runs(words: &[u64], n: usize) -> impl Iterator<Item = u64> + '_ {
    words.windows(n).map(|run| run.iter().fold(0, |h, w| finish(h ^ w).wrapping_add(*w)))
}

/// The share of a text's word trigrams that are in a set; `None` for texts of fewer words.
pub(super) fn coverage(words: &[u64], set: &Hashes) -> Option<f32> {
    if words.len() < 3 {
        return None;
    }
    let hits = runs(words, 3).filter(|run| set.contains(run)).count();
    Some(hits as f32 / (words.len() - 2) as f32)
}

/// Words in common, 0 to 1 (Dice).
pub(super) fn likeness(a: &str, b: &str) -> f32 {
    let words = |text: &str| {
        let mut out = Vec::new();
        words(text, &mut out);
        out.sort_unstable();
        out.dedup();
        out
    };
    let (a, b) = (words(a), words(b));
    let common = a.iter().filter(|w| b.binary_search(w).is_ok()).count();
    2.0 * common as f32 / (a.len() + b.len()).max(1) as f32
}
