//! The whole process: stories from `NEWS_RAW` to `NEWS_OUT` through a real broker on this machine.
//!
//!     PAGES=set.jsonl.gz STORIES=2000 cargo bench --bench broker
//!
//! A program, not a loop of samples: it fills the raw stream, starts one worker process of the built
//! program (`WORKER` names another one), waits until every message is acknowledged, and prints
//! stories/s, peak memory of the worker, the outcomes, and what a story cost the server: once with
//! `duplicates = "mark"`, once with "publish". Without `PAGES` the stories are texts of 80 words that
//! resemble no other.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program that reports")]

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use news_ingest::broker::embedded;
use news_ingest::broker::topology;
use news_ingest::state;

fn bodies(stories: usize) -> Vec<Vec<u8>> {
    let Ok(paths) = std::env::var("PAGES") else {
        return (0..stories as u64).map(invented).collect();
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

/// A text of words at random.
fn invented(number: u64) -> Vec<u8> {
    let mut state = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        format!("word{}", state >> 52)
    };
    let text = (0..8).map(|_| format!("The {}. ", [(); 9].map(|()| word()).join(" ")));
    let text = text.collect::<String>();
    serde_json::to_vec(&serde_json::json!({"title": "A short story", "text": text.trim()})).unwrap()
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

/// A server with its monitoring on; killed when the program ends, whatever the reason.
struct Server {
    child: Child,
    url: String,
    monitor: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

impl Server {
    async fn start(dir: &Path) -> Self {
        let program = embedded::find_program(&embedded::Settings::default()).unwrap();
        let (listen, monitor) = (free_address(), free_address());
        let child = Command::new(program)
            .args(["-a", "127.0.0.1", "-p", &listen.port().to_string()])
            .args(["-m", &monitor.port().to_string(), "-js", "-sd"])
            .arg(dir.join("nats"))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, url: format!("nats://{listen}"), monitor };
        for _ in 0..500 {
            if let Ok(client) = async_nats::connect(&server.url).await
                && async_nats::jetstream::new(client).query_account().await.is_ok()
            {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("nats-server does not answer");
    }

    /// What the server says of itself.
    fn used(&self) -> Used {
        let mut answer = String::new();
        let mut stream = TcpStream::connect(self.monitor).unwrap();
        stream.write_all(b"GET /varz HTTP/1.0\r\n\r\n").unwrap();
        stream.read_to_string(&mut answer).unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let varz: serde_json::Value = serde_json::from_str(body).unwrap();
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let ticks: u64 = stat
            .rsplit_once(')')
            .unwrap()
            .1
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse::<u64>().unwrap())
            .sum();
        let count = |name: &str| varz[name].as_u64().unwrap() as f64;
        Used {
            messages_in: count("in_msgs"),
            messages_out: count("out_msgs"),
            bytes: count("in_bytes") + count("out_bytes"),
            memory: count("mem"),
            // A tick is a hundredth of a second.
            processor_ms: ticks as f64 * 10.0,
        }
    }
}

/// What was used of a server so far.
struct Used {
    messages_in: f64,
    messages_out: f64,
    bytes: f64,
    memory: f64,
    processor_ms: f64,
}

#[tokio::main]
async fn main() {
    let stories: usize = std::env::var("STORIES").map_or(2000, |n| n.parse().unwrap());
    let dir = std::env::temp_dir().join(format!("news-ingest-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    for duplicates in ["mark", "publish"] {
        measure(&dir.join(duplicates), stories, duplicates).await;
    }
    let _ = std::fs::remove_dir_all(&dir);
}

async fn measure(dir: &Path, stories: usize, duplicates: &str) {
    std::fs::create_dir_all(dir).unwrap();
    let broker = Server::start(dir).await;
    let context = async_nats::jetstream::new(async_nats::connect(&broker.url).await.unwrap());
    let streams = topology::Settings::default();
    topology::provision(&context, &streams, Duration::from_secs(30), false).await.unwrap();
    state::provision(&context, &state::Settings::default(), 1).await.unwrap();

    let bodies = bodies(stories);
    let mut bytes = 0;
    let mut waiting = Vec::new();
    for number in 0..stories {
        let body = message(&bodies, number);
        bytes += body.len();
        waiting.push(context.publish("news.raw.bench", body.into()).await.unwrap());
        if waiting.len() == 250 || number + 1 == stories {
            for stored in waiting.drain(..) {
                stored.await.unwrap();
            }
        }
    }
    let program = std::env::var_os("WORKER")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_news-ingest")), PathBuf::from);
    let before = broker.used();
    let start = Instant::now();
    let mut worker = Command::new(program)
        .arg("run")
        .current_dir(dir)
        .env("NEWS_INGEST__NATS__URL", &broker.url)
        .env("NEWS_INGEST__LOG__LEVEL", "warn")
        .env("NEWS_INGEST__PUBLISH__DUPLICATES", duplicates)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut raw = context.get_stream(&streams.raw_stream).await.unwrap();
    let (mut first, mut asked) = (None, 0);
    loop {
        let left = raw.info().await.unwrap().state.messages as usize;
        asked += 1;
        if left < stories && first.is_none() {
            first = Some((Instant::now(), stories - left));
        }
        if left == 0 {
            break;
        }
        assert!(worker.try_wait().unwrap().is_none(), "the worker ended");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (whole, (first, done)) = (start.elapsed(), first.unwrap());
    let after = broker.used();
    let steady = (stories - done) as f64 / first.elapsed().as_secs_f64().max(1e-3);
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", worker.id())).unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown");
    let out = context.get_stream(&streams.out_stream).await.unwrap();
    let each = |before: f64, after: f64| (after - before) / stories as f64;
    println!(
        "duplicates = {duplicates}: {stories} stories, {:.1} MB, in {:.2} s: {:.0} stories/s with the start, {steady:.0} without; \
         {} outcomes; worker's peak memory {}",
        bytes as f64 / 1e6,
        whole.as_secs_f64(),
        stories as f64 / whole.as_secs_f64(),
        out.cached_info().state.messages,
        peak.trim_start_matches("VmHWM:").trim(),
    );
    println!(
        "  the server, a story: {:.2} messages in, {:.2} out, {:.2} KB, {:.3} ms of processor; {:.0} bytes of memory more",
        // What this program asked is no part of it.
        each(before.messages_in + f64::from(asked), after.messages_in),
        each(before.messages_out + f64::from(asked), after.messages_out),
        each(before.bytes, after.bytes) / 1e3,
        each(before.processor_ms, after.processor_ms),
        each(before.memory, after.memory),
    );
    worker.kill().unwrap();
    worker.wait().unwrap();
}
