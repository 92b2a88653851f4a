//! How often a worker returned a message deliberately, and how many of those returns were failed attempts.
//!
//! The broker counts every delivery alike. A message that is handed back because its host is busy, its
//! worker stops, or the server schedules no retries, would soon look like one that kills workers. A
//! worker notes each return before it makes it; what the broker counts beyond the notes are deliveries
//! that did not end. Notes can be lost: the bucket did not answer, was deleted and made again, or let them expire. The
//! ledger says of which messages that may be ([`NakLedger::may_lack`]); their deliveries are counted anew.
//!
//! Beside it stand two notes that outlive what they are about: which routes a story was sent along, whose
//! streams may forget it, and who a message is whose body is an object that may be gone next time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use time::OffsetDateTime;

use super::{Bucket, Clock, Error, HOSTS_TTL, Moment, bucket_token};
use crate::mutex::lock;

/// A message in its stream.
#[derive(Clone, Copy, Debug)]
pub struct StreamPlace<'a> {
    /// The group that works on it: two may read one stream.
    pub group: &'a str,
    /// Its stream.
    pub stream: &'a str,
    /// Its sequence there.
    pub sequence: u64,
    /// When it was stored: sequences begin anew in a stream that is recreated.
    pub stored: OffsetDateTime,
}

/// The returns of one message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NakCounts {
    /// Deliveries that ended in a return.
    pub deliveries: u64,
    /// Those of them that were failed attempts at the story.
    pub attempts: u64,
}

/// The returns that the group's workers have noted.
#[derive(Clone, Debug)]
pub struct NakLedger {
    bucket: Bucket,
    clock: Clock,
    /// When it last failed to answer this process; a message that kills workers ends this knowledge as well.
    silent: Arc<Mutex<Moment>>,
}

impl NakLedger {
    pub(super) fn new(bucket: Bucket, clock: Clock) -> Self {
        Self { bucket, clock, silent: Arc::default() }
    }

    /// What is noted of a message; nothing where no note is.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn of(&self, place: StreamPlace<'_>) -> Result<NakCounts, Error> {
        let found =
            self.bucket.get(&key("back", place)).await.inspect_err(|_| self.fell_silent())?;
        Ok(found.and_then(|entry| read(&entry.value)).unwrap_or_default())
    }

    /// Whether returns of a message may have been lost since the last note of it, or since it was stored where there
    /// is none: the bucket was made later, did not answer this process later, or has let a note expire.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn may_lack(&self, place: StreamPlace<'_>) -> Result<bool, Error> {
        let asked = async {
            let noted = self.bucket.get(&key("back", place)).await?;
            Ok((noted, self.bucket.created().await?))
        };
        let (noted, created) = asked.await.inspect_err(|_: &Error| self.fell_silent())?;
        let known_until = noted.map_or(Moment::from(place.stored), |entry| entry.written);
        let lost_until = created.max(*lock(&self.silent));
        let expires = self.clock.local_now().since(known_until) > HOSTS_TTL;
        Ok(known_until < lost_until || expires)
    }

    fn fell_silent(&self) {
        *lock(&self.silent) = self.clock.local_now();
    }

    /// Notes the returns of a message, the one that is about to be made included. Only who holds the
    /// message's lease may.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn note(&self, place: StreamPlace<'_>, returned: NakCounts) -> Result<(), Error> {
        let text = format!("{} {}", returned.deliveries, returned.attempts);
        let put = self.bucket.put(&key("back", place), text.into()).await;
        put.map(drop).inspect_err(|_| self.fell_silent())
    }

    /// When a message was first tried, in Unix seconds, where that was long after it was stored.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn tried(&self, place: StreamPlace<'_>) -> Result<Option<i64>, Error> {
        let found = self.bucket.get(&key("tried", place)).await?;
        Ok(found.and_then(|entry| std::str::from_utf8(&entry.value).ok()?.parse().ok()))
    }

    /// Notes that a message was tried for the first time, where that is long after it was stored.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn note_tried(&self, place: StreamPlace<'_>) -> Result<(), Error> {
        /// Sooner than that no note is worth its message.
        const LONG: Duration = Duration::from_secs(3600);
        let now = self.clock.local_now();
        if now.since(Moment::from(place.stored)) < LONG {
            return Ok(());
        }
        let seconds = now.as_millis() / 1000;
        self.bucket.put(&key("tried", place), seconds.to_string().into()).await.map(drop)
    }

    /// Id and revision that were noted of a message.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn identity(
        &self,
        place: StreamPlace<'_>,
    ) -> Result<Option<(String, Option<String>)>, Error> {
        let found = self.bucket.get(&key("id", place)).await?;
        Ok(found.and_then(|entry| serde_json::from_slice(&entry.value).ok()))
    }

    /// Notes who a message is.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn note_identity(
        &self,
        place: StreamPlace<'_>,
        id: &str,
        revision: Option<&str>,
    ) -> Result<(), Error> {
        let text = serde_json::json!([id, revision]).to_string();
        self.bucket.put(&key("id", place), text.into()).await.map(drop)
    }

    /// Routes that a story was sent along: the story of a key under a sequence of an out stream.
    ///
    /// # Errors
    /// When the broker does not answer, or the note cannot be read.
    pub async fn routes(
        &self,
        out: &str,
        story: &str,
        sequence: u64,
    ) -> Result<Vec<String>, Error> {
        let found = match self.bucket.get(&sent_key(out, story, sequence)).await? {
            Some(found) => Some(found),
            // As 0.1 noted it; not read for long.
            None => self.bucket.get(&format!("sent.{story}.{sequence}")).await?,
        };
        let Some(found) = found else { return Ok(Vec::new()) };
        // Taken as none, the story would be sent along them again.
        serde_json::from_slice(&found.value).map_err(|error| Error::Unreadable {
            key: sent_key(out, story, sequence),
            source: error,
        })
    }

    /// Notes the routes that a story was sent along, those noted before included.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn note_routes(
        &self,
        out: &str,
        story: &str,
        sequence: u64,
        sent: &[String],
    ) -> Result<(), Error> {
        let text = serde_json::json!(sent).to_string();
        self.bucket.put(&sent_key(out, story, sequence), text.into()).await.map(drop)
    }
}

/// With the out stream's name: two deployments that share a bucket count alike.
fn sent_key(out: &str, story: &str, sequence: u64) -> String {
    format!("sent.{}.{story}.{sequence}", bucket_token(out))
}

fn key(what: &str, place: StreamPlace<'_>) -> String {
    let StreamPlace { group, stream, sequence, stored } = place;
    let (group, stream) = (bucket_token(group), bucket_token(stream));
    format!("{what}.{group}.{stream}.{sequence}.{}", stored.unix_timestamp_nanos())
}

fn read(value: &[u8]) -> Option<NakCounts> {
    let (deliveries, attempts) = std::str::from_utf8(value).ok()?.split_once(' ')?;
    Some(NakCounts { deliveries: deliveries.parse().ok()?, attempts: attempts.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{Settings, State};

    #[tokio::test]
    async fn notes_of_ids_and_routes_are_kept() {
        let ledger = State::in_process(&Settings::default()).nak_ledger().clone();
        let stored = OffsetDateTime::UNIX_EPOCH;
        let place = StreamPlace { group: "desk", stream: "NEWS_RAW", sequence: 7, stored };
        assert_eq!(ledger.identity(place).await.unwrap(), None);
        for revision in [None, Some("2")] {
            ledger.note_identity(place, "a", revision).await.unwrap();
            let noted = ("a".to_owned(), revision.map(str::to_owned));
            assert_eq!(ledger.identity(place).await.unwrap(), Some(noted));
        }
        assert!(ledger.routes("NEWS_OUT", "k", 7).await.unwrap().is_empty());
        let sent = ["urgent".to_owned(), "sport".to_owned()];
        ledger.note_routes("NEWS_OUT", "k", 7, &sent).await.unwrap();
        assert_eq!(ledger.routes("NEWS_OUT", "k", 7).await.unwrap(), sent);
        for (out, story, sequence) in
            [("DESK_OUT", "k", 7), ("NEWS_OUT", "l", 7), ("NEWS_OUT", "k", 8)]
        {
            assert!(ledger.routes(out, story, sequence).await.unwrap().is_empty());
        }
    }

    #[tokio::test]
    async fn first_tries_long_after_arrival_are_noted() {
        let ledger = State::in_process(&Settings::default()).nak_ledger().clone();
        let now = OffsetDateTime::now_utc();
        for (stored, is_noted) in [(now, false), (now - time::Duration::hours(60), true)] {
            let place = StreamPlace { group: "desk", stream: "NEWS_RAW", sequence: 7, stored };
            ledger.note_tried(place).await.unwrap();
            let tried = ledger.tried(place).await.unwrap();
            assert_eq!(tried.is_some_and(|at| at >= now.unix_timestamp() - 1), is_noted);
        }
    }

    #[tokio::test]
    async fn nak_counts_belong_to_one_stream_message() {
        let returns = State::in_process(&Settings::default()).nak_ledger().clone();
        let stored = OffsetDateTime::UNIX_EPOCH;
        let place = StreamPlace { group: "desk", stream: "NEWS_RAW", sequence: 7, stored };
        assert_eq!(returns.of(place).await.unwrap(), NakCounts::default());
        let noted = NakCounts { deliveries: 3, attempts: 2 };
        returns.note(place, noted).await.unwrap();
        assert_eq!(returns.of(place).await.unwrap(), noted);
        let others = StreamPlace { group: "archive", ..place };
        assert_eq!(returns.of(others).await.unwrap(), NakCounts::default(), "of another group");
        let anew = StreamPlace { stored: stored + time::Duration::SECOND, ..place };
        assert_eq!(returns.of(anew).await.unwrap(), NakCounts::default());
    }
}
