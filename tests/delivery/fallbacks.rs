//! Brokers that lack something: servers before 2.12, which schedule nothing, and before 2.11, which
//! know no guard over a filter and no life time of a message; and a broker of today that was not given
//! a retry stream.
//!
//! The old servers are real ones, brought by `make old-servers`; without them their part is skipped.

use std::time::Duration;

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
    for (name, broker) in without_schedules().await {
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
        assert!(message.contains("3 attempts"), "{name}: {message}");
        broker.drained(&context).await;
        assert!(worker.stop().await.success());
    }
}

#[tokio::test]
async fn stories_that_wait_for_a_busy_host_are_not_taken_for_poison() {
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

#[tokio::test]
async fn old_servers_hold_each_story_once_over_every_ending() {
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
        assert_eq!((keys.len(), outcomes.len()), (101, 101), "{version}: none twice");
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
