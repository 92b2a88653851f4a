//! Everything that a delivery's task shares with the others: outputs, handles on the broker, limits, counters.
//!
//! In parts of at most six fields, so that a signature or a line shows what it touches: `worker.outputs`, `worker.broker`,
//! `worker.gate`, `worker.reporting`.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use async_nats::jetstream::Context;
use tokio::sync::{Semaphore, watch};

use super::deferrals::Deferrals;
use super::in_hand::MessagesInHand;
use super::raw_streams::RawStreams;
use super::settings::RunSettings;
use super::shared_state_health::SharedStateHealth;
use super::slow_hosts::SlowHosts;
use super::status::WorkerStatus;
use super::totals::Totals;
use crate::pipeline::Pipeline;
use crate::publish::{BodyStore, Publisher};
use crate::route::Routes;
use crate::state::{Clock, DuplicateLog, NakLedger};

/// Everything that a delivery's task shares with the others.
pub(super) struct WorkerContext {
    pub(super) pipeline: Pipeline,
    pub(super) outputs: Outputs,
    pub(super) broker: BrokerHandles,
    pub(super) gate: Gate,
    pub(super) reporting: Reporting,
    pub(super) settings: RunSettings,
}

/// Where stories and failures go.
pub(super) struct Outputs {
    pub(super) publisher: Publisher,
    pub(super) body_store: BodyStore,
    pub(super) routes: Routes,
    /// The log of what the group has seen; `None` where copies are published without a look.
    pub(super) seen: Option<DuplicateLog>,
    /// Whether the out streams let single messages expire.
    pub(super) message_ttl: bool,
}

/// What the broker knows of deliveries and time.
pub(super) struct BrokerHandles {
    pub(super) jetstream: Context,
    pub(super) nak_ledger: NakLedger,
    pub(super) clock: Clock,
    /// Whether a stream is still the one that a delivery came from.
    pub(super) raw_streams: RawStreams,
    /// Whether retries are scheduled; else messages are handed back with a delay.
    pub(super) retries_scheduled: AtomicBool,
    /// Whether what the group shares about hosts answers.
    pub(super) shared_state: SharedStateHealth,
}

/// What bounds and ends the work.
pub(super) struct Gate {
    /// The bound on stories that are worked on, over both streams.
    pub(super) at_work: Arc<Semaphore>,
    /// Turns true when the worker is about to stop.
    pub(super) closed: watch::Receiver<bool>,
    pub(super) in_hand: MessagesInHand,
}

/// Counters, and the lines that sum them up.
pub(super) struct Reporting {
    /// The worker's name.
    pub(super) name: String,
    pub(super) totals: Totals,
    pub(super) deferrals: Deferrals,
    pub(super) slow_hosts: SlowHosts,
    pub(super) status: WorkerStatus,
}
