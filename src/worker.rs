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
mod story;
mod totals;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::jetstream::Context;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::broker::connect::Connection;
use crate::broker::topology;
use crate::config::Config;
use crate::intake::{PullError, Puller};
use crate::pipeline::Pipeline;
use crate::publish::{Publisher, Subjects};
use crate::record;
use crate::route::{RouteError, Routes};
use crate::state::{SeenStories, State};

use story::Shared;
pub use totals::{Backlog, Ended, Totals, memory_mib};

/// How a worker behaves.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Name of this worker in dead letters and logs; empty: host name and process id.
    pub name: String,
    /// Threads for extraction and tagging; 0: one per core.
    pub cores: usize,
    /// How long a shutdown waits for stories in hand, in seconds.
    pub shutdown_deadline_secs: u64,
    /// Wait before the first retry, in seconds; it doubles with every attempt.
    pub retry_min_secs: u64,
    /// Longest wait before a retry, in seconds.
    pub retry_max_secs: u64,
    /// Attempts after which a story that could not be had is dead-lettered.
    pub max_attempts: u64,
    /// Age of a message after which it is not tried again, in hours.
    pub max_age_hours: u64,
    /// How often a totals line is logged, in seconds.
    pub totals_interval_secs: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: String::new(),
            cores: 0,
            shutdown_deadline_secs: 25,
            retry_min_secs: 15,
            retry_max_secs: 3600,
            max_attempts: 8,
            max_age_hours: 48,
            totals_interval_secs: 60,
        }
    }
}

impl Settings {
    /// Checks the limits.
    ///
    /// # Errors
    /// Names the key that is out of range.
    pub fn check(&self) -> Result<(), String> {
        if !(1..=3600).contains(&self.shutdown_deadline_secs) {
            return Err("worker.shutdown_deadline_secs is not in 1..=3600".to_owned());
        }
        if self.retry_min_secs == 0 || self.retry_min_secs > self.retry_max_secs {
            return Err("worker.retry_min_secs is not in 1..=retry_max_secs".to_owned());
        }
        if self.max_attempts == 0 || self.max_age_hours == 0 {
            return Err("worker.max_attempts and worker.max_age_hours must be above 0".to_owned());
        }
        if self.totals_interval_secs == 0 {
            return Err("worker.totals_interval_secs must be above 0".to_owned());
        }
        Ok(())
    }

    /// Threads for CPU work.
    #[must_use]
    pub fn core_count(&self) -> usize {
        match self.cores {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            cores => cores,
        }
    }

    /// This worker's name.
    #[must_use]
    pub fn worker_name(&self) -> String {
        if self.name.is_empty() {
            let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
            format!("{host}-{}", std::process::id())
        } else {
            self.name.clone()
        }
    }
}

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

/// Runs until `shutdown` resolves, then drains.
///
/// # Errors
/// When streams or consumer are missing at the start. Later faults are survived.
pub async fn run(
    config: &Config,
    connection: Connection,
    pipeline: Pipeline,
    state: &State,
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
        context: context.clone(),
        config: config.clone(),
        name: name.clone(),
        totals: Totals::default(),
        message_ttl: topology::has_message_ttl(&context),
        retries_scheduled: AtomicBool::new(bound.retry.is_some()),
        blocked: AtomicBool::new(false),
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
    let mut raw = Source::new(raw, context.clone(), connection.clone(), slots, config);
    // Retries have slots of their own: a pull reserves slots while it waits, and neither stream
    // may starve the other.
    let retry_slots = Arc::new(Semaphore::new((config.intake.slots / 8).max(1)));
    let mut due = bound.retry.as_ref().map(|_| {
        let retry = &config.streams.retry_stream;
        Source::new(retry, context.clone(), connection, retry_slots, config)
    });
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            Some(done) = tasks.join_next(), if !tasks.is_empty() => look_at(done),
            _ = totals.tick() => {
                log_totals(&shared, &tasks, &context).await;
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
    log_totals(&shared, &tasks, &context).await;
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

async fn log_totals(shared: &Shared, tasks: &JoinSet<()>, context: &Context) {
    let streams = &shared.config.streams;
    let info = tokio::time::timeout(
        Duration::from_secs(2),
        context.get_consumer_from_stream::<async_nats::jetstream::consumer::pull::Config, _, _>(
            &streams.group,
            &streams.raw_stream,
        ),
    )
    .await;
    let backlog = match info {
        Ok(Ok(consumer)) => {
            let info = consumer.cached_info();
            Some(Backlog { waiting: info.num_pending, unacknowledged: info.num_ack_pending as u64 })
        }
        Ok(Err(_)) | Err(_) => None,
    };
    shared.totals.log(tasks.len(), backlog);
}

/// Deliveries from the group's consumer, whatever happens to the connection: a pull that fails is
/// made anew, with back-off, for as long as the worker lives.
struct Source {
    stream: String,
    context: Context,
    connection: Connection,
    slots: Arc<Semaphore>,
    config: Config,
    puller: Option<Puller>,
    failures: u32,
}

impl Source {
    fn new(
        stream: &str,
        context: Context,
        connection: Connection,
        slots: Arc<Semaphore>,
        config: &Config,
    ) -> Self {
        Self {
            stream: stream.to_owned(),
            context,
            connection,
            slots,
            config: config.clone(),
            puller: None,
            failures: 0,
        }
    }

    /// The next delivery. Cancel safe.
    async fn next(&mut self) -> crate::intake::Delivery {
        loop {
            if self.puller.is_none() {
                match self.bind().await {
                    Ok(puller) => {
                        if self.failures > 0 {
                            tracing::info!(
                                event = "pulling",
                                stream = self.stream,
                                "pulling again"
                            );
                        }
                        self.connection.connects.mark_unchanged();
                        self.puller = Some(puller);
                    }
                    Err(error) => self.pause(&error.to_string()).await,
                }
            }
            let Some(puller) = &mut self.puller else { continue };
            tokio::select! {
                biased;
                changed = self.connection.connects.changed() => {
                    // An open pull does not survive a reconnect.
                    if changed.is_ok() {
                        self.give_up().await;
                    }
                }
                delivery = puller.next() => match delivery {
                    Ok(delivery) => {
                        self.failures = 0;
                        return delivery;
                    }
                    Err(error) => {
                        self.give_up().await;
                        self.pause(&error.to_string()).await;
                    }
                },
            }
        }
    }

    async fn bind(&self) -> Result<Puller, PullError> {
        let consumer = topology::bind_consumer(&self.context, &self.config.streams, &self.stream)
            .await
            .map_err(|error| PullError::ConsumerGone(error.to_string()))?;
        let timeout = self.config.nats.request_timeout_secs.duration();
        Puller::new(
            consumer,
            self.context.clone(),
            Arc::clone(&self.slots),
            &self.config.intake,
            timeout,
        )
        .await
    }

    async fn give_up(&mut self) {
        if let Some(puller) = self.puller.take() {
            puller.close().await;
        }
    }

    async fn pause(&mut self, reason: &str) {
        let wait = Duration::from_millis(250 << self.failures.min(5));
        self.failures = self.failures.saturating_add(1);
        tracing::warn!(
            event = "pull_failed",
            stream = self.stream,
            reason,
            failures = self.failures,
            "pull failed"
        );
        tokio::time::sleep(wait).await;
    }

    async fn close(mut self) {
        self.give_up().await;
    }
}
