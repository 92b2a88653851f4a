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

use serde::{Deserialize, Serialize};
use std::time::Duration;

use super::context::WorkerContext;
use super::status::StillBlocked;
use crate::backoff::{Backoff, wait_while_blocked};
use crate::disposition::{Classify as _, Disposition};
use crate::headers;
use crate::intake::Delivery;
use crate::model::{Key, Story};
use crate::publish;
use crate::record::{self, Format};
use crate::route::{RouteSettings, Routes};

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

/// Sends a story along its routes that an earlier delivery stored, and may not have routed.
///
/// # Errors
/// As [`send`], and when the broker does not give the story.
pub(super) async fn send_stored(
    worker: &WorkerContext,
    delivery: &Delivery,
    key: Key,
    (sequence, subject): (u64, &str),
) -> Result<(), publish::Error> {
    let stored = worker.outputs.publisher.stored(key, sequence, subject, headers::ROUTES).await?;
    let Some((routes, record)) = stored else { return Ok(()) };
    let sent = sent_before(worker, key, sequence).await?;
    let story = StoryToRoute { key, sequence, routes: &routes, record: &record, sent };
    send(worker, delivery, story).await
}

/// Names of the routes that a story was sent along, as noted.
async fn sent_before(
    worker: &WorkerContext,
    key: Key,
    sequence: u64,
) -> Result<Vec<String>, publish::Error> {
    let mut sent = Vec::new();
    // It may be noted under the stream of an earlier number of partitions, which holds the story.
    for out in worker.outputs.publisher.streams_holding(key) {
        let noted = worker.broker.nak_ledger.routes(&out, key.as_str(), sequence).await;
        // Better later than twice.
        sent.extend(
            noted
                .map_err(|error| publish::Error::Send(format!("routes that were sent: {error}")))?,
        );
    }
    Ok(sent)
}

/// A stored story, and where it is to go.
pub(super) struct StoryToRoute<'a> {
    pub(super) key: Key,
    /// Its sequence in the out stream.
    pub(super) sequence: u64,
    /// As in [`headers::ROUTES`].
    pub(super) routes: &'a str,
    pub(super) record: &'a [u8],
    /// Names of the routes that it was sent along before.
    pub(super) sent: Vec<String>,
}

/// Sends a stored story along its routes, each once. One that is refused holds up none of the others.
///
/// # Errors
/// When a route's stream refuses the message or the worker is about to stop; the delivery must not
/// be acknowledged then, and comes again.
pub(super) async fn send(
    worker: &WorkerContext,
    delivery: &Delivery,
    story: StoryToRoute<'_>,
) -> Result<(), publish::Error> {
    let StoryToRoute { key, sequence, routes, record, mut sent } = story;
    let unreadable = |what: &str, error| publish::Error::Send(format!("stored {what}: {error}"));
    let routes: Vec<ChosenRoute> =
        serde_json::from_str(routes).map_err(|error| unreadable("routes", error))?;
    let record: serde_json::Value =
        serde_json::from_slice(record).map_err(|error| unreadable("record", error))?;
    let mut ended = Ok(());
    let most = worker.settings.intake.poison_deliveries;
    for route in routes {
        if delivery.is_stale() {
            // Frozen for longer than the lease: another worker may have sent it meanwhile.
            sent.extend(sent_before(worker, key, sequence).await?);
        }
        if sent.contains(&route.name) {
            continue;
        }
        match send_along(worker, delivery, &route, (key, sequence), &record).await {
            Ok(()) => {
                sent.push(route.name);
                note(worker, key, sequence, &sent).await;
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
async fn note(worker: &WorkerContext, key: Key, sequence: u64, sent: &[String]) {
    let out = worker.outputs.publisher.stream_of(key);
    let waits = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
    let attempt = || worker.broker.nak_ledger.note_routes(out, key.as_str(), sequence, sent);
    let closed = worker.gate.closed.clone();
    let noted = wait_while_blocked(closed, waits, attempt, |error| {
        tracing::debug!(%error, "that routes were sent is not noted yet");
        true
    });
    if let Err(error) = noted.await {
        tracing::debug!(%error, "that routes were sent is not noted at the end");
    }
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

/// Waits for as long as the route's stream takes nothing. A worker that was frozen while it waited asks first whether
/// another one has sent the story meanwhile.
async fn send_along(
    worker: &WorkerContext,
    delivery: &Delivery,
    route: &ChosenRoute,
    (key, sequence): (Key, u64),
    record: &serde_json::Value,
) -> Result<(), publish::Error> {
    let ChosenRoute { name, subject, format } = route;
    let id = format!("{key}.{sequence}.{name}");
    let body = record::reformat(record, *format);
    let (publisher, status) = (&worker.outputs.publisher, &worker.reporting.status);
    let attempt = async || {
        if delivery.is_stale() && sent_before(worker, key, sequence).await?.contains(name) {
            return Ok(());
        }
        publisher.route(subject, name, delivery.raw_seq(), &id, &body).await
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
            advice(&worker.settings.routes, error, name)
        );
    };
    let (waits_for, closed) = ((name.as_str(), delivery.raw_seq()), worker.gate.closed.clone());
    let (sent, lasted) = status.blocked_routes().wait(waits_for, closed, attempt, log).await;
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
