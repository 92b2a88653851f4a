//! Storing one outcome, once, whatever is delivered or published twice.
//!
//! A publish carries an expectation that the broker checks. Where it refuses, the key's last message is read and
//! judged: it is this message's outcome, another's, or a failure whose place is to be taken. A story's key is claimed
//! first, where there is a guard stream (`claim`).

use std::time::Duration;

use async_nats::header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_ID, NATS_MESSAGE_TTL};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::Stream;
use async_nats::{HeaderMap, HeaderValue};
use bytes::Bytes;

use super::Error;
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

/// How a publish under the guard ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Stored now, under this sequence.
    Now(u64),
    /// Stored earlier for the same `raw_seq`: an answer was lost, or the message was redelivered. It need
    /// not be the outcome that was to be stored now.
    Before {
        /// Its sequence in the out stream that it is in.
        sequence: u64,
        /// Where it is, and so what it is.
        subject: String,
    },
    /// The key was settled for another `raw_seq`: the message is a repeat.
    Repeat {
        /// The `raw_seq` that settled it.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyState {
    Free,
    /// A dead letter or skipped message that the outcome is to take the place of: the one that a replay
    /// names, or that of an earlier message. By its sequence.
    Failed(u64),
    Settled(Stored),
}

/// What a claim allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Claimed {
    /// The story may be published; the claim's sequence, where it is this message's own.
    Open(Option<u64>),
    /// The key was settled before.
    Settled(Stored),
}

/// The last outcome that a stream holds of a key.
#[derive(Clone, Debug)]
pub(super) struct LastOutcome {
    sequence: u64,
    subject: String,
    /// `None` where its subject is none of ours.
    kind: Option<OutcomeKind>,
    /// The place of its message; `None` where it does not say.
    pub(super) place: Option<RawPlace>,
    contents: Contents,
}

/// An outcome that is to be stored, as far as it is compared with the last one.
#[derive(Clone, Debug)]
pub(super) struct NewOutcome {
    kind: OutcomeKind,
    contents: Contents,
}

/// What an outcome says: its body, or the object in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Contents {
    body: Bytes,
    object: Option<String>,
}

impl Contents {
    fn of(headers: &HeaderMap, body: &Bytes) -> Self {
        let object = headers.get(headers::OBJECT).or_else(|| headers.get(headers::ORIGINAL_OBJECT));
        Self { body: body.clone(), object: object.map(|object| object.as_str().to_owned()) }
    }
}

impl LastOutcome {
    /// `place` is that of the message whose outcome is looked for.
    fn of(message: StreamMessage, kind: Option<OutcomeKind>, place: &RawPlace) -> Self {
        let by = |name| message.headers.get(name).map(HeaderValue::as_str);
        let named = by(headers::PLACE).and_then(RawPlace::parse).or_else(|| {
            // Of a version that did not name the stream.
            let sequence = by(headers::ORIGIN)?.parse::<u64>().ok()?;
            let since = message.time.unix_timestamp();
            Some(RawPlace { sequence, since, created: 0, ..place.clone() })
        });
        Self {
            sequence: message.sequence,
            subject: message.subject.into_string(),
            kind,
            place: named,
            contents: Contents::of(&message.headers, &message.payload),
        }
    }
}

/// What the last outcome of a key means for the message of `place`, which replays the letter of sequence `replay_of`.
/// `new` is what is to be stored; `None` where that is not known yet, and may be a story.
pub(super) fn judge(
    last: LastOutcome,
    place: &RawPlace,
    replay_of: Option<u64>,
    new: Option<&NewOutcome>,
) -> KeyState {
    let is_failure = last.kind.is_some_and(OutcomeKind::is_failure);
    if is_failure && replay_of == Some(last.sequence) {
        return KeyState::Failed(last.sequence);
    }
    let Some(theirs) = last.place.as_ref().filter(|theirs| !theirs.is_same(place)) else {
        // Without a readable place it is nobody else's either.
        return KeyState::Settled(Stored::Before {
            sequence: last.sequence,
            subject: last.subject,
        });
    };
    // A story is worth more than a failure, whichever message came first: a later one may have failed while this waited.
    let may_be_story = new.is_none_or(|new| new.kind == OutcomeKind::Story);
    let may_follow = may_be_story || place.is_after(theirs);
    if is_failure && may_follow && new.is_none_or(|new| says_something_else(new, &last)) {
        return KeyState::Failed(last.sequence);
    }
    KeyState::Settled(Stored::Repeat { raw_seq: theirs.sequence })
}

/// Whether an outcome says something that the failure before it does not.
fn says_something_else(new: &NewOutcome, last: &LastOutcome) -> bool {
    match (new.kind, last.kind) {
        (OutcomeKind::DeadLetter, Some(OutcomeKind::DeadLetter)) => new.contents != last.contents,
        (OutcomeKind::DeadLetter | OutcomeKind::Skipped, Some(OutcomeKind::Skipped)) => false,
        (OutcomeKind::Story, _)
        | (OutcomeKind::Skipped, Some(OutcomeKind::DeadLetter))
        | (OutcomeKind::Skipped | OutcomeKind::DeadLetter, Some(OutcomeKind::Story) | None) => true,
    }
}

/// Trouble with the guard stream, under its own name.
fn of_guard(guard: &Stream, source: Error) -> Error {
    Error::Claim { stream: guard.cached_info().config.name.clone(), source: Box::new(source) }
}

impl Publisher {
    fn guard(&self) -> Guard {
        if self.has_filter_guard() { Guard::Filter } else { Guard::MessageId }
    }

    /// Stores an outcome unless its key has one already. A dead letter or a skipped message is no
    /// success: the outcome of a replay takes its place, a story does and the failure of a later message, guarded by its
    /// sequence, so once. A later message that fails in its turn does so only where it says something
    /// else. A failure takes back the claim that an earlier delivery of its message may have made. A story stays, and where there is a guard stream its key does after the out stream forgot it.
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
        let claimed = self.claim(guard, key, place, replay_of, outcome_ttl(&outcome)).await;
        let claim = match claimed.map_err(|error| of_guard(guard, error))? {
            Claimed::Open(claim) => claim,
            Claimed::Settled(stored) => return Ok(stored),
        };
        let stored = self.store_in_out(key, place, replay_of, outcome).await;
        if let (Some(claim), Err(error)) = (claim, &stored)
            && error.is_too_large()
        {
            self.release(claim).await;
        }
        stored
    }

    /// Takes the claim back of a message that ended as a failure, so that a later message is a story. A claim that
    /// stayed would be taken for a story that was published: the message must not be acknowledged before it is gone.
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
        Ok(match self.find_in_any(key, place, replay_of).await? {
            KeyState::Settled(stored) => Some(stored),
            KeyState::Failed(_) | KeyState::Free => None,
        })
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

#[cfg(test)]
mod tests {
    use async_nats::HeaderName;
    use time::OffsetDateTime;

    use super::*;

    const OURS: u64 = 20;

    fn place(sequence: u64) -> RawPlace {
        RawPlace { stream: "NEWS_RAW".to_owned(), created: 1, sequence, since: 100 }
    }

    /// Stored in another raw stream within the same second.
    fn elsewhere() -> RawPlace {
        RawPlace { stream: "NEWS_RAW_2_0".to_owned(), ..place(3) }
    }

    fn contents(body: &'static str) -> Contents {
        Contents { body: Bytes::from_static(body.as_bytes()), object: None }
    }

    fn last(kind: Option<OutcomeKind>, place: Option<RawPlace>, body: &'static str) -> LastOutcome {
        let subject = "news.story.en.none.key".to_owned();
        LastOutcome { sequence: 7, subject, kind, place, contents: contents(body) }
    }

    #[test]
    fn last_outcome_of_key_decides_what_may_follow() {
        use OutcomeKind::{DeadLetter, Skipped, Story};
        let before = KeyState::Settled(Stored::Before {
            sequence: 7,
            subject: "news.story.en.none.key".to_owned(),
        });
        let replaces = KeyState::Failed(7);
        let repeats = |raw_seq| KeyState::Settled(Stored::Repeat { raw_seq });
        let earlier = || Some(place(10));
        // The last one's kind, place and body; what is replayed; what is to be stored; what follows.
        let rows = [
            // Of this very message, whatever it is.
            (Some(Story), Some(place(OURS)), "a", None, Some((Story, "a")), before.clone()),
            (Some(DeadLetter), Some(place(OURS)), "a", None, Some((Story, "b")), before.clone()),
            (Some(DeadLetter), None, "a", None, None, before),
            // A replay takes the place of the letter that it names, with a failure of no other, and of no story.
            (
                Some(DeadLetter),
                Some(place(OURS)),
                "a",
                Some(7),
                Some((Story, "b")),
                replaces.clone(),
            ),
            (Some(Skipped), Some(place(30)), "a", Some(7), None, replaces.clone()),
            (Some(DeadLetter), Some(place(30)), "a", Some(6), Some((DeadLetter, "b")), repeats(30)),
            (Some(Story), earlier(), "a", Some(7), Some((Story, "b")), repeats(10)),
            // A later message takes the place of a failure where it has more to say.
            (Some(DeadLetter), earlier(), "a", None, None, replaces.clone()),
            (Some(DeadLetter), earlier(), "a", None, Some((Story, "b")), replaces.clone()),
            (Some(DeadLetter), earlier(), "a", None, Some((DeadLetter, "b")), replaces.clone()),
            (Some(DeadLetter), earlier(), "a", None, Some((DeadLetter, "a")), repeats(10)),
            (Some(DeadLetter), earlier(), "a", None, Some((Skipped, "a")), replaces.clone()),
            (Some(Skipped), earlier(), "a", None, Some((Story, "b")), replaces.clone()),
            (Some(Skipped), earlier(), "a", None, Some((Skipped, "b")), repeats(10)),
            (Some(Skipped), earlier(), "a", None, Some((DeadLetter, "b")), repeats(10)),
            // Of an earlier one a story does, and no failure; a story or what is not ours stays.
            (Some(DeadLetter), Some(place(30)), "a", None, Some((Story, "b")), replaces.clone()),
            (Some(Skipped), Some(place(30)), "a", None, Some((Story, "b")), replaces.clone()),
            (Some(Skipped), Some(place(30)), "a", None, None, replaces.clone()),
            (Some(DeadLetter), Some(place(30)), "a", None, Some((DeadLetter, "b")), repeats(30)),
            (Some(Skipped), Some(place(30)), "a", None, Some((DeadLetter, "b")), repeats(30)),
            (Some(Story), earlier(), "a", None, Some((Story, "b")), repeats(10)),
            (None, earlier(), "a", None, Some((Story, "b")), repeats(10)),
            // Within one second of two streams nobody knows which was first: only a story is worth it.
            (Some(DeadLetter), Some(elsewhere()), "a", None, Some((Story, "b")), replaces.clone()),
            (Some(DeadLetter), Some(elsewhere()), "a", None, None, replaces),
            (Some(DeadLetter), Some(elsewhere()), "a", None, Some((DeadLetter, "b")), repeats(3)),
        ];
        for (kind, theirs, body, replay_of, new, follows) in rows {
            let shown = format!("{kind:?} {theirs:?} {replay_of:?} {new:?}");
            let new = new.map(|(kind, body)| NewOutcome { kind, contents: contents(body) });
            let state = judge(last(kind, theirs, body), &place(OURS), replay_of, new.as_ref());
            assert_eq!(state, follows, "{shown}");
        }
    }

    #[test]
    fn an_outcome_of_an_older_version_is_placed() {
        let at = |name, value: &str| {
            let headers = HeaderMap::from_iter([(
                HeaderName::from_static(name),
                value.parse::<HeaderValue>().unwrap(),
            )]);
            let message = StreamMessage {
                subject: "news.dlq.fetch.dns.key".into(),
                sequence: 7,
                headers,
                payload: Bytes::new(),
                time: OffsetDateTime::from_unix_timestamp(500).unwrap(),
            };
            LastOutcome::of(message, None, &place(OURS)).place
        };
        // It named the sequence alone: its stream is taken for ours, of no known creation.
        let named = RawPlace { created: 0, since: 500, ..place(10) };
        assert_eq!(at(headers::ORIGIN, "10"), Some(named));
        assert_eq!(at(headers::ORIGIN, "ten"), None);
        assert_eq!(at(headers::PLACE, &place(11).to_string()), Some(place(11)));
    }

    #[test]
    fn a_letter_of_another_object_says_something_else() {
        let letter =
            |object: Option<&str>| Contents { object: object.map(str::to_owned), ..contents("") };
        let of = |object| LastOutcome {
            contents: letter(object),
            ..last(Some(OutcomeKind::DeadLetter), Some(place(10)), "")
        };
        let new = NewOutcome { kind: OutcomeKind::DeadLetter, contents: letter(Some("b/2")) };
        let judged = |object| judge(of(object), &place(OURS), None, Some(&new));
        assert_eq!(judged(Some("b/1")), KeyState::Failed(7));
        assert_eq!(judged(Some("b/2")), KeyState::Settled(Stored::Repeat { raw_seq: 10 }));
    }
}
