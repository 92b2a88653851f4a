//! The model's weights in memory: a hash table from feature to a row of small integers, one per label.
//!
//! Four rows make a bucket. Each row has a mark of its feature's hash; a feature that the model does not know meets a
//! row of its mark's in one lookup of sixty. The marks stand in a column of their own, a sixteenth of the table: most
//! features are unknown, and are so without a look at the rows, which no cache holds. [`table`] says how they are
//! built and stored.

pub mod table;

use prefetch_index::prefetch_index;

use super::labels::{LABELS, LANES};
use table::{Row, Table};

/// Rows of a bucket.
const SLOTS: usize = 4;

/// Half of a row.
const HALF: usize = LANES / 2;

/// Features that are looked for at a time.
const BATCH: usize = 32;

/// Scores of one token, or sums of them.
pub type Scores = [i32; LANES];

/// Feature weights and transition weights, quantised at one common scale.
#[derive(Debug)]
pub struct Weights {
    /// The marks of each bucket's rows, the first in the lowest byte; 0 for an empty row.
    marks: Vec<u32>,
    rows: Vec<Row>,
    /// `transitions[previous][next]`; row `LABELS` is the start of a sentence.
    transitions: [Scores; LABELS + 1],
    /// What one step of the integers is worth in log-odds.
    scale: f32,
}

impl Weights {
    /// Reads what [`Table::streams`] gives, put together; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Table::from_bytes(bytes).map(Self::from)
    }

    /// Has the marks of features brought near, for [`Weights::find`] a little later.
    #[inline]
    pub fn expect(&self, features: &[u64]) {
        for feature in features {
            prefetch_index(&self.marks, bucket_of(*feature, self.marks.len()));
        }
    }

    /// Appends the numbers of the rows of features; an unknown feature has none. Marks are compared without a branch.
    /// The rows are brought near for [`Weights::add`]: they lie far apart.
    #[inline]
    pub fn find(&self, features: &[u64], found: &mut Vec<u32>) {
        for features in features.chunks(BATCH) {
            let (mut rows, mut count) = ([0; BATCH], 0);
            for feature in features {
                let bucket = bucket_of(*feature, self.marks.len());
                let slot = first_slot(self.marks[bucket], mark(*feature));
                rows[count] = (bucket * SLOTS + slot % SLOTS) as u32;
                count += usize::from(slot < SLOTS);
            }
            for row in &rows[..count] {
                prefetch_index(&self.rows, *row as usize);
            }
            found.extend_from_slice(&rows[..count]);
        }
    }

    /// Adds the rows of what was found to a token's scores. The last lane means nothing.
    #[inline]
    pub fn add(&self, found: &[u32], scores: &mut [i16; LANES]) {
        // By halves, which registers of every machine hold.
        let (halves, _) = scores.as_chunks_mut::<HALF>();
        let [low, high] = halves else { return };
        let (mut lows, mut highs) = (*low, *high);
        for row in found {
            let row = &self.rows[*row as usize];
            for lane in 0..HALF {
                lows[lane] = lows[lane].wrapping_add(i16::from(row[lane]));
            }
            for lane in 0..HALF {
                highs[lane] = highs[lane].wrapping_add(i16::from(row[HALF + lane]));
            }
        }
        (*low, *high) = (lows, highs);
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

impl From<Table> for Weights {
    fn from(table: Table) -> Self {
        let marks = table.marks.as_chunks::<SLOTS>().0;
        Self {
            marks: marks.iter().map(|marks| u32::from_le_bytes(*marks)).collect(),
            rows: table.rows,
            transitions: table.transitions.map(|row| row.map(i32::from)),
            scale: table.scale,
        }
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
