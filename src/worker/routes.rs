//! The user's own routes: after the story is stored, further publications of it.
//!
//! Which routes a story takes is stored with it, in a header, so that a redelivery after a crash
//! sends exactly what the first attempt would have sent: from the stored record, never from a new
//! fetch.

use serde::{Deserialize, Serialize};
use std::time::Duration;

use super::attempt::WorkerContext;
use crate::disposition::{Classify as _, Disposition};
use crate::intake::Delivery;
use crate::model::Story;
use crate::publish;
use crate::record::{self, Format};

/// Header of a stored story with the routes that it takes, as JSON.
pub(super) const HEADER: &str = "News-Routes";

/// One route of one story.
#[derive(Debug, Serialize, Deserialize)]
struct Taken {
    name: String,
    subject: String,
    format: Format,
}

/// The routes that a story takes, for [`HEADER`]; `None` when it takes none.
pub(super) fn taken(shared: &WorkerContext, story: &Story) -> Option<String> {
    let taken: Vec<Taken> = shared
        .routes
        .matching(story)
        .into_iter()
        .map(|routed| Taken {
            name: routed.name.to_owned(),
            subject: routed.subject,
            format: routed.format,
        })
        .collect();
    (!taken.is_empty()).then(|| serde_json::to_string(&taken).expect("plain strings"))
}

/// Sends a story along its routes that an earlier delivery stored, and may not have routed.
///
/// # Errors
/// As [`send`], and when the broker does not give the story.
pub(super) async fn send_stored(
    shared: &WorkerContext,
    delivery: &Delivery,
    sequence: u64,
) -> Result<(), publish::Error> {
    match shared.publisher.stored(sequence, HEADER).await? {
        Some((taken, record)) => send(shared, delivery, &taken, &record).await,
        None => Ok(()),
    }
}

/// Sends a stored story along its routes. Each is published once: its subject holds the key. One that
/// is refused holds up none of the others.
///
/// # Errors
/// When a route's stream refuses the message or the worker is about to stop; the delivery must not
/// be acknowledged then, and comes again.
pub(super) async fn send(
    shared: &WorkerContext,
    delivery: &Delivery,
    taken: &str,
    record: &[u8],
) -> Result<(), publish::Error> {
    let routes: Vec<Taken> = serde_json::from_str(taken).unwrap_or_default();
    let record: serde_json::Value = match serde_json::from_slice(record) {
        Ok(record) => record,
        Err(error) => return Err(publish::Error::Send(format!("stored record: {error}"))),
    };
    let mut sent = Ok(());
    for route in routes {
        let Err(error) = send_along(shared, delivery, &route, &record).await else { continue };
        if is_hopeless(shared, delivery, &error) {
            tracing::error!(
                event = "route_failed",
                route = route.name,
                subject = route.subject,
                %error,
                "a story is stored, and its route given up"
            );
        } else {
            sent = Err(error);
        }
    }
    sent
}

/// Whether a route will never take the message: it is too large, or refused as often as a message is
/// delivered before it is poison. The story has its outcome, so nothing else would end the delivery.
fn is_hopeless(shared: &WorkerContext, delivery: &Delivery, error: &publish::Error) -> bool {
    let often = delivery.deliveries() > shared.config.intake.poison_deliveries;
    match error.disposition() {
        Disposition::Reject => true,
        Disposition::Retry { .. } => often && !error.is_back_pressure(),
        Disposition::Defer { .. } | Disposition::Skip => false,
    }
}

/// Waits for as long as the route's stream takes nothing.
async fn send_along(
    shared: &WorkerContext,
    delivery: &Delivery,
    route: &Taken,
    record: &serde_json::Value,
) -> Result<(), publish::Error> {
    let Taken { name, subject, format } = route;
    let body = record::reformat(record, *format);
    let mut closed = shared.closed.clone();
    let mut wait = Duration::from_millis(200);
    loop {
        match shared.publisher.route(subject, name, delivery.raw_seq(), &body).await {
            Err(error) if error.is_back_pressure() && !*closed.borrow() => {
                tracing::warn!(event = "route_blocked", route = name, %error, "a route's stream takes nothing");
            }
            done => return done,
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = closed.wait_for(|closed| *closed) => {}
        }
        wait = (wait * 2).min(Duration::from_secs(5));
    }
}
