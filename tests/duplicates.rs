//! Copies in a group of workers: the log of what was seen, on a real broker.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

mod support;

use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy};
use futures_util::StreamExt as _;
use news_ingest::model::{Copy, Identity, Key, Relation, StoryId};
use news_ingest::state::{Comparison, DuplicateLog, LogPlace, Seen, SeenEntry, Window};
use news_ingest::tag::fingerprint::Sketch;
use rustix::process::Signal;
use support::broker::{Broker, Stored};
use support::worker::Worker;

/// Long enough to be told from others, and other words for each `seed`.
fn text(seed: u32) -> String {
    let sentence = |n: u32| {
        format!(
            "The quarry of district{seed} sold {n} loads of stone{seed} to builder{n} and kept the rest for \
             road{} which crosses valley{n} near mill{seed}.",
            n * 7 + seed
        )
    };
    (1..20).map(sentence).collect::<Vec<_>>().join(" ")
}

fn message(id: &str, text: &str) -> String {
    serde_json::json!({"id": id, "title": "Stone for the roads", "text": text}).to_string()
}

fn key(id: &str) -> Key {
    Identity::new(StoryId::new(id).unwrap(), None).key()
}

/// What a worker that dies before it publishes leaves behind.
async fn entered(context: &async_nats::jetstream::Context, id: &str, text: &str) {
    let sketch = Sketch::of(text).0.to_bytes();
    let entry = SeenEntry {
        key: key(id),
        unrevised: None,
        page: None,
        drops_copies: false,
        sketch: &sketch,
    };
    let appended = context.publish("news.seen.log", entry.to_bytes().into()).await.unwrap();
    appended.await.unwrap();
}

fn duplicate_of(story: &Stored) -> Option<String> {
    story.json()["tags"]["duplicateOf"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn one_of_hundred_copies_is_first_despite_kills() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let mut workers: Vec<Worker> = (0..4).map(|_| Worker::start(broker.url(), &[])).collect();
    for worker in &workers {
        worker.logged("duplicates_ready").await;
    }
    let text = text(1);
    for copy in 0..100 {
        broker.put(&context, &[], message(&format!("copy:{copy}"), &text)).await;
    }
    for (killed, done) in [1, 20, 40].into_iter().enumerate() {
        broker.outcomes(&context, done).await;
        workers[killed].signal(Signal::KILL);
        workers[killed] = Worker::start(broker.url(), &[]);
    }
    let outcomes = broker.outcomes(&context, 100).await;
    broker.drained(&context).await;
    let firsts: Vec<_> = outcomes.iter().filter(|story| duplicate_of(story).is_none()).collect();
    assert_eq!((outcomes.len(), firsts.len()), (100, 1));
    let first = firsts[0].key();
    assert!(outcomes.iter().filter_map(duplicate_of).all(|of| of == first));
}

#[tokio::test]
async fn a_dead_workers_story_holds_no_copy_up() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    entered(&context, "dead", &text(2)).await;
    // It was entered before the worker began.
    let worker = Worker::start(broker.url(), &[]);
    let ready = worker.logged("duplicates_ready").await;
    assert_eq!(ready["stories"], 1, "{ready}");
    broker.put(&context, &[], message("warm", &text(3))).await;
    broker.outcomes(&context, 1).await;
    let begun = Instant::now();
    broker.put(&context, &[], message("copy", &text(2))).await;
    let outcomes = broker.outcomes(&context, 2).await;
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(duplicate_of(&outcomes[1]), Some(key("dead").to_string()));
    // The dead worker's message comes again.
    broker.put(&context, &[], message("dead", &text(2))).await;
    let outcomes = broker.outcomes(&context, 3).await;
    assert_eq!(duplicate_of(&outcomes[2]), None);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn copies_are_dropped_only_after_original_is_stored() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    entered(&context, "dead", &text(4)).await;
    let worker = Worker::start(broker.url(), &[("PUBLISH__DUPLICATES", "skip")]);
    broker.put(&context, &[], message("of the dead".replace(' ', "-").as_str(), &text(4))).await;
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(outcomes[0].subject.starts_with("news.story."), "{}", outcomes[0].subject);
    assert_eq!(duplicate_of(&outcomes[0]), Some(key("dead").to_string()));
    broker.put(&context, &[], message("first", &text(5))).await;
    broker.outcomes(&context, 2).await;
    broker.put(&context, &[], message("second", &text(5))).await;
    let outcomes = broker.outcomes(&context, 3).await;
    assert!(outcomes[2].subject.starts_with("news.skipped.tag.duplicate."), "{:?}", outcomes[2]);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn corrections_are_updates_and_are_published() {
    for policy in ["skip", "mark"] {
        let broker = Broker::provisioned().await;
        let context = broker.context().await;
        let worker = Worker::start(broker.url(), &[("PUBLISH__DUPLICATES", policy)]);
        let corrected = text(6).replace("sold 19 loads", "sold 190 loads");
        assert_ne!(corrected, text(6));
        let moved = |at: &str| serde_json::json!({"url": format!("https://www.ex.test/{at}")});
        // A figure, a headline alone, another address; then nothing that we can see.
        let states = [
            (None, "Stone for the roads", text(6), moved("a")),
            (Some("2"), "Stone for the roads", corrected.clone(), moved("a")),
            (Some("3"), "No stone for the roads", corrected.clone(), moved("a")),
            (Some("4"), "No stone for the roads", corrected.clone(), moved("b")),
            (Some("5"), "No stone for the roads", corrected.clone(), serde_json::json!({})),
        ];
        for (sent, (revision, title, text, mut message)) in states.into_iter().enumerate() {
            message["id"] = "quarry".into();
            message["revision"] = revision.into();
            message["title"] = title.into();
            message["text"] = text.into();
            broker.put(&context, &[], message.to_string()).await;
            broker.outcomes(&context, sent + 1).await;
        }
        broker.put(&context, &[], message("elsewhere", &corrected)).await;
        let outcomes = broker.outcomes(&context, 6).await;
        let first = outcomes[0].key();
        for (number, outcome) in outcomes[1..5].iter().enumerate() {
            assert!(outcome.subject.starts_with("news.story."), "{policy} {}", outcome.subject);
            let record = outcome.json();
            let tags = &record["tags"];
            assert_eq!(tags["relation"], "update", "{policy} {number}");
            assert_eq!(tags["duplicateOf"], first, "{policy} {number}");
        }
        let is_copy = if policy == "skip" {
            outcomes[5].subject.starts_with("news.skipped.tag.duplicate.")
        } else {
            outcomes[5].json()["tags"]["relation"] == "duplicate"
        };
        assert!(is_copy, "{policy} {}", outcomes[5].subject);
        assert!(worker.stop().await.success());
    }
}

#[tokio::test]
async fn the_log_tells_what_it_has_seen() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    // Texts are alike where they are one.
    let comparison = Comparison {
        lookups: |sketch| Some(vec![u64::from(*sketch.first()?)]),
        relate: |mine, theirs, _| (mine == theirs).then_some(Relation::Duplicate),
    };
    let entry = |id, sketch| SeenEntry {
        key: key(id),
        unrevised: None,
        page: None,
        drops_copies: false,
        sketch,
    };
    for (id, sketch) in [("a", b"A"), ("b", b"B")] {
        let appended = context.publish("news.seen.log", entry(id, sketch).to_bytes().into());
        appended.await.unwrap().await.unwrap();
    }
    let place = LogPlace { stream: "NEWS_SEEN".to_owned(), subject: "news.seen.log".to_owned() };
    let window = Window { age: Duration::from_secs(3600), bytes: 16 << 20 };
    let log = DuplicateLog::new(context.clone(), place, window, comparison);
    assert_eq!(log.append_and_compare(entry("early", b"E")).await, Seen::Unknown);
    let (_made_anew, connects) = tokio::sync::watch::channel(0);
    let following = tokio::spawn({
        let log = log.clone();
        async move { log.follow(connects).await }
    });
    assert_eq!(log.ready(Duration::from_secs(10)).await, Ok(3));
    let (stories, bytes) = log.size();
    assert!(stories == 3 && bytes > 1 << 20, "{stories} {bytes}");
    let seen = context.get_stream("NEWS_SEEN").await.unwrap();
    let reader = seen.consumers().next().await.unwrap().unwrap().config;
    assert!(reader.name.unwrap().starts_with("seen-") && reader.description.is_some());
    // Nothing is acknowledged: more than a consumer holds unacknowledged is read all the same.
    assert_eq!(
        (reader.ack_policy, reader.filter_subject.as_str()),
        (AckPolicy::None, "news.seen.log")
    );
    assert_eq!(reader.deliver_policy, DeliverPolicy::ByStartSequence { start_sequence: 1 });
    assert_eq!((reader.memory_storage, reader.num_replicas), (true, 1));
    assert_eq!(reader.inactive_threshold, Duration::from_secs(60));
    let copy = |of| Seen::Copy(Copy { of: key(of), relation: Relation::Duplicate });
    assert_eq!(log.append_and_compare(entry("c", b"A")).await, copy("a"));
    assert_eq!(log.append_and_compare(entry("d", b"D")).await, Seen::First);
    log.withdraw(key("d")).await;
    assert_eq!(log.append_and_compare(entry("e", b"D")).await, Seen::First);
    assert_eq!(log.age(key("none")), None);
    // A broker that is frozen for a while answers late, and not too late.
    broker.signal(Signal::STOP);
    let asked = tokio::spawn({
        let log = log.clone();
        async move {
            let late = SeenEntry {
                key: key("late"),
                unrevised: None,
                page: None,
                drops_copies: false,
                sketch: b"A",
            };
            log.append_and_compare(late).await
        }
    });
    tokio::time::sleep(Duration::from_secs(2)).await;
    broker.signal(Signal::CONT);
    assert_eq!(asked.await.unwrap(), copy("a"));
    assert_eq!(log.append_and_compare(entry("last", b"L")).await, Seen::First);
    assert!(log.age(key("a")).is_some_and(|age| (2..600).contains(&age.as_secs())));
    following.abort();
}

#[tokio::test]
async fn entries_at_once_share_messages_in_order() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let comparison = Comparison {
        lookups: |sketch| Some(vec![u64::from(*sketch.first()?)]),
        relate: |mine, theirs, _| (mine == theirs).then_some(Relation::Duplicate),
    };
    let mut logs = Vec::new();
    let (_made_anew, connects) = tokio::sync::watch::channel(0);
    let mut following = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let place =
            LogPlace { stream: "NEWS_SEEN".to_owned(), subject: "news.seen.log".to_owned() };
        let window = Window { age: Duration::from_secs(3600), bytes: 16 << 20 };
        let log = DuplicateLog::new(context.clone(), place, window, comparison);
        let (followed, connects) = (log.clone(), connects.clone());
        following.spawn(async move { followed.follow(connects).await });
        log.ready(Duration::from_secs(10)).await.unwrap();
        logs.push(log);
    }
    // Fifty copies of each of four texts, from two workers at once.
    let mut appended = tokio::task::JoinSet::new();
    for n in 0..200_u8 {
        let log = logs[usize::from(n % 2)].clone();
        appended.spawn(async move {
            let sketch = [n % 4];
            let id = format!("copy:{n}");
            let entry = SeenEntry {
                key: key(&id),
                unrevised: None,
                page: None,
                drops_copies: false,
                sketch: &sketch,
            };
            (n % 4, key(&id), log.append_and_compare(entry).await)
        });
    }
    let answers = appended.join_all().await;
    for text in 0..4 {
        let of_text = || answers.iter().filter(|(of, ..)| *of == text);
        let firsts: Vec<Key> =
            of_text().filter(|(.., seen)| *seen == Seen::First).map(|(_, key, _)| *key).collect();
        assert_eq!(firsts.len(), 1, "{text}: {answers:?}");
        let copy = Seen::Copy(Copy { of: firsts[0], relation: Relation::Duplicate });
        assert_eq!(of_text().filter(|(.., seen)| *seen == copy).count(), 49, "{text}");
    }
    let mut seen = context.get_stream("NEWS_SEEN").await.unwrap();
    let messages = seen.info().await.unwrap().state.messages;
    assert!((2..=100).contains(&messages), "{messages} messages for 200 entries");
    following.shutdown().await;
}

#[tokio::test]
async fn what_is_not_published_is_nobodys_original() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    worker.logged("duplicates_ready").await;
    // Its record is larger than a message may be; the raw message is compressed.
    let mut large: serde_json::Value = serde_json::from_str(&message("large", &text(9))).unwrap();
    large["meta"] = serde_json::json!({"note": "a".repeat(2 << 20)});
    let body = zstd::encode_all(large.to_string().as_bytes(), 1).unwrap();
    broker.put(&context, &[("Content-Encoding", "zstd")], body).await;
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(outcomes[0].subject.starts_with("news.dlq.publish.too_large."), "{:?}", outcomes[0]);
    broker.put(&context, &[], message("small", &text(9))).await;
    let outcomes = broker.outcomes(&context, 2).await;
    assert_eq!(duplicate_of(&outcomes[1]), None);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn story_that_fails_later_is_nobodys_original() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    // What a worker leaves that dies before it publishes; the message itself can be no story any more.
    entered(&context, "gone", &text(11)).await;
    broker.put(&context, &[], r#"{"id": "gone", "url": "ftp:/"}"#).await;
    let worker = Worker::start(broker.url(), &[]);
    broker.outcomes(&context, 1).await;
    broker.drained(&context).await;
    broker.put(&context, &[], message("next", &text(11))).await;
    let outcomes = broker.outcomes(&context, 2).await;
    assert!(outcomes[0].subject.starts_with("news.dlq."), "{:?}", outcomes[0]);
    assert_eq!(duplicate_of(&outcomes[1]), None);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn the_log_says_whether_copies_are_dropped() {
    for (duplicates, drops_copies) in [("mark", false), ("skip", true)] {
        let broker = Broker::provisioned().await;
        let context = broker.context().await;
        let worker = Worker::start(broker.url(), &[("PUBLISH__DUPLICATES", duplicates)]);
        worker.logged("duplicates_ready").await;
        broker.put(&context, &[], message("a", &text(10))).await;
        broker.outcomes(&context, 1).await;
        let seen = context.get_stream("NEWS_SEEN").await.unwrap();
        let entry = seen.get_raw_message(1).await.unwrap().payload;
        let sketch = Sketch::of(&text(10)).0.to_bytes();
        let expected =
            SeenEntry { key: key("a"), unrevised: None, page: None, drops_copies, sketch: &sketch };
        // Version, flags and key; the text of the article is not quite that of the message.
        assert_eq!(entry[..19], expected.to_bytes()[..19], "{duplicates}");
        assert!(worker.stop().await.success());
    }
}

#[tokio::test]
async fn without_log_stories_are_unmarked_and_worker_warns() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    context.delete_stream("NEWS_SEEN").await.unwrap();
    let worker = Worker::start(broker.url(), &[]);
    let said = worker.logged("duplicates_unknown").await;
    assert_eq!(said["level"], "WARN", "{said}");
    broker.put(&context, &[], message("a", &text(6))).await;
    broker.put(&context, &[], message("b", &text(6))).await;
    let outcomes = broker.outcomes(&context, 2).await;
    assert!(outcomes.iter().all(|story| duplicate_of(story).is_none()));
    // Once it is there it is read without a restart.
    broker.provision().await;
    entered(&context, "c", &text(6)).await;
    for round in 0.. {
        broker.put(&context, &[], message(&format!("d:{round}"), &text(6))).await;
        let outcomes = broker.outcomes(&context, 3 + round).await;
        if duplicate_of(&outcomes[2 + round]).is_some() {
            break;
        }
        assert!(round < 200, "the log is not read");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn recreated_log_is_read_on() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    worker.logged("duplicates_ready").await;
    broker.put(&context, &[], message("a", &text(7))).await;
    broker.outcomes(&context, 1).await;
    context.delete_stream("NEWS_SEEN").await.unwrap();
    broker.provision().await;
    // What was known stays known, and nothing is lost.
    broker.put(&context, &[], message("b", &text(7))).await;
    broker.put(&context, &[], message("c", &text(8))).await;
    broker.outcomes(&context, 3).await;
    broker.put(&context, &[], message("e", &text(7))).await;
    let outcomes = broker.outcomes(&context, 4).await;
    assert_eq!(duplicate_of(&outcomes[3]), Some(key("a").to_string()));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn lost_seen_stories_log_is_reported_and_rejoined() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    worker.logged("duplicates_ready").await;
    context.delete_stream("NEWS_SEEN").await.unwrap();
    let said = worker.logged("duplicates_unknown").await;
    assert!(said["reason"].as_str().unwrap().contains("NEWS_SEEN does not exist"), "{said}");
    assert!(worker.stop().await.success());
}
