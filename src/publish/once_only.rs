//! Storing one outcome, once, whatever is delivered or published twice.
//!
//! A publish carries an expectation that the broker checks. Where it refuses, the key's last message is read and
//! judged (`key_state`): it is this message's outcome, another's, or a failure whose place is to be taken. Where there is a guard
//! stream, it is asked first whether the key's story was published and forgotten (`claim`).

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_ID, NATS_MESSAGE_TTL};
use async_nats::jetstream::stream::Stream;
use bytes::Bytes;

use super::Error;
use super::claim::of_guard;
use super::key_state::{Contents, KeyState, LastOutcome, NewOutcome, Stored, judge};
use super::publisher::Publisher;
use super::request::{PublishReply, between_tries, header, headers_len, taken_for_a_duplicate};
use crate::broker::topology::last_of;
use crate::headers;
use crate::model::{Key, OutcomeKind, RawPlace};

/// Header that widens the expectation from the published subject to a filter (server 2.11; an older
/// one does not know it and obeys the expectation for the published subject alone).
const EXPECTED_SUBJECT: &str = "Nats-Expected-Last-Subject-Sequence-Subject";

/// A message to store.
#[derive(Clone, Debug)]
pub struct OutcomeMessage {
    /// What kind of outcome it is.
    pub kind: OutcomeKind,
    /// Subject, by [`super::Subjects`].
    pub subject: String,
    /// Headers, by [`super::outcome_headers`].
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// How long the broker is to keep it; `None` as long as the stream does.
    pub ttl: Option<Duration>,
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

impl Publisher {
    fn guard(&self) -> Guard {
        if self.has_filter_guard() { Guard::Filter } else { Guard::MessageId }
    }

    /// Stores an outcome unless its key has one already. A dead letter or a skipped message is no
    /// success: the outcome of a replay takes its place, a story does and the failure of a later message, guarded by its
    /// sequence, so once. A later message that fails in its turn does so only where it says something
    /// else. A failure takes back the claim that a worker built before there were marks may have made for its message. A
    /// story stays, and where there is a guard stream its key does after the out stream forgot it, once
    /// [`Publisher::remember`] has marked it.
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
        let guard = self.guard_stream.as_ref().filter(|_| outcome.kind == OutcomeKind::Story);
        let Some(guard) = guard else {
            let stored = self.store_in_out(key, place, replay_of, outcome).await?;
            if let Stored::Now(_) = stored {
                self.release_own(key, place).await?;
            }
            return Ok(stored);
        };
        let ttl = outcome_ttl(&outcome);
        let remembered = self.remembered(guard, key, place, replay_of, ttl).await;
        match remembered.map_err(|error| of_guard(guard, error))? {
            Some(stored) => Ok(stored),
            None => self.store_in_out(key, place, replay_of, outcome).await,
        }
    }

    /// Takes the claim back, of before there were marks, whose message ended as a failure, so that a later message is a
    /// story. A claim that stayed would be taken for a story that was published: the message must not be acknowledged
    /// before it is gone.
    ///
    /// # Errors
    /// When the broker does not answer or does not remove it.
    pub async fn release_own(&self, key: Key, place: &RawPlace) -> Result<(), Error> {
        let Some(guard) = &self.guard_stream else { return Ok(()) };
        self.release_claim_of(guard, key, place).await.map_err(|error| of_guard(guard, error))
    }

    /// Stores an outcome unless an out stream holds one of its key.
    async fn store_in_out(
        &self,
        key: Key,
        place: &RawPlace,
        replay_of: Option<u64>,
        outcome: OutcomeMessage,
    ) -> Result<Stored, Error> {
        let filter = self.subjects.outcome_filter(key);
        let out = self.outs.of(key.as_str());
        let subject = self.streams.out_subject(self.outs.part_of(key.as_str()), &outcome.subject);
        let mut map = outcome.headers;
        if let Some(ttl) = outcome.ttl {
            map.insert(NATS_MESSAGE_TTL, format!("{}s", ttl.as_secs()));
        }
        let mut expected = replay_of.unwrap_or(0);
        let contents = Contents::of(&map, &outcome.body);
        let new = Some(NewOutcome { kind: outcome.kind, contents });
        // Streams of an earlier number of partitions are closed: what is not there will not come.
        let earlier = self.outs.earlier_of(key.as_str());
        match self.find(earlier, &filter, place, replay_of, new.as_ref()).await? {
            KeyState::Settled(stored) => return Ok(stored),
            KeyState::Failed(sequence) => {
                header(&mut map, headers::REPLACES, &sequence.to_string());
            }
            KeyState::Free => {}
        }
        // What a replay names is the producer's word; it is looked at before it is believed.
        let guard = self.guard();
        let mut look = guard == Guard::MessageId || replay_of.is_some();
        let (mut tries, mut waits) = (0, between_tries());
        loop {
            if look {
                match self
                    .find(std::iter::once(out), &filter, place, replay_of, new.as_ref())
                    .await?
                {
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
            tokio::time::sleep(waits.next()).await;
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
        match self.find_in_any(key, place, replay_of).await? {
            KeyState::Settled(stored) => Ok(Some(stored)),
            KeyState::Failed(_) | KeyState::Free => self.marked(key).await,
        }
    }

    /// Judges the last outcome of a key in whichever out stream holds one; see [`judge`].
    async fn find_in_any(
        &self,
        key: Key,
        place: &RawPlace,
        replay_of: Option<u64>,
    ) -> Result<KeyState, Error> {
        let filter = self.subjects.outcome_filter(key);
        self.find(self.outs.holding(key.as_str()), &filter, place, replay_of, None).await
    }

    /// The last outcome of a key in whichever out stream holds one.
    pub(super) async fn last_in_any(
        &self,
        key: Key,
        place: &RawPlace,
    ) -> Result<Option<LastOutcome>, Error> {
        let filter = self.subjects.outcome_filter(key);
        self.last(self.outs.holding(key.as_str()), &filter, place).await
    }

    /// Reads and judges the last outcome of a key that some streams hold; see [`judge`].
    async fn find(
        &self,
        outs: impl Iterator<Item = &Stream>,
        filter: &str,
        place: &RawPlace,
        replay_of: Option<u64>,
        new: Option<&NewOutcome>,
    ) -> Result<KeyState, Error> {
        let last = self.last(outs, filter, place).await?;
        Ok(last.map_or(KeyState::Free, |last| judge(last, place, replay_of, new)))
    }

    /// The last outcome of a key that some streams hold.
    async fn last(
        &self,
        outs: impl Iterator<Item = &Stream>,
        filter: &str,
        place: &RawPlace,
    ) -> Result<Option<LastOutcome>, Error> {
        let last = last_of(outs, filter).await.map_err(|error| Error::Send(error.to_string()))?;
        Ok(last.map(|(_, message)| {
            let kind = self.subjects.kind(&message.subject);
            LastOutcome::of(message, kind, place)
        }))
    }
}

/// How long the broker keeps a message, as far as that is its own.
fn outcome_ttl(outcome: &OutcomeMessage) -> Option<time::Duration> {
    outcome.ttl.and_then(|ttl| ttl.try_into().ok())
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
