//! The feeds that a web page names: `<link rel=alternate>` with the type of a feed, and `<link rel=feed>`.
//!
//! Feeds of comments are left out: what readers write is no story. So is every other alternate, such as
//! translations, oEmbed and programming interfaces.

use std::cell::RefCell;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::markup::{Stop, boundary, tokenize};
use crate::model::WebUrl;

/// How much of a page is looked at, in bytes.
const FARTHEST: usize = 1 << 20;
/// Most feeds of a page.
const MOST: usize = 50;

const FEED_TYPES: [&str; 4] =
    ["application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"];

/// The feeds that a page found at `at` names, in its order, each once; none where the reading is to end.
pub(super) fn feeds(text: &str, at: &WebUrl, stop: &Stop) -> Vec<WebUrl> {
    let head = &text[..boundary(text, FARTHEST)];
    let Ok(links) = tokenize(head, Links::default(), stop) else { return Vec::new() };
    let links = links.0.into_inner();
    let base = links.base.as_deref().and_then(|base| at.join(base).ok());
    let base = base.as_ref().unwrap_or(at);
    let mut feeds: Vec<WebUrl> = Vec::new();
    for href in &links.hrefs {
        let Ok(url) = base.join(href.trim()) else { continue };
        let is_own = url.normalised() == at.normalised();
        let is_known = feeds.iter().any(|feed| feed.normalised() == url.normalised());
        if !is_own && !is_known && !is_of_comments(&url) && feeds.len() < MOST {
            feeds.push(url);
        }
    }
    feeds
}

fn is_of_comments(url: &WebUrl) -> bool {
    let mut segments = url.as_url().path_segments().into_iter().flatten();
    segments.any(|segment| matches!(segment, "comments" | "comment"))
}

#[derive(Default)]
struct LinkTags {
    base: Option<String>,
    hrefs: Vec<String>,
}

#[derive(Default)]
struct Links(RefCell<LinkTags>);

impl TokenSink for Links {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
        if tag.kind == TagKind::EndTag {
            return TokenSinkResult::Continue;
        }
        let mut found = self.0.borrow_mut();
        match &*tag.name {
            "base" if found.base.is_none() => found.base = attribute(&tag, "href"),
            "link" if is_feed(&tag) => found.hrefs.extend(attribute(&tag, "href")),
            "script" => {
                return TokenSinkResult::RawData(RawKind::ScriptData);
            }
            "style" | "noframes" | "iframe" => return TokenSinkResult::RawData(RawKind::Rawtext),
            "title" | "textarea" => return TokenSinkResult::RawData(RawKind::Rcdata),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn is_feed(tag: &Tag) -> bool {
    let rel = attribute(tag, "rel").unwrap_or_default();
    let has = |name: &str| rel.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case(name));
    let media_type = attribute(tag, "type").unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    has("feed")
        || (has("alternate") && FEED_TYPES.iter().any(|t| media_type.eq_ignore_ascii_case(t)))
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
    found.map(|attribute| attribute.value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str) -> Vec<String> {
        let at = WebUrl::parse("https://ex.com/de/").unwrap();
        feeds(page, &at, &Stop::default()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn feeds_are_found_in_every_spelling() {
        let page = "<!DOCTYPE html><head><title><link rel=feed href=/in-title></title>\
            <script>'<link rel=feed href=/in-script>'</script><!-- <link rel=feed href=/off> -->\
            <LINK REL='Alternate home' TYPE='application/RSS+xml; charset=utf-8' HREF='rss'>\
            <link href=\"//ex.org/atom?a=1&amp;b=2\" type=application/atom+xml rel=alternate>\
            <link rel=feed href='/all.json'><link rel=feed href='/all.json#again'>";
        let feeds =
            ["https://ex.com/de/rss", "https://ex.org/atom?a=1&b=2", "https://ex.com/all.json"];
        assert_eq!(found(page), feeds);
    }

    #[test]
    fn links_that_are_not_story_feeds_are_ignored() {
        for link in [
            "<link rel=alternate hreflang=fr href=/fr/>",
            "<link rel=alternate type=application/json href=/wp-json/1>",
            "<link rel=alternate type='text/xml+oembed' href=/oembed>",
            "<link rel=alternate type=application/rss+xml href=/comments/feed/>",
            "<link rel=alternate type=application/rss+xml href='ftp://ex.com/rss'>",
            "<link rel=feed>",
            "<link rel=stylesheet type=application/rss+xml href=/x>",
            "<link rel=feed href='/de/'>",
        ] {
            assert_eq!(found(link), [""; 0], "{link}");
        }
        assert_eq!(found("<base href=/en/><link rel=feed href=rss>"), ["https://ex.com/en/rss"]);
    }
}
