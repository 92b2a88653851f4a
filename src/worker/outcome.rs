//! Storing what a story came to: the record, the skip or the dead letter, each once.
//!
//! While the out stream takes nothing the story waits here. What failed for a while has no outcome yet: it is
//! scheduled for later.

use std::time::Duration;

use bytes::Bytes;
use time::OffsetDateTime;

use super::attempt_report::{AttemptOutcome, AttemptReport, report, routed_story};
use super::context::WorkerContext;
use super::retry_policy::{back_pressure, give_up_when_spent};
use super::settle::later;
use super::{duplicates, redelivery, routes};
use crate::backoff::Backoff;
use crate::disposition::{Classify as _, Disposition, Failure, HostCondition, Stage};
use crate::headers::{self, MORE_ORIGINALS, OBJECT};
use crate::intake::Delivery;
use crate::model::{Identity, Key, OutcomeKind, Revision, Story, Timings};
use crate::publish::{
    self, Cause, OutcomeMessage, Stored, headers_json, outcome_headers, split_headers,
};
use crate::record::{self, Format};

/// Stores a story's record and sends its routes.
pub(super) async fn publish_story(
    shared: &WorkerContext,
    delivery: &Delivery,
    mut story: Story,
    timings: Timings,
) -> AttemptReport {
    let identity = story.article.identity.clone();
    let page = story.article.url.as_ref().map(|url| url.as_str().to_owned());
    let is_logged = duplicates::mark_copy(shared, &mut story).await;
    if duplicates::is_dropped(shared, &story).await {
        let failure = dropped_copy(&story);
        return publish_failure(shared, delivery, identity, page.as_deref(), failure).await;
    }
    let now = OffsetDateTime::now_utc();
    let json = record::to_json(Format::Record, &story, delivery.provenance(), &timings, now);
    let subjects = shared.outputs.publisher.subjects();
    let subject = subjects.story(story.tags.language.code, story.tags.topic, identity.key());
    let incoming: Vec<_> = delivery.message().headers.iter().collect();
    let schema = record_schema_urn();
    let mut headers = outcome_headers(&Cause {
        identity: &identity,
        place: delivery.place(),
        provenance: delivery.provenance(),
        incoming: &incoming,
        worker: &shared.reporting.name,
        event_source: &shared.settings.publish.event_source,
        event_type: "news-ingest.story.v1",
        data_schema: Some(&schema),
        content_type: Some("application/json"),
        failure: None,
        now,
    });
    let taken = routes::taken(shared, &story);
    if let Some(taken) = &taken {
        headers.insert(headers::ROUTES, taken.as_str());
    }
    let body = Bytes::from(json);
    let (kind, subject_too) = (OutcomeKind::Story, subject.clone());
    let outcome =
        OutcomeMessage { kind, subject: subject_too, headers, body: body.clone(), ttl: None };
    let stored = store(shared, delivery, identity.key(), outcome).await;
    if is_logged {
        duplicates::published_or_withdrawn(shared, identity.key(), &stored).await;
    }
    match stored {
        Ok(Stored::Now(sequence)) => {
            let routed = match &taken {
                Some(taken) => {
                    let (key, sent) = (identity.key(), Vec::new());
                    let story = routes::Routed { key, sequence, taken, record: &body, sent };
                    routes::send(shared, delivery, story).await
                }
                None => Ok(()),
            };
            routed_story(identity, subject, routed)
        }
        Ok(Stored::Before { sequence, subject }) => {
            redelivery::finish_stored(shared, delivery, identity, sequence, subject).await
        }
        Ok(Stored::Repeat { .. }) => report(identity, AttemptOutcome::Repeat, None, None),
        Err(error) => {
            publish_failure(shared, delivery, identity, page.as_deref(), Failure::of(&error)).await
        }
    }
}

/// A copy that the configuration drops.
fn dropped_copy(story: &Story) -> Failure {
    let of = story.tags.copy.map(|copy| copy.of.to_string()).unwrap_or_default();
    Failure {
        stage: Stage::Tag,
        code: "duplicate",
        disposition: Disposition::Skip,
        host: HostCondition::Untold,
        message: format!("a copy of {of}, and publish.duplicates is \"skip\""),
    }
}

/// Stores an outcome. While the out stream takes nothing the story waits here, its lease kept and
/// nothing charged to it; with every slot waiting no more is pulled.
async fn store(
    shared: &WorkerContext,
    delivery: &Delivery,
    key: Key,
    outcome: OutcomeMessage,
) -> Result<Stored, publish::Error> {
    let mut closed = shared.gate.closed.clone();
    let mut waits = Backoff::new(Duration::from_millis(200), Duration::from_secs(5));
    let stream = shared.outputs.publisher.stream_of(key);
    loop {
        let error = match shared
            .outputs
            .publisher
            .store(key, delivery.place(), delivery.replay_of(), outcome.clone())
            .await
        {
            Ok(stored) => {
                if let Some(lasted) = shared.reporting.status.unblocked(stream) {
                    tracing::info!(
                        event = "out_resumed",
                        stream,
                        blocked_secs = lasted.as_secs(),
                        "the out stream accepts outcomes again"
                    );
                }
                return Ok(stored);
            }
            Err(error) if error.is_back_pressure() && !*closed.borrow() => error,
            Err(error) => return Err(error),
        };
        if let Some(since) = shared.reporting.status.blocked(stream) {
            tracing::warn!(
                event = "out_blocked",
                stream,
                code = error.code(),
                %error,
                blocked_secs = since.as_secs(),
                waiting = shared.reporting.status.in_flight(),
                "{stream} stores no outcomes: {error}; stories in hand wait and nothing is lost; `news-ingest check --connect` says what to change",
            );
        }
        tokio::select! {
            () = tokio::time::sleep(waits.next()) => {}
            _ = closed.wait_for(|closed| *closed) => {}
        }
    }
}

/// Stores a failure's outcome; what is to be tried again has none yet.
pub(super) async fn publish_failure(
    shared: &WorkerContext,
    delivery: &Delivery,
    identity: Identity,
    page: Option<&str>,
    failure: Failure,
) -> AttemptReport {
    let failure = give_up_when_spent(shared, delivery, failure).await;
    let subjects = shared.outputs.publisher.subjects();
    let (skipped_ttl, dlq_ttl) = shared.outputs.publisher.ttls();
    let (ended, kind, subject, event_type, ttl) = match failure.disposition {
        Disposition::Retry { .. } => {
            // A stream that takes nothing is no attempt at the story.
            let (ended, spent) = match back_pressure(&failure) {
                true => (AttemptOutcome::Deferred, 0),
                false => (AttemptOutcome::Retry, 1),
            };
            return later(shared, delivery, identity, ended, failure, spent).await;
        }
        Disposition::Defer { .. } => {
            return later(shared, delivery, identity, AttemptOutcome::Deferred, failure, 0).await;
        }
        Disposition::Skip => (
            AttemptOutcome::Skipped,
            OutcomeKind::Skipped,
            subjects.skipped(&failure, identity.key()),
            "news-ingest.skipped.v1",
            skipped_ttl,
        ),
        Disposition::Reject => (
            AttemptOutcome::Dlq,
            OutcomeKind::DeadLetter,
            subjects.dlq(&failure, identity.key()),
            "news-ingest.dlq.v1",
            dlq_ttl,
        ),
    };
    let (incoming, more) = split_headers(delivery.message().headers.iter());
    let (body, content_type) = match ended {
        // A dead letter's body is the message's own, untouched, so that it can be replayed.
        AttemptOutcome::Dlq => (delivery.message().body.clone(), None),
        _ => (skipped_body(&identity, page, &failure), Some("application/json")),
    };
    let mut headers = outcome_headers(&Cause {
        identity: &identity,
        place: delivery.place(),
        provenance: delivery.provenance(),
        incoming: &incoming,
        worker: &shared.reporting.name,
        event_source: &shared.settings.publish.event_source,
        event_type,
        data_schema: None,
        content_type,
        failure: Some(&failure),
        now: OffsetDateTime::now_utc(),
    });
    if !more.is_empty() {
        headers.insert(MORE_ORIGINALS, more_originals(shared, &identity, &more).await);
    }
    let ttl = ttl.filter(|_| shared.outputs.message_ttl);
    let outcome = OutcomeMessage { kind, subject: subject.clone(), headers, body, ttl };
    let stored = match ended {
        AttemptOutcome::Dlq => store_letter(shared, delivery, identity.key(), outcome).await,
        _ => store(shared, delivery, identity.key(), outcome).await,
    };
    match stored {
        Ok(Stored::Now(_)) => report(identity, ended, Some(failure), Some(subject)),
        Ok(Stored::Before { sequence, subject }) => {
            redelivery::finish_stored(shared, delivery, identity, sequence, subject).await
        }
        Ok(Stored::Repeat { .. }) => report(identity, AttemptOutcome::Repeat, None, None),
        Err(error) => report(identity, AttemptOutcome::Retry, Some(Failure::of(&error)), None),
    }
}

/// Puts those headers of a message aside that its outcome has no room for; what the outcome says of
/// them. It is stored all the same where they cannot be put aside.
async fn more_originals(
    shared: &WorkerContext,
    identity: &Identity,
    more: &[(&str, &str)],
) -> String {
    let json = Bytes::from(headers_json(more));
    match shared.outputs.body_store.put(identity.key(), &json).await {
        Ok(reference) => reference,
        Err(error) => {
            tracing::debug!(%error, "headers of a message are not put aside");
            format!("{} left out", more.len())
        }
    }
}

/// Stores a dead letter: whole, or where that is too large for a message with its body as an object.
async fn store_letter(
    shared: &WorkerContext,
    delivery: &Delivery,
    key: Key,
    letter: OutcomeMessage,
) -> Result<Stored, publish::Error> {
    let whole = store(shared, delivery, key, letter.clone()).await;
    if !matches!(&whole, Err(error) if error.is_too_large()) || letter.body.is_empty() {
        return whole;
    }
    let reference = shared.outputs.body_store.put(key, &letter.body).await?;
    let mut letter = OutcomeMessage { body: Bytes::new(), ..letter };
    letter.headers.insert(OBJECT, reference);
    store(shared, delivery, key, letter).await
}

fn skipped_body(identity: &Identity, page: Option<&str>, failure: &Failure) -> Bytes {
    let body = serde_json::json!({
        "id": identity.id().as_str(),
        "revision": identity.revision().map(Revision::as_str),
        "url": page,
        "key": identity.key_str(),
        "skipped": {"stage": failure.stage.as_str(), "code": failure.code, "message": failure.message},
    });
    record::escape_line_separators(body.to_string()).into()
}

fn record_schema_urn() -> String {
    format!("urn:{}", record::SCHEMA.replace('/', ":"))
}
