//! The doctor: what at the broker would lose stories, stop the worker, or cost more than it must.
//!
//! It reads and changes nothing, with the worker's own permissions, so that it can be an exec probe.
//! What it cannot see (the server's sync interval, other workers' `max_in_flight`) it says so.

mod consumer;
mod findings;
mod server;
mod streams;

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::{Info, RetentionPolicy};
use time::OffsetDateTime;

use super::topology::partitions::Partition;
use super::topology::{self, Settings};
use findings::Findings;
pub use findings::{Finding, Level};
use server::{clock, guard, server};
use streams::{
    claims, confirms, discard, full, kept, out, raw, readable, retry, room, room_for_outcomes,
    transformed,
};

/// What the worker expects of the broker, beside [`Settings`].
#[derive(Clone, Debug)]
pub struct DoctorSettings {
    /// `intake.ack_wait_secs`.
    pub ack_wait: Duration,
    /// `intake.max_in_flight`.
    pub max_in_flight: usize,
    /// `nats.request_timeout_secs`.
    pub request_timeout: Duration,
    /// `publish.story_ttl_hours`; `None` where stories are kept as long as the stream keeps anything.
    pub story_ttl: Option<Duration>,
    /// Names of the key-value buckets.
    pub buckets: Vec<String>,
    /// Subjects of the routes, with `*` for what a story decides.
    pub routes: Vec<String>,
}

/// Looks at everything that a worker needs; the worst first.
///
/// # Errors
/// When the broker does not answer.
pub async fn examine(
    context: &Context,
    settings: &Settings,
    expected: &DoctorSettings,
) -> Result<Vec<Finding>, topology::Error> {
    let mut findings = Findings::default();
    server(context, &mut findings);
    streams_in_force(context, settings, expected, &mut findings).await?;
    earlier_streams(context, settings, &mut findings).await?;
    shared_stores(context, settings, &expected.buckets, &mut findings).await?;
    for subject in &expected.routes {
        route(context, subject, &mut findings).await?;
    }
    findings.sync();
    findings.tell_replicas();
    let mut findings = findings.all;
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    Ok(findings)
}

/// Raw, out, guard and retry streams with their consumers.
async fn streams_in_force(
    context: &Context,
    settings: &Settings,
    expected: &DoctorSettings,
    findings: &mut Findings,
) -> Result<(), topology::Error> {
    for (name, role) in in_force(settings) {
        let name = &name;
        let Some(info) = stream(context, name).await? else {
            if role.is_retry() && !topology::has_schedules(context) {
                continue;
            }
            findings.missing_stream(name, role);
            continue;
        };
        if *name == settings.raw_stream {
            clock(context, name, findings).await?;
        }
        findings.replicas(name, &info.config);
        if role != Role::Guard {
            confirms(&info.config, findings);
        }
        match role {
            Role::Raw => raw(context, &info.config, findings),
            Role::Out(part) => {
                guard(&info, findings);
                kept(&info.config, findings);
                room_for_outcomes(settings, &info.config, findings);
                out(context, &settings.out_taken(part), &info.config, findings);
                transformed(&info.config, settings.out_transform(part).as_ref(), findings);
                discard(settings, &info.config, findings);
                full(name, &info, findings);
                room(&info, expected.story_ttl, OffsetDateTime::now_utc(), findings);
            }
            Role::Retry => {
                kept(&info.config, findings);
                retry(&info.config, findings);
            }
            Role::Guard => {
                kept(&info.config, findings);
                claims(settings, &info, OffsetDateTime::now_utc(), findings);
                readable(context, name, findings).await;
            }
        }
        if matches!(role, Role::Raw | Role::Retry) {
            consumer::examine(context, settings, name, expected, findings).await?;
        }
    }
    Ok(())
}

/// Out streams of an earlier number of partitions, which must be closed.
async fn earlier_streams(
    context: &Context,
    settings: &Settings,
    findings: &mut Findings,
) -> Result<(), topology::Error> {
    for part in settings.earlier() {
        let name = settings.out_name(part);
        if let Some(info) = stream(context, &name).await?
            && info.config.subjects != [settings.closed_subjects(part)]
        {
            findings.add(
                Level::Error,
                format!("stream {name} still accepts outcomes: a story could be stored both there and in a current stream"),
                "run `news-ingest provision`".to_owned(),
            );
        }
    }
    Ok(())
}

/// Buckets, the log of seen stories, and the object store for bodies of dead letters.
async fn shared_stores(
    context: &Context,
    settings: &Settings,
    buckets: &[String],
    findings: &mut Findings,
) -> Result<(), topology::Error> {
    for bucket in buckets {
        match stream(context, &format!("KV_{bucket}")).await? {
            Some(info) => confirms(&info.config, findings),
            None => findings.add(
                Level::Error,
                format!("bucket {bucket} does not exist, workers cannot start"),
                "run `news-ingest provision`".to_owned(),
            ),
        }
    }
    match stream(context, &settings.seen_stream).await? {
        Some(info) => findings.replicas(&info.config.name, &info.config),
        None => findings.add(
            Level::Warning,
            format!(
                "stream {} does not exist: copies of stories are not marked",
                settings.seen_stream
            ),
            "run `news-ingest provision`".to_owned(),
        ),
    }
    match stream(context, &settings.bodies_stream()).await? {
        Some(info) => {
            confirms(&info.config, findings);
            findings.replicas(&info.config.name, &info.config);
        }
        None => findings.add(
            Level::Warning,
            format!(
                "object store {} does not exist: a dead letter too large for a message stays in the raw stream",
                settings.dlq_bucket
            ),
            "run `news-ingest provision`".to_owned(),
        ),
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Raw,
    Out(Partition),
    Retry,
    Guard,
}

impl Role {
    fn is_retry(self) -> bool {
        self == Self::Retry
    }
}

/// Every raw, out, guard and retry stream that workers need.
fn in_force(settings: &Settings) -> Vec<(String, Role)> {
    let raw = settings.raw_streams().into_iter().map(|name| (name, Role::Raw));
    let out = settings.current().map(|part| (settings.out_name(part), Role::Out(part)));
    let retry = settings.retry_streams().into_iter().map(|name| (name, Role::Retry));
    let guard = settings.guard_stream().map(|name| (name, Role::Guard));
    raw.chain(out).chain(guard).chain(retry).collect()
}

/// A stream's state and configuration; `None` where it does not exist.
async fn stream(context: &Context, name: &str) -> Result<Option<Info>, topology::Error> {
    match topology::bind_stream(context, name).await {
        Ok(stream) => Ok(Some(stream.cached_info().clone())),
        Err(topology::Error::NoStream(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The stream that a route's messages go to.
async fn route(
    context: &Context,
    subject: &str,
    findings: &mut Findings,
) -> Result<(), topology::Error> {
    // A worker need not have the right to ask; that is no fault of the route's.
    let Ok(found) = topology::stream_of(context, subject).await else { return Ok(()) };
    let Some(name) = found else {
        findings.add(
            Level::Error,
            format!(
                "no stream takes the route to {subject}: its stories wait, and the worker with them"
            ),
            format!("create a stream with the subject {subject}, or take the route out"),
        );
        return Ok(());
    };
    let Some(info) = stream(context, &name).await? else { return Ok(()) };
    full(&name, &info, findings);
    if info.config.retention != RetentionPolicy::Limits {
        findings.add(
            Level::Advice,
            format!(
                "stream {name} of the route to {subject} forgets what was read: a worker that dies between \
                 the publication and the note of it sends it again after the duplicate window ({:?})",
                info.config.duplicate_window
            ),
            format!("raise duplicate_window of {name} above the ack wait of the workers"),
        );
    }
    Ok(())
}
