//! A message that comes again: often its outcome is stored, and only the acknowledgement was lost.
//!
//! The broker is asked before any work, so that a lost acknowledgement costs no second fetch and no
//! second tagging. It is the guard that decides: what is not found here is refused there.

use super::attempt_report::AttemptReport;
use super::back_pressure::remember;
use super::context::WorkerContext;
use super::routes::RouteSender;
use crate::disposition::Failure;
use crate::intake::Delivery;
use crate::model::{AttemptOutcome, Identity, OutcomeKind};
use crate::publish::Stored;

/// How an earlier delivery of the message, or another message of its key, settled it; `None` when
/// nothing is stored, or the broker does not answer.
pub(super) async fn already_settled(
    worker: &WorkerContext,
    delivery: &Delivery,
    identity: &Identity,
) -> Option<AttemptReport> {
    if delivery.deliveries() < 2 {
        return None;
    }
    let found =
        worker.outputs.publisher.look(identity.key(), delivery.place(), delivery.replay_of()).await;
    match found {
        Ok(Some(Stored::Before { sequence, subject })) => {
            Some(finish_stored(worker, delivery, identity.clone(), sequence, subject).await)
        }
        Ok(Some(Stored::Now(_) | Stored::Repeat { .. })) => {
            Some(AttemptReport::repeat(identity.clone(), None))
        }
        Ok(None) => None,
        Err(error) => {
            tracing::debug!(%error, "whether it is settled is not known; worked on again");
            None
        }
    }
}

/// The end of a message whose outcome an earlier delivery stored, whatever this one came to: what is
/// stored counts, and a story takes its routes. It was counted when it was stored, so this is a repeat.
pub(super) async fn finish_stored(
    worker: &WorkerContext,
    delivery: &Delivery,
    identity: Identity,
    sequence: u64,
    subject: String,
) -> AttemptReport {
    match worker.outputs.publisher.subjects().kind(&subject) {
        Some(OutcomeKind::Story) => {
            let routes = RouteSender::of(worker);
            let routed = routes.send_stored(delivery, identity.key(), (sequence, &subject)).await;
            let remembered = match routed {
                // The worker that stored it may have died before it did.
                Ok(()) => remember(worker, delivery, identity.key()).await,
                Err(error) => Err(error),
            };
            match remembered {
                Ok(()) => AttemptReport::repeat(identity, Some(subject)),
                Err(error) => AttemptReport::unrouted(identity, subject, &error),
            }
        }
        Some(OutcomeKind::Skipped | OutcomeKind::DeadLetter) => {
            // The worker that stored it may have died before it took the claim back.
            let publisher = &worker.outputs.publisher;
            match publisher.release_own(identity.key(), delivery.place()).await {
                Ok(()) => AttemptReport::repeat(identity, Some(subject)),
                Err(error) => {
                    AttemptReport::again(identity, AttemptOutcome::Retry, Failure::of(&error))
                }
            }
        }
        None => AttemptReport::repeat(identity, Some(subject)),
    }
}
