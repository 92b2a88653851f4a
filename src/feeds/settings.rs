//! The `[feeds]` table and its list of feeds, with defaults and limits.
//!
//! A feed is a table or its URL alone. Intervals in seconds; what a feed itself asks for lengthens its interval up to
//! `max_interval_secs`, never shortens it. Entries, bytes and sitemap parts are bounded, since state must fit into one
//! message of the broker.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most entries of all parts of a sitemap index together: twice as many marks of them still fit into
/// one message of a broker that takes a megabyte.
const MOST_REMEMBERED: usize = 25_000;

/// Which feeds are polled, and how often.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Feeds, each with its `url` and, where wanted, `source`, `section`, `language` and `text`.
    pub list: Vec<FeedSettings>,
    /// Where the text of stories comes from; a feed of the list may say otherwise.
    pub text: TextSource,
    /// Files that name feeds: OPML, or one URL a line.
    pub files: Vec<PathBuf>,
    /// Shortest interval between two polls of a feed, in seconds.
    pub min_interval_secs: u64,
    /// Longest interval, in seconds; also the most that a feed's own hints lengthen it to.
    pub max_interval_secs: u64,
    /// Whether a feed's `ttl`, its syndication hints and `Cache-Control: max-age` lengthen its interval.
    pub hints: bool,
    /// Longest wait before a broken feed is asked again, in seconds. It starts with
    /// `min_interval_secs` and doubles.
    pub max_backoff_secs: u64,
    /// Feeds polled at once by this process.
    pub concurrency: usize,
    /// How long a process that died keeps its feeds, in seconds.
    pub claim_secs: u64,
    /// Most entries taken from a feed, the newest; twice as many are remembered.
    pub max_entries: usize,
    /// Largest feed, decoded, in bytes.
    pub max_body_bytes: u64,
    /// Most parts of a sitemap index that are read in a poll, the newest.
    pub max_sitemaps: usize,
}

/// One feed: a table, or its URL alone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, remote = "Self")]
#[schemars(transform = or_url)]
pub struct FeedSettings {
    /// Where it is.
    pub url: String,
    /// Last tokens of the subject, under `<prefix>.raw.`; else from the host, `ex_com`.
    pub source: Option<String>,
    /// Section of its stories; else an entry's only category.
    pub section: Option<String>,
    /// BCP 47 tag of its stories; else what the feed says.
    pub language: Option<String>,
    /// Where the text of its stories comes from; else as `text` of all feeds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<TextSource>,
}

/// Adds to the schema of a feed that it may be a URL alone.
fn or_url(schema: &mut schemars::Schema) {
    let table = schema.clone();
    *schema = schemars::json_schema!({ "anyOf": [{ "type": "string", "format": "uri" }, table] });
}

impl Serialize for FeedSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for FeedSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UrlOrTable;

        impl<'de> Visitor<'de> for UrlOrTable {
            type Value = FeedSettings;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a URL, or a table with `url`")
            }

            fn visit_str<E: de::Error>(self, url: &str) -> Result<FeedSettings, E> {
                let url = url.to_owned();
                Ok(FeedSettings { url, source: None, section: None, language: None, text: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<FeedSettings, A::Error> {
                FeedSettings::deserialize(MapAccessDeserializer::new(table))
            }
        }

        deserializer.deserialize_any(UrlOrTable)
    }
}

/// Where the text of a story comes from that a feed announces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TextSource {
    /// Its page, which is fetched.
    #[default]
    Page,
    /// The feed, where it carries one; nothing is fetched then.
    Feed,
    /// Its page, or the feed where that has more, or where the page cannot be had.
    Longer,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            list: Vec::new(),
            text: TextSource::Page,
            files: Vec::new(),
            min_interval_secs: 300,
            max_interval_secs: 6 * 3600,
            hints: true,
            max_backoff_secs: 24 * 3600,
            concurrency: 16,
            claim_secs: 60,
            max_entries: 1000,
            max_body_bytes: 8 << 20,
            max_sitemaps: 10,
        }
    }
}

impl Settings {
    /// Checks the limits.
    ///
    /// # Errors
    /// Names the key that is out of range.
    pub(super) fn check_limits(&self) -> Result<(), String> {
        let week = 7 * 24 * 3600;
        let ranges: [(&str, u64, u64, u64); 8] = [
            ("min_interval_secs", self.min_interval_secs, 1, week),
            ("max_interval_secs", self.max_interval_secs, self.min_interval_secs, 4 * week),
            ("max_backoff_secs", self.max_backoff_secs, self.min_interval_secs, 4 * week),
            ("concurrency", self.concurrency as u64, 1, 1000),
            ("claim_secs", self.claim_secs, 2, 3600),
            ("max_entries", self.max_entries as u64, 1, 20_000),
            ("max_body_bytes", self.max_body_bytes, 1024, 1 << 30),
            ("max_sitemaps", self.max_sitemaps as u64, 1, 1000),
        ];
        for (key, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                return Err(format!("feeds.{key} = {value} is not between {least} and {most}"));
            }
        }
        let marks = self.max_entries.saturating_mul(self.max_sitemaps);
        if marks > MOST_REMEMBERED {
            return Err(format!(
                "feeds.max_entries x feeds.max_sitemaps = {marks} is more than {MOST_REMEMBERED}"
            ));
        }
        Ok(())
    }
}
