//! A bucket of small values that several writers change without treading on each other: reads give
//! a revision, and a write says which revision it replaces.
//!
//! Two backends, one behaviour: a JetStream key-value bucket and a bounded map in memory. A lost
//! race is an answer (`None`), not an error. Life time is the bucket's, not the entry's, because
//! per-entry life times need a newer server than the rest of the program does.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::context::{GetStreamError, KeyValueError};
use async_nats::jetstream::{self, ErrorCode, kv};
use bytes::Bytes;
use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

use super::memory::{Expected, MemoryBucket};
use super::{Clock, Error, Moment};
use crate::broker::topology;

/// The version of an entry; every write gives a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub(super) u64);

/// A value as found in a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What was written.
    pub value: Bytes,
    /// To be named by the write that replaces it.
    pub revision: Revision,
    /// When it was written, by the group's clock.
    pub written: Moment,
}

/// A bucket of small values with compare-and-set. Cheap to clone; clones share the content.
#[derive(Clone, Debug)]
pub struct Bucket(Backend);

#[derive(Clone, Debug)]
enum Backend {
    InProcess(MemoryBucket),
    JetStream(Arc<kv::Store>),
}

impl Bucket {
    /// A bucket in this process: entries live for `ttl`, and the oldest go when there are more than
    /// `capacity`.
    pub(super) fn in_process(ttl: Duration, capacity: usize, clock: &Clock) -> Self {
        Self(Backend::InProcess(MemoryBucket::new(ttl, capacity, clock.clone())))
    }

    /// Binds a bucket that exists.
    pub(super) async fn bind(context: &jetstream::Context, name: String) -> Result<Self, Error> {
        match context.get_key_value(name.as_str()).await {
            Ok(store) => Ok(Self(Backend::JetStream(Arc::new(store)))),
            Err(error) => Err(unbound(name, error)),
        }
    }

    /// When the bucket was made: what was noted before, in one that was deleted, is gone.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub(super) async fn created(&self) -> Result<Moment, Error> {
        match &self.0 {
            Backend::InProcess(_) => Ok(Moment::default()),
            Backend::JetStream(store) => {
                let info = store.stream.get_info().await.map_err(|e| unavailable(store, e))?;
                Ok(Moment::from(info.created))
            }
        }
    }

    /// The entry of a key, if there is one. The key must be of `[-/_=.a-zA-Z0-9]+`; see
    /// [`bucket_token`].
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn get(&self, key: &str) -> Result<Option<Entry>, Error> {
        match &self.0 {
            Backend::InProcess(map) => Ok(map.get(key)),
            Backend::JetStream(store) => {
                let entry = store.entry(key).await.map_err(|e| unavailable(store, e))?;
                Ok(entry.filter(|e| e.operation == kv::Operation::Put).map(|e| Entry {
                    value: e.value,
                    revision: Revision(e.revision),
                    written: Moment::from(e.created),
                }))
            }
        }
    }

    /// Writes a key that has no entry; `None` when it has one.
    ///
    /// # Errors
    /// When the broker does not answer. It may have stored the value all the same.
    pub async fn create(&self, key: &str, value: Bytes) -> Result<Option<Revision>, Error> {
        match &self.0 {
            Backend::InProcess(map) => Ok(map.write(key, value, Expected::Nothing)),
            Backend::JetStream(store) => match store.create(key, value).await {
                Ok(revision) => Ok(Some(Revision(revision))),
                Err(e) if e.kind() == kv::CreateErrorKind::AlreadyExists || is_conflict(&e) => {
                    Ok(None)
                }
                Err(e) => Err(unavailable(store, e)),
            },
        }
    }

    /// Replaces the entry of that revision; `None` when another write came first.
    ///
    /// # Errors
    /// When the broker does not answer. It may have stored the value all the same.
    pub async fn update(
        &self,
        key: &str,
        value: Bytes,
        replaces: Revision,
    ) -> Result<Option<Revision>, Error> {
        match &self.0 {
            Backend::InProcess(map) => Ok(map.write(key, value, Expected::Entry(replaces))),
            Backend::JetStream(store) => match store.update(key, value, replaces.0).await {
                Ok(revision) => Ok(Some(Revision(revision))),
                Err(e) if is_conflict(&e) => Ok(None),
                Err(e) => Err(unavailable(store, e)),
            },
        }
    }

    /// [`Bucket::update`] where an entry was found, [`Bucket::create`] where none was.
    ///
    /// # Errors
    /// When the broker does not answer. It may have stored the value all the same.
    pub async fn replace(
        &self,
        key: &str,
        value: Bytes,
        replaces: Option<Revision>,
    ) -> Result<Option<Revision>, Error> {
        match replaces {
            Some(revision) => self.update(key, value, revision).await,
            None => self.create(key, value).await,
        }
    }

    /// Writes a key, whatever it holds.
    ///
    /// # Errors
    /// When the broker does not answer. It may have stored the value all the same.
    pub async fn put(&self, key: &str, value: Bytes) -> Result<Revision, Error> {
        match &self.0 {
            Backend::InProcess(map) => {
                let stored = map.write(key, value, Expected::Anything);
                Ok(stored.expect("a write without a condition is stored"))
            }
            Backend::JetStream(store) => {
                let revision = store.put(key, value).await.map_err(|e| unavailable(store, e))?;
                Ok(Revision(revision))
            }
        }
    }

    /// Removes the entry of that revision; `false` when another write came first.
    ///
    /// # Errors
    /// When the broker does not answer. It may have removed the entry all the same.
    pub async fn delete(&self, key: &str, revision: Revision) -> Result<bool, Error> {
        match &self.0 {
            Backend::InProcess(map) => Ok(map.delete(key, revision)),
            Backend::JetStream(store) => {
                match store.delete_expect_revision(key, Some(revision.0)).await {
                    Ok(()) => Ok(true),
                    Err(e) if is_conflict(&e) => Ok(false),
                    Err(e) => Err(unavailable(store, e)),
                }
            }
        }
    }
}

/// Why a bucket, which is a stream underneath, cannot be bound.
fn unbound(bucket: String, error: KeyValueError) -> Error {
    let source = std::error::Error::source(&error);
    let Some(stream) = source.and_then(|source| source.downcast_ref::<GetStreamError>()) else {
        return Error::Unavailable { bucket, source: error.into() };
    };
    match topology::stream_error(&bucket, stream) {
        topology::Error::NoStream(_) => Error::Missing(bucket),
        error => Error::Topology(error),
    }
}

fn unavailable<E>(store: &kv::Store, error: E) -> Error
where
    E: std::error::Error + Send + Sync + 'static,
{
    Error::Unavailable { bucket: store.name.clone(), source: Box::new(error) }
}

/// Whether the server refused a write because the revision was not the last: 10071, or 10164 where
/// a proxying or replicated stream answers.
fn is_conflict(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(answer) = error.downcast_ref::<jetstream::Error>() {
            return matches!(
                answer.error_code(),
                ErrorCode::STREAM_WRONG_LAST_SEQUENCE
                    | ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT
            );
        }
        next = error.source();
    }
    false
}

/// Any text as one token of a bucket key. Host names stay readable (`ex.com` is `ex_com`); what has
/// other characters than `[a-z0-9.-]`, or is long, becomes a hash of 130 bits.
#[must_use]
pub fn bucket_token(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
    if !text.is_empty() && text.len() <= 100 && text.bytes().all(plain) {
        return text.replace('.', "_");
    }
    format!("={}", &BASE32_NOPAD.encode(&Sha256::digest(text))[..26])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a client library wraps around the server's answer.
    #[derive(Debug, thiserror::Error)]
    #[error("wrapped")]
    struct Wrapped(#[source] Box<dyn std::error::Error + Send + Sync>);

    #[test]
    fn a_lost_race_is_told_from_failures() {
        let of = |err_code: u64| {
            let answer = serde_json::json!({"code": 400, "err_code": err_code});
            let answer: jetstream::Error = serde_json::from_value(answer).unwrap();
            is_conflict(&Wrapped(Wrapped(answer.into()).into()))
        };
        assert!(of(10_071) && of(10_164));
        assert!(!of(10_077), "the bucket is full");
        assert!(!is_conflict(&std::io::Error::other("10071")));
    }

    #[tokio::test(start_paused = true)]
    async fn an_entry_is_deleted_at_its_revision_only() {
        let clock = Clock::local();
        let bucket = Bucket::in_process(Duration::from_secs(60), 10, &clock);
        let first = bucket.create("a", "1".into()).await.unwrap().unwrap();
        let second = bucket.update("a", "2".into(), first).await.unwrap().unwrap();
        assert!(!bucket.delete("a", first).await.unwrap());
        assert!(bucket.get("a").await.unwrap().is_some());
        assert!(bucket.delete("a", second).await.unwrap());
        assert!(bucket.get("a").await.unwrap().is_none());
    }

    #[test]
    fn tokens_are_readable_for_hosts_and_always_distinct() {
        assert_eq!(bucket_token("www.ex-ample.com"), "www_ex-ample_com");
        let odd = ["www_ex-ample_com", "[::1]", "", "Ex.com", "a b", "..."];
        let tokens: std::collections::HashSet<_> = odd.iter().map(|t| bucket_token(t)).collect();
        assert_eq!(tokens.len(), odd.len());
        assert!(tokens.iter().all(|t| t.len() < 128 && !t.contains('.')));
        assert!(!tokens.contains("www_ex-ample_com"));
        assert!(tokens.iter().filter(|token| token.starts_with('=')).count() == odd.len() - 1);
        assert_eq!(bucket_token(&"a".repeat(100)), "a".repeat(100));
        assert_eq!(bucket_token(&"a".repeat(101)).len(), 27);
    }
}
