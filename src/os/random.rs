//! Random bytes of the operating system.

use rand::RngCore as _;
use rand::rngs::OsRng;

use crate::diag::{Diagnostic, diagnostic};

/// Hands a source of random bytes to `make`. What was made of them is not used if the system
/// failed to give any that were asked for.
pub(crate) fn with_system<T>(
    make: impl FnOnce(&mut dyn FnMut(&mut [u8])) -> T,
) -> Result<T, Box<Diagnostic>> {
    let mut has_failed = false;
    let made = make(&mut |bytes: &mut [u8]| has_failed |= OsRng.try_fill_bytes(bytes).is_err());
    if has_failed {
        let problem = diagnostic!(CANNOT_READ, "the system gives no random numbers");
        return Err(Box::new(problem.note("nothing was written")));
    }
    Ok(made)
}
