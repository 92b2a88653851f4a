//! Headers that workers write for each other, and schedules that are named by them.

use std::sync::atomic::{AtomicU32, Ordering};

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use news_ingest::broker::topology;
use news_ingest::model::RawPlace;

use super::support::broker::{Broker, Stored};
use super::support::site::{Request, Site, html, reply, story};
use super::support::worker::Worker;
use super::{link, text};

/// A site that fails once.
async fn moody() -> Site {
    let asked = AtomicU32::new(0);
    Site::start(move |_: &Request| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => reply(503, &[], "later"),
        _ => html(story("Back again")),
    })
    .await
}

/// The place of the first message of the raw stream, as tokens of a subject and as a header.
async fn place(context: &Context, since: i64) -> (String, String) {
    let stream = topology::bind_stream(context, "NEWS_RAW").await.unwrap();
    let created = topology::created_millis(&stream);
    let place = RawPlace { stream: "NEWS_RAW".to_owned(), created, sequence: 1, since };
    (place.subject_tokens(), place.to_string())
}

/// Lays a schedule that fires in a hundred years on the subject of origin 1.
async fn schedule(context: &Context, since: i64, body: String) {
    let (tokens, place) = place(context, since).await;
    let mut headers = HeaderMap::new();
    headers.insert("Nats-Schedule", "@at 2126-01-01T00:00:00Z");
    headers.insert("Nats-Schedule-Target", format!("news.retry.due.{tokens}"));
    headers.insert("News-Raw-Place", place);
    headers.insert("News-Origin", "1");
    headers.insert("News-Since", since.to_string());
    let stored =
        context.publish_with_headers(format!("news.retry.at.{tokens}"), headers, body.into());
    stored.await.unwrap().await.unwrap();
}

async fn scheduled(context: &Context) -> Option<Stored> {
    let retry = context.get_stream("NEWS_RETRY").await.unwrap();
    let (tokens, _) = place(context, 0).await;
    let subject = format!("news.retry.at.{tokens}");
    retry.get_last_raw_message_by_subject(&subject).await.ok().map(Stored::from)
}

const SETTINGS: [(&str, &str); 2] = [("FETCH__ROBOTS", "false"), ("WORKER__MAX_ATTEMPTS", "3")];

#[tokio::test]
async fn producer_origin_attempts_and_age_headers_are_ignored() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = moody().await;
    let headers = [
        ("News-Origin", "7777"),
        ("News-Attempts", "99"),
        ("News-Since", "1"),
        ("News-Raw-Stream", "X"),
    ];
    broker.put(&context, &headers, link("made-up", &site.url("/a"))).await;
    let worker = Worker::start(broker.url(), &SETTINGS);
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(outcomes[0].subject.starts_with("news.story."), "{}", outcomes[0].subject);
    assert_eq!(outcomes[0].header("News-Origin"), Some("1"));
    assert_eq!(outcomes[0].json()["raw"]["stream"], "NEWS_RAW");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn another_schedule_with_same_raw_seq_is_kept() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    // What is left of a raw stream that was deleted and made anew: its origins come again.
    schedule(&context, 1, text("of the stream before")).await;
    let site = moody().await;
    broker.put(&context, &[], link("later", &site.url("/a"))).await;
    let worker = Worker::start(broker.url(), &SETTINGS);
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(outcomes[0].subject.starts_with("news.story."), "{}", outcomes[0].subject);
    broker.drained(&context).await;
    let kept = scheduled(&context).await.expect("the other message's schedule is there");
    assert_eq!(kept.body, text("of the stream before").as_bytes());
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn schedule_left_by_earlier_delivery_is_replaced() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = moody().await;
    let message = link("later", &site.url("/a"));
    let origin = broker.put(&context, &[], message.clone()).await;
    let raw = context.get_stream("NEWS_RAW").await.unwrap();
    let since = raw.get_raw_message(origin).await.unwrap().time.unix_timestamp();
    schedule(&context, since, message).await;
    let worker = Worker::start(broker.url(), &SETTINGS);
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(outcomes[0].subject.starts_with("news.story."), "{}", outcomes[0].subject);
    broker.drained(&context).await;
    assert!(scheduled(&context).await.is_none(), "one schedule, and it has come due");
    assert!(worker.stop().await.success());
}

/// A retry that has come due, of a message that entered the raw stream 60 hours ago and was first tried so many hours ago.
async fn due(context: &Context, sequence: u64, tried: Option<i64>, body: String) {
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let since = now - 60 * 3600;
    let place = RawPlace { stream: "NEWS_RAW".to_owned(), created: 1, sequence, since };
    let mut headers = HeaderMap::new();
    headers.insert("News-Raw-Place", place.to_string());
    if let Some(hours) = tried {
        headers.insert("News-Tried", (now - hours * 3600).to_string());
    }
    let subject = format!("news.retry.due.{}", place.subject_tokens());
    context.publish_with_headers(subject, headers, body.into()).await.unwrap().await.unwrap();
}

#[tokio::test]
async fn story_is_given_up_by_time_tried() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|_: &Request| reply(503, &[], "never")).await;
    due(&context, 1, Some(47), link("young", &site.url("/a"))).await;
    due(&context, 2, Some(49), link("old", &site.url("/b"))).await;
    due(&context, 3, None, link("waited", &site.url("/c"))).await;
    let worker = Worker::start(broker.url(), &[SETTINGS[0], ("WORKER__RETRY_MIN_SECS", "600")]);
    let letters = broker.outcomes(&context, 1).await;
    assert_eq!(letters[0].key(), super::key("old"));
    let message = letters[0].header("News-Message").unwrap();
    assert!(message.contains("(given up after 1 attempts)"), "{message}");
    for id in ["young", "waited"] {
        let line = worker.logged_with("story", |line| line["id"] == id).await;
        assert_eq!((&line["outcome"], &line["attempt"]), (&"retry".into(), &1.into()), "{line}");
        let age = line["age_ms"].as_u64().unwrap() / 1000;
        assert!((60 * 3600..61 * 3600).contains(&age), "{line}");
    }
    let retry = context.get_stream("NEWS_RETRY").await.unwrap();
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    for (origin, hours) in [(1, 47), (3, 0)] {
        let subject = format!("news.retry.at.NEWS_RAW.1.{origin}");
        let at = retry.get_last_raw_message_by_subject(&subject).await.unwrap();
        let tried = at.headers.get("News-Tried").unwrap().as_str().parse::<i64>().unwrap();
        assert!((now - tried - hours * 3600).abs() < 60, "{origin}: {tried}");
    }
    assert!(worker.stop().await.success());
}
