//! Which figures of a page are the story's: pictures with their captions among its paragraphs, or beside them
//! in the element that holds it.

use foldhash::HashSet;
use html5ever::local_name;

use super::addresses::Addresses;
use crate::extract::blocks::{Piece, hides};
use crate::extract::dom::{Attr, Dom, NodeId};
use crate::extract::parsed_page::ParsedPage;
use crate::extract::vocabulary::{Topics, topics};

/// Most figures of a story.
const MAX_FIGURES: usize = 100;
/// How far up from a picture its figure stands.
const LEVELS: usize = 8;
/// How far up from a figure names are asked.
const ASKED: usize = 12;

/// Names of what is none of the story's figures.
const OTHERS: Topics = Topics::RELATED
    .with(Topics::AD)
    .with(Topics::PROMO)
    .with(Topics::SHARE)
    .with(Topics::COMMENT)
    .with(Topics::SIDEBAR)
    .with(Topics::CONSENT)
    .with(Topics::POPUP);

/// The figures of a story.
pub(super) struct Figures(HashSet<NodeId>);

impl Figures {
    pub(super) fn of(
        page: &ParsedPage,
        pieces: &[Piece],
        chosen: &[usize],
        addresses: &Addresses,
    ) -> Self {
        let mut figures = HashSet::default();
        let (Some(first), Some(last)) = (chosen.first(), chosen.last()) else {
            return Self(figures);
        };
        let dom = &page.dom;
        let Some(holder) = holder(page, *first, *last) else { return Self(figures) };
        let is_page = matches!(
            dom.name(holder),
            None | Some(&local_name!("html") | &local_name!("body") | &local_name!("main"))
        );
        for piece in pieces {
            // What stands behind a story leads to others.
            let at = piece.block as usize;
            if figures.len() >= MAX_FIGURES
                || at > *last
                || (is_page && at < *first)
                || dom.name(piece.node) != Some(&local_name!("img"))
            {
                continue;
            }
            if let Some(figure) = figure_around(dom, piece.node)
                && is_own(dom, figure, holder)
                && addresses.picture(dom, piece.node).is_some()
            {
                figures.insert(figure);
            }
        }
        Self(figures)
    }

    pub(super) fn contains(&self, figure: NodeId) -> bool {
        self.0.contains(&figure)
    }

    /// The story's figure that a picture is in.
    pub(super) fn figure_of(&self, dom: &Dom, picture: NodeId) -> Option<NodeId> {
        figure_around(dom, picture).filter(|figure| self.contains(*figure))
    }

    /// Whether a text is in the caption of one of them.
    pub(super) fn captions(&self, dom: &Dom, text: NodeId) -> bool {
        let is_caption = |up: &NodeId| dom.name(*up) == Some(&local_name!("figcaption"));
        let caption = dom.ancestors(text).take(LEVELS).find(is_caption);
        caption.is_some_and(|caption| self.figure_of(dom, caption).is_some())
    }
}

/// The smallest element that holds the story.
fn holder(page: &ParsedPage, first: usize, last: usize) -> Option<NodeId> {
    let blocks = &page.blocks;
    let mut around = blocks.outwards(blocks.blocks[first].frame);
    let frame = around.find(|at| blocks.frames[*at as usize].last as usize > last)?;
    Some(blocks.frames[frame as usize].node)
}

fn figure_around(dom: &Dom, node: NodeId) -> Option<NodeId> {
    dom.ancestors(node).take(LEVELS).find(|up| dom.name(*up) == Some(&local_name!("figure")))
}

/// Whether a figure is inside the element that holds the story, and in nothing that is none of it.
fn is_own(dom: &Dom, figure: NodeId, holder: NodeId) -> bool {
    if !dom.ancestors(figure).any(|up| up == holder) {
        return false;
    }
    let around = std::iter::once(figure).chain(dom.ancestors(figure)).take(ASKED);
    let mut inside = around.take_while(|up| *up != holder);
    !inside.any(|up| {
        let is_apart = matches!(
            dom.name(up),
            Some(
                &local_name!("nav")
                    | &local_name!("aside")
                    | &local_name!("footer")
                    | &local_name!("form")
            )
        );
        let is_hidden =
            dom.attr(up, Attr::Hidden).is_some() || dom.attr(up, Attr::Style).is_some_and(hides);
        is_apart || is_hidden || topics(dom.class(up)).has(OTHERS)
    })
}
