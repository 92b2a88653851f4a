//! The text inside a feed: stories that are made of it, and pages that it stands in for.

use super::feed;
use super::support::broker::{Broker, Stored};
use super::support::site::{Reply, Request, Site, html, reply, story};
use super::support::worker::Worker;

/// Paragraphs of a story.
fn paragraphs(what: &str, count: usize) -> String {
    let paragraph = format!(
        "<p>The {what} was opened on Monday by the mayor, who thanked those who had built it, and \
         said that it had taken three years and cost four million euros.</p>"
    );
    paragraph.repeat(count)
}

/// A full text of a feed is a page of its own under these numbers; the page itself is what `page` says.
async fn site(page: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Site {
    Site::start(move |request: &Request| match request.path.as_str() {
        "/rss" => {
            let text = paragraphs("harbour", 4).replace('<', "&lt;");
            feed(format!(
                "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'>\
                 <channel><title>The Courier</title><language>en</language><item>\
                 <title>Harbour opens &amp;amp; sails</title><link>/story/rss</link>\
                 <pubDate>Mon, 02 Mar 2026 07:30:00 GMT</pubDate><author>Ann Berg</author>\
                 <category>Harbour</category>\
                 <enclosure url='/talk.mp3' type='audio/mpeg' length='9'/>\
                 <description>Only a teaser.</description>\
                 <content:encoded>{text}</content:encoded></item></channel></rss>"
            ))
        }
        "/atom" => feed(format!(
            "<feed xmlns='http://www.w3.org/2005/Atom'><title>The Courier</title><entry>\
             <title>Bridge opens</title><id>tag:courier.example,2026:2</id><link href='/story/atom'/>\
             <content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>{}</div></content>\
             <summary>A teaser.</summary></entry></feed>",
            paragraphs("bridge", 4)
        )),
        "/json" => feed(
            serde_json::json!({"version": "https://jsonfeed.org/version/1.1", "title": "The Courier",
                "items": [{"id": "3", "url": "/story/json", "title": "Tunnel opens",
                           "content_html": paragraphs("tunnel", 4)},
                          {"id": "4", "url": "/story/bare", "title": "No text", "summary": "Teaser"}]})
            .to_string(),
        ),
        "/robots.txt" => reply(404, &[], ""),
        _ => page(request),
    })
    .await
}

/// What the feeds of a site end as, with this setting of `feeds.text`.
async fn ended(site: &Site, feeds: &[&str], text: &str, count: usize) -> Vec<Stored> {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let urls: Vec<String> = feeds.iter().map(|path| site.url(path)).collect();
    let mut args = vec!["--once"];
    args.extend(urls.iter().map(String::as_str));
    let mut polled = Worker::feeds(broker.url(), &args, &[("FEEDS__TEXT", text)]);
    assert!(polled.ended().await.success(), "{}", polled.text());
    let worker = Worker::start(broker.url(), &[("FETCH__REFUSALS_BEFORE_PAUSE", "100")]);
    let outcomes = broker.outcomes(&context, count).await;
    assert!(worker.stop().await.success());
    outcomes
}

fn record(outcomes: &[Stored], headline: &str) -> serde_json::Value {
    let records = outcomes.iter().map(Stored::json);
    let mut found = records.filter(|r| r["item"]["headlines"][0]["value"] == headline);
    found.next().unwrap_or_else(|| panic!("no {headline} in {outcomes:?}"))
}

fn body(record: &serde_json::Value) -> &str {
    record["item"]["bodies"][0]["value"].as_str().unwrap()
}

#[tokio::test]
async fn full_texts_of_feeds_need_no_page() {
    let site = site(|_| html(story("No text"))).await;
    let outcomes = ended(&site, &["/rss", "/atom", "/json"], "feed", 4).await;
    for (headline, what) in [
        ("Harbour opens & sails", "harbour"),
        ("Bridge opens", "bridge"),
        ("Tunnel opens", "tunnel"),
    ] {
        let record = record(&outcomes, headline);
        assert_eq!(body(&record).matches(what).count(), 4, "{record}");
        assert!(record.get("fetch").is_none_or(serde_json::Value::is_null), "{record}");
    }
    let harbour = record(&outcomes, "Harbour opens & sails");
    assert_eq!(harbour["item"]["people"][0]["name"], "Ann Berg", "{harbour}");
    assert!(harbour["item"]["uri"].as_str().unwrap().ends_with("/story/rss"), "{harbour}");
    let enclosure = &harbour["meta"]["enclosures"][0];
    assert_eq!(enclosure["type"], "audio/mpeg");
    assert_eq!(enclosure["url"], site.url("/talk.mp3"));
    // An entry without a text is read from its page.
    let pages: Vec<String> =
        site.requests().into_iter().map(|r| r.path).filter(|p| p.starts_with("/story")).collect();
    assert_eq!(pages, ["/story/bare"]);
    assert_eq!(record(&outcomes, "No text")["fetch"]["status"], 200);
}

#[tokio::test]
async fn without_the_setting_pages_are_fetched() {
    let site = site(|r| html(story(&format!("Page of {}", r.path)))).await;
    let outcomes = ended(&site, &["/rss"], "page", 1).await;
    let record = record(&outcomes, "Page of /story/rss");
    assert!(!body(&record).contains("harbour"), "{record}");
}

#[tokio::test]
async fn takes_the_longer_text_of_page_and_feed() {
    let page = |headline: &str, what: &str, count: usize| {
        let text = paragraphs(what, count);
        html(format!(
            "<html lang=en><head><title>{headline}</title></head><body><article><h1>{headline}</h1>\
             {text}</article></body></html>"
        ))
    };
    let site = site(move |r| match r.path.as_str() {
        "/story/rss" => page("Harbour on its page", "quay", 9),
        "/story/atom" => page("Bridge on its page", "arch", 1),
        "/story/json" => reply(403, &[], ""),
        _ => reply(410, &[], ""),
    })
    .await;
    let outcomes = ended(&site, &["/rss", "/atom", "/json"], "longer", 4).await;
    let harbour = record(&outcomes, "Harbour on its page");
    assert_eq!(body(&harbour).matches("quay").count(), 9, "{harbour}");
    let bridge = record(&outcomes, "Bridge on its page");
    assert_eq!(body(&bridge).matches("bridge").count(), 4, "{bridge}");
    assert_eq!(bridge["fetch"]["status"], 200);
    let tunnel = record(&outcomes, "Tunnel opens");
    assert_eq!(body(&tunnel).matches("tunnel").count(), 4, "{tunnel}");
    // What the site says is gone is gone.
    let gone = outcomes.iter().filter(|o| o.subject.contains("skipped.fetch.gone")).count();
    assert_eq!(gone, 1);
}
