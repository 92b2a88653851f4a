//! The rows of the second round: what the first found in a block and around it. Which column is which is in `columns.rs`.

use foldhash::{HashMap, HashMapExt as _};

use super::{CONTEXT, Rows, signature};
use crate::extract::blocks::{Blocks, Frame};

/// Blocks that the first round gives less than this stay what they are.
const HOPELESS: f32 = 0.015;

/// What stands for a mean of nothing: no block there, or none that weighs anything. The trees are fitted to these values.
const NO_MEAN: f32 = -1.0;
/// Steps to the best frame where a block is not below any frame that it is in.
const NO_WAY: usize = 99;
/// Blocks to the first and the last that are surely the story's where none is.
const NONE_SURE: f32 = 999.0;

/// Sums over the blocks before each, by the words that they have.
struct Sums {
    /// Of the words that the first round gives the story.
    mass: Vec<f32>,
    /// The same, with what it does not give taken off.
    gain: Vec<f32>,
    weights: Vec<f32>,
    signatures: Vec<u64>,
    by_signature: HashMap<u64, (f32, f32)>,
    /// All of the mass, one at least.
    total: f32,
}

impl Sums {
    fn of(blocks: &Blocks, p: &[f32]) -> Self {
        let n = blocks.blocks.len();
        let mut mass = vec![0.0_f32; n + 1];
        let mut gain = vec![0.0_f32; n + 1];
        let mut weights = vec![0.0_f32; n + 1];
        let mut by_signature: HashMap<u64, (f32, f32)> = HashMap::new();
        let signatures: Vec<u64> = blocks.blocks.iter().map(|b| signature(blocks, b)).collect();
        for i in 0..n {
            let w = (blocks.blocks[i].words as f32).clamp(3.0, 80.0);
            mass[i + 1] = mass[i] + p[i] * w;
            gain[i + 1] = gain[i] + (p[i] - 0.5) * w;
            weights[i + 1] = weights[i] + w;
            let entry = by_signature.entry(signatures[i]).or_default();
            entry.0 += p[i] * w;
            entry.1 += w;
        }
        let total = mass[n].max(1.0);
        Self { mass, gain, weights, signatures, by_signature, total }
    }

    /// The mean probability of some blocks.
    fn mean(&self, from: usize, to: usize) -> f32 {
        let w = self.weights[to] - self.weights[from];
        if w > 0.0 { (self.mass[to] - self.mass[from]) / w } else { NO_MEAN }
    }

    /// The share of some blocks in all of the mass.
    fn share(&self, from: usize, to: usize) -> f32 {
        (self.mass[to] - self.mass[from]) / self.total
    }

    /// The share in all of the mass of the blocks that look like one, and their mean probability.
    fn of_like(&self, block: usize) -> [f32; 2] {
        let (s, w) = self.by_signature[&self.signatures[block]];
        [s / self.total, if w > 0.0 { s / w } else { 0.0 }]
    }
}

/// The frame that holds most of the story, and the way from there outwards.
struct BestFrame<'a> {
    frame: Option<&'a Frame>,
    /// How far each frame outwards is from it.
    path: HashMap<u32, usize>,
}

impl<'a> BestFrame<'a> {
    fn of(blocks: &'a Blocks, gain: &[f32]) -> Self {
        let best = best_frame(blocks, gain);
        let outwards = best.into_iter().flat_map(|b| blocks.outwards(b)).enumerate();
        let path = outwards.map(|(i, frame)| (frame, i)).collect();
        Self { frame: best.map(|b| &blocks.frames[b as usize]), path }
    }

    /// Whether a block is in it, how far out the frame is that holds both, and how far that is from it.
    fn from(&self, blocks: &Blocks, block: usize) -> [f32; 3] {
        let holds = |f: &Frame| (f.first as usize..f.last as usize).contains(&block);
        let (away, climb) = blocks
            .outwards(blocks.blocks[block].frame)
            .enumerate()
            .find_map(|(away, f)| Some((away, *self.path.get(&f)?)))
            .unwrap_or((NO_WAY, NO_WAY));
        let inside = self.frame.is_some_and(holds);
        [f32::from(u8::from(inside)), away as f32, climb as f32]
    }
}

/// The rows of the second round, from the first round's rows and probabilities, one at a time;
/// hopeless blocks are passed by.
pub(in crate::extract) fn context(
    blocks: &Blocks,
    first: &Rows,
    p: &[f32],
    mut judge: impl FnMut(usize, &[f32]),
) {
    let n = blocks.blocks.len();
    let sums = Sums::of(blocks, p);
    let best = BestFrame::of(blocks, &sums.gain);
    let is_sure = |i: &usize| p[*i] > 0.7 && blocks.blocks[*i].words >= 12;
    let first_sure = (0..n).find(is_sure);
    let last_sure = (0..n).rev().find(is_sure);
    let mut row = Vec::with_capacity(CONTEXT);
    for i in 0..n {
        let Some(local) = first.row(i).filter(|_| p[i] >= HOPELESS) else { continue };
        row.clear();
        row.extend_from_slice(local);
        row.extend(beside(p, i));
        row.extend([sums.mean(i.saturating_sub(6), i), sums.mean((i + 1).min(n), (i + 7).min(n))]);
        let mut up = blocks.blocks[i].frame;
        for _ in 0..3 {
            up = blocks.frames[up as usize].parent;
            let f = &blocks.frames[up as usize];
            let (first, last) = (f.first as usize, f.last as usize);
            row.extend([sums.mean(first, last), sums.share(first, last)]);
        }
        row.extend(sums.of_like(i));
        row.extend(best.from(blocks, i));
        row.extend([
            first_sure.map_or(-NONE_SURE, |f| i as f32 - f as f32),
            last_sure.map_or(NONE_SURE, |l| l as f32 - i as f32),
            sums.mass[i] / sums.total,
            blocks.frame(&blocks.blocks[i]).depth as f32
                - best.frame.map_or(0.0, |f| f.depth as f32),
        ]);
        debug_assert_eq!(row.len(), CONTEXT);
        judge(i, &row);
    }
}

/// The probabilities of a block and of the three on either side.
fn beside(p: &[f32], block: usize) -> [f32; 7] {
    [0, -1, 1, -2, 2, -3, 3].map(|step| {
        let at = block.checked_add_signed(step);
        at.and_then(|at| p.get(at)).copied().unwrap_or(NO_MEAN)
    })
}

/// The frame with the greatest gain; of equals the innermost.
fn best_frame(blocks: &Blocks, gain: &[f32]) -> Option<u32> {
    let mut best: Option<(f32, u32)> = None;
    for (i, frame) in blocks.frames.iter().enumerate() {
        let sum = gain[frame.last as usize] - gain[frame.first as usize];
        if best.is_none_or(|(b, _)| sum >= b) {
            best = Some((sum, i as u32));
        }
    }
    best.map(|(_, i)| i)
}
