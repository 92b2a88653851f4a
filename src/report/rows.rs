//! Rows of a report's tables: what is counted of a host, a code, a feed. Names come from the log, so that tables are
//! bounded: what comes after the first rows is counted as one.

use std::collections::BTreeMap;

use time::OffsetDateTime;

/// Rows kept of a table whose names come from the log; what comes after is counted as one.
pub(super) const MOST_ROWS: usize = 10_000;
pub(super) const OTHERS: &str = "(others)";

/// An answer that is slow, or a mean of several, in milliseconds.
pub(super) const SLOW_MS: f64 = 5000.0;

/// Attempts at stories of one host.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Host {
    /// All attempts.
    pub attempts: u64,
    /// Those that ended as dead letter, for another try, or lost, and those that the host refused or did not answer.
    pub failures: u64,
    /// Those that asked the host for a page.
    pub fetches: u64,
    /// Time to answer, in milliseconds.
    pub fetch_ms: f64,
    /// Longest answer, in milliseconds.
    pub slowest_ms: f64,
    /// Answers that took [`SLOW_MS`] and more, or were given up.
    pub slow_answers: u64,
    /// Their time, in milliseconds.
    pub slow_ms: f64,
    /// When the first of them ended, and the last.
    pub slow: Option<(OffsetDateTime, OffsetDateTime)>,
    /// Answers that did not come in time.
    pub timeouts: u64,
    /// Attempts that were refused.
    pub refused: u64,
    /// When the first of them ended.
    pub refused_since: Option<OffsetDateTime>,
    /// Attempts whose story was deferred until the host has room.
    pub waits: u64,
}

/// Attempts that ended with one code.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Code {
    pub(super) count: u64,
    /// Those of them that ended as a dead letter.
    pub(super) dead: u64,
    pub(super) first: Option<OffsetDateTime>,
    pub(super) last: Option<OffsetDateTime>,
    /// Of the first attempt, for people.
    pub(super) reason: String,
    /// Subjects that the messages of dead letters were sent to.
    pub(super) subjects: BTreeMap<String, u64>,
}

impl Code {
    pub(super) fn note(&mut self, count: u64, at: Option<OffsetDateTime>) {
        self.count += count;
        if let Some(at) = at {
            self.first = Some(self.first.map_or(at, |first| first.min(at)));
            self.last = Some(self.last.map_or(at, |last| last.max(at)));
        }
    }
}

/// A host that refused several times in a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Refusal {
    pub(super) since: Option<OffsetDateTime>,
    /// When it let us in again.
    pub(super) until: Option<OffsetDateTime>,
    pub(super) code: String,
}

/// A feed that cannot be polled.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct BrokenFeed {
    pub(super) since: Option<OffsetDateTime>,
    pub(super) code: String,
    pub(super) reason: String,
}

impl Host {
    /// Mean answer, in milliseconds.
    #[must_use]
    pub fn mean_ms(&self) -> f64 {
        self.fetch_ms / self.fetches.max(1) as f64
    }
}

/// The row of a name, in a table that does not grow without end.
pub(super) fn row<'a, T: Default>(table: &'a mut BTreeMap<String, T>, name: &str) -> &'a mut T {
    let name = if table.len() < MOST_ROWS || table.contains_key(name) { name } else { OTHERS };
    if !table.contains_key(name) {
        table.insert(name.chars().take(200).collect(), T::default());
    }
    let name: String = name.chars().take(200).collect();
    table.entry(name).or_default()
}

pub(super) fn by_count(table: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    let mut rows: Vec<_> = table.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    rows
}
