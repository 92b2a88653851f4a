//! `report`: what the logs tell.

use std::io::{BufRead, BufReader, IsTerminal as _, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::{Done, Exit, OrExit as _};
use crate::report::{self, Look, Tally};

/// Longest line taken; a longer one counts as not understood.
const MAX_LINE: usize = 1 << 20;
/// How often a followed file is looked at, and how often the report is drawn anew.
const LOOK_EVERY: Duration = Duration::from_millis(250);
const DRAW_EVERY: Duration = Duration::from_secs(2);

/// What is said of input that is no log at all.
const NO_LOG: &str = "not one line is a log line of news-ingest in JSON: NEWS_INGEST__LOG__FORMAT=json has a worker write them, and `journalctl -o cat` and `docker compose logs --no-log-prefix` give them without a prefix";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// JSON logs of workers; `-` or no file reads standard input.
    files: Vec<PathBuf>,
    /// Keeps reading as the logs grow, and redraws the report every two seconds.
    #[arg(long, short)]
    follow: bool,
    /// Writes the report to this file as one self-contained HTML page.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Rows in the tables of codes and hosts.
    #[arg(long, default_value_t = 15)]
    rows: usize,
}

pub(super) async fn run(args: Args) -> Done {
    let done = tokio::task::spawn_blocking(move || read_all(&args));
    tokio::select! {
        done = done => done.or_exit(Exit::Failed)?.or_exit(Exit::Failed)?,
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(Exit::Done)
}

fn read_all(args: &Args) -> anyhow::Result<()> {
    let mut tally = Tally::default();
    let mut drawing = Drawing { args, drawn: None };
    let from_stdin = args.files.is_empty() || args.files.iter().any(|f| f.as_os_str() == "-");
    let mut files = Vec::new();
    for path in args.files.iter().filter(|f| f.as_os_str() != "-") {
        files.push(Followed::open(path)?);
    }
    for (at, file) in files.iter_mut().enumerate() {
        tally.in_file(at);
        file.lines.read(&mut file.reader, &mut tally, |tally| drawing.now_and_then(tally))?;
    }
    if from_stdin {
        let mut lines = Lines::default();
        tally.in_file(files.len());
        lines
            .read(&mut std::io::stdin().lock(), &mut tally, |tally| drawing.now_and_then(tally))?;
        lines.end(&mut tally);
    }
    while args.follow && !files.is_empty() {
        for (at, file) in files.iter_mut().enumerate() {
            tally.in_file(at);
            file.begin_again_if_cut()?;
            file.lines.read(&mut file.reader, &mut tally, |tally| drawing.now_and_then(tally))?;
        }
        drawing.now_and_then(&tally)?;
        std::thread::sleep(LOOK_EVERY);
    }
    for file in &mut files {
        file.lines.end(&mut tally);
    }
    anyhow::ensure!(!tally.is_no_log(), NO_LOG);
    drawing.draw(&tally)
}

/// A file that may still be written to.
struct Followed {
    path: PathBuf,
    reader: BufReader<std::fs::File>,
    lines: Lines,
}

impl Followed {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let file =
            std::fs::File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        Ok(Self { path: path.to_owned(), reader: BufReader::new(file), lines: Lines::default() })
    }

    /// A log that was cut short or replaced by a shorter one is read from its beginning.
    fn begin_again_if_cut(&mut self) -> anyhow::Result<()> {
        let Ok(now) = std::fs::metadata(&self.path) else { return Ok(()) };
        let at = self.reader.stream_position()?;
        if now.len() < at {
            let again = Self::open(&self.path)?;
            *self = again;
            self.reader.seek(SeekFrom::Start(0))?;
        }
        Ok(())
    }
}

/// Lines from bytes that arrive piece by piece, none held beyond [`MAX_LINE`].
#[derive(Default)]
struct Lines {
    begun: Vec<u8>,
    skipping: bool,
}

impl Lines {
    /// Reads to the present end; a line not ended yet is kept for later.
    fn read(
        &mut self,
        reader: &mut impl BufRead,
        tally: &mut Tally,
        mut after: impl FnMut(&Tally) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        loop {
            let room = MAX_LINE.saturating_sub(self.begun.len()) + 1;
            let read = reader
                .by_ref()
                .take(room as u64)
                .read_until(b'\n', &mut self.begun)
                .context("cannot read the log")?;
            if read == 0 {
                return Ok(());
            }
            let ended = self.begun.last() == Some(&b'\n');
            if !ended && self.begun.len() <= MAX_LINE {
                continue; // the end of the input, for now
            }
            if !std::mem::replace(&mut self.skipping, !ended) {
                if ended {
                    tally.read(&self.begun);
                } else {
                    tally.unreadable();
                }
                after(tally)?;
            }
            self.begun.clear();
        }
    }

    /// Takes in a last line without its end.
    fn end(&mut self, tally: &mut Tally) {
        if !self.skipping {
            tally.read(&self.begun);
        }
        self.begun.clear();
    }
}

/// Writes a file so that a reader meanwhile sees the old one or the new one whole; what is no
/// file, such as a pipe, is written to as it is.
fn put(path: &Path, text: &str) -> std::io::Result<()> {
    if path.metadata().is_ok_and(|there| !there.is_file()) {
        return std::fs::write(path, text);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let new = path.with_file_name(name);
    let put = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, path));
    if put.is_err() {
        // What is left of an attempt; that it cannot be removed adds nothing to why it failed.
        let _ = std::fs::remove_file(&new);
    }
    put
}

/// Where reports go.
struct Drawing<'a> {
    args: &'a Args,
    drawn: Option<Instant>,
}

impl Drawing<'_> {
    /// Draws when following, if it is time.
    fn now_and_then(&mut self, tally: &Tally) -> anyhow::Result<()> {
        let live = self.args.html.is_some() || std::io::stdout().is_terminal();
        let due = self.drawn.is_none_or(|drawn| drawn.elapsed() >= DRAW_EVERY);
        if self.args.follow && live && due { self.draw(tally) } else { Ok(()) }
    }

    fn draw(&mut self, tally: &Tally) -> anyhow::Result<()> {
        self.drawn = Some(Instant::now());
        if let Some(path) = &self.args.html {
            let page = report::page(tally);
            return put(path, &page).with_context(|| format!("cannot write {}", path.display()));
        }
        let stdout = std::io::stdout();
        let terminal = stdout.is_terminal();
        let mut out = stdout.lock();
        let clear = if self.args.follow && terminal { "\x1b[H\x1b[2J" } else { "" };
        let text = report::text(tally, self.look(terminal));
        match writeln!(out, "{clear}{text}").and_then(|()| out.flush()) {
            // The output is closed.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            written => written.context("cannot write the report"),
        }
    }

    fn look(&self, terminal: bool) -> Look {
        let width = if terminal { super::terminal_width() } else { 100 };
        let colour = super::wants_colour(terminal);
        Look { width: width.min(160), colour, rows: self.args.rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lines: &mut Lines, bytes: &[u8], tally: &mut Tally) {
        lines.read(&mut &bytes[..], tally, |_| Ok(())).unwrap();
    }

    #[test]
    fn lines_that_arrive_in_pieces_are_whole() {
        let (mut lines, mut tally) = (Lines::default(), Tally::default());
        told(&mut lines, b"{\"event\":\"story\",\"outc", &mut tally);
        assert_eq!(tally.attempts(), 0);
        told(
            &mut lines,
            b"ome\":\"story\"}\n{\"event\":\"story\",\"outcome\":\"dlq\"}",
            &mut tally,
        );
        assert_eq!(tally.attempts(), 1);
        lines.end(&mut tally);
        assert_eq!(tally.attempts(), 2);
    }

    #[test]
    fn overlong_line_is_one_bad_line() {
        let (mut lines, mut tally) = (Lines::default(), Tally::default());
        let mut log = vec![b'x'; 3 * MAX_LINE];
        log.extend_from_slice(b"\n{\"event\":\"story\",\"outcome\":\"story\"}\n");
        told(&mut lines, &log, &mut tally);
        assert_eq!(tally.attempts(), 1);
        assert!(
            report::text(&tally, Look { width: 80, colour: false, rows: 1 })
                .contains("2 lines, 1 not")
        );
    }
}
