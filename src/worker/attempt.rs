//! One delivery from the pull to the acknowledgement: decoded, looked up, worked on, stored, settled, counted, logged
//! in one line.
//!
//! One task owns it all; dropping that task at any await means redelivery and loses nothing. The lease is extended
//! beside the work, and ends with it. Settles nothing itself: `settle` does, by the report.

use std::sync::Arc;
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::attempt_report::{AttemptReport, DeliveryFacts, log};
use super::context::WorkerContext;
use super::deferrals::Deferrals;
use super::outcome::{publish_failure, publish_story};
use super::read_message::{DecodedMessage, decode};
use super::redelivery;
use super::retry_policy::is_given_up;
use super::settle::{leave_to_the_first, load_history, settle};
use crate::disposition::{Disposition, Failure, Stage};
use crate::intake::Delivery;
use crate::log::traces;
use crate::model::{Content, Origin, RawArticle, Timings, WebUrl};
use crate::pipeline::Outcome;
use crate::state::Clock;

/// Works on a delivery until it is settled. Dropping the future means redelivery.
pub(super) async fn work(worker: Arc<WorkerContext>, mut delivery: Delivery) {
    let span = traces::span(|| {
        tracing::info_span!(
            "delivery",
            otel.kind = "consumer",
            stream = delivery.stream(),
            raw_seq = delivery.raw_seq(),
            deliveries = delivery.deliveries(),
            id = Empty,
            key = Empty,
            outcome = Empty,
            code = Empty,
        )
    });
    let header = |name| delivery.message().headers.get(name);
    traces::continue_from(&span, header("traceparent"), header("tracestate"));
    if let Some(own) = traces::traceparent(&span) {
        delivery.set_header("traceparent", own);
    }
    work_in_span(worker, delivery).instrument(span).await;
}

async fn work_in_span(worker: Arc<WorkerContext>, mut delivery: Delivery) {
    let started = Instant::now();
    let Some(_taken) = worker.gate.in_hand.take(&delivery) else {
        return leave_to_the_first(&worker.broker.nak_ledger, delivery).await;
    };
    let (raw_seq, deliveries) = (delivery.raw_seq(), delivery.deliveries());
    let _in_hand = worker.reporting.status.in_hand(raw_seq);
    let poison_deliveries = worker.settings.intake.poison_deliveries;
    load_history(&worker.broker.nak_ledger, poison_deliveries, &mut delivery).await;
    let attempt = delivery.attempts_before() + 1;
    let report = tokio::select! {
        report = try_once(&worker, &delivery) => report,
        never = delivery.keep_alive() => match never {},
    };
    let since = delivery.arrived();
    if report.is_unrouted() && *worker.gate.closed.borrow() {
        worker.reporting.status.unrouted(raw_seq);
    }
    let mut report = settle(&worker.broker, &worker.settings.worker, delivery, report).await;
    report.age_ms = age_ms(&worker.broker.clock, since).await;
    let facts = DeliveryFacts { raw_seq, attempt, deliveries, total: started.elapsed() };
    let span = Span::current();
    span.record("id", report.identity.id().as_str()).record("key", report.identity.key_str());
    span.record("outcome", report.outcome.as_str()).record("code", report.code());
    let reporting = &worker.reporting;
    reporting.totals.count(&report, facts);
    reporting.status.count(&report, facts);
    reporting.slow_hosts.note(&report);
    if Deferrals::sum_up(&report) {
        reporting.deferrals.count(&report);
    } else {
        log(&report, facts);
    }
}

/// How long ago a message arrived, by the broker's clock; `None` where that is not known.
async fn age_ms(clock: &Clock, since: OffsetDateTime) -> Option<u64> {
    let now = clock.now().await.ok()?;
    let since = u64::try_from(since.unix_timestamp_nanos() / 1_000_000).ok()?;
    Some(now.as_millis().saturating_sub(since))
}

/// Decodes, fetches, extracts, tags and stores the outcome. Settles nothing.
async fn try_once(worker: &WorkerContext, delivery: &Delivery) -> AttemptReport {
    let started = Instant::now();
    let mut closed = worker.gate.closed.clone();
    let at_work = tokio::select! {
        biased;
        at_work = Arc::clone(&worker.gate.at_work).acquire_owned() => at_work.ok(),
        _ = closed.wait_for(|closed| *closed) => None,
    };
    let reading = traces::span(|| tracing::info_span!("intake"));
    let decoded = decode(worker, delivery).instrument(reading).await;
    let intake = started.elapsed();
    if at_work.is_none() {
        return AttemptReport::lost(decoded.identity);
    }
    let page = decoded.page.as_ref();
    let (host, url) = (page.map(|url| url.host().to_owned()), page.map(for_log));
    let settled = redelivery::already_settled(worker, delivery, &decoded.identity).await;
    let mut report = match settled {
        Some(mut report) => {
            report.timings.publish = started.elapsed().saturating_sub(intake);
            report
        }
        None => run_and_publish(worker, delivery, decoded, intake).await,
    };
    report.timings.intake = intake;
    (report.host, report.url) = (host, url);
    report
}

/// Takes a decoded message through the pipeline and stores the outcome.
async fn run_and_publish(
    worker: &WorkerContext,
    delivery: &Delivery,
    DecodedMessage { identity, article, .. }: DecodedMessage,
    intake: Duration,
) -> AttemptReport {
    // A story that came in the message cannot be had again from its address.
    let page = match article.as_ref().map(|raw| &raw.origin) {
        Ok(Origin::Link { url, .. }) => Some(url.as_str().to_owned()),
        Ok(Origin::Inline { .. }) | Err(_) => None,
    };
    let (result, mut timings, bytes) = match article {
        Ok(raw) => {
            let settings = &worker.settings.worker;
            let limit = Duration::from_secs(settings.story_timeout_secs);
            let own_text = own_text(&raw);
            let mut outcome = worker.pipeline.run_within(raw, limit).await;
            if page.is_some() {
                let longest = Duration::from_secs(settings.retry_max_secs);
                let (state, status) = (&worker.broker.shared_state, &worker.reporting.status);
                state.note(status, longest, &mut outcome.result);
            }
            let is_given_up = match (&outcome.result, &own_text) {
                (Err(failure), Some(_)) => is_page_given_up(worker, delivery, failure).await,
                _ => false,
            };
            if let Some(own_text) = own_text.filter(|_| is_given_up) {
                let told = worker.pipeline.run_within(own_text, limit).await;
                if told.result.is_ok() {
                    let Timings { fetch, turn, .. } = outcome.timings;
                    outcome = Outcome { timings: Timings { fetch, turn, ..told.timings }, ..told };
                }
            }
            (outcome.result, outcome.timings, outcome.bytes)
        }
        Err(failure) => (Err(failure), Timings::default(), 0),
    };
    timings.intake = intake;
    let started = Instant::now();
    let publishing = async {
        match result {
            Ok(story) => publish_story(worker, delivery, story, timings).await,
            Err(failure) => {
                publish_failure(worker, delivery, identity, page.as_deref(), failure).await
            }
        }
    };
    let mut report = publishing.instrument(traces::span(|| tracing::info_span!("publish"))).await;
    timings.publish = started.elapsed();
    report.timings = timings;
    report.bytes = bytes;
    if report.failure.is_some() {
        report.raw_subject.clone_from(&delivery.provenance().subject);
    }
    report
}

/// A message's own text of the story, for a page that is given up.
fn own_text(raw: &RawArticle) -> Option<RawArticle> {
    let Origin::Link { url, fallback: Some(html), .. } = &raw.origin else { return None };
    let (url, content) = (Some(url.clone()), Content::Html(html.clone()));
    let origin = Origin::Inline { url, content };
    Some(RawArticle { identity: raw.identity.clone(), origin, hints: raw.hints.clone() })
}

/// Whether a page that might still be had is not asked for again.
async fn is_page_given_up(worker: &WorkerContext, delivery: &Delivery, failure: &Failure) -> bool {
    let may_pass =
        matches!(failure.disposition, Disposition::Retry { .. } | Disposition::Defer { .. });
    failure.stage == Stage::Fetch
        && may_pass
        && is_given_up(&worker.settings.worker, &worker.broker, delivery, failure).await
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_logged_without_users_and_cut() {
        let shown = |text: &str| for_log(&WebUrl::parse(text).unwrap());
        assert_eq!(shown("https://desk:secret@ex.com/a?b=1"), "https://ex.com/a?b=1");
        let long = format!("https://ex.com/{}", "a".repeat(600));
        assert_eq!(shown(&long), long[..MAX_LOGGED_URL]);
    }
}
