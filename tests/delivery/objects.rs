//! Bodies by reference: objects that are gone, broken, deleted by others or replaced.

use async_nats::jetstream::Context;
use async_nats::jetstream::object_store::{Config, ObjectStore};
use data_encoding::BASE64URL;

use super::support::broker::{Broker, subjects};
use super::support::site::{Request, Site, reply};
use super::support::worker::Worker;
use super::{key, link, text};

async fn bucket(context: &Context) -> ObjectStore {
    let config = Config { bucket: "pages".to_owned(), ..Config::default() };
    context.create_object_store(config).await.unwrap()
}

/// Stores an object's metadata as another client might, without the bytes that it speaks of.
async fn put_metadata(context: &Context, name: &str, metadata: serde_json::Value) {
    let subject = format!("$O.pages.M.{}", BASE64URL.encode(name.as_bytes()));
    context.publish(subject, metadata.to_string().into()).await.unwrap().await.unwrap();
}

#[tokio::test]
async fn references_without_bytes_end_as_explained_dead_letters() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    bucket(&context).await;
    // Neither size nor digest, as nats.py leaves what it deletes.
    let deleted = serde_json::json!({"name": "deleted", "bucket": "pages", "deleted": true});
    put_metadata(&context, "deleted", deleted).await;
    let torn = serde_json::json!({"name": "torn", "bucket": "pages", "nuid": "N", "size": 100,
        "chunks": 1, "mtime": "2026-01-01T00:00:00Z", "digest": "SHA-256=AA==", "deleted": false});
    put_metadata(&context, "torn", torn).await;
    let worker = Worker::start(broker.url(), &[("WORKER__MAX_ATTEMPTS", "2")]);
    for (id, reference, code, attempts) in [
        ("no-name", "pages", "object_name", 1),
        ("bad-bucket", "pa ges/a", "object_name", 1),
        ("none", "pages/none", "object_missing", 1),
        ("deleted", "pages/deleted", "object_missing", 1),
        ("torn", "pages/torn", "object_unavailable", 2),
    ] {
        broker.put(&context, &[("News-Id", id), ("News-Object", reference)], "").await;
        let done = |line: &serde_json::Value| line["id"] == id && line["outcome"] == "dlq";
        let line = worker.logged_with("story", done).await;
        assert_eq!(line["code"], format!("intake.{code}"), "{line}");
        assert_eq!(line["attempt"], attempts, "{line}");
    }
    broker.drained(&context).await;
    let letters = broker.outcomes(&context, 5).await;
    assert_eq!(letters.len(), 5, "{:?}", subjects(&letters));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn an_object_with_a_long_name_is_read() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let name = format!("2026/{}", "ä".repeat(400));
    bucket(&context).await.put(name.as_str(), &mut text("long").as_bytes()).await.unwrap();
    let worker = Worker::start(broker.url(), &[]);
    broker.put(&context, &[("News-Object", format!("pages/{name}").as_str())], "").await;
    let story = broker.outcomes(&context, 1).await.remove(0);
    assert!(story.subject.starts_with("news.story."), "{}", story.subject);
    assert_eq!(story.key(), key("long"));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn object_may_be_as_large_as_its_limit() {
    const LIMIT: usize = 2000;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let bucket = bucket(&context).await;
    let of_size = |id: &str, bytes: usize| format!("{:bytes$}", text(id));
    for (name, bytes) in [("fits", LIMIT), ("large", LIMIT + 1)] {
        bucket.put(name, &mut of_size(name, bytes).as_bytes()).await.unwrap();
    }
    // Its metadata states less than comes.
    let body = of_size("lies", LIMIT + 1);
    bucket.put("lies", &mut body.as_bytes()).await.unwrap();
    let subject = format!("$O.pages.M.{}", BASE64URL.encode(b"lies"));
    let stream = context.get_stream("OBJ_pages").await.unwrap();
    let metadata = stream.get_last_raw_message_by_subject(&subject).await.unwrap().payload;
    let mut metadata: serde_json::Value = serde_json::from_slice(&metadata).unwrap();
    metadata["size"] = 100.into();
    put_metadata(&context, "lies", metadata).await;
    let limit = LIMIT.to_string();
    let settings =
        [("INTAKE__MAX_BODY_BYTES", limit.as_str()), ("INTAKE__MAX_CONTENT_BYTES", &limit)];
    let worker = Worker::start(broker.url(), &settings);
    for (id, code) in
        [("fits", None), ("large", Some("intake.too_large")), ("lies", Some("intake.too_large"))]
    {
        let reference = format!("pages/{id}");
        broker.put(&context, &[("News-Id", id), ("News-Object", &reference)], "").await;
        let line = worker.logged_with("story", |line| line["id"] == id).await;
        assert_eq!(line["code"].as_str(), code, "{line}");
    }
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn message_with_missing_object_keeps_its_identity() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|request: &Request| match request.path.as_str() {
        "/robots.txt" => reply(404, &[], ""),
        _ => reply(500, &[], ""),
    })
    .await;
    let store = bucket(&context).await;
    store.put("one", &mut link("who", &site.url("/a")).as_bytes()).await.unwrap();
    broker.put(&context, &[("News-Object", "pages/one")], "").await;
    let settings = [("WORKER__RETRY_MIN_SECS", "1"), ("WORKER__MAX_ATTEMPTS", "3")];
    let worker = Worker::start(broker.url(), &settings);
    worker.logged_with("story", |line| line["outcome"] != "dlq").await;
    store.delete("one").await.unwrap();
    let outcomes = broker.outcomes(&context, 1).await;
    assert_eq!(outcomes[0].key(), key("who"), "{:?}", subjects(&outcomes));
    assert!(outcomes[0].subject.starts_with("news.dlq.intake."), "{:?}", subjects(&outcomes));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn a_later_object_replaces_an_earlier_ones_letter() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let store = bucket(&context).await;
    let worker = Worker::start(broker.url(), &[]);
    for (number, name) in ["one", "two"].into_iter().enumerate() {
        let bad = r#"{"id":"ob","text":"The bridge is closed.","datePublished":"soon"}"#;
        store.put(name, &mut bad.as_bytes()).await.unwrap();
        let object = format!("pages/{name}");
        broker.put(&context, &[("News-Object", object.as_str())], "").await;
        let letters = broker.outcomes(&context, number + 1).await;
        assert_eq!(letters[number].header("News-Original-News-Object"), Some(object.as_str()));
    }
    assert!(worker.stop().await.success());
}
