//! What the workers of a group share: whose turn it is at which host, robots rules, which stories
//! were seen, which messages were handed back, and the feeds that are polled.
//!
//! It lives in three JetStream key-value buckets and a log of what was seen, so that a group needs no further service and no
//! coordinator; without a broker the same rules hold within the process. Both are one small
//! abstraction, [`Bucket`], whose writes are compare-and-set, and one clock, [`Clock`], which is the
//! server's.
//!
//! Nothing here decides what a story becomes; it refuses nothing but a broker that does not answer.
//! All of it may be lost without losing a story: the next worker rebuilds it.

use std::time::Duration;

use async_nats::jetstream;
use serde::{Deserialize, Serialize};

use crate::broker::topology;

mod bucket;
mod clock;
mod duplicate_index;
mod duplicate_log;
mod feeds;
mod hosts;
mod memory;
mod nak_ledger;

pub use bucket::{Bucket, Entry, Revision, bucket_token};
pub use clock::{Clock, Moment};
pub use duplicate_index::{Comparison, DuplicateIndex, SeenEntry, Window};
pub use duplicate_log::{DuplicateLog, LogPlace, Seen};
pub use feeds::{
    FeedClaim, FeedReply, Feeds, Hashes, KnownEntries, KnownEntry, KnownFeed, KnownPart, UpdateTime,
};
pub use hosts::{
    Deferred, HostNews, HostPermit, HostPolicy, Hosts, Observation, PermitReply, Requester,
};
pub use nak_ledger::{NakCounts, NakLedger, StreamPlace};

/// Why shared state could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The broker did not answer, or answered with an error.
    #[error("bucket {bucket} is not available")]
    Unavailable {
        /// The bucket's name.
        bucket: String,
        /// What the client said.
        #[source]
        source: async_nats::Error,
    },
    /// The bucket does not exist.
    #[error("bucket {0} does not exist; `news-ingest provision` creates it")]
    Missing(String),
    /// The bucket could not be looked at.
    #[error(transparent)]
    Topology(topology::Error),
    /// A note is not what a worker wrote.
    #[error("what is noted under {key} cannot be read")]
    Unreadable {
        /// The note's key.
        key: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// Names and life times of the shared buckets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The buckets are called `<prefix>_hosts`, `<prefix>_robots` and `<prefix>_feeds`.
    pub bucket_prefix: String,
    /// `publish.duplicate_window_hours` by its name of before version 0.2, in seconds.
    #[serde(skip_serializing)]
    #[schemars(skip)]
    pub seen_ttl_secs: Option<u64>,
}

impl Settings {
    /// Checks names and limits.
    ///
    /// # Errors
    /// Names the key that cannot be used.
    pub fn check(&self) -> Result<(), String> {
        // What a bucket's name may be made of.
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if !(1..=64).contains(&self.bucket_prefix.len()) || !self.bucket_prefix.bytes().all(fits) {
            return Err("state.bucket_prefix is not 1 to 64 characters of [A-Za-z0-9_-]".to_owned());
        }
        Ok(())
    }

    /// Names of the buckets that a worker needs.
    #[must_use]
    pub fn buckets(&self) -> Vec<String> {
        [Kind::Hosts, Kind::Robots].map(|kind| kind.name(self)).into()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self { bucket_prefix: "news".to_owned(), seen_ttl_secs: None }
    }
}

/// Longest life of an entry in the buckets `hosts` and `robots`. Longer than any Crawl-delay that is
/// obeyed and any robots rules that are kept (both are at most 24 h).
const HOSTS_TTL: Duration = Duration::from_secs(26 * 3600);

/// How long a feed that is no longer polled is remembered; also how long one that is gone is left
/// alone.
const FEEDS_TTL: Duration = Duration::from_secs(90 * 24 * 3600);

/// Most entries that an in-process bucket holds; the oldest go first.
const IN_PROCESS_ENTRIES: usize = 50_000;

/// One of the buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Hosts,
    Robots,
    Feeds,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Hosts, Self::Robots, Self::Feeds];

    fn name(self, settings: &Settings) -> String {
        let kind = match self {
            Self::Hosts => "hosts",
            Self::Robots => "robots",
            Self::Feeds => "feeds",
        };
        format!("{}_{kind}", settings.bucket_prefix)
    }

    fn description(self) -> &'static str {
        match self {
            Self::Hosts => "news-ingest: whose turn it is at which host",
            Self::Robots => "news-ingest: robots.txt by origin",
            Self::Feeds => "news-ingest: feeds, who polls them and what is known of them",
        }
    }

    fn ttl(self) -> Duration {
        match self {
            Self::Hosts | Self::Robots => HOSTS_TTL,
            Self::Feeds => FEEDS_TTL,
        }
    }

    /// Files throughout: a server that is alone forgets a stream in memory when it restarts, bucket
    /// and all, and no worker could start or fetch until it is provisioned again.
    const STORAGE: jetstream::stream::StorageType = jetstream::stream::StorageType::File;
}

/// Handle on everything that workers share; [`Feeds`] is bound by who polls feeds. Cheap to clone.
#[derive(Clone, Debug)]
pub struct State {
    hosts: Hosts,
    robots: Bucket,
    nak_ledger: NakLedger,
    clock: Clock,
}

impl State {
    /// State of this process alone, for work without a broker. Bounded: each bucket drops its
    /// oldest entries at 50,000. No setting matters here: there are no names to give.
    #[must_use]
    pub fn in_process(_settings: &Settings) -> Self {
        let clock = Clock::local();
        let bucket = |kind: Kind| Bucket::in_process(kind.ttl(), IN_PROCESS_ENTRIES, &clock);
        let hosts = bucket(Kind::Hosts);
        Self {
            nak_ledger: NakLedger::new(hosts.clone(), clock.clone()),
            hosts: Hosts::new(hosts, clock.clone()),
            robots: bucket(Kind::Robots),
            clock: clock.clone(),
        }
    }

    /// State of the group: binds the buckets that [`provision`] created, and sets the clock.
    ///
    /// # Errors
    /// When a bucket does not exist or the broker does not answer.
    pub async fn bind(context: &jetstream::Context, settings: &Settings) -> Result<Self, Error> {
        let hosts = Bucket::bind(context, Kind::Hosts.name(settings)).await?;
        let robots = Bucket::bind(context, Kind::Robots.name(settings)).await?;
        let clock = Clock::of_server(hosts.clone());
        clock.synchronise().await?;
        let nak_ledger = NakLedger::new(hosts.clone(), clock.clone());
        let hosts = Hosts::new(hosts, clock.clone());
        Ok(Self { hosts, robots, nak_ledger, clock })
    }

    /// Whose turn it is at which host.
    #[must_use]
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// Robots rules by origin.
    #[must_use]
    pub fn robots(&self) -> &Bucket {
        &self.robots
    }

    /// Which messages were handed back, and why.
    #[must_use]
    pub fn nak_ledger(&self) -> &NakLedger {
        &self.nak_ledger
    }

    /// The group's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}

/// Creates the buckets, or brings existing ones to the settings. May be run at any time.
///
/// # Errors
/// When the broker does not answer or refuses; names the bucket.
pub async fn provision(
    context: &jetstream::Context,
    settings: &Settings,
    replicas: usize,
) -> Result<(), Error> {
    for kind in Kind::ALL {
        let bucket = kind.name(settings);
        let config = jetstream::kv::Config {
            bucket: bucket.clone(),
            description: kind.description().to_owned(),
            history: 1,
            max_age: kind.ttl(),
            storage: Kind::STORAGE,
            num_replicas: replicas,
            ..Default::default()
        };
        context
            .create_or_update_key_value(config)
            .await
            .map_err(|e| Error::Unavailable { bucket, source: e.into() })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_named_by_their_prefix() {
        let settings = Settings { bucket_prefix: "desk".to_owned(), ..Settings::default() };
        assert_eq!(settings.buckets(), ["desk_hosts", "desk_robots"]);
        let names = Kind::ALL.map(|kind| kind.name(&settings));
        assert_eq!(names, ["desk_hosts", "desk_robots", "desk_feeds"]);
        for kind in Kind::ALL {
            assert!(kind.description().starts_with("news-ingest: "), "{kind:?}");
        }
    }

    #[test]
    fn entries_outlive_what_they_are_about() {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        assert_eq!([Kind::Hosts, Kind::Robots].map(Kind::ttl), [hours(26), hours(26)]);
        assert_eq!(Kind::Feeds.ttl(), hours(90 * 24));
    }
}
