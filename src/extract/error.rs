//! Why a page gave no article.

use thiserror::Error;

use crate::disposition::{Classify, Disposition, Stage};

/// Why a page gave no article.
#[derive(Debug, Error)]
pub enum Error {
    /// No story text on the page.
    #[error("no article text found in the page")]
    NoText,
    /// The page is of a kind that `publish_kinds` leaves out.
    #[error("the page is of the kind {kind}, which extract.publish_kinds leaves out")]
    KindNotPublished {
        /// The kind.
        kind: &'static str,
    },
    /// The page took longer than `time_budget_ms`.
    #[error("page not parsed within {budget_ms} ms")]
    TooSlow {
        /// The budget.
        budget_ms: u64,
    },
    /// A bug.
    #[error("extraction panicked: {0}")]
    Panicked(String),
    /// The time for the story was up while it was extracted, or waited for a core.
    #[error("not done in worker.story_timeout_secs ({limit_secs}): it was being extracted")]
    StoryTimeout {
        /// `worker.story_timeout_secs`.
        limit_secs: u64,
    },
}

impl Classify for Error {
    const STAGE: Stage = Stage::Extract;

    fn code(&self) -> &'static str {
        match self {
            Self::NoText => "no_text",
            Self::KindNotPublished { .. } => "kind_not_published",
            Self::TooSlow { .. } => "too_slow",
            Self::Panicked(_) => "panic",
            Self::StoryTimeout { .. } => "story_timeout",
        }
    }

    fn disposition(&self) -> Disposition {
        match self {
            Self::NoText | Self::KindNotPublished { .. } => Disposition::Skip,
            // It would be retried into the same panic.
            Self::TooSlow { .. } | Self::Panicked(_) => Disposition::Reject,
            Self::StoryTimeout { .. } => Disposition::Retry { after: None },
        }
    }
}
