//! Feeds that are polled again: what has changed is published, once, and nothing that has not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::feed;
use super::support::broker::Broker;
use super::support::site::{Reply, Request, Site, redirect, reply};
use super::support::worker::Worker;

/// A site that answers by how often it has been polled.
struct Polled {
    site: Site,
    step: Arc<AtomicUsize>,
}

impl Polled {
    async fn start(answer: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> Self {
        let step = Arc::new(AtomicUsize::new(0));
        let now = Arc::clone(&step);
        let site = Site::start(move |request| match request.path.as_str() {
            "/robots.txt" => reply(404, &[], ""),
            _ => answer(request, now.load(Ordering::Relaxed)),
        });
        Self { site: site.await, step }
    }

    /// Polls a feed so many times; the log lines.
    async fn poll(
        &self,
        broker: &Broker,
        path: &str,
        times: usize,
        settings: &[(&str, &str)],
    ) -> Vec<serde_json::Value> {
        let mut lines = Vec::new();
        for _ in 0..times {
            let url = self.site.url(path);
            let mut feeds = Worker::feeds(broker.url(), &["--once", "--now", &url], settings);
            feeds.ended().await;
            lines.push(feeds.logged("feed").await);
            self.step.fetch_add(1, Ordering::Relaxed);
        }
        lines
    }

    /// How many entries each of so many polls of a feed publishes.
    async fn published(&self, path: &str, times: usize) -> Vec<u64> {
        let broker = Broker::provisioned().await;
        let lines = self.poll(&broker, path, times, &[]).await;
        lines.iter().map(|line| line["published"].as_u64().unwrap()).collect()
    }
}

fn item(number: usize, more: &str) -> String {
    format!(
        "<item><title>Story {number}</title><link>/s{number}</link>\
         <guid isPermaLink='false'>{number}</guid>\
         <pubDate>Thu, 26 Nov 2026 0{number}:00:00 GMT</pubDate>{more}</item>"
    )
}

fn rss(items: &str) -> Reply {
    feed(format!(
        "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom' \
         xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>{items}</channel></rss>"
    ))
}

/// A news sitemap of these stories.
fn urlset(numbers: impl IntoIterator<Item = usize>) -> String {
    let urls = numbers.into_iter().map(|number| {
        format!(
            "<url><loc>/s{number}</loc><news:news><news:title>Story {number}</news:title></news:news></url>"
        )
    });
    format!("<urlset xmlns:news='n'>{}</urlset>", urls.collect::<String>())
}

fn index(parts: &[(&str, &str)]) -> Reply {
    let parts = parts.iter().map(|(path, changed)| {
        let changed = format!("<lastmod>{changed}</lastmod>").replace("<lastmod></lastmod>", "");
        format!("<sitemap><loc>{path}</loc>{changed}</sitemap>")
    });
    feed(format!("<sitemapindex>{}</sitemapindex>", parts.collect::<String>()))
}

#[tokio::test]
async fn build_time_revises_no_entry() {
    let polled = Polled::start(|request, step| {
        let updated = format!("<atom:updated>2026-11-27T08:0{step}:00Z</atom:updated>");
        match request.path.as_str() {
            "/one" => rss(&item(1, &updated)),
            _ => {
                let items: String = (1..=3).map(|number| item(number, &updated)).collect();
                rss(&(items + &item(9, "")))
            }
        }
    })
    .await;
    assert_eq!(polled.published("/one", 3).await, [1, 0, 0]);
    assert_eq!(polled.published("/mixed", 3).await, [4, 0, 0]);
}

#[tokio::test]
async fn guid_of_each_poll_is_one_story() {
    let polled = Polled::start(|_, step| {
        let of =
            |n: usize| item(n, "").replace(&format!(">{n}</guid>"), &format!(">{n}-{step}</guid>"));
        rss(&(1..=3).map(of).collect::<String>())
    })
    .await;
    assert_eq!(polled.published("/feed", 3).await, [3, 0, 0]);
}

#[tokio::test]
async fn validators_stay_with_the_address_that_gave_them() {
    let answer = |numbers: std::ops::RangeInclusive<usize>| {
        let items: String = numbers.map(|number| item(number, "")).collect();
        move |request: &Request| {
            if request.headers.contains_key("if-none-match") {
                return reply(304, &[], "");
            }
            let text = format!("<rss version='2.0'><channel>{items}</channel></rss>");
            reply(200, &[("Content-Type", "application/rss+xml"), ("ETag", "\"v1\"")], text)
        }
    };
    let (first, second) = (Site::start(answer(1..=2)).await, Site::start(answer(3..=4)).await);
    let (here, there) = (first.url("/feed"), second.url("/feed"));
    let polled = Polled::start(move |request, step| match (request.path.as_str(), step) {
        ("/moved", 0..=1) => redirect(302, &here),
        ("/moved", _) => redirect(301, &there),
        _ => reply(404, &[], ""),
    })
    .await;
    let broker = Broker::provisioned().await;
    let settings = [("FETCH__ROBOTS", "false")];
    let lines = polled.poll(&broker, "/moved", 4, &settings).await;
    let outcomes: Vec<_> = lines.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["new", "not_modified", "new", "not_modified"]);
    assert_eq!(broker.raw(&broker.context().await).await.len(), 4);
}

#[tokio::test]
async fn cut_index_part_is_read_again() {
    let polled = Polled::start(|request, step| match (request.path.as_str(), step) {
        ("/index", _) => index(&[("/part", "2026-01-01T08:00:00Z")]),
        (_, 0) => {
            let whole = urlset(1..=3);
            feed(&whole[..whole.len() - 40])
        }
        _ => feed(urlset(1..=3)),
    })
    .await;
    assert_eq!(polled.published("/index", 3).await, [2, 1, 0]);
    let asked = polled.site.pages().iter().filter(|request| request.path == "/part").count();
    assert_eq!(asked, 2, "whole, it is read once");
}

#[tokio::test]
async fn part_of_today_is_read_again() {
    let today = time::OffsetDateTime::now_utc().date().to_string();
    let polled = Polled::start(move |request, step| match request.path.as_str() {
        "/index" => index(&[("/part", &today), ("/old", "2026-01-01")]),
        "/old" => feed(urlset([9])),
        _ => feed(urlset(1..2 + step)),
    })
    .await;
    assert_eq!(polled.published("/index", 3).await, [2, 1, 1]);
    let asked = polled.site.pages().iter().filter(|request| request.path == "/old").count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn each_part_of_an_index_has_its_turn() {
    let polled = Polled::start(|request, _| match request.path.as_str() {
        "/index" => {
            let paths: Vec<String> = (0..14).map(|part| format!("/part{part}")).collect();
            let mut parts: Vec<(&str, &str)> =
                paths.iter().map(|path| (path.as_str(), "")).collect();
            parts.push(("/latest", "2026-01-02T08:00:00Z"));
            index(&parts)
        }
        "/latest" => feed(urlset([1])),
        "/part13" => feed(urlset([2])),
        _ => feed("<urlset><url><loc>/about</loc></url></urlset>"),
    })
    .await;
    let broker = Broker::provisioned().await;
    let lines = polled.poll(&broker, "/index", 3, &[]).await;
    let published: Vec<_> = lines.iter().map(|line| line["published"].as_u64().unwrap()).collect();
    assert_eq!(published, [1, 1, 0]);
    assert_eq!(lines[0]["parts_left_out"], 5);
}

#[tokio::test]
async fn entry_too_large_comes_from_its_page() {
    let polled = Polled::start(|_, _| {
        // Nothing that compresses.
        let mut seed = 1_u32;
        let text: String = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + u8::try_from((seed >> 24) % 26).unwrap())
        })
        .take(400 << 10)
        .collect();
        let content = |text: &str| format!("<content:encoded>{text}</content:encoded>");
        let files = text.as_bytes().chunks(4 << 10).take(20).map(|name| {
            format!("<enclosure url='/{}' type='audio/mpeg'/>", str::from_utf8(name).unwrap())
        });
        let files = files.collect::<String>();
        rss(&[item(1, &content("A text.")), item(2, &content(&text)), item(3, &files)].concat())
    })
    .await;
    let broker = Broker::with_max_payload(64 << 10).await;
    broker.provision().await;
    let lines = polled.poll(&broker, "/feed", 2, &[("FEEDS__TEXT", "feed")]).await;
    assert_eq!((&lines[0]["outcome"], &lines[0]["published"]), (&"new".into(), &3.into()));
    assert_eq!(lines[1]["outcome"], "unchanged");
    let raw = broker.raw(&broker.context().await).await;
    let has_text = raw.iter().map(|message| message.json().get("html").is_some());
    assert_eq!(has_text.collect::<Vec<_>>(), [true, false, false]);
}

#[tokio::test]
async fn live_page_parts_are_stories() {
    let polled = Polled::start(|_, step| {
        let item = |n: usize| {
            format!(
                "<item><title>Update {n}</title><link>/live#post-{n}</link>\
                 <content:encoded>The council met for the {n}. time.</content:encoded></item>"
            )
        };
        rss(&(1..=1 + step).rev().map(item).collect::<String>())
    })
    .await;
    let broker = Broker::provisioned().await;
    let lines = polled.poll(&broker, "/feed", 4, &[("FEEDS__TEXT", "feed")]).await;
    assert!(lines.iter().all(|line| line["published"] == 1), "{lines:?}");
    // Its page is one story.
    assert_eq!(polled.published("/feed", 1).await, [1]);
}
