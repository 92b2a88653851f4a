//! What tells a text from its copies: a SimHash for the record, and a sketch that finds copies
//! which were cut, re-headed or signed by another agency.
//!
//! Both are taken over shingles of five words of the body, so that headline, case, punctuation and
//! line breaks change nothing. The sketch is the smallest hashes of the set of shingles (a bottom-k
//! sketch: Broder 1997, "On the resemblance and containment of documents"; Cohen and Kaplan 2007).
//! A text cut out of another keeps, in the part that is left, the larger text's smallest hashes as
//! its own smallest, so a handful of them serve as keys by which copies meet: bands of a MinHash
//! signature, which compare whole sets, lose texts that were cut to half.
//!
//! Refuses to compare texts of fewer than [`MIN_SHINGLES`] shingles by anything but equality.

use std::collections::BTreeSet;

use super::hash::{SEED, absorb, finish};
use crate::model::Relation;

/// Words in a shingle.
const SHINGLE: usize = 5;
/// Hashes kept of a text. The standard error of a resemblance of one half is 0.04.
pub const SKETCH_HASHES: usize = 128;
/// Hashes by which copies are looked up.
pub const ANCHORS: usize = 8;
/// Shortest text that can be near another, in distinct shingles.
pub const MIN_SHINGLES: u32 = 24;
/// Least share of all shingles that two copies of like length have in common.
const NEAR_RESEMBLANCE: f64 = 0.45;
/// Least share of the shorter text's shingles that are the longer one's.
const NEAR_CONTAINMENT: f64 = 0.65;

/// What is kept of a text to find its copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch {
    /// Hash of the whole normalised text.
    exact: u64,
    /// Distinct shingles.
    shingles: u32,
    /// The smallest hashes of the shingles, ascending.
    smallest: Vec<u32>,
    simhash: u64,
}

/// How two texts relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// Word for word the same.
    Same,
    /// One is a copy of the other with changes, or a part of it.
    Near,
    /// Neither.
    Different,
}

impl Sketch {
    /// Sketches a body.
    #[must_use]
    pub fn of(body: &str) -> Self {
        let words = word_hashes(body);
        let mut exact = SEED;
        for word in &words {
            exact = absorb(exact, &word.to_le_bytes());
        }
        let mut set: Vec<u64> = words
            .windows(SHINGLE.min(words.len().max(1)))
            .map(|shingle| finish(shingle.iter().fold(SEED, |h, w| absorb(h, &w.to_le_bytes()))))
            .collect();
        let simhash = simhash(&set);
        set.sort_unstable();
        set.dedup();
        // The upper half of a hash orders as the whole does and is enough to tell shingles apart.
        let smallest: BTreeSet<u32> =
            set.iter().map(|h| (h >> 32) as u32).take(SKETCH_HASHES).collect();
        Self {
            exact: finish(exact),
            shingles: set.len() as u32,
            smallest: smallest.into_iter().collect(),
            simhash,
        }
    }

    /// 64-bit SimHash (Charikar 2002) of the shingles; texts that differ in little differ in few
    /// bits.
    #[must_use]
    pub fn simhash(&self) -> u64 {
        self.simhash
    }

    /// Hash of the normalised text: equal for texts of the same words.
    #[must_use]
    pub fn exact(&self) -> u64 {
        self.exact
    }

    /// Up to [`ANCHORS`] keys by which copies are looked up: a copy shares one at least, nearly
    /// always. Sharing one proves nothing; ask [`Sketch::likeness`]. Empty when the text is too
    /// short to be near another.
    #[must_use]
    pub fn anchors(&self) -> &[u32] {
        if self.shingles < MIN_SHINGLES {
            return &[];
        }
        &self.smallest[..self.smallest.len().min(ANCHORS)]
    }

    /// Whether the other text is the same, or near.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> Likeness {
        if self.exact == other.exact && self.shingles == other.shingles {
            return Likeness::Same;
        }
        let fewest = self.shingles.min(other.shingles);
        if fewest < MIN_SHINGLES {
            return Likeness::Different;
        }
        let resemblance = self.resemblance(other);
        let total = f64::from(self.shingles) + f64::from(other.shingles);
        let common = resemblance / (1.0 + resemblance) * total;
        let containment = common / f64::from(fewest);
        if resemblance >= NEAR_RESEMBLANCE || containment >= NEAR_CONTAINMENT {
            Likeness::Near
        } else {
            Likeness::Different
        }
    }

    /// Estimated Jaccard coefficient of the two sets of shingles, 0 to 1.
    #[must_use]
    pub fn resemblance(&self, other: &Self) -> f64 {
        let (a, b) = (&self.smallest, &other.smallest);
        let (mut i, mut j, mut seen, mut both) = (0, 0, 0u32, 0u32);
        while seen < SKETCH_HASHES as u32 && (i < a.len() || j < b.len()) {
            seen += 1;
            match (a.get(i), b.get(j)) {
                (Some(x), Some(y)) if x == y => {
                    both += 1;
                    i += 1;
                    j += 1;
                }
                (Some(x), Some(y)) if x < y => i += 1,
                (Some(_), None) => i += 1,
                _ => j += 1,
            }
        }
        if seen == 0 { 0.0 } else { f64::from(both) / f64::from(seen) }
    }

    /// The sketch as bytes for a bucket, little endian: a version byte, exact (8), SimHash (8),
    /// shingles (4), then four bytes for each hash; at most 533.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.exact.to_le_bytes());
        bytes.extend(self.simhash.to_le_bytes());
        bytes.extend(self.shingles.to_le_bytes());
        bytes.extend(self.smallest.iter().flat_map(|h| h.to_le_bytes()));
        bytes
    }

    /// Reads a sketch back; `None` when the bytes are not of this version.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&version, bytes) = bytes.split_first()?;
        let (exact, bytes) = bytes.split_first_chunk()?;
        let (simhash, bytes) = bytes.split_first_chunk()?;
        let (shingles, bytes) = bytes.split_first_chunk()?;
        let (hashes, rest) = bytes.as_chunks::<4>();
        let smallest: Vec<u32> = hashes.iter().map(|h| u32::from_le_bytes(*h)).collect();
        let whole = rest.is_empty() && smallest.len() <= SKETCH_HASHES && smallest.is_sorted();
        (version == VERSION && whole).then(|| Self {
            exact: u64::from_le_bytes(*exact),
            shingles: u32::from_le_bytes(*shingles),
            smallest,
            simhash: u64::from_le_bytes(*simhash),
        })
    }
}

/// How a story relates to an earlier one that its sketch was compared with: a copy, or a new state
/// of the same page. The same page with the same words is a copy, since nothing was updated; a page
/// that was rewritten is an update however little is left of its words.
#[must_use]
pub fn relation(likeness: Likeness, same_page: bool) -> Option<Relation> {
    match (likeness, same_page) {
        (Likeness::Same, _) | (Likeness::Near, false) => Some(Relation::Duplicate),
        (Likeness::Near | Likeness::Different, true) => Some(Relation::Update),
        (Likeness::Different, false) => None,
    }
}

/// Changes when sketches of the same text do.
const VERSION: u8 = 1;

/// A hash for each word: runs of letters and digits in lower case; signs of scripts written
/// without spaces count as words of their own.
fn word_hashes(text: &str) -> Vec<u64> {
    let mut words = Vec::with_capacity(text.len() / 6);
    let mut state = None;
    let mut buffer = [0; 4];
    for c in text.chars() {
        let spaceless = matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{0e00}'..='\u{0e7f}');
        if !c.is_alphanumeric() || spaceless {
            // An apostrophe or hyphen inside a word parts it: "don't" is "don", "t" everywhere.
            words.extend(state.take().map(finish));
        }
        if spaceless {
            words.push(finish(absorb(SEED, c.encode_utf8(&mut buffer).as_bytes())));
        } else if c.is_ascii() {
            if c.is_ascii_alphanumeric() {
                state = Some(absorb(state.unwrap_or(SEED), &[c.to_ascii_lowercase() as u8]));
            }
        } else if c.is_alphanumeric() {
            for lower in c.to_lowercase() {
                let bytes = lower.encode_utf8(&mut buffer).as_bytes();
                state = Some(absorb(state.unwrap_or(SEED), bytes));
            }
        }
    }
    words.extend(state.map(finish));
    words
}

fn simhash(hashes: &[u64]) -> u64 {
    // Counts set bits of all 64 positions at once, four lanes of 16 bits a word; a lane holds
    // 65,535 counts, more shingles than a body has, and is emptied before it could overflow.
    let mut ones = [0u32; 64];
    let mut lanes = [0u64; 16];
    for chunk in hashes.chunks(u16::MAX as usize) {
        for hash in chunk {
            for (i, lane) in lanes.iter_mut().enumerate() {
                *lane += (hash >> i) & 0x0001_0001_0001_0001;
            }
        }
        for (i, lane) in lanes.iter_mut().enumerate() {
            for part in 0..4 {
                ones[i + 16 * part] += ((*lane >> (16 * part)) & 0xffff) as u32;
            }
            *lane = 0;
        }
    }
    let half = hashes.len() as u32 / 2;
    ones.iter().enumerate().fold(0, |h, (i, &n)| h | (u64::from(n > half) << i))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of `n` sentences that differ from one another and from those of another seed.
    fn text(seed: u64, n: usize) -> String {
        let mut state = seed;
        let mut out = String::new();
        for _ in 0..n {
            for word in 0..12 {
                state = finish(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
                out.push_str(if word == 0 { "The " } else { " " });
                out.push_str(&format!("w{}", state % 900));
            }
            out.push_str(".\n");
        }
        out
    }

    #[test]
    fn case_punctuation_and_line_breaks_do_not_matter() {
        let a = Sketch::of(&text(1, 20));
        let b = Sketch::of(&text(1, 20).to_uppercase().replace(".\n", " -- "));
        assert_eq!(a.likeness(&b), Likeness::Same);
        assert_eq!(a.simhash(), b.simhash());
    }

    #[test]
    fn a_text_cut_to_a_third_is_near_and_shares_an_anchor() {
        for seed in 0..50 {
            let whole = text(seed, 45);
            let cut: String = whole.lines().take(15).collect::<Vec<_>>().join("\n");
            let (a, b) = (Sketch::of(&whole), Sketch::of(&cut));
            assert_eq!(a.likeness(&b), Likeness::Near, "seed {seed}");
        }
    }

    #[test]
    fn unrelated_texts_are_different() {
        for seed in 0..50 {
            let (a, b) = (Sketch::of(&text(seed, 30)), Sketch::of(&text(seed + 1000, 30)));
            assert_eq!(a.likeness(&b), Likeness::Different);
        }
    }

    #[test]
    fn short_texts_are_only_compared_for_equality() {
        let (a, b) = (Sketch::of("Markets closed."), Sketch::of("Markets closed today."));
        assert_eq!(a.likeness(&b), Likeness::Different);
        assert_eq!(a.likeness(&Sketch::of("markets CLOSED")), Likeness::Same);
        assert!(a.anchors().is_empty());
        assert_eq!(Sketch::of("").likeness(&Sketch::of(" ")), Likeness::Same);
    }

    #[test]
    fn survives_a_round_trip_and_refuses_other_bytes() {
        let sketch = Sketch::of(&text(3, 40));
        let bytes = sketch.to_bytes();
        assert!(bytes.len() <= 533);
        assert_eq!(Sketch::from_bytes(&bytes), Some(sketch));
        assert_eq!(Sketch::from_bytes(&bytes[..20]), None);
        assert_eq!(Sketch::from_bytes(&bytes[..bytes.len() - 1]), None);
    }

    #[test]
    fn updates_of_a_page_are_told_from_copies() {
        assert_eq!(relation(Likeness::Same, true), Some(Relation::Duplicate));
        assert_eq!(relation(Likeness::Near, true), Some(Relation::Update));
        assert_eq!(relation(Likeness::Near, false), Some(Relation::Duplicate));
        assert_eq!(relation(Likeness::Different, false), None);
    }

    #[test]
    fn simhash_counts_bits() {
        assert_eq!(simhash(&[0b101, 0b001, 0b100]), 0b101);
        assert_eq!(simhash(&[u64::MAX, u64::MAX, 0]), u64::MAX);
        assert_eq!(simhash(&[]), 0);
    }
}
