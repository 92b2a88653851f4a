//! Traces reach a collector, and the trace of a message goes on in its outcome. For builds with the feature `otlp`.
#![cfg(feature = "otlp")]
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

#[path = "support/mod.rs"]
mod support;

use std::time::Duration;

use support::broker::Broker;
use support::site::{Request, Site, html, story};
use support::worker::Worker;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// A collector that answers everything with 200: its address, and what it is sent.
async fn collector() -> (String, UnboundedReceiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let (sender, received) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let sender = sender.clone();
            tokio::spawn(async move {
                let (mut all, mut part) = (Vec::new(), [0; 8192]);
                while let Ok(read @ 1..) = socket.read(&mut part).await {
                    all.extend_from_slice(&part[..read]);
                    if let Some(body) = whole(&all) {
                        let _ = sender.send(body);
                        all.clear();
                        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                        socket.write_all(answer).await.unwrap();
                    }
                }
            });
        }
    });
    (url, received)
}

/// The body of a request that has come as a whole.
fn whole(request: &[u8]) -> Option<Vec<u8>> {
    let end = request.windows(4).position(|part| part == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"))?;
    let length: usize = length.trim().parse().unwrap();
    (request.len() >= end + length).then(|| request[end..end + length].to_vec())
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn a_delivery_is_a_span_with_its_stages() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let (endpoint, mut received) = collector().await;
    let site = Site::start(|_: &Request| html(story("The bridge"))).await;
    let link = serde_json::json!({"id": "traced", "url": site.url("/a")}).to_string();
    let traceparent = format!("00-{TRACE}-{PARENT}-01");
    broker.put(&context, &[("traceparent", traceparent.as_str())], link).await;
    let worker = Worker::start(broker.url(), &[("LOG__OTLP_ENDPOINT", endpoint.as_str())]);
    let outcomes = broker.outcomes(&context, 1).await;
    broker.drained(&context).await;
    let own = outcomes[0].header("traceparent").unwrap();
    assert!(own.starts_with(&format!("00-{TRACE}-")) && !own.contains(PARENT), "{own}");
    assert!(worker.stop().await.success());
    let mut sent = Vec::new();
    while let Ok(Some(body)) = tokio::time::timeout(Duration::from_secs(1), received.recv()).await {
        sent.extend(body);
    }
    let trace = data_encoding::HEXLOWER.decode(TRACE.as_bytes()).unwrap();
    assert!(contains(&sent, &trace), "the trace goes on");
    for name in ["delivery", "intake", "fetch", "extract", "tag", "publish", "traced"] {
        assert!(contains(&sent, name.as_bytes()), "{name} is not told of");
    }
}

#[tokio::test]
async fn invalid_endpoint_url_is_refused_by_name() {
    let mut command = support::worker::program();
    let output = command.arg("check").env("NEWS_INGEST__LOG__OTLP_ENDPOINT", "collector");
    let output = output.output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("log.otlp_endpoint"), "{said}");
}
