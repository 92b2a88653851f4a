//! Locking without a panic of its own.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex, also where a thread panicked that held it: what is behind ours is whole between any two statements.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
