//! The group's clock: the broker's time, carried forward by this machine's monotonic clock.
//!
//! Workers agree on turns at a host only if they agree on the time, and machines' own clocks do not.
//! A synchronisation writes an entry and reads back the time that the server stamped on it; it was
//! stamped between the start of the write and its answer, so half that span bounds the error. It is
//! repeated every minute, so a server whose clock is set, or another leader, is followed.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use tokio::time::Instant;

use super::{Bucket, Error};

use crate::mutex::lock;

/// How long a synchronisation is good for.
const RESYNCHRONISE: Duration = Duration::from_secs(60);

/// Writes tried per synchronisation; the one with the shortest answer counts.
const PROBES: usize = 3;

/// A point in time of the group's clock: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(u64);

impl Moment {
    /// From milliseconds since the epoch.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The time since `earlier`; zero when that is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// The moment that much later. Spans are rounded up to milliseconds.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        let millis = span.as_nanos().div_ceil(1_000_000);
        Self(self.0.saturating_add(u64::try_from(millis).unwrap_or(u64::MAX)))
    }
}

impl From<OffsetDateTime> for Moment {
    /// Times before 1970 become 1970.
    fn from(time: OffsetDateTime) -> Self {
        Self(u64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or(0))
    }
}

/// The clock that a group's workers agree on. Cheap to clone; clones are one clock.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Where the server's time is read, and the key that only this process probes it with; `None`
    /// without a broker.
    server: Option<(Bucket, String)>,
    reading: Mutex<ClockReading>,
    /// Held by the caller that synchronises, so that one caller at a time does.
    synchronising: tokio::sync::Mutex<()>,
}

/// At `at` of the monotonic clock it was `moment`.
#[derive(Clone, Copy, Debug)]
struct ClockReading {
    moment: Moment,
    at: Instant,
}

impl ClockReading {
    fn now(self) -> Moment {
        self.moment.plus(self.at.elapsed())
    }
}

impl Clock {
    /// This machine's time at the start, carried forward monotonically.
    pub(super) fn local() -> Self {
        Self::new(None)
    }

    /// The time of the server that keeps `bucket`; this machine's until the first
    /// [`Clock::synchronise`].
    pub(super) fn of_server(bucket: Bucket) -> Self {
        // Another process's probe must not be read in place of ours.
        Self::new(Some((bucket, format!("clock.{:016x}", rand::random::<u64>()))))
    }

    fn new(server: Option<(Bucket, String)>) -> Self {
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis());
        let moment = Moment(u64::try_from(millis).unwrap_or(u64::MAX));
        let reading = Mutex::new(ClockReading { moment, at: Instant::now() });
        Self(Arc::new(Inner { server, reading, synchronising: tokio::sync::Mutex::default() }))
    }

    /// The time now, synchronised within the last minute.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn now(&self) -> Result<Moment, Error> {
        if self.0.server.is_some() && self.reading().at.elapsed() >= RESYNCHRONISE {
            // One caller synchronises; the others meanwhile go by the last reading.
            if let Ok(_guard) = self.0.synchronising.try_lock() {
                self.probe().await?;
            }
        }
        Ok(self.local_now())
    }

    /// The time now by the last synchronisation, however old.
    #[must_use]
    pub fn local_now(&self) -> Moment {
        self.reading().now()
    }

    /// Waits until a moment has come.
    pub async fn sleep_until(&self, moment: Moment) {
        loop {
            let wait = moment.since(self.local_now());
            if wait.is_zero() {
                return;
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes note that the server stamped `moment` on something already read: it can't be earlier
    /// now.
    pub fn observe(&self, moment: Moment) {
        let mut reading = lock(&self.0.reading);
        if reading.now() < moment {
            // `at` stays: an observation moves the hands, it is no synchronisation.
            let behind = moment.since(reading.now());
            reading.moment = reading.moment.plus(behind);
        }
    }

    /// Reads the server's clock now.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn synchronise(&self) -> Result<(), Error> {
        // Held over the request: one caller asks the server for all.
        let _guard = self.0.synchronising.lock().await;
        self.probe().await
    }

    async fn probe(&self) -> Result<(), Error> {
        let Some((bucket, key)) = &self.0.server else { return Ok(()) };
        let mut best: Option<(Duration, ClockReading)> = None;
        for _ in 0..PROBES {
            let start = Instant::now();
            let written = bucket.put(key, "t".into()).await?;
            let span = start.elapsed();
            // In a cluster a copy may answer that has not got this write yet: its entry is older.
            let entry = bucket.get(key).await?.filter(|entry| entry.revision == written);
            let Some(entry) = entry else { continue };
            if best.as_ref().is_none_or(|(shortest, _)| span < *shortest) {
                best = Some((span, ClockReading { moment: entry.written, at: start + span / 2 }));
            }
        }
        if let Some((_, reading)) = best {
            *lock(&self.0.reading) = reading;
        }
        Ok(())
    }

    fn reading(&self) -> ClockReading {
        *lock(&self.0.reading)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn moments_are_whole_milliseconds() {
        let time = OffsetDateTime::UNIX_EPOCH + Duration::from_micros(1_700_000_000_123_999);
        assert_eq!(Moment::from(time), Moment::from_millis(1_700_000_000_123));
        assert_eq!(Moment::from(OffsetDateTime::UNIX_EPOCH - HOUR), Moment::from_millis(0));
        let moment = Moment::from_millis(5);
        assert_eq!(moment.plus(Duration::from_nanos(1)), Moment::from_millis(6));
        assert_eq!(moment.since(moment.plus(HOUR)), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_stamped_moves_the_hands_forward_only() {
        let clock = Clock::local();
        let now = clock.local_now();
        clock.observe(now);
        assert_eq!(clock.local_now(), now);
        clock.observe(Moment::from_millis(now.as_millis() - 1000));
        assert_eq!(clock.local_now(), now);
        clock.observe(now.plus(HOUR));
        assert_eq!(clock.local_now(), now.plus(HOUR));
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(clock.now().await.unwrap(), now.plus(HOUR + Duration::from_secs(5)));
    }

    #[tokio::test(start_paused = true)]
    async fn the_servers_time_is_followed_every_minute() {
        let servers = Clock::local();
        servers.observe(servers.local_now().plus(HOUR));
        let clock = Clock::of_server(Bucket::in_process(24 * HOUR, 10, &servers));
        assert!(clock.local_now().plus(HOUR / 2) < servers.local_now());
        clock.synchronise().await.unwrap();
        assert_eq!(clock.local_now(), servers.local_now());
        // The server's clock is set.
        servers.observe(servers.local_now().plus(HOUR));
        tokio::time::advance(RESYNCHRONISE.saturating_sub(Duration::from_millis(1))).await;
        assert!(clock.now().await.unwrap().plus(HOUR / 2) < servers.local_now());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(clock.now().await.unwrap(), servers.local_now());
    }
}
