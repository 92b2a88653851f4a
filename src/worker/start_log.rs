//! What a worker says when it starts: its version and size, what the servers lack, and routes that lead nowhere.

use async_nats::jetstream::Context;

use super::context::WorkerContext;
use crate::broker::connect::Connection;
use crate::broker::topology::{self, Bound};
use crate::route::RouteSettings;

/// Logs the start, and what the servers lack.
pub(super) fn log_start(worker: &WorkerContext, connection: &Connection, bound: &Bound) {
    tracing::info!(
        event = "start",
        worker = worker.reporting.name,
        version = env!("CARGO_PKG_VERSION"),
        server = connection.client.server_info().version,
        replicas = bound.raw.cached_info().config.num_replicas,
        max_in_flight = worker.settings.intake.max_in_flight,
        cores = worker.settings.worker.core_count(),
        "worker started"
    );
    if !worker.outputs.publisher.has_filter_guard() {
        tracing::warn!(
            event = "start",
            "the out stream's server lacks the guard over a subject filter, which needs 2.11: instead a lookup in the out \
             stream and, within its duplicate window, a message id keep a story from being published twice"
        );
    }
    if !worker.outputs.message_ttl {
        tracing::warn!(
            event = "start",
            "the out stream keeps every outcome for streams.out_max_age_hours: it does not allow per-message TTLs \
             (server 2.11, `news-ingest provision`)"
        );
    }
    if let (None, Some(guard)) = (&bound.guard, worker.settings.streams.guard_stream()) {
        tracing::warn!(
            event = "start",
            stream = guard,
            "stream {guard} does not exist (`news-ingest provision`): a story sent again after the out stream has discarded \
             it is published again"
        );
    }
    if bound.retry.is_none() {
        tracing::warn!(
            event = "start",
            "no retry stream with schedules (server 2.12, `news-ingest provision`): retries are handed \
             back with a delay and hold the consumer's ack budget"
        );
    }
}

/// Warns of routes of one subject: a story that takes two of them goes by the first alone.
pub(super) fn warn_of_routes_of_one_subject(routes: &[RouteSettings]) {
    for (at, route) in routes.iter().enumerate() {
        let subject = route.subject.as_str();
        let first = routes[..at].iter().find(|first| first.subject == subject);
        if let Some(first) = first.filter(|_| !subject.contains("{route}")) {
            tracing::warn!(
                event = "routes_share_subject",
                route = route.name,
                subject,
                "routes {} and {} have one subject, which takes one message: a story that takes both goes by the first",
                first.name,
                route.name
            );
        }
    }
}

/// Warns of routes whose stories will wait, before there are any. A worker that may not ask is silent.
pub(super) async fn warn_of_routes_without_stream(context: &Context, routes: &[RouteSettings]) {
    for route in routes {
        let subject = route.subject_filter();
        if let Ok(None) = topology::stream_of(context, &subject).await {
            tracing::warn!(
                event = "route_without_stream",
                route = route.name,
                subject,
                "no stream takes {subject}: stories of route {} will wait; create a stream with this subject, or \
                 take the route out",
                route.name
            );
        }
    }
}
