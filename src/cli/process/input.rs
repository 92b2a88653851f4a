//! The input of `process`: lines of NDJSON, pages of an archive, or the one message that the options make.
//!
//! Bounded: lines longer than the limit are refused without being held, and messages in hand share a number of bytes.

use std::io::{BufRead, Read as _};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::Args;
use super::hints::{markup_hint, starts_as_markup};
use crate::charset;
use crate::cli::{remark, whole_file};
use crate::model::WebUrl;
use crate::page_archive::{self, Archived};

/// One line of input.
pub(super) enum Line {
    /// A message, and its share of the bytes that may be in hand.
    Message(Bytes, OwnedSemaphorePermit),
    /// A page of an archive, and its share of the same.
    Archived(Box<Archived>, OwnedSemaphorePermit),
    TooLong,
}

/// What is held at once, in bytes.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// The longest line.
    pub(super) line: usize,
    /// The largest page of an archive.
    pub(super) page: usize,
    /// All messages in hand together.
    pub(super) in_hand: usize,
}

/// The task that reads.
pub(super) type Reader = tokio::task::JoinHandle<anyhow::Result<()>>;

/// Lines as they are read. Their messages hold at most `in_hand` bytes together, but for one that is
/// larger alone: many links may be under way at once, many pages not.
///
/// The task ends with the error that ended the input early.
pub(super) fn input(args: &Args, limits: Limits) -> anyhow::Result<(mpsc::Receiver<Line>, Reader)> {
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
        let mut input = unpacked(std::io::BufReader::with_capacity(1 << 20, input))?;
        if page_archive::ArchiveReader::is_archive(input.fill_buf().context(CUT_SHORT)?) {
            read_archive(input, limits, &room, &sender).context(CUT_SHORT)
        } else {
            let mut lines = LineReader { input, name, limits };
            lines.read(&room, &sender)
        }
    });
    Ok((receiver, reader))
}

/// The input without its compression by gzip, if it has one.
fn unpacked(mut input: impl BufRead + Send + 'static) -> anyhow::Result<Box<dyn BufRead + Send>> {
    const GZIP: [u8; 2] = [0x1f, 0x8b];
    if !input.fill_buf().context(CUT_SHORT)?.starts_with(&GZIP) {
        return Ok(Box::new(input));
    }
    let input = flate2::bufread::MultiGzDecoder::new(input);
    Ok(Box::new(std::io::BufReader::with_capacity(1 << 17, input)))
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
                RawLine::Whole(message) => {
                    // A page has hundreds of lines, none of which is a message.
                    if std::mem::take(&mut is_first) && starts_as_markup(&message) {
                        anyhow::bail!("{} is not NDJSON: {}", self.name, markup_hint(&message));
                    }
                    let share = room.share(message.len());
                    Line::Message(message, share)
                }
                RawLine::TooLong => Line::TooLong,
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
    let mut reader = page_archive::ArchiveReader::new(input, limits.page)?;
    let mut has_pages = false;
    while let Some(archived) = reader.next_page()? {
        has_pages = true;
        let share = room.share(archived.page.body.len());
        if lines.blocking_send(Line::Archived(Box::new(archived), share)).is_err() {
            return Ok(());
        }
    }
    if !has_pages {
        remark(
            "the archive has no page: no record of type response with an answer to a request for one",
        );
    }
    Ok(())
}

/// The one message that `--url`, `--html` or `--text` make.
fn single(args: &Args) -> anyhow::Result<Option<Bytes>> {
    let read = |path: &PathBuf| -> anyhow::Result<String> {
        let bytes = whole_file::read(path)?;
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
    let bytes = whole_file::read(path)?;
    let url = url.and_then(|url| WebUrl::parse(url).ok());
    let host = url.as_ref().map_or("", WebUrl::host);
    match charset::decode(bytes, None, true, host) {
        Ok(decoded) => Ok(decoded.text),
        Err(label) => anyhow::bail!("{path:?}: charset {label} can't be decoded"),
    }
}

/// A line as it was read, its end left out.
enum RawLine {
    Whole(Bytes),
    TooLong,
}

/// Reads a line; blank lines are lines. `None` at the end of input.
fn read_line(reader: &mut impl BufRead, max: usize) -> std::io::Result<Option<RawLine>> {
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
        return Ok(Some(RawLine::Whole(line.into())));
    }
    drop(line);
    if !ended {
        skip_line(reader)?;
    }
    Ok(Some(RawLine::TooLong))
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
