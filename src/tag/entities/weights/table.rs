//! How a table of weights is built from what was trained, and how it is stored.
//!
//! Most weights of most rows are 0, and what differs from it is of few kinds. So a table is stored as streams of one
//! kind each, every one packed by itself: how many rows each bucket has, their marks, which of a row's weights are not
//! 0, and these weights. That is an eighth smaller than the table packed as it stands.

use super::{LABELS, LANES, SLOTS, bucket_of, mark};

/// Weights of a feature by label; the last lane is none's.
pub(super) type Row = [i8; LANES];

/// A table of weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What one step of the integers is worth in log-odds.
    pub(super) scale: f32,
    /// `transitions[previous][next]`; row `LABELS` is the start of a sentence.
    pub(super) transitions: [[i16; LANES]; LABELS + 1],
    /// Marks of the rows' features, 0 for an empty row.
    pub(super) marks: Vec<u8>,
    /// Four to a bucket.
    pub(super) rows: Vec<Row>,
}

impl Table {
    /// Quantises and packs weights in log-odds. Features are given most useful first: those for
    /// which no slot is left are dropped, and counted. `log2_rows` is the table's size; weights are multiples of
    /// `steps`, coarser ones pack smaller.
    #[must_use]
    pub fn build(
        features: &[(u64, [f32; LABELS])],
        transitions: &[[f32; LANES]; LABELS + 1],
        log2_rows: u32,
        steps: i8,
    ) -> (Self, usize) {
        let largest =
            features.iter().flat_map(|(_, row)| row).fold(0.01_f32, |max, w| max.max(w.abs()));
        // A few outliers may be clipped for a finer step.
        let scale = (largest / 127.0).min(4.0 / 127.0);
        let quantised = |weight: f32| {
            (weight / scale).round().clamp(f32::from(i16::MIN), f32::from(i16::MAX)) as i16
        };
        let count = 1_usize << log2_rows;
        let mut table = Self {
            scale,
            transitions: transitions.map(|row| row.map(quantised)),
            marks: vec![0; count],
            rows: vec![[0; LANES]; count],
        };
        let mut dropped = 0;
        for (hash, row) in features {
            let first = bucket_of(*hash, count / SLOTS) * SLOTS;
            let Some(slot) = (first..first + SLOTS).find(|slot| table.marks[*slot] == 0) else {
                dropped += 1;
                continue;
            };
            table.marks[slot] = mark(*hash);
            for (to, weight) in table.rows[slot].iter_mut().zip(row) {
                let coarse = (weight / scale / f32::from(steps)).round() * f32::from(steps);
                *to = coarse.clamp(-127.0, 127.0) as i8;
            }
        }
        (table, dropped)
    }

    /// Rounds weights to multiples of `steps`, halves to even ones so that sums keep their size, and empties the rows
    /// that nothing is left of: what is stored is a fifth smaller at four steps, and reads as well.
    pub fn coarsen(&mut self, steps: i8) {
        let steps = f32::from(steps);
        let largest = (127.0 / steps).floor() * steps;
        for (row, mark) in self.rows.iter_mut().zip(&mut self.marks) {
            for weight in row.iter_mut() {
                let coarse = (f32::from(*weight) / steps).round_ties_even() * steps;
                *weight = coarse.clamp(-largest, largest) as i8;
            }
            if row.iter().all(|weight| *weight == 0) {
                *mark = 0;
            }
        }
    }

    /// What [`Table::from_bytes`] reads, in streams that pack best apart. A bucket's rows come by their marks.
    #[must_use]
    pub fn streams(&self) -> Vec<Vec<u8>> {
        let step = self.step();
        let mut head = self.scale.to_le_bytes().to_vec();
        head.extend(self.transitions.as_flattened().iter().flat_map(|step| step.to_le_bytes()));
        head.extend([(self.rows.len() / SLOTS).ilog2() as u8, step.cast_unsigned()]);
        let [mut counts, mut marks, mut low, mut high, mut values] = [const { Vec::new() }; 5];
        for (own, rows) in self.marks.chunks(SLOTS).zip(self.rows.chunks(SLOTS)) {
            let mut order: Vec<usize> = (0..own.len()).filter(|slot| own[*slot] != 0).collect();
            // Of two rows with one mark the first counts, so it stays the first.
            order.sort_by_key(|slot| own[*slot]);
            counts.push(order.len() as u8);
            let mut before = 0;
            for slot in order {
                marks.push(own[slot] - before);
                before = own[slot];
                let lanes = (0..LANES).filter(|lane| rows[slot][*lane] != 0);
                let mask = lanes.clone().fold(0_u16, |mask, lane| mask | 1 << lane);
                low.push(mask as u8);
                high.push((mask >> 8) as u8);
                values.extend(lanes.map(|lane| (rows[slot][lane] / step).cast_unsigned()));
            }
        }
        vec![head, counts, marks, low, high, values]
    }

    /// The largest step that all weights are multiples of.
    fn step(&self) -> i8 {
        let common = |mut a: u8, mut b: u8| {
            while b != 0 {
                (a, b) = (b, a % b);
            }
            a
        };
        let weights = self.rows.as_flattened().iter().map(|weight| weight.unsigned_abs());
        weights.fold(0, common).clamp(1, 127).cast_signed()
    }

    /// Reads the streams, put together; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (scale, rest) = bytes.split_first_chunk()?;
        let mut transitions = [[0; LANES]; LABELS + 1];
        let (steps, rest) = rest.split_at_checked(transitions.as_flattened().len() * 2)?;
        for (to, from) in transitions.as_flattened_mut().iter_mut().zip(steps.as_chunks().0) {
            *to = i16::from_le_bytes(*from);
        }
        let ([log2_buckets, step], rest) = rest.split_first_chunk()?;
        let (counts, rest) = rest.split_at_checked(1_usize.checked_shl((*log2_buckets).into())?)?;
        let stored = counts.iter().map(|count| usize::from(*count)).sum();
        let (differences, rest) = rest.split_at_checked(stored)?;
        let (low, rest) = rest.split_at_checked(stored)?;
        let (high, values) = rest.split_at_checked(stored)?;
        let mut kept = differences.iter().zip(low.iter().zip(high));
        let mut values =
            values.iter().map(|value| value.cast_signed().wrapping_mul(step.cast_signed()));
        let mut marks = vec![0; counts.len() * SLOTS];
        let mut rows = vec![[0; LANES]; counts.len() * SLOTS];
        for (bucket, count) in counts.iter().enumerate() {
            let first = bucket * SLOTS;
            let slots = first..first + usize::from(*count).min(SLOTS);
            let mut mark = 0_u8;
            for slot in slots {
                let (difference, (low, high)) = kept.next()?;
                mark = mark.checked_add(*difference)?;
                marks[slot] = mark;
                let mut mask = u16::from_le_bytes([*low, *high]);
                while mask != 0 {
                    rows[slot][mask.trailing_zeros() as usize % LANES] = values.next()?;
                    mask &= mask - 1;
                }
            }
        }
        let is_whole = kept.next().is_none() && values.next().is_none();
        is_whole.then_some(Self { scale: f32::from_le_bytes(*scale), transitions, marks, rows })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Weights;
    use super::*;

    fn features() -> Vec<(u64, [f32; LABELS])> {
        let feature = |i: u64| {
            let mut row = [0.0; LABELS];
            row[(i % 15) as usize] = 1.0 + i as f32 / 1000.0;
            (i.wrapping_mul(crate::hash::GOLDEN), row)
        };
        (0..500).map(feature).collect()
    }

    #[test]
    fn gives_back_quantised_weights() {
        let features = features();
        let (table, dropped) = Table::build(&features, &[[0.5; LANES]; LABELS + 1], 12, 1);
        assert!(dropped < 5);
        let weights = Weights::from_bytes(&table.streams().concat()).unwrap();
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
        let mut table = Table::build(&[(7, row)], &[[0.0; LANES]; LABELS + 1], 4, 1).0;
        table.coarsen(4);
        let mut scores = [0; LANES];
        let weights = Weights::from(table.clone());
        let mut found = Vec::new();
        weights.find(&[8, 7, 9], &mut found);
        assert_eq!(found.len(), 1, "features that the model does not know have no row");
        weights.add(&found, &mut scores);
        assert_eq!((scores[3], scores[4]), (124, 0));
        table.coarsen(127);
        assert!(table.rows.as_flattened().iter().any(|weight| *weight != 0));
    }

    #[test]
    fn stored_table_reads_back_by_marks() {
        let (mut table, _) = Table::build(&features(), &[[0.5; LANES]; LABELS + 1], 9, 1);
        table.coarsen(4);
        let read = Table::from_bytes(&table.streams().concat()).unwrap();
        let sorted = |table: &Table| {
            let rows: Vec<_> = table.marks.iter().zip(&table.rows).collect();
            let buckets = rows.chunks(SLOTS).map(|bucket| {
                let mut rows = bucket.to_vec();
                rows.sort_by_key(|(mark, _)| (**mark == 0, **mark));
                rows.into_iter().map(|(mark, row)| (*mark, *row)).collect::<Vec<_>>()
            });
            buckets.collect::<Vec<_>>()
        };
        assert_eq!(sorted(&read), sorted(&table));
        assert_eq!((read.scale, read.transitions), (table.scale, table.transitions));
        assert!(table.marks.iter().filter(|mark| **mark != 0).count() > 300);
    }

    #[test]
    fn refuses_torn_and_longer_tables() {
        let (table, _) = Table::build(&features(), &[[0.5; LANES]; LABELS + 1], 12, 1);
        let whole = table.streams().concat();
        assert!(Table::from_bytes(&whole).is_some());
        assert!(Table::from_bytes(&[&whole[..], &[1]].concat()).is_none());
        for end in (0..whole.len()).step_by(97) {
            assert!(Table::from_bytes(&whole[..end]).is_none(), "{end} bytes");
        }
        let mut many = whole;
        many[4 + (LABELS + 1) * LANES * 2 + 2] = 5;
        assert!(Table::from_bytes(&many).is_none(), "five rows in a bucket");
    }
}
