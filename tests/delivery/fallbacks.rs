//! Brokers that lack something: servers before 2.12, which schedule nothing, and before 2.11, which
//! know no guard over a filter and no life time of a message; and a broker of today that was not given
//! a retry stream.
//!
//! The old servers are real ones, brought by `make old-servers`; without them their part is skipped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use futures_util::TryStreamExt as _;
use news_ingest::state;
use rustix::process::Signal;

use super::support::broker::{Broker, by_key, old_server_program, subjects};
use super::support::site::{Act, Request, Site, html, reply, story};
use super::support::worker::{Worker, program};
use super::{link, text};

const OLD: [&str; 2] = ["2.10", "2.11"];

/// Each broker that schedules no retries, with what it is called.
async fn without_schedules() -> Vec<(&'static str, Broker)> {
    let mut brokers = vec![("no retry stream", Broker::provisioned().await)];
    brokers[0].1.context().await.delete_stream("NEWS_RETRY").await.unwrap();
    for version in OLD {
        if let Some(program) = old_server_program(version) {
            brokers.push((version, Broker::of(program).await));
            brokers.last().unwrap().1.provision().await;
        }
    }
    brokers
}

#[tokio::test]
async fn failed_attempts_are_counted_over_hand_backs() {
    let site = Site::start(|_: &Request| reply(503, &[], "never")).await;
    for (number, (name, broker)) in without_schedules().await.into_iter().enumerate() {
        let context = broker.context().await;
        broker.put(&context, &[], link("never", &site.url("/a"))).await;
        let settings = [
            ("FETCH__ROBOTS", "false"),
            ("FETCH__CIRCUIT_FAILURES", "100"),
            ("WORKER__MAX_ATTEMPTS", "3"),
            ("WORKER__RETRY_MAX_SECS", "1"),
            ("INTAKE__POISON_DELIVERIES", "2"),
        ];
        let worker = Worker::start(broker.url(), &settings);
        let outcomes = broker.outcomes(&context, 1).await;
        let letter = &outcomes[0];
        assert!(letter.subject.starts_with("news.dlq.fetch."), "{name}: {}", letter.subject);
        let message = letter.header("News-Message").unwrap();
        assert!(message.contains("after 3 attempts"), "{name}: {message}");
        assert_eq!(site.requests().len(), 3 * (number + 1), "{name}");
        // Two deliveries were handed back, and both were failed attempts.
        let bucket = context.get_key_value("news_hosts").await.unwrap();
        let keys: Vec<String> = bucket.keys().await.unwrap().try_collect().await.unwrap();
        let note = keys.iter().find(|key| key.starts_with("back.")).unwrap();
        assert_eq!(bucket.get(note).await.unwrap().unwrap(), "2 2", "{name}");
        broker.drained(&context).await;
        assert!(worker.stop().await.success());
    }
}

#[tokio::test]
async fn a_full_retry_stream_hands_messages_back() {
    let site = Site::start(|_: &Request| reply(503, &[], "never")).await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let settings = [
        ("FETCH__ROBOTS", "false"),
        ("FETCH__CIRCUIT_FAILURES", "100"),
        ("WORKER__RETRY_MIN_SECS", "600"),
        ("WORKER__TOTALS_INTERVAL_SECS", "1"),
        ("STREAMS__RETRY_MAX_MESSAGES", "2"),
    ];
    let worker = Worker::start(broker.url(), &settings);
    let retried = async |id: &str| {
        broker.put(&context, &[], link(id, &site.url("/a"))).await;
        worker.logged_with("story", |line| line["id"] == id && line["outcome"] == "retry").await;
        let retry = context.get_stream("NEWS_RETRY").await.unwrap();
        (retry.cached_info().state.messages, broker.raw_left(&context).await)
    };
    let rounds = async |count: usize| {
        let is_round = |line: &serde_json::Value| line["event"] == "totals";
        let before = worker.lines().into_iter().filter(is_round).count();
        while worker.lines().into_iter().filter(is_round).count() < before + count {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        worker.lines().iter().filter(|line| line["event"] == "retry_stream_full").count()
    };
    assert_eq!(retried("a").await, (1, 0));
    assert_eq!(rounds(2).await, 0, "there is room for one more");
    assert_eq!(retried("b").await, (2, 0));
    assert_eq!(worker.logged("retry_stream_full").await["waiting"], 2);
    assert_eq!(retried("c").await, (2, 1), "it is not scheduled");
    assert_eq!(rounds(2).await, 1, "told once");
    context.get_stream("NEWS_RETRY").await.unwrap().purge().await.unwrap();
    assert_eq!(rounds(2).await, 1);
    assert_eq!(retried("d").await, (1, 1));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn stories_waiting_for_busy_host_are_not_poison() {
    let site = Site::start(|_: &Request| {
        let mut acts = vec![Act::Sleep(Duration::from_millis(50))];
        acts.extend(html(story("In its turn")));
        acts
    })
    .await;
    for (name, broker) in without_schedules().await {
        let context = broker.context().await;
        for number in 0..12 {
            let url = site.url(&format!("/{number}"));
            broker.put(&context, &[], link(&format!("n:{number}"), &url)).await;
        }
        let settings = [
            ("FETCH__ROBOTS", "false"),
            ("FETCH__HOST_CONCURRENCY", "1"),
            ("FETCH__HOST_INTERVAL_MS", "500"),
            ("FETCH__MAX_TURN_WAIT_MS", "0"),
            ("FETCH__MAX_TURN_AHEAD_SECS", "1"),
            ("INTAKE__POISON_DELIVERIES", "2"),
        ];
        let worker = Worker::start(broker.url(), &settings);
        let outcomes = broker.outcomes(&context, 12).await;
        let all = subjects(&outcomes);
        assert!(all.iter().all(|subject| subject.starts_with("news.story.")), "{name}: {all:?}");
        let often = worker
            .lines()
            .iter()
            .any(|line| line["outcome"] == "story" && line["deliveries"].as_u64().unwrap() > 3);
        assert!(often, "{name}: no story was delivered more often than poison may be");
        assert!(worker.stop().await.success());
    }
}

/// Links to a site that fails until it is told otherwise, handed back more often than poison may be delivered.
async fn handed_back_often(broker: &Broker, url: &str) -> (Worker, Site, Arc<AtomicBool>) {
    let is_well = Arc::new(AtomicBool::new(false));
    let site = Site::start({
        let is_well = Arc::clone(&is_well);
        move |_: &Request| match is_well.load(Ordering::Relaxed) {
            true => html(story("Well again")),
            false => reply(503, &[], "later"),
        }
    })
    .await;
    let context = broker.context().await;
    context.delete_stream("NEWS_RETRY").await.unwrap();
    let settings = [
        ("FETCH__ROBOTS", "false"),
        ("FETCH__CIRCUIT_FAILURES", "1000"),
        ("WORKER__MAX_ATTEMPTS", "1000"),
        ("WORKER__RETRY_MAX_SECS", "1"),
        ("NATS__REQUEST_TIMEOUT_SECS", "1"),
        ("INTAKE__POISON_DELIVERIES", "3"),
    ];
    let worker = Worker::start(url, &settings);
    for id in ["n:0", "n:1", "n:2"] {
        broker.put(&context, &[], link(id, &site.url(&format!("/{id}")))).await;
        worker.logged_with("story", |line| line["id"] == id && line["deliveries"] == 6).await;
    }
    (worker, site, is_well)
}

#[tokio::test]
async fn silent_notes_of_returns_make_no_poison() {
    let deny = "\"$KV.news_hosts.>\", \"$JS.API.DIRECT.GET.KV_news_hosts.>\"";
    let silent = format!(
        "{{ user: worker, password: right, permissions: {{ publish: {{ deny: [{deny}] }} }} }}"
    );
    let hears = "{ user: worker, password: right }";
    let mut broker = Broker::with_users(hears).await;
    broker.provision().await;
    let url = broker.url().replace("nats://", "nats://worker:right@");
    let (worker, _site, is_well) = handed_back_often(&broker, &url).await;
    broker.reload_users(&silent);
    worker.logged_with("story", |line| line["code"] == "intake.returns_unknown").await;
    is_well.store(true, Ordering::Relaxed);
    broker.reload_users(hears);
    let outcomes = broker.outcomes(&broker.context().await, 3).await;
    let all = subjects(&outcomes);
    assert!(all.iter().all(|subject| subject.starts_with("news.story.")), "{all:?}");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn lost_notes_of_returns_make_no_poison() {
    let broker = Broker::provisioned().await;
    let (worker, _site, is_well) = handed_back_often(&broker, broker.url()).await;
    let context = broker.context().await;
    context.delete_key_value("news_hosts").await.unwrap();
    state::provision(&context, &state::Settings::default(), 1).await.unwrap();
    // They are handed back under the new notes as well, and as often.
    for id in ["n:0", "n:1", "n:2"] {
        worker.logged_with("story", |line| line["id"] == id && line["deliveries"] == 12).await;
    }
    is_well.store(true, Ordering::Relaxed);
    let outcomes = broker.outcomes(&context, 3).await;
    let all = subjects(&outcomes);
    assert!(all.iter().all(|subject| subject.starts_with("news.story.")), "{all:?}");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn old_servers_hold_each_story_once_despite_endings() {
    for version in OLD {
        let Some(program) = old_server_program(version) else { continue };
        let broker = Broker::of(program).await;
        broker.provision().await;
        let context = broker.context().await;
        // One id as a story and as a dead letter, and many ids raced by two workers.
        broker.put(&context, &[], text("both")).await;
        broker.put(&context, &[], r#"{"id": "both"}"#).await;
        for number in 0..300 {
            let id = format!("n:{}", number % 100);
            broker.put(&context, &[], text(&id)).await;
        }
        let first = Worker::start(broker.url(), &[]);
        let second = Worker::start(broker.url(), &[]);
        broker.drained(&context).await;
        let outcomes = broker.outcomes(&context, 101).await;
        let keys = by_key(&outcomes);
        // The dead letter may have come before the story, which follows it.
        let stories = outcomes.iter().filter(|o| o.subject.starts_with("news.story.")).count();
        assert_eq!((keys.len(), stories), (101, 101), "{version}: none lost, none twice");
        assert!(first.stop().await.success());
        assert!(second.stop().await.success());
    }
}

#[tokio::test]
async fn old_servers_are_provisioned_without_what_they_lack() {
    for version in OLD {
        let Some(server) = old_server_program(version) else { continue };
        let broker = Broker::of(server).await;
        let run = async |args: &[&str]| {
            let mut command = program();
            command.args(args).env("NEWS_INGEST__NATS__URL", broker.url());
            let output = command.output().await.unwrap();
            let text = [output.stdout, output.stderr].concat();
            (output.status.code(), String::from_utf8(text).unwrap())
        };
        let (code, said) = run(&["provision"]).await;
        assert_eq!(code, Some(0), "{said}");
        assert!(!said.contains("NEWS_RETRY"), "{said}");
        let (_, again) = run(&["provision"]).await;
        assert!(!again.contains("created") && !again.contains("updated"), "{again}");
        let (code, said) = run(&["check", "--connect"]).await;
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("2.12 schedules them"), "{said}");
        assert_eq!(said.contains("2.11 lets them expire"), version == "2.10", "{said}");
        assert_eq!(said.contains("guard over a subject filter"), version == "2.10", "{said}");
    }
}

#[tokio::test]
async fn stories_that_wait_through_pauses_are_no_poison() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let out = context.get_stream("NEWS_OUT").await.unwrap();
    let mut config = out.cached_info().config.clone();
    config.max_messages = 1;
    context.update_stream(&config).await.unwrap();
    let worker = Worker::start(broker.url(), &[("INTAKE__POISON_DELIVERIES", "2")]);
    broker.put(&context, &[], text("first")).await;
    broker.outcomes(&context, 1).await;
    broker.put(&context, &[], text("waits")).await;
    worker.logged("out_blocked").await;
    let mut consumer: PullConsumer =
        context.get_consumer_from_stream("news-ingest", "NEWS_RAW").await.unwrap();
    for pauses in 1..=2 {
        // For longer than the ack wait: the message is due again, to the worker that has it in hand.
        worker.signal(Signal::STOP);
        tokio::time::sleep(Duration::from_secs(6)).await;
        worker.signal(Signal::CONT);
        let mut delivered = 0;
        for _ in 0..200 {
            delivered = consumer.info().await.unwrap().delivered.consumer_sequence;
            if delivered >= 2 + pauses {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(delivered >= 2 + pauses, "{delivered} deliveries");
    }
    config.max_messages = -1;
    context.update_stream(&config).await.unwrap();
    let outcomes = broker.outcomes(&context, 2).await;
    broker.drained(&context).await;
    let all = subjects(&outcomes);
    assert!(all.iter().all(|subject| subject.starts_with("news.story.")), "{all:?}");
    assert!(worker.stop().await.success());
}
