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
async fn pages_are_known_by_type_or_first_bytes() {
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

#[tokio::test]
async fn meaningless_types_defer_to_the_first_bytes() {
    let page = story("A");
    for kind in [
        "text/html charset=utf-8",
        "html",
        "*/*",
        "text",
        "charset=utf-8",
        "application/unknown",
        "text/html/",
    ] {
        let answer = reply(200, &[("Content-Type", kind)], &page);
        let got = fetch_reply(&settings(), answer).await.unwrap();
        assert_eq!(html_text(&got), page, "{kind}");
    }
}

#[tokio::test]
async fn data_and_programs_sent_as_pages_are_refused() {
    let css = "body{color:red;font:12px/1.5 Arial}\n.a:hover{margin:0 auto}\n".repeat(9);
    let noise: Vec<u8> =
        (0..5000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for (kind, body) in [
        ("text/html", css.as_bytes()),
        ("text/html", &noise[..]),
        ("text/plain", &noise[..]),
        ("text/html", &b"\r\n%PDF-1.4 a storm"[..]),
        ("text/plain", &b"{\"status\":404,\"error\":\"Not Found\"}"[..]),
    ] {
        let answer = reply(200, &[("Content-Type", kind)], body);
        let ended = ending(fetch_reply(&settings(), answer).await);
        assert_eq!(ended, ("content_type", Disposition::Reject), "{kind}");
    }
}

#[tokio::test]
async fn header_lines_that_browsers_read_are_read() {
    let page = story("A");
    let length = page.len();
    for more in [
        "Content-Security-Policy: default-src 'self';\r\n\timg-src *",
        "A line without a colon",
        "X-Spaced : yes",
        "X-Bad\u{1}: 1",
    ] {
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{more}\r\nContent-Length: {length}\r\n\r\n{page}"
        );
        let got = fetch_reply(&settings(), vec![Act::Send(answer.into_bytes())]).await.unwrap();
        assert_eq!(html_text(&got), page, "{more}");
    }
}
