//! How articles are extracted, as configured.

use serde::{Deserialize, Serialize};

use super::error::Error;
use crate::model::{Article, ArticleKind};

/// How articles are extracted.
#[derive(Clone, Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Shortest body, in characters, that counts as a story.
    pub min_body_chars: usize,
    /// Longest page read, in bytes; what comes after is left out.
    pub max_html_bytes: usize,
    /// Most nodes built from a page; what comes after is left out.
    pub max_nodes: usize,
    /// Most processor time spent on parsing a page, in milliseconds.
    pub time_budget_ms: u64,
    /// Whether records carry the text as clean HTML beside the plain one.
    pub html: bool,
    /// Largest HTML of a story, in bytes; a larger one is left out.
    pub html_max_bytes: usize,
    /// Kinds of pages that become stories; those of other kinds are skipped with `kind_not_published`.
    pub publish_kinds: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_body_chars: 1,
            max_html_bytes: 16 * 1024 * 1024,
            max_nodes: 300_000,
            time_budget_ms: 5_000,
            html: false,
            html_max_bytes: 256 * 1024,
            publish_kinds: ArticleKind::ALL
                .into_iter()
                .filter(|kind| kind.is_story())
                .map(|kind| kind.as_str().to_owned())
                .collect(),
        }
    }
}

impl Settings {
    /// Checks the limits.
    ///
    /// # Errors
    /// Names the key that is out of range.
    pub fn check(&self) -> Result<(), String> {
        for (key, value, least, most) in [
            ("max_html_bytes", self.max_html_bytes as u64, 1024, 1 << 30),
            ("max_nodes", self.max_nodes as u64, 100, 100_000_000),
            ("time_budget_ms", self.time_budget_ms, 1, 600_000),
            ("html_max_bytes", self.html_max_bytes as u64, 1024, 16 << 20),
        ] {
            if !(least..=most).contains(&value) {
                return Err(format!("extract.{key} is not in {least}..={most}"));
            }
        }
        let unknown = |kind: &&String| ArticleKind::ALL.iter().all(|k| k.as_str() != kind.as_str());
        match self.publish_kinds.iter().find(unknown) {
            Some(kind) => Err(format!("extract.publish_kinds: there is no kind {kind:?} of pages")),
            None => Ok(()),
        }
    }

    /// The article, if pages of its kind become stories.
    ///
    /// # Errors
    /// [`Error::KindNotPublished`] where they don't.
    pub fn admit(&self, article: Article) -> Result<Article, Error> {
        let kind = article.report.kind;
        if self.publish_kinds.iter().any(|k| k == kind.as_str()) {
            return Ok(article);
        }
        Err(Error::KindNotPublished { kind: kind.as_str() })
    }
}
