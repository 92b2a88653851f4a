//! TLS is always verified; further roots are by configuration.

use std::path::PathBuf;

use super::*;

fn trusting(authority: &Authority) -> Settings {
    Settings { extra_roots: vec![authority.root()], ..settings() }
}

#[tokio::test]
async fn certificates_are_verified_and_extra_roots_trusted() {
    let authority = Authority::new();
    let server = authority.server(&["127.0.0.1"], &[]);
    let site = Site::start_tls(server, |_: &Request| html(story("Secure"))).await;
    assert_eq!(ending(fetch(&settings(), &site.url("/")).await), ("tls", RETRY));
    assert!(fetch(&trusting(&authority), &site.url("/")).await.is_ok());
    let other = Authority::new();
    assert_eq!(code(fetch(&trusting(&other), &site.url("/")).await), "tls");
}

#[tokio::test]
async fn certificates_of_another_name_or_time_are_refused() {
    let authority = Authority::new();
    for server in [authority.server(&["other.example"], &[]), authority.expired("127.0.0.1")] {
        let site = Site::start_tls(server, |_: &Request| html(story("Secure"))).await;
        assert_eq!(code(fetch(&trusting(&authority), &site.url("/")).await), "tls");
        assert!(site.requests().is_empty());
    }
}

#[tokio::test]
async fn stalled_handshake_ends_at_the_connect_deadline() {
    // Nobody greets: the site waits for a request that does not come.
    let site = Site::start(|_: &Request| html(story("Plain"))).await;
    let quick = Settings { connect_timeout_ms: 100, ..settings() };
    let url = site.url("/").replace("http:", "https:");
    let ended = ending(fetch(&quick, &url).await);
    assert_eq!(ended, ("timeout_connect", RETRY));
}

#[tokio::test]
async fn redirects_between_schemes_are_followed() {
    let authority = Authority::new();
    let plain = Site::start(|_: &Request| html(story("Plain"))).await;
    let to_plain = plain.url("/story");
    let server = authority.server(&["127.0.0.1"], &[]);
    let secure = Site::start_tls(server, move |r: &Request| match r.path.as_str() {
        "/down" => redirect(302, &to_plain),
        _ => html(story("Secure")),
    })
    .await;
    let to_secure = secure.url("/story");
    let up = Site::start(move |_: &Request| redirect(301, &to_secure)).await;
    for (url, scheme) in [(up.url("/"), "https"), (secure.url("/down"), "http")] {
        let report = fetch(&trusting(&authority), &url).await.unwrap().fetch.unwrap();
        assert_eq!((report.hops, report.final_url.as_url().scheme()), (1, scheme), "{url}");
    }
}

#[test]
fn bad_settings_name_their_key() {
    let missing = PathBuf::from("/nonexistent/root.pem");
    for (bad, key) in [
        (Settings { agent: "news ingest".into(), ..settings() }, "fetch.agent"),
        (Settings { contact: Some("me".into()), ..settings() }, "fetch.contact"),
        (Settings { host_concurrency: 0, ..settings() }, "fetch.host_concurrency"),
        (Settings { allow_addresses: vec!["x".into()], ..settings() }, "fetch.allow_addresses"),
        (Settings { extra_roots: vec![missing], ..settings() }, "fetch.extra_roots"),
        (Settings { proxy: Some("ftp://h".into()), ..settings() }, "fetch.proxy"),
        (Settings { proxies: vec!["h:3128".into()], ..settings() }, "fetch.proxies"),
        (Settings { delay_factor: -1.0, ..settings() }, "fetch.delay_factor"),
        (Settings { archive: Some("https://a.example/".into()), ..settings() }, "fetch.archive"),
        (Settings { proxy: Some("http://u:p@h".into()), ..settings() }, "fetch.proxy"),
    ] {
        let error = Fetcher::new(&bad, &support::fetching::state()).err().unwrap();
        assert!(error.to_string().starts_with(key), "{error}");
    }
}
