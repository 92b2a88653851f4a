//! A story's key is remembered after the out stream has discarded the story: nothing blocks, nothing comes twice.

use std::time::Duration;

use async_nats::jetstream::Context;
use news_ingest::broker::topology::{self, Discard};
use news_ingest::model::{OutcomeKind, Provenance, RawPlace};
use news_ingest::publish::{Error, OutcomeMessage, ScheduledRetry, Settings, Stored};

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

/// Puts a message into the raw stream, and says where it is.
async fn raw(context: &Context) -> RawPlace {
    let stored = context.publish("news.raw.test", "{}".into()).await.unwrap().await.unwrap();
    let raw = context.get_stream("NEWS_RAW").await.unwrap();
    RawPlace { created: topology::created_millis(&raw), ..place(stored.sequence) }
}

/// As an acknowledgement does.
async fn settle(context: &Context, place: &RawPlace) {
    let raw = context.get_stream("NEWS_RAW").await.unwrap();
    raw.delete_message(place.sequence).await.unwrap();
}

/// What a worker built before there were marks leaves behind that dies before it publishes.
async fn claim(context: &Context, id: &str, place: &RawPlace) {
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("News-Raw-Place", place.to_string());
    let subject = format!("news.guard.{}", key(id));
    context.publish_with_headers(subject, headers, "".into()).await.unwrap().await.unwrap();
}

/// A dead letter of an id, whose message is at a place.
fn letter(id: &str, place: &RawPlace) -> OutcomeMessage {
    let mut letter = story(id, 10);
    letter.kind = OutcomeKind::DeadLetter;
    letter.subject = letter.subject.replace("story.en.none", "dlq.fetch.dns");
    letter.headers.insert("News-Raw-Place", place.to_string());
    letter
}

/// A story of an id, whose message is at a place.
fn story_at(id: &str, place: &RawPlace) -> OutcomeMessage {
    let mut story = story(id, 100);
    story.headers.insert("News-Raw-Place", place.to_string());
    story
}

#[tokio::test]
async fn published_key_outlives_story_and_message() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    let out = context.get_stream("NEWS_OUT").await.unwrap();
    let (first, second) = (raw(&context).await, raw(&context).await);
    let stored = |at| publisher.store(key("a"), at, None, story_at("a", at));
    assert_eq!(stored(&first).await.unwrap(), Stored::Now(1));
    // Its worker may die here: the story says whose it is.
    let before = Stored::Before { sequence: 1, subject: story("a", 1).subject };
    assert_eq!(stored(&first).await.unwrap(), before);
    assert_eq!(stored(&second).await.unwrap(), Stored::Repeat { raw_seq: 1 });
    publisher.remember(key("a"), &first).await.unwrap();
    out.purge().await.unwrap();
    // Whether its own message was acknowledged, or stays in a raw stream that keeps what was settled.
    let repeat = Stored::Repeat { raw_seq: 1 };
    assert_eq!(stored(&second).await.unwrap(), repeat);
    assert_eq!(stored(&first).await.unwrap(), repeat);
    assert_eq!(publisher.look(key("a"), &first, None).await.unwrap(), Some(repeat.clone()));
    settle(&context, &first).await;
    assert_eq!(stored(&second).await.unwrap(), repeat);
    publisher.remember(key("a"), &second).await.unwrap();
    let guard = context.get_stream("NEWS_OUT_GUARD").await.unwrap();
    assert_eq!(guard.cached_info().state.messages, 1);
}

#[tokio::test]
async fn purged_messages_become_stories_when_resent() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let out = context.get_stream("NEWS_OUT").await.unwrap();
    let mut config = out.cached_info().config.clone();
    config.max_messages = 1;
    context.update_stream(&config).await.unwrap();
    let worker = Worker::start(broker.url(), &[]);
    broker.put(&context, &[], long_text(1)).await;
    broker.outcomes(&context, 1).await;
    broker.put(&context, &[], long_text(2)).await;
    worker.logged("out_blocked").await;
    // What waits for room is given up, and sent again when there is some.
    worker.stop().await;
    context.get_stream("NEWS_RAW").await.unwrap().purge().await.unwrap();
    config.max_messages = -1;
    context.update_stream(&config).await.unwrap();
    let worker = Worker::start(broker.url(), &[]);
    for _ in 0..2 {
        broker.put(&context, &[], long_text(2)).await;
    }
    broker.drained(&context).await;
    assert_eq!(broker.outcomes(&context, 2).await.len(), 2);
    let guard = context.get_stream("NEWS_OUT_GUARD").await.unwrap();
    assert_eq!(guard.cached_info().state.messages, 2);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn claim_without_story_never_blocks_its_own_message() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    let (first, second) = (raw(&context).await, raw(&context).await);
    claim(&context, "a", &first).await;
    let stored = |at| publisher.store(key("a"), at, None, story_at("a", at));
    assert_eq!(stored(&first).await.unwrap(), Stored::Now(1));
    // A mark takes its place.
    publisher.remember(key("a"), &first).await.unwrap();
    context.get_stream("NEWS_OUT").await.unwrap().purge().await.unwrap();
    for at in [&first, &second] {
        assert_eq!(stored(at).await.unwrap(), Stored::Repeat { raw_seq: 1 });
    }
}

#[tokio::test]
async fn claim_of_waiting_message_is_free() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    let (dead, other) = (raw(&context).await, raw(&context).await);
    claim(&context, "raw", &dead).await;
    let stored = publisher.store(key("raw"), &other, None, story_at("raw", &other)).await.unwrap();
    assert_eq!(stored, Stored::Now(1));
    // One that was put off is in the retry stream.
    let later = raw(&context).await;
    claim(&context, "retry", &later).await;
    let retry = ScheduledRetry {
        place: &later,
        attempts: 1,
        tried: None,
        provenance: &Provenance::default(),
        incoming: &[],
        body: "{}".into(),
        at: time::OffsetDateTime::now_utc() + Duration::from_secs(600),
        why: "the site is down".to_owned(),
    };
    publisher.schedule(retry).await.unwrap();
    settle(&context, &later).await;
    let stored = publisher.store(key("retry"), &other, None, story_at("retry", &other)).await;
    assert_eq!(stored.unwrap(), Stored::Now(2));
}

#[tokio::test]
async fn failed_key_stays_guarded_after_expiry() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    let (failed, good, again) = (raw(&context).await, raw(&context).await, raw(&context).await);
    publisher.store(key("a"), &failed, None, letter("a", &failed)).await.unwrap();
    let stored = publisher.store(key("a"), &good, None, story_at("a", &good)).await.unwrap();
    assert_eq!(stored, Stored::Now(2));
    publisher.remember(key("a"), &good).await.unwrap();
    settle(&context, &good).await;
    // The story's time is over, and the letter of before is the key's last outcome.
    context.get_stream("NEWS_OUT").await.unwrap().delete_message(2).await.unwrap();
    for replay_of in [None, Some(1)] {
        let stored = publisher.store(key("a"), &again, replay_of, story_at("a", &again)).await;
        assert_eq!(stored.unwrap(), Stored::Repeat { raw_seq: good.sequence }, "{replay_of:?}");
    }
}

#[tokio::test]
async fn a_failure_takes_its_claim_back() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    let (failed, later) = (raw(&context).await, raw(&context).await);
    // A worker died between the claim and the story; the message, delivered again, fails.
    claim(&context, "a", &failed).await;
    publisher.store(key("a"), &failed, None, letter("a", &failed)).await.unwrap();
    settle(&context, &failed).await;
    context.get_stream("NEWS_OUT").await.unwrap().purge().await.unwrap();
    let stored = publisher.store(key("a"), &later, None, story_at("a", &later)).await.unwrap();
    assert_eq!(stored, Stored::Now(2));
    // A mark stays, whoever fails.
    publisher.remember(key("a"), &later).await.unwrap();
    publisher.release_own(key("a"), &failed).await.unwrap();
    publisher.release_own(key("a"), &later).await.unwrap();
    let guard = context.get_stream("NEWS_OUT_GUARD").await.unwrap();
    assert_eq!(guard.cached_info().state.messages, 1);
}

#[tokio::test]
async fn story_follows_later_messages_failure() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    let (slow, gone, again) = (raw(&context).await, raw(&context).await, raw(&context).await);
    publisher.store(key("a"), &gone, None, letter("a", &gone)).await.unwrap();
    settle(&context, &gone).await;
    let stored = publisher.store(key("a"), &slow, None, story_at("a", &slow)).await.unwrap();
    assert_eq!(stored, Stored::Now(2));
    settle(&context, &slow).await;
    let stored = publisher.store(key("a"), &again, None, story_at("a", &again)).await.unwrap();
    assert!(matches!(stored, Stored::Repeat { .. }), "{stored:?}");
    // The failure of an earlier message says nothing of the key.
    publisher.store(key("b"), &gone, None, letter("b", &gone)).await.unwrap();
    let stored = publisher.store(key("b"), &slow, None, letter("b", &slow)).await.unwrap();
    assert!(matches!(stored, Stored::Repeat { .. }), "{stored:?}");
}

#[tokio::test]
async fn claim_of_recreated_raw_stream_needs_older_outcomes() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    let lost = place(7);
    claim(&context, "a", &lost).await;
    claim(&context, "b", &lost).await;
    let sent_again = raw(&context).await;
    // An out stream that holds nothing does not say that the story was there.
    let at = &sent_again;
    let stored = publisher.store(key("a"), at, None, story_at("a", at)).await.unwrap();
    assert_eq!(stored, Stored::Now(1));
    // One that does not reach back to the claim does, as far as it has forgotten anything.
    claim(&context, "c", &lost).await;
    let stored = publisher.store(key("c"), at, None, story_at("c", at)).await.unwrap();
    assert_eq!(stored, Stored::Now(2));
    context.get_stream("NEWS_OUT").await.unwrap().delete_message(1).await.unwrap();
    let stored = publisher.store(key("b"), at, None, story_at("b", at)).await.unwrap();
    assert_eq!(stored, Stored::Repeat { raw_seq: 7 });
}

#[tokio::test]
async fn blocked_guard_stream_is_named() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    worker.logged("duplicates_ready").await;
    context.delete_stream("NEWS_OUT_GUARD").await.unwrap();
    broker.put(&context, &[], long_text(1)).await;
    let said = worker.logged("out_blocked").await;
    assert_eq!(said["stream"], "NEWS_OUT_GUARD", "{said}");
    broker.provision().await;
    assert_eq!(broker.outcomes(&context, 1).await.len(), 1);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn what_is_no_story_leaves_no_mark() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let publisher = publisher(&context, Settings::default()).await;
    let limit = context.client().server_info().max_payload;
    let refused = publisher.store(key("a"), &place(1), None, story("a", limit)).await;
    assert!(matches!(refused, Err(Error::TooLarge { .. })), "{refused:?}");
    let guard = context.get_stream("NEWS_OUT_GUARD").await.unwrap();
    assert_eq!(guard.cached_info().state.messages, 0);
    // Nor does a failure, or one that repeats it: a later message may replace both.
    publisher.store(key("a"), &place(2), None, letter("a", &place(2))).await.unwrap();
    let repeated =
        publisher.store(key("a"), &place(1), None, letter("a", &place(1))).await.unwrap();
    assert_eq!(repeated, Stored::Repeat { raw_seq: 2 });
    let stored = publisher.store(key("a"), &place(3), None, story("a", 100)).await.unwrap();
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
