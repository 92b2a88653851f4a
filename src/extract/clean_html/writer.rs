//! Writes texts and pictures with the elements around them: opens and closes what differs from the one before.

use html5ever::local_name;

use super::addresses::Addresses;
use super::elements::{attributes, escape, put};
use super::nesting::{Element, Nesting};
use crate::extract::dom::{Attr, Dom, NodeId};
use crate::extract::text::{is_space, one_line, push_collapsed};

/// Longest description of a picture, in characters.
const MAX_ALT: usize = 500;
/// Widest and highest picture, in pixels.
const MAX_PIXELS: u32 = 50_000;

/// An element that is open.
struct Open {
    element: Element,
    /// Of a row: the child from which on cells are still to come.
    next_cell: Option<NodeId>,
}

/// What comes before the next text of the same block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Space,
    Break,
}

pub(super) struct Writer<'a> {
    dom: &'a Dom,
    addresses: &'a Addresses,
    max_bytes: usize,
    out: String,
    open: Vec<Open>,
    /// The block that was written last.
    block: Option<u32>,
    gap: Gap,
    /// The item, cell or caption that the text of that block stands in, where it has no element of its own.
    bare: Option<NodeId>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(dom: &'a Dom, addresses: &'a Addresses, max_bytes: usize) -> Self {
        let (out, open) = (String::new(), Vec::new());
        Self { dom, addresses, max_bytes, out, open, block: None, gap: Gap::None, bare: None }
    }

    /// Whether there is more than was asked for.
    pub(super) const fn is_full(&self) -> bool {
        self.out.len() > self.max_bytes
    }

    /// All that was written, every element closed.
    pub(super) fn finish(mut self) -> Option<String> {
        self.close_to(0);
        (!self.is_full()).then_some(self.out)
    }

    pub(super) fn text(&mut self, nesting: &Nesting, block: u32, text: &str) {
        if nesting.0.iter().any(|element| element.tag == "pre") {
            if self.block == Some(block) || !text.trim().is_empty() {
                self.go_to(nesting, block);
                escape(text, &mut self.out);
            }
            return;
        }
        let mut collapsed = String::new();
        push_collapsed(&mut collapsed, text);
        let words = collapsed.trim_end();
        let parts = |c: char| is_space(c) && !is_joiner(c);
        let leads = text.chars().take_while(|c| is_space(*c)).any(parts);
        if leads && self.block == Some(block) && self.gap == Gap::None {
            self.gap = Gap::Space;
        }
        if words.is_empty() {
            return;
        }
        self.go_to(nesting, block);
        escape(words, &mut self.out);
        if words.len() < collapsed.len() {
            self.gap = Gap::Space;
        }
    }

    pub(super) fn line_break(&mut self, block: u32) {
        if self.block == Some(block) {
            self.gap = Gap::Break;
        }
    }

    pub(super) fn picture(&mut self, nesting: &Nesting, img: NodeId) {
        let Some(source) = self.addresses.picture(self.dom, img) else { return };
        let shared = self.shared(nesting);
        self.close_to(shared);
        self.open_from(nesting, shared);
        (self.block, self.gap, self.bare) = (None, Gap::None, None);
        self.out.push_str("<img");
        put("src", Some(&source), &mut self.out);
        let alt = self.dom.attr(img, Attr::Alt).map(one_line).unwrap_or_default();
        let alt: String = alt.chars().take(MAX_ALT).collect();
        put("alt", Some(&alt), &mut self.out);
        for (name, side) in [("width", Attr::Width), ("height", Attr::Height)] {
            let pixels = self.dom.attr(img, side).and_then(|v| v.trim().parse::<u32>().ok());
            let pixels = pixels.filter(|n| (1..=MAX_PIXELS).contains(n));
            put(name, pixels.map(|n| n.to_string()).as_deref(), &mut self.out);
        }
        self.out.push('>');
    }

    /// Closes and opens elements up to those around a text, with what comes before it.
    fn go_to(&mut self, nesting: &Nesting, block: u32) {
        let shared = self.shared(nesting);
        self.close_to(shared);
        if self.block == Some(block) {
            match self.gap {
                Gap::None => {}
                Gap::Space => self.out.push(' '),
                Gap::Break => self.out.push_str("<br>"),
            }
        } else if nesting.bare().is_some() && self.bare == nesting.bare() {
            // Two blocks that stand in one item or cell without elements of their own.
            self.out.push_str("<br>");
        }
        self.open_from(nesting, shared);
        (self.block, self.gap) = (Some(block), Gap::None);
        self.bare = nesting.bare();
    }

    /// How many of the open elements are around the next text too.
    fn shared(&self, nesting: &Nesting) -> usize {
        let both = self.open.iter().zip(&nesting.0);
        both.take_while(|(open, wanted)| open.element == **wanted).count()
    }

    fn open_from(&mut self, nesting: &Nesting, from: usize) {
        for element in &nesting.0[from..] {
            if matches!(element.tag, "td" | "th") {
                self.empty_cells(Some(element.node));
            }
            self.out.push('<');
            self.out.push_str(element.tag);
            attributes(self.dom, element.node, element.tag, self.addresses, &mut self.out);
            self.out.push('>');
            let cells = if element.tag == "tr" { self.dom.first_child(element.node) } else { None };
            self.open.push(Open { element: *element, next_cell: cells });
        }
    }

    fn close_to(&mut self, length: usize) {
        while self.open.len() > length {
            self.empty_cells(None);
            let Some(open) = self.open.pop() else { break };
            self.out.push_str("</");
            self.out.push_str(open.element.tag);
            self.out.push('>');
            if self.open.is_empty() {
                self.out.push('\n');
            }
        }
    }

    /// Writes the cells of the row that is open which hold nothing of the story, up to one that does: columns
    /// stay under each other.
    fn empty_cells(&mut self, until: Option<NodeId>) {
        let Some(row) = self.open.last_mut().filter(|open| open.element.tag == "tr") else {
            return;
        };
        if until.is_some_and(|cell| self.dom.parent(cell) != Some(row.element.node)) {
            return;
        }
        while let Some(cell) = row.next_cell {
            row.next_cell = self.dom.next_sibling(cell);
            if Some(cell) == until || self.out.len() > self.max_bytes {
                break;
            }
            let tag = match self.dom.name(cell) {
                Some(&local_name!("td")) => "td",
                Some(&local_name!("th")) => "th",
                _ => continue,
            };
            self.out.push('<');
            self.out.push_str(tag);
            attributes(self.dom, cell, tag, self.addresses, &mut self.out);
            self.out.push_str("></");
            self.out.push_str(tag);
            self.out.push('>');
        }
    }
}

/// A soft hyphen or a zero-width space is no gap between words.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{2060}')
}
