//! Cuts a page into blocks: the paragraphs, headings, list items and loose lines that a reader
//! sees, in reading order, each with where it stands.
//!
//! A block is a run of inline content inside the nearest block-level element; two line breaks in
//! a row end it as well. What can hold no reading text (forms' controls, frames, templates) is not
//! entered. Nothing is judged here.

mod comments;
mod counts;
mod cutter;
mod elements;
mod trusted;

use super::dom::NodeId;
use super::vocabulary::Topics;

pub(super) use comments::are_comments;
pub(super) use cutter::{Piece, cut, pieces};
pub(super) use elements::hides;
pub(super) use trusted::trusted;

/// What a block's own element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Paragraph,
    Heading(u8),
    Item,
    Cell,
    Pre,
    Caption,
    /// `div`, `section`, custom elements and the like.
    Loose,
}

/// A set of structural facts about where a block stands, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Places(pub(super) u32);

impl Places {
    pub(super) const ARTICLE: Self = Self(1 << 0);
    pub(super) const MAIN: Self = Self(1 << 1);
    pub(super) const ASIDE: Self = Self(1 << 2);
    pub(super) const NAV: Self = Self(1 << 3);
    pub(super) const FOOTER: Self = Self(1 << 4);
    pub(super) const HEADER: Self = Self(1 << 5);
    pub(super) const FIGURE: Self = Self(1 << 6);
    pub(super) const LINK: Self = Self(1 << 7);
    pub(super) const HIDDEN: Self = Self(1 << 8);
    pub(super) const FORM: Self = Self(1 << 9);
    pub(super) const TABLE: Self = Self(1 << 10);
    pub(super) const LIST: Self = Self(1 << 11);
    pub(super) const QUOTE: Self = Self(1 << 12);
    pub(super) const BODY_PROPERTY: Self = Self(1 << 13);
    pub(super) const ADDRESS: Self = Self(1 << 14);
    pub(super) const OTHER_PROPERTY: Self = Self(1 << 15);
    /// A schema.org property that is not text of the story; of the element itself only.
    pub(super) const FACT_PROPERTY: Self = Self(1 << 16);
    pub(super) const NESTED_ARTICLE: Self = Self(1 << 17);
    pub(super) const LABELLED: Self = Self(1 << 18);
    /// One more than the highest bit.
    pub(super) const COUNT: usize = 19;
    /// What each is called, from the lowest bit.
    #[cfg(any(test, feature = "tools"))]
    pub(super) const NAMES: [&'static str; Self::COUNT] = [
        "article",
        "main",
        "aside",
        "nav",
        "footer",
        "header",
        "figure",
        "link",
        "hidden",
        "form",
        "table",
        "list",
        "quote",
        "body_property",
        "address",
        "other_property",
        "fact_property",
        "nested_article",
        "labelled",
    ];

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A piece of text and its counts.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Bytes of [`Blocks::text`].
    pub(super) start: u32,
    pub(super) end: u32,
    /// Index into [`Blocks::frames`].
    pub(super) frame: u32,
    pub(super) shape: Shape,
    /// Topics of inline elements that hold most of it.
    pub(super) inline: Topics,
    pub(super) chars: u32,
    pub(super) words: u32,
    pub(super) link_chars: u32,
    pub(super) links: u32,
    /// Characters of the link that it starts with.
    pub(super) leading_link_chars: u32,
    pub(super) bold_chars: u32,
    pub(super) sentences: u32,
    pub(super) commas: u32,
    pub(super) digits: u32,
    pub(super) capitals: u32,
    pub(super) breaks: u32,
}

/// A block-level element that holds text.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) node: NodeId,
    /// Index of the enclosing frame; the outermost frame is its own.
    pub(super) parent: u32,
    pub(super) depth: u32,
    /// Its own names.
    pub(super) own: Topics,
    /// Names of it and its two nearest frames.
    pub(super) near: Topics,
    /// Names of all frames further out, `body` excluded.
    pub(super) far: Topics,
    pub(super) places: Places,
    /// Hash of its element name and class.
    pub(super) kind: u64,
    /// Hash of its element name and first class: that tells what an element is; those after it often
    /// tell it from others of its sort, as in `post category-travel last`.
    pub(super) sort: u64,
    /// Blocks below it, a half-open range.
    pub(super) first: u32,
    pub(super) last: u32,
}

/// A page's blocks.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    pub(super) text: String,
    pub(super) blocks: Vec<Block>,
    pub(super) frames: Vec<Frame>,
}

impl Block {
    /// A few linked words: half of a page's blocks, and none of a story.
    pub fn is_menu(&self) -> bool {
        self.words <= 8 && self.sentences == 0 && self.link_chars * 10 >= self.chars * 9
    }
}

impl Blocks {
    pub(super) fn text(&self, block: &Block) -> &str {
        &self.text[block.start as usize..block.end as usize]
    }

    pub(super) fn frame(&self, block: &Block) -> &Frame {
        &self.frames[block.frame as usize]
    }

    /// A frame and the frames around it, inside out.
    pub(super) fn outwards(&self, frame: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(frame), |at| {
            let parent = self.frames[*at as usize].parent;
            (parent != *at).then_some(parent)
        })
    }
}
