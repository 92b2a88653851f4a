//! What is agreed with single publishers.

use news_ingest::fetch::SiteSettings;

use super::*;

#[expect(clippy::unnecessary_wraps, reason = "a resolver may fail")]
fn at_home(_: &str) -> std::io::Result<Vec<std::net::IpAddr>> {
    Ok(vec!["127.0.0.1".parse().unwrap()])
}

#[tokio::test]
async fn publisher_headers_reach_only_its_tls_hosts() {
    let authority = Authority::new();
    let file = authority.root().with_file_name("headers");
    std::fs::write(&file, "X-Key: s3cret\nUser-Agent: agreed-name\n").unwrap();
    let plain = Site::start(|_: &Request| html(story("Plain"))).await;
    let down = plain.url_as("www.mine.example", "/down");
    let server = authority.server(&["www.mine.example", "other.example"], &[]);
    let secure = Site::start_tls(server, move |r: &Request| {
        let port = r.headers["host"].split(':').nth(1).unwrap();
        match r.path.as_str() {
            "/away" => redirect(302, &format!("https://other.example:{port}/")),
            "/down" => redirect(302, &down),
            "/robots.txt" => reply(200, &[], "User-agent: *\nDisallow: /nothing"),
            _ => html(story("Secure")),
        }
    })
    .await;
    let domains = vec!["mine.example".to_owned()];
    let site = SiteSettings { domains, headers_file: Some(file), ..SiteSettings::default() };
    let agreed = Settings {
        sites: vec![site],
        extra_roots: vec![authority.root()],
        robots: true,
        ..settings()
    };
    let fetcher = fetcher_with(&agreed, at_home);
    for path in ["/a", "/away", "/down"] {
        let url = secure.url_as("www.mine.example", path);
        assert!(fetcher.fetch(link(&url)).await.is_ok(), "{path}");
    }
    for sent in secure.requests().iter().chain(&plain.requests()) {
        let ours = sent.headers["host"].starts_with("www.mine.example")
            && sent.headers["host"].ends_with(&secure.address.port().to_string());
        let key = sent.headers.get("x-key").map(String::as_str);
        assert_eq!(key, ours.then_some("s3cret"), "{sent:?}");
        assert_eq!(sent.headers["user-agent"] == "agreed-name", ours, "{sent:?}");
    }
    assert_eq!(plain.requests().len(), 2, "robots.txt and the page");
}

#[tokio::test]
async fn publishers_pace_and_robots_rules_are_its_own() {
    let site = Site::start(|r: &Request| match r.path.as_str() {
        "/robots.txt" => reply(200, &[], "User-agent: *\nDisallow: /"),
        _ => html(story("A")),
    })
    .await;
    let rules = SiteSettings {
        domains: vec!["agreed.example".to_owned()],
        interval_ms: Some(300),
        robots: Some(false),
        ..SiteSettings::default()
    };
    let agreed = Settings { sites: vec![rules], robots: true, ..settings() };
    let fetcher = fetcher_with(&agreed, at_home);
    for n in 0..3 {
        let url = site.url_as("agreed.example", &format!("/{n}"));
        let report = fetcher.fetch(link(&url)).await.unwrap().fetch.unwrap();
        assert_eq!(report.robots, news_ingest::model::RobotsVerdict::Ignored);
    }
    for pair in site.requests().windows(2) {
        let gap = pair[1].at - pair[0].at;
        assert!(gap >= Duration::from_millis(250), "{gap:?}");
    }
    let other = fetcher.fetch(link(&site.url_as("other.example", "/"))).await;
    assert_eq!(code(other), "robots_disallowed");
}
