//! Storing one outcome, once.

use std::time::Duration;

use async_nats::header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_TTL};
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use async_nats::{Client, HeaderMap, HeaderName, HeaderValue, Request, RequestErrorKind};
use bytes::Bytes;

use super::{Error, Settings, Subjects};
use crate::headers;
use crate::model::Key;

/// Header that widens the expectation from the published subject to a filter (server 2.10).
const EXPECTED_SUBJECT: &str = "Nats-Expected-Last-Subject-Sequence-Subject";
/// Answer of a guarded publish that found another message on the filter.
const WRONG_LAST_SEQUENCE: u64 = 10071;
/// The same from servers that name the subject filter.
const WRONG_LAST_SEQUENCE_CONSTANT: u64 = 10164;
/// The stream is at `max_bytes`, `max_msgs` or the account's limit, and discards new messages.
pub(super) const LIMITS: [u64; 5] = [10077, 10047, 10023, 10028, 10122];

/// A message to store.
#[derive(Clone, Debug)]
pub struct Outcome {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Stored now, under this sequence.
    Now(u64),
    /// Stored earlier for the same origin: an answer was lost, or the message was redelivered.
    Before(u64),
    /// The key was settled for another origin: the message is a repeat.
    Repeat {
        /// The origin that settled it.
        origin: u64,
    },
}

/// An outcome that was stored before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Whose it is.
    pub stored: Stored,
    /// Where it is.
    pub subject: String,
}

/// Publishes outcomes to the out stream.
#[derive(Clone, Debug)]
pub struct Publisher {
    client: Client,
    out: Stream,
    subjects: Subjects,
    settings: Settings,
}

impl Publisher {
    /// A publisher on a stream that takes the subjects.
    #[must_use]
    pub fn new(client: Client, out: Stream, subjects: Subjects, settings: Settings) -> Self {
        Self { client, out, subjects, settings }
    }

    /// How subjects are named.
    #[must_use]
    pub fn subjects(&self) -> &Subjects {
        &self.subjects
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

    /// Stores an outcome unless its key has one already. A replay's outcome takes the place of the
    /// dead letter that it names: it is stored when that is still the key's last one.
    ///
    /// # Errors
    /// When the broker does not store it; the delivery must then not be acknowledged.
    pub async fn store(
        &self,
        key: Key,
        origin: u64,
        replay_of: Option<u64>,
        outcome: Outcome,
    ) -> Result<Stored, Error> {
        let filter = self.subjects.endings(key);
        let mut map = outcome.headers;
        let expected = replay_of.unwrap_or(0);
        map.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.to_string());
        map.insert(EXPECTED_SUBJECT, filter.as_str());
        if let Some(ttl) = outcome.ttl {
            map.insert(NATS_MESSAGE_TTL, format!("{}s", ttl.as_secs()));
        }
        let bytes = outcome.body.len() + headers_len(&map);
        let limit = self.client.max_payload();
        if bytes > limit {
            return Err(Error::TooLarge { bytes, limit });
        }
        let mut tries = 0;
        loop {
            tries += 1;
            let last = tries >= self.settings.confirm_tries;
            match self.send(&outcome.subject, &map, &outcome.body).await {
                Ok(Answer::Stored(sequence)) => return Ok(Stored::Now(sequence)),
                Ok(Answer::Guarded) => {
                    match self.settled(&filter, origin, expected).await {
                        Ok(Some(settled)) => return Ok(settled.stored),
                        // Refused, yet nothing is there: another publish of the key is in flight.
                        Ok(None) => {}
                        Err(error) => tracing::debug!(%error, "reading the settled outcome"),
                    }
                    if last {
                        return Err(Error::NotConfirmed { tries });
                    }
                }
                Ok(Answer::Silence) if last => return Err(Error::NotConfirmed { tries }),
                Ok(Answer::Silence) => {}
                Err(error) => return Err(error),
            }
            tokio::time::sleep(Duration::from_millis(50 << tries.min(5))).await;
        }
    }

    /// How a key was settled by an earlier delivery, if it was: what [`Publisher::store`] would find.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn look(
        &self,
        key: Key,
        origin: u64,
        replay_of: Option<u64>,
    ) -> Result<Option<Settled>, Error> {
        self.settled(&self.subjects.endings(key), origin, replay_of.unwrap_or(0)).await
    }

    /// Publishes a stored story to a further subject, which must hold its key: a second publication
    /// there is refused and counts as done.
    ///
    /// # Errors
    /// When the subject's stream does not take it.
    pub async fn route(
        &self,
        subject: &str,
        route: &str,
        origin: u64,
        body: &str,
    ) -> Result<(), Error> {
        let mut map = HeaderMap::new();
        map.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, "0");
        header(&mut map, headers::ORIGIN, &origin.to_string());
        header(&mut map, "News-Route", route);
        header(&mut map, "Content-Type", "application/json");
        let body = Bytes::copy_from_slice(body.as_bytes());
        let mut refused = false;
        for tries in 1..=self.settings.confirm_tries {
            match self.send(subject, &map, &body).await? {
                Answer::Stored(_) => return Ok(()),
                // Once may be another publish in flight; twice, it is there.
                Answer::Guarded if refused => return Ok(()),
                Answer::Guarded => refused = true,
                Answer::Silence => {}
            }
            tokio::time::sleep(Duration::from_millis(50 << tries.min(5))).await;
        }
        Err(Error::NotConfirmed { tries: self.settings.confirm_tries })
    }

    /// A header and the body of a stored outcome; `None` when it has no such header or is gone.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn stored(
        &self,
        sequence: u64,
        name: &str,
    ) -> Result<Option<(String, Bytes)>, Error> {
        match self.out.get_raw_message(sequence).await {
            Ok(message) => Ok(message
                .headers
                .get(name)
                .map(|value| (value.as_str().to_owned(), message.payload.clone()))),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(Error::Send(error.to_string())),
        }
    }

    /// Who settled the key, when anybody did.
    async fn settled(
        &self,
        filter: &str,
        origin: u64,
        expected: u64,
    ) -> Result<Option<Settled>, Error> {
        match self.out.get_last_raw_message_by_subject(filter).await {
            // What was expected is there after all: another publish was in flight.
            Ok(message) if message.sequence == expected => Ok(None),
            Ok(message) => {
                let by = message
                    .headers
                    .get(headers::ORIGIN)
                    .and_then(|value| value.as_str().parse::<u64>().ok());
                let stored = match by {
                    Some(by) if by != origin => Stored::Repeat { origin: by },
                    // Without a readable origin it is nobody else's either.
                    _ => Stored::Before(message.sequence),
                };
                Ok(Some(Settled { stored, subject: message.subject.to_string() }))
            }
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(Error::Send(error.to_string())),
        }
    }

    /// Sends once and waits for the broker's word.
    pub(super) async fn send(
        &self,
        subject: &str,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<Answer, Error> {
        let request = Request::new()
            .headers(headers.clone())
            .payload(body.clone())
            .timeout(Some(Duration::from_secs(self.settings.confirm_timeout_secs)));
        let answer = match self.client.send_request(subject.to_owned(), request).await {
            Ok(answer) => answer,
            Err(error) => {
                return match error.kind() {
                    RequestErrorKind::TimedOut => Ok(Answer::Silence),
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
            // No Nats-Msg-Id was sent, so a duplicate cannot be ours: it was not stored.
            Ok(Response::Ok(ack)) if ack.duplicate => Err(Error::Refused {
                code: 0,
                description: format!("{subject:?} was taken for a duplicate of {}", ack.sequence),
            }),
            Ok(Response::Ok(ack)) => Ok(Answer::Stored(ack.sequence)),
            Ok(Response::Err { error }) => match error.error_code().0 {
                WRONG_LAST_SEQUENCE | WRONG_LAST_SEQUENCE_CONSTANT => Ok(Answer::Guarded),
                code if LIMITS.contains(&code) => Err(Error::Full(error.to_string())),
                code => Err(Error::Refused { code, description: error.to_string() }),
            },
            Err(error) => Err(Error::Send(format!("unreadable answer: {error}"))),
        }
    }
}

/// What the broker said of one publish.
pub(super) enum Answer {
    Stored(u64),
    Guarded,
    Silence,
}

/// Sets a header; names and values that a header cannot have are left out.
pub(super) fn header(map: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
        map.insert(name, value);
    }
}

/// Size of headers on the wire, rounded up.
fn headers_len(headers: &HeaderMap) -> usize {
    let lines: usize = headers
        .iter()
        .map(|(name, values)| {
            let name: &str = name.as_ref();
            values.iter().map(|v| name.len() + v.as_str().len() + 4).sum::<usize>()
        })
        .sum();
    lines + 16
}
