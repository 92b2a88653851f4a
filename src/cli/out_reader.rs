//! Stories of the out stream in its order, each once, across lost consumers and restarted brokers.
//!
//! When a consumer ([`OrderedReader`]) is gone, leaves something out or goes silent, another takes its place behind the last
//! message read; that the connection was lost is heard from the connection itself.

use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::{Context, Message};
use bytes::Bytes;
use futures_util::StreamExt as _;
use time::OffsetDateTime;

use crate::broker::connect::Connection;
use crate::broker::ordered_reader::{self, Ordered, OrderedReader, Reading};
use crate::broker::topology;

/// Messages asked for at once.
const BATCH: usize = 64;

/// Readers of several streams, as one: messages of each in its order.
pub(super) struct Readers {
    all: Vec<Reader>,
    turn: usize,
}

impl Readers {
    /// Readers of what is stored from now on in every out stream. One of an earlier number of partitions may be gone.
    pub(super) async fn open(
        connection: &Connection,
        streams: &topology::Settings,
        subject: &str,
    ) -> anyhow::Result<Self> {
        let outs = topology::bind_outs(&connection.jetstream(), streams).await?;
        let mut all = Vec::new();
        for out in outs.all() {
            let name = &out.cached_info().config.name;
            all.push(Reader::open(connection.clone(), name, subject).await?);
        }
        Ok(Self { all, turn: 0 })
    }

    /// Goes to the first messages stored at a time or after it.
    pub(super) fn begin_at(&mut self, start_time: OffsetDateTime) {
        self.all.iter_mut().for_each(|reader| reader.begin_at(start_time));
    }

    /// Goes back by so many messages from the end of each stream; whether that is all that they have.
    pub(super) async fn begin_back(&mut self, messages: u64) -> anyhow::Result<bool> {
        let mut is_all = true;
        for reader in &mut self.all {
            is_all &= reader.begin_back(messages).await?;
        }
        Ok(is_all)
    }

    /// Whether everything has been read that is stored now.
    pub(super) async fn caught_up(&mut self) -> anyhow::Result<bool> {
        for reader in &mut self.all {
            if !reader.caught_up().await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The next message of any, however long it takes.
    pub(super) async fn next(&mut self) -> anyhow::Result<Stored> {
        self.turn = (self.turn + 1) % self.all.len().max(1);
        let (later, first) = self.all.split_at_mut(self.turn);
        let each = first.iter_mut().chain(later).map(|reader| Box::pin(reader.next()));
        futures_util::future::select_all(each).await.0
    }
}

/// A message of the stream.
pub(super) struct Stored {
    pub(super) sequence: u64,
    pub(super) subject: String,
    pub(super) at: OffsetDateTime,
    pub(super) body: Bytes,
}

/// Reads a stream from a place on.
pub(super) struct Reader {
    connection: Connection,
    context: Context,
    stream: String,
    subject: String,
    begin: DeliverPolicy,
    open: Option<OrderedReader>,
}

impl Reader {
    /// A reader of what is stored from now on.
    pub(super) async fn open(
        mut connection: Connection,
        stream: &str,
        subject: &str,
    ) -> anyhow::Result<Self> {
        connection.connects.mark_unchanged();
        let context = connection.jetstream();
        let state = topology::bind_stream(&context, stream).await?.cached_info().state.clone();
        // Named by its number: what is stored while a first consumer is lost is not passed over.
        let begin = DeliverPolicy::ByStartSequence { start_sequence: state.last_sequence + 1 };
        let (stream, subject) = (stream.to_owned(), subject.to_owned());
        let mut reader = Self { connection, context, stream, subject, begin, open: None };
        reader.open = Some(reader.consumer().await?);
        Ok(reader)
    }

    /// Goes to the first message stored at a time or after it.
    pub(super) fn begin_at(&mut self, start_time: OffsetDateTime) {
        self.begin = DeliverPolicy::ByStartTime { start_time };
        self.open = None;
    }

    /// Goes to a place in the stream.
    pub(super) fn begin_with(&mut self, start_sequence: u64) {
        self.begin = DeliverPolicy::ByStartSequence { start_sequence };
        self.open = None;
    }

    /// Goes back by so many of the stream's messages from its end; whether that is all it has.
    pub(super) async fn begin_back(&mut self, messages: u64) -> anyhow::Result<bool> {
        let stream = topology::bind_stream(&self.context, &self.stream).await?;
        let state = &stream.cached_info().state;
        let start_sequence = (state.last_sequence + 1).saturating_sub(messages).max(1);
        self.begin = DeliverPolicy::ByStartSequence { start_sequence };
        self.open = None;
        // A stream that never held a message says that its first is number 0.
        Ok(start_sequence <= state.first_sequence.max(1))
    }

    /// Whether everything has been read that is stored now.
    pub(super) async fn caught_up(&mut self) -> anyhow::Result<bool> {
        if self.open.is_none() {
            self.open = Some(self.consumer().await?);
        }
        Ok(self.open.as_ref().is_some_and(|open| open.pending() == 0))
    }

    /// The next message, however long it takes.
    pub(super) async fn next(&mut self) -> anyhow::Result<Stored> {
        loop {
            if let Some(stored) = self.try_next().await? {
                return Ok(stored);
            }
            self.open = None;
            while self.open.is_none() {
                match self.consumer().await {
                    Ok(open) => self.open = Some(open),
                    Err(error) => {
                        tracing::debug!(%error, "no consumer yet");
                        tokio::time::sleep(Duration::from_millis(500)).await;
                    }
                }
            }
        }
    }

    /// The next message of the open consumer; `None` when there is none to go on with.
    async fn try_next(&mut self) -> anyhow::Result<Option<Stored>> {
        let Some(open) = &mut self.open else { return Ok(None) };
        let next = tokio::select! {
            next = open.next() => next,
            _ = self.connection.connects.changed() => return Ok(None),
        };
        let Ordered { message, sequence, stored } = match next {
            Ok(Some(next)) => next,
            Ok(None) => return Ok(None),
            Err(error @ ordered_reader::Error::Place(_)) => return Err(error.into()),
            Err(error) => {
                tracing::debug!(%error, "the consumer is given up");
                return Ok(None);
            }
        };
        self.begin = DeliverPolicy::ByStartSequence { start_sequence: sequence + 1 };
        Ok(Some(Stored {
            sequence,
            subject: message.subject.to_string(),
            at: stored,
            body: message.payload.clone(),
        }))
    }

    /// A consumer from where the reader is.
    async fn consumer(&self) -> anyhow::Result<OrderedReader> {
        let stream = topology::bind_stream(&self.context, &self.stream).await?;
        let mut begin = self.begin;
        if let DeliverPolicy::ByStartSequence { start_sequence } = &mut begin {
            // After a power cut or a deletion the stream may end before the place we had reached.
            *start_sequence = (*start_sequence).min(stream.cached_info().state.last_sequence + 1);
        }
        let reading = Reading {
            reader: "reader",
            description: "a reader of stories",
            subject: &self.subject,
            begin,
            batch: BATCH,
        };
        let inbox = self.context.client().new_inbox();
        Ok(OrderedReader::open(&stream, reading, &inbox).await?)
    }
}

/// The next message of a reader that knows that there is one.
pub(super) async fn next(messages: &mut pull::Stream) -> anyhow::Result<Message> {
    tokio::time::timeout(Duration::from_secs(20), messages.next())
        .await
        .context("the broker delivers nothing")?
        .context("the stream ended")?
        .map_err(Into::into)
}
