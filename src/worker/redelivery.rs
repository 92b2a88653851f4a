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
use crate::publish::{Settled, Stored};

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
    let Settled { stored, subject } = match found {
        Ok(found) => found?,
        Err(error) => {
            tracing::debug!(%error, "whether it is settled is not known; worked on again");
            return None;
        }
    };
    let Stored::Before(sequence) = stored else {
        return Some(told(identity.clone(), Ended::Repeat, None, None));
    };
    Some(match subject.split('.').nth(1) {
        Some("skipped") => told(identity.clone(), Ended::Skipped, None, Some(subject)),
        Some("dlq") => told(identity.clone(), Ended::Dlq, None, Some(subject)),
        _ => {
            duplicates::settled(shared, identity.key()).await;
            let routed = routes::send_stored(shared, delivery, sequence).await;
            routed_story(identity.clone(), subject, routed)
        }
    })
}
