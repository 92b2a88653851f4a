//! JSON Feed, of any version, as tolerantly as its specification asks: an id may be a number, and what is
//! of another type than it should be is left out. An item that is no object, or that breaks JSON's rules,
//! costs itself; a document that is cut gives the items that came whole. Items are read one by one, so that
//! no more of a document is in memory at once than is kept of it.

use serde_json::Value;

use super::entries::{self, RawFeed};
use super::json_text::{JsonFault, JsonReader};
use super::markup::Stop;
use super::raw::{RawEntry, RawLink, RawText, TextKind};
use super::{Error, Parsed, media};
use crate::model::WebUrl;

/// How often the beginning of the next item is looked for behind one that has no end.
const MOST_SEARCHES: usize = 20;

/// Reads a JSON Feed.
pub(super) fn read(text: &str, at: &WebUrl, most: usize, stop: &Stop) -> Result<Parsed, Error> {
    let mut feed = RawFeed::new("json", most);
    let mut document = Document { reader: JsonReader::new(text), text, at, stop, has_items: false };
    let mut version = String::new();
    let ended = document.fields(&mut feed, &mut version);
    match ended {
        Ok(()) => {}
        Err(JsonEnd::Early(_)) if document.has_items && !feed.is_empty() => feed.is_cut = true,
        Err(JsonEnd::Early(JsonFault::Truncated)) => {
            return Err(Error::Json("the document ends early".into()));
        }
        Err(JsonEnd::Early(JsonFault::Malformed)) => {
            let message = format!("something that can't stand at byte {}", document.reader.at);
            return Err(Error::Json(message.into()));
        }
        Err(JsonEnd::By(error)) => return Err(error),
    }
    if !document.has_items {
        return Err(Error::Json("no list of items".into()));
    }
    if !version.is_empty() && !version.to_ascii_lowercase().contains("jsonfeed.org/version") {
        return Err(Error::Version(version.chars().take(100).collect()));
    }
    Ok(Parsed::Feed(entries::of_feed(feed, None, at)))
}

/// Why a document is not read further.
enum JsonEnd {
    Early(JsonFault),
    By(Error),
}

impl From<JsonFault> for JsonEnd {
    fn from(fault: JsonFault) -> Self {
        Self::Early(fault)
    }
}

struct Document<'a> {
    reader: JsonReader<'a>,
    text: &'a str,
    at: &'a WebUrl,
    stop: &'a Stop,
    has_items: bool,
}

impl Document<'_> {
    /// Reads the fields of the feed itself. What follows its end is passed over.
    fn fields(&mut self, feed: &mut RawFeed, version: &mut String) -> Result<(), JsonEnd> {
        self.reader.take(b'{')?;
        while let Some(key) = self.reader.key()? {
            self.stop.check().map_err(JsonEnd::By)?;
            match key.as_str() {
                "items" if self.reader.peek()? == b'[' => {
                    self.has_items = true;
                    self.items(feed)?;
                }
                "version" | "title" | "language" | "home_page_url" | "author" | "authors" => {
                    // Each with a reader of its own, so that none takes another's room.
                    let value = JsonReader::new(self.reader.passed_over()?).value()?;
                    self.field(&key, &value, feed, version);
                }
                _ => {
                    self.reader.passed_over()?;
                }
            }
            if !self.reader.goes_on(b'}')? {
                break;
            }
        }
        Ok(())
    }

    fn field(&self, key: &str, value: &Value, feed: &mut RawFeed, version: &mut String) {
        let text = || text_of(value);
        match key {
            "version" => value.as_str().unwrap_or_default().clone_into(version),
            "title" => feed.title = text().map(|text| RawText { text, kind: TextKind::Html }),
            "language" => feed.language = text(),
            "home_page_url" => feed.home = address(value, self.at),
            _ => feed.authors.extend(names(value)),
        }
    }

    fn items(&mut self, feed: &mut RawFeed) -> Result<(), JsonEnd> {
        let mut searches = 0;
        self.reader.take(b'[')?;
        if self.reader.take(b']')? {
            return Ok(());
        }
        loop {
            self.stop.check().map_err(JsonEnd::By)?;
            let start = self.reader.at;
            match self.reader.passed_over() {
                Ok(item) => match JsonReader::new(item).value() {
                    // Behind a fault it may be a part of an item: only items have an id.
                    Ok(item) if item.is_object() && (searches == 0 || item.get("id").is_some()) => {
                        entries::add(feed, entry(&item, self.at), self.at);
                    }
                    Ok(_) | Err(_) => feed.malformed += 1,
                },
                Err(fault) => {
                    // A quote too many or too few: all that follows is read wrongly.
                    searches += 1;
                    let next = next_item(self.text, start).filter(|_| searches <= MOST_SEARCHES);
                    self.reader.at = next.ok_or(fault)?;
                    feed.malformed += 1;
                    continue;
                }
            }
            if !self.reader.goes_on(b']')? {
                return Ok(());
            }
        }
    }
}

/// Where the next item seems to begin behind one that has no end: a brace behind `},`.
fn next_item(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_behind = |at: usize| {
        let before = bytes[start..at].trim_ascii_end().strip_suffix(b",");
        before.is_some_and(|before| before.trim_ascii_end().ends_with(b"}"))
    };
    memchr::memchr_iter(b'{', &bytes[start..]).map(|at| start + at).find(|at| is_behind(*at))
}

fn entry(item: &Value, at: &WebUrl) -> RawEntry {
    let page = url(item, "url", at).or_else(|| url(item, "external_url", at));
    let links = page
        .map(|url| RawLink { rel: "alternate".to_owned(), media_type: None, url: Some(url) })
        .into_iter()
        .collect();
    let people = ["authors", "author"].iter().filter_map(|key| item.get(key));
    RawEntry {
        guid: string(item, "id").unwrap_or_default(),
        links,
        title: string(item, "title").map(|text| RawText { text, kind: TextKind::Html }),
        published: string(item, "date_published").unwrap_or_default(),
        updated: string(item, "date_modified").unwrap_or_default(),
        language: string(item, "language"),
        authors: people.flat_map(names).collect(),
        categories: match item.get("tags") {
            Some(Value::Array(tags)) => {
                tags.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(Value::String(tag)) => vec![tag.clone()],
            _ => Vec::new(),
        },
        content: content(item),
        media: media::of_json(item, at),
        ..RawEntry::default()
    }
}

/// The names of one person, or of a list of them.
fn names(people: &Value) -> Vec<String> {
    match people {
        Value::Array(people) => people.iter().filter_map(|person| string(person, "name")).collect(),
        person => string(person, "name").into_iter().collect(),
    }
}

/// The story itself, with markup where it has any.
fn content(item: &Value) -> Option<RawText> {
    let text = |key| item.get(key)?.as_str().filter(|text| !text.trim().is_empty());
    let html = text("content_html").map(|text| (text, TextKind::Html));
    let (text, kind) = html.or_else(|| Some((text("content_text")?, TextKind::Plain)))?;
    Some(RawText { text: text.to_owned(), kind })
}

fn string(value: &Value, key: &str) -> Option<String> {
    text_of(value.get(key)?)
}

/// A string, or a number as it is written.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn url(value: &Value, key: &str, at: &WebUrl) -> Option<WebUrl> {
    address(value.get(key)?, at)
}

fn address(value: &Value, at: &WebUrl) -> Option<WebUrl> {
    let text = value.as_str()?.trim();
    if text.is_empty() { None } else { at.join(text).ok() }
}
