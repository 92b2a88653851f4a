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

use std::cell::{Cell, RefCell};
use std::time::Duration;

use html5ever::buffer_queue::BufferQueue;
use html5ever::interface::TreeSink as _;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{LocalName, TokenizerResult, local_name};
use rustix::time::{ClockId, clock_gettime};

use self::light::Stop;
use self::sink::Sink;
use super::dom::{Dom, NodeId};

mod light;
mod sink;

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
            if tokenizer.sink.builder.sink.len() > budget.max_nodes {
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

#[cfg(test)]
mod tests;
