//! Headers of outcomes: our own, CloudEvents binary mode, and what passes through.
//!
//! No `Nats-*` header of an incoming message is sent again under its own name: the broker would
//! obey it (a copied `Nats-Msg-Id` makes a retry a duplicate). They are kept as `News-Original-*`.

use async_nats::HeaderMap;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::request::{add_header, header};
use crate::disposition::Failure;
use crate::headers;
use crate::model::{Identity, Provenance, RawPlace};

/// What an outcome's headers are made of: the message, its failure, the worker.
#[derive(Debug)]
pub struct OutcomeContext<'a> {
    /// Who the story is.
    pub identity: &'a Identity,
    /// Where the message first entered a raw stream.
    pub place: &'a RawPlace,
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

/// Bytes of the message's own headers in an outcome, at most.
const MAX_ORIGINALS: usize = 24 << 10;

/// Longest value of a header that carries a text for people, in bytes.
const MAX_VALUE: usize = 1024;

/// Builds the headers of an outcome.
#[must_use]
pub fn outcome_headers(context: &OutcomeContext<'_>) -> HeaderMap {
    let mut map = HeaderMap::new();
    let mut put = |name: &str, value: &str| header(&mut map, name, value);
    let time = context.now.format(&Rfc3339).unwrap_or_default();
    put(headers::ORIGIN, &context.place.sequence.to_string());
    put(headers::PLACE, &context.place.to_string());
    put(headers::ID, &encoded(context.identity.id().as_str()));
    put(headers::KEY, context.identity.key_str());
    if let Some(revision) = context.identity.revision() {
        put(headers::REVISION, &encoded(revision.as_str()));
    }
    put("ce-specversion", "1.0");
    put("ce-id", context.identity.key_str());
    put("ce-source", context.event_source);
    put("ce-type", context.event_type);
    put("ce-time", &time);
    if let Some(schema) = context.data_schema {
        put("ce-dataschema", schema);
    }
    if let Some(failure) = context.failure {
        put(headers::STAGE, failure.stage.as_str());
        put(headers::CODE, failure.code);
        put(headers::MESSAGE, &encoded(&failure.message));
        put(headers::WORKER, context.worker);
        put(headers::TIME, &time);
        let provenance = context.provenance;
        put(headers::DELIVERIES, &provenance.deliveries.unwrap_or(1).to_string());
        if let Some(subject) = &provenance.subject {
            put(headers::SUBJECT, &encoded(subject));
        }
        if let Some(stream) = &provenance.stream {
            put(headers::STREAM, stream);
        }
        if let Some(sequence) = provenance.sequence {
            put(headers::SEQUENCE, &sequence.to_string());
        }
    }
    for (name, value) in context.incoming {
        let lower = name.to_ascii_lowercase();
        let short = value.len() <= MAX_VALUE;
        if short && (lower == "traceparent" || lower == "tracestate") {
            header(&mut map, &lower, value);
        } else if short
            && context.content_type.is_none()
            && (lower == "content-type" || lower == "content-encoding")
        {
            // The first counts, as in reading.
            if !has_header(&map, &lower) {
                header(&mut map, name, value);
            }
        } else if context.failure.is_some() && !headers::is_set_on_retries(name) {
            // What a replay needs to send the message again as it was.
            add_header(&mut map, &original_name(name), value);
        }
    }
    if let Some(content_type) = context.content_type {
        header(&mut map, "Content-Type", content_type);
    }
    map
}

fn has_header(map: &HeaderMap, lower: &str) -> bool {
    map.iter().any(|(name, _)| AsRef::<str>::as_ref(name).eq_ignore_ascii_case(lower))
}

/// Under which name an outcome keeps a header of its message. Headers of the broker's that a schedule carried have
/// that name already; any other that looks like it is a producer's own.
fn original_name(name: &str) -> String {
    if name.strip_prefix(headers::ORIGINAL).is_some_and(headers::is_brokers) {
        return name.to_owned();
    }
    format!("{}{name}", headers::ORIGINAL)
}

/// Names and values of headers.
pub type HeaderPairs<'a> = Vec<(&'a str, &'a str)>;

/// Parts a message's headers into those that an outcome has room for and the others. The broker takes
/// 64 KiB of headers in one message, our own among them.
#[must_use]
pub fn split_headers<'a>(
    incoming: impl Iterator<Item = (&'a str, &'a str)>,
) -> (HeaderPairs<'a>, HeaderPairs<'a>) {
    let mut room = MAX_ORIGINALS;
    incoming.partition(|(name, value)| {
        let size = headers::ORIGINAL.len() + name.len() + value.len() + 4;
        // What the client of a reader might not get through its parser stays out of the header.
        let plain = value.chars().all(|c| !c.is_control() || c == '\t');
        let fits = size <= room && plain;
        room -= if fits { size } else { 0 };
        fits
    })
}

/// What is to be put aside of headers that [`split_headers`] found no room for: a JSON array of pairs.
#[must_use]
pub fn headers_json(more: &[(&str, &str)]) -> String {
    serde_json::to_string(more).expect("pairs of strings")
}

/// Percent-encodes what a header value cannot carry (CloudEvents HTTP binding, 3.1.3.2), and `%`.
pub(super) fn encoded(text: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposition::{Disposition, HostCondition, Stage};
    use crate::model::StoryId;
    use proptest::prelude::*;

    fn letter(incoming: &[(&str, &str)]) -> HeaderMap {
        let failure = Failure {
            stage: Stage::Intake,
            code: "not_json",
            disposition: Disposition::Reject,
            host: HostCondition::Unknown,
            message: "x".repeat(Failure::MAX_MESSAGE),
        };
        outcome(incoming, Some(&failure), None)
    }

    fn outcome(
        incoming: &[(&str, &str)],
        failure: Option<&Failure>,
        content_type: Option<&'static str>,
    ) -> HeaderMap {
        let identity = Identity::new(StoryId::new("x").unwrap(), None);
        let place = RawPlace { stream: "NEWS_RAW".to_owned(), created: 1, sequence: 2, since: 3 };
        outcome_headers(&OutcomeContext {
            identity: &identity,
            place: &place,
            provenance: &Provenance::default(),
            incoming,
            worker: "w",
            event_source: "urn:news-ingest",
            event_type: "news-ingest.dlq.v1",
            data_schema: None,
            content_type,
            failure,
            now: OffsetDateTime::UNIX_EPOCH,
        })
    }

    fn of<'a>(map: &'a HeaderMap, name: &str) -> Vec<&'a str> {
        map.get_all(name).map(async_nats::HeaderValue::as_str).collect()
    }

    #[test]
    fn a_trace_goes_on_under_its_name() {
        let sent = [("Traceparent", "00-a-b-01"), ("tracestate", "vendor=1")];
        for map in [letter(&sent), outcome(&sent, None, Some("application/json"))] {
            assert_eq!(of(&map, "traceparent"), ["00-a-b-01"]);
            assert_eq!(of(&map, "tracestate"), ["vendor=1"]);
        }
        let long = "x".repeat(MAX_VALUE + 1);
        let map = letter(&[("tracestate", &long)]);
        assert!(of(&map, "tracestate").is_empty());
        assert_eq!(of(&map, "News-Original-tracestate"), [long.as_str()]);
    }

    #[test]
    fn generated_body_has_its_own_content_type() {
        let sent = [("content-type", "text/html"), ("content-encoding", "gzip"), ("X-Desk", "a")];
        let map = outcome(&sent, None, Some("application/json"));
        assert_eq!(of(&map, "Content-Type"), ["application/json"]);
        for name in ["content-type", "content-encoding", "X-Desk", "News-Original-X-Desk"] {
            assert!(of(&map, name).is_empty(), "{name}");
        }
        // A message's own body keeps both, but for one that no header of an outcome should be as long as.
        let long = format!("text/html; note={}", "x".repeat(MAX_VALUE));
        let map = letter(&[("content-type", &long), ("content-encoding", "gzip")]);
        assert!(of(&map, "content-type").is_empty());
        assert_eq!(of(&map, "News-Original-content-type"), [long.as_str()]);
        assert_eq!(of(&map, "content-encoding"), ["gzip"]);
    }

    #[test]
    fn what_retries_set_is_no_header_of_producers() {
        let map = letter(&[("News-Attempts", "3"), ("X-Desk", "a")]);
        assert!(of(&map, "News-Original-News-Attempts").is_empty());
        assert_eq!(of(&map, "News-Original-X-Desk"), ["a"]);
    }

    #[test]
    fn headers_are_kept_up_to_their_room() {
        // Beside the value: the prefix, the name, a colon, a space, an end of line.
        let room = MAX_ORIGINALS - (headers::ORIGINAL.len() + "X-Note".len() + 4);
        let kept = |sent: &[(&str, &str)]| split_headers(sent.iter().copied()).0.len();
        assert_eq!(kept(&[("X-Note", &"x".repeat(room))]), 1);
        assert_eq!(kept(&[("X-Note", &"x".repeat(room + 1))]), 0);
        let half = MAX_ORIGINALS / 2 - (MAX_ORIGINALS - room);
        assert_eq!(kept(&[("X-Note", &"x".repeat(half)), ("X-Note", &"x".repeat(half))]), 2);
        assert_eq!(kept(&[("X-Note", &"x".repeat(half)), ("X-Note", &"x".repeat(half + 1))]), 1);
        // One that has no room takes none from the next.
        assert_eq!(kept(&[("X-Note", &"x".repeat(room + 1)), ("X-Note", "a")]), 1);
        assert_eq!(kept(&[("X-Note", "a\tb"), ("X-Note", "a\u{1}b"), ("X-Note", "a\u{85}b")]), 1);
    }

    #[test]
    fn encoded_texts_end_at_their_bound() {
        assert_eq!(encoded("50% \"café\"\n"), "50%25 %22caf%C3%A9%22%0A");
        assert_eq!(encoded(&"a".repeat(4 * MAX_VALUE)).len(), 3 * MAX_VALUE);
        assert_eq!(encoded(&"é".repeat(MAX_VALUE)).len(), 3 * MAX_VALUE);
    }

    proptest! {
        #[test]
        fn no_header_of_a_letter_is_lost(
            sent in prop::collection::vec(
                ("[A-Za-z][A-Za-z0-9-]{0,20}", prop_oneof!["[ -~]{0,40}", "[a-z]{1,9}".prop_map(|s| s.repeat(3000))]),
                0..40,
            )
        ) {
            let sent: Vec<(&str, &str)> = sent.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let (kept, more) = split_headers(sent.iter().copied());
            prop_assert_eq!(kept.len() + more.len(), sent.len());
            let map = letter(&kept);
            prop_assert!(super::super::request::headers_len(&map) < 60 << 10);
            for (name, value) in kept.iter().filter(|(name, _)| !headers::is_set_on_retries(name)) {
                let lower = name.to_ascii_lowercase();
                if ["traceparent", "tracestate", "content-type", "content-encoding"].contains(&lower.as_str()) {
                    continue;
                }
                let values: Vec<_> = map.get_all(original_name(name)).map(|v| v.as_str().to_owned()).collect();
                prop_assert!(values.iter().any(|v| v.trim() == value.trim()), "{} is not kept", name);
            }
            let back: Vec<(String, String)> = serde_json::from_str(&headers_json(&more)).unwrap();
            let back: Vec<(&str, &str)> = back.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let mut all = kept;
            all.extend(&back);
            let (mut all, mut sent) = (all, sent);
            all.sort_unstable();
            sent.sort_unstable();
            prop_assert_eq!(all, sent);
        }
    }

    #[test]
    fn first_of_two_content_types_counts() {
        let map = letter(&[("Content-Type", "text/html"), ("content-type", "text/plain")]);
        let values: Vec<_> = map
            .iter()
            .filter(|(name, _)| AsRef::<str>::as_ref(name).eq_ignore_ascii_case("content-type"))
            .flat_map(|(_, values)| values.iter().map(|value| value.as_str().to_owned()))
            .collect();
        assert_eq!(values, ["text/html"]);
    }

    #[test]
    fn two_values_of_one_header_stay_two() {
        let map = letter(&[("X-Desk", "a"), ("X-Desk", "b")]);
        let values: Vec<_> =
            map.get_all("News-Original-X-Desk").map(async_nats::HeaderValue::as_str).collect();
        assert_eq!(values, ["a", "b"]);
    }
}
