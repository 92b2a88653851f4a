//! Politeness by the whole group, over a real broker.

use std::process::{Command, Stdio};

use news_ingest::state::{self, State};

use super::*;
use support::broker::{Broker, connect};

/// Requests to the busy host, by all workers together.
const BUSY: usize = 33;
/// Requests to the other host.
const QUIET: usize = 6;
const WORKERS: usize = 3;
const INTERVAL: Duration = Duration::from_millis(1000);

async fn bound(url: &str) -> State {
    State::bind(&connect(url).await, &state::Settings::default()).await.unwrap()
}

async fn provisioned() -> Broker {
    let broker = Broker::start().await;
    let context = broker.context().await;
    state::provision(&context, &state::Settings::default(), 1).await.unwrap();
    broker
}

/// The gaps between requests as a site saw them.
fn gaps(requests: &[Request]) -> Vec<Duration> {
    let mut times: Vec<Instant> = requests.iter().map(|r| r.at).collect();
    times.sort();
    times.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_hold_one_hosts_interval_together() {
    let broker = provisioned().await;
    let busy = Site::start_at("127.0.0.11:0", |_: &Request| html(story("Busy"))).await;
    let quiet = Site::start_at("127.0.0.12:0", |_: &Request| html(story("Quiet"))).await;
    let start = Instant::now();
    let workers: Vec<_> = (0..WORKERS)
        .map(|worker| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "shared::worker_process", "--ignored"])
                .env("TEST_WORKER", worker.to_string())
                .env("TEST_NATS", broker.url())
                .env("TEST_BUSY", busy.url(""))
                .env("TEST_QUIET", quiet.url(""))
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut done = tokio::task::JoinSet::new();
    for mut worker in workers {
        done.spawn_blocking(move || worker.wait().unwrap());
    }
    while let Some(status) = done.join_next().await {
        assert!(status.unwrap().success(), "every story of a worker came to be");
    }
    for (site, stories) in [(&busy, BUSY), (&quiet, QUIET)] {
        // robots.txt is fetched once by the three of them.
        assert_eq!(site.pages().len(), stories);
        assert_eq!(site.requests().len(), stories + 1);
        let closest = gaps(&site.requests()).into_iter().min().unwrap();
        assert!(closest >= INTERVAL - Duration::from_millis(50), "{closest:?}");
    }
    // A backlog at one host does not hold up another.
    let last = quiet.requests().last().unwrap().at - start;
    assert!(last < INTERVAL * (QUIET as u32 + 5), "{last:?}");
    // Nor is the time of the busy one wasted: a slot in ten may pass unused.
    let last = busy.requests().last().unwrap().at - busy.requests()[0].at;
    assert!(last < INTERVAL * (BUSY as u32 + 4), "{last:?}");
}

/// One of the workers of the test above, in a process of its own.
#[tokio::test]
#[ignore = "a helper process"]
async fn worker_process() {
    let Ok(worker) = std::env::var("TEST_WORKER") else { return };
    let var = |name| std::env::var(name).unwrap();
    let polite = Settings {
        robots: true,
        host_interval_ms: INTERVAL.as_millis() as u64,
        host_concurrency: 2,
        ..settings()
    };
    let state = bound(&var("TEST_NATS")).await;
    let fetcher = Arc::new(Fetcher::new(&polite, &state).unwrap());
    let busy = (0..BUSY / WORKERS).map(|n| format!("{}/{worker}-{n}", var("TEST_BUSY")));
    let quiet = (0..QUIET / WORKERS).map(|n| format!("{}/{worker}-{n}", var("TEST_QUIET")));
    let mut stories = tokio::task::JoinSet::new();
    for url in busy.chain(quiet) {
        let fetcher = Arc::clone(&fetcher);
        stories.spawn(async move {
            loop {
                match fetcher.fetch(link(&url)).await {
                    Ok(_) => return,
                    Err(error) => match error.disposition() {
                        Disposition::Park { after } => tokio::time::sleep(after).await,
                        other => panic!("{error}: {other:?}"),
                    },
                }
            }
        });
    }
    while let Some(story) = stories.join_next().await {
        story.unwrap();
    }
}

#[tokio::test]
async fn a_parked_story_finds_its_slot_at_another_worker() {
    let broker = provisioned().await;
    let site = Site::start_at("127.0.0.13:0", |_: &Request| html(story("A"))).await;
    let impatient = Settings { host_interval_ms: 1500, max_turn_wait_ms: 400, ..settings() };
    let worker = |state: &State| Fetcher::new(&impatient, state).unwrap();
    let (one, two) = (bound(broker.url()).await, bound(broker.url()).await);
    let (one, two) = (worker(&one), worker(&two));
    assert!(one.fetch(link(&site.url("/1"))).await.is_ok());
    // The second story takes the next slot and is parked; the third comes behind it.
    let parked = |result| match ending(result) {
        ("host_turn", Disposition::Park { after }) => after,
        other => panic!("{other:?}"),
    };
    let second = parked(one.fetch(link(&site.url("/2"))).await);
    let third = parked(two.fetch(link(&site.url("/3"))).await);
    assert!((1000..1500).contains(&second.as_millis()), "{second:?}");
    assert!((2400..3000).contains(&third.as_millis()), "{third:?}");
    // Asking again keeps the place.
    let again = parked(two.fetch(link(&site.url("/2"))).await);
    assert!(again <= second, "{again:?}");
    tokio::time::sleep(second).await;
    assert!(two.fetch(link(&site.url("/2"))).await.is_ok());
    let closest = gaps(&site.requests()).into_iter().min().unwrap();
    assert!((1450..1700).contains(&closest.as_millis()), "{closest:?}");
}

#[tokio::test]
async fn a_hold_and_an_open_circuit_are_the_groups() {
    let broker = provisioned().await;
    let limited = reply(429, &[("Retry-After", "60")], "");
    let limited = Site::start_at("127.0.0.14:0", move |_: &Request| limited.clone()).await;
    let broken = Site::start_at("127.0.0.15:0", |_: &Request| reply(500, &[], "")).await;
    let fragile = Settings { circuit_failures: 1, ..settings() };
    let (one, two) = (bound(broker.url()).await, bound(broker.url()).await);
    let one = Fetcher::new(&fragile, &one).unwrap();
    let two = Fetcher::new(&fragile, &two).unwrap();
    assert_eq!(code(one.fetch(link(&limited.url("/1"))).await), "rate_limited");
    assert_eq!(code(two.fetch(link(&limited.url("/2"))).await), "host_turn");
    assert_eq!(code(one.fetch(link(&broken.url("/1"))).await), "server_error");
    assert_eq!(code(two.fetch(link(&broken.url("/2"))).await), "circuit_open");
    assert_eq!((limited.requests().len(), broken.requests().len()), (1, 1));
}

#[tokio::test]
async fn a_bucket_of_the_broker_keeps_compare_and_set() {
    let broker = provisioned().await;
    let context = broker.context().await;
    // Provisioning again changes nothing.
    state::provision(&context, &state::Settings::default(), 1).await.unwrap();
    let state = bound(broker.url()).await;
    for bucket in [state.seen(), State::in_process(&state::Settings::default()).seen()] {
        let first = bucket.create("k", "1".into()).await.unwrap().unwrap();
        assert_eq!(bucket.create("k", "2".into()).await.unwrap(), None);
        let second = bucket.update("k", "2".into(), first).await.unwrap().unwrap();
        assert_eq!(bucket.update("k", "3".into(), first).await.unwrap(), None);
        let entry = bucket.get("k").await.unwrap().unwrap();
        assert_eq!((&entry.value[..], entry.revision), (&b"2"[..], second));
        let age = state.clock().now().await.unwrap().since(entry.written);
        assert!(age < Duration::from_secs(5), "{age:?}");
        assert!(!bucket.delete("k", first).await.unwrap());
        assert!(bucket.delete("k", second).await.unwrap());
        assert_eq!(bucket.get("k").await.unwrap(), None);
        assert!(bucket.create("k", "4".into()).await.unwrap().is_some());
        let put = bucket.put("k", "5".into()).await.unwrap();
        assert_eq!(bucket.get("k").await.unwrap().unwrap().revision, put);
    }
}

#[tokio::test]
async fn one_of_many_claims_wins_each_round() {
    let broker = provisioned().await;
    let mut claims = tokio::task::JoinSet::new();
    for claimer in 0..8 {
        let state = bound(broker.url()).await;
        claims.spawn(async move {
            let mut won = 0;
            for round in 0..20 {
                let value = format!("{claimer}").into();
                won += usize::from(
                    state.seen().create(&format!("round.{round}"), value).await.unwrap().is_some(),
                );
            }
            won
        });
    }
    assert_eq!(claims.join_all().await.into_iter().sum::<usize>(), 20);
}

#[tokio::test]
async fn buckets_that_were_not_provisioned_are_named() {
    let broker = Broker::start().await;
    let context = broker.context().await;
    let error = State::bind(&context, &state::Settings::default()).await.unwrap_err();
    assert!(error.to_string().contains("news_hosts"), "{error}");
}

#[tokio::test]
async fn a_hosts_concurrency_is_the_groups() {
    const TAKES: Duration = Duration::from_millis(200);
    let broker = provisioned().await;
    let slow = |_: &Request| [vec![Act::Sleep(TAKES)], html(story("Slow"))].concat();
    let site = Site::start_at("127.0.0.16:0", slow).await;
    let one_at_a_time = Settings { host_concurrency: 1, ..settings() };
    let start = Instant::now();
    let mut stories = tokio::task::JoinSet::new();
    for worker in 0..2 {
        let fetcher = Fetcher::new(&one_at_a_time, &bound(broker.url()).await).unwrap();
        let fetcher = Arc::new(fetcher);
        for n in 0..2 {
            let (fetcher, url) = (Arc::clone(&fetcher), site.url(&format!("/{worker}-{n}")));
            stories.spawn(async move { fetcher.fetch(link(&url)).await.map(|_| ()) });
        }
    }
    while let Some(result) = stories.join_next().await {
        result.unwrap().unwrap();
    }
    assert_eq!(site.requests().len(), 4);
    let closest = gaps(&site.requests()).into_iter().min().unwrap();
    assert!(closest >= TAKES - Duration::from_millis(10), "{closest:?}");
    // A lease that another worker gives back is seen soon.
    assert!(start.elapsed() < TAKES * 4 + Duration::from_secs(2), "{:?}", start.elapsed());
}
