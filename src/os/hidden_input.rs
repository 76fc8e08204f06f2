//! Secrets that are typed: nothing of them is shown.

use std::io;

use super::signals;
use crate::secret::bytes::SecretBytes;

/// What becomes of lines that were typed, or pasted, before they were asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rest {
    /// They are for the next prompt.
    Keep,
    /// They are a mistake, and are discarded: a shell would show the rest of a secret, and run it.
    Refuse,
}

/// Asks at the terminal for one line. What would not be taken as it was typed is an error of the
/// kind `InvalidData`, which says why: rpassword puts U+FFFD in the place of what is not UTF-8, and
/// leaves out control characters.
pub(crate) fn ask(prompt: &str, rest: Rest) -> io::Result<SecretBytes> {
    let typed = typed(prompt, rest)?;
    match typed.expose_str() {
        Some(text) if !text.contains('\u{fffd}') => Ok(typed),
        _ => Err(refused("is not UTF-8")),
    }
}

fn refused(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// Discards lines that were kept for a prompt that does not come.
#[cfg(unix)]
pub(crate) fn discard() {
    use rustix::termios::{QueueSelector, tcflush};

    if let Ok(tty) = std::fs::File::open("/dev/tty") {
        let _ = tcflush(tty, QueueSelector::IFlush);
    }
}

#[cfg(not(unix))]
pub(crate) fn discard() {}

/// Signals end the wait, and then the process, when the terminal is as it was before.
#[cfg(unix)]
fn typed(prompt: &str, rest: Rest) -> io::Result<SecretBytes> {
    use std::fs::OpenOptions;
    use std::io::Write as _;
    use std::{cell::Cell, rc::Rc};

    let mut tty = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    signals::after(|| {
        let quiet = quiet::Quiet::new(&tty)?;
        let has_controls = Rc::new(Cell::new(false));
        let keys = quiet::Keys::new(tty.try_clone()?, Rc::clone(&has_controls));
        let config = rpassword::ConfigBuilder::new().input_reader(keys).build();
        let typed = rpassword::prompt_password_with_config(prompt, config).map(SecretBytes::from);
        let typed = typed.and_then(|typed| {
            if has_controls.get() {
                return Err(refused("has a control character, such as a tab or an arrow key"));
            }
            if rest == Rest::Refuse && quiet.has_more() {
                return Err(refused("has more than one line"));
            }
            Ok(typed)
        });
        if typed.is_ok() {
            quiet.rest.set(rest);
        }
        drop(quiet);
        // That of the Enter key was not shown.
        tty.write_all(b"\n")?;
        typed
    })
}

/// Ctrl-C is a key here, which rpassword turns into SIGINT.
#[cfg(not(unix))]
fn typed(prompt: &str, _rest: Rest) -> io::Result<SecretBytes> {
    signals::after_interrupt(|| rpassword::prompt_password(prompt)).map(SecretBytes::from)
}

#[cfg(unix)]
mod quiet {
    use std::cell::Cell;
    use std::fs::File;
    use std::io::{self, Read};
    use std::rc::Rc;
    use std::time::{Duration, Instant};

    use rustix::termios::{
        LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
    };

    use super::Rest;
    use crate::os::signals;

    /// The terminal shows nothing of what is typed, and makes no signal of Ctrl-C, from before the
    /// prompt appears. A read ends after a tenth of a second.
    pub(super) struct Quiet<'t> {
        tty: &'t File,
        before: Termios,
        /// What to do about what was not read.
        pub(super) rest: Cell<Rest>,
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
            Ok(Self { tty, before, rest: Cell::new(Rest::Refuse) })
        }

        /// Whether something is typed already that is not read yet: the next lines of a text that
        /// was pasted.
        pub(super) fn has_more(&self) -> bool {
            rustix::io::ioctl_fionread(self.tty).is_ok_and(|bytes| bytes > 0)
        }
    }

    impl Drop for Quiet<'_> {
        fn drop(&mut self) {
            let actions = match self.rest.get() {
                Rest::Keep => OptionalActions::Now,
                Rest::Refuse => OptionalActions::Flush,
            };
            let _ = tcsetattr(self.tty, actions, &self.before);
        }
    }

    /// What is typed, until a signal comes.
    pub(super) struct Keys {
        tty: File,
        last: u8,
        /// Whether there was a control character that is not for the prompt itself.
        has_controls: Rc<Cell<bool>>,
    }

    /// Enter, Ctrl-C and Ctrl-D, which end a line, and Backspace, Delete, Ctrl-U and Ctrl-W, which
    /// correct it.
    const KEYS: [u8; 8] = [b'\r', b'\n', 0x03, 0x04, 0x08, 0x7f, 0x15, 0x17];

    impl Keys {
        pub(super) fn new(tty: File, has_controls: Rc<Cell<bool>>) -> Self {
            Self { tty, last: 0, has_controls }
        }

        fn note(&mut self, typed: &[u8]) {
            for &byte in typed {
                // Those from U+0080 to U+009F have two bytes.
                let is_long = self.last == 0xc2 && (0x80..0xa0).contains(&byte);
                if is_long || byte.is_ascii_control() && !KEYS.contains(&byte) {
                    self.has_controls.set(true);
                }
                self.last = byte;
            }
        }
    }

    /// A read that finds nothing sooner has met the end: the terminal is gone.
    const SOON: Duration = Duration::from_millis(50);

    impl Read for Keys {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            loop {
                if signals::pending() {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                let start = Instant::now();
                match self.tty.read(to) {
                    Ok(0) if start.elapsed() >= SOON => {}
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Ok(count) => {
                        self.note(to.get(..count).unwrap_or_default());
                        return Ok(count);
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }
}
