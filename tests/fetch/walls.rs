//! Walls in the markup of the vendors that put them up, and pages that look like them and are none.

use super::*;

/// What a page is to be taken for.
enum Taken {
    As(&'static str),
    Free,
    Paywall,
}

fn markup(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fetch/walls");
    std::fs::read_to_string(format!("{folder}/{name}.html")).unwrap()
}

#[tokio::test]
async fn pages_are_taken_for_what_they_are() {
    use Taken::{As, Free, Paywall};
    type Row = (u16, &'static [(&'static str, &'static str)], &'static str, Taken);
    let rows: &[Row] = &[
        (403, &[("cf-mitigated", "challenge")], "cloudflare-managed", As("challenge")),
        (503, &[], "cloudflare-managed", As("challenge")),
        (200, &[], "cloudflare-managed", As("challenge")),
        (403, &[], "cloudflare-turnstile-de", As("challenge")),
        (403, &[], "cloudflare-blocked", As("challenge")),
        (403, &[("x-datadome", "protected"), ("x-dd-b", "1")], "datadome", As("challenge")),
        (200, &[], "datadome", As("challenge")),
        (403, &[], "human-press-and-hold", As("challenge")),
        (200, &[], "akamai-bot-manager", As("challenge")),
        (403, &[("Server", "AkamaiGHost")], "akamai-denied", As("refused")),
        (200, &[], "imperva", As("challenge")),
        (200, &[], "f5-rejected", As("challenge")),
        (200, &[], "anubis", As("challenge")),
        (202, &[], "siteground", As("challenge")),
        (429, &[("x-kpsdk-ct", "0d1e")], "kasada", As("challenge")),
        (202, &[("x-amzn-waf-action", "challenge")], "kasada", As("challenge")),
        (429, &[("x-vercel-mitigated", "challenge")], "page-brief", As("challenge")),
        (200, &[], "hcaptcha-only", As("challenge")),
        (200, &[], "consent-google", As("consent_wall")),
        (200, &[], "consent-sourcepoint", As("consent_wall")),
        (200, &[], "consent-didomi", As("consent_wall")),
        (200, &[], "consent-usercentrics", As("consent_wall")),
        (200, &[], "consent-inmobi", As("consent_wall")),
        (200, &[], "paywall-piano", Paywall),
        (200, &[], "paywall-piano-no-schema", Paywall),
        (200, &[], "paywall-poool-no-lead", As("paywall")),
        (200, &[], "paywall-zephr-no-lead", As("paywall")),
        (200, &[], "soft-404-with-teasers", As("soft_404")),
        (200, &[], "soft-404-de", As("soft_404")),
        (200, &[], "login-wall", As("login")),
        (200, &[], "script-shell-react", As("script_shell")),
        (200, &[], "script-shell-nuxt", As("script_shell")),
        (200, &[], "page-brief", Free),
        (200, &[], "page-brief-undeclared", Free),
        (200, &[], "page-about-captchas", Free),
        (200, &[], "page-about-airport", Free),
        (200, &[], "page-about-missing-hiker", Free),
        (200, &[], "page-about-drug", Free),
        (200, &[], "page-about-404", Free),
        (200, &[], "page-about-consent", Free),
        (200, &[], "page-with-consent-banner", Free),
        (200, &[], "page-with-login-modal", Free),
        (200, &[], "page-asks-for-subscribers", Free),
        (200, &[], "page-needs-javascript-for-comments", Free),
        (200, &[], "page-in-script-data", Free),
    ];
    let mut wrong = Vec::new();
    for (status, headers, name, taken) in rows {
        let mut all = vec![("Content-Type", "text/html; charset=utf-8")];
        all.extend_from_slice(headers);
        let result = fetch_reply(&settings(), reply(*status, &all, markup(name))).await;
        let got = result.map(|page| page.fetch.unwrap().access);
        let right = match (&got, taken) {
            (Err(error), As(code)) => {
                error.code() == *code && error.disposition() == Disposition::Skip
            }
            (Ok(access), Free) => *access == Access::Free,
            (Ok(access), Paywall) => *access == Access::Paywall,
            (Ok(_), As(_)) | (Err(_), Free | Paywall) => false,
        };
        if !right {
            wrong.push(format!("{status} {name}: {:?}", got.map_err(|e| e.code())));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn interstitials_on_own_hosts_are_detected_by_address() {
    let site = Site::start(|r: &Request| {
        let host = r.headers["host"].split(':').next().unwrap();
        let port = r.headers["host"].split(':').nth(1).unwrap();
        match (host, r.path.as_str()) {
            ("news.example", "/yahoo") => {
                redirect(302, &format!("http://guce.news.example:{port}/consent?brandType=nonEu"))
            }
            ("guce.news.example", _) => redirect(
                302,
                &format!("http://consent.news.example:{port}/v2/collectConsent?sessionId=1"),
            ),
            ("consent.news.example", _) => html(markup("consent-yahoo")),
            ("news.example", "/dpg") => {
                redirect(307, &format!("http://myprivacy.dpg.example:{port}/consent?siteKey=x"))
            }
            ("myprivacy.dpg.example", _) => html(markup("consent-dpg")),
            // The same text at a path; and a story whose address has the word in it.
            ("news.example", "/path") => redirect(302, "/cookie-consent?return=/path"),
            ("news.example", "/?p=7") => redirect(301, "/consent-given-in-error-says-court"),
            ("news.example", "/consent-given-in-error-says-court") => {
                html(markup("page-brief-undeclared"))
            }
            _ => html(markup("consent-yahoo")),
        }
    })
    .await;
    let fetcher = fetcher_with(&settings(), |_| Ok(vec!["127.0.0.1".parse().unwrap()]));
    for path in ["/yahoo", "/dpg", "/path"] {
        let ended = ending(fetcher.fetch(link(&site.url_as("news.example", path))).await);
        assert_eq!(ended, ("consent_wall", Disposition::Skip), "{path}");
    }
    assert!(fetcher.fetch(link(&site.url_as("news.example", "/?p=7"))).await.is_ok());
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
            // The front page has much to read, and is not the story.
            "/" => html(markup("soft-404-with-teasers").replace("Not Found", "One")),
            _ => html("<title>Ex</title><p>Not the story.</p>"),
        })
        .await;
        let ended = ending(fetch(&settings(), &site.url("/news/a-story")).await);
        assert_eq!(ended, (expected, Disposition::Skip), "{to}");
    }
}
