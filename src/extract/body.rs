//! Which blocks are the story: two rounds of a fitted classifier. The first judges each block by
//! itself and its surroundings; the second also by what the first found around it.

use std::sync::LazyLock;

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};

use super::block_features::{self, BlockWords, CONTEXT, LOCAL, Rows};
use super::blocks::{Block, Blocks, Frame, Places, Shape, are_comments};
use super::forest::{FlatForest, Forest, Judge};
use super::page_facts::Facts;
use super::vocabulary::Topics;
use super::word_overlap::runs;
use crate::hash::ByHash;
use crate::scripts::{is_hangul, is_thai, is_unspaced};

struct Model {
    local: FlatForest,
    context: FlatForest,
}

/// Fitted by the `fit-extract` tool.
static MODEL: LazyLock<Model> = LazyLock::new(|| {
    let mut bytes: &[u8] = include_bytes!("blocks.model");
    let local = Forest::from_bytes(&mut bytes, LOCAL).expect("the embedded model is whole");
    let context = Forest::from_bytes(&mut bytes, CONTEXT).expect("the embedded model is whole");
    let laid_out = |forest| FlatForest::of(forest).expect("the embedded model's trees are shallow");
    Model { local: laid_out(&local), context: laid_out(&context) }
});

/// The probability of each block to be part of the story.
fn probabilities(blocks: &Blocks, rows: &Rows) -> Vec<f32> {
    let mut first = vec![0.0; blocks.blocks.len()];
    let mut judge = Judge::new(&MODEL.local, &mut first);
    for i in 0..blocks.blocks.len() {
        if let Some(row) = rows.row(i) {
            judge.take(i, row);
        }
    }
    judge.finish();
    let mut p = first.clone();
    let mut judge = Judge::new(&MODEL.context, &mut p);
    block_features::context(blocks, rows, &first, |i, row| judge.take(i, row));
    judge.finish();
    p
}

/// Thresholds that were chosen on pages with known stories; `fit-extract --cross` chooses them again without the pages
/// that it measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limits {
    /// A page on which not even this much of the best choice is expected to be right has no story; of
    /// the pages that it was measured on, those with one had 0.48 and more.
    pub(super) no_story: f32,
    /// Share of a block's word trigrams that stand in other blocks too, from which it repeats them.
    pub(super) repeated: f32,
    /// Least share of elements of one sort that lead elsewhere in a list of teasers.
    pub(super) leading: f32,
}

/// The thresholds that the extractor works with.
pub(super) const LIMITS: Limits = Limits { no_story: 0.45, repeated: 0.9, leading: 0.75 };

/// The blocks of the story by the embedded classifier.
pub(super) fn chosen(blocks: &Blocks, facts: &Facts) -> Vec<usize> {
    let rows = block_features::local(blocks, facts);
    choose(blocks, rows.words(), &probabilities(blocks, &rows), &LIMITS)
}

/// Fewest words of a block that may repeat others: a pulled quote, a story given a second time.
const REPEAT_WORDS: u32 = 12;

/// The blocks that are part of the story, in reading order; longer texts once only.
pub(super) fn choose(
    blocks: &Blocks,
    words: &BlockWords,
    p: &[f32],
    limits: &Limits,
) -> Vec<usize> {
    let Some(likely) = threshold(blocks, p, limits.no_story) else { return Vec::new() };
    // Lines that come again among their equals are meant to: the steps of recipes, refrains.
    let mut seen: HashMap<&str, (u32, u64)> = HashMap::new();
    let once = |i: &usize| {
        let block = &blocks.blocks[*i];
        let kin = siblings(blocks, block);
        block.words <= 5 || *seen.entry(blocks.text(block)).or_insert(kin) == kin
    };
    let likely = (0..p.len()).filter(|i| p[*i] >= likely).collect();
    let chosen = without_teasers(blocks, likely, limits.leading);
    without_repeats(blocks, words, chosen.into_iter().filter(once).collect(), limits.repeated)
}

/// Fewest elements of one sort side by side that are a list of teasers.
const TEASERS: u32 = 3;
/// Most of the chosen words that may be teasers': more is a page of links that is the story itself.
const TEASER_WORDS: f32 = 0.85;
/// Most blocks of a teaser, and among how many of its first ones the title is.
const TEASER_BLOCKS: u32 = 12;
const TITLE_WITHIN: u32 = 3;

/// Leaves out lists of other stories: elements of one sort side by side, each with a linked title, or a
/// text that is cut short, long enough to be taken for a paragraph.
fn without_teasers(blocks: &Blocks, mut chosen: Vec<usize>, least: f32) -> Vec<usize> {
    let is_teaser = teasers(blocks, least);
    let words = |of: &[usize]| of.iter().map(|i| blocks.blocks[*i].words).sum::<u32>() as f32;
    let teasers: HashSet<usize> = chosen.iter().copied().filter(is_teaser).collect();
    let of_teasers: u32 = teasers.iter().map(|i| blocks.blocks[*i].words).sum();
    if of_teasers as f32 <= TEASER_WORDS * words(&chosen) {
        chosen.retain(|i| !teasers.contains(i));
    }
    chosen
}

/// Whether a block is the linked title of a story.
pub(super) const fn is_title(block: &Block) -> bool {
    let whole = block.link_chars * 10 >= block.chars * 9 && block.words >= 3;
    whole || block.leading_link_chars >= 20
}

/// Tells which blocks stand in a list of teasers.
pub(super) fn teasers(blocks: &Blocks, least: f32) -> impl Fn(&usize) -> bool + '_ {
    let is_cut = |block: &Block| {
        let text = blocks.text(block).trim_end_matches([']', ' ']);
        block.words >= 8 && (text.ends_with('…') || text.ends_with("..."))
    };
    let mut titles = vec![0_u32; blocks.blocks.len() + 1];
    let mut cuts = vec![0_u32; blocks.blocks.len() + 1];
    for (i, block) in blocks.blocks.iter().enumerate() {
        titles[i + 1] = titles[i] + u32::from(is_title(block));
        cuts[i + 1] = cuts[i] + u32::from(is_cut(block));
    }
    let leads = move |frame: &Frame| {
        let head = frame.last.min(frame.first + TITLE_WITHIN);
        let has_title = titles[head as usize] > titles[frame.first as usize];
        let cut_short = cuts[frame.last as usize] > cuts[frame.first as usize];
        let is_short = frame.last - frame.first <= TEASER_BLOCKS;
        // Rows of a table often begin with a link to what they tell of.
        (has_title || cut_short) && is_short && !frame.places.has(Places::TABLE)
    };
    // Of each sort in each parent: how many, and how many lead elsewhere.
    let mut sorts: HashMap<(u32, u64), (u32, u32)> = HashMap::new();
    for frame in blocks.frames.iter().filter(|frame| frame.last > frame.first) {
        let (count, leading) = sorts.entry((frame.parent, frame.sort)).or_default();
        *count += 1;
        *leading += u32::from(leads(frame));
    }
    move |i: &usize| {
        blocks.outwards(blocks.blocks[*i].frame).any(|at| {
            let frame = &blocks.frames[at as usize];
            let (count, leading) = sorts[&(frame.parent, frame.sort)];
            count >= TEASERS && leading as f32 >= least * count as f32 && leads(frame)
        })
    }
}

/// The probability from which blocks are taken: the cut at which the expected harmonic mean of
/// precision and recall, in words, is greatest. It lies near half of that mean, so that a page
/// where little is sure is cut lower than one where all is.
fn threshold(blocks: &Blocks, p: &[f32], no_story: f32) -> Option<f32> {
    let words = |i: usize| blocks.blocks[i].words.max(1) as f32;
    let mut ranked: Vec<usize> = (0..p.len()).filter(|i| p[*i] > 0.0).collect();
    ranked.sort_unstable_by(|a, b| p[*b].total_cmp(&p[*a]));
    let expected: f32 = ranked.iter().map(|i| p[*i] * words(*i)).sum();
    let (mut right, mut taken) = (0.0, 0.0);
    let mut best: Option<(f32, f32)> = None;
    for i in ranked {
        right += p[i] * words(i);
        taken += words(i);
        let mean = 2.0 * right / (taken + expected);
        if best.is_none_or(|(b, _)| mean > b) {
            best = Some((mean, p[i]));
        }
    }
    best.filter(|(mean, _)| *mean >= no_story).map(|(_, cut)| cut)
}

/// What blocks have in common that stand side by side in elements of one kind.
fn siblings(blocks: &Blocks, block: &Block) -> (u32, u64) {
    let frame = blocks.frame(block);
    (frame.parent, frame.kind)
}

/// Leaves out blocks whose words stand in other blocks, siblings aside: the longest first, so that
/// of a story given both whole and in paragraphs the paragraphs stay.
fn without_repeats(
    blocks: &Blocks,
    words: &BlockWords,
    mut chosen: Vec<usize>,
    repeated: f32,
) -> Vec<usize> {
    if !any_repeat(blocks, words, &chosen) {
        return chosen;
    }
    let mut counts: HashMap<u64, u32> = HashMap::new();
    let mut among: HashMap<((u32, u64), u64), u32> = HashMap::new();
    let mut each: Vec<(usize, Vec<u64>)> = Vec::new();
    for &i in &chosen {
        let block = &blocks.blocks[i];
        let mut runs: Vec<u64> = runs(words.of_block(i), 3).collect();
        runs.sort_unstable();
        runs.dedup();
        for run in &runs {
            *counts.entry(*run).or_default() += 1;
            *among.entry((siblings(blocks, block), *run)).or_default() += 1;
        }
        if block.words >= REPEAT_WORDS {
            each.push((i, runs));
        }
    }
    each.sort_by_key(|(_, runs)| std::cmp::Reverse(runs.len()));
    let mut dropped = HashSet::new();
    for (i, runs) in each {
        let kin = siblings(blocks, &blocks.blocks[i]);
        let shared = runs.iter().filter(|run| counts[run] > among[&(kin, **run)]).count();
        if !runs.is_empty() && shared as f32 >= repeated * runs.len() as f32 {
            for run in &runs {
                *counts.entry(*run).or_default() -= 1;
                *among.entry((kin, *run)).or_default() -= 1;
            }
            dropped.insert(i);
        }
    }
    chosen.retain(|i| !dropped.contains(i));
    chosen
}

/// Whether three words in a row stand in two blocks that are no siblings: mostly there are none to be looked into.
fn any_repeat(blocks: &Blocks, words: &BlockWords, chosen: &[usize]) -> bool {
    let all = chosen.iter().map(|i| words.of_block(*i).len()).sum();
    let mut first: ByHash<(u32, u64)> = ByHash::default();
    first.reserve(all);
    chosen.iter().any(|i| {
        let kin = siblings(blocks, &blocks.blocks[*i]);
        runs(words.of_block(*i), 3).any(|run| *first.entry(run).or_insert(kin) != kin)
    })
}

/// Shortest paragraph that the fallback looks at, in characters.
const PARAGRAPH_CHARS: u32 = 80;
/// The same beside longer ones.
const SHORT_CHARS: u32 = 40;
/// Least text that it makes a story of, in characters.
const FALLBACK_CHARS: u32 = 300;
/// The same for a page that says that it is an article.
const DECLARED_CHARS: u32 = 100;

/// For a page without a likely block: the paragraphs of the element that holds the most of them, by
/// Readability's rule (a paragraph counts whole for its parent and half for the one around it). Where names
/// of elements speak against all of them, once more without asking the names: a story is not lost to a class.
pub(super) fn fallback(blocks: &Blocks, declared: bool) -> Vec<usize> {
    let least = if declared { DECLARED_CHARS } else { FALLBACK_CHARS };
    let unwanted = Topics::COMMENT.with(Topics::RELATED).with(Topics::CONSENT).with(Topics::POPUP);
    let found = densest(blocks, unwanted, least);
    if !found.is_empty() {
        return found;
    }
    densest(blocks, Topics::CONSENT.with(Topics::POPUP), least)
}

/// The first byte of kana; that of Chinese characters and of Hangul is no less.
const FIRST_OF_KANA: u8 = 0xe3;

/// A block's length in characters; those of scripts whose words take few of them count two or three times.
pub(super) fn width(blocks: &Blocks, block: &Block) -> u32 {
    let text = blocks.text(block);
    // No others begin with such bytes.
    if text.is_ascii() || text.bytes().all(|b| b < FIRST_OF_KANA) {
        return block.chars;
    }
    let more = |c: char| 2 * u32::from(is_unspaced(c)) + u32::from(is_hangul(c));
    text.chars().map(|c| 1 + more(c)).sum()
}

/// Whether a block has the end of a sentence, or is in a script that marks none.
pub(super) fn has_sentence(blocks: &Blocks, block: &Block) -> bool {
    block.sentences > 0 || blocks.text(block).chars().filter(|c| is_thai(*c)).count() > 40
}

/// Characters of the chosen blocks.
pub(super) fn chars(blocks: &Blocks, chosen: &[usize]) -> u32 {
    chosen.iter().map(|i| blocks.blocks[*i].chars).sum()
}

/// The paragraphs of the element with most text in paragraphs, those that `unwanted` names left out.
fn densest(blocks: &Blocks, unwanted: Topics, least: u32) -> Vec<usize> {
    let outside = Places::NAV.with(Places::FOOTER).with(Places::ASIDE).with(Places::HIDDEN);
    let is_text = |block: &Block, least: u32| {
        let frame = blocks.frame(block);
        width(blocks, block) >= least
            && block.link_chars * 3 < block.chars
            && has_sentence(blocks, block)
            && !frame.places.has(outside)
            && !frame.near.with(block.inline).has(unwanted)
    };
    let long: Vec<usize> =
        (0..blocks.blocks.len()).filter(|i| is_text(&blocks.blocks[*i], PARAGRAPH_CHARS)).collect();
    // Where no name tells comments from the story, their signatures do.
    let comments = are_comments(blocks, &long);
    let mut scores: HashMap<u32, u32> = HashMap::new();
    for block in long.iter().filter(|i| !comments.contains(i)).map(|i| &blocks.blocks[*i]) {
        // A paragraph that is loose text of its element counts for that element, unless it is all that is in it.
        let own = blocks.frame(block);
        let frame = match block.shape {
            Shape::Loose if own.last - own.first == 1 => own.parent,
            Shape::Loose | Shape::Cell => block.frame,
            Shape::Paragraph | Shape::Heading(_) | Shape::Item | Shape::Pre | Shape::Caption => {
                own.parent
            }
        };
        let around = blocks.outwards(frame).zip([1, 2, 4]);
        for (frame, share) in around {
            *scores.entry(frame).or_default() += width(blocks, block) / share;
        }
    }
    // Of equals the outermost: frames are numbered from the outside in.
    let best = scores.into_iter().max_by_key(|(frame, score)| (*score, std::cmp::Reverse(*frame)));
    let Some((frame, _)) = best.filter(|(_, score)| *score >= least) else {
        return Vec::new();
    };
    let frame = &blocks.frames[frame as usize];
    let inside = frame.first as usize..frame.last as usize;
    // A short last paragraph is of the story that stands in the same element.
    inside.filter(|i| !comments.contains(i) && is_text(&blocks.blocks[*i], SHORT_CHARS)).collect()
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
