//! One delivery from the pull to the acknowledgement, and the line that tells of it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use async_nats::jetstream::Context;
use bytes::Bytes;
use time::OffsetDateTime;
use tokio::sync::Semaphore;

use super::backoff::Backoff;
use super::raw_streams::RawStreams;
use super::settle::{back_pressure, give_up_when_spent, later, load_history, place, settle};
use super::status::WorkerStatus;
use super::totals::{AttemptOutcome, Totals, ms};
use super::{duplicates, redelivery, routes};
use crate::config::Config;
use crate::disposition::{Disposition, Failure, Stage};
use crate::headers::{MORE_ORIGINALS, OBJECT};
use crate::intake::{self, Delivery, RawMessage};
use crate::model::{Identity, Key, Origin, RawArticle, Revision, Story, StoryId, Timings, WebUrl};
use crate::pipeline::Pipeline;
use crate::publish::{
    self, Cause, Letters, Outcome, Publisher, Stored, headers_json, outcome_headers, split_headers,
};
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
    /// Whether a stream is still the one that a delivery came from.
    pub(super) raw_streams: RawStreams,
    /// The bound on stories that are worked on, over both streams.
    pub(super) at_work: Arc<Semaphore>,
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
    /// Address of the story's page.
    url: Option<String>,
}

/// Works on a delivery until it is settled. Dropping the future means redelivery.
pub(super) async fn work(shared: Arc<WorkerContext>, mut delivery: Delivery) {
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
    let mut closed = shared.closed.clone();
    let at_work = tokio::select! {
        biased;
        at_work = Arc::clone(&shared.at_work).acquire_owned() => at_work.ok(),
        _ = closed.wait_for(|closed| *closed) => None,
    };
    let read = decode(shared, delivery).await;
    let intake = started.elapsed();
    let (identity, raw) = (read.identity, read.article);
    if at_work.is_none() {
        return report(identity, AttemptOutcome::Lost, None, None);
    }
    let page = raw.as_ref().ok().and_then(page_of);
    let host = page.map(|url| url.host().to_owned());
    let url = page.map(for_log);
    // A story that came in the message cannot be had again from its address.
    let page = match raw.as_ref().map(|raw| &raw.origin) {
        Ok(Origin::Link { url, .. }) => Some(url.as_str().to_owned()),
        Ok(Origin::Inline { .. }) | Err(_) => None,
    };
    if let Some(mut report) = redelivery::already_settled(shared, delivery, &identity).await {
        report.timings.intake = intake;
        report.timings.publish = started.elapsed() - intake;
        (report.host, report.url) = (host, url);
        return report;
    }
    let (result, mut timings, bytes) = match raw {
        Ok(raw) => run_in_time(shared, raw).await,
        Err(failure) => (Err(failure), Timings::default(), 0),
    };
    timings.intake = intake;
    let started = Instant::now();
    let mut report = match result {
        Ok(story) => publish_story(shared, delivery, story, timings).await,
        Err(failure) => publish_failure(shared, delivery, identity, page.as_deref(), failure).await,
    };
    timings.publish = started.elapsed();
    report.timings = timings;
    (report.host, report.url) = (host, url);
    report.bytes = bytes;
    report
}

/// The address of a raw article's page, where it names one.
fn page_of(raw: &RawArticle) -> Option<&WebUrl> {
    match &raw.origin {
        Origin::Link { url, .. } => Some(url),
        Origin::Inline { url, .. } => url.as_ref(),
    }
}

/// Longest address in a log line, in characters.
const MAX_LOGGED_URL: usize = 500;

/// An address as log lines have it: without user information, and cut where it is very long.
fn for_log(url: &WebUrl) -> String {
    let mut shown = url.as_url().clone();
    // Only addresses without a host refuse this.
    let _ = shown.set_username("").and_then(|()| shown.set_password(None));
    shown.as_str().chars().take(MAX_LOGGED_URL).collect()
}

/// Takes an article through the pipeline, for as long as a delivery may take.
async fn run_in_time(
    shared: &WorkerContext,
    raw: RawArticle,
) -> (Result<Story, Failure>, Timings, usize) {
    let limit = Duration::from_secs(shared.config.worker.story_timeout_secs);
    match tokio::time::timeout(limit, shared.pipeline.run(raw)).await {
        Ok(outcome) => (outcome.result, outcome.timings, outcome.bytes),
        Err(_) => {
            let failure = Failure {
                stage: Stage::Extract,
                code: "timeout",
                disposition: Disposition::Retry { after: None },
                message: format!("not done in worker.story_timeout_secs ({})", limit.as_secs()),
            };
            (Err(failure), Timings::default(), 0)
        }
    }
}

/// A message as far as it can be read.
struct Read {
    identity: Identity,
    article: Result<RawArticle, Failure>,
}

async fn decode(shared: &WorkerContext, delivery: &Delivery) -> Read {
    let settings = &shared.config.intake;
    let deliveries = delivery.unsettled_deliveries();
    let poison = deliveries >= settings.poison_deliveries;
    let names_object = delivery.message().headers.get(OBJECT).is_some();
    if names_object {
        let resolved = match poison {
            true => Err(intake::Error::Poison { deliveries }),
            false => {
                intake::resolve_object(delivery.message().clone(), &shared.context, settings).await
            }
        };
        return match resolved {
            Ok(message) => {
                let read = read_off_the_reactor(shared, message).await;
                note_identity(shared, delivery, &read.identity).await;
                read
            }
            Err(error) => Read {
                identity: noted_identity(shared, delivery).await,
                article: Err(Failure::of(&error)),
            },
        };
    }
    let read = read_off_the_reactor(shared, delivery.message().clone()).await;
    match poison {
        true => Read { article: Err(Failure::of(&intake::Error::Poison { deliveries })), ..read },
        false => read,
    }
}

/// Reads a message; a large body, or one that grows when it is read, on a thread of its own.
async fn read_off_the_reactor(shared: &WorkerContext, message: RawMessage) -> Read {
    /// Read within a fraction of a millisecond.
    const SMALL: usize = 32 << 10;
    let small = message.body.len() <= SMALL && message.headers.get("Content-Encoding").is_none();
    let settings = shared.config.intake.clone();
    let decoded = if small {
        intake::read(message, &settings)
    } else {
        let bare = RawMessage { headers: message.headers.clone(), ..RawMessage::default() };
        let reading = tokio::task::spawn_blocking(move || intake::read(message, &settings));
        match reading.await {
            Ok(decoded) => decoded,
            Err(error) => {
                tracing::error!(event = "panic", %error, "a message could not be read");
                return Read {
                    identity: intake::identify(&bare, &shared.config.intake),
                    article: Err(Failure {
                        stage: Stage::Extract,
                        code: "panic",
                        disposition: Disposition::Reject,
                        message: "reading the message failed".to_owned(),
                    }),
                };
            }
        }
    };
    Read { identity: decoded.identity, article: decoded.article.map_err(|e| Failure::of(&e)) }
}

/// Notes who a message is whose body is an object: when it comes again the object may be gone, and the
/// message's end must be found under the same key.
async fn note_identity(shared: &WorkerContext, delivery: &Delivery, identity: &Identity) {
    let revision = identity.revision().map(Revision::as_str);
    let noted = shared.returns.note_identity(place(delivery), identity.id().as_str(), revision);
    if let Err(error) = noted.await {
        tracing::debug!(%error, "who a message is is not noted");
    }
}

/// Who a message is whose object cannot be read: as noted, else by what it names itself.
async fn noted_identity(shared: &WorkerContext, delivery: &Delivery) -> Identity {
    if delivery.deliveries() > 1
        && let Ok(Some((id, revision))) = shared.returns.identity(place(delivery)).await
        && let Ok(id) = StoryId::new(&id)
    {
        return Identity::new(id, revision.and_then(|revision| Revision::new(&revision).ok()));
    }
    intake::identify(delivery.message(), &shared.config.intake)
}

async fn publish_story(
    shared: &WorkerContext,
    delivery: &Delivery,
    mut story: Story,
    timings: Timings,
) -> AttemptReport {
    let identity = story.article.identity.clone();
    let page = story.article.url.as_ref().map(|url| url.as_str().to_owned());
    let claimed = duplicates::claim(shared, &mut story).await;
    if duplicates::is_dropped(shared, &story).await {
        let failure = dropped_copy(&story);
        return publish_failure(shared, delivery, identity, page.as_deref(), failure).await;
    }
    let now = OffsetDateTime::now_utc();
    let json = record::to_json(Format::Record, &story, delivery.provenance(), &timings, now);
    let subjects = shared.publisher.subjects();
    let subject = subjects.story(story.tags.language.code, story.tags.topic, identity.key());
    let incoming: Vec<_> = delivery.message().headers.iter().collect();
    let schema = record_schema_urn();
    let mut headers = outcome_headers(&Cause {
        identity: &identity,
        place: delivery.place(),
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
    let mut waits = Backoff::new(Duration::from_millis(200), Duration::from_secs(5));
    loop {
        let error = match shared
            .publisher
            .store(key, delivery.place(), delivery.replay_of(), outcome.clone())
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
            () = tokio::time::sleep(waits.next()) => {}
            _ = closed.wait_for(|closed| *closed) => {}
        }
    }
}

/// Stores a failure's outcome; what is to be tried again has none yet.
async fn publish_failure(
    shared: &WorkerContext,
    delivery: &Delivery,
    identity: Identity,
    page: Option<&str>,
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
        worker: &shared.name,
        event_source: &shared.config.publish.event_source,
        event_type,
        data_schema: None,
        content_type,
        failure: Some(&failure),
        now: OffsetDateTime::now_utc(),
    });
    if !more.is_empty() {
        headers.insert(MORE_ORIGINALS, more_originals(shared, &identity, &more).await);
    }
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

/// Puts those headers of a message aside that its outcome has no room for; what the outcome says of
/// them. It is stored all the same where they cannot be put aside.
async fn more_originals(
    shared: &WorkerContext,
    identity: &Identity,
    more: &[(&str, &str)],
) -> String {
    let json = Bytes::from(headers_json(more));
    match shared.letters.put(identity.key(), &json).await {
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
        url: None,
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
                url = report.url,
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
