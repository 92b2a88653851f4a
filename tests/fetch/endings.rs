//! Every ending that a fetch can have, each made to happen once: the code and what becomes of the
//! message. The codes are read from the source, so one without a row here fails.

use std::collections::BTreeSet;

use super::*;
use news_ingest::state::{self, State};
use support::broker::{Broker, connect};
use tokio::io::AsyncWriteExt as _;

/// The string literals of an error's `code` in a source file.
fn codes_of(source: &'static str) -> impl Iterator<Item = &'static str> {
    let body = source.split("fn code(").nth(1).unwrap().split("\n    }\n").next().unwrap();
    body.split("=> \"").skip(1).map(|arm| arm.split('"').next().unwrap())
}

/// A disposition without its waits.
fn kind(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Retry { .. } => "retry",
        Disposition::Defer { .. } => "defer",
        Disposition::Reject => "reject",
        Disposition::Skip => "skip",
    }
}

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";

fn raw(parts: &[&[u8]]) -> Reply {
    vec![Act::Send(parts.concat()), Act::Close]
}

/// Endings of one answer, under settings that are quick to lose `max_wait`.
fn answers() -> Vec<(&'static str, &'static str, Reply)> {
    let stall = Act::Sleep(Duration::from_secs(30));
    let drip =
        (0..200).flat_map(|_| [Act::Send(b"x".to_vec()), Act::Sleep(Duration::from_millis(20))]);
    let long_head = format!("X-Pad: {}\r\n\r\n", "x".repeat(70_000)).into_bytes();
    let typed = |kind: &str, body: &str| reply(200, &[("Content-Type", kind)], body);
    let page = |head: &str, body: &str| html(format!("<html><head>{head}</head><body>{body}"));
    vec![
        ("redirect_target", "reject", redirect(302, "file:///etc/passwd")),
        ("redirect_loop", "reject", redirect(302, "/story")),
        ("address_forbidden", "reject", redirect(302, "http://169.254.169.254/")),
        ("user_info", "reject", redirect(302, "http://me:pw@127.0.0.1/")),
        ("timeout_first_byte", "retry", vec![stall.clone()]),
        ("timeout_read", "retry", vec![Act::Send([HEAD, b"\r\n<p>"].concat()), stall]),
        (
            "timeout_total",
            "retry",
            [vec![Act::Send([HEAD, b"\r\n"].concat())], drip.collect()].concat(),
        ),
        ("truncated", "retry", raw(&[HEAD, b"Content-Length: 9\r\n\r\n<p>"])),
        ("protocol", "retry", raw(&[b"SSH-2.0-OpenSSH_9.9\r\n\r\n"])),
        ("too_large", "reject", html(vec![b'x'; 200_000])),
        ("headers_too_large", "reject", raw(&[HEAD, &long_head])),
        ("encoding", "reject", reply(200, &[("Content-Encoding", "compress")], "x")),
        ("charset", "reject", typed("text/html; charset=iso-2022-kr", "x")),
        ("content_type", "reject", typed("application/pdf", "%PDF-1.7")),
        ("feed", "reject", typed("application/rss+xml", "<rss/>")),
        ("empty", "skip", html(" ")),
        ("gone", "skip", reply(404, &[], "")),
        ("legal", "skip", reply(451, &[], "")),
        ("refused", "skip", reply(403, &[], "")),
        ("rate_limited", "defer", reply(429, &[], "")),
        ("unavailable", "retry", reply(503, &[], "")),
        ("server_error", "retry", reply(500, &[], "")),
        ("status", "reject", reply(400, &[], "")),
        ("paywall", "skip", page("<meta itemprop=isAccessibleForFree content=false>", "<p>Buy.")),
        ("consent_wall", "skip", page("<title>Before you continue</title>", "<form></form>")),
        ("challenge", "skip", page("<title>Just a moment...</title>", "")),
        ("soft_404", "skip", page("<title>Page not found</title>", "")),
        ("login", "skip", reply(401, &[], "")),
        ("notice", "skip", page("<title>Please disable your ad blocker</title>", "<p>Thanks.")),
        ("unavailable", "retry", page("<title>Down for maintenance</title>", "<p>Thanks.")),
        ("script_shell", "skip", page("", "<div id=\"root\"></div><script src=a.js></script>")),
    ]
}

/// Endings that take more than an answer.
async fn others() -> Vec<(&'static str, &'static str, Result<Page, Error>)> {
    let mut endings = Vec::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{free}/");
    endings.push(("connect", "retry", fetch(&settings(), &nobody).await));
    let proxied = Settings { proxy: Some(nobody.clone()), ..settings() };
    endings.push(("proxy", "retry", fetch(&proxied, "http://127.0.0.1/").await));
    let nameless = fetcher_with(&settings(), |_| Err(std::io::ErrorKind::NotFound.into()));
    endings.push(("dns", "retry", nameless.fetch(link("http://no.example/")).await));
    let silent: news_ingest::fetch::Lookup = Arc::new(|_| Box::pin(std::future::pending()));
    let quick = Settings { connect_timeout_ms: 50, ..settings() };
    let silent = Fetcher::with_lookup(&quick, &support::fetching::state(), silent).unwrap();
    endings.push(("timeout_connect", "retry", silent.fetch(link("http://slow.example/")).await));
    let ports = Settings { allow_ports: vec![443], ..settings() };
    endings.push(("port_forbidden", "reject", fetch(&ports, &nobody).await));
    let open = Settings { allow_addresses: vec!["203.0.113.1".to_owned()], ..settings() };
    endings.push(("no_contact", "reject", fetch(&open, "http://203.0.113.1/").await));

    let unchanged = Site::start(|_: &Request| reply(304, &[], "")).await;
    let mut known = link(&unchanged.url("/"));
    let Origin::Link { validators, .. } = &mut known.origin else { unreachable!() };
    *validators = Validators { etag: Some("\"v1\"".to_owned()), last_modified: None };
    endings.push(("not_modified", "skip", fetcher(&settings()).fetch(known).await));

    let authority = Authority::new();
    let secure = Site::start_tls(authority.server(&["127.0.0.1"], &[]), |_| html("")).await;
    endings.push(("tls", "retry", fetch(&settings(), &secure.url("/")).await));
    let far = Settings { max_redirects: 3, ..settings() };
    let on = Site::start(|r: &Request| redirect(302, &format!("{}x", r.path))).await;
    endings.push(("too_many_redirects", "reject", fetch(&far, &on.url("/")).await));

    let obeying = Settings { robots: true, ..settings() };
    for (code, robots) in [
        ("robots_disallowed", reply(200, &[], "User-agent: *\nDisallow: /")),
        ("robots_unreachable", reply(500, &[], "")),
    ] {
        let site = Site::start(move |_: &Request| robots.clone()).await;
        let kind = if code == "robots_disallowed" { "skip" } else { "defer" };
        endings.push((code, kind, fetch(&obeying, &site.url("/a")).await));
    }
    let broken = Site::start(|_: &Request| reply(500, &[], "")).await;
    for (code, kind, host_dead_after_secs) in
        [("circuit_open", "defer", 3600), ("host_dead", "skip", 0)]
    {
        let fragile = Settings { circuit_failures: 1, host_dead_after_secs, ..settings() };
        let fetcher = fetcher(&fragile);
        assert!(fetcher.fetch(link(&broken.url("/1"))).await.is_err());
        endings.push((code, kind, fetcher.fetch(link(&broken.url("/2"))).await));
    }
    let refusing = Site::start(|_: &Request| reply(403, &[], "")).await;
    let quick = Settings { refusals_before_pause: 1, refusal_pause_secs: 1, ..settings() };
    let tired = fetcher(&quick);
    assert!(tired.fetch(link(&refusing.url("/1"))).await.is_err());
    endings.push(("host_refuses", "defer", tired.fetch(link(&refusing.url("/2"))).await));
    let polite = Settings { host_interval_ms: 60_000, ..settings() };
    let site = Site::start(|_: &Request| html(story("A"))).await;
    let fetcher = fetcher(&polite);
    assert!(fetcher.fetch(link(&site.url("/1"))).await.is_ok());
    endings.push(("host_turn", "defer", fetcher.fetch(link(&site.url("/2"))).await));

    let mut broker = Broker::provisioned().await;
    let context = connect(broker.url()).await;
    let state = State::bind(&context, &state::Settings::default()).await.unwrap();
    let fetcher = Fetcher::new(&settings(), &state).unwrap();
    broker.kill();
    endings.push(("state", "defer", fetcher.fetch(link(&site.url("/3"))).await));
    endings
}

/// Endings that have tests of their own: of a story that no fetcher was asked for, or was interrupted at, and of a process
/// that may open no more files.
const ELSEWHERE: [&str; 3] = ["no_fetch", "story_timeout", "no_descriptors"];

#[tokio::test]
async fn missing_descriptors_are_not_blamed_on_hosts() {
    let site = Site::start_at("0.0.0.0:0", |_: &Request| {
        let mut acts = vec![Act::Sleep(Duration::from_secs(2))];
        acts.extend(html(story("Slow to come")));
        acts
    })
    .await;
    let port = site.url("/").rsplit(':').next().unwrap().trim_end_matches('/').to_owned();
    let links: String = (1..=80)
        .map(|n| format!("{{\"id\":\"{n}\",\"url\":\"http://127.0.1.{n}:{port}/a\"}}\n"))
        .collect();
    let mut command = tokio::process::Command::new("sh");
    command.args(["-c", "ulimit -n 40; exec \"$0\" process", env!("CARGO_BIN_EXE_news-ingest")]);
    for (name, value) in
        [("ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]"), ("ALLOW_PORTS", "[]"), ("ROBOTS", "false")]
    {
        command.env(format!("NEWS_INGEST__FETCH__{name}"), value);
    }
    let pipe = std::process::Stdio::piped;
    let mut child = command.stdin(pipe()).stdout(pipe()).stderr(pipe()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(links.as_bytes()).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let codes: BTreeSet<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| line["error"]["code"].as_str().unwrap_or("story").to_owned())
        .collect();
    assert_eq!(codes, BTreeSet::from(["no_descriptors".to_owned(), "story".to_owned()]));
    let told = String::from_utf8_lossy(&output.stderr).matches("\"no_descriptors\"").count();
    assert_eq!(told, 1, "once a minute");
}

#[tokio::test]
async fn every_ending_has_its_code_and_disposition() {
    let quick = Settings {
        first_byte_timeout_ms: 400,
        read_timeout_ms: 400,
        total_timeout_ms: 1000,
        max_body_bytes: 100_000,
        ..settings()
    };
    let mut seen = BTreeSet::new();
    let mut check = |code: &'static str, wanted: &str, result: Result<Page, Error>| {
        let (ended, disposition) = ending(result);
        assert_eq!((ended, kind(disposition)), (code, wanted));
        seen.insert(code);
    };
    for (code, wanted, answer) in answers() {
        let site = Site::start(move |_| answer.clone()).await;
        check(code, wanted, fetch(&quick, &site.url("/story")).await);
    }
    for (code, wanted, result) in others().await {
        check(code, wanted, result);
    }
    let declared: BTreeSet<_> = codes_of(include_str!("../../src/fetch/error.rs"))
        .chain(codes_of(include_str!("../../src/fetch/interstitial.rs")))
        .filter(|code| !ELSEWHERE.contains(code))
        .collect();
    assert!(declared.len() > 40, "{declared:?}");
    assert_eq!(seen, declared);
    // Subjects and metrics are made of them.
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    assert!(declared.iter().all(|code| code.bytes().all(plain)));
}
