//! Brokers that do not store what they are given: a stream that is gone, no answer, another message under a
//! retry's subject. Nothing is lost, and the log names the code.

use std::time::Duration;

use async_nats::HeaderMap;
use news_ingest::broker::topology;
use news_ingest::model::RawPlace;
use rustix::process::Signal;

use super::support::broker::Broker;
use super::support::site::{Act, Request, Site, html, reply, story};
use super::support::worker::Worker;
use super::{link, text};

#[tokio::test]
async fn stories_wait_while_the_out_stream_is_deleted() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    worker.logged("start").await;
    context.delete_stream("NEWS_OUT").await.unwrap();
    broker.put(&context, &[], text("n:1")).await;
    let blocked = worker.logged("out_blocked").await;
    assert_eq!(blocked["code"], "no_stream", "{blocked}");
    broker.provision().await;
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(outcomes[0].subject.starts_with("news.story."), "{}", outcomes[0].subject);
    broker.drained(&context).await;
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn story_unconfirmed_by_frozen_broker_is_stored_once() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|_: &Request| {
        let mut acts = html(story("Frozen meanwhile"));
        acts.insert(0, Act::Sleep(Duration::from_secs(2)));
        acts
    })
    .await;
    let settings = [("FETCH__ROBOTS", "false"), ("PUBLISH__CONFIRM_TIMEOUT_SECS", "1")];
    let worker = Worker::start(broker.url(), &settings);
    broker.put(&context, &[], link("n:1", &site.url("/a"))).await;
    site.asked(1).await;
    broker.signal(Signal::STOP);
    let blocked = worker.logged("out_blocked").await;
    assert_eq!(blocked["code"], "send", "{blocked}");
    broker.signal(Signal::CONT);
    broker.drained(&context).await;
    let outcomes = broker.outcomes(&context, 1).await;
    assert_eq!(outcomes.len(), 1);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn foreign_message_under_retry_subject_costs_no_story() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|_: &Request| reply(500, &[], "")).await;
    let raw = topology::bind_stream(&context, "NEWS_RAW").await.unwrap();
    let place = RawPlace {
        stream: "NEWS_RAW".to_owned(),
        created: topology::created_millis(&raw),
        sequence: 1,
        since: 0,
    };
    let foreign = RawPlace { sequence: 7, ..place.clone() };
    let mut headers = HeaderMap::new();
    headers.insert("News-Raw-Place", foreign.to_string());
    headers.insert("Nats-Schedule", "@at 2099-01-01T00:00:00Z");
    headers.insert("Nats-Schedule-Target", "news.retry.due.foreign");
    let subject = format!("news.retry.at.{}", place.subject_tokens());
    let kept = context.publish_with_headers(subject, headers, "theirs".into()).await.unwrap();
    let kept = kept.await.unwrap().sequence;
    let settings = [("FETCH__ROBOTS", "false"), ("WORKER__MAX_ATTEMPTS", "3")];
    let worker = Worker::start(broker.url(), &settings);
    assert_eq!(broker.put(&context, &[], link("n:1", &site.url("/a"))).await, 1);
    let told = worker.logged("not_scheduled").await;
    assert_eq!((&told["code"], &told["raw_seq"]), (&"occupied".into(), &1.into()), "{told}");
    let letter = broker.outcomes(&context, 1).await.remove(0);
    assert!(letter.subject.starts_with("news.dlq.fetch."), "{}", letter.subject);
    broker.drained(&context).await;
    let retry = context.get_stream("NEWS_RETRY").await.unwrap();
    assert_eq!(&retry.get_raw_message(kept).await.unwrap().payload[..], b"theirs");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn route_without_stream_is_warned_of_at_start() {
    let broker = Broker::provisioned().await;
    let routes = r#"[{name = "desk", when = "words > 0", subject = "desk.{topic}.{key}"},
        {name = "wire", when = "words > 1", subject = "desk.{topic}.{key}", format = "ninjs"}]"#;
    let worker = Worker::start(broker.url(), &[("ROUTES", routes)]);
    assert_eq!(worker.logged("routes_share_subject").await["route"], "wire");
    let warned = worker.logged("route_without_stream").await;
    assert_eq!((&warned["route"], &warned["subject"]), (&"desk".into(), &"desk.*.*".into()));
    assert!(worker.stop().await.success());
}
