//! Findings about raw, out, retry and guard streams: configuration that loses stories, and streams about to be full.
//!
//! Pure judgements of what the server says, but for one read (`readable`), which tries a permission. How long a stream
//! lasts is forecast from what arrived so far; below half full nothing is said unless it is days away.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::{
    Config, DiscardPolicy, Info, RawMessageErrorKind, RetentionPolicy, StorageType,
    SubjectTransform,
};
use time::OffsetDateTime;

use super::findings::{Findings, Level};
use crate::broker::sizing::{self, Forecast};
use crate::broker::topology::{self, Discard, HEADER_ROOM, Settings};

/// Shares of the out stream's bytes at which it is reported how long it lasts.
const HALF_FULL: f64 = 0.5;
const ALMOST_FULL: f64 = 0.8;
/// A stream that is full sooner is reported however empty it is.
const SOON: Duration = Duration::from_secs(3 * 24 * 3600);
/// The most that a mark and its headers take, in bytes.
const MARK_BYTES: i32 = 1024;
/// A raw stream that keeps all messages for so long, and then drops them, leaves time to see that nobody reads them.
const LONG_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// A message, a record or a letter of an ordinary story, in bytes.
const USUAL_BYTES: usize = 256 << 10;

pub(super) fn raw(context: &Context, config: &Config, findings: &mut Findings) {
    let name = &config.name;
    kept(config, findings);
    transformed(config, None, findings);
    match config.retention {
        RetentionPolicy::WorkQueue => {}
        RetentionPolicy::Limits => findings.add(
            Level::Warning,
            format!(
                "stream {name} is no work queue: finished messages stay until a limit removes them"
            ),
            format!(
                "make {name} a work queue (retention is fixed at creation), or give it a limit"
            ),
        ),
        RetentionPolicy::Interest => findings.add(
            Level::Error,
            format!(
                "stream {name} has interest retention: what is sent while it has no consumer is confirmed and lost"
            ),
            format!("make {name} a work queue (retention is fixed at creation)"),
        ),
    }
    if config.allow_rollup {
        findings.add(
            Level::Error,
            format!("stream {name} allows rollups: one producer's Nats-Rollup header removes all that waits"),
            format!("set allow_rollup_hdrs of {name} to false (`news-ingest provision` does)"),
        );
    }
    if !config.max_age.is_zero() {
        let is_long = config.retention == RetentionPolicy::Limits && config.max_age >= LONG_KEPT;
        findings.add(
            if is_long { Level::Warning } else { Level::Error },
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
    if config.max_messages_per_subject > 0 {
        findings.add(
            Level::Error,
            format!(
                "stream {name} keeps {} messages of a subject (max_msgs_per_subject): it drops or refuses the others, unread ones too",
                config.max_messages_per_subject
            ),
            format!("set max_msgs_per_subject of {name} to -1 (`news-ingest provision` does)"),
        );
    }
    let payload = context.client().server_info().max_payload;
    let most = payload.saturating_sub(HEADER_ROOM);
    let allowed = usize::try_from(config.max_message_size).ok().filter(|size| *size > 0);
    if let Some(size) = allowed.filter(|size| *size < USUAL_BYTES.min(most)) {
        findings.add(
            Level::Warning,
            format!("stream {name} accepts no message over {size} bytes (max_msg_size): producers of larger ones are refused"),
            format!("set max_msg_size of {name} to {most} (`news-ingest provision` does)"),
        );
    }
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

pub(super) fn out(context: &Context, taken: &[String], config: &Config, findings: &mut Findings) {
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

/// Whether a stream stores messages under the subjects that they are looked for under: with no transform but ours.
pub(super) fn transformed(
    config: &Config,
    ours: Option<&SubjectTransform>,
    findings: &mut Findings,
) {
    if config.subject_transform.as_ref() == ours {
        return;
    }
    let name = &config.name;
    let shown = match &config.subject_transform {
        Some(SubjectTransform { source, destination }) => {
            format!("stores {source} as {destination} (subject_transform)")
        }
        None => "has no subject_transform".to_owned(),
    };
    findings.add(
        Level::Error,
        format!("stream {name} {shown}: its messages are not found under the subjects that workers ask for"),
        "run `news-ingest provision`".to_owned(),
    );
}

/// Whether a stream confirms what it stores. Whoever publishes to it waits for that.
pub(super) fn confirms(config: &Config, findings: &mut Findings) {
    if config.no_ack {
        let name = &config.name;
        findings.add(
            Level::Error,
            format!("stream {name} has no_ack: it confirms nothing, so whoever publishes to it waits without end"),
            format!("set no_ack of {name} to false"),
        );
    }
}

/// What an out stream does when it is full: whether that is what is configured, and whether keys outlive it.
pub(super) fn discard(settings: &Settings, config: &Config, findings: &mut Findings) {
    let name = &config.name;
    match (config.discard, settings.out_discard) {
        _ if !is_bounded(config) => {}
        (DiscardPolicy::Old, Discard::New) => findings.add(
            Level::Error,
            format!("stream {name} discards old messages when it is full: unread stories are lost"),
            format!("set discard of {name} to new (`news-ingest provision` does)"),
        ),
        (DiscardPolicy::New, Discard::Old) => findings.add(
            Level::Warning,
            format!("stream {name} accepts nothing when it is full, but streams.out_discard is \"old\": every story would wait"),
            "run `news-ingest provision`".to_owned(),
        ),
        (DiscardPolicy::Old, Discard::Old) if settings.guard_stream().is_none() => findings.add(
            Level::Warning,
            format!(
                "stream {name} discards its oldest outcomes when it is full, and forgets their keys: a story sent again later is published again"
            ),
            "set streams.guard_max_age_hours, or streams.out_discard = \"new\"".to_owned(),
        ),
        (DiscardPolicy::Old, Discard::Old) | (DiscardPolicy::New, Discard::New) => {}
    }
}

/// Whether the guard stream remembers keys as long as is configured.
pub(super) fn claims(
    settings: &Settings,
    info: &Info,
    now: OffsetDateTime,
    findings: &mut Findings,
) {
    let (name, config) = (&info.config.name, &info.config);
    transformed(config, None, findings);
    let wanted = Duration::from_secs(settings.guard_hours() * 3600);
    if !config.max_age.is_zero() && config.max_age < wanted {
        findings.add(
            Level::Warning,
            format!(
                "stream {name} forgets keys after {:.1} h, but streams.guard_max_age_hours is {}: a story sent again later is published again",
                config.max_age.as_secs_f64() / 3600.0,
                settings.guard_max_age_hours
            ),
            "run `news-ingest provision`".to_owned(),
        );
    }
    if config.retention != RetentionPolicy::Limits {
        findings.add(
            Level::Error,
            format!("stream {name} forgets keys at once: its retention is {:?}", config.retention),
            format!("delete {name} and run `news-ingest provision`; no server changes a retention"),
        );
    }
    let takes_marks = config.max_message_size <= 0 || config.max_message_size >= MARK_BYTES;
    if config.max_messages > 0 || config.no_ack || !takes_marks {
        findings.add(
            Level::Error,
            format!(
                "stream {name} has max_msgs {}, max_msg_size {} and no_ack {}: keys are forgotten, refused or never confirmed",
                config.max_messages, config.max_message_size, config.no_ack
            ),
            "run `news-ingest provision`".to_owned(),
        );
    }
    if is_bounded(config) && config.discard == DiscardPolicy::New {
        findings.add(
            Level::Error,
            format!("stream {name} accepts no keys when it is full: every story waits then"),
            format!("set discard of {name} to old (`news-ingest provision` does)"),
        );
    }
    let taken = share_taken(info);
    let keeps =
        sizing::forecast(&info.state, config, None, now).and_then(|forecast| forecast.keeps());
    if taken >= HALF_FULL && keeps.is_none_or(|kept| kept < wanted) {
        findings.add(
            if taken >= ALMOST_FULL { Level::Warning } else { Level::Advice },
            format!(
                "stream {name} has used {:.0} % of its max_bytes: {}",
                taken * 100.0,
                keeps.map_or("when full, it forgets the oldest keys".to_owned(), |kept| format!(
                    "at this rate it remembers keys for {:.1} days",
                    kept.as_secs_f64() / 86_400.0
                ))
            ),
            "raise streams.guard_max_mib, and run `news-ingest provision`".to_owned(),
        );
    }
}

/// Whether a message of a stream may be read, as each repeat of a story does.
pub(super) async fn readable(context: &Context, name: &str, findings: &mut Findings) {
    let Ok(stream) = context.get_stream(name).await else { return };
    if let Err(error) = stream.get_raw_message(1).await
        && error.kind() != RawMessageErrorKind::NoMessageFound
    {
        findings.add(
            Level::Error,
            format!("messages of stream {name} cannot be read ({error}): repeats of stories wait without end"),
            format!("permit $JS.API.STREAM.MSG.GET.{name}, see deploy/nats/permissions.conf"),
        );
    }
}

/// Share of a stream's bytes that is taken, 0 to 1; 0 without a bound.
fn share_taken(info: &Info) -> f64 {
    let bound = u64::try_from(info.config.max_bytes).unwrap_or_default();
    if bound == 0 { 0.0 } else { info.state.bytes as f64 / bound as f64 }
}

/// Whether a stream outlives its server.
pub(super) fn kept(config: &Config, findings: &mut Findings) {
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
pub(super) fn room_for_outcomes(settings: &Settings, config: &Config, findings: &mut Findings) {
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
    let size = usize::try_from(config.max_message_size).unwrap_or_default();
    if (1..USUAL_BYTES).contains(&size) {
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
pub(super) fn full(name: &str, info: &Info, findings: &mut Findings) {
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

/// When the out stream will be full, told from half of it on, and before that where stories would soon wait.
pub(super) fn room(
    info: &Info,
    story_ttl: Option<Duration>,
    now: OffsetDateTime,
    findings: &mut Findings,
) {
    let name = &info.config.name;
    let taken = share_taken(info);
    let forecast = sizing::forecast(&info.state, &info.config, story_ttl, now);
    let full_in = forecast.and_then(|forecast| forecast.full_in);
    let waits = info.config.discard == DiscardPolicy::New;
    let soon = waits && full_in.is_some_and(|left| left < SOON);
    let level = match taken {
        taken if taken >= ALMOST_FULL => Level::Warning,
        _ if soon => Level::Warning,
        taken if taken >= HALF_FULL => Level::Advice,
        _ => return,
    };
    let when = when_full(waits, forecast);
    findings.add(
        level,
        format!("stream {name} has used {:.0} % of its max_bytes: {when}", taken * 100.0),
        "raise streams.out_max_mib or lower publish.story_ttl_hours, and run `news-ingest provision` \
         (`--stories-per-day` says what a rate needs)"
            .to_owned(),
    );
}

/// What follows when an out stream is full, and when that is.
fn when_full(waits: bool, forecast: Option<Forecast>) -> String {
    let days = |time: Duration| time.as_secs_f64() / 86_400.0;
    match (forecast, forecast.and_then(|forecast| forecast.full_in)) {
        (Some(Forecast { per_day, message_bytes, .. }), Some(left)) if waits => format!(
            "at {per_day} outcomes a day of {message_bytes} bytes it is full in {:.1} days, and then every story waits",
            days(left)
        ),
        (Some(forecast), Some(_)) => format!(
            "at {} outcomes a day of {} bytes it keeps them for {:.1} days and then discards them, read or not",
            forecast.per_day,
            forecast.message_bytes,
            forecast.keeps().map_or(0.0, days)
        ),
        (Some(forecast), None) => format!(
            "at {} outcomes a day it forgets the oldest before it is full",
            forecast.per_day
        ),
        (None, _) if waits => "when full, it accepts no more and every story waits".to_owned(),
        (None, _) => "when full, it discards the oldest outcomes, read or not".to_owned(),
    }
}

pub(super) fn retry(config: &Config, findings: &mut Findings) {
    let name = &config.name;
    transformed(config, None, findings);
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
