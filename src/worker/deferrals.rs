//! Stories that wait for their host, summed up: a line a host and minute instead of one a story.
//!
//! Only deferrals that apply to a whole host. A request that was made and was told to wait (429, 503) gets a line of
//! its own. Hosts beyond a bound are counted as one.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::attempt_report::AttemptReport;
use crate::disposition::{Disposition, Stage};
use crate::model::AttemptOutcome;
use crate::mutex::lock;
use crate::terminal::counted;

/// Hosts that are counted by name between two lines.
const MOST: usize = 1000;
const OTHERS: &str = "(others)";

/// Deferrals since the last lines, by host and code.
#[derive(Debug)]
pub(super) struct Deferrals {
    hosts: Mutex<BTreeMap<(String, &'static str), Waiting>>,
    /// When the last lines were logged.
    logged: Mutex<Instant>,
}

impl Default for Deferrals {
    fn default() -> Self {
        Self { hosts: Mutex::default(), logged: Mutex::new(Instant::now()) }
    }
}

#[derive(Debug, Default)]
struct Waiting {
    /// What for, in words.
    why: &'static str,
    deferred: u64,
    longest: Duration,
}

impl Deferrals {
    /// Whether an attempt ended with its story waiting for its host, and so has no line of its own.
    pub(super) fn sum_up(report: &AttemptReport) -> bool {
        wait_for_host(report).is_some()
    }

    /// Counts an attempt that ended so.
    pub(super) fn count(&self, report: &AttemptReport) {
        let Some((host, code, after, why)) = wait_for_host(report) else { return };
        tracing::debug!(id = report.identity.id().as_str(), host, code, after = ?after, "waits for its host");
        let mut hosts = lock(&self.hosts);
        let mut key = (host.to_owned(), code);
        if hosts.len() >= MOST && !hosts.contains_key(&key) {
            OTHERS.clone_into(&mut key.0);
        }
        let waiting = hosts.entry(key).or_default();
        waiting.why = why;
        waiting.deferred += 1;
        waiting.longest = waiting.longest.max(after);
    }

    /// Logs what was counted, and begins anew.
    pub(super) fn log(&self) {
        let now = Instant::now();
        let logged = &mut *lock(&self.logged);
        let seconds = now.duration_since(std::mem::replace(logged, now));
        let hosts = std::mem::take(&mut *lock(&self.hosts));
        for ((host, code), Waiting { why, deferred, longest }) in hosts {
            tracing::info!(
                event = "deferred",
                host,
                code = format!("{}.{code}", Stage::Fetch),
                deferred,
                longest_secs = longest.as_secs(),
                seconds = seconds.as_secs(),
                "{} {} {host}: {why}",
                counted(deferred, "attempt"),
                if deferred == 1 { "waits for" } else { "wait for" },
            );
        }
    }
}

/// The host that a story waits for, the code of its failure, for how long and why; `None` where it does not.
fn wait_for_host(report: &AttemptReport) -> Option<(&str, &'static str, Duration, &'static str)> {
    if report.outcome != AttemptOutcome::Deferred {
        return None;
    }
    let (failure, host) = (report.failure.as_ref()?, report.host.as_deref()?);
    match failure.disposition {
        Disposition::Defer { after } => {
            Some((host, failure.code, after, failure.host.why_stories_wait()?))
        }
        Disposition::Retry { .. } | Disposition::Reject | Disposition::Skip => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposition::{Failure, HostCondition};
    use crate::model::{Identity, StoryId};

    fn deferred(host: &str, code: &'static str, at: HostCondition) -> AttemptReport {
        let identity = Identity::new(StoryId::new("a").unwrap(), None);
        let disposition = Disposition::Defer { after: Duration::from_secs(9) };
        let message = String::new();
        let failure = Failure { stage: Stage::Fetch, code, disposition, host: at, message };
        let mut report = AttemptReport::again(identity, AttemptOutcome::Deferred, failure);
        report.host = Some(host.to_owned());
        report
    }

    #[test]
    fn each_wait_is_told_by_its_condition() {
        for (host, says) in [
            (HostCondition::Turn, "turn"),
            (HostCondition::Failing, "failed"),
            (HostCondition::RefusesAndLeftAlone, "refused"),
            (HostCondition::WithoutRobots, "robots.txt"),
        ] {
            let report = deferred("a.example", "host_turn", host);
            let (.., why) = wait_for_host(&report).unwrap();
            assert!(why.contains(says), "{host:?}: {why}");
        }
    }

    #[test]
    fn lines_begin_the_count_anew() {
        let deferrals = Deferrals::default();
        deferrals.count(&deferred("a.example", "host_turn", HostCondition::Turn));
        deferrals.log();
        assert!(deferrals.hosts.lock().unwrap().is_empty());
    }

    #[test]
    fn stories_that_wait_are_counted_by_host() {
        let deferrals = Deferrals::default();
        let answered = deferred("a.example", "rate_limited", HostCondition::Busy);
        assert!(!Deferrals::sum_up(&answered));
        deferrals.count(&answered);
        let waits = deferred("a.example", "host_turn", HostCondition::Turn);
        assert!(Deferrals::sum_up(&waits));
        deferrals.count(&waits);
        for n in 0..MOST + 5 {
            let host = format!("h{n}.example");
            deferrals.count(&deferred(&host, "circuit_open", HostCondition::Failing));
        }
        let counted = deferrals.hosts.lock().unwrap();
        assert_eq!(counted.len(), MOST + 1);
        assert_eq!(counted[&(OTHERS.to_owned(), "circuit_open")].deferred, 6);
    }
}
