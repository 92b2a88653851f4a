//! One process and its feeds: from a feed to a story, conditional requests, moves, failures.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::support::broker::{Broker, by_key};
use super::support::site::{Site, html, redirect, reply, story};
use super::support::worker::{Worker, program};
use super::{QUICK, feed, rss};

#[tokio::test]
async fn a_feed_becomes_stories() {
    let site = Site::start(|request| match request.path.as_str() {
        "/feed.xml" => feed(
            "<rss version='2.0'><channel><title>The Courier</title><language>en</language>\
             <item><title>Bridge to open</title><link>/story/1</link><guid>/story/1 of today</guid>\
             <pubDate>Mon, 02 Mar 2026 07:30:00 GMT</pubDate><category>Transport</category></item>\
             <item><title>Far ahead</title><link>/story/2</link>\
             <pubDate>Mon, 02 Mar 2099 07:30:00 GMT</pubDate></item></channel></rss>",
        ),
        "/robots.txt" => reply(404, &[], ""),
        path => html(story(&format!("Page {path}"))),
    })
    .await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let url = site.url("/feed.xml");
    let mut feeds = Worker::feeds(broker.url(), &["--once", &url], &[]);
    assert!(feeds.ended().await.success(), "{}", feeds.text());

    let raw = broker.raw(&context).await;
    let output = program().args(["schema", "raw"]).output().await.unwrap();
    let schema = serde_json::from_slice(&output.stdout).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for message in &raw {
        let errors: Vec<String> =
            schema.iter_errors(&message.json()).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(message.subject, "news.raw.127_0_0_1");
        assert_eq!(message.header("Content-Type"), Some("application/json"));
    }
    // The oldest first.
    let (first, second) = (raw[0].json(), raw[1].json());
    assert_eq!(first["title"], "Bridge to open");
    assert_eq!(first["url"], site.url("/story/1"));
    assert_eq!(first["datePublished"], "2026-03-02T07:30:00Z");
    assert_eq!(first["inLanguage"], "en");
    assert_eq!(first["section"], "Transport");
    assert_eq!(first["publisher"]["name"], "The Courier");
    assert_eq!(first["discovered"]["via"], "rss");
    assert_eq!(first["discovered"]["feedUrl"], url.as_str());
    assert!(first["id"].as_str().unwrap().starts_with("entry:"), "white space is no id");
    assert!(second.get("datePublished").is_none(), "a date far ahead is a slip");

    let worker = Worker::start(broker.url(), &[]);
    let outcomes = broker.outcomes(&context, 2).await;
    assert!(outcomes.iter().all(|outcome| outcome.subject.starts_with("news.story.en.")));
    let record = outcomes.iter().find(|o| o.json()["id"] == first["id"]).unwrap().json();
    assert_eq!(record["raw"]["subject"], "news.raw.127_0_0_1");
    assert_eq!(record["fetch"]["status"], 200);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn conditional_feed_poll_publishes_only_new_entries() {
    let state = Arc::new(AtomicU32::new(1));
    let site = Site::start({
        let state = Arc::clone(&state);
        move |request| {
            let state = state.load(Ordering::Relaxed);
            let tag = format!("\"{state}\"");
            if request.headers.get("if-none-match") == Some(&tag) {
                return reply(304, &[], "");
            }
            // 2 is gone for a while and comes back; 1 is revised at the end.
            let text = match state {
                1 => rss([1, 2]),
                2 => rss([1, 3]),
                3 => rss([1, 2, 3]),
                _ => rss([1, 2, 3]).replace(
                    "<title>Story 1</title>",
                    "<title>Story 1</title><pubDate>Mon, 02 Mar 2026 07:30:00 GMT</pubDate>\
                     <updated>2026-03-03T07:30:00Z</updated>",
                ),
            };
            reply(200, &[("ETag", &tag), ("Last-Modified", "Mon, 02 Mar 2026 07:30:00 GMT")], text)
        }
    })
    .await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let mut settings = QUICK.to_vec();
    settings.push(("FETCH__ROBOTS", "false"));
    let feeds = Worker::feeds(broker.url(), &[&site.url("/feed")], &settings);
    let seen = |outcome: &'static str, count: usize| {
        let feeds = &feeds;
        async move {
            feeds
                .logged_with("feed", |_| {
                    feeds.lines().iter().filter(|l| l["outcome"] == outcome).count() >= count
                })
                .await
        }
    };
    seen("new", 1).await;
    seen("not_modified", 1).await;
    let second = &site.requests()[1];
    assert_eq!(second.headers["if-none-match"], "\"1\"");
    assert_eq!(second.headers["if-modified-since"], "Mon, 02 Mar 2026 07:30:00 GMT");
    assert!(second.headers["accept"].contains("application/atom+xml"));
    assert!(second.headers["user-agent"].starts_with("news-ingest/"));
    state.store(2, Ordering::Relaxed);
    seen("new", 2).await;
    state.store(3, Ordering::Relaxed);
    seen("unchanged", 1).await;
    state.store(4, Ordering::Relaxed);
    seen("new", 3).await;
    assert!(feeds.stop().await.success());
    let raw = broker.raw(&context).await;
    let published: Vec<(String, Option<String>)> = raw
        .iter()
        .map(|message| {
            let json = message.json();
            let text = |name: &str| json[name].as_str().map(str::to_owned);
            (text("id").unwrap(), text("revision"))
        })
        .collect();
    let first = |number| (format!("127.0.0.1:{number}"), None);
    let revised = ("127.0.0.1:1".to_owned(), Some("2026-03-03T07:30:00Z".to_owned()));
    assert_eq!(published, [first(2), first(1), first(3), revised]);
}

#[tokio::test]
async fn permanent_move_is_remembered_but_temporary_is_not() {
    let site = Site::start(|request| match request.path.as_str() {
        "/old" => redirect(301, "/older"),
        "/older" => redirect(308, "/now"),
        "/now" => redirect(302, "/today"),
        "/today" => feed(rss([1])),
        _ => reply(404, &[], ""),
    })
    .await;
    let broker = Broker::provisioned().await;
    let feeds = Worker::feeds(broker.url(), &[&site.url("/old")], &QUICK);
    feeds.logged_with("feed", |line| line["outcome"] == "unchanged").await;
    assert!(feeds.stop().await.success());
    let paths: Vec<String> = site.pages().into_iter().map(|request| request.path).collect();
    assert_eq!(paths[..6], ["/old", "/older", "/now", "/today", "/now", "/today"]);
    assert_eq!(broker.raw_left(&broker.context().await).await, 1);
}

#[tokio::test]
async fn feed_moved_back_is_found_again() {
    let is_back = Arc::new(AtomicBool::new(false));
    let site = Site::start({
        let is_back = Arc::clone(&is_back);
        move |request| match (request.path.as_str(), is_back.load(Ordering::Relaxed)) {
            ("/rss", false) => redirect(301, "/feed.xml"),
            ("/feed.xml", false) => feed(rss([1])),
            ("/rss", true) => feed(rss([1, 2])),
            ("/feed.xml", true) => reply(410, &[], ""),
            _ => reply(404, &[], ""),
        }
    })
    .await;
    let broker = Broker::provisioned().await;
    let feeds = Worker::feeds(broker.url(), &[&site.url("/rss")], &QUICK);
    feeds.logged("feed_moved").await;
    is_back.store(true, Ordering::Relaxed);
    let said = feeds.logged_with("feed", |line| line["code"] == "gone").await;
    assert_eq!(said["outcome"], "failed", "{said}");
    feeds.logged_with("feed", |line| line["published"] == 1 && line["entries"] == 2).await;
    assert!(feeds.stop().await.success());
    assert_eq!(broker.raw_left(&broker.context().await).await, 2);
}

#[tokio::test]
async fn own_refusal_is_no_failure_of_feed() {
    let site = Site::start(|_| feed(rss([1]))).await;
    let broker = Broker::provisioned().await;
    let mut settings = QUICK.to_vec();
    settings.push(("FETCH__ALLOW_ADDRESSES", "[]"));
    let url = site.url("/feed");
    let mut feeds = Worker::feeds(broker.url(), &["--once", &url], &settings);
    feeds.ended().await;
    let said = feeds.logged("feed").await;
    assert_eq!((&said["outcome"], &said["failures"]), (&"later".into(), &0.into()), "{said}");
    // It is asked again as soon as the configuration lets it.
    let mut feeds = Worker::feeds(broker.url(), &["--once", &url], &QUICK);
    assert!(feeds.ended().await.success(), "{}", feeds.text());
    assert_eq!(broker.raw_left(&broker.context().await).await, 1);
}

#[tokio::test]
async fn backs_off_broken_feeds_and_leaves_gone_ones() {
    let site = Site::start(|request| match request.path.as_str() {
        "/broken" => reply(500, &[], ""),
        "/busy" => reply(503, &[("Retry-After", "30")], ""),
        "/gone" => reply(410, &[], ""),
        _ => reply(404, &[], ""),
    })
    .await;
    let broker = Broker::provisioned().await;
    let (broken, gone) = (site.url("/broken"), site.url("/gone"));
    let mut settings = QUICK.to_vec();
    settings.push(("FETCH__CIRCUIT_FAILURES", "100"));
    let feeds = Worker::feeds(broker.url(), &[&broken, &gone], &settings);
    let third = feeds.logged_with("feed", |l| l["failures"] == 3 && l["feed"] == broken.as_str());
    let third = third.await;
    assert_eq!((&third["outcome"], &third["code"]), (&"failed".into(), &"server_error".into()));
    let waits: Vec<u64> = feeds
        .lines()
        .iter()
        .filter(|line| line["feed"] == broken.as_str())
        .map(|line| line["next_secs"].as_u64().unwrap())
        .collect();
    assert_eq!(waits, [1, 2, 4]);
    let said = feeds.logged_with("feed", |line| line["feed"] == gone.as_str()).await;
    assert_eq!((&said["outcome"], &said["code"]), (&"gone".into(), &"gone".into()));
    assert!(said.get("next_secs").is_none());
    assert!(feeds.stop().await.success());
    // Nobody asks it again, and nobody asks for more often than a host wants.
    let busy = site.url("/busy");
    let mut once = Worker::feeds(broker.url(), &["--once", &gone, &busy], &settings);
    assert_eq!(once.ended().await.code(), Some(1), "a feed has failed");
    let said = once.logged_with("feed", |line| line["feed"] == busy.as_str()).await;
    assert!(said["next_secs"].as_u64().unwrap() >= 30, "{said}");
    let asked = site.pages().iter().filter(|request| request.path == "/gone").count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn robots_txt_is_obeyed() {
    let site = Site::start(|request| match request.path.as_str() {
        "/robots.txt" => reply(200, &[], "User-agent: *\nDisallow: /private"),
        _ => feed(rss([1])),
    })
    .await;
    let broker = Broker::provisioned().await;
    let url = site.url("/private/feed");
    let mut feeds = Worker::feeds(broker.url(), &["--once", &url], &[]);
    assert_eq!(feeds.ended().await.code(), Some(1));
    assert_eq!(feeds.logged("feed").await["code"], "robots_disallowed");
    assert!(site.pages().is_empty());
}

#[tokio::test]
async fn only_changed_index_parts_are_read_again() {
    let changed = Arc::new(AtomicU32::new(0));
    let site = Site::start({
        let changed = Arc::clone(&changed);
        move |request| {
            let part = |numbers: &[u32]| {
                let urls: String = numbers
                    .iter()
                    .map(|number| {
                        format!(
                            "<url><loc>/story/{number}</loc><news:news><news:title>Story {number}\
                             </news:title></news:news></url>"
                        )
                    })
                    .collect();
                reply(200, &[], format!("<urlset xmlns:news='n'>{urls}</urlset>"))
            };
            let changed = changed.load(Ordering::Relaxed);
            match request.path.as_str() {
                "/index.xml" => reply(
                    200,
                    &[],
                    format!(
                        "<sitemapindex><sitemap><loc>/a.xml</loc><lastmod>2026-01-0{}</lastmod>\
                         </sitemap><sitemap><loc>/b.xml</loc><lastmod>2026-01-01</lastmod></sitemap>\
                         <sitemap><loc>/c.xml</loc><lastmod>2026-01-01</lastmod></sitemap></sitemapindex>",
                        2 + changed
                    ),
                ),
                "/a.xml" if changed == 0 => part(&[1, 2]),
                "/a.xml" => part(&[1, 2, 5]),
                "/b.xml" => part(&[2, 3, 4]),
                "/c.xml" if changed == 0 => reply(500, &[], ""),
                "/c.xml" => part(&[6]),
                _ => reply(404, &[], ""),
            }
        }
    })
    .await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let feeds = Worker::feeds(broker.url(), &[&site.url("/index.xml")], &QUICK);
    let first = feeds.logged_with("feed", |line| line["outcome"] == "new").await;
    assert_eq!((&first["published"], &first["parts_failed"]), (&4.into(), &1.into()), "{first}");
    changed.store(1, Ordering::Relaxed);
    let second = feeds.logged_with("feed", |line| line["published"] == 2).await;
    assert_eq!(second["via"], "sitemap");
    assert!(feeds.stop().await.success());
    let raw = broker.raw(&context).await;
    assert_eq!(raw.len(), 6);
    let asked = |path: &str| site.pages().iter().filter(|r| r.path == path).count();
    assert_eq!((asked("/a.xml"), asked("/b.xml")), (2, 1));
}

#[tokio::test]
async fn full_raw_stream_is_waited_for_without_skipping() {
    let site = Site::start(|_| feed(rss(1..=6))).await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    limit(&context, 2).await;
    let settings = [("FETCH__ROBOTS", "false")];
    let feeds = Worker::feeds(broker.url(), &[&site.url("/feed")], &settings);
    feeds.logged("raw_blocked").await;
    // AttemptReport to stop while it waits it stops, and the next one goes on where it was.
    assert!(feeds.stop().await.success());
    assert_eq!(broker.raw_left(&context).await, 2);
    let feeds = Worker::feeds(broker.url(), &[&site.url("/feed")], &settings);
    feeds.logged("raw_blocked").await;
    limit(&context, -1).await;
    feeds.logged("raw_resumed").await;
    let done = feeds.logged_with("feed", |line| line["outcome"] == "new").await;
    assert_eq!((&done["published"], &done["repeated"]), (&4.into(), &0.into()), "{done}");
    let raw = broker.raw(&context).await;
    assert_eq!(raw.len(), 6);
    let ids: std::collections::BTreeSet<String> =
        raw.iter().map(|message| message.json()["id"].to_string()).collect();
    assert_eq!(ids.len(), 6);
    assert!(feeds.stop().await.success());
}

/// Lets the raw stream hold so many messages.
pub(crate) async fn limit(context: &async_nats::jetstream::Context, messages: i64) {
    let stream = context.get_stream("NEWS_RAW").await.unwrap();
    let mut config = stream.cached_info().config.clone();
    config.max_messages = messages;
    // The shortest that there is: what comes later must be told by the workers.
    config.duplicate_window = std::time::Duration::from_millis(100);
    context.update_stream(&config).await.unwrap();
}

#[tokio::test]
async fn entry_in_two_publisher_feeds_is_one_story() {
    let site = Site::start(|request| match request.path.as_str() {
        "/all" => feed(rss([1, 2, 3])),
        "/sport" => feed(rss([2])),
        path => html(story(path)),
    })
    .await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let (all, sport) = (site.url("/all"), site.url("/sport"));
    let mut feeds = Worker::feeds(broker.url(), &["--once", &all, &sport], &[]);
    assert!(feeds.ended().await.success());
    let worker = Worker::start(broker.url(), &[]);
    let outcomes = broker.outcomes(&context, 3).await;
    broker.drained(&context).await;
    assert!(by_key(&outcomes).values().all(|times| *times == 1));
    assert_eq!(broker.outcomes(&context, 3).await.len(), 3);
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn numbered_entries_of_two_feeds_are_two() {
    let entries = |section: &'static str, day: u8, titles: [&str; 2]| {
        let item = |(number, title): (usize, &&str)| {
            format!(
                "<item><title>{title}</title><link>/{section}/{number}</link>\
                 <guid isPermaLink='false'>{number}</guid>\
                 <pubDate>2026-03-{day:02}T0{number}:00:00Z</pubDate></item>"
            )
        };
        let items: String = titles.iter().enumerate().map(item).collect();
        format!("<rss version='2.0'><channel>{items}</channel></rss>")
    };
    let harbour = entries("harbour", 1, ["New quay opens", "Ferry runs aground"]);
    let school = entries("school", 2, ["Pupils win prize", "Canteen to be rebuilt"]);
    let site = Site::start(move |request| match request.path.as_str() {
        "/harbour.xml" => feed(harbour.clone()),
        "/school.xml" => feed(school.clone()),
        // The stories of the first at other addresses.
        "/port.xml" => feed(harbour.replace("/harbour/", "/port/")),
        "/robots.txt" => reply(404, &[], ""),
        path => html(story(path)),
    })
    .await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    for path in ["/harbour.xml", "/school.xml", "/port.xml"] {
        let mut feeds = Worker::feeds(broker.url(), &["--once", &site.url(path)], &[]);
        assert!(feeds.ended().await.success(), "{}", feeds.text());
    }
    let worker = Worker::start(broker.url(), &[]);
    let outcomes = broker.outcomes(&context, 4).await;
    broker.drained(&context).await;
    assert_eq!(broker.outcomes(&context, 4).await.len(), 4);
    let ids: std::collections::BTreeSet<String> =
        outcomes.iter().map(|outcome| outcome.json()["id"].to_string()).collect();
    assert_eq!(ids.len(), 4, "{ids:?}");
    assert!(worker.stop().await.success());
}

#[tokio::test]
async fn worker_polls_feeds_beside_work_on_embedded_broker() {
    let site = Site::start(|request| match request.path.as_str() {
        "/feed" => feed(rss([1, 2])),
        "/robots.txt" => reply(404, &[], ""),
        path => html(story(path)),
    })
    .await;
    let port = format!("127.0.0.1:{}", super::support::broker::free_port());
    // Named in full: the processes run elsewhere.
    let program = std::path::absolute(super::support::broker::server_program()).unwrap();
    let settings = [
        ("NATS__EMBEDDED__LISTEN", port.as_str()),
        ("NATS__EMBEDDED__PROGRAM", program.to_str().unwrap()),
    ];
    let mut worker = Worker::spawn(
        &["run", "--feed", &site.url("/feed")],
        &settings,
        tempfile::tempdir().unwrap(),
    );
    let done = worker.logged_with("feed", |line| line["outcome"] == "new").await;
    assert_eq!(done["published"], 2);
    // Another process without a url joins that broker.
    let mut once = Worker::spawn(
        &["feeds", "--once", &site.url("/feed")],
        &settings,
        tempfile::tempdir().unwrap(),
    );
    assert!(once.ended().await.success(), "{}", once.text());
    assert!(!once.lines().iter().any(|line| line["event"] == "feed"), "it is not due");
    for _ in 0..600 {
        if worker.lines().iter().filter(|line| line["outcome"] == "story").count() == 2 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    worker.signal(rustix::process::Signal::TERM);
    assert!(worker.ended().await.success(), "{}", worker.text());
    assert_eq!(worker.lines().iter().filter(|line| line["outcome"] == "story").count(), 2);
    worker.logged("feeds_stop").await;
}

#[tokio::test]
async fn missing_feeds_bucket_ends_run_before_any_work() {
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    context.delete_stream("KV_news_feeds").await.unwrap();
    let message =
        serde_json::json!({"id": "x", "title": "A bridge", "text": "It opened on Monday."});
    broker.put(&context, &[], message.to_string()).await;
    let mut worker = Worker::spawn(
        &["run", "--feed", "http://127.0.0.1:9/feed"],
        &[("NATS__URL", broker.url()), ("NATS__CONNECT_WAIT_SECS", "1")],
        tempfile::tempdir().unwrap(),
    );
    assert_eq!(worker.ended().await.code(), Some(69));
    assert!(worker.lines().iter().all(|line| line["event"] != "start"), "no worker was started");
    assert_eq!(broker.raw_left(&context).await, 1);
}
