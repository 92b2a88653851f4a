//! What a worker did since the last `totals` line: counts, rates, percentiles of the stages' times.
//!
//! Counts attempts, not messages: a story that is tried twice counts twice. Times from 1 microsecond to 10 minutes at
//! two digits, about 20 KiB per stage; a longer one counts as the longest.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::Instant;

use hdrhistogram::Histogram;

use super::attempt_report::{AttemptReport, DeliveryFacts};
use super::status::{Backlog, memory_bytes};
use crate::model::{AttemptOutcome, Timings};
use crate::mutex::lock;

#[derive(Debug)]
struct Window {
    since: Instant,
    ended: BTreeMap<AttemptOutcome, u64>,
    codes: BTreeMap<String, u64>,
    /// Microseconds per stage, in the order of [`Timings::STAGES`].
    stages: [Histogram<u32>; Timings::STAGES.len()],
    redelivered: u64,
    /// Of those skipped, the ones that a host refused.
    refused: u64,
    bytes: u64,
}

impl Window {
    fn new() -> Self {
        let histogram = || {
            // 1 µs to 10 minutes at 2 significant digits: about 20 KiB each.
            Histogram::new_with_bounds(1, 600_000_000, 2).expect("the bounds are in order")
        };
        Self {
            since: Instant::now(),
            ended: BTreeMap::new(),
            codes: BTreeMap::new(),
            stages: std::array::from_fn(|_| histogram()),
            redelivered: 0,
            refused: 0,
            bytes: 0,
        }
    }
}

/// Counts of this worker, by minute and since its start.
#[derive(Debug)]
pub struct Totals {
    window: Mutex<Window>,
    since_start: Mutex<BTreeMap<AttemptOutcome, u64>>,
}

impl Default for Totals {
    fn default() -> Self {
        Self { window: Mutex::new(Window::new()), since_start: Mutex::default() }
    }
}

impl Totals {
    /// Counts one attempt at a story.
    pub(super) fn count(&self, report: &AttemptReport, delivery: DeliveryFacts) {
        *lock(&self.since_start).entry(report.outcome).or_default() += 1;
        let mut window = lock(&self.window);
        *window.ended.entry(report.outcome).or_default() += 1;
        if let Some(code) = report.code() {
            *window.codes.entry(code).or_default() += 1;
        }
        window.refused += u64::from(report.is_refused());
        window.redelivered += u64::from(delivery.deliveries > 1);
        window.bytes += report.bytes as u64;
        for (histogram, time) in window.stages.iter_mut().zip(report.timings.times()) {
            if !time.is_zero() {
                histogram.saturating_record(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
            }
        }
    }

    /// Attempts that ended in a way, since the start.
    #[must_use]
    pub fn since_start(&self, ended: AttemptOutcome) -> u64 {
        lock(&self.since_start).get(&ended).copied().unwrap_or_default()
    }

    /// Logs the last window as one `totals` line and starts a new one.
    pub fn log(&self, in_flight: usize, backlog: Option<Backlog>) {
        let window = std::mem::replace(&mut *lock(&self.window), Window::new());
        let seconds = window.since.elapsed().as_secs_f64().max(1e-3);
        let count = |ended| window.ended.get(&ended).copied().unwrap_or_default();
        let ended: u64 = window.ended.values().sum();
        let codes = window.codes.iter().fold(String::new(), |mut text, (code, count)| {
            let separator = if text.is_empty() { "" } else { " " };
            let _ = write!(text, "{separator}{code}={count}");
            text
        });
        let percentiles = percentiles(&window.stages);
        tracing::info!(
            event = "totals",
            seconds = (seconds * 10.0).round() / 10.0,
            stories = count(AttemptOutcome::Story),
            skipped = count(AttemptOutcome::Skipped),
            dlq = count(AttemptOutcome::DeadLetter),
            retry = count(AttemptOutcome::Retry),
            deferred = count(AttemptOutcome::Deferred),
            repeat = count(AttemptOutcome::Repeat),
            lost = count(AttemptOutcome::Lost),
            refused = window.refused,
            redelivered = window.redelivered,
            per_second = (ended as f64 / seconds * 10.0).round() / 10.0,
            bytes = window.bytes,
            codes,
            p50_p95_p99_ms = percentiles,
            in_flight,
            backlog = backlog.map(|b| b.waiting),
            scheduled = backlog.and_then(|b| b.scheduled),
            unacknowledged = backlog.map(|b| b.unacknowledged),
            memory_mib = memory_bytes().map(|bytes| bytes >> 20),
            "{} stories in {seconds:.0} s",
            count(AttemptOutcome::Story)
        );
    }
}

/// Of each stage that took time, in milliseconds: half, 95 and 99 of a hundred attempts took no longer.
fn percentiles(stages: &[Histogram<u32>]) -> String {
    let mut text = String::new();
    for (histogram, stage) in stages.iter().zip(Timings::STAGES) {
        if histogram.is_empty() {
            continue;
        }
        let at = |p| histogram.value_at_percentile(p) as f64 / 1e3;
        let separator = if text.is_empty() { "" } else { " " };
        let _ = write!(text, "{separator}{stage}={:.1}/{:.1}/{:.1}", at(50.0), at(95.0), at(99.0));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::disposition::{Disposition, Failure, HostCondition, Stage};
    use crate::model::{Identity, StoryId};

    fn skipped(bytes: usize) -> AttemptReport {
        let identity = Identity::new(StoryId::new("a").unwrap(), None);
        let failure = Failure {
            stage: Stage::Fetch,
            code: "forbidden",
            disposition: Disposition::Skip,
            host: HostCondition::Refuses,
            message: String::new(),
        };
        let mut report =
            AttemptReport::failed(identity, AttemptOutcome::Skipped, failure, String::new());
        report.bytes = bytes;
        report.timings.fetch = Duration::from_millis(20);
        report
    }

    #[test]
    fn attempts_are_counted_by_line_and_since_start() {
        let totals = Totals::default();
        for (bytes, deliveries) in [(5, 1), (7, 2), (11, 3)] {
            totals.count(&skipped(bytes), DeliveryFacts::of(deliveries));
        }
        let window = totals.window.lock().unwrap();
        assert_eq!(window.ended[&AttemptOutcome::Skipped], 3);
        assert_eq!(window.codes["fetch.forbidden"], 3);
        assert_eq!((window.refused, window.redelivered, window.bytes), (3, 2, 23));
        let times: Vec<_> = window.stages.iter().map(Histogram::len).collect();
        assert_eq!(times, [0, 3, 0, 0, 0, 0, 0], "what took no time is no stage of it");
        assert_eq!(percentiles(&window.stages), "fetch=20.1/20.1/20.1");
        drop(window);
        totals.log(0, None);
        assert!(totals.window.lock().unwrap().ended.is_empty());
        assert_eq!(totals.since_start(AttemptOutcome::Skipped), 3);
        assert_eq!(totals.since_start(AttemptOutcome::Story), 0);
    }
}
