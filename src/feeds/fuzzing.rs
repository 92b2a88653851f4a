//! A door for `make fuzz` to the reader of feeds and sitemaps, which is private otherwise.

use super::parse::{Stop, parse};
use crate::model::WebUrl;

/// Reads a feed, a sitemap or a page that should have been one.
pub fn document(bytes: &[u8]) {
    let at = WebUrl::parse("https://www.example.org/feed").expect("a URL");
    let _ = parse(&String::from_utf8_lossy(bytes), &at, 1_000, &Stop::default());
}
