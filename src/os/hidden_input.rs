//! Secrets that are typed: nothing of them is shown.

use std::io;

use super::signals;
use crate::secret::bytes::SecretBytes;

/// Asks at the terminal. What is not UTF-8 is an error: rpassword puts U+FFFD in its place.
pub(crate) fn ask(prompt: &str) -> io::Result<SecretBytes> {
    let typed = SecretBytes::from(typed(prompt)?);
    match typed.expose_str() {
        Some(text) if !text.contains('\u{fffd}') => Ok(typed),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8")),
    }
}

/// Signals end the wait, and then the process, when the terminal is as it was before.
#[cfg(unix)]
fn typed(prompt: &str) -> io::Result<String> {
    use std::fs::OpenOptions;
    use std::io::Write as _;

    let mut tty = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    signals::after(|| {
        let quiet = quiet::Quiet::new(&tty)?;
        let keys = quiet::Keys(tty.try_clone()?);
        let config = rpassword::ConfigBuilder::new().input_reader(keys).build();
        let typed = rpassword::prompt_password_with_config(prompt, config);
        drop(quiet);
        // That of the Enter key was not shown.
        tty.write_all(b"\n")?;
        typed
    })
}

/// Ctrl-C is a key here, which rpassword turns into SIGINT.
#[cfg(not(unix))]
fn typed(prompt: &str) -> io::Result<String> {
    signals::after_interrupt(|| rpassword::prompt_password(prompt))
}

#[cfg(unix)]
mod quiet {
    use std::fs::File;
    use std::io::{self, Read};
    use std::time::{Duration, Instant};

    use rustix::termios::{
        LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
    };

    use crate::os::signals;

    /// The terminal shows nothing of what is typed, and makes no signal of Ctrl-C, from before the
    /// prompt appears. A read ends after a tenth of a second.
    pub(super) struct Quiet<'t> {
        tty: &'t File,
        before: Termios,
    }

    impl<'t> Quiet<'t> {
        pub(super) fn new(tty: &'t File) -> io::Result<Self> {
            let before = tcgetattr(tty)?;
            let mut modes = before.clone();
            modes.local_modes -=
                LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
            modes.special_codes[SpecialCodeIndex::VMIN] = 0;
            modes.special_codes[SpecialCodeIndex::VTIME] = 1;
            tcsetattr(tty, OptionalActions::Now, &modes)?;
            Ok(Self { tty, before })
        }
    }

    impl Drop for Quiet<'_> {
        fn drop(&mut self) {
            let _ = tcsetattr(self.tty, OptionalActions::Now, &self.before);
        }
    }

    /// What is typed, until a signal comes.
    pub(super) struct Keys(pub(super) File);

    /// A read that finds nothing sooner has met the end: the terminal is gone.
    const SOON: Duration = Duration::from_millis(50);

    impl Read for Keys {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            loop {
                if signals::pending() {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                let start = Instant::now();
                match self.0.read(to) {
                    Ok(0) if start.elapsed() >= SOON => {}
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    done => return done,
                }
            }
        }
    }
}
