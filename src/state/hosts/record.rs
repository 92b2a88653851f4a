//! What the group knows of a host, and what follows from it. Pure: no clock, no bucket.
//!
//! Moments are those of the group's clock. Whatever a later version adds is left out of an older
//! record and has its default.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{HostPolicy, Moment, Observation, PermitReply, spread};

/// Longest distance between two requests that a host's slowness asks for.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Longest that an open circuit stays open.
const LONGEST_OPEN: Duration = Duration::from_secs(3600);

/// A host's record, as it is in the bucket. Moments in milliseconds since the epoch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// The next free slot.
    pub(super) next: u64,
    /// The last start.
    pub(super) last: u64,
    /// Nobody starts before (429, 503).
    pub(super) held: u64,
    /// Requests under way: id and expiry.
    pub(super) leases: Vec<(u64, u64)>,
    /// Failures in a row.
    failures: u32,
    /// Since when, 0 for not at all.
    failing: u64,
    /// Nobody starts before (circuit).
    open: u64,
    /// The distance that its slowness asks for.
    pause: u64,
}

/// Who starts.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// For a story, and not for robots.txt.
    pub(super) is_story: bool,
    /// Its place in the queue was taken before.
    pub(super) is_taken: bool,
}

impl Record {
    /// Drops expired leases, and says whether the circuit keeps everybody out.
    pub(super) fn closed(&mut self, now: Moment, terms: &HostPolicy) -> Option<PermitReply> {
        self.leases.retain(|(_, until)| *until > now.as_millis());
        let open = Moment::from_millis(self.open);
        if open <= now {
            return None;
        }
        if now.since(Moment::from_millis(self.failing)) >= terms.dead_after {
            return Some(PermitReply::Dead);
        }
        Some(PermitReply::Open { after: spread(open.since(now)) })
    }

    /// When a request may start that has this place in the queue, or none yet.
    pub(super) fn due(&self, slot: Option<Moment>, now: Moment, terms: &HostPolicy) -> Moment {
        let place = slot.unwrap_or(Moment::from_millis(self.next));
        let apart = match self.last {
            0 => now,
            last => Moment::from_millis(last).plus(self.interval(terms)),
        };
        now.max(place).max(apart).max(Moment::from_millis(self.held))
    }

    /// Notes a start. What no story asks for (robots.txt) moves the queue on and is no start of a page:
    /// a Crawl-delay counts from page to page.
    pub(super) fn start(&mut self, lease: u64, place: Place, now: Moment, terms: &HostPolicy) {
        self.leases.push((lease, now.plus(terms.lease).as_millis()));
        if place.is_story {
            self.last = now.as_millis();
        }
        if !place.is_taken {
            self.next = now.plus(self.interval(terms)).as_millis();
        }
    }

    /// The distance between two starts: the rules', or what the host's slowness asks for.
    pub(super) fn interval(&self, terms: &HostPolicy) -> Duration {
        let pause = if terms.delay_factor > 0.0 { self.pause } else { 0 };
        terms.interval.max(Duration::from_millis(pause))
    }

    /// Follows how long the host takes to answer, by halves. One that fails fast is not asked faster.
    pub(super) fn pace(&mut self, health: Observation, took: Duration, terms: &HostPolicy) {
        if terms.delay_factor <= 0.0 || health == Observation::NotAsked {
            return;
        }
        let asked = took.mul_f64(terms.delay_factor).min(LONGEST_PAUSE);
        let pause = u64::try_from(asked.as_millis()).unwrap_or(u64::MAX).midpoint(self.pause);
        let failed = matches!(health, Observation::Failed | Observation::FailedAndHeld(_));
        self.pause = if failed { pause.max(self.pause) } else { pause };
    }

    /// One request at a time probes a host whose circuit was open.
    pub(super) fn concurrency(&self, terms: &HostPolicy) -> usize {
        if self.failures >= terms.circuit_failures { 1 } else { terms.concurrency as usize }
    }

    pub(super) fn note(&mut self, health: Observation, now: Moment, terms: &HostPolicy) {
        if health == Observation::NotAsked {
            return;
        }
        let failed = matches!(health, Observation::Failed | Observation::FailedAndHeld(_));
        if let Observation::Held(wait) | Observation::FailedAndHeld(wait) = health {
            self.held = self.held.max(now.plus(wait).as_millis());
        }
        if !failed {
            (self.failures, self.failing, self.open) = (0, 0, 0);
        } else if Moment::from_millis(self.open) <= now {
            // Failures of requests that were under way when the circuit opened are not news.
            self.failures = self.failures.saturating_add(1);
            if self.failing == 0 {
                self.failing = now.as_millis();
            }
            if let Some(more) = self.failures.checked_sub(terms.circuit_failures) {
                let open = terms.circuit_open.saturating_mul(1 << more.min(16)).min(LONGEST_OPEN);
                self.open = now.plus(spread(open)).as_millis();
            }
        }
    }
}
