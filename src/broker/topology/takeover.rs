//! How one number of partitions takes over from another, so that no story is lost and none comes twice.
//!
//! The once-only guard is a stream's own. Were two sets of out streams open at once, a story could be stored in
//! either. So `provision` first closes the earlier ones: it takes their subjects away and sends a message
//! through each, behind which nothing of before can be under way. Only then does it make those in force. What is closed
//! does not change any more, so a worker looks there, and publishes where it is not found.
//!
//! A worker that still has the earlier number finds no stream for its outcomes: it waits, as with a full stream,
//! until it is started anew. One that starts with the earlier number is refused.

use std::collections::HashMap;
use std::time::Duration;

use async_nats::Request;
use async_nats::jetstream::Context;
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::Config;
use bytes::Bytes;

use super::partitions::Partition;
use super::{Change, Error, Outs, Settings, bind_stream};
use crate::backoff::{Backoff, Tries};

/// In a stream's metadata: the number of partitions in force; in a closed one's, the number that took over.
const NOW: &str = "news-ingest-partitions";

/// How often a message is sent through a stream that was closed, until it is stored.
const TRIES: u32 = 20;
/// Between two of these, the longer the more there were.
const WAIT: Duration = Duration::from_millis(100);
/// How long each may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
/// The stream is at its `max_bytes`.
const FULL: u64 = 10077;

/// The number of partitions in force, in the metadata of the raw stream that there is with any number of them.
pub(super) fn noted(settings: &Settings) -> HashMap<String, String> {
    match settings.partitions {
        1 => HashMap::new(),
        now => HashMap::from([(NOW.to_owned(), now.to_string())]),
    }
}

/// Whether two configurations note the same number.
pub(super) fn note_the_same(one: &Config, other: &Config) -> bool {
    one.metadata.get(NOW) == other.metadata.get(NOW)
}

/// Refuses to provision beside another number of partitions that the settings do not name.
pub(super) async fn nothing_is_left_out(
    context: &Context,
    settings: &Settings,
) -> Result<(), Error> {
    let raw = match bind_stream(context, &settings.raw_stream).await {
        Ok(raw) => raw,
        Err(Error::NoStream(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    let now = raw.cached_info().config.metadata.get(NOW).cloned();
    let now = now.unwrap_or_else(|| "1".to_owned());
    let is_known = |of: &usize| of.to_string() == now;
    if is_known(&settings.partitions) || settings.previous_partitions.iter().any(is_known) {
        return Ok(());
    }
    Err(Error::InForce(now))
}

fn broker(what: &str, reason: impl std::fmt::Display) -> Error {
    Error::Broker { what: what.to_owned(), reason: reason.to_string() }
}

/// Closes the out streams of earlier numbers of partitions, and waits until nothing is under way to them.
pub(super) async fn close_earlier(
    context: &Context,
    settings: &Settings,
    dry_run: bool,
) -> Result<Vec<Change>, Error> {
    let mut changes = Vec::new();
    for part in settings.earlier() {
        let name = settings.out_name(part);
        let stream = match bind_stream(context, &name).await {
            Ok(stream) => stream,
            Err(Error::NoStream(_)) => continue,
            Err(error) => return Err(error),
        };
        let have = &stream.cached_info().config;
        let wanted = closed(settings, part, have);
        let is_closed = have.subjects == wanted.subjects;
        if !dry_run {
            // Sent through one that is closed already too: whoever closed it may not have come so far.
            if !is_closed || have.metadata.get(NOW) != wanted.metadata.get(NOW) {
                context.update_stream(&wanted).await.map_err(|error| broker(&name, error))?;
            }
            send_through(context, settings, part, &name).await?;
        }
        let how = if is_closed { "unchanged" } else { "closed" };
        changes.push(Change { what: format!("stream {name}"), how });
    }
    Ok(changes)
}

/// The configuration of a stream that is closed. What it took before and has not stored yet is still stored under
/// the subject of its outcome: that is left as it is.
fn closed(settings: &Settings, part: Partition, have: &Config) -> Config {
    let mut wanted = have.clone();
    wanted.subjects = vec![settings.closed_subjects(part)];
    wanted.metadata.insert(NOW.to_owned(), settings.partitions.to_string());
    wanted
}

/// Stores a message in a stream and takes it out again: what was accepted before it is stored by then.
async fn send_through(
    context: &Context,
    settings: &Settings,
    part: Partition,
    name: &str,
) -> Result<(), Error> {
    let subject = settings.closed_subjects(part).replace('>', "end");
    let mut last = String::new();
    let mut tries = Tries::new(TRIES, Backoff::new(WAIT, WAIT * 5));
    while tries.next().await {
        match ask(context, &subject).await {
            Ok(Response::Ok(ack)) => return take_out(context, name, ack.sequence).await,
            Ok(Response::Err { error }) if error.error_code().0 == FULL => {
                // It had no room for what was sent before either, but for what its replicas agreed on already.
                tokio::time::sleep(ANSWER_TIMEOUT).await;
                return Ok(());
            }
            Ok(Response::Err { error }) => last = error.to_string(),
            Err(reason) => last = reason,
        }
    }
    Err(broker(name, format!("closed, and nothing can be sent through it: {last}")))
}

/// Publishes an empty message; what the stream said, or why it said nothing.
async fn ask(context: &Context, subject: &str) -> Result<Response<PublishAck>, String> {
    let request = Request::new().payload(Bytes::new()).timeout(Some(ANSWER_TIMEOUT));
    let answer = context.client().send_request(subject.to_owned(), request).await;
    let answer = answer.map_err(|error| error.to_string())?;
    serde_json::from_slice(&answer.payload).map_err(|error| error.to_string())
}

async fn take_out(context: &Context, name: &str, sequence: u64) -> Result<(), Error> {
    let stream = bind_stream(context, name).await?;
    stream.delete_message(sequence).await.map_err(|error| broker(name, error))?;
    Ok(())
}

/// Refuses to work on streams of another number of partitions, or beside open ones.
pub(super) fn check(outs: &Outs) -> Result<(), Error> {
    for stream in &outs.current {
        let config = &stream.cached_info().config;
        if let Some(now) = config.metadata.get(NOW) {
            return Err(Error::Closed { stream: config.name.clone(), now: now.clone() });
        }
    }
    for stream in outs.earlier.iter().flatten() {
        let config = &stream.cached_info().config;
        if !config.metadata.contains_key(NOW) {
            return Err(Error::Open(config.name.clone()));
        }
    }
    Ok(())
}
