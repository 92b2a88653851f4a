//! `find`: what became of one story.
//!
//! Looks where a story can be, cheapest first: its key in the out stream, then the schedules and the raw
//! messages that wait, then, unless its key is a story, every outcome by id and address, for stories whose key the id alone
//! does not give (entries of feeds, revisions, redirects). Where its key is a story, the headers of all outcomes are read for
//! those of its revisions, which correct it. It reads only. Messages that wait are looked at one by one and
//! at most [`MOST_WAITING`] of a stream; where there are more, the answer says so rather than "unknown".

mod place;
mod wanted;

use std::collections::VecDeque;

use anyhow::Context as _;
use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use bytes::Bytes;
use time::OffsetDateTime;

use super::out_reader::next;
use super::{Done, Exit, OrExit as _};
use crate::broker::topology::{self, Outs};
use crate::config::Config;
use crate::intake::{Headers, RawMessage};
use crate::model::Key;
pub(super) use place::reason;
use place::{Place, ending, queued, scheduled, unknown};
use wanted::Wanted;

/// Most waiting messages looked at in one stream.
const MOST_WAITING: usize = 100_000;
/// Most stories of one id that are shown, the latest.
const MOST_STORIES: usize = 100;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The story's address, its id, or its key.
    #[arg(value_name = "URL|ID|KEY")]
    story: String,
    /// The revision that the id was sent with.
    #[arg(long)]
    revision: Option<String>,
    /// Prints one JSON object for each place where the story is.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: Config, args: Args) -> Done {
    let wanted = Wanted::new(&args.story, args.revision.as_deref()).or_exit(Exit::Usage)?;
    let connection = super::broker::connect(&config, "find").await?;
    let context = connection.jetstream();
    let found = places(&context, &config, &wanted).await.or_exit(Exit::Failed)?;
    for place in &found {
        place.print(args.json);
    }
    let story = found.iter().any(|place| place.state == "story");
    Ok(if story { Exit::Done } else { Exit::Failed })
}

/// Every place where the story is: its last outcome and, but for a story, what waits of it.
async fn places(context: &Context, config: &Config, wanted: &Wanted) -> anyhow::Result<Vec<Place>> {
    let streams = &config.streams;
    let outs = topology::bind_outs(context, streams).await?;
    let mut found = Vec::new();
    let by_key = last(&outs, &streams.prefix, wanted.key).await?;
    if let Some((stream, message)) = &by_key {
        found.push(ending(&streams.prefix, stream, message));
    }
    if found.first().is_some_and(|place| place.state == "story") {
        if let Some(original) = found[0].copied().filter(|key| *key != wanted.key)
            && let Some((stream, message)) = last(&outs, &streams.prefix, original).await?
        {
            found.push(ending(&streams.prefix, &stream, &message));
        }
        if wanted.unrevised.is_some() {
            let is_revision =
                |subject: &str, headers: &Headers, _: &Bytes| wanted.is_revision(subject, headers);
            for out in outs.all() {
                let of_it = Scan { headers_only: true, only_stories: true };
                found.extend(endings_by_scan(out, &streams.prefix, of_it, is_revision).await?);
            }
        }
        return Ok(found);
    }
    let (waits, more) = waiting(context, config, wanted).await?;
    found.extend(waits);
    if wanted.id.is_some() {
        // Of a page that failed under its address another id may have become a story.
        let of_it = Scan { headers_only: false, only_stories: by_key.is_some() };
        let is_of_it = |subject: &str, headers: &Headers, body: &Bytes| {
            wanted.is_outcome(subject, headers, body)
        };
        for out in outs.all() {
            found.extend(endings_by_scan(out, &streams.prefix, of_it, is_of_it).await?);
        }
        found.sort_by_key(|place| place.state != "story");
    }
    if found.is_empty() {
        let published = published_at(context, config, wanted.key).await;
        found.push(unknown(config, wanted, more, published));
    }
    Ok(found)
}

/// A key's last outcome, and the stream that holds it.
pub(super) async fn last(
    outs: &Outs,
    prefix: &str,
    key: Key,
) -> anyhow::Result<Option<(String, StreamMessage)>> {
    let last = outs.last(key.as_str(), &format!("{prefix}.*.*.*.{key}")).await;
    let last = last.context("the out stream")?;
    Ok(last.map(|(out, message)| (out.cached_info().config.name.clone(), message)))
}

/// When the key of a story was marked as published; `None` where the guard stream has no mark of it, or may not be asked.
async fn published_at(context: &Context, config: &Config, key: Key) -> Option<OffsetDateTime> {
    let guard = context.get_stream(config.streams.guard_stream()?).await.ok()?;
    let subject = config.streams.guard_subject(key.as_str());
    guard.get_last_raw_message_by_subject(&subject).await.ok().map(|mark| mark.time)
}

/// Schedules and raw messages of the story, and whether more wait than were looked at.
async fn waiting(
    context: &Context,
    config: &Config,
    wanted: &Wanted,
) -> anyhow::Result<(Vec<Place>, bool)> {
    let mut found = Vec::new();
    let mut more = false;
    let streams = &config.streams;
    for name in streams.retry_streams().into_iter().chain(streams.earlier_retry_streams()) {
        match topology::bind_stream(context, &name).await {
            Ok(retry) => {
                let (message, cut) = first_of(&retry, config, wanted).await?;
                found.extend(message.map(|message| scheduled(&message)));
                more |= cut;
            }
            Err(topology::Error::NoStream(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let earlier = streams.earlier_raw_streams();
    for name in streams.raw_streams().iter().chain(&earlier) {
        let raw = match topology::bind_stream(context, name).await {
            Ok(raw) => raw,
            Err(topology::Error::NoStream(_)) if earlier.contains(name) => continue,
            Err(error) => return Err(error.into()),
        };
        let (message, cut) = first_of(&raw, config, wanted).await?;
        more |= cut;
        if let Some(message) = message {
            let consumer = raw.consumer_info(&streams.group).await.context("its consumer")?;
            found.push(queued(config, name, &message, consumer.delivered.stream_sequence));
        }
    }
    Ok((found, more))
}

/// The first message of a stream that is of the story.
async fn first_of(
    stream: &Stream,
    config: &Config,
    wanted: &Wanted,
) -> anyhow::Result<(Option<StreamMessage>, bool)> {
    let subject = format!("{}.>", config.streams.prefix);
    let mut sequence = 1;
    for _ in 0..MOST_WAITING {
        let message =
            match stream.get_first_raw_message_by_subject(subject.as_str(), sequence).await {
                Ok(message) => message,
                Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {
                    return Ok((None, false));
                }
                Err(error) => return Err(error).with_context(|| format!("reading {subject}")),
            };
        sequence = message.sequence + 1;
        let raw = RawMessage {
            headers: Headers::from(&message.headers),
            body: message.payload.clone(),
            ..RawMessage::default()
        };
        if wanted.is_of(raw, &config.intake) {
            return Ok((Some(message), false));
        }
    }
    Ok((None, true))
}

/// What of an out stream's outcomes is read, and wanted.
#[derive(Clone, Copy)]
struct Scan {
    headers_only: bool,
    only_stories: bool,
}

/// The outcomes of the story, by reading all of them: those that were published, else the last at all.
async fn endings_by_scan(
    out: &Stream,
    prefix: &str,
    Scan { headers_only, only_stories }: Scan,
    is_wanted: impl Fn(&str, &Headers, &Bytes) -> bool,
) -> anyhow::Result<Vec<Place>> {
    let config =
        pull::Config { ack_policy: AckPolicy::None, headers_only, ..pull::Config::default() };
    let reader = out.create_consumer(config).await?;
    let mut left = reader.cached_info().num_pending;
    let bar = super::progress("outcomes read");
    let mut messages = reader.messages().await?;
    let stories = format!("{prefix}.story.");
    let (mut published, mut other) = (VecDeque::new(), None);
    while left > 0 {
        let message = next(&mut messages).await?;
        let info = message.info().map_err(|error| anyhow::anyhow!("{error}"))?;
        left = info.pending;
        bar.inc(1);
        let headers = message.headers.as_ref().map(Headers::from).unwrap_or_default();
        if is_wanted(&message.subject, &headers, &message.payload) {
            if message.subject.starts_with(&stories) {
                published.push_back(info.stream_sequence);
                if published.len() > MOST_STORIES {
                    published.pop_front();
                }
            } else {
                other = Some(info.stream_sequence);
            }
        }
    }
    bar.finish_and_clear();
    if published.is_empty() {
        published.extend(other.filter(|_| !only_stories));
    }
    let mut endings = Vec::new();
    for sequence in published {
        let message = out.get_raw_message(sequence).await?;
        endings.push(ending(prefix, &out.cached_info().config.name, &message));
    }
    Ok(endings)
}
