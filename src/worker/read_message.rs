//! Reading the message of a delivery: who it is and what article it brings, whatever is wrong with it.
//!
//! Large bodies are read off the reactor. A message that brings its body as an object has an identity of its
//! own by what was noted at its first delivery. Refuses messages that were delivered too often without an end, and hands
//! back those of which that is not known.

use super::context::WorkerContext;
use super::retry_policy::wait_for_object_store;
use crate::disposition::Failure;
use crate::headers::OBJECT;
use crate::intake::{self, Delivery, RawMessage};
use crate::model::{Identity, Origin, RawArticle, Revision, StoryId, WebUrl};
use crate::state::NakLedger;

/// A message as far as it can be read.
pub(super) struct DecodedMessage {
    pub(super) identity: Identity,
    pub(super) article: Result<RawArticle, Failure>,
    /// Its page, also where it is not worked on.
    pub(super) page: Option<WebUrl>,
}

impl DecodedMessage {
    fn new(identity: Identity, article: Result<RawArticle, Failure>) -> Self {
        let page = article.as_ref().ok().and_then(page_of).cloned();
        Self { identity, article, page }
    }
}

fn page_of(article: &RawArticle) -> Option<&WebUrl> {
    match &article.origin {
        Origin::Link { url, .. } => Some(url),
        Origin::Inline { url, .. } => url.as_ref(),
    }
}

/// Reads the message of a delivery. One that was delivered too often is read too, for its identity, but for an object.
pub(super) async fn decode(worker: &WorkerContext, delivery: &Delivery) -> DecodedMessage {
    let deliveries = delivery.unsettled_deliveries();
    let is_poison = deliveries >= worker.settings.intake.poison_deliveries;
    let poison = is_poison.then(|| match delivery.handed_back() {
        Some(_) => intake::Error::Poison { deliveries },
        None => intake::Error::ReturnsUnknown,
    });
    if delivery.message().headers.get(OBJECT).is_some() {
        return decode_object(worker, delivery, poison).await;
    }
    let decoded = read_off_the_reactor(&worker.settings.intake, delivery.message().clone()).await;
    match poison {
        Some(error) => DecodedMessage { article: Err(Failure::of(&error)), ..decoded },
        None => decoded,
    }
}

/// Reads a message that brings its body as an object.
async fn decode_object(
    worker: &WorkerContext,
    delivery: &Delivery,
    poison: Option<intake::Error>,
) -> DecodedMessage {
    let (message, context) = (delivery.message().clone(), &worker.broker.jetstream);
    let resolved = match poison {
        Some(error) => Err(error),
        None => intake::resolve_object(message, context, &worker.settings.intake).await,
    };
    match resolved {
        Ok(message) => {
            let decoded = read_off_the_reactor(&worker.settings.intake, message).await;
            note_identity(&worker.broker.nak_ledger, delivery, &decoded.identity).await;
            decoded
        }
        Err(error) => {
            let mut failure = Failure::of(&error);
            if !matches!(error, intake::Error::ReturnsUnknown) {
                let (settings, broker) = (&worker.settings.worker, &worker.broker);
                wait_for_object_store(settings, broker, delivery, &mut failure).await;
            }
            let identity = noted_identity(&worker.broker.nak_ledger, delivery)
                .await
                .unwrap_or_else(|| intake::identify(delivery.message(), &worker.settings.intake));
            DecodedMessage::new(identity, Err(failure))
        }
    }
}

/// Reads a message; a large body, or one that grows when it is read, on a thread of its own.
async fn read_off_the_reactor(settings: &intake::Settings, message: RawMessage) -> DecodedMessage {
    /// Read within a fraction of a millisecond.
    const SMALL: usize = 32 << 10;
    let small = message.body.len() <= SMALL && message.headers.get("Content-Encoding").is_none();
    let decoded = if small {
        intake::decode_with_identity(message, settings)
    } else {
        let own = settings.clone();
        let bare = RawMessage { headers: message.headers.clone(), ..RawMessage::default() };
        let reading =
            tokio::task::spawn_blocking(move || intake::decode_with_identity(message, &own));
        match reading.await {
            Ok(decoded) => decoded,
            Err(error) => {
                tracing::error!(event = "panic", %error, "a message could not be read");
                return DecodedMessage::new(
                    intake::identify(&bare, settings),
                    Err(Failure::of(&intake::Error::Panicked)),
                );
            }
        }
    };
    DecodedMessage::new(decoded.identity, decoded.article.map_err(|e| Failure::of(&e)))
}

/// Notes who a message is whose body is an object: when it comes again the object may be gone, and the
/// message's end must be found under the same key.
async fn note_identity(nak_ledger: &NakLedger, delivery: &Delivery, identity: &Identity) {
    let revision = identity.revision().map(Revision::as_str);
    let noted = nak_ledger.note_identity(delivery.first_place(), identity.id().as_str(), revision);
    if let Err(error) = noted.await {
        tracing::debug!(%error, "who a message is is not noted");
    }
}

/// Who a message was at its first delivery; `None` where that is not noted, or the ledger does not answer.
async fn noted_identity(nak_ledger: &NakLedger, delivery: &Delivery) -> Option<Identity> {
    let (id, revision) = nak_ledger.identity(delivery.first_place()).await.ok()??;
    let revision = revision.and_then(|revision| Revision::new(&revision).ok());
    Some(Identity::new(StoryId::new(&id).ok()?, revision))
}
