//! A short story: the text right behind the page's own headline, where lists of other stories below it say more.
//!
//! The classifier weighs a page's words, so that a story of two sentences above twenty teasers is lost, or the
//! teasers are taken for it. Here the place decides: headline and text stand in one element, and no titles of other
//! stories with them. Refuses a text that nothing says is a story: a section's introduction stands in the same place,
//! but not in an `article` element, without a byline and on a page that does not call itself an article.

use std::ops::Range;

use super::blocks::{Block, Blocks, Places, Shape, are_comments};
use super::drop_blocks::is_fact;
use super::page_facts::Facts;
use super::text::letters;
use super::vocabulary::Topics;
use super::{body, kind};

/// A short story's blocks, and those of the element that holds it and its headline.
pub(super) struct Brief {
    pub(super) blocks: Vec<usize>,
    holder: Range<usize>,
}

/// How far behind the headline its text begins and ends, in blocks.
const WITHIN: usize = 15;
/// Least text, and least paragraph, in characters.
const STORY_CHARS: u32 = 60;
const PARAGRAPH_CHARS: u32 = 40;
/// Most words of a byline or a date.
const FACT_WORDS: u32 = 12;
/// Most titles of other stories beside it.
const TITLES: usize = 1;

/// Names of elements whose text is none of a story's.
const OTHERS: Topics = Topics::CONSENT
    .with(Topics::POPUP)
    .with(Topics::SHARE)
    .with(Topics::PAYWALL)
    .with(Topics::PROMO)
    .with(Topics::AD)
    .with(Topics::NAV)
    .with(Topics::CAPTION);

const OUTSIDE: Places = Places::NAV
    .with(Places::FOOTER)
    .with(Places::ASIDE)
    .with(Places::HIDDEN)
    .with(Places::FORM)
    .with(Places::FIGURE);

/// The text right behind the page's headline, where a sign says that it is a story.
pub(super) fn find(blocks: &Blocks, facts: &Facts, headline: Option<&str>) -> Option<Brief> {
    let headline = letters(headline?);
    let is_headline = |block: &Block| {
        matches!(block.shape, Shape::Heading(1..=2))
            && block.link_chars == 0
            && letters(blocks.text(block)) == headline
    };
    let top = blocks.blocks.iter().position(is_headline)?;
    let mut signed = false;
    let mut found = Vec::new();
    for (i, block) in blocks.blocks.iter().enumerate().skip(top + 1).take(WITHIN) {
        if matches!(block.shape, Shape::Heading(_)) {
            break;
        }
        let text = blocks.text(block);
        let is_text = is_text(blocks, block);
        if is_text && block.words > FACT_WORDS {
            found.push(i);
        } else if text.lines().all(|line| is_fact(line, &headline)) {
            signed |= found.is_empty();
        } else if is_text {
            found.push(i);
        }
    }
    let chars: u32 = found.iter().map(|i| body::width(blocks, &blocks.blocks[*i])).sum();
    let first = *found.first().filter(|_| chars >= STORY_CHARS)?;
    let holder = blocks.outwards(blocks.blocks[first].frame).find(|at| {
        let frame = &blocks.frames[*at as usize];
        frame.first as usize <= top && first < frame.last as usize
    })?;
    let frame = &blocks.frames[holder as usize];
    let holder = frame.first as usize..frame.last as usize;
    found.retain(|i| holder.contains(i));
    let titles = blocks.blocks[holder.clone()].iter().filter(|block| body::is_title(block));
    let is_story = signed || kind::is_declared(facts) || frame.places.has(Places::ARTICLE);
    (is_story && titles.count() <= TITLES && are_comments(blocks, &found).is_empty())
        .then_some(Brief { blocks: found, holder })
}

/// Whether a block is running text of a story.
fn is_text(blocks: &Blocks, block: &Block) -> bool {
    let frame = blocks.frame(block);
    body::width(blocks, block) >= PARAGRAPH_CHARS
        && body::has_sentence(blocks, block)
        && block.link_chars * 3 < block.chars
        && !frame.places.has(OUTSIDE)
        && !frame.near.with(block.inline).has(OTHERS)
}

impl Brief {
    /// The short story with what else was chosen in its element, in reading order.
    pub(super) fn with_own(&self, chosen: &[usize]) -> Vec<usize> {
        let own = chosen.iter().copied().filter(|i| self.holder.contains(i));
        let mut all: Vec<usize> = own.chain(self.blocks.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether all blocks of a story stand in the element that holds its headline.
    pub(super) fn holds(&self, story: &[usize]) -> bool {
        !story.is_empty() && story.iter().all(|i| self.holder.contains(i))
    }

    /// Whether blocks that were chosen outside the element that holds the story are all teasers of other stories.
    pub(super) fn is_outweighed(&self, blocks: &Blocks, chosen: &[usize]) -> bool {
        let others: Vec<&usize> = chosen.iter().filter(|i| !self.holder.contains(i)).collect();
        if others.is_empty() {
            return false;
        }
        let is_teaser = body::teasers(blocks, body::LIMITS.leading);
        others.into_iter().all(|i| blocks.blocks[*i].words <= LABEL_WORDS || is_teaser(i))
    }
}

/// Most words of what stands above a list of teasers.
const LABEL_WORDS: u32 = 5;
