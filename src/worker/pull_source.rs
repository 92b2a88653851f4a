//! Deliveries of one stream, whatever happens to the connection.
//!
//! A failed pull is restarted, with back-off, for as long as the worker lives. What a source does
//! between two deliveries (binding, waiting, closing a pull) is kept in the source and not in the
//! future that asks for the next one: the worker drops that future whenever something else happens,
//! and otherwise a busy stream would keep the other one from ever binding.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Context;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::settings::RunSettings;
use super::settle;
use super::status::WorkerStatus;
use crate::broker::connect::Connection;
use crate::broker::topology;
use crate::intake::{AckWait, ByteBudget, Delivery, Pull, PullError, Puller};
use crate::state::NakLedger;

/// How long the broker may take to bring what it has sent before a pull was closed.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// Between two tries to pull.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// How often it is logged that a stream still cannot be pulled from.
const LOGGED_AGAIN: Duration = Duration::from_secs(60);

/// A stream to pull from.
#[derive(Clone, Debug)]
pub(super) struct PullTarget {
    pub(super) stream: String,
    /// Whether it holds retries, whose headers a worker wrote.
    pub(super) is_retry: bool,
    /// Whether it is of an earlier number of partitions: it may be gone.
    pub(super) is_earlier: bool,
}

/// Deliveries from the group's consumer on one stream.
pub(super) struct Source {
    stream: String,
    target: PullTarget,
    context: Context,
    connection: Connection,
    slots: Arc<Semaphore>,
    budget: ByteBudget,
    settings: RunSettings,
    ack_wait: AckWait,
    nak_ledger: NakLedger,
    status: WorkerStatus,
    step: Step,
    failures: u32,
    /// When it was last logged that it cannot be pulled from.
    logged: Option<Instant>,
}

/// Where a source is between two deliveries.
enum Step {
    Waiting(Instant),
    Binding(BoxFuture<'static, Result<Puller, Unbound>>),
    Pulling(Box<Puller>),
    /// Giving a pull up, and then waiting.
    Closing(BoxFuture<'static, ()>, Instant),
    /// The stream is gone, and was to go.
    Gone,
}

/// Why a stream cannot be pulled from.
enum Unbound {
    /// It was of an earlier number of partitions, and is gone.
    Gone,
    Failed(PullError),
}

impl Source {
    /// `bytes` is its share of what may be in hand.
    pub(super) fn new(
        target: PullTarget,
        context: Context,
        connection: Connection,
        (slots, bytes): (Arc<Semaphore>, usize),
        settings: &RunSettings,
        nak_ledger: NakLedger,
        status: WorkerStatus,
    ) -> Self {
        let budget = ByteBudget::new(bytes, context.client().max_payload());
        // Not ready before the first pull is open.
        status.pulling(&target.stream, false);
        Self {
            budget,
            stream: target.stream.clone(),
            target,
            context,
            connection,
            slots,
            settings: settings.clone(),
            ack_wait: AckWait::new(Duration::from_secs(settings.intake.ack_wait_secs)),
            nak_ledger,
            status,
            step: Step::Waiting(Instant::now()),
            failures: 0,
            logged: None,
        }
    }

    /// The next delivery. Cancel safe, and nothing is done twice for being asked again.
    pub(super) async fn next(&mut self) -> Delivery {
        loop {
            match &mut self.step {
                Step::Waiting(until) => {
                    tokio::time::sleep_until(*until).await;
                    self.step = Step::Binding(self.bind());
                }
                Step::Binding(bound) => match bound.await {
                    Ok(puller) => self.bound(puller),
                    Err(Unbound::Failed(error)) => self.step = Step::Waiting(self.failed(&error)),
                    Err(Unbound::Gone) => {
                        self.status.pulling(&self.stream, true);
                        self.step = Step::Gone;
                    }
                },
                Step::Pulling(puller) => match puller.next().await {
                    Ok(delivery) => {
                        (self.failures, self.logged) = (0, None);
                        return delivery;
                    }
                    Err(error) => {
                        let until = self.failed(&error);
                        self.close_pull(until);
                    }
                },
                Step::Closing(closed, until) => {
                    closed.await;
                    self.step = Step::Waiting(*until);
                }
                Step::Gone => return std::future::pending().await,
            }
        }
    }

    /// The stream, and the ack wait of what is pulled from it.
    pub(super) fn ack_wait(&self) -> (String, AckWait) {
        (self.stream.clone(), self.ack_wait.clone())
    }

    /// Stops pulling and hands back what arrived and was not taken.
    pub(super) async fn close(mut self) {
        self.close_pull(Instant::now());
        if let Step::Closing(closed, _) = self.step {
            closed.await;
        }
    }

    fn bind(&self) -> BoxFuture<'static, Result<Puller, Unbound>> {
        let (context, settings) = (self.context.clone(), self.settings.clone());
        let PullTarget { stream, is_retry, is_earlier } = self.target.clone();
        let (slots, budget) = (Arc::clone(&self.slots), self.budget.clone());
        let (dialler, api) = (self.connection.dialler.clone(), self.connection.api.clone());
        let ack_wait = self.ack_wait.clone();
        async move {
            // First of all: whether a server answers, and why not.
            let socket = dialler
                .dial()
                .await
                .map_err(|error| Unbound::Failed(PullError::Connection(error.to_string())))?;
            let gone = |error: topology::Error| match error {
                topology::Error::NoStream(_) if is_earlier => Unbound::Gone,
                error => Unbound::Failed(PullError::ConsumerGone(error.to_string())),
            };
            let created = topology::bind_stream(&context, &stream).await.map_err(gone)?;
            let created = topology::created_millis(&created);
            let consumer = topology::bind_consumer(&context, &settings.streams, &stream)
                .await
                .map_err(gone)?;
            if consumer.cached_info().config.headers_only {
                return Err(Unbound::Failed(PullError::headers_only()));
            }
            let pull = Pull {
                consumer,
                context,
                api,
                ack_wait,
                socket: Box::new(socket),
                created,
                slots,
                budget,
                trusted_headers: is_retry,
            };
            let timeout = settings.nats.request_timeout_secs.duration();
            Ok(Puller::new(pull, &settings.intake, timeout))
        }
        .boxed()
    }

    fn bound(&mut self, puller: Puller) {
        if self.failures > 0 {
            tracing::info!(
                event = "pulling",
                stream = self.stream,
                "{} is pulled from again",
                self.stream
            );
        }
        self.status.pulling(&self.stream, true);
        self.step = Step::Pulling(Box::new(puller));
    }

    /// Says that pulling does not work; when to try again.
    fn failed(&mut self, error: &PullError) -> Instant {
        let wait = crate::backoff::wait(FIRST_WAIT, LONGEST_WAIT, self.failures);
        self.failures = self.failures.saturating_add(1);
        self.status.pulling(&self.stream, false);
        let is_due = self.logged.is_none_or(|at| at.elapsed() >= LOGGED_AGAIN);
        if is_due {
            self.logged = Some(Instant::now());
            tracing::warn!(
                event = "pull_failed",
                stream = self.stream,
                reason = %error,
                failures = self.failures,
                "{} cannot be pulled from: {error}; it is tried again",
                self.stream
            );
        } else {
            tracing::debug!(stream = self.stream, %error, failures = self.failures, "pull failed");
        }
        Instant::now() + wait
    }

    fn close_pull(&mut self, until: Instant) {
        let step = std::mem::replace(&mut self.step, Step::Waiting(until));
        let Step::Pulling(puller) = step else { return };
        let nak_ledger = self.nak_ledger.clone();
        let closing = async move {
            let left = puller.close(CLOSE_TIMEOUT).await;
            let back = left
                .into_iter()
                .map(|delivery| settle::nak(&nak_ledger, delivery, Duration::ZERO, false));
            for returned in join_all(back).await {
                if let Err(error) = returned {
                    tracing::debug!(%error, "not handed back; the message comes again");
                }
            }
        };
        self.step = Step::Closing(closing.boxed(), until);
    }
}
