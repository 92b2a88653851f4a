//! What a fetch gives.

use super::*;

#[tokio::test]
async fn a_page_is_fetched_with_its_report() {
    let site = Site::start(|_: &Request| {
        let headers =
            [("Content-Type", "text/html"), ("ETag", "\"v1\""), ("Last-Modified", "yesterday")];
        reply(200, &headers, story("Bridge to open"))
    })
    .await;
    let page = fetch(&settings(), &site.url("/a?b=c#d")).await.unwrap();
    let report = page.fetch.unwrap();
    assert_eq!(page.content, Content::Html(story("Bridge to open")));
    assert_eq!((report.status, report.hops), (200, 0));
    assert_eq!(report.bytes, story("Bridge to open").len() as u64);
    assert_eq!(report.charset, "UTF-8");
    assert_eq!(report.access, Access::Free);
    assert_eq!(report.final_url.as_str(), site.url("/a?b=c#d"));
    assert_eq!(report.validators.etag.as_deref(), Some("\"v1\""));
    assert_eq!(report.validators.last_modified.as_deref(), Some("yesterday"));
    let sent = &site.requests()[0];
    assert_eq!(sent.path, "/a?b=c");
    assert!(sent.headers["user-agent"].starts_with("news-ingest/"));
    assert_eq!(sent.headers["accept-encoding"], "gzip, br, zstd, deflate");
    assert!(!sent.headers.contains_key("referer"));
}

#[tokio::test]
async fn a_message_with_its_story_is_passed_through() {
    let mut raw = link("http://203.0.113.1/");
    raw.origin = Origin::Inline { url: None, content: Content::Text("Headline\n\nText".into()) };
    let page = fetcher(&settings()).fetch(raw).await.unwrap();
    assert_eq!((page.content, page.fetch), (Content::Text("Headline\n\nText".into()), None));
}
