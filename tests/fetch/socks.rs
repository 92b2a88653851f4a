//! Fetching by way of SOCKS5 proxies, and by one of several proxies.

use super::*;
use support::proxy::Proxy;
use support::socks::Socks;

fn by(proxies: Vec<String>, folder: &tempfile::TempDir) -> Settings {
    let auth = folder.path().join("auth");
    std::fs::write(&auth, "user:secret\n").unwrap();
    Settings {
        proxies,
        proxy_auth_file: Some(auth),
        contact: Some("desk@ex.com".to_owned()),
        allow_addresses: Vec::new(),
        ..settings()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a resolver may fail")]
fn public(name: &str) -> std::io::Result<Vec<std::net::IpAddr>> {
    Ok(vec![if name.starts_with("private") { "10.0.0.1" } else { "8.8.8.8" }.parse().unwrap()])
}

#[tokio::test]
async fn socks5h_gets_names_and_socks5_the_checked_address() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::start(|_: &Request| html(story("Through"))).await;
    let hosts = [("public.example:80", site.address), ("8.8.8.8:80", site.address)];
    let socks = Socks::start(Some("user:secret"), &hosts).await;
    for (scheme, asked) in [("socks5h", "public.example:80"), ("socks5", "8.8.8.8:80")] {
        let fetcher = fetcher_with(&by(vec![socks.url(scheme)], &folder), public);
        let page = fetcher.fetch(link("http://public.example/a")).await.unwrap();
        assert_eq!(page.content, Content::Html(story("Through")), "{scheme}");
        assert_eq!(socks.asked().last().unwrap(), asked);
        let forbidden = code(fetcher.fetch(link("http://private.example/a")).await);
        assert_eq!(forbidden, "address_forbidden", "{scheme}");
    }
    assert_eq!(socks.asked().len(), 2);
}

#[tokio::test]
async fn name_turning_private_is_not_given_to_socks5() {
    let folder = tempfile::tempdir().unwrap();
    let socks = Socks::start(Some("user:secret"), &[]).await;
    let looked = Arc::new(AtomicUsize::new(0));
    let rebinding = move |_: &str| {
        let first = looked.fetch_add(1, Ordering::Relaxed) == 0;
        Ok(vec![if first { "8.8.8.8" } else { "127.0.0.1" }.parse().unwrap()])
    };
    let fetcher = fetcher_with(&by(vec![socks.url("socks5")], &folder), rebinding);
    let ended = ending(fetcher.fetch(link("http://rebinding.example/a")).await);
    assert_eq!(ended, ("address_forbidden", Disposition::Reject));
    assert!(socks.asked().is_empty());
}

#[tokio::test]
async fn refusing_socks_proxy_is_not_the_hosts_fault() {
    let folder = tempfile::tempdir().unwrap();
    let strict = Socks::start(Some("other:secret"), &[]).await;
    let fetcher = fetcher_with(&by(vec![strict.url("socks5h")], &folder), public);
    assert_eq!(ending(fetcher.fetch(link("http://public.example/a")).await), ("proxy", RETRY));
    assert_eq!(strict.asked(), ["refused"]);
}

#[tokio::test]
async fn hosts_of_dead_proxy_use_another_proxy() {
    let folder = tempfile::tempdir().unwrap();
    let alive = Proxy::start(None, None, &[]).await;
    let dead = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxies = vec![alive.url("127.0.0.1"), format!("http://{dead}")];
    let fetcher = fetcher_with(&by(proxies, &folder), public);
    let mut failed = 0;
    for n in 0..24 {
        match fetcher.fetch(link(&format!("http://site{n}.example/a"))).await {
            Ok(_) => {}
            result => {
                assert_eq!(ending(result), ("proxy", RETRY));
                failed += 1;
            }
        }
    }
    assert_eq!(failed, 1, "the first that went by the dead one");
    assert_eq!(alive.requests().len(), 23);
}
