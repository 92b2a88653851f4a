//! Puts into a story what the classifier left out and what plainly belongs to it: tables of data between its
//! paragraphs, linked headings of passages, the place before its first words, a first sentence that is marked up as a heading.
//!
//! Each rule wants two signs: where the block stands, and what it looks like.

use super::blocks::{Block, Blocks, Frame, Places, Shape};
use super::byline_words::byline_mark;
use super::date_labels;
use super::text::letters;
use super::vocabulary::Topics;

/// The blocks of a story with those that it lacks, in reading order.
pub(super) fn filled(blocks: &Blocks, mut story: Vec<usize>, headline: Option<&str>) -> Vec<usize> {
    if story.is_empty() {
        return story;
    }
    let mut more = tables(blocks, &story);
    more.extend(headings(blocks, &story));
    more.extend(opening(blocks, &story, headline));
    story.extend(more);
    story.sort_unstable();
    story.dedup();
    story
}

/// Names of elements that are not the story's.
const OTHERS: Topics = Topics::RELATED
    .with(Topics::COMMENT)
    .with(Topics::SHARE)
    .with(Topics::AD)
    .with(Topics::PROMO)
    .with(Topics::SIDEBAR)
    .with(Topics::CONSENT)
    .with(Topics::PAYWALL)
    .with(Topics::POPUP)
    .with(Topics::NAV)
    .with(Topics::AUTHOR)
    .with(Topics::TAGS);

/// The same of a table. What editors call a `block` is the story's here.
const BESIDE: Topics = Topics(OTHERS.0 & !Topics::SIDEBAR.0);

/// Fewest cells of a table of data, and most words of one.
const CELLS: u32 = 4;
const CELL_WORDS: u32 = 25;

/// Most blocks between a table and the story's paragraphs beside it: what it is called, where its numbers are from.
const BESIDE_TABLE: usize = 2;

/// Tables that stand between the story's paragraphs in the element that holds both, or, of numbers, behind the last.
fn tables(blocks: &Blocks, story: &[usize]) -> Vec<usize> {
    let mut out = Vec::new();
    for (at, frame) in blocks.frames.iter().enumerate() {
        let parent = &blocks.frames[frame.parent as usize];
        let is_outer = frame.places.has(Places::TABLE) && !parent.places.has(Places::TABLE);
        if !is_outer || at == frame.parent as usize || !is_data(blocks, frame) {
            continue;
        }
        let outer = &blocks.frames[holder(blocks, at)];
        let (first, last) = (outer.first as usize, outer.last as usize);
        let split = story.partition_point(|i| *i < first);
        let next = story[split..].iter().find(|i| **i >= last);
        let beside = |i: &usize| {
            let block = &blocks.blocks[*i];
            matches!(block.shape, Shape::Paragraph | Shape::Heading(_) | Shape::Item)
                && blocks.outwards(block.frame).take(3).any(|at| at == outer.parent)
                && first.abs_diff(*i).min(i.abs_diff(last)) <= BESIDE_TABLE
        };
        let before = split.checked_sub(1).map(|at| &story[at]);
        let follows = next.map_or_else(|| is_of_numbers(blocks, frame), beside);
        if before.is_some_and(beside) && follows {
            out.extend(first..last);
        }
    }
    out
}

/// The frame of a table, or of what holds it and at most its caption: a figure, an element that scrolls.
fn holder(blocks: &Blocks, table: usize) -> usize {
    let own = &blocks.frames[table];
    let holds_only = |at: &u32| {
        let frame = &blocks.frames[*at as usize];
        frame.last - frame.first <= own.last - own.first + 1 && frame.parent != *at
    };
    let table = u32::try_from(table).unwrap_or(u32::MAX);
    blocks.outwards(table).take(4).take_while(holds_only).last().unwrap_or(table) as usize
}

/// Whether a third of a table's cells have numbers: its first row and its first column may name them.
fn is_of_numbers(blocks: &Blocks, frame: &Frame) -> bool {
    let cells = &blocks.blocks[frame.first as usize..frame.last as usize];
    let cells = || cells.iter().filter(|block| block.shape != Shape::Caption);
    cells().filter(|cell| cell.digits > 0).count() * 3 >= cells().count()
}

/// Whether a table holds short cells and few links.
fn is_data(blocks: &Blocks, frame: &Frame) -> bool {
    let cells = &blocks.blocks[frame.first as usize..frame.last as usize];
    let (links, chars) =
        cells.iter().fold((0, 0), |(links, chars), b| (links + b.link_chars, chars + b.chars));
    frame.last - frame.first >= CELLS
        && cells.iter().all(|b| {
            b.words <= CELL_WORDS
                && matches!(b.shape, Shape::Cell | Shape::Paragraph | Shape::Caption)
        })
        && links * 3 < chars
        && !frame.near.has(BESIDE)
        && !frame
            .places
            .has(Places::HIDDEN.with(Places::ASIDE).with(Places::NAV).with(Places::FOOTER))
}

/// Shortest passage below a heading and fewest headings of one sort, so that teasers are none; most words of a heading.
const PASSAGE_CHARS: u32 = 200;
const HEADINGS: usize = 2;
const HEADING_WORDS: u32 = 14;

/// Headings of passages, linked to what they are about as in reviews.
fn headings(blocks: &Blocks, story: &[usize]) -> Vec<usize> {
    let mut found: Vec<(u64, usize)> = Vec::new();
    for pair in story.windows(2) {
        let (above, below) = (&blocks.blocks[pair[0]], &blocks.blocks[pair[1]]);
        let parent = blocks.frame(below).parent;
        let is_passage = below.chars >= PASSAGE_CHARS
            && below.link_chars * 3 < below.chars
            && matches!(above.shape, Shape::Paragraph | Shape::Item)
            && blocks.frame(above).parent == parent;
        if !is_passage || pair[1] - pair[0] > BEFORE {
            continue;
        }
        let between = (pair[0] + 1..pair[1]).filter(|i| {
            let block = &blocks.blocks[*i];
            let frame = blocks.frame(block);
            matches!(block.shape, Shape::Heading(_))
                && block.words <= HEADING_WORDS
                && frame.parent == parent
                && !frame.own.with(block.inline).has(OTHERS)
        });
        found.extend(between.map(|i| (blocks.frame(&blocks.blocks[i]).sort, i)));
    }
    let many = |sort: u64| found.iter().filter(|(s, _)| *s == sort).count() >= HEADINGS;
    found.iter().filter(|(sort, _)| many(*sort)).map(|(_, i)| *i).collect()
}

/// Most words of a place before a story's first words.
const PLACE_WORDS: u32 = 6;
/// Fewest words of a heading that is the story's first sentence, and how far before the others it stands.
const SENTENCE_WORDS: u32 = 15;
const BEFORE: usize = 3;

/// What opens the story before its first paragraph: `LOWMERE —`, or a sentence in a heading.
fn opening(blocks: &Blocks, story: &[usize], headline: Option<&str>) -> Vec<usize> {
    let Some(&first) = story.first() else { return Vec::new() };
    let headline = headline.map(letters).unwrap_or_default();
    let holder = blocks.frame(&blocks.blocks[first]).parent;
    let is_held = |block: &Block| {
        let own = blocks.frame(block);
        block.frame == holder || own.parent == holder
    };
    // Each paragraph may stand in an element of its own.
    let beside = blocks.frames[holder as usize].parent;
    let is_beside = |block: &Block| blocks.outwards(block.frame).take(3).any(|at| at == beside);
    let mut out = Vec::new();
    for i in first.saturating_sub(BEFORE)..first {
        let block = &blocks.blocks[i];
        let named = blocks.frame(block).own.with(block.inline);
        if !(is_held(block) || is_beside(block)) || named.has(OTHERS) || block.link_chars > 0 {
            continue;
        }
        let text = blocks.text(block).trim();
        let is_place = i + 1 == first && is_held(block) && is_place(block, text);
        let is_sentence = matches!(block.shape, Shape::Heading(2..=4))
            && block.words >= SENTENCE_WORDS
            && text.ends_with(['.', '。', '।', '؟'])
            && letters(text) != headline;
        if is_place || is_sentence {
            out.push(i);
        }
    }
    out
}

/// Whether a line is a place with the sign that parts it from the text.
fn is_place(block: &Block, text: &str) -> bool {
    (1..=PLACE_WORDS).contains(&block.words)
        && text.ends_with([':', '—', '–', '-'])
        && text.starts_with(char::is_uppercase)
        && !text.contains(char::is_numeric)
        && !matches!(block.shape, Shape::Heading(_))
        && date_labels::of(text).is_none()
        && byline_mark(text).is_none()
}
