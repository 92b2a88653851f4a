//! `demo`: a real broker, a local news site and two workers on this machine.
//!
//! Everything is the real thing: the broker is a `nats-server` child in a directory of its own, the
//! site answers over HTTP, the workers are two `run` processes of this program. At the end a
//! ledger is drawn up: each message must have exactly one outcome. A signal ends it as its own end does: workers and
//! broker are stopped and the directory is deleted.

mod site;
mod stories;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use futures_util::StreamExt as _;
use tokio::process::{Child, Command};

use super::{Done, Exit, OrExit as _, say};
use crate::broker::embedded::{self, Embedded};
use crate::broker::{connect, topology};
use crate::config::Config;
use crate::model::Key;
use crate::state;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Number of messages to publish, a tenth of them broken on purpose.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(10..=20_000))]
    messages: u32,
    /// Time limit of the demo, in seconds.
    #[arg(long, default_value_t = 50)]
    deadline_secs: u64,
    /// Keeps the directory with the broker's data and the workers' logs.
    #[arg(long)]
    keep: bool,
}

/// Where each key came to an end, with the number of outcomes seen there.
type Ledger = BTreeMap<Key, Vec<String>>;

pub(super) async fn run(config: Config, args: Args) -> Done {
    // Before anything is started: a signal without a handler would leave the broker an orphan.
    let stop = super::service::stop_signal().or_exit(Exit::Failed)?;
    let dir = std::env::temp_dir().join(format!("news-ingest-demo-{}", std::process::id()));
    std::fs::create_dir_all(&dir).or_exit(Exit::Failed)?;
    let listen = free_address().or_exit(Exit::Failed)?;
    let settings = embedded::Settings {
        program: config.nats.embedded.program.clone(),
        listen,
        data_dir: dir.join("nats"),
        ..embedded::Settings::default()
    };
    let broker = match Embedded::start(&settings).await {
        Ok(broker) => broker,
        Err(error) => {
            clear(&dir, args.keep);
            return Err((Exit::Broker, error.into()));
        }
    };
    say(&format!("broker   {} ({})", broker.url(), dir.display()));
    let mut workers = Vec::new();
    let done = tokio::select! {
        done = flow(&config, &args, broker.url(), &dir, &mut workers) => done,
        () = stop => {
            say("stopping: workers and broker are ended; a second signal quits at once");
            Ok(Exit::Failed)
        }
    };
    // Those that the flow did not come to stop.
    stop_workers(&mut workers).await;
    broker.stop().await;
    clear(&dir, args.keep);
    done.or_exit(Exit::Failed)
}

/// Deletes the directory, or says where it is.
fn clear(dir: &Path, keep: bool) {
    if keep {
        say(&format!("kept     {}", dir.display()));
    } else {
        let _ = std::fs::remove_dir_all(dir);
    }
}

/// A worker process and its log.
struct DemoWorker {
    number: u32,
    log: PathBuf,
    child: Child,
}

async fn flow(
    config: &Config,
    args: &Args,
    url: &str,
    dir: &Path,
    workers: &mut Vec<DemoWorker>,
) -> anyhow::Result<Exit> {
    let started = Instant::now();
    let deadline = started + Duration::from_secs(args.deadline_secs);
    let connection = connect::connect(&config.nats, url, "demo").await?;
    let context = connection.jetstream();
    let streams = topology::Settings::default();
    topology::provision(&context, &streams, Duration::from_secs(30), false).await?;
    state::provision(&context, &state::Settings::default(), 1).await?;
    let site = site::start().await?;
    say(&format!("site     http://{site}/ with {} stories", stories::STORIES.len()));

    let messages = site::messages(site, args.messages);
    for message in &messages {
        context
            .publish_with_headers("news.raw.demo", message.headers(), message.body.clone())
            .await?
            .await
            .context("the raw stream did not take a message")?;
    }
    say(&format!("messages {} published to news.raw.demo", messages.len()));

    for number in 1..=2 {
        let log = dir.join(format!("worker-{number}.log"));
        let child = start_worker(url, site, number, &log)?;
        workers.push(DemoWorker { number, log, child });
    }
    say("workers  2 started");
    let expected: BTreeMap<Key, u32> =
        messages.iter().fold(BTreeMap::new(), |mut keys, message| {
            *keys.entry(message.key).or_default() += 1;
            keys
        });
    let ledger = watch(&context, expected.len(), deadline).await?;
    let seconds = started.elapsed().as_secs_f64();

    let clean = stop_workers(workers).await;
    let lost = expected.keys().filter(|key| !ledger.contains_key(key)).count();
    let doubled = ledger.values().filter(|subjects| subjects.len() > 1).count();
    let unknown = ledger.keys().filter(|key| !expected.contains_key(key)).count();
    let repeats: u32 = expected.values().map(|times| times - 1).sum();
    let mut by_kind: BTreeMap<String, usize> = BTreeMap::new();
    for subject in ledger.values().flatten() {
        let mut tokens = subject.split('.').skip(1);
        let kind = tokens.next().unwrap_or_default();
        let rest: Vec<_> = tokens.take(2).collect();
        *by_kind.entry(format!("{kind:8} {}", rest.join("."))).or_default() += 1;
    }
    say("");
    for (kind, count) in &by_kind {
        say(&format!("{count:6}  {kind}"));
    }
    say(&format!("{repeats:6}  sent again under the same id: no second outcome"));
    say(&format!(
        "\n{} messages in, {} outcomes out, {seconds:.1} s: {lost} lost, {doubled} doubled",
        messages.len(),
        ledger.values().map(Vec::len).sum::<usize>(),
    ));
    if let Some(story) = sample(&context, &ledger).await {
        say(&format!("one of them: {story}"));
    }
    Ok(if lost == 0 && doubled == 0 && unknown == 0 && clean { Exit::Done } else { Exit::Failed })
}

fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?)
}

fn start_worker(url: &str, site: SocketAddr, number: u32, log: &PathBuf) -> anyhow::Result<Child> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let log = std::fs::File::create(log).with_context(|| format!("cannot write {log:?}"))?;
    Command::new(program)
        .arg("run")
        .env_remove("NEWS_INGEST_CONFIG")
        .env("NEWS_INGEST__NATS__URL", url)
        .env("NEWS_INGEST__WORKER__NAME", format!("demo-{number}"))
        .env("NEWS_INGEST__WORKER__RETRY_MIN_SECS", "1")
        .env("NEWS_INGEST__LOG__FORMAT", "json")
        .env("NEWS_INGEST__FETCH__ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]")
        .env("NEWS_INGEST__FETCH__ALLOW_PORTS", format!("[{}]", site.port()))
        .env("NEWS_INGEST__FETCH__HOST_INTERVAL_MS", "0")
        .env("NEWS_INGEST__FETCH__HOST_CONCURRENCY", "64")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .context("cannot start a worker")
}

/// Reads the out stream until every key has an outcome, or the deadline.
async fn watch(
    context: &async_nats::jetstream::Context,
    expected: usize,
    deadline: Instant,
) -> anyhow::Result<Ledger> {
    let stream = context.get_stream(topology::Settings::default().out_stream).await?;
    let reader = stream
        .create_consumer(pull::Config { ack_policy: AckPolicy::None, ..pull::Config::default() })
        .await?;
    let mut outcomes = reader.messages().await?;
    let mut ledger = Ledger::new();
    let mut quiet_since = None;
    // Once all are there, a little longer: a second outcome would come now.
    while quiet_since.is_none_or(|since: Instant| since.elapsed() < Duration::from_secs(1)) {
        if Instant::now() > deadline {
            break;
        }
        match tokio::time::timeout(Duration::from_millis(200), outcomes.next()).await {
            Ok(Some(message)) => {
                let subject = message?.subject.to_string();
                if let Some(key) = subject.rsplit('.').next().and_then(Key::parse) {
                    ledger.entry(key).or_default().push(subject);
                }
            }
            Ok(None) => anyhow::bail!("the out stream is gone"),
            Err(_) => {}
        }
        if ledger.len() >= expected && quiet_since.is_none() {
            quiet_since = Some(Instant::now());
        }
    }
    Ok(ledger)
}

/// Stops the workers, all at once; whether each ended well.
async fn stop_workers(workers: &mut Vec<DemoWorker>) -> bool {
    let ends = futures_util::future::join_all(workers.iter_mut().map(stop_worker)).await;
    workers.clear();
    ends.into_iter().all(|well| well)
}

async fn stop_worker(DemoWorker { number, log, child }: &mut DemoWorker) -> bool {
    if let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok())
        && let Some(pid) = rustix::process::Pid::from_raw(pid)
    {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
    match tokio::time::timeout(Duration::from_secs(30), child.wait()).await {
        Ok(Ok(status)) if status.success() => true,
        Ok(Ok(status)) => {
            say(&format!("worker {number} ended with {status}; the end of its log:"));
            let text = std::fs::read_to_string(log).unwrap_or_default();
            let lines: Vec<_> = text.lines().rev().take(5).collect();
            lines.iter().rev().for_each(|line| say(line));
            false
        }
        Ok(Err(_)) | Err(_) => {
            say(&format!("worker {number} does not stop"));
            false
        }
    }
}

/// Headline and a few tags of one story, to show that there is something in it.
async fn sample(context: &async_nats::jetstream::Context, ledger: &Ledger) -> Option<String> {
    let subject = ledger.values().flatten().find(|subject| subject.contains(".story."))?;
    let stream = context.get_stream(topology::Settings::default().out_stream).await.ok()?;
    let message = stream.get_last_raw_message_by_subject(subject).await.ok()?;
    let record: serde_json::Value = serde_json::from_slice(&message.payload).ok()?;
    let headline = record["item"]["headlines"][0]["value"].as_str()?;
    let names: Vec<&str> = record["tags"]["entities"]
        .as_array()?
        .iter()
        .take(4)
        .filter_map(|entity| entity["name"].as_str())
        .collect();
    Some(format!("{headline:?} [{}]", names.join(", ")))
}
