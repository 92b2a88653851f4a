//! The log by which a group's workers know each other's stories: one short entry a story, which
//! every worker reads into its own [`DuplicateIndex`].
//!
//! A story is appended before it is published, and its worker reads on until its own message comes
//! by: by then it has read all that came before, and that alone decides. The log's order is the
//! order of stories, so of two copies at one moment exactly one is first, no worker waits for another
//! worker, and a worker that dies leaves nothing to be cleared away. The message itself is the
//! broker's word that it is stored: an append asks for no answer. Entries of one worker that come close upon each other
//! share a message ([`batch`]).
//!
//! A story that was appended and not published comes again under the same key, finds its own entry
//! and is what it was before; what was marked as its copy meanwhile is right by then. One that will
//! not be published after all is withdrawn.
//!
//! What cannot be known costs the mark, never the story: without a log, or until it has been read
//! once, and after a log that gave no answer until it gives one again, nothing is marked.

mod batch;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::context::{GetStreamError, GetStreamErrorKind};
use async_nats::jetstream::{self, ErrorCode};
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use self::batch::Batch;
use super::Moment;
use super::duplicate_index::{Comparison, DuplicateIndex, SeenEntry, Window};
use crate::backoff::Backoff;
use crate::broker::ordered_reader::{self, Ordered, OrderedReader, Reading};
use crate::model::{Copy, Key};
use crate::mutex::lock;

/// How long an append may take to come by. The outcome waits no longer for its own confirmation.
const READ_TIMEOUT: Duration = Duration::from_secs(5);
/// After this long it is appended again: a broker that changes its leader loses what is under way.
/// Twice in the log is as good as once.
const REPEAT: Duration = Duration::from_secs(1);
/// Messages asked for at once.
const BATCH: usize = 500;
/// Longest wait before a log that cannot be read is tried again.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Where the log is.
#[derive(Clone, Debug)]
pub struct LogPlace {
    /// Its stream.
    pub stream: String,
    /// The subject of its messages.
    pub subject: String,
}

/// What is known of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing before it is like it.
    First,
    /// It repeats or updates an earlier one.
    Copy(Copy),
    /// It is unknown.
    Unknown,
}

/// How far the log has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Not to its end yet.
    Reading,
    /// All of it; new messages come as they are stored.
    Live,
    /// There is no such stream.
    Absent,
}

/// The group's log, and what was read of it so far. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DuplicateLog(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    context: jetstream::Context,
    place: LogPlace,
    read_log: Mutex<ReadLog>,
    batch: Mutex<Batch>,
    phase: watch::Sender<Phase>,
    /// Whether an append has not come by, and nothing since.
    silent: AtomicBool,
}

#[derive(Debug)]
struct ReadLog {
    index: DuplicateIndex,
    waiting: HashMap<Key, Vec<oneshot::Sender<Option<Copy>>>>,
    /// Last message read, and when the stream that it is of was made.
    position: u64,
    created: Option<time::OffsetDateTime>,
}

/// Why the log is not read on.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("stream {0} does not exist")]
    Absent(String),
    #[error("the log's stream cannot be asked for")]
    Stream(#[source] GetStreamError),
    #[error(transparent)]
    Reader(#[from] ordered_reader::Error),
    #[error("the connection was lost and made again, or messages are missing")]
    Interrupted,
}

impl DuplicateLog {
    /// A log of which nothing has been read.
    #[must_use]
    pub fn new(
        context: jetstream::Context,
        place: LogPlace,
        window: Window,
        comparison: Comparison,
    ) -> Self {
        let read_log = ReadLog {
            index: DuplicateIndex::new(window, comparison),
            waiting: HashMap::new(),
            position: 0,
            created: None,
        };
        let phase = watch::Sender::new(Phase::Reading);
        let (read_log, batch) = (Mutex::new(read_log), Mutex::default());
        let silent = AtomicBool::new(false);
        Self(Arc::new(Inner { context, place, read_log, batch, phase, silent }))
    }

    /// Reads the log until the end of the process. `connects` changes when the connection was made
    /// anew.
    pub async fn follow(&self, mut connects: watch::Receiver<u64>) {
        let mut waits = Backoff::new(Duration::from_millis(100), LONGEST_WAIT);
        loop {
            connects.mark_unchanged();
            let begun = Instant::now();
            let Err(broken) = self.0.read_on(&mut connects).await;
            match &broken {
                // That it is missing at the start is logged by who waits for it.
                Broken::Absent(_) => {
                    if self.0.phase.send_replace(Phase::Absent) == Phase::Live {
                        tracing::warn!(
                            event = "duplicates_unknown",
                            reason = %broken,
                            "the log of seen stories is gone: {broken}; `news-ingest provision` creates it; stories are published unmarked meanwhile"
                        );
                    }
                }
                Broken::Stream(_) | Broken::Reader(_) | Broken::Interrupted => {}
            }
            tracing::debug!(error = %broken, "the log of seen stories is opened anew");
            if begun.elapsed() > LONGEST_WAIT {
                waits.reset();
            }
            tokio::time::sleep(waits.next()).await;
        }
    }

    /// Waits until the log was read to its end, and says how many stories it tells of.
    ///
    /// # Errors
    /// Why nothing is compared: the log's stream is missing, or `max_wait` was too short to read it.
    pub async fn ready(&self, max_wait: Duration) -> Result<usize, &'static str> {
        let mut phase = self.0.phase.subscribe();
        let settled = phase.wait_for(|phase| *phase != Phase::Reading);
        match tokio::time::timeout(max_wait, settled).await.map(|phase| phase.map(|phase| *phase)) {
            Ok(Ok(Phase::Live)) => Ok(self.0.read_log().index.size().0),
            Ok(Ok(Phase::Absent)) => {
                Err("its stream does not exist; `news-ingest provision` creates it")
            }
            Ok(Ok(Phase::Reading) | Err(_)) | Err(_) => Err("it takes too long to read"),
        }
    }

    /// Appends a story, where the log does not tell of it yet, and says what it repeats.
    pub async fn append_and_compare(&self, entry: SeenEntry<'_>) -> Seen {
        let answer = {
            let mut read_log = self.0.read_log();
            if let Some(known) = read_log.index.known(entry.key) {
                return known.map_or(Seen::First, Seen::Copy);
            }
            let (sender, answer) = oneshot::channel();
            read_log.waiting.entry(entry.key).or_default().push(sender);
            answer
        };
        let found = self.append(entry, answer).await;
        self.0.read_log().forget_waiting(entry.key);
        found
    }

    async fn append(
        &self,
        entry: SeenEntry<'_>,
        mut answer: oneshot::Receiver<Option<Copy>>,
    ) -> Seen {
        let hopeful =
            *self.0.phase.borrow() == Phase::Live && !self.0.silent.load(Ordering::Relaxed);
        let deadline = Instant::now() + if hopeful { READ_TIMEOUT } else { Duration::ZERO };
        loop {
            // Where the client's own queue is full it waits: not longer than the answer may take.
            let sent = tokio::time::timeout(REPEAT, self.0.send(entry.messages())).await;
            if !hopeful || matches!(sent, Ok(false)) {
                return Seen::Unknown;
            }
            let until = deadline.min(Instant::now() + REPEAT);
            match tokio::time::timeout_at(until, &mut answer).await {
                Ok(Ok(copy)) => return copy.map_or(Seen::First, Seen::Copy),
                Ok(Err(_)) => return Seen::Unknown,
                Err(_) if Instant::now() < deadline => {}
                Err(_) => {
                    if !self.0.silent.swap(true, Ordering::Relaxed) {
                        tracing::warn!(
                            event = "duplicates_unknown",
                            reason = "no answer",
                            "the log of seen stories gives no answer; stories are published unmarked until it does"
                        );
                    }
                    return Seen::Unknown;
                }
            }
        }
    }

    /// Takes a story's entry back: it will not be published.
    pub async fn withdraw(&self, key: Key) {
        let sent = self.0.send([SeenEntry::withdrawal(key)]);
        if !matches!(tokio::time::timeout(REPEAT, sent).await, Ok(true)) {
            tracing::debug!(%key, "an entry was not taken back; copies will name a story that is none");
        }
    }

    /// How much older a story is than the last one; `None` where it is not known.
    #[must_use]
    pub fn age(&self, key: Key) -> Option<Duration> {
        self.0.read_log().index.age(key)
    }

    /// Stories held, and the memory that they take.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        self.0.read_log().index.size()
    }
}

impl Inner {
    fn read_log(&self) -> MutexGuard<'_, ReadLog> {
        // Whatever panicked, the index is only ever behind.
        lock(&self.read_log)
    }

    /// Sends entries, with others or by others; `false` where the client is closed.
    async fn send(&self, entries: impl IntoIterator<Item = Vec<u8>>) -> bool {
        let due = lock(&self.batch).add(entries, Instant::now());
        tokio::time::sleep_until(due).await;
        let Some(message) = lock(&self.batch).take_due(Instant::now()) else { return true };
        let sent = self.context.client().publish(self.place.subject.clone(), message).await;
        sent.inspect_err(|error| tracing::debug!(%error, "not appended")).is_ok()
    }

    /// Reads until something breaks.
    async fn read_on(
        &self,
        connects: &mut watch::Receiver<u64>,
    ) -> Result<std::convert::Infallible, Broken> {
        let mut reader = self.reader().await?;
        loop {
            if reader.pending() == 0 {
                self.phase
                    .send_if_modified(|phase| std::mem::replace(phase, Phase::Live) != Phase::Live);
            }
            let next = tokio::select! {
                next = reader.next() => next?,
                _ = connects.changed() => return Err(Broken::Interrupted),
            };
            let Some(Ordered { message, sequence, stored }) = next else {
                return Err(Broken::Interrupted);
            };
            if self.silent.swap(false, Ordering::Relaxed) {
                tracing::info!(
                    event = "duplicates_known",
                    "the log of seen stories answers again: copies are marked"
                );
            }
            self.read_log().take(sequence, &message.payload, stored.into());
        }
    }

    /// A reader from where we are.
    async fn reader(&self) -> Result<OrderedReader, Broken> {
        let context = &self.context;
        let name = &self.place.stream;
        let stream = context.get_stream(name).await.map_err(|error| match error.kind() {
            GetStreamErrorKind::JetStream(error)
                if error.error_code() == ErrorCode::STREAM_NOT_FOUND =>
            {
                Broken::Absent(name.clone())
            }
            _ => Broken::Stream(error),
        })?;
        let info = stream.cached_info();
        let start_sequence =
            self.read_log().continue_in(info.created, info.state.last_sequence) + 1;
        let reading = Reading {
            reader: "seen",
            description: "a news-ingest worker reads what others have seen",
            subject: &self.place.subject,
            begin: DeliverPolicy::ByStartSequence { start_sequence },
            batch: BATCH,
        };
        let inbox = self.context.client().new_inbox();
        Ok(OrderedReader::open(&stream, reading, &inbox).await?)
    }
}

impl ReadLog {
    /// The message after which to go on. A stream that was recreated, or lost its end in a power cut,
    /// is read from its beginning: what is known already is known by its key.
    fn continue_in(&mut self, created: time::OffsetDateTime, last_sequence: u64) -> u64 {
        if self.created != Some(created) || last_sequence < self.position {
            self.created = Some(created);
            self.position = 0;
        }
        self.position
    }

    fn take(&mut self, sequence: u64, message: &[u8], written: Moment) {
        self.position = sequence;
        for entry in batch::entries(message) {
            let Some((key, copy)) = self.index.read(entry, written) else { continue };
            for waiting in self.waiting.remove(&key).unwrap_or_default() {
                // Nothing waits any longer where the delivery was dropped.
                let _ = waiting.send(copy);
            }
        }
    }

    /// Leaves out who has given up.
    fn forget_waiting(&mut self, key: Key) {
        if let Some(waiting) = self.waiting.get_mut(&key) {
            waiting.retain(|sender| !sender.is_closed());
            if waiting.is_empty() {
                self.waiting.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Identity, Relation, StoryId};
    use time::OffsetDateTime;

    /// Texts are alike where they are one.
    const WHOLE: Comparison = Comparison {
        lookups: |sketch| Some(vec![u64::from(*sketch.first()?)]),
        relate: |mine, theirs, _| (mine == theirs).then_some(Relation::Duplicate),
    };

    fn log() -> ReadLog {
        let window = Window { age: Duration::from_secs(3600), bytes: 16 << 20 };
        let index = DuplicateIndex::new(window, WHOLE);
        ReadLog { index, waiting: HashMap::new(), position: 0, created: None }
    }

    fn key(id: &str) -> Key {
        Identity::new(StoryId::new(id).unwrap(), None).key()
    }

    fn message(id: &str) -> Vec<u8> {
        SeenEntry { key: key(id), unrevised: None, page: None, drops_copies: false, sketch: b"a" }
            .to_bytes()
    }

    #[test]
    fn log_reading_resumes_where_it_stopped() {
        let (mut log, made) = (log(), OffsetDateTime::UNIX_EPOCH);
        assert_eq!(log.continue_in(made, 9), 0);
        log.take(9, &message("a"), Moment::from_millis(1));
        assert_eq!(log.continue_in(made, 9), 9);
        assert_eq!(log.continue_in(made, 12), 9);
        // It lost its end in a power cut: what comes now has numbers that were there before.
        assert_eq!(log.continue_in(made, 8), 0);
        log.take(9, &message("a"), Moment::from_millis(1));
        let anew = made + Duration::from_secs(1);
        assert_eq!(log.continue_in(anew, 20), 0);
        log.take(3, &message("a"), Moment::from_millis(1));
        assert_eq!(log.continue_in(anew, 20), 3);
        assert_eq!(log.index.size().0, 1, "what is known is known by its key");
    }

    #[test]
    fn waiters_are_answered_and_departed_ones_forgotten() {
        let mut log = log();
        let wait = |log: &mut ReadLog, id: &str| {
            let (sender, answer) = oneshot::channel();
            log.waiting.entry(key(id)).or_default().push(sender);
            answer
        };
        let (mut first, mut copy) = (wait(&mut log, "a"), wait(&mut log, "b"));
        log.take(1, &message("a"), Moment::from_millis(1));
        log.take(2, &message("b"), Moment::from_millis(2));
        assert_eq!(first.try_recv(), Ok(None));
        assert_eq!(copy.try_recv().unwrap().map(|copy| copy.of), Some(key("a")));
        assert!(log.waiting.is_empty());
        // Two deliveries of a story wait, and one of them was dropped.
        let (dropped, mut kept) = (wait(&mut log, "c"), wait(&mut log, "c"));
        drop(dropped);
        log.forget_waiting(key("c"));
        assert_eq!(log.waiting[&key("c")].len(), 1);
        log.take(3, &message("c"), Moment::from_millis(3));
        assert!(kept.try_recv().is_ok());
        drop(wait(&mut log, "d"));
        log.forget_waiting(key("d"));
        assert!(log.waiting.is_empty());
    }
}
