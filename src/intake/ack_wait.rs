//! How long a consumer leaves a message with a worker without a sign of life: its `ack_wait`.
//!
//! Shared by a pull and its deliveries, and set anew where the consumer's configuration is changed while
//! they live: signs of life at the old pace would come too late for a shorter one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The `ack_wait` of one consumer. Clones are one value.
#[derive(Clone, Debug)]
pub struct AckWait(Arc<AtomicU64>);

impl AckWait {
    /// What the settings say, until the consumer is known.
    #[must_use]
    pub fn new(ack_wait: Duration) -> Self {
        Self(Arc::new(AtomicU64::new(millis(ack_wait))))
    }

    /// The ack wait as last set.
    #[must_use]
    pub fn get(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }

    /// Takes what the consumer says; whether that is something new.
    pub fn set(&self, ack_wait: Duration) -> bool {
        !ack_wait.is_zero() && self.0.swap(millis(ack_wait), Ordering::Relaxed) != millis(ack_wait)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_once_to_all_clones() {
        let wait = AckWait::new(Duration::from_secs(30));
        let other = wait.clone();
        assert!(!wait.set(Duration::from_secs(30)));
        assert!(!wait.set(Duration::ZERO), "a consumer that does not say");
        assert_eq!(other.get(), Duration::from_secs(30));
        assert!(wait.set(Duration::from_millis(7500)));
        assert!(!other.set(Duration::from_millis(7500)));
        assert_eq!(other.get(), Duration::from_millis(7500));
    }
}
