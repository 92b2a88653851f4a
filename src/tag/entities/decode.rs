//! The best sequence of labels for a sentence's scores (Viterbi).

use super::{
    labels::{LABELS, LANES, OUTSIDE, may_follow},
    weights::Weights,
};

/// Far below any score, and small enough to be shifted by four bits twice added.
const NEVER: i32 = -(1 << 25);

/// Transition scores with those that the scheme forbids at [`NEVER`], and the buffers of a decode.
#[derive(Debug)]
pub struct Decoder {
    /// `steps[next][previous]`.
    steps: [[i32; LANES]; LABELS],
    first: [i32; LANES],
    last: [i32; LANES],
}

impl Decoder {
    /// Takes the transitions of some weights.
    #[must_use]
    pub fn new(weights: &Weights) -> Self {
        let mut steps = [[NEVER; LANES]; LABELS];
        let mut first = [NEVER; LANES];
        let mut last = [NEVER; LANES];
        for next in 0..LABELS {
            for (previous, step) in steps[next].iter_mut().enumerate().take(LABELS) {
                if may_follow(Some(previous), Some(next)) {
                    *step = weights.transitions(Some(previous))[next];
                }
            }
            if may_follow(None, Some(next)) {
                first[next] = weights.transitions(None)[next];
            }
            if may_follow(Some(next), None) {
                last[next] = 0;
            }
        }
        Self { steps, first, last }
    }

    /// The best labels; `back` is a buffer.
    pub fn decode(
        &self,
        scores: &[[i16; LANES]],
        back: &mut Vec<[u8; LANES]>,
        labels: &mut Vec<u8>,
    ) {
        labels.clear();
        back.clear();
        let Some((head, rest)) = scores.split_first() else { return };
        let mut best = self.first;
        for (to, score) in best.iter_mut().zip(head).take(LABELS) {
            *to += i32::from(*score);
        }
        best[LABELS] = NEVER;
        for row in rest {
            let mut from = [0_u8; LANES];
            let mut next = [NEVER; LANES];
            for label in 0..LABELS {
                // The scores ride in the upper bits, the previous label in the lower four.
                let mut top = i32::MIN;
                for (previous, (score, step)) in best.iter().zip(&self.steps[label]).enumerate() {
                    let sum = (score + step).max(NEVER) << 4 | (15 - previous as i32);
                    top = top.max(sum);
                }
                from[label] = 15 - (top & 15) as u8;
                next[label] = (top >> 4) + i32::from(row[label]);
            }
            back.push(from);
            best = next;
        }
        let mut label = OUTSIDE;
        let mut top = i32::MIN;
        for (l, (score, last)) in best.iter().zip(&self.last).enumerate().take(LABELS) {
            if score + last > top {
                (label, top) = (l, score + last);
            }
        }
        labels.push(label as u8);
        for from in back.iter().rev() {
            label = from[label] as usize;
            labels.push(label as u8);
        }
        labels.reverse();
    }
}
