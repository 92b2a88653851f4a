//! Dead letters of messages that leave no room for a letter's headers, which a raw stream that is not
//! ours lets in.

use async_nats::jetstream::Context;

use super::key;
use super::support::broker::{Broker, subjects};
use super::support::worker::{Worker, program};

const MAX_PAYLOAD: usize = 256 << 10;
/// Lets only small stories in, so that a large one is dead-lettered.
const STRICT: &[(&str, &str)] = &[("INTAKE__MAX_CONTENT_BYTES", "1024")];

/// A broker whose raw stream takes whatever the server does.
async fn foreign() -> (Broker, Context) {
    let broker = Broker::with_max_payload(MAX_PAYLOAD).await;
    broker.provision().await;
    let context = broker.context().await;
    let raw = context.get_stream("NEWS_RAW").await.unwrap();
    let mut config = raw.cached_info().config.clone();
    config.max_message_size = -1;
    context.update_stream(config).await.unwrap();
    (broker, context)
}

/// A page that fills a message to the last few bytes; little of it is its story.
fn page() -> String {
    let story =
        "<p>The bridge is closed. It will open again in June, said the mayor.</p>".repeat(6);
    let padding = "-".repeat(MAX_PAYLOAD - 256 - story.len() - 100);
    format!(
        "<title>The bridge</title><article><h1>The bridge</h1>{story}</article><!--{padding}-->"
    )
}

async fn dlq(broker: &Broker, args: &[&str]) -> String {
    let mut command = program();
    command.arg("dlq").args(args).env("NEWS_INGEST__NATS__URL", broker.url());
    let output = command.output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn large_letters_keep_their_body_as_an_object() {
    let (broker, context) = foreign().await;
    let headers = [("Content-Type", "text/html"), ("News-Id", "large")];
    broker.put(&context, &headers, page()).await;
    let strict = Worker::start(broker.url(), STRICT);
    let letter = broker.outcomes(&context, 1).await.remove(0);
    broker.drained(&context).await;
    assert!(letter.subject.starts_with("news.dlq.intake.too_large."), "{}", letter.subject);
    assert!(letter.body.is_empty());
    let object = letter.header("News-Object").unwrap();
    assert!(object.starts_with("news_dlq/"), "{object}");
    assert!(dlq(&broker, &["show", &key("large")]).await.contains(&page()));
    // It comes back as a letter first, and its body is still to be had.
    assert!(dlq(&broker, &["replay"]).await.contains("1 replayed"));
    broker.drained(&context).await;
    let letters = broker.outcomes(&context, 2).await;
    assert_eq!(letters[1].header("News-Original-News-Object"), Some(object));
    assert!(dlq(&broker, &["show", &key("large")]).await.contains(&page()));
    assert!(strict.stop().await.success());
    assert!(dlq(&broker, &["replay"]).await.contains("1 replayed"));
    let worker = Worker::start(broker.url(), &[]);
    broker.drained(&context).await;
    let outcomes = broker.outcomes(&context, 3).await;
    assert!(outcomes[2].subject.starts_with("news.story."), "{:?}", subjects(&outcomes));
    let body = &outcomes[2].json()["item"]["bodies"][0]["value"];
    assert!(body.as_str().unwrap().starts_with("The bridge is closed."), "{body}");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn large_dead_letter_waits_for_the_object_store() {
    let (broker, context) = foreign().await;
    let bucket = context.get_stream("OBJ_news_dlq").await.unwrap();
    let config = bucket.cached_info().config.clone();
    context.delete_stream("OBJ_news_dlq").await.unwrap();
    broker.put(&context, &[("Content-Type", "text/html"), ("News-Id", "large")], page()).await;
    let worker =
        Worker::start(broker.url(), &[STRICT, &[("WORKER__RETRY_MIN_SECS", "1")][..]].concat());
    let line = worker.logged_with("story", |line| line["outcome"] == "retry").await;
    assert_eq!(line["code"], "publish.not_put_aside", "{line}");
    assert_eq!(broker.raw_left(&context).await, 1);
    context.create_stream(config).await.unwrap();
    let letter = broker.outcomes(&context, 1).await.remove(0);
    assert!(letter.header("News-Object").is_some());
    broker.drained(&context).await;
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn many_letters_are_replayed_once_each() {
    const LETTERS: usize = 1203;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    for number in 0..LETTERS {
        let body = format!("{{\"id\":\"n:{number}\",\"text\":\"x\",\"datePublished\":\"soon\"}}");
        broker.put(&context, &[], body).await;
    }
    let worker = Worker::start(broker.url(), &[]);
    broker.outcomes(&context, LETTERS).await;
    broker.drained(&context).await;
    assert!(worker.stop().await.success());
    let listed = dlq(&broker, &["list"]).await;
    assert_eq!(listed.lines().filter(|line| line.contains("intake.bad_date")).count(), LETTERS);
    dlq(&broker, &["replay", "--code", "intake.bad_date", "--rate", "10000"]).await;
    assert_eq!(broker.raw_left(&context).await, LETTERS as u64);
}

#[tokio::test]
async fn letters_that_do_not_fit_hold_up_none() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let raw = context.get_stream("NEWS_RAW").await.unwrap();
    let limit = usize::try_from(raw.cached_info().config.max_message_size).unwrap();
    let filled = |id: &str, room: usize| {
        let body = |filling: &str| format!(r#"{{"id":"{id}","url":"ftp:/{filling}"}}"#);
        body(&"a".repeat(room - body("").len()))
    };
    // As large as the stream takes: a replay has more headers. One is coded already, and cannot be made smaller.
    broker.put(&context, &[], filled("plain", limit)).await;
    let coding = ("Content-Encoding", "identity");
    let room = limit - "NATS/1.0\r\nContent-Encoding: identity\r\n\r\n".len();
    broker.put(&context, &[coding], filled("coded", room)).await;
    broker.put(&context, &[], r#"{"id": "small", "url": "ftp:/"}"#).await;
    let worker = Worker::start(broker.url(), &[]);
    broker.outcomes(&context, 3).await;
    broker.drained(&context).await;
    assert!(worker.stop().await.success());

    let replay = || async {
        let mut command = program();
        command.args(["dlq", "replay"]).env("NEWS_INGEST__NATS__URL", broker.url());
        let output = command.output().await.unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, said) = replay().await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("2 replayed") && said.contains("cannot be replayed"), "{said}");
    let (_, said) = replay().await;
    assert!(said.contains("0 replayed\n2 were replayed a moment ago"), "{said}");
    let raw = broker.raw(&context).await;
    let mut encodings: Vec<_> = raw.iter().map(|raw| raw.header("Content-Encoding")).collect();
    encodings.sort_unstable();
    assert_eq!(encodings, [None, Some("gzip")]);
}
