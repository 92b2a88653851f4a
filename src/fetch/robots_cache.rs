//! robots.txt by RFC 9309: fetched once per origin for the whole group, kept for at most a day.
//!
//! The first worker that needs an origin's rules marks the entry as being fetched; the others wait
//! for what it finds, in each process one task for all. No file (4xx) allows everything; an unreachable
//! one (5xx, 429, network) means no for a while, as the RFC asks. Only the first 500 KiB are read. The
//! fetch takes a turn at the host like any other request.
//!
//! The file is a stranger's: large ones are parsed off the reactor, and what a process keeps parsed is
//! bounded in bytes.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use robotxt::{BYTE_LIMIT, Robots};
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, timeout_at};

use super::robots_rules::{Rules, prepared};
use crate::model::WebUrl;
use crate::mutex::lock;
use crate::off_reactor;
use crate::state::{Bucket, Clock, Error as StateError, Moment, Revision, bucket_token};

/// How often another worker's fetch is looked at.
const POLL: Duration = Duration::from_millis(100);

/// Longest reason that is remembered, in characters.
const LONGEST_CAUSE: usize = 300;

/// What a process keeps parsed: bytes of rules in memory, and for each origin so many beside them.
const KEPT_BYTES: usize = 32 << 20;
const BYTES_BESIDE: usize = 512;

/// What a fetch of robots.txt found.
#[derive(Clone, Debug)]
pub(super) enum RobotsAnswer {
    /// A file.
    File(Vec<u8>),
    /// None: everything is allowed.
    Nothing,
    /// It could not be told.
    Unreachable {
        /// Why.
        cause: String,
        /// How long the site asked to wait, where it did.
        after: Option<Duration>,
    },
}

/// What is to be done for an origin's rules.
pub(super) enum Lookup {
    /// Nothing.
    Use(Rules),
    /// Fetch the file, then [`RobotsCache::store`] or [`RobotsCache::abandon`].
    Fetch(FetchLease),
    /// Another worker is still at it.
    Wait,
}

/// The right to fetch an origin's robots.txt. This process's other tasks wait until it is gone.
pub(super) struct FetchLease {
    revision: Revision,
    _flight: OwnedMutexGuard<()>,
}

/// An entry of the bucket: a line of JSON, then the file, compressed.
#[derive(Serialize, Deserialize)]
struct Head {
    state: State,
    /// Good until, in milliseconds since the epoch.
    until: u64,
    /// Why the file could not be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Fetching,
    File,
    Nothing,
    Unreachable,
}

/// The group's robots rules.
pub(super) struct RobotsCache {
    bucket: Bucket,
    clock: Clock,
    agent: String,
    ttl: Duration,
    error_ttl: Duration,
    parsed: Mutex<Parsed>,
    /// Held for an origin by the task that looks at the bucket for all others.
    flights: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

/// What this process knows.
#[derive(Default)]
struct Parsed {
    origins: HashMap<String, Known>,
    bytes: usize,
}

struct Known {
    rules: Rules,
    until: Moment,
    bytes: usize,
}

impl RobotsCache {
    pub(super) fn new(
        bucket: Bucket,
        clock: Clock,
        agent: String,
        ttl: Duration,
        error_ttl: Duration,
    ) -> Self {
        Self {
            bucket,
            clock,
            agent,
            ttl,
            error_ttl,
            parsed: Mutex::default(),
            flights: Mutex::default(),
        }
    }

    /// What is known of an origin. Waits up to `max_wait` for another worker's fetch, and takes
    /// the fetch on itself when no other worker has it; it then must be done within `lease`.
    pub(super) async fn step(
        &self,
        url: &WebUrl,
        max_wait: Duration,
        lease: Duration,
    ) -> Result<Lookup, StateError> {
        let key = key(url);
        let give_up = Instant::now() + max_wait;
        if let Some(rules) = self.parsed(&key, self.clock.now().await?) {
            return Ok(Lookup::Use(rules));
        }
        let Ok(flight) = timeout_at(give_up, self.flight(&key).lock_owned()).await else {
            return Ok(Lookup::Wait);
        };
        loop {
            let now = self.clock.now().await?;
            if let Some(rules) = self.parsed(&key, now) {
                return Ok(Lookup::Use(rules));
            }
            let entry = self.bucket.get(&key).await?;
            let revision = entry.as_ref().map(|e| e.revision);
            let content = entry.as_ref().and_then(|e| split(&e.value));
            if let Some((head, body)) = content.filter(|(head, _)| head.until > now.as_millis()) {
                if let Some(rules) = self.rules(&head, body).await {
                    let until = Moment::from_millis(head.until);
                    self.remember(key, rules.clone(), until);
                    return Ok(Lookup::Use(rules));
                }
                if Instant::now() >= give_up {
                    return Ok(Lookup::Wait);
                }
                tokio::time::sleep(POLL).await;
                continue;
            }
            let until = now.plus(lease).as_millis();
            let lease = joined(&Head { state: State::Fetching, until, cause: None }, b"");
            if let Some(revision) = self.bucket.replace(&key, lease, revision).await? {
                return Ok(Lookup::Fetch(FetchLease { revision, _flight: flight }));
            }
        }
    }

    /// Shares what a fetch found.
    pub(super) async fn store(
        &self,
        url: &WebUrl,
        lease: FetchLease,
        found: RobotsAnswer,
    ) -> Result<Rules, StateError> {
        let key = key(url);
        let now = self.clock.now().await?;
        let (state, ttl, body, cause) = match found {
            RobotsAnswer::File(body) => (State::File, self.ttl, body, None),
            RobotsAnswer::Nothing => (State::Nothing, self.ttl, Vec::new(), None),
            RobotsAnswer::Unreachable { cause, after } => {
                let cause: String = cause.chars().take(LONGEST_CAUSE).collect();
                let ttl = after.map_or(self.error_ttl, |after| after.min(self.ttl));
                (State::Unreachable, ttl, Vec::new(), Some(cause))
            }
        };
        let body = zstd::encode_all(&body[..], 0).expect("writing to memory does not fail");
        let until = now.plus(ttl);
        let head = Head { state, until: until.as_millis(), cause };
        // If the lease has expired, another worker's finding stands; ours is as good for this story.
        self.bucket.update(&key, joined(&head, &body), lease.revision).await?;
        let rules = self.rules(&head, &body).await;
        let rules = rules.unwrap_or(Rules::Unreachable { until, cause: None });
        self.remember(key, rules.clone(), until);
        Ok(rules)
    }

    /// Gives the lease up without a result.
    pub(super) async fn abandon(&self, url: &WebUrl, lease: FetchLease) -> Result<(), StateError> {
        self.bucket.delete(&key(url), lease.revision).await.map(|_| ())
    }

    async fn rules(&self, head: &Head, body: &[u8]) -> Option<Rules> {
        match head.state {
            State::Fetching => None,
            State::Nothing => Some(Rules::Known(Arc::new(Robots::allow_all()))),
            State::Unreachable => Some(Rules::Unreachable {
                until: Moment::from_millis(head.until),
                cause: head.cause.clone(),
            }),
            State::File => {
                let text = inflate(body).ok()?;
                let (agent, bytes) = (self.agent.clone(), text.len());
                let parse = move || Robots::parse(&prepared(text), agent.as_str());
                let robots = off_reactor::run(bytes, parse).await;
                Some(Rules::Known(Arc::new(robots)))
            }
        }
    }

    fn flight(&self, key: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut flights = lock(&self.flights);
        // A task on its way holds a clone.
        flights.retain(|_, flight| Arc::strong_count(flight) > 1);
        Arc::clone(flights.entry(key.to_owned()).or_default())
    }

    fn parsed(&self, key: &str, now: Moment) -> Option<Rules> {
        let parsed = lock(&self.parsed);
        parsed.origins.get(key).filter(|known| known.until > now).map(|known| known.rules.clone())
    }

    fn remember(&self, key: String, rules: Rules, until: Moment) {
        let bytes = BYTES_BESIDE + key.len() + rules.bytes();
        let mut parsed = lock(&self.parsed);
        parsed.forget(&key);
        while parsed.bytes + bytes > KEPT_BYTES {
            // Any will do: the bucket still has it.
            let Some(some) = parsed.origins.keys().next().cloned() else { break };
            parsed.forget(&some);
        }
        parsed.bytes += bytes;
        parsed.origins.insert(key, Known { rules, until, bytes });
    }
}

impl Parsed {
    fn forget(&mut self, key: &str) {
        self.bytes -= self.origins.remove(key).map_or(0, |known| known.bytes);
    }
}

fn key(url: &WebUrl) -> String {
    let url = url.as_url();
    let port = url.port_or_known_default().unwrap_or_default();
    let host = bucket_token(url.host_str().unwrap_or_default());
    format!("{}.{host}.{port}", url.scheme())
}

fn joined(head: &Head, body: &[u8]) -> Bytes {
    let mut value = serde_json::to_vec(head).expect("an enum and a number are JSON");
    value.push(b'\n');
    value.extend_from_slice(body);
    value.into()
}

fn split(value: &[u8]) -> Option<(Head, &[u8])> {
    let end = memchr::memchr(b'\n', value)?;
    Some((serde_json::from_slice(&value[..end]).ok()?, &value[end + 1..]))
}

/// Undoes the compression; never more than what is read of a file.
fn inflate(body: &[u8]) -> io::Result<Vec<u8>> {
    use io::Read as _;
    let mut text = Vec::new();
    let limit = BYTE_LIMIT as u64 + 1;
    zstd::Decoder::new(body)?.take(limit).read_to_end(&mut text)?;
    Ok(text)
}
