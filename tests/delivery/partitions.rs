//! Streams that are split over partitions, and another number of them that takes over.

use async_nats::jetstream::Context;
use async_nats::jetstream::stream::{Config, Source, StorageType, SubjectTransform};
use news_ingest::broker::topology::partitions::number_of;
use news_ingest::broker::topology::{self, Settings};
use std::time::Duration;

use super::support::broker::{Broker, Stored};
use super::support::site::{Request, Site, html, reply, story};
use super::support::worker::{Worker, program};
use super::{key, link, text};

fn settings(partitions: usize, previous: &[usize]) -> Settings {
    let previous_partitions = previous.to_vec();
    Settings { partitions, previous_partitions, ..Settings::default() }
}

async fn messages(context: &Context, stream: &str) -> u64 {
    context.get_stream(stream).await.unwrap().cached_info().state.messages
}

/// The program's standard output.
async fn said(broker: &Broker, environment: &[(&str, &str)], args: &[&str]) -> String {
    let mut command = program();
    command.args(args).env("NEWS_INGEST__NATS__URL", broker.url());
    for (name, value) in environment {
        command.env(format!("NEWS_INGEST__{name}"), value);
    }
    let output = command.output().await.unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn four_partitions_share_outcome_subjects_that_commands_find() {
    const FOUR: [(&str, &str); 1] = [("STREAMS__PARTITIONS", "4")];
    let broker = Broker::start().await;
    broker.provision_with(&settings(4, &[])).await;
    let context = broker.context().await;
    let site = Site::start(|request: &Request| match request.path.as_str() {
        "/robots.txt" => reply(404, &[], ""),
        path => html(story(path)),
    })
    .await;
    let mut lines: Vec<String> = (0..24).map(|n| text(&format!("t{n}"))).collect();
    lines.extend((0..12).map(|n| link(&format!("l{n}"), &site.url(&format!("/{n}")))));
    lines.extend((0..4).map(|n| format!("{{\"id\": \"bad{n}\"}}")));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("in.ndjson");
    std::fs::write(&file, lines.join("\n")).unwrap();
    said(&broker, &FOUR, &["publish", file.to_str().unwrap()]).await;

    let mut of_links = Vec::new();
    let mut waiting = 0;
    for number in 0..4 {
        let stream = context.get_stream(format!("NEWS_RAW_4_{number}")).await.unwrap();
        let state = stream.cached_info().state.clone();
        waiting += state.messages;
        for sequence in 1..=state.last_sequence {
            let message = Stored::from(stream.get_raw_message(sequence).await.unwrap());
            assert_eq!(message.subject, format!("news.part.4.{number}.raw.publish"));
            if message.json()["url"].is_string() {
                of_links.push(number);
            }
        }
    }
    assert_eq!((waiting, messages(&context, "NEWS_RAW").await), (40, 0));
    of_links.dedup();
    assert_eq!(of_links.len(), 1, "links of one host are in one partition");
    // Whoever knows of no partitions is served too.
    broker.put(&context, &[], text("plain")).await;

    // Two workers, each with half of the partitions.
    let halves = ["[0, 1]", "[2, 3]"];
    let workers =
        halves.map(|bind| Worker::start(broker.url(), &[FOUR[0], ("STREAMS__BIND", bind)]));
    let mut outcomes = 0;
    for _ in 0..1200 {
        outcomes = 0;
        for out in settings(4, &[]).out_streams() {
            outcomes += messages(&context, &out).await;
        }
        if outcomes == 41 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(outcomes, 41);
    let mut filled = 0;
    for (number, out) in settings(4, &[]).out_streams().iter().enumerate() {
        let here = usize::try_from(messages(&context, out).await).unwrap();
        filled += usize::from(here > 0);
        for outcome in broker.outcomes_of(&context, out, here).await {
            assert_eq!(number_of(outcome.key(), 4), number);
            let tokens: Vec<&str> = outcome.subject.split('.').collect();
            assert!(matches!(tokens[..], ["news", "story" | "dlq", _, _, _]), "{tokens:?}");
        }
    }
    assert!(filled > 1, "keys spread");
    for worker in workers {
        assert!(worker.stop().await.success());
    }

    let sources = settings(4, &[]).out_streams().into_iter();
    let sources = sources.map(|name| Source { name, ..Source::default() }).collect();
    let all = Config { name: "ALL".to_owned(), sources: Some(sources), ..Config::default() };
    context.create_stream(all).await.unwrap();
    let all = broker.outcomes_of(&context, "ALL", 41).await;
    assert_eq!(all.iter().filter(|one| one.subject.starts_with("news.story.")).count(), 37);

    let letters = said(&broker, &FOUR, &["dlq", "list", "--json"]).await;
    assert_eq!(letters.lines().count(), 4, "{letters}");
    let replayed = said(&broker, &FOUR, &["dlq", "replay", "--key", &key("bad1")]).await;
    assert!(replayed.starts_with("1 replayed"), "{replayed}");
    let told = said(&broker, &FOUR, &["tail", "--json", "--no-follow", "--last", "100"]).await;
    assert_eq!(told.lines().count(), 37, "{told}");
    let found = said(&broker, &FOUR, &["find", "t3", "--json"]).await;
    let stream = format!("NEWS_OUT_4_{}", number_of(&key("t3"), 4));
    assert!(found.contains(&stream), "{found}");
    let directory = dir.path().join("export");
    let written =
        said(&broker, &FOUR, &["export", directory.to_str().unwrap(), "--no-follow"]).await;
    assert!(written.contains("37 records"), "{written}");
    assert!(directory.join(&stream).is_dir());
}

#[tokio::test]
async fn the_server_chooses_the_partitions_that_we_choose() {
    let mapping = r#"mappings { "links.*": "news.part.7.{{partition(7,1)}}.raw.links" }"#;
    let broker = Broker::with_config(mapping.to_owned(), None).await;
    broker.provision_with(&settings(7, &[])).await;
    let context = broker.context().await;
    let config = Config {
        name: "HASH".to_owned(),
        subjects: vec!["hash.*".to_owned()],
        subject_transform: Some(SubjectTransform {
            source: "hash.*".to_owned(),
            destination: "hashed.{{partition(7,1)}}.{{wildcard(1)}}".to_owned(),
        }),
        storage: StorageType::Memory,
        ..Config::default()
    };
    let stream = context.create_stream(config).await.unwrap();
    for number in 0..200 {
        let token = match number % 2 {
            0 => key(&number.to_string()),
            _ => format!("www_paper{number}_example"),
        };
        let ack = context.publish(format!("hash.{token}"), "".into()).await.unwrap();
        let stored = stream.get_raw_message(ack.await.unwrap().sequence).await.unwrap();
        let ours = number_of(&token, 7);
        assert_eq!(stored.subject.as_str(), format!("hashed.{ours}.{token}"));
        // An operator's mapping for producers that know of no partitions.
        let ack = context.publish(format!("links.{token}"), "".into()).await.unwrap();
        assert_eq!(ack.await.unwrap().stream, format!("NEWS_RAW_7_{ours}"));
    }
}

#[tokio::test]
async fn changed_partition_number_takes_over_without_doubling() {
    const TWO: [(&str, &str); 2] =
        [("STREAMS__PARTITIONS", "2"), ("STREAMS__PREVIOUS_PARTITIONS", "[1]")];
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    broker.put(&context, &[], text("a")).await;
    broker.put(&context, &[], r#"{"id": "b"}"#).await;
    broker.outcomes(&context, 2).await;

    let provision = async |settings: &Settings| {
        topology::provision(&context, settings, Duration::from_secs(5), false).await
    };
    let refused = provision(&settings(2, &[])).await.unwrap_err();
    assert!(matches!(refused, topology::Error::InForce(_)), "{refused}");
    provision(&settings(2, &[1])).await.unwrap();
    // Again it changes nothing.
    let again = provision(&settings(2, &[1])).await.unwrap();
    assert!(again.iter().all(|change| change.how == "unchanged"), "{again:?}");

    // A worker of before waits, and is refused when it is started again.
    broker.put(&context, &[], text("c")).await;
    worker.logged("out_blocked").await;
    worker.stop().await;
    let mut refused = Worker::start(broker.url(), &[]);
    assert_eq!(refused.ended().await.code(), Some(69));
    assert!(refused.text().contains("previous_partitions"), "{}", refused.text());

    let worker = Worker::start(broker.url(), &TWO);
    broker.put(&context, &[], text("a")).await;
    broker.put(&context, &[], text("b")).await;
    broker.put(&context, &[], text("b")).await;
    broker.drained(&context).await;
    // What the earlier worker scheduled when it stopped is worked off where it is.
    for _ in 0..400 {
        if messages(&context, "NEWS_RETRY").await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(messages(&context, "NEWS_RETRY").await, 0);
    let mut later = Vec::new();
    for out in settings(2, &[]).out_streams() {
        let here = usize::try_from(messages(&context, &out).await).unwrap();
        later.extend(broker.outcomes_of(&context, &out, here).await);
    }
    let mut keys: Vec<&str> = later.iter().map(Stored::key).collect();
    keys.sort_unstable();
    let mut wanted = [key("b"), key("c")];
    wanted.sort_unstable();
    assert_eq!(keys, wanted, "the story a is told once, the letter b is corrected once");
    let corrected = later.iter().find(|one| one.key() == key("b")).unwrap();
    assert!(corrected.header("News-Replaces").is_some(), "{corrected:?}");
    assert_eq!(broker.outcomes(&context, 2).await.len(), 2, "what was closed stays as it was");
    let letters = said(&broker, &TWO, &["dlq", "list", "--json"]).await;
    assert_eq!(letters, "", "the letter is history");
    assert!(worker.stop().await.success());

    // The way back names what took over.
    let refused = provision(&settings(1, &[])).await.unwrap_err();
    assert!(matches!(refused, topology::Error::InForce(_)), "{refused}");
    provision(&settings(1, &[2])).await.unwrap();
    let worker = Worker::start(broker.url(), &[("STREAMS__PREVIOUS_PARTITIONS", "[2]")]);
    for id in ["a", "b", "c", "d"] {
        broker.put(&context, &[], text(id)).await;
    }
    broker.drained(&context).await;
    let outcomes = broker.outcomes(&context, 3).await;
    assert_eq!(outcomes.len(), 3);
    assert_eq!(outcomes[2].key(), key("d"));
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn last_outcome_counts_after_a_number_returns() {
    const TWO: [(&str, &str); 2] =
        [("STREAMS__PARTITIONS", "2"), ("STREAMS__PREVIOUS_PARTITIONS", "[1]")];
    const ONE: [(&str, &str); 1] = [("STREAMS__PREVIOUS_PARTITIONS", "[2]")];
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let work = async |environment: &[(&str, &str)], messages: [String; 2]| {
        let worker = Worker::start(broker.url(), environment);
        for message in messages {
            broker.put(&context, &[], message).await;
        }
        broker.drained(&context).await;
        assert!(worker.stop().await.success());
    };
    let provision = async |settings: Settings| {
        topology::provision(&context, &settings, Duration::from_secs(5), false).await.unwrap();
    };
    let bad = |id: &str, why: &str| format!(r#"{{"id": "{id}", "url": "{why}"}}"#);
    // A dead letter each; then a story, and another letter.
    work(&[], [bad("mended", "ftp:/1"), bad("broken", "ftp:/1")]).await;
    provision(settings(2, &[1])).await;
    work(&TWO, [text("mended"), bad("broken", "ftp:/2")]).await;
    provision(settings(1, &[2])).await;

    let found = said(&broker, &ONE, &["find", "mended", "--json"]).await;
    assert!(found.contains("\"story\"") && found.contains("NEWS_OUT_2_"), "{found}");
    let letters = said(&broker, &ONE, &["dlq", "list", "--json"]).await;
    assert_eq!(letters.lines().count(), 1, "{letters}");
    let shown = said(&broker, &ONE, &["dlq", "show", &key("broken")]).await;
    assert!(shown.contains("ftp:/2") && !shown.contains("ftp:/1"), "{shown}");
    let replayed = said(&broker, &ONE, &["dlq", "replay"]).await;
    assert!(replayed.starts_with("1 replayed"), "{replayed}");
    assert!(broker.raw(&context).await[0].json()["url"] == "ftp:/2");
}
