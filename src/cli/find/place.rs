//! A place where a story is, as facts for people: an outcome, a schedule, a message that waits.

use std::time::Duration;

use async_nats::jetstream::message::StreamMessage;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::MOST_WAITING;
use super::wanted::{Wanted, addresses};
use crate::cli::{message_url, say, unescaped};
use crate::config::Config;
use crate::headers;
use crate::intake::Headers;
use crate::model::{Key, OutcomeKind};
use crate::terminal::printable;

/// Where a story is, in facts to print.
pub(super) struct Place {
    pub(super) state: &'static str,
    facts: Vec<(&'static str, String)>,
}

impl Place {
    /// The key of the story that it is a copy of.
    pub(super) fn copied(&self) -> Option<Key> {
        let (_, key) = self.facts.iter().find(|(name, _)| *name == "copy of")?;
        Key::parse(key)
    }

    pub(super) fn print(&self, json: bool) {
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

/// An outcome, for people.
pub(super) fn ending(prefix: &str, stream: &str, message: &StreamMessage) -> Place {
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
    facts.extend(url.map(|url| ("url", message_url::shown(&url))));
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
pub(in crate::cli) fn reason(message: &StreamMessage) -> String {
    let code = message.subject.split('.').skip(2).take(2).collect::<Vec<_>>().join(".");
    let text = message.headers.get(headers::MESSAGE).map_or("", async_nats::HeaderValue::as_str);
    format!("{code}: {}", unescaped(text))
}

/// A message of the retry stream: scheduled, or come due.
pub(super) fn scheduled(message: &StreamMessage) -> Place {
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
pub(super) fn queued(
    config: &Config,
    stream: &str,
    message: &StreamMessage,
    delivered: u64,
) -> Place {
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

/// Neither an outcome nor a message.
pub(super) fn unknown(
    config: &Config,
    wanted: &Wanted,
    more: bool,
    claimed: Option<OffsetDateTime>,
) -> Place {
    let streams = &config.streams;
    let most = Duration::from_secs(streams.out_max_age_hours * 3600);
    let kept = config.publish.ttl(OutcomeKind::Story).map_or(most, |ttl| ttl.min(most));
    let days = kept.as_secs() / 86_400;
    let mut facts = vec![("key", wanted.key.to_string())];
    let means = match claimed.and_then(|at| at.format(&Rfc3339).ok()) {
        Some(at) => format!("published about {at}, and no longer"),
        None => format!("never sent, or its outcome is older than {days} days: not"),
    };
    facts.push((
        "means",
        format!(
            "{means} in {}, {} or {}",
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
