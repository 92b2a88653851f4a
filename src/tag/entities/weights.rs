//! The model's weights: a hash table from feature to a row of small integers, one per label.
//!
//! Four rows make a bucket. The sixteenth byte of a row is a mark of the feature's hash; a feature that
//! the model does not know meets a row of its mark's in one lookup of sixty. In memory the marks stand in
//! a column of their own, a sixteenth of the table: most features are unknown, and are so without a look
//! at the rows, which no cache holds.

use super::labels::{LABELS, LANES};

const SLOTS: usize = 4;
/// Where a row has its mark.
const LAST: usize = LANES - 1;
/// Bytes before the rows: rows' scale and the transitions' (f32), then the transitions.
const HEAD: usize = 4;
/// Bytes of the transitions.
const STEPS: usize = (LABELS + 1) * LANES * 2;

/// The rows of a bucket.
type Bucket = [[i8; LANES]; SLOTS];

/// Scores of one token, or sums of them.
pub type Scores = [i32; LANES];

/// Feature weights and transition weights, quantised at one common scale.
#[derive(Debug)]
pub struct Weights {
    /// The marks of each bucket's rows, the first in the lowest byte; 0 for an empty row.
    marks: Vec<u32>,
    /// The rows, as they were read.
    rows: Vec<u8>,
    /// `transitions[previous][next]`; row `LABELS` is the start of a sentence.
    transitions: [[i32; LANES]; LABELS + 1],
    /// What one step of the integers is worth in log-odds.
    scale: f32,
}

impl Weights {
    /// Reads what [`Weights::build`] wrote; `None` when the sizes don't fit.
    #[must_use]
    pub fn from_bytes(mut bytes: Vec<u8>) -> Option<Self> {
        let (head, rest) = bytes.split_at_checked(HEAD)?;
        let (steps, rows) = rest.split_at_checked(STEPS)?;
        let count = rows.len() / size_of::<Bucket>();
        if !count.is_power_of_two() || rows.len() != count * size_of::<Bucket>() {
            return None;
        }
        let mut transitions = [[0; LANES]; LABELS + 1];
        for (to, from) in transitions.as_flattened_mut().iter_mut().zip(steps.chunks_exact(2)) {
            *to = i32::from(i16::from_le_bytes([from[0], from[1]]));
        }
        let buckets = rows.as_chunks::<LANES>().0.as_chunks::<SLOTS>().0;
        let marks = |[a, b, c, d]: &[[u8; LANES]; SLOTS]| {
            u32::from_le_bytes([a[LAST], b[LAST], c[LAST], d[LAST]])
        };
        let marks = buckets.iter().map(marks).collect();
        let scale = f32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        // So that no row lies across two cache lines.
        bytes.drain(..HEAD + STEPS);
        Some(Self { marks, rows: bytes, transitions, scale })
    }

    /// Quantises and packs weights in log-odds. Features are given most useful first: those for
    /// which no slot is left are dropped. `log2_rows` is the table's size; weights are multiples of
    /// `steps`, coarser ones pack smaller.
    #[must_use]
    pub fn build(
        features: &[(u64, [f32; LABELS])],
        transitions: &[[f32; LANES]; LABELS + 1],
        log2_rows: u32,
        steps: i8,
    ) -> (Vec<u8>, usize) {
        let largest =
            features.iter().flat_map(|(_, row)| row).fold(0.01_f32, |max, w| max.max(w.abs()));
        // A few outliers may be clipped for a finer step.
        let scale = (largest / 127.0).min(4.0 / 127.0);
        let count = (1_usize << log2_rows) / SLOTS;
        let mut buckets: Vec<Bucket> = vec![[[0; LANES]; SLOTS]; count];
        let mut dropped = 0;
        for (hash, row) in features {
            let bucket = &mut buckets[bucket_of(*hash, count)];
            let Some(slot) = bucket.iter_mut().find(|slot| slot[LAST] == 0) else {
                dropped += 1;
                continue;
            };
            for (to, weight) in slot.iter_mut().zip(row) {
                let coarse = (weight / scale / f32::from(steps)).round() * f32::from(steps);
                *to = coarse.clamp(-127.0, 127.0) as i8;
            }
            slot[LAST] = mark(*hash).cast_signed();
        }
        let mut out = scale.to_le_bytes().to_vec();
        for weight in transitions.as_flattened() {
            let steps =
                (weight / scale).round().clamp(f32::from(i16::MIN), f32::from(i16::MAX)) as i16;
            out.extend(steps.to_le_bytes());
        }
        out.extend(buckets.as_flattened().as_flattened().iter().map(|w| w.cast_unsigned()));
        (out, dropped)
    }

    /// Rounds packed weights to multiples of `steps`, halves to even ones so that sums keep their size, and empties
    /// the rows that nothing is left of: what is stored is a fifth smaller at four steps, and reads as well. Sizes
    /// that don't fit stay as they are.
    pub fn coarsen(bytes: &mut [u8], steps: i8) {
        let Some(rows) = bytes.get_mut(HEAD + STEPS..) else { return };
        let steps = f32::from(steps);
        for row in rows.chunks_exact_mut(LANES) {
            let (weights, _) = row.split_at_mut(LAST);
            for weight in weights.iter_mut() {
                let coarse = (f32::from(*weight as i8) / steps).round_ties_even() * steps;
                let largest = (127.0 / steps).floor() * steps;
                *weight = coarse.clamp(-largest, largest) as i8 as u8;
            }
            if weights.iter().all(|w| *w == 0) {
                row.fill(0);
            }
        }
    }

    /// Appends the numbers of the rows of features; an unknown feature has none. Marks are compared without a branch,
    /// so that the waits for memory run side by side.
    #[inline]
    pub fn find(&self, features: &[u64], found: &mut Vec<u32>) {
        let before = found.len();
        found.resize(before + features.len(), 0);
        let mut count = before;
        for feature in features {
            let bucket = bucket_of(*feature, self.marks.len());
            let slot = first_slot(self.marks[bucket], mark(*feature));
            found[count] = (bucket * SLOTS + slot % SLOTS) as u32;
            count += usize::from(slot < SLOTS);
        }
        found.truncate(count);
    }

    /// Adds the rows of what was found to a token's scores. The last lane collects marks and means nothing.
    #[inline]
    pub fn add(&self, found: &[u32], scores: &mut [i16; LANES]) {
        let rows = self.rows.as_chunks::<LANES>().0;
        let mut sums = *scores;
        for row in found {
            let row = &rows[*row as usize];
            for (lane, sum) in sums.iter_mut().enumerate() {
                *sum = sum.wrapping_add(i16::from(row[lane].cast_signed()));
            }
        }
        *scores = sums;
    }

    /// Looks at a byte of each row, so that they are at hand when they are added: with nothing to do between two
    /// looks, the waits for memory run side by side.
    #[inline]
    pub fn fetch(&self, found: &[u32]) {
        let rows = self.rows.as_chunks::<LANES>().0;
        let seen = found.iter().fold(0, |seen, row| seen ^ rows[*row as usize][0]);
        std::hint::black_box(seen);
    }

    /// Transition scores into each label; `None` is the start of a sentence.
    #[inline]
    #[must_use]
    pub fn transitions(&self, previous: Option<usize>) -> &Scores {
        &self.transitions[previous.unwrap_or(LABELS)]
    }

    /// What one step of the scores is worth in log-odds.
    #[must_use]
    pub fn scale(&self) -> f32 {
        self.scale
    }
}

#[inline]
fn bucket_of(hash: u64, count: usize) -> usize {
    hash as usize & (count - 1)
}

/// Never 0: that is an empty slot.
#[inline]
fn mark(hash: u64) -> u8 {
    let mark = (hash >> 56) as u8;
    mark + u8::from(mark == 0)
}

/// The first of a bucket's slots that has a mark, or `SLOTS`.
#[inline]
fn first_slot(marks: u32, mark: u8) -> usize {
    const ONES: u32 = 0x0101_0101;
    const HIGHS: u32 = 0x8080_8080;
    let differs = marks ^ (u32::from(mark) * ONES);
    // The lowest high bit is that of the first byte that is 0 (Warren, "Hacker's Delight").
    let zero = differs.wrapping_sub(ONES) & !differs & HIGHS;
    zero.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_quantised_weights() {
        let features: Vec<_> = (0..500_u64)
            .map(|i| {
                let mut row = [0.0; LABELS];
                row[(i % 15) as usize] = 1.0 + i as f32 / 1000.0;
                (i.wrapping_mul(crate::hash::GOLDEN), row)
            })
            .collect();
        let (bytes, dropped) = Weights::build(&features, &[[0.5; LANES]; LABELS + 1], 12, 1);
        assert!(dropped < 5);
        let weights = Weights::from_bytes(bytes).unwrap();
        let mut right = 0;
        for (i, (hash, row)) in features.iter().enumerate() {
            let mut scores = [0; LANES];
            let mut found = Vec::new();
            weights.find(&[*hash], &mut found);
            weights.add(&found, &mut scores);
            right += usize::from(
                (f32::from(scores[i % 15]) * weights.scale() - row[i % 15]).abs() < 0.02,
            );
        }
        assert!(right > 480, "{right}");
        assert!((weights.transitions(None)[3] as f32 * weights.scale() - 0.5).abs() < 0.02);
    }

    #[test]
    fn coarse_weights_are_multiples() {
        let mut row = [0.0; LABELS];
        (row[3], row[4]) = (1.0, 0.01);
        let mut bytes = Weights::build(&[(7, row)], &[[0.0; LANES]; LABELS + 1], 4, 1).0;
        Weights::coarsen(&mut bytes, 4);
        let mut scores = [0; LANES];
        let weights = Weights::from_bytes(bytes.clone()).unwrap();
        let mut found = Vec::new();
        weights.find(&[8, 7, 9], &mut found);
        assert_eq!(found.len(), 1, "features that the model does not know have no row");
        weights.add(&found, &mut scores);
        assert_eq!((scores[3], scores[4]), (124, 0));
        Weights::coarsen(&mut bytes, 127);
        assert!(bytes[HEAD + STEPS..].iter().any(|w| *w != 0));
    }

    #[test]
    fn refuses_a_torn_model() {
        assert!(Weights::from_bytes(vec![0; 100]).is_none());
    }
}
