//! The best sequence of labels for a sentence's scores (Viterbi).
//!
//! Sums are whole numbers kept as `f32`, in which every machine has a fast maximum of four. They stay exact: at each
//! token the best label's sum becomes 0, and nothing falls below `NEVER`, so that none leaves the range in which
//! an `f32` holds every whole number. Which label came before is worked out on the way back, for the one label that
//! was chosen.
//!
//! Most labels can't follow each other. Behind one that may end a name ([`CLOSED`]) any may stand that begins one or is
//! outside; what goes on with a name stands behind the two that its kind goes on from. So sums have the order of
//! [`ORDER`], in which both halves of the next token's are found from few of this one's.

use super::{
    labels::{LABELS, LANES, OUTSIDE, may_follow},
    weights::Weights,
};

/// Far below any score; three of them added are still exact.
const NEVER: f32 = -(1 << 22) as f32;

/// Half of a token's labels.
const HALF: usize = LANES / 2;

/// Labels by the lane of their sums: those that begin a name of each kind, single ones with the one outside; then those
/// inside a name of each kind, and its ends, of which the last has none.
const ORDER: [usize; LANES] = [1, 5, 9, 13, 4, 8, 12, 0, 2, 6, 10, 14, 3, 7, 11, NONE];

/// The lane of rows that is no label's.
const NONE: usize = LANES - 1;

/// The lane of each label.
const LANE: [usize; LANES] = {
    let (mut lanes, mut lane) = ([0; LANES], 0);
    while lane < LANES {
        lanes[ORDER[lane]] = lane;
        lane += 1;
    }
    lanes
};

/// Labels behind which another name may begin, or none, or the sentence ends.
const CLOSED: [usize; 9] = [0, 3, 4, 7, 8, 11, 12, 13, 14];

/// Lanes of the labels that the second half goes on from: those that begin a name, and those inside one.
const GO_ON: [usize; 2] = [0, HALF];

/// Sums or steps, one for each label, in the order of [`ORDER`].
type Lanes = [f32; LANES];

/// Transition scores with those that the scheme forbids at `NEVER`.
#[derive(Debug)]
pub struct Decoder {
    /// `steps[previous][next]` by labels.
    steps: [[f32; LANES]; LABELS],
    /// From each of [`CLOSED`] to the first half.
    opening: [[f32; HALF]; CLOSED.len()],
    /// From the four lanes at each of [`GO_ON`] to the second half, which has two of each kind.
    going_on: [[f32; HALF]; GO_ON.len()],
    first: Lanes,
    /// By how much more than any other label's a token's score must speak for the one outside, that no way around it is
    /// better: twice what a step between labels may win, as a name of one token has two of these.
    lead: i32,
}

impl Decoder {
    /// Takes the transitions of some weights.
    #[must_use]
    pub fn new(weights: &Weights) -> Self {
        let mut steps = [[NEVER; LANES]; LABELS];
        let mut first = [NEVER; LANES];
        for next in 0..LABELS {
            for (previous, steps) in steps.iter_mut().enumerate() {
                if may_follow(Some(previous), Some(next)) {
                    steps[next] = weights.transitions(Some(previous))[next] as f32;
                }
            }
            if may_follow(None, Some(next)) {
                first[LANE[next]] = weights.transitions(None)[next] as f32;
            }
        }
        let opening = CLOSED.map(|label| std::array::from_fn(|lane| steps[label][ORDER[lane]]));
        let going_on = GO_ON.map(|from| {
            std::array::from_fn(|lane| steps[ORDER[from + lane % 4]][ORDER[HALF + lane]])
        });
        let most = steps.as_flattened().iter().chain(&first).copied().fold(NEVER, larger);
        let outside = steps[OUTSIDE][OUTSIDE].min(first[LANE[OUTSIDE]]);
        let lead = 2 * (most - outside).max(0.0) as i32;
        Self { steps, opening, going_on, first, lead }
    }

    /// The best labels; `sums` is a buffer. Of labels that are as good, the first is taken.
    pub fn decode(&self, scores: &[[i16; LANES]], sums: &mut Vec<Lanes>, labels: &mut Vec<u8>) {
        labels.clear();
        sums.clear();
        if scores.iter().all(|row| self.is_outside(row)) {
            labels.resize(scores.len(), OUTSIDE as u8);
            return;
        }
        let Some((head, rest)) = scores.split_first() else { return };
        let mut before = with(&self.first, head);
        sums.push(before);
        for row in rest {
            before = with(&self.reached(&before), row);
            sums.push(before);
        }
        let mut label = best(&CLOSED, |label| before[LANE[label]]);
        labels.push(label as u8);
        for sums in sums.iter().rev().skip(1) {
            let sum = |previous: usize| sums[LANE[previous]] + self.steps[previous][label];
            label = if LANE[label] < HALF {
                best(&CLOSED, sum)
            } else {
                let lane = LANE[label] % 4;
                best(&[ORDER[lane], ORDER[HALF + lane]], sum)
            };
            labels.push(label as u8);
        }
        labels.reverse();
    }

    /// Whether a token speaks so much for the label outside that a sentence of such ones has no name.
    #[inline]
    fn is_outside(&self, scores: &[i16; LANES]) -> bool {
        let most =
            scores[OUTSIDE + 1..LABELS].iter().fold(i16::MIN, |most, score| most.max(*score));
        i32::from(scores[OUTSIDE]) > i32::from(most) + self.lead
    }

    /// The best sums of the next token's labels, before its own scores.
    #[inline]
    fn reached(&self, before: &Lanes) -> Lanes {
        let (mut opened, mut went_on) = ([NEVER; HALF], [NEVER; HALF]);
        for (previous, steps) in self.opening.iter().enumerate() {
            let sum = before[LANE[CLOSED[previous]]];
            for lane in 0..HALF {
                opened[lane] = larger(opened[lane], sum + steps[lane]);
            }
        }
        for (from, steps) in self.going_on.iter().enumerate() {
            for lane in 0..HALF {
                let sum = before[GO_ON[from] + lane % 4];
                went_on[lane] = larger(went_on[lane], sum + steps[lane]);
            }
        }
        let mut reached = [NEVER; LANES];
        reached[..HALF].copy_from_slice(&opened);
        reached[HALF..].copy_from_slice(&went_on);
        reached
    }
}

/// Sums with a token's scores added, the best of them 0.
#[inline]
fn with(sums: &Lanes, scores: &[i16; LANES]) -> Lanes {
    // The last lane is no label's: it stays far below the others.
    let mut out = [NEVER; LANES];
    for lane in 0..NONE {
        out[lane] = sums[lane] + f32::from(scores[ORDER[lane]]);
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

/// The label of the largest sum, the first of several.
#[inline]
fn best(labels: &[usize], sum: impl Fn(usize) -> f32) -> usize {
    let (mut best, mut most) = (OUTSIDE, f32::MIN);
    for &label in labels {
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
            .map(|label| (label, decoder.first[LANE[label]] + f32::from(scores[0][label])))
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
        let ended = sums.iter().filter(|(label, _)| may_follow(Some(*label), None));
        ended.map(|(_, sum)| *sum).fold(f32::MIN, f32::max)
    }

    fn score(decoder: &Decoder, scores: &[[i16; LANES]], labels: &[u8]) -> f32 {
        let at = |i: usize| f32::from(scores[i][labels[i] as usize]);
        let steps = labels.windows(2).map(|w| decoder.steps[w[0] as usize][w[1] as usize]);
        assert!(may_follow(labels.last().map(|label| *label as usize), None));
        let first = decoder.first[LANE[labels[0] as usize]];
        steps.sum::<f32>() + first + (0..labels.len()).map(at).sum::<f32>()
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
        // Near what a sentence without names is told by, on either side.
        for above in -9..9 {
            let mut scores = [[0; LANES]; 3];
            for row in &mut scores {
                row[OUTSIDE] = (decoder.lead + above) as i16;
            }
            let mut labels = Vec::new();
            decoder.decode(&scores, &mut Vec::new(), &mut labels);
            assert_eq!(score(&decoder, &scores, &labels), tried(&decoder, &scores));
            assert!(above <= 0 || labels == [OUTSIDE as u8; 3]);
        }
        let mut labels = vec![1];
        decoder.decode(&[], &mut Vec::new(), &mut labels);
        assert!(labels.is_empty());
    }
}
