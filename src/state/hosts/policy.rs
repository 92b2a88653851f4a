//! The rules of a host: how often it is asked, by how many at once, and when it is left alone.

use std::time::Duration;

/// The rules of a host.
#[derive(Clone, Copy, Debug)]
pub struct HostPolicy {
    /// Least time between the starts of two requests.
    pub interval: Duration,
    /// A slow host's requests start so many times its answering time apart, where that is longer; 0 for
    /// no matter how slow.
    pub delay_factor: f64,
    /// Most requests under way.
    pub concurrency: u32,
    /// How long a request takes at most; its lease is renewed no longer.
    pub lease: Duration,
    /// How long after its last renewal a lease runs: the place of a worker that died is free again so soon.
    pub renewed_for: Duration,
    /// Longest wait that is waited out.
    pub max_wait: Duration,
    /// Furthest slot that is reserved.
    pub max_reservation: Duration,
    /// Failures in a row that open the circuit.
    pub circuit_failures: u32,
    /// How long the circuit stays open at first.
    pub circuit_open: Duration,
    /// Failing for so long means dead.
    pub dead_after: Duration,
    /// Refusals in a row that begin a pause.
    pub refusals: u32,
    /// How long it lasts.
    pub refusal_pause: Duration,
}
