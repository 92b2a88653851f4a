//! One delivery of a raw message, and the lease on it.
//!
//! A delivery is settled at most once, by type: [`Delivery::ack`] and [`Delivery::hand_back`] take
//! it by value. Dropping one means redelivery. A delivery whose lease may have run out is never
//! handed back: a late nak would take the message from its new owner.

use std::sync::Mutex;
use std::time::Duration;

use async_nats::{Client, Request, Subject};
use bytes::Bytes;
use thiserror::Error;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::{Headers, RawMessage};
use crate::headers;
use crate::model::Provenance;

/// Why a delivery could not be settled; the broker will deliver the message again.
#[derive(Debug, Error)]
pub enum SettleError {
    /// The broker did not confirm in time.
    #[error("the broker did not confirm the acknowledgement")]
    NotConfirmed(#[source] async_nats::RequestError),
    /// The lease ran out, so another worker may own the message.
    #[error("the lease ran out")]
    LeaseLost,
}

/// A message in this worker's hands. Holds its slot until it is settled or dropped.
#[derive(Debug)]
pub struct Delivery {
    message: RawMessage,
    provenance: Provenance,
    origin: u64,
    attempts: u64,
    since: i64,
    reply: Subject,
    client: Client,
    ack_wait: Duration,
    timeout: Duration,
    /// When the broker last started this delivery's ack_wait, as far as we know.
    alive_at: Mutex<Instant>,
    _slot: OwnedSemaphorePermit,
}

/// What of a broker message is needed to make a delivery.
pub(super) struct Pulled {
    pub(super) message: async_nats::Message,
    pub(super) slot: OwnedSemaphorePermit,
    pub(super) received: Instant,
}

impl Delivery {
    /// `None` when the message does not come from a consumer (its reply is no ack subject).
    pub(super) fn new(
        pulled: Pulled,
        context: &async_nats::jetstream::Context,
        ack_wait: Duration,
        timeout: Duration,
    ) -> Option<Self> {
        let Pulled { message, slot, received } = pulled;
        let message = async_nats::jetstream::Message { message, context: context.clone() };
        let (stream, sequence, deliveries, published) = {
            let info = message.info().ok()?;
            let deliveries = u64::try_from(info.delivered).ok();
            (info.stream.to_owned(), info.stream_sequence, deliveries, info.published)
        };
        let message = message.message;
        let sent = message.headers.as_ref().map(Headers::from).unwrap_or_default();
        let number = |name: &str| sent.get(name).and_then(|value| value.parse::<u64>().ok());
        let origin = number(headers::ORIGIN).unwrap_or(sequence);
        let carried = |name: &str, own: String| sent.get(name).map_or(own, str::to_owned);
        let provenance = Provenance {
            subject: Some(carried(headers::RAW_SUBJECT, message.subject.to_string())),
            stream: Some(carried(headers::RAW_STREAM, stream)),
            sequence: Some(origin),
            deliveries,
        };
        let attempts = number(headers::ATTEMPTS).unwrap_or_default();
        let since = number(headers::SINCE)
            .and_then(|seconds| i64::try_from(seconds).ok())
            .unwrap_or(published.unix_timestamp());
        Some(Self {
            reply: message.reply?,
            message: RawMessage { headers: sent, body: message.payload },
            provenance,
            origin,
            attempts,
            since,
            client: context.client(),
            ack_wait,
            timeout,
            alive_at: Mutex::new(received),
            _slot: slot,
        })
    }

    /// The message, as sent.
    #[must_use]
    pub fn message(&self) -> &RawMessage {
        &self.message
    }

    /// Where it came from.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Stream sequence of the message when it first entered the raw stream.
    #[must_use]
    pub fn origin(&self) -> u64 {
        self.origin
    }

    /// Attempts made before this delivery, over all messages that the story travelled in.
    #[must_use]
    pub fn attempts_before(&self) -> u64 {
        self.attempts
    }

    /// When the message entered the raw stream, in Unix seconds.
    #[must_use]
    pub fn since(&self) -> i64 {
        self.since
    }

    /// Sequence of the dead letter that this message replays.
    #[must_use]
    pub fn replay_of(&self) -> Option<u64> {
        self.message.headers.get(headers::REPLAY_OF).and_then(|value| value.parse().ok())
    }

    /// Deliveries of this message so far, this one included; at least 1.
    #[must_use]
    pub fn deliveries(&self) -> u64 {
        self.provenance.deliveries.unwrap_or(1).max(1)
    }

    /// Sends signs of life every third of the ack wait, for as long as it is polled. Never ends.
    pub async fn keep_alive(&self) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(self.ack_wait / 3).await;
            let sent = Instant::now();
            match self.tell("+WPI", self.ack_wait / 3).await {
                Ok(()) => *self.lock_alive_at() = sent,
                Err(error) => {
                    tracing::debug!(%error, origin = self.origin, "progress not confirmed")
                }
            }
        }
    }

    /// Whether the broker may have given the message to another worker.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.lock_alive_at().elapsed() >= self.ack_wait
    }

    /// Acknowledges and waits for the broker's confirmation. To be called only after what
    /// replaces the message is stored; then it is right even when the lease ran out.
    ///
    /// # Errors
    /// When the broker does not confirm after three tries; the message comes again and the
    /// guard finds its outcome stored.
    pub async fn ack(self) -> Result<(), SettleError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.tell("+ACK", self.timeout).await {
                Ok(()) => return Ok(()),
                Err(error) if tries >= 3 => return Err(SettleError::NotConfirmed(error)),
                Err(_) => tokio::time::sleep(Duration::from_millis(100 * tries)).await,
            }
        }
    }

    /// Hands the message back, to be delivered again after a delay.
    ///
    /// # Errors
    /// When the lease ran out (nothing is sent) or the broker does not confirm; the message is
    /// then delivered again when its ack wait ends.
    pub async fn hand_back(self, after: Duration) -> Result<(), SettleError> {
        if self.is_stale() {
            return Err(SettleError::LeaseLost);
        }
        let nak = match after.as_nanos() {
            0 => "-NAK".to_owned(),
            nanos => format!("-NAK {{\"delay\": {nanos}}}"),
        };
        self.tell(&nak, self.timeout).await.map_err(SettleError::NotConfirmed)
    }

    /// Sends an acknowledgement of any kind and waits for the broker's answer.
    async fn tell(&self, what: &str, timeout: Duration) -> Result<(), async_nats::RequestError> {
        let request =
            Request::new().payload(Bytes::copy_from_slice(what.as_bytes())).timeout(Some(timeout));
        self.client.send_request(self.reply.clone(), request).await.map(drop)
    }

    fn lock_alive_at(&self) -> std::sync::MutexGuard<'_, Instant> {
        self.alive_at.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
