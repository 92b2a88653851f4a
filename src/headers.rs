//! Names of the message headers that are ours: a contract between workers, producers and readers.
//!
//! A producer sets those that say what the message is (`describes_body`), workers those of retries
//! (`is_set_on_retries`) and of outcomes. A skipped message and a dead letter keep the raw message's own headers under
//! `News-Original-`, so that a replay is the message again. The broker's own (`Nats-*`) are never passed on: the broker
//! would obey them.

/// The story's id: a producer's where the body names none, and ours on every outcome.
pub const ID: &str = "News-Id";
/// The story's revision, from and to the same places.
pub const REVISION: &str = "News-Revision";
/// The page's address, where the body of a raw message names none.
pub const URL: &str = "News-Url";
/// The story's key.
pub const KEY: &str = "News-Key";
/// The routes that a stored story takes, as JSON.
pub const ROUTES: &str = "News-Routes";
/// The route that a message was sent along.
pub const ROUTE: &str = "News-Route";
/// Stage that a skipped message or dead letter ended in.
pub const STAGE: &str = "News-Stage";
/// Why it ended there, of a bounded set.
pub const CODE: &str = "News-Code";
/// Why, for people.
pub const MESSAGE: &str = "News-Message";
/// The worker that ended it.
pub const WORKER: &str = "News-Worker";
/// When, RFC 3339.
pub const TIME: &str = "News-Time";
/// How often its message was delivered.
pub const DELIVERIES: &str = "News-Deliveries";
/// Subject of its raw message.
pub const SUBJECT: &str = "News-Subject";
/// Stream of its raw message.
pub const STREAM: &str = "News-Stream";
/// Sequence of its raw message.
pub const SEQUENCE: &str = "News-Sequence";
/// First stream sequence of the message in the raw stream; carried through retries.
pub const ORIGIN: &str = "News-Origin";
/// First place of the message: raw stream, its creation, sequence, time; carried through retries.
pub const PLACE: &str = "News-Raw-Place";
/// On the mark of a key in the guard stream: its story was published.
pub const PUBLISHED: &str = "News-Published";
/// Sequence of the skipped message or dead letter that an outcome takes the place of.
pub const REPLACES: &str = "News-Replaces";
/// Object with those headers of a dead letter's message that have no room in the letter, as JSON.
pub const MORE_ORIGINALS: &str = "News-More-Original";
/// The header block of a message whose headers cannot be read, in base64; on its dead letter.
pub const HEADER_BLOCK: &str = "Header-Block";
/// Attempts made so far; carried through retries.
pub const ATTEMPTS: &str = "News-Attempts";
/// When the message entered the raw stream, in Unix seconds; carried through retries.
pub const SINCE: &str = "News-Since";
/// When a message was first tried, in Unix seconds; carried through retries.
pub const TRIED: &str = "News-Tried";
/// Of a message that is to be tried later: why, as `stage.code: message`, for `find`.
pub const WAITS_FOR: &str = "News-Waits-For";
/// Subject of the raw message; carried through retries.
pub const RAW_SUBJECT: &str = "News-Raw-Subject";
/// Stream of the raw message; carried through retries.
pub const RAW_STREAM: &str = "News-Raw-Stream";
/// Object that holds the message's body: `<bucket>/<name>`.
pub const OBJECT: &str = "News-Object";
/// Sequence of the dead letter that a message replays.
pub const REPLAY_OF: &str = "News-Replay-Of";
/// How often a dead letter's message has been replayed.
pub const REPLAYS: &str = "News-Replays";
/// Prefix under which dead letters keep the headers of their message.
pub const ORIGINAL: &str = "News-Original-";
/// [`HEADER_BLOCK`] of a dead letter's message.
pub const ORIGINAL_HEADER_BLOCK: &str = "News-Original-Header-Block";
/// [`URL`] of a dead letter's message.
pub const ORIGINAL_URL: &str = "News-Original-News-Url";
/// [`OBJECT`] of a dead letter's message.
pub const ORIGINAL_OBJECT: &str = "News-Original-News-Object";

/// Whether a header is one that workers set on retries, rather than the producer's.
#[must_use]
pub fn is_set_on_retries(name: &str) -> bool {
    [ORIGIN, PLACE, ATTEMPTS, SINCE, TRIED, RAW_SUBJECT, RAW_STREAM, WAITS_FOR]
        .iter()
        .any(|ours| ours.eq_ignore_ascii_case(name))
}

/// Whether a header is the broker's own; sent again it would be obeyed.
#[must_use]
pub fn is_brokers(name: &str) -> bool {
    name.get(..5).is_some_and(|prefix| prefix.eq_ignore_ascii_case("nats-"))
}

/// Whether a header says how a message's body is to be read, or what the message is: it belongs to that body
/// and to no other.
#[must_use]
pub fn describes_body(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("content-")
        || name.starts_with("ce-")
        || ["news-id", "news-revision", "news-url", "news-object"].contains(&name.as_str())
}
