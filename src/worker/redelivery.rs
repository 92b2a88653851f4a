//! A message that comes again: often its outcome is stored, and only the acknowledgement was lost.
//!
//! The broker is asked before any work, so that a lost acknowledgement costs no second fetch and no
//! wait for claims in the duplicate index. The guard stays the judge: what is not found here is
//! refused there.

use super::story::{Shared, Told, routed_story, told};
use super::totals::Ended;
use super::{duplicates, routes};
use crate::intake::Delivery;
use crate::model::Identity;
use crate::publish::Stored;

/// How an earlier delivery of the message, or another message of its key, settled it; `None` when
/// nothing is stored, or nobody can tell.
pub(super) async fn ended(
    shared: &Shared,
    delivery: &Delivery,
    identity: &Identity,
) -> Option<Told> {
    if delivery.deliveries() < 2 {
        return None;
    }
    let found =
        shared.publisher.look(identity.key(), delivery.origin(), delivery.replay_of()).await;
    match found {
        Ok(Some(Stored::Before { sequence, subject })) => {
            Some(before(shared, delivery, identity.clone(), sequence, subject).await)
        }
        Ok(Some(Stored::Now(_) | Stored::Repeat { .. })) => {
            Some(told(identity.clone(), Ended::Repeat, None, None))
        }
        Ok(None) => None,
        Err(error) => {
            tracing::debug!(%error, "whether it is settled is not known; worked on again");
            None
        }
    }
}

/// The end of a message whose outcome an earlier delivery stored, whatever this one came to: what is
/// stored counts, and a story takes its routes.
pub(super) async fn before(
    shared: &Shared,
    delivery: &Delivery,
    identity: Identity,
    sequence: u64,
    subject: String,
) -> Told {
    match shared.publisher.subjects().kind(&subject) {
        Some("skipped") => told(identity, Ended::Skipped, None, Some(subject)),
        Some("dlq") => told(identity, Ended::Dlq, None, Some(subject)),
        _ => {
            duplicates::settled(shared, identity.key()).await;
            let routed = routes::send_stored(shared, delivery, sequence).await;
            routed_story(identity, subject, routed)
        }
    }
}
