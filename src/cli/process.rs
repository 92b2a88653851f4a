//! `process`: the pipeline without a broker.
//!
//! NDJSON in, one line out per line in, in order. Memory is bounded: a fixed number of messages is
//! in hand, lines longer than the limit are refused without being held, and output that is not
//! taken stops the input.

mod answer;
mod hints;
mod input;
mod waits;

use std::io::{BufWriter, IsTerminal as _, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::{Done, Exit, OrExit as _, remark};
use crate::config::Config;
use crate::fetch::Fetcher;
use crate::page_archive::PageArchive;
use crate::pipeline::Pipeline;
use crate::record::{self, Format};
use crate::route::Routes;
use crate::state::State;
use crate::tag::Tagger;
use answer::{LineProcessor, Print};
pub(super) use hints::looks_like_feed;
use input::{Limits, input};
pub(super) use waits::Waits;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Raw messages as NDJSON, or a WARC file (`.warc`, `.warc.gz`), whose pages are not fetched again; `-` or
    /// no file reads standard input.
    #[arg(conflicts_with_all = ["url", "html", "text"])]
    pub(super) file: Option<PathBuf>,
    /// One story: the page at this URL. With --html, the URL of that page.
    #[arg(long, conflicts_with = "text")]
    pub(super) url: Option<String>,
    /// One story: a page in a file.
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    pub(super) html: Option<PathBuf>,
    /// One story: a plain text in a file, headline first.
    #[arg(long, value_name = "FILE")]
    pub(super) text: Option<PathBuf>,
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
    let processor = Arc::new(LineProcessor { pipeline, intake: config.intake, print });
    // Tasks of their own: reading and writing JSON is work for all cores too.
    let mut answers = futures_util::stream::poll_fn(move |cx| lines.poll_recv(cx))
        .map(|line| {
            let processor = Arc::clone(&processor);
            AbortOnDropHandle::new(tokio::spawn(async move { processor.answer(line).await }))
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
        // The output is closed.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
        written => written.context("cannot write output").or_exit(Exit::Failed)?,
    }
    // After the writer: a reader whose lines are not taken stops at its next one.
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
        "warn".clone_into(&mut settings.level.0);
    }
    settings
}

type Writer = tokio::task::JoinHandle<std::io::Result<()>>;

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
