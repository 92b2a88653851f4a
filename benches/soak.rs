//! A soak: small text stories through one worker, and its memory on the way. Ends by itself.
//!
//!     SOAK_STORIES=200000 cargo bench --bench soak
//!
//! Feeds the raw stream as fast as the worker takes from it, with a backlog of a few thousand, prints
//! a line every tenth of the way, and fails when a story is missing or the worker's memory at the end
//! is more than 10% above that after the first tenth (20,000 of 200,000).

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program that reports")]

use std::fmt::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use async_nats::jetstream::Context;
use news_ingest::broker::embedded::{self, Embedded};
use news_ingest::broker::topology;
use news_ingest::state;

/// Messages put in and not worked on yet.
const BACKLOG: u64 = 4000;

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

async fn outcomes(context: &Context) -> u64 {
    context.get_stream("NEWS_OUT").await.unwrap().cached_info().state.messages
}

/// Resident memory of a process in bytes.
fn memory(child: &Child) -> u64 {
    let statm = std::fs::read_to_string(format!("/proc/{}/statm", child.id())).unwrap();
    let pages: u64 = statm.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * rustix::param::page_size() as u64
}

#[tokio::main]
async fn main() -> ExitCode {
    let stories: u64 = std::env::var("SOAK_STORIES").map_or(200_000, |n| n.parse().unwrap());
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
        while sent < stories && sent < done + BACKLOG {
            let mut stored = Vec::new();
            while stored.len() < 250 && sent < stories {
                stored.push(context.publish("news.raw.soak", message(sent).into()).await.unwrap());
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
            let bytes = memory(&worker.0);
            samples.push(bytes);
            let rate = done as f64 / start.elapsed().as_secs_f64();
            println!("{done:>10}{rate:>12.0}{:>12.1}", bytes as f64 / f64::from(1 << 20));
        }
    }
    let growth = *samples.last().unwrap() as f64 / samples[0] as f64 - 1.0;
    println!("memory at the end against a tenth of the way: {:+.1}%", growth * 100.0);
    drop(worker);
    broker.stop().await;
    if growth <= 0.1 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
