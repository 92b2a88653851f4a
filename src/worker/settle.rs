//! What becomes of a delivery in the end: acknowledged, scheduled for later, or handed back.

use std::sync::atomic::Ordering;
use std::time::Duration;

use time::OffsetDateTime;

use super::attempt_report::{AttemptOutcome, AttemptReport, report};
use super::context::WorkerContext;
use crate::backoff;
use crate::disposition::{Disposition, Failure, HostCondition, Stage};
use crate::intake::{Delivery, SettleError};
use crate::model::{Identity, Story};
use crate::publish::Later;
use crate::state::{NakCounts, NakLedger, Place};

/// Whether a failure is the broker's state rather than the story's fault.
pub(super) fn back_pressure(failure: &Failure) -> bool {
    failure.stage == Stage::Publish
}

/// A story that has been tried often or long enough is not tried again.
pub(super) async fn give_up_when_spent(
    shared: &WorkerContext,
    delivery: &Delivery,
    mut failure: Failure,
) -> Failure {
    let settings = &shared.settings.worker;
    let is_retry = matches!(failure.disposition, Disposition::Retry { .. });
    // No attempt is counted for a host that does not answer, but it must not hold a story for ever.
    let is_silent_host =
        failure.disposition != Disposition::Skip && failure.host.may_never_answer();
    if back_pressure(&failure) || !(is_retry || is_silent_host) {
        return failure;
    }
    let attempts = delivery.attempts_before() + 1;
    let age = now(shared).await.unix_timestamp() - delivery.since();
    let too_old = u64::try_from(age).is_ok_and(|age| age > settings.max_age_hours * 3600);
    if (is_retry && attempts >= settings.max_attempts) || too_old {
        failure.disposition = Disposition::Reject;
        failure.message = format!("{} (given up after {attempts} attempts)", failure.message);
    }
    failure
}

/// Makes a message wait whose object store does not answer: longer the older it is, and no longer than a story may
/// be tried. Its bucket may be one that nobody will ever lead, or that this worker may not ask for.
pub(super) async fn wait_for_object_store(
    shared: &WorkerContext,
    delivery: &Delivery,
    failure: &mut Failure,
) {
    let Disposition::Defer { after } = failure.disposition else { return };
    let settings = &shared.settings.worker;
    let age = now(shared).await.unix_timestamp() - delivery.since();
    let age = Duration::from_secs(u64::try_from(age).unwrap_or_default());
    if age.as_secs() > settings.max_age_hours * 3600 {
        failure.disposition = Disposition::Reject;
        return;
    }
    let longest = Duration::from_secs(settings.retry_max_secs);
    let after = after.max(age / 2).min(longest.max(after));
    failure.disposition = Disposition::Defer { after: backoff::not_before(after) };
}

/// Takes note of whether shared state answered, and makes a link wait that needed it.
pub(super) fn note_shared_state(shared: &WorkerContext, result: &mut Result<Story, Failure>) {
    let (state, status) = (&shared.ledger.shared_state, &shared.reporting.status);
    match result {
        Err(failure) if failure.host == HostCondition::OutOfReach => {
            let longest = Duration::from_secs(shared.settings.worker.retry_max_secs);
            let after = state.away(status, &failure.message, longest);
            failure.disposition = Disposition::Defer { after };
        }
        Ok(_) | Err(_) => state.back(status),
    }
}

/// The broker's time, which stamped the message and fires the schedule. A jump of this machine's clock
/// neither ages a story nor holds it back.
async fn now(shared: &WorkerContext) -> OffsetDateTime {
    let moment = match shared.ledger.clock.now().await {
        Ok(moment) => moment,
        Err(_) => shared.ledger.clock.local_now(),
    };
    OffsetDateTime::UNIX_EPOCH + Duration::from_millis(moment.as_millis())
}

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
        })
        .await;
    match stored {
        Ok(()) => report.stored = true,
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
            "the stream was made anew; the delivery is not settled, its sequence is another message's"
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

/// Doubles with every attempt, never less than the other side asked for, never more than the
/// longest wait; up to a quarter is added at random so that a herd spreads out.
fn wait_before_retry(
    settings: &super::Settings,
    disposition: Disposition,
    attempts: u64,
) -> Duration {
    let least = match disposition {
        Disposition::Defer { after } => return after,
        Disposition::Retry { after } => after.unwrap_or_default(),
        Disposition::Reject | Disposition::Skip => Duration::ZERO,
    };
    let doubled = settings.retry_min_secs << (attempts.max(1) - 1).min(20);
    let wait = Duration::from_secs(doubled).max(least);
    let longest = Duration::from_secs(settings.retry_max_secs);
    backoff::not_before(wait.min(longest))
}
