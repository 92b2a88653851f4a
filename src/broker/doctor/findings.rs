//! What the doctor finds, and how much it matters.

use std::collections::BTreeMap;

use async_nats::jetstream::stream::Config;

use super::Role;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Good to know.
    Advice,
    /// It works, at a cost.
    Warning,
    /// Stories are lost or doubled, or the worker cannot work.
    Error,
}

impl Level {
    /// The word before a finding.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// What is found, where, and what follows from it.
    pub what: String,
    /// What to change.
    pub change: String,
}

#[derive(Default)]
pub(super) struct Findings {
    pub(super) all: Vec<Finding>,
    /// Streams of fewer than three replicas, by how many they have.
    few_replicas: BTreeMap<usize, Vec<String>>,
}

impl Findings {
    pub(super) fn add(&mut self, level: Level, what: String, change: String) {
        self.all.push(Finding { level, what, change });
    }

    pub(super) fn missing_stream(&mut self, name: &str, role: Role) {
        let (level, follows) = match role {
            Role::Raw | Role::Out(_) => (Level::Error, "workers cannot start"),
            Role::Retry => (
                Level::Warning,
                "retries are handed back with a delay and hold the consumer's ack budget",
            ),
            Role::Guard => (
                Level::Warning,
                "a story sent again after the out stream has discarded it is published again",
            ),
        };
        self.add(
            level,
            format!("stream {name} does not exist: {follows}"),
            "run `news-ingest provision`".to_owned(),
        );
    }

    pub(super) fn replicas(&mut self, name: &str, config: &Config) {
        if config.num_replicas < 3 {
            self.few_replicas.entry(config.num_replicas).or_default().push(name.to_owned());
        }
    }

    /// One finding for all streams of as many replicas.
    pub(super) fn tell_replicas(&mut self) {
        for (replicas, names) in std::mem::take(&mut self.few_replicas) {
            let (streams, have) =
                if names.len() == 1 { ("stream", "has") } else { ("streams", "have") };
            self.add(
                Level::Warning,
                format!(
                    "{streams} {} {have} replicas = {replicas}: unavailable while their server is down, and lost with its disk",
                    names.join(", "),
                ),
                "run `news-ingest provision --replicas 3` on a cluster of three servers in three zones"
                    .to_owned(),
            );
        }
    }

    /// The server does not tell its sync interval to clients.
    pub(super) fn sync(&mut self) {
        self.add(
            Level::Advice,
            "servers acknowledge first and sync to disk every two minutes by default: a power failure of \
             all replicas at once loses acknowledged writes; clients are not told what is set"
                .to_owned(),
            "spread replicas over zones, or set `sync_interval: always` in the server's jetstream block \
             (`nats.embedded.sync_always`)"
                .to_owned(),
        );
    }
}
