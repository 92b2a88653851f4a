//! Claims: a key is claimed in the guard stream before its story is published, so that it is known for longer than
//! the out stream keeps the story.
//!
//! A claim is an empty message on the key's own subject, of which the broker accepts one. It says who may publish, and
//! the out stream's own guard still decides who did: a worker that dies between the two leaves a claim without a story,
//! and the same message, delivered again, goes on from it. For another message of the key, what became of the claim's own
//! message decides ([`super::claim_owner`]): one that still waits may yet be published; one that was settled was published,
//! whatever the out stream still has, for a failure takes its message's claim back. Failures are not claimed: a later
//! message may replace them.

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

/// What a claim allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Claimed {
    /// The story may be published; the claim's sequence, where it is this message's own.
    Open(Option<u64>),
    /// The key was settled before.
    Settled(Stored),
}

/// A claim that the guard stream holds.
#[derive(Clone, Debug)]
struct HeldClaim {
    sequence: u64,
    /// The message that it was made for; `None` where it does not say.
    place: Option<RawPlace>,
    time: OffsetDateTime,
}

impl HeldClaim {
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
    /// Claims a key for the message of `place`, whose story will be `kept` for so long, or as long as its stream keeps it.
    ///
    /// # Errors
    /// When the broker does not answer or does not store the claim.
    pub(super) async fn claim(
        &self,
        guard: &Stream,
        key: Key,
        place: &RawPlace,
        replay_of: Option<u64>,
        kept: Option<Duration>,
    ) -> Result<Claimed, Error> {
        let subject = self.streams.guard_subject(key.as_str());
        let mut map = HeaderMap::new();
        map.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, "0");
        header(&mut map, headers::PLACE, &place.to_string());
        let mut tries = self.tries();
        while tries.next().await {
            match self.send(&subject, &map, &Bytes::new()).await? {
                PublishReply::Stored(sequence) => return Ok(Claimed::Open(Some(sequence))),
                PublishReply::Duplicate(sequence) => {
                    return Err(taken_for_a_duplicate(&subject, sequence));
                }
                PublishReply::Guarded => match held(guard, &subject).await? {
                    Some(claim) if claim.is_of(place) => {
                        return Ok(Claimed::Open(Some(claim.sequence)));
                    }
                    Some(claim) => return self.beside(&claim, key, place, replay_of, kept).await,
                    // Refused, yet nothing is there: another claim of the key is in flight.
                    None => {}
                },
                PublishReply::Silence => {}
            }
        }
        Err(self.not_confirmed())
    }

    /// What another message's claim leaves to that of `place`. A failure of another message says nothing of the claim's.
    async fn beside(
        &self,
        claim: &HeldClaim,
        key: Key,
        place: &RawPlace,
        replay_of: Option<u64>,
        kept: Option<Duration>,
    ) -> Result<Claimed, Error> {
        if let Some(last) = self.last_in_any(key, place).await? {
            let failed = last.place.as_ref().is_some_and(|theirs| claim.is_of(theirs));
            match judge(last, place, replay_of, None) {
                KeyState::Settled(stored) => return Ok(Claimed::Settled(stored)),
                // The claim's own message ended without a story.
                KeyState::Failed(_) if failed => return Ok(Claimed::Open(None)),
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
        Ok(if is_published {
            let raw_seq = claim.place.as_ref().map_or(0, |place| place.sequence);
            Claimed::Settled(Stored::Repeat { raw_seq })
        } else {
            Claimed::Open(None)
        })
    }

    /// Takes the claim of a key back if it is that of the message of `place`.
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
        let claim = held(guard, &subject).await?.filter(|claim| claim.is_of(place));
        let Some(claim) = claim else { return Ok(()) };
        guard
            .delete_message(claim.sequence)
            .await
            .map_err(|error| Error::Send(error.to_string()))?;
        Ok(())
    }

    /// Takes a claim back, whose story the broker will never store.
    pub(super) async fn release(&self, sequence: u64) {
        let Some(guard) = &self.guard_stream else { return };
        if let Err(error) = guard.delete_message(sequence).await {
            tracing::debug!(%error, sequence, "the claim of a story that cannot be stored stays");
        }
    }
}

/// The claim that a subject of the guard stream holds.
async fn held(guard: &Stream, subject: &str) -> Result<Option<HeldClaim>, Error> {
    match guard.get_last_raw_message_by_subject(subject).await {
        Ok(message) => {
            let place = message.headers.get(headers::PLACE);
            Ok(Some(HeldClaim {
                sequence: message.sequence,
                place: place.and_then(|place| RawPlace::parse(place.as_str())),
                time: message.time,
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
        let claim = HeldClaim { sequence: 1, place: Some(place(7)), time: at(0) };
        assert!(claim.is_of(&place(7)) && !claim.is_of(&place(8)));
        assert!(!HeldClaim { place: None, ..claim }.is_of(&place(7)));
    }

    #[test]
    fn out_stream_is_asked_for_claims_it_covers() {
        let claim = HeldClaim { sequence: 1, place: Some(place(7)), time: at(0) };
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
