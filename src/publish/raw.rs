//! Raw messages in: what `publish`, `feeds` and `dlq replay` put on the raw stream, each publish confirmed.
//!
//! A message carries a `Nats-Msg-Id`, so that a publish whose answer was lost is not stored twice when
//! it is repeated within the stream's duplicate window; outcomes never carry one, see [`super`]. A body over what the
//! broker or the stream takes is compressed (`Content-Encoding: gzip`). A stream that is full refuses new messages, and the one that
//! publishes waits.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::{Client, HeaderMap};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::sync::watch;

use super::Error;
use super::request::{self, PublishReply};
use crate::backoff::{Backoff, wait_while_blocked};
use crate::broker::topology::HEADER_ROOM;
use crate::off_reactor;

/// Longest wait between two tries at a stream that takes nothing.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

const CONTENT_TYPE: &str = "Content-Type";
const CONTENT_ENCODING: &str = "Content-Encoding";

/// Room for the headers that a message is sent with, in bytes.
const OWN_HEADERS: usize = 1024;

/// A message for the raw stream.
#[derive(Clone, Debug)]
pub struct OutgoingRawMessage {
    /// Subject, under `<prefix>.raw.`.
    pub subject: String,
    /// Headers, a `Nats-Msg-Id` among them: the broker stores it once within its duplicate window.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl OutgoingRawMessage {
    /// A message of a content type, with an id of its own.
    #[must_use]
    pub fn new(subject: String, id: &str, content_type: &str, body: Bytes) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, content_type);
        headers.insert(NATS_MESSAGE_ID, id);
        Self { subject, headers, body }
    }

    /// The same with its body compressed; `None` where it is coded already.
    async fn compressed(&self) -> Option<Self> {
        if self.headers.get(CONTENT_ENCODING).is_some() {
            return None;
        }
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_ENCODING, "gzip");
        let body = gzip(self.body.clone()).await;
        Some(Self { subject: self.subject.clone(), headers, body })
    }
}

/// How a raw publish ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawStored {
    /// Stored now.
    Now,
    /// A message of the same id was stored within the duplicate window.
    Before,
}

/// Publishes to the raw stream.
#[derive(Debug)]
pub struct RawPublisher {
    client: Client,
    timeout: Duration,
    blocked: AtomicBool,
}

impl RawPublisher {
    /// A publisher that waits so long for the broker's word.
    #[must_use]
    pub fn new(client: Client, timeout: Duration) -> Self {
        Self { client, timeout, blocked: AtomicBool::new(false) }
    }

    /// An id that no other message has.
    #[must_use]
    pub fn fresh_id(&self) -> String {
        self.client.new_inbox()
    }

    /// Publishes once and waits for the broker's word. To be repeated with the same message.
    ///
    /// # Errors
    /// When it is not known to be stored; [`Error::is_back_pressure`] says whether waiting helps.
    pub async fn store(&self, message: &OutgoingRawMessage) -> Result<RawStored, Error> {
        let room = self.client.max_payload().saturating_sub(HEADER_ROOM + OWN_HEADERS);
        if message.body.len() <= room {
            match self.send(message).await {
                // A stream may take less than the broker.
                Err(error) if error.is_too_large() => {}
                stored => return stored,
            }
        }
        let compressed = message.compressed().await;
        self.send(compressed.as_ref().unwrap_or(message)).await
    }

    async fn send(&self, message: &OutgoingRawMessage) -> Result<RawStored, Error> {
        let OutgoingRawMessage { subject, headers, body } = message;
        match request::publish(&self.client, subject, headers, body, self.timeout).await? {
            PublishReply::Stored(_) => Ok(RawStored::Now),
            PublishReply::Duplicate(_) => Ok(RawStored::Before),
            PublishReply::Silence => Err(Error::NotConfirmed { tries: 1 }),
            // Nothing was expected of the stream.
            PublishReply::Guarded => Err(request::refused_unasked(subject)),
        }
    }

    /// Publishes, and waits for as long as the broker takes nothing; once `closing` turns true it tries a last time.
    ///
    /// # Errors
    /// When the broker refuses this message, or took nothing until the end.
    pub async fn store_patiently(
        &self,
        message: &OutgoingRawMessage,
        closing: watch::Receiver<bool>,
    ) -> Result<RawStored, Error> {
        let waits = Backoff::new(Duration::from_millis(100), LONGEST_WAIT);
        let is_blocked = |error: &Error| {
            let is_blocked = error.is_back_pressure();
            if is_blocked && !self.blocked.swap(true, Ordering::Relaxed) {
                tracing::warn!(
                    event = "raw_blocked",
                    reason = %error,
                    "the raw stream accepts nothing; messages wait, none is skipped"
                );
            }
            is_blocked
        };
        let stored = wait_while_blocked(closing, waits, || self.store(message), is_blocked).await?;
        if self.blocked.swap(false, Ordering::Relaxed) {
            tracing::info!(event = "raw_resumed", "the raw stream accepts messages again");
        }
        Ok(stored)
    }
}

/// Compresses a body, off the reactor.
async fn gzip(body: Bytes) -> Bytes {
    let bytes = body.len();
    let compress = move || {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&body).and_then(|()| encoder.finish())
    };
    off_reactor::run(bytes, compress).await.expect("writing to memory does not fail").into()
}
