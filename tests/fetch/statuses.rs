//! Every status and its ending; conditional requests.

use super::*;

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
async fn a_page_that_the_producer_knows_is_not_modified() {
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
