//! Which blocks are the story: two rounds of a fitted classifier. The first judges each block by
//! itself and its surroundings; the second also by what the first found around it.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use super::blocks::Blocks;
use super::facts::Facts;
use super::features::{self, CONTEXT, LOCAL};
use super::forest::Forest;
use super::words::{Plain, runs, words};

/// Blocks at least this likely are part of the story. Below one half, since the measure is the
/// harmonic mean of precision and recall, whose best threshold is half of its best value.
const LIKELY: f32 = 0.48;

struct Model {
    local: Forest,
    context: Forest,
}

/// Fitted by the `fit-extract` tool.
static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let mut bytes: &[u8] = include_bytes!("blocks.model");
    let local = Forest::from_bytes(&mut bytes, LOCAL).expect("the embedded model is whole");
    let context = Forest::from_bytes(&mut bytes, CONTEXT).expect("the embedded model is whole");
    Model { local, context }
});

/// The probability of each block to be part of the story.
pub(super) fn probabilities(blocks: &Blocks, facts: &Facts) -> Vec<f32> {
    let rows = features::local(blocks, facts);
    let first: Vec<f32> = (0..blocks.blocks.len())
        .map(|i| rows.row(i).map_or(0.0, |row| MODEL.local.probability(row)))
        .collect();
    let mut p = first.clone();
    features::context(blocks, &rows, &first, |i, row| p[i] = MODEL.context.probability(row));
    p
}

/// Fewest words of a block that may repeat others: a pulled quote, a story given a second time.
const REPEAT_WORDS: u32 = 12;
/// Share of its word trigrams that stand in other blocks too.
const REPEATED: f32 = 0.9;

/// The blocks that are part of the story, in reading order; longer texts once only.
pub(super) fn choose(blocks: &Blocks, p: &[f32]) -> Vec<usize> {
    let mut seen = HashSet::new();
    let once = |i: &usize| {
        let block = &blocks.blocks[*i];
        block.words <= 5 || seen.insert(blocks.text(block))
    };
    let chosen = (0..p.len()).filter(|i| p[*i] >= LIKELY).filter(once).collect();
    without_repeats(blocks, chosen)
}

/// Leaves out blocks whose words stand in other blocks: the longest first, so that of a story given
/// both whole and in paragraphs the paragraphs stay.
fn without_repeats(blocks: &Blocks, mut chosen: Vec<usize>) -> Vec<usize> {
    let mut buffer = Vec::new();
    let mut counts: HashMap<u64, u32, BuildHasherDefault<Plain>> = HashMap::default();
    let mut each: Vec<(usize, Vec<u64>)> = Vec::new();
    for &i in &chosen {
        words(blocks.text(&blocks.blocks[i]), &mut buffer);
        let mut runs: Vec<u64> = runs(&buffer, 3).collect();
        runs.sort_unstable();
        runs.dedup();
        runs.iter().for_each(|run| *counts.entry(*run).or_default() += 1);
        if blocks.blocks[i].words >= REPEAT_WORDS {
            each.push((i, runs));
        }
    }
    each.sort_by_key(|(_, runs)| std::cmp::Reverse(runs.len()));
    let mut dropped = HashSet::new();
    for (i, runs) in each {
        let shared = runs.iter().filter(|run| counts[run] > 1).count();
        if !runs.is_empty() && shared as f32 >= REPEATED * runs.len() as f32 {
            runs.iter().for_each(|run| *counts.entry(*run).or_default() -= 1);
            dropped.insert(i);
        }
    }
    chosen.retain(|i| !dropped.contains(i));
    chosen
}

/// The chosen blocks, one LF between two.
pub(super) fn join(blocks: &Blocks, chosen: &[usize]) -> String {
    let mut out = String::new();
    for i in chosen {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(blocks.text(&blocks.blocks[*i]));
    }
    out
}
