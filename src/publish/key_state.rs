//! What a key's last outcome means for the next one: whether it may be stored, takes a failure's place, or repeats what
//! is there. Pure: the broker's answers go in, and nothing is asked.
//!
//! A story stays whatever follows it. A failure is no success: a story takes its place whichever message came first, and so
//! does the failure of a later message that says something else.

use async_nats::jetstream::message::StreamMessage;
use async_nats::{HeaderMap, HeaderValue};
use bytes::Bytes;

use crate::headers;
use crate::model::{OutcomeKind, RawPlace};

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

/// What there is of a key already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyState {
    Free,
    /// A dead letter or skipped message that the outcome is to take the place of: the one that a replay
    /// names, or that of an earlier message. By its sequence.
    Failed(u64),
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
    pub(super) kind: OutcomeKind,
    pub(super) contents: Contents,
}

/// What an outcome says: its body, or the object in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Contents {
    body: Bytes,
    object: Option<String>,
}

impl Contents {
    pub(super) fn of(headers: &HeaderMap, body: &Bytes) -> Self {
        let object = headers.get(headers::OBJECT).or_else(|| headers.get(headers::ORIGINAL_OBJECT));
        Self { body: body.clone(), object: object.map(|object| object.as_str().to_owned()) }
    }
}

impl LastOutcome {
    /// `place` is that of the message whose outcome is looked for.
    pub(super) fn of(message: StreamMessage, kind: Option<OutcomeKind>, place: &RawPlace) -> Self {
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
        // Without a readable place no owner can be determined.
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
            // Two streams within one second: the order is unknown, and only a story is worth it.
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
