//! The worker: how it is put together, pulls, and comes to an orderly end. What becomes of a delivery begins in `attempt`.
//!
//! A task per delivery owns it from the pull to the acknowledgement; no channel parts the two. On
//! shutdown pulling stops, what is in hand is finished, the rest is handed back, and the deadline
//! decides when waiting is over. Nothing is lost either way: what was not acknowledged is
//! delivered again.

mod attempt;
mod attempt_report;
mod back_pressure;
mod context;
mod deferrals;
mod duplicates;
mod housekeeping;
mod in_hand;
mod outcome;
mod pull_rotation;
mod pull_source;
mod raw_streams;
mod read_message;
mod redelivery;
mod retry_policy;
mod routes;
mod settings;
mod settle;
mod shared_state_health;
mod slow_hosts;
mod start_log;
mod status;
mod stop;
mod totals;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Stream;
use thiserror::Error;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::broker::connect::Connection;
use crate::broker::topology::{self, Bound};
use crate::pipeline::Pipeline;
use crate::publish::{BodyStore, Publisher, Subjects};
use crate::record;
use crate::route::{RouteError, Routes};
use crate::state;

use context::{BrokerHandles, Gate, Outputs, Reporting, WorkerContext};
use deferrals::Deferrals;
use housekeeping::{follow_ack_waits, housekeeping};
use in_hand::MessagesInHand;
use pull_rotation::Sources;
use pull_source::Source;
use raw_streams::RawStreams;
pub use settings::{RunSettings, Settings};
use shared_state_health::SharedStateHealth;
use slow_hosts::SlowHosts;
use start_log::{log_start, warn_of_routes_of_one_subject, warn_of_routes_without_stream};
pub use status::{Backlog, WorkerStatus, memory_bytes};
use stop::{drain, log_join_error, log_stop};
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
    let gate = Gate {
        at_work: Arc::new(Semaphore::new(settings.intake.max_in_flight)),
        closed,
        in_hand: MessagesInHand::default(),
    };
    let outputs = outputs(settings, &connection, &bound)?;
    let broker = broker_handles(context.clone(), state, bound.retry.is_some());
    let reporting = reporting(settings.worker.worker_name(), status.clone());
    let settings = with_own_bucket(settings);
    let worker = Arc::new(WorkerContext { pipeline, outputs, broker, gate, reporting, settings });
    log_start(&worker, &connection, &bound);
    warn_of_routes_of_one_subject(&worker.settings.routes);
    tokio::pin!(shutdown);
    let seen = worker.outputs.seen.clone();
    let _following = seen.map(|log| duplicates::follow(log, connection.connects.clone()));
    let mut is_stopped = false;
    if let Some(log) = &worker.outputs.seen {
        tokio::select! {
            () = &mut shutdown => is_stopped = true,
            () = duplicates::read(log) => {}
        }
    }
    let mut sources = open_sources(&worker, &connection, bound.retry.is_some());
    status.started(&context, &worker.settings.streams, worker.settings.intake.max_in_flight);
    let mut tasks = JoinSet::new();
    if !is_stopped {
        let retries = bound.retry.is_some();
        pull_until(&mut shutdown, &worker, retries, &mut sources, &mut tasks).await;
    }
    let unfinished = stop_work(&worker, sources, tasks, &closing).await;
    Ok(Summary { unfinished })
}

/// Pulls no more, waits for what is in hand until the deadline, and says what is left; how many stories that is.
async fn stop_work(
    worker: &Arc<WorkerContext>,
    PullSources { raw, due }: PullSources,
    mut tasks: JoinSet<()>,
    closing: &watch::Sender<bool>,
) -> usize {
    let status = &worker.reporting.status;
    let allowed = Duration::from_secs(worker.settings.worker.shutdown_deadline_secs);
    let deadline = Instant::now() + allowed;
    status.draining();
    tracing::info!(event = "stopping", in_flight = tasks.len(), "no more messages are pulled");
    // What waits for a full stream downstream is handed back rather than waited for.
    let _ = closing.send(true);
    let sources_closed = async {
        tokio::join!(raw.close(), due.close());
    };
    drain(&worker.broker.jetstream.client(), &mut tasks, sources_closed, deadline).await;
    let (unfinished, left) = (status.unfinished(), status.left());
    tasks.abort_all();
    let backlog = tokio::time::timeout(LAST_BACKLOG, status.backlog()).await.ok().flatten();
    log_stop(&worker.reporting, unfinished, &left, backlog);
    unfinished
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
            context.clone(),
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

fn broker_handles(jetstream: Context, state: &state::State, retries: bool) -> BrokerHandles {
    BrokerHandles {
        raw_streams: RawStreams::new(jetstream.clone()),
        jetstream,
        nak_ledger: state.nak_ledger().clone(),
        clock: state.clock().clone(),
        retries_scheduled: AtomicBool::new(retries),
        shared_state: SharedStateHealth::default(),
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

/// What a worker pulls from.
struct PullSources {
    raw: Sources,
    /// Retries that are due. They have slots of their own, so that they use what is idle.
    due: Sources,
}

fn open_sources(worker: &WorkerContext, connection: &Connection, retries: bool) -> PullSources {
    let settings = &worker.settings;
    let source = |target, share| {
        let (context, connection) = (worker.broker.jetstream.clone(), connection.clone());
        let (nak_ledger, status) =
            (worker.broker.nak_ledger.clone(), worker.reporting.status.clone());
        Source::new(target, context, connection, share, settings, nak_ledger, status)
    };
    // Most of the bytes are for what comes in; retries are mostly links.
    let bytes = settings.intake.max_in_flight_mib << 20;
    let due = if retries { pull_rotation::retries(&settings.streams) } else { Vec::new() };
    PullSources {
        raw: Sources::open(pull_rotation::raw(&settings.streams), settings, bytes, source),
        due: Sources::open(due, settings, bytes / 4, source),
    }
}

/// Pulls and works until `shutdown` resolves: a task owns each delivery.
async fn pull_until(
    shutdown: &mut (impl Future<Output = ()> + Unpin),
    worker: &Arc<WorkerContext>,
    retries: bool,
    PullSources { raw, due }: &mut PullSources,
    tasks: &mut JoinSet<()>,
) {
    let (context, settings) = (&worker.broker.jetstream, &worker.settings);
    let ack_waits = raw.ack_waits().chain(due.ack_waits()).collect();
    let ack_waits = follow_ack_waits(context, &settings.streams, ack_waits);
    let housekeeping = async {
        let routes = warn_of_routes_without_stream(context, &settings.routes);
        let ((), never) = tokio::join!(routes, housekeeping(worker, retries));
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
                tasks.spawn(attempt::work(Arc::clone(worker), delivery));
            }
            delivery = raw.next() => {
                tasks.spawn(attempt::work(Arc::clone(worker), delivery));
            }
        }
    }
}

/// How long the broker may take to say what waits when a worker stops.
const LAST_BACKLOG: Duration = Duration::from_secs(2);

/// The settings with the store of large dead letters among those that messages may name.
fn with_own_bucket(settings: &RunSettings) -> RunSettings {
    let mut settings = settings.clone();
    settings.intake.object_buckets.push(settings.streams.dlq_bucket.clone());
    settings
}
