//! The worker: permit -> delivery -> pipeline -> settle, and an orderly end.
//!
//! A task per delivery owns it from the pull to the acknowledgement; no channel parts the two. On
//! shutdown pulling stops, what is in hand is finished, the rest is handed back, and the deadline
//! decides when waiting is over. Nothing is lost either way: what was not acknowledged is
//! delivered again.

mod duplicates;
mod later;
mod redelivery;
mod routes;
mod settings;
mod source;
mod story;
mod totals;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::jetstream::Context;
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::broker::connect::Connection;
use crate::broker::topology;
use crate::config::Config;
use crate::pipeline::Pipeline;
use crate::publish::{Publisher, Subjects};
use crate::record;
use crate::route::{RouteError, Routes};
use crate::state::{SeenStories, State};

pub use settings::Settings;
use source::Source;
use story::Shared;
pub use totals::{Backlog, Ended, Totals, memory_bytes};
pub use watch::Watch;

/// Why a worker could not start.
#[derive(Debug, Error)]
pub enum Error {
    /// Streams or consumer are missing.
    #[error(transparent)]
    Topology(#[from] topology::Error),
    /// A route cannot be used.
    #[error(transparent)]
    Route(#[from] RouteError),
}

/// How a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Stories still in hand at the deadline; they will be delivered again.
    pub unfinished: usize,
}

/// Runs until `shutdown` resolves, then drains. `watch` is told how it goes.
///
/// # Errors
/// When streams or consumer are missing at the start. Later faults are survived.
pub async fn run(
    config: &Config,
    connection: Connection,
    pipeline: Pipeline,
    state: &State,
    watch: Watch,
    shutdown: impl Future<Output = ()>,
) -> Result<Summary, Error> {
    let context = async_nats::jetstream::new(connection.client.clone());
    let bound = topology::bind(&context, &config.streams).await?;
    topology::bind_consumer(&context, &config.streams, &config.streams.raw_stream).await?;
    let subjects = Subjects::new(&config.streams.prefix, &record::TOPIC_SLUGS);
    let name = config.worker.worker_name();
    let (closing, closed) = tokio::sync::watch::channel(false);
    let shared = Arc::new(Shared {
        pipeline,
        publisher: Publisher::new(
            connection.client.clone(),
            bound.out,
            subjects,
            config.publish.clone(),
        ),
        routes: Routes::compile(&config.routes, &record::TOPIC_SLUGS)?,
        seen: SeenStories::new(state.seen().clone(), state.clock().clone()),
        clock: state.clock().clone(),
        context: context.clone(),
        config: config.clone(),
        name: name.clone(),
        totals: Totals::default(),
        message_ttl: topology::has_message_ttl(&context),
        retries_scheduled: AtomicBool::new(bound.retry.is_some()),
        watch: watch.clone(),
        closed,
    });
    let slots = Arc::new(Semaphore::new(config.intake.slots));
    tracing::info!(
        event = "start",
        worker = name,
        version = env!("CARGO_PKG_VERSION"),
        server = connection.client.server_info().version,
        replicas = bound.raw.cached_info().config.num_replicas,
        slots = config.intake.slots,
        cores = config.worker.core_count(),
        "worker started"
    );
    if !shared.message_ttl {
        tracing::warn!(
            event = "start",
            "the server keeps skipped messages and dead letters as long as stories: Nats-TTL needs 2.11"
        );
    }
    if bound.retry.is_none() {
        tracing::warn!(
            event = "start",
            "no retry stream with schedules (server 2.12, `news-ingest provision`): retries are handed \
             back with a delay and hold the consumer's ack budget"
        );
    }
    let mut tasks = JoinSet::new();
    tokio::pin!(shutdown);
    let mut totals = tokio::time::interval(Duration::from_secs(config.worker.totals_interval_secs));
    totals.tick().await;
    let raw = &config.streams.raw_stream;
    let mut raw =
        Source::new(raw, context.clone(), connection.clone(), slots, config, watch.clone());
    // Retries have slots of their own: a pull reserves slots while it waits, and neither stream
    // may starve the other.
    let retry_slots = Arc::new(Semaphore::new((config.intake.slots / 8).max(1)));
    let mut due = bound.retry.as_ref().map(|_| {
        let retry = &config.streams.retry_stream;
        Source::new(retry, context.clone(), connection, retry_slots, config, watch.clone())
    });
    watch.started(&context, &config.streams, config.intake.slots);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(done) = tasks.join_next(), if !tasks.is_empty() => look_at(done),
            _ = totals.tick() => {
                log_totals(&shared, &tasks).await;
                if bound.retry.is_some() {
                    mind_the_retry_stream(&shared, &context).await;
                }
            }
            delivery = next_due(due.as_mut()) => {
                tasks.spawn(story::work(Arc::clone(&shared), delivery));
            }
            delivery = raw.next() => {
                tasks.spawn(story::work(Arc::clone(&shared), delivery));
            }
        }
    }
    watch.draining();
    tracing::info!(event = "stopping", in_flight = tasks.len(), "no more messages are pulled");
    // What waits for a full stream downstream is handed back rather than waited for.
    let _ = closing.send(true);
    raw.close().await;
    if let Some(due) = due {
        due.close().await;
    }
    let deadline = Duration::from_secs(config.worker.shutdown_deadline_secs);
    let drained = tokio::time::timeout(deadline, async {
        while let Some(done) = tasks.join_next().await {
            look_at(done);
        }
    });
    let unfinished = match drained.await {
        Ok(()) => 0,
        Err(_) => tasks.len(),
    };
    tasks.abort_all();
    log_totals(&shared, &tasks).await;
    if let Err(error) = shared.context.client().flush().await {
        tracing::warn!(event = "stop", %error, "flush");
    }
    let stories = shared.totals.since_start(Ended::Story);
    if unfinished > 0 {
        tracing::error!(event = "stop", unfinished, stories, "deadline over; the rest comes again");
    } else {
        tracing::info!(event = "stop", unfinished, stories, "worker stopped");
    }
    Ok(Summary { unfinished })
}

/// The next retry that is due; never, where the broker schedules none.
async fn next_due(source: Option<&mut Source>) -> crate::intake::Delivery {
    match source {
        Some(source) => source.next().await,
        None => std::future::pending().await,
    }
}

/// The retry stream has no limit of its own; beyond ours, messages are handed back instead.
async fn mind_the_retry_stream(shared: &Shared, context: &Context) {
    let streams = &shared.config.streams;
    let Ok(stream) = context.get_stream(&streams.retry_stream).await else { return };
    let waiting = stream.cached_info().state.messages;
    let room = waiting < streams.retry_max_messages;
    if shared.retries_scheduled.swap(room, Ordering::Relaxed) && !room {
        tracing::warn!(
            event = "retry_stream_full",
            waiting,
            "retries are handed back with a delay until streams.retry_max_messages has room"
        );
    }
}

fn look_at(done: Result<(), tokio::task::JoinError>) {
    if let Err(error) = done
        && !error.is_cancelled()
    {
        tracing::error!(event = "panic", %error, "a delivery was dropped; it comes again");
    }
}

async fn log_totals(shared: &Shared, tasks: &JoinSet<()>) {
    shared.totals.log(tasks.len(), shared.watch.backlog().await);
}
