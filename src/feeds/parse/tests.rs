//! Feeds, sitemaps and lists as publishers write them.

mod faults;
mod formats;
mod identities;
mod sitemaps;
mod texts;

use super::*;

fn at() -> WebUrl {
    WebUrl::parse("https://www.ex.com/feeds/news.xml").unwrap()
}

fn document(text: &str) -> Document {
    match parse(text, &at(), 1000, &Stop::default()) {
        Ok(Parsed::Feed(document)) => document,
        other => panic!("{other:?}"),
    }
}

fn code(text: &str) -> &'static str {
    match parse(text, &at(), 1000, &Stop::default()) {
        Ok(parsed) => panic!("{parsed:?}"),
        Err(error) => error.code(),
    }
}

/// An RSS feed with these items.
fn rss(items: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='iso-8859-1'?>\n<rss version='2.0' \
         xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:atom='http://www.w3.org/2005/Atom'>\
         <channel><title>The Courier</title><link>https://www.ex.com/</link>\
         <language>en-US</language>{items}</channel></rss>"
    )
}

fn ids(document: &Document) -> Vec<&str> {
    document.entries.iter().map(|entry| entry.identity.id().as_str()).collect()
}

fn revision(entry: &Entry) -> Option<&str> {
    entry.identity.revision().map(crate::model::Revision::as_str)
}

fn urls(text: &str) -> Vec<String> {
    document(text).entries.iter().map(|entry| entry.url.to_string()).collect()
}
