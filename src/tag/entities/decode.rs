//! The best sequence of labels for a sentence's scores (Viterbi).
//!
//! Sums are whole numbers kept as `f32`, in which every machine has a fast maximum of four. They stay exact: at each
//! token the best label's sum becomes 0, and nothing falls below `NEVER`, so that none leaves the range in which
//! an `f32` holds every whole number. Which label came before is worked out on the way back, for the one label that
//! was chosen.

use super::{
    labels::{LABELS, LANES, OUTSIDE, may_follow},
    weights::Weights,
};

/// Far below any score; three of them added are still exact.
const NEVER: f32 = -(1 << 22) as f32;

/// Sums or steps, one for each label.
type Lanes = [f32; LANES];

/// Transition scores with those that the scheme forbids at `NEVER`.
#[derive(Debug)]
pub struct Decoder {
    /// `steps[previous][next]`.
    steps: [Lanes; LABELS],
    first: Lanes,
    last: Lanes,
}

impl Decoder {
    /// Takes the transitions of some weights.
    #[must_use]
    pub fn new(weights: &Weights) -> Self {
        let mut steps = [[NEVER; LANES]; LABELS];
        let mut first = [NEVER; LANES];
        let mut last = [NEVER; LANES];
        for next in 0..LABELS {
            for (previous, steps) in steps.iter_mut().enumerate() {
                if may_follow(Some(previous), Some(next)) {
                    steps[next] = weights.transitions(Some(previous))[next] as f32;
                }
            }
            if may_follow(None, Some(next)) {
                first[next] = weights.transitions(None)[next] as f32;
            }
            if may_follow(Some(next), None) {
                last[next] = 0.0;
            }
        }
        Self { steps, first, last }
    }

    /// The best labels; `sums` is a buffer. Of labels that are as good, the first is taken.
    pub fn decode(&self, scores: &[[i16; LANES]], sums: &mut Vec<Lanes>, labels: &mut Vec<u8>) {
        labels.clear();
        sums.clear();
        let Some((head, rest)) = scores.split_first() else { return };
        sums.push(with(&self.first, head));
        let mut before = sums[0];
        for row in rest {
            let mut reached = [NEVER; LANES];
            for (previous, steps) in self.steps.iter().enumerate() {
                let sum = before[previous];
                for (next, reached) in reached.iter_mut().enumerate() {
                    *reached = larger(*reached, sum + steps[next]);
                }
            }
            before = with(&reached, row);
            sums.push(before);
        }
        let mut label = best(|label| before[label] + self.last[label]);
        labels.push(label as u8);
        for sums in sums.iter().rev().skip(1) {
            label = best(|previous| sums[previous] + self.steps[previous][label]);
            labels.push(label as u8);
        }
        labels.reverse();
    }
}

/// Sums with a token's scores added, the best of them 0.
#[inline]
fn with(sums: &Lanes, scores: &[i16; LANES]) -> Lanes {
    // The last lane is no label's: it stays far below the others.
    let mut out = [NEVER; LANES];
    for lane in 0..LANES {
        out[lane] = sums[lane] + f32::from(scores[lane]);
    }
    let most = largest(out);
    for out in &mut out {
        *out = larger(*out - most, NEVER);
    }
    out
}

/// The largest of all lanes: by halves, so that four are compared at once.
#[inline]
fn largest(mut lanes: Lanes) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] = larger(lanes[lane], lanes[lane + width]);
        }
        width /= 2;
    }
    lanes[0]
}

/// As `f32::max` where nothing is `NaN`: one instruction.
#[inline]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline]
fn best(sum: impl Fn(usize) -> f32) -> usize {
    let (mut best, mut most) = (OUTSIDE, f32::MIN);
    for label in 0..LABELS {
        let sum = sum(label);
        if sum > most {
            (best, most) = (label, sum);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tag::entities::weights::table::Table;

    /// Every allowed sequence of labels, scored; the best, the first in the order of the labels from the end.
    fn tried(decoder: &Decoder, scores: &[[i16; LANES]]) -> f32 {
        let mut sums: Vec<(usize, f32)> = (0..LABELS)
            .map(|label| (label, decoder.first[label] + f32::from(scores[0][label])))
            .collect();
        for row in &scores[1..] {
            sums = sums
                .iter()
                .flat_map(|(before, sum)| {
                    (0..LABELS).map(move |label| {
                        (label, sum + decoder.steps[*before][label] + f32::from(row[label]))
                    })
                })
                .filter(|(_, sum)| *sum > NEVER / 2.0)
                .collect();
        }
        sums.iter().map(|(label, sum)| sum + decoder.last[*label]).fold(f32::MIN, f32::max)
    }

    fn score(decoder: &Decoder, scores: &[[i16; LANES]], labels: &[u8]) -> f32 {
        let at = |i: usize| f32::from(scores[i][labels[i] as usize]);
        let steps = labels.windows(2).map(|w| decoder.steps[w[0] as usize][w[1] as usize]);
        let ends =
            decoder.first[labels[0] as usize] + decoder.last[labels[labels.len() - 1] as usize];
        steps.sum::<f32>() + ends + (0..labels.len()).map(at).sum::<f32>()
    }

    #[test]
    fn no_allowed_sequence_is_better() {
        let mut state = 7_u64;
        let mut number = |below: u64| {
            state = crate::hash::finish(state.wrapping_add(crate::hash::GOLDEN));
            (state % below) as i16
        };
        let mut transitions = [[0.0; LANES]; LABELS + 1];
        transitions.as_flattened_mut().iter_mut().for_each(|t| *t = f32::from(number(20)) / 10.0);
        let (table, _) = Table::build(&[(1, [3.0; LABELS])], &transitions, 4, 1);
        let decoder = Decoder::new(&Weights::from(table));
        for tokens in [1, 2, 3, 4, 4, 4, 4] {
            let scores: Vec<[i16; LANES]> =
                (0..tokens).map(|_| std::array::from_fn(|_| number(400) - 200)).collect();
            let mut labels = Vec::new();
            decoder.decode(&scores, &mut Vec::new(), &mut labels);
            assert_eq!(labels.len(), tokens);
            assert_eq!(score(&decoder, &scores, &labels), tried(&decoder, &scores));
        }
        let mut labels = vec![1];
        decoder.decode(&[], &mut Vec::new(), &mut labels);
        assert!(labels.is_empty());
    }
}
