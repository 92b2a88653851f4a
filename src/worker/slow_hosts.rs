//! Hosts that answer slowly or not at all, logged once a minute while it lasts.
//!
//! A slow host costs the others nothing: its stories wait, and these lines say why they are late. Hosts beyond a bound
//! are not watched; a host that refuses, or says that it is busy, has warnings of its own.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use super::attempt_report::AttemptReport;
use crate::disposition::HostCondition;
use crate::mutex::lock;

/// Hosts that are watched between two lines.
const MOST: usize = 1000;
/// Hosts that are logged at a time, the slowest first.
const MOST_TOLD: usize = 10;
/// A mean answer that is slow.
const SLOW: Duration = Duration::from_secs(5);
/// Requests without an answer in time after which it is the host, and not one page, that is slow.
const TIMEOUTS: u32 = 3;

/// Answers of each host since the last lines.
#[derive(Debug, Default)]
pub(super) struct SlowHosts(Mutex<BTreeMap<String, Answers>>);

#[derive(Clone, Copy, Debug, Default)]
struct Answers {
    count: u32,
    sum: Duration,
    slowest: Duration,
    timeouts: u32,
}

impl Answers {
    fn mean(&self) -> Duration {
        self.sum / self.count.max(1)
    }

    fn is_slow(&self) -> bool {
        self.timeouts >= TIMEOUTS || self.mean() >= SLOW
    }
}

impl SlowHosts {
    /// Takes in an attempt whose host was asked.
    pub(super) fn note(&self, report: &AttemptReport) {
        let answer = report.timings.fetch.saturating_sub(report.timings.turn);
        let Some(host) = report.host.as_ref().filter(|_| !answer.is_zero()) else { return };
        let timed_out =
            report.failure.as_ref().is_some_and(|failure| failure.host == HostCondition::TooLate);
        let mut hosts = lock(&self.0);
        if hosts.len() >= MOST && !hosts.contains_key(host) {
            return;
        }
        let answers = hosts.entry(host.clone()).or_default();
        answers.count += 1;
        answers.sum += answer;
        answers.slowest = answers.slowest.max(answer);
        answers.timeouts += u32::from(timed_out);
    }

    /// Logs the slow ones, and begins anew.
    pub(super) fn log(&self) {
        let hosts = std::mem::take(&mut *lock(&self.0));
        let mut slow: Vec<_> = hosts.into_iter().filter(|(_, answers)| answers.is_slow()).collect();
        slow.sort_by_key(|(_, answers)| std::cmp::Reverse(answers.mean()));
        let more = slow.len().saturating_sub(MOST_TOLD);
        for (host, answers) in slow.into_iter().take(MOST_TOLD) {
            tracing::warn!(
                event = "host_slow",
                host,
                requests = answers.count,
                timeouts = answers.timeouts,
                mean_ms = answers.mean().as_millis() as u64,
                slowest_ms = answers.slowest.as_millis() as u64,
                more_hosts = more,
                "{host} is slow: {:.1} s per answer, {} of {} requests unanswered in time; its stories wait, others go on",
                answers.mean().as_secs_f64(),
                answers.timeouts,
                answers.count,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposition::{Disposition, Failure, Stage};
    use crate::model::{AttemptOutcome, Identity, StoryId};

    fn asked(host: &str, secs: u64, code: Option<&'static str>) -> AttemptReport {
        let identity = Identity::new(StoryId::new("a").unwrap(), None);
        let disposition = Disposition::Retry { after: None };
        let failure = code.map(|code| Failure {
            stage: Stage::Fetch,
            code,
            disposition,
            host: match code {
                "server_error" => HostCondition::Unknown,
                _ => HostCondition::TooLate,
            },
            message: String::new(),
        });
        let mut report = AttemptReport::story(identity, String::new());
        if let Some(failure) = failure {
            let identity = report.identity;
            report = AttemptReport::again(identity, AttemptOutcome::Retry, failure);
        }
        report.host = Some(host.to_owned());
        report.timings.fetch = Duration::from_secs(secs);
        report
    }

    #[test]
    fn slow_hosts_answer_late_or_time_out_repeatedly() {
        let hosts = SlowHosts::default();
        for _ in 0..3 {
            hosts.note(&asked("late.example", 6, None));
            hosts.note(&asked("silent.example", 1, Some("timeout_first_byte")));
            hosts.note(&asked("quick.example", 1, None));
            hosts.note(&asked("broken.example", 1, Some("server_error")));
        }
        hosts.note(&asked("once.example", 2, Some("timeout_total")));
        // No host was asked: the message carried its text.
        hosts.note(&asked("inline.example", 0, None));
        let seen = hosts.0.lock().unwrap();
        let slow: Vec<_> = seen.iter().filter(|(_, a)| a.is_slow()).map(|(host, _)| host).collect();
        assert_eq!(slow, ["late.example", "silent.example"]);
        assert!(!seen.contains_key("inline.example"));
        assert_eq!((seen["late.example"].count, seen["late.example"].timeouts), (3, 0));
        drop(seen);
        hosts.log();
        assert!(hosts.0.lock().unwrap().is_empty(), "counted anew");
    }

    #[test]
    fn hosts_beyond_the_bound_are_not_watched() {
        let hosts = SlowHosts::default();
        for n in 0..MOST + 5 {
            hosts.note(&asked(&format!("h{n}.example"), 1, None));
        }
        hosts.note(&asked("h0.example", 1, None));
        let seen = hosts.0.lock().unwrap();
        assert_eq!((seen.len(), seen["h0.example"].count), (MOST, 2));
    }
}
