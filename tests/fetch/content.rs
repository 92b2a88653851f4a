//! What came back: media types and walls.

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

#[tokio::test]
async fn each_wall_is_an_outcome_of_its_own() {
    let lead = "<p>The council will decide tonight whether the bridge, shut since spring, opens \
        again before the winter sets in. Residents have waited long for it. What the engineers \
        say, and what it will cost the town, is told below.</p>";
    let locked = r#"<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>"#;
    type Wall<'a> = (u16, &'a [(&'a str, &'a str)], String, &'a str);
    let walls: [Wall<'_>; 8] = [
        (403, &[("cf-mitigated", "challenge")], String::new(), "challenge"),
        (503, &[], "<title>Just a moment...</title>".into(), "challenge"),
        (200, &[], "<title>Just a moment...</title><script>x</script>".into(), "challenge"),
        (200, &[], "<title>Before you continue to Ex</title><form></form>".into(), "consent_wall"),
        (200, &[], "<title>Log in</title><form><input type=password></form>".into(), "login"),
        (200, &[], "<title>Page not found | Ex</title><p>Sorry.</p>".into(), "soft_404"),
        (200, &[], format!("{locked}<p>Subscribe</p>"), "paywall"),
        (
            200,
            &[],
            "<noscript>Please enable JavaScript.</noscript><div id=\"root\"></div><script src=a.js></script>".into(),
            "script_shell",
        ),
    ];
    for (status, headers, body, expected) in walls {
        let mut all = vec![("Content-Type", "text/html")];
        all.extend_from_slice(headers);
        let ended = ending(fetch_reply(&settings(), reply(status, &all, &body)).await);
        assert_eq!(ended, (expected, Disposition::Skip), "{status} {body}");
    }
    let page = fetch_reply(&settings(), html(format!("<title>Bridge</title>{locked}{lead}"))).await;
    assert_eq!(page.unwrap().fetch.unwrap().access, Access::Paywall);
}

#[tokio::test]
async fn walls_that_redirects_lead_to_are_outcomes() {
    for (to, expected) in [
        ("/collectConsent?sessionId=1", "consent_wall"),
        ("/account/login?next=%2Fa", "login"),
        ("/404", "soft_404"),
        ("/", "soft_404"),
    ] {
        let site = Site::start(move |r: &Request| match r.path.as_str() {
            "/news/a-story" => redirect(302, to),
            _ => html("<title>Ex</title><p>Not the story.</p>"),
        })
        .await;
        let ended = ending(fetch(&settings(), &site.url("/news/a-story")).await);
        assert_eq!(ended, (expected, Disposition::Skip), "{to}");
    }
}
