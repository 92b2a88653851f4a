//! A document to entries, whatever kind of feed it is. Pure: no clock, no network.
//!
//! Whatever a document holds, memory is bounded by its size and the entries that are kept, and time grows
//! with its size alone; a reading may be told from outside to stop.
//!
//! A publisher's mistake costs what it is in, and no more: an entry that can't be read leaves the
//! others, and a document that is cut short gives what came whole. Entities that a document declares are
//! never expanded: they stay as they are written. Where entries are there and none of them could be
//! read the document fails, so that a feed is never taken for quiet that is not understood.

mod dates;
mod discover;
mod entries;
mod json;
mod json_text;
mod markup;
mod media;
mod plain_text;
mod raw;
mod sitemap;
mod syndication;
mod syntax;
mod tags;

use std::time::Duration;

use time::OffsetDateTime;

use super::Error;
use crate::model::{Identity, StoryId, WebUrl};
pub(super) use entries::{MADE_WITHIN, revision, twins_of_url};
pub(super) use markup::Stop;
pub(super) use media::Media;
pub(super) use plain_text::{escaped, of_html};

/// What a document is.
#[derive(Debug)]
pub(super) enum Parsed {
    /// A feed.
    Feed(Document),
    /// A sitemap index.
    Index {
        /// Its parts, in its order.
        parts: Vec<Part>,
        /// The document ends before it should: the rest is not known.
        is_cut: bool,
    },
}

/// A feed that was read.
#[derive(Debug)]
pub(super) struct Document {
    /// `rss`, `atom`, `json` or `sitemap`.
    pub via: &'static str,
    /// How long the feed itself says that it holds.
    pub hint: Option<Duration>,
    /// The stories, the newest first where they are dated, else in the document's order. No two have
    /// one id but parts of one page.
    pub entries: Vec<Entry>,
    /// Of the entries beyond `most` the last, where they have no date: the newest, if the oldest come first.
    pub last: Vec<Entry>,
    /// Entries without a web address.
    pub without_link: usize,
    /// Entries that break the rules of their format so far that nothing can be read of them.
    pub malformed: usize,
    /// The document ends before it should: the rest is not known.
    pub is_cut: bool,
    /// Entries of a sitemap that are no news.
    pub no_news: usize,
    /// Entries beyond `most`.
    pub left_out: usize,
}

/// A story as a feed announces it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub identity: Identity,
    /// Who it is under the other of `http` and `https`, with `www.` and without: a site that changes over is read
    /// once.
    pub twins: Vec<StoryId>,
    /// Whether its id is a guid within its host that another feed of the host may have for another story.
    pub is_numbered: bool,
    /// Who it is as a part of its page, where its address names one.
    pub fragment: Option<StoryId>,
    /// Its update time, where that is later than its publication.
    pub updated: Option<OffsetDateTime>,
    /// Whether the update time is that of several entries: that of the feed, or of an import.
    pub is_shared: bool,
    /// A hash of what it says.
    pub text: u16,
    /// A hash of address, title, text and publication together.
    pub mark: Option<u64>,
    /// The same with its address up to what sessions and random tokens change, where it has no guid of its own and
    /// was published at a time of its own.
    pub loose_mark: Option<u64>,
    pub url: WebUrl,
    pub title: Option<String>,
    /// ISO 8601, as precise as the feed has it, and the moment.
    pub published: Option<(String, OffsetDateTime)>,
    pub language: Option<String>,
    pub byline: Option<String>,
    pub section: Option<String>,
    pub keywords: Vec<String>,
    pub publisher: Option<String>,
    /// The story itself as HTML, where the feed carries it.
    pub content: Option<String>,
    pub media: Vec<Media>,
}

impl Entry {
    /// Whether it says when it is of.
    pub(super) fn is_dated(&self) -> bool {
        self.published.is_some() || self.updated.is_some()
    }

    /// By what it is known should it get another id.
    pub(super) fn marks(&self) -> impl Iterator<Item = u64> {
        self.mark.into_iter().chain(self.loose_mark)
    }
}

/// A part of a sitemap index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub url: WebUrl,
    /// When it was changed last, as the index says; none where that cannot be read.
    pub last_modified: Option<LastModified>,
}

/// When a part of a sitemap index was changed last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LastModified {
    /// As the index has it.
    pub text: String,
    /// The moment.
    pub at: OffsetDateTime,
    /// Until when a later change may be written in the same way: the end of that day, anywhere, or of that minute.
    pub until: OffsetDateTime,
}

/// Reads a document found at `at`; at most `most` entries of it, the newest. Ends early when `stop` says so.
pub(super) fn parse(text: &str, at: &WebUrl, most: usize, stop: &Stop) -> Result<Parsed, Error> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let parsed = if text.starts_with('{') {
        json::read(text, at, most, stop)?
    } else {
        let text = markup::mended(text);
        let (start, name) = root(&text).map_err(|error| match error {
            Error::Html { .. } => Error::Html { feeds: discover::feeds(&text, at, stop) },
            other => other,
        })?;
        let text = &text[start..];
        match name.as_str() {
            "urlset" => sitemap::entries(text, at, most, stop).map(Parsed::Feed)?,
            "sitemapindex" => return sitemap::parts(text, at, stop),
            _ => feed(text, at, most, stop)?,
        }
    };
    match parsed {
        Parsed::Feed(document) if document.entries.is_empty() && document.unread() > 0 => {
            Err(Error::Unreadable { entries: document.unread() })
        }
        parsed => Ok(parsed),
    }
}

fn feed(text: &str, at: &WebUrl, most: usize, stop: &Stop) -> Result<Parsed, Error> {
    let raw = syntax::read(text, at, most, stop)?;
    if raw.is_cut && raw.is_empty() {
        return Err(Error::Xml("the document ends early".into()));
    }
    let ttl = raw.ttl_minutes.filter(|minutes| *minutes > 0);
    let ttl = ttl.and_then(|minutes| minutes.checked_mul(60)).map(Duration::from_secs);
    let hint = ttl.or_else(|| syndication::hint(text));
    Ok(Parsed::Feed(entries::of_feed(raw, hint, at)))
}

impl Document {
    /// Entries that should have been stories and could not be read.
    fn unread(&self) -> usize {
        self.without_link + self.malformed
    }
}

/// Where the root begins, and its local name in lower case. What stands before the root of a feed,
/// such as the notice of a program that made it, is passed over.
fn root(text: &str) -> Result<(usize, String), Error> {
    /// How far into a document its root is looked for, in bytes.
    const FARTHEST: usize = 64 * 1024;
    let mut first = None;
    let mut at = 0;
    // Each is looked for once: where it is not found it is nowhere behind either.
    let (mut has_comment_end, mut has_subset_end) = (true, true);
    while let Some(found) = text[at..].find('<').filter(|found| at + found < FARTHEST) {
        at += found;
        let rest = &text[at..];
        if has_comment_end && rest.starts_with("<!--") {
            if let Some(length) = rest.find("-->") {
                at += length + 3;
                continue;
            }
            has_comment_end = false;
        }
        let is_doctype = rest.get(..9).is_some_and(|d| d.eq_ignore_ascii_case("<!doctype"));
        if is_doctype && rest[9..].trim_start().get(..4).is_some_and(is_html) {
            return Err(Error::Html { feeds: Vec::new() });
        }
        if is_doctype {
            // Its own declarations are in brackets.
            let end = rest.find('>').unwrap_or(rest.len());
            let has_subset = has_subset_end && rest[..end].contains('[');
            let subset = has_subset.then(|| rest.find("]>")).flatten();
            has_subset_end &= !has_subset || subset.is_some();
            at += subset.unwrap_or(end).max(1);
            continue;
        }
        let name: String = rest[1..]
            .chars()
            .take(40)
            .take_while(|c| c.is_alphanumeric() || matches!(c, ':' | '_' | '-' | '.'))
            .collect();
        let local = name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
        let is_first = first.is_none();
        match local.as_str() {
            "html" => return Err(Error::Html { feeds: Vec::new() }),
            "head" | "body" if is_first => {
                return Err(Error::Html { feeds: Vec::new() });
            }
            "rss" | "feed" | "rdf" | "urlset" | "sitemapindex" => return Ok((at, local)),
            "entry" | "item" | "channel" if is_first => return Ok((at, local)),
            "" => {}
            _ => first = first.or(Some(name)),
        }
        at += 1;
    }
    let first = first.map_or_else(|| "the document".to_owned(), |name| format!("<{name}>"));
    Err(Error::NotFeed(first))
}

fn is_html(name: &str) -> bool {
    name.eq_ignore_ascii_case("html")
}

#[cfg(test)]
mod tests;
