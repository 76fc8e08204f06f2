//! Random bytes of the operating system.

use std::cell::Cell;

use rand::RngCore as _;
use rand::rngs::OsRng;

/// Whether the system failed to give any of the bytes that were asked for; what was made of them
/// is not to be used.
#[derive(Default)]
pub(crate) struct SystemRandom {
    has_failed: Cell<bool>,
}

impl SystemRandom {
    pub(crate) fn fill(&self, bytes: &mut [u8]) {
        if OsRng.try_fill_bytes(bytes).is_err() {
            self.has_failed.set(true);
        }
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.has_failed.get()
    }
}
