//! Counters, gauges and histograms of a worker, in the names that Prometheus asks for: base units in
//! the name, `_total` on counters. Labels come from bounded sets: outcomes, codes, stages.

use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::model::Timings;
use crate::worker::totals::{AttemptOutcome, Backlog, memory_bytes};

type Label = (&'static str, String);

#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    attempts: Family<[Label; 2], Counter>,
    attempt_seconds: Histogram,
    stage_seconds: Family<[Label; 1], Histogram, fn() -> Histogram>,
    page_bytes: Counter,
    redelivered: Counter,
    in_hand: Gauge<i64, AtomicI64>,
    max_in_flight: Gauge<i64, AtomicI64>,
    ready: Gauge<i64, AtomicI64>,
    waiting: Gauge<f64, AtomicU64>,
    unacknowledged: Gauge<f64, AtomicU64>,
    memory: Gauge<f64, AtomicU64>,
}

/// From a quick tag to a page at the total time limit: 1 ms to 131 s.
fn durations() -> Histogram {
    Histogram::new((0..18).map(|power| 0.001 * f64::from(1_u32 << power)))
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
            in_hand: Gauge::default(),
            max_in_flight: Gauge::default(),
            ready: Gauge::default(),
            waiting: Gauge::default(),
            unacknowledged: Gauge::default(),
            memory: Gauge::default(),
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
            "Time of an attempt in one stage; queue is the wait for a core",
            Unit::Seconds,
            self.stage_seconds.clone(),
        );
        all.register_with_unit(
            "extracted",
            "UTF-8 that went into extraction",
            Unit::Bytes,
            self.page_bytes.clone(),
        );
        let redelivered = self.redelivered.clone();
        all.register("redelivered", "Attempts at messages delivered before", redelivered);
        all.register("in_flight", "Deliveries in hand", self.in_hand.clone());
        all.register(
            "max_in_flight",
            "Most deliveries in hand from the raw stream",
            self.max_in_flight.clone(),
        );
        all.register("ready", "Whether /readyz says ready", self.ready.clone());
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
        registry.register_with_unit(
            "process_resident_memory",
            "Resident memory",
            Unit::Bytes,
            self.memory.clone(),
        );
        self.registry = registry;
        self
    }

    pub(super) fn count(
        &self,
        ended: AttemptOutcome,
        code: Option<&str>,
        timings: &Timings,
        total: Duration,
        deliveries: u64,
        bytes: usize,
    ) {
        let code = code.unwrap_or_default().to_owned();
        let labels = [("outcome", ended.as_str().to_owned()), ("code", code)];
        self.attempts.get_or_create(&labels).inc();
        self.attempt_seconds.observe(total.as_secs_f64());
        let Timings { intake, fetch, queue, extract, tag, publish } = *timings;
        for (stage, time) in [
            ("intake", intake),
            ("fetch", fetch),
            ("queue", queue),
            ("extract", extract),
            ("tag", tag),
            ("publish", publish),
        ] {
            if !time.is_zero() {
                let labels = [("stage", stage.to_owned())];
                self.stage_seconds.get_or_create(&labels).observe(time.as_secs_f64());
            }
        }
        self.page_bytes.inc_by(bytes as u64);
        self.redelivered.inc_by(u64::from(deliveries > 1));
    }

    pub(super) fn in_hand(&self, change: i64) {
        self.in_hand.inc_by(change);
    }

    pub(super) fn max_in_flight(&self, max_in_flight: usize) {
        self.max_in_flight.set(i64::try_from(max_in_flight).unwrap_or(i64::MAX));
    }

    pub(super) fn text(&self, ready: bool, backlog: Option<Backlog>) -> String {
        self.ready.set(i64::from(ready));
        let known = |count: fn(Backlog) -> u64| backlog.map_or(f64::NAN, |b| count(b) as f64);
        self.waiting.set(known(|b| b.waiting));
        self.unacknowledged.set(known(|b| b.unacknowledged));
        self.memory.set(memory_bytes().map_or(f64::NAN, |bytes| bytes as f64));
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a string takes every text");
        text
    }
}
