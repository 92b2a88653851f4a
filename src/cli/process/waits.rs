//! How long a link waits for its host in a command that has no later.

use std::time::Duration;

use crate::disposition::{Disposition, Failure, HostCondition};

/// How long a line has been made to wait.
#[derive(Default)]
pub(in crate::cli) struct Waits {
    /// Waits for anything but a turn.
    for_busy_host: u32,
}

impl Waits {
    /// Longest wait for one turn: a whole batch may be queued for one host, an hour between two pages is not for now.
    const LONGEST_TURN: Duration = Duration::from_secs(300);
    /// Longest wait for a host that is busy or cannot say what it allows, and how often.
    const LONGEST_BUSY: Duration = Duration::from_secs(30);
    const MOST_BUSY: u32 = 3;

    /// How long to wait before the line is tried again; `None` when its failure is its answer.
    pub(in crate::cli) fn next(&mut self, failure: &Failure) -> Option<Duration> {
        let Disposition::Defer { after } = failure.disposition else { return None };
        let is_turn = failure.host == HostCondition::Turn;
        self.for_busy_host += u32::from(!is_turn);
        let waits = match is_turn {
            true => after <= Self::LONGEST_TURN,
            false => after <= Self::LONGEST_BUSY && self.for_busy_host <= Self::MOST_BUSY,
        };
        waits.then(|| after.max(Duration::from_millis(10)))
    }
}
