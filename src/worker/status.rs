//! What a worker reports while it runs: whether it is ready, and its metrics.
//!
//! A [`WorkerStatus`] is made before the worker, so that "starting" can be asked for too. It decides
//! nothing: the worker writes it, `/readyz` and `/metrics` read it. Ready means that a message put in now would
//! be worked on and its outcome stored.

mod backlog;
mod blocked;
mod metrics;
mod process;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::Context;
use tokio::time::Instant;

use super::attempt_report::{AttemptReport, DeliveryFacts};
use crate::broker::topology;
use crate::mutex::lock;
pub use backlog::Backlog;
pub(super) use backlog::scheduled;
use blocked::BlockedNames;
pub(super) use blocked::StillBlocked;
use metrics::{Metrics, Now};
pub use process::memory_bytes;

/// How old an answer of the broker about the backlog may be when it is asked for again.
const BACKLOG_AGE: Duration = Duration::from_secs(5);

/// A view of one worker. Cheap to clone; clones are one view.
#[derive(Clone, Debug, Default)]
pub struct WorkerStatus(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    started: AtomicBool,
    draining: AtomicBool,
    /// Out streams that store no outcomes at present.
    blocked_outs: BlockedNames,
    shared_state_away: AtomicBool,
    /// When it was last logged that retries cannot be scheduled.
    unscheduled_logged: Mutex<Option<Instant>>,
    /// Routes whose stream takes nothing at present.
    blocked_routes: BlockedNames,
    /// Streams whose consumer cannot be pulled from.
    unbound: Mutex<BTreeSet<String>>,
    /// Consumers that are paused or filtered, as last seen with the backlog: what is said of each.
    held: Mutex<BTreeSet<String>>,
    /// Raw sequences of the deliveries in hand; at most `max_in_flight`.
    raw_seqs: Mutex<Vec<u64>>,
    /// Stories stored but not yet routed when the worker stopped.
    unrouted: Mutex<Vec<u64>>,
    broker: OnceLock<(Context, topology::Settings)>,
    backlog: tokio::sync::Mutex<Option<(Instant, Option<Backlog>)>>,
    metrics: Metrics,
}

/// How often it is logged that retries still cannot be scheduled.
const LOGGED_AGAIN: Duration = Duration::from_secs(60);

/// Most raw sequences that are named of what is left at the end.
const NAMED: usize = 20;

/// Counts a delivery as in hand for as long as it lives.
#[derive(Debug)]
pub(super) struct InHand {
    status: WorkerStatus,
    raw_seq: u64,
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.status.0.metrics.in_hand(-1);
        let mut raw_seqs = self.status.raw_seqs();
        if let Some(at) = raw_seqs.iter().position(|raw_seq| *raw_seq == self.raw_seq) {
            raw_seqs.swap_remove(at);
        }
    }
}

impl WorkerStatus {
    /// Why the worker is not ready; empty when it is.
    #[must_use]
    pub fn not_ready(&self) -> Vec<String> {
        let inner = &self.0;
        let is = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        let connected = self.connected();
        let mut reasons = Vec::new();
        for (holds, reason) in [
            (!is(&inner.started), "starting"),
            (is(&inner.draining), "draining"),
            (!connected, "not connected to the broker"),
            (inner.blocked_outs.any(), "outcomes cannot be stored"),
            (is(&inner.shared_state_away), "the shared state of hosts is out of reach"),
        ] {
            if holds {
                reasons.push(reason.to_owned());
            }
        }
        reasons.extend(
            inner
                .blocked_routes
                .names()
                .iter()
                .map(|route| format!("route {route} accepts nothing")),
        );
        reasons.extend(
            self.unbound().iter().map(|stream| format!("cannot pull from stream {stream}")),
        );
        reasons.extend(self.held().iter().cloned());
        reasons
    }

    fn connected(&self) -> bool {
        self.0
            .broker
            .get()
            .is_some_and(|(context, _)| context.client().connection_state() == State::Connected)
    }

    /// The metrics in the OpenMetrics text format, which Prometheus reads.
    pub async fn metrics(&self) -> String {
        let backlog = self.backlog().await;
        let now = Now {
            ready: self.not_ready().is_empty(),
            connected: self.connected(),
            out_blocked: self.0.blocked_outs.any(),
        };
        self.0.metrics.text(now, backlog)
    }

    /// What waits at the broker, at most five seconds old; `None` when it does not tell.
    pub(super) async fn backlog(&self) -> Option<Backlog> {
        let (context, streams) = self.0.broker.get().filter(|_| self.connected())?;
        // Held over the request: one caller asks, and the others read its answer.
        let mut last = self.0.backlog.lock().await;
        if let Some((at, backlog)) = *last
            && at.elapsed() < BACKLOG_AGE
        {
            return backlog;
        }
        let found = backlog::ask(context, streams).await;
        let backlog = found.as_ref().map(|(backlog, _)| *backlog);
        *last = Some((Instant::now(), backlog));
        if let Some((_, held)) = found {
            let before = std::mem::replace(&mut *self.held(), held.clone());
            backlog::log_held(&before, &held);
        }
        backlog
    }

    /// The worker is connected, bound and about to pull.
    pub(super) fn started(
        &self,
        context: &Context,
        streams: &topology::Settings,
        max_in_flight: usize,
    ) {
        // Set once: a process has one worker.
        let _ = self.0.broker.set((context.clone(), streams.clone()));
        self.0.metrics.max_in_flight(max_in_flight);
        self.0.started.store(true, Ordering::Relaxed);
    }

    /// The worker pulls no more.
    pub(super) fn draining(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }

    /// Out streams that store no outcomes at present.
    pub(super) fn blocked_outs(&self) -> &BlockedNames {
        &self.0.blocked_outs
    }

    /// Routes whose stream takes nothing at present.
    pub(super) fn blocked_routes(&self) -> &BlockedNames {
        &self.0.blocked_routes
    }

    /// A retry cannot be scheduled; whether that is to be told: at first, and once a minute.
    pub(super) fn unscheduled(&self) -> bool {
        let now = Instant::now();
        let mut told = lock(&self.0.unscheduled_logged);
        if told.is_some_and(|told| now.duration_since(told) < LOGGED_AGAIN) {
            return false;
        }
        *told = Some(now);
        true
    }

    /// Whether what the group shares about hosts is out of reach.
    pub(super) fn shared_state_away(&self, away: bool) {
        self.0.shared_state_away.store(away, Ordering::Relaxed);
    }

    /// Whether a stream's consumer can be pulled from.
    pub(super) fn pulling(&self, stream: &str, pulling: bool) {
        let mut unbound = self.unbound();
        if pulling {
            unbound.remove(stream);
        } else if !unbound.contains(stream) {
            unbound.insert(stream.to_owned());
        }
    }

    /// The delivery of a raw sequence is in hand until the answer is dropped.
    pub(super) fn in_hand(&self, raw_seq: u64) -> InHand {
        self.0.metrics.in_hand(1);
        self.raw_seqs().push(raw_seq);
        InHand { status: self.clone(), raw_seq }
    }

    /// Deliveries in hand.
    pub(super) fn in_flight(&self) -> usize {
        self.raw_seqs().len()
    }

    /// The routes of a delivery's story were not all sent before the end.
    pub(super) fn unrouted(&self, raw_seq: u64) {
        lock(&self.0.unrouted).push(raw_seq);
    }

    /// Deliveries that came to no end: those in hand, and those whose routes were not all sent.
    pub(super) fn unfinished(&self) -> usize {
        self.in_flight() + lock(&self.0.unrouted).len()
    }

    /// Raw sequences of the deliveries that came to no end, for a log line: the first ones, and how many more.
    pub(super) fn left(&self) -> String {
        let mut raw_seqs = self.raw_seqs().clone();
        raw_seqs.extend(lock(&self.0.unrouted).iter());
        raw_seqs.sort_unstable();
        let named: Vec<String> = raw_seqs.iter().take(NAMED).map(u64::to_string).collect();
        match raw_seqs.len().saturating_sub(NAMED) {
            0 => named.join(" "),
            more => format!("{} and {more} more", named.join(" ")),
        }
    }

    /// Counts one attempt at a story.
    pub(super) fn count(&self, report: &AttemptReport, delivery: DeliveryFacts) {
        self.0.metrics.count(report, delivery);
    }

    fn raw_seqs(&self) -> std::sync::MutexGuard<'_, Vec<u64>> {
        lock(&self.0.raw_seqs)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        lock(&self.0.held)
    }

    fn unbound(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        lock(&self.0.unbound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_to_no_end_is_named() {
        let status = WorkerStatus::default();
        let mut in_hand: Vec<_> = (1..=22).map(|raw_seq| status.in_hand(raw_seq)).collect();
        assert_eq!(status.in_flight(), 22);
        // The last one is done; the one before it only lacks its routes.
        in_hand.pop();
        in_hand.pop();
        status.unrouted(21);
        assert_eq!((status.in_flight(), status.unfinished()), (20, 21));
        let first: Vec<String> = (1..=20).map(|raw_seq: u64| raw_seq.to_string()).collect();
        assert_eq!(status.left(), format!("{} and 1 more", first.join(" ")));
        in_hand.remove(6);
        assert!(!status.left().contains(" 7 ") && status.left().ends_with(" 20 21"));
        drop(in_hand);
        assert_eq!((status.unfinished(), status.left().as_str()), (1, "21"));
        let now = Now { ready: true, connected: true, out_blocked: false };
        let metrics = status.0.metrics.text(now, None);
        assert!(metrics.contains("\nnews_ingest_in_flight 0\n"), "{metrics}");
    }

    #[tokio::test(start_paused = true)]
    async fn unscheduled_retries_are_told_once_a_minute() {
        let status = WorkerStatus::default();
        assert!(status.unscheduled());
        tokio::time::advance(LOGGED_AGAIN.saturating_sub(Duration::from_millis(1))).await;
        assert!(!status.unscheduled());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(status.unscheduled());
        assert!(!status.unscheduled());
    }

    #[test]
    fn every_reason_against_readiness_is_named() {
        let status = WorkerStatus::default();
        assert_eq!(status.not_ready(), ["starting", "not connected to the broker"]);
        status.0.started.store(true, Ordering::Relaxed);
        status.draining();
        status.shared_state_away(true);
        status.pulling("NEWS_RAW", false);
        status.pulling("NEWS_RAW", false);
        status.blocked_outs().add("NEWS_OUT", 1);
        status.blocked_routes().add("urgent", 1);
        assert_eq!(
            status.not_ready(),
            [
                "draining",
                "not connected to the broker",
                "outcomes cannot be stored",
                "the shared state of hosts is out of reach",
                "route urgent accepts nothing",
                "cannot pull from stream NEWS_RAW",
            ]
        );
        status.pulling("NEWS_RAW", true);
        assert!(!status.not_ready().iter().any(|reason| reason.contains("NEWS_RAW")));
    }
}
