//! One delivery of a raw message, and the lease on it.
//!
//! A delivery is settled at most once, by type: [`Delivery::ack`] and [`Delivery::nak`] take
//! it by value. Dropping one means redelivery. A delivery whose lease may have run out is never
//! handed back: a late nak would take the message from its new owner. A lease that ran out stays so,
//! whatever the broker says later: it takes a sign of life from the old owner for the new one's.
//!
//! What an earlier worker wrote into the headers (`raw_seq`, attempts, age) is believed on the retry
//! stream alone. On the raw stream any client may have written it, and a made-up `raw_seq` would let one
//! message's schedule replace another's.

use std::sync::Mutex;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{Client, Request, Subject};
use bytes::Bytes;
use thiserror::Error;
use time::OffsetDateTime;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::RawMessage;
use super::ack_wait::AckWait;
use super::header_block::{self, HeaderBlock};
use super::subscription::Inbound;
use crate::backoff::{Backoff, Tries};
use crate::headers;
use crate::model::{Provenance, RawPlace};
use crate::mutex::lock;
use crate::state::StreamPlace;

/// How often an acknowledgement that is not confirmed is sent.
const ACK_TRIES: u32 = 3;

/// Why a delivery could not be settled; the broker will deliver the message again.
#[derive(Debug, Error)]
pub enum SettleError {
    /// The broker did not confirm in time.
    #[error("the broker did not confirm the acknowledgement")]
    NotConfirmed(#[source] async_nats::RequestError),
    /// The lease ran out, so another worker may own the message.
    #[error("the lease ran out")]
    LeaseLost,
    /// What is sent now would arrive after the reconnect, when the lease may have run out.
    #[error("not connected to the broker")]
    NotConnected,
}

/// A message in this worker's hands. Holds its slot until it is settled or dropped.
#[derive(Debug)]
pub struct Delivery {
    message: RawMessage,
    provenance: Provenance,
    stream: String,
    sequence: u64,
    stored: OffsetDateTime,
    /// When the stream of this delivery was created, Unix milliseconds.
    created: i64,
    group: String,
    place: RawPlace,
    attempts: u64,
    tried: Option<i64>,
    /// Deliveries before this one that workers ended by handing the message back, and how many of
    /// those were failed attempts; `None` where that is not known.
    handed_back: Option<(u64, u64)>,
    reply: Subject,
    client: Client,
    ack_wait: AckWait,
    timeout: Duration,
    /// When the broker last started this delivery's `ack_wait`, as far as we know.
    alive_at: Mutex<Instant>,
    _slot: OwnedSemaphorePermit,
    _bytes: Option<OwnedSemaphorePermit>,
}

/// What of a broker message is needed to make a delivery.
pub(super) struct PulledMessage {
    pub(super) message: Inbound,
    /// When the stream that it is pulled from was created.
    pub(super) created: i64,
    pub(super) slot: OwnedSemaphorePermit,
    /// Its share of the bytes that may be in hand.
    pub(super) bytes: Option<OwnedSemaphorePermit>,
    /// Before the message can have been sent: when it was asked for.
    pub(super) asked: Instant,
    /// Whether the headers that workers write were written by one.
    pub(super) trusted_headers: bool,
}

/// Stream, consumer, sequence, deliveries and time, which the broker writes into the reply subject.
fn delivery_info(
    reply: &Subject,
    context: &async_nats::jetstream::Context,
) -> Option<(String, String, u64, Option<u64>, OffsetDateTime)> {
    let message = async_nats::Message {
        subject: Subject::from_static("_"),
        reply: Some(reply.clone()),
        payload: Bytes::new(),
        headers: None,
        status: None,
        description: None,
        length: 0,
    };
    let message = async_nats::jetstream::Message { message, context: context.clone() };
    let info = message.info().ok()?;
    let deliveries = u64::try_from(info.delivered).ok();
    Some((
        info.stream.to_owned(),
        info.consumer.to_owned(),
        info.stream_sequence,
        deliveries,
        info.published,
    ))
}

impl Delivery {
    /// `None` when the message does not come from a consumer (its reply is no ack subject).
    pub(super) fn new(
        pulled: PulledMessage,
        context: &async_nats::jetstream::Context,
        ack_wait: AckWait,
        timeout: Duration,
    ) -> Option<Self> {
        let PulledMessage { message, created, slot, bytes, asked, trusted_headers } = pulled;
        let Inbound { subject, reply, headers: block, payload } = message;
        let reply = Subject::from(reply?);
        let (stream, group, sequence, deliveries, stored) = delivery_info(&reply, context)?;
        let HeaderBlock { headers: mut sent, unreadable, .. } =
            block.as_deref().map(header_block::read).unwrap_or_default();
        if !trusted_headers {
            // A producer's, which a retry would be believed to carry.
            sent.remove(headers::HEADER_BLOCK);
        }
        if let Some(block) = block.filter(|_| unreadable.is_some()) {
            // Kept with the dead letter, for those who look into it.
            sent.push(headers::HEADER_BLOCK, data_encoding::BASE64.encode(&block));
        }
        // One that was scheduled carries on what could not be read of it at first.
        let unreadable = unreadable.or_else(|| {
            let block = sent.get(headers::HEADER_BLOCK).filter(|_| trusted_headers)?;
            header_block::read(&data_encoding::BASE64.decode(block.as_bytes()).ok()?).unreadable
        });
        let written = |name: &str| sent.get(name).filter(|_| trusted_headers);
        let number = |name: &str| written(name).and_then(|value| value.parse::<u64>().ok());
        let text = |name: &str, own: &str| written(name).unwrap_or(own).to_owned();
        let since = number(headers::SINCE)
            .and_then(|seconds| i64::try_from(seconds).ok())
            .unwrap_or(stored.unix_timestamp());
        let place = written(headers::PLACE).and_then(RawPlace::parse).unwrap_or_else(|| {
            // Scheduled by a version that did not say when the raw stream was created.
            let origin = number(headers::ORIGIN);
            RawPlace {
                stream: text(headers::RAW_STREAM, &stream),
                created: if origin.is_some() { 0 } else { created },
                sequence: origin.unwrap_or(sequence),
                since,
            }
        });
        let provenance = Provenance {
            subject: Some(text(headers::RAW_SUBJECT, &subject)),
            stream: Some(place.stream.clone()),
            sequence: Some(place.sequence),
            deliveries,
        };
        let attempts = number(headers::ATTEMPTS).unwrap_or_default();
        let tried = number(headers::TRIED).and_then(|seconds| i64::try_from(seconds).ok());
        Some(Self {
            reply,
            message: RawMessage { headers: sent, body: payload, unreadable },
            provenance,
            stream,
            sequence,
            stored,
            created,
            group,
            place,
            attempts,
            tried,
            handed_back: (deliveries.unwrap_or(1) < 2).then_some((0, 0)),
            client: context.client(),
            ack_wait,
            timeout,
            alive_at: Mutex::new(asked),
            _slot: slot,
            _bytes: bytes,
        })
    }

    /// The message, as sent.
    #[must_use]
    pub fn message(&self) -> &RawMessage {
        &self.message
    }

    /// Sets a header of the message, for what follows from it.
    pub fn set_header(&mut self, name: &str, value: String) {
        self.message.headers.set(name, value);
    }

    /// Where it came from.
    #[must_use]
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Stream sequence of the message when it first entered the raw stream.
    #[must_use]
    pub fn raw_seq(&self) -> u64 {
        self.place.sequence
    }

    /// Where the message first entered a raw stream.
    #[must_use]
    pub fn place(&self) -> &RawPlace {
        &self.place
    }

    /// When the stream of this delivery was created, Unix milliseconds. A stream that was recreated
    /// counts from 1 again, and an acknowledgement would take another message's.
    #[must_use]
    pub fn stream_created(&self) -> i64 {
        self.created
    }

    /// The stream that this delivery is of, the raw or the retry stream.
    #[must_use]
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// This delivery's message in its stream, for what is noted of it.
    #[must_use]
    pub fn place_in_stream(&self) -> StreamPlace<'_> {
        StreamPlace {
            group: &self.group,
            stream: &self.stream,
            sequence: self.sequence,
            stored: self.stored,
        }
    }

    /// Where the message first was: the same for each delivery of it, from the raw stream or scheduled.
    #[must_use]
    pub fn first_place(&self) -> StreamPlace<'_> {
        let stored = OffsetDateTime::from_unix_timestamp(self.place.since);
        StreamPlace {
            group: &self.group,
            stream: &self.place.stream,
            sequence: self.place.sequence,
            stored: stored.unwrap_or(OffsetDateTime::UNIX_EPOCH),
        }
    }

    /// Takes note of what is known of earlier deliveries of this message: how many were handed back,
    /// and how many of these were failed attempts. The message itself does not say.
    pub fn load_history(&mut self, handed_back: u64, attempts: u64) {
        self.handed_back = Some((handed_back, attempts));
    }

    /// What [`Delivery::load_history`] took in: deliveries that were handed back, and failed attempts among them. `None`
    /// for one that was delivered before, until that is known.
    #[must_use]
    pub fn handed_back(&self) -> Option<(u64, u64)> {
        self.handed_back
    }

    /// Deliveries before this one that did not end, as far as is known: their workers died, or lost the lease.
    #[must_use]
    pub fn unsettled_deliveries(&self) -> u64 {
        let (handed_back, _) = self.handed_back.unwrap_or_default();
        (self.deliveries() - 1).saturating_sub(handed_back)
    }

    /// Attempts made before this delivery, over all messages that the story travelled in.
    #[must_use]
    pub fn attempts_before(&self) -> u64 {
        self.attempts + self.handed_back.map_or(0, |(_, attempts)| attempts)
    }

    /// When the message entered the raw stream, in Unix seconds.
    #[must_use]
    pub fn since(&self) -> i64 {
        self.place.since
    }

    /// When the story was first tried, in Unix seconds, where the message says so.
    #[must_use]
    pub fn tried(&self) -> Option<i64> {
        self.tried
    }

    /// When the message arrived in the raw stream; to the second for one that was scheduled.
    #[must_use]
    pub fn arrived(&self) -> OffsetDateTime {
        match OffsetDateTime::from_unix_timestamp(self.place.since) {
            Ok(since) if since.unix_timestamp() != self.stored.unix_timestamp() => since,
            Ok(_) | Err(_) => self.stored,
        }
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

    /// Sends a sign of life every third of the ack wait, for as long as it is polled. Never ends.
    pub async fn keep_alive(&self) -> std::convert::Infallible {
        /// How soon a shorter ack wait is noticed.
        const LOOK: Duration = Duration::from_secs(1);
        let mut sent = Instant::now();
        loop {
            let third = self.ack_wait.get() / 3;
            let due = sent + third;
            tokio::time::sleep_until(due.min(Instant::now() + LOOK)).await;
            if Instant::now() < due {
                continue;
            }
            sent = Instant::now();
            match self.request_ack("+WPI", third).await {
                Ok(()) => {
                    let mut alive_at = self.lock_alive_at();
                    if alive_at.elapsed() < self.ack_wait.get() {
                        *alive_at = sent;
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, raw_seq = self.place.sequence, "progress not confirmed");
                }
            }
        }
    }

    /// Whether the broker may have given the message to another worker.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.lock_alive_at().elapsed() >= self.ack_wait.get()
    }

    /// Acknowledges and waits for the broker's confirmation. To be called only after what
    /// replaces the message is stored; then it is right even when the lease ran out.
    ///
    /// # Errors
    /// When the broker does not confirm after three tries; the message comes again and the
    /// guard finds its outcome stored.
    pub async fn ack(self) -> Result<(), SettleError> {
        let waits = Backoff::new(Duration::from_millis(100), Duration::from_secs(1));
        let (mut tries, mut failed) = (Tries::new(ACK_TRIES, waits), None);
        while tries.next().await {
            match self.request_ack("+ACK", self.timeout).await {
                Ok(()) => return Ok(()),
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(()), |error| Err(SettleError::NotConfirmed(error)))
    }

    /// Hands the message back, to be delivered again after a delay.
    ///
    /// # Errors
    /// When the lease ran out or the connection is down (nothing is sent), or the broker does not
    /// confirm; the message is then delivered again when its ack wait ends.
    pub async fn nak(self, after: Duration) -> Result<(), SettleError> {
        if self.is_stale() {
            return Err(SettleError::LeaseLost);
        }
        if self.client.connection_state() != State::Connected {
            return Err(SettleError::NotConnected);
        }
        let nak = match after.as_nanos() {
            0 => "-NAK".to_owned(),
            nanos => format!("-NAK {{\"delay\": {nanos}}}"),
        };
        self.request_ack(&nak, self.timeout).await.map_err(SettleError::NotConfirmed)
    }

    /// Sends an acknowledgement of any kind and waits for the broker's answer.
    async fn request_ack(
        &self,
        what: &str,
        timeout: Duration,
    ) -> Result<(), async_nats::RequestError> {
        let request =
            Request::new().payload(Bytes::copy_from_slice(what.as_bytes())).timeout(Some(timeout));
        self.client.send_request(self.reply.clone(), request).await.map(drop)
    }

    fn lock_alive_at(&self) -> std::sync::MutexGuard<'_, Instant> {
        lock(&self.alive_at)
    }
}
