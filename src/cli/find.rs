//! `find`: what became of one story.
//!
//! Looks where a story can be, cheapest first: its key in the out stream, then the schedules and the raw
//! messages that wait, then every outcome by id and address, for stories whose key the id alone does not give
//! (entries of feeds, revisions, redirects). It reads only. Messages that wait are looked at one by one and
//! at most [`MOST_WAITING`] of a stream; where there are more, the answer says so rather than "unknown".

use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Done, Exit, OrExit as _, message_url, say, unescaped};
use crate::broker::topology::{self, Outs};
use crate::config::Config;
use crate::headers;
use crate::intake::{self, Headers, RawMessage};
use crate::model::{Identity, Key, Origin, Revision, StoryId, WebUrl};
use crate::terminal::printable;

/// Most waiting messages looked at in one stream.
const MOST_WAITING: usize = 100_000;

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

/// What is looked for.
struct Wanted {
    key: Key,
    /// None where the key was given.
    id: Option<String>,
    /// The address, normalised, where one was given.
    url: Option<String>,
}

impl Wanted {
    fn new(text: &str, revision: Option<&str>) -> anyhow::Result<Self> {
        if let Some(key) = Key::parse(text) {
            return Ok(Self { key, id: None, url: None });
        }
        let revision = revision.map(Revision::new).transpose()?;
        let url = text.contains("://").then(|| WebUrl::parse(text)).and_then(Result::ok);
        let id = match &url {
            Some(url) => StoryId::of_url(url),
            None => StoryId::new(text)?,
        };
        let id_text = if url.is_some() { text } else { id.as_str() }.to_owned();
        let key = Identity::new(id, revision).key();
        Ok(Self { key, id: Some(id_text), url: url.map(|url| url.normalised()) })
    }

    /// Whether a raw message is of the story.
    fn is_of(&self, message: RawMessage, settings: &intake::Settings) -> bool {
        let named = intake::identify(&message, settings);
        let url = match intake::decode(message, settings) {
            Ok(raw) if raw.identity.key() == self.key => return true,
            Ok(raw) => match raw.origin {
                Origin::Link { url, .. } => Some(url),
                Origin::Inline { url, .. } => url,
            },
            Err(_) => None,
        };
        named.key() == self.key
            || self.id.as_deref() == Some(named.id().as_str())
            || (self.url.is_some() && url.map(|url| url.normalised()) == self.url)
    }

    /// Whether an outcome is of the story.
    fn is_outcome(&self, subject: &str, headers: &Headers, body: &Bytes) -> bool {
        if subject.rsplit('.').next() == Some(self.key.as_str()) {
            return true;
        }
        let Some(wanted) = &self.id else { return false };
        if headers.get(headers::ID).is_some_and(|id| unescaped(id) == *wanted) {
            return true;
        }
        let Some(url) = &self.url else { return false };
        addresses(headers, body).iter().any(|other| other == url)
    }
}

/// Addresses that an outcome names, normalised: those of a record, or of the message that a letter keeps.
fn addresses(headers: &Headers, payload: &Bytes) -> Vec<String> {
    let body: Value = serde_json::from_slice(payload).unwrap_or_default();
    let of_body =
        ["/fetch/requestedUrl", "/fetch/finalUrl", "/fetch/canonicalUrl", "/item/uri", "/url"]
            .into_iter()
            .filter_map(|pointer| body.pointer(pointer)?.as_str());
    let of_headers = headers.get(headers::URL).into_iter();
    let of_letter = match body.get("item") {
        Some(_) => None,
        None => message_url::of_letter(headers, payload),
    };
    of_body
        .chain(of_headers)
        .chain(of_letter.as_deref())
        .filter_map(|url| WebUrl::parse(url).ok())
        .map(|url| url.normalised())
        .collect()
}

/// Where a story is, in facts to print.
struct Place {
    state: &'static str,
    facts: Vec<(&'static str, String)>,
}

impl Place {
    /// The key of the story that it is a copy of.
    fn copied(&self) -> Option<Key> {
        let (_, key) = self.facts.iter().find(|(name, _)| *name == "copy of")?;
        Key::parse(key)
    }

    fn print(&self, json: bool) {
        if json {
            let mut object = serde_json::Map::new();
            object.insert("state".to_owned(), self.state.into());
            for (name, value) in &self.facts {
                object.insert(name.replace(' ', "_"), value.as_str().into());
            }
            return say(&Value::Object(object).to_string());
        }
        say(self.state);
        for (name, value) in &self.facts {
            say(&format!("  {name:12} {}", printable(value)));
        }
    }
}

pub(super) async fn run(config: Config, args: Args) -> Done {
    let wanted = Wanted::new(&args.story, args.revision.as_deref()).or_exit(Exit::Usage)?;
    let connection = super::broker::connect(&config, "find").await?;
    let context = connection.jetstream();
    let found = places(&context, &config, &wanted).await.or_exit(Exit::Failed)?;
    found.iter().for_each(|place| place.print(args.json));
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
        return Ok(found);
    }
    let (waits, more) = waiting(context, config, wanted).await?;
    found.extend(waits);
    if by_key.is_none() && wanted.id.is_some() {
        for out in outs.all() {
            let other = outcome_by_scan(out, wanted).await?;
            let name = &out.cached_info().config.name;
            found.extend(other.map(|message| ending(&streams.prefix, name, &message)));
        }
    }
    if found.is_empty() {
        found.push(unknown(config, wanted, more));
    }
    Ok(found)
}

/// A key's last outcome, and the stream that holds it.
pub(super) async fn last(
    outs: &Outs,
    prefix: &str,
    key: Key,
) -> anyhow::Result<Option<(String, StreamMessage)>> {
    for out in outs.holding(key.as_str()) {
        match out.get_last_raw_message_by_subject(&format!("{prefix}.*.*.*.{key}")).await {
            Ok(message) => return Ok(Some((out.cached_info().config.name.clone(), message))),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {}
            Err(error) => return Err(error).context("the out stream"),
        }
    }
    Ok(None)
}

/// An outcome, for people.
fn ending(prefix: &str, stream: &str, message: &StreamMessage) -> Place {
    let headers = Headers::from(&message.headers);
    let tokens: Vec<&str> =
        message.subject.strip_prefix(prefix).unwrap_or_default().split('.').skip(1).collect();
    let key = tokens.last().copied().unwrap_or_default();
    let kind = tokens.first().copied().unwrap_or_default();
    let state = match kind {
        "story" => "story",
        "skipped" => "skipped",
        _ => "dead",
    };
    let mut facts = Vec::new();
    if state == "story" {
        let record: Value = serde_json::from_slice(&message.payload).unwrap_or_default();
        let headline = record.pointer("/item/headlines/0/value").and_then(Value::as_str);
        facts.extend(headline.map(|headline| ("headline", headline.to_owned())));
        let original = record.pointer("/tags/duplicateOf").and_then(Value::as_str);
        facts.extend(original.map(|key| ("copy of", key.to_owned())));
    } else {
        facts.push(("why", reason(message)));
    }
    facts.push(("when", message.time.format(&Rfc3339).unwrap_or_default()));
    facts.extend(headers.get(headers::ID).map(|id| ("id", unescaped(id))));
    facts.push(("key", key.to_owned()));
    let url = addresses(&headers, &message.payload).first().cloned();
    let names_page = url.is_some();
    facts.extend(url.map(|url| ("url", url)));
    facts.push(("subject", message.subject.to_string()));
    facts.push(("sequence", format!("{} of {stream}", message.sequence)));
    facts.push(match state {
        "story" => ("look", format!("news-ingest inspect --key {key} --out story.html")),
        "dead" => ("bring back", format!("news-ingest dlq replay --key {key}")),
        _ if names_page => ("bring back", format!("news-ingest dlq replay --skipped --key {key}")),
        _ => ("bring back", "publish the message again; its outcome replaces this one".to_owned()),
    });
    Place { state, facts }
}

/// `stage.code: message` of a dead letter or a skipped message.
pub(super) fn reason(message: &StreamMessage) -> String {
    let code = message.subject.split('.').skip(2).take(2).collect::<Vec<_>>().join(".");
    let text = message.headers.get(headers::MESSAGE).map_or("", async_nats::HeaderValue::as_str);
    format!("{code}: {}", unescaped(text))
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

/// A message of the retry stream: scheduled, or come due.
fn scheduled(message: &StreamMessage) -> Place {
    let headers = Headers::from(&message.headers);
    let attempts = headers.get(headers::ATTEMPTS).unwrap_or("0").to_owned();
    let until = headers.get("Nats-Schedule").and_then(|at| at.strip_prefix("@at "));
    let mut facts = match until {
        Some(until) => vec![("until", until.to_owned())],
        None => vec![("until", "now: it is due".to_owned())],
    };
    let why = headers.get(headers::WAITS_FOR).map(unescaped).filter(|why| !why.is_empty());
    facts.extend(why.map(|why| ("why", why)));
    facts.push(("attempts", attempts));
    facts.extend(headers.get(headers::ORIGIN).map(|seq| ("raw seq", seq.to_owned())));
    facts.extend(entered(&headers));
    facts.push(("subject", message.subject.to_string()));
    Place { state: "waiting", facts }
}

/// When a message entered the raw stream.
fn entered(headers: &Headers) -> Option<(&'static str, String)> {
    let since = headers.get(headers::SINCE)?.parse().ok()?;
    let at = OffsetDateTime::from_unix_timestamp(since).ok()?;
    Some(("sent", at.format(&Rfc3339).unwrap_or_default()))
}

/// A message of the raw stream, delivered or not.
fn queued(config: &Config, stream: &str, message: &StreamMessage, delivered: u64) -> Place {
    let state = if message.sequence <= delivered { "in flight" } else { "queued" };
    let mut facts = vec![
        ("sent", message.time.format(&Rfc3339).unwrap_or_default()),
        ("subject", message.subject.to_string()),
        ("sequence", format!("{} of {stream}", message.sequence)),
    ];
    facts.push(if state == "in flight" {
        let wait = config.intake.ack_wait_secs;
        (
            "means",
            format!("delivered to a worker; if the worker dies, delivered again after {wait} s"),
        )
    } else {
        let ahead = message.sequence.saturating_sub(delivered + 1);
        ("means", format!("no worker has it yet; at most {ahead} messages are ahead of it"))
    });
    Place { state, facts }
}

/// The last outcome of the story, by reading all of them.
async fn outcome_by_scan(out: &Stream, wanted: &Wanted) -> anyhow::Result<Option<StreamMessage>> {
    let reader = out
        .create_consumer(pull::Config { ack_policy: AckPolicy::None, ..pull::Config::default() })
        .await?;
    let mut left = reader.cached_info().num_pending;
    let bar = super::progress("outcomes read");
    let mut messages = reader.messages().await?;
    let mut found = None;
    while left > 0 {
        let message = tokio::time::timeout(Duration::from_secs(20), messages.next())
            .await
            .context("the broker delivers nothing")?
            .context("the stream ended")??;
        let info = message.info().map_err(|error| anyhow::anyhow!("{error}"))?;
        left = info.pending;
        bar.inc(1);
        let headers = message.headers.as_ref().map(Headers::from).unwrap_or_default();
        if wanted.is_outcome(&message.subject, &headers, &message.payload) {
            found = Some(info.stream_sequence);
        }
    }
    bar.finish_and_clear();
    match found {
        Some(sequence) => Ok(Some(out.get_raw_message(sequence).await?)),
        None => Ok(None),
    }
}

fn unknown(config: &Config, wanted: &Wanted, more: bool) -> Place {
    let streams = &config.streams;
    let days = streams.out_max_age_hours / 24;
    let mut facts = vec![("key", wanted.key.to_string())];
    facts.push((
        "means",
        format!(
            "not in {}, {} or {}: never sent, or its outcome is older than {days} days",
            streams.raw_streams().join(", "),
            streams.retry_streams().join(", "),
            streams.out_streams().join(", ")
        ),
    ));
    if more {
        facts.push(("but", format!("only {MOST_WAITING} waiting messages were looked at")));
    }
    Place { state: "unknown", facts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_an_id_and_a_key_name_the_same_story() {
        let by_url = Wanted::new("https://paper.example/a#top", None).unwrap();
        let id = StoryId::of_url(&WebUrl::parse("https://paper.example/a").unwrap());
        let by_id = Wanted::new(id.as_str(), None).unwrap();
        let by_key = Wanted::new(by_id.key.as_str(), None).unwrap();
        assert_eq!((by_url.key, by_key.key), (by_id.key, by_id.key));
        assert_ne!(Wanted::new(id.as_str(), Some("2")).unwrap().key, by_id.key);
        assert!(Wanted::new("two words", None).is_err());
    }

    #[test]
    fn an_outcome_is_found_by_the_address_of_its_record_or_message() {
        let wanted = Wanted::new("https://paper.example/a", None).unwrap();
        let none = Headers::default();
        let body = |text: &'static str| Bytes::from_static(text.as_bytes());
        let record = body(r#"{"fetch": {"finalUrl": "https://paper.example/a"}}"#);
        assert!(wanted.is_outcome("news.story.en.sport.X", &none, &record));
        let link = body(r#"{"url": "https://paper.example/a"}"#);
        assert!(wanted.is_outcome("news.dlq.a.b.X", &none, &link));
        let other = body(r#"{"url": "https://paper.example/b"}"#);
        assert!(!wanted.is_outcome("news.dlq.a.b.X", &none, &other));
        let mut named = Headers::default();
        named.push("News-Original-News-Url", "https://paper.example/a");
        assert!(wanted.is_outcome("news.dlq.a.b.X", &named, &body("<p>")));
    }
}
