//! Fetching by way of a proxy: who is asked for what, and who still guards.

use super::*;
use support::h2_site::{H2Site, Play};
use support::proxy::Proxy;

const CREDENTIALS: &str = "Basic dXNlcjpzZWNyZXQ=";

/// Settings that open nothing: behind a proxy only the names' own addresses count.
fn by(proxy: &Proxy, folder: &tempfile::TempDir) -> Settings {
    let auth = folder.path().join("auth");
    std::fs::write(&auth, "user:secret\n").unwrap();
    Settings {
        proxy: Some(proxy.url("127.0.0.1")),
        proxy_auth_file: Some(auth),
        contact: Some("desk@ex.com".to_owned()),
        allow_addresses: Vec::new(),
        ..settings()
    }
}

fn resolver(name: &str) -> std::io::Result<Vec<std::net::IpAddr>> {
    match name {
        "public.example" => Ok(vec!["8.8.8.8".parse().unwrap()]),
        "private.example" => Ok(vec!["10.0.0.1".parse().unwrap()]),
        "proxy.example" => Ok(vec!["127.0.0.1".parse().unwrap()]),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    }
}

#[tokio::test]
async fn proxy_gets_requests_that_guard_still_judges() {
    let folder = tempfile::tempdir().unwrap();
    let proxy = Proxy::start(None, Some(CREDENTIALS), &[]).await;
    let fetcher = fetcher_with(&by(&proxy, &folder), resolver);
    assert!(fetcher.fetch(link("http://public.example/a")).await.is_ok());
    assert_eq!(proxy.requests()[0].what, "GET http://public.example/a");
    assert_eq!(proxy.requests()[0].authorization.as_deref(), Some(CREDENTIALS));
    // Names that only the proxy can resolve are the proxy's to judge.
    assert!(fetcher.fetch(link("http://unknown.example/a")).await.is_ok());
    // The proxy's own name is trusted to connect to, not to be fetched.
    for url in [
        "http://private.example/a",
        "https://private.example/a",
        "http://proxy.example/",
        "http://127.0.0.1/a",
        "https://[::ffff:10.0.0.1]/",
    ] {
        assert_eq!(code(fetcher.fetch(link(url)).await), "address_forbidden", "{url}");
    }
    assert_eq!(proxy.requests().len(), 2);
}

#[tokio::test]
async fn secure_pages_come_through_a_tunnel() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let server = authority.server(&["public.example"], &[]);
    let site = Site::start_tls(server, |r: &Request| match r.path.as_str() {
        "/inside" => redirect(302, "https://private.example/"),
        _ => html(story("Secure")),
    })
    .await;
    // The proxy itself in both forms, by its name too.
    for tls in [None, Some(authority.server(&["proxy.example"], &[]))] {
        let hosts = [("public.example:443", site.address)];
        let proxy = Proxy::start(tls, Some(CREDENTIALS), &hosts).await;
        let by_proxy = Settings {
            proxy: Some(proxy.url("proxy.example")),
            extra_roots: vec![authority.root()],
            ..by(&proxy, &folder)
        };
        let fetcher = fetcher_with(&by_proxy, resolver);
        let page = fetcher.fetch(link("https://public.example/a")).await.unwrap();
        assert_eq!(page.content, Content::Html(story("Secure")));
        assert_eq!(proxy.requests()[0].what, "CONNECT public.example:443");
        assert_eq!(proxy.requests()[0].authorization.as_deref(), Some(CREDENTIALS));
        let ended = ending(fetcher.fetch(link("https://public.example/inside")).await);
        assert_eq!(ended, ("address_forbidden", Disposition::Reject));
        assert!(proxy.requests().iter().all(|r| !r.what.contains("private")));
    }
    // The proxy's credentials are for the proxy.
    assert!(site.requests().iter().all(|r| !r.headers.contains_key("proxy-authorization")));
}

#[tokio::test]
async fn a_tunnel_carries_http_2() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let server = authority.server(&["public.example"], &["h2"]);
    let site = H2Site::start(server, |_| {
        let head = http::Response::builder().header("content-type", "text/html").body(()).unwrap();
        Play::Answer(head, story("Secure").into_bytes())
    })
    .await;
    let proxy = Proxy::start(None, None, &[("public.example:443", site.address)]).await;
    let by_proxy = Settings { extra_roots: vec![authority.root()], ..by(&proxy, &folder) };
    let fetcher = fetcher_with(&by_proxy, resolver);
    assert!(fetcher.fetch(link("https://public.example/a")).await.is_ok());
    assert_eq!(site.requests().len(), 1);
}

#[tokio::test]
async fn certificates_are_verified_through_a_tunnel() {
    let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
    let server = authority.server(&["other.example"], &[]);
    let site = Site::start_tls(server, |_: &Request| html(story("Secure"))).await;
    let proxy = Proxy::start(None, None, &[("public.example:443", site.address)]).await;
    let by_proxy = Settings { extra_roots: vec![authority.root()], ..by(&proxy, &folder) };
    let fetcher = fetcher_with(&by_proxy, resolver);
    assert_eq!(code(fetcher.fetch(link("https://public.example/a")).await), "tls");
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn failing_proxy_is_not_the_hosts_fault() {
    let folder = tempfile::tempdir().unwrap();
    let strict = Proxy::start(None, Some("Basic b3RoZXI="), &[]).await;
    let fragile = Settings { circuit_failures: 1, ..by(&strict, &folder) };
    let fetcher = fetcher_with(&fragile, resolver);
    // Wrong credentials, plain and for a tunnel; the circuit of the host stays closed.
    for url in ["http://public.example/a", "https://public.example/b", "http://public.example/c"] {
        assert_eq!(ending(fetcher.fetch(link(url)).await), ("proxy", RETRY), "{url}");
    }
    assert_eq!(strict.requests().len(), 3);
    // A proxy that is not there, by address and by name.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for proxy in [format!("http://{free}"), "http://nowhere.example:3128".to_owned()] {
        let gone = Settings { proxy: Some(proxy), ..fragile.clone() };
        let fetcher = fetcher_with(&gone, resolver);
        for _ in 0..2 {
            let ended = ending(fetcher.fetch(link("http://public.example/a")).await);
            assert_eq!(ended, ("proxy", RETRY));
        }
    }
}

#[tokio::test]
async fn proxies_of_the_environment_are_not_used() {
    let site = Site::start(|_: &Request| html(story("Direct"))).await;
    let proxy = Proxy::start(None, None, &[]).await;
    let mut program = support::worker::program();
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        program.env(name, proxy.url("127.0.0.1"));
    }
    let output = program
        .env("NEWS_INGEST__FETCH__ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]")
        .env("NEWS_INGEST__FETCH__ALLOW_PORTS", "[]")
        .env("NEWS_INGEST__FETCH__HOST_INTERVAL_MS", "0")
        .args(["process", "--url", &site.url("/a")])
        .output()
        .await
        .unwrap();
    let record: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(record["fetch"]["status"], 200, "{record}");
    assert_eq!(site.pages().len(), 1);
    assert!(proxy.requests().is_empty());
}
