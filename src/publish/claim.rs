//! Keys of published stories, which the guard stream remembers for longer than the out stream keeps the stories.
//!
//! A mark is an empty message on the key's own subject. It is made when the story and its routes are stored, before its
//! message is acknowledged, and looked for before a story is stored: where there is one, the story was published, whatever
//! became of its message and of the out stream. Nobody takes a mark back, and what fails leaves none. Two messages of a
//! key that are worked on at once are for the out stream's own guard to tell apart; so is a worker that died between the
//! story and its mark, for the message comes again, finds the story and makes the mark.
//!
//! Workers built before there were marks claimed a key before its story was published, and such a claim does not say whether
//! it was. A claim is its own message's to go on from; for another message of the key, what became of the claim's own
//! message decides ([`super::claim_owner`]): one that still waits may yet be published; one that was settled was published,
//! for a failure takes its message's claim back. To be dropped in the version after 0.2.

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, State, Stream};
use bytes::Bytes;
use time::{Duration, OffsetDateTime};

use super::Error;
use super::claim_owner::Owner;
use super::key_state::{KeyState, Stored, judge};
use super::publisher::Publisher;
use super::request::{PublishReply, header, taken_for_a_duplicate};
use crate::headers;
use crate::model::{Key, RawPlace};

/// Clocks of two servers of a cluster differ by less.
const SERVERS_SKEW: Duration = Duration::seconds(10);
/// Clocks of a worker and a server differ by less; the least time that stories are kept for is an hour.
const WORKER_SKEW: Duration = Duration::minutes(10);

/// What the guard stream holds of a key.
#[derive(Clone, Debug)]
struct Held {
    sequence: u64,
    /// The message that it was made for; `None` where it does not say.
    place: Option<RawPlace>,
    time: OffsetDateTime,
    /// Whether it is a mark: the story was published.
    is_mark: bool,
}

impl Held {
    /// What a message is that comes after the published one.
    fn repeated(&self) -> Stored {
        Stored::Repeat { raw_seq: self.place.as_ref().map_or(0, |place| place.sequence) }
    }

    fn is_of(&self, place: &RawPlace) -> bool {
        self.place.as_ref().is_some_and(|theirs| theirs.is_same(place))
    }

    /// Whether a story that was published under the claim may be gone from the out stream, which keeps stories for
    /// `kept`. An empty stream tells nothing, and one that still has its first message has forgotten none.
    fn is_older_than(&self, out: &State, kept: Option<Duration>, now: OffsetDateTime) -> bool {
        out.messages > 0
            && (out.first_sequence > 1 && self.time < out.first_timestamp + SERVERS_SKEW
                || kept.is_some_and(|kept| now - self.time > kept - WORKER_SKEW))
    }
}

impl Publisher {
    /// How the key of a story was settled before it is stored, as far as the guard stream tells; `None` where the story may be
    /// published. It will be `kept` for so long, or as long as its stream keeps it.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub(super) async fn remembered(
        &self,
        guard: &Stream,
        key: Key,
        place: &RawPlace,
        replay_of: Option<u64>,
        kept: Option<Duration>,
    ) -> Result<Option<Stored>, Error> {
        match held(guard, &self.streams.guard_subject(key.as_str())).await? {
            None => Ok(None),
            Some(mark) if mark.is_mark => Ok(Some(mark.repeated())),
            Some(claim) if claim.is_of(place) => Ok(None),
            Some(claim) => self.beside(&claim, key, place, replay_of, kept).await,
        }
    }

    /// The mark of a key, as a repeat of the message that it was made for.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub(super) async fn marked(&self, key: Key) -> Result<Option<Stored>, Error> {
        let Some(guard) = &self.guard_stream else { return Ok(None) };
        let held = held(guard, &self.streams.guard_subject(key.as_str())).await;
        let held = held.map_err(|error| of_guard(guard, error))?;
        Ok(held.filter(|held| held.is_mark).map(|mark| mark.repeated()))
    }

    /// Remembers that the story of a key was published, by the message of `place`. To be called when all that follows from the
    /// story is stored: the message must not be acknowledged before.
    ///
    /// # Errors
    /// When the broker does not answer or does not store the mark.
    pub async fn remember(&self, key: Key, place: &RawPlace) -> Result<(), Error> {
        let Some(guard) = &self.guard_stream else { return Ok(()) };
        self.mark(guard, key, place).await.map_err(|error| of_guard(guard, error))
    }

    async fn mark(&self, guard: &Stream, key: Key, place: &RawPlace) -> Result<(), Error> {
        let subject = self.streams.guard_subject(key.as_str());
        let mut map = HeaderMap::new();
        header(&mut map, headers::PLACE, &place.to_string());
        map.insert(headers::PUBLISHED, "true");
        let mut expected = 0;
        let mut tries = self.tries();
        while tries.next().await {
            map.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.to_string());
            match self.send(&subject, &map, &Bytes::new()).await? {
                PublishReply::Stored(_) => return Ok(()),
                PublishReply::Duplicate(sequence) => {
                    return Err(taken_for_a_duplicate(&subject, sequence));
                }
                PublishReply::Guarded => match held(guard, &subject).await? {
                    Some(mark) if mark.is_mark => return Ok(()),
                    Some(claim) => expected = claim.sequence,
                    None => expected = 0,
                },
                PublishReply::Silence => {}
            }
        }
        Err(self.not_confirmed())
    }

    /// Name of the guard stream; `None` where there is none.
    #[must_use]
    pub fn guard_name(&self) -> Option<&str> {
        self.guard_stream.as_ref().map(|guard| guard.cached_info().config.name.as_str())
    }

    /// What another message's claim leaves to that of `place`. A failure of another message says nothing of the claim's.
    async fn beside(
        &self,
        claim: &Held,
        key: Key,
        place: &RawPlace,
        replay_of: Option<u64>,
        kept: Option<Duration>,
    ) -> Result<Option<Stored>, Error> {
        if let Some(last) = self.last_in_any(key, place).await? {
            let failed = last.place.as_ref().is_some_and(|theirs| claim.is_of(theirs));
            match judge(last, place, replay_of, None) {
                KeyState::Settled(stored) => return Ok(Some(stored)),
                // The claim's own message ended without a story.
                KeyState::Failed(_) if failed => return Ok(None),
                KeyState::Failed(_) | KeyState::Free => {}
            }
        }
        let owner = match &claim.place {
            Some(place) => self.owner(place).await?,
            None => Owner::Unknown,
        };
        let is_published = match owner {
            Owner::Waiting => false,
            Owner::Settled => true,
            Owner::Unknown => {
                let out = self.outs.of(key.as_str());
                let info = out.get_info().await.map_err(|error| Error::Send(error.to_string()))?;
                claim.is_older_than(&info.state, kept, OffsetDateTime::now_utc())
            }
        };
        Ok(is_published.then(|| claim.repeated()))
    }

    /// Takes the claim of a key back if it is that of the message of `place`. A mark stays.
    ///
    /// # Errors
    /// When the broker does not answer or does not remove it.
    pub(super) async fn release_claim_of(
        &self,
        guard: &Stream,
        key: Key,
        place: &RawPlace,
    ) -> Result<(), Error> {
        let subject = self.streams.guard_subject(key.as_str());
        let claim = held(guard, &subject).await?.filter(|held| !held.is_mark && held.is_of(place));
        let Some(claim) = claim else { return Ok(()) };
        guard
            .delete_message(claim.sequence)
            .await
            .map_err(|error| Error::Send(error.to_string()))?;
        Ok(())
    }
}

/// Trouble with the guard stream, under its own name.
pub(super) fn of_guard(guard: &Stream, source: Error) -> Error {
    Error::Guard { stream: guard.cached_info().config.name.clone(), source: Box::new(source) }
}

/// The mark or claim that a subject of the guard stream holds.
async fn held(guard: &Stream, subject: &str) -> Result<Option<Held>, Error> {
    match guard.get_last_raw_message_by_subject(subject).await {
        Ok(message) => {
            let place = message.headers.get(headers::PLACE);
            Ok(Some(Held {
                sequence: message.sequence,
                place: place.and_then(|place| RawPlace::parse(place.as_str())),
                time: message.time,
                is_mark: message.headers.get(headers::PUBLISHED).is_some(),
            }))
        }
        Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(Error::Send(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(1_800_000_000 + second).unwrap()
    }

    fn place(sequence: u64) -> RawPlace {
        RawPlace { stream: "NEWS_RAW".to_owned(), created: 1, sequence, since: 100 }
    }

    /// A stream that has forgotten its first outcomes.
    fn out(messages: u64, first: OffsetDateTime) -> State {
        let time = first.format(&time::format_description::well_known::Rfc3339).unwrap();
        serde_json::from_value(serde_json::json!({
            "messages": messages, "bytes": 0, "first_seq": 5, "last_seq": 4 + messages,
            "first_ts": time, "last_ts": time, "consumer_count": 0,
        }))
        .unwrap()
    }

    #[test]
    fn a_claim_is_its_own_messages() {
        let claim = Held { sequence: 1, place: Some(place(7)), time: at(0), is_mark: false };
        assert!(claim.is_of(&place(7)) && !claim.is_of(&place(8)));
        assert!(!Held { place: None, ..claim }.is_of(&place(7)));
    }

    #[test]
    fn out_stream_is_asked_for_claims_it_covers() {
        let claim = Held { sequence: 1, place: Some(place(7)), time: at(0), is_mark: false };
        let is_older =
            |out: &State, kept: Option<Duration>| claim.is_older_than(out, kept, at(3600));
        // The oldest outcome is from an hour before the claim, from about the same time, and from after it.
        assert!(!is_older(&out(3, at(-3600)), None));
        assert!(!is_older(&out(3, at(-10)), None));
        assert!(is_older(&out(3, at(-9)), None));
        assert!(is_older(&out(3, at(60)), None));
        // Nothing is left, or nothing was forgotten.
        assert!(!is_older(&out(0, at(-3600)), None));
        let mut whole = out(3, at(60));
        whole.first_sequence = 1;
        assert!(!is_older(&whole, None));
        // A dead letter is older; stories of that time are still kept, or no longer.
        let old = out(3, at(-3600));
        assert!(!is_older(&old, Some(Duration::seconds(4200))));
        assert!(is_older(&old, Some(Duration::seconds(4199))));
    }
}
