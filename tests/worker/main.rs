//! The worker as a process, on a real broker: what goes in comes out once, whatever it is.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

#[path = "../support/mod.rs"]
mod support;

mod embedded;

use support::broker::{Broker, by_key, subjects};
use support::site::{Request, Site, html, reply, story};
use support::worker::Worker;

const HTML: &str = "<html lang=en><head><title>Bridge to open</title></head><body><article>\
    <h1>Bridge to open</h1><p>The new bridge over the river will open in June, the mayor said on \
    Monday, after four years of work and two of delay.</p><p>It carries trams, bicycles and people \
    on foot, and it has cost the city 42 million euros so far.</p></article></body></html>";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn inline(id: &str) -> String {
    serde_json::json!({"id": id, "html": HTML}).to_string()
}

#[tokio::test]
async fn every_raw_form_becomes_a_story() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|_: &Request| html(story("Fetched from a site"))).await;
    let store = context
        .create_object_store(async_nats::jetstream::object_store::Config {
            bucket: "pages".to_owned(),
            ..Default::default()
        })
        .await
        .unwrap();
    store.put("big/one", &mut inline("object").as_bytes()).await.unwrap();

    let link = serde_json::json!({"id": "link", "url": site.url("/a")}).to_string();
    let event = format!(
        r#"{{"specversion":"1.0","id":"1","source":"urn:s","type":"t","data":{}}}"#,
        inline("structured")
    );
    let list = format!("# a list of one\r\n{}\r\n", site.url("/listed"));
    let text = "A plain headline\n\nThe text of a story that came as it is, in two sentences. Here is \
                the second one.";
    broker.put(&context, &[], inline("json")).await;
    broker.put(&context, &[], link).await;
    broker.put(&context, &[("Content-Type", "text/html"), ("News-Id", "html")], HTML).await;
    broker.put(&context, &[("Content-Type", "text/plain"), ("News-Id", "text")], text).await;
    broker.put(&context, &[("Content-Type", "text/uri-list"), ("News-Id", "list")], list).await;
    broker.put(&context, &[("Content-Type", "application/cloudevents+json")], event).await;
    let binary = [
        ("ce-specversion", "1.0"),
        ("ce-id", "1"),
        ("ce-source", "urn:s"),
        ("ce-type", "t"),
        ("Content-Type", "application/json"),
    ];
    broker.put(&context, &binary, inline("binary")).await;
    broker.put(&context, &[("Content-Encoding", "gzip")], gzip(inline("gzip").as_bytes())).await;
    broker.put(&context, &[("News-Object", "pages/big/one")], "").await;

    let worker = Worker::start(broker.url(), &[]);
    let outcomes = broker.outcomes(&context, 9).await;
    broker.drained(&context).await;
    let mut ids: Vec<String> = outcomes
        .iter()
        .map(|o| {
            assert!(
                o.subject.starts_with("news.story.en."),
                "{} {:?}",
                o.subject,
                o.header("News-Message")
            );
            o.json()["id"].as_str().unwrap().to_owned()
        })
        .collect();
    ids.sort();
    assert_eq!(
        ids,
        ["binary", "gzip", "html", "json", "link", "list", "object", "structured", "text"]
    );
    let link = outcomes.iter().find(|o| o.json()["id"] == "link").unwrap();
    assert_eq!(link.json()["fetch"]["status"], 200);
    assert_eq!(link.header("ce-type"), Some("news-ingest.story.v1"));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn bad_messages_are_dead_lettered_and_worker_continues() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let truncated = gzip(inline("x").as_bytes())[..40].to_vec();
    let long = format!("{{\"id\":\"long\",\"url\":\"https://ex.com/{}\"}}", "a".repeat(200_000));
    let big = gzip(format!("{{\"id\":\"big\",\"html\":\"{}\"}}", "a".repeat(10 << 20)).as_bytes());
    type Case<'a> = (&'a [(&'a str, &'a str)], Vec<u8>, &'a str, &'a str);
    let cases: Vec<Case<'_>> = vec![
        (&[], b"nonsense".to_vec(), "not_json", "line 1"),
        (&[], br#"{"id":"t","url":7}"#.to_vec(), "wrong_type", "url"),
        (&[], br#"{"id":"none"}"#.to_vec(), "no_content", "url, html, text"),
        (
            &[("Content-Type", "text/uri-list")],
            b"https://a.com/\nhttps://b.com/".to_vec(),
            "many_urls",
            "2",
        ),
        (&[("News-Object", "pages/none")], Vec::new(), "object_missing", "pages/none"),
        (&[("Content-Encoding", "lzma")], b"x".to_vec(), "content_encoding", "lzma"),
        (&[("Content-Encoding", "gzip")], truncated, "decompress", "gzip"),
        (&[("Content-Encoding", "gzip")], big, "too_large", "html"),
        (&[("Content-Type", "text/plain")], b"caf\xe9".to_vec(), "not_utf8", "byte 3"),
        (&[], br#"{"id":"a b.c","text":"x"}"#.to_vec(), "bad_id", "id"),
        (&[], long.into_bytes(), "bad_url", "url"),
    ];
    for (headers, body, _, _) in &cases {
        broker.put(&context, headers, body).await;
    }
    broker.put(&context, &[], inline("good")).await;
    let worker = Worker::start(broker.url(), &[]);
    let outcomes = broker.outcomes(&context, cases.len() + 1).await;
    for (headers, body, code, names) in &cases {
        let subject = format!("news.dlq.intake.{code}.");
        let letter = outcomes
            .iter()
            .find(|o| o.subject.starts_with(&subject))
            .unwrap_or_else(|| panic!("no {subject} in {:?}", subjects(&outcomes)));
        assert_eq!(&letter.body, body, "{code}: the body is the message's own");
        let message = letter.header("News-Message").unwrap();
        assert!(message.contains(names), "{code}: {message:?} does not name {names:?}");
        assert_eq!(letter.header("News-Stage"), Some("intake"));
        assert_eq!(letter.header("News-Subject"), Some("news.raw.test"));
        for (name, value) in *headers {
            let kept =
                letter.header(name).or_else(|| letter.header(&format!("News-Original-{name}")));
            assert_eq!(kept, Some(*value), "{code}: header {name}");
        }
    }
    assert!(outcomes.iter().any(|o| o.subject.starts_with("news.story.")), "the worker went on");
    broker.drained(&context).await;
    // Each is done at its first delivery; its line comes after the acknowledgement.
    for (_, _, code, _) in &cases {
        worker.logged_with("story", |line| line["code"] == format!("intake.{code}")).await;
    }
    worker.logged_with("story", |line| line["id"] == "good").await;
    let told = worker.lines();
    let ends: Vec<_> = told.iter().filter(|line| line["event"] == "story").collect();
    assert_eq!(ends.len(), cases.len() + 1);
    assert!(ends.iter().all(|line| line["outcome"] == "dlq" || line["id"] == "good"), "{ends:?}");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn record_over_max_payload_is_rejected_with_size() {
    let broker = Broker::with_max_payload(200 << 10).await;
    broker.provision().await;
    let context = broker.context().await;
    // Escaped, the record is larger than the message.
    let body = "\"the\" \"old\" \"sea\"\n".repeat((160 << 10) / 18);
    broker.put(&context, &[("Content-Type", "text/plain"), ("News-Id", "large")], body).await;
    let worker = Worker::start(broker.url(), &[]);
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(
        outcomes[0].subject.starts_with("news.dlq.publish.too_large."),
        "{}",
        outcomes[0].subject
    );
    assert!(outcomes[0].header("News-Message").unwrap().contains("bytes"));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn record_over_max_payload_loses_tags_first() {
    let broker = Broker::with_max_payload(64 << 10).await;
    broker.provision().await;
    let context = broker.context().await;
    let sentence = |n: usize| {
        format!(
            "Anna Lund met Odd Lund in Orland on 3 May 2026 and paid {n} million euros, said Peter Holm."
        )
    };
    let text: Vec<String> = (1..200).map(sentence).collect();
    let message = serde_json::json!({"id": "large", "title": "Large", "text": text.join("\n\n")});
    broker.put(&context, &[], message.to_string()).await;
    let worker = Worker::start(broker.url(), &[]);
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(outcomes[0].subject.starts_with("news.story."), "{}", outcomes[0].subject);
    let record = outcomes[0].json();
    let left_out = record["tags"]["leftOut"].as_array().unwrap();
    assert_eq!(left_out[0], "mentions", "{left_out:?}");
    let entities = record["tags"]["entities"].as_array().unwrap();
    assert!(entities.iter().all(|e| e["mentions"].as_array().unwrap().len() == 1), "{entities:?}");
    assert!(entities.iter().any(|e| e["count"].as_u64() > Some(100)), "{entities:?}");
    assert_eq!(record["item"]["bodies"][0]["value"], text.join("\n\n"));
    assert_eq!(worker.logged("tags_left_out").await["key"], record["key"]);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn the_same_id_twice_is_published_once() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    for _ in 0..5 {
        broker.put(&context, &[], inline("same")).await;
    }
    let revised = serde_json::json!({"id": "same", "revision": "2", "html": HTML}).to_string();
    broker.put(&context, &[], revised).await;
    let worker = Worker::start(broker.url(), &[]);
    broker.drained(&context).await;
    let outcomes = broker.outcomes(&context, 2).await;
    assert_eq!(outcomes.len(), 2, "{:?}", subjects(&outcomes));
    let repeats = worker.lines().iter().filter(|l| l["code"] == "intake.repeat").count();
    assert_eq!(repeats, 4);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn worker_waits_for_a_broker_coming_up() {
    let mut broker = Broker::provisioned().await;
    broker.kill();
    let worker = Worker::start(broker.url(), &[("NATS__CONNECT_WAIT_SECS", "600")]);
    broker.resume().await;
    worker.logged("start").await;
    assert!(worker.stop().await.success());
    broker.kill();
    let mut worker = Worker::start(broker.url(), &[("NATS__CONNECT_WAIT_SECS", "0")]);
    assert_eq!(worker.child.wait().await.unwrap().code(), Some(69));
}

#[tokio::test]
async fn message_with_lost_acknowledgement_is_not_processed_again() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|_: &Request| html(story("Fetched again"))).await;
    let message = serde_json::json!({"id": "stored", "url": site.url("/a")}).to_string();
    let origin = broker.put(&context, &[], message).await;
    // What a worker leaves that stores an outcome and dies.
    let consumer: async_nats::jetstream::consumer::PullConsumer =
        context.get_consumer_from_stream("news-ingest", "NEWS_RAW").await.unwrap();
    use futures_util::StreamExt as _;
    let mut batch = consumer.batch().max_messages(1).messages().await.unwrap();
    let delivered = batch.next().await.unwrap().unwrap();
    let id = news_ingest::model::StoryId::new("stored").unwrap();
    let key = news_ingest::model::Identity::new(id, None).key();
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("News-Origin", origin.to_string());
    let subject = format!("news.story.en.none.{key}");
    context.publish_with_headers(subject, headers, "{}".into()).await.unwrap().await.unwrap();
    delivered.ack_with(async_nats::jetstream::AckKind::Nak(None)).await.unwrap();
    context.client().flush().await.unwrap();
    let worker = Worker::start(broker.url(), &[]);
    broker.drained(&context).await;
    assert_eq!(site.requests().len(), 0, "nothing is fetched");
    assert_eq!(broker.outcomes(&context, 1).await.len(), 1);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn two_workers_share_thousand_and_stopping_loses_none() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    for number in 0..1000 {
        let body = inline(&format!("n:{number}")).into();
        context.publish("news.raw.test", body).await.unwrap();
    }
    let first = Worker::start(broker.url(), &[("INTAKE__SLOTS", "8")]);
    let second = Worker::start(broker.url(), &[("INTAKE__SLOTS", "8")]);
    broker.outcomes(&context, 200).await;
    assert!(first.stop().await.success(), "a drained worker exits 0");
    let outcomes = broker.outcomes(&context, 1000).await;
    broker.drained(&context).await;
    let keys = by_key(&outcomes);
    assert_eq!((keys.len(), outcomes.len()), (1000, 1000), "none lost, none twice");
    assert!(second.stop().await.success());
}

#[tokio::test]
async fn workers_carry_on_when_the_server_restarts() {
    let mut broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    broker.put(&context, &[], inline("before")).await;
    broker.outcomes(&context, 1).await;
    broker.kill();
    worker.logged("broker_disconnected").await;
    broker.resume().await;
    let context = broker.context().await;
    broker.put(&context, &[], inline("after")).await;
    let outcomes = broker.outcomes(&context, 2).await;
    assert_eq!(outcomes.len(), 2);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn workers_fetch_links_and_start_after_server_restart() {
    let mut broker = Broker::provisioned().await;
    let site = Site::start(|_: &Request| html(story("Fetched from a site"))).await;
    let link = |id: &str| serde_json::json!({"id": id, "url": site.url(id)}).to_string();
    let settings = [("FETCH__ROBOTS", "false"), ("WORKER__MAX_ATTEMPTS", "1")];
    let worker = Worker::start(broker.url(), &settings);
    worker.logged("start").await;
    broker.kill();
    worker.logged("broker_disconnected").await;
    broker.resume().await;
    let context = broker.context().await;
    broker.put(&context, &[], link("/running")).await;
    broker.outcomes(&context, 1).await;
    assert!(worker.stop().await.success());
    let worker = Worker::start(broker.url(), &settings);
    broker.put(&context, &[], link("/new")).await;
    let outcomes = broker.outcomes(&context, 2).await;
    assert!(
        outcomes.iter().all(|o| o.subject.starts_with("news.story.")),
        "{:?}",
        subjects(&outcomes)
    );
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn workers_continue_after_consumer_is_deleted_and_recreated() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    worker.logged("start").await;
    context.delete_consumer_from_stream("news-ingest", "NEWS_RAW").await.unwrap();
    worker.logged("pull_failed").await;
    broker.provision().await;
    broker.put(&context, &[], inline("after")).await;
    broker.outcomes(&context, 1).await;
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn retries_on_503_and_publishes_once_site_recovers() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let asked = std::sync::atomic::AtomicU32::new(0);
    let site = Site::start(move |_: &Request| {
        if asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 2 {
            reply(503, &[], "later")
        } else {
            html(story("Back again"))
        }
    })
    .await;
    let message = serde_json::json!({"id": "later", "url": site.url("/a")}).to_string();
    broker.put(&context, &[], message).await;
    let worker = Worker::start(broker.url(), &[("FETCH__ROBOTS", "false")]);
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(outcomes[0].subject.starts_with("news.story."), "{}", outcomes[0].subject);
    let retry = worker.lines().into_iter().find(|l| l["outcome"] == "retry").unwrap();
    assert!(retry["code"].as_str().unwrap().starts_with("fetch."), "{retry}");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn a_storys_line_tells_how_it_went() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start({
        let asked = std::sync::atomic::AtomicUsize::new(0);
        move |_: &Request| match asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => reply(503, &[], "busy"),
            _ => html(story("In the end")),
        }
    })
    .await;
    let worker = Worker::start(broker.url(), &[("FETCH__ROBOTS", "false")]);
    let url = site.url("/a");
    broker.put(&context, &[], serde_json::json!({"id": "a", "url": url}).to_string()).await;
    let line = async |outcome: &str| {
        let line = worker.logged_with("story", |line| line["outcome"] == outcome).await;
        assert_eq!((&line["raw_seq"], &line["url"]), (&1.into(), &url.as_str().into()), "{line}");
        assert_eq!((&line["id"], &line["host"]), (&"a".into(), &"127.0.0.1".into()), "{line}");
        let number = |name: &str| line[name].as_f64().unwrap();
        let stages = ["intake_ms", "fetch_ms", "queue_ms", "extract_ms", "tag_ms", "publish_ms"];
        let sum: f64 = stages.into_iter().map(number).sum();
        assert!(sum > 0.0 && sum <= number("total_ms"), "{line}");
        assert!(number("answer_ms") + number("turn_ms") <= number("fetch_ms") + 0.01, "{line}");
        line
    };
    let first = line("retry").await;
    assert_eq!((&first["attempt"], &first["raw_subject"]), (&1.into(), &"news.raw.test".into()));
    let second = line("story").await;
    assert_eq!((&second["attempt"], &second["deliveries"]), (&2.into(), &1.into()), "{second}");
    // It waited for a second before it was tried again.
    let ages = [&first, &second].map(|line| line["age_ms"].as_u64().unwrap());
    assert!(ages[0] < 60_000 && (1..60_000).contains(&ages[1]), "{ages:?}");
    assert!(ages[1] > ages[0], "{ages:?}");
    let stored = broker.outcomes(&context, 1).await;
    assert_eq!(stored[0].header("ce-dataschema"), Some("urn:news-ingest:record:1"));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn message_delivered_too_often_is_dead_lettered_unprocessed() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    broker.put(&context, &[], inline("deadly")).await;
    // What a message that kills workers looks like: delivered, never settled.
    let consumer: async_nats::jetstream::consumer::PullConsumer =
        context.get_consumer_from_stream("news-ingest", "NEWS_RAW").await.unwrap();
    for _ in 0..2 {
        use futures_util::StreamExt as _;
        let mut batch = consumer.batch().max_messages(1).messages().await.unwrap();
        let message = batch.next().await.unwrap().unwrap();
        message.ack_with(async_nats::jetstream::AckKind::Nak(None)).await.unwrap();
        context.client().flush().await.unwrap();
    }
    let worker = Worker::start(broker.url(), &[("INTAKE__POISON_DELIVERIES", "2")]);
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(outcomes[0].subject.starts_with("news.dlq.intake.poison."), "{}", outcomes[0].subject);
    assert_eq!(outcomes[0].body, inline("deadly").as_bytes());
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn worker_without_streams_names_the_provision_command() {
    let broker = Broker::start().await;
    let mut worker = Worker::start(broker.url(), &[]);
    let status = worker.child.wait().await.unwrap();
    assert_eq!(status.code(), Some(69));
    let log = std::fs::read_to_string(&worker.log).unwrap();
    assert!(log.contains("provision"), "{log}");
}

#[tokio::test]
async fn unreachable_story_is_dead_lettered_after_its_attempts() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|_: &Request| reply(503, &[], "never")).await;
    let message = serde_json::json!({"id": "never", "url": site.url("/a")}).to_string();
    let headers = [("Nats-Msg-Id", "m-1"), ("X-Team", "desk")];
    broker.put(&context, &headers, message.clone()).await;
    let settings = [
        ("FETCH__ROBOTS", "false"),
        ("FETCH__CIRCUIT_FAILURES", "100"),
        ("WORKER__MAX_ATTEMPTS", "3"),
        ("WORKER__RETRY_MAX_SECS", "1"),
    ];
    let worker = Worker::start(broker.url(), &settings);
    let outcomes = broker.outcomes(&context, 1).await;
    let letter = &outcomes[0];
    assert!(letter.subject.starts_with("news.dlq.fetch."), "{}", letter.subject);
    assert!(letter.header("News-Message").unwrap().contains("3 attempts"));
    assert_eq!(letter.body, message.as_bytes(), "the body is untouched after three schedules");
    assert_eq!(letter.header("News-Subject"), Some("news.raw.test"));
    assert_eq!(letter.header("News-Original-X-Team"), Some("desk"));
    assert_eq!(letter.header("News-Original-Nats-Msg-Id"), Some("m-1"));
    assert_eq!(letter.header("Nats-Msg-Id"), None);
    broker.drained(&context).await;
    broker.stream_drained(&context, "NEWS_RETRY").await;
    let state = context.get_stream("NEWS_RETRY").await.unwrap().cached_info().state.clone();
    assert!(state.last_sequence >= 4, "two schedules and two messages came due: {state:?}");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn own_text_stands_for_a_page_given_up() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|r: &Request| match r.path.as_str() {
        "/busy" => reply(503, &[], "never"),
        "/cut" => reply(500, &[], "never"),
        _ => html("<title>The Paper</title><h1>Down for maintenance</h1><p>Back in an hour.</p>"),
    })
    .await;
    let text = "<p>The new bridge over the river will open in June, the mayor said on Monday.</p>"
        .repeat(4);
    for path in ["/busy", "/cut", "/away"] {
        let message = serde_json::json!({
            "id": path, "url": site.url(path), "title": "Bridge to open", "fallbackHtml": text
        });
        broker.put(&context, &[], message.to_string()).await;
    }
    let settings = [
        ("FETCH__ROBOTS", "false"),
        ("FETCH__CIRCUIT_FAILURES", "100"),
        ("FETCH__HOST_INTERVAL_MS", "0"),
        ("WORKER__MAX_ATTEMPTS", "2"),
        ("WORKER__RETRY_MAX_SECS", "1"),
        ("PUBLISH__DUPLICATES", "publish"),
    ];
    let worker = Worker::start(broker.url(), &settings);
    let outcomes = broker.outcomes(&context, 3).await;
    for outcome in &outcomes {
        assert!(outcome.subject.starts_with("news.story."), "{}", outcome.subject);
        assert_eq!(outcome.json()["fetch"], serde_json::Value::Null);
    }
    assert_eq!(site.requests().len(), 6, "each page was asked for twice");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn pages_of_a_site_in_maintenance_come_later() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let is_back = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&is_back);
    let site = Site::start(move |_: &Request| {
        if asked.load(Ordering::Relaxed) {
            html(story("The bridge is open"))
        } else {
            html("<title>The Paper</title><h1>We will be back soon</h1><p>Thank you.</p>")
        }
    })
    .await;
    let message = serde_json::json!({"url": site.url("/a")}).to_string();
    broker.put(&context, &[], message).await;
    let settings = [("FETCH__ROBOTS", "false"), ("WORKER__RETRY_MIN_SECS", "1")];
    let worker = Worker::start(broker.url(), &settings);
    let waits = worker.logged_with("story", |line| line["outcome"] == "retry").await;
    assert_eq!(waits["code"], "fetch.unavailable", "{waits}");
    is_back.store(true, Ordering::Relaxed);
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(outcomes[0].subject.starts_with("news.story."), "{}", outcomes[0].subject);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn full_out_stream_stops_intake_losing_no_story() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let mut config = context.get_stream("NEWS_OUT").await.unwrap().cached_info().config.clone();
    config.max_messages = 2;
    context.update_stream(&config).await.unwrap();
    for number in 0..30 {
        broker.put(&context, &[], inline(&format!("n:{number}"))).await;
    }
    let worker = Worker::start(broker.url(), &[("INTAKE__SLOTS", "4")]);
    worker.logged("out_blocked").await;
    assert!(broker.raw_left(&context).await >= 24);
    config.max_messages = -1;
    context.update_stream(&config).await.unwrap();
    let outcomes = broker.outcomes(&context, 30).await;
    worker.logged("out_resumed").await;
    assert!(
        outcomes.iter().all(|o| o.subject.starts_with("news.story.")),
        "{:?}",
        subjects(&outcomes)
    );
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn replayed_dead_letter_becomes_a_story_once() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let well = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let seen = std::sync::Arc::clone(&well);
    let site = Site::start(move |_: &Request| {
        if seen.load(std::sync::atomic::Ordering::Relaxed) {
            html(story("It is here"))
        } else {
            reply(404, &[], "not yet")
        }
    })
    .await;
    let message = serde_json::json!({"id": "later", "url": site.url("/a")}).to_string();
    broker.put(&context, &[("X-Team", "desk")], message).await;
    let settings = [("FETCH__ROBOTS", "false")];
    let worker = Worker::start(broker.url(), &settings);
    broker.put(&context, &[], "{\"id\": \"bad\"}").await;
    let outcomes = broker.outcomes(&context, 2).await;
    let dlq = async |args: &[&str]| {
        let mut command = support::worker::program();
        command.arg("dlq").args(args).env("NEWS_INGEST__NATS__URL", broker.url());
        let output = command.output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let bad = outcomes.iter().find(|o| o.subject.contains("no_content")).unwrap();
    assert!(dlq(&["list", "--stage", "intake"]).await.contains("no_content"));
    assert!(dlq(&["show", bad.key()]).await.contains("url, html, text"));
    assert!(dlq(&["replay", "--code", "no_content", "--dry-run"]).await.contains("1 would be"));
    // It fails again, three times at most.
    for _ in 0..3 {
        let before = context.get_stream("NEWS_OUT").await.unwrap().cached_info().state.messages;
        assert!(dlq(&["replay", "--code", "no_content"]).await.contains("1 replayed"));
        broker.outcomes(&context, before as usize + 1).await;
    }
    let said = dlq(&["replay", "--code", "no_content"]).await;
    assert!(said.contains("0 replayed") && said.contains("1 held back"), "{said}");
    well.store(true, std::sync::atomic::Ordering::Relaxed);
    assert!(worker.stop().await.success());
}

/// A story of enough words to be told from others.
fn agency_story(headline: &str) -> String {
    let body = "The harbour of Oslo will be closed to ferries for the whole of March, the port \
        authority said on Tuesday, while divers look at the piles of the main quay. Engineers found \
        cracks in nine of them last week. Passengers will be taken to Drammen by bus, which adds an \
        hour to the journey, and freight will go by rail where there is room. The port expects to \
        lose four million kroner a day. A decision on repairs is to be made before Easter, said the \
        head of the authority, who asked the public for max_wait and the government for money.";
    let body = body.split(". ").map(|s| format!("<p>{s}.</p>")).collect::<String>();
    format!(
        "<html lang=en><title>{headline}</title><body><article><h1>{headline}</h1>{body}</article>"
    )
}

#[tokio::test]
async fn exactly_one_of_two_simultaneous_copies_is_marked() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let first = Worker::start(broker.url(), &[]);
    let second = Worker::start(broker.url(), &[]);
    first.logged("start").await;
    second.logged("start").await;
    for round in 0..5 {
        // Each round another text, or they would all be copies of the first.
        let page = |site: &str, headline: &str| {
            let html = agency_story(headline).replace("Oslo", &format!("Town{round}"));
            let html = html
                .replace("quay", &format!("pier{round}"))
                .replace("March", &format!("day{round}"));
            let html = html
                .replace("Drammen", &format!("City{round}"))
                .replace("Easter", &format!("Feast{round}"));
            let html =
                html.replace("nine", &format!("{round}")).replace("four", &format!("{round}7"));
            let html = html
                .replace("divers", &format!("crew{round}"))
                .replace("bus", &format!("coach{round}"));
            serde_json::json!({"url": format!("https://{site}/{round}"), "html": html}).to_string()
        };
        let (one, two) =
            (page("a.example", "Harbour shut"), page("b.example", "No ferries in March"));
        tokio::join!(broker.put(&context, &[], one), broker.put(&context, &[], two));
    }
    let outcomes = broker.outcomes(&context, 10).await;
    let mut pairs = std::collections::BTreeMap::<String, Vec<serde_json::Value>>::new();
    for outcome in &outcomes {
        let record = outcome.json();
        let round = record["item"]["uri"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        pairs.entry(round).or_default().push(record);
    }
    for (round, pair) in pairs {
        let marked: Vec<_> = pair.iter().filter(|r| !r["tags"]["duplicateOf"].is_null()).collect();
        assert_eq!(marked.len(), 1, "round {round}: {} marked", marked.len());
        let other = pair.iter().find(|r| r["tags"]["duplicateOf"].is_null()).unwrap();
        assert_eq!(marked[0]["tags"]["duplicateOf"], other["key"]);
        assert_eq!(marked[0]["tags"]["relation"], "duplicate");
    }
    assert!(first.stop().await.success());
    assert!(second.stop().await.success());
}

#[tokio::test]
async fn routes_hold_each_story_once_in_requested_form() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    context
        .create_stream(async_nats::jetstream::stream::Config {
            name: "DESK".to_owned(),
            subjects: vec!["desk.>".to_owned()],
            ..Default::default()
        })
        .await
        .unwrap();
    let routes = r#"[{name = "english", when = "language = en", subject = "desk.{language}.{key}", format = "no-bodies"},
        {name = "none", when = "language = fr", subject = "desk.fr.{key}"}]"#
        .replace('\n', " ");
    for number in 0..20 {
        broker.put(&context, &[], inline(&format!("r:{number}"))).await;
    }
    let worker = Worker::start(broker.url(), &[("ROUTES", &routes)]);
    broker.outcomes(&context, 20).await;
    broker.drained(&context).await;
    let desk = context.get_stream("DESK").await.unwrap();
    let state = desk.cached_info().state.clone();
    assert_eq!((state.messages, state.subjects_count), (20, 20));
    let message = desk.get_raw_message(state.first_sequence).await.unwrap();
    let record: serde_json::Value = serde_json::from_slice(&message.payload).unwrap();
    assert_eq!(record["schema"], "news-ingest/record/1");
    assert!(record["item"].get("bodies").is_none());
    assert!(worker.stop().await.success());
    let mut bad = support::worker::program();
    bad.arg("check").env(
        "NEWS_INGEST__ROUTES",
        r#"[{name = "x", when = "langage = en", subject = "d.{key}"}]"#,
    );
    let output = bad.output().await.unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&output.stderr).contains("langage"));
}
