//! The `[worker]` table with its defaults and limits, and the parts of the configuration that a worker takes
//! ([`RunSettings`]).
//!
//! A worker sees no other table: what it does not take it cannot depend on. Every limit is checked at the start, by
//! key.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::broker::{self, topology};
use crate::{intake, publish, route};

/// The parts of a configuration that a worker takes.
#[derive(Clone, Debug)]
pub struct RunSettings {
    /// How to reach the broker.
    pub nats: broker::Settings,
    /// Streams and their names.
    pub streams: topology::Settings,
    /// How messages are pulled and read.
    pub intake: intake::Settings,
    /// How outcomes are published.
    pub publish: publish::Settings,
    /// Threads, limits of time, retries.
    pub worker: Settings,
    /// Further subjects for stories.
    pub routes: Vec<route::RouteSettings>,
}

/// Names, threads, limits of time, retries.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Name of this worker in dead letters and logs; empty: host name and process id.
    pub name: String,
    /// Threads for extraction and tagging; 0: one per core.
    pub cores: usize,
    /// How long a shutdown waits for stories in hand, in seconds.
    pub shutdown_deadline_secs: u64,
    /// Wait before the first retry, in seconds; it doubles with every attempt.
    pub retry_min_secs: u64,
    /// Longest wait before a retry, in seconds.
    pub retry_max_secs: u64,
    /// Longest time that one delivery is worked on, in seconds; a story that takes longer is tried again.
    pub story_timeout_secs: u64,
    /// Bytes of a story's text that are tagged; what follows is published untagged.
    pub tag_max_bytes: usize,
    /// Attempts after which a story that could not be fetched is dead-lettered.
    pub max_attempts: u64,
    /// Time since a story was first tried after which it is not tried again, in hours.
    pub max_age_hours: u64,
    /// How often a totals line is logged, in seconds.
    pub totals_interval_secs: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: String::new(),
            cores: 0,
            shutdown_deadline_secs: 25,
            retry_min_secs: 15,
            retry_max_secs: 3600,
            story_timeout_secs: 600,
            tag_max_bytes: 256 << 10,
            max_attempts: 8,
            max_age_hours: 48,
            totals_interval_secs: 60,
        }
    }
}

impl Settings {
    /// Checks the limits.
    ///
    /// # Errors
    /// Names the key that is out of range.
    pub fn check(&self) -> Result<(), String> {
        if !(1..=3600).contains(&self.shutdown_deadline_secs) {
            return Err("worker.shutdown_deadline_secs is not in 1..=3600".to_owned());
        }
        if self.retry_min_secs == 0 || self.retry_min_secs > self.retry_max_secs {
            return Err("worker.retry_min_secs is not in 1..=retry_max_secs".to_owned());
        }
        if self.max_attempts == 0 {
            return Err("worker.max_attempts must be above 0".to_owned());
        }
        if self.max_age_hours == 0 {
            return Err("worker.max_age_hours must be above 0".to_owned());
        }
        if !(10..=86_400).contains(&self.story_timeout_secs) {
            return Err("worker.story_timeout_secs is not in 10..=86400".to_owned());
        }
        if self.tag_max_bytes < 4 << 10 {
            return Err("worker.tag_max_bytes is less than 4096".to_owned());
        }
        if self.totals_interval_secs == 0 {
            return Err("worker.totals_interval_secs must be above 0".to_owned());
        }
        Ok(())
    }

    /// Threads for CPU work.
    #[must_use]
    pub fn core_count(&self) -> usize {
        match self.cores {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            cores => cores,
        }
    }

    /// This worker's name.
    #[must_use]
    pub fn worker_name(&self) -> String {
        if self.name.is_empty() {
            let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
            format!("{host}-{}", std::process::id())
        } else {
            self.name.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings_limits::{Row, try_each};

    #[test]
    fn settings_are_checked_at_their_limits() {
        let rows: &[Row<Settings>] = &[
            ("shutdown_deadline_secs", |s, n| s.shutdown_deadline_secs = n, &[1, 3600], &[0, 3601]),
            ("retry_min_secs", |s, n| s.retry_min_secs = n, &[1, 3600], &[0, 3601]),
            ("max_attempts", |s, n| s.max_attempts = n, &[1, 1000], &[0]),
            ("max_age_hours", |s, n| s.max_age_hours = n, &[1, 1000], &[0]),
            ("story_timeout_secs", |s, n| s.story_timeout_secs = n, &[10, 86_400], &[9, 86_401]),
            ("tag_max_bytes", |s, n| s.tag_max_bytes = n as usize, &[4096, 1 << 30], &[0, 4095]),
            ("totals_interval_secs", |s, n| s.totals_interval_secs = n, &[1, 86_400], &[0]),
        ];
        try_each("worker", rows, Settings::check);
    }

    #[test]
    fn cores_and_names_are_those_configured() {
        let settings = Settings { cores: 7, name: "desk-1".to_owned(), ..Settings::default() };
        assert_eq!((settings.core_count(), settings.worker_name().as_str()), (7, "desk-1"));
        let unset = Settings::default();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        assert_eq!(unset.core_count(), cores);
        let process = format!("-{}", std::process::id());
        assert!(unset.worker_name().strip_suffix(&process).is_some_and(|host| !host.is_empty()));
    }
}
