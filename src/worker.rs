//! The worker: permit -> delivery -> pipeline -> settle, and an orderly end.
//!
//! A task per delivery owns it from the pull to the acknowledgement; no channel parts the two. On
//! shutdown pulling stops, what is in hand is finished, the rest is handed back, and the deadline
//! decides when waiting is over. Nothing is lost either way: what was not acknowledged is
//! delivered again.

mod attempt;
mod attempt_report;
mod context;
mod deferrals;
mod duplicates;
mod outcome;
mod raw_streams;
mod read_message;
mod redelivery;
mod retry_policy;
mod routes;
mod settings;
mod settle;
mod shared_state;
mod slow_hosts;
mod source;
mod sources;
mod status;
mod totals;

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Stream;
use thiserror::Error;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::broker::connect::Connection;
use crate::broker::topology::{self, Bound};
use crate::intake::AckWait;
use crate::pipeline::Pipeline;
use crate::publish::{BodyStore, Publisher, Subjects};
use crate::record;
use crate::route::{RouteError, Routes};
use crate::state;

pub use attempt_report::AttemptOutcome;
use context::{Gate, Ledger, Outputs, Reporting, WorkerContext};
use deferrals::Deferrals;
use raw_streams::RawStreams;
pub use settings::{RunSettings, Settings};
use shared_state::SharedState;
use slow_hosts::SlowHosts;
use source::Source;
use sources::Sources;
pub use status::{Backlog, WorkerStatus, memory_bytes};
pub use totals::Totals;

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

/// Runs until `shutdown` resolves, then drains. `status` shows how it goes.
///
/// # Errors
/// When streams or consumer are missing at the start. Later faults are survived.
pub async fn run(
    settings: &RunSettings,
    connection: Connection,
    pipeline: Pipeline,
    state: &state::State,
    status: WorkerStatus,
    shutdown: impl Future<Output = ()>,
) -> Result<Summary, Error> {
    let context = connection.jetstream();
    let bound = topology::bind(&context, &settings.streams).await?;
    for stream in settings.streams.raw_streams() {
        topology::bind_consumer(&context, &settings.streams, &stream).await?;
    }
    let (closing, closed) = watch::channel(false);
    let gate = Gate { at_work: Arc::new(Semaphore::new(settings.intake.max_in_flight)), closed };
    let outputs = outputs(settings, &connection, &bound)?;
    let ledger = ledger(context.clone(), state, bound.retry.is_some());
    let reporting = reporting(settings.worker.worker_name(), status.clone());
    let settings = with_own_bucket(settings);
    let shared = Arc::new(WorkerContext { pipeline, outputs, ledger, gate, reporting, settings });
    log_start(&shared, &connection, &bound);
    tokio::pin!(shutdown);
    let following = shared.outputs.seen.clone().map(|log| {
        let connects = connection.connects.clone();
        tokio::spawn(async move { log.follow(connects).await })
    });
    let mut is_stopped = false;
    if let Some(log) = &shared.outputs.seen {
        tokio::select! {
            () = &mut shutdown => is_stopped = true,
            () = duplicates::read(log) => {}
        }
    }
    let mut sources = open_sources(&shared, &connection, bound.retry.is_some());
    status.started(&context, &shared.settings.streams, shared.settings.intake.max_in_flight);
    let mut tasks = JoinSet::new();
    if !is_stopped {
        let retries = bound.retry.is_some();
        pull_until(&mut shutdown, &shared, retries, &mut sources, &mut tasks).await;
    }
    let deadline = Duration::from_secs(shared.settings.worker.shutdown_deadline_secs);
    let deadline = Instant::now() + deadline;
    status.draining();
    tracing::info!(event = "stopping", in_flight = tasks.len(), "no more messages are pulled");
    // What waits for a full stream downstream is handed back rather than waited for.
    let _ = closing.send(true);
    drain(&shared, &mut tasks, sources, deadline).await;
    let (unfinished, left) = (status.unfinished(), status.left());
    tasks.abort_all();
    if let Some(following) = following {
        following.abort();
        // It ends by nothing but this, or a fault of its own.
        log_join_error(following.await);
    }
    let backlog = tokio::time::timeout(LAST_BACKLOG, status.backlog()).await.ok().flatten();
    log_stop(&shared, unfinished, &left, backlog);
    Ok(Summary { unfinished })
}

/// Where outcomes go.
fn outputs(
    settings: &RunSettings,
    connection: &Connection,
    bound: &Bound,
) -> Result<Outputs, RouteError> {
    let context = connection.jetstream();
    let outs = bound.outs.current.iter();
    let message_ttl = outs.map(Stream::cached_info).all(|out| out.config.allow_message_ttl);
    Ok(Outputs {
        publisher: Publisher::new(
            connection.client.clone(),
            bound.clone(),
            Subjects::new(&settings.streams.prefix, &record::TOPIC_SLUGS),
            settings.streams.clone(),
            settings.publish.clone(),
        ),
        body_store: BodyStore::new(context.clone(), settings.streams.dlq_bucket.clone()),
        routes: Routes::compile(&settings.routes, &record::TOPIC_SLUGS)?,
        seen: duplicates::log(settings, context),
        message_ttl,
    })
}

fn ledger(context: Context, state: &state::State, retries: bool) -> Ledger {
    Ledger {
        raw_streams: RawStreams::new(context.clone()),
        context,
        nak_ledger: state.nak_ledger().clone(),
        clock: state.clock().clone(),
        retries_scheduled: AtomicBool::new(retries),
        shared_state: SharedState::default(),
    }
}

fn reporting(name: String, status: WorkerStatus) -> Reporting {
    Reporting {
        name,
        totals: Totals::default(),
        deferrals: Deferrals::default(),
        slow_hosts: SlowHosts::default(),
        status,
    }
}

/// Logs the start, and what the servers lack.
fn log_start(shared: &WorkerContext, connection: &Connection, bound: &Bound) {
    tracing::info!(
        event = "start",
        worker = shared.reporting.name,
        version = env!("CARGO_PKG_VERSION"),
        server = connection.client.server_info().version,
        replicas = bound.raw.cached_info().config.num_replicas,
        max_in_flight = shared.settings.intake.max_in_flight,
        cores = shared.settings.worker.core_count(),
        "worker started"
    );
    if !shared.outputs.publisher.has_filter_guard() {
        tracing::warn!(
            event = "start",
            "the out stream's server lacks the guard over a subject filter, which needs 2.11: instead a lookup in the out \
             stream and, within its duplicate window, a message id keep a story from being published twice"
        );
    }
    if !shared.outputs.message_ttl {
        tracing::warn!(
            event = "start",
            "the out stream keeps skipped messages and dead letters as long as stories: it does not allow \
             per-message TTLs (server 2.11, `news-ingest provision`)"
        );
    }
    if let (None, Some(guard)) = (&bound.guard, shared.settings.streams.guard_stream()) {
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

/// Warns of routes whose stories will wait, before there are any. A worker that may not ask is silent.
async fn warn_of_routes_without_stream(shared: &WorkerContext) {
    for route in &shared.settings.routes {
        let subject = route.subject_filter();
        if let Ok(None) = topology::stream_of(&shared.ledger.context, &subject).await {
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

/// What a worker pulls from.
struct PullSources {
    raw: Sources,
    /// Retries that are due. They have slots of their own, so that they use what is idle.
    due: Sources,
}

fn open_sources(shared: &WorkerContext, connection: &Connection, retries: bool) -> PullSources {
    let settings = &shared.settings;
    let source = |target, share| {
        let (context, connection) = (shared.ledger.context.clone(), connection.clone());
        let (nak_ledger, status) =
            (shared.ledger.nak_ledger.clone(), shared.reporting.status.clone());
        Source::new(target, context, connection, share, settings, nak_ledger, status)
    };
    // Most of the bytes are for what comes in; retries are mostly links.
    let bytes = settings.intake.max_in_flight_mib << 20;
    let due = if retries { sources::retries(&settings.streams) } else { Vec::new() };
    PullSources {
        raw: Sources::open(sources::raw(&settings.streams), settings, bytes, source),
        due: Sources::open(due, settings, bytes / 4, source),
    }
}

/// Pulls and works until `shutdown` resolves: a task owns each delivery.
async fn pull_until(
    shutdown: &mut (impl Future<Output = ()> + Unpin),
    shared: &Arc<WorkerContext>,
    retries: bool,
    PullSources { raw, due }: &mut PullSources,
    tasks: &mut JoinSet<()>,
) {
    let ack_waits = follow_ack_waits(shared, raw.ack_waits().chain(due.ack_waits()).collect());
    let housekeeping = async {
        let ((), never) =
            tokio::join!(warn_of_routes_without_stream(shared), housekeeping(shared, retries));
        never
    };
    tokio::pin!(ack_waits);
    tokio::pin!(housekeeping);
    loop {
        tokio::select! {
            biased;
            () = &mut *shutdown => return,
            Some(done) = tasks.join_next(), if !tasks.is_empty() => log_join_error(done),
            never = &mut housekeeping => match never {},
            never = &mut ack_waits => match never {},
            delivery = due.next() => {
                tasks.spawn(attempt::work(Arc::clone(shared), delivery));
            }
            delivery = raw.next() => {
                tasks.spawn(attempt::work(Arc::clone(shared), delivery));
            }
        }
    }
}

/// Logs the last totals, and whether every story in hand was done.
fn log_stop(shared: &WorkerContext, unfinished: usize, left: &str, backlog: Option<Backlog>) {
    shared.reporting.deferrals.log();
    shared.reporting.slow_hosts.log();
    shared.reporting.totals.log(unfinished, backlog);
    let stories = shared.reporting.totals.since_start(AttemptOutcome::Story);
    if unfinished > 0 {
        tracing::error!(
            event = "stop",
            unfinished,
            stories,
            left,
            "stopped before these stories were done; they come again"
        );
    } else {
        tracing::info!(event = "stop", unfinished, stories, "worker stopped");
    }
}

/// How long the broker may take to say what waits when a worker stops.
const LAST_BACKLOG: Duration = Duration::from_secs(2);

/// When the first totals are logged.
const FIRST_TOTALS: Duration = Duration::from_secs(10);

/// The settings with the store of large dead letters among those that messages may name.
fn with_own_bucket(settings: &RunSettings) -> RunSettings {
    let mut settings = settings.clone();
    settings.intake.object_buckets.push(settings.streams.dlq_bucket.clone());
    settings
}

/// Hands back what was pulled and not begun, waits for what was, and sends off what is buffered; at
/// the deadline it stops waiting.
async fn drain(
    shared: &WorkerContext,
    tasks: &mut JoinSet<()>,
    PullSources { raw, due }: PullSources,
    deadline: Instant,
) {
    let drained = tokio::time::timeout_at(deadline, async {
        let finished = async {
            while let Some(done) = tasks.join_next().await {
                log_join_error(done);
            }
        };
        tokio::join!(raw.close(), due.close(), finished);
        let client = shared.ledger.context.client();
        // Without a connection there is nobody to take what is buffered, and waiting would use up the deadline.
        if client.connection_state() == State::Connected
            && let Err(error) = client.flush().await
        {
            tracing::warn!(event = "stop", %error, "flush");
        }
    });
    // Whether it ended in time shows in what is left.
    let _ = drained.await;
    while let Some(done) = tasks.try_join_next() {
        log_join_error(done);
    }
}

/// Logs the totals and checks the retry stream and the guard, at every interval of the totals. Never ends.
async fn housekeeping(shared: &WorkerContext, retries: bool) -> Infallible {
    let every = Duration::from_secs(shared.settings.worker.totals_interval_secs);
    // Soon after the start: a worker that does not live for long is to be seen, too.
    let mut rounds = tokio::time::interval_at(Instant::now() + every.min(FIRST_TOTALS), every);
    let mut left_out_before = 0;
    loop {
        rounds.tick().await;
        shared.reporting.deferrals.log();
        shared.reporting.slow_hosts.log();
        shared
            .reporting
            .totals
            .log(shared.reporting.status.in_flight(), shared.reporting.status.backlog().await);
        if retries {
            check_retry_capacity(shared).await;
        }
        check_guard(shared).await;
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

/// Looks whether the ack wait of a consumer was changed, and says so once. Never ends.
async fn follow_ack_waits(shared: &WorkerContext, ack_waits: Vec<(String, AckWait)>) -> Infallible {
    /// Between two looks: well below the shortest ack wait that serves.
    const EVERY: Duration = Duration::from_secs(5);
    let streams = &shared.settings.streams;
    loop {
        tokio::time::sleep(EVERY).await;
        for (stream, ack_wait) in &ack_waits {
            let consumer = topology::consumer_info(&shared.ledger.context, streams, stream).await;
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
async fn check_guard(shared: &WorkerContext) {
    let streams = &shared.settings.streams;
    let mut outs = Vec::new();
    for name in streams.out_streams() {
        let Ok(out) = shared.ledger.context.get_stream(name).await else { return };
        outs.push(out);
    }
    shared.outputs.publisher.choose_guard(outs.iter().map(Stream::cached_info));
}

/// Retry streams have no limit of their own; beyond ours, messages are handed back instead.
async fn check_retry_capacity(shared: &WorkerContext) {
    let streams = &shared.settings.streams;
    let Some(waiting) = status::scheduled(&shared.ledger.context, streams).await else { return };
    let room = waiting < streams.retry_max_messages;
    if shared.ledger.retries_scheduled.swap(room, Ordering::Relaxed) && !room {
        tracing::warn!(
            event = "retry_stream_full",
            waiting,
            "retries are handed back with a delay until streams.retry_max_messages has room"
        );
    }
}

fn log_join_error(done: Result<(), tokio::task::JoinError>) {
    if let Err(error) = done
        && !error.is_cancelled()
    {
        tracing::error!(event = "panic", %error, "a delivery was dropped; it will be delivered again");
    }
}
