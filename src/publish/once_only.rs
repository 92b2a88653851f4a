//! Storing one outcome, once, whatever is delivered or published twice.
//!
//! A publish carries an expectation that the broker checks. Where it refuses, the key's last message is read and
//! judged: it is this message's outcome, another's, or a failure whose place is to be taken.

use std::sync::atomic::Ordering;
use std::time::Duration;

use async_nats::header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_ID, NATS_MESSAGE_TTL};
use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use async_nats::{HeaderMap, HeaderValue};
use bytes::Bytes;

use super::Error;
use super::publisher::Publisher;
use super::request::{PublishReply, between_tries, header, headers_len, taken_for_a_duplicate};
use crate::headers;
use crate::model::{Key, RawPlace};

/// Header that widens the expectation from the published subject to a filter (server 2.11; an older
/// one does not know it and obeys the expectation for the published subject alone).
const EXPECTED_SUBJECT: &str = "Nats-Expected-Last-Subject-Sequence-Subject";

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

impl Publisher {
    fn guard(&self) -> Guard {
        if self.filter_guard.load(Ordering::Relaxed) { Guard::Filter } else { Guard::MessageId }
    }

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
}

/// What a letter's message carried: its body, or the object in its place.
type Contents = (Bytes, Option<String>);

fn contents(headers: &HeaderMap, body: &Bytes) -> Contents {
    let object = headers.get(headers::OBJECT).or_else(|| headers.get(headers::ORIGINAL_OBJECT));
    (body.clone(), object.map(|object| object.as_str().to_owned()))
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
