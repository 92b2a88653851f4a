//! The element that Readability would take for the story: a second opinion that the classifier
//! hears. It is a rule of thumb without weights of ours, so it is as good on pages unlike those that
//! the classifier was fitted on.
//!
//! Every paragraph counts for its parent, half for the element around that and a sixth for the next
//! one: one point, one for each comma, up to three for its length. Names add or take points; text in
//! links counts against an element.

use foldhash::HashMap;

use super::blocks::{Block, Blocks, Places};
use super::vocabulary::Topics;

/// Numbers for one block.
pub(super) const COUNT: usize = 6;

/// Points for a name that speaks for or against a story.
const NAMED: f32 = 25.0;
/// Steps to the element for what has no element in common with it.
const FAR: f32 = 50.0;

/// The element, and what the others got.
pub(super) struct Container {
    best: Option<u32>,
    /// Of each frame; 0 without paragraphs.
    scores: Vec<f32>,
    top: f32,
    /// How far each frame on the way from the best one outwards is from it.
    path: HashMap<u32, u32>,
}

impl Container {
    /// `chars` and `link_chars` are running sums over the blocks.
    pub(super) fn of(blocks: &Blocks, chars: &[u32], link_chars: &[u32]) -> Self {
        let mut scores = vec![0.0_f32; blocks.frames.len()];
        for block in &blocks.blocks {
            if !is_paragraph(blocks, block) {
                continue;
            }
            let points = 1.0 + block.commas as f32 + (block.chars / 100).min(3) as f32;
            let around = blocks.outwards(block.frame).skip(1).zip([1.0, 2.0, 6.0]);
            for (frame, share) in around {
                scores[frame as usize] += points / share;
            }
        }
        let mut best: Option<(f32, u32)> = None;
        for (i, frame) in blocks.frames.iter().enumerate() {
            if scores[i] <= 0.0 {
                continue;
            }
            let between = |sums: &[u32]| sums[frame.last as usize] - sums[frame.first as usize];
            let mut score = scores[i];
            score += if frame.own.has(FOR) { NAMED } else { 0.0 };
            score -= if frame.own.has(AGAINST) { NAMED } else { 0.0 };
            score *= 1.0 - between(link_chars) as f32 / between(chars).max(1) as f32;
            scores[i] = score;
            if best.is_none_or(|(b, _)| score > b) {
                best = Some((score, i as u32));
            }
        }
        let best_frame = best.map(|(_, frame)| frame);
        let outwards = best_frame.into_iter().flat_map(|b| blocks.outwards(b));
        Self {
            best: best_frame,
            scores,
            top: best.map_or(1.0, |(score, _)| score.max(1e-3)),
            path: outwards.zip(0..).collect(),
        }
    }

    /// Whether a block is inside, how far out from it and from the element the first frame is that
    /// holds both, what its surroundings got, and what the element got.
    pub(super) fn describe(&self, blocks: &Blocks, frame: u32, block: usize) -> [f32; COUNT] {
        let parent = blocks.frames[frame as usize].parent;
        let grand = blocks.frames[parent as usize].parent;
        let inside = self.best.is_some_and(|best| {
            let best = &blocks.frames[best as usize];
            (best.first as usize..best.last as usize).contains(&block)
        });
        let mut steps = blocks.outwards(frame).zip(0_u32..);
        let met = steps.find_map(|(at, away)| Some((away, *self.path.get(&at)?)));
        let (away, climb) = met.map_or((FAR, FAR), |(a, c)| (a as f32, c as f32));
        let share = |frame: u32| self.scores[frame as usize] / self.top;
        [f32::from(u8::from(inside)), away, climb, share(parent), share(grand), self.top]
    }
}

const FOR: Topics = Topics::BODY.with(Topics::ARTICLE);
const AGAINST: Topics = Topics::NAV
    .with(Topics::RELATED)
    .with(Topics::COMMENT)
    .with(Topics::SHARE)
    .with(Topics::AD)
    .with(Topics::PROMO)
    .with(Topics::FRAME)
    .with(Topics::SIDEBAR)
    .with(Topics::CONSENT)
    .with(Topics::POPUP);

fn is_paragraph(blocks: &Blocks, block: &Block) -> bool {
    let outside = Places::NAV.with(Places::FOOTER).with(Places::ASIDE).with(Places::HIDDEN);
    block.chars >= 25
        && block.words >= 8
        && block.link_chars * 2 <= block.chars
        && !blocks.frame(block).places.has(outside)
}
