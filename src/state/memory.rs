//! The bucket of a process without a broker: a map with revisions, a life time and a bound.
//!
//! Behaves as the broker's does, so that what is decided by compare-and-set need not know which of the two it has;
//! beyond its bound it forgets the oldest entries, which costs a request too many and no story.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;

use super::{Clock, Entry, Revision};

use crate::mutex::lock;

/// Shared by its clones.
#[derive(Clone, Debug)]
pub(super) struct MemoryBucket {
    ttl: Duration,
    capacity: usize,
    clock: Clock,
    content: Arc<Mutex<Content>>,
}

/// What a write expects to find.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expected {
    Anything,
    Nothing,
    Entry(Revision),
}

#[derive(Debug, Default)]
struct Content {
    entries: HashMap<Arc<str>, Entry>,
    /// Keys by the revision of their last write: the oldest first.
    by_age: BTreeMap<u64, Arc<str>>,
    last: u64,
}

impl MemoryBucket {
    pub(super) fn new(ttl: Duration, capacity: usize, clock: Clock) -> Self {
        Self { ttl, capacity, clock, content: Arc::default() }
    }

    fn content(&self) -> std::sync::MutexGuard<'_, Content> {
        // No code below panics while it holds the lock.
        let mut content = lock(&self.content);
        let now = self.clock.local_now();
        while let Some((&age, key)) = content.by_age.first_key_value() {
            let expired = content.entries.get(key).is_none_or(|e| now.since(e.written) >= self.ttl);
            if !expired && content.entries.len() <= self.capacity {
                break;
            }
            let key = Arc::clone(key);
            content.entries.remove(&key);
            content.by_age.remove(&age);
        }
        content
    }

    pub(super) fn get(&self, key: &str) -> Option<Entry> {
        self.content().entries.get(key).cloned()
    }

    /// Writes, unless something else is there than expected.
    pub(super) fn write(&self, key: &str, value: Bytes, expected: Expected) -> Option<Revision> {
        let mut content = self.content();
        let found = content.entries.get(key).map(|e| e.revision);
        let as_expected = match expected {
            Expected::Anything => true,
            Expected::Nothing => found.is_none(),
            Expected::Entry(revision) => found == Some(revision),
        };
        if !as_expected {
            return None;
        }
        if let Some(old) = found {
            content.by_age.remove(&old.0);
        }
        content.last += 1;
        let revision = Revision(content.last);
        let key: Arc<str> = key.into();
        content.by_age.insert(revision.0, Arc::clone(&key));
        content.entries.insert(key, Entry { value, revision, written: self.clock.local_now() });
        Some(revision)
    }

    pub(super) fn delete(&self, key: &str, revision: Revision) -> bool {
        let mut content = self.content();
        if content.entries.get(key).map(|e| e.revision) != Some(revision) {
            return false;
        }
        content.entries.remove(key);
        content.by_age.remove(&revision.0);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(ttl_secs: u64, capacity: usize) -> MemoryBucket {
        MemoryBucket::new(Duration::from_secs(ttl_secs), capacity, Clock::local())
    }

    #[test]
    fn a_write_names_what_it_replaces() {
        let bucket = bucket(60, 10);
        let first = bucket.write("a", "1".into(), Expected::Nothing).unwrap();
        assert_eq!(bucket.write("a", "2".into(), Expected::Nothing), None);
        let second = bucket.write("a", "2".into(), Expected::Entry(first)).unwrap();
        assert_eq!(bucket.write("a", "3".into(), Expected::Entry(first)), None);
        assert!(!bucket.delete("a", first));
        assert!(bucket.delete("a", second));
        assert_eq!(bucket.get("a"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn entries_expire() {
        let bucket = bucket(60, 10);
        bucket.write("a", "1".into(), Expected::Anything);
        tokio::time::advance(Duration::from_secs(59)).await;
        assert!(bucket.get("a").is_some());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(bucket.get("a").is_none());
    }

    #[test]
    fn the_oldest_go_when_it_is_full() {
        let bucket = bucket(60, 3);
        for key in ["a", "b", "c", "a", "d"] {
            bucket.write(key, "1".into(), Expected::Anything);
        }
        let left: Vec<_> = ["a", "b", "c", "d"].map(|k| bucket.get(k).is_some()).into();
        assert_eq!(left, [true, false, true, true]);
    }
}
