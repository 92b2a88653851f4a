//! Politeness by the whole group, over a real broker.

use news_ingest::state::{self, HostPolicy, Observation, PermitReply, State};

use super::*;
use support::broker::{Broker, connect};
use support::worker::Worker;

/// Requests to the busy host, by all workers together.
const BUSY: usize = 33;
/// Requests to the other host.
const QUIET: usize = 6;
const WORKERS: usize = 3;
const INTERVAL: Duration = Duration::from_secs(1);

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
async fn three_worker_processes_hold_one_hosts_interval_together() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let busy = Site::start_at("127.0.0.11:0", |_: &Request| html(story("Busy"))).await;
    let quiet = Site::start_at("127.0.0.12:0", |_: &Request| html(story("Quiet"))).await;
    for (site, name, stories) in [(&busy, "busy", BUSY), (&quiet, "quiet", QUIET)] {
        for n in 0..stories {
            let id = format!("{name}-{n}");
            let message = serde_json::json!({"id": id, "url": site.url(&format!("/{n}"))});
            broker.put(&context, &[], message.to_string()).await;
        }
    }
    let polite = [
        ("FETCH__HOST_INTERVAL_MS", "1000"),
        ("FETCH__HOST_CONCURRENCY", "2"),
        // Most of a worker's stories are deferred, and find their slots again.
        ("FETCH__MAX_TURN_WAIT_MS", "3000"),
        ("WORKER__TOTALS_INTERVAL_SECS", "1"),
    ];
    let workers: Vec<_> = (0..WORKERS).map(|_| Worker::start(broker.url(), &polite)).collect();
    let outcomes = broker.outcomes(&context, BUSY + QUIET).await;
    assert!(
        outcomes.iter().all(|o| o.subject.starts_with("news.story.")),
        "{:?}",
        support::broker::subjects(&outcomes)
    );
    for (site, stories) in [(&busy, BUSY), (&quiet, QUIET)] {
        // robots.txt is fetched once by the three of them.
        assert_eq!(site.pages().len(), stories);
        assert_eq!(site.requests().len(), stories + 1);
        let closest = gaps(&site.requests()).into_iter().min().unwrap();
        assert!(closest >= INTERVAL.saturating_sub(Duration::from_millis(50)), "{closest:?}");
    }
    // A backlog at one host does not hold up another: its stories come while most of the other's wait.
    let last = quiet.requests().iter().map(|r| r.at).max().unwrap();
    let before = busy.requests().iter().filter(|r| r.at < last).count();
    assert!(before < BUSY / 2, "{before} of the busy host's before the last of the quiet one's");
    // Waiting for a turn is no attempt, and each worker has had its share.
    let mut deferred = 0;
    for worker in workers {
        let lines = worker.lines();
        let stories: Vec<_> = lines.iter().filter(|l| l["event"] == "story").collect();
        assert!(stories.iter().any(|l| l["outcome"] == "story"));
        assert!(stories.iter().all(|l| l["attempt"] == 1), "{stories:?}");
        // They are summed up by host, and have no lines of their own.
        assert!(stories.iter().all(|l| l["outcome"] != "deferred"), "{stories:?}");
        let sums = lines.iter().filter(|l| l["event"] == "deferred");
        deferred += sums.map(|l| l["deferred"].as_u64().unwrap()).sum::<u64>();
        assert!(worker.stop().await.success());
    }
    assert!(deferred > 0, "some turns are far enough off to be deferred");
}

#[tokio::test(flavor = "multi_thread")]
async fn stories_of_slow_hosts_are_deferred_and_counted() {
    const LINKS: usize = 30;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let slow = |r: &Request| {
        let page = if r.path == "/robots.txt" { reply(404, &[], "") } else { html(story("Slow")) };
        [vec![Act::Sleep(Duration::from_millis(1500))], page].concat()
    };
    let site = Site::start_at("127.0.0.18:0", slow).await;
    for n in 0..LINKS {
        let message = serde_json::json!({"id": format!("s{n}"), "url": site.url(&format!("/{n}"))});
        broker.put(&context, &[], message.to_string()).await;
    }
    let settings = [
        ("FETCH__HOST_INTERVAL_MS", "200"),
        ("FETCH__HOST_CONCURRENCY", "2"),
        ("FETCH__MAX_TURN_WAIT_MS", "1000"),
        ("WORKER__TOTALS_INTERVAL_SECS", "1"),
    ];
    let worker = Worker::start(broker.url(), &settings);
    let outcomes = broker.outcomes(&context, LINKS).await;
    assert!(outcomes.iter().all(|o| o.subject.starts_with("news.story.")));
    let lines = worker.lines();
    let of = |event: &'static str| lines.iter().filter(move |line| line["event"] == event);
    let deferred: u64 = of("deferred").map(|line| line["deferred"].as_u64().unwrap()).sum();
    assert!(deferred > 0 && deferred <= 5 * LINKS as u64, "{deferred} times deferred");
    assert!(of("deferred").all(|line| line["host"] == "127.0.0.18"));
    assert!(of("totals").any(|line| line["scheduled"].as_u64().unwrap() > 5), "{lines:?}");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn deferred_story_finds_its_turn_at_another_worker() {
    let broker = provisioned().await;
    let site = Site::start_at("127.0.0.13:0", |_: &Request| html(story("A"))).await;
    let impatient = Settings { host_interval_ms: 1500, max_turn_wait_ms: 400, ..settings() };
    let worker = |state: &State| Fetcher::new(&impatient, state).unwrap();
    let (one, two) = (bound(broker.url()).await, bound(broker.url()).await);
    let (one, two) = (worker(&one), worker(&two));
    assert!(one.fetch(link(&site.url("/1"))).await.is_ok());
    // The second story takes the next slot and is deferred; the third comes behind it.
    let deferred = |result| match ending(result) {
        ("host_turn", Disposition::Defer { after }) => after,
        other => panic!("{other:?}"),
    };
    let second = deferred(one.fetch(link(&site.url("/2"))).await);
    let third = deferred(two.fetch(link(&site.url("/3"))).await);
    assert!((1000..1500).contains(&second.as_millis()), "{second:?}");
    assert!((2400..3000).contains(&third.as_millis()), "{third:?}");
    // Asking again keeps the place.
    let again = deferred(two.fetch(link(&site.url("/2"))).await);
    assert!(again <= second, "{again:?}");
    tokio::time::sleep(second).await;
    assert!(two.fetch(link(&site.url("/2"))).await.is_ok());
    let closest = gaps(&site.requests()).into_iter().min().unwrap();
    assert!((1450..1700).contains(&closest.as_millis()), "{closest:?}");
}

#[tokio::test]
async fn walk_deferred_between_hops_keeps_its_cookies() {
    let broker = provisioned().await;
    let site = Site::start_at("127.0.0.19:0", |r: &Request| match r.headers.get("cookie") {
        Some(cookie) if cookie == "seen=1" => html(story("Behind the cookie")),
        _ => reply(302, &[("Location", &r.path), ("Set-Cookie", "seen=1; Path=/")], ""),
    })
    .await;
    let impatient = Settings { host_interval_ms: 1500, max_turn_wait_ms: 400, ..settings() };
    let (one, two) = (bound(broker.url()).await, bound(broker.url()).await);
    let one = Fetcher::new(&impatient, &one).unwrap();
    let two = Fetcher::new(&impatient, &two).unwrap();
    let after = match ending(one.fetch(link(&site.url("/1"))).await) {
        ("host_turn", Disposition::Defer { after }) => after,
        other => panic!("{other:?}"),
    };
    tokio::time::sleep(after).await;
    // Another worker goes on where the first one stood.
    let report = two.fetch(link(&site.url("/1"))).await.unwrap().fetch.unwrap();
    assert_eq!(report.hops, 1);
    let cookies: Vec<bool> =
        site.pages().iter().map(|request| request.headers.contains_key("cookie")).collect();
    assert_eq!(cookies, [false, true]);
}

#[tokio::test]
async fn hold_and_open_circuit_apply_to_the_group() {
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
async fn broker_bucket_keeps_compare_and_set() {
    let broker = provisioned().await;
    let context = broker.context().await;
    // Provisioning again changes nothing.
    state::provision(&context, &state::Settings::default(), 1).await.unwrap();
    let state = bound(broker.url()).await;
    for bucket in [state.robots(), State::in_process(&state::Settings::default()).robots()] {
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
                    state
                        .robots()
                        .create(&format!("round.{round}"), value)
                        .await
                        .unwrap()
                        .is_some(),
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
    assert!(closest >= TAKES.saturating_sub(Duration::from_millis(10)), "{closest:?}");
    // A lease that another worker gives back is seen soon.
    assert!(start.elapsed() < TAKES * 4 + Duration::from_secs(2), "{:?}", start.elapsed());
}

/// How soon the lease of a worker that died expires.
const RENEWED_FOR: Duration = Duration::from_millis(1500);

/// `HostPolicy` under which one request at a time is made, without an interval.
fn one_at_a_time(lease: Duration) -> HostPolicy {
    HostPolicy {
        interval: Duration::ZERO,
        delay_factor: 0.0,
        concurrency: 1,
        lease,
        renewed_for: RENEWED_FOR,
        max_wait: Duration::from_secs(20),
        max_reservation: Duration::from_secs(60),
        circuit_failures: 5,
        circuit_open: Duration::from_secs(30),
        dead_after: Duration::from_secs(3600),
        refusals: 5,
        refusal_pause: Duration::from_secs(60),
    }
}

#[tokio::test]
async fn the_lease_of_a_worker_that_died_expires() {
    let broker = provisioned().await;
    let in_process = State::in_process(&state::Settings::default());
    let pairs =
        [(bound(broker.url()).await, bound(broker.url()).await), (in_process.clone(), in_process)];
    let terms = one_at_a_time(Duration::from_secs(60));
    for (dying, living) in pairs {
        let PermitReply::Go(turn) = dying.hosts().acquire("ex.com", None, &terms).await.unwrap()
        else {
            panic!("the first is let through");
        };
        let start = Instant::now();
        // Dropped with its task, as by a crash: nobody renews the lease any more.
        drop(turn);
        let PermitReply::Go(turn) = living.hosts().acquire("ex.com", None, &terms).await.unwrap()
        else {
            panic!("the lease has expired");
        };
        let waited = start.elapsed();
        assert!(waited >= RENEWED_FOR.saturating_sub(Duration::from_millis(100)), "{waited:?}");
        assert!(waited < Duration::from_secs(10), "{waited:?}");
        living.hosts().release(turn, Observation::Well, &terms).await.unwrap();
    }
}

#[tokio::test]
async fn a_lease_outlasts_a_long_request() {
    let broker = provisioned().await;
    let (slow, other) = (bound(broker.url()).await, bound(broker.url()).await);
    let terms = one_at_a_time(Duration::from_secs(60));
    let PermitReply::Go(turn) = slow.hosts().acquire("ex.com", None, &terms).await.unwrap() else {
        panic!("the first is let through");
    };
    let impatient = HostPolicy { max_wait: RENEWED_FOR * 2, ..terms };
    let reply = other.hosts().acquire("ex.com", None, &impatient).await.unwrap();
    assert!(matches!(reply, PermitReply::Later { .. }), "{reply:?}");
    slow.hosts().release(turn, Observation::Well, &terms).await.unwrap();
    let reply = other.hosts().acquire("ex.com", None, &impatient).await.unwrap();
    assert!(matches!(reply, PermitReply::Go(_)), "{reply:?}");
}

#[tokio::test]
async fn workers_ask_for_robots_rules_once_together() {
    let broker = provisioned().await;
    let site = Site::start_at("127.0.0.17:0", |r: &Request| match r.path.as_str() {
        "/robots.txt" => {
            let answer = reply(200, &[], "User-agent: *\nDisallow: /x");
            [vec![Act::Sleep(Duration::from_millis(300))], answer].concat()
        }
        _ => html(story("A")),
    })
    .await;
    let obeying = Settings { robots: true, host_concurrency: 100, ..settings() };
    let mut stories = tokio::task::JoinSet::new();
    for worker in 0..4 {
        let state = bound(broker.url()).await;
        let fetcher = Arc::new(Fetcher::new(&obeying, &state).unwrap());
        for n in 0..10 {
            let (fetcher, url) = (Arc::clone(&fetcher), site.url(&format!("/{worker}-{n}")));
            stories.spawn(async move { fetcher.fetch(link(&url)).await.is_ok() });
        }
    }
    assert!(stories.join_all().await.into_iter().all(|fetched| fetched));
    assert_eq!((site.pages().len(), site.requests().len()), (40, 41));
}
