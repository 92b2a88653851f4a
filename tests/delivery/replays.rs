//! Replays of dead letters, by operators who also do other things.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::support::broker::{Broker, free_port, subjects};
use super::support::site::{Request, Site, html, reply, story};
use super::support::worker::{Worker, program};
use super::{link, text};

#[tokio::test]
async fn replay_ends_though_dead_letter_purged_or_expired() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    broker.put(&context, &[], r#"{"id": "x"}"#).await;
    let letter = broker.outcomes(&context, 1).await.remove(0);
    broker.drained(&context).await;
    assert!(worker.stop().await.success());
    let sequence = letter.sequence.to_string();
    broker.put(&context, &[("News-Replay-Of", &sequence)], text("x")).await;
    let out = context.get_stream("NEWS_OUT").await.unwrap();
    out.delete_message(letter.sequence).await.unwrap();
    let worker = Worker::start(broker.url(), &[]);
    broker.drained(&context).await;
    let outcomes = broker.outcomes(&context, 1).await;
    assert_eq!(outcomes.len(), 1, "{:?}", subjects(&outcomes));
    assert!(outcomes[0].subject.starts_with("news.story."), "{}", outcomes[0].subject);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn replay_naming_a_story_does_not_republish_it() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    broker.put(&context, &[], text("x")).await;
    let story = broker.outcomes(&context, 1).await.remove(0);
    let sequence = story.sequence.to_string();
    broker.put(&context, &[("News-Replay-Of", &sequence)], text("x")).await;
    broker.drained(&context).await;
    assert_eq!(broker.outcomes(&context, 1).await.len(), 1);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn dead_letters_replay_by_stage_code_key_age() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let worker = Worker::start(broker.url(), &[]);
    broker.put(&context, &[], r#"{"id": "empty"}"#).await;
    broker.put(&context, &[], r#"{"id": "typed", "url": 7}"#).await;
    let letters = broker.outcomes(&context, 2).await;
    assert!(worker.stop().await.success());
    let dlq = async |args: &[&str]| {
        let mut command = program();
        command.arg("dlq").args(args).env("NEWS_INGEST__NATS__URL", broker.url());
        let output = command.output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let empty = letters.iter().find(|letter| letter.subject.contains("no_content")).unwrap();
    let typed = letters.iter().find(|letter| letter.subject.contains("wrong_type")).unwrap();
    for (filter, with_empty, with_typed) in [
        (vec![], true, true),
        (vec!["--stage", "intake"], true, true),
        (vec!["--stage", "fetch"], false, false),
        (vec!["--code", "no_content"], true, false),
        (vec!["--key", typed.key()], false, true),
        (vec!["--older-than", "1"], false, false),
        (vec!["--newer-than", "1"], true, true),
        (vec!["--code", "wrong_type", "--key", empty.key()], false, false),
    ] {
        let listed = dlq(&[&["list"][..], &filter].concat()).await;
        assert_eq!(listed.contains(empty.key()), with_empty, "{filter:?}: {listed}");
        assert_eq!(listed.contains(typed.key()), with_typed, "{filter:?}: {listed}");
        let count = usize::from(with_empty) + usize::from(with_typed);
        let planned = dlq(&[&["replay", "--dry-run"][..], &filter].concat()).await;
        assert!(planned.contains(&format!("{count} would be")), "{filter:?}: {planned}");
    }
    assert_eq!(dlq(&["list", "--limit", "1"]).await.lines().count(), 1);
    assert_eq!(broker.raw_left(&context).await, 0, "a dry run sends nothing");
    let said = dlq(&["replay", "--rate", "5"]).await;
    assert!(said.contains("2 replayed"), "{said}");
    assert_eq!(broker.raw_left(&context).await, 2);
}

/// What `/metrics` answers.
async fn metrics(port: u16) -> String {
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = b"GET /metrics HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn skipped_stories_are_replayed_by_host() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let lets_in = Arc::new(AtomicBool::new(false));
    let door = Arc::clone(&lets_in);
    let site = Site::start_at("127.0.0.31:0", move |r: &Request| match r.path.as_str() {
        "/robots.txt" => reply(404, &[], ""),
        _ if door.load(Ordering::SeqCst) => html(story("Let in")),
        _ => reply(403, &[], ""),
    })
    .await;
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let settings = [
        ("FETCH__HOST_CONCURRENCY", "1"),
        ("FETCH__REFUSALS_BEFORE_PAUSE", "2"),
        ("FETCH__REFUSAL_PAUSE_SECS", "4"),
        ("HTTP__LISTEN", listen.as_str()),
    ];
    let worker = Worker::start(broker.url(), &settings);
    for n in 0..6 {
        broker.put(&context, &[], link(&format!("s{n}"), &site.url(&format!("/{n}")))).await;
    }
    let told = worker.logged("host_refuses").await;
    lets_in.store(true, Ordering::SeqCst);
    let said = told["message"].as_str().unwrap();
    for part in ["127.0.0.31 refused 2 requests", "its stories wait", "--skipped --host 127.0.0.31"]
    {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!((&told["level"], &told["code"]), (&"WARN".into(), &"fetch.refused".into()));
    let outcomes = broker.outcomes(&context, 6).await;
    let count = |kind: &str| outcomes.iter().filter(|o| o.subject.starts_with(kind)).count();
    // Two were refused; the others waited, were tried again, and no attempt was counted.
    assert_eq!((count("news.skipped.fetch.refused."), count("news.story.")), (2, 4));
    worker.logged("host_lets_in").await;
    let lines = worker.lines();
    let stories: Vec<_> = lines.iter().filter(|line| line["event"] == "story").collect();
    assert!(stories.iter().all(|line| line["attempt"] == 1), "{stories:?}");
    let metrics = metrics(port).await;
    assert!(metrics.contains("news_ingest_refused_total 2"), "{metrics}");
    // Another host's stories are left as they are.
    for (host, replayed) in [("127.0.0.32", "0 replayed"), ("127.0.0.31", "2 replayed")] {
        let mut command = program();
        command.args(["dlq", "replay", "--skipped", "--host", host]);
        let output = command.env("NEWS_INGEST__NATS__URL", broker.url()).output().await.unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && said.contains(replayed), "{said}");
    }
    let outcomes = broker.outcomes(&context, 8).await;
    assert_eq!(outcomes.iter().filter(|o| o.subject.starts_with("news.story.")).count(), 6);
    assert!(worker.stop().await.success());
}

/// Headers and body of a message.
type Form = (Vec<(&'static str, String)>, Vec<u8>);

/// A message that names a page, in each form that a producer may give it; the page is gone at first.
fn links_of_every_form(url: &str) -> Vec<Form> {
    let header = |name: &'static str, value: &str| (name, value.to_owned());
    let json = |id: &str| link(id, &format!("{url}/{id}")).into_bytes();
    let event = format!(
        r#"{{"specversion": "1.0", "id": "e1", "source": "urn:desk", "type": "link",
        "datacontenttype": "application/json", "data": {{"url": "{url}/event"}}}}"#
    );
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, &json("gzip")).unwrap();
    vec![
        (vec![], json("json")),
        (vec![header("Content-Type", "text/uri-list")], format!("{url}/list\n").into_bytes()),
        (
            vec![header("Content-Type", "text/uri-list"), header("News-Id", "named")],
            format!("{url}/named\n").into_bytes(),
        ),
        (vec![header("Content-Encoding", "gzip")], gzip.finish().unwrap()),
        (vec![header("Content-Type", "application/cloudevents+json")], event.into_bytes()),
        (
            vec![
                header("ce-specversion", "1.0"),
                header("ce-id", "e2"),
                header("ce-source", "urn:desk"),
                header("ce-type", "link"),
                header("Content-Type", "text/uri-list"),
            ],
            format!("{url}/binary\n").into_bytes(),
        ),
    ]
}

#[tokio::test]
async fn skipped_links_of_every_form_replay_as_stories() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let is_there = Arc::new(AtomicBool::new(false));
    let there = Arc::clone(&is_there);
    let site = Site::start_at("127.0.0.33:0", move |r: &Request| match r.path.as_str() {
        "/robots.txt" => reply(404, &[], ""),
        _ if there.load(Ordering::SeqCst) => html(story("Found")),
        _ => reply(404, &[], ""),
    })
    .await;
    let settings = [("FETCH__HOST_INTERVAL_MS", "0"), ("FETCH__HOST_CONCURRENCY", "8")];
    let worker = Worker::start(broker.url(), &settings);
    let forms = links_of_every_form(&site.url(""));
    for (headers, body) in &forms {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        broker.put(&context, &headers, body.clone()).await;
    }
    let outcomes = broker.outcomes(&context, forms.len()).await;
    let mut skipped: Vec<_> = outcomes.iter().map(|o| o.key().to_owned()).collect();
    assert!(outcomes.iter().all(|o| o.subject.starts_with("news.skipped.")), "{outcomes:?}");
    is_there.store(true, Ordering::SeqCst);
    let mut command = program();
    command.args(["dlq", "replay", "--skipped"]).env("NEWS_INGEST__NATS__URL", broker.url());
    let output = command.output().await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains(&format!("{} replayed", forms.len())), "{said}");
    let outcomes = broker.outcomes(&context, 2 * forms.len()).await;
    let mut stories: Vec<_> = outcomes
        .iter()
        .filter(|o| o.subject.starts_with("news.story."))
        .map(|o| o.key().to_owned())
        .collect();
    skipped.sort();
    stories.sort();
    assert_eq!(stories, skipped, "{:?}", subjects(&outcomes));
    assert!(worker.stop().await.success());
}
