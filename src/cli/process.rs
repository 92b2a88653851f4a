//! `process`: the pipeline without a broker.
//!
//! NDJSON in, one line out per line in, in order. Memory is bounded: a fixed number of messages is
//! in hand, lines longer than the limit are refused without being held, and output that is not
//! taken stops the input.

use std::io::{BufRead, BufWriter, IsTerminal as _, Read as _, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use futures_util::StreamExt as _;
use time::OffsetDateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::task::AbortOnDropHandle;

use super::{Done, Exit, OrExit as _, remark};
use crate::charset;
use crate::config::Config;
use crate::disposition::{Disposition, Failure, HostCondition};
use crate::fetch::Fetcher;
use crate::intake::{self, RawMessage};
use crate::model::{Identity, Origin, Provenance, RawArticle, Story, Timings, WebUrl};
use crate::page_archive::{self, Archived, PageArchive};
use crate::pipeline::{Outcome, Pipeline};
use crate::record::{self, Format};
use crate::route::Routes;
use crate::state::State;
use crate::tag::Tagger;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Raw messages as NDJSON, or a WARC file (`.warc`, `.warc.gz`), whose pages are not fetched again; `-` or
    /// no file reads standard input.
    #[arg(conflicts_with_all = ["url", "html", "text"])]
    file: Option<PathBuf>,
    /// One story: the page at this URL. With --html, the URL of that page.
    #[arg(long, conflicts_with = "text")]
    url: Option<String>,
    /// One story: a page in a file.
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    html: Option<PathBuf>,
    /// One story: a plain text in a file, headline first.
    #[arg(long, value_name = "FILE")]
    text: Option<PathBuf>,
    /// What is printed for each story.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Prints the routes that each story takes instead of the story.
    #[arg(long)]
    routes: bool,
    /// Fetches nothing; messages that have only a link are skipped.
    #[arg(long)]
    no_fetch: bool,
}

/// One line of input.
enum Line {
    /// A message, and its share of the bytes that may be in hand.
    Message(Bytes, OwnedSemaphorePermit),
    /// A page of an archive, and its share of the same.
    Archived(Box<Archived>, OwnedSemaphorePermit),
    TooLong,
}

pub(super) async fn run(config: Config, args: Args) -> Done {
    crate::log::start(&quiet(&config.log));
    let tagger = Tagger::new(&config.tag).or_exit(Exit::Config)?;
    let fetcher = if args.no_fetch {
        None
    } else {
        let state = State::in_process(&config.state);
        Some(Fetcher::new(&config.fetch, &state).or_exit(Exit::Config)?)
    };
    let cores = config.worker.core_count();
    let pipeline = Pipeline::new(fetcher, config.extract.clone(), tagger, cores)
        .context("cannot start the threads of [worker] cores")
        .or_exit(Exit::Failed)?
        .with_archive(PageArchive::open(&config.archive).or_exit(Exit::Failed)?);
    let limits = Limits {
        line: config.intake.max_body_bytes,
        page: usize::try_from(config.fetch.max_body_bytes).unwrap_or(usize::MAX),
        in_hand: cores << 20,
    };
    let (mut lines, reader) = input(&args, limits).or_exit(Exit::Failed)?;
    let (output, writer) = output();
    let in_hand = config.intake.max_in_flight.max(2 * cores);
    // Lines and a counter on one terminal would be in each other's way.
    let progress = if std::io::stdout().is_terminal() {
        indicatif::ProgressBar::hidden()
    } else {
        super::progress("stories")
    };
    let routes = Routes::compile(&config.routes, &record::TOPIC_SLUGS).or_exit(Exit::Config)?;
    let print = if args.routes { Print::Routes(routes) } else { Print::Story(args.format) };
    let clerk = Arc::new(LineProcessor { pipeline, intake: config.intake, print });
    // Tasks of their own: reading and writing JSON is work for all cores too.
    let mut answers = futures_util::stream::poll_fn(move |cx| lines.poll_recv(cx))
        .map(|line| {
            let clerk = Arc::clone(&clerk);
            AbortOnDropHandle::new(tokio::spawn(async move { clerk.answer(line).await }))
        })
        .buffered(in_hand);
    let (mut answered, mut failed) = (0u64, 0u64);
    while let Some(answer) = answers.next().await {
        let answer = answer.context("answering a line").or_exit(Exit::Failed)?;
        answered += 1;
        failed += u64::from(answer.failed);
        if output.send(answer.line).await.is_err() {
            break; // the writer has gone; its error is reported below
        }
        progress.inc(1);
    }
    drop(answers);
    drop(output);
    progress.finish_and_clear();
    let written = writer.await.context("writing output").or_exit(Exit::Failed)?;
    match written {
        // Whoever read has had enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
        written => written.context("cannot write output").or_exit(Exit::Failed)?,
    }
    // After the writer: a reader whose lines nobody takes stops at its next one.
    let read = reader.await.context("reading input").or_exit(Exit::Failed)?;
    read.or_exit(Exit::Failed)?;
    if answered > 0 && failed == answered {
        let lines = if answered == 1 { "the story" } else { "every line" };
        let error = anyhow::anyhow!("{lines} failed; the output says why");
        return Err((Exit::Failed, error));
    }
    if failed > 0 {
        remark(&format!("{failed} of {answered} lines failed; the output says why"));
    }
    Ok(Exit::Done)
}

/// Only warnings: what a line's answer says need not be logged too.
pub(super) fn quiet(settings: &crate::log::Settings) -> crate::log::Settings {
    let mut settings = settings.clone();
    if settings.level.0 == "info" {
        settings.level.0 = "warn".to_owned();
    }
    settings
}

/// What is held at once, in bytes.
#[derive(Clone, Copy)]
struct Limits {
    /// The longest line.
    line: usize,
    /// The largest page of an archive.
    page: usize,
    /// All messages in hand together.
    in_hand: usize,
}

/// Lines as they are read. Their messages hold at most `in_hand` bytes together, but for one that is
/// larger alone: many links may be under way at once, many pages not.
///
/// The task ends with the error that ended the input early.
fn input(args: &Args, limits: Limits) -> anyhow::Result<(mpsc::Receiver<Line>, Reader)> {
    let (sender, receiver) = mpsc::channel(64);
    let room = Room { semaphore: Arc::new(Semaphore::new(limits.in_hand)), bytes: limits.in_hand };
    if let Some(message) = single(args)? {
        let share = room.semaphore.try_acquire_owned().context("room of its own")?;
        sender.try_send(Line::Message(message, share)).ok().context("an empty channel has room")?;
        return Ok((receiver, tokio::task::spawn_blocking(|| Ok(()))));
    }
    let input: Box<dyn std::io::Read + Send> = match &args.file {
        Some(path) if path.as_os_str() != "-" => {
            let name = path.to_string_lossy();
            if name.starts_with("http://") || name.starts_with("https://") {
                anyhow::bail!("{name} is a URL: `news-ingest process --url {name}`");
            }
            Box::new(std::fs::File::open(path).with_context(|| format!("cannot open {path:?}"))?)
        }
        _ => Box::new(std::io::stdin()),
    };
    let name = args.file.as_ref().map_or_else(|| "-".into(), |file| file.display().to_string());
    let reader = tokio::task::spawn_blocking(move || {
        let mut input = std::io::BufReader::with_capacity(1 << 20, input);
        if page_archive::Reader::is_archive(input.fill_buf().context(CUT_SHORT)?) {
            read_archive(input, limits, &room, &sender).context(CUT_SHORT)
        } else {
            let mut lines = LineReader { input, name, limits };
            lines.read(&room, &sender)
        }
    });
    Ok((receiver, reader))
}

/// Room for the messages in hand.
struct Room {
    semaphore: Arc<Semaphore>,
    bytes: usize,
}

impl Room {
    /// Waits for a share of `bytes`, or of all there is. Not for the runtime's own threads.
    fn share(&self, bytes: usize) -> OwnedSemaphorePermit {
        let bytes = u32::try_from(bytes.min(self.bytes)).unwrap_or(u32::MAX);
        let share = Arc::clone(&self.semaphore).acquire_many_owned(bytes);
        tokio::runtime::Handle::current().block_on(share).expect("the room is never closed")
    }
}

/// What is said of input that breaks off.
const CUT_SHORT: &str = "cannot read input to its end";

/// NDJSON, and what it is called.
struct LineReader<R> {
    input: R,
    name: String,
    limits: Limits,
}

impl<R: BufRead> LineReader<R> {
    fn read(&mut self, room: &Room, lines: &mpsc::Sender<Line>) -> anyhow::Result<()> {
        let mut is_first = true;
        while let Some(line) = read_line(&mut self.input, self.limits.line).context(CUT_SHORT)? {
            let line = match line {
                Some(message) => {
                    // A page has hundreds of lines, none of which is a message.
                    if std::mem::take(&mut is_first) && starts_as_markup(&message) {
                        anyhow::bail!("{} is not NDJSON: {}", self.name, markup_hint(&message));
                    }
                    let share = room.share(message.len());
                    Line::Message(message, share)
                }
                None => Line::TooLong,
            };
            if lines.blocking_send(line).is_err() {
                break;
            }
        }
        Ok(())
    }
}

/// Reads the pages of a WARC file; what is behind a cut or damaged record is lost, and said.
fn read_archive(
    input: impl BufRead + Send + 'static,
    limits: Limits,
    room: &Room,
    lines: &mpsc::Sender<Line>,
) -> anyhow::Result<()> {
    let mut reader = page_archive::Reader::new(input, limits.page)?;
    while let Some(archived) = reader.next_page()? {
        let share = room.share(archived.page.body.len());
        if lines.blocking_send(Line::Archived(Box::new(archived), share)).is_err() {
            break;
        }
    }
    Ok(())
}

/// The one message that `--url`, `--html` or `--text` make.
fn single(args: &Args) -> anyhow::Result<Option<Bytes>> {
    let read = |path: &PathBuf| -> anyhow::Result<String> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {path:?}"))?;
        String::from_utf8(bytes).with_context(|| format!("{path:?} is not UTF-8"))
    };
    let message = match (&args.url, &args.html, &args.text) {
        (None, None, None) => return Ok(None),
        (url, Some(path), _) => {
            serde_json::json!({"url": url, "html": page(path, url.as_deref())?})
        }
        (_, None, Some(path)) => serde_json::json!({"text": read(path)?}),
        (Some(url), None, None) => serde_json::json!({"url": url}),
    };
    Ok(Some(message.to_string().into()))
}

/// A page of a file, in the charset that it names or shows.
fn page(path: &PathBuf, url: Option<&str>) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {path:?}"))?;
    let url = url.and_then(|url| WebUrl::parse(url).ok());
    let host = url.as_ref().map_or("", WebUrl::host);
    match charset::decode(bytes, None, true, host) {
        Ok(decoded) => Ok(decoded.text),
        Err(label) => anyhow::bail!("{path:?}: charset {label} can't be decoded"),
    }
}

/// Reads a line, its end left out; blank lines are lines. `None` at the end of input, `Some(None)`
/// for a line that is too long.
fn read_line(reader: &mut impl BufRead, max: usize) -> std::io::Result<Option<Option<Bytes>>> {
    let mut line = Vec::new();
    let read = reader.by_ref().take(max as u64 + 2).read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    let ended = line.last() == Some(&b'\n');
    if ended {
        line.pop();
    }
    if line.len() <= max {
        return Ok(Some(Some(line.into())));
    }
    drop(line);
    if !ended {
        skip_line(reader)?;
    }
    Ok(Some(None))
}

fn skip_line(reader: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(());
        }
        let (used, found) = match memchr::memchr(b'\n', buffer) {
            Some(at) => (at + 1, true),
            None => (buffer.len(), false),
        };
        reader.consume(used);
        if found {
            return Ok(());
        }
    }
}

type Writer = tokio::task::JoinHandle<std::io::Result<()>>;
type Reader = tokio::task::JoinHandle<anyhow::Result<()>>;

/// A writer of its own thread; it flushes whenever it has caught up.
fn output() -> (mpsc::Sender<String>, Writer) {
    let (sender, mut receiver) = mpsc::channel::<String>(64);
    let writer = tokio::task::spawn_blocking(move || {
        let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
        while let Some(line) = receiver.blocking_recv() {
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n")?;
            if receiver.is_empty() {
                out.flush()?;
            }
        }
        out.flush()
    });
    (sender, writer)
}

/// What is printed of a story.
enum Print {
    Story(Format),
    Routes(Routes),
}

impl Print {
    fn line(&self, story: &Story, timings: &Timings) -> String {
        match self {
            Self::Story(format) => {
                let now = OffsetDateTime::now_utc();
                record::to_json(*format, story, &Provenance::default(), timings, now)
            }
            Self::Routes(routes) => {
                let taken: Vec<_> = routes
                    .matching(story)
                    .into_iter()
                    .map(|r| serde_json::json!({"name": r.name, "subject": r.subject, "format": r.format}))
                    .collect();
                let id = story.article.identity.id().as_str();
                serde_json::json!({"id": id, "routes": taken}).to_string()
            }
        }
    }
}

/// A line of output, and whether it is an error.
struct Answer {
    line: String,
    failed: bool,
}

/// Answers lines.
struct LineProcessor {
    pipeline: Pipeline,
    intake: intake::Settings,
    print: Print,
}

impl LineProcessor {
    /// The line that answers a line.
    async fn answer(&self, line: Line) -> Answer {
        let started = std::time::Instant::now();
        let settings = &self.intake;
        let (message, captured, _share) = match line {
            Line::Message(body, share) => (RawMessage::json(body), None, share),
            Line::Archived(archived, share) => {
                let Archived { message, page } = *archived;
                (RawMessage::json(message.into()), Some(page), share)
            }
            Line::TooLong => {
                let error =
                    intake::Error::TooLarge { field: "the line", limit: settings.max_body_bytes };
                return refusal(None, &Failure::of(&error));
            }
        };
        let raw = match intake::decode(message.clone(), settings) {
            Ok(raw) => raw,
            Err(error) => {
                let identity = intake::identify(&message, settings);
                let mut failure = Failure::of(&error);
                if let Some(hint) = hint(&message.body) {
                    failure.message.push_str("; ");
                    failure.message.push_str(hint);
                }
                return refusal(Some(&identity), &failure);
            }
        };
        drop(message);
        let identity = raw.identity.clone();
        let intake = started.elapsed();
        let outcome = match captured {
            Some(page) => self.pipeline.run_archived(raw, page).await,
            None => self.run_and_wait(raw).await,
        };
        match outcome.result {
            Ok(story) => {
                let timings = Timings { intake, ..outcome.timings };
                Answer { line: self.print.line(&story, &timings), failed: false }
            }
            Err(failure) => refusal(Some(&identity), &failure),
        }
    }

    /// There is no later here: a turn at a host, or a host that asks for a little time, is waited for. One that asks
    /// for more is the answer, so that the other lines get theirs.
    async fn run_and_wait(&self, mut raw: RawArticle) -> Outcome {
        let mut waits = Waits::default();
        loop {
            // Only a link is ever deferred; a page is not kept twice.
            let again = matches!(raw.origin, Origin::Link { .. }).then(|| raw.clone());
            let outcome = self.pipeline.run(raw).await;
            let wait = outcome.result.as_ref().err().and_then(|failure| waits.next(failure));
            match (wait, again) {
                (Some(wait), Some(link)) => {
                    tokio::time::sleep(wait).await;
                    raw = link;
                }
                _ => return outcome,
            }
        }
    }
}

/// How long a line has been made to wait.
#[derive(Default)]
pub(super) struct Waits {
    /// Waits for anything but a turn.
    for_busy_host: u32,
}

impl Waits {
    /// Longest wait for one turn: a whole batch may be queued for one host, an hour between two pages is not for now.
    const LONGEST_TURN: Duration = Duration::from_secs(300);
    /// Longest wait for a host that is busy or cannot say what it allows, and how often.
    const LONGEST_BUSY: Duration = Duration::from_secs(30);
    const MOST_BUSY: u32 = 3;

    /// How long to wait before the line is tried again; `None` when its failure is its answer.
    pub(super) fn next(&mut self, failure: &Failure) -> Option<Duration> {
        let Disposition::Defer { after } = failure.disposition else { return None };
        let is_turn = failure.host == HostCondition::Turn;
        self.for_busy_host += u32::from(!is_turn);
        let waits = match is_turn {
            true => after <= Self::LONGEST_TURN,
            false => after <= Self::LONGEST_BUSY && self.for_busy_host <= Self::MOST_BUSY,
        };
        waits.then(|| after.max(Duration::from_millis(10)))
    }
}

/// Whether a text starts as a feed or a sitemap does.
pub(super) fn looks_like_feed(text: &str) -> bool {
    let roots = ["<rss", "<feed", "<rdf:RDF", "<urlset", "<sitemapindex"];
    let start: String = text.chars().take(1000).collect();
    roots.iter().any(|root| start.contains(root)) && !start.contains("<html")
}

/// A line without what may stand before its first character.
fn bare(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii_start();
    line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line)
}

fn starts_as_markup(line: &[u8]) -> bool {
    bare(line).starts_with(b"<")
}

/// What a line that begins as markup does may be, and what that needs.
fn markup_hint(line: &[u8]) -> &'static str {
    if looks_like_feed(&String::from_utf8_lossy(line)) || bare(line).starts_with(b"<?xml") {
        return "this looks like a feed: `news-ingest feeds URL` polls it";
    }
    "this looks like HTML: `news-ingest process --html FILE` reads a page"
}

/// What a line that is no raw message may be, and what that needs.
fn hint(line: &[u8]) -> Option<&'static str> {
    let line = bare(line);
    if line.starts_with(b"<") {
        return Some(markup_hint(line));
    }
    if line.starts_with(b"[") {
        return Some("this looks like a list: write one object a line, as `jq -c '.[]'` does");
    }
    if line.starts_with(b"http://") || line.starts_with(b"https://") {
        return Some("this looks like a URL: `process --url URL`, or a line {\"url\": \"…\"}");
    }
    matches!(line, b"{" | b"{\r").then_some(
        "this looks like JSON over several lines: write one object a line, as `jq -c .` does",
    )
}

fn refusal(identity: Option<&Identity>, failure: &Failure) -> Answer {
    let kind = match failure.disposition {
        Disposition::Skip => "skipped",
        Disposition::Reject | Disposition::Retry { .. } | Disposition::Defer { .. } => "error",
    };
    let line = serde_json::json!({
        "id": identity.map(|i| i.id().as_str()),
        kind: {
            "stage": failure.stage.as_str(),
            "code": failure.code,
            "message": failure.message,
        },
    });
    Answer { line: record::escape_line_separators(line.to_string()), failed: kind == "error" }
}
