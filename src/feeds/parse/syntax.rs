//! RSS of every version, Atom and RDF, however they are written: one reader that never gives up.
//!
//! The HTML tokenizer of the browsers reads the markup: a `<` that begins no element is text,
//! attributes need no quotes, entities are known without a declaration, and none that a document
//! declares is expanded. Elements are known by their local name and what their prefix stands for,
//! in any case of letters. An element ends where it, or one around it, ends; an entry also where the
//! next one begins. What is cut off at the end of a document costs the entry that it is in.

use std::cell::RefCell;
use std::collections::HashMap;

use data_encoding::BASE64;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::entries::{self, RawFeed};
use super::markup::{Stop, tokenize};
use super::media;
use super::raw::{RawEntry, RawLink, RawText, TextKind};
use super::tags::{attribute, rel, shown};
use super::{Error, dates};
use crate::model::WebUrl;

/// Deepest element that is looked at; deeper ones are taken for empty.
const DEEPEST: usize = 100;

/// Most text that is kept of an element, in bytes.
const LONGEST_TEXT: usize = 2 << 20;

/// Most declared prefixes.
const MOST_PREFIXES: usize = 100;

/// Most names, labels, links and files of an entry that are looked at.
const MOST_OF_A_KIND: usize = 100;

/// HTML's elements without an end.
const VOID: [&str; 9] = ["br", "img", "hr", "input", "wbr", "embed", "source", "meta", "col"];

/// Reads a document whose root is a feed's.
pub(super) fn read(text: &str, at: &WebUrl, most: usize, stop: &Stop) -> Result<RawFeed, Error> {
    let sink = FeedSink(RefCell::new(Builder::new(at, most)));
    Ok(tokenize(text, sink, stop)?.0.into_inner().finished())
}

struct FeedSink(RefCell<Builder>);

impl TokenSink for FeedSink {
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
    /// Written in base64, as Atom 0.3 allows.
    is_base64: bool,
    /// A person, with elements of its own.
    is_person: bool,
    /// A story: what stands in it is its own, whatever it is called.
    is_content: bool,
}

impl Capture {
    fn push_markup(&mut self, markup: &str) {
        push(&mut self.text, markup);
        push(&mut self.markup, markup);
    }
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
    fn new(at: &WebUrl, most: usize) -> Self {
        Self {
            base: at.clone(),
            frames: Vec::new(),
            prefixes: HashMap::new(),
            capture: None,
            feed: RawFeed::new("rss", most),
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
        if self.frames.is_empty()
            && let Some((prefix, _)) = written.split_once(':')
        {
            // Whatever it is declared as, it stands for the feed's own names.
            self.prefixes.insert(prefix.to_owned(), "");
        }
        let name = self.canonical(&written);
        let is_entry = matches!(name.as_str(), "item" | "entry");
        if let Some(capture) = &mut self.capture {
            let is_own = capture.is_content
                || capture.is_person
                    && (self.feed.via == "atom" || capture.has_elements)
                    && matches!(name.as_str(), "link" | "id" | "title" | "category");
            let begins_field = !is_own && begins_field(&name) && !VOID.contains(&written.as_str());
            if is_entry || begins_field {
                // The element before was never ended.
                let depth = capture.depth;
                self.close_to(depth);
            } else {
                capture.has_elements = true;
                capture.push_markup(&shown(tag));
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
            if let Some((_, entry)) = &mut self.entry
                && entry.media.len() < MOST_OF_A_KIND
            {
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
        let is_base64 =
            attribute(tag, "mode").is_some_and(|mode| mode.trim().eq_ignore_ascii_case("base64"));
        self.capture = Some(Capture {
            depth,
            kind,
            text: String::new(),
            markup: String::new(),
            has_elements: false,
            is_link,
            is_base64,
            is_person: is_person(name),
            is_content,
        });
    }

    /// What an entry's element says in its attributes.
    fn attributes(&mut self, tag: &Tag, name: &str) {
        let has_room =
            self.entry.as_ref().is_some_and(|(_, entry)| entry.links.len() < MOST_OF_A_KIND);
        let href = attribute(tag, "href").filter(|_| has_room);
        let href = href.and_then(|link| self.resolved(&link));
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
            "category" if entry.categories.len() < MOST_OF_A_KIND => {
                entry.categories.extend(label.filter(|label| !entry.categories.contains(label)));
            }
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
                capture.push_markup(&format!("</{}>", frame.written));
            }
            if self.entry.as_ref().is_some_and(|(entry, _)| *entry == at)
                && let Some((_, entry)) = self.entry.take()
            {
                entries::add(&mut self.feed, entry, &self.base);
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
        let Capture { mut kind, mut text, markup, has_elements, is_link, is_base64, .. } = capture;
        if is_base64 {
            (kind, text) = (TextKind::Html, decoded(&text).unwrap_or_default());
        } else if has_elements && is_person(name) {
            text = inner(&markup, "name").unwrap_or_default();
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
                    trimmed.clone_into(&mut feed.updated);
                }
                "ttl" => feed.ttl_minutes = trimmed.parse().ok(),
                "author" if feed.via == "atom" && feed.authors.len() < MOST_OF_A_KIND => {
                    feed.authors.push(person(trimmed));
                }
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
            "link" if entry.links.len() < MOST_OF_A_KIND => {
                let rel = "alternate".to_owned();
                entry.links.push(RawLink { rel, media_type: None, url: link.flatten() });
            }
            "feedburner:origlink" => entry.original = link.flatten(),
            "guid" | "id" => {
                trimmed.clone_into(&mut entry.guid);
                entry.guid_is_link = is_link;
            }
            "dc:identifier" if entry.guid.is_empty() => trimmed.clone_into(&mut entry.guid),
            "pubdate" | "published" | "issued" | "dcterms:issued" | "dcterms:created"
            | "created" | "dc:date"
                if is_better(&entry.published, name, trimmed) =>
            {
                trimmed.clone_into(&mut entry.published);
            }
            "updated" | "modified" | "dcterms:modified"
                if is_better(&entry.updated, name, trimmed) =>
            {
                trimmed.clone_into(&mut entry.updated);
            }
            "author" | "dc:creator" | "itunes:author" => {
                let name = person(trimmed);
                if entry.authors.len() < MOST_OF_A_KIND && !entry.authors.contains(&name) {
                    entry.authors.push(name);
                }
            }
            "category" | "dc:subject" => {
                let is_known = || entry.categories.iter().any(|known| known == trimmed);
                if entry.categories.len() < MOST_OF_A_KIND && !is_known() {
                    entry.categories.push(trimmed.to_owned());
                }
            }
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
            && self.feed.is_empty()
            && self.capture.as_ref().is_none_or(|capture| capture.depth <= depth)
        {
            // The only one, and nothing of it is cut in two.
            entries::add(&mut self.feed, entry, &self.base);
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

/// Elements that name a person.
fn is_person(name: &str) -> bool {
    matches!(name, "author" | "dc:creator" | "itunes:author")
}

/// Whether a date stands before one that is known: what the format itself says before what an extension says,
/// and what can be read before what can't.
fn is_better(known: &str, name: &str, text: &str) -> bool {
    let is_read = |text: &str| dates::moment(text).is_some();
    known.is_empty()
        || if name.contains(':') { !is_read(known) } else { is_read(text) || !is_read(known) }
}

/// A text that is written in base64.
fn decoded(text: &str) -> Option<String> {
    let text: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    String::from_utf8(BASE64.decode(&text).ok()?).ok()
}

/// The text of the first element of a name, whatever its prefix and attributes.
fn inner(markup: &str, name: &str) -> Option<String> {
    markup.split('<').find_map(|element| {
        let (tag, text) = element.split_once('>')?;
        let written = tag.split(|c: char| c.is_ascii_whitespace() || c == '/').next()?;
        (written.rsplit(':').next() == Some(name)).then(|| text.to_owned())
    })
}

/// `address (name)` is the name.
fn person(text: &str) -> String {
    let parts = text.split_once('(');
    match parts.map(|(before, rest)| (before.trim(), rest.strip_suffix(')').unwrap_or(rest))) {
        Some((before, name)) if before.contains('@') && !name.trim().is_empty() => {
            name.trim().to_owned()
        }
        _ => text.to_owned(),
    }
}
