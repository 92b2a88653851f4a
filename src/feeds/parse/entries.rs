//! Entries as they are written, as stories: who each one is, where it is, and what is known of it.
//!
//! An entry's id is its guid where that names it for the whole world (a URL, a tag, a URN); any other
//! guid counts within its host, as publishers' numbers do, unless it is so short that another feed of the host may have
//! it for another story: which story had it first the group remembers. Guids that several addresses of a feed share
//! name nothing, and such entries are known by their address, as those without a guid are; addresses of one
//! story (the same page, or the same title and publication) share nothing.
//!
//! A revision is the entry's update time, where that is later than its publication. An update time that three
//! entries share, or two and the feed itself, is the time at which the feed was made, or its entries imported, and
//! makes none.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::raw::{RawEntry, RawLink, RawText, TextKind};
use super::{Document, Entry, Media, dates, media, plain_text};
use crate::feeds::hashes::hash_of;
use crate::model::{Identity, Revision, StoryId, WebUrl};
use crate::state::KnownEntry;

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
pub(in crate::feeds) const MADE_WITHIN: time::Duration = time::Duration::seconds(5);
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
            // Of those without a date either end may be the newest.
            let dated = self.found.partition_point(|found| when(found).0.is_some());
            let ends = kept.saturating_sub(dated);
            let last = self.found.split_off(self.found.len() - ends / 2);
            self.found.truncate(kept - last.len());
            self.found.extend(last);
        }
    }
}

/// The stories of a document that are wanted.
#[derive(Debug)]
pub(super) struct Chosen {
    pub entries: Vec<Entry>,
    /// Of those that are left out the last, where they have no date.
    pub last: Vec<Entry>,
    pub left_out: usize,
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
    let Chosen { entries, last, left_out } = chosen(feed.kept, dates::moment(&feed.updated));
    Document {
        via: feed.via,
        hint,
        entries,
        last,
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
            title: raw.title.as_ref().and_then(|title| plain(title, LONGEST_TITLE)),
            published,
            language: raw.language.as_deref().and_then(plain_text::language),
            byline: byline(&raw.authors),
            section: if let [only] = &keywords[..] { Some(only.clone()) } else { None },
            keywords,
            content: raw.content.and_then(content),
            media: media::bounded(media),
            ..bare(url)
        },
    }
}

/// An entry of which only the page is known.
pub(super) fn bare(url: WebUrl) -> Entry {
    Entry {
        identity: unnamed(&url),
        twins: Vec::new(),
        is_numbered: false,
        fragment: None,
        updated: None,
        is_shared: false,
        text: 0,
        mark: None,
        loose_mark: None,
        url,
        title: None,
        published: None,
        language: None,
        byline: None,
        section: None,
        keywords: Vec::new(),
        publisher: None,
        content: None,
        media: Vec::new(),
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
pub(super) fn chosen(kept: Kept, made: Option<OffsetDateTime>) -> Chosen {
    let Kept { most, mut found, left_out: before } = kept;
    let published = |found: &UnlinkedEntry| found.entry.published.as_ref().map(|(_, at)| *at);
    // What was never touched since it came out was not touched together with others.
    let touched = |found: &UnlinkedEntry| {
        found.updated.filter(|at| published(found).is_none_or(|before| *at > before))
    };
    let updates = Moments::new(found.iter().filter_map(touched), made);
    let publications = Moments::new(found.iter().filter_map(published), made);
    let loose = loose(&found);
    for found in &mut found {
        let (published, touched) = (published(found), touched(found));
        let UnlinkedEntry { guid, entry, .. } = found;
        let is_named = !guid.is_empty() && !loose.contains(guid);
        let id = if is_named { named(guid, &entry.url) } else { StoryId::of_url(&entry.url) };
        entry.twins = if is_named { twins(guid, &entry.url) } else { twins_of_url(&entry.url) };
        entry.is_numbered = is_named && is_numbered(guid);
        entry.fragment = fragment(&entry.url);
        entry.updated = touched;
        entry.is_shared = entry.updated.is_some_and(|at| updates.are_one(at));
        let own = entry.updated.filter(|_| !entry.is_shared);
        entry.identity = Identity::new(id, own.and_then(revision));
        let said = said(entry);
        entry.text = text_hash(&said);
        let published = published.filter(|at| !publications.may_be_made(*at));
        entry.mark = mark(&entry.url.normalised(), &said, published);
        // A day alone is that of other stories of the page too. The time of a feed's making moves, and matches nothing.
        let at = entry.published.as_ref().filter(|(text, _)| !is_named && text.contains('T'));
        let at = at.map(|(_, at)| *at);
        entry.loose_mark = at.and_then(|at| mark(&bare_address(&entry.url), &said, Some(at)));
    }
    found.sort_by_key(when);
    let dated = found.partition_point(|found| when(found).0.is_some());
    let mut ids = HashSet::new();
    let mut entries: Vec<Entry> = found.into_iter().map(|found| found.entry).collect();
    // Fragments of one page may be stories of their own.
    entries.retain(|entry| ids.insert((entry.identity.id().clone(), entry.fragment.clone())));
    let left_out = entries.len().saturating_sub(most);
    let mut last = entries.split_off(entries.len() - left_out);
    last.drain(..left_out.saturating_sub(most));
    if dated >= most {
        last.clear();
    }
    Chosen { entries, last, left_out: before + left_out }
}

/// The guids that entries share which are not one story.
fn loose(found: &[UnlinkedEntry]) -> HashSet<String> {
    let mut firsts: HashMap<&str, &UnlinkedEntry> = HashMap::new();
    let mut loose = HashSet::new();
    for found in found {
        let first = *firsts.entry(&found.guid).or_insert(found);
        if !is_one_story(first, found) {
            loose.insert(found.guid.clone());
        }
    }
    loose
}

/// Whether two entries of one guid are one story: of one page, or under a new address beside the old one.
fn is_one_story(one: &UnlinkedEntry, other: &UnlinkedEntry) -> bool {
    let (a, b) = (&one.entry, &other.entry);
    if a.url == b.url || a.url.normalised() == b.url.normalised() {
        return true;
    }
    let published = |entry: &Entry| entry.published.as_ref().map(|(_, at)| *at);
    a.title.is_some()
        && a.title == b.title
        && (is_global(&one.guid) || published(a) == published(b))
}

/// Moments of a document's entries, and the one at which it was made.
struct Moments {
    sorted: Vec<OffsetDateTime>,
    made: Option<OffsetDateTime>,
}

impl Moments {
    fn new(moments: impl Iterator<Item = OffsetDateTime>, made: Option<OffsetDateTime>) -> Self {
        let mut sorted: Vec<OffsetDateTime> = moments.collect();
        sorted.sort_unstable();
        Self { sorted, made }
    }

    /// Whether a moment is that of several entries. Two are told from chance by the feed's own time.
    fn are_one(&self, at: OffsetDateTime) -> bool {
        let from = self.sorted.partition_point(|other| *other < at - MADE_WITHIN);
        let to = self.sorted.partition_point(|other| *other <= at + MADE_WITHIN);
        to - from >= SHARED_BY || (to - from > 1 && self.is_making(at))
    }

    /// Whether a moment may be that of the feed's making.
    fn may_be_made(&self, at: OffsetDateTime) -> bool {
        self.is_making(at) || self.are_one(at)
    }

    fn is_making(&self, at: OffsetDateTime) -> bool {
        self.made.is_some_and(|made| (made - at).abs() <= MADE_WITHIN)
    }
}

/// The revision that an update time makes.
pub(in crate::feeds) fn revision(at: OffsetDateTime) -> Option<Revision> {
    let text = at.to_offset(time::UtcOffset::UTC).format(&Rfc3339).ok()?;
    Revision::new(&text).ok()
}

/// What an entry says: its title, and its text without markup.
fn said(entry: &Entry) -> String {
    let mut said = entry.title.clone().unwrap_or_default();
    let mut is_text = true;
    for c in entry.content.as_deref().unwrap_or_default().chars() {
        match c {
            '<' => is_text = false,
            '>' => is_text = true,
            c if is_text && !c.is_whitespace() => said.push(c),
            _ => {}
        }
    }
    said
}

/// A hash of what an entry says, in few bits.
fn text_hash(said: &str) -> u16 {
    let bits = hash_of(&StoryId::of_entry(said)) & ((1 << KnownEntry::TEXT_BITS) - 1);
    u16::try_from(bits).expect("as many bits as fit")
}

/// What tells an entry from others that has another id than before: where it is, what it says, when it is of. None
/// where it says nothing.
fn mark(address: &str, said: &str, published: Option<OffsetDateTime>) -> Option<u64> {
    let published = published.map_or(0, OffsetDateTime::unix_timestamp);
    let text = format!("{address} {published} {said}");
    (!said.is_empty()).then(|| hash_of(&StoryId::of_entry(&text)))
}

/// An address without what sites put into it for each visit, or turn about: its query, what stands behind a `;`, a
/// slash at its end. No address, so that no other mark is like it.
fn bare_address(url: &WebUrl) -> String {
    let path = url.as_url().path();
    let path = path.split_once(';').map_or(path, |(path, _)| path);
    format!("{}{} *", url.host(), path.trim_end_matches('/'))
}

/// Who an entry is as a part of its page.
fn fragment(url: &WebUrl) -> Option<StoryId> {
    let fragment = url.as_url().fragment().filter(|fragment| !fragment.is_empty())?;
    Some(StoryId::of_entry(&format!("{}#{fragment}", url.normalised())))
}

/// The newest come first, and those without a date last.
fn when(found: &UnlinkedEntry) -> std::cmp::Reverse<Option<OffsetDateTime>> {
    let published = found.entry.published.as_ref().map(|(_, at)| *at);
    std::cmp::Reverse(found.updated.max(published))
}

/// Who an entry that is known by its address is under the other of `http` and `https`, with `www.` and without.
pub(in crate::feeds) fn twins_of_url(url: &WebUrl) -> Vec<StoryId> {
    let others = other_addresses(url.as_str()).into_iter();
    others.filter_map(|url| WebUrl::parse(&url).ok()).map(|url| StoryId::of_url(&url)).collect()
}

/// Who an entry of a guid is at the other addresses of its site.
fn twins(guid: &str, url: &WebUrl) -> Vec<StoryId> {
    if is_global(guid) {
        return other_addresses(guid).iter().map(|guid| id_of(guid)).collect();
    }
    vec![id_of(&format!("{}:{guid}", other_host(url.host())))]
}

/// An address under the other scheme, with `www.` and without.
fn other_addresses(address: &str) -> Vec<String> {
    let Some((scheme, rest)) = address.split_once("://") else { return Vec::new() };
    let other = match scheme.to_ascii_lowercase().as_str() {
        "http" => "https",
        "https" => "http",
        _ => return Vec::new(),
    };
    let moved = other_host(rest);
    vec![format!("{other}://{rest}"), format!("{scheme}://{moved}"), format!("{other}://{moved}")]
}

fn other_host(host: &str) -> String {
    host.strip_prefix("www.").map_or_else(|| format!("www.{host}"), str::to_owned)
}

/// Who an entry is that has no id.
pub(super) fn unnamed(url: &WebUrl) -> Identity {
    Identity::new(StoryId::of_url(url), None)
}

fn named(guid: &str, url: &WebUrl) -> StoryId {
    if is_global(guid) { id_of(guid) } else { id_of(&format!("{}:{guid}", url.host())) }
}

/// Whether a guid names an entry for the whole world.
fn is_global(guid: &str) -> bool {
    let schemes = ["http://", "https://", "tag:", "urn:"];
    let begins = |scheme: &str| {
        guid.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    schemes.into_iter().any(begins)
}

/// Whether a guid is one that programs count up: a bare number, or a few characters.
fn is_numbered(guid: &str) -> bool {
    /// Characters up to which a guid may be one of another feed as well.
    const FEW: usize = 6;
    guid.len() <= FEW || guid.bytes().all(|b| b.is_ascii_digit())
}

fn id_of(guid: &str) -> StoryId {
    StoryId::new(guid).unwrap_or_else(|_| StoryId::of_entry(guid))
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
