//! `/livez`, `/readyz` and `/metrics` of the built program, through a worker's life.

use std::time::Duration;

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
async fn an_address_that_is_taken_is_named() {
    let broker = Broker::provisioned().await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let mut worker = Worker::start(broker.url(), &[("HTTP__LISTEN", &listen)]);
    assert_eq!(worker.child.wait().await.unwrap().code(), Some(1));
    let log = std::fs::read_to_string(&worker.log).unwrap();
    assert!(log.contains(&listen) && log.contains("http.listen"), "{log}");
}
