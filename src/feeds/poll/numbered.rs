//! Entries whose guid is a number or a few letters: two feeds of a host that count their entries both have a 12.
//!
//! The first entry of such a guid has it for its id within its host, and the group remembers which one that was. An
//! entry of another feed is the same story where it leads to the same page, or is of the same moment, or has the same
//! title and date; any other is known by its address. What was published before the group remembered stays what it
//! was: who it is does not change, and its feed knows it by its guid.

use serde::{Deserialize, Serialize};

use crate::feeds::parse::Entry;
use crate::model::{Identity, StoryId, WebUrl, without_www};
use crate::state::{Error, Feeds};

/// The entry that had a guid first, as the group remembers it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct First {
    /// The address of its feed, in which a guid is one story's whatever becomes of its page and title.
    feed: String,
    url: String,
    title: Option<String>,
    published: Option<String>,
}

impl First {
    fn of(feed: &WebUrl, entry: &Entry) -> Self {
        Self {
            feed: feed.as_str().to_owned(),
            url: entry.url.as_str().to_owned(),
            title: entry.title.clone(),
            published: entry.published.as_ref().map(|(text, _)| text.clone()),
        }
    }

    fn is_same_story(&self, other: &Self) -> bool {
        let is_moment = |text: &String| text.contains('T');
        let dates_agree = self.published == other.published;
        self.feed == other.feed
            || (dates_agree && self.published.as_ref().is_some_and(is_moment))
            || (dates_agree && self.title.is_some() && self.title == other.title)
            || self.is_same_page(other)
    }

    fn is_same_page(&self, other: &Self) -> bool {
        let (Ok(one), Ok(other)) = (WebUrl::parse(&self.url), WebUrl::parse(&other.url)) else {
            return false;
        };
        page(&one) == page(&other)
    }
}

/// An address under both schemes, with `www.` and without.
fn page(url: &WebUrl) -> String {
    let address = url.normalised();
    let rest = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
    without_www(rest).trim_end_matches('/').to_owned()
}

/// Gives an entry the id of its address where another story of its host has its guid.
pub(super) async fn told_apart(feeds: &Feeds, feed: &WebUrl, entry: Entry) -> Result<Entry, Error> {
    if !entry.is_numbered {
        return Ok(entry);
    }
    let own = First::of(feed, &entry);
    let value = serde_json::to_string(&own).expect("strings are JSON");
    let found = feeds.first_of(entry.identity.id().as_str(), value).await?;
    // What a version to come has written is not understood, and the guid counts.
    let first: Option<First> = found.and_then(|found| serde_json::from_slice(&found).ok());
    if first.is_none_or(|first| first.is_same_story(&own)) {
        return Ok(entry);
    }
    let id = StoryId::of_url(&entry.url);
    Ok(Entry { identity: Identity::new(id, entry.identity.revision().cloned()), ..entry })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_stories_of_a_guid_differ() {
        let first = |url: &str, title: Option<&str>, published: Option<&str>| First {
            feed: format!("feed of {url}"),
            url: url.to_owned(),
            title: title.map(str::to_owned),
            published: published.map(str::to_owned),
        };
        let (noon, day) = (Some("2026-11-27T12:00:00Z"), Some("2026-11-27"));
        let quay = first("https://ex.com/harbour/1", Some("New quay"), noon);
        for (other, is_same) in [
            (first("http://www.ex.com/harbour/1/?utm_source=rss", Some("Quay"), None), true),
            (first("https://ex.com/harbour/new-quay", Some("The new quay"), noon), true),
            (first("https://ex.com/school/1", Some("New quay"), noon), true),
            (first("https://ex.com/school/1", Some("New quay"), day), false),
            (first("https://ex.com/school/1", Some("Pupils win"), day), false),
            (first("https://ex.com/school/1", None, None), false),
        ] {
            assert_eq!(quay.is_same_story(&other), is_same, "{other:?}");
            assert_eq!(other.is_same_story(&quay), is_same, "{other:?}");
        }
        // A correction may change all of it.
        let moved = first("https://ex.com/harbour/2", Some("Quay opens"), day);
        assert!(quay.is_same_story(&First { feed: quay.feed.clone(), ..moved }));
    }
}
