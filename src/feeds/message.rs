//! An entry as a raw message: what the workers are told of a story that they are to fetch.
//!
//! Valid against `schema raw`. Everything in it is bounded, so that no entry is too large for the raw
//! stream. A date more than a day ahead is a mistake and is left out; the page has its
//! own.

use std::time::Duration;

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::list::Feed;
use super::parse::{Entry, escaped, of_html};
use super::settings::TextSource;
use crate::broker::topology::partitions::{RawPlaces, host_token};
use crate::model::{Revision, without_www};
use crate::publish::OutgoingRawMessage;

/// How far ahead of us a publisher's clock may be.
const AHEAD: Duration = Duration::from_secs(24 * 3600);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<&'a str>,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback_html: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_published: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    in_language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byline: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    keywords: &'a [String],
    publisher: Publisher<'a>,
    discovered: Discovered<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Meta<'a>>,
}

/// Passed through to the record.
#[derive(Serialize)]
struct Meta<'a> {
    enclosures: Vec<Enclosure<'a>>,
}

#[derive(Serialize)]
struct Enclosure<'a> {
    url: &'a str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    media_type: Option<&'a str>,
}

#[derive(Serialize)]
struct Publisher<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    domain: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Discovered<'a> {
    at: String,
    via: &'a str,
    feed_url: &'a str,
}

/// What all messages of a poll have in common.
#[derive(Clone, Copy)]
pub(super) struct Announced<'a> {
    /// Where messages go.
    pub places: &'a RawPlaces,
    pub feed: &'a Feed,
    /// The kind of document.
    pub via: &'a str,
    pub now: OffsetDateTime,
    /// Where the story's text comes from.
    pub text: TextSource,
}

/// The message of an entry with what every broker takes: its page is to tell the rest.
pub(super) fn of_bare_entry(announced: Announced<'_>, entry: &Entry) -> OutgoingRawMessage {
    let entry = Entry { content: None, media: Vec::new(), keywords: Vec::new(), ..entry.clone() };
    of_entry(announced, &entry)
}

/// The message of an entry.
pub(super) fn of_entry(announced: Announced<'_>, entry: &Entry) -> OutgoingRawMessage {
    let Announced { places, feed, via, now, text } = announced;
    let page = match text {
        TextSource::Page => None,
        TextSource::Feed | TextSource::Longer => page_of(entry),
    };
    let (html, fallback_html) = match text {
        TextSource::Feed => (page.as_deref(), None),
        TextSource::Page | TextSource::Longer => (None, page.as_deref()),
    };
    let host = entry.url.host();
    let latest = now + AHEAD;
    let wire = Wire {
        id: entry.identity.id().as_str(),
        revision: entry.identity.revision().map(Revision::as_str),
        url: entry.url.as_str(),
        html,
        fallback_html,
        title: entry.title.as_deref(),
        date_published: entry
            .published
            .as_ref()
            .filter(|(_, at)| *at <= latest)
            .map(|(text, _)| text.as_str()),
        in_language: feed.language.as_deref().or(entry.language.as_deref()),
        byline: entry.byline.as_deref(),
        section: feed.section.as_deref().or(entry.section.as_deref()),
        keywords: &entry.keywords,
        publisher: Publisher { name: entry.publisher.as_deref(), domain: without_www(host) },
        discovered: Discovered {
            at: now.format(&Rfc3339).expect("a time of this century has an RFC 3339 form"),
            via,
            feed_url: feed.url.as_str(),
        },
        meta: meta(entry),
    };
    let subject = places.subject(&feed.source, &host_token(host));
    let body = serde_json::to_vec(&wire).expect("strings are JSON").into();
    OutgoingRawMessage::new(subject, entry.identity.key_str(), "application/json", body)
}

/// What the record is to tell of an entry beside its story: files that go with it. Pictures are the page's.
fn meta(entry: &Entry) -> Option<Meta<'_>> {
    let files = entry.media.iter().filter(|media| !media.is_image);
    let enclosures: Vec<_> = files
        .map(|media| Enclosure { url: media.url.as_str(), media_type: media.media_type.as_deref() })
        .collect();
    (!enclosures.is_empty()).then_some(Meta { enclosures })
}

/// The story that a feed carries as a page: headline, picture, text. None where it has no text, such as a
/// picture alone.
fn page_of(entry: &Entry) -> Option<String> {
    let content = entry.content.as_deref()?;
    of_html(content, 1)?;
    let mut page = "<!doctype html><html><head>".to_owned();
    if let Some(title) = &entry.title {
        page.push_str(&format!("<title>{}</title>", escaped(title)));
    }
    if let Some(image) = entry.media.iter().find(|media| media.is_image) {
        let url = escaped(image.url.as_str());
        page.push_str(&format!("<meta property=\"og:image\" content=\"{url}\">"));
    }
    page.push_str("</head><body><article>");
    if let Some(title) = &entry.title {
        page.push_str(&format!("<h1>{}</h1>", escaped(title)));
    }
    page.push_str(content);
    page.push_str("</article></body></html>");
    Some(page)
}
