//! `feeds` as an operator runs it: real processes, a real broker, feeds on real sockets.
#![allow(clippy::unwrap_used, reason = "a panic is the report")]

mod command;
mod documents;
mod formats;
mod languages;
mod polling;
mod repeated;
mod sharing;
#[path = "../support/mod.rs"]
mod support;
mod texts;

use support::site::{Reply, reply};

/// An RSS feed of these stories, each with a guid and a page of its own.
fn rss(numbers: impl IntoIterator<Item = u32>) -> String {
    let items: String = numbers
        .into_iter()
        .map(|number| {
            format!(
                "<item><title>Story {number}</title><link>/story/{number}</link>\
                 <guid isPermaLink='false'>{number}</guid></item>"
            )
        })
        .collect();
    format!("<rss version='2.0'><channel><title>The Courier</title>{items}</channel></rss>")
}

fn feed(text: impl AsRef<[u8]>) -> Reply {
    reply(200, &[("Content-Type", "application/rss+xml")], text)
}

/// The shortest intervals that the settings allow.
const QUICK: [(&str, &str); 3] = [
    ("FEEDS__MIN_INTERVAL_SECS", "1"),
    ("FEEDS__MAX_INTERVAL_SECS", "1"),
    ("FEEDS__MAX_BACKOFF_SECS", "4"),
];
