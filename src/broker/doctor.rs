//! The doctor: what at the broker would lose stories, stop the worker, or cost more than it must.
//!
//! It reads and changes nothing, with the worker's own permissions, so that it can be an exec probe.
//! What it cannot see (the server's sync interval, other workers' max_in_flight) it says so.

mod consumer;

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, RetentionPolicy, StorageType};
use serde::Deserialize;
use time::OffsetDateTime;

use super::sizing;
use super::topology::partitions::Partition;
use super::topology::{self, HEADER_ROOM, Settings};

/// Clocks that differ by less are called equal: an answer of the server takes its time.
const SKEW: Duration = Duration::from_secs(2);

/// Shares of the out stream's bytes at which it is told how long it lasts.
const HALF_FULL: f64 = 0.5;
const ALMOST_FULL: f64 = 0.8;
/// A stream that is full sooner is told of however empty it is.
const SOON: Duration = Duration::from_secs(3 * 24 * 3600);

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Good to know.
    Advice,
    /// It works, at a cost.
    Warning,
    /// Stories are lost or doubled, or the worker cannot work.
    Error,
}

impl Level {
    /// The word before a finding.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// What is found, where, and what follows from it.
    pub what: String,
    /// What to change.
    pub change: String,
}

/// What the worker expects of the broker, beside [`Settings`].
#[derive(Clone, Debug)]
pub struct DoctorSettings {
    /// `intake.ack_wait_secs`.
    pub ack_wait: Duration,
    /// `intake.max_in_flight`.
    pub max_in_flight: usize,
    /// `nats.request_timeout_secs`.
    pub request_timeout: Duration,
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
    terms: &DoctorSettings,
) -> Result<Vec<Finding>, topology::Error> {
    let mut findings = Findings::default();
    server(context, &mut findings);
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
            clock(context, name, &mut findings).await?;
        }
        findings.replicas(name, &info.config);
        match role {
            Role::Raw => raw(context, &info.config, &mut findings),
            Role::Out(part) => {
                guard(&info, &mut findings);
                kept(&info.config, &mut findings);
                room_for_outcomes(settings, &info.config, &mut findings);
                out(context, &settings.out_taken(part), &info.config, &mut findings);
                full(name, &info, &mut findings);
                room(&info, OffsetDateTime::now_utc(), &mut findings);
            }
            Role::Retry => {
                kept(&info.config, &mut findings);
                retry(&info.config, &mut findings);
            }
        }
        if !matches!(role, Role::Out(_)) {
            consumer::examine(context, settings, name, terms, &mut findings).await?;
        }
    }
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
    for bucket in &terms.buckets {
        if stream(context, &format!("KV_{bucket}")).await?.is_none() {
            findings.add(
                Level::Error,
                format!("bucket {bucket} does not exist, workers cannot start"),
                "run `news-ingest provision`".to_owned(),
            );
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
        Some(info) => findings.replicas(&info.config.name, &info.config),
        None => findings.add(
            Level::Warning,
            format!(
                "object store {} does not exist: a dead letter too large for a message stays in the raw stream",
                settings.dlq_bucket
            ),
            "run `news-ingest provision`".to_owned(),
        ),
    }
    for subject in &terms.routes {
        route(context, subject, &mut findings).await?;
    }
    findings.sync();
    findings.tell_replicas();
    let mut findings = findings.all;
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    Ok(findings)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Raw,
    Out(Partition),
    Retry,
}

impl Role {
    fn is_retry(self) -> bool {
        self == Self::Retry
    }
}

/// Every raw, out and retry stream that workers need.
fn in_force(settings: &Settings) -> Vec<(String, Role)> {
    let raw = settings.raw_streams().into_iter().map(|name| (name, Role::Raw));
    let out = settings.current().map(|part| (settings.out_name(part), Role::Out(part)));
    let retry = settings.retry_streams().into_iter().map(|name| (name, Role::Retry));
    raw.chain(out).chain(retry).collect()
}

#[derive(Default)]
struct Findings {
    all: Vec<Finding>,
    /// Streams of fewer than three replicas, by how many they have.
    few_replicas: BTreeMap<usize, Vec<String>>,
}

impl Findings {
    fn add(&mut self, level: Level, what: String, change: String) {
        self.all.push(Finding { level, what, change });
    }

    fn missing_stream(&mut self, name: &str, role: Role) {
        let (level, follows) = match role {
            Role::Raw | Role::Out(_) => (Level::Error, "workers cannot start"),
            Role::Retry => (
                Level::Warning,
                "retries are handed back with a delay and hold the consumer's ack budget",
            ),
        };
        self.add(
            level,
            format!("stream {name} does not exist: {follows}"),
            "run `news-ingest provision`".to_owned(),
        );
    }

    fn replicas(&mut self, name: &str, config: &Config) {
        if config.num_replicas < 3 {
            self.few_replicas.entry(config.num_replicas).or_default().push(name.to_owned());
        }
    }

    /// One finding for all streams of as many replicas.
    fn tell_replicas(&mut self) {
        for (replicas, names) in std::mem::take(&mut self.few_replicas) {
            let (streams, have) =
                if names.len() == 1 { ("stream", "has") } else { ("streams", "have") };
            self.add(
                Level::Warning,
                format!(
                    "{streams} {} {have} replicas = {replicas}: unavailable while their server is down, and lost with its disk",
                    names.join(", "),
                ),
                "run `news-ingest provision --replicas 3` on a cluster of three servers in three zones"
                    .to_owned(),
            );
        }
    }

    /// The server does not tell its sync interval to clients.
    fn sync(&mut self) {
        self.add(
            Level::Advice,
            "servers acknowledge first and sync to disk every two minutes by default: a power failure of \
             all replicas at once loses acknowledged writes; clients are not told what is set"
                .to_owned(),
            "spread replicas over zones, or set `sync_interval: always` in the server's jetstream block \
             (`nats.embedded.sync_always`)"
                .to_owned(),
        );
    }
}

/// A stream's state and configuration; `None` where it does not exist.
async fn stream(context: &Context, name: &str) -> Result<Option<Info>, topology::Error> {
    match topology::bind_stream(context, name).await {
        Ok(stream) => Ok(Some(stream.cached_info().clone())),
        Err(topology::Error::NoStream(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

fn server(context: &Context, findings: &mut Findings) {
    let version = context.client().server_info().version;
    let client = context.client();
    let update = || "update nats-server".to_owned();
    if !client.is_server_compatible(2, 10, 0) {
        let what = format!("the server is {version}, at least 2.10 is needed");
        findings.add(Level::Error, what, update());
        return;
    }
    if !topology::has_message_ttl(context) {
        let what = format!(
            "the server is {version}: skipped messages and dead letters stay as long as stories, 2.11 lets them expire"
        );
        findings.add(Level::Warning, what, update());
    }
    if !topology::has_schedules(context) {
        let what = format!(
            "the server is {version}: retries are handed back with a delay and hold the consumer's ack budget, 2.12 schedules them"
        );
        findings.add(Level::Warning, what, update());
    }
}

/// Whether the stream's server keeps a second outcome of a story out by itself.
fn guard(info: &Info, findings: &mut Findings) {
    if topology::has_filter_guard(info) {
        return;
    }
    findings.add(
        Level::Warning,
        format!(
            "the server of stream {} lacks the guard over a subject filter that 2.11 has; instead a lookup in the \
             stream and, within its duplicate window, a message id keep a story from being published twice",
            info.config.name
        ),
        "update nats-server".to_owned(),
    );
}

/// The broker's clock against this machine's. Turns, retries and ages go by the broker's alone.
async fn clock(
    context: &Context,
    stream: &str,
    findings: &mut Findings,
) -> Result<(), topology::Error> {
    /// The server stamps every answer; the client's own type leaves it out.
    #[derive(Deserialize)]
    struct Stamped {
        #[serde(default, with = "time::serde::rfc3339::option")]
        ts: Option<OffsetDateTime>,
    }
    let before = OffsetDateTime::now_utc();
    let asked = context.request(format!("STREAM.INFO.{stream}"), &serde_json::json!({})).await;
    let after = OffsetDateTime::now_utc();
    let Stamped { ts } = asked.map_err(|error| topology::Error::Broker {
        what: format!("stream {stream}"),
        reason: error.to_string(),
    })?;
    let Some(theirs) = ts else { return Ok(()) };
    if let Some(what) = skew(before, theirs, after) {
        findings.add(Level::Warning, what, "keep both on NTP".to_owned());
    }
    Ok(())
}

/// What is to be said of a server's time that was read between two times of ours.
fn skew(before: OffsetDateTime, theirs: OffsetDateTime, after: OffsetDateTime) -> Option<String> {
    let (skew, direction) = match (theirs - after, before - theirs) {
        (ahead, behind) if ahead > behind => (ahead, "ahead of"),
        (_, behind) => (behind, "behind"),
    };
    (skew > SKEW).then(|| {
        format!(
            "the server's clock is {:.0} s {direction} this machine's: times in records and logs are off by as much",
            skew.as_seconds_f64()
        )
    })
}

fn raw(context: &Context, config: &Config, findings: &mut Findings) {
    let name = &config.name;
    kept(config, findings);
    if config.retention != RetentionPolicy::WorkQueue {
        findings.add(
            Level::Warning,
            format!(
                "stream {name} is no work queue: finished messages stay until a limit removes them"
            ),
            format!(
                "make {name} a work queue (retention is fixed at creation), or give it a limit"
            ),
        );
    }
    let work_queue = config.retention == RetentionPolicy::WorkQueue;
    if work_queue && !config.max_age.is_zero() {
        findings.add(
            Level::Error,
            format!("stream {name} drops messages after {:?}, unread ones too", config.max_age),
            format!("set max_age of {name} to 0"),
        );
    }
    if is_bounded(config) && config.discard == DiscardPolicy::Old {
        findings.add(
            Level::Error,
            format!("stream {name} discards old messages when it is full: unread ones are lost"),
            format!("set discard of {name} to new, so that producers wait"),
        );
    } else if !is_bounded(config) {
        findings.add(
            Level::Warning,
            format!(
                "stream {name} has no bound: producers feel no back-pressure until the disk is full"
            ),
            format!("set max_bytes of {name} and discard new"),
        );
    }
    let payload = context.client().server_info().max_payload;
    let most = payload.saturating_sub(HEADER_ROOM);
    let allowed = usize::try_from(config.max_message_size).ok().filter(|size| *size > 0);
    if allowed.is_none_or(|size| size > most) {
        let allowed = allowed.map_or("no limit".to_owned(), |size| format!("{size}"));
        findings.add(
            Level::Warning,
            format!(
                "stream {name} accepts messages up to max_msg_size ({allowed}), the server up to {payload} bytes: \
                 a message near that is handed back rather than scheduled for a retry, which needs more \
                 headers, and a dead letter of it has its body in an object store"
            ),
            format!("set max_msg_size of {name} to {most} (`news-ingest provision` does)"),
        );
    }
}

fn out(context: &Context, taken: &[String], config: &Config, findings: &mut Findings) {
    let name = &config.name;
    let missing: Vec<&str> = taken
        .iter()
        .filter(|subject| !config.subjects.contains(subject))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() {
        findings.add(
            Level::Error,
            format!(
                "stream {name} lacks the subjects {}: outcomes cannot be stored",
                missing.join(", ")
            ),
            "run `news-ingest provision`".to_owned(),
        );
    }
    if config.retention != RetentionPolicy::Limits {
        findings.add(
            Level::Error,
            format!("stream {name} drops outcomes once they are read: the once-only guard forgets them too"),
            format!("create {name} again with limits retention"),
        );
    }
    if config.discard_new_per_subject {
        findings.add(
            Level::Error,
            format!(
                "stream {name} accepts no second message on a subject: an outcome that replaces a dead letter on \
                 its subject can never be stored"
            ),
            format!("set discard_new_per_subject of {name} to false"),
        );
    }
    if is_bounded(config) && config.discard == DiscardPolicy::Old {
        findings.add(
            Level::Error,
            format!("stream {name} discards old messages when it is full: unread stories are lost"),
            format!("set discard of {name} to new (`news-ingest provision` does)"),
        );
    }
    if topology::has_message_ttl(context) && !config.allow_message_ttl {
        findings.add(
            Level::Warning,
            format!(
                "stream {name} does not allow per-message TTLs: skipped messages and dead letters stay as long as stories"
            ),
            format!("set allow_msg_ttl of {name} (`news-ingest provision` does)"),
        );
    }
}

/// Whether a stream outlives its server.
fn kept(config: &Config, findings: &mut Findings) {
    if config.storage == StorageType::Memory {
        let name = &config.name;
        findings.add(
            Level::Error,
            format!("stream {name} is in memory: its contents are lost when its server restarts"),
            format!("create {name} again with file storage"),
        );
    }
}

/// Whether an out stream keeps outcomes as long as is configured, and takes those of usual sizes.
fn room_for_outcomes(settings: &Settings, config: &Config, findings: &mut Findings) {
    /// A record or a letter of an ordinary story.
    const USUAL: i32 = 256 << 10;
    let name = &config.name;
    let wanted = Duration::from_secs(settings.out_max_age_hours * 3600);
    if !config.max_age.is_zero() && config.max_age < wanted {
        findings.add(
            Level::Warning,
            format!(
                "stream {name} drops outcomes after {:.1} h, but streams.out_max_age_hours is {}: a story sent again later is published again",
                config.max_age.as_secs_f64() / 3600.0,
                settings.out_max_age_hours
            ),
            "run `news-ingest provision`".to_owned(),
        );
    }
    if (1..USUAL).contains(&config.max_message_size) {
        findings.add(
            Level::Error,
            format!(
                "stream {name} accepts no message over {} bytes: larger records become dead letters, and larger dead letters cannot be stored",
                config.max_message_size
            ),
            format!("raise max_msg_size of {name}"),
        );
    }
}

/// A stream that is at its limit and discards what is new.
fn full(name: &str, info: &Info, findings: &mut Findings) {
    let (config, state) = (&info.config, &info.state);
    let reaches =
        |limit: i64, now: u64| u64::try_from(limit).is_ok_and(|limit| limit > 0 && now >= limit);
    // A stream in bytes is full when the next message does not fit.
    let nearly = state.bytes + state.bytes / 100 + 1;
    if config.discard == DiscardPolicy::New
        && (reaches(config.max_messages, state.messages) || reaches(config.max_bytes, nearly))
    {
        findings.add(
            Level::Error,
            format!("stream {name} is full: outcomes wait, and so do the workers"),
            format!("raise max_bytes or max_msgs of {name}, or remove messages from it"),
        );
    }
    if config.sealed {
        findings.add(
            Level::Error,
            format!("stream {name} is sealed: it accepts nothing"),
            format!("create {name} again"),
        );
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

/// When the out stream will be full, told from half of it on, and before that where it is near.
fn room(info: &Info, now: OffsetDateTime, findings: &mut Findings) {
    let name = &info.config.name;
    let bound = u64::try_from(info.config.max_bytes).unwrap_or_default();
    let taken = if bound == 0 { 0.0 } else { info.state.bytes as f64 / bound as f64 };
    let forecast = sizing::forecast(&info.state, &info.config, now);
    let full_in = forecast.and_then(|forecast| forecast.full_in);
    let soon = full_in.is_some_and(|left| left < SOON);
    let level = match taken {
        taken if taken >= ALMOST_FULL => Level::Warning,
        _ if soon => Level::Warning,
        taken if taken >= HALF_FULL => Level::Advice,
        _ => return,
    };
    let when = match (forecast, full_in) {
        (Some(forecast), Some(left)) => format!(
            "at {} outcomes a day of {} bytes it is full in {:.1} days, and then every story waits",
            forecast.per_day,
            forecast.message_bytes,
            left.as_secs_f64() / 86_400.0
        ),
        (Some(forecast), None) => format!(
            "at {} outcomes a day it forgets the oldest before it is full",
            forecast.per_day
        ),
        (None, _) => "when full, it accepts no more and every story waits".to_owned(),
    };
    findings.add(
        level,
        format!("stream {name} has used {:.0} % of its max_bytes: {when}", taken * 100.0),
        "raise streams.out_max_mib or lower streams.out_max_age_hours, and run `news-ingest provision` \
         (`--stories-per-day` says what a rate needs)"
            .to_owned(),
    );
}

fn retry(config: &Config, findings: &mut Findings) {
    let name = &config.name;
    if !config.allow_message_schedules {
        findings.add(
            Level::Warning,
            format!(
                "stream {name} does not allow schedules: retries are handed back with a delay and hold the consumer's ack budget"
            ),
            format!("set allow_msg_schedules of {name} (`news-ingest provision` does)"),
        );
    }
    if is_bounded(config) || !config.max_age.is_zero() {
        findings.add(
            Level::Error,
            format!("stream {name} is bounded: at its limit it drops scheduled stories silently"),
            format!("remove the limits max_bytes, max_msgs, max_msgs_per_subject and max_age from {name}"),
        );
    }
}

fn is_bounded(config: &Config) -> bool {
    config.max_bytes > 0 || config.max_messages > 0 || config.max_messages_per_subject > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_compared_within_what_an_answer_takes() {
        let at = |seconds| OffsetDateTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(skew(at(100), at(103), at(106)), None, "it was stamped on the way");
        assert_eq!(skew(at(100), at(101), at(100)), None);
        let ahead = skew(at(100), at(160), at(101)).unwrap();
        assert!(ahead.contains("59 s ahead of"), "{ahead}");
        let behind = skew(at(100), at(40), at(101)).unwrap();
        assert!(behind.contains("60 s behind"), "{behind}");
    }
}
