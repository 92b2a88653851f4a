//! The rows of the second round: what the first found in a block and around it.

use foldhash::{HashMap, HashMapExt as _};

use super::{CONTEXT, Rows, signature};
use crate::extract::blocks::Blocks;

/// Blocks that the first round gives less than this stay what they are.
const HOPELESS: f32 = 0.015;

/// The rows of the second round, from the first round's rows and probabilities, one at a time;
/// hopeless blocks are passed by.
pub(in crate::extract) fn context(
    blocks: &Blocks,
    first: &Rows,
    p: &[f32],
    mut judge: impl FnMut(usize, &[f32]),
) {
    let n = blocks.blocks.len();
    let weight = |i: usize| (blocks.blocks[i].words as f32).clamp(3.0, 80.0);
    let mut mass = vec![0.0_f32; n + 1];
    let mut gain = vec![0.0_f32; n + 1];
    let mut weights = vec![0.0_f32; n + 1];
    let mut by_signature: HashMap<u64, (f32, f32)> = HashMap::new();
    let signatures: Vec<u64> = blocks.blocks.iter().map(|b| signature(blocks, b)).collect();
    for i in 0..n {
        let w = weight(i);
        mass[i + 1] = mass[i] + p[i] * w;
        gain[i + 1] = gain[i] + (p[i] - 0.5) * w;
        weights[i + 1] = weights[i] + w;
        let entry = by_signature.entry(signatures[i]).or_default();
        entry.0 += p[i] * w;
        entry.1 += w;
    }
    let total = mass[n].max(1.0);
    let best = best_frame(blocks, &gain);
    // How far each frame on the way from the best frame outwards is from it.
    let outwards = best.into_iter().flat_map(|b| blocks.outwards(b)).enumerate();
    let path: HashMap<u32, usize> = outwards.map(|(i, frame)| (frame, i)).collect();
    let best_frame = best.map(|b| &blocks.frames[b as usize]);
    let strong = |i: &usize| p[*i] > 0.7 && blocks.blocks[*i].words >= 12;
    let first_strong = (0..n).find(strong);
    let last_strong = (0..n).rev().find(strong);
    let mut row = Vec::with_capacity(CONTEXT);
    for i in 0..n {
        let Some(local) = first.row(i).filter(|_| p[i] >= HOPELESS) else { continue };
        row.clear();
        let out = &mut row;
        out.extend_from_slice(local);
        let at = |step: i64| {
            usize::try_from(i as i64 + step).ok().and_then(|j| p.get(j)).copied().unwrap_or(-1.0)
        };
        out.extend([p[i], at(-1), at(1), at(-2), at(2), at(-3), at(3)]);
        let window = |from: usize, to: usize| {
            let w = weights[to] - weights[from];
            if w > 0.0 { (mass[to] - mass[from]) / w } else { -1.0 }
        };
        out.extend([window(i.saturating_sub(6), i), window((i + 1).min(n), (i + 7).min(n))]);
        let frame = blocks.frame(&blocks.blocks[i]);
        let mut up = blocks.blocks[i].frame;
        for _ in 0..3 {
            up = blocks.frames[up as usize].parent;
            let f = &blocks.frames[up as usize];
            out.extend([
                window(f.first as usize, f.last as usize),
                (mass[f.last as usize] - mass[f.first as usize]) / total,
            ]);
        }
        let (s, w) = by_signature[&signatures[i]];
        out.extend([s / total, if w > 0.0 { s / w } else { 0.0 }]);
        let inside = best_frame.is_some_and(|f| (f.first as usize..f.last as usize).contains(&i));
        let (away, climb) = blocks
            .outwards(blocks.blocks[i].frame)
            .enumerate()
            .find_map(|(away, f)| Some((away, *path.get(&f)?)))
            .unwrap_or((99, 99));
        out.extend([f32::from(u8::from(inside)), away as f32, climb as f32]);
        out.extend([
            first_strong.map_or(-999.0, |f| i as f32 - f as f32),
            last_strong.map_or(999.0, |l| l as f32 - i as f32),
            mass[i] / total,
            frame.depth as f32 - best_frame.map_or(0.0, |f| f.depth as f32),
        ]);
        debug_assert_eq!(out.len(), CONTEXT);
        judge(i, &row);
    }
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
