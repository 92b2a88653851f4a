//! What becomes of a delivery in the end: acknowledged, scheduled for later, or handed back.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::attempt_report::{AttemptOutcome, AttemptReport, report};
use super::context::WorkerContext;
use super::retry_policy::{now, wait_before_retry};
use crate::disposition::{Classify as _, Failure};
use crate::intake::{Delivery, SettleError};
use crate::model::Identity;
use crate::publish::Later;
use crate::state::{NakCounts, NakLedger, Place};

/// Schedules the message for later; where that cannot be done it is handed back on settling.
pub(super) async fn later(
    shared: &WorkerContext,
    delivery: &Delivery,
    identity: Identity,
    ended: AttemptOutcome,
    failure: Failure,
    spent: u64,
) -> AttemptReport {
    let mut report = report(identity, ended, Some(failure), None);
    report.spent = spent;
    if !shared.ledger.retries_scheduled.load(Ordering::Relaxed) {
        return report;
    }
    let attempts = delivery.attempts_before() + spent;
    let wait = report.failure.as_ref().map_or(Duration::ZERO, |failure| {
        wait_before_retry(&shared.settings.worker, failure.disposition, attempts.max(1))
    });
    let incoming: Vec<_> = delivery.message().headers.iter().collect();
    let why = report.failure.as_ref().map(Failure::to_string).unwrap_or_default();
    let stored = shared
        .outputs
        .publisher
        .schedule(Later {
            place: delivery.place(),
            attempts,
            provenance: delivery.provenance(),
            incoming: &incoming,
            body: delivery.message().body.clone(),
            at: now(shared).await + wait,
            why,
        })
        .await;
    match stored {
        Ok(()) => report.stored = true,
        Err(error) if shared.reporting.status.unscheduled() => tracing::warn!(
            event = "not_scheduled",
            code = error.code(),
            raw_seq = delivery.raw_seq(),
            %error,
            "a retry cannot be scheduled: {error}; such messages are handed back with a delay, and nothing is lost"
        ),
        Err(error) => tracing::debug!(%error, "not scheduled; handed back with a delay"),
    }
    report
}

/// Acknowledges what is replaced by something stored, hands back what is not.
pub(super) async fn settle(
    shared: &WorkerContext,
    delivery: Delivery,
    mut report: AttemptReport,
) -> AttemptReport {
    if !shared.ledger.raw_streams.holds(&delivery).await {
        tracing::warn!(
            event = "stream_recreated",
            stream = delivery.stream(),
            raw_seq = delivery.raw_seq(),
            "the stream was deleted and created again; the delivery is not settled, its sequence is now another message's"
        );
        return report;
    }
    let settled = if report.stored {
        delivery.ack().await
    } else {
        // Where nothing was charged the wait grows all the same.
        let tries = match report.spent {
            0 => delivery.deliveries(),
            spent => delivery.attempts_before() + spent,
        };
        let after = report.failure.as_ref().map_or(Duration::ZERO, |failure| {
            wait_before_retry(&shared.settings.worker, failure.disposition, tries)
        });
        nak(&shared.ledger.returns, delivery, after, report.spent).await
    };
    if let Err(error) = settled {
        tracing::debug!(%error, "not settled; the message comes again");
        if !report.stored {
            report.ended = AttemptOutcome::Lost;
        }
    }
    report
}

/// Hands a message back, to be delivered again after a delay, and notes it first: the broker's count
/// of deliveries does not say that this one ended in good order. `spent` is 1 when it was a failed
/// attempt at the story, else 0.
pub(super) async fn nak(
    returns: &NakLedger,
    delivery: Delivery,
    after: Duration,
    spent: u64,
) -> Result<(), SettleError> {
    if !delivery.is_stale() {
        let (deliveries, attempts) = delivery.handed_back();
        let returned = NakCounts { deliveries: deliveries + 1, attempts: attempts + spent };
        if let Err(error) = returns.note(place(&delivery), returned).await {
            tracing::debug!(%error, "a return is not noted; it counts against the message");
        }
    }
    delivery.nak(after).await
}

/// Takes note of how often a message was handed back before.
pub(super) async fn load_history(returns: &NakLedger, delivery: &mut Delivery) {
    if delivery.deliveries() < 2 {
        return;
    }
    match returns.of(place(delivery)).await {
        Ok(NakCounts { deliveries, attempts }) => delivery.load_history(deliveries, attempts),
        Err(error) => tracing::debug!(%error, "whether it was handed back is not known"),
    }
}

pub(super) fn place(delivery: &Delivery) -> Place<'_> {
    Place {
        group: delivery.group(),
        stream: delivery.stream(),
        sequence: delivery.sequence(),
        stored: delivery.stored(),
    }
}
