//! Pages kept by a worker and extracted again from the archive.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

mod support;

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::broker::Broker;
use support::site::{Site, html, redirect, reply, story};
use support::worker::{Worker, program};
use tokio::io::AsyncWriteExt as _;

/// Lines of standard output, the exit code and standard error of a `process`.
async fn process(
    args: &[&str],
    settings: &[(&str, &str)],
    input: &str,
) -> (Vec<Value>, i32, String) {
    let mut command = program();
    command.arg("process").args(args).stdin(std::process::Stdio::piped());
    command.env("NEWS_INGEST__FETCH__ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]");
    command.env("NEWS_INGEST__FETCH__ALLOW_PORTS", "[]");
    command.env("NEWS_INGEST__FETCH__HOST_INTERVAL_MS", "0");
    for (name, value) in settings {
        command.env(format!("NEWS_INGEST__{name}"), value);
    }
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    (lines, output.status.code().unwrap(), error)
}

fn archives(directory: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A record without what is of one run.
fn timeless(record: &Value) -> Value {
    let mut record = record.clone();
    for part in ["fetch", "extract"] {
        record[part].as_object_mut().unwrap().retain(|name, _| name != "ms" && name != "fetchedAt");
    }
    record["item"].as_object_mut().unwrap().remove("versionCreated");
    record
}

fn messages(site: &Site) -> String {
    let lines = [
        json!({"id": "a:1", "revision": "2", "url": site.url("/one"), "title": "From the feed",
            "datePublished": "2026-09-20T10:00:00+02:00", "byline": "Anna Berg", "section": "World",
            "keywords": ["harbour"], "publisher": {"name": "The Courier"},
            "meta": {"desk": 7, "exact": 12_345_678_901_234_567_890_u64}}),
        json!({"url": site.url("/moved")}),
        json!({"url": site.url("/gone")}),
    ];
    lines.iter().map(|line| format!("{line}\n")).collect()
}

async fn site() -> Site {
    Site::start(|request| match request.path.as_str() {
        "/gone" => reply(410, &[], ""),
        "/moved" => redirect(301, "/two"),
        path => html(story(&format!("Page {path}"))),
    })
    .await
}

#[tokio::test]
async fn archived_pages_give_the_same_records_again() {
    let site = site().await;
    let directory = tempfile::tempdir().unwrap();
    let archive = [("ARCHIVE__WARC_DIR", directory.path().to_str().unwrap())];
    let (first, code, error) = process(&[], &archive, &messages(&site)).await;
    assert_eq!(code, 0, "{error}");
    let asked = site.requests().len();
    let files = archives(directory.path());
    assert_eq!(files.len(), 1, "{files:?}");
    let file = files[0].to_str().unwrap();
    assert!(file.ends_with(".warc.gz"), "{file}");
    let (again, code, error) = process(&[file], &[], "").await;
    assert_eq!(code, 0, "{error}");
    let records: Vec<_> = first.iter().filter(|line| line.get("item").is_some()).collect();
    assert_eq!((records.len(), again.len()), (2, 2));
    for again in &again {
        let first =
            records.iter().find(|first| first["key"] == again["key"]).expect("the same key");
        assert_eq!(timeless(first), timeless(again));
    }
    assert_eq!(site.requests().len(), asked, "nothing is fetched again");
}

#[tokio::test]
async fn stopped_workers_archive_is_whole_and_processed_again() {
    let (site, broker) = (site().await, Broker::provisioned().await);
    let context = broker.context().await;
    let directory = tempfile::tempdir().unwrap();
    let archive = [("ARCHIVE__WARC_DIR", directory.path().to_str().unwrap())];
    let worker = Worker::start(broker.url(), &archive);
    let message = json!({"id": "n:1", "url": site.url("/one")}).to_string();
    broker.put(&context, &[], message).await;
    let outcomes = broker.outcomes(&context, 1).await;
    assert!(worker.stop().await.success());
    let files = archives(directory.path());
    let file = files[0].to_str().unwrap();
    assert!(files.len() == 1 && file.ends_with(".warc.gz"), "{files:?}");
    let (again, code, error) = process(&[file], &[], "").await;
    assert_eq!(code, 0, "{error}");
    assert_eq!(again[0]["key"], outcomes[0].key());
    assert_eq!(again[0]["item"]["bodies"], outcomes[0].json()["item"]["bodies"]);
}

#[tokio::test]
async fn cut_archive_is_read_to_last_whole_record() {
    let site = site().await;
    let directory = tempfile::tempdir().unwrap();
    let archive = [("ARCHIVE__WARC_DIR", directory.path().to_str().unwrap())];
    process(&[], &archive, &messages(&site)).await;
    let whole = std::fs::read(&archives(directory.path())[0]).unwrap();
    let cut = directory.path().join("cut.warc.gz");
    std::fs::write(&cut, &whole[..whole.len() - 40]).unwrap();
    let (lines, code, error) = process(&[cut.to_str().unwrap()], &[], "").await;
    assert_eq!((lines.len(), code), (1, 1), "{error}");
    assert!(error.contains("cut within its record 5; the 1 pages"), "{error}");
}

#[tokio::test]
async fn other_crawlers_archives_are_read_and_damage_named() {
    let directory = tempfile::tempdir().unwrap();
    let page = story("From elsewhere");
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}");
    let record = |kind: &str, block: &str| {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2020-01-02T03:04:05Z\r\n\
             WARC-Target-URI: https://ex.com/story\r\nContent-Type: application/http; msgtype={kind}\r\n\
             Content-Length: {}\r\n\r\n{block}\r\n\r\n",
            block.len()
        )
    };
    let file = directory.path().join("other.warc");
    let mut text = record("request", "GET /story HTTP/1.1\r\nHost: ex.com\r\n\r\n");
    // What is no page is none here either.
    text.push_str(&record("response", "HTTP/1.1 301 Moved\r\nLocation: /story\r\n\r\n"));
    text.push_str(&record("response", &answer));
    std::fs::write(&file, &text).unwrap();
    let (lines, code, error) = process(&[file.to_str().unwrap()], &[], "").await;
    assert_eq!((lines.len(), code), (1, 0), "{error}");
    assert_eq!(lines[0]["item"]["headlines"][0]["value"], "From elsewhere");
    assert_eq!(lines[0]["fetch"]["fetchedAt"], "2020-01-02T03:04:05Z");
    let mut damaged = std::fs::OpenOptions::new().append(true).open(&file).unwrap();
    damaged.write_all(b"no record\r\n").unwrap();
    let (lines, code, error) = process(&[file.to_str().unwrap()], &[], "").await;
    assert_eq!((lines.len(), code), (1, 1));
    assert!(error.contains("record 4 of the archive: it begins with \"no record\""), "{error}");
}

#[tokio::test]
async fn own_metadata_that_cannot_be_read_is_damage() {
    let site = site().await;
    let directory = tempfile::tempdir().unwrap();
    let archive = [("ARCHIVE__WARC_DIR", directory.path().to_str().unwrap())];
    process(&[], &archive, &messages(&site)).await;
    let mut text = String::new();
    let whole = std::fs::File::open(&archives(directory.path())[0]).unwrap();
    flate2::read::MultiGzDecoder::new(whole).read_to_string(&mut text).unwrap();
    // Of the same length: the first page would be a story of another key.
    let spoilt = text.replacen(r#""hops":"#, r#""hats":"#, 1);
    assert_ne!(spoilt, text);
    let file = directory.path().join("spoilt.warc");
    std::fs::write(&file, spoilt).unwrap();
    let (lines, code, error) = process(&[file.to_str().unwrap()], &[], "").await;
    assert_eq!((lines.len(), code), (0, 1), "{error}");
    assert!(error.contains("metadata of a page: missing field `hops`"), "{error}");
}

#[tokio::test]
async fn page_that_cannot_be_kept_is_no_story() {
    let site = site().await;
    let directory = tempfile::tempdir().unwrap();
    let blocked = directory.path().join("a-file");
    std::fs::write(&blocked, "").unwrap();
    let archive = [("ARCHIVE__WARC_DIR", blocked.to_str().unwrap())];
    let (lines, code, error) = process(&[], &archive, &messages(&site)).await;
    assert_eq!((lines.len(), code), (0, 1));
    assert!(error.contains("a-file"), "{error}");
}

#[test]
fn what_a_killed_process_left_open_is_finished() {
    let directory = tempfile::tempdir().unwrap();
    let left = directory.path().join("news-ingest-20260101T000000Z-1-00001.warc.gz.open");
    std::fs::write(&left, "").unwrap();
    let settings = news_ingest::page_archive::Settings {
        warc_dir: Some(directory.path().to_owned()),
        ..Default::default()
    };
    let _archive = news_ingest::page_archive::PageArchive::open(&settings).unwrap();
    assert_eq!(archives(directory.path()), [left.with_extension("")]);
}

#[tokio::test]
async fn error_pages_of_an_archive_are_no_stories() {
    let directory = tempfile::tempdir().unwrap();
    let page = story("Nothing here");
    for (status, code) in [("404 Not Found", "gone"), ("500 Oops", "server_error")] {
        let block = format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\n\r\n{page}");
        let record = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: 2020-01-02T03:04:05Z\r\n\
             WARC-Target-URI: https://ex.com/story\r\nContent-Type: application/http\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
            block.len()
        );
        let file = directory.path().join("errors.warc");
        std::fs::write(&file, record).unwrap();
        let (lines, _, error) = process(&[file.to_str().unwrap()], &[], "").await;
        assert_eq!(lines.len(), 1, "{error}");
        assert!(lines[0].to_string().contains(code) && lines[0]["item"].is_null(), "{}", lines[0]);
    }
}

#[tokio::test]
async fn page_without_readable_time_is_of_its_servers() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("times.warc");
    for (date, fetched) in
        [("Date: Fri, 03 Jan 2020 04:05:06 GMT\r\n", Some("2020-01-03T04:05:06Z")), ("", None)]
    {
        let page = story("From elsewhere");
        let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{date}\r\n{page}");
        let record = format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Date: yesterday\r\n\
             WARC-Target-URI: https://ex.com/story\r\nContent-Type: application/http\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
            block.len()
        );
        std::fs::write(&file, record).unwrap();
        let (lines, _, error) = process(&[file.to_str().unwrap()], &[], "").await;
        assert_eq!(
            lines.first().and_then(|line| line["fetch"]["fetchedAt"].as_str()),
            fetched,
            "{error}"
        );
    }
}
