//! Where a message came from and how long each stage took: facts about the work, not the story.
//!
//! Empty without a broker (`process`, `inspect`). Durations are wall time; `turn` is a part of `fetch`, and the wait
//! for a core is `queue`.

use std::time::Duration;

/// Where on the broker a raw message was, and how often it was delivered. Empty without a broker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Subject of the message.
    pub subject: Option<String>,
    /// Stream it was read from.
    pub stream: Option<String>,
    /// Its sequence in that stream.
    pub sequence: Option<u64>,
    /// Deliveries of this message so far, this one included.
    pub deliveries: Option<u64>,
}

/// How long the stages took for one story.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    /// Decoding the message, object store reads included.
    pub intake: Duration,
    /// Fetching, waits for the host's turn included; zero when nothing was fetched.
    pub fetch: Duration,
    /// Of the fetching, the waits for a turn at the page's hosts.
    pub turn: Duration,
    /// Waiting for a free core.
    pub queue: Duration,
    /// Page to article.
    pub extract: Duration,
    /// Article to story.
    pub tag: Duration,
    /// Record to stored outcome.
    pub publish: Duration,
}

impl Timings {
    /// The stages by name, in the order in which a story meets them.
    pub const STAGES: [&str; 7] = ["intake", "fetch", "turn", "queue", "extract", "tag", "publish"];

    /// The times in the order of [`Timings::STAGES`].
    #[must_use]
    pub const fn times(self) -> [Duration; Self::STAGES.len()] {
        let Self { intake, fetch, turn, queue, extract, tag, publish } = self;
        [intake, fetch, turn, queue, extract, tag, publish]
    }
}
