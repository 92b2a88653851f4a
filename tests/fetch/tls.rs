//! TLS is always verified; extra roots and proxies are by configuration.

use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use super::*;

/// A certificate authority in a file, and a server that it vouches for.
fn authority(folder: &std::path::Path, name: &str) -> (PathBuf, Arc<rustls::ServerConfig>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &issuer).unwrap();
    let path = folder.join("root.pem");
    std::fs::write(&path, issuer.pem()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key.into())
        .unwrap();
    (path, Arc::new(config))
}

#[tokio::test]
async fn certificates_are_verified_and_extra_roots_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let (root, server) = authority(folder.path(), "127.0.0.1");
    let site = Site::start_tls(server, |_: &Request| html(story("Secure"))).await;
    assert_eq!(ending(fetch(&settings(), &site.url("/")).await), ("tls", RETRY));
    let trusting = Settings { extra_roots: vec![root], ..settings() };
    assert!(fetch(&trusting, &site.url("/")).await.is_ok());
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (root, server) = authority(folder.path(), "other.example");
    let site = Site::start_tls(server, |_: &Request| html(story("Secure"))).await;
    let trusting = Settings { extra_roots: vec![root], ..settings() };
    assert_eq!(code(fetch(&trusting, &site.url("/")).await), "tls");
}

#[tokio::test]
async fn a_proxy_gets_the_requests_and_the_guard_still_judges_them() {
    let folder = tempfile::tempdir().unwrap();
    let auth = folder.path().join("auth");
    std::fs::write(&auth, "user:secret\n").unwrap();
    let proxy = Site::start(|_: &Request| html(story("By proxy"))).await;
    let by_proxy = Settings {
        proxy: Some(proxy.url("")),
        proxy_auth_file: Some(auth),
        contact: Some("desk@ex.com".to_owned()),
        allow_addresses: Vec::new(),
        ..settings()
    };
    let fetcher = fetcher_with(&by_proxy, |name| match name {
        "public.example" => Ok(vec!["8.8.8.8".parse().unwrap()]),
        "private.example" => Ok(vec!["10.0.0.1".parse().unwrap()]),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    });
    assert!(fetcher.fetch(link("http://public.example/a")).await.is_ok());
    let sent = &proxy.requests()[0];
    assert_eq!(sent.path, "http://public.example/a");
    assert_eq!(sent.headers["proxy-authorization"], "Basic dXNlcjpzZWNyZXQ=");
    // Names that only the proxy can resolve are the proxy's to judge.
    assert!(fetcher.fetch(link("http://unknown.example/a")).await.is_ok());
    for url in ["http://private.example/a", "http://127.0.0.1/a"] {
        assert_eq!(code(fetcher.fetch(link(url)).await), "address_forbidden", "{url}");
    }
    assert_eq!(proxy.requests().len(), 2);
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
        (Settings { proxy: Some("socks5://h".into()), ..settings() }, "fetch.proxy"),
        (Settings { proxy: Some("http://u:p@h".into()), ..settings() }, "fetch.proxy"),
    ] {
        let error = Fetcher::new(&bad, &support::fetching::state()).err().unwrap();
        assert!(error.to_string().starts_with(key), "{error}");
    }
}
