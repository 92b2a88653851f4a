//! What a worker looks after while it works: its totals, and what operators may change at the broker meanwhile (ack
//! waits, servers, the retry stream's size). None of it ends, and none of it holds up a story.

use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Stream;
use tokio::time::Instant;

use super::context::{BrokerHandles, Reporting, WorkerContext};
use super::status;
use crate::broker::topology;
use crate::intake::AckWait;
use crate::publish::Publisher;

/// When the first totals are logged.
const FIRST_TOTALS: Duration = Duration::from_secs(10);

/// Logs the totals and checks the retry stream and the guard, at every interval of the totals. Never ends.
pub(super) async fn housekeeping(worker: &WorkerContext, retries: bool) -> Infallible {
    let streams = &worker.settings.streams;
    let every = Duration::from_secs(worker.settings.worker.totals_interval_secs);
    // Soon after the start: a worker that does not live for long is to be seen, too.
    let mut interval = tokio::time::interval_at(Instant::now() + every.min(FIRST_TOTALS), every);
    let mut left_out_before = 0;
    loop {
        interval.tick().await;
        log_totals(&worker.reporting).await;
        if retries {
            check_retry_capacity(&worker.broker, streams).await;
        }
        check_guard(&worker.broker.jetstream, &worker.outputs.publisher, streams).await;
        let left_out = crate::log::left_out();
        if left_out > left_out_before {
            tracing::warn!(
                event = "log_lines_left_out",
                lines = left_out,
                "standard error was not read"
            );
        }
        left_out_before = left_out;
    }
}

/// Logs what was counted since the last lines.
async fn log_totals(Reporting { deferrals, slow_hosts, totals, status, .. }: &Reporting) {
    deferrals.log();
    slow_hosts.log();
    totals.log(status.in_flight(), status.backlog().await);
}

/// Looks whether the ack wait of a consumer was changed, and says so once. Never ends.
pub(super) async fn follow_ack_waits(
    context: &Context,
    streams: &topology::Settings,
    ack_waits: Vec<(String, AckWait)>,
) -> Infallible {
    /// Between two looks: well below the shortest ack wait that serves.
    const EVERY: Duration = Duration::from_secs(5);
    loop {
        tokio::time::sleep(EVERY).await;
        for (stream, ack_wait) in &ack_waits {
            let consumer = topology::consumer_info(context, streams, stream).await;
            // A consumer that cannot be asked is logged by the pull.
            let Ok(consumer) = consumer else { continue };
            if ack_wait.set(consumer.config.ack_wait) {
                tracing::info!(
                    event = "ack_wait_changed",
                    stream,
                    ack_wait_secs = consumer.config.ack_wait.as_secs(),
                    "the consumer's ack wait was changed; lease extensions follow it"
                );
            }
        }
    }
}

/// A stream may move to an older server, or its server be updated, while the worker runs.
async fn check_guard(context: &Context, publisher: &Publisher, streams: &topology::Settings) {
    let mut outs = Vec::new();
    for name in streams.out_streams() {
        let Ok(out) = context.get_stream(name).await else { return };
        outs.push(out);
    }
    publisher.choose_guard(outs.iter().map(Stream::cached_info));
}

/// Retry streams have no limit of their own; beyond ours, messages are handed back instead.
async fn check_retry_capacity(broker: &BrokerHandles, streams: &topology::Settings) {
    let Some(waiting) = status::scheduled(&broker.jetstream, streams).await else { return };
    let room = waiting < streams.retry_max_messages;
    if broker.retries_scheduled.swap(room, Ordering::Relaxed) && !room {
        tracing::warn!(
            event = "retry_stream_full",
            waiting,
            "retries are handed back with a delay until streams.retry_max_messages has room"
        );
    }
}
