//! Reads what the out stream already holds for a key.

use async_nats::jetstream::stream::LastRawMessageErrorKind;
use bytes::Bytes;

use super::Error;
use super::publisher::Publisher;
use crate::model::{Key, OutcomeKind};

impl Publisher {
    /// A header and the body of a stored outcome of a key; `None` when it has no such header or is gone.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn stored(
        &self,
        key: Key,
        sequence: u64,
        name: &str,
    ) -> Result<Option<(String, Bytes)>, Error> {
        for out in self.outs.holding(key.as_str()) {
            match out.get_raw_message(sequence).await {
                // Streams count alike: another one's message of that sequence is another key's.
                Ok(message) if message.subject.ends_with(key.as_str()) => {
                    return Ok(message
                        .headers
                        .get(name)
                        .map(|value| (value.as_str().to_owned(), message.payload.clone())));
                }
                Ok(_) => {}
                Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {}
                Err(error) => return Err(Error::Send(error.to_string())),
            }
        }
        Ok(None)
    }

    /// Whether a key's last outcome is a story; false also where the broker does not answer.
    pub async fn is_story(&self, key: Key) -> bool {
        let filter = self.subjects.outcome_filter(key);
        for out in self.outs.holding(key.as_str()) {
            match out.get_last_raw_message_by_subject(&filter).await {
                Ok(message) => {
                    return self.subjects.kind(&message.subject) == Some(OutcomeKind::Story);
                }
                Err(error) => tracing::debug!(%error, %key, "no story of the key is there"),
            }
        }
        false
    }
}
