//! `publish`: raw messages from files to the raw stream, with every publish confirmed.

use std::io::{BufRead as _, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use futures_util::StreamExt as _;

use super::{Done, Exit, OrExit as _, say, whole_file};
use crate::backoff::{Backoff, Tries};
use crate::broker::connect::Connection;
use crate::broker::topology;
use crate::broker::topology::partitions::{RawPlaces, host_token};
use crate::config::Config;
use crate::intake;
use crate::model::{Origin, WebUrl};
use crate::publish::{Error, OutgoingRawMessage, RawPublisher};

/// Publishes awaiting their confirmation at once.
const IN_FLIGHT: usize = 256;
/// How much of a text file is read to tell a list of URLs from a story, in bytes.
const START: u64 = 64 << 10;
/// How often a message is sent to a stream that accepts nothing.
const STORE_TRIES: u32 = 10;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files to publish; `-` reads NDJSON from standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the files contain [default: by extension: .ndjson and .jsonl, .txt (a list of URLs if its
    /// first line is one, blank lines and # comments aside, else a story), .urls, .html and .htm].
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Last tokens of the subject, under <prefix>.raw.
    #[arg(long, default_value = "publish")]
    source: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Kind {
    /// Raw messages, one per line.
    Ndjson,
    /// One URL per line.
    Urls,
    /// A page.
    Html,
    /// A story.
    Text,
}

impl Kind {
    fn content_type(self) -> &'static str {
        match self {
            Self::Ndjson => "application/json",
            Self::Urls => "text/uri-list",
            Self::Html => "text/html",
            Self::Text => "text/plain",
        }
    }
}

pub(super) async fn run(config: Config, args: Args) -> Done {
    if !args.source.split('.').all(crate::model::is_token) {
        let error = anyhow::anyhow!("--source {:?} is not tokens of [A-Za-z0-9_-]", args.source);
        return Err((Exit::Usage, error));
    }
    let connection = super::broker::connect(&config, "publish").await?;
    let timeout = config.nats.request_timeout_secs.duration();
    let publisher = RawPublisher::new(connection.client.clone(), timeout);
    let to = Destination {
        stream: config.streams.raw_stream.clone(),
        connection,
        places: config.streams.raw_places(),
        source: args.source,
        intake: config.intake.clone(),
    };
    let (sender, mut receiver) = tokio::sync::mpsc::channel(IN_FLIGHT);
    let (files, kind) = (args.files, args.kind);
    let reader = tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
        for file in &files {
            read(file, kind, &sender)?;
        }
        Ok(())
    });
    let bar = super::progress("published");
    let (publisher, to) = (&publisher, &to);
    let mut sent = futures_util::stream::poll_fn(move |cx| receiver.poll_recv(cx))
        .map(async |message| send(publisher, to, message.map_err(Unsent::Message)?).await)
        .buffer_unordered(IN_FLIGHT);
    let (mut stored, mut refused) = (0u64, 0u64);
    while let Some(result) = sent.next().await {
        match result {
            Ok(()) => stored += 1,
            // No other message fares better.
            Err(Unsent::Broker(error)) => {
                bar.finish_and_clear();
                return Err((Exit::Broker, error));
            }
            Err(Unsent::Message(error)) => {
                refused += 1;
                bar.suspend(|| tracing_or_stderr(&error));
            }
        }
        bar.set_position(stored);
    }
    drop(sent);
    bar.finish_and_clear();
    reader.await.or_exit(Exit::Failed)?.or_exit(Exit::Failed)?;
    say(&format!("{stored} published to {}, {refused} refused", to.places.any(&to.source)));
    Ok(if refused == 0 { Exit::Done } else { Exit::Failed })
}

#[allow(clippy::print_stderr, reason = "a command for people")]
fn tracing_or_stderr(error: &anyhow::Error) {
    eprintln!("news-ingest: {error:#}");
}

/// Why a message was not published.
enum Unsent {
    /// It is refused.
    Message(anyhow::Error),
    /// The broker does not hold what is needed; says what to do.
    Broker(anyhow::Error),
}

/// Where messages go.
struct Destination {
    connection: Connection,
    /// A raw stream that must exist.
    stream: String,
    places: RawPlaces,
    /// Last tokens of every subject.
    source: String,
    intake: intake::Settings,
}

impl Destination {
    /// Whether the raw stream is there, where nothing takes a message's subject. A server that is about to take the
    /// stream over has it, and does not answer for a moment.
    async fn exists(&self) -> anyhow::Result<()> {
        match topology::bind_stream(&self.connection.jetstream(), &self.stream).await {
            Err(error @ (topology::Error::NoStream(_) | topology::Error::NoJetStream)) => {
                Err(error.into())
            }
            // One who may only publish cannot ask.
            Ok(_) | Err(_) => Ok(()),
        }
    }

    /// The subject of a message. Only where there are partitions is it looked into.
    fn subject(&self, content_type: &str, body: &Bytes) -> String {
        if !self.places.are_many() {
            return self.places.subject(&self.source, "");
        }
        let mut message = intake::RawMessage { body: body.clone(), ..Default::default() };
        message.headers.push("Content-Type", content_type);
        let identity = intake::identify(&message, &self.intake);
        match intake::decode(message, &self.intake).map(|raw| raw.origin) {
            Ok(Origin::Link { url, .. }) => {
                self.places.subject(&self.source, &host_token(url.host()))
            }
            Ok(Origin::Inline { .. }) | Err(_) => {
                self.places.subject(&self.source, identity.key_str())
            }
        }
    }
}

/// One message and where it came from.
struct Outgoing {
    place: String,
    content_type: &'static str,
    body: Bytes,
}

fn read(
    path: &Path,
    kind: Option<Kind>,
    out: &tokio::sync::mpsc::Sender<anyhow::Result<Outgoing>>,
) -> anyhow::Result<()> {
    let pass = |message| out.blocking_send(message).context("publishing has stopped");
    let give = |place: String, content_type: &'static str, body: Bytes| -> anyhow::Result<()> {
        pass(Ok(Outgoing { place, content_type, body }))
    };
    let refuse = |error| pass(Err(error));
    let shown = path.display();
    let by_line = |reader: Box<dyn std::io::Read>, urls: bool| -> anyhow::Result<()> {
        for (number, line) in std::io::BufReader::new(reader).split(b'\n').enumerate() {
            let line = line.with_context(|| format!("cannot read {shown}"))?;
            let line = without_mark(&line).trim_ascii();
            if line.is_empty() || (urls && line.starts_with(b"#")) {
                continue;
            }
            let place = format!("{shown}:{}", number + 1);
            if let Err(why) = if urls { usable(line) } else { object(line) } {
                refuse(anyhow::anyhow!("{place}: {why}"))?;
                continue;
            }
            let kind = if urls { Kind::Urls } else { Kind::Ndjson };
            give(place, kind.content_type(), Bytes::copy_from_slice(line))?;
        }
        Ok(())
    };
    if is_address(path.to_string_lossy().as_bytes()) {
        anyhow::bail!("{shown} is a URL: `echo {shown} | news-ingest publish --kind urls -`");
    }
    if path.as_os_str() == "-" {
        if let Some(other @ (Kind::Html | Kind::Text)) = kind {
            let body = whole_file::read_stdin()?;
            return give(shown.to_string(), other.content_type(), body.into());
        }
        return by_line(Box::new(std::io::stdin()), kind == Some(Kind::Urls));
    }
    let open = || std::fs::File::open(path).with_context(|| format!("cannot open {shown}"));
    let kind = match kind {
        Some(kind) => kind,
        None => guess(path)?,
    };
    match kind {
        Kind::Ndjson | Kind::Urls => by_line(Box::new(open()?), kind == Kind::Urls),
        Kind::Html | Kind::Text => {
            let body = whole_file::read(path)?;
            give(shown.to_string(), kind.content_type(), body.into())
        }
    }
}

fn is_address(text: &[u8]) -> bool {
    let starts = |scheme: &[u8]| {
        text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    starts(b"http://") || starts(b"https://")
}

/// A line without the mark that some editors begin a file with.
fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line)
}

/// Whether a line of a list is the address of a page.
fn usable(line: &[u8]) -> Result<(), String> {
    match str::from_utf8(line).ok().map(WebUrl::parse) {
        // What a parser would make part of the address is text behind it.
        Some(Ok(_)) if line.iter().any(u8::is_ascii_whitespace) => {
            Err("text behind the URL: one URL a line, nothing else".to_owned())
        }
        Some(Ok(_)) => Ok(()),
        Some(Err(_)) | None => Err("no http or https URL".to_owned()),
    }
}

/// Whether a line of NDJSON can be a message. What it holds is read by the worker.
fn object(line: &[u8]) -> Result<(), String> {
    if is_address(line) {
        return Err("a URL, not JSON: --kind urls publishes a list of URLs".to_owned());
    }
    if line.starts_with(b"<") {
        return Err("markup, not JSON: --kind html publishes a page".to_owned());
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(line) {
        Ok(_) if line.starts_with(b"{") => Ok(()),
        Ok(_) => Err("no JSON object".to_owned()),
        Err(error) => Err(format!("not JSON: {error}")),
    }
}

fn guess(path: &Path) -> anyhow::Result<Kind> {
    let about =
        std::fs::metadata(path).with_context(|| format!("cannot open {}", path.display()))?;
    if about.is_dir() {
        anyhow::bail!("{}: a directory; name its files", path.display());
    }
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    Ok(match ending.to_ascii_lowercase().as_str() {
        "ndjson" | "jsonl" => Kind::Ndjson,
        "urls" => Kind::Urls,
        "html" | "htm" | "xhtml" => Kind::Html,
        "txt" => {
            let file = std::fs::File::open(path)
                .with_context(|| format!("cannot open {}", path.display()))?;
            let mut start = Vec::new();
            file.take(START)
                .read_to_end(&mut start)
                .with_context(|| format!("cannot read {}", path.display()))?;
            if start.starts_with(&[0xff, 0xfe]) || start.starts_with(&[0xfe, 0xff]) {
                anyhow::bail!("{}: UTF-16; save it as UTF-8", path.display());
            }
            let lines = without_mark(&start).split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
            let mut telling = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"));
            if telling.next().is_some_and(is_address) { Kind::Urls } else { Kind::Text }
        }
        "rss" | "atom" | "xml" => anyhow::bail!(
            "{}: a file is no feed: `news-ingest feeds URL` polls one; other files with --kind",
            path.display()
        ),
        _ => anyhow::bail!("{}: say what it holds with --kind", path.display()),
    })
}

/// Publishes a message and waits until it is stored; a stream that is full is waited for.
async fn send(publisher: &RawPublisher, to: &Destination, message: Outgoing) -> Result<(), Unsent> {
    let Outgoing { place, content_type, body } = message;
    let (id, subject) = (publisher.fresh_id(), to.subject(content_type, &body));
    let message = OutgoingRawMessage::new(subject, &id, content_type, body);
    let waits = Backoff::new(Duration::from_millis(100), Duration::from_millis(6400));
    let (mut tries, mut last) = (Tries::new(STORE_TRIES, waits), String::new());
    while tries.next().await {
        match publisher.store(&message).await {
            Ok(_) => return Ok(()),
            Err(error @ (Error::Full(_) | Error::NotConfirmed { .. })) => last = error.to_string(),
            Err(error @ Error::NoStream(_)) => {
                to.exists().await.map_err(Unsent::Broker)?;
                last = error.to_string();
            }
            Err(error) => return Err(Unsent::Message(anyhow::anyhow!("{place}: {error}"))),
        }
    }
    Err(Unsent::Message(anyhow::anyhow!("{place}: not published: {last}")))
}
