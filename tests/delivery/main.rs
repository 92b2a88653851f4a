//! Ways to lose, double or stall a story that the ledger of `tests/chaos` would meet too seldom, each
//! brought about on purpose, on a real broker.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

#[path = "../support/mod.rs"]
mod support;

mod attacks;
mod fallbacks;
mod guard;
mod headers;
mod letters;
mod objects;
mod operators;
mod outcomes;
mod partitions;
mod pulls;
mod refusals;
mod replays;
mod routes;
mod shutdown;
mod two_groups;

use news_ingest::model::{Identity, StoryId};

/// A raw message with its text.
fn text(id: &str) -> String {
    let text = "The bridge is closed. It will open again in June, said the mayor.";
    serde_json::json!({"id": id, "title": id, "text": text}).to_string()
}

fn link(id: &str, url: &str) -> String {
    serde_json::json!({"id": id, "url": url}).to_string()
}

/// The key of an id.
fn key(id: &str) -> String {
    Identity::new(StoryId::new(id).unwrap(), None).key().as_str().to_owned()
}
