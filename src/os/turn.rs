//! Whose turn it is at the terminal. Threads decrypt at the same time, but questions, and programs
//! that may ask one, come one after the other.

use std::sync::{Mutex, MutexGuard, PoisonError};

static TURN: Mutex<()> = Mutex::new(());

/// Waits for the turn, which ends with the guard. One thread must not take two.
pub(crate) fn take() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}
