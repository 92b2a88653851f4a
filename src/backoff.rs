//! How long to wait before something is tried again: doubled from try to try, up to a longest wait, and
//! at random, so that workers that failed together do not come back together.

use std::time::Duration;

/// The wait before the try that follows `failures` failures after the first one: between half and all
/// of what doubling gives.
pub(crate) fn wait(first: Duration, longest: Duration, failures: u32) -> Duration {
    let doubled = first.saturating_mul(1 << failures.min(20)).min(longest);
    doubled.mul_f64(0.5 + rand::random::<f64>() / 2.0)
}

/// Waits that grow from one to the next.
#[derive(Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, failures: 0 }
    }

    /// Begins again with the first wait.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The next wait.
    pub(crate) fn next(&mut self) -> Duration {
        let next = wait(self.first, self.longest, self.failures);
        self.failures = self.failures.saturating_add(1);
        next
    }
}

/// A wait that somebody else set, and up to a quarter more at random: never before its time.
pub(crate) fn not_before(wait: Duration) -> Duration {
    wait.mul_f64(1.0 + rand::random::<f64>() / 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_differ() {
        let (first, longest) = (Duration::from_millis(100), Duration::from_secs(2));
        let mut waits = Backoff::new(first, longest);
        let waits: Vec<_> = (0..40).map(|_| waits.next()).collect();
        assert!(waits[0] >= first / 2 && waits[0] <= first, "{waits:?}");
        assert!(waits[30..].iter().all(|wait| *wait >= longest / 2 && *wait <= longest));
        assert!(waits[30..].iter().any(|wait| *wait != waits[39]), "{waits:?}");
    }
}
