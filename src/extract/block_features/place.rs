//! Where a block stands: apart from the headline, among its like, in a menu, in facts for machines.

use foldhash::{HashMap, HashMapExt as _};

use super::block_words::BlockWords;
use super::claims::Claims;
use super::sums::{Sums, between};
use crate::extract::blocks::{Block, Blocks, Places, Shape};
use crate::extract::vocabulary::Topics;

/// An address alone.
pub(super) fn is_address(text: &str) -> bool {
    text.starts_with("http") && text.contains("://") && !text.contains(' ')
}

/// For each frame, whether it is a fact for machines: in an element with a schema.org property such
/// as `keywords`, unless the page put such a property around most of its text.
pub(super) fn facts_for_machines(blocks: &Blocks, sums: &Sums) -> Vec<bool> {
    let total = sums.paragraph_chars[blocks.blocks.len()];
    let mut out: Vec<bool> = Vec::with_capacity(blocks.frames.len());
    for (i, frame) in blocks.frames.iter().enumerate() {
        let inside = between(&sums.paragraph_chars, frame.first, frame.last);
        let own = frame.places.has(Places::FACT_PROPERTY) && inside * 2 <= total;
        out.push(own || (frame.parent as usize != i && out[frame.parent as usize]));
    }
    out
}

/// What stands under a name such as `comments` that the headline does not stand under.
pub(super) fn is_comment(block: &Block, apart: &Apart, headline: Option<usize>) -> bool {
    headline.is_some() && block.inline.with(apart.far).has(Topics::COMMENT)
}

/// What is said of a frame by the frames around it that don't hold the headline too: `comments` on
/// the list of comments tells something, on the whole page nothing.
#[derive(Clone, Copy, Default)]
pub(super) struct Apart {
    /// Names of it and its two nearest frames.
    pub(super) near: Topics,
    /// Names of all of them.
    pub(super) far: Topics,
    /// Frames from here to the first that holds the headline.
    pub(super) levels: u32,
    /// Depth of that one.
    pub(super) depth: u32,
    /// Whether one of them is an article or the like.
    pub(super) in_article: bool,
}

pub(super) fn aparts(blocks: &Blocks, headline: Option<usize>) -> Vec<Apart> {
    let mut out: Vec<Apart> = Vec::with_capacity(blocks.frames.len());
    for (i, frame) in blocks.frames.iter().enumerate() {
        let holds =
            headline.is_some_and(|h| (frame.first as usize..frame.last as usize).contains(&h));
        let outer = (frame.parent as usize != i).then(|| out[frame.parent as usize]);
        out.push(match outer {
            _ if holds => Apart { depth: frame.depth, ..Apart::default() },
            None => Apart::default(),
            Some(outer) => {
                let grand = &blocks.frames[blocks.frames[frame.parent as usize].parent as usize];
                let parent = &blocks.frames[frame.parent as usize];
                let mut near = frame.own;
                for (level, names) in [(1, parent.own), (2, grand.own)] {
                    if outer.levels >= level {
                        near = near.with(names);
                    }
                }
                Apart {
                    near,
                    far: outer.far.with(frame.own),
                    levels: outer.levels + 1,
                    depth: outer.depth,
                    in_article: outer.in_article
                        || frame.places.has(Places::ARTICLE) && !parent.places.has(Places::ARTICLE),
                }
            }
        });
    }
    out
}

/// For each frame, how many frames in the same parent are of its kind.
pub(super) fn twins(blocks: &Blocks) -> Vec<u32> {
    let mut counts: HashMap<(u32, u64), u32> = HashMap::new();
    for frame in &blocks.frames {
        if frame.last > frame.first {
            *counts.entry((frame.parent, frame.kind)).or_default() += 1;
        }
    }
    blocks.frames.iter().map(|f| counts.get(&(f.parent, f.kind)).copied().unwrap_or(0)).collect()
}

/// The block of the page's headline: the heading most like what the page calls itself.
pub(super) fn headline_index(
    blocks: &Blocks,
    words: &BlockWords,
    claims: &Claims,
) -> Option<usize> {
    let mut best: Option<(f32, usize)> = None;
    for (i, block) in blocks.blocks.iter().enumerate() {
        let Shape::Heading(rank) = block.shape else { continue };
        let words = words.of_block(i);
        let common = words.iter().filter(|w| claims.title.contains(w)).count() as f32;
        let alike = 2.0 * common / (words.len() + claims.title_words).max(1) as f32;
        let score = alike + if rank == 1 { 0.35 } else { 0.0 };
        if score > 0.3 && best.is_none_or(|(b, _)| score > b) {
            best = Some((score, i));
        }
    }
    best.map(|(_, i)| i)
}
