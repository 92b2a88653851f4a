//! Running sums over the blocks, for what stands below any frame.

use crate::extract::blocks::{Block, Blocks};

pub(super) fn ratio(a: u32, b: u32) -> f32 {
    a as f32 / b.max(1) as f32
}

pub(super) fn is_paragraph(block: &Block) -> bool {
    block.chars >= PARAGRAPH_CHARS && block.link_chars * 3 < block.chars
}

/// Shortest block that counts as a paragraph of running text, in characters.
const PARAGRAPH_CHARS: u32 = 80;

/// Running sums over the blocks, for sums below any frame.
pub(super) struct Sums {
    pub(super) chars: Vec<u32>,
    pub(super) link_chars: Vec<u32>,
    pub(super) paragraph_chars: Vec<u32>,
    pub(super) paragraphs: Vec<u32>,
}

impl Sums {
    pub(super) fn of(blocks: &Blocks) -> Self {
        let n = blocks.blocks.len() + 1;
        let mut sums = Self {
            chars: Vec::with_capacity(n),
            link_chars: Vec::with_capacity(n),
            paragraph_chars: Vec::with_capacity(n),
            paragraphs: Vec::with_capacity(n),
        };
        let mut now = [0_u32; 4];
        let mut add = |now: [u32; 4]| {
            sums.chars.push(now[0]);
            sums.link_chars.push(now[1]);
            sums.paragraph_chars.push(now[2]);
            sums.paragraphs.push(now[3]);
        };
        add(now);
        for block in &blocks.blocks {
            let paragraph = is_paragraph(block);
            now[0] += block.chars;
            now[1] += block.link_chars;
            now[2] += if paragraph { block.chars } else { 0 };
            now[3] += u32::from(paragraph);
            add(now);
        }
        sums
    }
}

pub(super) fn between(sums: &[u32], first: u32, last: u32) -> u32 {
    sums[last as usize] - sums[first as usize]
}
