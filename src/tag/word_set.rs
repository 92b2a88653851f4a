//! Sets of words that are asked of every word of a text. Most words are in none, and a sieve tells so of nearly all of
//! them by their ends and their length, before anything is hashed.

use std::borrow::Borrow;
use std::hash::Hash;

use foldhash::{HashMap, HashSet};

/// Bits of a sieve.
const BITS: usize = 2048;

/// Longest word that is made small without asking for memory, in bytes.
const LONGEST: usize = 32;

/// What words may be in a set.
#[derive(Clone, Debug)]
struct Sieve([u64; BITS / 64]);

impl Default for Sieve {
    fn default() -> Self {
        Self([0; BITS / 64])
    }
}

impl Sieve {
    fn add(&mut self, word: &str) {
        let (at, bit) = place(word);
        self.0[at] |= bit;
    }

    #[inline]
    fn may_hold(&self, word: &str) -> bool {
        let (at, bit) = place(word);
        self.0[at] & bit != 0
    }
}

/// Where a word's bit is: the words of a language are spread well by their first and last letters and their length.
#[inline]
fn place(word: &str) -> (usize, u64) {
    let bytes = word.as_bytes();
    let first = bytes.first().map_or(0, |byte| usize::from(*byte));
    let last = bytes.last().map_or(0, |byte| usize::from(*byte));
    let number = (first * 69 + last * 11 + bytes.len() * 5) % BITS;
    (number / 64, 1 << (number % 64))
}

/// A set of words.
#[derive(Clone, Debug)]
pub(in crate::tag) struct WordSet<W = &'static str> {
    sieve: Sieve,
    words: HashSet<W>,
}

impl<W> Default for WordSet<W> {
    fn default() -> Self {
        Self { sieve: Sieve::default(), words: HashSet::default() }
    }
}

impl<W: Borrow<str> + Eq + Hash> WordSet<W> {
    pub(in crate::tag) fn insert(&mut self, word: W) {
        self.sieve.add(word.borrow());
        self.words.insert(word);
    }

    #[inline]
    pub(in crate::tag) fn contains(&self, word: &str) -> bool {
        self.sieve.may_hold(word) && self.words.contains(word)
    }

    /// Whether a word's form in lower case is in the set.
    pub(in crate::tag) fn contains_any_case(&self, word: &str) -> bool {
        let mut buffer = [0; LONGEST];
        match buffer.get_mut(..word.len()).filter(|_| word.is_ascii()) {
            Some(small) => {
                small.copy_from_slice(word.as_bytes());
                small.make_ascii_lowercase();
                std::str::from_utf8(small).is_ok_and(|small| self.contains(small))
            }
            None => self.contains(&word.to_lowercase()),
        }
    }

    /// The words, in no order.
    pub(in crate::tag) fn iter(&self) -> impl Iterator<Item = &W> {
        self.words.iter()
    }
}

impl<W: Borrow<str> + Eq + Hash> Extend<W> for WordSet<W> {
    fn extend<I: IntoIterator<Item = W>>(&mut self, words: I) {
        words.into_iter().for_each(|word| self.insert(word));
    }
}

impl<W: Borrow<str> + Eq + Hash> FromIterator<W> for WordSet<W> {
    fn from_iter<I: IntoIterator<Item = W>>(words: I) -> Self {
        let mut set = Self::default();
        set.extend(words);
        set
    }
}

/// What is known of some words.
#[derive(Clone, Debug)]
pub(in crate::tag) struct WordMap<V> {
    sieve: Sieve,
    words: HashMap<&'static str, V>,
}

impl<V: Copy + Default> WordMap<V> {
    /// What is known of a word; the default of most.
    #[inline]
    pub(in crate::tag) fn get(&self, word: &str) -> V {
        let known = if self.sieve.may_hold(word) { self.words.get(word) } else { None };
        known.copied().unwrap_or_default()
    }
}

impl<V> From<HashMap<&'static str, V>> for WordMap<V> {
    fn from(words: HashMap<&'static str, V>) -> Self {
        let mut sieve = Sieve::default();
        for word in words.keys() {
            sieve.add(word);
        }
        Self { sieve, words }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_what_was_put_in_and_nothing_else() {
        let words = ["of", "the", "", "z\u{fc}ri", "\u{5e74}"];
        let set: WordSet = words.into_iter().collect();
        assert!(words.iter().all(|word| set.contains(word)));
        assert_eq!(set.iter().count(), words.len());
        let long = "lang".repeat(9);
        let set: WordSet<&str> = words.into_iter().chain([long.as_str()]).collect();
        for word in ["THE", "Of", "Z\u{dc}RI", "the", &long.to_uppercase()] {
            assert!(set.contains_any_case(word), "{word}");
        }
        for other in ["off", "tie", "e", "z\u{fc}r", "\u{5e75}"] {
            assert!(!set.contains(other) && !set.contains_any_case(other), "{other}");
        }
    }

    #[test]
    fn map_knows_its_words_and_no_others() {
        let map = WordMap::from(HashMap::from_iter([("of", 1), ("the", 2)]));
        assert_eq!(["of", "the", "off"].map(|word| map.get(word)), [1, 2, 0]);
    }
}
