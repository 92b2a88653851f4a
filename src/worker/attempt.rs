//! One delivery from the pull to the acknowledgement, and the line that tells of it.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use async_nats::jetstream::Context;
use bytes::Bytes;
use time::OffsetDateTime;

use super::settle::{back_pressure, give_up_when_spent, later, load_history, settle};
use super::status::WorkerStatus;
use super::totals::{AttemptOutcome, Totals, ms};
use super::{duplicates, redelivery, routes};
use crate::config::Config;
use crate::disposition::{Disposition, Failure, Stage};
use crate::headers::OBJECT;
use crate::intake::{self, Delivery};
use crate::model::{Identity, Key, Origin, RawArticle, Story, Timings};
use crate::pipeline::Pipeline;
use crate::publish::{self, Cause, Letters, Outcome, Publisher, Stored, outcome_headers};
use crate::record::{self, Format};
use crate::route::Routes;
use crate::state::{Clock, DuplicateLog, NakLedger};

/// What every delivery of a worker is worked on with.
pub(super) struct WorkerContext {
    pub(super) pipeline: Pipeline,
    pub(super) publisher: Publisher,
    pub(super) letters: Letters,
    pub(super) routes: Routes,
    /// The log of what the group has seen; `None` where copies are published without a look.
    pub(super) seen: Option<DuplicateLog>,
    pub(super) returns: NakLedger,
    pub(super) clock: Clock,
    pub(super) context: Context,
    pub(super) config: Config,
    pub(super) name: String,
    pub(super) totals: Totals,
    pub(super) message_ttl: bool,
    /// Whether retries are scheduled; else messages are handed back with a delay.
    pub(super) retries_scheduled: AtomicBool,
    /// Who is told how it goes.
    pub(super) status: WorkerStatus,
    /// Turns true when the worker is about to stop.
    pub(super) closed: tokio::sync::watch::Receiver<bool>,
}

/// What is told of a delivery once it has ended.
pub(super) struct AttemptReport {
    identity: Identity,
    pub(super) ended: AttemptOutcome,
    /// Whether something that replaces the message is stored, so that it may be acknowledged.
    pub(super) stored: bool,
    pub(super) failure: Option<Failure>,
    /// 1 when this was a failed attempt at the story that will be followed by another.
    pub(super) spent: u64,
    timings: Timings,
    bytes: usize,
    subject: Option<String>,
    /// Host of the story's page.
    host: Option<String>,
}

/// Works on a delivery until it is settled. Dropping the future means redelivery.
pub(super) async fn work(shared: std::sync::Arc<WorkerContext>, mut delivery: Delivery) {
    let started = Instant::now();
    let (raw_seq, deliveries) = (delivery.raw_seq(), delivery.deliveries());
    let _in_hand = shared.status.in_hand(raw_seq);
    load_history(&shared.returns, &mut delivery).await;
    let attempt = delivery.attempts_before() + 1;
    let report = tokio::select! {
        report = try_once(&shared, &delivery) => report,
        never = delivery.keep_alive() => match never {},
    };
    let report = settle(&shared, delivery, report).await;
    let code = report.failure.as_ref().map(|f| format!("{}.{}", f.stage, f.code));
    shared.totals.count(report.ended, code.as_deref(), &report.timings, deliveries, report.bytes);
    let total = started.elapsed();
    shared.status.count(
        report.ended,
        code.as_deref(),
        &report.timings,
        total,
        deliveries,
        report.bytes,
    );
    log(&report, code.as_deref(), raw_seq, attempt, deliveries, total);
}

/// Decodes, fetches, extracts, tags and stores the outcome. Settles nothing.
async fn try_once(shared: &WorkerContext, delivery: &Delivery) -> AttemptReport {
    let started = Instant::now();
    let raw = decode(shared, delivery).await;
    let intake = started.elapsed();
    let host = raw.as_ref().ok().and_then(host_of);
    let identity = match &raw {
        Ok(raw) => raw.identity.clone(),
        Err(_) => intake::identify(delivery.message()),
    };
    if let Some(mut report) = redelivery::already_settled(shared, delivery, &identity).await {
        report.timings.intake = intake;
        report.timings.publish = started.elapsed() - intake;
        report.host = host;
        return report;
    }
    let (result, mut timings, bytes) = match raw {
        Ok(raw) => {
            let outcome = shared.pipeline.run(raw).await;
            (outcome.result, outcome.timings, outcome.bytes)
        }
        Err(failure) => (Err(failure), Timings::default(), 0),
    };
    timings.intake = intake;
    let started = Instant::now();
    let mut report = match result {
        Ok(story) => publish_story(shared, delivery, story, timings).await,
        Err(failure) => publish_failure(shared, delivery, identity, failure).await,
    };
    timings.publish = started.elapsed();
    report.timings = timings;
    report.host = host;
    report.bytes = bytes;
    report
}

/// The host that a raw article's page is on, where it names one.
fn host_of(raw: &RawArticle) -> Option<String> {
    let url = match &raw.origin {
        Origin::Link { url, .. } => Some(url),
        Origin::Inline { url, .. } => url.as_ref(),
    };
    url.map(|url| url.host().to_owned())
}

async fn decode(shared: &WorkerContext, delivery: &Delivery) -> Result<RawArticle, Failure> {
    let settings = &shared.config.intake;
    let deliveries = delivery.unsettled_deliveries();
    if deliveries >= settings.poison_deliveries {
        return Err(Failure::of(&intake::Error::Poison { deliveries }));
    }
    let message = intake::resolve_object(delivery.message().clone(), &shared.context, settings)
        .await
        .map_err(|error| Failure::of(&error))?;
    intake::decode(message, settings).map_err(|error| Failure::of(&error))
}

async fn publish_story(
    shared: &WorkerContext,
    delivery: &Delivery,
    mut story: Story,
    timings: Timings,
) -> AttemptReport {
    let identity = story.article.identity.clone();
    let claimed = duplicates::claim(shared, &mut story).await;
    if duplicates::is_dropped(shared, &story).await {
        return publish_failure(shared, delivery, identity, dropped_copy(&story)).await;
    }
    let now = OffsetDateTime::now_utc();
    let json = record::to_json(Format::Record, &story, delivery.provenance(), &timings, now);
    let subjects = shared.publisher.subjects();
    let subject = subjects.story(story.tags.language.code, story.tags.topic, identity.key());
    let incoming: Vec<_> = delivery.message().headers.iter().collect();
    let schema = record_schema_urn();
    let mut headers = outcome_headers(&Cause {
        identity: &identity,
        raw_seq: delivery.raw_seq(),
        provenance: delivery.provenance(),
        incoming: &incoming,
        worker: &shared.name,
        event_source: &shared.config.publish.event_source,
        event_type: "news-ingest.story.v1",
        data_schema: Some(&schema),
        content_type: Some("application/json"),
        failure: None,
        now,
    });
    let taken = routes::taken(shared, &story);
    if let Some(taken) = &taken {
        headers.insert(routes::HEADER, taken.as_str());
    }
    let body = Bytes::from(json);
    let outcome = Outcome { subject: subject.clone(), headers, body: body.clone(), ttl: None };
    let stored = store(shared, delivery, identity.key(), outcome).await;
    if claimed {
        duplicates::published_or_withdrawn(shared, identity.key(), &stored).await;
    }
    match stored {
        Ok(Stored::Now(_)) => {
            let routed = match taken {
                Some(taken) => routes::send(shared, delivery, &taken, &body).await,
                None => Ok(()),
            };
            routed_story(identity, subject, routed)
        }
        Ok(Stored::Before { sequence, subject }) => {
            redelivery::finish_stored(shared, delivery, identity, sequence, subject).await
        }
        Ok(Stored::Repeat { .. }) => report(identity, AttemptOutcome::Repeat, None, None),
        Err(error) => publish_failure(shared, delivery, identity, Failure::of(&error)).await,
    }
}

/// The end of a stored story, by what became of its routes.
pub(super) fn routed_story(
    identity: Identity,
    subject: String,
    routed: Result<(), publish::Error>,
) -> AttemptReport {
    match routed {
        Ok(()) => report(identity, AttemptOutcome::Story, None, Some(subject)),
        // The story is stored, its routes are not: the delivery comes again and finds both.
        Err(error) => {
            report(identity, AttemptOutcome::Lost, Some(Failure::of(&error)), Some(subject))
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
        message: format!("a copy of {of}, and publish.duplicates is \"skip\""),
    }
}

/// Stores an outcome. While the out stream takes nothing the story waits here, its lease kept and
/// nothing charged to it; with every slot waiting no more is pulled.
async fn store(
    shared: &WorkerContext,
    delivery: &Delivery,
    key: Key,
    outcome: Outcome,
) -> Result<Stored, publish::Error> {
    let mut closed = shared.closed.clone();
    let mut wait = Duration::from_millis(200);
    loop {
        let error = match shared
            .publisher
            .store(key, delivery.raw_seq(), delivery.replay_of(), outcome.clone())
            .await
        {
            Ok(stored) => {
                if shared.status.blocked(false) {
                    tracing::info!(event = "out_resumed", "the out stream takes outcomes again");
                }
                return Ok(stored);
            }
            Err(error) if error.is_back_pressure() && !*closed.borrow() => error,
            Err(error) => return Err(error),
        };
        if !shared.status.blocked(true) {
            tracing::warn!(
                event = "out_blocked",
                %error,
                "outcomes cannot be stored; stories wait, and no more are pulled than max_in_flight are free"
            );
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = closed.wait_for(|closed| *closed) => {}
        }
        wait = (wait * 2).min(Duration::from_secs(5));
    }
}

/// Stores a failure's outcome; what is to be tried again has none yet.
async fn publish_failure(
    shared: &WorkerContext,
    delivery: &Delivery,
    identity: Identity,
    failure: Failure,
) -> AttemptReport {
    let failure = give_up_when_spent(shared, delivery, failure).await;
    let subjects = shared.publisher.subjects();
    let (skipped_ttl, dlq_ttl) = shared.publisher.ttls();
    let (ended, subject, event_type, ttl) = match failure.disposition {
        Disposition::Retry { .. } => {
            let spent = u64::from(!back_pressure(&failure));
            return later(shared, delivery, identity, AttemptOutcome::Retry, failure, spent).await;
        }
        Disposition::Defer { .. } => {
            return later(shared, delivery, identity, AttemptOutcome::Deferred, failure, 0).await;
        }
        Disposition::Skip => (
            AttemptOutcome::Skipped,
            subjects.skipped(&failure, identity.key()),
            "news-ingest.skipped.v1",
            skipped_ttl,
        ),
        Disposition::Reject => (
            AttemptOutcome::Dlq,
            subjects.dlq(&failure, identity.key()),
            "news-ingest.dlq.v1",
            dlq_ttl,
        ),
    };
    let incoming: Vec<_> = delivery.message().headers.iter().collect();
    let (body, content_type) = match ended {
        // A dead letter's body is the message's own, untouched, so that it can be replayed.
        AttemptOutcome::Dlq => (delivery.message().body.clone(), None),
        _ => (skipped_body(&identity, &failure), Some("application/json")),
    };
    let headers = outcome_headers(&Cause {
        identity: &identity,
        raw_seq: delivery.raw_seq(),
        provenance: delivery.provenance(),
        incoming: &incoming,
        worker: &shared.name,
        event_source: &shared.config.publish.event_source,
        event_type,
        data_schema: None,
        content_type,
        failure: Some(&failure),
        now: OffsetDateTime::now_utc(),
    });
    let ttl = ttl.filter(|_| shared.message_ttl);
    let outcome = Outcome { subject: subject.clone(), headers, body, ttl };
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

/// Stores a dead letter: whole, or where that is too large for a message with its body as an object.
async fn store_letter(
    shared: &WorkerContext,
    delivery: &Delivery,
    key: Key,
    letter: Outcome,
) -> Result<Stored, publish::Error> {
    let whole = store(shared, delivery, key, letter.clone()).await;
    if !matches!(&whole, Err(error) if error.is_too_large()) || letter.body.is_empty() {
        return whole;
    }
    let reference = shared.letters.put(key, &letter.body).await?;
    let Outcome { subject, mut headers, ttl, .. } = letter;
    headers.insert(OBJECT, reference);
    store(shared, delivery, key, Outcome { subject, headers, body: Bytes::new(), ttl }).await
}

fn skipped_body(identity: &Identity, failure: &Failure) -> Bytes {
    let body = serde_json::json!({
        "id": identity.id().as_str(),
        "key": identity.key_str(),
        "skipped": {"stage": failure.stage.as_str(), "code": failure.code, "message": failure.message},
    });
    record::escape_line_separators(body.to_string()).into()
}

fn record_schema_urn() -> String {
    format!("urn:{}", record::SCHEMA.replace('/', ":"))
}

pub(super) fn report(
    identity: Identity,
    ended: AttemptOutcome,
    failure: Option<Failure>,
    subject: Option<String>,
) -> AttemptReport {
    let stored = match ended {
        AttemptOutcome::Story
        | AttemptOutcome::Skipped
        | AttemptOutcome::Dlq
        | AttemptOutcome::Repeat => true,
        AttemptOutcome::Retry | AttemptOutcome::Deferred | AttemptOutcome::Lost => false,
    };
    AttemptReport {
        identity,
        ended,
        stored,
        failure,
        spent: 0,
        timings: Timings::default(),
        bytes: 0,
        subject,
        host: None,
    }
}

fn log(
    report: &AttemptReport,
    code: Option<&str>,
    raw_seq: u64,
    attempt: u64,
    deliveries: u64,
    total: Duration,
) {
    let identity = &report.identity;
    let Timings { intake, fetch, queue, extract, tag, publish } = report.timings;
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                event = "story",
                outcome = report.ended.as_str(),
                code,
                id = identity.id().as_str(),
                key = identity.key_str(),
                raw_seq,
                attempt,
                deliveries,
                subject = report.subject,
                host = report.host,
                bytes = report.bytes,
                intake_ms = ms(intake),
                fetch_ms = ms(fetch),
                queue_ms = ms(queue),
                extract_ms = ms(extract),
                tag_ms = ms(tag),
                publish_ms = ms(publish),
                total_ms = ms(total),
                reason = report.failure.as_ref().map(|f| f.message.as_str()),
                "{} {}",
                report.ended.as_str(),
                identity.id()
            )
        };
    }
    match report.ended {
        AttemptOutcome::Story | AttemptOutcome::Skipped | AttemptOutcome::Deferred => line!(info),
        AttemptOutcome::Repeat => tracing::info!(
            event = "story",
            outcome = "repeat",
            code = "intake.repeat",
            id = identity.id().as_str(),
            key = identity.key_str(),
            raw_seq,
            attempt,
            total_ms = ms(total),
            "repeat {}",
            identity.id()
        ),
        AttemptOutcome::Dlq | AttemptOutcome::Retry | AttemptOutcome::Lost => line!(warn),
    }
}
