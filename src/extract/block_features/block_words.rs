//! The words of a page's blocks as hashes: read once, and asked for by whoever compares blocks.

use crate::extract::blocks::{Block, Blocks, Shape};
use crate::extract::word_overlap::push_words;

/// The words of blocks, in order.
#[derive(Default)]
pub(crate) struct BlockWords {
    hashes: Vec<u64>,
    /// Where those of each block end.
    ends: Vec<usize>,
}

impl BlockWords {
    /// Reads headings and what may be part of a story: nobody asks for the words of menus.
    pub(super) fn of(blocks: &Blocks) -> Self {
        let is_asked = |block: &Block| matches!(block.shape, Shape::Heading(_)) || !block.is_menu();
        let mut words = Self { hashes: Vec::new(), ends: Vec::with_capacity(blocks.blocks.len()) };
        for block in &blocks.blocks {
            if is_asked(block) {
                push_words(blocks.text(block), &mut words.hashes);
            }
            words.ends.push(words.hashes.len());
        }
        words
    }

    /// Those of a block.
    pub(crate) fn of_block(&self, i: usize) -> &[u64] {
        let start = i.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.hashes[start..self.ends[i]]
    }
}
