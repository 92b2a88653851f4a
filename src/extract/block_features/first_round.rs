//! The numbers that the first round's classifier sees of each block: its text, the names of the elements around it,
//! repetition, position, neighbours.
//!
//! Their order is the model's: `columns.rs` names them, and a change of either needs a new fit. Language enters by the
//! phrase lists alone.

use foldhash::{HashMap, HashMapExt as _};

use super::block_words::BlockWords;
use super::claims::Claims;
use super::place::{
    Apart, aparts, facts_for_machines, headline_index, is_address, is_comment, twins,
};
use super::prior::prior;
use super::repetition::{Announced, Units};
use super::sums::{Sums, between, is_paragraph, ratio};
use super::{LOCAL, Rows, signature};
use crate::extract::blocks::{Block, Blocks, Frame, Places, Shape};
use crate::extract::boilerplate_phrases::{PhraseKinds, phrase_kinds};
use crate::extract::page_facts::Facts;
use crate::extract::readability_container::Container;
use crate::extract::vocabulary::Topics;
use crate::extract::word_overlap::coverage;

/// The rows of the first round.
pub(in crate::extract) fn local(blocks: &Blocks, facts: &Facts) -> Rows {
    let page = Page::of(blocks, facts);
    let facts_for_machines = facts_for_machines(blocks, &page.sums);
    let mut announced = Announced::default();
    let mut section = Section::default();
    let mut rows = Rows::default();
    rows.values.reserve(LOCAL * blocks.blocks.iter().filter(|block| !block.is_menu()).count());
    for (i, block) in blocks.blocks.iter().enumerate() {
        let opened = section.advance(blocks, i, page.said[i]);
        let heard = announced;
        announced.hear(block, page.said[i], page.sums.paragraphs[i]);
        let is_fact = facts_for_machines[block.frame as usize] || is_address(blocks.text(block));
        if block.is_menu() || is_fact || is_comment(block, page.apart(block), page.headline) {
            rows.starts.push(None);
            continue;
        }
        let out = &mut rows.values;
        let before = out.len();
        rows.starts.push(Some(before));
        page.text(i, out);
        page.names(block, out);
        out.extend(page.said[i].strengths().map(f32::from));
        out.extend(opened.strengths().map(f32::from));
        page.repetition(block, out);
        heard.describe(page.sums.paragraphs[i], out);
        page.outwards(block, out);
        out.extend(page.container.describe(blocks, block.frame, i));
        page.position(i, out);
        page.neighbours(i, out);
        debug_assert_eq!(out.len() - before, LOCAL);
    }
    rows.words = page.words;
    rows
}

/// What the last heading said, as long as the element around it lasts.
#[derive(Clone, Copy, Default)]
struct Section {
    frame: Option<u32>,
    said: PhraseKinds,
}

impl Section {
    /// Goes on to a block; what the heading before it said.
    fn advance(&mut self, blocks: &Blocks, i: usize, said: PhraseKinds) -> PhraseKinds {
        let block = &blocks.blocks[i];
        if self.frame.is_none_or(|f| i >= blocks.frames[f as usize].last as usize) {
            *self = Self::default();
        }
        let opened = self.said;
        if matches!(block.shape, Shape::Heading(2..))
            || (block.words <= 6 && block.bold_chars * 2 > block.chars)
        {
            *self = Self { frame: Some(blocks.frame(block).parent), said };
        }
        opened
    }
}

/// A page, with all that rows compare its blocks with.
struct Page<'a> {
    blocks: &'a Blocks,
    words: BlockWords,
    sums: Sums,
    claims: Claims,
    headline: Option<usize>,
    aparts: Vec<Apart>,
    /// What each block's text says.
    said: Vec<PhraseKinds>,
    units: Units,
    container: Container,
    /// Of each frame, its like in the same parent.
    twins: Vec<u32>,
    signatures: Vec<u64>,
    /// Characters of paragraphs of a signature.
    signature_chars: HashMap<u64, u32>,
    /// Blocks with the same text.
    copies: HashMap<&'a str, u32>,
}

impl<'a> Page<'a> {
    fn of(blocks: &'a Blocks, facts: &Facts) -> Self {
        let sums = Sums::of(blocks);
        let claims = Claims::of(facts);
        let signatures: Vec<u64> = blocks.blocks.iter().map(|b| signature(blocks, b)).collect();
        let mut signature_chars: HashMap<u64, u32> = HashMap::new();
        let mut copies: HashMap<&str, u32> = HashMap::new();
        for (i, block) in blocks.blocks.iter().enumerate() {
            *copies.entry(blocks.text(block)).or_default() += 1;
            if is_paragraph(block) {
                *signature_chars.entry(signatures[i]).or_default() += block.chars;
            }
        }
        let words = BlockWords::of(blocks);
        let headline = headline_index(blocks, &words, &claims);
        let said: Vec<PhraseKinds> =
            blocks.blocks.iter().map(|b| phrase_kinds(blocks.text(b))).collect();
        Self {
            blocks,
            words,
            claims,
            headline,
            aparts: aparts(blocks, headline),
            units: Units::of(blocks, &said),
            said,
            container: Container::of(blocks, &sums.chars, &sums.link_chars),
            sums,
            twins: twins(blocks),
            signatures,
            signature_chars,
            copies,
        }
    }

    fn apart(&self, block: &Block) -> &Apart {
        &self.aparts[block.frame as usize]
    }

    /// All the page's characters in paragraphs.
    fn paragraph_chars(&self) -> u32 {
        self.sums.paragraph_chars[self.blocks.blocks.len()].max(1)
    }

    /// The block's own text, and how it compares with what the page says of itself.
    fn text(&self, i: usize, out: &mut Vec<f32>) {
        let block = &self.blocks.blocks[i];
        let text = self.blocks.text(block);
        let (claims, words) = (&self.claims, self.words.of_block(i));
        let last = text
            .trim_end_matches(['"', '”', '»', '’', '\'', ')', '“'])
            .chars()
            .next_back()
            .unwrap_or(' ');
        let first = text.chars().next().unwrap_or(' ');
        let in_title = words.iter().filter(|w| claims.title.contains(w)).count();
        let yes = |holds: bool| f32::from(u8::from(holds));
        out.extend([
            (block.chars as f32).ln_1p(),
            block.words as f32,
            ratio(block.link_chars, block.chars),
            block.links as f32,
            block.leading_link_chars as f32,
            ratio(block.links, block.words),
            block.sentences as f32,
            ratio(block.sentences, block.words),
            ratio(block.commas, block.words),
            ratio(block.digits, block.chars),
            ratio(block.capitals, block.words),
            ratio(block.bold_chars, block.chars),
            ratio(block.chars, block.words),
            yes(matches!(last, '.' | '!' | '?' | '。' | '।')),
            yes(last == ':'),
            yes(last == '…' || text.ends_with("...")),
            yes(first.is_uppercase()),
            yes(matches!(first, '"' | '“' | '„' | '«' | '»' | '‘' | '—' | '–' | '-')),
            block.breaks as f32,
            shape_number(block.shape),
            ratio(in_title as u32, words.len() as u32),
            ratio(in_title as u32, claims.title_words as u32),
            coverage(words, &claims.description).unwrap_or(-1.0),
            if claims.body_words < 30 {
                -2.0
            } else {
                coverage(words, &claims.body).unwrap_or(-1.0)
            },
            (claims.body_words as f32).ln_1p() - (self.paragraph_chars() as f32 / 6.0).ln_1p(),
        ]);
    }

    /// What the names of elements say, and where those elements stand.
    fn names(&self, block: &Block, out: &mut Vec<f32>) {
        let (frame, apart) = (self.blocks.frame(block), self.apart(block));
        // The nearer an element that has a name, the more that says.
        let named = [
            (frame.near.with(frame.far), 0.5),
            (apart.far, 1.0),
            (apart.near, 2.0),
            (frame.own, 3.0),
            (block.inline, 4.0),
        ];
        let topics = out.len();
        let places = topics + Topics::COUNT;
        out.resize(places + Places::COUNT, 0.0);
        for (names, strength) in named {
            bits(names.0).for_each(|topic| out[topics + topic] = strength);
        }
        bits(frame.places.0).for_each(|place| out[places + place] = 1.0);
    }

    /// Alike elements side by side, which are lists of teasers, comments, entries; and what is apart from the
    /// headline.
    fn repetition(&self, block: &Block, out: &mut Vec<f32>) {
        let (blocks, frame, apart) = (self.blocks, self.blocks.frame(block), self.apart(block));
        let (mut most, mut nearest, mut level) = (0, 0, 0.0);
        let mut unit = None;
        for (k, at) in blocks.outwards(block.frame).enumerate().take(7) {
            let n = self.twins[at as usize];
            if n > most.max(1) {
                unit = Some(at);
            }
            if k > 0 && n > most {
                (most, level) = (n, k as f32);
            }
            if k == 1 {
                nearest = n;
            }
        }
        out.extend([most as f32, level, nearest as f32, prior(block, frame)]);
        let headline: Option<&Frame> = self.headline.map(|h| blocks.frame(&blocks.blocks[h]));
        let beside = headline.map_or(-1.0, |h| h.depth.saturating_sub(apart.depth) as f32);
        let headline_in_article = headline.is_some_and(|h| h.places.has(Places::ARTICLE));
        out.extend([
            apart.levels as f32,
            beside,
            f32::from(u8::from(apart.in_article)),
            f32::from(u8::from(headline_in_article && !frame.places.has(Places::ARTICLE))),
        ]);
        let unit = unit.map(|u| &blocks.frames[u as usize]);
        self.units.describe(unit, &self.sums, self.headline, out);
    }

    /// What the frames around it hold, from the inside out.
    fn outwards(&self, block: &Block, out: &mut Vec<f32>) {
        let sums = &self.sums;
        let mut at = block.frame;
        for _ in 0..4 {
            let f = &self.blocks.frames[at as usize];
            let chars = between(&sums.chars, f.first, f.last);
            let paragraph_chars = between(&sums.paragraph_chars, f.first, f.last);
            out.extend([
                ratio(between(&sums.link_chars, f.first, f.last), chars),
                (f.last - f.first) as f32,
                ratio(paragraph_chars, self.paragraph_chars()),
                ratio(paragraph_chars, chars),
            ]);
            at = f.parent;
        }
    }

    /// How much of the page is like it, and where in the page it stands.
    fn position(&self, i: usize, out: &mut Vec<f32>) {
        let (sums, total) = (&self.sums, self.paragraph_chars());
        let n = self.blocks.blocks.len();
        let share = self.signature_chars.get(&self.signatures[i]).copied().unwrap_or(0);
        out.extend([
            ratio(share, total),
            self.copies[self.blocks.text(&self.blocks.blocks[i])] as f32,
            self.blocks.frame(&self.blocks.blocks[i]).depth as f32,
            i as f32 / n as f32,
            sums.chars[i] as f32 / sums.chars[n].max(1) as f32,
            sums.paragraph_chars[i] as f32 / total as f32,
            self.headline.map_or(-100.0, |h| i as f32 - h as f32),
            self.headline.map_or(-1.0, |h| {
                let (a, b) = (h.min(i), h.max(i));
                (sums.paragraph_chars[b] - sums.paragraph_chars[a]) as f32 / total as f32
            }),
        ]);
    }

    /// The two blocks before it and the two behind it.
    fn neighbours(&self, i: usize, out: &mut Vec<f32>) {
        let blocks = self.blocks;
        let parent = blocks.frame(&blocks.blocks[i]).parent;
        for step in [-2_i64, -1, 1, 2] {
            let near = usize::try_from(i as i64 + step)
                .ok()
                .and_then(|j| blocks.blocks.get(j).map(|b| (j, b)));
            match near {
                Some((j, b)) => out.extend([
                    (b.chars as f32).ln_1p(),
                    ratio(b.link_chars, b.chars),
                    shape_number(b.shape),
                    f32::from(u8::from(self.signatures[j] == self.signatures[i]))
                        + f32::from(u8::from(blocks.frame(b).parent == parent)),
                    f32::from(u8::from(is_paragraph(b) && b.sentences > 0)),
                ]),
                None => out.extend([-1.0; 5]),
            }
        }
    }
}

/// The numbers of the bits of a set, from the lowest.
fn bits(mut set: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = set.trailing_zeros();
        set &= set.checked_sub(1)?;
        Some(bit as usize)
    })
}

fn shape_number(shape: Shape) -> f32 {
    match shape {
        Shape::Paragraph => 9.0,
        Shape::Pre => 8.0,
        Shape::Loose => 7.0,
        Shape::Heading(rank) => f32::from(rank),
        Shape::Item => 0.0,
        Shape::Cell => -1.0,
        Shape::Caption => -2.0,
    }
}
