//! Hosts that ask to be left alone, or fail.

use super::*;

#[tokio::test]
async fn rate_limit_honours_both_forms_of_retry_after() {
    let date =
        |secs| httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(secs));
    for (value, least, most) in [
        ("120".to_owned(), 120, 133),
        (date(120), 118, 133),
        ("999999".to_owned(), 3600, 3961),
        ("soon".to_owned(), 30, 34),
    ] {
        let answer = reply(429, &[("Retry-After", &value)], "");
        let site = Site::start(move |_: &Request| answer.clone()).await;
        let fetcher = fetcher(&settings());
        let after = retry_after(fetcher.fetch(link(&site.url("/a"))).await, "rate_limited");
        assert!((least..most).contains(&after.as_secs()), "{value}: {after:?}");
        // Another story of the host is not tried, and waits as long.
        match ending(fetcher.fetch(link(&site.url("/b"))).await) {
            ("host_turn", Disposition::Defer { after }) => {
                assert!((least - 6..most).contains(&after.as_secs()), "{value}: {after:?}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(site.requests().len(), 1);
    }
}

#[tokio::test]
async fn unavailable_host_is_left_alone_for_retry_after() {
    let answer = reply(503, &[("Retry-After", "60")], "");
    let site = Site::start(move |_: &Request| answer.clone()).await;
    let fetcher = fetcher(&settings());
    let after = retry_after(fetcher.fetch(link(&site.url("/a"))).await, "unavailable");
    assert!((60..67).contains(&after.as_secs()), "{after:?}");
    assert_eq!(code(fetcher.fetch(link(&site.url("/b"))).await), "host_turn");
    assert_eq!(site.requests().len(), 1);
}

#[tokio::test]
async fn storm_of_503_opens_circuit_and_defers_rest() {
    let site = Site::start(|_: &Request| reply(503, &[], "")).await;
    let fetcher = fetcher(&Settings { circuit_failures: 3, ..settings() });
    for n in 0..3 {
        let ended = ending(fetcher.fetch(link(&site.url(&format!("/{n}")))).await);
        assert_eq!(ended, ("unavailable", RETRY));
    }
    for n in 3..20 {
        match ending(fetcher.fetch(link(&site.url(&format!("/{n}")))).await) {
            ("circuit_open", Disposition::Defer { after }) => {
                assert!((20..60).contains(&after.as_secs()), "{after:?}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(site.requests().len(), 3, "the site is not asked while its circuit is open");
}

#[tokio::test]
async fn circuit_closes_when_host_is_well_again() {
    let broken = Arc::new(AtomicUsize::new(2));
    let left = Arc::clone(&broken);
    let site = Site::start(move |_: &Request| {
        let failing = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        if failing.is_ok() { reply(500, &[], "") } else { html(story("Well")) }
    })
    .await;
    let fetcher = fetcher(&Settings { circuit_failures: 2, circuit_open_secs: 1, ..settings() });
    assert_eq!(code(fetcher.fetch(link(&site.url("/1"))).await), "server_error");
    assert_eq!(code(fetcher.fetch(link(&site.url("/2"))).await), "server_error");
    let Disposition::Defer { after } = ending(fetcher.fetch(link(&site.url("/3"))).await).1 else {
        panic!("not deferred");
    };
    tokio::time::sleep(after).await;
    for n in 3..6 {
        assert!(fetcher.fetch(link(&site.url(&format!("/{n}")))).await.is_ok());
    }
}

#[tokio::test]
async fn stories_of_a_dead_host_are_skipped() {
    let site = Site::start(|_: &Request| reply(500, &[], "")).await;
    let impatient = Settings { circuit_failures: 1, host_dead_after_secs: 0, ..settings() };
    let fetcher = fetcher(&impatient);
    assert_eq!(code(fetcher.fetch(link(&site.url("/1"))).await), "server_error");
    let ended = ending(fetcher.fetch(link(&site.url("/2"))).await);
    assert_eq!(ended, ("host_dead", Disposition::Skip));
}

#[tokio::test]
async fn slow_hosts_are_asked_less_often() {
    let site = Site::start(|r: &Request| {
        let slowness = if r.path.starts_with("/slow") { 300 } else { 0 };
        let mut acts = vec![Act::Sleep(Duration::from_millis(slowness))];
        acts.extend(html(story("Slow")));
        acts
    })
    .await;
    // Half of what an answer asks for is known after the first, three quarters after the second.
    let patient = Settings { delay_factor: 4.0, ..settings() };
    let slow = fetcher(&patient);
    for n in 0..3 {
        assert!(slow.fetch(link(&site.url(&format!("/slow{n}")))).await.is_ok());
    }
    let apart = |requests: &[Request], n: usize| requests[n + 1].at - requests[n].at;
    let pages = site.pages();
    assert!(apart(&pages, 0) >= Duration::from_millis(550), "{:?}", apart(&pages, 0));
    assert!(apart(&pages, 1) >= Duration::from_millis(850), "{:?}", apart(&pages, 1));
    let quick = fetcher(&patient);
    let start = Instant::now();
    for n in 0..3 {
        assert!(quick.fetch(link(&site.url(&format!("/quick{n}")))).await.is_ok());
    }
    assert!(start.elapsed() < Duration::from_millis(550), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_refusing_host_is_left_alone_and_reported() {
    let site = Site::start(|r: &Request| match r.path.as_str() {
        // That it sends on to a page is no sign that it lets us in.
        "/moved" => redirect(301, "/there"),
        _ => reply(403, &[], ""),
    })
    .await;
    let fetcher =
        fetcher(&Settings { refusals_before_pause: 3, refusal_pause_secs: 1, ..settings() });
    let refused = ("refused", Disposition::Skip);
    for path in ["/1", "/moved", "/3"] {
        assert_eq!(ending(fetcher.fetch(link(&site.url(path))).await), refused);
    }
    // Its stories wait, and it is not asked.
    let Disposition::Defer { after } = ending(fetcher.fetch(link(&site.url("/4"))).await).1 else {
        panic!("not deferred");
    };
    assert!((500..1300).contains(&after.as_millis()), "{after:?}");
    assert_eq!(site.requests().len(), 4);
    // They are tried again, and where it refuses as often again the rest is skipped.
    tokio::time::sleep(after.max(Duration::from_secs(1))).await;
    for n in 4..7 {
        assert_eq!(ending(fetcher.fetch(link(&site.url(&format!("/{n}")))).await), refused);
    }
    let error = fetcher.fetch(link(&site.url("/7"))).await.unwrap_err();
    assert_eq!((error.code(), error.disposition()), ("host_refuses", Disposition::Skip));
    let said = error.to_string();
    assert!(said.contains("6 requests in a row"), "{said}");
    assert!(said.contains("news-ingest dlq replay --skipped --host 127.0.0.1"), "{said}");
    assert_eq!(site.requests().len(), 7);
}

#[tokio::test]
async fn refusals_between_pages_keep_no_story_waiting() {
    let site = Site::start(|r: &Request| match r.path.as_str() {
        path if path.starts_with("/premium") => reply(402, &[], ""),
        _ => html(story("Open")),
    })
    .await;
    let fetcher = fetcher(&Settings { refusals_before_pause: 2, ..settings() });
    for n in 0..4 {
        let premium = site.url(&format!("/premium/{n}"));
        assert_eq!(code(fetcher.fetch(link(&premium)).await), "paywall");
        assert!(fetcher.fetch(link(&site.url(&format!("/{n}")))).await.is_ok());
    }
}
