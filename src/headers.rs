//! Names of the message headers that are ours: a contract between workers, producers and readers.

/// First stream sequence of the message in the raw stream; carried through retries.
pub const ORIGIN: &str = "News-Origin";
/// First place of the message: raw stream, its creation, sequence, time; carried through retries.
pub const PLACE: &str = "News-Raw-Place";
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

/// Whether a header is one that workers set on retries, rather than the producer's.
#[must_use]
pub fn is_carried(name: &str) -> bool {
    [ORIGIN, PLACE, ATTEMPTS, SINCE, RAW_SUBJECT, RAW_STREAM]
        .iter()
        .any(|carried| carried.eq_ignore_ascii_case(name))
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
