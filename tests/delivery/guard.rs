//! A story's key is remembered after the out stream has discarded the story: nothing blocks, nothing comes twice.

use news_ingest::broker::topology::{self, Discard};
use news_ingest::model::OutcomeKind;
use news_ingest::publish::{Error, Settings, Stored};

use super::outcomes::{key, place, publisher, story};
use super::support::broker::Broker;
use super::support::worker::Worker;

/// A text of some kilobytes that resembles no other.
fn long_text(number: usize) -> Vec<u8> {
    let words = (0..700).map(|at| format!("word{}", (number * 7919 + at * 104_729) % 99_991));
    let text = words.collect::<Vec<_>>().join(" ");
    serde_json::to_vec(&serde_json::json!({"id": format!("n:{number}"), "text": text})).unwrap()
}

#[tokio::test]
async fn stories_discarded_by_out_stream_are_not_republished() {
    let broker = Broker::start().await;
    let streams = topology::Settings {
        out_max_mib: 1,
        out_discard: Discard::Old,
        ..topology::Settings::default()
    };
    broker.provision_with(&streams).await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[("STREAMS__OUT_DISCARD", "old")]);
    const STORIES: usize = 300;
    for round in 1..=2 {
        for number in 0..STORIES {
            broker.put(&context, &[], long_text(number)).await;
        }
        broker.drained(&context).await;
        let out = context.get_stream("NEWS_OUT").await.unwrap();
        let state = &out.cached_info().state;
        assert_eq!(state.last_sequence, STORIES as u64, "stored in all after round {round}");
        assert!(state.messages < STORIES as u64 / 2, "{} are left", state.messages);
    }
    assert!(worker.lines().iter().all(|line| line["event"] != "out_blocked"));
    let guard = context.get_stream("NEWS_OUT_GUARD").await.unwrap();
    assert_eq!(guard.cached_info().state.messages, STORIES as u64);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn claim_without_story_never_blocks_its_own_message() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    let out = context.get_stream("NEWS_OUT").await.unwrap();
    let stored = |at| publisher.store(key("a"), at, None, story("a", 100));
    let (first, second) = (place(1), place(2));
    assert_eq!(stored(&first).await.unwrap(), Stored::Now(1));
    // While the story is there, it says whose it is.
    let before = Stored::Before { sequence: 1, subject: story("a", 1).subject };
    assert_eq!(stored(&first).await.unwrap(), before);
    assert_eq!(stored(&second).await.unwrap(), Stored::Repeat { raw_seq: 1 });
    // When it is not, another message does not publish it again; its own may have died before it did.
    out.purge().await.unwrap();
    assert_eq!(stored(&second).await.unwrap(), Stored::Repeat { raw_seq: 1 });
    assert_eq!(stored(&first).await.unwrap(), Stored::Now(2));
}

#[tokio::test]
async fn unused_claim_covered_by_out_stream_is_free() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    // A story that is older, by the server's clock, than the claim of a worker that died.
    assert_eq!(
        publisher.store(key("old"), &place(1), None, story("old", 100)).await.unwrap(),
        Stored::Now(1)
    );
    tokio::time::sleep(std::time::Duration::from_secs(11)).await;
    let subject = format!("news.guard.{}", key("b"));
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("News-Raw-Place", place(2).to_string());
    context.publish_with_headers(subject, headers, "".into()).await.unwrap().await.unwrap();
    let stored = publisher.store(key("b"), &place(3), None, story("b", 100)).await.unwrap();
    assert_eq!(stored, Stored::Now(2));
}

#[tokio::test]
async fn story_never_stored_leaves_no_claim() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    let limit = context.client().server_info().max_payload;
    let refused = publisher.store(key("a"), &place(1), None, story("a", limit)).await;
    assert!(matches!(refused, Err(Error::TooLarge { .. })), "{refused:?}");
    let guard = context.get_stream("NEWS_OUT_GUARD").await.unwrap();
    assert_eq!(guard.cached_info().state.messages, 0);
    // A failure is claimed by nobody: a later message may replace it.
    let mut letter = story("a", 10);
    letter.kind = OutcomeKind::DeadLetter;
    letter.subject = letter.subject.replace("story.en.none", "dlq.fetch.dns");
    publisher.store(key("a"), &place(1), None, letter).await.unwrap();
    let stored = publisher.store(key("a"), &place(2), None, story("a", 100)).await.unwrap();
    assert_eq!(stored, Stored::Now(2));
}

#[tokio::test]
async fn without_guard_stream_only_out_stream_remembers() {
    let broker = Broker::start().await;
    let streams = topology::Settings { guard_max_age_hours: 0, ..topology::Settings::default() };
    broker.provision_with(&streams).await;
    let context = broker.context().await;
    assert!(context.get_stream("NEWS_OUT_GUARD").await.is_err());
    // A worker that expects one goes on without it, and says so.
    let worker = Worker::start(broker.url(), &[]);
    for _ in 0..2 {
        broker.put(&context, &[], long_text(1)).await;
    }
    broker.drained(&context).await;
    assert_eq!(broker.outcomes(&context, 1).await.len(), 1);
    worker.logged_with("start", |line| line["stream"] == "NEWS_OUT_GUARD").await;
    assert!(worker.stop().await.success());
}
