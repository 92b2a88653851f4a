//! Reads what the out streams already hold of a key: a header and the body of an outcome, and whether it is a story.
//!
//! Looks in all streams that may hold the key, those of an earlier number of partitions too. Streams count alike, so a
//! message counts only under its subject. What the broker does not answer is an error, or `false` for `is_story`, whose
//! caller then publishes rather than drops.

use async_nats::jetstream::stream::LastRawMessageErrorKind;
use bytes::Bytes;

use super::Error;
use super::publisher::Publisher;
use crate::model::{Key, OutcomeKind};

impl Publisher {
    /// A header and the body of a key's outcome, stored under a subject; `None` when it has no such header or is gone.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn stored(
        &self,
        key: Key,
        sequence: u64,
        subject: &str,
        name: &str,
    ) -> Result<Option<(String, Bytes)>, Error> {
        for out in self.outs.holding(key.as_str()) {
            match out.get_raw_message(sequence).await {
                // Streams count alike: another one's message of that sequence is another outcome.
                Ok(message) if message.subject.as_str() == subject => {
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
        let last = self.outs.last(key.as_str(), &self.subjects.outcome_filter(key)).await;
        let last = last.inspect_err(|error| {
            tracing::debug!(%error, %key, "whether there is a story of the key is not known");
        });
        last.ok().flatten().is_some_and(|(_, message)| {
            self.subjects.kind(&message.subject) == Some(OutcomeKind::Story)
        })
    }
}
