//! Walls by their markup, and what must not be taken for one.

use std::io::Read as _;

use super::*;

fn url(text: &str) -> WebUrl {
    WebUrl::parse(text).unwrap()
}

fn judged(requested: &str, answered: &str, html: &str) -> Result<Access, Wall> {
    let (requested, answered) = (url(requested), url(answered));
    let evidence = Evidence { html, requested: &requested, answered: &answered };
    judge(&HeaderMap::new(), &evidence)
}

fn page(title: &str, body: &str) -> Result<Access, Wall> {
    let html = format!("<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}");
    judged("https://ex.com/2026/a-story", "https://ex.com/2026/a-story", &html)
}

fn story() -> String {
    "<p>The council met on Tuesday to talk about the bridge that has been shut since spring, and \
     nobody knew when it would open again.</p>"
        .repeat(12)
}

#[test]
fn short_page_without_markers_is_a_page() {
    assert_eq!(page("Bridge shut", "<p>The bridge is shut.</p>"), Ok(Access::Free));
    assert_eq!(page("", "plain words without a paragraph"), Ok(Access::Free));
}

#[test]
fn markers_beside_a_story_are_no_interstitial() {
    let scripts = "<script src=https://www.google.com/recaptcha/api.js></script>\
                   <script>window._cf_chl_opt={}</script><input type=password>";
    assert_eq!(page("Are you a robot? A novel", &(story() + scripts)), Ok(Access::Free));
    assert_eq!(page("Page not found: the lost diaries", &story()), Ok(Access::Free));
}

#[test]
fn challenges_are_seen_by_title_marker_and_header() {
    assert_eq!(page("Just a moment...", "<div id=x>"), Err(Wall::Challenge));
    let datadome =
        "<p>Please enable JS</p><script src='https://ct.captcha-delivery.com/c.js'></script>";
    assert_eq!(page("ex.com", datadome), Err(Wall::Challenge));
    let mut headers = HeaderMap::new();
    assert_eq!(of_refusal(403, &headers, b"<title>403 Forbidden</title>"), None);
    assert_eq!(of_refusal(429, &headers, b"<title>Just a moment...</title>"), None);
    let refused = of_refusal(503, &headers, b"<title>Just a moment...</title>");
    assert_eq!(refused, Some(Wall::Challenge));
    headers.insert("cf-mitigated", "challenge".parse().unwrap());
    assert_eq!(of_refusal(403, &headers, b""), Some(Wall::Challenge));
}

#[test]
fn consent_and_login_forms_are_detected_by_redirects() {
    let html = "<title>Yahoo</title><p>We and our partners store information.</p>";
    let from = "https://news.yahoo.com/a-story-1.html";
    for (to, wall) in [
        ("https://consent.yahoo.com/v2/collectConsent?sessionId=1", Wall::Consent),
        ("https://myprivacy.dpgmedia.nl/consent?callbackUrl=x", Wall::Consent),
        ("https://ex.com/login?next=/a", Wall::Login),
        ("https://ex.com/404", Wall::Soft404),
        ("https://news.yahoo.com/", Wall::Soft404),
    ] {
        assert_eq!(judged(from, to, html), Err(wall), "{to}");
    }
    // A story about it, at its own address.
    let own = "https://ex.com/consent-rules-explained";
    assert_eq!(judged(own, own, html), Ok(Access::Free));
    assert_eq!(
        judged("https://ex.com/?p=77", "https://ex.com/a-new-login-law", html),
        Ok(Access::Free)
    );
}

#[test]
fn slugs_that_begin_like_forms_are_stories() {
    let from = "https://ex.com/?p=77";
    let lead =
        "A club from the north has signed three players on the last day of the window. ".repeat(3);
    let bare = format!("<title>Three players signed</title><p>{lead}</p>");
    for to in [
        "/news/signing-ceremony",
        "/signings/5512",
        "/signings.html",
        "/law/consenting-adults",
        "/tv/connexions-ratees",
        "/news/consent-decree",
    ] {
        assert_eq!(judged(from, &format!("https://ex.com{to}"), &bare), Ok(Access::Free), "{to}");
    }
    for (to, wall) in [
        ("/signin-v2", Wall::Login),
        ("/signin2.html", Wall::Login),
        ("/user/sign-in", Wall::Login),
        ("/consent", Wall::Consent),
    ] {
        assert_eq!(judged(from, &format!("https://ex.com{to}"), &bare), Err(wall), "{to}");
    }
    // A section that is called as a form is, and a form that calls itself an article.
    let declared = format!("<meta property='og:type' content='article'>{bare}");
    assert_eq!(judged(from, "https://ex.com/consent/5512", &declared), Ok(Access::Free));
    let form = format!("{declared}<form><input type='password' name=p></form>");
    assert_eq!(judged(from, "https://ex.com/login/5512", &form), Err(Wall::Login));
    let empty = declared.replace(&lead, "Please choose.");
    assert_eq!(judged(from, "https://ex.com/login", &empty), Err(Wall::Login));
    assert_eq!(judged(from, "https://consent.ex.com/a", &declared), Err(Wall::Consent));
}

#[test]
fn login_and_missing_pages_are_detected_by_content() {
    let form = "<form><input name=u><input type='password' name=p></form>";
    assert_eq!(page("Sign in - The Paper", form), Err(Wall::Login));
    for title in ["404 Error", "Oops! Error 404", "Sorry, error: page not found", "HTTP Status 404"]
    {
        assert_eq!(page(title, "<p>Sorry.</p>"), Err(Wall::Soft404), "{title}");
    }
    assert_eq!(page("404", "<p>Sorry.</p>"), Err(Wall::Soft404));
    assert_eq!(page("The Paper", "<h1>Seite nicht gefunden</h1>"), Err(Wall::Soft404));
}

/// What such pages say below their heading.
const NOTICE_TEXT: &str = "<p>Thank you for your patience. Our technicians are at work, which should take no longer than an \
     hour. If the problem persists, write to the customer service of the newspaper.</p>";

#[test]
fn notices_with_a_success_status_are_no_stories() {
    let declared = "<meta property='og:type' content='article'>";
    for (heading, wall) in [
        ("We&#39;ll be back soon!", Wall::Unavailable),
        ("The Paper is down for maintenance", Wall::Unavailable),
        ("503 Service Unavailable", Wall::Unavailable),
        ("Too many requests", Wall::Unavailable),
        ("Error establishing a database connection", Wall::Unavailable),
        ("Something went wrong.", Wall::Unavailable),
        ("You are now in line", Wall::Unavailable),
        ("Welcome to nginx!", Wall::Unavailable),
        ("Wartungsarbeiten", Wall::Unavailable),
        ("Site en maintenance", Wall::Unavailable),
        ("サービス利用不可", Wall::Unavailable),
        ("Please turn off your ad blocker", Wall::Notice),
        ("Open in the app", Wall::Notice),
        ("This domain is for sale", Wall::Notice),
        ("This content is no longer available", Wall::Soft404),
        ("This story has been removed", Wall::Soft404),
        ("Dieser Artikel wurde entfernt", Wall::Soft404),
    ] {
        let body = format!("<h1>{heading}</h1>{NOTICE_TEXT}");
        for head in ["", declared] {
            assert_eq!(page("The Paper", &format!("{head}{body}")), Err(wall), "{heading} {head}");
        }
        // By the title where there is no heading, or that is the paper's name.
        let titled = format!("{heading} | The Paper");
        assert_eq!(
            page(&titled, &format!("<h1>The Paper</h1>{NOTICE_TEXT}")),
            Err(wall),
            "{heading}"
        );
        assert_eq!(page(&titled, NOTICE_TEXT), Err(wall), "{heading}");
    }
    assert_eq!(page("ex.com", &format!("<h1>Please wait</h1>{NOTICE_TEXT}")), Ok(Access::Free));
    assert_eq!(page("Wait", &format!("<h1>One more step</h1>{NOTICE_TEXT}")), Err(Wall::Challenge));
}

#[test]
fn stories_about_maintenance_are_stories() {
    let short = NOTICE_TEXT;
    for heading in [
        "Maintenance closes bridge for a week",
        "Site maintenance begins at old harbour",
        "We will be back soon, says ferry company",
        "Too many requests for flats, says council",
        "Tax office website down for maintenance",
    ] {
        assert_eq!(
            page(heading, &format!("<h1>{heading}</h1>{short}")),
            Ok(Access::Free),
            "{heading}"
        );
    }
    // A section that is called so, and the headline of a dated or a long story.
    let section = format!("<h1>Bridge shut</h1>{short}");
    assert_eq!(page("Bridge shut | Waiting room", &section), Ok(Access::Free));
    let headline = "<h1>We will be back soon</h1>";
    for dated in [
        "<meta property='article:published_time' content='2026-09-20'>",
        r#"<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2026-09-20"}</script>"#,
    ] {
        assert_eq!(
            page("The Paper", &format!("{dated}{headline}{short}")),
            Ok(Access::Free),
            "{dated}"
        );
    }
    assert_eq!(page("The Paper", &format!("{headline}{}", &story()[..900])), Ok(Access::Free));
}

#[test]
fn forms_that_ask_for_an_address_are_logins() {
    let form = "<h1>The Paper</h1><form><input type=email name=email><button>Go on</button></form>\
                <p>We will look whether you have an account with us.</p>";
    let from = "https://ex.com/story/1";
    for to in [
        "/users/sign_in",
        "/signin-oidc",
        "/login-required",
        "/loginPage",
        "/auth/realms/post/protocol/openid-connect/auth",
        "/signup",
        "/register",
        "/welcome?return=%2Fstory%2F1",
        "/welcome?next=https%3A%2F%2Fex.com%2Fstory%2F1",
    ] {
        let to = format!("https://ex.com{to}");
        assert_eq!(judged(from, &to, form), Err(Wall::Login), "{to}");
    }
    // Stories with a box for a newsletter.
    let lead =
        "<p>The harbour opens on Monday. Ferries run again. The mayor is glad.</p>".repeat(8);
    let letter = format!("<h1>Harbour opens</h1>{lead}<form><input type=email></form>");
    for to in ["/register/harbour-opens", "/harbour-opens?from=/story/1", "/signing-ceremony"] {
        let to = format!("https://ex.com{to}");
        assert_eq!(judged(from, &to, &letter), Ok(Access::Free), "{to}");
    }
}

#[test]
fn paywall_with_lead_is_published_otherwise_skipped() {
    for mark in [
        r#"<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>"#,
        r#"<script type="application/ld+json">[{"@graph":[{"isAccessibleForFree":"False"}]}]</script>"#,
        r#"<script type="application/ld+json">{"@type":"NewsArticle",
            "hasPart":{"@type":"WebPageElement","isAccessibleForFree":false}}</script>"#,
        r#"<meta property="article:content_tier" content="locked">"#,
        r#"<meta itemprop="isAccessibleForFree" content="false">"#,
    ] {
        assert_eq!(page("A", &(mark.to_owned() + &story())), Ok(Access::Paywall), "{mark}");
        let lead = format!("{mark}{}", &story()[..240]);
        assert_eq!(page("A", &lead), Ok(Access::Paywall), "{mark}");
        assert_eq!(page("A", &format!("{mark}<p>Subscribe.</p>")), Err(Wall::Paywall), "{mark}");
    }
    let part = r#"<script type="application/ld+json">{"isAccessibleForFree":true,
        "hasPart":{"isAccessibleForFree":false}}</script>"#;
    assert_eq!(page("A", &(part.to_owned() + &story())), Ok(Access::Free));
}

#[test]
fn script_shell_is_distinguished_from_page_with_data() {
    let shell = "<noscript>You need to enable JavaScript to run this app.</noscript>\
                 <div id=\"root\"></div><script src=/static/main.js></script>";
    assert_eq!(page("The Paper", shell), Err(Wall::ScriptShell));
    let data = format!(
        "{shell}<script type=application/json>{{\"body\":\"{}\"}}</script>",
        "x".repeat(3000)
    );
    assert_eq!(page("The Paper", &data), Ok(Access::Free));
}

/// The pages that extraction is measured on are all pages; skipped where they are not at hand.
#[test]
fn no_wall_is_seen_on_real_news_pages() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/eval/pages");
    let Ok(files) = std::fs::read_dir(folder) else { return };
    let (mut pages, mut walls, mut paywalls) = (0, Vec::new(), Vec::new());
    for file in files {
        let file = std::fs::File::open(file.unwrap().path()).unwrap();
        let mut lines = String::new();
        flate2::read::MultiGzDecoder::new(file).read_to_string(&mut lines).unwrap();
        for line in lines.lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            let address = case["url"].as_str().unwrap_or("https://ex.com/2026/story");
            let Ok(at) = WebUrl::parse(address) else { continue };
            let html = case["html"].as_str().unwrap();
            let evidence = Evidence { html, requested: &at, answered: &at };
            pages += 1;
            match judge(&HeaderMap::new(), &evidence) {
                Ok(Access::Paywall) => paywalls.push(address.to_owned()),
                Ok(_) => {}
                Err(wall) => walls.push((wall, address.to_owned(), PageScan::of(html).paragraphs)),
            }
        }
    }
    assert!(pages > 400 && paywalls.len() * 10 < pages, "of {pages} pages: {paywalls:#?}");
    println!("of {pages} pages: {walls:#?}, paywalls: {paywalls:#?}");
    // A hundredth may be what it looks like.
    assert!(walls.len() * 100 < pages, "{} of {pages}: {walls:#?}", walls.len());
}
