//! Reads a stream's messages in their order, over a consumer of its own that nothing is acknowledged to.
//!
//! What clients call an ordered consumer. It ends where its consumer is gone or has left a message out: its owner knows
//! where it was, and opens another there. The client's own one waits for two missed heartbeats to notice a broken
//! connection, so owners watch the connection beside it.

use std::time::Duration;

use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::pull::MessagesError;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer, StreamError, pull};
use async_nats::jetstream::stream::{ConsumerError, Stream};
use futures_util::StreamExt as _;
use thiserror::Error;
use time::OffsetDateTime;

/// After this long without a heartbeat the broker is asked again, and messages are asked for.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How long the broker keeps the consumer of a reader that it does not hear of.
const INACTIVE: Duration = Duration::from_secs(60);

/// Why a stream is not read on.
#[derive(Debug, Error)]
pub enum Error {
    /// The consumer is not made: missing permissions, or no broker.
    #[error("cannot make a consumer")]
    Create(#[source] ConsumerError),
    /// It gives no messages.
    #[error("cannot read from a consumer")]
    Read(#[source] StreamError),
    /// It broke.
    #[error("the consumer broke")]
    Broken(#[source] MessagesError),
    /// A message is not of the consumer.
    #[error("a message without its place in the stream")]
    Place(#[source] async_nats::Error),
}

/// What is read, and from where.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    /// Whose consumer it is: the beginning of its name.
    pub reader: &'a str,
    /// What operators read of it.
    pub description: &'a str,
    /// The subject of the messages.
    pub subject: &'a str,
    /// The first one.
    pub begin: DeliverPolicy,
    /// Messages asked for at once.
    pub batch: usize,
}

/// A message of a stream.
#[derive(Debug)]
pub struct Ordered {
    /// The message.
    pub message: Message,
    /// Its sequence in the stream.
    pub sequence: u64,
    /// When it was stored.
    pub stored: OffsetDateTime,
}

/// An open consumer.
pub struct OrderedReader {
    messages: pull::Stream,
    /// Its messages are numbered without a gap.
    delivered: u64,
    pending: u64,
}

impl OrderedReader {
    /// Opens a consumer. `inbox` is a name that no other client has: its last token tells this reader from others.
    ///
    /// # Errors
    /// When the broker makes none.
    pub async fn open(stream: &Stream, reading: Reading<'_>, inbox: &str) -> Result<Self, Error> {
        let Reading { reader, description, subject, begin, batch } = reading;
        let unique = inbox.rsplit('.').next().unwrap_or_default();
        let config = pull::Config {
            // A name, for then the request names the subjects and can be permitted by them.
            name: Some(format!("{reader}-{unique}")),
            description: Some(description.to_owned()),
            ack_policy: AckPolicy::None,
            deliver_policy: begin,
            filter_subject: subject.to_owned(),
            memory_storage: true,
            num_replicas: 1,
            inactive_threshold: INACTIVE,
            ..pull::Config::default()
        };
        let consumer: PullConsumer = stream.create_consumer(config).await.map_err(Error::Create)?;
        let pending = consumer.cached_info().num_pending;
        let reading = consumer.stream().max_messages_per_batch(batch).expires(HEARTBEAT * 6);
        let messages = reading.heartbeat(HEARTBEAT).messages().await.map_err(Error::Read)?;
        Ok(Self { messages, delivered: 0, pending })
    }

    /// Messages that are stored and not read yet.
    #[must_use]
    pub const fn pending(&self) -> u64 {
        self.pending
    }

    /// The next message, however long it takes; `None` where the consumer is gone or has left one out. Cancel safe.
    ///
    /// # Errors
    /// When the consumer broke.
    pub async fn next(&mut self) -> Result<Option<Ordered>, Error> {
        let Some(message) = self.messages.next().await else { return Ok(None) };
        let message = message.map_err(Error::Broken)?;
        let info = message.info().map_err(Error::Place)?;
        if info.consumer_sequence != self.delivered + 1 {
            return Ok(None);
        }
        let (sequence, stored) = (info.stream_sequence, info.published);
        (self.delivered, self.pending) = (info.consumer_sequence, info.pending);
        Ok(Some(Ordered { message, sequence, stored }))
    }
}
