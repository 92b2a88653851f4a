//! Which stage a story is in: who gives it up, or sees it panic, names that stage.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use crate::disposition::{Failure, Stage};
use crate::{extract, fetch, tag};

/// The stage of one story. Clones are one value.
#[derive(Clone, Debug)]
pub(super) struct Progress(Arc<AtomicU8>);

/// Stages of the pipeline, in order.
const STAGES: [Stage; 3] = [Stage::Fetch, Stage::Extract, Stage::Tag];

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new(AtomicU8::new(0)))
    }
}

impl Progress {
    /// Extraction begins, or the wait for a core that it needs.
    pub(super) fn extracting(&self) {
        self.0.store(1, Ordering::Relaxed);
    }

    pub(super) fn tagging(&self) {
        self.0.store(2, Ordering::Relaxed);
    }

    fn stage(&self) -> Stage {
        STAGES[usize::from(self.0.load(Ordering::Relaxed))]
    }

    /// The stage panicked, which is a bug.
    pub(super) fn panicked(&self, message: String) -> Failure {
        match self.stage() {
            Stage::Tag => Failure::of(&tag::Error::Panicked(message)),
            Stage::Intake | Stage::Fetch | Stage::Extract | Stage::Publish => {
                Failure::of(&extract::Error::Panicked(message))
            }
        }
    }

    /// The time for the story is up.
    pub(super) fn timed_out(&self, limit: Duration) -> Failure {
        let limit_secs = limit.as_secs();
        match self.stage() {
            Stage::Fetch => Failure::of(&fetch::Error::StoryTimeout { limit_secs }),
            Stage::Tag => Failure::of(&tag::Error::StoryTimeout { limit_secs }),
            Stage::Intake | Stage::Extract | Stage::Publish => {
                Failure::of(&extract::Error::StoryTimeout { limit_secs })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposition::Disposition;

    #[test]
    fn current_stage_of_a_story_is_named() {
        let progress = Progress::default();
        let shown = |failure: &Failure| format!("{}.{}", failure.stage, failure.code);
        let limit = Duration::from_secs(9);
        assert_eq!(shown(&progress.timed_out(limit)), "fetch.story_timeout");
        progress.extracting();
        assert_eq!(shown(&progress.timed_out(limit)), "extract.story_timeout");
        assert_eq!(shown(&progress.panicked("index out of bounds".to_owned())), "extract.panic");
        progress.tagging();
        let failure = progress.timed_out(limit);
        assert_eq!(shown(&failure), "tag.story_timeout");
        assert!(matches!(failure.disposition, Disposition::Retry { .. }));
        assert!(failure.message.contains("story_timeout_secs (9)"), "{}", failure.message);
        let failure = progress.panicked("overflow".to_owned());
        assert_eq!(
            (shown(&failure).as_str(), failure.disposition),
            ("tag.panic", Disposition::Reject)
        );
        assert!(failure.message.ends_with("overflow"), "{}", failure.message);
    }
}
