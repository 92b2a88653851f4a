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
async fn robots_rules_that_cannot_be_had_mean_no_for_a_while() {
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
async fn only_the_first_part_of_huge_robots_rules_is_read() {
    let huge = format!("User-agent: *\nDisallow: /private\n{}", "# padding\n".repeat(200_000));
    let site = Site::start(robots_site(rules(huge))).await;
    assert_eq!(code(fetch(&obeying(), &site.url("/private")).await), "robots_disallowed");
    assert!(fetch(&obeying(), &site.url("/public")).await.is_ok());
}

#[tokio::test]
async fn robots_rules_of_a_forbidden_address_are_not_fetched() {
    let site = Site::start(robots_site(redirect(302, "http://169.254.169.254/"))).await;
    let ended = ending(fetch(&obeying(), &site.url("/a")).await);
    assert_eq!(ended, ("address_forbidden", Disposition::Reject));
    assert!(site.pages().is_empty());
}

#[tokio::test]
async fn a_crawl_delay_lengthens_the_interval_and_never_shortens_it() {
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
