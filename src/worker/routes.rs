//! The user's own routes: after the story is stored, further publications of it.
//!
//! Which routes a story takes is stored with it, in a header, so that a redelivery after a crash
//! sends exactly what the first attempt would have sent: from the stored record, never from a new
//! fetch.
//!
//! That a route was sent is noted with us: its stream may be a work queue or short-lived and have
//! forgotten the message by the time that the delivery comes again. Between the publication and the note
//! a worker may die; then the message id keeps the second one out, within the duplicate window of the
//! route's stream.

use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::context::WorkerContext;
use super::status::{StillBlocked, WorkerStatus};
use crate::backoff::{Backoff, wait_while_blocked};
use crate::disposition::{Classify as _, Disposition};
use crate::headers;
use crate::intake::Delivery;
use crate::model::{Key, Story};
use crate::off_reactor;
use crate::publish::{self, Publisher, RoutedStory};
use crate::record::{self, Format};
use crate::route::{RouteSettings, Routes};
use crate::state::{self, NakLedger};

/// One route of one story.
#[derive(Debug, Serialize, Deserialize)]
struct ChosenRoute {
    name: String,
    subject: String,
    format: Format,
}

/// The routes that a story takes, for [`headers::ROUTES`]; `None` when it takes none.
pub(super) fn chosen(routes: &Routes, story: &Story) -> Option<String> {
    let chosen: Vec<ChosenRoute> = routes
        .matching(story)
        .into_iter()
        .map(|routed| ChosenRoute {
            name: routed.name.to_owned(),
            subject: routed.subject,
            format: routed.format,
        })
        .collect();
    (!chosen.is_empty()).then(|| serde_json::to_string(&chosen).expect("plain strings"))
}

/// A stored story, and where it is to go.
pub(super) struct StoryToRoute<'a> {
    pub(super) key: Key,
    /// Its sequence in the out stream.
    pub(super) sequence: u64,
    /// As in [`headers::ROUTES`].
    pub(super) routes: &'a str,
    pub(super) record: &'a Bytes,
    /// Names of the routes that it was sent along before.
    pub(super) sent: Vec<String>,
}

/// What sending along routes touches.
pub(super) struct RouteSender<'a> {
    publisher: &'a Publisher,
    nak_ledger: &'a NakLedger,
    status: &'a WorkerStatus,
    closed: &'a watch::Receiver<bool>,
    routes: &'a [RouteSettings],
    poison_deliveries: u64,
}

impl<'a> RouteSender<'a> {
    pub(super) fn of(worker: &'a WorkerContext) -> Self {
        Self {
            publisher: &worker.outputs.publisher,
            nak_ledger: &worker.broker.nak_ledger,
            status: &worker.reporting.status,
            closed: &worker.gate.closed,
            routes: &worker.settings.routes,
            poison_deliveries: worker.settings.intake.poison_deliveries,
        }
    }

    /// Sends a story along its routes that an earlier delivery stored, and may not have routed.
    ///
    /// # Errors
    /// As [`send`], and when the broker does not give the story.
    pub(super) async fn send_stored(
        &self,
        delivery: &Delivery,
        key: Key,
        (sequence, subject): (u64, &str),
    ) -> Result<(), publish::Error> {
        let stored = self.publisher.stored(key, sequence, subject, headers::ROUTES).await?;
        let Some((routes, record)) = stored else { return Ok(()) };
        let sending = async {
            let sent = self.sent_before(key, sequence).await?;
            let story = StoryToRoute { key, sequence, routes: &routes, record: &record, sent };
            self.send(delivery, story).await
        };
        match sending.await {
            Err(error @ publish::Error::Unreadable { .. })
                if is_hopeless(&error, delivery.deliveries(), self.poison_deliveries) =>
            {
                tracing::error!(
                    event = "route_failed",
                    subject,
                    code = error.code(),
                    %error,
                    "a story is stored, and its routes given up: {error}"
                );
                Ok(())
            }
            sent => sent,
        }
    }

    /// Names of the routes that a story was sent along, as noted.
    async fn sent_before(&self, key: Key, sequence: u64) -> Result<Vec<String>, publish::Error> {
        let mut sent = Vec::new();
        // It may be noted under the stream of an earlier number of partitions, which holds the story.
        for out in self.publisher.streams_holding(key) {
            let noted = self.nak_ledger.routes(&out, key.as_str(), sequence).await;
            // Better later than twice.
            sent.extend(noted.map_err(|error| match error {
                state::Error::Unreadable { source, .. } => {
                    publish::Error::Unreadable { what: "note of sent routes", source }
                }
                error => publish::Error::Send(format!("routes that were sent: {error}")),
            })?);
        }
        Ok(sent)
    }

    /// Sends a stored story along its routes, each once. One that is refused holds up none of the others.
    ///
    /// # Errors
    /// When a route's stream refuses the message or the worker is about to stop; the delivery must not
    /// be acknowledged then, and comes again.
    pub(super) async fn send(
        &self,
        delivery: &Delivery,
        story: StoryToRoute<'_>,
    ) -> Result<(), publish::Error> {
        let StoryToRoute { key, sequence, routes, record, mut sent } = story;
        let routes: Vec<ChosenRoute> = serde_json::from_str(routes)
            .map_err(|source| publish::Error::Unreadable { what: "routes", source })?;
        let formats: Vec<Format> = routes.iter().map(|route| route.format).collect();
        let bodies = bodies(record.clone(), formats)
            .await
            .map_err(|source| publish::Error::Unreadable { what: "record", source })?;
        let mut ended = Ok(());
        let most = self.poison_deliveries;
        for (route, body) in routes.into_iter().zip(bodies) {
            if delivery.is_stale() {
                // Frozen for longer than the lease: another worker may have sent it meanwhile.
                sent.extend(self.sent_before(key, sequence).await?);
            }
            if sent.contains(&route.name) {
                continue;
            }
            match self.send_along(delivery, &route, (key, sequence), body).await {
                Ok(()) => {
                    sent.push(route.name);
                    self.note(key, sequence, &sent).await;
                }
                Err(error) if is_hopeless(&error, delivery.deliveries(), most) => {
                    tracing::error!(
                        event = "route_failed",
                        route = route.name,
                        subject = route.subject,
                        code = error.code(),
                        %error,
                        "a story is stored, and its route given up"
                    );
                }
                Err(error) => ended = Err(error),
            }
        }
        ended
    }

    /// Notes the routes that a story was sent along, whatever the broker takes to answer: a broker that is started again
    /// has forgotten the ids of what was read from a work queue, and only the note keeps the next delivery from sending
    /// the story again.
    async fn note(&self, key: Key, sequence: u64, sent: &[String]) {
        let out = self.publisher.stream_of(key);
        let waits = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
        let attempt = || self.nak_ledger.note_routes(out, key.as_str(), sequence, sent);
        let closed = self.closed.clone();
        let noted = wait_while_blocked(closed, waits, attempt, |error| {
            tracing::debug!(%error, "that routes were sent is not noted yet");
            true
        });
        if let Err(error) = noted.await {
            tracing::debug!(%error, "that routes were sent is not noted at the end");
        }
    }

    /// Waits for as long as the route's stream takes nothing. A worker that was frozen while it waited asks first whether
    /// another one has sent the story meanwhile.
    async fn send_along(
        &self,
        delivery: &Delivery,
        route: &ChosenRoute,
        (key, sequence): (Key, u64),
        body: Bytes,
    ) -> Result<(), publish::Error> {
        let ChosenRoute { name, subject, .. } = route;
        let id = format!("{key}.{sequence}.{name}");
        let story = RoutedStory {
            subject,
            route: name,
            raw_seq: delivery.raw_seq(),
            message_id: &id,
            body,
        };
        let attempt = async || {
            if delivery.is_stale() && self.sent_before(key, sequence).await?.contains(name) {
                return Ok(());
            }
            self.publisher.route(&story).await
        };
        let log = |error: &publish::Error, still: StillBlocked| {
            tracing::warn!(
                event = "route_blocked",
                route = name,
                subject,
                code = error.code(),
                %error,
                blocked_secs = still.lasted.as_secs(),
                waiting = still.waiting,
                "stories of route {name} wait: {error}{}",
                advice(self.routes, error, name)
            );
        };
        let (waits_for, closed) = ((name.as_str(), delivery.raw_seq()), self.closed.clone());
        let (sent, lasted) =
            self.status.blocked_routes().wait(waits_for, closed, attempt, log).await;
        if let Some(lasted) = lasted {
            tracing::info!(
                event = "route_resumed",
                route = name,
                blocked_secs = lasted.as_secs(),
                "a route's stream takes messages again"
            );
        }
        sent
    }
}

/// A record in the format of each route.
async fn bodies(record: Bytes, formats: Vec<Format>) -> Result<Vec<Bytes>, serde_json::Error> {
    let bytes = record.len();
    let reformat = move || {
        let record: serde_json::Value = serde_json::from_slice(&record)?;
        let bodies = formats.into_iter().map(|format| record::reformat(&record, format).into());
        Ok(bodies.collect())
    };
    off_reactor::run(bytes, reformat).await
}

/// Whether a route will never take the message: it is too large, or refused as often as a message is
/// delivered before it is poison. The story has its outcome, so nothing else would end the delivery.
fn is_hopeless(error: &publish::Error, deliveries: u64, poison_deliveries: u64) -> bool {
    match error.disposition() {
        Disposition::Reject => true,
        Disposition::Retry { .. } => deliveries > poison_deliveries && !error.is_back_pressure(),
        Disposition::Defer { .. } | Disposition::Skip => false,
    }
}

/// What to do about a route that is blocked, where more than waiting is needed.
fn advice(routes: &[RouteSettings], error: &publish::Error, name: &str) -> String {
    let route = routes.iter().find(|route| route.name == name);
    match (error, route) {
        (publish::Error::NoStream(_), Some(route)) => {
            let subject = route.subject_filter();
            format!("; create a stream with the subject {subject}, or take the route out")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn route_is_given_up_where_waiting_is_hopeless() {
        let refused = publish::Error::Refused { code: 10_052, description: String::new() };
        let too_large = publish::Error::TooLarge { bytes: 9, limit: 8 };
        let full = publish::Error::Full(String::new());
        for (error, deliveries, is_given_up) in [
            (&too_large, 1, true),
            (&refused, 1, false),
            (&refused, 10, false),
            (&refused, 11, true),
            (&full, 11, false),
        ] {
            assert_eq!(is_hopeless(error, deliveries, 10), is_given_up, "{error} {deliveries}");
        }
    }
}
