//! `find` against a real broker: each place where a story can be.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::broker::Broker;
use support::site::{Request, Site, reply};
use support::worker::{Worker, program};

/// Exit code and the places that `find` names.
async fn find(broker: &Broker, story: &str) -> (i32, Vec<Value>) {
    let mut command = program();
    command.args(["find", "--json", story]).env("NEWS_INGEST__NATS__URL", broker.url());
    let output = tokio::time::timeout(Duration::from_secs(60), command.output());
    let output = output.await.expect("it ends").unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let places = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code().unwrap(), places)
}

#[tokio::test]
async fn a_story_is_found_wherever_it_is() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let (code, places) = find(&broker, "never:sent").await;
    assert_eq!((code, &places[0]["state"]), (1, &json!("unknown")));

    let url = "https://gazette.example/harbour";
    let text = "The harbour reopened on Monday after the storm. Ferries run again.";
    let story = json!({"id": "gazette:1", "revision": "2", "url": url, "title": "Harbour reopens", "text": text});
    broker.put(&context, &[], story.to_string()).await;
    broker.put(&context, &[], json!({"id": "gazette:2"}).to_string()).await;
    let (code, places) = find(&broker, url).await;
    assert_eq!((code, &places[0]["state"]), (1, &json!("queued")), "{places:?}");

    let _worker = Worker::start(broker.url(), &[]);
    let outcomes = broker.outcomes(&context, 2).await;
    // By address and by id, though its key has a revision in it; and by key.
    let key = outcomes.iter().find(|o| o.subject.contains(".story.")).unwrap().key().to_owned();
    for name in [url, "gazette:1", &key] {
        let (code, places) = find(&broker, name).await;
        assert_eq!((code, &places[0]["state"]), (0, &json!("story")), "{name}: {places:?}");
        assert_eq!(places[0]["key"], json!(key));
        assert_eq!(places[0]["headline"], json!("Harbour reopens"));
    }
    let (code, places) = find(&broker, "gazette:2").await;
    assert_eq!((code, &places[0]["state"]), (1, &json!("dead")), "{places:?}");
    let out = context.get_stream("NEWS_OUT").await.unwrap();
    let dead = places[0].clone();
    out.purge().await.unwrap();
    let (code, places) = find(&broker, &key).await;
    assert_eq!((code, &places[0]["state"]), (1, &json!("unknown")), "{places:?}");
    assert!(places[0]["means"].as_str().unwrap().starts_with("published about 20"), "{places:?}");
    let places = [dead];
    let why = places[0]["why"].as_str().unwrap();
    assert!(why.starts_with("intake.no_content: "), "{why}");
    assert!(places[0]["bring_back"].as_str().unwrap().contains("dlq replay --key"));
}

#[tokio::test]
async fn all_stories_of_an_id_are_found() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let sent = [
        ("gazette:1", None),
        ("gazette:1", Some("2")),
        ("gazette:1", Some("3")),
        ("gazette:2", Some("4")),
        ("gazette:2", Some("5")),
    ];
    for (number, (id, revision)) in sent.into_iter().enumerate() {
        let text = format!(
            "The harbour reopened on Monday after storm number {number}. Ferries run again."
        );
        let story = json!({"id": id, "revision": revision, "title": format!("Storm {number}"), "text": text});
        broker.put(&context, &[], story.to_string()).await;
    }
    let _worker = Worker::start(broker.url(), &[]);
    broker.outcomes(&context, 5).await;
    for (id, wanted) in [
        ("gazette:1", &["Storm 0", "Storm 1", "Storm 2"][..]),
        ("gazette:2", &["Storm 3", "Storm 4"]),
    ] {
        let (code, places) = find(&broker, id).await;
        let mut found: Vec<&str> =
            places.iter().map(|place| place["headline"].as_str().unwrap()).collect();
        found.sort_unstable();
        assert_eq!((code, &found[..]), (0, wanted), "{places:?}");
    }
}

#[tokio::test]
async fn story_waiting_for_retry_says_until_when() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    // Nothing listens there.
    let url = format!("http://127.0.0.1:{}/a", support::broker::free_port());
    broker.put(&context, &[], json!({"url": url}).to_string()).await;
    let _worker = Worker::start(
        broker.url(),
        &[("WORKER__RETRY_MIN_SECS", "600"), ("WORKER__RETRY_MAX_SECS", "900")],
    );
    broker.drained(&context).await;
    let (code, places) = find(&broker, &url).await;
    assert_eq!((code, &places[0]["state"]), (1, &json!("waiting")), "{places:?}");
    assert!(places[0]["until"].as_str().unwrap().starts_with("20"), "{places:?}");
    // A host that does not answer for its robots.txt is not the story's fault.
    assert_eq!(places[0]["attempts"], json!("0"));
    let why = places[0]["why"].as_str().unwrap();
    assert!(why.starts_with("fetch.robots_unreachable: "), "{why}");
}

#[tokio::test]
async fn a_page_published_under_another_id_is_found() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let site = Site::start(|_: &Request| reply(404, &[], "")).await;
    let url = &site.url("/harbour");
    let _worker = Worker::start(broker.url(), &[]);
    // The address alone: skipped under the id of its URL.
    broker.put(&context, &[], json!({"url": url}).to_string()).await;
    broker.outcomes(&context, 1).await;
    let (code, places) = find(&broker, url).await;
    assert_eq!((code, &places[0]["state"]), (1, &json!("skipped")), "{places:?}");
    let text = "The harbour reopened on Monday after the storm. Ferries run again.";
    let story = json!({"id": "guid:1", "url": url, "title": "Harbour reopens", "text": text});
    broker.put(&context, &[], story.to_string()).await;
    broker.outcomes(&context, 2).await;
    let (code, places) = find(&broker, url).await;
    assert_eq!((code, places.len()), (0, 2), "{places:?}");
    assert_eq!((&places[0]["state"], &places[0]["id"]), (&json!("story"), &json!("guid:1")));
    assert_eq!(places[1]["state"], json!("skipped"));
}

#[tokio::test]
async fn a_copy_is_found_with_its_original() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let text = "The harbour reopened on Monday after the storm. Ferries to the islands run again, said the harbour \
        master, and the market on the quay opens on Thursday. The repairs took six weeks and cost two million.";
    let story = |id: &str, url: &str| {
        json!({"id": id, "url": url, "title": "Harbour reopens", "text": text}).to_string()
    };
    let _worker = Worker::start(broker.url(), &[]);
    broker.put(&context, &[], story("gazette:1", "https://gazette.example/feed-entry")).await;
    broker.outcomes(&context, 1).await;
    broker.put(&context, &[], story("gazette:2", "https://gazette.example/link")).await;
    broker.outcomes(&context, 2).await;
    let (code, places) = find(&broker, "gazette:2").await;
    assert_eq!((code, places.len()), (0, 2), "{places:?}");
    assert_eq!(places[0]["copy_of"], places[1]["key"]);
    assert_eq!(places[1]["id"], json!("gazette:1"));
}
