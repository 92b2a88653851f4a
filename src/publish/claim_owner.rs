//! What became of the message that holds a claim, as the raw and the retry streams tell.
//!
//! A message is in its raw stream until its outcome is stored or its retry is scheduled, and in a retry stream until
//! then. So one that is in neither was settled. Gives no answer if the raw stream was recreated: what became of its
//! messages is unknown.

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, RawMessageErrorKind, Stream};

use super::Error;
use super::publisher::Publisher;
use crate::broker::topology::{self, partitions::Partition};
use crate::model::RawPlace;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// It waits in a raw or a retry stream.
    Waiting,
    /// It is in none: its outcome is stored.
    Settled,
    /// Its raw stream was recreated.
    Unknown,
}

impl Publisher {
    /// What became of the message that was first stored at a place.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub(super) async fn owner(&self, place: &RawPlace) -> Result<Owner, Error> {
        // A raw stream that is gone belonged to an earlier number of partitions, and was deleted when it was empty.
        if let Some(raw) = self.stream(&place.stream).await? {
            if topology::created_millis(&raw) != place.created {
                return Ok(Owner::Unknown);
            }
            match raw.get_raw_message(place.sequence).await {
                Ok(_) => return Ok(Owner::Waiting),
                Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => {}
                Err(error) => return Err(Error::Send(error.to_string())),
            }
        }
        let tokens = place.subject_tokens();
        let numbers = std::iter::once(self.streams.partitions)
            .chain(self.streams.previous_partitions.iter().copied());
        for number in numbers {
            let part = Partition::by(&tokens, number);
            let Some(retry) = self.stream(&self.streams.retry_name(part)).await? else { continue };
            // Scheduled, or due.
            let subject = format!("{}.*.{tokens}", self.streams.retry_root(part));
            match retry.get_last_raw_message_by_subject(&subject).await {
                Ok(_) => return Ok(Owner::Waiting),
                Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {}
                Err(error) => return Err(Error::Send(error.to_string())),
            }
        }
        Ok(Owner::Settled)
    }

    /// A stream by its name; `None` where there is none.
    async fn stream(&self, name: &str) -> Result<Option<Stream>, Error> {
        match self.context.get_stream(name).await {
            Ok(stream) => Ok(Some(stream)),
            Err(error) => match error.kind() {
                GetStreamErrorKind::JetStream(error)
                    if error.error_code() == ErrorCode::STREAM_NOT_FOUND =>
                {
                    Ok(None)
                }
                _ => Err(Error::Send(error.to_string())),
            },
        }
    }
}
