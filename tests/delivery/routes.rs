//! Routes that cannot be taken, and routes that an earlier delivery did not get to.

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::Config;

use super::support::broker::Broker;
use super::support::site::{Request, Site, reply};
use super::support::worker::Worker;
use super::{key, link, text};

async fn stream(context: &Context, name: &str, subjects: &str, max_message_size: i32) {
    let subjects = vec![subjects.to_owned()];
    let config = Config { name: name.to_owned(), subjects, max_message_size, ..Config::default() };
    context.create_stream(config).await.unwrap();
}

async fn messages(context: &Context, stream: &str) -> u64 {
    context.get_stream(stream).await.unwrap().cached_info().state.messages
}

#[tokio::test]
async fn a_hopeless_route_is_given_up_alone() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    stream(&context, "NARROW", "narrow.>", 100).await;
    stream(&context, "WIDE", "wide.>", -1).await;
    let routes = r#"[{name = "narrow", when = "language = en", subject = "narrow.{key}"}, {name = "wide", when = "language = en", subject = "wide.{key}"}]"#;
    broker.put(&context, &[], text("x")).await;
    let worker = Worker::start(broker.url(), &[("ROUTES", routes)]);
    broker.drained(&context).await;
    assert_eq!((messages(&context, "NARROW").await, messages(&context, "WIDE").await), (0, 1));
    let failed = worker.logged("route_failed").await;
    assert_eq!(failed["route"], "narrow", "{failed}");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn unreadable_routes_are_given_up_after_ten_deliveries() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let origin = broker.put(&context, &[], text("x")).await;
    // What a worker of a later version may leave.
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("News-Origin", origin.to_string());
    headers.insert("News-Routes", r#"{"version": 9}"#);
    let subject = format!("news.story.en.none.{}", key("x"));
    let stored = context.publish_with_headers(subject, headers, r#"{"item":{}}"#.into());
    stored.await.unwrap().await.unwrap();
    let retries = [
        ("WORKER__RETRY_MIN_SECS", "1"),
        ("WORKER__RETRY_MAX_SECS", "1"),
        ("INTAKE__POISON_DELIVERIES", "2"),
    ];
    let worker = Worker::start(broker.url(), &retries);
    let line = worker.logged("story").await;
    assert_eq!((&line["outcome"], &line["code"]), (&"lost".into(), &"publish.unreadable".into()));
    assert!(line["reason"].as_str().unwrap().contains("stored routes"), "{line}");
    assert_eq!(broker.raw_left(&context).await, 1);
    let failed = worker.logged("route_failed").await;
    assert_eq!(failed["code"], "unreadable", "{failed}");
    broker.drained(&context).await;
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn a_story_stored_before_is_still_routed() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    stream(&context, "DESK", "desk.>", -1).await;
    let site = Site::start(|_: &Request| reply(404, &[], "gone meanwhile")).await;
    let origin = broker.put(&context, &[], link("x", &site.url("/a"))).await;
    // What a worker leaves that stores a story and dies before it routes it.
    let key = key("x");
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("News-Origin", origin.to_string());
    let routes = format!(r#"[{{"name":"desk","subject":"desk.{key}","format":"record"}}]"#);
    headers.insert("News-Routes", routes);
    let subject = format!("news.story.en.none.{key}");
    let stored = context.publish_with_headers(subject, headers, r#"{"item":{}}"#.into());
    stored.await.unwrap().await.unwrap();
    let worker = Worker::start(broker.url(), &[("FETCH__ROBOTS", "false")]);
    broker.drained(&context).await;
    assert_eq!(broker.outcomes(&context, 1).await.len(), 1);
    assert_eq!(messages(&context, "DESK").await, 1);
    let line = worker.lines().into_iter().find(|line| line["event"] == "story").unwrap();
    // It counted as a story when it was stored; where it is stored is told again.
    assert_eq!(line["outcome"], "repeat", "{line}");
    assert!(line["subject"].as_str().unwrap().starts_with("news.story."), "{line}");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn sent_route_is_not_sent_again() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    // What was read of it is gone, and so is the id.
    let read = Config {
        name: "READ".to_owned(),
        subjects: vec!["read.>".to_owned()],
        duplicate_window: std::time::Duration::from_millis(100),
        ..Config::default()
    };
    let read = context.create_stream(read).await.unwrap();
    let routes = r#"[{name = "read", when = "language = en", subject = "read.{key}"}, {name = "late", when = "language = en", subject = "late.{key}"}]"#;
    broker.put(&context, &[], text("x")).await;
    let mut worker = Worker::start(broker.url(), &[("ROUTES", routes)]);
    let blocked = worker.logged("route_blocked").await;
    assert_eq!(blocked["route"], "late", "{blocked}");
    assert_eq!(messages(&context, "READ").await, 1);
    read.purge().await.unwrap();
    worker.signal(rustix::process::Signal::TERM);
    assert_eq!(worker.ended().await.code(), Some(1));
    stream(&context, "LATE", "late.>", -1).await;
    let worker = Worker::start(broker.url(), &[("ROUTES", routes)]);
    broker.drained(&context).await;
    assert_eq!((messages(&context, "READ").await, messages(&context, "LATE").await), (0, 1));
    assert!(worker.stop().await.success());
}
