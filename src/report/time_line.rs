//! Attempts over time, in a bounded number of intervals.

use std::collections::BTreeMap;

use crate::model::AttemptOutcome;

/// Intervals from first to last; wider ones are taken before there are more.
const MOST: i64 = 240;
/// Widths that people think in, each a multiple of the one before; beyond, it doubles.
const WIDTHS: [i64; 10] = [1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400, 604_800];

/// Attempts by interval and outcome. Lines may come in any order, as from several files.
#[derive(Debug)]
pub(super) struct TimeLine {
    /// Seconds per interval.
    width: i64,
    intervals: BTreeMap<i64, Counts>,
}

/// Attempts by outcome, and last those that failed.
pub(super) type Counts = [u64; AttemptOutcome::ALL.len() + 1];

/// Where the failed ones are.
pub(super) const FAILED: usize = AttemptOutcome::ALL.len();

/// All attempts of some counts.
pub(super) fn attempts(counts: &Counts) -> u64 {
    counts[..FAILED].iter().sum()
}

impl Default for TimeLine {
    fn default() -> Self {
        Self { width: 1, intervals: BTreeMap::new() }
    }
}

impl TimeLine {
    /// Counts attempts that ended at `unix`, in seconds.
    pub(super) fn count(&mut self, unix: i64, outcome: usize, attempts: u64, failed: bool) {
        let counts = self.intervals.entry(unix.div_euclid(self.width)).or_default();
        counts[outcome] += attempts;
        counts[FAILED] += if failed { attempts } else { 0 };
        while self.len() > MOST {
            let next = WIDTHS.iter().find(|width| **width > self.width);
            let wider = next.map_or(self.width * 2, |width| *width);
            let together = wider / self.width;
            self.width = wider;
            for (at, counts) in std::mem::take(&mut self.intervals) {
                let sums = self.intervals.entry(at.div_euclid(together)).or_default();
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
        }
    }

    /// Seconds per interval.
    pub(super) fn width(&self) -> i64 {
        self.width
    }

    /// When the first interval begins, in Unix seconds.
    pub(super) fn start(&self) -> Option<i64> {
        self.intervals.keys().next().map(|at| at * self.width)
    }

    fn len(&self) -> i64 {
        match (self.intervals.keys().next(), self.intervals.keys().next_back()) {
            (Some(first), Some(last)) => last - first + 1,
            _ => 0,
        }
    }

    /// Counts of every interval, empty ones too.
    pub(super) fn intervals(&self) -> Vec<Counts> {
        let Some(first) = self.intervals.keys().next() else { return Vec::new() };
        (0..self.len())
            .map(|at| self.intervals.get(&(first + at)).copied().unwrap_or_default())
            .collect()
    }

    /// Counts in at most `most` intervals, and the seconds of each.
    pub(super) fn at_most(&self, most: usize) -> (Vec<Counts>, i64) {
        let intervals = self.intervals();
        let group = intervals.len().div_ceil(most.max(1)).max(1);
        let grouped = intervals
            .chunks(group)
            .map(|chunk| {
                let mut sum = Counts::default();
                for counts in chunk {
                    sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
                }
                sum
            })
            .collect();
        (grouped, self.width * i64::try_from(group).unwrap_or(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widens_instead_of_growing_and_loses_nothing() {
        let mut line = TimeLine::default();
        for n in 0..100_000i64 {
            line.count((n * 7919) % 86_400 - 3_000, 0, 1, false);
        }
        let intervals = line.intervals();
        assert!((MOST / 6 - 1..=MOST).contains(&(intervals.len() as i64)), "{}", intervals.len());
        assert_eq!(intervals.iter().map(|c| c[0]).sum::<u64>(), 100_000);
        assert_eq!(line.at_most(10).0.iter().map(|c| c[0]).sum::<u64>(), 100_000);
        assert!(line.at_most(10).0.len() <= 10);
    }
}
