//! Names of elements that rule out all of a page's text are not believed.

use super::{Block, Blocks, Places, are_comments};
use crate::extract::vocabulary::Topics;
use crate::extract::word_overlap::width;

/// Names that speak against what they stand on.
const AGAINST: [Topics; 10] = [
    Topics::COMMENT,
    Topics::RELATED,
    Topics::SIDEBAR,
    Topics::PROMO,
    Topics::PAYWALL,
    Topics::SHARE,
    Topics::AD,
    Topics::TEASER,
    Topics::TAGS,
    Topics::NAV,
];

/// Shortest paragraph, in characters.
const PARAGRAPH: u32 = 80;

/// Text under a name, in characters, from which it may be the story, and how little may be outside it.
const MUCH: u32 = 500;

const LITTLE: u32 = 160;

/// The blocks without the names that rule out nearly all of a page's running text: a wrapper called
/// `article kommentar` or `forum-thread` is the story's, since there is none beside it. `None` where no name
/// does so, or where `found` characters of a story were found in spite of it. What is signed as comments are keeps
/// its names.
pub(in crate::extract) fn trusted(blocks: &Blocks, found: u32) -> Option<Blocks> {
    let outside = Places::NAV.with(Places::FOOTER).with(Places::ASIDE).with(Places::HIDDEN);
    let is_paragraph = |block: &Block| {
        let frame = blocks.frame(block);
        block.chars >= PARAGRAPH
            && block.sentences > 0
            && block.link_chars * 3 < block.chars
            && !frame.places.has(outside)
    };
    if let Some(shown) = unhidden(blocks, found) {
        return Some(shown);
    }
    let said = |block: &Block| blocks.frame(block).near.with(blocks.frame(block).far);
    let long: Vec<usize> =
        (0..blocks.blocks.len()).filter(|i| is_paragraph(&blocks.blocks[*i])).collect();
    let named = long.iter().copied().filter(|i| said(&blocks.blocks[*i]).has(Topics::COMMENT));
    let comments = are_comments(blocks, &named.collect::<Vec<usize>>());
    let paragraphs: Vec<(u32, Topics)> = long
        .iter()
        .filter(|i| !comments.contains(i))
        .map(|i| (blocks.blocks[*i].chars, said(&blocks.blocks[*i])))
        .collect();
    let all: u32 = paragraphs.iter().map(|(chars, _)| chars).sum();
    let mut taken_back = 0;
    for topic in AGAINST {
        let under: u32 =
            paragraphs.iter().filter(|(_, said)| said.has(topic)).map(|(chars, _)| chars).sum();
        if under >= MUCH && all - under <= LITTLE && found < under / 2 {
            taken_back |= topic.0;
        }
    }
    (taken_back != 0).then(|| {
        let mut blocks = blocks.clone();
        let is_comment = |first: u32, last: u32| {
            last - first <= 8 && comments.iter().any(|i| (first..last).contains(&(*i as u32)))
        };
        for frame in &mut blocks.frames {
            if is_comment(frame.first, frame.last) {
                continue;
            }
            for said in [&mut frame.own, &mut frame.near, &mut frame.far] {
                said.0 &= !taken_back;
            }
        }
        blocks
    })
}

/// Width of running text from which on what is hidden may be the story, and that of a paragraph of it.
const HIDDEN_WIDTH: usize = 240;
const HIDDEN_PARAGRAPH: usize = 40;

/// The blocks without what hides nearly all of a page's running text, since a script shows it; `None` where that is not
/// so, or most of it was found in spite of it.
fn unhidden(blocks: &Blocks, found: u32) -> Option<Blocks> {
    let outside = Places::NAV.with(Places::FOOTER).with(Places::ASIDE).with(Places::FORM);
    let others = Topics::CONSENT.with(Topics::POPUP).with(Topics::PAYWALL).with(Topics::RELATED);
    let is_text = |block: &&Block| {
        let frame = blocks.frame(block);
        block.sentences > 0
            && block.link_chars * 3 < block.chars
            && !frame.places.has(outside)
            && width(blocks.text(block)) >= HIDDEN_PARAGRAPH
    };
    if !blocks.frames.iter().any(|frame| frame.places.has(Places::HIDDEN)) {
        return None;
    }
    let (mut hidden, mut shown, mut chars, mut paragraphs) = (0, 0, 0, 0);
    for block in blocks.blocks.iter().filter(is_text) {
        let frame = blocks.frame(block);
        let long = width(blocks.text(block));
        if !frame.places.has(Places::HIDDEN) {
            shown += long;
            if shown > LITTLE as usize {
                return None;
            }
        } else if !frame.near.with(frame.far).has(others) {
            hidden += long;
            chars += block.chars;
            paragraphs += 1;
        }
    }
    let is_story = hidden >= HIDDEN_WIDTH && paragraphs >= HIDDEN_PARAGRAPHS;
    (is_story && found < chars).then(|| {
        let mut blocks = blocks.clone();
        for frame in &mut blocks.frames {
            frame.places.0 &= !Places::HIDDEN.0;
        }
        blocks
    })
}

/// Fewest hidden paragraphs that are a story.
const HIDDEN_PARAGRAPHS: usize = 3;
