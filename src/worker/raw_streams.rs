//! Whether the stream that a delivery came from is still the one under that name.
//!
//! A stream that was deleted and recreated counts from 1 again: an acknowledgement for a delivery of the
//! old one would take the message of that sequence out of the new one, before anything replaces it. So
//! the time of the stream's creation is compared before settling; an answer by which a delivery may be settled is good
//! for [`FRESH`]. One by which it may not is asked for again: the delivery may be of a stream made since.

use std::collections::HashMap;
use std::time::Duration;

use async_nats::jetstream::Context;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::broker::topology;
use crate::intake::Delivery;

/// How old an answer may be.
const FRESH: Duration = Duration::from_millis(500);

/// The streams as they were last seen.
#[derive(Debug)]
pub(super) struct RawStreams {
    context: Context,
    seen: Mutex<HashMap<String, (Instant, Option<i64>)>>,
}

impl RawStreams {
    pub(super) fn new(context: Context) -> Self {
        Self { context, seen: Mutex::default() }
    }

    /// Whether a delivery may be settled. Where the broker does not answer, its last answer counts: a delivery
    /// that is not settled comes again, and an outage must not make all of them do so.
    pub(super) async fn holds(&self, delivery: &Delivery) -> bool {
        // Held over the request: one delivery asks, and the others read its answer.
        let mut seen = self.seen.lock().await;
        let last = seen.get(delivery.stream()).copied();
        let own = Some(delivery.stream_created());
        let created = match last {
            Some((at, created)) if created == own && at.elapsed() < FRESH => created,
            _ => {
                let created = match topology::bind_stream(&self.context, delivery.stream()).await {
                    Ok(stream) => Some(topology::created_millis(&stream)),
                    Err(topology::Error::NoStream(_)) => None,
                    Err(_) => last.map_or(own, |(_, created)| created),
                };
                seen.insert(delivery.stream().to_owned(), (Instant::now(), created));
                created
            }
        };
        created == own
    }
}
