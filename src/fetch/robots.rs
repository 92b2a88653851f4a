//! robots.txt by RFC 9309: fetched once per origin for the whole group, kept for at most a day.
//!
//! The first worker that needs an origin's rules marks the entry as being fetched; the others wait
//! for what it finds. No file (4xx) allows everything; an unreachable one (5xx, 429, network) means
//! no for a while, as the RFC asks. Only the first 500 KiB are read. The fetch takes a turn at the host like any other request.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use robotxt::{BYTE_LIMIT, Robots};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::model::WebUrl;
use crate::state::{Bucket, Clock, Error as StateError, Moment, bucket_token};

/// How often another worker's fetch is looked at.
const POLL: Duration = Duration::from_millis(100);

/// Longest Crawl-delay that is obeyed as given.
const LONGEST_DELAY: Duration = Duration::from_secs(24 * 3600);

/// Origins whose parsed rules a process keeps.
const LOCAL_ORIGINS: usize = 2000;

/// An origin's rules as they apply to us.
#[derive(Clone, Debug)]
pub(super) enum Rules {
    /// The file, or its absence.
    Known(Arc<Robots>),
    /// Disallowed until then.
    Unreachable { until: Moment },
}

impl Rules {
    /// The delay between requests that the file asks for.
    pub(super) fn crawl_delay(&self) -> Duration {
        match self {
            Self::Known(robots) => robots.crawl_delay().unwrap_or_default().min(LONGEST_DELAY),
            Self::Unreachable { .. } => Duration::ZERO,
        }
    }
}

/// What a fetch of robots.txt found.
#[derive(Clone, Debug)]
pub(super) enum Found {
    /// A file.
    File(Vec<u8>),
    /// None: everything is allowed.
    Nothing,
    /// It could not be told.
    Unreachable,
}

/// What is to be done for an origin's rules.
pub(super) enum Step {
    /// Nothing.
    Use(Rules),
    /// Fetch the file, then [`Book::store`] or [`Book::abandon`].
    Fetch(Mark),
    /// Another worker is still at it.
    Wait,
}

/// The right to fetch an origin's robots.txt.
pub(super) struct Mark {
    revision: crate::state::Revision,
}

/// An entry of the bucket: a line of JSON, then the file, compressed.
#[derive(Serialize, Deserialize)]
struct Head {
    state: State,
    /// Good until, in milliseconds since the epoch.
    until: u64,
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
pub(super) struct Book {
    bucket: Bucket,
    clock: Clock,
    agent: String,
    ttl: Duration,
    error_ttl: Duration,
    parsed: Mutex<HashMap<String, (Rules, Moment)>>,
}

impl Book {
    pub(super) fn new(
        bucket: Bucket,
        clock: Clock,
        agent: String,
        ttl: Duration,
        error_ttl: Duration,
    ) -> Self {
        Self { bucket, clock, agent, ttl, error_ttl, parsed: Mutex::default() }
    }

    /// What is known of an origin. Waits up to `patience` for another worker's fetch, and takes
    /// the fetch on itself when nobody has it; it then must be done within `lease`.
    pub(super) async fn step(
        &self,
        url: &WebUrl,
        patience: Duration,
        lease: Duration,
    ) -> Result<Step, StateError> {
        let key = key(url);
        let give_up = Instant::now() + patience;
        loop {
            let now = self.clock.now().await?;
            if let Some(rules) = self.parsed(&key, now) {
                return Ok(Step::Use(rules));
            }
            let entry = self.bucket.get(&key).await?;
            let revision = entry.as_ref().map(|e| e.revision);
            let content = entry.as_ref().and_then(|e| split(&e.value));
            if let Some((head, body)) = content.filter(|(head, _)| head.until > now.as_millis()) {
                if let Some(rules) = self.rules(&head, body) {
                    self.remember(key, rules.clone(), Moment::from_millis(head.until));
                    return Ok(Step::Use(rules));
                }
                if Instant::now() >= give_up {
                    return Ok(Step::Wait);
                }
                tokio::time::sleep(POLL).await;
                continue;
            }
            let until = now.plus(lease).as_millis();
            let mark = joined(&Head { state: State::Fetching, until }, b"");
            if let Some(revision) = self.bucket.replace(&key, mark, revision).await? {
                return Ok(Step::Fetch(Mark { revision }));
            }
        }
    }

    /// Shares what a fetch found.
    pub(super) async fn store(
        &self,
        url: &WebUrl,
        mark: Mark,
        found: Found,
    ) -> Result<Rules, StateError> {
        let key = key(url);
        let now = self.clock.now().await?;
        let (state, ttl, body) = match found {
            Found::File(body) => (State::File, self.ttl, body),
            Found::Nothing => (State::Nothing, self.ttl, Vec::new()),
            Found::Unreachable => (State::Unreachable, self.error_ttl, Vec::new()),
        };
        let body = zstd::encode_all(&body[..], 0).expect("writing to memory does not fail");
        let until = now.plus(ttl);
        let head = Head { state, until: until.as_millis() };
        // If the mark has expired, another worker's finding stands; ours is as good for this story.
        self.bucket.update(&key, joined(&head, &body), mark.revision).await?;
        let rules = self.rules(&head, &body).unwrap_or(Rules::Unreachable { until });
        self.remember(key, rules.clone(), until);
        Ok(rules)
    }

    /// Leaves the fetch to somebody else.
    pub(super) async fn abandon(&self, url: &WebUrl, mark: Mark) -> Result<(), StateError> {
        self.bucket.delete(&key(url), mark.revision).await.map(|_| ())
    }

    fn rules(&self, head: &Head, body: &[u8]) -> Option<Rules> {
        match head.state {
            State::Fetching => None,
            State::Nothing => Some(Rules::Known(Arc::new(Robots::allow_all()))),
            State::Unreachable => {
                Some(Rules::Unreachable { until: Moment::from_millis(head.until) })
            }
            State::File => {
                let text = inflate(body).ok()?;
                Some(Rules::Known(Arc::new(Robots::parse(&text, self.agent.as_str()))))
            }
        }
    }

    fn parsed(&self, key: &str, now: Moment) -> Option<Rules> {
        let parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.get(key).filter(|(_, until)| *until > now).map(|(rules, _)| rules.clone())
    }

    fn remember(&self, key: String, rules: Rules, until: Moment) {
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        if parsed.len() >= LOCAL_ORIGINS {
            // Any will do: the bucket still has it.
            let some = parsed.keys().next().cloned();
            some.and_then(|key| parsed.remove(&key));
        }
        parsed.insert(key, (rules, until));
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
