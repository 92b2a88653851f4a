//! The walk that cuts a page into blocks: runs of text between the edges of block-level elements and double line breaks.
//!
//! One pass in reading order keeps, for each block, the frame that holds it and what was counted on the way: links, bold text,
//! characters, words. Elements that show nothing are passed by. It decides nothing: a block of a menu is a block.

use foldhash::HashMap;
use html5ever::{LocalName, local_name};

use super::counts::{count_chars, counted};
use super::elements::{Flow, flow, hides, is_fact, kind, place, role, shape};
use super::{Blocks, Frame, Places, Shape};
use crate::extract::class_names::ClassNames;
use crate::extract::dom::{Attr, Data, Dom, NodeId, Step};
use crate::extract::text::push_collapsed;
use crate::extract::vocabulary::{Topics, topics};

/// Cuts a page into blocks.
pub(in crate::extract) fn cut(dom: &Dom, names: &ClassNames) -> Blocks {
    walk(dom, names, false).out
}

/// A text, a line break or a picture, and the block that it is part of, or for a picture comes before.
#[derive(Clone, Copy, Debug)]
pub(in crate::extract) struct Piece {
    pub(in crate::extract) node: NodeId,
    pub(in crate::extract) block: u32,
}

/// What the blocks of a page are made of, in reading order; the blocks are numbered as [`cut`] does.
pub(in crate::extract) fn pieces(dom: &Dom, names: &ClassNames) -> Vec<Piece> {
    walk(dom, names, true).pieces.unwrap_or_default()
}

fn walk<'a>(dom: &'a Dom, names: &'a ClassNames, keeps_pieces: bool) -> Cutter<'a> {
    let mut cutter = Cutter {
        dom,
        names,
        out: Blocks::default(),
        open: Vec::new(),
        run: Run::default(),
        links: 0,
        bold: 0,
        judged: HashMap::default(),
        pieces: keeps_pieces.then(Vec::new),
    };
    cutter.out.text.reserve(32 * 1024);
    cutter.out.frames.reserve(512);
    cutter.out.blocks.reserve(512);
    let mut walk = dom.walk(NodeId::ROOT);
    while let Some(step) = walk.next() {
        match step {
            Step::Enter(id) => match dom.data(id) {
                Data::Element { name, .. } => match flow(name) {
                    Flow::Skip => walk.skip_children(id),
                    Flow::Break => cutter.line_break(id, name),
                    Flow::Block => cutter.enter_block(id, name),
                    Flow::Inline => cutter.enter_inline(id, name),
                },
                Data::Text(text) => {
                    if !cutter.is_said_again(id, text) {
                        cutter.note(id);
                        cutter.push(text);
                    }
                }
                Data::Document | Data::Other => {}
            },
            Step::Leave(id) => {
                if let Data::Element { name, .. } = dom.data(id) {
                    match flow(name) {
                        Flow::Skip | Flow::Break => {}
                        Flow::Block => cutter.leave_block(),
                        Flow::Inline => cutter.leave_inline(id, name),
                    }
                }
            }
        }
    }
    cutter
}

/// Characters of the link that a run starts with: still open, or over.
#[derive(Clone, Copy)]
enum LeadingLink {
    Open(u32),
    Over(u32),
}

impl Default for LeadingLink {
    fn default() -> Self {
        Self::Open(0)
    }
}

/// The run of inline content being read.
#[derive(Default)]
struct Run {
    start: usize,
    link_chars: u32,
    links: u32,
    leading_link: LeadingLink,
    bold_chars: u32,
    breaks: u32,
    /// The last thing read was a line break.
    broken: bool,
    /// Inline elements with telling names: where they begin and what they say.
    open: Vec<(NodeId, usize, Topics)>,
    /// The same, closed: bytes and topics.
    closed: Vec<(usize, Topics)>,
}

impl Run {
    /// Begins anew; the elements that are open stay so.
    fn begin(&mut self, start: usize) {
        self.closed.clear();
        self.start = start;
        (self.link_chars, self.links, self.bold_chars, self.breaks) = (0, 0, 0, 0);
        (self.leading_link, self.broken) = (LeadingLink::default(), false);
    }
}

struct Cutter<'a> {
    dom: &'a Dom,
    names: &'a ClassNames,
    out: Blocks,
    /// Frames entered and not yet left.
    open: Vec<u32>,
    run: Run,
    links: u32,
    bold: u32,
    /// What attributes beside `class` say that were met before: most stand on many elements of a page.
    judged: HashMap<&'a str, Topics>,
    /// What was read, where that is asked for.
    pieces: Option<Vec<Piece>>,
}

/// Longest letter, in bytes.
const LETTER: usize = 4;

impl<'a> Cutter<'a> {
    /// Notes a piece of the block that is being read.
    fn note(&mut self, node: NodeId) {
        let block = self.out.blocks.len() as u32;
        if let Some(pieces) = &mut self.pieces {
            pieces.push(Piece { node, block });
        }
    }

    /// What the names of an attribute say.
    fn said(&mut self, names: &'a str) -> Topics {
        if names.is_empty() {
            return Topics::default();
        }
        *self.judged.entry(names).or_insert_with(|| topics(names))
    }

    /// Whether a text is a large first letter that is there for the eye alone, and once more for the ear behind it.
    fn is_said_again(&self, id: NodeId, text: &str) -> bool {
        text.len() <= LETTER
            && self.dom.parent(id).is_some_and(|letter| {
                self.dom.attr(letter, Attr::AriaHidden) == Some("true")
                    && self.dom.next_sibling(letter).is_some_and(|next| {
                        self.dom.name(next).is_some() && self.dom.text(next, 2 * LETTER) == text
                    })
            })
    }

    fn push(&mut self, text: &str) {
        if self.open.is_empty() {
            return;
        }
        let before = self.out.text.len();
        push_collapsed(&mut self.out.text, text);
        let added = &self.out.text[before..];
        if added.is_empty() {
            return;
        }
        if added != " " {
            self.run.broken = false;
        }
        if self.links > 0 {
            let chars = count_chars(added);
            self.run.link_chars += chars;
            if let LeadingLink::Open(so_far) = &mut self.run.leading_link {
                *so_far += chars;
            }
        } else if let LeadingLink::Open(so_far) = self.run.leading_link
            && !added.trim_ascii().is_empty()
        {
            self.run.leading_link = LeadingLink::Over(so_far);
        }
        if self.bold > 0 {
            self.run.bold_chars += count_chars(added);
        }
    }

    fn line_break(&mut self, id: NodeId, name: &LocalName) {
        if self.run.broken || *name == local_name!("hr") {
            self.flush();
        } else if self.out.text.len() > self.run.start {
            let kept = self.out.text.trim_end_matches(' ').len();
            self.out.text.truncate(kept);
            if kept > self.run.start {
                self.out.text.push('\n');
                self.run.breaks += 1;
                self.run.broken = true;
                self.note(id);
            }
        }
    }

    fn enter_block(&mut self, id: NodeId, name: &LocalName) {
        self.flush();
        let index = u32::try_from(self.out.frames.len()).expect("fewer frames than nodes");
        let parent = self.open.last().copied();
        let frame = self.frame(id, name, parent, index);
        self.out.frames.push(frame);
        self.open.push(index);
    }

    fn leave_block(&mut self) {
        self.flush();
        if let Some(frame) = self.open.pop() {
            self.out.frames[frame as usize].last = self.out.blocks.len() as u32;
        }
    }

    /// Whether a link leads anywhere: an anchor with a name and without an address does not, which stays open up to the next one when
    /// nobody closes it, nor does a heading that is the mark of its own passage.
    fn leads(&self, id: NodeId) -> bool {
        let of_heading = || {
            self.open.last().is_some_and(|frame| {
                let node = self.out.frames[*frame as usize].node;
                matches!(shape(self.dom.name(node)), Shape::Heading(2..))
            })
        };
        let is_anchor = || [Attr::Name, Attr::Id].iter().any(|a| self.dom.attr(id, *a).is_some());
        match self.dom.attr(id, Attr::Href) {
            Some(href) => !(href.starts_with('#') && of_heading()),
            // What a script makes a link of has no address either.
            None => !is_anchor(),
        }
    }

    fn enter_inline(&mut self, id: NodeId, name: &LocalName) {
        match *name {
            local_name!("a") if self.leads(id) => {
                self.links += 1;
                self.run.links += 1;
            }
            local_name!("b") | local_name!("strong") => self.bold += 1,
            local_name!("img") => self.note(id),
            _ => {}
        }
        let said = self.names.topics(id);
        if said != Topics::default() {
            self.run.open.push((id, self.out.text.len(), said));
        }
    }

    fn leave_inline(&mut self, id: NodeId, name: &LocalName) {
        match *name {
            local_name!("a") if self.leads(id) => self.links = self.links.saturating_sub(1),
            local_name!("b") | local_name!("strong") => self.bold = self.bold.saturating_sub(1),
            _ => {}
        }
        if let Some((_, start, said)) = self.run.open.pop_if(|(open, ..)| *open == id) {
            let length = self.out.text.len().saturating_sub(start.max(self.run.start));
            self.run.closed.push((length, said));
        }
    }

    fn flush(&mut self) {
        // Most edges of elements meet without a text between.
        if self.out.text.len() > self.run.start {
            self.end_block();
        }
        self.run.begin(self.out.text.len());
    }

    fn end_block(&mut self) {
        let text = &mut self.out.text;
        text.truncate(text.trim_end().len().max(self.run.start));
        let (start, end) = (self.run.start, text.len());
        if end > start
            && let Some(&frame) = self.open.last()
        {
            let mut block = counted(&text[start..end]);
            block.start = start as u32;
            block.end = end as u32;
            block.frame = frame;
            block.shape = shape(self.dom.name(self.out.frames[frame as usize].node));
            block.link_chars = self.run.link_chars.min(block.chars);
            block.links = self.run.links.max(self.links);
            let (LeadingLink::Open(leading) | LeadingLink::Over(leading)) = self.run.leading_link;
            block.leading_link_chars = leading.min(block.chars);
            block.bold_chars = self.run.bold_chars.min(block.chars);
            block.breaks = self.run.breaks;
            let most = (end - start) * 6 / 10;
            let open = self
                .run
                .open
                .iter()
                .map(|(_, at, said)| (end.saturating_sub((*at).max(start)), *said));
            for (length, said) in self.run.closed.iter().copied().chain(open) {
                if length >= most {
                    block.inline = block.inline.with(said);
                }
            }
            self.out.blocks.push(block);
            text.push('\n');
        }
    }

    fn frame(&mut self, id: NodeId, name: &LocalName, parent: Option<u32>, index: u32) -> Frame {
        let dom = self.dom;
        let mut own = self.names.topics(id);
        let mut places = Places::default();
        let mut body_property = false;
        for (attr, value) in dom.attrs(id) {
            match attr {
                Attr::Id => own = own.with(topics(value)),
                Attr::Hidden => places = places.with(Places::HIDDEN),
                Attr::Style if hides(value) => places = places.with(Places::HIDDEN),
                Attr::AriaHidden if value == "true" => places = places.with(Places::HIDDEN),
                Attr::AriaLabel | Attr::AriaLabelledby => places = places.with(Places::LABELLED),
                Attr::Itemprop if value.contains("articleBody") => body_property = true,
                Attr::Itemprop if is_fact(value) => places = places.with(Places::FACT_PROPERTY),
                Attr::Itemprop => places = places.with(Places::OTHER_PROPERTY),
                Attr::Role => places = places.with(role(value)),
                Attr::Property => {
                    own = own.with(self.said(value));
                    body_property |= value.contains("articleBody");
                }
                // What test and tracking hooks name is as telling as a class.
                Attr::DataTestid
                | Attr::DataComponent
                | Attr::DataQa
                | Attr::DataType
                | Attr::DataModule
                | Attr::DataName
                | Attr::DataTestId
                | Attr::DataComponentName => own = own.with(self.said(value)),
                _ => {}
            }
        }
        if body_property {
            places = places.with(Places::BODY_PROPERTY);
        }
        let outer = parent.map(|p| &self.out.frames[p as usize]);
        let inherited = outer.map_or(Places::default(), |o| {
            let own = Places::OTHER_PROPERTY.with(Places::LABELLED).with(Places::FACT_PROPERTY);
            Places(o.places.0 & !own.0)
        });
        places = places.with(inherited).with(place(name));
        if *name == local_name!("article") && inherited.has(Places::ARTICLE) {
            places = places.with(Places::NESTED_ARTICLE);
        }
        if self.links > 0 {
            places = places.with(Places::LINK);
        }
        if matches!(*name, local_name!("html") | local_name!("body")) {
            own = Topics::default();
        }
        let up = |n: usize| {
            let mut at = parent;
            for _ in 0..n {
                at = at.map(|p| self.out.frames[p as usize].parent);
            }
            at.map_or(Topics::default(), |p| self.out.frames[p as usize].own)
        };
        let far = outer.map_or(Topics::default(), |o| o.far.with(o.near));
        let first = self.out.blocks.len() as u32;
        let class = dom.class(id);
        let first_class = class.split_ascii_whitespace().next().unwrap_or_default();
        let whole = kind(name, class);
        Frame {
            node: id,
            parent: parent.unwrap_or(index),
            depth: outer.map_or(0, |o| o.depth + 1),
            own,
            near: own.with(up(0)).with(up(1)),
            far,
            places,
            kind: whole,
            sort: if first_class == class { whole } else { kind(name, first_class) },
            first,
            last: first,
        }
    }
}
