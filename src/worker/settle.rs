//! Settling a delivery: acknowledged, or handed back; and the scheduling of what is to be tried later.
//!
//! Refuses to acknowledge what nothing stored stands for: an outcome, a schedule or an earlier delivery's. So a worker
//! that dies at any line leaves the message to be delivered again, and what comes twice is refused where it is stored.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::attempt_report::AttemptReport;
use super::context::{BrokerHandles, WorkerContext};
use super::retry_policy::{first_try, now, wait_before_retry};
use super::settings::Settings;
use crate::disposition::{Classify as _, Failure, HostCondition};
use crate::intake::{Delivery, SettleError};
use crate::model::{AttemptOutcome, Identity};
use crate::publish::ScheduledRetry;
use crate::state::{self, NakCounts, NakLedger};

/// Schedules the message for later, as a failed attempt or not; where that cannot be done it is handed back on
/// settling.
pub(super) async fn schedule_retry(
    worker: &WorkerContext,
    delivery: &Delivery,
    identity: Identity,
    failure: Failure,
    counts_as_attempt: bool,
) -> AttemptReport {
    let outcome = match counts_as_attempt {
        true => AttemptOutcome::Retry,
        false => AttemptOutcome::Deferred,
    };
    let attempts = delivery.attempts_before() + u64::from(counts_as_attempt);
    let wait = wait_before_retry(&worker.settings.worker, failure.disposition, attempts.max(1));
    let why = failure.to_string();
    // To wait for a host's turn is not to be tried.
    let tried = match delivery.tried() {
        None if failure.host == HostCondition::Turn => None,
        None => Some(first_try(&worker.broker, delivery).await),
        tried => tried,
    };
    let mut report = AttemptReport::again(identity, outcome, failure);
    report.counts_as_attempt = counts_as_attempt;
    if !worker.broker.retries_scheduled.load(Ordering::Relaxed) {
        return report;
    }
    let incoming: Vec<_> = delivery.message().headers.iter().collect();
    let retry = ScheduledRetry {
        place: delivery.place(),
        attempts,
        tried,
        provenance: delivery.provenance(),
        incoming: &incoming,
        body: delivery.message().body.clone(),
        at: now(&worker.broker.clock).await + wait,
        why,
    };
    match worker.outputs.publisher.schedule(retry).await {
        Ok(()) => report.is_scheduled = true,
        Err(error) if worker.reporting.status.unscheduled() => tracing::warn!(
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
    broker: &BrokerHandles,
    settings: &Settings,
    delivery: Delivery,
    mut report: AttemptReport,
) -> AttemptReport {
    if !broker.raw_streams.holds(&delivery).await {
        tracing::warn!(
            event = "stream_recreated",
            stream = delivery.stream(),
            raw_seq = delivery.raw_seq(),
            "the stream was deleted and created again; the delivery is not settled, its sequence is now another message's"
        );
        return report;
    }
    let settled = if report.is_replaced() {
        delivery.ack().await
    } else {
        // Where nothing was charged the wait grows all the same.
        let tries = match report.counts_as_attempt {
            true => delivery.attempts_before() + 1,
            false => delivery.deliveries(),
        };
        let after = report.failure.as_ref().map_or(Duration::ZERO, |failure| {
            wait_before_retry(settings, failure.disposition, tries)
        });
        nak(&broker.nak_ledger, delivery, after, report.counts_as_attempt).await
    };
    if let Err(error) = settled {
        tracing::debug!(%error, "not settled; the message comes again");
        if !report.is_replaced() {
            report.outcome = AttemptOutcome::Lost;
        }
    }
    report
}

/// Hands a message back, to be delivered again after a delay, and notes it first: the broker's count
/// of deliveries does not say that this one ended in good order, nor whether it was a failed attempt at the story.
pub(super) async fn nak(
    nak_ledger: &NakLedger,
    delivery: Delivery,
    after: Duration,
    counts_as_attempt: bool,
) -> Result<(), SettleError> {
    if !delivery.is_stale() {
        let place = delivery.place_in_stream();
        let noted = async {
            // What was noted before must not be written over by less.
            let before = match delivery.handed_back() {
                Some((deliveries, attempts)) => NakCounts { deliveries, attempts },
                None => nak_ledger.of(place).await?,
            };
            let attempts = before.attempts + u64::from(counts_as_attempt);
            let returned = NakCounts { deliveries: before.deliveries + 1, attempts };
            nak_ledger.note(place, returned).await?;
            match before.deliveries {
                0 => nak_ledger.note_tried(place).await,
                _ => Ok(()),
            }
        };
        if let Err(error) = noted.await {
            tracing::debug!(%error, "a return is not noted");
        }
    }
    delivery.nak(after).await
}

/// Takes note of how often a message was handed back before. Where notes of it may be lost, and it would soon count
/// as poison, its deliveries count anew from this one.
pub(super) async fn load_history(
    nak_ledger: &NakLedger,
    poison_deliveries: u64,
    delivery: &mut Delivery,
) {
    if delivery.handed_back().is_some() {
        return;
    }
    match history(nak_ledger, poison_deliveries, delivery).await {
        Ok(NakCounts { deliveries, attempts }) => delivery.load_history(deliveries, attempts),
        Err(error) => tracing::debug!(%error, "whether it was handed back is not known"),
    }
}

async fn history(
    nak_ledger: &NakLedger,
    poison_deliveries: u64,
    delivery: &Delivery,
) -> Result<NakCounts, state::Error> {
    let (place, before) = (delivery.place_in_stream(), delivery.deliveries() - 1);
    let noted = nak_ledger.of(place).await?;
    let is_near_poison = before.saturating_sub(noted.deliveries) >= poison_deliveries.div_ceil(2);
    if !is_near_poison || !nak_ledger.may_lack(place).await? {
        return Ok(noted);
    }
    let anew = NakCounts { deliveries: before, ..noted };
    // Before any work: it may be what kills workers, and that must not be counted anew for ever.
    nak_ledger.note(place, anew).await?;
    Ok(anew)
}

/// Notes of a delivery, whose message stays in hand, that it is not one which did not end: it is no sign of a message that kills
/// workers when the message is delivered again meanwhile.
async fn note_in_hand(ledger: &NakLedger, delivery: &Delivery) -> Result<(), state::Error> {
    let noted = ledger.of(delivery.place_in_stream()).await?;
    let noted = NakCounts { deliveries: noted.deliveries + 1, ..noted };
    ledger.note(delivery.place_in_stream(), noted).await
}

/// Notes that a delivery waits for the broker, with all work on it done. Whether it is noted.
pub(super) async fn note_waiting(ledger: &NakLedger, delivery: &Delivery) -> bool {
    let noted = note_in_hand(ledger, delivery).await;
    if let Err(error) = &noted {
        tracing::debug!(%error, "that a delivery waits is not noted yet");
    }
    noted.is_ok()
}

/// Leaves a message to an earlier delivery of it that this worker has in hand.
pub(super) async fn leave_to_the_first(ledger: &NakLedger, delivery: Delivery) {
    let raw_seq = delivery.raw_seq();
    match note_in_hand(ledger, &delivery).await {
        Ok(()) => tracing::debug!(raw_seq, "delivered again while it is in hand"),
        Err(error) => {
            tracing::debug!(raw_seq, %error, "a delivery of what is in hand is not noted");
        }
    }
}
