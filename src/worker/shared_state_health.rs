//! Whether what the group shares about hosts (turns, robots, back-off) is in reach.
//!
//! Without it no page is fetched, since hosts would be asked too often. Links wait then, the longer the longer
//! it lasts: each wait is a message to the broker that may have troubles of its own.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::status::WorkerStatus;
use crate::backoff;
use crate::disposition::{Disposition, Failure, HostCondition};
use crate::model::Story;
use crate::mutex::lock;

/// Shortest wait of a link.
const LEAST: Duration = Duration::from_secs(5);

/// Since when shared state is out of reach.
#[derive(Debug, Default)]
pub(super) struct SharedStateHealth(Mutex<Option<Instant>>);

impl SharedStateHealth {
    /// Takes note of whether it answered, by how a link ended, and makes the link wait that needed it.
    pub(super) fn note(
        &self,
        status: &WorkerStatus,
        longest: Duration,
        result: &mut Result<Story, Failure>,
    ) {
        match result {
            Err(failure) if failure.host == HostCondition::OutOfReach => {
                let after = self.away(status, &failure.message, longest);
                failure.disposition = Disposition::Defer { after };
            }
            Ok(_) | Err(_) => self.back(status),
        }
    }

    /// It did not answer. How long the link waits: as long as the outage lasts already, up to `longest`, and up
    /// to a quarter more at random.
    fn away(&self, status: &WorkerStatus, reason: &str, longest: Duration) -> Duration {
        let mut since = lock(&self.0);
        if since.is_none() {
            status.shared_state_away(true);
            tracing::warn!(
                event = "shared_state_away",
                reason,
                "the group's state of hosts is out of reach: links wait, and no page is fetched; \
                 `news-ingest check --connect` names what is missing"
            );
        }
        let lasted = since.get_or_insert_with(Instant::now).elapsed();
        backoff::not_before(lasted.clamp(LEAST, longest.max(LEAST)))
    }

    /// It answered.
    fn back(&self, status: &WorkerStatus) {
        let Some(since) = lock(&self.0).take() else {
            return;
        };
        status.shared_state_away(false);
        tracing::info!(
            event = "shared_state_back",
            lasted_secs = since.elapsed().as_secs(),
            "the group's state of hosts answers again"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disposition::Stage;

    #[tokio::test(start_paused = true)]
    async fn only_unreachable_state_makes_links_wait() {
        let (state, status) = (SharedStateHealth::default(), WorkerStatus::default());
        let longest = Duration::from_secs(600);
        let note = |host| {
            let disposition = Disposition::Retry { after: None };
            let (stage, message) = (Stage::Fetch, String::new());
            let mut result = Err(Failure { stage, code: "state", disposition, host, message });
            state.note(&status, longest, &mut result);
            (result.unwrap_err().disposition, state.0.lock().unwrap().is_some())
        };
        let (disposition, is_away) = note(HostCondition::OutOfReach);
        let Disposition::Defer { after } = disposition else { panic!("{disposition:?}") };
        assert!(after >= LEAST && is_away);
        // Another failure means that the state answered; it is left as it is.
        let (disposition, is_away) = note(HostCondition::TooLate);
        assert_eq!(disposition, Disposition::Retry { after: None });
        assert!(!is_away);
    }

    #[tokio::test(start_paused = true)]
    async fn links_wait_longer_the_longer_it_lasts() {
        let (state, status) = (SharedStateHealth::default(), WorkerStatus::default());
        let longest = Duration::from_secs(600);
        let within = |wait: Duration, from: u64| {
            let from = Duration::from_secs(from);
            assert!(wait >= from && wait <= from.mul_f64(1.25), "{wait:?}");
        };
        within(state.away(&status, "no answer", longest), 5);
        assert!(status.not_ready().iter().any(|reason| reason.contains("shared state")));
        tokio::time::advance(Duration::from_secs(60)).await;
        within(state.away(&status, "no answer", longest), 60);
        tokio::time::advance(Duration::from_secs(6000)).await;
        within(state.away(&status, "no answer", longest), 600);
        state.back(&status);
        assert!(!status.not_ready().iter().any(|reason| reason.contains("shared state")));
        within(state.away(&status, "no answer", longest), 5);
    }
}
