//! One publish: the request, what the broker answers, and the headers of both.
//!
//! An answer is told by its number, never by its words, which change between servers. Silence is no refusal: whether the
//! message was stored is not known, and who asked has to ask again.

use std::time::Duration;

use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::{Client, HeaderMap, HeaderName, HeaderValue, Request, RequestErrorKind};
use bytes::Bytes;

use super::Error;
use crate::backoff::Backoff;

/// Answer to a guarded publish that found another message on the filter.
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

/// What the broker said of one publish.
pub(super) enum PublishReply {
    /// Stored, under this sequence.
    Stored(u64),
    /// Not stored: the stream is not as the publish expected it.
    Guarded,
    /// Not stored: the message of this sequence had the same `Nats-Msg-Id`.
    Duplicate(u64),
    /// No answer in time: whether it is stored is not known.
    Silence,
}

/// Publishes once and waits for the broker's answer.
///
/// # Errors
/// When the message was not stored, for another reason than an expectation or an id that it carried.
pub(super) async fn publish(
    client: &Client,
    subject: &str,
    headers: &HeaderMap,
    body: &Bytes,
    timeout: Duration,
) -> Result<PublishReply, Error> {
    let bytes = body.len() + headers_len(headers);
    let request =
        Request::new().headers(headers.clone()).payload(body.clone()).timeout(Some(timeout));
    let answer = match client.send_request(subject.to_owned(), request).await {
        Ok(answer) => answer,
        Err(error) => {
            return match error.kind() {
                RequestErrorKind::TimedOut => Ok(PublishReply::Silence),
                RequestErrorKind::NoResponders => Err(Error::NoStream(subject.to_owned())),
                RequestErrorKind::MaxPayloadExceeded => {
                    Err(Error::TooLarge { bytes, limit: client.max_payload() })
                }
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
            _ => Err(refusal(&error, subject, bytes)),
        },
        Err(error) => Err(Error::Send(format!("unreadable answer: {error}"))),
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

/// Where no `Nats-Msg-Id` was sent a duplicate cannot be ours: the message was not stored.
pub(super) fn taken_for_a_duplicate(subject: &str, sequence: u64) -> Error {
    Error::Refused {
        code: 0,
        description: format!("{subject:?} was taken for a duplicate of {sequence}"),
    }
}

/// The broker compared the stream with an expectation that no header stated.
pub(super) fn refused_unasked(subject: &str) -> Error {
    Error::Refused {
        code: WRONG_LAST_SEQUENCE,
        description: format!("{subject:?} is not at an expected sequence, and none was named"),
    }
}

/// Waits between tries that were not confirmed.
pub(super) fn between_tries() -> Backoff {
    Backoff::new(Duration::from_millis(100), Duration::from_millis(1600))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(err_code: u64, description: &str) -> Error {
        let error =
            serde_json::json!({"code": 503, "err_code": err_code, "description": description});
        refusal(&serde_json::from_value(error).unwrap(), "news.story.en.none.k", 9)
    }

    #[test]
    fn a_refusal_is_told_by_its_number() {
        for code in [OVER_MESSAGE_LIMIT, OVER_HEADER_LIMIT] {
            let error = refused(code, "message size exceeds maximum allowed");
            assert!(matches!(error, Error::OverMessageLimit { bytes: 9, .. }), "{code}: {error:?}");
        }
        for code in TAKES_NOTHING {
            assert!(matches!(refused(code, "no room"), Error::Full(_)), "{code}");
        }
        // One subject has no room: the stream takes others, and waiting frees nothing.
        let error = refused(10_077, "maximum messages per subject exceeded");
        assert!(matches!(error, Error::Refused { code: 10_077, .. }), "{error:?}");
        let error = refused(10_052, "invalid message");
        assert!(matches!(error, Error::Refused { code: 10_052, .. }), "{error:?}");
    }

    #[test]
    fn headers_are_counted_as_they_are_sent() {
        let mut map = HeaderMap::new();
        assert_eq!(headers_len(&map), 16);
        add_header(&mut map, "X-A", "1");
        assert_eq!(headers_len(&map), 16 + "X-A: 1\r\n".len());
        add_header(&mut map, "X-A", "two");
        assert_eq!(headers_len(&map), 16 + "X-A: 1\r\nX-A: two\r\n".len());
    }

    #[test]
    fn tries_wait_longer_and_longer_to_a_bound() {
        let mut waits = between_tries();
        let waits: Vec<u128> = (0..30).map(|_| waits.next().as_millis()).collect();
        for (tries, least, most) in [(1, 50, 100), (3, 200, 400), (30, 800, 1600)] {
            assert!((least..=most).contains(&waits[tries - 1]), "{tries}: {waits:?}");
        }
    }
}
