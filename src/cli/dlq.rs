//! `dlq`: dead letters listed, shown, and put back to work; with `--skipped` the skipped messages.
//!
//! A skipped message holds no body of its own: what is replayed is its URL, under the same id, so that a
//! story that a site's block kept back can be had when the block is lifted.
//!
//! A replay sends a letter's message to the raw stream again, as it was, and names the letter: its
//! outcome takes the letter's place as the key's last one. A letter whose key has a later outcome
//! is history and left alone; one that came back [`MAX_REPLAYS`] times is deferred until `--force`.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::ops::RangeInclusive;
use std::time::Duration;

use anyhow::Context as _;
use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{LastRawMessageErrorKind, Stream};
use async_nats::{HeaderMap, HeaderName, HeaderValue};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Done, Exit, OrExit as _, remark, say, unescaped};
use crate::broker::topology::partitions::host_token;
use crate::broker::topology::{self, Outs};
use crate::config::Config;
use crate::disposition::Stage;
use crate::headers;
use crate::intake::{self, RawMessage};
use crate::model::{Key, Revision, WebUrl};
use crate::terminal::printable;
use futures_util::StreamExt as _;

/// Replays after which a letter is deferred.
const MAX_REPLAYS: u64 = 3;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Prints one line per letter, oldest first, and counts by code on standard error.
    List {
        #[command(flatten)]
        filter: Filter,
        /// Prints one JSON object per letter.
        #[arg(long)]
        json: bool,
    },
    /// Prints one letter: headers, then body.
    Show {
        /// The story's key.
        key: String,
        /// Shows a skipped message instead of a dead letter.
        #[arg(long)]
        skipped: bool,
    },
    /// Sends the messages of dead letters to the raw stream again.
    Replay {
        #[command(flatten)]
        filter: Filter,
        /// Says what would be replayed, and replays nothing.
        #[arg(long)]
        dry_run: bool,
        /// At most this many letters per second.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        rate: u32,
        /// Also replays letters that failed again after three replays.
        #[arg(long)]
        force: bool,
    },
}

#[derive(Debug, Default, clap::Args)]
struct Filter {
    /// Selects skipped messages instead of dead letters.
    #[arg(long)]
    skipped: bool,
    /// Only of this stage.
    #[arg(long, value_parser = clap::builder::PossibleValuesParser::new(Stage::ALL.map(Stage::as_str)))]
    stage: Option<String>,
    /// Only with this code, alone (`timeout_total`) or as it is printed (`fetch.timeout_total`).
    #[arg(long)]
    code: Option<String>,
    /// Only with this key.
    #[arg(long)]
    key: Option<String>,
    /// Only pages at this host, such as `www.ex.com`.
    #[arg(long)]
    host: Option<String>,
    /// Only letters at least this old, in hours.
    #[arg(long, value_name = "HOURS")]
    older_than: Option<u64>,
    /// Only letters at most this old, in hours.
    #[arg(long, value_name = "HOURS")]
    newer_than: Option<u64>,
    /// At most this many.
    #[arg(long)]
    limit: Option<usize>,
}

/// The token in the subjects of skipped messages or dead letters.
fn kind(skipped: bool) -> &'static str {
    if skipped { "skipped" } else { "dlq" }
}

impl Filter {
    /// What is looked for, in words.
    fn what(&self) -> &'static str {
        if self.skipped { "skipped message" } else { "dead letter" }
    }

    /// Whether nothing narrows it.
    fn is_everything(&self) -> bool {
        self.stage.is_none()
            && self.code.is_none()
            && self.key.is_none()
            && self.host.is_none()
            && self.older_than.is_none()
            && self.newer_than.is_none()
            && self.limit.is_none()
    }

    /// The subject filter that the broker applies.
    fn subject(&self, prefix: &str) -> anyhow::Result<String> {
        let mut tokens = Vec::new();
        // As they are printed: `fetch.timeout_total` names stage and code.
        let (stage, code) = match self.code.as_deref().and_then(|code| code.split_once('.')) {
            Some((stage, code)) => {
                let other = self.stage.as_deref().is_some_and(|other| other != stage);
                anyhow::ensure!(!other, "--code {stage}.{code} is not of --stage {:?}", self.stage);
                (Some(stage.to_owned()), Some(code.to_owned()))
            }
            None => (self.stage.clone(), self.code.clone()),
        };
        for (name, value) in [("stage", &stage), ("code", &code), ("key", &self.key)] {
            let token = value.as_deref().unwrap_or("*");
            anyhow::ensure!(
                token == "*" || crate::model::is_token(token),
                "--{name} {token:?} is not of [A-Za-z0-9_-]"
            );
            tokens.push(token);
        }
        Ok(format!("{prefix}.{}.{}", kind(self.skipped), tokens.join(".")))
    }

    fn takes_host(&self, letter: &Letter) -> bool {
        let Some(wanted) = &self.host else { return true };
        let url = letter.url().and_then(|url| WebUrl::parse(&url).ok());
        url.is_some_and(|url| url.host().eq_ignore_ascii_case(wanted))
    }

    fn takes_age(&self, stored: OffsetDateTime, now: OffsetDateTime) -> bool {
        let hours = (now - stored).whole_seconds().max(0).unsigned_abs() / 3600;
        self.older_than.is_none_or(|least| hours >= least)
            && self.newer_than.is_none_or(|most| hours < most)
    }
}

pub(super) async fn run(config: Config, args: Args) -> Done {
    let connection = super::broker::connect(&config, "dlq").await?;
    let context = connection.jetstream();
    let outs = topology::bind_outs(&context, &config.streams).await.or_exit(Exit::Broker)?;
    match args.command {
        Command::List { filter, json } => list(&outs, &config.streams.prefix, &filter, json).await,
        Command::Show { key, skipped } => show(&context, &config, &outs, &key, skipped).await,
        Command::Replay { filter, dry_run, rate, force } => {
            if filter.is_everything() && !dry_run && !confirmed() {
                return Err((Exit::Usage, anyhow::anyhow!("nothing was replayed")));
            }
            let pace = Pace { dry_run, rate, force };
            replay(&context, &outs, &config.streams, &filter, &pace).await
        }
    }
    .or_exit(Exit::Failed)
}

/// Asks at a terminal before everything is replayed; a script is not asked.
#[allow(clippy::print_stderr, reason = "a question beside the data")]
fn confirmed() -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return true;
    }
    eprint!("No filter is given: replay every dead letter? [y/N] ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).is_ok()
        && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// A letter as it lies in the out stream.
struct Letter {
    subject: String,
    sequence: u64,
    stored: OffsetDateTime,
    headers: HeaderMap,
    body: bytes::Bytes,
}

impl Letter {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", async_nats::HeaderValue::as_str)
    }

    fn key(&self) -> &str {
        self.subject.rsplit('.').next().unwrap_or_default()
    }

    fn is_skipped(&self) -> bool {
        self.subject.split('.').nth(1) == Some(kind(true))
    }

    /// `stage.code`
    fn code(&self) -> String {
        self.subject.split('.').skip(2).take(2).collect::<Vec<_>>().join(".")
    }

    /// The object that holds the body, put aside by a worker or named by the producer; `""` for none.
    fn object(&self) -> &str {
        match self.header(headers::OBJECT) {
            "" => self.header(headers::ORIGINAL_OBJECT),
            object => object,
        }
    }

    /// The address that its message names, where that can be read.
    fn url(&self) -> Option<String> {
        super::message_url::of_letter(&intake::Headers::from(&self.headers), &self.body)
    }

    fn replays(&self) -> u64 {
        let original = format!("{}{}", headers::ORIGINAL, headers::REPLAYS);
        self.header(&original).parse().unwrap_or_default()
    }
}

impl From<StreamMessage> for Letter {
    fn from(message: StreamMessage) -> Self {
        Self {
            subject: message.subject.to_string(),
            sequence: message.sequence,
            stored: message.time,
            headers: message.headers,
            body: message.payload,
        }
    }
}

/// Calls `each` with every letter that passes the filter and is its key's last word, oldest first within each
/// stream.
async fn letters(
    outs: &Outs,
    prefix: &str,
    filter: &Filter,
    mut each: impl AsyncFnMut(Letter) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut taken = 0;
    let mut all: Vec<&Stream> = outs.all().collect();
    all.sort_by_key(|out| out.cached_info().created);
    for out in all {
        taken += letters_of(outs, out, prefix, filter, taken, &mut each).await?;
    }
    Ok(())
}

/// The same of one stream, where so many were taken of others; how many were taken of it.
async fn letters_of(
    outs: &Outs,
    out: &Stream,
    prefix: &str,
    filter: &Filter,
    before: usize,
    each: &mut impl AsyncFnMut(Letter) -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    // What comes in meanwhile, the letters of what is replayed among it, is left for the next time.
    let last = out.get_info().await?.state.last_sequence;
    let subject = filter.subject(prefix)?;
    let (now, mut taken, mut next) = (OffsetDateTime::now_utc(), 0, 1);
    while next <= last {
        let some = some_letters(out, &subject, next..=last).await?;
        next = some.next;
        for letter in some.letters {
            if filter.limit.is_some_and(|limit| before + taken >= limit) {
                return Ok(taken);
            }
            let is_taken = filter.takes_age(letter.stored, now) && filter.takes_host(&letter);
            if is_taken && is_last(outs, out, prefix, &letter).await? {
                taken += 1;
                each(letter).await?;
            }
        }
    }
    Ok(taken)
}

/// Some letters of a stream, in its order, and the sequence at which to go on.
struct SomeLetters {
    letters: Vec<Letter>,
    next: u64,
}

/// Reads as many letters as fit in memory. The reader is closed before they are looked at, and opened anew for those
/// behind them: the broker gives up one that asks for nothing while a slow terminal or a slow replay is served.
async fn some_letters(
    out: &Stream,
    subject: &str,
    range: RangeInclusive<u64>,
) -> anyhow::Result<SomeLetters> {
    const MOST: usize = 500;
    const MOST_BYTES: usize = 16 << 20;
    let (start_sequence, last) = range.into_inner();
    let reader = out
        .create_consumer(pull::Config {
            ack_policy: AckPolicy::None,
            filter_subject: subject.to_owned(),
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence },
            ..pull::Config::default()
        })
        .await?;
    let mut some = SomeLetters { letters: Vec::new(), next: last + 1 };
    let mut left = reader.cached_info().num_pending;
    let mut bytes = 0;
    let mut messages = reader.messages().await?;
    while left > 0 {
        let message = tokio::time::timeout(Duration::from_secs(20), messages.next())
            .await
            .context("the broker delivers nothing")?
            .context("the stream ended")??;
        let info = message.info().map_err(|error| anyhow::anyhow!("{error}"))?;
        if info.stream_sequence > last {
            break;
        }
        left = info.pending;
        bytes += message.length;
        some.letters.push(Letter {
            sequence: info.stream_sequence,
            stored: info.published,
            subject: message.subject.to_string(),
            headers: message.headers.clone().unwrap_or_default(),
            body: message.payload.clone(),
        });
        if some.letters.len() >= MOST || bytes >= MOST_BYTES {
            some.next = info.stream_sequence + 1;
            break;
        }
    }
    drop(messages);
    let name = &reader.cached_info().name;
    if let Err(error) = out.delete_consumer(name).await {
        tracing::debug!(%error, "the broker drops the reader by itself");
    }
    Ok(some)
}

/// Whether no later outcome of the key is stored, in its stream or in one that took its place.
async fn is_last(outs: &Outs, own: &Stream, prefix: &str, letter: &Letter) -> anyhow::Result<bool> {
    let endings = format!("{prefix}.*.*.*.{}", letter.key());
    for out in outs.holding(letter.key()) {
        match out.get_last_raw_message_by_subject(&endings).await {
            Ok(last) => return Ok(std::ptr::eq(out, own) && last.sequence == letter.sequence),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(false)
}

async fn list(outs: &Outs, prefix: &str, filter: &Filter, json: bool) -> anyhow::Result<Exit> {
    let mut counts = BTreeMap::<String, u64>::new();
    letters(outs, prefix, filter, async |letter| {
        *counts.entry(letter.code()).or_default() += 1;
        say(&if json { json_line(&letter) } else { line(&letter) });
        Ok(())
    })
    .await?;
    if counts.is_empty() && !filter.is_everything() {
        return no_match(outs, prefix, filter).await;
    }
    say_counts(&counts, filter.what());
    Ok(Exit::Done)
}

/// Says that nothing passes the filter, and what there is without it: a misspelt code is no good news.
async fn no_match(outs: &Outs, prefix: &str, filter: &Filter) -> anyhow::Result<Exit> {
    let mut counts = BTreeMap::<String, u64>::new();
    let all = Filter { skipped: filter.skipped, ..Filter::default() };
    letters(outs, prefix, &all, async |letter| {
        *counts.entry(letter.code()).or_default() += 1;
        Ok(())
    })
    .await?;
    if counts.is_empty() {
        say_counts(&counts, filter.what());
    } else {
        remark(&format!("no {} matches; there are these:", filter.what()));
        say_counts(&counts, filter.what());
    }
    Ok(Exit::Done)
}

/// A letter on one line, for people.
fn line(letter: &Letter) -> String {
    let stored = letter.stored.replace_nanosecond(0).unwrap_or(letter.stored);
    let text = format!(
        "{} {} {:24} {} {} {}",
        stored.format(&Rfc3339).unwrap_or_default(),
        letter.key(),
        letter.code(),
        unescaped(letter.header(headers::ID)),
        letter.url().as_deref().unwrap_or("-"),
        unescaped(letter.header(headers::MESSAGE)),
    );
    printable(&text)
}

fn json_line(letter: &Letter) -> String {
    serde_json::json!({
        "stored": letter.stored.format(&Rfc3339).unwrap_or_default(),
        "key": letter.key(),
        "code": letter.code(),
        "id": unescaped(letter.header(headers::ID)),
        "url": letter.url(),
        "reason": unescaped(letter.header(headers::MESSAGE)),
        "sequence": letter.sequence,
        "replays": letter.replays(),
    })
    .to_string()
}

/// How many there are of each code, the most frequent first, on standard error: the list stays a list.
#[allow(clippy::print_stderr, reason = "a summary beside the data")]
fn say_counts(counts: &BTreeMap<String, u64>, what: &str) {
    let total: u64 = counts.values().sum();
    let mut by_count: Vec<_> = counts.iter().collect();
    by_count.sort_by_key(|(code, count)| (std::cmp::Reverse(**count), code.as_str()));
    let codes: Vec<_> = by_count.iter().map(|(code, count)| format!("{count} {code}")).collect();
    match total {
        0 => eprintln!("no {what}s"),
        1 => eprintln!("1 {what}: {}", codes.join(", ")),
        _ => eprintln!("{total} {what}s: {}", codes.join(", ")),
    }
}

async fn show(
    context: &async_nats::jetstream::Context,
    config: &Config,
    outs: &Outs,
    key: &str,
    skipped: bool,
) -> anyhow::Result<Exit> {
    let prefix = &config.streams.prefix;
    let key = Key::parse(key).with_context(|| format!("{key:?} is not a key"))?;
    let mut found = Err(anyhow::anyhow!("no out stream"));
    for out in outs.holding(key.as_str()) {
        let subject = format!("{prefix}.{}.*.*.{key}", kind(skipped));
        found = out.get_last_raw_message_by_subject(&subject).await.map_err(anyhow::Error::new);
        if found.is_ok() {
            break;
        }
    }
    let letter: Letter = found
        .with_context(|| {
            format!("no {} of {key}", if skipped { "skipped message" } else { "dead letter" })
        })?
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

/// How letters are replayed.
struct Pace {
    /// Says what would be done.
    dry_run: bool,
    /// Letters per second at most.
    rate: u32,
    /// Even what came back often.
    force: bool,
}

async fn replay(
    context: &async_nats::jetstream::Context,
    outs: &Outs,
    streams: &topology::Settings,
    filter: &Filter,
    &Pace { dry_run, rate, force }: &Pace,
) -> anyhow::Result<Exit> {
    let (prefix, places) = (&streams.prefix, streams.raw_places());
    let is_one = outs.all().count() == 1;
    let (mut replayed, mut deferred, mut bare) = (0u64, 0u64, 0u64);
    // A dry run prints a line for each.
    let bar = if dry_run { indicatif::ProgressBar::hidden() } else { super::progress("replayed") };
    let mut pace = tokio::time::interval(Duration::from_secs(1) / rate);
    letters(outs, prefix, filter, async |letter| {
        if letter.replays() >= MAX_REPLAYS && !force {
            deferred += 1;
            return Ok(());
        }
        let Some(body) = replayed_body(&letter) else {
            bare += 1;
            return Ok(());
        };
        replayed += 1;
        if dry_run {
            say(&format!("{} {} {}", letter.key(), letter.code(), letter.header(headers::ID)));
            return Ok(());
        }
        pace.tick().await;
        let subject = match letter.header(headers::SUBJECT) {
            // One that a header could not carry as it is cannot be published to by every client either.
            subject if subject.is_empty() || subject.contains('%') => {
                format!("{prefix}.raw.replay")
            }
            subject => {
                let host = letter.url().and_then(|url| WebUrl::parse(&url).ok());
                let by = host.map_or(letter.key().to_owned(), |url| host_token(url.host()));
                places.again(subject, &by).unwrap_or_else(|| subject.to_owned())
            }
        };
        let mut headers = original_headers(&letter);
        if !is_one {
            // Several out streams count alike.
            let id = format!("replay:{}:{}", letter.key(), letter.sequence);
            headers.insert(NATS_MESSAGE_ID, id);
        }
        more_headers(context, &letter, &mut headers).await;
        context
            .publish_with_headers(subject, headers, body)
            .await?
            .await
            .with_context(|| format!("{} was not accepted", letter.key()))?;
        bar.inc(1);
        Ok(())
    })
    .await?;
    bar.finish_and_clear();
    let done = if dry_run { "would be replayed" } else { "replayed" };
    let held = match deferred {
        0 => String::new(),
        held => format!("; {held} held back after {MAX_REPLAYS} replays (--force replays them)"),
    };
    say(&format!("{replayed} {done}{held}"));
    if replayed + deferred + bare == 0 && !filter.is_everything() {
        return no_match(outs, prefix, filter).await;
    }
    if bare > 0 {
        say(&format!(
            "{bare} not replayed: the text came in the message, which its producer must send again"
        ));
    }
    Ok(Exit::Done)
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
async fn more_headers(
    context: &async_nats::jetstream::Context,
    letter: &Letter,
    map: &mut HeaderMap,
) {
    let Some((bucket, name)) = letter.header(headers::MORE_ORIGINALS).split_once('/') else {
        return;
    };
    let read = async {
        let mut object = context.get_object_store(bucket).await?.get(name).await?;
        let mut json = Vec::new();
        tokio::io::AsyncReadExt::read_to_end(&mut object, &mut json).await?;
        anyhow::Ok(serde_json::from_slice::<Vec<(String, String)>>(&json)?)
    };
    let more = match tokio::time::timeout(Duration::from_secs(20), read).await {
        Ok(Ok(more)) => more,
        Ok(Err(_)) | Err(_) => return,
    };
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
            // The headers that could not be read, for whoever looks into the letter.
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
