//! robots.txt: rules, absence, failure, delays.

use super::*;

fn obeying() -> Settings {
    Settings { robots: true, ..settings() }
}

fn robots_site(answer: Reply) -> impl Fn(&Request) -> Reply + Send + Sync + 'static {
    move |r: &Request| match r.path.as_str() {
        "/robots.txt" => answer.clone(),
        _ => html(story("A")),
    }
}

fn rules(text: impl AsRef<[u8]>) -> Reply {
    reply(200, &[("Content-Type", "text/plain")], text)
}

#[tokio::test]
async fn robots_rules_are_obeyed_and_fetched_once() {
    let text = "User-agent: news-ingest\nDisallow: /private\n\nUser-agent: *\nDisallow: /";
    let site = Site::start(robots_site(rules(text))).await;
    let fetcher = fetcher(&obeying());
    for n in 0..5 {
        assert!(fetcher.fetch(link(&site.url(&format!("/{n}")))).await.is_ok());
    }
    let ended = ending(fetcher.fetch(link(&site.url("/private/a"))).await);
    assert_eq!(ended, ("robots_disallowed", Disposition::Skip));
    assert_eq!(site.requests().len() - site.pages().len(), 1, "robots.txt is fetched once");
    assert_eq!(site.pages().len(), 5);
}

#[tokio::test]
async fn robots_rules_hold_on_every_hop() {
    let site = Site::start(|r: &Request| match r.path.as_str() {
        "/robots.txt" => rules("User-agent: *\nDisallow: /b"),
        "/a" => redirect(302, "/b"),
        _ => html(story("B")),
    })
    .await;
    assert_eq!(code(fetch(&obeying(), &site.url("/a")).await), "robots_disallowed");
    assert_eq!(site.pages().len(), 1);
}

#[tokio::test]
async fn without_robots_rules_everything_is_allowed() {
    for answer in [
        reply(404, &[], ""),
        reply(403, &[], ""),
        reply(200, &[], ""),
        redirect(302, "/robots.txt?x"),
    ] {
        let site = Site::start(robots_site(answer)).await;
        assert!(fetch(&obeying(), &site.url("/a")).await.is_ok());
    }
}

#[tokio::test]
async fn any_success_of_robots_rules_is_read() {
    let rules = "User-agent: *\nDisallow: /a\n";
    let whole = format!("bytes 0-{}/{}", rules.len() - 1, rules.len());
    for (status, range) in [(206, whole.as_str()), (226, ""), (203, "")] {
        let headers = [("Content-Type", "text/plain"), ("Content-Range", range)];
        let site = Site::start(robots_site(reply(status, &headers, rules))).await;
        let fetcher = fetcher(&obeying());
        assert_eq!(
            code(fetcher.fetch(link(&site.url("/a"))).await),
            "robots_disallowed",
            "{status}"
        );
        assert!(fetcher.fetch(link(&site.url("/b"))).await.is_ok(), "{status}");
    }
    // Of a part nothing is known of the rest.
    let headers = [("Content-Type", "text/plain"), ("Content-Range", "bytes 0-26/5000")];
    let site = Site::start(robots_site(reply(206, &headers, rules))).await;
    assert_eq!(code(fetch(&obeying(), &site.url("/b")).await), "robots_unreachable");
}

#[tokio::test]
async fn unavailable_robots_rules_mean_no_for_a_while() {
    for answer in [reply(500, &[], ""), reply(503, &[], ""), reply(429, &[], "")] {
        let site = Site::start(robots_site(answer)).await;
        let fetcher = fetcher(&obeying());
        for n in 0..3 {
            let page = fetcher.fetch(link(&site.url(&format!("/{n}")))).await;
            let after = retry_after(page, "robots_unreachable");
            assert!((590..661).contains(&after.as_secs()), "{after:?}");
        }
        assert_eq!(site.requests().len(), 1);
    }
}

#[tokio::test]
async fn robots_rules_wait_as_long_as_their_site_asks() {
    for status in [429, 503] {
        let answer = reply(status, &[("Retry-After", "30")], "");
        let site = Site::start(robots_site(answer)).await;
        let page = fetcher(&obeying()).fetch(link(&site.url("/a"))).await;
        let after = retry_after(page, "robots_unreachable");
        assert!((29..38).contains(&after.as_secs()), "{status}: {after:?}");
    }
}

#[tokio::test]
async fn only_start_of_huge_robots_rules_is_read() {
    let huge = format!("User-agent: *\nDisallow: /private\n{}", "# padding\n".repeat(200_000));
    let site = Site::start(robots_site(rules(huge))).await;
    assert_eq!(code(fetch(&obeying(), &site.url("/private")).await), "robots_disallowed");
    assert!(fetch(&obeying(), &site.url("/public")).await.is_ok());
}

#[tokio::test]
async fn robots_rules_of_forbidden_address_are_not_fetched() {
    let site = Site::start(robots_site(redirect(302, "http://169.254.169.254/"))).await;
    let after = retry_after(fetch(&obeying(), &site.url("/a")).await, "robots_unreachable");
    assert!(after.as_secs() >= 590, "{after:?}");
    assert!(site.pages().is_empty());
}

#[tokio::test]
async fn crawl_delay_only_lengthens_the_interval() {
    for (delay, interval_ms, expected_ms) in [("0.3", 0, 300), ("0.01", 200, 200)] {
        let text = format!("User-agent: *\nCrawl-delay: {delay}");
        let site = Site::start(robots_site(rules(text))).await;
        let fetcher = fetcher(&Settings { host_interval_ms: interval_ms, ..obeying() });
        for n in 0..3 {
            assert!(fetcher.fetch(link(&site.url(&format!("/{n}")))).await.is_ok());
        }
        for pair in site.pages().windows(2) {
            let gap = pair[1].at - pair[0].at;
            assert!(gap >= Duration::from_millis(expected_ms - 50), "{delay}: {gap:?}");
        }
    }
}

#[tokio::test]
async fn robots_rules_are_found_behind_five_redirects() {
    for (hops, obeyed) in [(5, true), (6, false)] {
        let elsewhere = Site::start(move |r: &Request| match r.path[1..].parse::<u32>() {
            Ok(hop) if hop < hops => redirect(301, &format!("/{}", hop + 1)),
            Ok(_) => rules("User-agent: *\nDisallow: /private"),
            Err(_) => html(story("A")),
        })
        .await;
        let first = elsewhere.url("/1");
        let site = Site::start(robots_site(redirect(302, &first))).await;
        let fetcher = fetcher(&obeying());
        let page = fetcher.fetch(link(&site.url("/private"))).await;
        assert_eq!(page.is_err(), obeyed, "{hops} redirects");
        if obeyed {
            assert_eq!(page.unwrap_err().code(), "robots_disallowed");
        }
    }
}

#[tokio::test]
async fn encoded_and_odd_robots_rules_are_read() {
    use std::io::Write as _;
    let text = "\u{feff}User-Agent: News-Ingest/0.1\r\nDisallow: /private\r\n";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    // A bomb whose first bytes are rules: what fits is read.
    let mut bomb = zstd::Encoder::new(Vec::new(), 1).unwrap();
    bomb.write_all(text.as_bytes()).unwrap();
    for _ in 0..1024 {
        bomb.write_all(&vec![b'#'; 1 << 20]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    for answer in [
        rules(text),
        reply(200, &[("Content-Encoding", "gzip")], gzip),
        reply(200, &[("Content-Encoding", "zstd")], bomb),
    ] {
        let site = Site::start(robots_site(answer)).await;
        let fetcher = fetcher(&obeying());
        assert_eq!(code(fetcher.fetch(link(&site.url("/private"))).await), "robots_disallowed");
        assert!(fetcher.fetch(link(&site.url("/public"))).await.is_ok());
    }
    // A page in its place is no rule.
    let site = Site::start(|_: &Request| html(story("Lost and found"))).await;
    assert!(fetch(&obeying(), &site.url("/private")).await.is_ok());
}

#[tokio::test]
async fn rules_past_the_limit_are_not_read() {
    let padding = "# padding\n".repeat(52_000);
    let text = format!("User-agent: *\nDisallow: /a\n{padding}Disallow: /b\n");
    assert!(text.len() > 500 * 1024);
    let site = Site::start(robots_site(rules(text))).await;
    let fetcher = fetcher(&obeying());
    assert_eq!(code(fetcher.fetch(link(&site.url("/a"))).await), "robots_disallowed");
    assert!(fetcher.fetch(link(&site.url("/b"))).await.is_ok());
}

#[tokio::test]
async fn many_stories_ask_for_robots_rules_once() {
    let site = Site::start(|r: &Request| match r.path.as_str() {
        "/robots.txt" => {
            [vec![Act::Sleep(Duration::from_millis(300))], rules("User-agent: *\nDisallow: /x")]
                .concat()
        }
        _ => html(story("A")),
    })
    .await;
    let fetcher = Arc::new(fetcher(&Settings { host_concurrency: 100, ..obeying() }));
    let mut stories = tokio::task::JoinSet::new();
    for n in 0..60 {
        let (fetcher, url) = (Arc::clone(&fetcher), site.url(&format!("/{n}")));
        stories.spawn(async move { fetcher.fetch(link(&url)).await.is_ok() });
    }
    assert!(stories.join_all().await.into_iter().all(|fetched| fetched));
    assert_eq!((site.pages().len(), site.requests().len()), (60, 61));
}

#[tokio::test]
async fn unreachable_robots_rules_block_origin_for_a_while() {
    let site = Site::start(|r: &Request| match r.path.as_str() {
        "/robots.txt" => vec![Act::Reset],
        _ => html(story("A")),
    })
    .await;
    let fetcher = fetcher(&obeying());
    for path in ["/1", "/2"] {
        let after = retry_after(fetcher.fetch(link(&site.url(path))).await, "robots_unreachable");
        assert!((590..661).contains(&after.as_secs()), "{after:?}");
    }
    assert!(site.pages().is_empty());
}

#[tokio::test]
async fn an_unreadable_robots_file_holds_for_a_while() {
    let gzip = [("Content-Encoding", "gzip")];
    let site = Site::start(robots_site(reply(200, &gzip, "User-agent: *\nDisallow: /"))).await;
    let fetcher = fetcher(&obeying());
    for path in ["/1", "/2"] {
        retry_after(fetcher.fetch(link(&site.url(path))).await, "robots_unreachable");
    }
    assert_eq!(site.requests().len(), 1);
    for status in [403, 404] {
        let site = Site::start(robots_site(reply(status, &gzip, "no such file"))).await;
        assert!(fetch(&obeying(), &site.url("/a")).await.is_ok(), "{status}");
    }
}

#[tokio::test]
async fn long_crawl_delay_passes_one_page_drops_none() {
    let site = Site::start(robots_site(rules("User-agent: *\nCrawl-delay: 7200"))).await;
    let fetcher = fetcher(&obeying());
    // That robots.txt was asked for is no reason to wait for the first page.
    assert!(fetcher.fetch(link(&site.url("/0"))).await.is_ok());
    for n in 1..3 {
        let error = fetcher.fetch(link(&site.url(&format!("/{n}")))).await.unwrap_err();
        let Disposition::Defer { after } = error.disposition() else { panic!("{error}") };
        assert_eq!(error.code(), "host_turn");
        assert!((3000..=3600).contains(&after.as_secs()), "{after:?}");
        assert!(error.to_string().contains("7200 s between two pages (Crawl-delay)"), "{error}");
    }
    assert_eq!(site.pages().len(), 1);
}

#[tokio::test]
async fn first_page_waits_only_interval_after_robots_rules() {
    let site = Site::start(robots_site(rules("User-agent: *\nCrawl-delay: 60"))).await;
    let fetcher = fetcher(&Settings { host_interval_ms: 300, ..obeying() });
    assert!(fetcher.fetch(link(&site.url("/a"))).await.is_ok());
    let requests = site.requests();
    let gap = requests[1].at - requests[0].at;
    assert!((280..3000).contains(&gap.as_millis()), "{gap:?}");
}

#[tokio::test]
async fn process_reports_long_crawl_delay_and_answers_rest() {
    let site = Site::start(robots_site(rules("User-agent: *\nCrawl-delay: 3600"))).await;
    let (first, second) = (site.url("/1"), site.url("/2"));
    let input = tempfile::NamedTempFile::new().unwrap();
    let inline = r#"{"id": "c", "title": "", "text": "The ferry sails again."}"#;
    let lines = format!("{{\"url\": \"{first}\"}}\n{{\"url\": \"{second}\"}}\n{inline}\n");
    std::fs::write(input.path(), lines).unwrap();
    let output = support::worker::program()
        .env("NEWS_INGEST__FETCH__ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]")
        .env("NEWS_INGEST__FETCH__ALLOW_PORTS", "[]")
        .env("NEWS_INGEST__FETCH__HOST_INTERVAL_MS", "0")
        .arg("process")
        .arg(input.path())
        .output()
        .await
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), 3, "{text}");
    // One of the two pages has the turn, whichever came first.
    let late: Vec<_> = answers[..2].iter().filter(|a| a["error"]["code"] == "host_turn").collect();
    assert_eq!((late.len(), site.pages().len()), (1, 1), "{text}");
    let said = late[0]["error"]["message"].as_str().unwrap();
    assert!(said.contains("3600 s between two pages (Crawl-delay)"), "{said}");
    assert_eq!(answers[2]["item"]["bodies"][0]["value"], "The ferry sails again.");
}
