//! JSON Feed, of any version, as tolerantly as its specification asks: an id may be a number, and what is
//! of another type than it should be is left out. An item that is no object costs itself.

use serde_json::Value;

use super::syntax::{RawEntry, RawFeed, RawLink, RawText, TextKind};
use super::{Error, Parsed, entries, media};
use crate::model::WebUrl;

/// Reads a JSON Feed.
pub(super) fn read(text: &str, at: &WebUrl, most: usize) -> Result<Parsed, Error> {
    let value: Value = serde_json::from_str(text).map_err(|error| Error::Json(error.into()))?;
    let version = value.get("version").and_then(Value::as_str).unwrap_or_default();
    let items = match value.get("items") {
        Some(Value::Array(items)) => items,
        _ => return Err(Error::Json("no list of items".into())),
    };
    if !version.is_empty() && !version.to_ascii_lowercase().contains("jsonfeed.org/version") {
        return Err(Error::Version(version.chars().take(100).collect()));
    }
    let mut feed = RawFeed {
        via: "json",
        title: text_of(&value, "title"),
        language: string(&value, "language"),
        home: url(&value, "home_page_url", at),
        ..RawFeed::default()
    };
    for item in items {
        if item.is_object() {
            feed.entries.push(entry(item, at));
        } else {
            feed.malformed += 1;
        }
    }
    Ok(Parsed::Feed(entries::of_feed(feed, None, at, most)))
}

fn entry(item: &Value, at: &WebUrl) -> RawEntry {
    let page = url(item, "url", at).or_else(|| url(item, "external_url", at));
    let links = page
        .map(|url| RawLink { rel: "alternate".to_owned(), media_type: None, url: Some(url) })
        .into_iter()
        .collect();
    let people = item.get("authors").and_then(Value::as_array).into_iter().flatten();
    let people = people.chain(item.get("author"));
    RawEntry {
        guid: string(item, "id").unwrap_or_default(),
        links,
        title: text_of(item, "title"),
        published: string(item, "date_published").unwrap_or_default(),
        updated: string(item, "date_modified").unwrap_or_default(),
        language: string(item, "language"),
        authors: people.filter_map(|person| string(person, "name")).collect(),
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

/// The story itself, with markup where it has any.
fn content(item: &Value) -> Option<RawText> {
    let text = |key| item.get(key)?.as_str().filter(|text| !text.trim().is_empty());
    let html = text("content_html").map(|text| (text, TextKind::Html));
    let (text, kind) = html.or_else(|| Some((text("content_text")?, TextKind::Plain)))?;
    Some(RawText { text: text.to_owned(), kind })
}

/// A string, or a number as it is written.
fn string(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn text_of(value: &Value, key: &str) -> Option<RawText> {
    Some(RawText { text: string(value, key)?, kind: TextKind::Html })
}

fn url(value: &Value, key: &str, at: &WebUrl) -> Option<WebUrl> {
    let text = value.get(key)?.as_str()?.trim();
    if text.is_empty() { None } else { at.join(text).ok() }
}
