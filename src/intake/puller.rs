//! Pulls messages from a durable consumer, never more than there are free slots for.
//!
//! Built on single pull requests rather than the client's message stream, whose batches are of a
//! fixed size and so prefetch messages that age in memory while every slot is busy. Every pull
//! names as many messages as slots are reserved for it, has an expiry and an idle heartbeat, and
//! a watchdog gives it up when the broker goes silent. No pull stays open for longer than half the
//! lease on what it brings: a message is only known to have been sent after it was asked for, and the
//! lease is counted from there. A pull is bounded in bytes too: 64 messages of the largest size would be
//! more than a worker has memory for, and more than a server keeps for a client that is slow to read. One message
//! that is larger than that is asked for alone.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::PullConsumer;
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::ack_wait::AckWait;
use super::delivery::{Delivery, PulledMessage};
use super::subscription::{Inbound, Subscription};
use super::{Settings, header_block};
use crate::broker::dial::Socket;

/// What the broker counts of a message beside body and headers, in bytes, generously.
const ENVELOPE: usize = 8 << 10;

/// What a pull needs.
pub struct Pull {
    /// The durable consumer.
    pub consumer: PullConsumer,
    /// The client's context: acknowledgements go over it.
    pub context: Context,
    /// Where the JetStream API is asked, such as `$JS.API`.
    pub api: String,
    /// The ack wait of what is pulled, which this pull sets by its consumer.
    pub ack_wait: AckWait,
    /// A socket on which the broker has let us in.
    pub socket: Box<dyn Socket>,
    /// When the consumer's stream was created, Unix milliseconds.
    pub created: i64,
    /// The bound on deliveries in hand.
    pub slots: Arc<Semaphore>,
    /// The bound on their bytes.
    pub budget: ByteBudget,
    /// Whether its messages were put there by workers, whose headers are to be believed.
    pub trusted_headers: bool,
}

/// A bound on the bytes of messages in hand.
#[derive(Clone, Debug)]
pub struct ByteBudget {
    /// What is free, in KiB.
    free: Arc<Semaphore>,
    size: u32,
}

impl ByteBudget {
    /// A budget of so many bytes, and of at least one message of the largest size that the broker takes.
    #[must_use]
    pub fn new(bytes: usize, max_payload: usize) -> Self {
        let size = kib(bytes).max(kib(max_payload + ENVELOPE));
        Self { free: Arc::new(Semaphore::new(size as usize)), size }
    }
}

/// Why pulling stopped; the caller binds the consumer again after a pause.
#[derive(Debug, Error)]
pub enum PullError {
    /// The consumer or its stream was deleted.
    #[error("cannot bind the consumer: {0}")]
    ConsumerGone(String),
    /// Nothing was heard for two heartbeats.
    #[error("nothing heard from the broker for {0:?}")]
    Silent(Duration),
    /// The broker refuses the pull.
    #[error("the broker refuses to deliver: {0}")]
    Refused(String),
    /// The connection cannot take a subscription or a pull.
    #[error("cannot pull: {0}")]
    Connection(String),
}

/// A pull on one consumer.
#[derive(Debug)]
pub struct Puller {
    context: Context,
    subscription: Subscription,
    /// Where pulls are asked for.
    request: String,
    inbox: String,
    created: i64,
    consumer: PullConsumer,
    slots: Arc<Semaphore>,
    budget: ByteBudget,
    reserved: Vec<OwnedSemaphorePermit>,
    /// Bytes that the open pull may still bring, in KiB.
    reserved_bytes: Option<OwnedSemaphorePermit>,
    /// Messages that the open pull request may still bring.
    open: usize,
    /// Whether it has brought one.
    has_brought: bool,
    /// Whether the next message is larger than a pull was bounded to: it is asked for alone and without a bound.
    is_large_next: bool,
    /// Most messages that one pull request may ask for.
    most: usize,
    /// Most bytes that one pull request may ask for, in KiB.
    most_bytes: usize,
    heard: Instant,
    /// When the open pull was made.
    asked: Instant,
    /// Whether headers that workers write are believed.
    trusted_headers: bool,
    ack_wait: AckWait,
    expires: Duration,
    heartbeat: Duration,
    timeout: Duration,
}

impl PullError {
    /// Of a consumer that leaves the bodies out.
    #[must_use]
    pub fn headers_only() -> Self {
        Self::Refused("the consumer is set to headers_only, which leaves the bodies out".to_owned())
    }
}

/// Whether a message looks like one whose body was left out.
fn is_cut(message: &Inbound) -> bool {
    const SIZE: &[u8] = b"Nats-Msg-Size";
    let headers = message.headers.as_deref().unwrap_or_default();
    message.payload.is_empty() && headers.windows(SIZE.len()).any(|part| part == SIZE)
}

fn kib(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1 << 10)).unwrap_or(u32::MAX)
}

impl Puller {
    /// Starts pulling from a consumer.
    ///
    /// Ack wait and limits of a pull are taken from the consumer, which others may have made, and differ
    /// from the settings.
    #[must_use]
    pub fn new(pull: Pull, settings: &Settings, timeout: Duration) -> Self {
        let Pull { consumer, context, api, socket, created, ack_wait, slots, budget, .. } = pull;
        let trusted_headers = pull.trusted_headers;
        let inbox = context.client().new_inbox();
        let info = consumer.cached_info();
        let config = &info.config;
        let wait = match config.ack_wait {
            Duration::ZERO => Duration::from_secs(settings.ack_wait_secs),
            wait => wait,
        };
        ack_wait.set(wait);
        let mut expires = Duration::from_secs(settings.pull_expires_secs).min(wait / 2);
        if !config.max_expires.is_zero() {
            expires = expires.min(config.max_expires);
        }
        let most = usize::try_from(config.max_batch).ok().filter(|most| *most > 0);
        let most_bytes = usize::try_from(config.max_bytes).ok().filter(|most| *most > 0);
        Self {
            subscription: Subscription::new(socket, &inbox),
            request: format!("{api}.CONSUMER.MSG.NEXT.{}.{}", info.stream_name, info.name),
            consumer,
            context,
            inbox,
            created,
            slots,
            budget,
            reserved: Vec::new(),
            reserved_bytes: None,
            open: 0,
            has_brought: false,
            is_large_next: false,
            most: most.unwrap_or(usize::MAX),
            most_bytes: most_bytes.map_or(usize::MAX, |most| most >> 10),
            heard: Instant::now(),
            asked: Instant::now(),
            trusted_headers,
            expires,
            // The server takes no heartbeat longer than half the expiry.
            heartbeat: Duration::from_secs(settings.heartbeat_secs).min(expires / 2),
            ack_wait,
            timeout,
        }
    }

    /// The next delivery; waits for a free slot and for a message. Cancel safe.
    ///
    /// # Errors
    /// When pulling cannot go on with this consumer or this socket.
    pub async fn next(&mut self) -> Result<Delivery, PullError> {
        loop {
            if self.open == 0 {
                self.pull().await?;
            }
            let silence = 2 * self.heartbeat + Duration::from_secs(1);
            let Ok(message) =
                tokio::time::timeout_at(self.heard + silence, self.subscription.next()).await
            else {
                return Err(PullError::Silent(silence));
            };
            let message = message.map_err(|error| PullError::Connection(error.to_string()))?;
            self.heard = Instant::now();
            if is_cut(&message) {
                self.refuse_headers_only().await?;
            }
            if let Some(delivery) = self.accept(message)? {
                return Ok(delivery);
            }
        }
    }

    /// Whether the consumer still delivers bodies: it may have been edited since it was bound.
    async fn refuse_headers_only(&mut self) -> Result<(), PullError> {
        let info = self.consumer.get_info().await;
        let info = info.map_err(|error| PullError::ConsumerGone(error.to_string()))?;
        match info.config.headers_only {
            true => Err(PullError::headers_only()),
            false => Ok(()),
        }
    }

    /// Stops pulling; what has arrived or is on its way, and was not taken. What the broker is too slow
    /// to bring within `timeout` comes again after the ack wait.
    pub async fn close(mut self, timeout: Duration) -> Vec<Delivery> {
        let mut left = Vec::new();
        // Without interest in its inbox the broker drops the open pull request.
        self.subscription.unsubscribe();
        let arriving = async {
            while let Ok(Some(message)) = self.subscription.next_before_close().await {
                if let Ok(Some(delivery)) = self.accept(message) {
                    left.push(delivery);
                }
            }
        };
        if tokio::time::timeout(timeout, arriving).await.is_err() {
            tracing::debug!("the broker did not confirm the end of the pull");
        }
        left
    }

    /// Reserves every free slot, at least one, and asks for as many messages: as many as the free bytes
    /// hold, at least one of the largest size.
    async fn pull(&mut self) -> Result<(), PullError> {
        self.reserved_bytes = None;
        // A broker may take larger messages than when the budget was made.
        let least = kib(self.context.client().max_payload() + ENVELOPE).min(self.budget.size);
        let slots = Arc::clone(&self.slots);
        let budget = Arc::clone(&self.budget.free);
        let have_slot = !self.reserved.is_empty();
        let room = async {
            let slot = if have_slot { None } else { Some(slots.acquire_owned().await) };
            (slot, budget.acquire_many_owned(least).await)
        };
        tokio::pin!(room);
        let (slot, bytes) = loop {
            tokio::select! {
                biased;
                room = &mut room => break room,
                // The broker asks for signs of life meanwhile; a message of a pull that was given up is
                // left for redelivery.
                message = self.subscription.next() => {
                    message.map_err(|error| PullError::Connection(error.to_string()))?;
                }
            }
        };
        self.reserved.extend(slot.map(|slot| slot.expect("the slots are never closed")));
        while self.reserved.len() < self.most
            && let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned()
        {
            self.reserved.push(slot);
        }
        let mut bytes = bytes.expect("the budget is never closed");
        let more = self.budget.free.available_permits().min(u32::MAX as usize);
        if let Ok(more) = Arc::clone(&self.budget.free)
            .try_acquire_many_owned(u32::try_from(more).unwrap_or(u32::MAX))
        {
            bytes.merge(more);
        }
        self.asked = Instant::now();
        let (batch, max_bytes) = match std::mem::take(&mut self.is_large_next) {
            true => (1, 0),
            false => {
                (self.reserved.len(), bytes.num_permits().min(self.most_bytes).min(1 << 20) << 10)
            }
        };
        let request = serde_json::json!({
            "batch": batch,
            "expires": self.expires.as_nanos(),
            "idle_heartbeat": self.heartbeat.as_nanos(),
            "max_bytes": max_bytes,
        });
        self.reserved_bytes = Some(bytes);
        self.subscription.publish(&self.request, &self.inbox, request.to_string().as_bytes());
        (self.open, self.has_brought) = (batch, false);
        self.heard = Instant::now();
        Ok(())
    }

    /// Sorts stories from the broker's own notes, which alone have no reply subject.
    fn accept(&mut self, message: Inbound) -> Result<Option<Delivery>, PullError> {
        if message.reply.is_none() {
            let block = message.headers.as_deref().map(header_block::read).unwrap_or_default();
            return match block.status {
                Some((code, description)) => self.note(code, &description).map(|()| None),
                None => Ok(None),
            };
        }
        self.open = self.open.saturating_sub(1);
        self.has_brought = true;
        // A message of a pull that we gave up: no slot is reserved for it, so it is left for
        // redelivery rather than worked on beyond the bound.
        let Some(slot) = self.reserved.pop() else { return Ok(None) };
        let bytes = self.reserved_bytes.as_mut().and_then(|reserved| {
            let size = kib(message.size() + (1 << 9)) as usize;
            reserved.split(size.min(reserved.num_permits()))
        });
        if self.open == 0 {
            self.reserved_bytes = None;
        }
        let pulled = PulledMessage {
            message,
            created: self.created,
            slot,
            bytes,
            asked: self.asked,
            trusted_headers: self.trusted_headers,
        };
        Ok(Delivery::new(pulled, &self.context, self.ack_wait.clone(), self.timeout))
    }

    /// What the broker says of the open pull.
    fn note(&mut self, code: u16, description: &str) -> Result<(), PullError> {
        const IDLE_HEARTBEAT: u16 = 100;
        const NOT_FOUND: u16 = 404;
        const TIMEOUT: u16 = 408;
        const NO_RESPONDERS: u16 = 503;
        const BATCH_COMPLETED: &str = "Batch Completed";
        match code {
            IDLE_HEARTBEAT => return Ok(()),
            // Comes behind the last message of a pull with a bound in bytes, when the next pull may have been made:
            // the count of its messages has said the same before.
            _ if description == BATCH_COMPLETED => return Ok(()),
            NO_RESPONDERS => {
                let reason = "no server answers for the consumer".to_owned();
                return Err(PullError::ConsumerGone(reason));
            }
            _ => {
                self.open = 0;
                self.reserved_bytes = None;
            }
        }
        match description {
            _ if matches!(code, NOT_FOUND | TIMEOUT) => Ok(()),
            gone @ ("Consumer Deleted" | "Stream Deleted" | "Consumer is push based") => {
                Err(PullError::ConsumerGone(gone.to_owned()))
            }
            // These end one pull request; the next may be answered.
            "Leadership Change" | "Server Shutdown" => Ok(()),
            "Message Size Exceeds MaxBytes" => {
                self.is_large_next = !self.has_brought;
                Ok(())
            }
            other => Err(PullError::Refused(other.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counted_in_whole_kib() {
        for (bytes, counted) in [(0, 0), (1, 1), (1024, 1), (1025, 2), (64 << 20, 64 << 10)] {
            assert_eq!(kib(bytes), counted, "{bytes}");
        }
    }

    #[test]
    fn a_budget_has_room_for_the_largest_message() {
        let of = |bytes, max_payload| {
            let budget = ByteBudget::new(bytes, max_payload);
            assert_eq!(budget.free.available_permits(), budget.size as usize);
            budget.size
        };
        assert_eq!(of(64 << 20, 1 << 20), 64 << 10);
        assert_eq!(of(1 << 20, 8 << 20), (8 << 10) + 8);
    }

    #[test]
    fn omitted_body_is_recognised_by_its_size() {
        let message = |headers: Option<&'static str>, payload: &'static str| Inbound {
            subject: "news.raw.desk".to_owned(),
            reply: None,
            headers: headers.map(bytes::Bytes::from),
            payload: payload.into(),
        };
        let left_out = Some("NATS/1.0\r\nNews-Id: a\r\nNats-Msg-Size: 9\r\n\r\n");
        assert!(is_cut(&message(left_out, "")));
        assert!(!is_cut(&message(left_out, "A story")));
        assert!(!is_cut(&message(Some("NATS/1.0\r\nNews-Id: a\r\n\r\n"), "")));
        assert!(!is_cut(&message(None, "")));
    }
}
