//! Several processes and one list of feeds; processes that die.

use std::collections::BTreeSet;

use super::polling::limit;
use super::support::broker::{Broker, by_key};
use super::support::site::{Site, html, story};
use super::support::worker::Worker;
use super::{feed, rss};

#[tokio::test]
async fn two_processes_share_feeds_and_publish_once() {
    const FEEDS: u32 = 40;
    let site = Site::start(|request| {
        let number: u32 = request.path.trim_start_matches("/feed/").parse().unwrap();
        feed(rss(number * 10..number * 10 + 5))
    })
    .await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let urls: Vec<String> = (0..FEEDS).map(|n| site.url(&format!("/feed/{n}"))).collect();
    let args: Vec<&str> = urls.iter().map(String::as_str).collect();
    let settings = [("FETCH__ROBOTS", "false"), ("FEEDS__CONCURRENCY", "4")];
    let one = Worker::feeds(broker.url(), &args, &settings);
    let two = Worker::feeds(broker.url(), &args, &settings);
    broker.raw_filled(&context, u64::from(FEEDS) * 5).await;
    let polls =
        |worker: &Worker| worker.lines().iter().filter(|line| line["event"] == "feed").count();
    for _ in 0..200 {
        if polls(&one) + polls(&two) >= FEEDS as usize {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    // Whoever asks now finds nothing due.
    let mut third = Worker::feeds(broker.url(), &[&["--once"], &args[..]].concat(), &settings);
    assert!(third.ended().await.success());
    assert_eq!(polls(&third), 0, "{}", third.text());
    assert!(one.stop().await.success());
    assert!(two.stop().await.success());
    let raw = broker.raw(&context).await;
    let ids: BTreeSet<String> = raw.iter().map(|m| m.json()["id"].to_string()).collect();
    assert_eq!((raw.len(), ids.len()), (FEEDS as usize * 5, FEEDS as usize * 5));
    assert_eq!(site.pages().len(), FEEDS as usize, "each feed was asked once");
}

/// The crash that matters: entries are published, and that they are is not written down yet.
#[tokio::test]
async fn process_dying_after_publishing_doubles_no_story() {
    let site = Site::start(|request| match request.path.as_str() {
        "/feed" => feed(rss(1..=6)),
        path => html(story(path)),
    })
    .await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    limit(&context, 3).await;
    let settings = [("FETCH__ROBOTS", "false"), ("FEEDS__CLAIM_SECS", "12")];
    let mut dying = Worker::feeds(broker.url(), &[&site.url("/feed")], &settings);
    // Three are stored and the fourth is refused; the claim is first renewed after four seconds.
    dying.logged("raw_blocked").await;
    dying.child.kill().await.unwrap();
    assert_eq!(broker.raw_left(&context).await, 3);

    let worker = Worker::start(broker.url(), &[]);
    broker.outcomes(&context, 3).await;
    limit(&context, -1).await;
    let heir = Worker::feeds(broker.url(), &[&site.url("/feed")], &settings);
    let done = heir.logged_with("feed", |line| line["outcome"] == "new").await;
    assert_eq!((&done["published"], &done["repeated"]), (&6.into(), &0.into()), "{done}");
    broker.outcomes(&context, 6).await;
    broker.drained(&context).await;
    let outcomes = broker.outcomes(&context, 6).await;
    assert_eq!(outcomes.len(), 6);
    assert!(by_key(&outcomes).values().all(|times| *times == 1));
    assert!(outcomes.iter().all(|outcome| outcome.subject.starts_with("news.story.")));
    let repeats = worker.lines().iter().filter(|line| line["outcome"] == "repeat").count();
    assert_eq!(repeats, 3, "the workers' guard told them");
    assert!(worker.stop().await.success());
    assert!(heir.stop().await.success());
}

#[tokio::test]
async fn asking_once_says_who_holds_a_feed() {
    let site = Site::start(|_| feed(rss(1..=6))).await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    limit(&context, 3).await;
    let settings = [("FETCH__ROBOTS", "false"), ("WORKER__NAME", "desk-7")];
    let url = site.url("/feed");
    let mut dying = Worker::feeds(broker.url(), &[&url], &settings);
    dying.logged("raw_blocked").await;
    dying.child.kill().await.unwrap();
    let mut once = Worker::feeds(broker.url(), &["--once", "--now", &url], &[]);
    assert!(once.ended().await.success(), "{}", once.text());
    let held = once.logged("feed_held").await;
    assert_eq!((&held["feed"], &held["by"]), (&url.into(), &"desk-7".into()), "{held}");
    assert!(held["next_secs"].as_u64() <= Some(60), "{held}");
}

/// A claim that runs out while its holder is alive: frozen, or cut off.
#[tokio::test]
async fn process_frozen_past_its_claim_publishes_no_more() {
    use rustix::process::Signal;
    let site = Site::start(|_| feed(rss(1..=6))).await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    limit(&context, 3).await;
    let settings = [("FETCH__ROBOTS", "false"), ("FEEDS__CLAIM_SECS", "3")];
    let frozen = Worker::feeds(broker.url(), &[&site.url("/feed")], &settings);
    frozen.logged("raw_blocked").await;
    frozen.signal(Signal::STOP);
    limit(&context, -1).await;
    let heir = Worker::feeds(broker.url(), &[&site.url("/feed")], &settings);
    heir.logged_with("feed", |line| line["outcome"] == "new").await;
    let before = broker.raw(&context).await;
    let ids: BTreeSet<String> = before.iter().map(|m| m.json()["id"].to_string()).collect();
    assert_eq!(ids.len(), 6);
    frozen.signal(Signal::CONT);
    let said = frozen.logged_with("feed", |line| line["outcome"] == "lost").await;
    assert_eq!(said["code"], "lost");
    assert!(frozen.stop().await.success());
    assert_eq!(broker.raw(&context).await.len(), before.len());
    assert!(heir.stop().await.success());
}

/// Within the raw stream's duplicate window repeats do not even get in.
#[tokio::test]
async fn repeats_within_duplicate_window_never_enter_raw_stream() {
    let site = Site::start(|_| feed(rss(1..=3))).await;
    let broker = Broker::provisioned().await;
    let context = broker.context().await;
    let settings = [("FETCH__ROBOTS", "false")];
    let url = site.url("/feed");
    let mut first = Worker::feeds(broker.url(), &["--once", &url], &settings);
    assert!(first.ended().await.success());
    // What was known of the feed is lost with its bucket.
    let bucket = context.get_stream("KV_news_feeds").await.unwrap();
    bucket.purge().await.unwrap();
    let mut second = Worker::feeds(broker.url(), &["--once", &url], &settings);
    assert!(second.ended().await.success());
    let done = second.logged("feed").await;
    assert_eq!((&done["published"], &done["repeated"]), (&3.into(), &3.into()), "{done}");
    assert_eq!(broker.raw_left(&context).await, 3);
}

#[tokio::test]
async fn polling_goes_on_after_the_broker_was_away() {
    let site = Site::start(|_| feed(rss(1..=3))).await;
    let mut broker = Broker::provisioned().await;
    let settings = [&super::QUICK[..], &[("FETCH__ROBOTS", "false")]].concat();
    let feeds = Worker::feeds(broker.url(), &[&site.url("/feed")], &settings);
    feeds.logged_with("feed", |line| line["outcome"] == "new").await;
    broker.kill();
    feeds.logged("broker_disconnected").await;
    broker.resume().await;
    let before = site.pages().len();
    for _ in 0..1200 {
        if site.pages().len() > before {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(site.pages().len() > before, "{}", feeds.text());
    assert!(feeds.stop().await.success());
    assert_eq!(broker.raw_left(&broker.context().await).await, 3);
}
