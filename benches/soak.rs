//! A soak: many messages through one worker, and its memory on the way. Ends by itself.
//!
//!     SOAK_STORIES=200000 cargo bench --bench soak
//!     SOAK_PAGES=600 cargo bench --bench soak
//!
//! Feeds the raw stream as fast as the worker takes from it, with a backlog, and prints a line every tenth
//! of the way. With small stories it fails when one is missing or the worker's memory at the end is more than
//! 10% above that half-way; with pages of up to 8 MB, when one is missing or the memory at its most is above
//! 400 MiB. The log of seen stories fills its window first, so fewer than 120,000 stories say nothing about growth.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program that reports")]

use std::fmt::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use async_nats::HeaderMap;
use async_nats::jetstream::{Context, context::PublishAckFuture};
use news_ingest::broker::embedded::{self, Embedded};
use news_ingest::broker::topology;
use news_ingest::state;

/// Sizes of pages in bytes, in turn.
const PAGE_SIZES: [usize; 6] = [20_000, 100_000, 500_000, 100_000, 2_000_000, 7_800_000];

/// Most memory of a worker with pages, in bytes.
const MOST_MEMORY: u64 = 400 << 20;

/// What is fed, and how many of it.
#[derive(Clone, Copy)]
enum Load {
    Stories(u64),
    Pages(u64),
}

impl Load {
    fn of_environment() -> Self {
        let count = |name| std::env::var(name).ok().map(|n| n.parse().unwrap());
        count("SOAK_PAGES")
            .map_or_else(|| Self::Stories(count("SOAK_STORIES").unwrap_or(200_000)), Self::Pages)
    }

    fn count(self) -> u64 {
        let (Self::Stories(count) | Self::Pages(count)) = self;
        count
    }

    /// Messages put in and not worked on yet.
    fn backlog(self) -> u64 {
        if matches!(self, Self::Stories(_)) { 4000 } else { 60 }
    }

    /// Messages sent before their confirmations are awaited.
    fn batch(self) -> usize {
        if matches!(self, Self::Stories(_)) { 250 } else { 2 }
    }

    async fn publish(self, context: &Context, number: u64) -> PublishAckFuture {
        match self {
            Self::Stories(_) => context.publish("news.raw.soak", message(number).into()).await,
            Self::Pages(_) => {
                let mut headers = HeaderMap::new();
                headers.insert("Content-Type", "text/html");
                headers.insert("News-Id", format!("soak:{number}"));
                let page = page(number).into();
                context.publish_with_headers("news.raw.soak", headers, page).await
            }
        }
        .unwrap()
    }
}

/// No progress for so long means that something hangs.
const STALL: Duration = Duration::from_secs(120);

/// Killed when the program ends, whatever the reason.
struct Worker(Child);

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A short story that resembles no other: words at random, a few of them names.
fn message(number: u64) -> Vec<u8> {
    const WORDS: [&str; 32] = [
        "council",
        "harbour",
        "budget",
        "minister",
        "school",
        "tram",
        "river",
        "strike",
        "Leeds",
        "Porto",
        "Anna Weber",
        "John Okafor",
        "Hamburg",
        "voted",
        "closed",
        "opened",
        "repairs",
        "million",
        "euros",
        "Tuesday",
        "after",
        "before",
        "against",
        "because",
        "hospital",
        "police",
        "company",
        "workers",
        "market",
        "summer",
        "winter",
        "election",
    ];
    let mut state = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut text = String::new();
    for sentence in 0..6 {
        write!(
            text,
            "{}Item {number} of part {sentence}: the",
            if sentence > 0 { " " } else { "" }
        )
        .unwrap();
        for _ in 0..12 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            write!(text, " {}", WORDS[usize::try_from(state >> 59).unwrap()]).unwrap();
        }
        text.push('.');
    }
    serde_json::to_vec(&serde_json::json!({
        "id": format!("soak:{number}"),
        "title": format!("Item {number} of the agenda"),
        "text": text,
    }))
    .unwrap()
}

/// A page of paragraphs and scripts.
fn page(number: u64) -> Vec<u8> {
    let size = PAGE_SIZES[usize::try_from(number).unwrap() % PAGE_SIZES.len()];
    let mut html = format!(
        "<html><head><title>Item {number}</title></head><body><article><h1>Item {number}</h1>"
    );
    for part in 0.. {
        if html.len() >= size {
            break;
        }
        let story = message(number.wrapping_mul(100_003).wrapping_add(part));
        let text: serde_json::Value = serde_json::from_slice(&story).unwrap();
        write!(html, "<p>{}</p>", text["text"].as_str().unwrap()).unwrap();
        if part % 3 == 0 {
            write!(html, "<script>var a = \"{}\"</script>", "x".repeat(size / 40)).unwrap();
        }
    }
    html.push_str("</article></body></html>");
    html.into_bytes()
}

async fn outcomes(context: &Context) -> u64 {
    context.get_stream("NEWS_OUT").await.unwrap().cached_info().state.messages
}

/// Resident memory of a process in bytes: now (`VmRSS`), or at its most (`VmHWM`).
fn memory(child: &Child, what: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with(what)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[tokio::main]
async fn main() -> ExitCode {
    let load = Load::of_environment();
    let stories = load.count();
    let dir = tempfile::tempdir().unwrap();
    let listen = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let data_dir = dir.path().join("nats");
    let settings = embedded::Settings { listen, data_dir, ..embedded::Settings::default() };
    let broker = Embedded::start(&settings).await.unwrap();
    let context = async_nats::jetstream::new(async_nats::connect(broker.url()).await.unwrap());
    let streams = topology::Settings::default();
    topology::provision(&context, &streams, Duration::from_secs(30), false).await.unwrap();
    state::provision(&context, &state::Settings::default(), 1).await.unwrap();
    let worker = Command::new(env!("CARGO_BIN_EXE_news-ingest"))
        .arg("run")
        .current_dir(dir.path())
        .env("NEWS_INGEST__NATS__URL", broker.url())
        .env("NEWS_INGEST__LOG__LEVEL", "warn")
        // What is looked back on for copies grows up to its bound: the least one, reached on the way.
        .env("NEWS_INGEST__PUBLISH__DUPLICATE_WINDOW_MIB", "16")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn();
    let worker = Worker(worker.unwrap());

    println!("{:>10}{:>12}{:>12}", "stories", "stories/s", "memory MiB");
    let start = Instant::now();
    let (mut sent, mut done, mut moved) = (0, 0, Instant::now());
    let mut samples = Vec::new();
    while done < stories {
        while sent < stories && sent < done + load.backlog() {
            let mut stored = Vec::new();
            while stored.len() < load.batch() && sent < stories {
                stored.push(load.publish(&context, sent).await);
                sent += 1;
            }
            for stored in stored {
                stored.await.unwrap();
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        let before = std::mem::replace(&mut done, outcomes(&context).await);
        if done > before {
            moved = Instant::now();
        } else if moved.elapsed() > STALL {
            println!("nothing came out for {STALL:?}, {done} of {stories} stories did");
            return ExitCode::FAILURE;
        }
        let steps = u64::try_from(samples.len()).unwrap() + 1;
        if done >= stories * steps / 10 {
            let bytes = memory(&worker.0, "VmRSS");
            samples.push(bytes);
            let rate = done as f64 / start.elapsed().as_secs_f64();
            println!("{done:>10}{rate:>12.0}{:>12.1}", bytes as f64 / f64::from(1 << 20));
        }
    }
    let growth = *samples.last().unwrap() as f64 / samples[samples.len() / 2] as f64 - 1.0;
    let most = memory(&worker.0, "VmHWM");
    println!("memory at the end against half-way: {:+.1}%", growth * 100.0);
    println!("memory at its most: {:.1} MiB", most as f64 / f64::from(1 << 20));
    drop(worker);
    broker.stop().await;
    let kept = match load {
        Load::Stories(_) => growth <= 0.1,
        Load::Pages(_) => most <= MOST_MEMORY,
    };
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
