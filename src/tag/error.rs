//! Why an article became no story.

use thiserror::Error;

use crate::disposition::{Classify, Disposition, Stage};

/// Why an article became no story.
#[derive(Debug, Error)]
pub enum Error {
    /// The story is a copy, and copies are dropped.
    #[error("a copy of {of}, and publish.duplicates is \"skip\"")]
    Duplicate {
        /// The key of the story that it repeats.
        of: String,
    },
    /// A bug.
    #[error("tagging panicked: {0}")]
    Panicked(String),
    /// The time for the story was up while it was tagged.
    #[error("not done in worker.story_timeout_secs ({limit_secs}): it was being tagged")]
    StoryTimeout {
        /// `worker.story_timeout_secs`.
        limit_secs: u64,
    },
}

impl Error {
    /// Code of a copy that is dropped.
    pub const DUPLICATE: &str = "duplicate";
}

impl Classify for Error {
    const STAGE: Stage = Stage::Tag;

    fn code(&self) -> &'static str {
        match self {
            Self::Duplicate { .. } => Self::DUPLICATE,
            Self::Panicked(_) => "panic",
            Self::StoryTimeout { .. } => "story_timeout",
        }
    }

    fn disposition(&self) -> Disposition {
        match self {
            Self::Duplicate { .. } => Disposition::Skip,
            // It would be retried into the same panic.
            Self::Panicked(_) => Disposition::Reject,
            Self::StoryTimeout { .. } => Disposition::Retry { after: None },
        }
    }
}
