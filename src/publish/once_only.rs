//! Storing one outcome, once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_ID, NATS_MESSAGE_TTL};
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::{Info, LastRawMessageErrorKind, Stream};
use async_nats::{Client, HeaderMap, HeaderName, HeaderValue, Request, RequestErrorKind};
use bytes::Bytes;

use super::{Error, Settings, Subjects};
use crate::backoff;
use crate::broker::topology::partitions::Partition;
use crate::broker::topology::{self, Outs};
use crate::headers;
use crate::model::{Key, RawPlace};

/// Header that widens the expectation from the published subject to a filter (server 2.11; an older
/// one does not know it and obeys the expectation for the published subject alone).
const EXPECTED_SUBJECT: &str = "Nats-Expected-Last-Subject-Sequence-Subject";
/// PublishReply of a guarded publish that found another message on the filter.
const WRONG_LAST_SEQUENCE: u64 = 10071;
/// The same from servers that name the subject filter.
const WRONG_LAST_SEQUENCE_CONSTANT: u64 = 10164;
/// The message is larger than the stream's `max_msg_size`.
const OVER_MESSAGE_LIMIT: u64 = 10054;
/// The headers are larger than any message's may be.
const OVER_HEADER_LIMIT: u64 = 10097;
/// The stream takes nothing at present, whatever the message: it is at `max_bytes`, `max_msgs` or a limit of the account
/// (10002) or the server, sealed (10109), offline (10118), or its cluster is without a leader (10008).
const TAKES_NOTHING: [u64; 9] = [10077, 10047, 10023, 10028, 10122, 10109, 10118, 10008, 10002];
/// What 10077 says of a stream with `discard_new_per_subject`, which takes other messages.
const FULL_SUBJECT: &str = "per subject";

/// A message to store.
#[derive(Clone, Debug)]
pub struct OutcomeMessage {
    /// Subject, by [`Subjects`].
    pub subject: String,
    /// Headers, by [`super::outcome_headers`].
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// How long the broker is to keep it; `None` as long as the stream does.
    pub ttl: Option<Duration>,
}

/// How a publish under the guard ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Stored now, under this sequence.
    Now(u64),
    /// Stored earlier for the same raw_seq: an answer was lost, or the message was redelivered. It need
    /// not be the outcome that was to be stored now.
    Before {
        /// Its sequence in the out stream that it is in.
        sequence: u64,
        /// Where it is, and so what it is.
        subject: String,
    },
    /// The key was settled for another raw_seq: the message is a repeat.
    Repeat {
        /// The raw_seq that settled it.
        raw_seq: u64,
    },
}

/// What keeps the broker from storing a second outcome of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Guard {
    /// An expectation over every subject that an outcome of the key can have.
    Filter,
    /// Before server 2.11: a look at the stream first, and a message id, which the server compares
    /// within the stream's duplicate window, for what is in flight meanwhile.
    MessageId,
}

/// What there is of a key already.
enum KeyState {
    Free,
    /// A dead letter or skipped message that the outcome is to take the place of: the one that a replay
    /// names, or that of an earlier message. By its sequence.
    Failed(u64),
    Settled(Stored),
}

/// Publishes outcomes to the out stream.
#[derive(Clone, Debug)]
pub struct Publisher {
    client: Client,
    outs: Outs,
    retry: Option<Vec<Stream>>,
    /// Whether the servers of the out streams guard a publish over a filter of subjects.
    filter_guard: Arc<AtomicBool>,
    subjects: Subjects,
    streams: topology::Settings,
    settings: Settings,
}

impl Publisher {
    /// A publisher on the streams that take outcomes, and on those that take schedules where there are such.
    #[must_use]
    pub fn new(
        client: Client,
        outs: Outs,
        retry: Option<Vec<Stream>>,
        subjects: Subjects,
        streams: topology::Settings,
        settings: Settings,
    ) -> Self {
        let guard = Arc::new(AtomicBool::new(false));
        let publisher =
            Self { client, outs, retry, filter_guard: guard, subjects, streams, settings };
        publisher.judge_guard(publisher.outs.current.iter().map(Stream::cached_info));
        publisher
    }

    /// Takes the guard that the servers of the out streams have, by what they say of the streams: a stream may move
    /// to an older server of a cluster while the worker runs. Whether that is the guard over a filter.
    pub fn judge_guard<'a>(&self, mut outs: impl Iterator<Item = &'a Info>) -> bool {
        let has = outs.all(topology::has_filter_guard);
        self.filter_guard.store(has, Ordering::Relaxed);
        has
    }

    fn guard(&self) -> Guard {
        if self.filter_guard.load(Ordering::Relaxed) { Guard::Filter } else { Guard::MessageId }
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

    /// How often a publish without an answer is repeated.
    pub(super) fn tries(&self) -> u32 {
        self.settings.confirm_tries
    }

    /// How long skipped messages and dead letters are kept: `(skipped, dlq)`.
    #[must_use]
    pub fn ttls(&self) -> (Option<Duration>, Option<Duration>) {
        let hours = |h: u64| (h > 0).then(|| Duration::from_secs(h * 3600));
        (hours(self.settings.skipped_ttl_hours), hours(self.settings.dlq_ttl_hours))
    }

    /// Stores an outcome unless its key has one already. A dead letter or a skipped message is no
    /// success: the outcome of a replay takes its place, and that of a later message does, guarded by its
    /// sequence, so once. A later message that fails in its turn does so only where it says something
    /// else. A story stays.
    ///
    /// # Errors
    /// When the broker does not store it; the delivery must then not be acknowledged.
    pub async fn store(
        &self,
        key: Key,
        place: &RawPlace,
        replay_of: Option<u64>,
        outcome: OutcomeMessage,
    ) -> Result<Stored, Error> {
        let filter = self.subjects.endings(key);
        let out = self.outs.of(key.as_str());
        let subject = self.streams.out_subject(self.outs.part_of(key.as_str()), &outcome.subject);
        let mut map = outcome.headers;
        if let Some(ttl) = outcome.ttl {
            map.insert(NATS_MESSAGE_TTL, format!("{}s", ttl.as_secs()));
        }
        let mut expected = replay_of.unwrap_or(0);
        let new = Some((outcome.subject.as_str(), contents(&map, &outcome.body)));
        // Streams of an earlier number of partitions are closed: what is not there will not come.
        for earlier in self.outs.earlier_of(key.as_str()) {
            match self.find(earlier, &filter, place, replay_of.unwrap_or(0), new.clone()).await? {
                KeyState::Settled(stored) => return Ok(stored),
                KeyState::Failed(sequence) => {
                    header(&mut map, headers::REPLACES, &sequence.to_string());
                    break;
                }
                KeyState::Free => {}
            }
        }
        // What a replay names is the producer's word; it is looked at before it is believed.
        let guard = self.guard();
        let mut look = guard == Guard::MessageId || replay_of.is_some();
        let mut tries = 0;
        loop {
            if look {
                let replay_of = replay_of.unwrap_or(0);
                match self.find(out, &filter, place, replay_of, new.clone()).await? {
                    KeyState::Settled(stored) => return Ok(stored),
                    KeyState::Failed(sequence) => {
                        expected = sequence;
                        header(&mut map, headers::REPLACES, &sequence.to_string());
                    }
                    // Also where the letter has expired or was purged.
                    KeyState::Free => expected = 0,
                }
            }
            if tries >= self.settings.confirm_tries {
                return Err(Error::NotConfirmed { tries });
            }
            tries += 1;
            guard.put(&mut map, &filter, key, expected);
            let bytes = outcome.body.len() + headers_len(&map);
            let limit = self.client.max_payload();
            if bytes > limit {
                return Err(Error::TooLarge { bytes, limit });
            }
            match self.send(&subject, &map, &outcome.body).await? {
                PublishReply::Stored(sequence) => return Ok(Stored::Now(sequence)),
                PublishReply::Guarded if !look => {
                    look = true;
                    continue;
                }
                PublishReply::Duplicate(sequence) if guard == Guard::Filter => {
                    return Err(taken_for_a_duplicate(&subject, sequence));
                }
                // Refused, yet nothing is there: another publish of the key is in flight.
                PublishReply::Guarded | PublishReply::Duplicate(_) | PublishReply::Silence => {}
            }
            tokio::time::sleep(between_tries(tries)).await;
        }
    }

    /// How a key was settled before, if it was: what [`Publisher::store`] would find.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn look(
        &self,
        key: Key,
        place: &RawPlace,
        replay_of: Option<u64>,
    ) -> Result<Option<Stored>, Error> {
        let filter = self.subjects.endings(key);
        for out in self.outs.holding(key.as_str()) {
            match self.find(out, &filter, place, replay_of.unwrap_or(0), None).await? {
                KeyState::Settled(stored) => return Ok(Some(stored)),
                KeyState::Failed(_) => return Ok(None),
                KeyState::Free => {}
            }
        }
        Ok(None)
    }

    /// Publishes a stored story to a further subject, which must hold its key. A second publication is
    /// refused and counts as done: by the subject for as long as the stream keeps the first, by the
    /// message id within the stream's duplicate window whatever it keeps.
    ///
    /// # Errors
    /// When the subject's stream does not take it.
    pub async fn route(
        &self,
        subject: &str,
        route: &str,
        raw_seq: u64,
        id: &str,
        body: &str,
    ) -> Result<(), Error> {
        let mut map = HeaderMap::new();
        map.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, "0");
        map.insert(NATS_MESSAGE_ID, id);
        header(&mut map, headers::ORIGIN, &raw_seq.to_string());
        header(&mut map, headers::ROUTE, route);
        header(&mut map, "Content-Type", "application/json");
        let body = Bytes::copy_from_slice(body.as_bytes());
        let mut refused = false;
        for tries in 1..=self.settings.confirm_tries {
            match self.send(subject, &map, &body).await? {
                PublishReply::Stored(_) | PublishReply::Duplicate(_) => return Ok(()),
                // Once may be another publish in flight; twice, it is there.
                PublishReply::Guarded if refused => return Ok(()),
                PublishReply::Guarded => refused = true,
                PublishReply::Silence => {}
            }
            tokio::time::sleep(between_tries(tries)).await;
        }
        Err(Error::NotConfirmed { tries: self.settings.confirm_tries })
    }

    /// A header and the body of a stored outcome of a key; `None` when it has no such header or is gone.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn stored(
        &self,
        key: Key,
        sequence: u64,
        name: &str,
    ) -> Result<Option<(String, Bytes)>, Error> {
        for out in self.outs.holding(key.as_str()) {
            match out.get_raw_message(sequence).await {
                // Streams count alike: another one's message of that sequence is another key's.
                Ok(message) if message.subject.ends_with(key.as_str()) => {
                    return Ok(message
                        .headers
                        .get(name)
                        .map(|value| (value.as_str().to_owned(), message.payload.clone())));
                }
                Ok(_) => {}
                Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {}
                Err(error) => return Err(Error::Send(error.to_string())),
            }
        }
        Ok(None)
    }

    /// Whether a key's last outcome is a story; false also where nobody can tell.
    pub async fn is_story(&self, key: Key) -> bool {
        let endings = self.subjects.endings(key);
        for out in self.outs.holding(key.as_str()) {
            match out.get_last_raw_message_by_subject(&endings).await {
                Ok(message) => return self.subjects.kind(&message.subject) == Some("story"),
                Err(error) => tracing::debug!(%error, %key, "no story of the key is there"),
            }
        }
        false
    }

    /// What the key's last message on an out stream says. `replay_of` is the sequence of the message
    /// that a replay names, 0 for none; `new` is subject and body of what is to be stored.
    async fn find(
        &self,
        out: &Stream,
        filter: &str,
        place: &RawPlace,
        replay_of: u64,
        new: Option<(&str, Contents)>,
    ) -> Result<KeyState, Error> {
        let message = match out.get_last_raw_message_by_subject(filter).await {
            Ok(message) => message,
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {
                return Ok(KeyState::Free);
            }
            Err(error) => return Err(Error::Send(error.to_string())),
        };
        let kind = self.subjects.kind(&message.subject);
        let failed = matches!(kind, Some("dlq" | "skipped"));
        if message.sequence == replay_of && failed {
            return Ok(KeyState::Failed(message.sequence));
        }
        let by = |name| message.headers.get(name).map(HeaderValue::as_str);
        let number = by(headers::ORIGIN).and_then(|value| value.parse::<u64>().ok());
        let theirs = by(headers::PLACE).and_then(RawPlace::parse).or_else(|| {
            // Of a version that did not name the stream.
            let since = message.time.unix_timestamp();
            number.map(|sequence| RawPlace { sequence, since, created: 0, ..place.clone() })
        });
        let Some(theirs) = theirs.filter(|theirs| !theirs.is_same(place)) else {
            // Without a readable place it is nobody else's either.
            let subject = message.subject.to_string();
            return Ok(KeyState::Settled(Stored::Before { sequence: message.sequence, subject }));
        };
        let is_story =
            new.as_ref().is_none_or(|(subject, _)| self.subjects.kind(subject) == Some("story"));
        let replaced = failed
            && (place.is_after(&theirs) || is_story && place.may_be_after(&theirs))
            && match new {
                None => true,
                Some((subject, body)) => match (self.subjects.kind(subject), kind) {
                    (Some("dlq"), Some("dlq")) => {
                        body != contents(&message.headers, &message.payload)
                    }
                    (Some("dlq" | "skipped"), Some("skipped")) => false,
                    _ => true,
                },
            };
        if replaced {
            return Ok(KeyState::Failed(message.sequence));
        }
        Ok(KeyState::Settled(Stored::Repeat { raw_seq: theirs.sequence }))
    }

    /// Sends once and waits for the broker's word.
    pub(super) async fn send(
        &self,
        subject: &str,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<PublishReply, Error> {
        let request = Request::new()
            .headers(headers.clone())
            .payload(body.clone())
            .timeout(Some(Duration::from_secs(self.settings.confirm_timeout_secs)));
        let answer = match self.client.send_request(subject.to_owned(), request).await {
            Ok(answer) => answer,
            Err(error) => {
                return match error.kind() {
                    RequestErrorKind::TimedOut => Ok(PublishReply::Silence),
                    RequestErrorKind::NoResponders => Err(Error::NoStream(subject.to_owned())),
                    RequestErrorKind::MaxPayloadExceeded => Err(Error::TooLarge {
                        bytes: body.len() + headers_len(headers),
                        limit: self.client.max_payload(),
                    }),
                    RequestErrorKind::InvalidSubject | RequestErrorKind::Other => {
                        Err(Error::Send(error.to_string()))
                    }
                };
            }
        };
        match serde_json::from_slice::<Response<PublishAck>>(&answer.payload) {
            Ok(Response::Ok(ack)) if ack.duplicate => Ok(PublishReply::Duplicate(ack.sequence)),
            Ok(Response::Ok(ack)) => Ok(PublishReply::Stored(ack.sequence)),
            Ok(Response::Err { error }) => match error.error_code().0 {
                WRONG_LAST_SEQUENCE | WRONG_LAST_SEQUENCE_CONSTANT => Ok(PublishReply::Guarded),
                _ => Err(refusal(&error, subject, body.len() + headers_len(headers))),
            },
            Err(error) => Err(Error::Send(format!("unreadable answer: {error}"))),
        }
    }
}

/// Why the broker did not store a message, by its error.
pub(super) fn refusal(error: &async_nats::jetstream::Error, subject: &str, bytes: usize) -> Error {
    let description = error.to_string();
    match error.error_code().0 {
        OVER_MESSAGE_LIMIT | OVER_HEADER_LIMIT => {
            Error::OverMessageLimit { bytes, subject: subject.to_owned() }
        }
        code if TAKES_NOTHING.contains(&code) && !description.contains(FULL_SUBJECT) => {
            Error::Full(description)
        }
        code => Error::Refused { code, description },
    }
}

/// What a letter's message carried: its body, or the object in its place.
type Contents = (Bytes, Option<String>);

fn contents(headers: &HeaderMap, body: &Bytes) -> Contents {
    let object = headers.get(headers::OBJECT).or_else(|| headers.get(headers::ORIGINAL_OBJECT));
    (body.clone(), object.map(|object| object.as_str().to_owned()))
}

/// What the broker said of one publish.
pub(super) enum PublishReply {
    Stored(u64),
    Guarded,
    /// Not stored: the message of this sequence had the same `Nats-Msg-Id`.
    Duplicate(u64),
    Silence,
}

/// Where no `Nats-Msg-Id` was sent a duplicate cannot be ours: the message was not stored.
pub(super) fn taken_for_a_duplicate(subject: &str, sequence: u64) -> Error {
    Error::Refused {
        code: 0,
        description: format!("{subject:?} was taken for a duplicate of {sequence}"),
    }
}

/// How long to wait after a try that was not confirmed.
pub(super) fn between_tries(tries: u32) -> Duration {
    backoff::wait(Duration::from_millis(100), Duration::from_millis(1600), tries.saturating_sub(1))
}

impl Guard {
    /// Never both: an id would make a second try a duplicate before the expectation is looked at.
    fn put(self, map: &mut HeaderMap, filter: &str, key: Key, expected: u64) {
        match self {
            Self::Filter => {
                map.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.to_string());
                map.insert(EXPECTED_SUBJECT, filter);
            }
            Self::MessageId => map.insert(NATS_MESSAGE_ID, format!("{key}:{expected}")),
        }
    }
}

/// Sets a header; names and values that a header cannot have are left out.
pub(super) fn header(map: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
        map.insert(name, value);
    }
}

/// Adds a value to a header; names and values that a header cannot have are left out.
pub(super) fn add_header(map: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
        map.append(name, value);
    }
}

/// Size of headers on the wire, rounded up.
pub(super) fn headers_len(headers: &HeaderMap) -> usize {
    let lines: usize = headers
        .iter()
        .map(|(name, values)| {
            let name: &str = name.as_ref();
            values.iter().map(|v| name.len() + v.as_str().len() + 4).sum::<usize>()
        })
        .sum();
    lines + 16
}
