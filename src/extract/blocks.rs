//! Cuts a page into blocks: the paragraphs, headings, list items and loose lines that a reader
//! sees, in reading order, each with where it stands.
//!
//! A block is a run of inline content inside the nearest block-level element; two line breaks in
//! a row end it as well. What can hold no reading text (forms' controls, frames, templates) is not
//! entered. Nothing is judged here.

use html5ever::{LocalName, local_name};

use super::class_words::is_unspaced;
use super::dom::{Data, Dom, NodeId, Step};
use super::text::push_collapsed;
use super::vocabulary::{Topics, topics};

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

/// How an element takes part in the flow of text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Block,
    Inline,
    Break,
    Skip,
}

fn flow(name: &LocalName) -> Flow {
    match *name {
        local_name!("script")
        | local_name!("style")
        | local_name!("noscript")
        | local_name!("template")
        | local_name!("svg")
        | local_name!("math")
        | local_name!("iframe")
        | local_name!("object")
        | local_name!("embed")
        | local_name!("canvas")
        | local_name!("audio")
        | local_name!("video")
        | local_name!("button")
        | local_name!("select")
        | local_name!("option")
        | local_name!("textarea")
        | local_name!("input")
        | local_name!("head")
        | local_name!("meta")
        | local_name!("link")
        | local_name!("title")
        | local_name!("map")
        | local_name!("datalist")
        | local_name!("progress")
        | local_name!("meter") => Flow::Skip,
        local_name!("br") | local_name!("hr") => Flow::Break,
        local_name!("a")
        | local_name!("abbr")
        | local_name!("acronym")
        | local_name!("b")
        | local_name!("bdi")
        | local_name!("bdo")
        | local_name!("big")
        | local_name!("cite")
        | local_name!("code")
        | local_name!("data")
        | local_name!("del")
        | local_name!("dfn")
        | local_name!("em")
        | local_name!("font")
        | local_name!("i")
        | local_name!("img")
        | local_name!("ins")
        | local_name!("kbd")
        | local_name!("label")
        | local_name!("mark")
        | local_name!("nobr")
        | local_name!("q")
        | local_name!("rp")
        | local_name!("rt")
        | local_name!("ruby")
        | local_name!("s")
        | local_name!("samp")
        | local_name!("small")
        | local_name!("span")
        | local_name!("strike")
        | local_name!("strong")
        | local_name!("sub")
        | local_name!("sup")
        | local_name!("time")
        | local_name!("tt")
        | local_name!("u")
        | local_name!("var")
        | local_name!("wbr")
        | local_name!("source")
        | local_name!("picture")
        | local_name!("param")
        | local_name!("area") => Flow::Inline,
        _ => Flow::Block,
    }
}

/// Cuts a page into blocks.
pub(super) fn cut(dom: &Dom) -> Blocks {
    let mut cutter = Cutter {
        dom,
        out: Blocks::default(),
        open: Vec::new(),
        run: Run::default(),
        links: 0,
        bold: 0,
    };
    cutter.out.text.reserve(32 * 1024);
    let mut walk = dom.walk(NodeId::ROOT);
    while let Some(step) = walk.next() {
        match step {
            Step::Enter(id) => match dom.data(id) {
                Data::Element { name, .. } => match flow(name) {
                    Flow::Skip => walk.skip_children(id),
                    Flow::Break => cutter.line_break(name),
                    Flow::Block => cutter.enter_block(id, name),
                    Flow::Inline => cutter.enter_inline(id, name),
                },
                Data::Text(text) => cutter.push(text),
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
    cutter.out
}

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
/// does so, or where `found` characters of a story were found in spite of it.
pub(super) fn trusted(blocks: &Blocks, found: u32) -> Option<Blocks> {
    let outside = Places::NAV.with(Places::FOOTER).with(Places::ASIDE).with(Places::HIDDEN);
    let is_paragraph = |block: &&Block| {
        let frame = blocks.frame(block);
        block.chars >= PARAGRAPH
            && block.sentences > 0
            && block.link_chars * 3 < block.chars
            && !frame.places.has(outside)
    };
    let paragraphs: Vec<(u32, Topics)> = blocks
        .blocks
        .iter()
        .filter(is_paragraph)
        .map(|block| (block.chars, blocks.frame(block).near.with(blocks.frame(block).far)))
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
        for frame in &mut blocks.frames {
            for said in [&mut frame.own, &mut frame.near, &mut frame.far] {
                said.0 &= !taken_back;
            }
        }
        blocks
    })
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

struct Cutter<'a> {
    dom: &'a Dom,
    out: Blocks,
    /// Frames entered and not yet left.
    open: Vec<u32>,
    run: Run,
    links: u32,
    bold: u32,
}

impl Cutter<'_> {
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
        let chars = count_chars(added);
        let added_is_blank = added.trim().is_empty();
        if added.len() > 1 || added != " " {
            self.run.broken = false;
        }
        if self.links > 0 {
            self.run.link_chars += chars;
        }
        match self.run.leading_link {
            LeadingLink::Open(so_far) if self.links > 0 => {
                self.run.leading_link = LeadingLink::Open(so_far + chars);
            }
            LeadingLink::Open(so_far) if !added_is_blank => {
                self.run.leading_link = LeadingLink::Over(so_far);
            }
            LeadingLink::Open(_) | LeadingLink::Over(_) => {}
        }
        if self.bold > 0 {
            self.run.bold_chars += chars;
        }
    }

    fn line_break(&mut self, name: &LocalName) {
        if self.run.broken || *name == local_name!("hr") {
            self.flush();
        } else if self.out.text.len() > self.run.start {
            let kept = self.out.text.trim_end_matches(' ').len();
            self.out.text.truncate(kept);
            if kept > self.run.start {
                self.out.text.push('\n');
                self.run.breaks += 1;
                self.run.broken = true;
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

    fn enter_inline(&mut self, id: NodeId, name: &LocalName) {
        match *name {
            local_name!("a") => {
                self.links += 1;
                self.run.links += 1;
            }
            local_name!("b") | local_name!("strong") => self.bold += 1,
            _ => {}
        }
        let said = topics(self.dom.class(id));
        if said != Topics::default() {
            self.run.open.push((id, self.out.text.len(), said));
        }
    }

    fn leave_inline(&mut self, id: NodeId, name: &LocalName) {
        match *name {
            local_name!("a") => self.links = self.links.saturating_sub(1),
            local_name!("b") | local_name!("strong") => self.bold = self.bold.saturating_sub(1),
            _ => {}
        }
        if let Some((_, start, said)) = self.run.open.pop_if(|(open, ..)| *open == id) {
            let length = self.out.text.len().saturating_sub(start.max(self.run.start));
            self.run.closed.push((length, said));
        }
    }

    fn flush(&mut self) {
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
        let open = std::mem::take(&mut self.run.open);
        self.run.closed.clear();
        let closed = std::mem::take(&mut self.run.closed);
        self.run = Run { start: self.out.text.len(), open, closed, ..Run::default() };
    }

    fn frame(&self, id: NodeId, name: &LocalName, parent: Option<u32>, index: u32) -> Frame {
        let dom = self.dom;
        let mut own = topics(dom.class(id));
        let mut places = Places::default();
        let mut body_property = false;
        for attr in dom.attrs(id) {
            let value: &str = &attr.value;
            match attr.name.local {
                local_name!("id") => own = own.with(topics(value)),
                local_name!("hidden") => places = places.with(Places::HIDDEN),
                local_name!("style") if hides(value) => places = places.with(Places::HIDDEN),
                local_name!("aria-hidden") if value == "true" => {
                    places = places.with(Places::HIDDEN)
                }
                local_name!("aria-label") | local_name!("aria-labelledby") => {
                    places = places.with(Places::LABELLED)
                }
                local_name!("itemprop") if value.contains("articleBody") => body_property = true,
                local_name!("itemprop") if is_fact(value) => {
                    places = places.with(Places::FACT_PROPERTY)
                }
                local_name!("itemprop") => places = places.with(Places::OTHER_PROPERTY),
                local_name!("role") => places = places.with(role(value)),
                // What test and tracking hooks name is as telling as a class.
                ref other
                    if matches!(
                        &**other,
                        "data-testid"
                            | "data-component"
                            | "data-qa"
                            | "data-type"
                            | "data-module"
                            | "data-name"
                            | "data-test-id"
                            | "data-component-name"
                            | "property"
                    ) =>
                {
                    own = own.with(topics(value));
                    body_property |=
                        *other == local_name!("property") && value.contains("articleBody");
                }
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
        Frame {
            node: id,
            parent: parent.unwrap_or(index),
            depth: outer.map_or(0, |o| o.depth + 1),
            own,
            near: own.with(up(0)).with(up(1)),
            far,
            places,
            kind: kind(name, dom.class(id)),
            sort: kind(name, dom.class(id).split_ascii_whitespace().next().unwrap_or_default()),
            first,
            last: first,
        }
    }
}

fn shape(name: Option<&LocalName>) -> Shape {
    let Some(name) = name else { return Shape::Loose };
    match *name {
        local_name!("p") => Shape::Paragraph,
        local_name!("h1") => Shape::Heading(1),
        local_name!("h2") => Shape::Heading(2),
        local_name!("h3") => Shape::Heading(3),
        local_name!("h4") => Shape::Heading(4),
        local_name!("h5") => Shape::Heading(5),
        local_name!("h6") => Shape::Heading(6),
        local_name!("li") | local_name!("dt") | local_name!("dd") => Shape::Item,
        local_name!("td") | local_name!("th") => Shape::Cell,
        local_name!("pre") => Shape::Pre,
        local_name!("figcaption") | local_name!("caption") => Shape::Caption,
        _ => Shape::Loose,
    }
}

fn place(name: &LocalName) -> Places {
    match *name {
        local_name!("article") => Places::ARTICLE,
        local_name!("main") => Places::MAIN,
        local_name!("aside") => Places::ASIDE,
        local_name!("nav") => Places::NAV,
        local_name!("footer") => Places::FOOTER,
        local_name!("header") => Places::HEADER,
        local_name!("figure") | local_name!("figcaption") => Places::FIGURE,
        local_name!("form") | local_name!("fieldset") => Places::FORM,
        local_name!("table") => Places::TABLE,
        local_name!("ul") | local_name!("ol") | local_name!("dl") => Places::LIST,
        local_name!("blockquote") => Places::QUOTE,
        local_name!("address") => Places::ADDRESS,
        _ => Places::default(),
    }
}

fn role(value: &str) -> Places {
    match value {
        "main" => Places::MAIN,
        "article" => Places::ARTICLE,
        "navigation" | "menu" | "menubar" | "search" | "tablist" => Places::NAV,
        "complementary" => Places::ASIDE,
        "contentinfo" => Places::FOOTER,
        "banner" => Places::HEADER,
        "dialog" | "alertdialog" => Places::HIDDEN,
        "form" => Places::FORM,
        "figure" => Places::FIGURE,
        _ => Places::default(),
    }
}

/// Whether a schema.org property states a fact about the story rather than a part of its text.
fn is_fact(property: &str) -> bool {
    matches!(
        property.trim(),
        "author"
            | "publisher"
            | "datePublished"
            | "dateModified"
            | "dateCreated"
            | "keywords"
            | "url"
            | "logo"
            | "comment"
            | "commentCount"
            | "interactionStatistic"
            | "mainEntityOfPage"
            | "inLanguage"
            | "wordCount"
            | "copyrightHolder"
            | "copyrightYear"
            | "sameAs"
    )
}

fn hides(style: &str) -> bool {
    let squeezed: String = style.chars().filter(|c| !c.is_whitespace()).take(400).collect();
    squeezed.contains("display:none") || squeezed.contains("visibility:hidden")
}

fn kind(name: &LocalName, class: &str) -> u64 {
    // FNV-1a; digits are left out, since ids are often part of a class.
    let bytes = name
        .bytes()
        .chain(std::iter::once(b'.'))
        .chain(class.bytes().filter(|b| !b.is_ascii_digit()));
    bytes
        .fold(0xcbf2_9ce4_8422_2325, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

fn count_chars(text: &str) -> u32 {
    text.bytes().filter(|b| (b & 0xc0) != 0x80).count() as u32
}

/// A block with the counts that the text alone gives.
fn counted(text: &str) -> Block {
    let mut block = Block {
        start: 0,
        end: 0,
        frame: 0,
        shape: Shape::Loose,
        inline: Topics::default(),
        chars: 0,
        words: 0,
        link_chars: 0,
        links: 0,
        leading_link_chars: 0,
        bold_chars: 0,
        sentences: 0,
        commas: 0,
        digits: 0,
        capitals: 0,
        breaks: 0,
    };
    let (mut last, mut gap, mut unspaced) = (' ', true, 0);
    for c in text.chars() {
        block.chars += 1;
        unspaced += u32::from(is_unspaced(c));
        let space = matches!(c, ' ' | '\n');
        if gap && !space {
            block.words += 1;
            block.capitals += u32::from(c.is_uppercase());
        }
        match c {
            ',' | ';' | '،' | '、' | '，' => block.commas += 1,
            '0'..='9' => block.digits += 1,
            '。' | '！' | '？' | '।' | '؟' => block.sentences += 1,
            ' ' | '\n' | '"' | '”' | '“' | '»' | ')' if matches!(last, '.' | '!' | '?' | '…') => {
                block.sentences += 1
            }
            _ => {}
        }
        (last, gap) = (c, space);
    }
    block.sentences += u32::from(matches!(last, '.' | '!' | '?' | '…'));
    // A word of Chinese or Japanese has about two characters.
    block.words += unspaced / 2;
    block
}
