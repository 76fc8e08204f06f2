//! What comes from stdin or the terminal: manifests that are piped in, passphrases.

use std::fs::File;
use std::io;

use super::bounded_read::{read_at_most, system_words};
use super::signals;
use crate::diag::phrases::{plural, visible};
use crate::diag::private_keys::hidden;
use crate::diag::{Diagnostic, diagnostic};
use crate::secret::bytes::SecretBytes;

/// Most that is read, in bytes: a thousand times what a large cluster's manifests have.
const MAX_STDIN_BYTES: usize = 256 * 1024 * 1024;

/// All of stdin as text. The library's buffer, which would keep a copy, is passed by.
pub(crate) fn read() -> Result<String, Box<Diagnostic>> {
    #[cfg(unix)]
    let stdin = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned();
    #[cfg(windows)]
    let stdin = std::os::windows::io::AsHandle::as_handle(&io::stdin()).try_clone_to_owned();
    let read = stdin.map(File::from).and_then(|stdin| read_at_most(stdin, 0, MAX_STDIN_BYTES));
    let bytes: SecretBytes = match read {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            let diagnostic = diagnostic!(TOO_LARGE, "the input on stdin is too large");
            return Err(Box::new(diagnostic.note(format!(
                "mintage reads up to {} of stdin",
                plural(MAX_STDIN_BYTES, "byte")
            ))));
        }
        Err(error) => {
            return Err(Box::new(diagnostic!(
                CANNOT_READ,
                "stdin can't be read: {}",
                system_words(&error)
            )));
        }
    };
    match bytes.expose_str() {
        Some(text) => Ok(text.to_owned()),
        None => {
            Err(Box::new(diagnostic!(NOT_UTF8, "stdin is not UTF-8").help("manifests are UTF-8")))
        }
    }
}

/// Asks for a passphrase without showing what is typed. `what` says what it opens. The terminal
/// itself is asked (`/dev/tty`), so that stdin and stdout stay free for data. `None`: there is no
/// terminal, or nothing was typed.
pub(crate) fn ask_passphrase(what: &str) -> Option<SecretBytes> {
    let prompt = format!("Passphrase for {}: ", visible(&hidden(what)));
    let typed = signals::after_interrupt(|| rpassword::prompt_password(prompt)).ok()?;
    Some(SecretBytes::from(typed)).filter(|typed| !typed.is_empty())
}
