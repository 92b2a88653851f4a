//! RSS of every version, Atom and RDF, however they are written: one reader that never gives up.
//!
//! The HTML tokenizer of the browsers reads the markup: a `<` that begins no element is text,
//! attributes need no quotes, entities are known without a declaration, and none that a document
//! declares is expanded. Elements are known by their local name and what their prefix stands for,
//! in any case of letters. An element ends where it, or one around it, ends; an entry also where the
//! next one begins. What is cut off at the end of a document costs the entry that it is in.

use std::cell::RefCell;
use std::collections::HashMap;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::media::{self, Media};
use super::tags::{attribute, rel, shown};
use crate::model::WebUrl;

/// Deepest element that is looked at; deeper ones are taken for empty.
const DEEPEST: usize = 100;

/// Most text that is kept of an element, in bytes.
const LONGEST_TEXT: usize = 2 << 20;

/// Most declared prefixes.
const MOST_PREFIXES: usize = 100;

/// HTML's elements without an end.
const VOID: [&str; 9] = ["br", "img", "hr", "input", "wbr", "embed", "source", "meta", "col"];

/// What a text is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextKind {
    /// Characters, as Atom's `text`.
    Plain,
    /// Markup, or what may be markup.
    Html,
}

/// A text of an entry.
#[derive(Clone, Debug)]
pub(super) struct RawText {
    pub text: String,
    pub kind: TextKind,
}

/// A link of an entry.
#[derive(Clone, Debug)]
pub(super) struct RawLink {
    /// Lower case, without IANA's IRI; `alternate` where none is said.
    pub rel: String,
    pub media_type: Option<String>,
    pub url: Option<WebUrl>,
}

/// An entry as it is written.
#[derive(Clone, Debug, Default)]
pub(super) struct RawEntry {
    pub guid: String,
    /// The guid is said to be an address.
    pub guid_is_link: bool,
    /// What an RDF item is about.
    pub about: Option<WebUrl>,
    /// Where its relative addresses start from.
    pub base: Option<WebUrl>,
    pub title: Option<RawText>,
    pub links: Vec<RawLink>,
    /// The address before a service counted its readers.
    pub original: Option<WebUrl>,
    /// `<content src>`.
    pub content_src: Option<WebUrl>,
    pub published: String,
    pub updated: String,
    pub language: Option<String>,
    pub authors: Vec<String>,
    pub categories: Vec<String>,
    /// The story itself, where the feed carries it.
    pub content: Option<RawText>,
    pub media: Vec<Media>,
}

/// A feed as it is written.
#[derive(Debug, Default)]
pub(super) struct RawFeed {
    /// `rss` or `atom`.
    pub via: &'static str,
    pub title: Option<RawText>,
    pub language: Option<String>,
    pub home: Option<WebUrl>,
    pub updated: String,
    pub ttl_minutes: Option<u64>,
    pub entries: Vec<RawEntry>,
    /// Entries of which nothing could be read.
    pub malformed: usize,
    /// The document ends before its root does.
    pub is_cut: bool,
}

/// Reads a document whose root is a feed's.
pub(super) fn read(text: &str, at: &WebUrl) -> RawFeed {
    let sink = Sink(RefCell::new(Builder::new(at)));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(text));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner().finished()
}

struct Sink(RefCell<Builder>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut builder = self.0.borrow_mut();
        match token {
            Token::TagToken(tag) => match tag.kind {
                TagKind::StartTag => builder.start(&tag),
                TagKind::EndTag => builder.end(&tag.name),
            },
            Token::CharacterTokens(text) => builder.characters(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        // So that CDATA sections are read.
        true
    }
}

struct Frame {
    /// As it is written, in lower case.
    written: String,
    /// With the prefix that is usual for its namespace; none for RSS and Atom.
    name: String,
    base: Option<WebUrl>,
}

/// The text of the element that is open.
struct Capture {
    depth: usize,
    kind: TextKind,
    text: String,
    /// The same with its characters escaped, where elements stand within.
    markup: String,
    has_elements: bool,
    is_link: bool,
    /// A story: what stands in it is its own, whatever it is called.
    is_content: bool,
}

struct Builder {
    base: WebUrl,
    frames: Vec<Frame>,
    prefixes: HashMap<String, &'static str>,
    capture: Option<Capture>,
    feed: RawFeed,
    entry: Option<(usize, RawEntry)>,
    root_ended: bool,
}

impl Builder {
    fn new(at: &WebUrl) -> Self {
        Self {
            base: at.clone(),
            frames: Vec::new(),
            prefixes: HashMap::new(),
            capture: None,
            feed: RawFeed { via: "rss", ..RawFeed::default() },
            entry: None,
            root_ended: false,
        }
    }

    fn base(&self) -> &WebUrl {
        self.frames.iter().rev().find_map(|frame| frame.base.as_ref()).unwrap_or(&self.base)
    }

    fn resolved(&self, link: &str) -> Option<WebUrl> {
        let link = link.trim();
        if link.is_empty() { None } else { self.base().join(link).ok() }
    }

    fn start(&mut self, tag: &Tag) {
        self.declare(tag);
        let written = tag.name.to_string();
        let name = self.canonical(&written);
        let is_entry = matches!(name.as_str(), "item" | "entry");
        if let Some(capture) = &mut self.capture {
            let begins_field =
                !capture.is_content && begins_field(&name) && !VOID.contains(&written.as_str());
            if is_entry || begins_field {
                // The element before was never ended.
                let depth = capture.depth;
                self.close_to(depth);
            } else {
                capture.has_elements = true;
                let shown = shown(tag);
                push(&mut capture.text, &shown);
                push(&mut capture.markup, &shown);
                if !tag.self_closing && !VOID.contains(&written.as_str()) {
                    self.push(Frame { written, name, base: None });
                }
                return;
            }
        }
        if is_entry {
            if let Some((depth, _)) = self.entry {
                self.close_to(depth);
            }
            if written.ends_with("entry") {
                self.feed.via = "atom";
            }
        }
        if name == "feed" {
            self.feed.via = "atom";
        }
        let base = attribute(tag, "xml:base").and_then(|base| self.resolved(&base));
        let depth = self.frames.len();
        self.push(Frame { written, name: name.clone(), base });
        if self.frames.len() == depth {
            return;
        }
        if is_entry {
            let mut entry = RawEntry { base: Some(self.base().clone()), ..RawEntry::default() };
            entry.language = attribute(tag, "xml:lang");
            entry.about = attribute(tag, "rdf:about").and_then(|about| self.resolved(&about));
            if let Some(url) = attribute(tag, "href").and_then(|link| self.resolved(&link)) {
                entry.links.push(RawLink {
                    rel: "alternate".into(),
                    media_type: None,
                    url: Some(url),
                });
            }
            self.entry = Some((depth, entry));
        } else {
            if matches!(name.as_str(), "feed" | "rss" | "channel")
                && let Some(language) = attribute(tag, "xml:lang")
            {
                self.feed.language = Some(language);
            }
            self.field(tag, &name, depth);
        }
        if tag.self_closing {
            self.close_to(depth);
        }
    }

    /// A child of an entry or of the feed begins.
    fn field(&mut self, tag: &Tag, name: &str, depth: usize) {
        let parent = depth.checked_sub(1).map(|at| self.frames[at].name.as_str());
        let in_entry = self.entry.as_ref().map(|(at, _)| *at);
        let of_entry = in_entry.is_some_and(|at| at + 1 == depth);
        let of_feed = in_entry.is_none() && matches!(parent, Some("channel" | "feed" | "rss"));
        if of_entry || parent == Some("media:group") {
            let media = media::of_tag(tag, name, self.base());
            if let Some((_, entry)) = &mut self.entry {
                entry.media.extend(media);
            }
        }
        if !(of_entry || of_feed) {
            return;
        }
        if of_entry {
            self.attributes(tag, name);
        } else if name == "link"
            && let Some(url) = attribute(tag, "href").and_then(|link| self.resolved(&link))
            && rel(tag) == "alternate"
        {
            self.feed.home.get_or_insert(url);
        }
        if !is_wanted(name) || tag.self_closing {
            return;
        }
        let media_type = attribute(tag, "type").map(|kind| kind.trim().to_ascii_lowercase());
        let is_content = matches!(name, "content" | "content:encoded");
        if is_content && !media_type.as_deref().is_none_or(is_text) {
            return;
        }
        let kind = match media_type {
            Some(kind) if matches!(kind.as_str(), "text" | "plain" | "text/plain" | "") => {
                TextKind::Plain
            }
            None if self.feed.via == "atom" => TextKind::Plain,
            Some(_) | None => TextKind::Html,
        };
        let is_link =
            attribute(tag, "ispermalink").is_some_and(|v| v.trim().eq_ignore_ascii_case("true"));
        self.capture = Some(Capture {
            depth,
            kind,
            text: String::new(),
            markup: String::new(),
            has_elements: false,
            is_link,
            is_content,
        });
    }

    /// What an entry's element says in its attributes.
    fn attributes(&mut self, tag: &Tag, name: &str) {
        let href = attribute(tag, "href").and_then(|link| self.resolved(&link));
        let src = attribute(tag, "src").and_then(|link| self.resolved(&link));
        let label = attribute(tag, "label").or_else(|| attribute(tag, "term"));
        let Some((_, entry)) = &mut self.entry else { return };
        match name {
            "link" if href.is_some() => entry.links.push(RawLink {
                rel: rel(tag),
                media_type: attribute(tag, "type").map(|kind| kind.trim().to_ascii_lowercase()),
                url: href,
            }),
            "content" => entry.content_src = src.or(entry.content_src.take()),
            "category" => entry.categories.extend(label),
            _ => {}
        }
    }

    fn push(&mut self, frame: Frame) {
        if self.frames.len() < DEEPEST {
            self.frames.push(frame);
        }
    }

    fn end(&mut self, written: &str) {
        if let Some(at) = self.frames.iter().rposition(|frame| frame.written == written) {
            self.close_to(at);
        }
    }

    /// Ends all elements from this depth on.
    fn close_to(&mut self, depth: usize) {
        while self.frames.len() > depth {
            let at = self.frames.len() - 1;
            if self.capture.as_ref().is_some_and(|capture| capture.depth == at) {
                let capture = self.capture.take().expect("it was there");
                let name = self.frames[at].name.clone();
                self.take(&name, at, capture);
            }
            let frame = self.frames.pop().expect("it was counted");
            if let Some(capture) = &mut self.capture {
                let shown = format!("</{}>", frame.written);
                push(&mut capture.text, &shown);
                push(&mut capture.markup, &shown);
            }
            if self.entry.as_ref().is_some_and(|(entry, _)| *entry == at)
                && let Some((_, entry)) = self.entry.take()
            {
                self.feed.entries.push(entry);
            }
            self.root_ended |= at == 0;
        }
    }

    fn characters(&mut self, text: &str) {
        if let Some(capture) = &mut self.capture {
            push(&mut capture.text, text);
            for c in text.chars().take(LONGEST_TEXT.saturating_sub(capture.markup.len())) {
                match c {
                    '<' => capture.markup.push_str("&lt;"),
                    '&' => capture.markup.push_str("&amp;"),
                    c => capture.markup.push(c),
                }
            }
        }
    }

    /// An element's text is complete.
    fn take(&mut self, name: &str, depth: usize, capture: Capture) {
        let Capture { mut kind, mut text, markup, has_elements, is_link, .. } = capture;
        if has_elements && matches!(name, "author" | "dc:creator" | "itunes:author") {
            text = inner(&text, "name").unwrap_or_default();
        } else if has_elements && self.feed.via == "atom" {
            (kind, text) = (TextKind::Html, markup);
        }
        let link = (name == "link" || name == "feedburner:origlink").then(|| self.resolved(&text));
        let in_entry = self.entry.as_ref().is_some_and(|(at, _)| *at < depth);
        let trimmed = text.trim();
        if !in_entry {
            let feed = &mut self.feed;
            match name {
                "title" if feed.title.is_none() => feed.title = Some(RawText { text, kind }),
                "link" => feed.home = feed.home.take().or(link.flatten()),
                "language" | "dc:language" if !trimmed.is_empty() => {
                    feed.language = Some(trimmed.to_owned());
                }
                "updated" | "modified" | "lastbuilddate" | "pubdate" | "dc:date"
                    if feed.updated.is_empty() =>
                {
                    feed.updated = trimmed.to_owned();
                }
                "ttl" => feed.ttl_minutes = trimmed.parse().ok(),
                _ => {}
            }
            return;
        }
        let Some((_, entry)) = &mut self.entry else { return };
        if trimmed.is_empty() {
            return;
        }
        match name {
            "title" => entry.title = Some(RawText { text, kind }),
            "dc:title" if entry.title.is_none() => entry.title = Some(RawText { text, kind }),
            "link" => {
                let rel = "alternate".to_owned();
                entry.links.push(RawLink { rel, media_type: None, url: link.flatten() });
            }
            "feedburner:origlink" => entry.original = link.flatten(),
            "guid" | "id" => {
                entry.guid = trimmed.to_owned();
                entry.guid_is_link = is_link;
            }
            "dc:identifier" if entry.guid.is_empty() => entry.guid = trimmed.to_owned(),
            "pubdate" | "published" | "issued" | "dcterms:issued" | "dcterms:created"
            | "created" | "dc:date"
                // What the format itself says stands before what an extension says.
                if entry.published.is_empty() || !name.contains(':') =>
            {
                entry.published = trimmed.to_owned();
            }
            "updated" | "modified" | "dcterms:modified"
                if entry.updated.is_empty() || !name.contains(':') =>
            {
                entry.updated = trimmed.to_owned();
            }
            "author" | "dc:creator" | "itunes:author" => {
                let name = person(trimmed);
                if !entry.authors.contains(&name) {
                    entry.authors.push(name);
                }
            }
            "category" | "dc:subject" => entry.categories.push(trimmed.to_owned()),
            "language" | "dc:language" => entry.language = Some(trimmed.to_owned()),
            "content" | "content:encoded" => {
                entry.content.get_or_insert(RawText { text, kind });
            }
            _ => {}
        }
    }

    /// Remembers what the prefixes of a tag stand for.
    fn declare(&mut self, tag: &Tag) {
        for attribute in &tag.attrs {
            let name: &str = &attribute.name.local;
            if let Some(prefix) = name.strip_prefix("xmlns:")
                && self.prefixes.len() < MOST_PREFIXES
                && let Some(usual) = usual_prefix(&attribute.value)
            {
                self.prefixes.insert(prefix.to_owned(), usual);
            }
        }
    }

    /// A name with the usual prefix of its namespace; none for those of RSS and Atom.
    fn canonical(&self, written: &str) -> String {
        let Some((prefix, local)) = written.split_once(':') else { return written.to_owned() };
        let usual = self.prefixes.get(prefix).copied().unwrap_or(match prefix {
            "atom" | "rss" | "rdf" => "",
            other => other,
        });
        if usual.is_empty() { local.to_owned() } else { format!("{usual}:{local}") }
    }

    fn finished(mut self) -> RawFeed {
        self.feed.is_cut = !self.root_ended && !self.frames.is_empty();
        if self.feed.is_cut
            && let Some((depth, entry)) = self.entry.take()
            && self.feed.entries.is_empty()
            && self.capture.as_ref().is_none_or(|capture| capture.depth <= depth)
        {
            // The only one, and nothing of it is cut in two.
            self.feed.entries.push(entry);
        }
        self.feed
    }
}

fn push(text: &mut String, more: &str) {
    if text.len() + more.len() <= LONGEST_TEXT {
        text.push_str(more);
    }
}

/// Whether a media type is that of a text: Atom's words, or what browsers read.
fn is_text(media_type: &str) -> bool {
    matches!(media_type, "" | "text" | "html" | "xhtml" | "plain")
        || media_type.starts_with("text/")
        || media_type.contains("html")
}

/// Elements that are read, each of which holds a line, or the story.
fn is_wanted(name: &str) -> bool {
    matches!(
        name,
        "title"
            | "link"
            | "guid"
            | "id"
            | "pubdate"
            | "published"
            | "issued"
            | "created"
            | "updated"
            | "modified"
            | "author"
            | "category"
            | "language"
            | "ttl"
            | "lastbuilddate"
            | "dc:title"
            | "dc:identifier"
            | "dc:date"
            | "dc:creator"
            | "dc:subject"
            | "dc:language"
            | "dcterms:issued"
            | "dcterms:created"
            | "dcterms:modified"
            | "itunes:author"
            | "feedburner:origlink"
            | "content"
            | "content:encoded"
    )
}

/// Whether an element can only be the next field: none of HTML is called so.
fn begins_field(name: &str) -> bool {
    is_wanted(name) && name != "title" || matches!(name, "description" | "summary")
}

fn usual_prefix(namespace: &str) -> Option<&'static str> {
    let namespace = namespace.trim().to_ascii_lowercase();
    let known: [(&str, &str); 13] = [
        ("purl.org/dc/terms", "dcterms"),
        ("purl.org/dc/elements", "dc"),
        ("purl.org/rss/1.0/modules/content", "content"),
        ("purl.org/rss/1.0/modules", "other"),
        ("purl.org/rss", ""),
        ("purl.org/atom", ""),
        ("w3.org/2005/atom", ""),
        ("my.netscape.com", ""),
        ("backend.userland.com", ""),
        ("1999/02/22-rdf-syntax", ""),
        ("feedburner", "feedburner"),
        ("itunes", "itunes"),
        ("search.yahoo.com/mrss", "media"),
    ];
    known.into_iter().find(|(part, _)| namespace.contains(part)).map(|(_, usual)| usual)
}

/// The text of the first element of a name, whatever its prefix.
fn inner(markup: &str, name: &str) -> Option<String> {
    let start = markup.find(&format!("{name}>"))?;
    let rest = &markup[start + name.len() + 1..];
    Some(rest.split('<').next().unwrap_or_default().to_owned())
}

/// `address (name)` is the name.
fn person(text: &str) -> String {
    match text.split_once('(').map(|(before, rest)| (before.trim(), rest.trim_end_matches(')'))) {
        Some((before, name)) if before.contains('@') && !name.trim().is_empty() => {
            name.trim().to_owned()
        }
        _ => text.to_owned(),
    }
}
