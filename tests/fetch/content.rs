//! What came back: media types. Walls are in `walls`.

use super::*;

#[tokio::test]
async fn media_types_that_are_no_page_are_refused() {
    let rss = "<?xml version='1.0'?><!-- a feed --><rss version='2.0'><channel/></rss>";
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'></feed>";
    for (kind, body, expected) in [
        ("application/pdf", "%PDF-1.7", "content_type"),
        ("image/jpeg", "\u{ff}", "content_type"),
        ("application/json", "{}", "content_type"),
        ("application/octet-stream", "\0\0", "content_type"),
        ("application/xml", "<note/>", "content_type"),
        ("application/rss+xml", rss, "feed"),
        ("application/atom+xml", atom, "feed"),
        ("text/xml", rss, "feed"),
        ("application/xml; charset=utf-8", atom, "feed"),
        ("text/html", rss, "feed"),
    ] {
        let ended =
            ending(fetch_reply(&settings(), reply(200, &[("Content-Type", kind)], body)).await);
        assert_eq!(ended, (expected, Disposition::Reject), "{kind} {body}");
    }
}

#[tokio::test]
async fn pages_are_known_by_type_or_by_their_first_bytes() {
    let page = story("A");
    let xhtml = format!("<?xml version='1.0'?>\n{page}");
    for (headers, body) in [
        (&[("Content-Type", "TEXT/HTML;charset=UTF-8")][..], &page),
        (&[("Content-Type", "application/xhtml+xml")], &xhtml),
        (&[("Content-Type", "application/xml")], &xhtml),
        (&[("Content-Type", "text/plain")], &page),
        (&[], &page),
    ] {
        let got = fetch_reply(&settings(), reply(200, headers, body)).await.unwrap();
        assert_eq!(html_text(&got), *body, "{headers:?}");
    }
    let plain = reply(200, &[("Content-Type", "text/plain")], "Headline\n\nThe text.");
    let got = fetch_reply(&settings(), plain).await.unwrap();
    assert_eq!(got.content, Content::Text("Headline\n\nThe text.".to_owned()));
}
