//! In which elements of clean HTML a text stands: containers, one element for the text, elements within its line.

use html5ever::local_name;

use super::Story;
use super::elements::{container, holds_text, inline, is_frame, leaf, parents};
use crate::extract::blocks::Piece;
use crate::extract::dom::{Attr, NodeId};

/// Most containers around a text, and most elements within a line.
const MAX_CONTAINERS: usize = 32;
const MAX_INLINE: usize = 16;

/// What tells one element of the output from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Node(NodeId),
    /// The element of a block's text; a paragraph may have several blocks.
    Block(u32),
}

/// An element of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) key: Key,
    pub(super) tag: &'static str,
    /// Whose attributes it has.
    pub(super) node: NodeId,
}

/// The elements around a text, from the outside in.
pub(super) struct Nesting(pub(super) Vec<Element>);

impl Nesting {
    /// The innermost container, where the text has no element of its own in it.
    pub(super) fn bare(&self) -> Option<NodeId> {
        if self.0.iter().any(|element| matches!(element.key, Key::Block(_))) {
            return None;
        }
        self.0.iter().rev().find(|element| holds_text(element.tag)).map(|element| element.node)
    }

    pub(super) fn of_text(story: &Story<'_>, piece: Piece) -> Self {
        let (dom, blocks) = (&story.page.dom, &story.page.blocks);
        let holder = blocks.frame(&blocks.blocks[piece.block as usize]).node;
        let mut inner: Vec<NodeId> =
            dom.ancestors(piece.node).take_while(|up| *up != holder).collect();
        inner.reverse();
        let mut nesting = Self::containers(story, holder, true);
        let is_bare = nesting
            .0
            .last()
            .is_some_and(|last| last.key == Key::Node(holder) && holds_text(last.tag));
        let tag = dom.name(holder).and_then(leaf);
        if !is_bare {
            nesting.0.push(Element {
                key: Key::Block(piece.block),
                tag: tag.unwrap_or("p"),
                node: holder,
            });
        }
        nesting.add_inline(story, holder, &inner);
        nesting
    }

    pub(super) fn of_picture(story: &Story<'_>, picture: NodeId) -> Self {
        let Some(figure) = story.figures.figure_of(&story.page.dom, picture) else {
            return Self(Vec::new());
        };
        Self::containers(story, figure, false)
    }

    /// The containers around a node and it, in an order that HTML allows.
    fn containers(story: &Story<'_>, node: NodeId, holds_text: bool) -> Self {
        let dom = &story.page.dom;
        let mut path: Vec<NodeId> = std::iter::once(node).chain(dom.ancestors(node)).collect();
        path.reverse();
        let mut out = Self(Vec::new());
        // Whether the tables around are tables of data.
        let mut is_data = true;
        for at in path {
            let Some(tag) = dom.name(at).and_then(container) else { continue };
            let is_in_table = matches!(
                tag,
                "table" | "caption" | "thead" | "tbody" | "tfoot" | "tr" | "td" | "th"
            );
            if tag == "table" {
                is_data = !story.layouts.contains(&at);
            }
            let is_other_figure = tag == "figure" && !story.figures.contains(at);
            if (is_in_table && !is_data) || is_other_figure || out.0.len() >= MAX_CONTAINERS {
                continue;
            }
            out.add(Element { key: Key::Node(at), tag, node: at });
        }
        while holds_text && out.0.last().is_some_and(|last| is_frame(last.tag)) {
            out.0.pop();
        }
        out
    }

    /// Puts a container into the others where it may stand there.
    fn add(&mut self, element: Element) {
        let wanted = parents(element.tag);
        while self.0.last().is_some_and(|last| is_frame(last.tag) && !wanted.contains(&last.tag)) {
            // A table's part goes into the table; all else leaves what holds elements only.
            if wanted.is_empty() || !self.0.iter().any(|open| wanted.contains(&open.tag)) {
                self.0.pop();
            } else {
                break;
            }
        }
        let parent = self.0.last().map(|last| last.tag);
        if wanted.is_empty() || parent.is_some_and(|parent| wanted.contains(&parent)) {
            self.0.push(element);
        }
    }

    /// The elements within the line, and a link around all of it.
    fn add_inline(&mut self, story: &Story<'_>, holder: NodeId, inner: &[NodeId]) {
        let dom = &story.page.dom;
        let leads = |at: NodeId| {
            dom.name(at) == Some(&local_name!("a"))
                && dom.attr(at, Attr::Href).is_some_and(|href| story.addresses.link(href).is_some())
        };
        let around = || dom.ancestors(holder).find(|up| leads(*up));
        let link = inner.iter().copied().find(|at| leads(*at)).or_else(around);
        let before = self.0.len();
        if let Some(link) = link.filter(|link| !inner.contains(link)) {
            self.0.push(Element { key: Key::Node(link), tag: "a", node: link });
        }
        for at in inner {
            let Some(tag) = dom.name(*at).and_then(inline) else { continue };
            let repeats = self.0[before..].iter().any(|open| open.tag == tag);
            if (tag == "a" && link != Some(*at)) || repeats || self.0.len() - before >= MAX_INLINE {
                continue;
            }
            self.0.push(Element { key: Key::Node(*at), tag, node: *at });
        }
    }
}
