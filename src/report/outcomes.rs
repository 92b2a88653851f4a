//! The outcomes of an attempt, in the order in which a report shows them.

/// Ways an attempt ends, as the worker logs them; the order of colours and columns.
pub(super) const OUTCOMES: [&str; 7] =
    ["story", "skipped", "dlq", "retry", "deferred", "repeat", "lost"];
