//! Entries as they are written, as stories: who each one is, where it is, and what is known of it.
//!
//! An entry's id is its guid where that names it for the whole world (a URL, a tag, a URN); any other
//! guid counts within its host, as publishers' numbers do. Guids that several addresses of a feed share
//! name nothing, and such entries are known by their address, as those without a guid are.
//!
//! A revision is the entry's update time, where that is later than its publication. Update times that
//! all entries of a feed share are the time at which the feed was made, and make no revision.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::raw::{RawEntry, RawLink, RawText, TextKind};
use super::{Document, Entry, Media, dates, media, plain_text};
use crate::model::{Identity, Revision, StoryId, WebUrl};

/// Longest title, in bytes.
pub(super) const LONGEST_TITLE: usize = 1000;
/// Longest name of a person, a publisher or a keyword, in bytes.
pub(super) const LONGEST_NAME: usize = 200;
/// Longest story that a message takes from a feed, in bytes of HTML; longer ones are read from their pages.
const LONGEST_CONTENT: usize = 512 * 1024;
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

/// Entries that are kept while a document is read, at least: a quarter of where the oldest are dropped.
const LEAST_KEPT: usize = 500;

/// An entry before it is known who it is among the others.
#[derive(Debug)]
pub(super) struct UnlinkedEntry {
    /// Empty where there is none.
    pub guid: String,
    pub updated: Option<OffsetDateTime>,
    pub entry: Entry,
}

/// The stories of a document while it is read: the newest are kept, so that memory does not grow with what is
/// announced. There are more than are wanted, so that guids which several share are known as such.
#[derive(Debug)]
pub(super) struct Kept {
    most: usize,
    found: Vec<UnlinkedEntry>,
    left_out: usize,
}

impl Kept {
    pub(super) fn new(most: usize) -> Self {
        Self { most, found: Vec::new(), left_out: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn push(&mut self, found: UnlinkedEntry) {
        self.found.push(found);
        if self.found.len() >= 4 * self.most.max(LEAST_KEPT) {
            let kept = self.found.len() / 2;
            self.found.sort_by_key(when);
            self.left_out += self.found.len() - kept;
            self.found.truncate(kept);
        }
    }
}

/// A feed as it is written, and the entries that are kept of it.
#[derive(Debug)]
pub(super) struct RawFeed {
    /// `rss`, `atom` or `json`.
    pub via: &'static str,
    pub title: Option<RawText>,
    pub language: Option<String>,
    pub home: Option<WebUrl>,
    pub updated: String,
    pub ttl_minutes: Option<u64>,
    /// Who wrote the entries that do not say it themselves.
    pub authors: Vec<String>,
    pub kept: Kept,
    /// Entries without a web address.
    pub without_link: usize,
    /// Entries of which nothing could be read.
    pub malformed: usize,
    /// The document ends before its root does.
    pub is_cut: bool,
}

impl RawFeed {
    /// A feed of which at most `most` entries are wanted.
    pub(super) fn new(via: &'static str, most: usize) -> Self {
        Self {
            via,
            title: None,
            language: None,
            home: None,
            updated: String::new(),
            ttl_minutes: None,
            authors: Vec::new(),
            kept: Kept::new(most),
            without_link: 0,
            malformed: 0,
            is_cut: false,
        }
    }

    /// Whether no entry could be read.
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.without_link == 0
    }
}

/// Takes an entry, where it has an address.
pub(super) fn add(feed: &mut RawFeed, entry: RawEntry, at: &WebUrl) {
    match page(&entry, at) {
        Some(url) => feed.kept.push(of_entry(entry, url)),
        None => feed.without_link += 1,
    }
}

/// The stories of a feed.
pub(super) fn of_feed(mut feed: RawFeed, hint: Option<Duration>, at: &WebUrl) -> Document {
    let title = feed.title.as_ref().and_then(|title| plain(title, LONGEST_NAME));
    let language = feed.language.as_deref().and_then(plain_text::language);
    let byline = byline(&feed.authors);
    for UnlinkedEntry { entry, .. } in &mut feed.kept.found {
        // An aggregator's title is not the name of those whom it points to.
        let own = entry.url.same_publisher(at)
            || feed.home.as_ref().is_some_and(|home| entry.url.same_publisher(home));
        entry.publisher = title.clone().filter(|_| own);
        entry.language = entry.language.take().or_else(|| language.clone());
        entry.byline = entry.byline.take().or_else(|| byline.clone());
    }
    let (entries, left_out) = chosen(feed.kept, dates::moment(&feed.updated));
    Document {
        via: feed.via,
        hint,
        entries,
        without_link: feed.without_link,
        malformed: feed.malformed,
        is_cut: feed.is_cut,
        no_news: 0,
        left_out,
    }
}

/// The names of people, in one line.
fn byline(names: &[String]) -> Option<String> {
    let names: Vec<String> = names
        .iter()
        .filter_map(|name| plain_text::of_html(name, LONGEST_NAME))
        .take(MOST_AUTHORS)
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn of_entry(raw: RawEntry, url: WebUrl) -> UnlinkedEntry {
    let mut keywords: Vec<String> = raw
        .categories
        .iter()
        .filter_map(|label| plain_text::of_html(label, LONGEST_NAME))
        .collect();
    let mut seen = HashSet::new();
    keywords.retain(|keyword| seen.insert(keyword.clone()));
    keywords.truncate(MOST_KEYWORDS);
    let attached = raw.links.iter().filter(|link| link.rel == "enclosure");
    let attached = attached
        .filter_map(|link| Some(Media::new(link.url.clone()?, link.media_type.clone(), None)));
    let media = raw.media.into_iter().chain(attached).collect();
    let published = dates::read(&raw.published).filter(|date| plausible(date.at).is_some());
    let published = published.and_then(|date| Some((date.text()?, date.at)));
    UnlinkedEntry {
        guid: raw.guid.trim().to_owned(),
        updated: dates::moment(&raw.updated).and_then(plausible),
        entry: Entry {
            identity: unnamed(&url),
            twin: None,
            url,
            title: raw.title.as_ref().and_then(|title| plain(title, LONGEST_TITLE)),
            published,
            language: raw.language.as_deref().and_then(plain_text::language),
            byline: byline(&raw.authors),
            section: if let [only] = &keywords[..] { Some(only.clone()) } else { None },
            keywords,
            publisher: None,
            content: raw.content.and_then(content),
            media: media::bounded(media),
        },
    }
}

/// A story as HTML; none where it is too long for a message.
fn content(text: RawText) -> Option<String> {
    let html = match text.kind {
        TextKind::Html => text.text,
        TextKind::Plain => plain_text::paragraphs(&text.text),
    };
    (html.len() <= LONGEST_CONTENT).then_some(html)
}

/// Says who each entry is, and gives the newest, one of an id, and how many are left out. `made` is
/// when the feed itself says that it was updated.
pub(super) fn chosen(kept: Kept, made: Option<OffsetDateTime>) -> (Vec<Entry>, usize) {
    let Kept { most, mut found, left_out: before } = kept;
    let shared = are_one(&found, made);
    let mut pages: HashMap<&str, HashSet<&str>> = HashMap::new();
    for found in &found {
        pages.entry(&found.guid).or_default().insert(found.entry.url.as_str());
    }
    let loose: HashSet<String> = pages
        .iter()
        .filter(|(_, urls)| urls.len() > 1)
        .map(|(guid, _)| (*guid).to_owned())
        .collect();
    for UnlinkedEntry { guid, updated, entry } in &mut found {
        let id = if guid.is_empty() || loose.contains(guid) {
            StoryId::of_url(&entry.url)
        } else {
            named(guid, &entry.url)
        };
        let published = entry.published.as_ref().map(|(_, at)| *at);
        let later = updated.filter(|at| !shared && published.is_none_or(|before| *at > before));
        let revision =
            later.and_then(|at| at.to_offset(time::UtcOffset::UTC).format(&Rfc3339).ok());
        let revision = revision.and_then(|text| Revision::new(&text).ok());
        entry.twin = if id == StoryId::of_url(&entry.url) {
            twin_of_url(&entry.url)
        } else {
            other_scheme(id.as_str())
                .and_then(|id| StoryId::new(&id).ok())
                .map(|id| Identity::new(id, None))
        }
        .map(|twin| Identity::new(twin.id().clone(), revision.clone()));
        entry.identity = Identity::new(id, revision);
    }
    found.sort_by_key(when);
    let mut ids = HashSet::new();
    let mut entries: Vec<Entry> = found.into_iter().map(|found| found.entry).collect();
    entries.retain(|entry| ids.insert(entry.identity.id().clone()));
    let left_out = entries.len().saturating_sub(most);
    entries.truncate(most);
    (entries, before + left_out)
}

/// The newest come first, and those without a date last.
fn when(found: &UnlinkedEntry) -> std::cmp::Reverse<Option<OffsetDateTime>> {
    let published = found.entry.published.as_ref().map(|(_, at)| *at);
    std::cmp::Reverse(found.updated.max(published))
}

/// Whether the update times of entries are all of one moment: that at which the feed was made. Two are
/// told from chance by the feed's own time.
fn are_one(found: &[UnlinkedEntry], made: Option<OffsetDateTime>) -> bool {
    let times = || found.iter().map(|found| found.updated);
    match (times().min().flatten(), times().max().flatten()) {
        (Some(first), Some(last)) if last - first <= MADE_WITHIN => {
            let by_feed = made.is_some_and(|made| (made - last).abs() <= MADE_WITHIN);
            found.len() >= SHARED_BY || (found.len() > 1 && by_feed)
        }
        _ => false,
    }
}

/// Who an entry that is known by its address is under the other of `http` and `https`.
pub(in crate::feeds) fn twin_of_url(url: &WebUrl) -> Option<Identity> {
    let other = WebUrl::parse(&other_scheme(url.as_str())?).ok()?;
    Some(unnamed(&other))
}

/// An id that is an address, under the other scheme.
fn other_scheme(id: &str) -> Option<String> {
    match id.strip_prefix("http://") {
        Some(rest) => Some(format!("https://{rest}")),
        None => id.strip_prefix("https://").map(|rest| format!("http://{rest}")),
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

/// Where an entry's story is: the publisher's own address where a counting service knows it, its
/// page's link, else a guid that is an address, else where its content is.
fn page(entry: &RawEntry, at: &WebUrl) -> Option<WebUrl> {
    let pages = || entry.links.iter().filter(|link| is_page(link));
    let is_html =
        |link: &&RawLink| link.media_type.as_deref().is_none_or(|kind| kind.contains("html"));
    let base = entry.base.as_ref().unwrap_or(at);
    let guid = entry.guid.trim();
    let link_guid = || {
        let is_path = entry.guid_is_link || guid.starts_with('/');
        WebUrl::parse(guid).ok().or_else(|| base.join(guid).ok().filter(|_| is_path))
    };
    entry
        .original
        .clone()
        .or_else(|| pages().filter(is_html).find_map(|link| link.url.clone()))
        .or_else(|| pages().find_map(|link| link.url.clone()))
        .or_else(|| if guid.is_empty() { None } else { link_guid() })
        .or_else(|| entry.about.clone())
        .or_else(|| entry.content_src.clone())
}

/// Whether a link leads to the page that it stands for, and not to its comments, its sound or itself.
fn is_page(link: &RawLink) -> bool {
    let is_text = |kind: &str| kind.contains("html") || kind.starts_with("text/");
    link.rel == "alternate" && link.media_type.as_deref().is_none_or(is_text)
}

/// Atom says whether a text is markup; RSS leaves it open, and it often is.
fn plain(text: &RawText, longest: usize) -> Option<String> {
    match text.kind {
        TextKind::Plain => plain_text::plain(&text.text, longest),
        TextKind::Html => plain_text::of_html(&text.text, longest),
    }
}

/// A moment, if a story can be of it.
pub(super) fn plausible(at: OffsetDateTime) -> Option<OffsetDateTime> {
    (at.year() >= EARLIEST_YEAR).then_some(at)
}
