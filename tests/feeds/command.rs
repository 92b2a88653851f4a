//! The command line and the configuration: where feeds are named, and what stops the start.

use super::support::broker::{Broker, free_port};
use super::support::site::{Site, reply};
use super::support::worker::program;
use super::{feed, rss};

/// Runs `feeds`; exit code, standard output, standard error.
async fn run(args: &[&str], settings: &[(&str, &str)]) -> (i32, String, String) {
    let mut command = program();
    command
        .arg("feeds")
        .args(args)
        .env("NEWS_INGEST__LOG__LEVEL", "warn")
        .env("NEWS_INGEST__FETCH__ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]")
        .env("NEWS_INGEST__FETCH__ALLOW_PORTS", "[]")
        .env("NEWS_INGEST__FETCH__HOST_INTERVAL_MS", "0");
    for (name, value) in settings {
        command.env(format!("NEWS_INGEST__{name}"), value);
    }
    let output = command.output().await.unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[tokio::test]
async fn misnamed_feed_stops_the_start_and_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let list = dir.path().join("feeds.txt");
    std::fs::write(&list, "https://ex.com/a\nhttps://ex.com/b\n").unwrap();
    let list = list.to_str().unwrap();
    let in_config = r#"[{url = "https://ex.com/a"}]"#;
    for (args, settings, code, words) in [
        (&[][..], &[][..], 2, &["no feeds"][..]),
        (&["ex.com/feed"], &[], 2, &["command line", "ex.com/feed"]),
        (&["ftp://ex.com/feed"], &[], 2, &["ftp"]),
        (&["/no/such/file.opml"], &[], 2, &["/no/such/file.opml"]),
        (&["https://ex.com/b", list], &[], 2, &["feeds.txt:2", "https://ex.com/b", "command line"]),
        (&[list], &[("FEEDS__LIST", in_config)], 2, &["feeds.txt:1", "feeds.list[0]"]),
        (&["--source", "a b", "https://ex.com/a"], &[], 2, &["a b"]),
        (&[], &[("FEEDS__LIST", r#"[{url = "ex"}]"#)], 64, &["feeds.list[0]", "ex"]),
        (&[], &[("FEEDS__LIST", r#"[{uri = "ex"}]"#)], 64, &["uri"]),
        (&[], &[("FEEDS__MIN_INTERVAL_SECS", "0")], 64, &["feeds.min_interval_secs"]),
        (&[], &[("FEEDS__FILES", r#"["/no/such/list"]"#)], 64, &["/no/such/list"]),
    ] {
        let (found, _, said) = run(args, settings).await;
        assert_eq!(found, code, "{args:?} {settings:?}: {said}");
        assert!(words.iter().all(|word| said.contains(word)), "{args:?} {settings:?}: {said}");
    }
    let mut check = program();
    check.arg("check").env("NEWS_INGEST__FEEDS__FILES", r#"["/no/such/list"]"#);
    let output = check.output().await.unwrap();
    assert_eq!(output.status.code(), Some(64));
}

#[tokio::test]
async fn without_a_broker_it_says_what_to_start() {
    let listen = format!("127.0.0.1:{}", free_port());
    let settings = [("NATS__EMBEDDED__LISTEN", listen.as_str()), ("NATS__CONNECT_WAIT_SECS", "0")];
    let (code, _, said) = run(&["https://ex.com/feed"], &settings).await;
    assert_eq!(code, 69);
    assert!(said.contains("news-ingest run") && said.contains("nats.url"), "{said}");
}

#[tokio::test]
async fn feeds_come_from_arguments_lists_opml_and_configuration() {
    let site = Site::start(|request| match request.path.as_str() {
        "/robots.txt" => reply(404, &[], ""),
        path => feed(rss([path[1..].parse().unwrap()])),
    })
    .await;
    let broker = Broker::provisioned().await;
    let dir = tempfile::tempdir().unwrap();
    let (list, opml) = (dir.path().join("list.txt"), dir.path().join("mine.opml"));
    std::fs::write(&list, format!("# two\n{}\n\n{}\n", site.url("/1"), site.url("/2"))).unwrap();
    let outline =
        |path: &str| format!("<outline type='rss' text='x' xmlUrl='{}'/>", site.url(path));
    std::fs::write(
        &opml,
        format!(
            "<opml version='2.0'><body><outline text='All'>{}</outline>{}</body></opml>",
            outline("/3"),
            outline("/4")
        ),
    )
    .unwrap();
    let configured = format!(
        "[{{url = {:?}, source = \"own.sport\", section = \"Sport\", language = \"nb\"}}]",
        site.url("/5")
    );
    let args = [
        "--once",
        "--source",
        "mine",
        "--opml",
        opml.to_str().unwrap(),
        &site.url("/6"),
        list.to_str().unwrap(),
    ];
    let settings = [("NATS__URL", broker.url()), ("FEEDS__LIST", &configured)];
    let (code, said, log) = run(&args, &settings).await;
    assert_eq!(code, 0, "{log}");
    assert_eq!(said, "6 feeds: 6 polled, 0 failed, 0 not due; 6 messages published\n");
    let raw = broker.raw(&broker.context().await).await;
    let mut subjects: Vec<(&str, String)> = raw
        .iter()
        .map(|message| (message.subject.as_str(), message.json()["id"].to_string()))
        .collect();
    subjects.sort();
    let mine = |number| ("news.raw.mine", format!("\"127.0.0.1:{number}\""));
    let own = ("news.raw.own.sport", "\"127.0.0.1:5\"".to_owned());
    assert_eq!(subjects, [mine(1), mine(2), mine(3), mine(4), mine(6), own]);
    let sport = raw.iter().find(|message| message.subject.ends_with("sport")).unwrap().json();
    assert_eq!((&sport["section"], &sport["inLanguage"]), (&"Sport".into(), &"nb".into()));
    // Nothing is due now.
    let (code, said, _) = run(&args, &settings).await;
    assert_eq!((code, said.contains("0 polled")), (0, true), "{said}");
}
