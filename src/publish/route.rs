//! Sending a stored story to a further subject.

use async_nats::HeaderMap;
use async_nats::header::{NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, NATS_MESSAGE_ID};
use bytes::Bytes;

use super::Error;
use super::publisher::Publisher;
use super::request::{PublishReply, header};
use crate::headers;

impl Publisher {
    /// Publishes a stored story to a further subject, which must hold its key. A second publication is
    /// refused and counts as done: by the subject for as long as the stream keeps the first, by the
    /// message id within the stream's duplicate window whatever it keeps.
    ///
    /// # Errors
    /// When the subject's stream does not take it.
    pub async fn route(
        &self,
        subject: &str,
        route: &str,
        raw_seq: u64,
        id: &str,
        body: &str,
    ) -> Result<(), Error> {
        let mut map = HeaderMap::new();
        map.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, "0");
        map.insert(NATS_MESSAGE_ID, id);
        header(&mut map, headers::ORIGIN, &raw_seq.to_string());
        header(&mut map, headers::ROUTE, route);
        header(&mut map, "Content-Type", "application/json");
        let body = Bytes::copy_from_slice(body.as_bytes());
        let mut refused = false;
        let mut tries = self.tries();
        while tries.next().await {
            match self.send(subject, &map, &body).await? {
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
