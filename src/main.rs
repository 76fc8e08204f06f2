//! The command line program; everything it does is in the library.

use std::process::ExitCode;

#[expect(clippy::disallowed_methods, reason = "the program starts here, with its arguments")]
fn main() -> ExitCode {
    mintage::cli::run(std::env::args_os())
}
