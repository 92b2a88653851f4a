//! The out streams, and which of them holds a key's last outcome.
//!
//! A key's outcomes may be in several: in the stream in force, and in those of earlier numbers of partitions. The order
//! of the numbers does not say which outcome is the last, for a number may come back; the time does.

use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{LastRawMessageError, LastRawMessageErrorKind, Stream};

use super::partitions::{Partition, number_of};

/// The out streams: a key's outcomes are in one of those in force, or in one of an earlier number of partitions.
#[derive(Clone, Debug)]
pub struct Outs {
    /// Those in force, by partition.
    pub current: Vec<Stream>,
    /// Those of earlier numbers of partitions, the latest first; they take nothing any more.
    pub earlier: Vec<Vec<Stream>>,
}

impl Outs {
    /// The stream in force that a key's outcome goes to.
    #[must_use]
    pub fn of(&self, key: &str) -> &Stream {
        &self.current[number_of(key, self.current.len())]
    }

    /// The partition that a key's outcome goes to.
    #[must_use]
    pub fn part_of(&self, key: &str) -> Partition {
        Partition::by(key, self.current.len())
    }

    /// The streams of earlier numbers of partitions that may hold a key's outcome, the latest first.
    pub fn earlier_of<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Stream> {
        self.earlier.iter().map(move |streams| &streams[number_of(key, streams.len())])
    }

    /// Every stream that may hold a key's outcome, the latest first.
    pub fn holding<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Stream> {
        std::iter::once(self.of(key)).chain(self.earlier_of(key))
    }

    /// All of them, the latest first.
    pub fn all(&self) -> impl Iterator<Item = &Stream> {
        self.current.iter().chain(self.earlier.iter().flatten())
    }

    /// The last message of a subject, which ends with the key, in any stream that may hold it, and that stream.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn last<'a>(
        &'a self,
        key: &'a str,
        subject: &str,
    ) -> Result<Option<(&'a Stream, StreamMessage)>, LastRawMessageError> {
        last_of(self.holding(key), subject).await
    }
}

/// The last message of a subject in any of some streams, and the stream that holds it.
///
/// # Errors
/// When the broker does not answer.
pub async fn last_of<'a>(
    streams: impl Iterator<Item = &'a Stream>,
    subject: &str,
) -> Result<Option<(&'a Stream, StreamMessage)>, LastRawMessageError> {
    let mut last: Option<(&Stream, StreamMessage)> = None;
    for stream in streams {
        let message = match stream.get_last_raw_message_by_subject(subject).await {
            Ok(message) => message,
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => continue,
            Err(error) => return Err(error),
        };
        if last.as_ref().is_none_or(|(_, other)| other.time < message.time) {
            last = Some((stream, message));
        }
    }
    Ok(last)
}
