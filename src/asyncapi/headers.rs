//! Headers of the messages, as schemas. `Nats-*` are the broker's and not listed; a test holds the
//! rest against messages that a worker has published.

use serde_json::{Map, Value, json};

use crate::headers as names;

const TEXT: &str = "string";

fn schema(all: &[(&str, &str)], required: &[&str], open: bool) -> Value {
    let properties: Map<String, Value> = all
        .iter()
        .map(|(name, says)| ((*name).to_owned(), json!({"type": TEXT, "description": says})))
        .collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "patternProperties": {"^Nats-": {"type": TEXT, "description": "The broker's."}},
        "additionalProperties": open,
    })
}

const TRACE: [(&str, &str); 2] =
    [("traceparent", "Passed through."), ("tracestate", "Passed through.")];

/// What every outcome on the out stream carries.
const OUTCOME: [(&str, &str); 12] = [
    (names::ORIGIN, "Sequence of the raw message when it first entered the raw stream."),
    (
        names::PLACE,
        "Raw stream, its creation, sequence and time of the raw message when it first came.",
    ),
    (
        names::REPLACES,
        "Sequence of the dead letter or skipped message of the same key that this one replaces.",
    ),
    (names::ID, "The story's id, percent-encoded where a header needs it."),
    (names::KEY, "The story's key."),
    (names::REVISION, "The story's revision, where it has one."),
    ("ce-specversion", "CloudEvents binary mode: 1.0."),
    ("ce-id", "The story's key."),
    ("ce-source", "`publish.event_source` of the configuration."),
    ("ce-type", "`news-ingest.story.v1`, `news-ingest.skipped.v1` or `news-ingest.dlq.v1`."),
    ("ce-time", "When it was made, RFC 3339."),
    ("Content-Type", "Of the body."),
];

/// Of a raw message; a producer may send others, which dead letters keep.
pub(super) fn raw() -> Value {
    let own = [
        ("Content-Type", "`application/json` when it is missing."),
        ("Content-Encoding", "`gzip`, `zstd` or `br`."),
        (names::ID, "The story's id, where the body names none."),
        (names::REVISION, "The story's revision, where the body names none."),
        (names::URL, "The page's address, where the body names none."),
        (
            names::OBJECT,
            "`<bucket>/<name>` of the body in an object store; it is read and never deleted.",
        ),
        ("Nats-Msg-Id", "Keeps a publish that is repeated from being stored twice."),
        ("ce-specversion", "CloudEvents binary mode."),
        (
            "ce-id",
            "CloudEvents binary mode; with `ce-source` the story's id, where nothing else names one.",
        ),
        ("ce-source", "CloudEvents binary mode."),
        ("ce-type", "CloudEvents binary mode."),
        (names::REPLAY_OF, "Sequence of the dead letter that the message replays."),
        (names::REPLAYS, "How often that was replayed."),
    ];
    schema(&[&own[..], &TRACE[..]].concat(), &[], true)
}

/// Of a story.
pub(super) fn story() -> Value {
    let own = [
        ("ce-dataschema", "URN of the record's schema."),
        (names::ROUTES, "The routes that the story takes, as JSON."),
    ];
    let required =
        [names::ORIGIN, names::ID, names::KEY, "ce-type", "ce-dataschema", "Content-Type"];
    schema(&[&OUTCOME[..], &own[..], &TRACE[..]].concat(), &required, false)
}

/// Of a skipped message or a dead letter.
pub(super) fn ended(kind: &str) -> Value {
    let own = [
        ("Content-Encoding", "A dead letter's: as the raw message had it."),
        (names::STAGE, "Where the story ended."),
        (names::CODE, "Why, of a bounded set."),
        (names::MESSAGE, "Why, for people; percent-encoded where a header needs it."),
        (names::WORKER, "The worker that ended it."),
        (names::TIME, "When, RFC 3339."),
        (names::DELIVERIES, "How often the message was delivered."),
        (names::SUBJECT, "Subject of the raw message."),
        (names::STREAM, "Stream of the raw message."),
        (names::SEQUENCE, "Sequence of the raw message."),
        (
            names::OBJECT,
            "Of a dead letter without a body: the object that holds it, `<bucket>/<name>`.",
        ),
        (
            names::MORE_ORIGINALS,
            "Of a dead letter: the object with those headers of the raw message that have no room here.",
        ),
    ];
    let required =
        [names::ORIGIN, names::ID, names::KEY, names::STAGE, names::CODE, names::MESSAGE];
    let mut schema = schema(&[&OUTCOME[..], &own[..], &TRACE[..]].concat(), &required, false);
    schema["properties"]["ce-type"]["const"] = format!("news-ingest.{kind}.v1").into();
    schema["patternProperties"][format!("^{}", names::ORIGINAL)] =
        json!({"type": TEXT, "description": "A header of the raw message."});
    schema
}

/// Of a story on a user's route.
pub(super) fn routed() -> Value {
    let own = [
        (names::ORIGIN, OUTCOME[0].1),
        (names::ROUTE, "The route's name."),
        ("Content-Type", "`application/json`."),
    ];
    schema(&own, &[names::ORIGIN, names::ROUTE, "Content-Type"], false)
}
