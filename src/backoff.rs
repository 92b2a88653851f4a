//! How long to wait before something is tried again: doubled from try to try, up to a longest wait, and
//! at random, so that workers that failed together do not come back together.

use std::time::Duration;

use tokio::sync::watch;

/// `first`, doubled with each failure after the first one, up to `longest`.
pub(crate) fn doubled(first: Duration, longest: Duration, failures: u32) -> Duration {
    first.saturating_mul(1 << failures.min(20)).min(longest)
}

/// The wait before the try that follows `failures` failures after the first one: between half and all
/// of what doubling gives.
pub(crate) fn wait(first: Duration, longest: Duration, failures: u32) -> Duration {
    doubled(first, longest, failures).mul_f64(0.5 + rand::random::<f64>() / 2.0)
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

/// A number of tries with growing waits between: `while tries.next().await { … }`.
#[derive(Debug)]
pub(crate) struct Tries {
    made: u32,
    most: u32,
    waits: Backoff,
}

impl Tries {
    pub(crate) fn new(most: u32, waits: Backoff) -> Self {
        Self { made: 0, most, waits }
    }

    /// Whether there is another try; waits before each but the first, and not behind the last.
    pub(crate) async fn next(&mut self) -> bool {
        if self.made == self.most {
            return false;
        }
        if self.made > 0 {
            tokio::time::sleep(self.waits.next()).await;
        }
        self.made += 1;
        true
    }
}

/// Makes an attempt again for as long as it fails in a way of which `is_blocked` says that waiting helps, with growing
/// waits between. Once `closed` turns true it is made one last time.
pub(crate) async fn wait_while_blocked<T, E, A: Future<Output = Result<T, E>>>(
    mut closed: watch::Receiver<bool>,
    mut waits: Backoff,
    attempt: impl Fn() -> A,
    mut is_blocked: impl FnMut(&E) -> bool,
) -> Result<T, E> {
    loop {
        match attempt().await {
            Err(error) if !*closed.borrow() && is_blocked(&error) => {}
            done => return done,
        }
        tokio::select! {
            () = tokio::time::sleep(waits.next()) => {}
            _ = closed.wait_for(|closed| *closed) => {}
        }
    }
}

/// A wait that the other side asked for, plus up to a quarter at random; never shorter.
pub(crate) fn not_before(wait: Duration) -> Duration {
    wait.mul_f64(1.0 + rand::random::<f64>() / 4.0)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn tries_wait_between_them_alone() {
        let begun = tokio::time::Instant::now();
        let waits = Backoff::new(Duration::from_secs(8), Duration::from_secs(16));
        let (mut tries, mut made) = (Tries::new(3, waits), 0);
        while tries.next().await {
            made += 1;
        }
        // Two waits, of 4 to 8 and of 8 to 16 seconds.
        let lasted = begun.elapsed().as_secs();
        assert!(made == 3 && (12..=24).contains(&lasted), "{made} in {lasted} s");
    }

    #[tokio::test(start_paused = true)]
    async fn blocked_attempts_retry_with_last_try_at_close() {
        let waits = || Backoff::new(Duration::from_millis(100), Duration::from_secs(1));
        let (closing, closed) = watch::channel(false);
        let tries = AtomicU32::new(0);
        let nth = || async { tries.fetch_add(1, Ordering::Relaxed) };
        let third = || async { if nth().await == 2 { Ok("stored") } else { Err("full") } };
        let stored = wait_while_blocked(closed.clone(), waits(), third, |_| true).await;
        assert_eq!((stored, tries.load(Ordering::Relaxed)), (Ok("stored"), 3));
        let never = || async { Err::<(), _>(nth().await) };
        let refused = wait_while_blocked(closed.clone(), waits(), never, |_| false).await;
        assert_eq!(refused, Err(3), "waiting does not help");
        let full = wait_while_blocked(closed.clone(), waits(), never, |tries| {
            // The stop comes while it waits after its second try.
            let _ = closing.send(*tries == 5);
            true
        });
        assert_eq!(full.await, Err(6), "one last try");
    }

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
