//! The whole process: stories from `NEWS_RAW` to `NEWS_OUT` through a real broker on this machine.
//!
//!     PAGES=set.jsonl.gz STORIES=2000 cargo bench --bench broker
//!
//! A program, not a loop of samples: it fills the raw stream, starts one worker process of the built
//! program (`WORKER` names another one), waits until every message is acknowledged, and prints
//! stories/s, peak memory of the worker, the outcomes, and what a story cost the server: texts with `duplicates = "mark"`,
//! with "publish", and with "mark" and no guard stream, then a fourth as many links with "mark" and with "publish".
//! Without `PAGES` the stories are texts of 80 words that resemble no other; links lead to pages of such texts on 200
//! hosts on loopback. `ONLY=0` measures the first of these alone, `WORKERS=4` starts as many, `PARTITIONS=4` splits the streams, `SERVERS=3` keeps
//! them on three servers in three copies; what a story cost is then the sum over the servers.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program that reports")]

mod site;

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use async_nats::jetstream::Context;
use futures_util::StreamExt as _;
use news_ingest::broker::embedded;
use news_ingest::broker::topology;
use news_ingest::state;

/// Hosts that links lead to.
const HOSTS: usize = 200;

/// What is measured.
#[derive(Clone, Copy, Debug)]
struct Mode {
    duplicates: &'static str,
    guard_hours: u64,
    /// Whether messages are links, to pages that the worker fetches.
    links: bool,
}

const MODES: [Mode; 5] = [
    Mode { duplicates: "mark", guard_hours: 720, links: false },
    Mode { duplicates: "publish", guard_hours: 720, links: false },
    Mode { duplicates: "mark", guard_hours: 0, links: false },
    Mode { duplicates: "mark", guard_hours: 720, links: true },
    Mode { duplicates: "publish", guard_hours: 720, links: true },
];

fn bodies(stories: usize) -> Vec<Vec<u8>> {
    let Ok(paths) = std::env::var("PAGES") else {
        return (0..stories as u64).map(invented).collect();
    };
    let mut bodies = Vec::new();
    for path in paths.split(':') {
        let mut text = Vec::new();
        let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        if Path::new(path).extension() == Some("gz".as_ref()) {
            flate2::read::GzDecoder::new(file).read_to_end(&mut text).unwrap();
        } else {
            { file }.read_to_end(&mut text).unwrap();
        }
        bodies.extend(text.split(|&b| b == b'\n').filter(|l| !l.is_empty()).map(<[u8]>::to_vec));
    }
    bodies
}

/// A text of words at random.
fn invented_text(number: u64) -> String {
    let mut state = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut word = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        format!("word{}", state >> 52)
    };
    let text = (0..8).map(|_| format!("The {}. ", [(); 9].map(|()| word()).join(" ")));
    text.collect::<String>().trim().to_owned()
}

fn invented(number: u64) -> Vec<u8> {
    let text = invented_text(number);
    serde_json::to_vec(&serde_json::json!({"title": "A short story", "text": text})).unwrap()
}

/// The page of a link, whose path ends in its number.
fn page(path: &str) -> String {
    let number = path.rsplit('/').next().unwrap().parse().unwrap_or_default();
    let text = invented_text(number).replace(". ", ".</p><p>");
    format!(
        "<html><head><title>A short story</title></head><body><article><h1>A short story</h1><p>{text}</p></article></body></html>"
    )
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

/// Servers with their monitoring on; killed when the program ends, whatever the reason.
struct Broker {
    url: String,
    servers: Vec<Server>,
}

struct Server {
    process: Process,
    monitor: SocketAddr,
}

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}

impl Broker {
    async fn start(dir: &Path, servers: usize) -> Self {
        let program = embedded::find_program(&embedded::Settings::default()).unwrap();
        let routes: Vec<String> =
            (0..servers).map(|_| format!("nats://{}", free_address())).collect();
        let mut broker = Self { url: String::new(), servers: Vec::new() };
        for (number, route) in routes.iter().enumerate() {
            let (listen, monitor) = (free_address(), free_address());
            let mut command = Command::new(&program);
            command
                .args(["-a", "127.0.0.1", "-p", &listen.port().to_string()])
                .args(["-m", &monitor.port().to_string(), "-js", "-sd"])
                .arg(dir.join(format!("nats-{number}")));
            if servers > 1 {
                command.args(["-n", &format!("n{number}"), "--cluster_name", "bench"]).args([
                    "--cluster",
                    route,
                    "--routes",
                    &routes.join(","),
                ]);
            }
            command.stdin(Stdio::null()).stderr(Stdio::null());
            broker.servers.push(Server { process: Process(command.spawn().unwrap()), monitor });
            broker.url = format!("nats://{listen}");
        }
        for _ in 0..1500 {
            if let Ok(client) = async_nats::connect(&broker.url).await
                && async_nats::jetstream::new(client).query_account().await.is_ok()
            {
                return broker;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("nats-server does not answer");
    }

    /// What all servers say of themselves together.
    fn used(&self) -> Used {
        let mut all = Used::default();
        for used in self.servers.iter().map(Server::used) {
            all.messages_in += used.messages_in;
            all.messages_out += used.messages_out;
            all.bytes += used.bytes;
            all.memory += used.memory;
            all.processor_ms += used.processor_ms;
        }
        all
    }
}

impl Server {
    /// What the server says of itself.
    fn used(&self) -> Used {
        let mut answer = String::new();
        let mut stream = TcpStream::connect(self.monitor).unwrap();
        stream.write_all(b"GET /varz HTTP/1.0\r\n\r\n").unwrap();
        stream.read_to_string(&mut answer).unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        let varz: serde_json::Value = serde_json::from_str(body).unwrap();
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.0.id())).unwrap();
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
#[derive(Default)]
struct Used {
    messages_in: f64,
    messages_out: f64,
    bytes: f64,
    memory: f64,
    processor_ms: f64,
}

#[tokio::main]
async fn main() {
    let stories = number("STORIES", 2000);
    let dir = std::env::temp_dir().join(format!("news-ingest-bench-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let pages = site::serve(Duration::ZERO, page).await;
    let only = std::env::var("ONLY").ok().map(|text| text.parse::<usize>().unwrap());
    for (number, mode) in MODES.into_iter().enumerate() {
        if only.is_none_or(|only| only == number) {
            let stories = if mode.links { stories / 4 } else { stories };
            measure(&dir.join(number.to_string()), stories, mode, pages).await;
        }
    }
    let _ = std::fs::remove_dir_all(&dir);
}

/// A number of the environment, or its default.
fn number(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Makes the streams; servers of a cluster may need a while to find each other.
async fn provision(context: &Context, streams: &topology::Settings) {
    let mut said = String::new();
    for _ in 0..60 {
        let made = async {
            topology::provision(context, streams, Duration::from_secs(30), false).await?;
            state::provision(context, &state::Settings::default(), streams.replicas).await?;
            Ok::<_, Box<dyn std::error::Error>>(())
        };
        match made.await {
            Ok(()) => return,
            Err(error) => said = error.to_string(),
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("not provisioned: {said}");
}

/// Messages of some streams.
async fn messages(context: &Context, streams: &[String]) -> usize {
    let mut all = 0;
    for stream in streams {
        let stream = context.get_stream(stream).await.unwrap();
        all += stream.cached_info().state.messages as usize;
    }
    all
}

/// A message that is a link to a page of its own.
fn link(number: usize, pages: u16) -> Vec<u8> {
    let host = 1 + number % HOSTS;
    let url = format!("http://127.0.1.{host}:{pages}/story/{number}");
    serde_json::to_vec(&serde_json::json!({"url": url})).unwrap()
}

/// Publishes the messages, and says how many bytes they are.
async fn fill(
    context: &Context,
    subject: impl Fn(&str) -> String,
    stories: usize,
    body: impl Fn(usize) -> Vec<u8>,
) -> usize {
    let mut bytes = 0;
    let mut waiting = Vec::new();
    for number in 0..stories {
        let body = body(number);
        bytes += body.len();
        let subject = subject(&number.to_string());
        waiting.push(context.publish(subject, body.into()).await.unwrap());
        if waiting.len() == 250 || number + 1 == stories {
            for stored in waiting.drain(..) {
                stored.await.unwrap();
            }
        }
    }
    bytes
}

fn start_worker(dir: &Path, url: &str, mode: Mode, partitions: usize, pages: u16) -> Process {
    let program = std::env::var_os("WORKER")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_news-ingest")), PathBuf::from);
    let child = Command::new(program)
        .arg("run")
        .current_dir(dir)
        .env("NEWS_INGEST__NATS__URL", url)
        .env("NEWS_INGEST__LOG__LEVEL", "warn")
        .env("NEWS_INGEST__PUBLISH__DUPLICATES", mode.duplicates)
        .env("NEWS_INGEST__STREAMS__GUARD_MAX_AGE_HOURS", mode.guard_hours.to_string())
        .env("NEWS_INGEST__STREAMS__PARTITIONS", partitions.to_string())
        .env("NEWS_INGEST__FETCH__CONTACT", "https://news.example/bench")
        .env("NEWS_INGEST__FETCH__ALLOW_ADDRESSES", r#"["127.0.0.0/8"]"#)
        .env("NEWS_INGEST__FETCH__ALLOW_PORTS", format!("[{pages}]"))
        .env("NEWS_INGEST__FETCH__HOST_INTERVAL_MS", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    Process(child)
}

/// Messages on subjects of a filter.
async fn subjects(context: &Context, streams: &[String], filter: &str) -> usize {
    let mut all = 0;
    for stream in streams {
        let stream = context.get_stream(stream).await.unwrap();
        let info = stream.info_with_subjects(filter).await.unwrap();
        all += info.count().await;
    }
    all
}

async fn measure(dir: &Path, stories: usize, mode: Mode, pages: u16) {
    let Mode { duplicates, guard_hours, links } = mode;
    std::fs::create_dir_all(dir).unwrap();
    let (servers, partitions) = (number("SERVERS", 1), number("PARTITIONS", 1));
    let broker = Broker::start(dir, servers).await;
    let context = async_nats::jetstream::new(async_nats::connect(&broker.url).await.unwrap());
    let replicas = if servers < 3 { 1 } else { 3 };
    // Bounds are reserved, of each stream on each server; these are enough for this.
    let streams = topology::Settings {
        partitions,
        replicas,
        raw_max_mib: 256,
        out_max_mib: 1024,
        guard_max_age_hours: guard_hours,
        ..topology::Settings::default()
    };
    provision(&context, &streams).await;

    let bodies = if links { Vec::new() } else { bodies(stories) };
    let places = streams.raw_places();
    let body = |number| if links { link(number, pages) } else { message(&bodies, number) };
    let bytes = fill(&context, |id| places.subject("bench", id), stories, body).await;
    let before = broker.used();
    let start = Instant::now();
    let mut workers: Vec<Process> = (0..number("WORKERS", 1))
        .map(|_| start_worker(dir, &broker.url, mode, partitions, pages))
        .collect();
    let raw = streams.raw_streams();
    let (mut first, mut asked) = (None, 0);
    loop {
        let left = messages(&context, &raw).await;
        asked += raw.len() as u32;
        if left < stories && first.is_none() {
            first = Some((Instant::now(), stories - left));
        }
        if left == 0 {
            break;
        }
        for worker in &mut workers {
            assert!(worker.0.try_wait().unwrap().is_none(), "a worker ended");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (whole, (first, done)) = (start.elapsed(), first.unwrap());
    let after = broker.used();
    let steady = (stories - done) as f64 / first.elapsed().as_secs_f64().max(1e-3);
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", workers[0].0.id())).unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown");
    let outcomes = messages(&context, &streams.out_streams()).await;
    let each = |before: f64, after: f64| (after - before) / stories as f64;
    println!(
        "{}, duplicates = {duplicates}, guard of {guard_hours} h, {partitions} partition(s) on {servers} server(s): {stories} stories, {:.1} MB, in {:.2} s: {:.0} stories/s with the start, {steady:.0} without; \
         {} outcomes; worker's peak memory {}",
        if links { "links" } else { "texts" },
        bytes as f64 / 1e6,
        whole.as_secs_f64(),
        stories as f64 / whole.as_secs_f64(),
        outcomes,
        peak.trim_start_matches("VmHWM:").trim(),
    );
    println!(
        "  the server(s), a story: {:.2} messages in, {:.2} out, {:.2} KB, {:.3} ms of processor; {:.0} bytes of memory more",
        // What this program asked is no part of it.
        each(before.messages_in + f64::from(asked), after.messages_in),
        each(before.messages_out + f64::from(asked), after.messages_out),
        each(before.bytes, after.bytes) / 1e3,
        each(before.processor_ms, after.processor_ms),
        each(before.memory, after.memory),
    );
    let filter = format!("{}.dlq.>", streams.prefix);
    let failed = subjects(&context, &streams.out_streams(), &filter).await;
    assert_eq!((outcomes, failed), (stories, 0), "outcomes, and dead letters among them");
}
