//! `export`: stories into files by the hour.
//!
//! Reads the out stream as `tail` does, from behind the last record that the directory has, and hands the
//! records to a thread that writes. The stream keeps what is not in a finished file yet, so nothing is
//! acknowledged and nothing is remembered at the broker: the directory is the memory (see [`crate::export`]).

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use async_nats::jetstream::stream::{Info, State};
use futures_util::FutureExt as _;
use time::OffsetDateTime;
use tokio::sync::mpsc;

use super::out_reader::{Reader, Stored};
use super::{Done, Exit, OrExit as _, say};
use crate::broker::connect::Connection;
use crate::broker::topology;
use crate::config::Config;
use crate::export::{Error, Exporter, Finished, Limits, Source};
use crate::log;
use crate::model::OutcomeKind;
use crate::terminal::counted;

/// Records that wait for the disk.
const WAITING: usize = 256;
/// How often it is looked whether an hour is over.
const TICK: Duration = Duration::from_secs(1);
/// How long after its end an hour's file is kept open for records that are under way.
const GRACE: time::Duration = time::Duration::seconds(30);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Directory for the files; created if it does not exist.
    directory: PathBuf,
    /// Where to start if the directory has no files yet: `90s`, `30m`, `6h` or `7d` ago, a date, or an
    /// RFC 3339 time [default: the oldest story].
    #[arg(long, value_name = "WHEN", value_parser = super::moment)]
    since: Option<OffsetDateTime>,
    /// Finishes a file at this many MiB of records before compression, even within its hour.
    #[arg(long, value_name = "MIB", default_value_t = 512, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    max_mib: u64,
    /// Finishes a file at this many records, even within its hour.
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    max_records: u64,
    /// Stops after the stories that are already stored, instead of waiting for more.
    #[arg(long)]
    no_follow: bool,
}

/// What the writing thread is told.
enum Order {
    Write(Stored),
    Tick(OffsetDateTime),
}

/// What was written, in all.
#[derive(Clone, Copy, Debug, Default)]
struct Written {
    files: u64,
    records: u64,
}

pub(super) async fn run(config: Config, args: Args) -> Done {
    log::start(&config.log);
    let stop = super::service::stop_signal().or_exit(Exit::Failed)?;
    let connection = super::broker::connect(&config, "export").await?;
    let context = connection.jetstream();
    let outs = topology::bind_outs(&context, &config.streams).await.or_exit(Exit::Broker)?;
    let (stop, progress) = (stop.shared(), super::progress("exported"));
    let each = outs.all().map(|out| {
        let (stop, progress) = (stop.clone(), progress.clone());
        export(&config, &args, connection.clone(), out.cached_info(), progress, stop)
    });
    let written = futures_util::future::try_join_all(each).await?;
    progress.finish_and_clear();
    let (records, files) = written
        .iter()
        .fold((0, 0), |(records, files), each| (records + each.records, files + each.files));
    say(&format!("{} in {}", counted(records, "record"), counted(files, "file")));
    Ok(Exit::Done)
}

/// Exports one stream. Each of several partitions has a directory of its own, for each counts from 1.
async fn export(
    config: &Config,
    args: &Args,
    connection: Connection,
    info: &Info,
    progress: indicatif::ProgressBar,
    stop: impl Future<Output = ()>,
) -> Result<Written, (Exit, anyhow::Error)> {
    let stream = &info.config.name;
    let directory = if *stream == config.streams.out_stream {
        args.directory.clone()
    } else {
        args.directory.join(stream)
    };
    let source =
        Source { version: 1, stream: stream.clone(), created: info.created.unix_timestamp_nanos() };
    let limits = Limits { bytes: args.max_mib << 20, records: args.max_records };
    let exporter = Exporter::open(&directory, &source, limits).or_exit(Exit::Failed)?;
    warn_of_a_gap(&exporter, &info.state, config.publish.ttl(OutcomeKind::Story));
    let subject = format!("{}.story.*.*.*", config.streams.prefix);
    let mut reader = Reader::open(connection, stream, &subject).await.or_exit(Exit::Broker)?;
    match args.since {
        Some(since) if exporter.next() == 1 => reader.begin_at(since),
        _ => reader.begin_with(exporter.next()),
    }
    let (orders, received) = mpsc::channel(WAITING);
    let writer = tokio::task::spawn_blocking(move || write(exporter, received));
    let read = read(reader, &orders, args.no_follow, progress, stop).await;
    drop(orders);
    // First what the writer says: when it fails the reader only notices that it has gone.
    let written = writer.await.context("the writing thread").or_exit(Exit::Failed)?;
    let written = written.or_exit(Exit::Failed)?;
    read.or_exit(Exit::Failed)?;
    Ok(written)
}

/// Says that records left the stream before they were exported, or may have: single stories leave it before other
/// outcomes do, so its first message does not tell.
fn warn_of_a_gap(exporter: &Exporter, stream: &State, story_ttl: Option<Duration>) {
    let (next, first) = (exporter.next(), stream.first_sequence);
    let stopped = exporter.written_until().map(|until| OffsetDateTime::now_utc() - until);
    if next == 1 {
        return;
    }
    if first > next {
        tracing::warn!(
            event = "export_gap",
            from = next,
            to = first - 1,
            "stories left the stream before they were exported: lengthen publish.story_ttl_hours or export more often"
        );
    } else if stopped.zip(story_ttl).is_some_and(|(stopped, kept)| stopped > kept) {
        tracing::warn!(
            event = "export_gap",
            from = next,
            to = stream.last_sequence,
            "the last export is longer ago than stories are kept: some of these sequences may have left the stream; lengthen \
             publish.story_ttl_hours or export more often"
        );
    }
}

/// Hands what is stored to the writer until told to stop, the writer has gone, or all is read.
async fn read(
    mut reader: Reader,
    orders: &mpsc::Sender<Order>,
    no_follow: bool,
    progress: indicatif::ProgressBar,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    tokio::pin!(stop);
    let mut ticks = tokio::time::interval(TICK);
    loop {
        if no_follow && reader.caught_up().await? {
            break;
        }
        let order = tokio::select! {
            () = &mut stop => break,
            _ = ticks.tick() => Order::Tick(OffsetDateTime::now_utc() - GRACE),
            stored = reader.next() => Order::Write(stored?),
        };
        let is_record = matches!(order, Order::Write(_));
        if orders.send(order).await.is_err() {
            break;
        }
        progress.inc(u64::from(is_record));
    }
    Ok(())
}

/// Writes what is ordered until no more orders come, then finishes the open file.
fn write(mut exporter: Exporter, mut orders: mpsc::Receiver<Order>) -> Result<Written, Error> {
    let mut written = Written::default();
    let mut count = |finished: Option<Finished>| {
        let Some(Finished { path, records, bytes, sequences: (first, last) }) = finished else {
            return;
        };
        written.files += 1;
        written.records += records;
        let file = path.display().to_string();
        tracing::info!(event = "export_file", file, records, bytes, first, last, "finished");
    };
    while let Some(order) = orders.blocking_recv() {
        count(match order {
            Order::Write(stored) => exporter.write(stored.sequence, stored.at, &stored.body)?,
            Order::Tick(now) => exporter.tick(now)?,
        });
    }
    count(exporter.finish()?);
    Ok(written)
}
