//! Document-level evidence: what a first reading of the whole story made of each word, told to a
//! second reading as votes.
//!
//! A surname alone is a person when the full name stands elsewhere; an acronym is what its long
//! form is. A token's own first label never votes for itself.

use super::{
    Name,
    labels::NameKind,
    token_features::{Case, TokenFeatures},
};
use crate::hash::ByHash;
use crate::tag::{Text, TokenKind, feature_hash, word_keys};

/// Most features that [`features`] writes.
pub const MAX_FEATURES: usize = 8;

const OUTSIDE: usize = 4;
const FULL: usize = 5;
/// By kind (persons, organisations, places, others), outside, and as the end of a longer name.
type Counts = [u16; 6];

/// Votes by the key of a word.
#[derive(Debug, Default)]
pub struct Votes(ByHash<Counts>);

/// What the first reading says of one token, its own vote left out; 0 for nothing.
pub type Hint = u16;

impl Votes {
    /// Counts the names of a text, and the capitalised words that are in none.
    pub fn add(&mut self, text: &Text<'_>, keys: &[u64], names: &[Name]) {
        let mut at = 0;
        for name in names {
            self.outside(text, keys, at..name.tokens.start);
            at = name.tokens.end;
            for (i, last) in name.tokens.clone().map(|i| (i, i + 1 == name.tokens.end)) {
                let counts = self.0.entry(keys[i]).or_default();
                counts[name.kind as usize] += 1;
                counts[FULL] +=
                    u16::from(last && name.tokens.len() > 1 && name.kind == NameKind::Person);
            }
            self.acronym(text, name);
        }
        self.outside(text, keys, at..text.tokens.len());
    }

    fn outside(&mut self, text: &Text<'_>, keys: &[u64], tokens: std::ops::Range<usize>) {
        for i in tokens {
            if text.tokens[i].kind == TokenKind::Word && text.is_capital(i) {
                self.0.entry(keys[i]).or_default()[OUTSIDE] += 1;
            }
        }
    }

    /// A long name votes for its initials, with and without its small words'.
    fn acronym(&mut self, text: &Text<'_>, name: &Name) {
        if let Some(initials) = initials(text, name) {
            let key = word_keys::key(&initials, TokenKind::Word, &mut Vec::new());
            self.0.entry(key).or_default()[name.kind as usize] += 2;
        }
    }

    /// The hints of a text's tokens.
    #[must_use]
    pub fn hints(&self, text: &Text<'_>, keys: &[u64], names: &[Name]) -> Vec<Hint> {
        let mut hints = vec![0; text.tokens.len()];
        let mut names = names.iter().peekable();
        for (i, hint) in hints.iter_mut().enumerate() {
            while names.next_if(|n| n.tokens.end <= i).is_some() {}
            let Some(counts) = self.0.get(&keys[i]) else { continue };
            let mut counts = *counts;
            match names.peek() {
                Some(name) if name.tokens.contains(&i) => {
                    counts[name.kind as usize] = counts[name.kind as usize].saturating_sub(1);
                    let full = i + 1 == name.tokens.end
                        && name.tokens.len() > 1
                        && name.kind == NameKind::Person;
                    counts[FULL] = counts[FULL].saturating_sub(u16::from(full));
                }
                _ if text.is_capital(i) => {
                    counts[OUTSIDE] = counts[OUTSIDE].saturating_sub(1);
                }
                _ => {}
            }
            *hint = summary(&counts);
        }
        hints
    }
}

/// The capitals that start the words of a name that may have an acronym.
pub(super) fn initials(text: &Text<'_>, name: &Name) -> Option<String> {
    if name.tokens.len() < 2 || name.kind == NameKind::Person {
        return None;
    }
    let first = |i: usize| text.word(i).chars().next().filter(|c| c.is_uppercase());
    let initials: String = name.tokens.clone().filter_map(first).collect();
    (initials.len() >= 2).then_some(initials)
}

/// The leading kind, how strong its lead is, and whether a full name ends in the word.
fn summary(counts: &Counts) -> Hint {
    let total: u16 = counts[..=OUTSIDE].iter().sum();
    if total == 0 {
        return 0;
    }
    let (kind, most) = counts[..=OUTSIDE]
        .iter()
        .enumerate()
        .max_by_key(|(i, c)| (**c, OUTSIDE - i))
        .expect("five counts");
    let strength = match most {
        1 => 0,
        2 | 3 => 1,
        _ => 2,
    };
    let pure = u16::from(most * 5 >= total * 4);
    let full = u16::from(counts[FULL] > 0);
    (kind as u16 + 1) | strength << 3 | pure << 5 | full << 6
}

/// The hints of the previous, the own and the next token of a sentence; 0 beyond its edges.
#[must_use]
pub fn window(hints: &[Hint], at: usize, sentence: &std::ops::Range<usize>) -> [Hint; 3] {
    let before = if at > sentence.start { hints[at - 1] } else { 0 };
    let after = if at + 1 < sentence.end { hints[at + 1] } else { 0 };
    [before, hints[at], after]
}

/// Writes the hashes of the features that the hints of a token and its neighbours make; `hints` are those of the
/// previous, the own and the next token.
pub fn features(
    own: &TokenFeatures,
    hints: [Hint; 3],
    first: bool,
    out: &mut [u64; MAX_FEATURES],
) -> usize {
    if hints == [0; 3] || own.case == Case::None {
        return 0;
    }
    let [before, hint, after] = hints.map(u64::from);
    let (case, listed, first) = (own.form, u64::from(own.listed), u64::from(first));
    out[0] = feature_hash::two(90, hint, case);
    out[1] = feature_hash::two(91, feature_hash::two(0, before & 7, hint & 7), after & 7);
    out[2] = feature_hash::two(92, hint, first << 8 | u64::from(own.evidence));
    out[3] = feature_hash::two(93, hint & 0x67, listed);
    out[4] = feature_hash::two(94, hint, before & 0x27);
    out[5] = feature_hash::two(95, hint, after & 0x27);
    out[6] = feature_hash::two(96, hint, own.brief);
    7
}
