//! What waits at the broker for the group's workers, and which of its consumers are paused or filtered.

use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::jetstream::Context;

use crate::broker::topology;

/// How long the broker may take to tell the backlog.
const BACKLOG_WAIT: Duration = Duration::from_secs(2);

/// What waits at the broker.
#[derive(Clone, Copy, Debug)]
pub struct Backlog {
    /// Messages not delivered yet.
    pub waiting: u64,
    /// Messages delivered and not acknowledged, over all workers.
    pub unacknowledged: u64,
    /// Messages in the retry stream, scheduled or due; `None` where the broker does not tell.
    pub scheduled: Option<u64>,
}

/// Messages in the retry streams; `None` where one is missing, or the broker does not tell in time.
pub(in crate::worker) async fn scheduled(
    context: &Context,
    streams: &topology::Settings,
) -> Option<u64> {
    let mut messages = 0;
    for name in streams.retry_streams() {
        let asked = tokio::time::timeout(BACKLOG_WAIT, context.get_stream(name));
        messages += asked.await.ok()?.ok()?.cached_info().state.messages;
    }
    Some(messages)
}

/// What waits in the raw streams of the group, those of other workers' partitions among them, and which of its
/// consumers are held back.
pub(super) async fn ask(
    context: &Context,
    streams: &topology::Settings,
) -> Option<(Backlog, BTreeSet<String>)> {
    let mut all = Backlog { waiting: 0, unacknowledged: 0, scheduled: None };
    let mut held = BTreeSet::new();
    for stream in streams.raw_streams() {
        let asked = topology::bind_consumer(context, streams, &stream);
        let consumer = tokio::time::timeout(BACKLOG_WAIT, asked).await.ok()?.ok()?;
        let info = consumer.cached_info();
        all.waiting += info.num_pending;
        all.unacknowledged += u64::try_from(info.num_ack_pending).unwrap_or_default();
        let config = &info.config;
        let is_filtered = !(config.filter_subject.is_empty() && config.filter_subjects.is_empty());
        for (holds, how) in [(info.paused, "is paused"), (is_filtered, "has a filter")] {
            if holds {
                held.insert(format!("consumer {} on {stream} {how}", streams.group));
            }
        }
    }
    all.scheduled = scheduled(context, streams).await;
    Some((all, held))
}

/// Logs the consumers that are held back and were not before, and those that no longer are.
pub(super) fn log_held(before: &BTreeSet<String>, now: &BTreeSet<String>) {
    for reason in now.difference(before) {
        tracing::warn!(
            event = "consumer_held",
            reason,
            "{reason}: not everything is delivered; `news-ingest check --connect` says what to change"
        );
    }
    for reason in before.difference(now) {
        tracing::info!(event = "consumer_released", reason, "no longer: {reason}");
    }
}
