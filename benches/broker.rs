//! The whole process: stories from `NEWS_RAW` to `NEWS_OUT` through a real broker on this machine.
//!
//!     PAGES=set.jsonl.gz STORIES=2000 cargo bench --bench broker
//!
//! A program, not a loop of samples: it fills the raw stream, starts one worker process of the built
//! program, waits until every message is acknowledged, and prints stories/s, peak memory of the
//! worker, and the outcomes. Without `PAGES` the stories are one short text each.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program that reports")]

use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use news_ingest::broker::embedded::{self, Embedded};
use news_ingest::broker::topology;
use news_ingest::state;

fn bodies() -> Vec<Vec<u8>> {
    let Ok(paths) = std::env::var("PAGES") else {
        return vec![
            br#"{"title": "A short story", "text": "The council of Leeds met on Monday."}"#
                .to_vec(),
        ];
    };
    let mut bodies = Vec::new();
    for path in paths.split(':') {
        let mut text = Vec::new();
        let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        if path.ends_with(".gz") {
            flate2::read::GzDecoder::new(file).read_to_end(&mut text).unwrap();
        } else {
            { file }.read_to_end(&mut text).unwrap();
        }
        bodies.extend(text.split(|&b| b == b'\n').filter(|l| !l.is_empty()).map(<[u8]>::to_vec));
    }
    bodies
}

/// The `number`-th message: a line of the sets under an id of its own.
fn message(bodies: &[Vec<u8>], number: usize) -> Vec<u8> {
    let mut value: serde_json::Value =
        serde_json::from_slice(&bodies[number % bodies.len()]).unwrap();
    let object = value.as_object_mut().unwrap();
    object.remove("gold");
    object.insert("id".to_owned(), format!("bench:{number}").into());
    serde_json::to_vec(&value).unwrap()
}

#[tokio::main]
async fn main() {
    let stories: usize = std::env::var("STORIES").map_or(2000, |n| n.parse().unwrap());
    let dir = std::env::temp_dir().join(format!("news-ingest-bench-{}", std::process::id()));
    let listen = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let settings =
        embedded::Settings { listen, data_dir: dir.join("nats"), ..embedded::Settings::default() };
    let broker = Embedded::start(&settings).await.unwrap();
    let context = async_nats::jetstream::new(async_nats::connect(broker.url()).await.unwrap());
    let streams = topology::Settings::default();
    topology::provision(&context, &streams, Duration::from_secs(30), false).await.unwrap();
    state::provision(&context, &state::Settings::default(), 1).await.unwrap();

    let bodies = bodies();
    let mut bytes = 0;
    for number in 0..stories {
        let body = message(&bodies, number);
        bytes += body.len();
        context.publish("news.raw.bench", body.into()).await.unwrap().await.unwrap();
    }
    let start = Instant::now();
    let mut worker = Command::new(env!("CARGO_BIN_EXE_news-ingest"))
        .arg("run")
        .current_dir(&dir)
        .env("NEWS_INGEST__NATS__URL", broker.url())
        .env("NEWS_INGEST__LOG__LEVEL", "warn")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut raw = context.get_stream(&streams.raw_stream).await.unwrap();
    let mut first = None;
    loop {
        let left = raw.info().await.unwrap().state.messages as usize;
        if left < stories && first.is_none() {
            first = Some((Instant::now(), stories - left));
        }
        if left == 0 {
            break;
        }
        assert!(worker.try_wait().unwrap().is_none(), "the worker ended");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let (whole, (first, before)) = (start.elapsed(), first.unwrap());
    let steady = (stories - before) as f64 / first.elapsed().as_secs_f64().max(1e-3);
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", worker.id())).unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown");
    let out = context.get_stream(&streams.out_stream).await.unwrap();
    println!(
        "{stories} stories, {:.1} MB, in {:.2} s: {:.0} stories/s with the start, {steady:.0} without; \
         {} outcomes; worker's peak memory {}",
        bytes as f64 / 1e6,
        whole.as_secs_f64(),
        stories as f64 / whole.as_secs_f64(),
        out.cached_info().state.messages,
        peak.trim_start_matches("VmHWM:").trim(),
    );
    worker.kill().unwrap();
    worker.wait().unwrap();
    broker.stop().await;
    let _ = std::fs::remove_dir_all(&dir);
}
