//! Entries as feed-rs reads them, as stories: who each one is, where it is, and what is known of it.
//!
//! An entry's id is its guid where that names it for the whole world (a URL, a tag, a URN); any other
//! guid counts within its host, as publishers' numbers do. Guids that several addresses of a feed share
//! name nothing, and such entries are known by their address, as those without a guid are.
//!
//! A revision is the entry's update time, where that is later than its publication. Update times that
//! all entries of a feed share are the time at which the feed was made, and make no revision.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use feed_rs::model::{Entry as Raw, Feed, FeedType, Link, Text};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Document, Entry, text};
use crate::model::{Identity, Revision, StoryId, WebUrl};

/// Longest title, in bytes.
pub(super) const LONGEST_TITLE: usize = 1000;
/// Longest name of a person, a publisher or a keyword, in bytes.
pub(super) const LONGEST_NAME: usize = 200;
/// Most keywords of an entry.
pub(super) const MOST_KEYWORDS: usize = 50;
/// Most authors of an entry.
const MOST_AUTHORS: usize = 20;
/// Entries from which on a shared update time is told from chance.
const SHARED_BY: usize = 3;
/// How long the making of a feed takes.
const MADE_WITHIN: time::Duration = time::Duration::seconds(5);
/// Dates before are slips: no feed is older.
const EARLIEST_YEAR: i32 = 1990;

/// An entry before it is known who it is among the others.
pub(super) struct Found {
    /// Empty where there is none.
    pub guid: String,
    pub updated: Option<OffsetDateTime>,
    pub entry: Entry,
}

/// The stories of a feed.
pub(super) fn of_feed(
    feed: Feed,
    via: &'static str,
    hint: Option<Duration>,
    at: &WebUrl,
    most: usize,
) -> Document {
    let title = feed.title.as_ref().and_then(|title| plain(title, &feed.feed_type, LONGEST_NAME));
    let language = feed.language.as_deref().and_then(text::language);
    let home =
        feed.links.iter().find(|link| is_page(link)).and_then(|link| at.join(&link.href).ok());
    let mut found = Vec::new();
    let mut without_link = 0;
    for entry in feed.entries {
        let Some(url) = page(&entry, at) else {
            without_link += 1;
            continue;
        };
        // An aggregator's title is not the name of those whom it points to.
        let own = url.same_publisher(at) || home.as_ref().is_some_and(|h| url.same_publisher(h));
        let publisher = title.clone().filter(|_| own);
        found.push(of_entry(entry, &feed.feed_type, url, language.clone(), publisher));
    }
    let (entries, left_out) = chosen(found, most);
    Document { via, hint, entries, without_link, no_news: 0, left_out }
}

fn of_entry(
    raw: Raw,
    kind: &FeedType,
    url: WebUrl,
    language: Option<String>,
    publisher: Option<String>,
) -> Found {
    // RSS writes `address (name)`.
    let bare = |name: &'_ str| name.trim().trim_start_matches('(').trim_end_matches(')').to_owned();
    let names = raw.authors.iter().filter_map(|person| person.name.as_deref()).map(bare);
    let names: Vec<String> =
        names.filter_map(|name| text::of_html(&name, LONGEST_NAME)).take(MOST_AUTHORS).collect();
    let labels = raw.categories.iter().map(|c| c.label.as_deref().unwrap_or(&c.term));
    let mut keywords: Vec<String> =
        labels.filter_map(|label| text::of_html(label, LONGEST_NAME)).collect();
    let mut seen = HashSet::new();
    keywords.retain(|keyword| seen.insert(keyword.clone()));
    keywords.truncate(MOST_KEYWORDS);
    let published = raw.published.and_then(|at| moment(at.timestamp()));
    let published = published.and_then(|at| Some((at.format(&Rfc3339).ok()?, at)));
    Found {
        guid: raw.id.trim().to_owned(),
        updated: raw.updated.and_then(|at| moment(at.timestamp())),
        entry: Entry {
            identity: unnamed(&url),
            url,
            title: raw.title.as_ref().and_then(|title| plain(title, kind, LONGEST_TITLE)),
            published,
            language: raw.language.as_deref().and_then(text::language).or(language),
            byline: (!names.is_empty()).then(|| names.join(", ")),
            section: if let [only] = &keywords[..] { Some(only.clone()) } else { None },
            keywords,
            publisher,
        },
    }
}

/// Says who each entry is, and gives the newest, one of an id, and how many are left out.
pub(super) fn chosen(mut found: Vec<Found>, most: usize) -> (Vec<Entry>, usize) {
    let shared = are_one(&found);
    let mut pages: HashMap<&str, HashSet<&str>> = HashMap::new();
    for found in &found {
        pages.entry(&found.guid).or_default().insert(found.entry.url.as_str());
    }
    let loose: HashSet<String> = pages
        .iter()
        .filter(|(_, urls)| urls.len() > 1)
        .map(|(guid, _)| (*guid).to_owned())
        .collect();
    for Found { guid, updated, entry } in &mut found {
        let id = if guid.is_empty() || loose.contains(guid) {
            StoryId::of_url(&entry.url)
        } else {
            named(guid, &entry.url)
        };
        let published = entry.published.as_ref().map(|(_, at)| *at);
        let later = updated.filter(|at| !shared && published.is_none_or(|before| *at > before));
        let revision =
            later.and_then(|at| at.to_offset(time::UtcOffset::UTC).format(&Rfc3339).ok());
        entry.identity = Identity::new(id, revision.and_then(|text| Revision::new(&text).ok()));
    }
    let when = |found: &Found| {
        let published = found.entry.published.as_ref().map(|(_, at)| *at);
        std::cmp::Reverse(found.updated.max(published))
    };
    found.sort_by_key(when);
    let mut ids = HashSet::new();
    let mut entries: Vec<Entry> = found.into_iter().map(|found| found.entry).collect();
    entries.retain(|entry| ids.insert(entry.identity.id().clone()));
    let left_out = entries.len().saturating_sub(most);
    entries.truncate(most);
    (entries, left_out)
}

/// Whether the update times of entries are all of one moment: that at which the feed was made.
fn are_one(found: &[Found]) -> bool {
    let times = || found.iter().map(|found| found.updated);
    match (times().min().flatten(), times().max().flatten()) {
        (Some(first), Some(last)) => found.len() >= SHARED_BY && last - first <= MADE_WITHIN,
        _ => false,
    }
}

/// Who an entry is that has no id.
pub(super) fn unnamed(url: &WebUrl) -> Identity {
    Identity::new(StoryId::of_url(url), None)
}

fn named(guid: &str, url: &WebUrl) -> StoryId {
    let global = ["http://", "https://", "tag:", "urn:"];
    let is_global = global
        .iter()
        .any(|scheme| guid.get(..scheme.len()).is_some_and(|g| g.eq_ignore_ascii_case(scheme)));
    let guid = if is_global { guid.to_owned() } else { format!("{}:{guid}", url.host()) };
    StoryId::new(&guid).unwrap_or_else(|_| StoryId::of_entry(&guid))
}

/// Where an entry's story is: its page's link, else a guid that is an address.
fn page(entry: &Raw, at: &WebUrl) -> Option<WebUrl> {
    let link = |link: &Link| at.join(&link.href).ok().filter(|_| !link.href.is_empty());
    let pages = || entry.links.iter().filter(|link| is_page(link));
    let is_html =
        |link: &&Link| link.media_type.as_deref().is_none_or(|kind| kind.contains("html"));
    pages()
        .filter(is_html)
        .find_map(link)
        .or_else(|| pages().find_map(link))
        .or_else(|| WebUrl::parse(entry.id.trim()).ok())
}

/// Whether a link leads to the page that it stands for, and not to its comments, its sound or itself.
fn is_page(link: &Link) -> bool {
    let is_text = |kind: &str| kind.contains("html") || kind.starts_with("text/");
    link.target.is_none()
        && link.rel.as_deref().is_none_or(|rel| rel == "alternate")
        && link.media_type.as_deref().is_none_or(is_text)
}

/// Atom says whether a text is markup; RSS leaves it open, and it often is.
fn plain(text: &Text, kind: &FeedType, longest: usize) -> Option<String> {
    if *kind == FeedType::Atom && text.content_type.as_str() == "text/plain" {
        text::plain(&text.content, longest)
    } else {
        text::of_html(&text.content, longest)
    }
}

/// A moment in Unix seconds, if a story can be of it.
fn moment(secs: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(secs).ok().and_then(plausible)
}

/// A moment, if a story can be of it.
pub(super) fn plausible(at: OffsetDateTime) -> Option<OffsetDateTime> {
    (at.year() >= EARLIEST_YEAR).then_some(at)
}
