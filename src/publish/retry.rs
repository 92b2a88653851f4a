//! Stories to be tried later, as scheduled messages, which the broker delivers when they are due.
//!
//! A schedule holds no ack budget and no place in a backlog. Schedules are named by the message's first
//! place: raw stream, its creation, sequence. The broker keeps one per subject, so a second one for the
//! same message replaces the first. One for another message would too, and lose it, and two raw streams
//! count alike; so a schedule is stored where none is, or in the place of one of exactly that message.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::{
    NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_SCHEDULE, NATS_SCHEDULE_TARGET,
};
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use bytes::Bytes;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Error;
use super::headers::encoded;
use super::publisher::Publisher;
use super::request::{PublishReply, add_header, header, taken_for_a_duplicate};
use crate::broker::topology::partitions::Partition;
use crate::headers;
use crate::model::{Provenance, RawPlace};

/// A message to be delivered again.
#[derive(Debug)]
pub struct ScheduledRetry<'a> {
    /// Where it first entered a raw stream.
    pub place: &'a RawPlace,
    /// Attempts made, the last one included.
    pub attempts: u64,
    /// When it was first tried, in Unix seconds; `None` where it only waits for its turn.
    pub tried: Option<i64>,
    /// Where it was in the raw stream.
    pub provenance: &'a Provenance,
    /// Its headers, as delivered.
    pub incoming: &'a [(&'a str, &'a str)],
    /// Its body, untouched.
    pub body: Bytes,
    /// When it is to be delivered.
    pub at: OffsetDateTime,
    /// Why it waits, for people.
    pub why: String,
}

impl Publisher {
    /// Stores a schedule; the delivery may then be acknowledged.
    ///
    /// # Errors
    /// When the broker does not store it; the delivery must then be handed back.
    pub async fn schedule(&self, retry: ScheduledRetry<'_>) -> Result<(), Error> {
        let tokens = retry.place.subject_tokens();
        let part = self.retry_part(&tokens);
        let root = self.retry_root(part);
        let subject = format!("{root}.at.{tokens}");
        let target = format!("{root}.due.{tokens}");
        let mut map = schedule_headers(&retry, &target);
        let mut replaces = 0;
        let mut tries = self.tries();
        while tries.next().await {
            map.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, replaces.to_string());
            match self.send(&subject, &map, &retry.body).await? {
                PublishReply::Stored(_) => return Ok(()),
                PublishReply::Guarded => {
                    replaces = self.own_schedule(part, &subject, retry.place).await?;
                }
                PublishReply::Duplicate(sequence) => {
                    return Err(taken_for_a_duplicate(&subject, sequence));
                }
                PublishReply::Silence => {}
            }
        }
        Err(self.not_confirmed())
    }

    /// Sequence of the schedule on a subject, which an earlier delivery of the message left there or an
    /// earlier try; 0 where it has come due meanwhile.
    async fn own_schedule(
        &self,
        part: Partition,
        subject: &str,
        place: &RawPlace,
    ) -> Result<u64, Error> {
        let Some(retry) = self.retry(part) else { return Ok(0) };
        let there = match retry.get_last_raw_message_by_subject(subject).await {
            Ok(there) => there,
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => return Ok(0),
            Err(error) => return Err(Error::Send(error.to_string())),
        };
        let theirs = there.headers.get(headers::PLACE).and_then(|v| RawPlace::parse(v.as_str()));
        if theirs.as_ref() == Some(place) {
            return Ok(there.sequence);
        }
        Err(Error::Occupied(subject.to_owned()))
    }
}

fn schedule_headers(retry: &ScheduledRetry<'_>, target: &str) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in retry.incoming {
        if headers::is_set_on_retries(name) || name.to_ascii_lowercase().starts_with("nats-schedul")
        {
            continue;
        }
        if headers::is_brokers(name) {
            add_header(&mut map, &format!("{}{name}", headers::ORIGINAL), value);
        } else {
            add_header(&mut map, name, value);
        }
    }
    // Whole seconds, rounded up: never before its time.
    let at = retry.at + Duration::from_nanos(999_999_999);
    let at = at.replace_nanosecond(0).unwrap_or(retry.at).format(&Rfc3339).unwrap_or_default();
    header(&mut map, NATS_SCHEDULE.as_ref(), &format!("@at {at}"));
    header(&mut map, NATS_SCHEDULE_TARGET.as_ref(), target);
    header(&mut map, headers::ORIGIN, &retry.place.sequence.to_string());
    header(&mut map, headers::PLACE, &retry.place.to_string());
    header(&mut map, headers::ATTEMPTS, &retry.attempts.to_string());
    header(&mut map, headers::SINCE, &retry.place.since.to_string());
    header(&mut map, headers::WAITS_FOR, &encoded(&retry.why));
    if let Some(tried) = retry.tried {
        header(&mut map, headers::TRIED, &tried.to_string());
    }
    if let Some(subject) = &retry.provenance.subject {
        header(&mut map, headers::RAW_SUBJECT, subject);
    }
    if let Some(stream) = &retry.provenance.stream {
        header(&mut map, headers::RAW_STREAM, stream);
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_copy_no_header_that_brokers_obey() {
        let incoming = [
            ("Nats-Msg-Id", "7"),
            ("Nats-Scheduler", "news.retry.at.1"),
            ("News-Attempts", "1"),
            ("News-Tried", "1"),
            ("Content-Type", "text/html"),
            ("traceparent", "00-a-b-01"),
        ];
        let retry = ScheduledRetry {
            place: &RawPlace { stream: "NEWS_RAW".to_owned(), created: 5, sequence: 9, since: 100 },
            attempts: 2,
            tried: Some(90),
            provenance: &Provenance::default(),
            incoming: &incoming,
            body: Bytes::new(),
            at: OffsetDateTime::UNIX_EPOCH + Duration::from_millis(1500),
            why: "fetch.connect: not\n reached".to_owned(),
        };
        let map = schedule_headers(&retry, "news.retry.due.9");
        let get = |name: &str| map.get(name).map(async_nats::HeaderValue::as_str);
        assert_eq!(get("Nats-Msg-Id"), None);
        assert_eq!(get("News-Original-Nats-Msg-Id"), Some("7"));
        assert_eq!(get("Nats-Scheduler"), None);
        assert_eq!(get("News-Original-Nats-Scheduler"), None);
        assert_eq!((get("News-Attempts"), get("News-Tried")), (Some("2"), Some("90")));
        assert!(get("News-Waits-For").is_some_and(|why| why.starts_with("fetch.connect: ")));
        assert_eq!(get("Content-Type"), Some("text/html"));
        assert_eq!(get("traceparent"), Some("00-a-b-01"));
        assert_eq!(get("Nats-Schedule"), Some("@at 1970-01-01T00:00:02Z"));
    }
}
