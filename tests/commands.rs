//! What the commands say and do where something is missing or mistyped, and at a signal: the built program, as a
//! newcomer runs it.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

mod support;

use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use support::broker::{Broker, free_port, server_program};
use support::worker::{Worker, program};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};

/// Exit code and what was said, of a command whose standard input is `input`.
async fn with_input(args: &[&str], settings: &[(&str, &str)], input: &str) -> (i32, String) {
    let mut command = program();
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.envs(settings.iter().map(|(name, value)| (format!("NEWS_INGEST__{name}"), *value)));
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A command that reads nothing has closed it.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = tokio::time::timeout(Duration::from_secs(60), child.wait_with_output());
    let output = output.await.expect("it ends").unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.code().unwrap(), said)
}

async fn said(args: &[&str], settings: &[(&str, &str)]) -> (i32, String) {
    with_input(args, settings, "").await
}

/// Processes that were started with an argument or a setting that holds a text.
fn running(text: &str) -> Vec<u32> {
    let holds = |pid: u32| {
        ["cmdline", "environ"].iter().any(|file| {
            let read = std::fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
            String::from_utf8_lossy(&read).contains(text)
        })
    };
    let all = std::fs::read_dir("/proc").unwrap();
    let pids = all.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    pids.filter(|pid| holds(*pid)).collect()
}

#[tokio::test]
async fn a_stopped_demo_leaves_nothing_behind() {
    for (signal, keep) in [(Signal::INT, false), (Signal::TERM, true)] {
        let place = tempfile::tempdir().unwrap();
        let mut command = program();
        command.arg("demo").env("TMPDIR", place.path());
        command.args(keep.then_some("--keep"));
        command.env("NEWS_INGEST__NATS__EMBEDDED__PROGRAM", server_program());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut text = Vec::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            text.push(line);
            if text.last().unwrap().starts_with("workers") {
                break;
            }
        }
        let own = i32::try_from(child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(own).unwrap(), signal).unwrap();
        while let Some(line) = lines.next_line().await.unwrap() {
            text.push(line);
        }
        let ended = tokio::time::timeout(Duration::from_secs(40), child.wait()).await.unwrap();
        assert_eq!(ended.unwrap().code(), Some(1), "{text:?}");
        assert!(text.iter().any(|line| line.starts_with("stopping")), "{text:?}");
        let dir = place.path().to_str().unwrap();
        let left = running(dir);
        assert!(left.is_empty(), "{left:?} still run");
        let kept = std::fs::read_dir(place.path()).unwrap().count();
        assert_eq!(kept, usize::from(keep), "{text:?}");
        assert_eq!(text.iter().any(|line| line.starts_with("kept")), keep, "{text:?}");
    }
}

/// A server without JetStream; killed when dropped.
struct Bare {
    url: String,
    child: std::process::Child,
}

impl Bare {
    async fn start() -> Self {
        let port = free_port();
        let child = std::process::Command::new(server_program())
            .args(["--addr", "127.0.0.1", "--port", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Self { url: format!("nats://127.0.0.1:{port}"), child }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[tokio::test]
async fn commands_agree_on_what_the_broker_lacks() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.ndjson");
    std::fs::write(&file, "{\"text\": \"The bridge is closed.\"}\n").unwrap();
    let stories = dir.path().join("stories");
    let key = "2SRSQPMXZA5FIF3WPWDJVLIRWU";
    let commands: [&[&str]; 9] = [
        &["run"],
        &["tail", "--no-follow"],
        &["find", "gazette:1"],
        &["dlq", "list"],
        &["export", stories.to_str().unwrap()],
        &["inspect", "--key", key],
        &["feeds", "--once", "https://gazette.example/rss"],
        &["publish", file.to_str().unwrap()],
        &["provision", "--dry-run"],
    ];
    let away = format!("nats://127.0.0.1:{}", free_port());
    let bare = Bare::start().await;
    let empty = Broker::start().await;
    for (url, words, left_out) in [
        (away.as_str(), "no broker answers: start it, or correct nats.url", ""),
        (&bare.url, "JetStream is not enabled on this server: start nats-server with -js", ""),
        (empty.url(), "`news-ingest provision` creates it", "provision"),
    ] {
        for args in commands.iter().filter(|args| args[0] != left_out) {
            let wait = ("NATS__CONNECT_WAIT_SECS", "1");
            let contact = ("FETCH__CONTACT", "desk@gazette.example");
            let (code, text) = said(args, &[("NATS__URL", url), wait, contact]).await;
            assert!(text.contains(words), "{args:?} at {url}: {text}");
            assert!([1, 69].contains(&code), "{args:?} at {url}: {code}");
        }
    }
    let (_, text) = said(&["check", "--connect"], &[("NATS__URL", &bare.url)]).await;
    assert!(text.contains("JetStream is not enabled"), "{text}");
}

#[tokio::test]
async fn link_of_list_keeps_address_among_dead_letters() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let at = ("NATS__URL", broker.url());
    let (code, text) =
        with_input(&["publish", "--kind", "urls", "-"], &[at], "http://192.0.2.7/harbour\n").await;
    assert_eq!(code, 0, "{text}");
    // Nothing is fetched from an address that is not public.
    let worker = Worker::start(broker.url(), &[]);
    let letter = broker.outcomes(&context, 1).await.remove(0);
    broker.drained(&context).await;
    let code_of_letter = letter.subject.split('.').nth(3).unwrap().to_owned();
    let (_, text) = said(&["dlq", "list", "--host", "192.0.2.7"], &[at]).await;
    assert!(text.contains(" http://192.0.2.7/harbour "), "{text}");
    let (_, text) = said(&["find", "http://192.0.2.7/harbour"], &[at]).await;
    assert!(text.contains("url          http://192.0.2.7/harbour"), "{text}");
    let replay = ["dlq", "replay", "--dry-run", "--host", "192.0.2.7"];
    let (_, text) = said(&replay, &[at]).await;
    assert!(text.contains("1 would be replayed"), "{text}");
    // A misspelt filter does not look like good news.
    let (code, text) = said(&["dlq", "list", "--code", "no_such_code"], &[at]).await;
    assert!(text.contains("no dead letter matches"), "{text}");
    assert!(text.contains(&format!("1 fetch.{code_of_letter}")), "{text}");
    assert_eq!(code, 0);
    let (code, text) = said(&["dlq", "list", "--stage", "ftech"], &[at]).await;
    assert!(code == 2 && text.contains("fetch"), "{text}");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn worker_stopped_before_route_reports_and_exits_1() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let routes = r#"[{name = "desk", when = "language = en", subject = "desk.{language}.{key}"}]"#;
    let story =
        json!({"id": "gazette:1", "text": "The harbour reopened on Monday after the storm."});
    broker.put(&context, &[], story.to_string()).await;
    let mut worker = Worker::start(broker.url(), &[("ROUTES", routes)]);
    let blocked = worker.logged("route_blocked").await;
    let message = blocked["message"].as_str().unwrap();
    assert!(message.contains("create a stream with the subject desk.*.*, or"), "{message}");
    worker.signal(Signal::TERM);
    assert_eq!(worker.ended().await.code(), Some(1), "{}", worker.text());
    let stop = worker.logged("stop").await;
    assert_eq!((&stop["unfinished"], &stop["left"]), (&json!(1), &json!("1")), "{stop}");
    assert!(worker.lines().iter().all(|line| line["event"] != "route_resumed"));
    let (_, text) = said(&["report", worker.log.to_str().unwrap()], &[]).await;
    assert!(text.contains("create a stream with the route's subject"), "{text}");
}

#[tokio::test]
async fn what_cannot_be_a_message_is_not_published() {
    let broker = Broker::provisioned().await;
    let at = ("NATS__URL", broker.url());
    let input = "{\"text\":\"x\"\nhttps://gazette.example/a\n<p>\n{\"text\": \"A story.\"}\n7\n";
    let (code, text) = with_input(&["publish", "-"], &[at], input).await;
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("1 published") && text.contains("4 refused"), "{text}");
    for words in ["-:1: not JSON", "-:2: a URL, not JSON: --kind urls", "-:3: markup", "-:5: no"] {
        assert!(text.contains(words), "{words:?} is not in {text}");
    }
}

#[tokio::test]
async fn lists_of_urls_are_known_however_they_begin() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("links.txt");
    let at = ("NATS__URL", broker.url());
    for (number, begin) in ["\u{feff}", "# mine\n\n", "\r\n  ", ""].into_iter().enumerate() {
        let scheme = if begin.is_empty() { "HTTPS" } else { "https" };
        std::fs::write(&path, format!("{begin}{scheme}://gazette.example/{number}\n")).unwrap();
        let (code, text) = said(&["publish", path.to_str().unwrap()], &[at]).await;
        assert!(code == 0 && text.contains("1 published"), "{begin:?}: {text}");
    }
    let raw = broker.raw(&context).await;
    assert!(raw.iter().all(|raw| raw.header("Content-Type") == Some("text/uri-list")), "{raw:?}");
    std::fs::write(&path, "https://gazette.example/1\tThe bridge\nhttps://gazette.example/2\n")
        .unwrap();
    let (code, text) = said(&["publish", path.to_str().unwrap()], &[at]).await;
    assert!(
        code == 1 && text.contains("1 published") && text.contains("text behind the URL"),
        "{text}"
    );
    std::fs::write(&path, [0xff, 0xfe, b'h', 0]).unwrap();
    let (code, text) = said(&["publish", path.to_str().unwrap()], &[at]).await;
    assert!(code == 1 && text.contains("UTF-16"), "{text}");
    let (code, text) = said(&["publish", dir.path().join("none").to_str().unwrap()], &[at]).await;
    assert!(code == 1 && text.contains("cannot open"), "{text}");
}

#[tokio::test]
async fn output_that_cannot_be_written_fails() {
    for args in [["schema", "record"].as_slice(), &["man"], &["completions", "bash"], &["check"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let child = program().args(args).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        let output = child.wait_with_output().await.unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {error}");
        assert!(error.contains("standard output"), "{args:?}: {error}");
    }
}

#[tokio::test]
async fn variables_that_are_not_unicode_end_nothing() {
    use std::os::unix::ffi::OsStrExt as _;
    let odd = std::ffi::OsStr::from_bytes(b"/srv/Troms\xf8");
    let check = async |name: &str| program().arg("check").env(name, odd).output().await.unwrap();
    assert!(check("SOME_DIRECTORY").await.status.success());
    let output = check("NEWS_INGEST__NATS__CREDENTIALS").await;
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(64), "{error}");
    assert!(error.contains("NEWS_INGEST__NATS__CREDENTIALS: is not Unicode"), "{error}");
}

#[tokio::test]
async fn names_misplaced_page_or_feed() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let page = write("page.html", "<!doctype html>\n<title>The bridge</title>\n<p>Closed.\n");
    let (code, text) = said(&["process", &page], &[]).await;
    assert_eq!((code, text.lines().count()), (1, 1), "{text}");
    assert!(text.contains("news-ingest process --html FILE"), "{text}");
    let feed = write("rss.xml", "<rss version='2.0'><channel/></rss>");
    let broker = Broker::provisioned().await;
    let at = ("NATS__URL", broker.url());
    for args in [["feeds", "--once", &feed].as_slice(), &["publish", &feed], &["process", &feed]] {
        let (code, text) = said(args, &[at]).await;
        assert!(code != 0 && text.contains("news-ingest feeds URL"), "{args:?}: {text}");
    }
    let (code, text) = said(&["check"], &[("FEEDS__LIST", r#"["gazette.example/rss"]"#)]).await;
    assert!(code == 64 && text.contains("it must begin with https://"), "{text}");
}

#[tokio::test]
async fn provision_blames_settings_for_what_is_taken() {
    let broker = Broker::provisioned().await;
    let at = ("NATS__URL", broker.url());
    for (setting, way) in [
        (("STREAMS__RAW_STREAM", "DESK_RAW"), "set streams.prefix"),
        (("STREAMS__GROUP", "desk"), "set streams.group"),
    ] {
        let (code, text) = said(&["provision"], &[at, setting]).await;
        assert!(code == 64 && text.contains(way), "{code} {text}");
    }
}

#[tokio::test]
async fn second_broker_at_address_says_how_to_share() {
    let broker = Broker::start().await;
    let dir = tempfile::tempdir().unwrap();
    let address = broker.address().to_string();
    let data = dir.path().to_str().unwrap();
    let program = server_program();
    let settings = [
        ("NATS__EMBEDDED__LISTEN", address.as_str()),
        ("NATS__EMBEDDED__DATA_DIR", data),
        ("NATS__EMBEDDED__PROGRAM", program.to_str().unwrap()),
    ];
    let (code, text) = said(&["run"], &settings).await;
    let way = format!("NEWS_INGEST__NATS__URL=nats://{address}");
    assert!(code == 69 && text.contains(&way), "{text}");
}

#[tokio::test]
async fn reader_closing_early_ends_process_silently() {
    let line = "{\"text\": \"The harbour reopened on Monday.\"}\n".repeat(200);
    let mut command = program();
    command.args(["process", "--no-fetch"]).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let _ = stdin.write_all(line.as_bytes()).await;
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[tokio::test]
async fn feed_refused_by_configuration_warns_with_reason() {
    let broker = Broker::provisioned().await;
    let url = format!("http://127.0.0.1:{}/rss", free_port());
    let dir = tempfile::tempdir().unwrap();
    let settings = [("NATS__URL", broker.url()), ("FETCH__ALLOW_PORTS", "[80]")];
    let worker = Worker::spawn(&["feeds", "--once", &url], &settings, dir);
    let line = worker.logged("feed").await;
    assert_eq!(line["level"], "WARN", "{line}");
    assert!(line["message"].as_str().unwrap().contains("fetch.allow_ports"), "{line}");
}
