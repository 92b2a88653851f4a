//! Reading the message of a delivery: who it is and what article it brings, whatever is wrong with it.
//!
//! Large bodies are read off the reactor. A message that brings its body as an object has an identity of its
//! own by what was noted at its first delivery. Refuses messages that were delivered too often without an end.

use time::OffsetDateTime;

use super::context::WorkerContext;
use super::retry_policy::wait_for_object_store;
use crate::disposition::{Disposition, Failure, HostCondition, Stage};
use crate::headers::OBJECT;
use crate::intake::{self, Delivery, RawMessage};
use crate::model::{Identity, RawArticle, Revision, StoryId};
use crate::state::Place;

/// A message as far as it can be read.
pub(super) struct Read {
    pub(super) identity: Identity,
    pub(super) article: Result<RawArticle, Failure>,
}

/// Reads the message of a delivery.
pub(super) async fn decode(shared: &WorkerContext, delivery: &Delivery) -> Read {
    let settings = &shared.settings.intake;
    let deliveries = delivery.unsettled_deliveries();
    let poison = deliveries >= settings.poison_deliveries;
    let names_object = delivery.message().headers.get(OBJECT).is_some();
    if names_object {
        let resolved = match poison {
            true => Err(intake::Error::Poison { deliveries }),
            false => {
                intake::resolve_object(delivery.message().clone(), &shared.ledger.context, settings)
                    .await
            }
        };
        return match resolved {
            Ok(message) => {
                let read = read_off_the_reactor(shared, message).await;
                note_identity(shared, delivery, &read.identity).await;
                read
            }
            Err(error) => {
                let mut failure = Failure::of(&error);
                wait_for_object_store(shared, delivery, &mut failure).await;
                let identity = noted_identity(shared, delivery).await;
                Read { identity, article: Err(failure) }
            }
        };
    }
    let read = read_off_the_reactor(shared, delivery.message().clone()).await;
    match poison {
        true => Read { article: Err(Failure::of(&intake::Error::Poison { deliveries })), ..read },
        false => read,
    }
}

/// Reads a message; a large body, or one that grows when it is read, on a thread of its own.
async fn read_off_the_reactor(shared: &WorkerContext, message: RawMessage) -> Read {
    /// Read within a fraction of a millisecond.
    const SMALL: usize = 32 << 10;
    let small = message.body.len() <= SMALL && message.headers.get("Content-Encoding").is_none();
    let settings = shared.settings.intake.clone();
    let decoded = if small {
        intake::read(message, &settings)
    } else {
        let bare = RawMessage { headers: message.headers.clone(), ..RawMessage::default() };
        let reading = tokio::task::spawn_blocking(move || intake::read(message, &settings));
        match reading.await {
            Ok(decoded) => decoded,
            Err(error) => {
                tracing::error!(event = "panic", %error, "a message could not be read");
                return Read {
                    identity: intake::identify(&bare, &shared.settings.intake),
                    article: Err(Failure {
                        stage: Stage::Extract,
                        code: "panic",
                        disposition: Disposition::Reject,
                        host: HostCondition::Untold,
                        message: "reading the message failed".to_owned(),
                    }),
                };
            }
        }
    };
    Read { identity: decoded.identity, article: decoded.article.map_err(|e| Failure::of(&e)) }
}

/// Where a message first was: the same for each delivery of it, from the raw stream or scheduled.
fn first_place(delivery: &Delivery) -> Place<'_> {
    let first = delivery.place();
    let stored = OffsetDateTime::from_unix_timestamp(first.since);
    Place {
        group: delivery.group(),
        stream: &first.stream,
        sequence: first.sequence,
        stored: stored.unwrap_or(OffsetDateTime::UNIX_EPOCH),
    }
}

/// Notes who a message is whose body is an object: when it comes again the object may be gone, and the
/// message's end must be found under the same key.
async fn note_identity(shared: &WorkerContext, delivery: &Delivery, identity: &Identity) {
    let revision = identity.revision().map(Revision::as_str);
    let noted = shared.ledger.returns.note_identity(
        first_place(delivery),
        identity.id().as_str(),
        revision,
    );
    if let Err(error) = noted.await {
        tracing::debug!(%error, "who a message is is not noted");
    }
}

/// Who a message is whose object cannot be read: as noted, else by what it names itself.
async fn noted_identity(shared: &WorkerContext, delivery: &Delivery) -> Identity {
    if let Ok(Some((id, revision))) = shared.ledger.returns.identity(first_place(delivery)).await
        && let Ok(id) = StoryId::new(&id)
    {
        return Identity::new(id, revision.and_then(|revision| Revision::new(&revision).ok()));
    }
    intake::identify(delivery.message(), &shared.settings.intake)
}
