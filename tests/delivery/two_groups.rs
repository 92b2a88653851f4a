//! Two groups on one raw stream, as an archive beside an alerting service has them: each works off every message,
//! counts its own attempts and returns, and holds up nothing of the other's.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::stream::Config;
use news_ingest::broker::topology;

use super::support::broker::{Broker, by_key};
use super::support::site::{Request, Site, html, reply, story};
use super::support::worker::Worker;
use super::{link, text};

/// A raw stream that keeps what was read, which two groups may share.
const RAW: &str = "SHARED_RAW";
const STORIES: usize = 30;

/// A group's own streams, all with its prefix.
fn streams(group: &str) -> topology::Settings {
    let name = |what: &str| format!("{}_{what}", group.to_uppercase());
    topology::Settings {
        prefix: group.to_owned(),
        group: group.to_owned(),
        raw_stream: name("RAW"),
        retry_stream: name("RETRY"),
        out_stream: name("OUT"),
        seen_stream: name("SEEN"),
        ..topology::Settings::default()
    }
}

/// The stream of a group's route.
fn desk_of(group: &str) -> String {
    format!("DESK_{}", group.to_uppercase())
}

async fn add_group(context: &Context, url: &str, group: &str) -> Worker {
    let settings = streams(group);
    let ack_wait = Duration::from_secs(5);
    topology::provision(context, &settings, ack_wait, false).await.unwrap();
    let consumer = pull::Config {
        durable_name: Some(group.to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait,
        max_deliver: -1,
        max_ack_pending: 10_000,
        ..pull::Config::default()
    };
    context.get_stream(RAW).await.unwrap().create_consumer(consumer).await.unwrap();
    let desk = Config {
        name: desk_of(group),
        subjects: vec![format!("desk.{group}.>")],
        ..Config::default()
    };
    context.create_stream(desk).await.unwrap();
    let routes =
        format!(r#"[{{name = "desk", when = "words > 0", subject = "desk.{group}.{{key}}"}}]"#);
    let of_group = [
        ("ROUTES", routes.as_str()),
        ("STREAMS__RAW_STREAM", RAW),
        ("STREAMS__PREFIX", group),
        ("STREAMS__GROUP", group),
        ("STREAMS__RETRY_STREAM", &settings.retry_stream),
        ("STREAMS__OUT_STREAM", &settings.out_stream),
        ("STREAMS__SEEN_STREAM", &settings.seen_stream),
    ];
    Worker::start(url, &of_group)
}

#[tokio::test]
async fn two_groups_on_raw_stream_each_publish_once() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let raw = Config {
        name: RAW.to_owned(),
        subjects: vec!["shared.raw.>".to_owned()],
        ..Config::default()
    };
    context.create_stream(raw).await.unwrap();
    // Whoever asks first for one of the pages is sent away: its link is tried again.
    let turned_away = AtomicBool::new(false);
    let site = Site::start(move |request: &Request| {
        if request.path == "/robots.txt" {
            return reply(404, &[], "");
        }
        if request.path == "/3" && !turned_away.swap(true, Ordering::Relaxed) {
            return reply(503, &[], "");
        }
        html(story(&request.path))
    })
    .await;
    for number in 0..STORIES {
        let id = format!("n:{number}");
        let body = match number % 3 {
            0 => link(&id, &site.url(&format!("/{number}"))),
            _ => text(&id),
        };
        context.publish("shared.raw.x", body.into()).await.unwrap().await.unwrap();
    }
    let mut workers = Vec::new();
    for group in ["desk", "archive"] {
        workers.push(add_group(&context, broker.url(), group).await);
    }
    for group in ["desk", "archive"] {
        let out = streams(group).out_stream;
        let outcomes = broker.outcomes_of(&context, &out, STORIES).await;
        assert!(by_key(&outcomes).values().all(|times| *times == 1), "{group}");
        let told = format!("{group}.story.");
        assert!(outcomes.iter().all(|outcome| outcome.subject.starts_with(&told)), "{group}");
        // Both groups note in one bucket what they routed.
        broker.outcomes_of(&context, &desk_of(group), STORIES).await;
    }
    for worker in workers {
        assert!(worker.stop().await.success());
    }
    for group in ["desk", "archive"] {
        let stream = context.get_stream(RAW).await.unwrap();
        let info = stream.consumer_info(group).await.unwrap();
        assert_eq!((info.num_pending, info.num_ack_pending), (0, 0), "{group}");
        let routed = context.get_stream(desk_of(group)).await.unwrap().cached_info().state.messages;
        assert_eq!(routed, STORIES as u64, "{group}");
    }
}
