//! `export` against a real broker: every story once in finished files, whatever kills it.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

mod support;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use async_nats::jetstream::Context;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use support::broker::Broker;
use support::worker::program;
use tokio::process::Command;

const MAX_WAIT: Duration = Duration::from_secs(60);

/// An export into `directory` that finishes a file every `records`.
fn export(url: &str, directory: &Path, records: u64) -> Command {
    let mut command = program();
    command.arg("export").arg(directory).arg("--max-records").arg(records.to_string());
    command.env("NEWS_INGEST__NATS__URL", url).kill_on_drop(true);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// An export of what is there; its exit code, standard output and standard error.
async fn export_once(url: &str, directory: &Path, records: u64) -> (i32, String, String) {
    let output = export(url, directory, records).arg("--no-follow").output();
    let output = tokio::time::timeout(MAX_WAIT, output).await.expect("it ends").unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// Stores `count` stories and, between them, outcomes that are no stories.
async fn store(context: &Context, count: usize) {
    stream::iter(0..count)
        .map(|number| async move {
            if number % 7 == 0 {
                let subject = format!("news.skipped.fetch.gone.S{number}");
                context.publish(subject, "{}".into()).await.unwrap().await.unwrap();
            }
            let body = format!(r#"{{"id":"{number}","text":"{}"}}"#, "a story ".repeat(40));
            let subject = format!("news.story.en.none.K{number}");
            context.publish(subject, body.into()).await.unwrap().await.unwrap();
        })
        .buffer_unordered(256)
        .collect::<Vec<()>>()
        .await;
}

fn finished(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "zst"))
        .collect();
    files.sort();
    files
}

/// How often each id is in the finished files.
fn ids(directory: &Path) -> BTreeMap<String, u32> {
    let mut ids = BTreeMap::new();
    for path in finished(directory) {
        let text = zstd::decode_all(File::open(path).unwrap()).unwrap();
        for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let record: Value = serde_json::from_slice(line).unwrap();
            *ids.entry(record["id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    ids
}

#[tokio::test]
async fn kills_neither_lose_nor_double_a_record() {
    const STORIES: usize = 20_000;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    store(&context, STORIES).await;
    let directory = tempfile::tempdir().unwrap();
    for kill in 1..=10 {
        let before = finished(directory.path()).len();
        let mut child = export(broker.url(), directory.path(), 300).spawn().unwrap();
        let more = async {
            // At another place in a file at each kill.
            while finished(directory.path()).len() < before + 1 + kill % 3 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(MAX_WAIT, more).await.expect("files are finished");
        child.kill().await.unwrap();
    }
    assert!(ids(directory.path()).len() < STORIES, "it was killed before its end");
    let (code, out, error) = export_once(broker.url(), directory.path(), 300).await;
    assert_eq!(code, 0, "{error}");
    assert!(out.contains(" records in "), "{out}");
    let ids = ids(directory.path());
    assert_eq!(ids.len(), STORIES);
    assert!(ids.values().all(|times| *times == 1));
    // Once more there is nothing to do.
    let (code, out, _) = export_once(broker.url(), directory.path(), 300).await;
    assert_eq!((code, out.as_str()), (0, "0 records in 0 files\n"));
}

#[tokio::test]
async fn recreated_stream_needs_its_own_directory() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    store(&context, 3).await;
    let directory = tempfile::tempdir().unwrap();
    assert_eq!(export_once(broker.url(), directory.path(), 10).await.0, 0);
    let config = context.get_stream("NEWS_OUT").await.unwrap().cached_info().config.clone();
    context.delete_stream("NEWS_OUT").await.unwrap();
    context.create_stream(config).await.unwrap();
    let (code, _, error) = export_once(broker.url(), directory.path(), 10).await;
    assert_eq!(code, 1);
    assert!(error.contains("a directory of its own"), "{error}");
    assert_eq!(ids(directory.path()).len(), 3);
}

#[tokio::test]
async fn sigterm_finishes_the_open_file() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    store(&context, 5).await;
    let directory = tempfile::tempdir().unwrap();
    let child = export(broker.url(), directory.path(), 1000).spawn().unwrap();
    let part = async {
        let is_part = |name: &str| name.contains(".ndjson") && name.contains(".part");
        while !std::fs::read_dir(directory.path())
            .unwrap()
            .any(|entry| is_part(entry.unwrap().file_name().to_str().unwrap()))
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(MAX_WAIT, part).await.expect("a file is begun");
    let pid = rustix::process::Pid::from_raw(child.id().unwrap().try_into().unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    let output = tokio::time::timeout(MAX_WAIT, child.wait_with_output()).await.unwrap().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!ids(directory.path()).is_empty());
    let rest = finished(directory.path()).len();
    // What was under way comes with the next run, and nothing twice.
    assert_eq!(export_once(broker.url(), directory.path(), 1000).await.0, 0);
    assert!(finished(directory.path()).len() >= rest);
    let ids = ids(directory.path());
    assert_eq!((ids.len(), ids.values().max()), (5, Some(&1)));
}
