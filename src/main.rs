//! The command line program; everything it does is in the library.

use std::process::ExitCode;

#[expect(clippy::disallowed_methods, reason = "the program starts here, with its arguments")]
fn main() -> ExitCode {
    mintage::cli::run(std::env::args_os())
}

// Where stdout is closed (`>&-`), Rust opens `/dev/null` before `main`: a build would succeed and
// its result would be lost. A file that can only be read stands there instead, so that writing
// fails. `unsafe` says that this runs before `main`; it only makes system calls.
#[cfg(unix)]
ctor::declarative::ctor! {
    #[ctor(unsafe)]
    #[expect(clippy::disallowed_methods, reason = "the library can't: it is too late in `main`")]
    fn fill_closed_stdout() {
        use rustix::fs::{Mode, OFlags, open};
        use rustix::stdio::{dup2_stdout, stdout};
        if rustix::io::fcntl_getfd(stdout()).is_ok() {
            return;
        }
        if let Ok(null) = open("/dev/null", OFlags::RDONLY, Mode::empty()) {
            let _ = dup2_stdout(&null);
            // It may be stdout itself, and is for the life of the process in any case.
            std::mem::forget(null);
        }
    }
}
