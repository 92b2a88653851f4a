//! One worker's fetching, whole, over loopback (each host is an address of 127.0.0.0/8).
//!
//! A program, not a loop of samples; it prints times, and the memory of both sides.
//!
//! - `cargo bench --bench fetch`: 2,000 stories on 200 hosts that each answer after half a second. The floor of
//!   the set-up is 2,000 x 0.5 s / 256 slots = 3.9 s, and half a second more for robots.txt.
//! - `cargo bench --bench fetch -- one-host`: 200 links to one host that answers after 8 s, two at a time: 13
//!   minutes at least. How often a story is deferred is what counts.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a program that reports")]

mod site;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use news_ingest::disposition::{Classify as _, Disposition};
use news_ingest::fetch::{Fetcher, Settings};
use news_ingest::model::{Hints, Identity, Origin, RawArticle, StoryId, Validators, WebUrl};
use news_ingest::state::{self, State};
use tokio::sync::Semaphore;

const HOSTS: usize = 200;
const STORIES: usize = 2000;
const SLOTS: usize = 256;
const DELAY: Duration = Duration::from_millis(500);
/// Links to the slow host, and how long it takes to answer.
const LINKS: usize = 200;
const SLOW: Duration = Duration::from_secs(8);
/// A usual news page's size, in bytes.
const PAGE: usize = 100_000;

#[tokio::main]
async fn main() {
    if std::env::args().any(|arg| arg == "one-host") {
        one_slow_host().await;
    } else {
        many_hosts().await;
    }
}

async fn many_hosts() {
    let port = serve(DELAY).await;
    let settings = Settings { host_interval_ms: 0, host_concurrency: 4, ..open_settings(port) };
    let state = State::in_process(&state::Settings::default());
    let fetcher = Arc::new(Fetcher::new(&settings, &state).unwrap());
    let queue: VecDeque<String> = (0..STORIES)
        .map(|n| format!("http://127.0.1.{}:{port}/story/{n}", 1 + n % HOSTS))
        .collect();
    let queue = Arc::new(Mutex::new(queue));
    let start = Instant::now();
    let mut slots = tokio::task::JoinSet::new();
    for _ in 0..SLOTS {
        let (queue, fetcher) = (Arc::clone(&queue), Arc::clone(&fetcher));
        let room = Arc::new(Semaphore::new(1));
        slots.spawn(async move {
            let mut fetched = 0;
            loop {
                let Some(url) = queue.lock().unwrap().pop_front() else { return fetched };
                until_fetched(&fetcher, &url, &room).await;
                fetched += 1;
            }
        });
    }
    let fetched: usize = slots.join_all().await.into_iter().sum();
    let elapsed = start.elapsed();
    assert_eq!(fetched, STORIES);
    println!(
        "{fetched} stories of {HOSTS} hosts in {:.2} s with {SLOTS} slots; {} MiB of memory, the hosts included",
        elapsed.as_secs_f64(),
        peak_memory_mib()
    );
    assert!(elapsed < Duration::from_secs(15) && peak_memory_mib() < 400, "over the target");
}

/// As a worker does it by its defaults: 64 stories in hand, those that wait put aside.
async fn one_slow_host() {
    let port = serve(SLOW).await;
    let state = State::in_process(&state::Settings::default());
    let fetcher = Arc::new(Fetcher::new(&open_settings(port), &state).unwrap());
    let room = Arc::new(Semaphore::new(64));
    let start = Instant::now();
    let mut stories = tokio::task::JoinSet::new();
    for n in 0..LINKS {
        let (fetcher, room) = (Arc::clone(&fetcher), Arc::clone(&room));
        let url = format!("http://127.0.2.1:{port}/story/{n}");
        stories.spawn(async move { until_fetched(&fetcher, &url, &room).await });
    }
    let mut deferred = stories.join_all().await;
    deferred.sort_unstable();
    let (total, most) = (deferred.iter().sum::<usize>(), deferred.last().copied());
    println!(
        "{LINKS} links to a host that answers in {} s: {:.0} s, {total} times deferred, one story at most {} times, half at \
         most {}; {} MiB of memory",
        SLOW.as_secs(),
        start.elapsed().as_secs_f64(),
        most.unwrap_or_default(),
        deferred[LINKS / 2],
        peak_memory_mib()
    );
    assert!(most.is_some_and(|most| most <= 5), "over the target");
}

fn open_settings(port: u16) -> Settings {
    Settings {
        allow_addresses: vec!["127.0.0.0/8".to_owned()],
        allow_ports: vec![port],
        ..Settings::default()
    }
}

/// Fetches a page, and says how often it was deferred on the way. A slot is held only while it is tried.
async fn until_fetched(fetcher: &Fetcher, url: &str, room: &Semaphore) -> usize {
    let url = WebUrl::parse(url).unwrap();
    let mut deferred = 0;
    loop {
        let raw = RawArticle {
            identity: Identity::new(StoryId::of_url(&url), None),
            origin: Origin::Link {
                url: url.clone(),
                validators: Validators::default(),
                fallback: None,
            },
            hints: Hints::default(),
        };
        let slot = room.acquire().await.unwrap();
        let fetched = fetcher.fetch(raw).await;
        drop(slot);
        match fetched {
            Ok(_) => return deferred,
            Err(error) => match error.disposition() {
                Disposition::Defer { after } => tokio::time::sleep(after).await,
                other => panic!("{error}: {other:?}"),
            },
        }
        deferred += 1;
    }
}

/// All hosts, with a page of the usual size.
async fn serve(delay: Duration) -> u16 {
    let paragraph = "<p>The council met on Tuesday to talk about the bridge over the river.</p>";
    let page = paragraph.repeat(PAGE / paragraph.len());
    site::serve(delay, move |_| page.clone()).await
}

fn peak_memory_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default()
        / 1024
}
