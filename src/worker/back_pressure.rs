//! Storing what an attempt came to while a stream takes nothing: the attempt is made again until it is stored, and the log says
//! so once in a while.
//!
//! A delivery that waits here is noted as one that ended: it may be delivered again and again meanwhile, and is no message that
//! kills workers.

use std::sync::atomic::{AtomicBool, Ordering};

use super::context::WorkerContext;
use super::settle::note_waiting;
use super::status::StillBlocked;
use crate::disposition::Classify as _;
use crate::intake::Delivery;
use crate::model::Key;
use crate::publish;

/// Remembers that a key's story was published, and all that follows from it. Waits while the stream of keys takes
/// nothing: the message must not be acknowledged before.
pub(super) async fn remember(
    worker: &WorkerContext,
    delivery: &Delivery,
    key: Key,
) -> Result<(), publish::Error> {
    let publisher = &worker.outputs.publisher;
    let Some(stream) = publisher.guard_name() else { return Ok(()) };
    let attempt = || publisher.remember(key, delivery.place());
    while_blocked(worker, delivery, stream, attempt).await
}

/// Makes an attempt again for as long as a stream takes nothing.
pub(super) async fn while_blocked<T, A: Future<Output = Result<T, publish::Error>>>(
    worker: &WorkerContext,
    delivery: &Delivery,
    stream: &str,
    attempt: impl Fn() -> A,
) -> Result<T, publish::Error> {
    let (status, ledger) = (&worker.reporting.status, &worker.broker.nak_ledger);
    let is_noted = AtomicBool::new(false);
    let attempt = async || {
        let made = attempt().await;
        let is_blocked = made.as_ref().is_err_and(publish::Error::is_back_pressure);
        // While it waits it may be delivered again and again, to whoever does not wait yet.
        if is_blocked && !is_noted.load(Ordering::Relaxed) && !*worker.gate.closed.borrow() {
            is_noted.store(note_waiting(ledger, delivery).await, Ordering::Relaxed);
        }
        made
    };
    let log = |error: &publish::Error, still: StillBlocked| {
        let stream = error.stream().unwrap_or(stream);
        tracing::warn!(
            event = "out_blocked",
            stream,
            code = error.code(),
            %error,
            blocked_secs = still.lasted.as_secs(),
            waiting = still.waiting,
            "{stream} accepts nothing: {error}; stories in hand wait and nothing is lost; `news-ingest check --connect` names \
             a limit that is reached; if it names none, look at the broker's disk and log",
        );
    };
    let (waits_for, closed) = ((stream, delivery.raw_seq()), worker.gate.closed.clone());
    let (stored, lasted) = status.blocked_outs().wait(waits_for, closed, attempt, log).await;
    if let Some(lasted) = lasted {
        tracing::info!(
            event = "out_resumed",
            stream,
            blocked_secs = lasted.as_secs(),
            "{stream} accepts messages again"
        );
    }
    stored
}
