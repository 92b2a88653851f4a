//! `dlq show`: one letter with its headers and its body, also where that is an object.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use async_nats::HeaderMap;

use super::letter::{Letter, kind};
use crate::broker::topology::Outs;
use crate::cli::{Exit, say, unescaped};
use crate::config::Config;
use crate::headers;
use crate::intake::{self, RawMessage};
use crate::model::Key;
use crate::terminal::printable;

pub(super) async fn show(
    context: &async_nats::jetstream::Context,
    config: &Config,
    outs: &Outs,
    key: &str,
    skipped: bool,
) -> anyhow::Result<Exit> {
    let prefix = &config.streams.prefix;
    let key = Key::parse(key).with_context(|| format!("{key:?} is not a key"))?;
    let subject = format!("{prefix}.{}.*.*.{key}", kind(skipped).as_str());
    let last = outs.last(key.as_str(), &subject).await?;
    let letter: Letter = last
        .with_context(|| {
            format!("no {} of {key}", if skipped { "skipped message" } else { "dead letter" })
        })?
        .1
        .into();
    // The body is the message's own, untouched; on a terminal nothing in it may steer that.
    let terminal = std::io::stdout().is_terminal();
    let say_plain = |text: &str| {
        for line in text.split('\n') {
            if terminal { say(&printable(line)) } else { say(line) }
        }
    };
    say_plain(&format!("subject: {}", letter.subject));
    say_plain(&format!("sequence: {}", letter.sequence));
    for (name, value) in sorted_headers(&letter.headers) {
        say_plain(&format!("{name}: {value}"));
    }
    say_plain("");
    match letter.object() {
        "" => say_plain(&String::from_utf8_lossy(&letter.body)),
        object => match object_body(context, config, object).await {
            Ok(body) => say_plain(&String::from_utf8_lossy(&body)),
            Err(error) => say_plain(&format!("(its body cannot be read: {error})")),
        },
    }
    Ok(Exit::Done)
}

/// Headers by name; of ours the encoding is undone.
fn sorted_headers(map: &HeaderMap) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = map
        .iter()
        .flat_map(|(name, values)| values.iter().map(move |value| (name.to_string(), value)))
        .map(|(name, value)| {
            let ours = [headers::ID, headers::REVISION, headers::MESSAGE].contains(&name.as_str());
            let value = if ours { unescaped(value.as_str()) } else { value.to_string() };
            (name, value)
        })
        .collect();
    all.sort();
    all
}

/// A body that no message holds. What intake refuses as too large is shown all the same.
async fn object_body(
    context: &async_nats::jetstream::Context,
    config: &Config,
    object: &str,
) -> Result<bytes::Bytes, intake::Error> {
    let mut message = RawMessage::default();
    message.headers.push(headers::OBJECT, object);
    let settings = intake::Settings { max_body_bytes: usize::MAX, ..config.intake.clone() };
    Ok(intake::resolve_object(message, context, &settings).await?.body)
}
