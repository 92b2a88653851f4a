//! A month at a million stories a day, with everything scaled down by as much: whether stories wait or come twice once the out
//! stream is full.
//!
//!     cargo bench --bench bounds
//!     DAYS=30 STORIES=1000 DAY_SECS=5 cargo bench --bench bounds
//!
//! A day lasts five seconds and has new stories and as many that were sent on an earlier day. Stories are kept for two
//! days, and the out stream has room for 2.9 days of them, as 16 GiB have at a million stories a day: what is scaled down
//! is the bytes of the stream, its age and that of the keys. Fails where the worker waited for the out stream, or where more
//! stories were stored than were sent for the first time.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program that reports")]

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use async_nats::jetstream::{
    Context,
    stream::{Config, State},
};
use news_ingest::broker::embedded::{self, Embedded};
use news_ingest::broker::topology;
use news_ingest::state;

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

/// Numbers at random, by xorshift.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// A story of 500 words that resembles no other.
fn message(number: u64) -> Vec<u8> {
    let mut random = Random(number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut sentence = || {
        let words = (0..10).map(|_| format!("word{}", random.next() >> 50)).collect::<Vec<_>>();
        format!("The {}. ", words.join(" "))
    };
    let text: String = (0..50).map(|_| sentence()).collect();
    serde_json::to_vec(&serde_json::json!({"id": format!("bounds:{number}"), "text": text.trim()}))
        .unwrap()
}

/// A number of the environment, or its default.
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

async fn publish(context: &Context, numbers: impl Iterator<Item = u64>) {
    let mut waiting = Vec::new();
    for number in numbers {
        waiting.push(context.publish("news.raw.bounds", message(number).into()).await.unwrap());
    }
    for stored in waiting {
        stored.await.unwrap();
    }
}

/// Bytes of such a story's record with its headers.
const RECORD_BYTES: i64 = 12_200;

/// Makes the bounds of a day's million stories those of so many, and days as short.
async fn scale_down(context: &Context, stories: u64, day: Duration) {
    let change = async |name: &str, change: &dyn Fn(&mut Config)| {
        let mut config = context.get_stream(name).await.unwrap().cached_info().config.clone();
        change(&mut config);
        context.update_stream(&config).await.unwrap();
    };
    let room = i64::try_from(stories).unwrap() * RECORD_BYTES * 29 / 10;
    let keep = |config: &mut Config, age: Duration| {
        config.max_age = age;
        config.duplicate_window = config.duplicate_window.min(age);
    };
    change("NEWS_OUT", &|config| {
        config.max_bytes = room;
        keep(config, day * 2);
    })
    .await;
    change("NEWS_OUT_GUARD", &|config| keep(config, day * 30)).await;
}

async fn state_of(context: &Context, stream: &str) -> State {
    context.get_stream(stream).await.unwrap().cached_info().state.clone()
}

/// Waits until the worker has settled everything; `false` where it stands still.
async fn is_settled(context: &Context) -> bool {
    let (mut left, mut moved) = (u64::MAX, Instant::now());
    while left > 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let before = std::mem::replace(&mut left, state_of(context, "NEWS_RAW").await.messages);
        if left < before {
            moved = Instant::now();
        } else if moved.elapsed() > STALL {
            return false;
        }
    }
    true
}

#[tokio::main]
async fn main() -> ExitCode {
    let (days, stories, day) =
        (number("DAYS", 30), number("STORIES", 1000), Duration::from_secs(number("DAY_SECS", 5)));
    let dir = tempfile::tempdir().unwrap();
    let listen = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let data_dir = dir.path().join("nats");
    let settings = embedded::Settings { listen, data_dir, ..embedded::Settings::default() };
    let broker = Embedded::start(&settings).await.unwrap();
    let context = async_nats::jetstream::new(async_nats::connect(broker.url()).await.unwrap());
    let streams = topology::Settings::default();
    topology::provision(&context, &streams, Duration::from_secs(30), false).await.unwrap();
    scale_down(&context, stories, day).await;
    state::provision(&context, &state::Settings::default(), 1).await.unwrap();
    let log = dir.path().join("log");
    let worker = Command::new(env!("CARGO_BIN_EXE_news-ingest"))
        .arg("run")
        .current_dir(dir.path())
        .env("NEWS_INGEST__NATS__URL", broker.url())
        .env("NEWS_INGEST__LOG__LEVEL", "warn")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn();
    let worker = Worker(worker.unwrap());

    println!("{:>4}{:>10}{:>10}{:>16}{:>14}", "day", "new", "again", "kept (days)", "MiB of keys");
    let mut random = Random(42);
    for number in 0..days {
        let next_day = Instant::now() + day;
        let again = if number == 0 { 0 } else { random.next() % number * stories };
        let repeats = if number == 0 { 0..0 } else { again..again + stories };
        publish(&context, (number * stories..(number + 1) * stories).chain(repeats)).await;
        if !is_settled(&context).await {
            println!("nothing was settled for {STALL:?}");
            return ExitCode::FAILURE;
        }
        let (out, keys) =
            (state_of(&context, "NEWS_OUT").await, state_of(&context, "NEWS_OUT_GUARD").await);
        println!(
            "{:>4}{stories:>10}{:>10}{:>16.1}{:>14.1}",
            number + 1,
            if number == 0 { 0 } else { stories },
            out.messages as f64 / stories as f64,
            keys.bytes as f64 / f64::from(1 << 20),
        );
        tokio::time::sleep_until(next_day.into()).await;
    }
    drop(worker);
    let (sent, stored) = (days * stories, state_of(&context, "NEWS_OUT").await.last_sequence);
    let keys = state_of(&context, "NEWS_OUT_GUARD").await;
    let waits = std::fs::read_to_string(&log).unwrap().matches("out_blocked").count();
    println!(
        "{sent} stories, {} of them sent twice: {stored} stored, {} twice, {} missing; waited {waits} times; {:.0} bytes a key",
        sent - stories,
        stored.saturating_sub(sent),
        sent.saturating_sub(stored),
        keys.bytes as f64 / keys.messages.max(1) as f64,
    );
    broker.stop().await;
    if stored == sent && waits == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
