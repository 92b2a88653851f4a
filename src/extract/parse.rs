//! HTML to [`Dom`] with html5ever, bounded.
//!
//! Two things make html5ever slow on hostile pages: it is quadratic in the depth of open elements
//! (servo/html5ever#788), and unclosed formatting elements are opened again in every block that
//! follows. [`Gate`] stands between tokenizer and tree builder and keeps both small: start tags
//! below [`MAX_DEPTH`] are dropped with their end tags, as browsers flatten there too, and so are
//! formatting tags beyond [`MAX_FORMATTING`]. Input goes in by pieces, so that the node budget and
//! the time spent are looked at often. Time is this thread's processor time: a worker that was
//! suspended, or a machine that is busy, is no fault of the page.
//!
//! Most pages need neither: where nesting is sound, [`light`] builds the same tree in less time.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};
use std::time::Duration;

use foldhash::HashMap;
use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{Attribute, LocalName, QualName, TokenizerResult, local_name};
use rustix::time::{ClockId, clock_gettime};

use self::light::Stop;
use super::dom::{Attr, Attrs, Dom, NodeId, ValueId};

mod light;

/// Deepest element built; browsers stop at 512 as well.
const MAX_DEPTH: u32 = 512;
/// Unclosed formatting elements (`b`, `font`, ...) let through.
const MAX_FORMATTING: i32 = 48;
/// Bytes between two looks at the budgets.
const PIECE: usize = 16 * 1024;

/// What a parse may cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    /// Nodes in the tree; what comes after is left out.
    pub(super) max_nodes: usize,
    /// Processor time of this thread after which it is given up.
    pub(super) time: Duration,
}

/// Processor time that this thread has spent.
fn spent() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

/// The time is spent.
#[derive(Debug)]
pub(super) struct TooSlow;

/// Builds the tree of the given pieces of one document: by [`light`] where its nesting is sound, else by
/// html5ever's own builder from the start.
pub(super) fn parse<'a>(
    pieces: impl Iterator<Item = &'a str> + Clone,
    budget: Budget,
) -> Result<Dom, TooSlow> {
    let started = spent();
    match light::build(pieces.clone(), started, budget) {
        Ok(dom) => Ok(dom),
        Err(Stop::Unsound) => full(pieces, started, budget),
        Err(Stop::TooSlow) => Err(TooSlow),
    }
}

/// The tree by html5ever's builder behind the [`Gate`].
fn full<'a>(
    pieces: impl Iterator<Item = &'a str>,
    started: Duration,
    budget: Budget,
) -> Result<Dom, TooSlow> {
    let options = TreeBuilderOpts { scripting_enabled: true, ..TreeBuilderOpts::default() };
    let gate = Gate {
        builder: TreeBuilder::new(Sink::default(), options),
        dropped: RefCell::default(),
        formatting: Cell::new(0),
    };
    let tokenizer = Tokenizer::new(gate, TokenizerOpts::default());
    let queue = BufferQueue::default();
    'input: for mut piece in pieces {
        while !piece.is_empty() {
            let mut cut = piece.len().min(PIECE);
            while !piece.is_char_boundary(cut) {
                cut -= 1;
            }
            queue.push_back(StrTendril::from(&piece[..cut]));
            piece = &piece[cut..];
            while !matches!(tokenizer.feed(&queue), TokenizerResult::Done) {}
            if tokenizer.sink.builder.sink.dom.borrow().len() > budget.max_nodes {
                break 'input;
            }
            if spent().saturating_sub(started) > budget.time {
                return Err(TooSlow);
            }
        }
    }
    tokenizer.end();
    Ok(tokenizer.sink.builder.sink.finish())
}

/// Keeps depth and formatting small; see the module's head.
struct Gate {
    builder: TreeBuilder<NodeId, Sink>,
    /// Start tags dropped for their depth and not yet ended.
    dropped: RefCell<Vec<LocalName>>,
    /// Formatting start tags passed on less end tags.
    formatting: Cell<i32>,
}

impl Gate {
    /// Whether a tag may go on to the tree builder.
    fn passes(&self, tag: &Tag) -> bool {
        let sink = &self.builder.sink;
        let formatting = is_formatting(&tag.name);
        let mut dropped = self.dropped.borrow_mut();
        match tag.kind {
            TagKind::StartTag => {
                if formatting && self.formatting.get() >= MAX_FORMATTING {
                    return false;
                }
                if sink.depth() >= MAX_DEPTH && !is_void(&tag.name) {
                    dropped.push(tag.name.clone());
                    return false;
                }
                self.formatting.set(self.formatting.get() + i32::from(formatting));
                true
            }
            TagKind::EndTag => {
                if let Some(at) = dropped.iter().rev().take(16).position(|name| *name == tag.name) {
                    let keep = dropped.len() - at - 1;
                    dropped.truncate(keep);
                    return false;
                }
                dropped.clear();
                sink.close(&tag.name);
                self.formatting.set((self.formatting.get() - i32::from(formatting)).max(0));
                true
            }
        }
    }
}

impl TokenSink for Gate {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        match &token {
            Token::TagToken(tag) if !self.passes(tag) => TokenSinkResult::Continue,
            Token::CommentToken(_) | Token::ParseError(_) => TokenSinkResult::Continue,
            _ => self.builder.process_token(token, line),
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// The elements that the adoption agency and the list of active formatting elements are for.
fn is_formatting(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("b")
            | local_name!("big")
            | local_name!("code")
            | local_name!("em")
            | local_name!("font")
            | local_name!("i")
            | local_name!("nobr")
            | local_name!("s")
            | local_name!("small")
            | local_name!("strike")
            | local_name!("strong")
            | local_name!("tt")
            | local_name!("u")
    )
}

fn is_void(name: &LocalName) -> bool {
    matches!(
        *name,
        local_name!("area")
            | local_name!("base")
            | local_name!("br")
            | local_name!("col")
            | local_name!("embed")
            | local_name!("hr")
            | local_name!("img")
            | local_name!("input")
            | local_name!("link")
            | local_name!("meta")
            | local_name!("param")
            | local_name!("source")
            | local_name!("track")
            | local_name!("wbr")
    )
}

/// Receives the tree builder's orders.
struct Sink {
    dom: RefCell<Dom>,
    /// Texts, which may still grow.
    texts: RefCell<Vec<(NodeId, StrTendril)>>,
    /// Which of them each node is; only texts have one.
    text_of: RefCell<HashMap<NodeId, usize>>,
    /// Values of attributes that the tree has: formatting is opened again and again with the same ones.
    values: RefCell<HashMap<StrTendril, ValueId>>,
    /// One per node; only elements have a meaningful one.
    names: RefCell<Vec<QualName>>,
    /// Where the next element probably goes: the last element that was put in and not yet closed.
    current: Cell<NodeId>,
}

impl Default for Sink {
    fn default() -> Self {
        let sink = Self {
            dom: RefCell::new(Dom::with_capacity(4096)),
            texts: RefCell::default(),
            text_of: RefCell::default(),
            values: RefCell::default(),
            names: RefCell::new(Vec::with_capacity(4096)),
            current: Cell::new(NodeId::ROOT),
        };
        sink.names.borrow_mut().push(no_name());
        sink
    }
}

fn no_name() -> QualName {
    QualName::new(None, html5ever::ns!(html), local_name!(""))
}

impl Sink {
    fn depth(&self) -> u32 {
        self.dom.borrow().depth(self.current.get())
    }

    /// Follows an end tag: the nearest open element of that name and all in it are closed.
    fn close(&self, name: &LocalName) {
        let dom = self.dom.borrow();
        let mut at = Some(self.current.get());
        while let Some(id) = at {
            at = dom.parent(id);
            if dom.name(id) == Some(name) {
                self.current.set(at.unwrap_or(NodeId::ROOT));
                return;
            }
        }
    }

    fn push_text(&self, text: StrTendril) -> NodeId {
        self.names.borrow_mut().push(no_name());
        let id = self.dom.borrow_mut().push_text("");
        let mut texts = self.texts.borrow_mut();
        self.text_of.borrow_mut().insert(id, texts.len());
        texts.push((id, text));
        id
    }

    fn push_other(&self) -> NodeId {
        self.names.borrow_mut().push(no_name());
        self.dom.borrow_mut().push_other()
    }

    /// Adds a text to that of a node.
    fn extend(&self, id: NodeId, text: &StrTendril) -> bool {
        let at = self.text_of.borrow().get(&id).copied();
        at.is_some_and(|at| {
            self.texts.borrow_mut()[at].1.push_tendril(text);
            true
        })
    }

    /// Puts those attributes into the tree that are read.
    fn kept(&self, attrs: Vec<Attribute>) -> Attrs {
        let (mut dom, mut values) = (self.dom.borrow_mut(), self.values.borrow_mut());
        let mut kept = dom.begin_attrs();
        for Attribute { name, value } in attrs {
            let Some(name) = Attr::named(&name.local) else { continue };
            if dom.value(kept, name).is_none() {
                let value = *values.entry(value).or_insert_with_key(|value| dom.add_value(value));
                dom.add_attr_at(&mut kept, name, value);
            }
        }
        kept
    }

    fn place(
        &self,
        child: NodeOrText<NodeId>,
        last: impl Fn(&Dom) -> Option<NodeId>,
        put: impl Fn(&mut Dom, NodeId),
    ) {
        match child {
            NodeOrText::AppendNode(id) => {
                let mut dom = self.dom.borrow_mut();
                if dom.parent(id).is_some() {
                    dom.detach(id);
                }
                put(&mut dom, id);
                if dom.name(id).is_some_and(|name| !is_void(name)) {
                    self.current.set(id);
                }
            }
            NodeOrText::AppendText(text) => {
                let last = last(&self.dom.borrow());
                if last.is_some_and(|id| self.extend(id, &text)) {
                    return;
                }
                let id = self.push_text(text);
                put(&mut self.dom.borrow_mut(), id);
            }
        }
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = Dom;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Dom {
        let mut dom = self.dom.into_inner();
        for (id, text) in self.texts.into_inner() {
            dom.set_text(id, &text);
        }
        dom
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        NodeId::ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        Ref::map(self.names.borrow(), |names| &names[target.index()])
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> NodeId {
        let attrs = self.kept(attrs);
        let id = self.dom.borrow_mut().push_element(name.local.clone(), attrs);
        self.names.borrow_mut().push(name);
        id
    }

    fn create_comment(&self, _: StrTendril) -> NodeId {
        self.push_other()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> NodeId {
        self.push_other()
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        let parent = *parent;
        self.place(child, |dom| dom.last_child(parent), |dom, id| dom.append(parent, id));
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        prev: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let has_parent = self.dom.borrow().parent(*element).is_some();
        if has_parent {
            self.append_before_sibling(element, child);
        } else {
            self.append(prev, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// A template's content is inert; its children stay under it and extraction passes it by.
    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        *target
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        x == y
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        let sibling = *sibling;
        self.place(
            child,
            |dom| dom.prev_sibling(sibling),
            |dom, id| dom.insert_before(sibling, id),
        );
    }

    fn add_attrs_if_missing(&self, target: &NodeId, new: Vec<Attribute>) {
        let new = self.kept(new);
        self.dom.borrow_mut().add_missing_attrs(*target, new);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.dom.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        let mut dom = self.dom.borrow_mut();
        while let Some(child) = dom.first_child(*node) {
            dom.detach(child);
            dom.append(*new_parent, child);
        }
    }
}

#[cfg(test)]
mod tests;
