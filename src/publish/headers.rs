//! Headers of outcomes: our own, CloudEvents binary mode, and what passes through.
//!
//! No `Nats-*` header of an incoming message is sent again under its own name: the broker would
//! obey it (a copied `Nats-Msg-Id` makes a retry a duplicate). They are kept as `News-Original-*`.

use async_nats::HeaderMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::outcome::header;
use crate::disposition::Failure;
use crate::headers;
use crate::model::{Identity, Provenance};

/// What an outcome's headers say of its message.
#[derive(Debug)]
pub struct Cause<'a> {
    /// Who the story is.
    pub identity: &'a Identity,
    /// First stream sequence.
    pub raw_seq: u64,
    /// Where the raw message was.
    pub provenance: &'a Provenance,
    /// Headers of the raw message.
    pub incoming: &'a [(&'a str, &'a str)],
    /// This worker's name.
    pub worker: &'a str,
    /// CloudEvents `source`.
    pub event_source: &'a str,
    /// CloudEvents `type`, such as `news-ingest.story.v1`.
    pub event_type: &'static str,
    /// CloudEvents `dataschema`, where the body has one.
    pub data_schema: Option<&'a str>,
    /// Content type of the body; `None` leaves the incoming one.
    pub content_type: Option<&'static str>,
    /// The failure, of skipped messages and dead letters.
    pub failure: Option<&'a Failure>,
    /// Now, UTC.
    pub now: OffsetDateTime,
}

/// Longest value of a header that carries a text for people, in bytes.
const MAX_VALUE: usize = 1024;

/// Builds the headers of an outcome.
#[must_use]
pub fn outcome_headers(cause: &Cause<'_>) -> HeaderMap {
    let mut map = HeaderMap::new();
    let mut put = |name: &str, value: &str| header(&mut map, name, value);
    let time = cause.now.format(&Rfc3339).unwrap_or_default();
    put(headers::ORIGIN, &cause.raw_seq.to_string());
    put("News-Id", &encoded(cause.identity.id().as_str()));
    put("News-Key", cause.identity.key_str());
    if let Some(revision) = cause.identity.revision() {
        put("News-Revision", &encoded(revision.as_str()));
    }
    put("ce-specversion", "1.0");
    put("ce-id", cause.identity.key_str());
    put("ce-source", cause.event_source);
    put("ce-type", cause.event_type);
    put("ce-time", &time);
    if let Some(schema) = cause.data_schema {
        put("ce-dataschema", schema);
    }
    if let Some(failure) = cause.failure {
        put("News-Stage", failure.stage.as_str());
        put("News-Code", failure.code);
        put("News-Message", &encoded(&failure.message));
        put("News-Worker", cause.worker);
        put("News-Time", &time);
        let provenance = cause.provenance;
        put("News-Deliveries", &provenance.deliveries.unwrap_or(1).to_string());
        if let Some(subject) = &provenance.subject {
            put("News-Subject", subject);
        }
        if let Some(stream) = &provenance.stream {
            put("News-Stream", stream);
        }
        if let Some(sequence) = provenance.sequence {
            put("News-Sequence", &sequence.to_string());
        }
    }
    for (name, value) in cause.incoming {
        let lower = name.to_ascii_lowercase();
        if lower == "traceparent" || lower == "tracestate" {
            put(&lower, value);
        } else if cause.content_type.is_none()
            && (lower == "content-type" || lower == "content-encoding")
        {
            put(name, value);
        } else if cause.failure.is_some() && !headers::is_carried(name) {
            // What a replay needs to send the message again as it was.
            if name.starts_with(headers::ORIGINAL) {
                put(name, value);
            } else {
                put(&format!("{}{name}", headers::ORIGINAL), value);
            }
        }
    }
    if let Some(content_type) = cause.content_type {
        put("Content-Type", content_type);
    }
    map
}

/// Percent-encodes what a header value cannot carry (CloudEvents HTTP binding, 3.1.3.2), and `%`.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if out.len() >= MAX_VALUE * 3 {
            break;
        }
        match byte {
            b'%' | b'"' | 0x00..=0x1f | 0x7f..=0xff => out.push_str(&format!("%{byte:02X}")),
            byte => out.push(char::from(byte)),
        }
    }
    out
}
