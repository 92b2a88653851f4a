//! When a feed is asked again.
//!
//! The interval follows the feed: it halves when something new came and grows by a quarter when nothing
//! did, which settles where about one poll in four finds something. The publisher's own hints lengthen
//! it and never shorten it; the operator's bounds hold above all. A broken feed is asked again after the
//! shortest interval, then after twice that, and so on.

use std::time::Duration;

use rand::Rng as _;

use super::settings::Settings;

/// The interval of a feed that nothing is known of.
const FIRST: Duration = Duration::from_secs(15 * 60);

/// Bounds of all intervals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    least: Duration,
    most: Duration,
    backoff: Duration,
}

impl Bounds {
    pub(super) fn new(settings: &Settings) -> Self {
        Self {
            least: Duration::from_secs(settings.min_interval_secs),
            most: Duration::from_secs(settings.max_interval_secs),
            backoff: Duration::from_secs(settings.max_backoff_secs),
        }
    }

    /// The interval after a poll that worked. `last` is the one before, in seconds, 0 for none.
    pub(super) fn adapted(self, last: u64, something_new: bool) -> Duration {
        let last = match last {
            0 => FIRST,
            secs if something_new => Duration::from_secs(secs) / 2,
            secs => Duration::from_secs(secs).saturating_mul(5) / 4,
        };
        last.clamp(self.least, self.most)
    }

    /// How long until the next poll, by the interval and by what the publisher asks for.
    pub(super) fn next(self, interval: Duration, hints: &[Option<Duration>]) -> Duration {
        let asked = hints.iter().flatten().copied().max().unwrap_or_default().min(self.most);
        interval.max(asked).max(self.least)
    }

    /// How long until a broken feed is asked again, after so many failures in a row.
    pub(super) fn backoff(self, failures: u32, asked: Option<Duration>) -> Duration {
        let doubled = self.least.saturating_mul(1 << failures.saturating_sub(1).min(20));
        doubled.min(self.backoff).max(asked.unwrap_or_default())
    }
}

/// A wait and up to a tenth more, so that feeds that came together do not stay together.
pub(super) fn with_jitter(wait: Duration) -> Duration {
    wait + wait.mul_f64(rand::rng().random_range(0.0..0.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds() -> Bounds {
        Bounds::new(&Settings::default())
    }

    const fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[test]
    fn the_interval_follows_the_feed_within_its_bounds() {
        let bounds = bounds();
        assert_eq!(bounds.adapted(0, true), FIRST);
        let mut interval = FIRST;
        for _ in 0..10 {
            interval = bounds.adapted(interval.as_secs(), true);
        }
        assert_eq!(interval, secs(300));
        for _ in 0..40 {
            interval = bounds.adapted(interval.as_secs(), false);
        }
        assert_eq!(interval, secs(6 * 3600));
    }

    #[test]
    fn hourly_changing_feed_is_polled_every_few_minutes() {
        let bounds = bounds();
        let (mut interval, mut now, mut last_change, mut polls) = (FIRST, 0, 0, 0);
        while now < 30 * 24 * 3600 {
            now += interval.as_secs();
            let change = now / 3600;
            interval = bounds.adapted(interval.as_secs(), change > last_change);
            last_change = change;
            polls += 1;
        }
        let mean = now / polls;
        assert!((600..1500).contains(&mean), "{mean}");
    }

    #[test]
    fn hints_only_lengthen_interval_up_to_the_maximum() {
        let bounds = bounds();
        let next = |hints: &[Option<Duration>]| bounds.next(secs(900), hints);
        assert_eq!(next(&[None, Some(secs(60))]), secs(900));
        assert_eq!(next(&[Some(secs(3600)), Some(secs(60))]), secs(3600));
        assert_eq!(next(&[Some(secs(31_536_000))]), secs(6 * 3600));
        assert_eq!(bounds.next(secs(1), &[]), secs(300));
    }

    #[test]
    fn broken_feed_backs_off_longer_and_longer() {
        let bounds = bounds();
        let waits: Vec<u64> = [1, 2, 3, 9, 200].map(|n| bounds.backoff(n, None).as_secs()).into();
        assert_eq!(waits, [300, 600, 1200, 76_800, 86_400]);
        assert_eq!(bounds.backoff(1, Some(secs(1800))), secs(1800));
    }

    #[test]
    fn jitter_only_lengthens() {
        for _ in 0..1000 {
            assert!((10_000..11_000).contains(&with_jitter(secs(10)).as_millis()));
        }
    }
}
