//! What publishes outcomes: the streams, how subjects are named, and one guarded or plain publish.
//!
//! What it does with them is in `once_only` (an outcome, once), `claim` and `claim_owner` (its key, for longer), `route` (a stored story's further subjects), `retry`
//! (schedules) and `stored` (what is there).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::{Info, Stream};
use async_nats::{Client, HeaderMap};
use bytes::Bytes;

use super::request::{self, PublishReply, between_tries};
use super::{Error, Settings, Subjects};
use crate::backoff::Tries;
use crate::broker::topology::partitions::Partition;
use crate::broker::topology::{self, Bound, Outs};
use crate::model::{Key, OutcomeKind};

/// Publishes outcomes to the out stream.
#[derive(Clone, Debug)]
pub struct Publisher {
    pub(super) client: Client,
    pub(super) context: Context,
    pub(super) outs: Outs,
    /// Where keys of published stories are marked, if they are.
    pub(super) guard_stream: Option<Stream>,
    retry: Option<Vec<Stream>>,
    /// Whether the servers of the out streams guard a publish over a filter of subjects.
    filter_guard: Arc<AtomicBool>,
    pub(super) subjects: Subjects,
    pub(super) streams: topology::Settings,
    pub(super) settings: Settings,
}

impl Publisher {
    /// A publisher on the streams that take outcomes, and on those that take marks and schedules where there are such.
    #[must_use]
    pub fn new(
        context: Context,
        bound: Bound,
        subjects: Subjects,
        streams: topology::Settings,
        settings: Settings,
    ) -> Self {
        let guard = Arc::new(AtomicBool::new(false));
        let Bound { outs, guard: guard_stream, retry, .. } = bound;
        let publisher = Self {
            client: context.client(),
            context,
            outs,
            guard_stream,
            retry,
            filter_guard: guard,
            subjects,
            streams,
            settings,
        };
        publisher.choose_guard(publisher.outs.current.iter().map(Stream::cached_info));
        publisher
    }

    /// Takes the guard that the servers of the out streams have, by what they say of the streams: a stream may move
    /// to an older server of a cluster while the worker runs.
    pub fn choose_guard<'a>(&self, mut outs: impl Iterator<Item = &'a Info>) {
        self.filter_guard.store(outs.all(topology::has_filter_guard), Ordering::Relaxed);
    }

    /// Whether it is the guard over a filter of subjects.
    #[must_use]
    pub fn has_filter_guard(&self) -> bool {
        self.filter_guard.load(Ordering::Relaxed)
    }

    /// How subjects are named.
    #[must_use]
    pub fn subjects(&self) -> &Subjects {
        &self.subjects
    }

    /// The partition that a message is scheduled in, by its place in a raw stream.
    pub(super) fn retry_part(&self, place: &str) -> Partition {
        Partition::by(place, self.streams.partitions)
    }

    /// Its stream of schedules.
    pub(super) fn retry(&self, part: Partition) -> Option<&Stream> {
        self.retry.as_ref()?.get(part.number())
    }

    /// Beginning of the subjects of its schedules.
    pub(super) fn retry_root(&self, part: Partition) -> String {
        self.streams.retry_root(part)
    }

    /// Name of the out stream that a key's outcome goes to.
    #[must_use]
    pub fn stream_of(&self, key: Key) -> &str {
        &self.outs.of(key.as_str()).cached_info().config.name
    }

    /// Names of the out streams that may hold a key's outcome, those of earlier numbers of partitions too.
    #[must_use]
    pub fn streams_holding(&self, key: Key) -> Vec<String> {
        let holding = self.outs.holding(key.as_str());
        holding.map(|stream| stream.cached_info().config.name.clone()).collect()
    }

    /// How long outcomes of a kind are kept, where that is less than their stream keeps them.
    #[must_use]
    pub fn ttl(&self, kind: OutcomeKind) -> Option<Duration> {
        self.settings.ttl(kind)
    }

    /// As many tries as are configured.
    pub(super) fn tries(&self) -> Tries {
        Tries::new(self.settings.confirm_tries, between_tries())
    }

    /// What is said when none of them was answered.
    pub(super) fn not_confirmed(&self) -> Error {
        Error::NotConfirmed { tries: self.settings.confirm_tries }
    }

    /// Publishes once and waits for the broker's answer.
    pub(super) async fn send(
        &self,
        subject: &str,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<PublishReply, Error> {
        let timeout = Duration::from_secs(self.settings.confirm_timeout_secs);
        request::publish(&self.client, subject, headers, body, timeout).await
    }
}
