//! What the address guard keeps a fetch from, whatever names resolve to.

use super::*;

#[tokio::test]
async fn name_changing_to_private_address_is_not_followed() {
    // The second lookup answers with the address of something private on the same port.
    let site = Site::start(|r: &Request| match r.path.as_str() {
        "/1" => {
            let mut answer = reply(302, &[("Location", "/2"), ("Connection", "close")], "");
            answer.push(Act::Close);
            answer
        }
        _ => html(story("Public")),
    })
    .await;
    let secret = format!("127.0.0.2:{}", site.address.port());
    let secret = Site::start_at(&secret, |_: &Request| html("secret")).await;
    let lookups = Arc::new(AtomicUsize::new(0));
    let only_public = Settings { allow_addresses: vec!["127.0.0.1".to_owned()], ..settings() };
    let count = Arc::clone(&lookups);
    let fetcher = fetcher_with(&only_public, move |_| {
        let address =
            if count.fetch_add(1, Ordering::SeqCst) == 0 { "127.0.0.1" } else { "127.0.0.2" };
        Ok(vec![address.parse().unwrap()])
    });
    let ended = ending(fetcher.fetch(link(&site.url_as("rebind.example", "/1"))).await);
    assert_eq!(ended, ("address_forbidden", Disposition::Reject));
    assert_eq!(lookups.load(Ordering::SeqCst), 2);
    assert!(secret.requests().is_empty());
    assert_eq!(site.requests().len(), 1);
}

#[tokio::test]
async fn mixed_answer_connects_only_to_public_addresses() {
    let site = Site::start(|_: &Request| html(story("Public"))).await;
    let secret = format!("127.0.0.2:{}", site.address.port());
    let secret = Site::start_at(&secret, |_: &Request| html("secret")).await;
    let only_public = Settings { allow_addresses: vec!["127.0.0.1".to_owned()], ..settings() };
    let fetcher = fetcher_with(&only_public, |_| {
        Ok(vec!["127.0.0.2".parse().unwrap(), "127.0.0.1".parse().unwrap()])
    });
    assert!(fetcher.fetch(link(&site.url_as("mixed.example", "/"))).await.is_ok());
    assert!(secret.requests().is_empty());
}

#[tokio::test]
async fn without_a_contact_only_loopback_is_fetched() {
    let open = Settings { allow_addresses: vec!["203.0.113.0/24".to_owned()], ..settings() };
    let ended = ending(fetch(&open, "http://203.0.113.1/").await);
    assert_eq!(ended, ("no_contact", Disposition::Reject));
    let ended = ending(fetch(&settings(), "http://203.0.113.1/").await);
    assert_eq!(ended, ("address_forbidden", Disposition::Reject));
}

#[tokio::test]
async fn ports_and_user_information_are_checked_before_sending() {
    let site = Site::start(|_: &Request| html(story("A"))).await;
    let web_only = Settings { allow_ports: vec![80, 443], ..settings() };
    let ended = ending(fetch(&web_only, &site.url("/")).await);
    assert_eq!(ended, ("port_forbidden", Disposition::Reject));
    let ended = ending(fetch(&settings(), &site.url_as("me:pw@127.0.0.1", "/")).await);
    assert_eq!(ended, ("user_info", Disposition::Reject));
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn names_are_judged_by_what_they_resolve_to() {
    let site = Site::start(|_: &Request| html(story("Private"))).await;
    let closed = Settings { allow_addresses: Vec::new(), ..settings() };
    // By the platform's resolver.
    for name in ["localhost", "LOCALHOST"] {
        let ended = ending(fetch(&closed, &site.url_as(name, "/")).await);
        assert_eq!(ended, ("address_forbidden", Disposition::Reject), "{name}");
    }
    // By one that answers as aliases and wildcard names do.
    for address in
        ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fe80::1"]
    {
        let fetcher = fetcher_with(&closed, move |_| Ok(vec![address.parse().unwrap()]));
        let ended = ending(fetcher.fetch(link(&site.url_as("cdn.ex.example", "/"))).await);
        assert_eq!(ended, ("address_forbidden", Disposition::Reject), "{address}");
    }
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn odd_names_end_and_reach_nobody() {
    for host in [
        "a".repeat(64) + ".example",
        "a.".repeat(200) + "example",
        "-.example".to_owned(),
        "xn--a.example".to_owned(),
        "..example".to_owned(),
    ] {
        let Ok(url) = news_ingest::model::WebUrl::parse(&format!("http://{host}/")) else {
            continue;
        };
        assert_eq!(code(fetch(&settings(), url.as_str()).await), "dns", "{host}");
    }
}

#[tokio::test]
async fn kept_connection_is_not_used_for_another_name() {
    let site = Site::start(|_: &Request| html(story("Public"))).await;
    let only_one = Settings { allow_addresses: vec!["127.0.0.1".to_owned()], ..settings() };
    let fetcher = fetcher_with(&only_one, |name| {
        let address = if name == "a.example" { "127.0.0.1" } else { "127.0.0.2" };
        Ok(vec![address.parse().unwrap()])
    });
    assert!(fetcher.fetch(link(&site.url_as("a.example", "/1"))).await.is_ok());
    let ended = ending(fetcher.fetch(link(&site.url_as("b.example", "/2"))).await);
    assert_eq!(ended, ("address_forbidden", Disposition::Reject));
    assert_eq!(site.requests().len(), 1);
}

#[tokio::test]
async fn a_message_cannot_put_headers_into_a_request() {
    let site = Site::start(|_: &Request| html(story("A"))).await;
    let long = "x".repeat(100_000);
    for validator in ["\"a\"\r\nX-Evil: 1", "a\nHost: evil.example", "\0", long.as_str(), " "] {
        let mut raw = link(&site.url("/a"));
        let Origin::Link { validators, .. } = &mut raw.origin else { unreachable!() };
        let validator = Some(validator.to_owned());
        *validators = Validators { etag: validator.clone(), last_modified: validator };
        assert!(fetcher(&settings()).fetch(raw).await.is_ok());
    }
    for sent in site.requests() {
        assert_eq!(sent.headers["host"], site.address.to_string());
        assert!(!sent.headers.contains_key("x-evil"));
        assert!(sent.headers.get("if-none-match").is_none_or(|v| v.trim().is_empty()), "{sent:?}");
    }
}
