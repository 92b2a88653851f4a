//! Every format at once, and the feeds of a web page.

use std::collections::BTreeSet;

use super::support::broker::Broker;
use super::support::site::{Reply, Request, Site, html, reply, story};
use super::support::worker::Worker;
use super::{feed, rss};

const FORMATS: [&str; 10] = [
    "/rss091.xml",
    "/rdf090.xml",
    "/rdf10.xml",
    "/rss20.xml",
    "/atom03.xml",
    "/atom10.xml",
    "/json1",
    "/json11",
    "/news.xml",
    "/index.xml",
];

/// Ten feeds of one story each, `/story/1` to `/story/10`, and the pages of the stories.
fn formats(request: &Request) -> Reply {
    let rdf = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'";
    let item = |number: u32| {
        format!("<title>Story {number}</title><link>http://{}/story/{number}</link>", host(request))
    };
    let atom = |number: u32, space: &str| {
        format!(
            "<feed xmlns='{space}'><title>Courier</title><entry><title>Story {number}</title>\
             <id>tag:courier.example,2026:{number}</id>\
             <link rel='alternate' type='text/html' href='/story/{number}'/></entry></feed>"
        )
    };
    let json = |version: &str, id: &str, number: u32| {
        let text = format!(
            "{{\"version\": \"https://jsonfeed.org/version/{version}\", \"title\": \"Courier\", \
             \"items\": [{{\"id\": {id}, \"url\": \"http://{}/story/{number}\"}}]}}",
            host(request)
        );
        reply(200, &[("Content-Type", "application/feed+json")], text)
    };
    let sitemap = |number: u32| {
        feed(format!(
            "<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url>\
             <loc>http://{}/story/{number}</loc><news:news><news:title>Story {number}</news:title>\
             </news:news></url></urlset>",
            host(request)
        ))
    };
    match request.path.as_str() {
        "/rss091.xml" => {
            feed(format!("<rss version='0.91'><channel><item>{}</item></channel></rss>", item(1)))
        }
        "/rdf090.xml" => feed(format!(
            "<rdf:RDF {rdf} xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel/><item>{}</item>\
             </rdf:RDF>",
            item(2)
        )),
        "/rdf10.xml" => feed(format!(
            "<rdf:RDF {rdf} xmlns='http://purl.org/rss/1.0/'><channel/>\
             <item rdf:about='http://{}/story/3'>{}</item></rdf:RDF>",
            host(request),
            item(3)
        )),
        "/rss20.xml" => feed(rss([4])),
        "/atom03.xml" => feed(atom(5, "http://purl.org/atom/ns#")),
        "/atom10.xml" => feed(atom(6, "http://www.w3.org/2005/Atom")),
        "/json1" => json("1", "7", 7),
        "/json11" => json("1.1", "\"eight\"", 8),
        "/news.xml" => sitemap(9),
        "/index.xml" => feed(format!(
            "<sitemapindex><sitemap><loc>http://{}/part.xml</loc></sitemap></sitemapindex>",
            host(request)
        )),
        "/part.xml" => sitemap(10),
        "/" => html(
            "<!DOCTYPE html><title>Courier</title><link rel=alternate type=application/rss+xml \
             href=/home.rss><link rel=alternate type=application/atom+xml href=/home.atom>\
             <link rel=alternate type=application/rss+xml href=/comments/feed>",
        ),
        // The same story, by another guid.
        "/home.rss" => feed(rss([11])),
        "/home.atom" => feed(atom(11, "http://www.w3.org/2005/Atom")),
        "/comments/feed" => feed(rss([99])),
        path if path.starts_with("/story/") => html(story(&format!("Story {}", &path[7..]))),
        _ => reply(404, &[], ""),
    }
}

fn host(request: &Request) -> &str {
    &request.headers["host"]
}

#[tokio::test]
async fn ten_formats_and_a_home_page_become_stories() {
    let site = Site::start(formats).await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let list = tempfile::NamedTempFile::new().unwrap();
    let lines: String = FORMATS.iter().chain(&["/"]).map(|path| site.url(path) + "\n").collect();
    std::fs::write(list.path(), lines).unwrap();
    let args = ["--once", "--discover", list.path().to_str().unwrap()];
    let mut feeds = Worker::feeds(broker.url(), &args, &[]);
    assert!(feeds.ended().await.success(), "{}", feeds.text());
    let raw = broker.raw(&context).await;
    let urls: BTreeSet<String> =
        raw.iter().map(|message| message.json()["url"].as_str().unwrap().to_owned()).collect();
    let expected: BTreeSet<String> = (1..=11).map(|n| site.url(&format!("/story/{n}"))).collect();
    assert_eq!((urls, raw.len()), (expected, 11), "{}", feeds.text());

    let worker = Worker::start(broker.url(), &[]);
    let outcomes = broker.outcomes(&context, 11).await;
    assert!(outcomes.iter().all(|outcome| outcome.subject.starts_with("news.story.")));
    // Nothing new, by whatever feed.
    let args = [&["--once", "--now"][..], &args[1..]].concat();
    let mut again = Worker::feeds(broker.url(), &args, &[]);
    assert!(again.ended().await.success(), "{}", again.text());
    let published: u64 = again.lines().iter().filter_map(|line| line["published"].as_u64()).sum();
    assert_eq!(published, 0, "{}", again.text());
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn page_feeds_are_named_when_not_taken() {
    let site = Site::start(formats).await;
    let broker = Broker::provisioned().await;
    let mut feeds = Worker::feeds(broker.url(), &["--once", &site.url("/")], &[]);
    assert_eq!(feeds.ended().await.code(), Some(1));
    let line = feeds.logged("feed").await;
    assert_eq!(line["code"], "html");
    let reason = line["reason"].as_str().unwrap();
    assert!(reason.contains(&site.url("/home.rss")) && reason.contains("--discover"), "{reason}");
    assert!(broker.raw(&broker.context().await).await.is_empty());
}

#[tokio::test]
async fn finds_feeds_at_known_paths_or_robots_txt() {
    let page = "<!DOCTYPE html><title>Courier</title><p>No links here.";
    for (found, number) in [("/feed.xml", 1), ("/map.xml", 2), ("/nowhere", 3)] {
        let site = Site::start(move |request| match request.path.as_str() {
            "/" => html(page),
            "/robots.txt" if found == "/map.xml" => {
                reply(200, &[], format!("Sitemap: http://{}/map.xml\n", host(request)))
            }
            "/map.xml" if found == "/map.xml" => feed(format!(
                "<urlset xmlns:news='n'><url><loc>/story/{number}</loc><news:news>\
                 <news:title>Story</news:title></news:news></url></urlset>"
            )),
            path if path == found => feed(rss([number])),
            _ => reply(404, &[], ""),
        })
        .await;
        let broker = Broker::provisioned().await;
        let args = ["--once", "--now", "--discover", &site.url("/")];
        let mut feeds = Worker::feeds(broker.url(), &args, &[]);
        let code = feeds.ended().await.code();
        let raw = broker.raw(&broker.context().await).await;
        if found == "/nowhere" {
            assert_eq!((code, raw.len()), (Some(1), 0), "{}", feeds.text());
            assert_eq!(feeds.logged("feed").await["code"], "html", "{}", feeds.text());
            continue;
        }
        assert_eq!((code, raw.len()), (Some(0), 1), "{found}: {}", feeds.text());
        // The next poll asks what answered, and nothing beside it.
        let before = site.requests().len();
        let mut again = Worker::feeds(broker.url(), &args, &[]);
        assert_eq!(again.ended().await.code(), Some(0), "{found}: {}", again.text());
        let asked: Vec<String> =
            site.requests()[before..].iter().map(|request| request.path.clone()).collect();
        assert!(asked.iter().all(|path| ["/", found].contains(&path.as_str())), "{asked:?}");
    }
}
