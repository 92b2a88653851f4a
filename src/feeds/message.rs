//! An entry as a raw message: what the workers are told of a story that they are to fetch.
//!
//! Valid against `schema raw`. Everything in it is bounded, so that no entry is too large for the raw
//! stream. A date that lies more than a day ahead is somebody's slip and is left out; the page has its
//! own.

use std::time::Duration;

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::list::Feed;
use super::parse::Entry;
use crate::publish::RawMessage;

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

/// The message of an entry that a feed of the kind `via` announces, found at `now`.
pub(super) fn of_entry(
    prefix: &str,
    feed: &Feed,
    entry: &Entry,
    via: &str,
    now: OffsetDateTime,
) -> RawMessage {
    let host = entry.url.host();
    let latest = now + AHEAD;
    let wire = Wire {
        id: entry.identity.id().as_str(),
        revision: entry.identity.revision().map(|revision| revision.as_str()),
        url: entry.url.as_str(),
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
        publisher: Publisher {
            name: entry.publisher.as_deref(),
            domain: host.strip_prefix("www.").unwrap_or(host),
        },
        discovered: Discovered {
            at: now.format(&Rfc3339).expect("a time of this century has an RFC 3339 form"),
            via,
            feed_url: feed.url.as_str(),
        },
    };
    RawMessage {
        subject: format!("{prefix}.raw.{}", feed.source),
        id: entry.identity.key_str().to_owned(),
        content_type: "application/json",
        body: serde_json::to_vec(&wire).expect("strings are JSON").into(),
    }
}
