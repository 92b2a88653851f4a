//! Threads for the stages that are all work and no waiting: extraction and tagging.
//!
//! A pool of its own rather than the runtime's blocking threads behind a semaphore: a thread that
//! ends a story takes the next one by itself, where a semaphore's permit would first have to travel
//! through a busy reactor. Jobs start in the order given. Nothing here limits how many wait: who
//! hands jobs in bounds them by its slots.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// The threads. Those that are at work when it is dropped end with their job.
#[derive(Debug)]
pub(super) struct Cores(rayon_core::ThreadPool);

/// A job's result, or what it panicked with; and how long it waited for a thread.
pub(super) struct Done<T> {
    pub(super) result: Result<T, String>,
    pub(super) queue: Duration,
}

impl Cores {
    /// `count` threads, at least one.
    ///
    /// # Errors
    ///
    /// When the system refuses a thread.
    pub(super) fn new(count: usize) -> std::io::Result<Self> {
        rayon_core::ThreadPoolBuilder::new()
            .num_threads(count.max(1))
            .thread_name(|n| format!("stage-{n}"))
            .build()
            .map(Self)
            .map_err(std::io::Error::other)
    }

    /// Runs `job` on one of the threads. It runs to completion even if the caller is dropped.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Done<T> {
        let given = Instant::now();
        let (sender, receiver) = oneshot::channel();
        self.0.spawn_fifo(move || {
            let queue = given.elapsed();
            // Whatever the job shares is read only: a panic leaves none of it half changed.
            let result = catch_unwind(AssertUnwindSafe(job)).map_err(|payload| message(&*payload));
            // Refused when the waiter has gone.
            let _ = sender.send(Done { result, queue });
        });
        receiver.await.expect("a job answers, panics included")
    }
}

/// The text of a panic.
fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        return (*text).to_owned();
    }
    payload.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic without a text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn panic_is_returned_and_the_thread_survives() {
        let cores = Cores::new(1).expect("one thread");
        let silent = || -> u8 { std::panic::resume_unwind(Box::new("a bug")) };
        assert_eq!(cores.run(silent).await.result, Err("a bug".to_owned()));
        assert_eq!(cores.run(|| 7).await.result, Ok(7));
    }

    #[tokio::test]
    async fn abandoned_job_ends_and_the_next_runs() {
        let cores = Cores::new(1).expect("one thread");
        let (go, gate) = std::sync::mpsc::channel::<()>();
        let (ended, end) = oneshot::channel();
        {
            let job = cores.run(move || {
                gate.recv().expect("the gate opens");
                ended.send(()).expect("the test waits");
            });
            tokio::pin!(job);
            assert!(futures_util::poll!(&mut job).is_pending());
        }
        go.send(()).expect("the job waits");
        end.await.expect("the job ended");
        assert_eq!(cores.run(|| 7).await.result, Ok(7));
    }
}
