//! What tells a text from its copies: a `SimHash` for the record, and a sketch that finds copies
//! which were cut, re-headed or signed by another agency.
//!
//! Both are taken over shingles of five words of the body, so that headline, case, punctuation and
//! line breaks change nothing. The sketch is the smallest hashes of the set of shingles (a bottom-k
//! sketch: Broder 1997, "On the resemblance and containment of documents"; Cohen and Kaplan 2007).
//! A text cut out of another keeps, in the part that is left, the larger text's smallest hashes as
//! its own smallest, so a handful of them serve as keys by which copies meet: bands of a `MinHash`
//! signature, which compare whole sets, lose texts that were cut to half.
//!
//! Refuses to compare texts of fewer than [`MIN_SHINGLES`] shingles by anything but equality.

use crate::hash::{SEED, absorb, finish};
use crate::model::Relation;
use crate::scripts::{is_thai, is_unspaced};
use crate::word_hashes;

/// Words in a shingle.
const SHINGLE: usize = 5;
/// Hashes kept of a text. The standard error of a resemblance of one half is 0.05.
pub const SKETCH_HASHES: usize = 112;
/// Hashes by which copies are looked up.
pub const ANCHORS: usize = 8;
/// Shortest text that can be near another, in distinct shingles.
pub const MIN_SHINGLES: u32 = 24;
/// Least share of all shingles that two copies of like length have in common.
const NEAR_RESEMBLANCE: f64 = 0.45;
/// Least share of the shorter text's shingles that are the longer one's.
const NEAR_CONTAINMENT: f64 = 0.65;
/// Bits of a hash that are kept beyond the anchors: of two texts of 1,000 shingles each, a hash
/// of one is the other's by chance in one of 260 cases.
const KEPT_BITS: u32 = 18;

/// What is kept of a text to find its copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sketch {
    /// Hash of the whole normalised text.
    exact: u64,
    /// Distinct shingles.
    shingles: u32,
    /// The smallest hashes, whole, ascending.
    anchors: Vec<u32>,
    /// The upper bits of the smallest hashes of the shingles, the anchors' too, ascending.
    smallest: Vec<u32>,
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
    /// Sketches a body, beside its 64-bit `SimHash` (Charikar 2002): texts that differ in little differ
    /// in few bits of that.
    #[must_use]
    pub fn of(body: &str) -> (Self, u64) {
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
        let mut smallest: Vec<u32> =
            set.iter().map(|h| (h >> 32) as u32).take(SKETCH_HASHES).collect();
        smallest.dedup();
        let anchors = smallest[..smallest.len().min(ANCHORS)].to_vec();
        let sketch = Self {
            exact: finish(exact),
            shingles: set.len() as u32,
            anchors,
            smallest: upper_bits(smallest),
        };
        (sketch, simhash)
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
        &self.anchors
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

    /// Estimated Jaccard coefficient of the two sets of shingles, 0 to 1: over every hash below the
    /// largest that both sketches would hold (Beyer and others 2007, "On synopses for distinct-value
    /// estimation under multiset operations").
    #[must_use]
    pub fn resemblance(&self, other: &Self) -> f64 {
        let (a, b) = (self.below(other), other.below(self));
        let (mut i, mut j, mut all, mut both) = (0, 0, 0u32, 0u32);
        while i < a.len() || j < b.len() {
            all += 1;
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
        if all == 0 { 0.0 } else { f64::from(both) / f64::from(all) }
    }

    /// The hashes of this sketch that lie where both sketches hold all there are.
    fn below(&self, other: &Self) -> &[u32] {
        let end = self.complete_below().min(other.complete_below());
        &self.smallest[..self.smallest.partition_point(|h| *h < end)]
    }

    /// Where this sketch stops to hold every hash of its text.
    fn complete_below(&self) -> u32 {
        let whole = self.shingles as usize <= SKETCH_HASHES;
        self.smallest.last().copied().filter(|_| !whole).unwrap_or(u32::MAX)
    }

    /// The sketch as bytes for the log: a version byte, exact (8), shingles (4), two counts of hashes
    /// (2), then the distance of each from the one before it as a Rice code; about 175 bytes for a
    /// story of 500 words.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.exact.to_le_bytes());
        bytes.extend(self.shingles.to_le_bytes());
        bytes.push(self.anchors.len() as u8);
        let rest: Vec<u32> = self.beyond_anchors().to_vec();
        bytes.push(rest.len() as u8);
        let mut bits = BitWriter::new(bytes);
        let (whole, kept) = rice_parameters(self.shingles);
        let mut last = 0;
        for anchor in &self.anchors {
            bits.rice(anchor - last, whole);
            last = *anchor;
        }
        let mut last = self.last_anchor();
        for hash in rest {
            bits.rice(hash - last, kept);
            last = hash;
        }
        bits.bytes
    }

    /// Reads a sketch back; `None` when the bytes are not of this version.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&version, bytes) = bytes.split_first()?;
        let (exact, bytes) = bytes.split_first_chunk()?;
        let (shingles, bytes) = bytes.split_first_chunk()?;
        let (&[anchors, rest], bytes) = bytes.split_first_chunk::<2>()?;
        if version != VERSION || usize::from(anchors) > ANCHORS || usize::from(rest) > SKETCH_HASHES
        {
            return None;
        }
        let shingles = u32::from_le_bytes(*shingles);
        let (whole, kept) = rice_parameters(shingles);
        let mut bits = BitReader { bytes, at: 0 };
        let mut sketch = Self {
            exact: u64::from_le_bytes(*exact),
            shingles,
            anchors: Vec::with_capacity(anchors.into()),
            smallest: Vec::with_capacity(SKETCH_HASHES),
        };
        let mut last = 0u32;
        for _ in 0..anchors {
            last = last.checked_add(bits.rice(whole)?)?;
            sketch.anchors.push(last);
        }
        sketch.smallest = upper_bits(sketch.anchors.clone());
        let mut last = sketch.last_anchor();
        for _ in 0..rest {
            last = last.checked_add(bits.rice(kept)?)?;
            sketch.smallest.push(last);
        }
        // Nothing but the padding of the last byte is left.
        (bits.bytes.len() * 8 - bits.at < 8).then_some(sketch)
    }

    /// The hashes that no anchor stands for.
    fn beyond_anchors(&self) -> &[u32] {
        let last = self.last_anchor();
        let from = if self.anchors.is_empty() {
            0
        } else {
            self.smallest.partition_point(|hash| *hash <= last)
        };
        &self.smallest[from..]
    }

    fn last_anchor(&self) -> u32 {
        self.anchors.last().map_or(0, |anchor| anchor >> (32 - KEPT_BITS))
    }
}

/// The upper bits of ascending hashes, each once.
fn upper_bits(mut hashes: Vec<u32>) -> Vec<u32> {
    for hash in &mut hashes {
        *hash >>= 32 - KEPT_BITS;
    }
    hashes.dedup();
    hashes
}

/// Bits that a distance between two hashes has below its unary part: of whole hashes, and of kept ones.
fn rice_parameters(shingles: u32) -> (u32, u32) {
    let spread = 32 - shingles.max(2).leading_zeros();
    let whole = (32 - spread).min(30);
    (whole, whole.saturating_sub(32 - KEPT_BITS))
}

/// Writes Rice codes (Rice and Plaunt 1971): the quotient in unary, the rest in binary.
struct BitWriter {
    bytes: Vec<u8>,
    /// Bits that are free in the last byte.
    free: u32,
}

impl BitWriter {
    fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, free: 0 }
    }

    fn bit(&mut self, bit: bool) {
        if self.free == 0 {
            self.bytes.push(0);
            self.free = 8;
        }
        self.free -= 1;
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << self.free;
        }
    }

    fn rice(&mut self, value: u32, parameter: u32) {
        for _ in 0..value >> parameter {
            self.bit(true);
        }
        self.bit(false);
        for at in (0..parameter).rev() {
            self.bit(value >> at & 1 == 1);
        }
    }
}

/// Reads what [`BitWriter`] wrote.
struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl BitReader<'_> {
    fn bit(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1 == 1;
        self.at += 1;
        Some(bit)
    }

    fn rice(&mut self, parameter: u32) -> Option<u32> {
        let mut value = 0u32;
        while self.bit()? {
            value += 1;
        }
        value = value.checked_mul(1 << parameter)?;
        for at in (0..parameter).rev() {
            value |= u32::from(self.bit()?) << at;
        }
        Some(value)
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
const VERSION: u8 = 2;

/// A hash for each word; signs of scripts written without spaces count as words of their own.
fn word_hashes(text: &str) -> Vec<u64> {
    let mut words = Vec::with_capacity(text.len() / 6);
    word_hashes::each(text, |c| is_unspaced(c) || is_thai(c), |word| words.push(word));
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
                state = finish(state.wrapping_add(crate::hash::GOLDEN));
                out.push_str(if word == 0 { "The " } else { " " });
                out.push_str(&format!("w{}", state % 900));
            }
            out.push_str(".\n");
        }
        out
    }

    fn sketch(text: &str) -> Sketch {
        Sketch::of(text).0
    }

    #[test]
    fn case_punctuation_and_line_breaks_do_not_matter() {
        let a = sketch(&text(1, 20));
        let b = sketch(&text(1, 20).to_uppercase().replace(".\n", " -- "));
        assert_eq!(a.likeness(&b), Likeness::Same);
        let simhash = |text: &str| Sketch::of(text).1;
        assert_eq!(simhash(&text(1, 20)), simhash(&text(1, 20).to_uppercase()));
    }

    #[test]
    fn text_cut_to_third_is_near_sharing_anchor() {
        for seed in 0..50 {
            let whole = text(seed, 45);
            let cut: String = whole.lines().take(15).collect::<Vec<_>>().join("\n");
            let (a, b) = (sketch(&whole), sketch(&cut));
            assert_eq!(a.likeness(&b), Likeness::Near, "seed {seed}");
        }
    }

    #[test]
    fn unrelated_texts_are_different() {
        for seed in 0..50 {
            let (a, b) = (sketch(&text(seed, 30)), sketch(&text(seed + 1000, 30)));
            assert_eq!(a.likeness(&b), Likeness::Different);
        }
    }

    #[test]
    fn short_texts_are_only_compared_for_equality() {
        let (a, b) = (sketch("Markets closed."), sketch("Markets closed today."));
        assert_eq!(a.likeness(&b), Likeness::Different);
        assert_eq!(a.likeness(&sketch("markets CLOSED")), Likeness::Same);
        assert!(a.anchors().is_empty());
        assert_eq!(sketch("").likeness(&sketch(" ")), Likeness::Same);
    }

    #[test]
    fn survives_a_round_trip_and_refuses_other_bytes() {
        for sentences in [0, 1, 3, 40, 3_000] {
            let sketch = sketch(&text(3, sentences));
            let bytes = sketch.to_bytes();
            assert!(bytes.len() <= 230, "{} bytes of {sentences} sentences", bytes.len());
            assert_eq!(Sketch::from_bytes(&bytes).as_ref(), Some(&sketch), "{sentences} sentences");
            assert_eq!(Sketch::from_bytes(&bytes[..bytes.len() - 1]), None);
            assert_eq!(Sketch::from_bytes(&[&bytes[..], &[0, 0]].concat()), None);
        }
        assert_eq!(Sketch::from_bytes(&[0xff; 40]), None);
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
