//! Every status and its ending; conditional requests.

use super::*;

#[tokio::test]
async fn a_whole_page_may_be_a_part() {
    let page = story("Whole");
    let with = |range: String| {
        let headers = [("Content-Type", "text/html"), ("Content-Range", range.as_str())];
        reply(206, &headers, page.clone())
    };
    let size = page.len();
    assert!(fetch_reply(&settings(), with(format!("bytes 0-{}/{size}", size - 1))).await.is_ok());
    for range in [format!("bytes 0-{}/{}", size - 1, 2 * size), format!("bytes 0-{}/*", size - 1)] {
        let error = fetch_reply(&settings(), with(range)).await.unwrap_err();
        assert_eq!(
            (error.code(), error.to_string().as_str()),
            ("empty", "status 206 with a part of the page")
        );
    }
}

#[tokio::test]
async fn every_status_has_its_ending() {
    for (status, expected, disposition) in [
        (204, "empty", Disposition::Skip),
        (206, "empty", Disposition::Skip),
        (300, "status", Disposition::Reject),
        (304, "status", Disposition::Reject),
        (400, "status", Disposition::Reject),
        (401, "login", Disposition::Skip),
        (402, "paywall", Disposition::Skip),
        (403, "refused", Disposition::Skip),
        (404, "gone", Disposition::Skip),
        (407, "refused", Disposition::Skip),
        (408, "server_error", RETRY),
        (410, "gone", Disposition::Skip),
        (418, "status", Disposition::Reject),
        (425, "server_error", RETRY),
        (451, "legal", Disposition::Skip),
        (500, "server_error", RETRY),
        (502, "server_error", RETRY),
        (503, "unavailable", RETRY),
        (504, "server_error", RETRY),
        (522, "server_error", RETRY),
    ] {
        let answer = reply(status, &[("Content-Type", "text/html")], "");
        let ended = ending(fetch_reply(&settings(), answer).await);
        assert_eq!(ended, (expected, disposition), "{status}");
    }
    let blank = reply(200, &[("Content-Type", "text/html")], " \n ");
    assert_eq!(ending(fetch_reply(&settings(), blank).await), ("empty", Disposition::Skip));
}

#[tokio::test]
async fn page_known_to_producer_is_not_modified() {
    let site = Site::start(|r: &Request| {
        let known = r.headers.get("if-none-match").is_some_and(|v| v == "\"v7\"")
            && r.headers["if-modified-since"] == "Wed, 21 Oct 2026 07:28:00 GMT";
        if known { reply(304, &[("ETag", "\"v7\"")], "") } else { html(story("New")) }
    })
    .await;
    let mut raw = link(&site.url("/a"));
    let Origin::Link { validators, .. } = &mut raw.origin else { unreachable!() };
    *validators = Validators {
        etag: Some("\"v7\"".to_owned()),
        last_modified: Some("Wed, 21 Oct 2026 07:28:00 GMT".to_owned()),
    };
    let ended = ending(fetcher(&settings()).fetch(raw).await);
    assert_eq!(ended, ("not_modified", Disposition::Skip));
    assert!(fetch(&settings(), &site.url("/a")).await.is_ok());
}

#[tokio::test]
async fn validators_do_not_follow_to_another_host() {
    let other = Site::start(|r: &Request| {
        let asked = r.headers.contains_key("if-none-match");
        if asked { reply(304, &[], "") } else { html(story("Moved")) }
    })
    .await;
    let target = other.url("/new");
    let site = Site::start(move |r: &Request| match r.path.as_str() {
        "/a" => redirect(301, "/b"),
        "/b" if r.headers.contains_key("if-none-match") => reply(304, &[], ""),
        _ => redirect(301, &target),
    })
    .await;
    let ended = async |path: &str| {
        let mut raw = link(&site.url(path));
        let Origin::Link { validators, .. } = &mut raw.origin else { unreachable!() };
        validators.etag = Some("\"v1\"".to_owned());
        fetcher(&settings()).fetch(raw).await
    };
    let page = ended("/gone").await.unwrap();
    assert_eq!(page.fetch.unwrap().final_url.as_str(), other.url("/new"));
    assert_eq!(ending(ended("/a").await), ("not_modified", Disposition::Skip), "its own host");
}

#[tokio::test]
async fn gone_page_is_fetched_from_the_archive() {
    let archive = Site::start(|r: &Request| match r.path.as_str() {
        path if path.starts_with("/web/id_/") && path.ends_with("/kept") => {
            redirect(302, "/web/2024id_/kept")
        }
        "/web/2024id_/kept" => html(story("Kept")),
        path if path.ends_with("/busy") => reply(503, &[], ""),
        _ => reply(404, &[], ""),
    })
    .await;
    let site = Site::start(|r: &Request| match r.path.as_str() {
        "/here" => html(story("Here")),
        _ => reply(410, &[], ""),
    })
    .await;
    let template = format!("{}{{url}}", archive.url("/web/id_/"));
    let settings = Settings { archive: Some(template), ..settings() };
    let fetcher = fetcher(&settings);
    let page = fetcher.fetch(link(&site.url("/kept"))).await.unwrap();
    assert_eq!(page.content, Content::Html(story("Kept")));
    // The copy stands for the page; the report says where it came from.
    assert_eq!(page.url.unwrap().as_str(), site.url("/kept"));
    assert_eq!(page.fetch.unwrap().final_url.as_str(), archive.url("/web/2024id_/kept"));
    // What the archive has not is gone as it was; what it can't give now comes again.
    assert_eq!(ending(fetcher.fetch(link(&site.url("/lost"))).await), ("gone", Disposition::Skip));
    assert_eq!(ending(fetcher.fetch(link(&site.url("/busy"))).await).0, "unavailable");
    let asked = archive.pages().len();
    assert!(fetcher.fetch(link(&site.url("/here"))).await.is_ok());
    assert_eq!(archive.pages().len(), asked);
}

#[tokio::test]
async fn a_status_decides_whatever_its_body() {
    let gzip = [("Content-Encoding", "gzip")];
    let large = "x".repeat(9 << 20);
    for (status, code) in [(404, "gone"), (403, "refused"), (500, "server_error")] {
        for answer in [reply(status, &gzip, "plain"), reply(status, &[], &large)] {
            let site = Site::start(move |_: &Request| answer.clone()).await;
            let ended = ending(fetcher(&settings()).fetch(link(&site.url("/a"))).await);
            assert_eq!(ended.0, code, "{status}");
        }
    }
}

#[tokio::test]
async fn first_bytes_tell_what_is_no_page() {
    for body in ["%PDF-1.7 x", "PK\u{3}\u{4} x", "GIF89a x", "ID3 x"] {
        for kind in ["text/html", "text/plain"] {
            let site =
                Site::start(move |_: &Request| reply(200, &[("Content-Type", kind)], body)).await;
            let ended = ending(fetcher(&settings()).fetch(link(&site.url("/a"))).await);
            assert_eq!(ended.0, "content_type", "{body} as {kind}");
        }
    }
}
