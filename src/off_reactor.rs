//! Work on bytes that would hold up the runtime's other tasks: done in place where it is short, else on a thread for
//! blocking work.
//!
//! For what takes long because it is large: decoding, parsing, compressing, serialising. Files are never read in place, and
//! extraction and tagging have threads of their own ([`crate::pipeline`]).

use std::panic::resume_unwind;

/// Bytes up to which work of one pass takes a fraction of a millisecond, and is done in place.
pub const IN_PLACE: usize = 16 << 10;

/// Does work whose length grows with `bytes`.
///
/// # Panics
/// Where the work does: a panic goes on in the task that waits for it.
pub async fn run<T: Send + 'static>(bytes: usize, work: impl FnOnce() -> T + Send + 'static) -> T {
    if bytes <= IN_PLACE { work() } else { blocking(work).await }
}

/// Does work on a thread for blocking work, however short it is.
///
/// # Panics
/// Where the work does.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
        // The runtime ends, and this task with it.
        Err(_) => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn large_work_leaves_the_thread() {
        let here = std::thread::current().id();
        let thread = || std::thread::current().id();
        assert_eq!(run(IN_PLACE, thread).await, here);
        assert_ne!(run(IN_PLACE + 1, thread).await, here);
    }

    #[tokio::test]
    #[should_panic(expected = "a bad page")]
    async fn panic_of_the_work_is_the_callers() {
        run(usize::MAX, || panic!("a bad page")).await;
    }
}
