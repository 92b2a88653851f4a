//! Counters, gauges and histograms of a worker, in the names that Prometheus asks for: base units in
//! the name, `_total` on counters. Labels come from bounded sets: outcomes, codes, stages.

use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use super::backlog::Backlog;
use super::process::{cpu_seconds, memory_bytes, open_descriptors};
use crate::model::{AttemptOutcome, Timings};
use crate::worker::attempt_report::{AttemptReport, DeliveryFacts};

type Label = (&'static str, String);

#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    attempts: Family<[Label; 2], Counter>,
    attempt_seconds: Histogram,
    stage_seconds: Family<[Label; 1], Histogram, fn() -> Histogram>,
    page_bytes: Counter,
    redelivered: Counter,
    refused: Counter,
    in_hand: Gauge<i64, AtomicI64>,
    max_in_flight: Gauge<i64, AtomicI64>,
    ready: Gauge<i64, AtomicI64>,
    waiting: Gauge<f64, AtomicU64>,
    unacknowledged: Gauge<f64, AtomicU64>,
    memory: Gauge<f64, AtomicU64>,
    connected: Gauge<i64, AtomicI64>,
    out_blocked: Gauge<i64, AtomicI64>,
    started: Gauge<f64, AtomicU64>,
    cpu: Counter<f64, AtomicU64>,
    descriptors: Gauge<f64, AtomicU64>,
    scheduled: Gauge<f64, AtomicU64>,
}

/// From a quick tag to a page at the total time limit: 1 ms to 131 s.
fn durations() -> Histogram {
    Histogram::new((0..18).map(|power| 0.001 * f64::from(1_u32 << power)))
}

/// Gauges of a yes or no, as they are when the metrics are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Now {
    pub(super) ready: bool,
    pub(super) connected: bool,
    pub(super) out_blocked: bool,
}

impl Default for Metrics {
    fn default() -> Self {
        let stages: fn() -> Histogram = durations;
        let metrics = Self {
            registry: Registry::default(),
            attempts: Family::default(),
            attempt_seconds: durations(),
            stage_seconds: Family::new_with_constructor(stages),
            page_bytes: Counter::default(),
            redelivered: Counter::default(),
            refused: Counter::default(),
            in_hand: Gauge::default(),
            max_in_flight: Gauge::default(),
            ready: Gauge::default(),
            waiting: Gauge::default(),
            unacknowledged: Gauge::default(),
            memory: Gauge::default(),
            connected: Gauge::default(),
            out_blocked: Gauge::default(),
            started: Gauge::default(),
            cpu: Counter::default(),
            descriptors: Gauge::default(),
            scheduled: Gauge::default(),
        };
        metrics.registered()
    }
}

impl Metrics {
    fn registered(mut self) -> Self {
        let mut registry = Registry::default();
        let all = registry.sub_registry_with_prefix("news_ingest");
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        all.register("build", "Version of the program", Info::new(version));
        self.register_attempts(all);
        self.register_broker(all);
        self.register_process(&mut registry);
        // Series exist before their first event, so that a rate over them sees the first one.
        for ended in AttemptOutcome::ALL {
            let labels = [("outcome", ended.as_str().to_owned()), ("code", String::new())];
            let _ = self.attempts.get_or_create(&labels);
        }
        for stage in Timings::STAGES {
            let _ = self.stage_seconds.get_or_create(&[("stage", stage.to_owned())]);
        }
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        self.started.set(now.unwrap_or_default().as_secs_f64());
        self.registry = registry;
        self
    }

    fn register_attempts(&self, all: &mut Registry) {
        all.register(
            "attempts",
            "Attempts at a story by how they ended; code is stage.code, empty where nothing went wrong",
            self.attempts.clone(),
        );
        all.register_with_unit(
            "attempt_duration",
            "From the pull to the settling of a delivery",
            Unit::Seconds,
            self.attempt_seconds.clone(),
        );
        all.register_with_unit(
            "stage_duration",
            "Time of an attempt in one stage; queue is the wait for a core, turn the part of fetch that waited for the host's turn",
            Unit::Seconds,
            self.stage_seconds.clone(),
        );
        all.register_with_unit(
            "extracted",
            "UTF-8 that went into extraction",
            Unit::Bytes,
            self.page_bytes.clone(),
        );
        all.register(
            "refused",
            "Stories skipped because a host does not let us in (403 and the like, a test for robots)",
            self.refused.clone(),
        );
        all.register(
            "redelivered",
            "Attempts at messages delivered before",
            self.redelivered.clone(),
        );
        all.register("in_flight", "Deliveries in hand", self.in_hand.clone());
        all.register(
            "max_in_flight",
            "Most deliveries in hand from the raw stream",
            self.max_in_flight.clone(),
        );
        all.register("ready", "Whether /readyz says ready", self.ready.clone());
    }

    fn register_broker(&self, all: &mut Registry) {
        all.register(
            "backlog_messages",
            "Raw messages not delivered yet, of the whole group; NaN when the broker does not tell",
            self.waiting.clone(),
        );
        all.register(
            "unacknowledged_messages",
            "Raw messages delivered and not acknowledged, of the whole group",
            self.unacknowledged.clone(),
        );
        all.register(
            "broker_connected",
            "Whether the worker is connected to the broker",
            self.connected.clone(),
        );
        all.register(
            "out_blocked",
            "Whether the out stream accepts nothing and stories wait in their slots",
            self.out_blocked.clone(),
        );
        all.register(
            "scheduled_messages",
            "Messages in the retry stream, of the whole group; NaN when the broker does not tell",
            self.scheduled.clone(),
        );
    }

    /// By the names that collectors know of every program.
    fn register_process(&self, registry: &mut Registry) {
        registry.register_with_unit(
            "process_start_time",
            "Start of the process, since the Unix epoch",
            Unit::Seconds,
            self.started.clone(),
        );
        registry.register_with_unit(
            "process_cpu",
            "Processor time used, user and system",
            Unit::Seconds,
            self.cpu.clone(),
        );
        registry.register("process_open_fds", "Open file descriptors", self.descriptors.clone());
        registry.register_with_unit(
            "process_resident_memory",
            "Resident memory",
            Unit::Bytes,
            self.memory.clone(),
        );
    }

    pub(super) fn count(&self, report: &AttemptReport, delivery: DeliveryFacts) {
        self.refused.inc_by(u64::from(report.is_refused()));
        let code = report.code().unwrap_or_default();
        let labels = [("outcome", report.outcome.as_str().to_owned()), ("code", code)];
        self.attempts.get_or_create(&labels).inc();
        self.attempt_seconds.observe(delivery.total.as_secs_f64());
        for (stage, time) in Timings::STAGES.into_iter().zip(report.timings.times()) {
            if !time.is_zero() {
                let labels = [("stage", stage.to_owned())];
                self.stage_seconds.get_or_create(&labels).observe(time.as_secs_f64());
            }
        }
        self.page_bytes.inc_by(report.bytes as u64);
        self.redelivered.inc_by(u64::from(delivery.deliveries > 1));
    }

    pub(super) fn in_hand(&self, change: i64) {
        self.in_hand.inc_by(change);
    }

    pub(super) fn max_in_flight(&self, max_in_flight: usize) {
        self.max_in_flight.set(i64::try_from(max_in_flight).unwrap_or(i64::MAX));
    }

    pub(super) fn text(&self, now: Now, backlog: Option<Backlog>) -> String {
        self.ready.set(i64::from(now.ready));
        self.connected.set(i64::from(now.connected));
        self.out_blocked.set(i64::from(now.out_blocked));
        self.scheduled.set(backlog.and_then(|b| b.scheduled).map_or(f64::NAN, |n| n as f64));
        // A counter can only be added to.
        self.cpu.inc_by((cpu_seconds() - self.cpu.get()).max(0.0));
        self.descriptors.set(open_descriptors().map_or(f64::NAN, |count| count as f64));
        let known = |count: fn(Backlog) -> u64| backlog.map_or(f64::NAN, |b| count(b) as f64);
        self.waiting.set(known(|b| b.waiting));
        self.unacknowledged.set(known(|b| b.unacknowledged));
        self.memory.set(memory_bytes().map_or(f64::NAN, |bytes| bytes as f64));
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a string takes every text");
        text
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{Identity, StoryId};

    const NOW: Now = Now { ready: true, connected: false, out_blocked: true };

    fn value(text: &str, series: &str) -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {series} in {text}")).parse().unwrap()
    }

    #[test]
    fn attempts_are_counted_with_their_times() {
        let metrics = Metrics::default();
        let identity = Identity::new(StoryId::new("a").unwrap(), None);
        let mut report = AttemptReport::story(identity, String::new());
        report.bytes = 700;
        report.timings.tag = Duration::from_millis(3);
        for deliveries in [1, 2, 3] {
            metrics.count(&report, DeliveryFacts::of(deliveries));
        }
        let text = metrics.text(NOW, None);
        let of = |series: &str| value(&text, &format!("news_ingest_{series}"));
        assert_eq!(of(r#"attempts_total{outcome="story",code=""}"#), 3.0);
        assert_eq!(of("redelivered_total"), 2.0);
        assert_eq!(of("refused_total"), 0.0);
        assert_eq!(of("extracted_bytes_total"), 2100.0);
        assert_eq!(of(r#"stage_duration_seconds_count{stage="tag"}"#), 3.0);
        assert_eq!(of(r#"stage_duration_seconds_count{stage="fetch"}"#), 0.0);
        // From 1 ms to 131 s, each twice the one before.
        for (at, count) in [("0.002", 0.0), ("0.032", 0.0), ("0.064", 3.0), ("131.072", 3.0)] {
            let bucket = format!("attempt_duration_seconds_bucket{{le=\"{at}\"}}");
            assert_eq!(of(&bucket), count, "{at}");
        }
    }

    #[test]
    fn gauges_tell_what_is_known_now() {
        let metrics = Metrics::default();
        metrics.max_in_flight(64);
        metrics.in_hand(1);
        metrics.in_hand(1);
        metrics.in_hand(-1);
        let backlog = Backlog { waiting: 5, unacknowledged: 2, scheduled: None };
        let text = metrics.text(NOW, Some(backlog));
        let of = |series: &str| value(&text, &format!("news_ingest_{series}"));
        assert_eq!((of("in_flight"), of("max_in_flight")), (1.0, 64.0));
        assert_eq!((of("ready"), of("broker_connected"), of("out_blocked")), (1.0, 0.0, 1.0));
        assert_eq!((of("backlog_messages"), of("unacknowledged_messages")), (5.0, 2.0));
        assert!(of("scheduled_messages").is_nan(), "the broker does not tell");
        assert!(value(&metrics.text(NOW, None), "news_ingest_backlog_messages").is_nan());
        let cpu = value(&metrics.text(NOW, None), "process_cpu_seconds_total");
        assert!(cpu > 0.0 && cpu <= cpu_seconds(), "{cpu}");
    }
}
