//! What is said when mintage itself fails: where, and never with what, because that may be secret.

use std::io::Write;
use std::panic::{PanicHookInfo, set_hook};

/// Has every panic from now on reported without its message.
pub fn hide_messages() {
    set_hook(Box::new(|panic| {
        // Where stderr is closed, nobody reads it.
        let _ = writeln!(std::io::stderr(), "{}", report(panic));
    }));
}

fn report(panic: &PanicHookInfo<'_>) -> String {
    let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    format!(
        "mintage: internal error at {place}\nThis is a mistake in mintage, not in your files. \
         Please report it with the line above."
    )
}
