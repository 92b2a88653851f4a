//! Builds the tree of a page whose nesting is sound, in a fraction of html5ever's time.
//!
//! It follows the standard's rules of tree construction as html5ever does, on a flat stack, and gives up
//! ([`Unsound`]) at the first token for which it has no rule: formatting that ends in another block
//! (the adoption agency), text that a table moves out, frames, foreign content, nesting so
//! deep that the full builder's gate would flatten it. What it does build has the same nodes in the same
//! order as the full builder's tree; the tests compare the two.

mod in_body;
mod in_table;
mod names;
mod stack;
mod tokens;

use std::time::Duration;

use html5ever::tokenizer::TagKind;
use html5ever::tokenizer::states::RawKind;
use html5ever::{LocalName, local_name};

use self::names::Sets;
use self::stack::{Active, Open};
use self::tokens::Tokens;
use super::{Budget, MAX_DEPTH, MAX_FORMATTING, PIECE, is_formatting, spent};
use crate::extract::dom::{Attr, Attrs, Dom, NodeId};

/// The page needs a rule that is not here.
#[derive(Debug)]
pub(super) struct Unsound;

/// A tag, its attributes in the tree already.
#[derive(Debug)]
struct Tag {
    kind: TagKind,
    name: LocalName,
    attrs: Attrs,
}

/// What becomes of a tag.
enum Flow {
    Done,
    /// What follows is text up to the end tag.
    Raw(RawKind),
    /// The mode has changed and the tag is to be looked at again.
    Again,
}

type Step = Result<Flow, Unsound>;

/// The standard's insertion modes, those behind the body taken as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Initial,
    BeforeHtml,
    BeforeHead,
    InHead,
    AfterHead,
    InBody,
    Text,
    InTable,
    InCaption,
    InColumnGroup,
    InTableBody,
    InRow,
    InCell,
    InTemplate,
    AfterBody,
}

#[derive(Debug)]
struct Builder {
    dom: Dom,
    stack: Vec<Open>,
    /// How many of the open elements are paragraphs: most start tags ask.
    open_p: usize,
    formatting: Vec<Active>,
    mode: Mode,
    /// The mode behind raw text.
    after_text: Mode,
    head: NodeId,
    form: Option<NodeId>,
    /// The mode behind what each open template has opened.
    templates: Vec<Mode>,
    /// Whether a table may stand in a paragraph, where the page's first line tells it plainly.
    quirks: Option<bool>,
    ignore_line_feed: bool,
    /// Formatting start tags less end tags, as the full builder's gate counts.
    counted: i32,
}

/// Why there is no tree.
#[derive(Debug)]
pub(super) enum Stop {
    Unsound,
    TooSlow,
}

impl From<Unsound> for Stop {
    fn from(_: Unsound) -> Self {
        Self::Unsound
    }
}

/// Builds the tree of the given pieces; a page of too many nodes is left to the full builder as well.
pub(super) fn build<'a>(
    pieces: impl Iterator<Item = &'a str>,
    started: Duration,
    budget: Budget,
) -> Result<Dom, Stop> {
    let mut builder = Builder::new();
    let mut unwatched = 0;
    for piece in pieces {
        let mut tokens = Tokens::new(piece)?;
        while !tokens.is_empty() {
            unwatched += tokens.step(&mut builder)?;
            if unwatched > PIECE {
                within(&builder, started, budget)?;
                unwatched = 0;
            }
        }
    }
    within(&builder, started, budget)?;
    builder.end_of_page()?;
    Ok(builder.dom)
}

fn within(builder: &Builder, started: Duration, budget: Budget) -> Result<(), Stop> {
    if builder.dom.len() > budget.max_nodes {
        return Err(Stop::Unsound);
    }
    let slow = spent().saturating_sub(started) > budget.time;
    if slow { Err(Stop::TooSlow) } else { Ok(()) }
}

impl Builder {
    fn new() -> Self {
        Self {
            dom: Dom::with_capacity(4096),
            stack: Vec::with_capacity(64),
            open_p: 0,
            formatting: Vec::new(),
            mode: Mode::Initial,
            after_text: Mode::InBody,
            head: NodeId::ROOT,
            form: None,
            templates: Vec::new(),
            quirks: None,
            ignore_line_feed: false,
            counted: 0,
        }
    }

    /// Takes a run of text.
    fn text(&mut self, mut text: &str) -> Result<(), Unsound> {
        if std::mem::take(&mut self.ignore_line_feed) {
            text = text.strip_prefix('\n').unwrap_or(text);
        }
        if text.is_empty() { Ok(()) } else { self.characters(text) }
    }

    fn doctype(&mut self, plain: bool) {
        self.ignore_line_feed = false;
        if self.mode == Mode::Initial {
            self.quirks = plain.then_some(false);
            self.mode = Mode::BeforeHtml;
        }
    }

    fn tag(&mut self, mut tag: Tag) -> Step {
        self.ignore_line_feed = false;
        self.count(&tag)?;
        loop {
            let flow = match self.mode {
                Mode::Initial => {
                    self.pass_on()?;
                    Flow::Again
                }
                Mode::BeforeHtml => self.before_html(&mut tag)?,
                Mode::BeforeHead => self.before_head(&mut tag)?,
                Mode::InHead => self.in_head(&mut tag)?,
                Mode::AfterHead => self.after_head(&mut tag)?,
                Mode::InBody => self.in_body(&mut tag)?,
                Mode::Text => self.text_ends(),
                Mode::InTable => self.in_table(&mut tag)?,
                Mode::InCaption => self.in_caption(&mut tag)?,
                Mode::InColumnGroup => self.in_column_group(&mut tag)?,
                Mode::InTableBody => self.in_table_body(&mut tag)?,
                Mode::InRow => self.in_row(&mut tag)?,
                Mode::InCell => self.in_cell(&mut tag)?,
                Mode::InTemplate => self.in_template(&mut tag)?,
                Mode::AfterBody => self.after_body(&mut tag)?,
            };
            if !matches!(flow, Flow::Again) {
                return Ok(flow);
            }
        }
    }

    /// Gives up where the full builder's gate would drop a formatting tag.
    fn count(&mut self, tag: &Tag) -> Result<(), Unsound> {
        if !is_formatting(&tag.name) {
            return Ok(());
        }
        match tag.kind {
            TagKind::StartTag if self.counted >= MAX_FORMATTING => return Err(Unsound),
            TagKind::StartTag => self.counted += 1,
            TagKind::EndTag => self.counted = (self.counted - 1).max(0),
        }
        Ok(())
    }

    /// Goes on from a mode before the body to the next: "anything else".
    fn pass_on(&mut self) -> Result<(), Unsound> {
        self.mode = match self.mode {
            Mode::Initial => {
                self.quirks = Some(true);
                Mode::BeforeHtml
            }
            Mode::BeforeHtml => {
                self.insert_phantom(local_name!("html"))?;
                Mode::BeforeHead
            }
            Mode::BeforeHead => {
                self.head = self.insert_phantom(local_name!("head"))?;
                Mode::InHead
            }
            Mode::InHead => {
                self.pop();
                Mode::AfterHead
            }
            Mode::AfterHead => {
                self.insert_phantom(local_name!("body"))?;
                Mode::InBody
            }
            later => later,
        };
        Ok(())
    }

    fn characters(&mut self, mut text: &str) -> Result<(), Unsound> {
        loop {
            match self.mode {
                Mode::Text => {
                    return self.append_text(text);
                }
                Mode::InBody | Mode::InCaption | Mode::InCell | Mode::InTemplate => {
                    self.reconstruct()?;
                    return self.append_text(text);
                }
                Mode::AfterBody => {
                    if !is_white(text) {
                        self.mode = Mode::InBody;
                    }
                    self.reconstruct()?;
                    return self.append_text(text);
                }
                Mode::InTable | Mode::InTableBody | Mode::InRow | Mode::InColumnGroup => {
                    let framed =
                        self.mode == Mode::InColumnGroup || self.current_in(Sets::TABLE_FRAME);
                    if !framed || !is_white(text) {
                        return Err(Unsound);
                    }
                    return self.append_text(text);
                }
                Mode::Initial
                | Mode::BeforeHtml
                | Mode::BeforeHead
                | Mode::InHead
                | Mode::AfterHead => {
                    text = self.before_body(text)?;
                    if text.is_empty() {
                        return Ok(());
                    }
                    self.pass_on()?;
                }
            }
        }
    }

    /// White space at the front is kept in and behind the head, and dropped before. Gives the rest.
    fn before_body<'t>(&mut self, text: &'t str) -> Result<&'t str, Unsound> {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_whitespace());
        let white = &text[..text.len() - rest.len()];
        if !white.is_empty() && matches!(self.mode, Mode::InHead | Mode::AfterHead) {
            self.append_text(white)?;
        }
        Ok(rest)
    }

    fn end_of_page(&mut self) -> Result<(), Unsound> {
        loop {
            match self.mode {
                Mode::Text => drop(self.text_ends()),
                Mode::Initial
                | Mode::BeforeHtml
                | Mode::BeforeHead
                | Mode::InHead
                | Mode::AfterHead => self.pass_on()?,
                _ if !self.templates.is_empty() => return Err(Unsound),
                _ => return Ok(()),
            }
        }
    }

    fn text_ends(&mut self) -> Flow {
        self.pop();
        self.mode = self.after_text;
        Flow::Done
    }

    fn before_html(&mut self, tag: &mut Tag) -> Step {
        if is_start(tag, &local_name!("html")) {
            self.insert(tag)?;
            self.mode = Mode::BeforeHead;
            return Ok(Flow::Done);
        }
        self.pass_on_unless_ignored(tag)
    }

    fn before_head(&mut self, tag: &mut Tag) -> Step {
        if is_start(tag, &local_name!("html")) {
            return self.in_body(tag);
        }
        if is_start(tag, &local_name!("head")) {
            self.head = self.insert(tag)?;
            self.mode = Mode::InHead;
            return Ok(Flow::Done);
        }
        self.pass_on_unless_ignored(tag)
    }

    /// End tags are ignored before the body, but for those that stand for what was left out.
    fn pass_on_unless_ignored(&mut self, tag: &Tag) -> Step {
        let passes = matches!(
            tag.name,
            local_name!("head") | local_name!("body") | local_name!("html") | local_name!("br")
        );
        if tag.kind == TagKind::EndTag && !passes {
            return Ok(Flow::Done);
        }
        self.pass_on()?;
        Ok(Flow::Again)
    }

    fn in_head(&mut self, tag: &mut Tag) -> Step {
        let head = tag.name == local_name!("head");
        match tag.kind {
            TagKind::StartTag if tag.name == local_name!("html") => self.in_body(tag),
            TagKind::StartTag if names::is_metadata(&tag.name) => self.metadata(tag),
            TagKind::StartTag if tag.name == local_name!("noscript") => {
                self.raw(tag, RawKind::Rawtext)
            }
            TagKind::StartTag if head => Ok(Flow::Done),
            TagKind::StartTag => {
                self.pass_on()?;
                Ok(Flow::Again)
            }
            TagKind::EndTag if head => {
                self.pass_on()?;
                Ok(Flow::Done)
            }
            TagKind::EndTag if tag.name == local_name!("template") => self.end_template(),
            TagKind::EndTag => self.pass_on_unless_ignored(tag),
        }
    }

    fn after_head(&mut self, tag: &mut Tag) -> Step {
        let head = tag.name == local_name!("head");
        match tag.kind {
            TagKind::StartTag if tag.name == local_name!("html") => self.in_body(tag),
            TagKind::StartTag if tag.name == local_name!("body") => {
                self.insert(tag)?;
                self.mode = Mode::InBody;
                Ok(Flow::Done)
            }
            TagKind::StartTag if tag.name == local_name!("frameset") => Err(Unsound),
            TagKind::StartTag if names::is_metadata(&tag.name) => {
                let id = self.head;
                self.open(id, local_name!("head"));
                let flow = self.metadata(tag);
                self.remove_open(id);
                flow
            }
            _ if head => Ok(Flow::Done),
            TagKind::EndTag if tag.name == local_name!("template") => self.end_template(),
            _ => self.pass_on_unless_ignored(tag),
        }
    }

    /// The rules of the head for its own elements, wherever they stand.
    fn metadata(&mut self, tag: &mut Tag) -> Step {
        match tag.name {
            local_name!("template") => self.start_template(tag),
            local_name!("title") => self.raw(tag, RawKind::Rcdata),
            local_name!("script") => self.raw(tag, RawKind::ScriptData),
            local_name!("noframes") | local_name!("style") => self.raw(tag, RawKind::Rawtext),
            _ => {
                self.insert_void(tag)?;
                Ok(Flow::Done)
            }
        }
    }

    /// A shadow root of the page itself is left to the full builder.
    fn start_template(&mut self, tag: &mut Tag) -> Step {
        if self.dom.value(tag.attrs, Attr::Shadowrootmode).is_some() {
            return Err(Unsound);
        }
        self.formatting.push(Active::Marker);
        self.insert(tag)?;
        self.mode = Mode::InTemplate;
        self.templates.push(Mode::InTemplate);
        Ok(Flow::Done)
    }

    fn end_template(&mut self) -> Step {
        if self.templates.pop().is_some() {
            self.pop_through_named(&local_name!("template"));
            self.clear_to_marker();
            self.reset_mode()?;
        }
        Ok(Flow::Done)
    }

    fn in_template(&mut self, tag: &mut Tag) -> Step {
        match tag.kind {
            TagKind::StartTag if names::is_metadata(&tag.name) => self.metadata(tag),
            TagKind::StartTag if names::is_table_part(&tag.name) => Err(Unsound),
            TagKind::StartTag => {
                self.templates.pop();
                self.templates.push(Mode::InBody);
                self.mode = Mode::InBody;
                Ok(Flow::Again)
            }
            TagKind::EndTag if tag.name == local_name!("template") => self.end_template(),
            TagKind::EndTag => Ok(Flow::Done),
        }
    }

    fn raw(&mut self, tag: &mut Tag, kind: RawKind) -> Step {
        self.insert(tag)?;
        self.after_text = self.mode;
        self.mode = Mode::Text;
        Ok(Flow::Raw(kind))
    }

    fn after_body(&mut self, tag: &mut Tag) -> Step {
        if is_start(tag, &local_name!("html")) {
            return self.in_body(tag);
        }
        if tag.kind == TagKind::EndTag && tag.name == local_name!("html") {
            return Ok(Flow::Done);
        }
        self.mode = Mode::InBody;
        Ok(Flow::Again)
    }
}

fn is_start(tag: &Tag, name: &LocalName) -> bool {
    tag.kind == TagKind::StartTag && tag.name == *name
}

fn is_white(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_whitespace())
}
