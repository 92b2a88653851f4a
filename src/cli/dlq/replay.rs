//! `dlq replay`: the messages of letters sent to the raw stream again, as they were.
//!
//! A replay names its letter, whose place its outcome takes. One that came back [`MAX_REPLAYS`] times is held back
//! until `--force`. Of a skipped message, which holds no body, a link to its page is sent.

use std::io::IsTerminal as _;
use std::time::Duration;

use anyhow::Context as _;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::Context;
use async_nats::{HeaderMap, HeaderName, HeaderValue};
use indicatif::ProgressBar;

use super::filter::Filter;
use super::letter::Letter;
use super::list::no_match;
use super::read::letters;
use crate::broker::topology::Outs;
use crate::broker::topology::partitions::{RawPlaces, host_token};
use crate::cli::{Exit, progress, say, unescaped};
use crate::config::Config;
use crate::headers;
use crate::model::{Revision, WebUrl};
use crate::publish::{Error, OutgoingRawMessage, RawPublisher, RawStored};

/// Replays after which a letter is held back.
const MAX_REPLAYS: u64 = 3;

/// How letters are replayed.
pub(super) struct Pace {
    /// Says what would be done.
    pub(super) dry_run: bool,
    /// Letters per second at most.
    pub(super) rate: u32,
    /// Even what came back often.
    pub(super) force: bool,
}

/// Asks at a terminal before everything is replayed; a script is not asked.
#[allow(clippy::print_stderr, reason = "a question beside the data")]
pub(super) fn confirmed() -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return true;
    }
    eprint!("No filter is given: replay every dead letter? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).is_ok()
        && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// Sends the letters again that a filter selects, and says what became of them.
///
/// # Errors
/// When the broker does not answer, or accepts nothing any more.
pub(super) async fn replay(
    context: &Context,
    outs: &Outs,
    config: &Config,
    filter: &Filter,
    pace: &Pace,
) -> anyhow::Result<Exit> {
    let prefix = &config.streams.prefix;
    let replayer = Replayer::new(context, outs, config);
    let mut counts = Counts::default();
    // A dry run prints a line for each.
    let bar = if pace.dry_run { ProgressBar::hidden() } else { progress("replayed") };
    let mut turns = tokio::time::interval(Duration::from_secs(1) / pace.rate);
    letters(outs, prefix, filter, async |letter| {
        if letter.replays() >= MAX_REPLAYS && !pace.force {
            counts.held += 1;
            return Ok(());
        }
        let Some(body) = replayed_body(&letter) else {
            counts.without_body += 1;
            return Ok(());
        };
        if pace.dry_run {
            counts.replayed += 1;
            say(&format!("{} {} {}", letter.key(), letter.code(), letter.header(headers::ID)));
            return Ok(());
        }
        turns.tick().await;
        match replayer.send(&letter, body).await {
            Ok(RawStored::Now) => {
                counts.replayed += 1;
                bar.inc(1);
            }
            Ok(RawStored::Before) => counts.under_way += 1,
            // The others may fit, and have a stream.
            Err(error) if error.is_too_large() || matches!(error, Error::NoStream(_)) => {
                counts.refused += 1;
                bar.suspend(|| say(&format!("{} cannot be replayed: {error}", letter.key())));
            }
            Err(error) => {
                return Err(error).with_context(|| {
                    let (key, replayed) = (letter.key(), counts.replayed);
                    format!("{key} was not accepted, after {replayed} were replayed")
                });
            }
        }
        Ok(())
    })
    .await?;
    bar.finish_and_clear();
    for line in counts.lines(pace.dry_run) {
        say(&line);
    }
    if counts.refused > 0 {
        return Ok(Exit::Failed);
    }
    if counts == Counts::default() && !filter.is_everything() {
        return no_match(outs, prefix, filter).await;
    }
    Ok(Exit::Done)
}

/// What became of the letters that were selected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    replayed: u64,
    /// Came back too often.
    held: u64,
    /// Skipped messages whose text came in the message.
    without_body: u64,
    /// Replayed a moment ago, so that the broker dropped this one.
    under_way: u64,
    /// The broker does not take them.
    refused: u64,
}

impl Counts {
    /// What is said of them at the end.
    fn lines(self, dry_run: bool) -> Vec<String> {
        let Self { replayed, held, without_body, under_way, refused } = self;
        let done = if dry_run { "would be replayed" } else { "replayed" };
        let held = match held {
            0 => String::new(),
            held => {
                format!("; {held} held back after {MAX_REPLAYS} replays (--force replays them)")
            }
        };
        let more = [
            (under_way, "were replayed a moment ago"),
            (refused, "cannot be replayed: the broker does not take them"),
            (
                without_body,
                "not replayed: the text came in the message, which its producer must send again",
            ),
        ];
        let more = more.iter().filter(|(count, _)| *count > 0);
        std::iter::once(format!("{replayed} {done}{held}"))
            .chain(more.map(|(count, says)| format!("{count} {says}")))
            .collect()
    }
}

/// Sends letters to the raw streams.
struct Replayer<'a> {
    context: &'a Context,
    publisher: RawPublisher,
    prefix: &'a str,
    places: RawPlaces,
    /// Whether there is one out stream: several count alike.
    is_one: bool,
}

impl<'a> Replayer<'a> {
    fn new(context: &'a Context, outs: &Outs, config: &'a Config) -> Self {
        let timeout = config.nats.request_timeout_secs.duration();
        Self {
            context,
            publisher: RawPublisher::new(context.client(), timeout),
            prefix: &config.streams.prefix,
            places: config.streams.raw_places(),
            is_one: outs.all().count() == 1,
        }
    }

    async fn send(&self, letter: &Letter, body: bytes::Bytes) -> Result<RawStored, Error> {
        let subject = subject_of_replay(letter, self.prefix, &self.places);
        let mut headers = original_headers(letter);
        if !self.is_one {
            let id = format!("replay:{}:{}", letter.key(), letter.sequence);
            headers.insert(NATS_MESSAGE_ID, id);
        }
        more_headers(self.context, letter, &mut headers).await;
        self.publisher.store(&OutgoingRawMessage { subject, headers, body }).await
    }
}

/// Where a letter's message is sent: where it was sent first, in the partition that takes it now.
fn subject_of_replay(letter: &Letter, prefix: &str, places: &RawPlaces) -> String {
    let subject = letter.header(headers::SUBJECT);
    // One that a header could not carry as it is cannot be published to by every client either.
    if subject.is_empty() || subject.contains('%') {
        return format!("{prefix}.raw.replay");
    }
    let url = letter.url().and_then(|url| WebUrl::parse(&url).ok());
    let by = url.map_or(letter.key().to_owned(), |url| host_token(url.host()));
    places.again(subject, &by).unwrap_or_else(|| subject.to_owned())
}

/// The body that a replay sends: a dead letter's own; of a skipped message, a link to its page. `None`
/// where there is neither.
fn replayed_body(letter: &Letter) -> Option<bytes::Bytes> {
    #[derive(serde::Deserialize)]
    struct Skipped {
        id: String,
        revision: Option<String>,
        url: Option<String>,
    }
    if !letter.is_skipped() {
        return Some(letter.body.clone());
    }
    let Skipped { id, revision, url } = serde_json::from_slice(&letter.body).ok()?;
    let link = serde_json::json!({"id": id, "revision": revision, "url": url?});
    Some(link.to_string().into())
}

/// Adds the headers that had no room in the letter. Those that are gone with their object are left out.
async fn more_headers(context: &Context, letter: &Letter, map: &mut HeaderMap) {
    let Some((bucket, name)) = letter.header(headers::MORE_ORIGINALS).split_once('/') else {
        return;
    };
    let read = async {
        let mut object = context.get_object_store(bucket).await?.get(name).await?;
        let mut json = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut object, &mut json).await?;
        anyhow::Ok(serde_json::from_slice::<Vec<(String, String)>>(&json)?)
    };
    let Ok(Ok(more)) = tokio::time::timeout(Duration::from_secs(20), read).await else { return };
    for (name, value) in more {
        let parsed = (name.parse::<HeaderName>(), value.parse::<HeaderValue>());
        let is_left_out =
            headers::is_brokers(&name) || letter.is_skipped() && headers::describes_body(&name);
        if let (false, (Ok(name), Ok(value))) = (is_left_out, parsed) {
            map.append(name, value);
        }
    }
}

/// The message's own headers as they were, and the letter that it replays. A skipped message's body is
/// written anew, as JSON: the headers that say how the first was to be read are left out.
fn original_headers(letter: &Letter) -> HeaderMap {
    let mut map = HeaderMap::new();
    let is_skipped = letter.is_skipped();
    for (name, values) in letter.headers.iter() {
        let name: &str = name.as_ref();
        let original = match name.strip_prefix(headers::ORIGINAL) {
            Some(original) if is_skipped && headers::describes_body(original) => continue,
            // The headers that could not be read, for those who look into the letter.
            Some(headers::HEADER_BLOCK) => continue,
            Some(original) if !headers::is_brokers(original) => original,
            None if is_content_header(name) && !is_skipped => name,
            // Where the body is now; a message that named an object itself names that one again.
            None if name == headers::OBJECT
                && letter.header(headers::ORIGINAL_OBJECT).is_empty() =>
            {
                name
            }
            _ => continue,
        };
        for value in values {
            map.append(original, value.as_str());
        }
    }
    // Where who the message was may have stood in what could not be read, it is who its letter says.
    let revision = unescaped(letter.header(headers::REVISION));
    if is_unreadable(letter) && Revision::is_unusable(&revision) {
        map.insert(headers::REVISION, revision.as_str());
        if map.get(headers::ID).is_none() {
            map.insert(headers::ID, unescaped(letter.header(headers::ID)).as_str());
        }
    }
    map.insert(headers::REPLAY_OF, letter.sequence.to_string());
    map.insert(headers::REPLAYS, (letter.replays() + 1).to_string());
    // Two replays of one letter at the same time are one.
    map.insert(NATS_MESSAGE_ID, format!("replay:{}", letter.sequence));
    map
}

/// Whether a letter's message had headers that could not be read.
fn is_unreadable(letter: &Letter) -> bool {
    letter.headers.get(headers::ORIGINAL_HEADER_BLOCK).is_some()
}

/// Headers that dead letters carry under the message's own name.
fn is_content_header(name: &str) -> bool {
    ["content-type", "content-encoding", "traceparent", "tracestate"]
        .contains(&name.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_say_what_became_of_letters() {
        let counts = Counts { replayed: 4, held: 1, refused: 2, ..Counts::default() };
        assert_eq!(
            counts.lines(false),
            [
                "4 replayed; 1 held back after 3 replays (--force replays them)",
                "2 cannot be replayed: the broker does not take them",
            ]
        );
        assert_eq!(Counts::default().lines(true), ["0 would be replayed"]);
    }
}
