//! `tail` against a real broker: what is shown, from where, and for how long.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

mod support;

use std::process::Stdio;
use std::time::Duration;

use async_nats::jetstream::Context;
use serde_json::{Value, json};
use support::broker::{Broker, free_port};
use support::worker::program;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const DEADLINE: Duration = Duration::from_secs(30);

fn tail(url: &str, args: &[&str]) -> Command {
    let mut command = program();
    command.arg("tail").args(args).env("NEWS_INGEST__NATS__URL", url);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Exit code, lines of standard output, standard error of a run that ends.
async fn ended(command: &mut Command) -> (i32, Vec<String>, String) {
    let output = tokio::time::timeout(DEADLINE, command.output()).await.expect("it ends").unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    (
        output.status.code().unwrap(),
        lines.lines().map(str::to_owned).collect(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

fn headline(line: &str) -> &str {
    line.split('\t').nth(3).unwrap_or_else(|| panic!("{line:?}"))
}

fn headlines(lines: &[String]) -> Vec<&str> {
    lines.iter().map(|line| headline(line)).collect()
}

/// A `tail` that goes on.
struct Following {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Following {
    /// Starts one and waits until the broker knows of it.
    async fn start(broker: &Broker, context: &Context, args: &[&str]) -> Self {
        let before = consumers(context).await;
        let mut child = tail(broker.url(), args).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for _ in 0..600 {
            if consumers(context).await > before {
                return Self { child, lines };
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("no consumer is made");
    }

    async fn line(&mut self) -> String {
        let line = tokio::time::timeout(DEADLINE, self.lines.next_line()).await;
        line.expect("a line comes").unwrap().expect("it goes on")
    }
}

async fn consumers(context: &Context) -> usize {
    context.get_stream("NEWS_OUT").await.unwrap().cached_info().state.consumer_count
}

fn record(number: u32, language: &str, place: &str) -> Value {
    json!({
        "schema": "news-ingest/record/1", "id": format!("{number}"), "key": format!("K{number}"),
        "item": {
            "headlines": [{"role": "main", "value": format!("Story {number}")}],
            "infoSources": [{"name": "The Courier", "uri": "https://www.courier.example/"}],
        },
        "tags": {
            "language": {"code": language, "confidence": 0.9},
            "topic": "medtop:15000000",
            "topics": [{"code": "medtop:20000822", "name": "sport", "confidence": 80, "why": []}],
            "entities": [{"type": "PLACE", "name": place, "country": "NO"}],
            "custom": {"desks": ["north"]},
        },
    })
}

/// Stores a story as a worker would; its time in the stream.
async fn store(
    context: &Context,
    number: u32,
    language: &str,
    place: &str,
) -> time::OffsetDateTime {
    store_body(context, number, language, record(number, language, place).to_string()).await
}

async fn store_body(
    context: &Context,
    number: u32,
    language: &str,
    body: String,
) -> time::OffsetDateTime {
    let subject = format!("news.story.{language}.sport.K{number}");
    let stored = context.publish(subject, body.into()).await.unwrap().await.unwrap();
    let stream = context.get_stream("NEWS_OUT").await.unwrap();
    stream.get_raw_message(stored.sequence).await.unwrap().time
}

#[tokio::test]
async fn stories_come_as_stored_and_filters_hold() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    store(&context, 0, "en", "Oslo").await;
    broker.put(&context, &[], json!({"text": "not worked on"}).to_string()).await;
    let mut all = Following::start(&broker, &context, &[]).await;
    let args = ["--language", "en,no", "--place", "oslo", "--place", "SE", "--topic", "sport"];
    let more = ["--publisher", "courier.example", "--label", "north", "--entity", "Oslo"];
    let when = ["--when", "not words > 5", "--count", "2"];
    let mut some = Following::start(&broker, &context, &[&args[..], &more, &when].concat()).await;
    let mut english = Following::start(&broker, &context, &["-l", "en", "--json"]).await;
    for (number, language, place) in
        [(1, "en", "Oslo"), (2, "de", "Oslo"), (3, "en", "Bergen"), (4, "no", "Oslo")]
    {
        store(&context, number, language, place).await;
    }
    for number in 1..=4 {
        assert_eq!(headline(&all.line().await), format!("Story {number}"));
    }
    for number in [1, 4] {
        let line = some.line().await;
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields[2..], ["sport", &format!("Story {number}"), "The Courier", "Oslo"]);
    }
    let ended = tokio::time::timeout(DEADLINE, some.child.wait()).await.unwrap().unwrap();
    assert_eq!(ended.code(), Some(0), "--count ends it");
    for (number, place) in [(1, "Oslo"), (3, "Bergen")] {
        let line = english.line().await;
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), record(number, "en", place));
    }
    // The workers' message is where it was: nobody has pulled it.
    let stream = context.get_stream("NEWS_RAW").await.unwrap();
    let durable = stream.consumer_info("news-ingest").await.unwrap();
    assert_eq!(
        (durable.num_pending, durable.num_ack_pending, stream.cached_info().state.messages),
        (1, 0, 1)
    );
}

#[tokio::test]
async fn last_of_stream_without_stories_is_nothing() {
    let broker = Broker::provisioned().await;
    let (code, lines, said) =
        ended(&mut tail(broker.url(), &["--last", "10", "--no-follow"])).await;
    assert_eq!((code, lines.len()), (0, 0), "{said}");
}

#[tokio::test]
async fn last_finds_wanted_stories_however_far_back() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    for number in 0..3 {
        store(&context, number, "en", "Oslo").await;
    }
    for number in 3..200 {
        store(&context, number, "de", "Bonn").await;
    }
    store(&context, 200, "en", "Oslo").await;
    let args = ["--last", "3", "--no-follow", "--place", "Oslo"];
    let (code, lines, said) = ended(&mut tail(broker.url(), &args)).await;
    assert_eq!((code, headlines(&lines)), (0, vec!["Story 1", "Story 2", "Story 200"]), "{said}");
    let (_, lines, _) = ended(&mut tail(broker.url(), &["-n", "2", "--no-follow"])).await;
    assert_eq!(headlines(&lines), ["Story 199", "Story 200"]);
    let args = ["-n", "9", "--place", "Oslo", "--count", "5"];
    let mut following = Following::start(&broker, &context, &args).await;
    for number in [0, 1, 2, 200] {
        assert_eq!(headline(&following.line().await), format!("Story {number}"));
    }
    store(&context, 201, "en", "Oslo").await;
    assert_eq!(headline(&following.line().await), "Story 201");
    let (_, lines, _) =
        ended(&mut tail(broker.url(), &["--place", "Rome", "-n", "1", "--no-follow"])).await;
    assert!(lines.is_empty());
}

#[tokio::test]
async fn since_begins_at_a_time() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    store(&context, 1, "en", "Oslo").await;
    let second = store(&context, 2, "en", "Oslo").await;
    store(&context, 3, "en", "Oslo").await;
    let second = second.format(&time::format_description::well_known::Rfc3339).unwrap();
    let (code, lines, said) =
        ended(&mut tail(broker.url(), &["--since", &second, "--no-follow"])).await;
    assert_eq!((code, headlines(&lines)), (0, vec!["Story 2", "Story 3"]), "{said}");
    let (_, lines, _) = ended(&mut tail(broker.url(), &["--since", "1h", "--count", "1"])).await;
    assert_eq!(headlines(&lines), ["Story 1"]);
    assert_eq!(ended(&mut tail(broker.url(), &["--since", "soon"])).await.0, 2);
}

#[tokio::test]
async fn broker_restart_loses_and_doubles_nothing() {
    let mut broker = Broker::provisioned().await;
    let context = broker.context().await;
    let mut following = Following::start(&broker, &context, &[]).await;
    store(&context, 1, "en", "Oslo").await;
    assert_eq!(headline(&following.line().await), "Story 1");
    for round in 1..=2 {
        broker.kill();
        broker.resume().await;
        let context = broker.context().await;
        for number in [10 * round, 10 * round + 1] {
            store(&context, number, "en", "Oslo").await;
        }
        for number in [10 * round, 10 * round + 1] {
            assert_eq!(headline(&following.line().await), format!("Story {number}"));
        }
    }
    // A consumer that somebody deletes is no end either.
    let context = broker.context().await;
    let stream = context.get_stream("NEWS_OUT").await.unwrap();
    let names: Vec<String> = {
        use futures_util::TryStreamExt as _;
        stream.consumer_names().try_collect().await.unwrap()
    };
    for name in names {
        stream.delete_consumer(&name).await.unwrap();
    }
    store(&context, 30, "en", "Oslo").await;
    assert_eq!(headline(&following.line().await), "Story 30");
}

#[tokio::test]
async fn departed_reader_is_no_error_even_while_idle() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    store(&context, 1, "en", "Oslo").await;
    let mut following = Following::start(&broker, &context, &["--last", "1"]).await;
    assert_eq!(headline(&following.line().await), "Story 1");
    let Following { mut child, lines } = following;
    drop(lines);
    let status = tokio::time::timeout(DEADLINE, child.wait()).await.expect("it ends").unwrap();
    assert_eq!(status.code(), Some(0));
    let output = child.wait_with_output().await.unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn nothing_in_a_story_steers_the_terminal() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let hostile = "\x1b]0;owned\x07\x1b[2J\u{9b}31m\u{202e}x\r\ny";
    let mut story = record(1, "en", hostile);
    story["item"]["headlines"][0]["value"] = hostile.into();
    story["item"]["infoSources"][0]["name"] = hostile.into();
    // As another producer might write it: over several lines.
    store_body(&context, 1, "en", serde_json::to_string_pretty(&story).unwrap()).await;
    store_body(&context, 2, "en", "not JSON \x1b[2J".to_owned()).await;
    for args in [&["-n", "9", "--no-follow"][..], &["-n", "9", "--no-follow", "--json"]] {
        let output = tail(broker.url(), args).output().await.unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().count(), 1, "{text:?}");
        let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t') || c == '\u{202e}';
        assert!(!text.contains(steers), "{text:?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains('\x1b'));
        if args.contains(&"--json") {
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), story);
        }
    }
}

#[tokio::test]
async fn wrong_use_is_reported_with_its_exit_code() {
    let nobody = format!("nats://127.0.0.1:{}", free_port());
    let (code, _, said) = ended(&mut tail(&nobody, &["--when", "langage = en"])).await;
    assert_eq!(code, 2);
    assert!(said.contains("did you mean \"language\"?"), "{said}");
    let (code, _, said) = ended(&mut tail(&nobody, &["--topic", "sports"])).await;
    assert_eq!(code, 2);
    assert!(said.contains("--topic") && said.contains("\"sports\" is no topic"), "{said}");
    assert_eq!(ended(&mut tail(&nobody, &["--last", "1", "--since", "1h"])).await.0, 2);
    assert_eq!(ended(&mut tail(&nobody, &[])).await.0, 69);
    let empty = Broker::start().await;
    let (code, _, said) = ended(&mut tail(empty.url(), &[])).await;
    assert_eq!(code, 69);
    assert!(said.contains("`news-ingest provision` creates it"), "{said}");
}
