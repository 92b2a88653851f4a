//! What the classifier sees of a block: its text, its element, where it stands, what stands around
//! it, and how it compares with what the page says of itself. `columns` names each number.

mod block_words;
mod claims;
#[cfg(any(test, feature = "tools"))]
pub(super) mod columns;
mod first_round;
mod place;
mod prior;
mod repetition;
mod second_round;
mod sums;

use super::blocks::{Block, Blocks, Places};
use super::boilerplate_phrases;
use super::readability_container;
use super::vocabulary::Topics;
use crate::hash::finish;
use repetition::{ANNOUNCED, UNIT_PHRASES};

pub(super) use block_words::BlockWords;
pub(super) use first_round::local;
pub(super) use second_round::context;

/// Numbers for one block in the first round.
pub(crate) const LOCAL: usize =
    TEXT + Topics::COUNT + Places::COUNT + boilerplate_phrases::COUNT + AROUND;

/// Numbers for one block in the second round: those of the first, and what the first found.
pub(crate) const CONTEXT: usize = LOCAL + SECOND;

const TEXT: usize = 25;

const AROUND: usize =
    44 + 8 + boilerplate_phrases::COUNT + UNIT + SINCE + readability_container::COUNT;

/// Of the unit that a block belongs to.
const UNIT: usize = 7 + UNIT_PHRASES.len();

/// Since a short line announced something.
const SINCE: usize = 2 * ANNOUNCED.len();

const SECOND: usize = 24;

/// A row of numbers for every block that may be part of a story.
#[derive(Default)]
pub(crate) struct Rows {
    values: Vec<f32>,
    /// Where each block's row starts.
    starts: Vec<Option<usize>>,
    /// What the texts of blocks that have one are compared by.
    words: BlockWords,
}

impl Rows {
    /// A block's numbers; `None` for one that can't be part of a story, whatever stands around it.
    pub(crate) fn row(&self, i: usize) -> Option<&[f32]> {
        self.starts[i].map(|start| &self.values[start..start + LOCAL])
    }

    /// The words of blocks that have a row.
    pub(crate) const fn words(&self) -> &BlockWords {
        &self.words
    }
}

/// What a block has in common with blocks of its like, wherever they stand.
fn signature(blocks: &Blocks, block: &Block) -> u64 {
    let frame = blocks.frame(block);
    let parent = &blocks.frames[frame.parent as usize];
    finish(frame.kind).wrapping_add(finish(parent.kind.rotate_left(17)))
}
