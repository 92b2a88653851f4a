//! What the group knows of a host, and what follows from it. Pure: no clock, no bucket.
//!
//! Moments are those of the group's clock. Whatever a later version adds is left out of an older
//! record and has its default.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{HostNews, HostPolicy, Moment, Observation, PermitReply, spread};

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
    /// No request starts before (429, 503).
    pub(super) held: u64,
    /// Requests under way: id and expiry.
    pub(super) leases: Vec<(u64, u64)>,
    /// Failures in a row.
    failures: u32,
    /// Since when, 0 for not at all.
    failing: u64,
    /// No request starts before (circuit).
    open: u64,
    /// The distance that its slowness asks for.
    pause: u64,
    /// How long it takes to answer.
    service: u64,
    /// Refusals in a row.
    refusals: u32,
    /// No request starts before (refusals).
    refused: u64,
}

/// What a host's record says to who wants to start a request.
pub(super) enum Decision {
    /// The circuit is open, or the host refuses.
    Closed(PermitReply),
    /// Now.
    Start,
    /// Not before.
    Wait { due: Moment },
    /// The time has come, and as many requests as may be are under way.
    Full { due: Moment },
}

/// Who starts.
#[derive(Clone, Copy)]
pub(super) struct Starter {
    /// For a story, and not for robots.txt.
    pub(super) is_story: bool,
    /// Its place in the queue was taken before.
    pub(super) is_taken: bool,
}

impl Record {
    /// Drops expired leases, and decides about a request that has this place in the queue, or none yet.
    pub(super) fn decide(
        &mut self,
        slot: Option<Moment>,
        now: Moment,
        policy: &HostPolicy,
    ) -> Decision {
        if let Some(reply) = self.closed(now, policy) {
            return Decision::Closed(reply);
        }
        let due = self.due(slot, now, policy);
        if due > now {
            return Decision::Wait { due };
        }
        let is_full = self.leases.len() >= self.concurrency(policy);
        if is_full { Decision::Full { due } } else { Decision::Start }
    }

    /// Drops expired leases, and says whether the circuit, or that the host refuses, keeps everybody out.
    fn closed(&mut self, now: Moment, policy: &HostPolicy) -> Option<PermitReply> {
        self.leases.retain(|(_, until)| *until > now.as_millis());
        let open = Moment::from_millis(self.open);
        if open > now {
            let since = now.since(Moment::from_millis(self.failing));
            return Some(match since >= policy.dead_after {
                true => PermitReply::Dead,
                false => PermitReply::Open { after: spread(open.since(now)) },
            });
        }
        let refused = Moment::from_millis(self.refused);
        (refused > now).then(|| PermitReply::Refuses {
            refusals: self.refusals,
            // Those who waited through one pause wait through no second one.
            after: (self.refusals < policy.refusals.saturating_mul(2))
                .then(|| spread(refused.since(now))),
        })
    }

    /// When a request may start that has this place in the queue, or none yet.
    fn due(&self, slot: Option<Moment>, now: Moment, policy: &HostPolicy) -> Moment {
        let place = slot.unwrap_or(Moment::from_millis(self.next));
        let apart = match self.last {
            0 => now,
            last => Moment::from_millis(last).plus(self.interval(policy)),
        };
        now.max(place).max(apart).max(Moment::from_millis(self.held))
    }

    /// Notes a start. What no story asks for (robots.txt) moves the queue on and is no start of a page:
    /// a Crawl-delay counts from page to page.
    pub(super) fn start(&mut self, lease: u64, starter: Starter, now: Moment, policy: &HostPolicy) {
        self.leases.push((lease, now.plus(policy.renewed_for.min(policy.lease)).as_millis()));
        if starter.is_story {
            self.last = now.as_millis();
        }
        if !starter.is_taken {
            self.next = now.plus(self.interval(policy)).as_millis();
        }
    }

    /// Renews a lease, but not beyond the longest time of its request; `false` when there is nothing to renew any more.
    pub(super) fn renew(
        &mut self,
        lease: u64,
        started: Moment,
        now: Moment,
        policy: &HostPolicy,
    ) -> bool {
        let end = started.plus(policy.lease);
        let Some((_, until)) = self.leases.iter_mut().find(|(id, _)| *id == lease) else {
            return false;
        };
        *until = now.plus(policy.renewed_for).min(end).as_millis();
        now < end
    }

    /// The distance between two starts: the rules', or what the host's slowness asks for.
    pub(super) fn interval(&self, policy: &HostPolicy) -> Duration {
        let pause = if policy.delay_factor > 0.0 { self.pause } else { 0 };
        policy.interval.max(Duration::from_millis(pause))
    }

    /// The distance between two places in the queue: what the host can answer, of so many requests at a time,
    /// where that is less than the rules allow. Who has such a place finds the host free when it has come.
    fn spacing(&self, policy: &HostPolicy) -> Duration {
        let at_once = u32::try_from(self.concurrency(policy)).unwrap_or(u32::MAX).max(1);
        let answers = Duration::from_millis(self.service).min(LONGEST_PAUSE) / at_once;
        self.interval(policy).max(answers)
    }

    /// Gives the next place in the queue, at `due` at the earliest. Whose time had come when the host was full takes
    /// another one behind all others.
    pub(super) fn reserve(
        &mut self,
        due: Moment,
        is_late: bool,
        now: Moment,
        policy: &HostPolicy,
    ) -> Moment {
        let spacing = self.spacing(policy);
        let place =
            if is_late { now.plus(spacing).max(Moment::from_millis(self.next)) } else { due };
        self.next = place.plus(spacing).as_millis();
        place
    }

    /// Follows how long the host takes to answer, by halves. One that fails fast is not asked faster.
    pub(super) fn pace(&mut self, observation: Observation, took: Duration, policy: &HostPolicy) {
        if observation == Observation::NotAsked {
            return;
        }
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.service = if self.service == 0 { millis } else { millis.midpoint(self.service) };
        if policy.delay_factor <= 0.0 {
            return;
        }
        let asked = took.mul_f64(policy.delay_factor).min(LONGEST_PAUSE);
        let pause = u64::try_from(asked.as_millis()).unwrap_or(u64::MAX).midpoint(self.pause);
        let failed = matches!(observation, Observation::Failed | Observation::FailedAndHeld(_));
        self.pause = if failed { pause.max(self.pause) } else { pause };
    }

    /// One request at a time probes a host whose circuit was open, or that refused.
    pub(super) fn concurrency(&self, policy: &HostPolicy) -> usize {
        let probes = self.failures >= policy.circuit_failures || self.refusals >= policy.refusals;
        if probes { 1 } else { policy.concurrency as usize }
    }

    /// Notes what a request told of the host's observation.
    pub(super) fn note(
        &mut self,
        observation: Observation,
        now: Moment,
        policy: &HostPolicy,
    ) -> Option<HostNews> {
        match observation {
            Observation::NotAsked => return None,
            Observation::Failed => self.fail(now, policy),
            Observation::FailedAndHeld(wait) => {
                self.hold(now, wait);
                self.fail(now, policy);
            }
            Observation::Held(wait) => {
                self.hold(now, wait);
                self.recover();
            }
            Observation::Redirected => self.recover(),
            Observation::Refused => {
                self.recover();
                return self.refuse(now, policy);
            }
            Observation::Well => {
                self.recover();
                let refusals = std::mem::take(&mut self.refusals);
                self.refused = 0;
                return (refusals >= policy.refusals).then_some(HostNews::LetsIn { refusals });
            }
        }
        None
    }

    fn hold(&mut self, now: Moment, wait: Duration) {
        self.held = self.held.max(now.plus(wait).as_millis());
    }

    fn recover(&mut self) {
        (self.failures, self.failing, self.open) = (0, 0, 0);
    }

    fn fail(&mut self, now: Moment, policy: &HostPolicy) {
        // Failures of requests that were under way when the circuit opened are not news.
        if Moment::from_millis(self.open) > now {
            return;
        }
        self.failures = self.failures.saturating_add(1);
        if self.failing == 0 {
            self.failing = now.as_millis();
        }
        if let Some(more) = self.failures.checked_sub(policy.circuit_failures) {
            let open = policy.circuit_open.saturating_mul(1 << more.min(16)).min(LONGEST_OPEN);
            self.open = now.plus(spread(open)).as_millis();
        }
    }

    /// Counts a refusal; every so many begin a pause. Of requests under way when it began none is counted.
    fn refuse(&mut self, now: Moment, policy: &HostPolicy) -> Option<HostNews> {
        if Moment::from_millis(self.refused) > now {
            return None;
        }
        self.refusals = self.refusals.saturating_add(1);
        if !self.refusals.is_multiple_of(policy.refusals) {
            return None;
        }
        self.refused = now.plus(policy.refusal_pause).as_millis();
        let (refusals, pause) = (self.refusals, policy.refusal_pause);
        Some(HostNews::Refuses { refusals, pause, is_first: refusals == policy.refusals })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> HostPolicy {
        HostPolicy {
            interval: Duration::ZERO,
            delay_factor: 0.0,
            concurrency: 4,
            lease: Duration::from_secs(60),
            renewed_for: Duration::from_secs(15),
            max_wait: Duration::ZERO,
            max_reservation: Duration::from_secs(3600),
            circuit_failures: 5,
            circuit_open: Duration::from_secs(30),
            dead_after: Duration::from_secs(3600),
            refusals: 3,
            refusal_pause: Duration::from_secs(100),
        }
    }

    fn at(secs: u64) -> Moment {
        Moment::from_millis(1_700_000_000_000 + secs * 1000)
    }

    fn refuse(record: &mut Record, times: u32, secs: u64) -> Option<HostNews> {
        (0..times).filter_map(|_| record.note(Observation::Refused, at(secs), &policy())).last()
    }

    #[test]
    fn stories_wait_through_a_hosts_first_pause_only() {
        let mut record = Record::default();
        assert!(refuse(&mut record, 2, 0).is_none());
        assert!(record.closed(at(0), &policy()).is_none());
        let news = refuse(&mut record, 1, 0);
        assert!(matches!(news, Some(HostNews::Refuses { refusals: 3, is_first: true, .. })));
        // What was under way is not counted.
        assert!(refuse(&mut record, 5, 1).is_none());
        match record.closed(at(40), &policy()) {
            Some(PermitReply::Refuses { refusals: 3, after: Some(after) }) => {
                assert!((60..73).contains(&after.as_secs()), "{after:?}");
            }
            other => panic!("{other:?}"),
        }
        assert!(record.closed(at(101), &policy()).is_none());
        assert_eq!(record.concurrency(&policy()), 1);
        let news = refuse(&mut record, 3, 101);
        assert!(matches!(news, Some(HostNews::Refuses { refusals: 6, is_first: false, .. })));
        let closed = record.closed(at(102), &policy());
        assert!(matches!(closed, Some(PermitReply::Refuses { refusals: 6, after: None })));
    }

    #[test]
    fn only_another_answer_ends_a_row_of_refusals() {
        let mut record = Record::default();
        let between =
            [Observation::Redirected, Observation::Failed, Observation::Held(Duration::ZERO)];
        refuse(&mut record, 2, 0);
        for observation in between {
            assert!(record.note(observation, at(1), &policy()).is_none());
        }
        assert!(refuse(&mut record, 1, 2).is_some());
        let news = record.note(Observation::Well, at(103), &policy());
        assert!(matches!(news, Some(HostNews::LetsIn { refusals: 3 })));
        assert_eq!(record.concurrency(&policy()), 4);
        assert!(refuse(&mut record, 2, 104).is_none());
        assert!(record.note(Observation::Well, at(105), &policy()).is_none());
    }

    #[test]
    fn a_lease_lasts_while_it_is_renewed() {
        let (mut record, policy) = (Record::default(), policy());
        let leases = |record: &mut Record, secs| {
            let _ = record.closed(at(secs), &policy);
            record.leases.len()
        };
        let starter = Starter { is_story: true, is_taken: false };
        record.start(1, starter, at(0), &policy);
        record.start(2, starter, at(0), &policy);
        assert!(record.renew(1, at(0), at(10), &policy));
        // The other's worker died.
        assert_eq!(leases(&mut record, 16), 1);
        assert!(!record.renew(2, at(0), at(16), &policy));
        assert!(record.renew(1, at(0), at(24), &policy));
        assert!(record.renew(1, at(0), at(36), &policy));
        assert!(record.renew(1, at(0), at(50), &policy));
        assert_eq!(leases(&mut record, 59), 1);
        assert!(!record.renew(1, at(0), at(60), &policy), "no request takes so long");
        assert_eq!(leases(&mut record, 60), 0);
    }

    #[test]
    fn turns_are_spaced_by_host_answer_time() {
        let mut record = Record::default();
        let policy = HostPolicy { interval: Duration::from_secs(1), concurrency: 2, ..policy() };
        let place = |record: &mut Record| {
            let due = record.due(None, at(0), &policy);
            record.reserve(due, false, at(0), &policy).since(at(0)).as_secs()
        };
        assert_eq!((place(&mut record), place(&mut record)), (0, 1));
        record.pace(Observation::Well, Duration::from_secs(8), &policy);
        assert_eq!((place(&mut record), place(&mut record)), (2, 6));
        // Whose time has come while the host is full goes behind those.
        let late = record.reserve(at(0), true, at(0), &policy);
        assert_eq!(late.since(at(0)).as_secs(), 10);
        // It answers quickly again.
        for _ in 0..8 {
            record.pace(Observation::Well, Duration::from_millis(10), &policy);
        }
        assert_eq!((place(&mut record), place(&mut record)), (14, 15));
    }

    fn fail(record: &mut Record, times: u32, secs: u64) {
        for _ in 0..times {
            assert!(record.note(Observation::Failed, at(secs), &policy()).is_none());
        }
    }

    /// For how long the circuit is open; 0 where it is not.
    fn open(record: &Record, secs: u64) -> u64 {
        Moment::from_millis(record.open).since(at(secs)).as_secs()
    }

    #[test]
    fn consecutive_failures_open_the_circuit_ever_longer() {
        let mut record = Record::default();
        fail(&mut record, 4, 0);
        assert_eq!((open(&record, 0), record.concurrency(&policy())), (0, 4));
        fail(&mut record, 1, 0);
        assert!((30..38).contains(&open(&record, 0)), "{}", open(&record, 0));
        assert_eq!(record.concurrency(&policy()), 1);
        // What was under way when it opened is not news.
        let opened = record.open;
        fail(&mut record, 3, 1);
        assert_eq!((record.open, record.failures), (opened, 5));
        record.open = at(50).as_millis();
        assert!(record.closed(at(50), &policy()).is_none());
        for (secs, least) in [(50, 60), (300, 120), (700, 240)] {
            fail(&mut record, 1, secs);
            let lasts = open(&record, secs);
            assert!((least..=least * 5 / 4).contains(&lasts), "{secs}: {lasts}");
        }
        // Another answer closes it, and begins the row anew.
        record.note(Observation::Redirected, at(701), &policy());
        assert_eq!((open(&record, 701), record.failing), (0, 0));
        fail(&mut record, 4, 702);
        assert_eq!(open(&record, 702), 0);
    }

    #[test]
    fn a_host_that_fails_for_long_is_dead() {
        let mut record = Record::default();
        fail(&mut record, 5, 0);
        match record.closed(at(20), &policy()) {
            // 30 seconds and up to a fifth more; what is left of them, and up to a fifth more again.
            Some(PermitReply::Open { after }) => assert!((10..20).contains(&after.as_secs())),
            other => panic!("{other:?}"),
        }
        record.failing = at(0).as_millis();
        record.open = at(3700).as_millis();
        assert!(matches!(record.closed(at(3599), &policy()), Some(PermitReply::Open { .. })));
        assert!(matches!(record.closed(at(3600), &policy()), Some(PermitReply::Dead)));
        assert!(record.closed(at(3700), &policy()).is_none(), "it is asked again in the end");
    }

    #[test]
    fn pauses_end_on_time() {
        let mut record = Record::default();
        refuse(&mut record, 3, 0);
        assert!(record.closed(at(99), &policy()).is_some());
        assert!(record.closed(at(100), &policy()).is_none());
        refuse(&mut record, 1, 100);
        assert_eq!(record.refusals, 4, "counted anew from the end of the pause");
        record.note(Observation::Held(Duration::from_secs(30)), at(100), &policy());
        record.note(Observation::FailedAndHeld(Duration::from_secs(10)), at(100), &policy());
        assert_eq!(record.due(None, at(100), &policy()), at(130), "the longer one counts");
    }

    #[test]
    fn a_slow_host_is_asked_less_often() {
        let policy = HostPolicy { interval: Duration::from_secs(1), delay_factor: 2.0, ..policy() };
        let mut record = Record::default();
        record.pace(Observation::Well, Duration::from_secs(8), &policy);
        assert_eq!(record.interval(&policy), Duration::from_secs(8), "half of what is asked for");
        let (fast, careless) =
            (Duration::from_millis(10), HostPolicy { delay_factor: 0.0, ..policy });
        assert_eq!(record.interval(&careless), Duration::from_secs(1));
        record.pace(Observation::Well, fast, &careless);
        assert_eq!(record.pause, 8000, "not followed where it does not count");
        record.pace(Observation::Failed, fast, &policy);
        assert_eq!(record.pause, 8000, "one that fails fast is not asked faster");
        record.pace(Observation::Well, fast, &policy);
        assert!(record.pause < 8000);
    }

    #[test]
    fn a_place_taken_before_moves_no_queue() {
        let policy = HostPolicy { interval: Duration::from_secs(5), ..policy() };
        let mut record = Record::default();
        record.start(1, Starter { is_story: true, is_taken: true }, at(10), &policy);
        assert_eq!((record.next, record.last), (0, at(10).as_millis()));
        record.start(2, Starter { is_story: false, is_taken: false }, at(20), &policy);
        assert_eq!((record.next, record.last), (at(25).as_millis(), at(10).as_millis()));
    }

    #[test]
    fn a_record_of_an_older_version_is_read() {
        let old = r#"{"next":5,"last":4,"held":0,"leases":[],"failures":1,"failing":3,"open":0,"pause":7}"#;
        let record: Record = serde_json::from_str(old).unwrap();
        assert_eq!((record.next, record.failures, record.refusals), (5, 1, 0));
    }
}
