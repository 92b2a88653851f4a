//! The raw message in JSON, as producers write it; the JSON Schema of `schema raw` is derived from it.
//!
//! Unknown fields are ignored, so that producers may be newer than we are. Nothing is checked here: `decode` does, and
//! names the field.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A raw article. One of `url`, `html`, `text` is required; unknown fields are ignored.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
pub struct RawArticleWire {
    /// The story's id, 1 to 1,024 bytes without white space; else derived from URL or body.
    pub id: Option<String>,
    /// Under a new revision the same id is a new story.
    pub revision: Option<String>,
    /// The page's address, http or https.
    pub url: Option<String>,
    /// Headline. Present beside `text`, even empty, it says that `text` is the body alone.
    pub title: Option<String>,
    /// The page; nothing is fetched.
    pub html: Option<String>,
    /// Beside `url`: a text of the story from elsewhere, such as its feed, as HTML. It stands for the page where
    /// that can't be had, and for its text where it is longer.
    pub fallback_html: Option<String>,
    /// The story as plain text; nothing is fetched.
    pub text: Option<String>,
    /// For information; `html` and `text` say what they are.
    pub content_type: Option<String>,
    /// ISO 8601.
    pub date_published: Option<String>,
    /// BCP 47.
    pub in_language: Option<String>,
    /// Authors as printed.
    pub byline: Option<String>,
    /// Section of the publication.
    pub section: Option<String>,
    /// The publisher's keywords.
    pub keywords: Option<Vec<String>>,
    /// For a conditional request.
    pub etag: Option<String>,
    /// For a conditional request.
    pub last_modified: Option<String>,
    /// Who publishes the story.
    pub publisher: Option<PublisherWire>,
    /// How the story was found: a feed and when. For readers of the stream; no stage uses it.
    pub discovered: Option<DiscoveredWire>,
    /// Passed through to the record untouched.
    #[schemars(with = "Option<std::collections::BTreeMap<String, serde_json::Value>>")]
    pub meta: Option<Box<RawValue>>,
}

/// Who publishes a story.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, expecting = "an object")]
pub struct PublisherWire {
    /// Display name.
    pub name: Option<String>,
    /// Host name, such as `ex.com`.
    pub domain: Option<String>,
}

/// How a story was found.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default, expecting = "an object")]
pub struct DiscoveredWire {
    /// When, ISO 8601.
    pub at: Option<String>,
    /// By what, such as `rss`.
    pub via: Option<String>,
    /// The feed, where there is one.
    pub feed_url: Option<String>,
}
