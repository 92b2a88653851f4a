//! Storing the outcome of an attempt: the record, the skipped message or the dead letter, each once.
//!
//! While the out stream takes nothing the story waits here. What failed for a while has no outcome yet: it is
//! scheduled for later.

use std::time::Duration;

use bytes::Bytes;
use time::OffsetDateTime;

use super::attempt_report::AttemptReport;
use super::back_pressure::{remember, while_blocked};
use super::context::{Outputs, WorkerContext};
use super::retry_policy::{give_up_when_spent, is_brokers_fault};
use super::settle::schedule_retry;
use super::{duplicates, redelivery, routes};
use crate::disposition::{Disposition, Failure};
use crate::headers::{self, MORE_ORIGINALS, OBJECT};
use crate::intake::Delivery;
use crate::model::{
    AttemptOutcome, Identity, Key, OutcomeKind, Provenance, Revision, Story, Timings,
};
use crate::off_reactor;
use crate::publish::{
    self, BodyStore, OutcomeContext, OutcomeMessage, Stored, headers_json, outcome_headers,
    split_headers,
};
use crate::record::{self, Format, left_out};
use crate::tag;

/// Stores a story's record and sends its routes.
pub(super) async fn publish_story(
    worker: &WorkerContext,
    delivery: &Delivery,
    mut story: Story,
    timings: Timings,
) -> AttemptReport {
    let identity = story.article.identity.clone();
    let key = identity.key();
    let page = story.article.url.as_ref().map(|url| url.as_str().to_owned());
    let (outputs, policy) = (&worker.outputs, worker.settings.publish.duplicates);
    let is_logged = duplicates::mark_copy(outputs.seen.as_ref(), policy, &mut story).await;
    if duplicates::is_dropped(outputs, &worker.settings, &story).await {
        let failure = dropped_copy(&story);
        return publish_failure(worker, delivery, identity, page.as_deref(), failure).await;
    }
    let now = OffsetDateTime::now_utc();
    let (story, record) = serialised(story, delivery.provenance().clone(), timings, now).await;
    let incoming: Vec<_> = delivery.message().headers.iter().collect();
    let schema = record_schema_urn();
    let mut headers = outcome_headers(&OutcomeContext {
        data_schema: Some(&schema),
        now,
        ..context(worker, delivery, &identity, &incoming, OutcomeKind::Story)
    });
    let routes = routes::chosen(&outputs.routes, &story);
    if let Some(routes) = &routes {
        headers.insert(headers::ROUTES, routes.as_str());
    }
    let subjects = outputs.publisher.subjects();
    let subject = subjects.story(story.tags.language.code, story.tags.topic, key);
    let outcome = OutcomeMessage {
        kind: OutcomeKind::Story,
        subject: subject.clone(),
        headers,
        body: record,
        ttl: kept(outputs, OutcomeKind::Story),
    };
    let (stored, record) = store_story(worker, delivery, key, outcome).await;
    if is_logged {
        duplicates::withdraw_unless_story(outputs, key, &stored).await;
    }
    match stored {
        Ok(Stored::Now(sequence)) => {
            let routed = match &routes {
                Some(routes) => {
                    let (record, sent) = (&record, Vec::new());
                    let story = routes::StoryToRoute { key, sequence, routes, record, sent };
                    routes::RouteSender::of(worker).send(delivery, story).await
                }
                None => Ok(()),
            };
            let remembered = match routed {
                Ok(()) => remember(worker, delivery, key).await,
                Err(error) => Err(error),
            };
            match remembered {
                Ok(()) => AttemptReport::story(identity, subject),
                Err(error) => AttemptReport::unrouted(identity, subject, &error),
            }
        }
        Ok(Stored::Before { sequence, subject }) => {
            redelivery::finish_stored(worker, delivery, identity, sequence, subject).await
        }
        Ok(Stored::Repeat { .. }) => AttemptReport::repeat(identity, None),
        Err(error) => {
            publish_failure(worker, delivery, identity, page.as_deref(), Failure::of(&error)).await
        }
    }
}

/// Stores a story, and what its record became: where the broker takes no message as large, parts of its tags are left
/// out, one after another.
async fn store_story(
    worker: &WorkerContext,
    delivery: &Delivery,
    key: Key,
    mut outcome: OutcomeMessage,
) -> (Result<Stored, publish::Error>, Bytes) {
    let bytes = outcome.body.len();
    let mut stored = store(worker, delivery, key, outcome.clone()).await;
    for (number, part) in left_out::PARTS.into_iter().enumerate() {
        if !stored.as_ref().is_err_and(publish::Error::is_too_large) {
            break;
        }
        let whole = outcome.body.clone();
        let without = move || left_out::without(&whole, part);
        let Some(smaller) = off_reactor::run(bytes, without).await else { break };
        outcome.body = smaller.into();
        stored = store(worker, delivery, key, outcome.clone()).await;
        if let Ok(Stored::Now(_)) = stored {
            tracing::warn!(
                event = "tags_left_out",
                key = key.as_str(),
                record_bytes = bytes,
                left_out = left_out::PARTS[..=number].join(", "),
                "the record of {bytes} bytes is larger than the broker takes: it was published without the {}",
                left_out::PARTS[..=number].join(", ")
            );
        }
    }
    (stored, outcome.body)
}

/// A story and its record.
async fn serialised(
    story: Story,
    provenance: Provenance,
    timings: Timings,
    now: OffsetDateTime,
) -> (Story, Bytes) {
    let bytes = story.article.body.len();
    let serialise = move || {
        let json = record::to_json(Format::Record, &story, &provenance, &timings, now);
        (story, Bytes::from(json))
    };
    off_reactor::run(bytes, serialise).await
}

/// What the headers of an outcome say, its kind's schema and failure left out.
fn context<'a>(
    worker: &'a WorkerContext,
    delivery: &'a Delivery,
    identity: &'a Identity,
    incoming: &'a [(&'a str, &'a str)],
    kind: OutcomeKind,
) -> OutcomeContext<'a> {
    OutcomeContext {
        identity,
        place: delivery.place(),
        provenance: delivery.provenance(),
        incoming,
        worker: &worker.reporting.name,
        event_source: &worker.settings.publish.event_source,
        event_type: match kind {
            OutcomeKind::Story => "news-ingest.story.v1",
            OutcomeKind::Skipped => "news-ingest.skipped.v1",
            OutcomeKind::DeadLetter => "news-ingest.dlq.v1",
        },
        data_schema: None,
        content_type: Some("application/json"),
        failure: None,
        now: OffsetDateTime::now_utc(),
    }
}

/// How long the broker is to keep an outcome, where that is less than its stream does and the stream can tell.
fn kept(outputs: &Outputs, kind: OutcomeKind) -> Option<Duration> {
    outputs.publisher.ttl(kind).filter(|_| outputs.message_ttl)
}

/// A copy that the configuration drops.
fn dropped_copy(story: &Story) -> Failure {
    let of = story.tags.copy.map(|copy| copy.of.to_string()).unwrap_or_default();
    Failure::of(&tag::Error::Duplicate { of })
}

/// Stores an outcome. While the out stream takes nothing the story waits here, its lease kept and
/// nothing charged to it; with every slot waiting no more is pulled.
async fn store(
    worker: &WorkerContext,
    delivery: &Delivery,
    key: Key,
    outcome: OutcomeMessage,
) -> Result<Stored, publish::Error> {
    let publisher = &worker.outputs.publisher;
    let attempt = || publisher.store(key, delivery.place(), delivery.replay_of(), outcome.clone());
    while_blocked(worker, delivery, publisher.stream_of(key), attempt).await
}

/// Stores a failure's outcome; what is to be tried again has none yet.
pub(super) async fn publish_failure(
    worker: &WorkerContext,
    delivery: &Delivery,
    identity: Identity,
    page: Option<&str>,
    failure: Failure,
) -> AttemptReport {
    let failure =
        give_up_when_spent(&worker.settings.worker, &worker.broker, delivery, failure).await;
    let kind = match failure.disposition {
        // What the broker does not store is no attempt at the story.
        Disposition::Retry { .. } => {
            let counts_as_attempt = !is_brokers_fault(&failure);
            return schedule_retry(worker, delivery, identity, failure, counts_as_attempt).await;
        }
        Disposition::Defer { .. } => {
            return schedule_retry(worker, delivery, identity, failure, false).await;
        }
        Disposition::Skip => OutcomeKind::Skipped,
        Disposition::Reject => OutcomeKind::DeadLetter,
    };
    let (incoming, more) = split_headers(delivery.message().headers.iter());
    let mut context = OutcomeContext {
        failure: Some(&failure),
        ..context(worker, delivery, &identity, &incoming, kind)
    };
    let (outcome, body) = match kind {
        // A dead letter's body is the message's own, untouched, so that it can be replayed.
        OutcomeKind::DeadLetter => {
            context.content_type = None;
            (AttemptOutcome::DeadLetter, delivery.message().body.clone())
        }
        OutcomeKind::Skipped | OutcomeKind::Story => {
            (AttemptOutcome::Skipped, skipped_body(&identity, page, &failure))
        }
    };
    let mut headers = outcome_headers(&context);
    if !more.is_empty() {
        headers.insert(
            MORE_ORIGINALS,
            more_originals(&worker.outputs.body_store, &identity, &more).await,
        );
    }
    let (publisher, key) = (&worker.outputs.publisher, identity.key());
    let subject = publisher.subjects().failure(kind, &failure, key);
    let ttl = kept(&worker.outputs, kind);
    let message = OutcomeMessage { kind, subject: subject.clone(), headers, body, ttl };
    match store_failure(worker, delivery, key, message).await {
        Ok(Stored::Now(_)) => {
            duplicates::withdraw_failed(worker.outputs.seen.as_ref(), key, &failure).await;
            AttemptReport::failed(identity, outcome, failure, subject)
        }
        Ok(Stored::Before { sequence, subject }) => {
            redelivery::finish_stored(worker, delivery, identity, sequence, subject).await
        }
        Ok(Stored::Repeat { .. }) => AttemptReport::repeat(identity, None),
        Err(error) => AttemptReport::again(identity, AttemptOutcome::Retry, Failure::of(&error)),
    }
}

/// Stores those headers of a message as an object that its outcome has no room for; what the outcome says of
/// them. The outcome is stored all the same where they cannot be.
async fn more_originals(
    body_store: &BodyStore,
    identity: &Identity,
    more: &[(&str, &str)],
) -> String {
    let json = Bytes::from(headers_json(more));
    match body_store.put(identity.key(), &json).await {
        Ok(reference) => reference,
        Err(error) => {
            tracing::debug!(%error, "headers of a message are not put aside");
            format!("{} left out", more.len())
        }
    }
}

/// Stores a failure: whole, or where a dead letter is too large for a message with its body as an object.
async fn store_failure(
    worker: &WorkerContext,
    delivery: &Delivery,
    key: Key,
    message: OutcomeMessage,
) -> Result<Stored, publish::Error> {
    let whole = store(worker, delivery, key, message.clone()).await;
    let is_too_large = matches!(&whole, Err(error) if error.is_too_large());
    if !is_too_large || message.kind != OutcomeKind::DeadLetter || message.body.is_empty() {
        return whole;
    }
    let reference = worker.outputs.body_store.put(key, &message.body).await?;
    let mut letter = OutcomeMessage { body: Bytes::new(), ..message };
    letter.headers.insert(OBJECT, reference);
    store(worker, delivery, key, letter).await
}

fn skipped_body(identity: &Identity, page: Option<&str>, failure: &Failure) -> Bytes {
    let body = serde_json::json!({
        "id": identity.id().as_str(),
        "revision": identity.revision().map(Revision::as_str),
        "url": page,
        "key": identity.key_str(),
        "skipped": {"stage": failure.stage.as_str(), "code": failure.code, "message": failure.message},
    });
    record::portable_line(body.to_string()).into()
}

fn record_schema_urn() -> String {
    format!("urn:{}", record::SCHEMA.replace('/', ":"))
}
