//! Findings about a group's consumer on a stream: whether it can be pulled from, gives whole messages, redelivers, and
//! allows as many as the workers hold.
//!
//! Every finding names the change that mends it. Nothing is changed here.

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, Config as ConsumerConfig, ReplayPolicy};

use super::{DoctorSettings, Findings, Level, topology};
use crate::broker::topology::Settings;

/// Judges the group's consumer on a stream.
pub(super) async fn examine(
    context: &Context,
    settings: &Settings,
    stream: &str,
    expected: &DoctorSettings,
    findings: &mut Findings,
) -> Result<(), topology::Error> {
    let info = match topology::consumer_info(context, settings, stream).await {
        Ok(info) => info,
        Err(error @ topology::Error::NoConsumer { .. }) => {
            let change = "run `news-ingest provision`".to_owned();
            findings.add(Level::Error, format!("{error}: nothing is pulled"), change);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let name = format!("consumer {} on {stream}", settings.group);
    // Retry streams hold schedules too, which their consumer passes over.
    let retry = settings.current().find(|part| settings.retry_name(*part) == stream);
    let due = retry.map(|part| settings.due_subjects(part));
    delivers_to_workers(&name, &info.config, due.as_deref(), findings);
    stays(&name, &info.config, findings);
    redelivers_as_expected(&name, &info.config, expected, findings);
    gives_enough(&name, &info.config, settings, expected, findings);
    if info.paused {
        findings.add(
            Level::Error,
            format!("{name} is paused: nothing is delivered"),
            format!("resume it: `nats consumer resume {stream} {}`", settings.group),
        );
    }
    let budget = usize::try_from(info.config.max_ack_pending).ok().filter(|budget| *budget > 0);
    if budget.is_some_and(|budget| info.num_ack_pending >= budget) {
        findings.add(
            Level::Warning,
            format!("{name} has used up max_ack_pending ({}): nothing more is delivered until something is acknowledged", info.num_ack_pending),
            "raise streams.max_ack_pending and run `news-ingest provision`".to_owned(),
        );
    }
    Ok(())
}

/// Whether workers can pull all of the stream's messages, whole, and settle them one by one: those of the subjects `due`, where
/// that is not all.
fn delivers_to_workers(
    name: &str,
    config: &ConsumerConfig,
    due: Option<&str>,
    findings: &mut Findings,
) {
    if config.deliver_subject.is_some() {
        findings.add(
            Level::Error,
            format!("{name} is a push consumer: workers cannot pull from it"),
            "delete it and run `news-ingest provision`".to_owned(),
        );
    }
    if config.ack_policy != AckPolicy::Explicit {
        findings.add(
            Level::Error,
            format!("{name} does not ask for explicit acknowledgements: stories in hand are lost with a worker"),
            "delete it and run `news-ingest provision`".to_owned(),
        );
    }
    if config.headers_only {
        findings.add(
            Level::Error,
            format!("{name} is set to headers_only: workers refuse to pull messages without their bodies"),
            "set headers_only to false".to_owned(),
        );
    }
    let filters: Vec<&str> = std::iter::once(&config.filter_subject)
        .chain(&config.filter_subjects)
        .map(String::as_str)
        .filter(|filter| !filter.is_empty())
        .collect();
    match due {
        None if filters.is_empty() => {}
        None => findings.add(
            Level::Error,
            format!(
                "{name} delivers {} only: messages of other subjects wait for ever",
                filters.join(", ")
            ),
            "take its filter off".to_owned(),
        ),
        Some(due) if filters == [due] => {}
        Some(due) => findings.add(
            Level::Error,
            format!(
                "{name} delivers {}, and not {due}: stories to be tried again wait for ever, or come at once",
                if filters.is_empty() { "all subjects".to_owned() } else { filters.join(", ") }
            ),
            "run `news-ingest provision`".to_owned(),
        ),
    }
    if !config.priority_groups.is_empty() {
        findings.add(
            Level::Error,
            format!(
                "{name} has priority_groups ({}): a worker names none, and can pull nothing",
                config.priority_groups.join(", ")
            ),
            "delete it and run `news-ingest provision`".to_owned(),
        );
    }
}

/// Whether the consumer is there when no worker is, and gives what waits as fast as it is asked for.
fn stays(name: &str, config: &ConsumerConfig, findings: &mut Findings) {
    if !config.inactive_threshold.is_zero() {
        findings.add(
            Level::Error,
            format!(
                "{name} has inactive_threshold {:?}: the broker deletes it when no worker pulls for so long, and workers do not start then",
                config.inactive_threshold
            ),
            "set inactive_threshold to 0 (`news-ingest provision` does)".to_owned(),
        );
    }
    if config.replay_policy != ReplayPolicy::Instant {
        findings.add(
            Level::Warning,
            format!("{name} has replay_policy original: what waits is delivered no faster than it once arrived"),
            "delete it and run `news-ingest provision`".to_owned(),
        );
    }
}

/// Whether a message comes again when a worker dies, as often as it takes, and not while one works on it.
fn redelivers_as_expected(
    name: &str,
    config: &ConsumerConfig,
    expected: &DoctorSettings,
    findings: &mut Findings,
) {
    if config.max_deliver > 0 {
        findings.add(
            Level::Error,
            format!(
                "{name} has max_deliver {}: a message delivered so often stays in the stream unseen",
                config.max_deliver
            ),
            "set max_deliver to -1 (`news-ingest provision` does); workers dead-letter by \
             intake.poison_deliveries"
                .to_owned(),
        );
    }
    if !config.backoff.is_empty() {
        findings.add(
            Level::Warning,
            format!("{name} has a backoff, which replaces its ack_wait"),
            "take it off; workers give explicit delays".to_owned(),
        );
    }
    let sign = config.ack_wait / 3;
    if sign < expected.request_timeout {
        findings.add(
            Level::Warning,
            format!(
                "{name} has an ack_wait of {:?}: a sign of life is sent every {sign:?}, less than \
                 nats.request_timeout_secs ({:?}), so one slow answer may give a story to a second worker",
                config.ack_wait, expected.request_timeout
            ),
            "raise intake.ack_wait_secs above three times nats.request_timeout_secs and run \
             `news-ingest provision`"
                .to_owned(),
        );
    }
    if config.ack_wait != expected.ack_wait {
        findings.add(
            Level::Warning,
            format!(
                "{name} has an ack_wait of {:?}, intake.ack_wait_secs is {:?}: the consumer's counts",
                config.ack_wait, expected.ack_wait
            ),
            "run `news-ingest provision`, or set intake.ack_wait_secs".to_owned(),
        );
    }
}

/// Whether the consumer gives out as many messages at once as the workers may hold.
fn gives_enough(
    name: &str,
    config: &ConsumerConfig,
    settings: &Settings,
    expected: &DoctorSettings,
    findings: &mut Findings,
) {
    let max_in_flight = i64::try_from(expected.max_in_flight).unwrap_or(i64::MAX);
    if (1..max_in_flight).contains(&config.max_ack_pending) {
        findings.add(
            Level::Warning,
            format!(
                "{name} has max_ack_pending {}, this worker alone works on {max_in_flight} (intake.max_in_flight): it will never have that many",
                config.max_ack_pending
            ),
            "set streams.max_ack_pending to workers x intake.max_in_flight or more and run `news-ingest provision`"
                .to_owned(),
        );
    } else if config.max_ack_pending > 0 && config.max_ack_pending < settings.max_ack_pending {
        findings.add(
            Level::Warning,
            format!(
                "{name} has max_ack_pending {}, streams.max_ack_pending is {}: enough for {} worker(s) like this",
                config.max_ack_pending,
                settings.max_ack_pending,
                config.max_ack_pending / max_in_flight.max(1)
            ),
            "run `news-ingest provision`".to_owned(),
        );
    }
}
