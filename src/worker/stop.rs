//! The orderly end of a worker: deliveries in hand are waited for until `worker.shutdown_deadline_secs`, and those left
//! are named in the log.
//!
//! Refuses to wait longer: what is not acknowledged then is delivered again, which costs work and no story. Without a
//! connection the buffer is not waited for.

use async_nats::Client;
use async_nats::connection::State;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::context::Reporting;
use super::status::Backlog;
use crate::model::AttemptOutcome;

/// Logs the last totals, and whether every story in hand was done.
pub(super) fn log_stop(
    reporting: &Reporting,
    unfinished: usize,
    left: &str,
    backlog: Option<Backlog>,
) {
    reporting.deferrals.log();
    reporting.slow_hosts.log();
    reporting.totals.log(unfinished, backlog);
    let stories = reporting.totals.since_start(AttemptOutcome::Story);
    if unfinished > 0 {
        tracing::error!(
            event = "stop",
            unfinished,
            stories,
            left,
            "stopped before these stories were done; the broker delivers them again"
        );
    } else {
        tracing::info!(event = "stop", unfinished, stories, "worker stopped");
    }
}

/// Waits for `closing`, which hands back what was pulled and not begun, and for what was begun, and sends off what is
/// buffered; at the deadline it stops waiting.
pub(super) async fn drain(
    client: &Client,
    tasks: &mut JoinSet<()>,
    closing: impl Future<Output = ()>,
    deadline: Instant,
) {
    let drained = tokio::time::timeout_at(deadline, async {
        let finished = async {
            while let Some(done) = tasks.join_next().await {
                log_join_error(done);
            }
        };
        tokio::join!(closing, finished);
        // Without a connection nothing reads what is buffered, and waiting would use up the deadline.
        if client.connection_state() == State::Connected
            && let Err(error) = client.flush().await
        {
            tracing::warn!(event = "stop", %error, "flush");
        }
    });
    // Whether it ended in time shows in what is left.
    let _ = drained.await;
    while let Some(done) = tasks.try_join_next() {
        log_join_error(done);
    }
}

/// Says of a task that it panicked.
pub(super) fn log_join_error(done: Result<(), tokio::task::JoinError>) {
    if let Err(error) = done
        && !error.is_cancelled()
    {
        tracing::error!(event = "panic", %error, "a delivery was dropped; it will be delivered again");
    }
}
