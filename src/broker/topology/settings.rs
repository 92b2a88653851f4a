//! The `[streams]` table: names and limits of the group's streams, what is checked of them, and the subjects that
//! follow.
//!
//! Sizes in MiB, ages in hours. Refuses names that are no tokens, ages that a server cannot count, and routes under
//! subjects of the service's own (`is_own_subject`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::partitions::Partition;
use crate::model::OutcomeKind;

/// Names and limits of the group's streams and consumers.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// First token of every subject.
    pub prefix: String,
    /// Work queue of raw messages.
    pub raw_stream: String,
    /// Stories to be tried later, as scheduled messages (server 2.12).
    pub retry_stream: String,
    /// Stream of every outcome.
    pub out_stream: String,
    /// Log of what was seen, by which copies are known.
    pub seen_stream: String,
    /// Object store for bodies of dead letters that are too large for a message.
    pub dlq_bucket: String,
    /// Durable consumer that all workers of the group share.
    pub group: String,
    /// How many raw, retry and out streams share the work; 1: one of each.
    pub partitions: usize,
    /// Earlier numbers of partitions, the latest last, whose streams are worked off and whose outcomes count.
    pub previous_partitions: Vec<usize>,
    /// Partitions that a worker pulls from, by number from 0; empty: all.
    pub bind: Vec<usize>,
    /// Size bound of each raw stream, in MiB; a full stream refuses new messages.
    pub raw_max_mib: u64,
    /// Size bound of each out stream, in MiB; 16384 hold 2.9 million stories of 6 KB.
    pub out_max_mib: u64,
    /// How long outcomes are kept at the most, in hours; stories, skipped messages and dead letters have times of their own
    /// (`publish.*_ttl_hours`).
    pub out_max_age_hours: u64,
    /// What a full out stream does: `new` accepts nothing until there is room, so that no outcome is lost unread, and
    /// every story waits; `old` discards its oldest outcomes.
    pub out_discard: Discard,
    /// How long the key of a published story is remembered, in hours, in a stream of its own, so that no second one is
    /// published after the out stream has discarded it; 0: no such stream, a key is forgotten with its story.
    pub guard_max_age_hours: u64,
    /// Size bound of the stream of keys, in MiB; the oldest go first. 0: none but their age.
    pub guard_max_mib: u64,
    /// Copies of each stream in a cluster: 1, 3 or 5.
    pub replicas: usize,
    /// Scheduled retries beyond which workers hand messages back with a delay instead: the retry
    /// stream has no limit of its own, because one would lose schedules.
    pub retry_max_messages: u64,
    /// Deliveries that may be unacknowledged over all workers; at least workers x `intake.max_in_flight`.
    pub max_ack_pending: i64,
    /// What the log of seen stories keeps: `publish.duplicate_window_*`.
    #[serde(skip)]
    #[schemars(skip)]
    pub seen_window: SeenWindow,
}

/// What a full stream gives up; NATS' `discard`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Discard {
    /// The oldest messages.
    Old,
    /// What is sent to it.
    New,
}

/// Longest that a stream keeps anything, in hours: ten years. Servers refuse what their clock cannot count.
pub const LONGEST_HOURS: u64 = 87_600;

/// How much the log of seen stories keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenWindow {
    /// Longest age of an entry, in hours.
    pub hours: u64,
    /// Size bound, in MiB; the oldest goes first.
    pub mib: u64,
}

impl Default for SeenWindow {
    fn default() -> Self {
        Self { hours: 7 * 24, mib: 150 }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            prefix: "news".to_owned(),
            raw_stream: "NEWS_RAW".to_owned(),
            retry_stream: "NEWS_RETRY".to_owned(),
            out_stream: "NEWS_OUT".to_owned(),
            seen_stream: "NEWS_SEEN".to_owned(),
            dlq_bucket: "news_dlq".to_owned(),
            group: "news-ingest".to_owned(),
            partitions: 1,
            previous_partitions: Vec::new(),
            bind: Vec::new(),
            raw_max_mib: 4 << 10,
            out_max_mib: 16 << 10,
            out_max_age_hours: 30 * 24,
            out_discard: Discard::New,
            guard_max_age_hours: 30 * 24,
            guard_max_mib: 0,
            replicas: 1,
            retry_max_messages: 1_000_000,
            max_ack_pending: 10_000,
            seen_window: SeenWindow::default(),
        }
    }
}

impl Settings {
    /// Checks names and limits.
    ///
    /// # Errors
    /// Names the key that is out of range.
    pub fn check(&self) -> Result<(), String> {
        for (key, name) in [
            ("prefix", &self.prefix),
            ("raw_stream", &self.raw_stream),
            ("retry_stream", &self.retry_stream),
            ("out_stream", &self.out_stream),
            ("seen_stream", &self.seen_stream),
            ("dlq_bucket", &self.dlq_bucket),
            ("group", &self.group),
        ] {
            if !crate::model::is_token(name) {
                return Err(format!("streams.{key} = {name:?} is not 1 to 64 of [A-Za-z0-9_-]"));
            }
        }
        let guard = format!("{}_GUARD", self.out_stream);
        let names =
            [&self.raw_stream, &self.retry_stream, &self.out_stream, &self.seen_stream, &guard];
        if names.iter().enumerate().any(|(at, name)| names[..at].contains(name)) {
            return Err(format!(
                "streams.raw_stream, retry_stream, out_stream and seen_stream must differ, and none be {guard}"
            ));
        }
        if !matches!(self.replicas, 1 | 3 | 5) {
            return Err(format!("streams.replicas = {} is not 1, 3 or 5", self.replicas));
        }
        if self.raw_max_mib == 0 || self.out_max_mib == 0 || self.out_max_age_hours == 0 {
            return Err(
                "streams.raw_max_mib, out_max_mib and out_max_age_hours must be above 0".to_owned()
            );
        }
        for (key, hours) in [
            ("guard_max_age_hours", self.guard_max_age_hours),
            ("out_max_age_hours", self.out_max_age_hours),
        ] {
            if hours > LONGEST_HOURS {
                return Err(format!("streams.{key} = {hours} is over {LONGEST_HOURS}"));
            }
        }
        if self.max_ack_pending < 1 {
            return Err("streams.max_ack_pending must be above 0".to_owned());
        }
        self.check_partitions()
    }

    /// Subjects of outcomes, as they are stored.
    #[must_use]
    pub fn out_subjects(&self) -> Vec<String> {
        OutcomeKind::ALL.map(|kind| format!("{}.{}.*.*.*", self.prefix, kind.as_str())).into()
    }

    /// The stream that is the object store for bodies of dead letters.
    pub(crate) fn bodies_stream(&self) -> String {
        format!("OBJ_{}", self.dlq_bucket)
    }

    /// The guard stream, in which keys of stories are marked; `None` where there is to be none.
    #[must_use]
    pub fn guard_stream(&self) -> Option<String> {
        (self.guard_max_age_hours > 0).then(|| format!("{}_GUARD", self.out_stream))
    }

    /// How long a key is remembered, in hours: never shorter than its story is kept.
    pub(crate) fn guard_hours(&self) -> u64 {
        self.guard_max_age_hours.max(self.out_max_age_hours)
    }

    /// Subject of a key's claim.
    pub(crate) fn guard_subject(&self, key: &str) -> String {
        format!("{}.guard.{key}", self.prefix)
    }

    /// Whether the service keeps messages of its own under a subject: what is published there by others would be taken
    /// for them.
    /// A token `*` of the subject stands for any.
    #[must_use]
    pub fn is_own_subject(&self, subject: &str) -> bool {
        const OWN: [&str; 8] = ["raw", "retry", "story", "skipped", "dlq", "seen", "guard", "part"];
        let mut tokens = subject.split('.');
        let is = |token: &str, known: &str| token == "*" || token == known;
        let has_prefix =
            self.prefix.split('.').all(|own| tokens.next().is_some_and(|token| is(token, own)));
        has_prefix && tokens.next().is_some_and(|token| OWN.iter().any(|own| is(token, own)))
    }

    /// Subject of the log of seen stories.
    #[must_use]
    pub fn seen_subject(&self) -> String {
        format!("{}.seen.log", self.prefix)
    }

    /// Where retries come due.
    pub(crate) fn due_subjects(&self, part: Partition) -> String {
        format!("{}.due.>", self.retry_root(part))
    }
}
