//! Creates and updates streams and consumers; idempotent, and with `dry_run` without effect.
//!
//! What is as wanted is not touched. Refuses a server older than 2.10 and a stream of the name that takes another
//! deployment's subjects. Needs permission to create streams, which workers do not have.

use std::time::Duration;

use async_nats::jetstream::context::CreateStreamErrorKind;
use async_nats::jetstream::stream::{Config, ConsumerErrorKind, RetentionPolicy};
use async_nats::jetstream::{self, Context, ErrorCode};

use super::binding::{consumer_info, stream_error};
use super::error::Error;
use super::features::{has_message_ttl, has_schedules};
use super::partitions::Partition;
use super::settings::Settings;
use super::takeover;

/// What `provision` did or would do to one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// `stream NEWS_RAW`, `consumer news-ingest on NEWS_RAW`.
    pub what: String,
    /// `created`, `updated` or `unchanged`.
    pub how: &'static str,
}

/// Creates or updates streams and consumers. With `dry_run` nothing is changed.
///
/// # Errors
/// When the server is too old, refuses, or does not answer.
pub async fn provision(
    context: &Context,
    settings: &Settings,
    ack_wait: Duration,
    dry_run: bool,
) -> Result<Vec<Change>, Error> {
    let server = context.client().server_info();
    if !context.client().is_server_compatible(2, 10, 0) {
        return Err(Error::TooOld(server.version));
    }
    takeover::nothing_is_left_out(context, settings).await?;
    let mut changes = takeover::close_earlier(context, settings, dry_run).await?;
    let ttl = has_message_ttl(context);
    let mut configs = Vec::new();
    for part in settings.current().filter(|part| !part.is_only()) {
        configs.push(settings.raw(part, server.max_payload));
    }
    for part in Partition::all(1) {
        let metadata = takeover::noted(settings);
        configs.push(Config { metadata, ..settings.raw(part, server.max_payload) });
    }
    configs.extend(settings.current().map(|part| settings.out(part, ttl)));
    configs.extend([settings.dead_letter_bodies(), settings.seen()]);
    configs.extend(settings.guard());
    // A stream of another deployment is found before any is made.
    let retries = settings.current().map(|part| settings.retry(part));
    for config in configs.iter().cloned().chain(retries) {
        provision_stream(context, config, true).await?;
    }
    for config in configs {
        changes.push(provision_stream(context, config, dry_run).await?);
    }
    let consumer = async |stream: &str, filter: String| {
        provision_consumer(context, settings, stream, filter, ack_wait, dry_run).await
    };
    for stream in settings.raw_streams() {
        changes.push(consumer(&stream, String::new()).await?);
    }
    if has_schedules(context) {
        for part in settings.current() {
            changes.push(provision_stream(context, settings.retry(part), dry_run).await?);
            changes.push(consumer(&settings.retry_name(part), settings.due_subjects(part)).await?);
        }
    }
    Ok(changes)
}

async fn provision_consumer(
    context: &Context,
    settings: &Settings,
    stream: &str,
    filter: String,
    ack_wait: Duration,
    dry_run: bool,
) -> Result<Change, Error> {
    let what = format!("consumer {} on {stream}", settings.group);
    let existing = match consumer_info(context, settings, stream).await {
        Ok(info) => Some(info.config),
        // A dry run comes before the stream is made.
        Err(Error::NoConsumer { .. } | Error::NoStream(_)) => None,
        Err(error) => return Err(error),
    };
    let wanted = settings.consumer(ack_wait, filter);
    let how = match &existing {
        None => "created",
        Some(c)
            if c.ack_wait == ack_wait
                && c.max_ack_pending == wanted.max_ack_pending
                && c.max_deliver == wanted.max_deliver
                && c.ack_policy == wanted.ack_policy
                && c.headers_only == wanted.headers_only
                && c.filter_subject == wanted.filter_subject
                && c.filter_subjects == wanted.filter_subjects
                && c.inactive_threshold == wanted.inactive_threshold =>
        {
            "unchanged"
        }
        Some(_) => "updated",
    };
    if !dry_run && how != "unchanged" {
        context.create_consumer_on_stream(wanted, stream).await.map_err(|error| {
            match error.kind() {
                ConsumerErrorKind::JetStream(said) => refused(&what, &said),
                _ => Error::Broker { what: what.clone(), reason: error.to_string() },
            }
        })?;
    }
    Ok(Change { what, how })
}

async fn provision_stream(
    context: &Context,
    wanted: Config,
    dry_run: bool,
) -> Result<Change, Error> {
    let what = format!("stream {}", wanted.name);
    let how = match context.get_stream(&wanted.name).await {
        Ok(stream) => {
            let have = &stream.cached_info().config;
            if is_of_another(have, &wanted) {
                let (stream, subjects) = (wanted.name.clone(), have.subjects.join(", "));
                return Err(Error::Another { stream, subjects });
            }
            let same = have.subjects == wanted.subjects
                && have.subject_transform == wanted.subject_transform
                && takeover::note_the_same(have, &wanted)
                && have.max_bytes.max(0) == wanted.max_bytes.max(0)
                && have.max_age == wanted.max_age
                && have.discard == wanted.discard
                && have.max_message_size.max(0) == wanted.max_message_size.max(0)
                && have.num_replicas == wanted.num_replicas
                && have.max_messages.max(0) == wanted.max_messages.max(0)
                && have.max_messages_per_subject.max(0) == wanted.max_messages_per_subject.max(0)
                && have.no_ack == wanted.no_ack
                && have.allow_message_ttl == wanted.allow_message_ttl
                && allows(have, &wanted)
                && !rolls_up(have, &wanted);
            if same { "unchanged" } else { "updated" }
        }
        Err(error) => match stream_error(&wanted.name, &error) {
            Error::NoStream(_) => "created",
            error => return Err(error),
        },
    };
    if !dry_run && how != "unchanged" {
        context.create_or_update_stream(wanted).await.map_err(|error| match error.kind() {
            CreateStreamErrorKind::JetStream(said) => refused(&what, &said),
            _ => Error::Broker { what: what.clone(), reason: error.to_string() },
        })?;
    }
    Ok(Change { what, how })
}

/// Why the broker makes something not: where the settings want what is another's, they are at fault and not the broker.
fn refused(what: &str, said: &jetstream::Error) -> Error {
    let (what, reason) = (what.to_owned(), said.to_string());
    let way = match said.error_code() {
        ErrorCode::STREAM_SUBJECT_OVERLAP => {
            "another stream has some of its subjects: set streams.prefix to another one, or delete that stream"
        }
        ErrorCode::CONSUMER_WQ_MULTIPLE_UNFILTERED | ErrorCode::CONSUMER_WQ_CONSUMER_NOT_UNIQUE => {
            "one group alone reads a stream that is a work queue: set streams.group to the one that does, or delete its \
             consumer"
        }
        _ => return Error::Broker { what, reason },
    };
    Error::Taken { what, reason, way }
}

/// Whether a stream allows what is wanted of it; what an operator allows beyond that is theirs.
fn allows(have: &Config, wanted: &Config) -> bool {
    [
        (have.allow_direct, wanted.allow_direct),
        (have.allow_rollup, wanted.allow_rollup),
        (have.allow_message_schedules, wanted.allow_message_schedules),
    ]
    .iter()
    .all(|(has, wants)| *has || !wants)
}

/// Whether a producer may roll up what waits in a raw stream. The server allows that itself where messages are scheduled.
fn rolls_up(have: &Config, wanted: &Config) -> bool {
    let is_raw = wanted.retention == RetentionPolicy::WorkQueue && !wanted.allow_message_schedules;
    have.allow_rollup && is_raw
}

/// Whether a stream is that of another deployment: it takes subjects, and none of them begins as ours do.
fn is_of_another(have: &Config, wanted: &Config) -> bool {
    let first = |subject: &String| subject.split('.').next().map(str::to_owned);
    let ours: Vec<_> = wanted.subjects.iter().filter_map(first).collect();
    let theirs = || have.subjects.iter().filter_map(first);
    !ours.is_empty() && theirs().next().is_some() && !theirs().any(|first| ours.contains(&first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_must_be_allowed() {
        let plain = Config::default;
        for wanted in [
            Config { allow_direct: true, ..plain() },
            Config { allow_rollup: true, ..plain() },
            Config { allow_message_schedules: true, ..plain() },
        ] {
            assert!(!allows(&plain(), &wanted), "{wanted:?}");
            assert!(allows(&wanted, &wanted) && allows(&wanted, &plain()), "{wanted:?}");
        }
    }
}
