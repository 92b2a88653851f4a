//! What accepts nothing at present: out streams and routes, by name, with the deliveries that wait for each.
//!
//! A stream at its limit still takes a small story now and then; so it accepts messages again when the last delivery
//! that waited for it is through, not with the first that it takes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::backoff::{Backoff, wait_while_blocked};
use crate::mutex::lock;
use crate::publish;

/// How often it is logged that something still accepts nothing.
const LOGGED_AGAIN: Duration = Duration::from_secs(60);
/// Waits between attempts, from and to.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// One that accepts nothing.
#[derive(Debug)]
struct Blocked {
    since: Instant,
    logged: Instant,
    /// Raw sequences of the deliveries that wait.
    waiting: BTreeSet<u64>,
}

/// What to log of one that accepts nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct StillBlocked {
    /// How long it has accepted nothing.
    pub(in super::super) lasted: Duration,
    /// Deliveries that wait for it.
    pub(in super::super) waiting: usize,
}

/// Those that accept nothing.
#[derive(Debug, Default)]
pub(in super::super) struct BlockedNames {
    names: Mutex<BTreeMap<String, Blocked>>,
    /// Whether there are any: asked at every story.
    any: AtomicBool,
}

impl BlockedNames {
    /// A delivery was refused and waits; what is to be logged: at first, and once a minute.
    pub(in super::super) fn add(&self, name: &str, raw_seq: u64) -> Option<StillBlocked> {
        let now = Instant::now();
        let mut names = lock(&self.names);
        self.any.store(true, Ordering::Relaxed);
        let is_new = !names.contains_key(name);
        let blocked = names.entry(name.to_owned()).or_insert_with(|| Blocked {
            since: now,
            logged: now,
            waiting: BTreeSet::new(),
        });
        blocked.waiting.insert(raw_seq);
        if !is_new && now.duration_since(blocked.logged) < LOGGED_AGAIN {
            return None;
        }
        blocked.logged = now;
        let waiting = blocked.waiting.len();
        Some(StillBlocked { lasted: now.duration_since(blocked.since), waiting })
    }

    /// A delivery waits no longer; how long it lasted where it was the last that did.
    pub(in super::super) fn remove(&self, name: &str, raw_seq: u64) -> Option<Duration> {
        if !self.any() {
            return None;
        }
        let mut names = lock(&self.names);
        let blocked = names.get_mut(name)?;
        if !blocked.waiting.remove(&raw_seq) || !blocked.waiting.is_empty() {
            return None;
        }
        let lasted = blocked.since.elapsed();
        names.remove(name);
        self.any.store(!names.is_empty(), Ordering::Relaxed);
        Some(lasted)
    }

    /// Makes an attempt again for as long as what has the name accepts nothing, or until `closed` turns true; `log` is called at
    /// first and once a minute. Gives what came of it, and where this was the last delivery that waited and it waits in
    /// vain no more, how long nothing was accepted.
    pub(in super::super) async fn wait<T, A: Future<Output = Result<T, publish::Error>>>(
        &self,
        (name, raw_seq): (&str, u64),
        closed: watch::Receiver<bool>,
        attempt: impl Fn() -> A,
        log: impl Fn(&publish::Error, StillBlocked),
    ) -> (Result<T, publish::Error>, Option<Duration>) {
        let is_blocked = |error: &publish::Error| {
            let is_blocked = error.is_back_pressure();
            if is_blocked && let Some(still) = self.add(name, raw_seq) {
                log(error, still);
            }
            is_blocked
        };
        let waits = Backoff::new(FIRST_WAIT, LONGEST_WAIT);
        let done = wait_while_blocked(closed, waits, attempt, is_blocked).await;
        let lasted = self.remove(name, raw_seq);
        // What is refused when the worker stops is refused still.
        let is_refused = done.as_ref().is_err_and(publish::Error::is_back_pressure);
        (done, lasted.filter(|_| !is_refused))
    }

    pub(in super::super) fn any(&self) -> bool {
        self.any.load(Ordering::Relaxed)
    }

    pub(super) fn names(&self) -> Vec<String> {
        lock(&self.names).keys().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn blocked_name_is_freed_by_its_last_waiter() {
        let blocked = BlockedNames::default();
        let seconds = Duration::from_secs;
        let still = |lasted, waiting| Some(StillBlocked { lasted: seconds(lasted), waiting });
        assert_eq!(blocked.remove("OUT", 1), None, "nothing is blocked");
        assert_eq!(blocked.add("OUT", 1), still(0, 1));
        assert_eq!(blocked.add("OUT", 2), None);
        assert_eq!(blocked.add("OTHER", 7), still(0, 1));
        assert_eq!(blocked.remove("OUT", 3), None, "a small one that never waited");
        tokio::time::advance(seconds(60)).await;
        assert_eq!(blocked.add("OUT", 2), still(60, 2));
        assert_eq!(blocked.add("OUT", 1), None);
        assert_eq!(blocked.remove("OUT", 1), None);
        assert_eq!(blocked.names(), ["OTHER", "OUT"]);
        assert_eq!(blocked.remove("OUT", 2), Some(seconds(60)));
        assert_eq!(blocked.remove("OTHER", 7), Some(seconds(60)));
        assert!(!blocked.any());
        assert_eq!(blocked.add("OUT", 1), still(0, 1), "logged anew");
    }
}
