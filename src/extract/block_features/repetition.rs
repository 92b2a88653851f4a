//! What stands in alike elements side by side, and under short lines that announce something: lists of teasers,
//! comments, entries.

use super::UNIT;
use super::sums::{Sums, between, ratio};
use crate::extract::blocks::{Block, Blocks, Frame, Shape};
use crate::extract::boilerplate_phrases::{PhraseKind, PhraseKinds};

/// Kinds of phrases that tell what sort of unit a block belongs to: an entry in a list of stories,
/// a comment with its time and "reply".
pub(super) const UNIT_PHRASES: [PhraseKind; 4] =
    [PhraseKind::Elsewhere, PhraseKind::Sharing, PhraseKind::Comments, PhraseKind::Times];

/// Kinds of phrases that announce what follows: other stories, newsletters, comments.
pub(super) const ANNOUNCED: [PhraseKind; 4] =
    [PhraseKind::Elsewhere, PhraseKind::Offers, PhraseKind::Comments, PhraseKind::Publisher];

/// Most words of a line that announces something.
const ANNOUNCEMENT_WORDS: u32 = 6;

/// Running sums over the blocks, for what a unit holds. A unit is the element around a block that
/// has the most elements like it beside it: a teaser in a list, a comment among comments, or a
/// paragraph among paragraphs.
pub(super) struct Units {
    pub(super) phrase_kinds: [Vec<u32>; UNIT_PHRASES.len()],
    pub(super) linked_headings: Vec<u32>,
    pub(super) headings: Vec<u32>,
}

impl Units {
    pub(super) fn of(blocks: &Blocks, said: &[PhraseKinds]) -> Self {
        let running = |holds: &dyn Fn(usize, &Block) -> bool| {
            let mut now = 0;
            let each = blocks.blocks.iter().enumerate().map(|(i, block)| {
                now += u32::from(holds(i, block));
                now
            });
            std::iter::once(0).chain(each).collect::<Vec<u32>>()
        };
        let is_heading = |block: &Block| matches!(block.shape, Shape::Heading(_));
        let is_linked = |block: &Block| block.link_chars * 10 >= block.chars * 6;
        Self {
            phrase_kinds: UNIT_PHRASES
                .map(|kind| running(&|i, block| said[i].has(kind) && block.words <= 12)),
            // A title that leads elsewhere, whatever element it is.
            linked_headings: running(&|_, block| {
                is_linked(block) && block.words >= 3 && (is_heading(block) || block.words >= 5)
            }),
            headings: running(&|_, block| is_heading(block)),
        }
    }

    pub(super) fn describe(
        &self,
        unit: Option<&Frame>,
        sums: &Sums,
        headline: Option<usize>,
        out: &mut Vec<f32>,
    ) {
        let Some(unit) = unit else {
            out.extend([-1.0; UNIT]);
            return;
        };
        let within = |sums: &[u32]| between(sums, unit.first, unit.last);
        let blocks = (unit.last - unit.first) as f32;
        let has_headline =
            headline.is_some_and(|h| (unit.first as usize..unit.last as usize).contains(&h));
        out.extend([
            blocks,
            ratio(within(&sums.link_chars), within(&sums.chars)),
            within(&sums.paragraphs) as f32,
            within(&self.linked_headings) as f32,
            within(&self.linked_headings) as f32 / blocks,
            within(&self.headings) as f32,
            f32::from(u8::from(has_headline)),
        ]);
        out.extend(self.phrase_kinds.each_ref().map(|cue| within(cue) as f32 / blocks));
    }
}

/// Short lines such as "Comments" or "More stories": how long ago, in paragraphs; wherever in the
/// page's structure they stand.
#[derive(Clone, Copy, Default)]
pub(super) struct Announced {
    /// Paragraphs before the last such line, and before the last such heading.
    pub(super) at: [[Option<u32>; 2]; ANNOUNCED.len()],
}

impl Announced {
    pub(super) fn hear(&mut self, block: &Block, said: PhraseKinds, paragraphs: u32) {
        if block.words > ANNOUNCEMENT_WORDS {
            return;
        }
        for (at, kind) in self.at.iter_mut().zip(ANNOUNCED) {
            if said.has(kind) {
                at[0] = Some(paragraphs);
                if matches!(block.shape, Shape::Heading(_)) {
                    at[1] = Some(paragraphs);
                }
            }
        }
    }

    pub(super) fn describe(&self, paragraphs: u32, out: &mut Vec<f32>) {
        let since = |at: Option<u32>| at.map_or(-1.0, |at| (paragraphs - at) as f32);
        out.extend(self.at.as_flattened().iter().map(|at| since(*at)));
    }
}
