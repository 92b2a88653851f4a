//! Publishes a stored story to a subject of the user's own, once.
//!
//! Two guards: the subject, which holds the key and may hold one message, for as long as the user's stream keeps it;
//! the message id within the stream's duplicate window. Where neither holds any more, the worker's own note does
//! (`worker/routes.rs`).

use async_nats::HeaderMap;
use async_nats::header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_ID};
use bytes::Bytes;

use super::Error;
use super::publisher::Publisher;
use super::request::{PublishReply, header};
use crate::headers;

/// A stored story on its way to a subject of the user's.
#[derive(Clone, Debug)]
pub struct RoutedStory<'a> {
    /// Where it goes; it holds the story's key.
    pub subject: &'a str,
    /// The route's name.
    pub route: &'a str,
    /// Sequence of the raw message.
    pub raw_seq: u64,
    /// Id of the message, by which the stream knows a second one.
    pub message_id: &'a str,
    /// The record in the route's format.
    pub body: Bytes,
}

impl Publisher {
    /// Publishes a stored story to a further subject. A second publication is
    /// refused and counts as done: by the subject for as long as the stream keeps the first, by the
    /// message id within the stream's duplicate window whatever it keeps.
    ///
    /// # Errors
    /// When the subject's stream does not take it.
    pub async fn route(&self, story: &RoutedStory<'_>) -> Result<(), Error> {
        let RoutedStory { subject, route, raw_seq, message_id, body } = story;
        let mut map = HeaderMap::new();
        map.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, "0");
        map.insert(NATS_MESSAGE_ID, *message_id);
        header(&mut map, headers::ORIGIN, &raw_seq.to_string());
        header(&mut map, headers::ROUTE, route);
        header(&mut map, "Content-Type", "application/json");
        let mut refused = false;
        let mut tries = self.tries();
        while tries.next().await {
            match self.send(subject, &map, body).await? {
                PublishReply::Stored(_) | PublishReply::Duplicate(_) => return Ok(()),
                // Once may be another publish in flight; twice, it is there.
                PublishReply::Guarded if refused => return Ok(()),
                PublishReply::Guarded => refused = true,
                PublishReply::Silence => {}
            }
        }
        Err(self.not_confirmed())
    }
}
