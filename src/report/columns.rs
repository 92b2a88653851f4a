//! Columns of a report's tables, for the terminal and the page alike: heading and value.

use super::rows::Host;

/// Percentiles of the times of a stage: quantile and heading.
pub(super) const QUANTILES: [(f64, &str); 4] =
    [(0.5, "p50"), (0.95, "p95"), (0.99, "p99"), (1.0, "max")];

/// One column of the tables of hosts.
pub(super) struct HostColumn {
    pub(super) heading: &'static str,
    pub(super) value: fn(&Host) -> Value,
}

/// What a column shows of one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value {
    Count(u64),
    /// A number that is bad news unless it is 0.
    Failures(u64),
    Millis(f64),
}

/// The columns of the tables of hosts, behind the host's name.
pub(super) const HOST_COLUMNS: [HostColumn; 4] = [
    HostColumn { heading: "attempts", value: |host| Value::Count(host.attempts) },
    HostColumn { heading: "failed", value: |host| Value::Failures(host.failures) },
    HostColumn { heading: "mean answer ms", value: |host| Value::Millis(host.mean_ms()) },
    HostColumn { heading: "slowest ms", value: |host| Value::Millis(host.slowest_ms) },
];
