//! `/livez`, `/readyz` and `/metrics` of the built program, through a worker's life.

use std::time::Duration;

use news_ingest::broker::topology;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::support::broker::{Broker, free_port};
use super::support::site::{Act, Request, Site, html, story};
use super::support::worker::Worker;

/// Status and body; `None` when nobody answers.
async fn get(port: u16, path: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

/// Waits until `/readyz` answers with a status and a body that holds a text.
pub async fn readyz(port: u16, status: u16, says: &str) {
    let mut last = None;
    for _ in 0..1200 {
        last = get(port, "/readyz").await;
        if last.as_ref().is_some_and(|(code, body)| *code == status && body.contains(says)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("/readyz never said {status} {says:?}; last {last:?}");
}

fn value(metrics: &str, name: &str) -> f64 {
    let line = metrics.lines().find(|line| line.starts_with(name));
    let line = line.unwrap_or_else(|| panic!("no {name} in {metrics}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn half_sent_requests_are_closed() {
    let broker = Broker::provisioned().await;
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let worker = Worker::start(broker.url(), &[("HTTP__LISTEN", listen.as_str())]);
    readyz(port, 200, "ready").await;
    let mut half_sent = Vec::new();
    // More than are open at a time.
    for _ in 0..300 {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(b"GET /livez HTTP/1.1\r\n").await.unwrap();
        half_sent.push(stream);
    }
    let answer = tokio::time::timeout(Duration::from_secs(30), get(port, "/livez")).await.unwrap();
    assert_eq!(answer, Some((200, "alive\n".to_owned())));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn readyz_says_why_a_worker_is_not_ready() {
    let mut broker = Broker::provisioned().await;
    let site = Site::start(|_: &Request| {
        let mut acts = vec![Act::Sleep(Duration::from_secs(8))];
        acts.extend(html(story("Slow to come")));
        acts
    })
    .await;
    broker.kill();
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let settings = [
        ("HTTP__LISTEN", listen.as_str()),
        ("NATS__CONNECT_WAIT_SECS", "600"),
        ("FETCH__ROBOTS", "false"),
    ];
    let mut worker = Worker::start(broker.url(), &settings);
    readyz(port, 503, "starting").await;
    assert_eq!(get(port, "/livez").await.unwrap().0, 200, "alive without a broker");
    broker.resume().await;
    readyz(port, 200, "ready").await;

    broker.kill();
    readyz(port, 503, "not connected").await;
    assert_eq!(get(port, "/livez").await.unwrap().0, 200);
    broker.resume().await;
    readyz(port, 200, "ready").await;

    let context = broker.context().await;
    context.delete_consumer_from_stream("news-ingest", "NEWS_RAW").await.unwrap();
    readyz(port, 503, "cannot pull from stream NEWS_RAW").await;
    broker.provision().await;
    readyz(port, 200, "ready").await;

    let mut config = context.get_stream("NEWS_OUT").await.unwrap().cached_info().config.clone();
    config.max_messages = 1;
    context.update_stream(&config).await.unwrap();
    for id in ["a", "b"] {
        let text = "Two sentences of text. This is the second one of them.";
        let body = serde_json::json!({"id": id, "title": id, "text": text}).to_string();
        broker.put(&context, &[], body).await;
    }
    readyz(port, 503, "outcomes cannot be stored").await;
    config.max_messages = -1;
    context.update_stream(&config).await.unwrap();
    readyz(port, 200, "ready").await;

    let link = serde_json::json!({"id": "slow", "url": site.url("/a")}).to_string();
    broker.put(&context, &[], link).await;
    broker.put(&context, &[], "{}").await;
    broker.outcomes(&context, 3).await;
    let metrics = loop {
        let (status, metrics) = get(port, "/metrics").await.unwrap();
        assert_eq!(status, 200);
        if metrics.contains("intake.no_content") && !site.requests().is_empty() {
            break metrics;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let stories = r#"news_ingest_attempts_total{outcome="story",code=""}"#;
    assert_eq!(value(&metrics, stories), 2.0);
    let refused = r#"news_ingest_attempts_total{outcome="dlq",code="intake.no_content"}"#;
    assert_eq!(value(&metrics, refused), 1.0);
    assert!(value(&metrics, r#"news_ingest_stage_duration_seconds_count{stage="tag"}"#) >= 2.0);
    assert!(value(&metrics, "news_ingest_attempt_duration_seconds_sum") > 0.0);
    assert!(value(&metrics, "process_resident_memory_bytes") > 1e6);
    assert_eq!(value(&metrics, "news_ingest_ready"), 1.0);
    for name in ["in_flight", "max_in_flight", "backlog_messages", "unacknowledged_messages"] {
        value(&metrics, &format!("news_ingest_{name}"));
    }
    for name in ["redelivered_total", "extracted_bytes_total", "build_info"] {
        value(&metrics, &format!("news_ingest_{name}"));
    }
    assert!(metrics.ends_with("# EOF\n"));

    // The slow page is still under way.
    worker.signal(rustix::process::Signal::TERM);
    readyz(port, 503, "draining").await;
    let ended = tokio::time::timeout(Duration::from_secs(60), worker.child.wait()).await;
    assert!(ended.unwrap().unwrap().success(), "the slow page is waited for");
    assert!(get(port, "/livez").await.is_none());
}

#[tokio::test]
async fn totals_and_metrics_tell_what_waits() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|_: &Request| vec![Act::Sleep(Duration::from_secs(600))]).await;
    for number in 0..4 {
        let link = serde_json::json!({"id": format!("n:{number}"), "url": site.url("/slow")});
        broker.put(&context, &[], link.to_string()).await;
    }
    for number in 0..2 {
        let mut headers = async_nats::HeaderMap::new();
        headers.insert("Nats-Schedule", "@at 2126-01-01T00:00:00Z");
        headers.insert("Nats-Schedule-Target", format!("news.retry.due.{number}"));
        let subject = format!("news.retry.at.{number}");
        context.publish_with_headers(subject, headers, "".into()).await.unwrap().await.unwrap();
    }
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let settings = [
        ("HTTP__LISTEN", listen.as_str()),
        ("INTAKE__MAX_IN_FLIGHT", "1"),
        ("FETCH__ROBOTS", "false"),
        ("WORKER__TOTALS_INTERVAL_SECS", "1"),
        ("WORKER__SHUTDOWN_DEADLINE_SECS", "1"),
    ];
    let mut worker = Worker::start(broker.url(), &settings);
    site.asked(1).await;
    let totals =
        worker.logged_with("totals", |line| line["in_flight"] == 1 && line["backlog"] == 3);
    let totals = totals.await;
    assert_eq!(
        (&totals["unacknowledged"], &totals["scheduled"]),
        (&1.into(), &2.into()),
        "{totals}"
    );
    let (_, metrics) = get(port, "/metrics").await.unwrap();
    for (name, count) in [
        ("backlog_messages", 3.0),
        ("unacknowledged_messages", 1.0),
        ("scheduled_messages", 2.0),
        ("max_in_flight", 1.0),
        ("broker_connected", 1.0),
        ("ready", 1.0),
        ("out_blocked", 0.0),
    ] {
        assert_eq!(value(&metrics, &format!("news_ingest_{name} ")), count, "{name}");
    }
    worker.signal(rustix::process::Signal::TERM);
    assert_eq!(worker.ended().await.code(), Some(1));
}

#[tokio::test]
async fn stream_due_for_removal_is_not_missed() {
    let of = |partitions, previous: &[usize]| topology::Settings {
        partitions,
        previous_partitions: previous.to_vec(),
        ..topology::Settings::default()
    };
    let broker = Broker::start().await;
    broker.provision_with(&of(2, &[])).await;
    broker.provision_with(&of(4, &[2])).await;
    let context = broker.context().await;
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let settings = [
        ("HTTP__LISTEN", listen.as_str()),
        ("STREAMS__PARTITIONS", "4"),
        ("STREAMS__PREVIOUS_PARTITIONS", "[2]"),
    ];
    let worker = Worker::start(broker.url(), &settings);
    readyz(port, 200, "ready").await;
    context.delete_stream("NEWS_RAW_2_0").await.unwrap();
    worker.logged_with("pull_failed", |line| line["stream"] == "NEWS_RAW_2_0").await;
    readyz(port, 200, "ready").await;
    // One that is in force is missed.
    context.delete_stream("NEWS_RAW_4_1").await.unwrap();
    readyz(port, 503, "cannot pull from stream NEWS_RAW_4_1").await;
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let broker = Broker::provisioned().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let mut worker = Worker::start(broker.url(), &[("HTTP__LISTEN", &listen)]);
    assert_eq!(worker.child.wait().await.unwrap().code(), Some(1));
    let log = std::fs::read_to_string(&worker.log).unwrap();
    assert!(log.contains(&listen) && log.contains("http.listen"), "{log}");
}
