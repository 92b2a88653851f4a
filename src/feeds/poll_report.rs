//! What a poll found, and its one log line.

use std::time::Duration;

use tokio::time::Instant;

use super::error::{Error, Next};
use super::list::Feed;

/// Longest reason that is logged, in characters.
const LONGEST_REASON: usize = 500;

/// What a poll found.
#[derive(Debug, Default)]
pub(super) struct PollReport {
    /// `rss`, `atom`, `json` or `sitemap`; empty before a document was read.
    pub via: &'static str,
    /// Size of the documents, decoded.
    pub bytes: u64,
    pub entries: usize,
    pub published: usize,
    /// Of those, already published by another process within the raw stream's duplicate window.
    pub repeated: usize,
    pub without_link: usize,
    pub no_news: usize,
    pub left_out: usize,
    /// Parts of a sitemap index that could not be read.
    pub parts_failed: usize,
    /// Parts that were not looked at: older ones, and those without a date whose turn it was not.
    pub parts_left_out: usize,
    /// How long the document holds, by itself and by its answer.
    pub hints: [Option<Duration>; 2],
    pub not_modified: bool,
    /// Whether the entries of its documents are known by address alone.
    pub by_address: bool,
}

impl PollReport {
    /// Logs a poll that came to its end.
    pub(super) fn log(&self, feed: &Feed, after: Duration, start: Instant) {
        let outcome = match self {
            Self { published: 1.., .. } => "new",
            Self { not_modified: true, .. } => "not_modified",
            _ => "unchanged",
        };
        let (source, feed) = (feed.source.as_str(), feed.url.as_str());
        tracing::info!(
            event = "feed",
            outcome,
            code = outcome,
            feed,
            source,
            via = self.via,
            entries = self.entries,
            published = self.published,
            repeated = self.repeated,
            without_link = self.without_link,
            no_news = self.no_news,
            left_out = self.left_out,
            parts_failed = self.parts_failed,
            parts_left_out = self.parts_left_out,
            bytes = self.bytes,
            ms = millis(start),
            next_secs = after.as_secs(),
            "feed {feed}"
        );
    }

    /// Logs a poll that did not come to its end.
    pub(super) fn log_ending(
        &self,
        feed: &Feed,
        error: &Error,
        next: Next,
        failures: u32,
        after: Option<Duration>,
        start: Instant,
    ) {
        // The level of a log line is a constant; everything else is the same.
        macro_rules! line {
            ($level:ident) => {{
                let (source, feed) = (feed.source.as_str(), feed.url.as_str());
                tracing::$level!(
                    event = "feed",
                    outcome = next.outcome(),
                    code = error.code(),
                    feed,
                    source,
                    published = self.published,
                    bytes = self.bytes,
                    ms = millis(start),
                    failures,
                    next_secs = after.map(|after| after.as_secs()),
                    reason = with_causes(error),
                    "feed {feed}: {}",
                    with_causes(error)
                );
            }};
        }
        match next {
            // Only the operator can fix it.
            _ if error.is_ours() => line!(warn),
            Next::Later { .. } => line!(info),
            Next::BackOff { .. } | Next::Stop | Next::Leave => line!(warn),
        }
    }
}

/// An error with its causes, on one line.
fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_REASON).collect()
}

fn millis(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX)
}
