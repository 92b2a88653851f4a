//! Where redirects may lead and where not.

use news_ingest::disposition::Failure;

use super::*;

#[tokio::test]
async fn redirects_are_followed_and_counted() {
    let site = Site::start(|r: &Request| match r.path.as_str() {
        "/1" => redirect(301, "/2"),
        "/2" => redirect(307, "3?x=1"),
        _ => html(story("There")),
    })
    .await;
    let report = fetch(&settings(), &site.url("/1")).await.unwrap().fetch.unwrap();
    assert_eq!((report.hops, report.final_url.as_str()), (2, site.url("/3?x=1").as_str()));
    assert_eq!(report.requested_url.as_str(), site.url("/1"));
}

#[tokio::test]
async fn redirect_loops_and_chains_end() {
    let site = Site::start(|r: &Request| match r.path.as_str() {
        "/a" => redirect(302, "/b"),
        "/b" => redirect(302, "/a#again"),
        path => redirect(302, &format!("{path}x")),
    })
    .await;
    let looped = fetch(&settings(), &site.url("/a")).await;
    assert_eq!(ending(looped), ("redirect_loop", Disposition::Reject));
    assert_eq!(site.requests().len(), 2);
    let chain = fetch(&settings(), &site.url("/x")).await;
    assert_eq!(ending(chain), ("too_many_redirects", Disposition::Reject));
    assert_eq!(site.requests().len(), 2 + 11);
}

#[tokio::test]
async fn redirects_to_forbidden_targets_are_refused() {
    for (target, expected) in [
        ("http://169.254.169.254/latest/meta-data/", "address_forbidden"),
        ("http://[::ffff:127.0.0.1]/", "address_forbidden"),
        ("http://[::ffff:169.254.169.254]/", "address_forbidden"),
        ("http://0xa9fea9fe/", "address_forbidden"),
        ("http://2852039166/", "address_forbidden"),
        ("http://10.1/", "address_forbidden"),
        ("//192.168.0.1/", "address_forbidden"),
        ("http://user:secret@127.0.0.1/", "user_info"),
        ("file:///etc/passwd", "redirect_target"),
        ("ftp://127.0.0.1/", "redirect_target"),
        ("gopher://127.0.0.1/", "redirect_target"),
        ("javascript:alert(1)", "redirect_target"),
        ("data:text/html,hello", "redirect_target"),
        ("http://", "redirect_target"),
    ] {
        let ended = ending(fetch_reply(&settings(), redirect(302, target)).await);
        assert_eq!(ended, (expected, Disposition::Reject), "{target}");
    }
    let bare = vec![Act::Send(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n".to_vec())];
    assert_eq!(code(fetch_reply(&settings(), bare).await), "redirect_target");
}

#[tokio::test]
async fn redirect_cookie_returns_within_its_chain_only() {
    let site = Site::start(|r: &Request| match r.headers.get("cookie") {
        Some(cookie) if cookie == "seen=1" => html(story("Behind the cookie")),
        _ => reply(302, &[("Location", &r.path), ("Set-Cookie", "seen=1; Path=/")], ""),
    })
    .await;
    let fetcher = fetcher(&settings());
    for path in ["/a", "/b"] {
        let report = fetcher.fetch(link(&site.url(path))).await.unwrap().fetch.unwrap();
        assert_eq!(report.hops, 1);
    }
    let cookies: Vec<bool> =
        site.requests().iter().map(|r| r.headers.contains_key("cookie")).collect();
    assert_eq!(cookies, [false, true, false, true]);
    // A site that sets a new one each time still ends.
    let count = AtomicUsize::new(0);
    let site = Site::start(move |r: &Request| {
        let cookie = format!("n={}", count.fetch_add(1, Ordering::SeqCst));
        reply(302, &[("Location", &r.path), ("Set-Cookie", &cookie)], "")
    })
    .await;
    assert_eq!(code(fetch(&settings(), &site.url("/")).await), "too_many_redirects");
}

#[tokio::test]
async fn pages_that_only_send_on_are_redirects() {
    let refresh = "<meta http-equiv=\"Refresh\" content=\"0; URL='/story'\"><p>One moment.</p>";
    let site = Site::start(move |r: &Request| match r.path.as_str() {
        "/meta" => html(refresh),
        "/header" => reply(200, &[("Content-Type", "text/html"), ("Refresh", "1;url=/story")], " "),
        "/coded" => {
            html(r#"<meta http-equiv="refresh" content="0; url='/story?a=1&amp;b=2' (moved)">"#)
        }
        "/based" => html(r#"<base href="/news/"><meta http-equiv=refresh content="0;url=story">"#),
        "/evil" => html("<meta http-equiv=refresh content='0;url=http://169.254.169.254/'>"),
        "/live" => html(format!("<meta http-equiv=refresh content='60'>{}", story("Live"))),
        _ => html(story("There")),
    })
    .await;
    for (path, hops) in [("/meta", 1), ("/header", 1), ("/live", 0)] {
        let report = fetch(&settings(), &site.url(path)).await.unwrap().fetch.unwrap();
        assert_eq!(report.hops, hops, "{path}");
    }
    for (path, target) in [("/coded", "/story?a=1&b=2"), ("/based", "/news/story")] {
        let report = fetch(&settings(), &site.url(path)).await.unwrap().fetch.unwrap();
        assert_eq!(report.final_url.as_str(), site.url(target), "{path}");
    }
    assert_eq!(code(fetch(&settings(), &site.url("/evil")).await), "address_forbidden");
}

#[tokio::test]
async fn a_redirect_may_be_in_raw_utf_8() {
    let site = Site::start(|r: &Request| match r.path.as_str() {
        "/1" => redirect(302, "/stra\u{df}e"),
        "/stra%C3%9Fe" => html(story("There")),
        _ => reply(404, &[], ""),
    })
    .await;
    assert!(fetch(&settings(), &site.url("/1")).await.is_ok());
}

#[tokio::test]
async fn redirects_to_other_ports_need_allowed_ports() {
    let other = Site::start(|_: &Request| html(story("Other"))).await;
    let target = other.url("/b");
    let site = Site::start(move |_: &Request| redirect(302, &target)).await;
    let report = fetch(&settings(), &site.url("/a")).await.unwrap().fetch.unwrap();
    assert_eq!(report.final_url.as_str(), other.url("/b"));
    let one = Settings { allow_ports: vec![site.address.port()], ..settings() };
    let ended = ending(fetch(&one, &site.url("/a")).await);
    assert_eq!(ended, ("port_forbidden", Disposition::Reject));
    assert_eq!(other.requests().len(), 1);
}

#[tokio::test]
async fn refused_port_and_address_are_named_together() {
    let shut = Settings { allow_addresses: vec![], allow_ports: vec![80, 443], ..settings() };
    for (url, address) in [
        ("http://127.0.0.1:8000/a", "127.0.0.1 is neither"),
        ("http://localhost:8000/a", "127.0.0.1 is neither"),
        ("http://[::1]:8000/a", "::1 is neither"),
    ] {
        let said = Failure::of(&fetch(&shut, url).await.unwrap_err()).message;
        assert!(said.contains("port 8000") && said.contains("allow_ports"), "{said}");
        assert!(said.contains(address) && said.contains("allow_addresses"), "{said}");
    }
    let said = Failure::of(&fetch(&shut, "http://192.0.43.10:8000/a").await.unwrap_err()).message;
    assert!(said.contains("port 8000") && !said.contains("neither"), "{said}");
}

#[tokio::test]
async fn cookies_do_not_follow_to_other_hosts() {
    let site = Site::start(|r: &Request| {
        let (host, port) = r.headers["host"].split_once(':').unwrap();
        match host {
            "www.one.example" => reply(
                302,
                &[
                    ("Location", &format!("http://news.two.example:{port}/")),
                    ("Set-Cookie", "mine=1"),
                    ("Set-Cookie", "theirs=1; Domain=two.example"),
                    ("Set-Cookie", "everybodys=1; Domain=example"),
                ],
                "",
            ),
            "news.two.example" => reply(
                302,
                &[
                    ("Location", &format!("http://two.example:{port}/")),
                    ("Set-Cookie", "all=1; Domain=two.example"),
                    ("Set-Cookie", "only=1"),
                ],
                "",
            ),
            _ => html(story("There")),
        }
    })
    .await;
    let fetcher = fetcher_with(&settings(), |_| Ok(vec!["127.0.0.1".parse().unwrap()]));
    let page = fetcher.fetch(link(&site.url_as("www.one.example", "/"))).await.unwrap();
    assert_eq!(page.fetch.unwrap().hops, 2);
    let sent: Vec<_> = site.requests().iter().map(|r| r.headers.get("cookie").cloned()).collect();
    assert_eq!(sent, [None, None, Some("all=1".to_owned())]);
}

#[tokio::test]
async fn a_bomb_of_cookies_is_not_sent_on() {
    let site = Site::start(|r: &Request| match r.path.as_str() {
        "/a" => {
            let cookies: Vec<String> =
                (0..60).map(|n| format!("c{n}={}", "x".repeat(1000))).collect();
            let mut headers = vec![("Location", "/b")];
            headers.extend(cookies.iter().map(|c| ("Set-Cookie", c.as_str())));
            reply(302, &headers, "")
        }
        _ => html(story("There")),
    })
    .await;
    assert!(fetch(&settings(), &site.url("/a")).await.is_ok());
    assert!(site.requests()[1].headers["cookie"].len() <= 8192);
}
