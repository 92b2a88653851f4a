//! A document to entries, whatever kind of feed it is. Pure: no clock, no network.
//!
//! RSS, Atom and JSON Feed are feed-rs' to read; sitemaps, and the few things that feed-rs leaves out,
//! are read here. Entities that a document declares are never expanded: they stay as they are written.
//! A bare `&`, the commonest slip of all, is forgiven; other XML that is not well-formed fails as a
//! whole, so that half a feed is never taken for all of it.

mod entries;
mod sitemap;
mod syndication;
mod text;

use std::borrow::Cow;
use std::time::Duration;

use feed_rs::model::FeedType;
use feed_rs::parser::{self, ParseErrorKind, ParseFeedError};
use quick_xml::Reader;
use quick_xml::events::Event;
use time::OffsetDateTime;

use super::Error;
use crate::model::{Identity, WebUrl};

/// What a document is.
#[derive(Debug)]
pub(super) enum Parsed {
    /// A feed.
    Feed(Document),
    /// A sitemap index: its parts, the newest first.
    Index(Vec<Part>),
}

/// A feed that was read.
#[derive(Debug)]
pub(super) struct Document {
    /// `rss`, `atom`, `json` or `sitemap`.
    pub via: &'static str,
    /// How long the feed itself says that it holds.
    pub hint: Option<Duration>,
    /// The stories, the newest first where they are dated, else in the document's order. No two have
    /// one id.
    pub entries: Vec<Entry>,
    /// Entries without a web address.
    pub without_link: usize,
    /// Entries of a sitemap that are no news.
    pub no_news: usize,
    /// Entries beyond `most`.
    pub left_out: usize,
}

/// A story as a feed announces it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub identity: Identity,
    pub url: WebUrl,
    pub title: Option<String>,
    /// ISO 8601, as precise as the feed has it, and the moment.
    pub published: Option<(String, OffsetDateTime)>,
    pub language: Option<String>,
    pub byline: Option<String>,
    pub section: Option<String>,
    pub keywords: Vec<String>,
    pub publisher: Option<String>,
}

/// A part of a sitemap index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub url: WebUrl,
    /// As the index has it.
    pub last_modified: Option<String>,
}

/// Reads a document found at `at`; at most `most` entries of it, the newest.
pub(super) fn parse(text: &str, at: &WebUrl, most: usize) -> Result<Parsed, Error> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('{') {
        return feed(text, at, None, most);
    }
    let text = without_declaration(text);
    let text = forgiven(text);
    match root(&text)?.as_str() {
        "urlset" => sitemap::entries(&text, at, most).map(Parsed::Feed),
        "sitemapindex" => sitemap::parts(&text, at).map(Parsed::Index),
        "html" => Err(Error::Html),
        "rss" | "feed" | "RDF" => {
            let hint = syndication::hint(&text);
            feed(&text, at, hint, most)
        }
        other => Err(Error::NotFeed(format!("<{}>", other.chars().take(40).collect::<String>()))),
    }
}

fn feed(text: &str, at: &WebUrl, hint: Option<Duration>, most: usize) -> Result<Parsed, Error> {
    let parser = parser::Builder::new()
        .base_uri(Some(at.as_str()))
        // An entry without an id is to be known by its address.
        .id_generator(|_, _, _| String::new())
        .sanitize_content(false)
        .build();
    let feed = parser.parse(text.as_bytes()).map_err(|error| match error {
        ParseFeedError::ParseError(ParseErrorKind::NoFeedRoot) => {
            Error::NotFeed("the document".to_owned())
        }
        ParseFeedError::ParseError(_) => Error::Malformed(error.into()),
        ParseFeedError::JsonUnsupportedVersion(version) => {
            Error::Version(version.chars().take(100).collect())
        }
        ParseFeedError::JsonSerde(_) => Error::Json(error.into()),
        ParseFeedError::XmlReader(_) | ParseFeedError::IoError(_) => Error::Xml(error.into()),
    })?;
    let via = match feed.feed_type {
        FeedType::Atom => "atom",
        FeedType::JSON => "json",
        FeedType::RSS0 | FeedType::RSS1 | FeedType::RSS2 => "rss",
    };
    let ttl = feed.ttl.filter(|minutes| *minutes > 0);
    let ttl = ttl.map(|minutes| Duration::from_secs(u64::from(minutes) * 60));
    Ok(Parsed::Feed(entries::of_feed(feed, via, ttl.or(hint), at, most)))
}

/// The text behind its XML declaration, which may name the charset that it was in before.
fn without_declaration(text: &str) -> &str {
    match text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")) {
        Some((_, rest)) => rest.trim_start(),
        None => text,
    }
}

/// The local name of the first element.
fn root(text: &str) -> Result<String, Error> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                let name = element.local_name().into_inner().to_owned();
                return Ok(if name.eq_ignore_ascii_case("html") {
                    "html".to_owned()
                } else {
                    name
                });
            }
            Ok(Event::DocType(kind)) if kind.trim_start().get(..4).is_some_and(is_html) => {
                return Err(Error::Html);
            }
            Ok(Event::Eof) => return Err(Error::NotFeed("the document".to_owned())),
            Ok(_) => {}
            Err(error) => return Err(Error::Xml(error.into())),
        }
    }
}

fn is_html(name: &str) -> bool {
    name.eq_ignore_ascii_case("html")
}

/// The text with every `&` that begins no reference made one, outside of CDATA and comments.
fn forgiven(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'&', b'<', &text.as_bytes()[at..]) {
        at += found;
        let rest = &text[at..];
        let close = |open: &str, close: &str| {
            let inside = rest.strip_prefix(open)?;
            Some(open.len() + inside.find(close).map_or(inside.len(), |end| end + close.len()))
        };
        if let Some(length) = close("<![CDATA[", "]]>").or_else(|| close("<!--", "-->")) {
            at += length;
            continue;
        }
        if rest.starts_with('&') && !is_reference(rest) {
            out.push_str(&text[done..=at]);
            out.push_str("amp;");
            done = at + 1;
        }
        at += 1;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// Whether a text that begins with `&` begins with a reference.
fn is_reference(text: &str) -> bool {
    /// Longest name of an entity that is looked for; HTML's has 31 characters.
    const LONGEST: usize = 40;
    let name =
        text[1..].bytes().take(LONGEST).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#');
    let length = name.count();
    length > 0 && text.as_bytes().get(1 + length) == Some(&b';')
}

#[cfg(test)]
mod tests;
