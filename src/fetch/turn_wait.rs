//! How long a story waited for its turns: told apart from how long its hosts took to answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The waits of one story, also where there is no page in the end. Clones are one sum.
#[derive(Clone, Debug, Default)]
pub struct TurnWait(Arc<AtomicU64>);

impl TurnWait {
    /// The waits so far, to the microsecond.
    #[must_use]
    pub fn get(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed))
    }

    pub(super) fn add(&self, wait: Duration) {
        let micros = u64::try_from(wait.as_micros()).unwrap_or(u64::MAX);
        self.0.fetch_add(micros, Ordering::Relaxed);
    }
}
