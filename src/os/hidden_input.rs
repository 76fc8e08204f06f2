//! Secrets that are typed: nothing of them is shown.

use std::io;

use super::signals;
use crate::secret::bytes::SecretBytes;

/// Asks at the terminal. What is not UTF-8 is an error: rpassword puts U+FFFD in its place.
pub(crate) fn ask(prompt: &str) -> io::Result<SecretBytes> {
    signals::after_interrupt(|| {
        let _quiet = Quiet::new();
        let typed = SecretBytes::from(rpassword::prompt_password(prompt)?);
        match typed.expose_str() {
            Some(text) if !text.contains('\u{fffd}') => Ok(typed),
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8")),
        }
    })
}

/// The terminal shows nothing of what is typed, and makes no signal of Ctrl-C, from before the
/// prompt appears: rpassword sees to both only after it.
#[cfg(unix)]
struct Quiet(Option<(std::fs::File, rustix::termios::Termios)>);

#[cfg(unix)]
impl Quiet {
    fn new() -> Self {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let quiet = || {
            let tty = std::fs::File::open("/dev/tty").ok()?;
            let before = tcgetattr(&tty).ok()?;
            let mut modes = before.clone();
            modes.local_modes -=
                LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
            tcsetattr(&tty, OptionalActions::Now, &modes).ok()?;
            Some((tty, before))
        };
        Self(quiet())
    }
}

#[cfg(unix)]
impl Drop for Quiet {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if let Some((tty, before)) = &self.0 {
            let _ = tcsetattr(tty, OptionalActions::Now, before);
        }
    }
}

#[cfg(not(unix))]
struct Quiet;

#[cfg(not(unix))]
impl Quiet {
    fn new() -> Self {
        Self
    }
}
