//! The story as clean HTML: what the chosen blocks are made of, in the elements that carry meaning, and the
//! figures among them.
//!
//! Nothing of the page is copied: each element is written anew from a list of those allowed, each attribute from
//! a value that was parsed. So no script, style, form, frame or event handler can come through, addresses are
//! absolute and of `http`, `https` or `mailto`, and every element is closed. Refuses stories whose HTML would be
//! larger than asked for: half of one would look whole.

mod addresses;
mod elements;
mod figures;
mod nesting;
mod writer;

use foldhash::{HashMap, HashSet};
use html5ever::local_name;

use super::blocks::{Piece, Places, pieces};
use super::dom::{Attr, Data, NodeId};
use super::parsed_page::ParsedPage;
use crate::model::WebUrl;
use addresses::Addresses;
use figures::Figures;
use nesting::Nesting;
use writer::Writer;

/// The chosen blocks as HTML; `None` for what is longer than `max_bytes`.
pub(super) fn of_blocks(
    page: &ParsedPage,
    url: Option<&WebUrl>,
    chosen: &[usize],
    max_bytes: usize,
) -> Option<String> {
    let story = Story::of(page, url, chosen);
    let mut writer = Writer::new(&page.dom, &story.addresses, max_bytes);
    for piece in &story.pieces {
        match page.dom.data(piece.node) {
            Data::Text(text) if story.holds(*piece) => {
                let nesting = Nesting::of_text(&story, *piece);
                writer.text(&nesting, piece.block, text);
            }
            Data::Element { name, .. } if *name == local_name!("br") && story.holds(*piece) => {
                writer.line_break(piece.block);
            }
            Data::Element { name, .. } if *name == local_name!("img") => {
                if story.figures.figure_of(&page.dom, piece.node).is_some() {
                    writer.picture(&Nesting::of_picture(&story, piece.node), piece.node);
                }
            }
            Data::Text(_) | Data::Element { .. } | Data::Document | Data::Other => {}
        }
        if writer.is_full() {
            return None;
        }
    }
    writer.finish()
}

/// A plain text as HTML, a paragraph a line; `None` for what is longer than `max_bytes`.
pub(super) fn of_text(text: &str, max_bytes: usize) -> Option<String> {
    let mut out = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        out.push_str("<p>");
        elements::escape(line, &mut out);
        out.push_str("</p>\n");
        if out.len() > max_bytes {
            return None;
        }
    }
    Some(out)
}

/// A page's story, as its HTML is written from it.
struct Story<'a> {
    page: &'a ParsedPage,
    pieces: Vec<Piece>,
    /// Of each block, whether it is part of the story.
    chosen: Vec<bool>,
    figures: Figures,
    /// Tables that lay out a page and hold no data.
    layouts: HashSet<NodeId>,
    addresses: Addresses,
}

impl<'a> Story<'a> {
    fn of(page: &'a ParsedPage, url: Option<&WebUrl>, blocks: &[usize]) -> Self {
        let mut chosen = vec![false; page.blocks.blocks.len()];
        for block in blocks {
            chosen[*block] = true;
        }
        let pieces = pieces(&page.dom, &page.names);
        let addresses = Addresses::of(&page.facts, url);
        let figures = Figures::of(page, &pieces, blocks, &addresses);
        Self { page, pieces, chosen, figures, layouts: layouts(page, blocks), addresses }
    }

    /// Whether a piece is of a chosen block or in the caption of a figure.
    fn holds(&self, piece: Piece) -> bool {
        let Some(block) = self.page.blocks.blocks.get(piece.block as usize) else { return false };
        self.chosen[piece.block as usize]
            || (self.page.blocks.frame(block).places.has(Places::FIGURE)
                && self.figures.captions(&self.page.dom, piece.node))
    }
}

/// Longest text in a cell of a table of data, in characters.
const CELL_CHARS: u32 = 400;

/// The tables that hold a page's layout: those with long texts, those around other tables, those that say so.
fn layouts(page: &ParsedPage, chosen: &[usize]) -> HashSet<NodeId> {
    let (dom, blocks) = (&page.dom, &page.blocks);
    let mut layouts = HashSet::default();
    let mut cells: HashMap<NodeId, HashSet<u32>> = HashMap::default();
    for block in chosen.iter().map(|i| &blocks.blocks[*i]) {
        if !blocks.frame(block).places.has(Places::TABLE) {
            continue;
        }
        let around = blocks.outwards(block.frame).map(|at| (at, blocks.frames[at as usize].node));
        let mut cell = None;
        let mut is_outer = false;
        for (frame, node) in around {
            match dom.name(node) {
                Some(&local_name!("td") | &local_name!("th")) => cell = Some(frame),
                Some(&local_name!("table")) => {
                    let plays = dom.attr(node, Attr::Role);
                    let says_so = plays.is_some_and(|r| matches!(r, "presentation" | "none"));
                    if is_outer || says_so || block.chars > CELL_CHARS {
                        layouts.insert(node);
                    }
                    cells.entry(node).or_default().extend(cell.take());
                    is_outer = true;
                }
                _ => {}
            }
        }
    }
    // One cell is a frame around something.
    layouts.extend(cells.into_iter().filter(|(_, cells)| cells.len() < 2).map(|(table, _)| table));
    layouts
}

#[cfg(test)]
mod tests;
