//! Questions to whoever sits at the terminal.

use super::signals;
use crate::diag::phrases::visible;
use crate::diag::private_keys::hidden;
use crate::secret::bytes::SecretBytes;

/// Asks for a passphrase without showing what is typed. `what` says what it opens. The terminal
/// itself is asked (`/dev/tty`), so that stdin and stdout stay free for data. `None`: there is no
/// terminal, or nothing was typed.
pub(crate) fn ask_passphrase(what: &str) -> Option<SecretBytes> {
    let prompt = format!("Passphrase for {}: ", visible(&hidden(what)));
    let typed = signals::after_interrupt(|| rpassword::prompt_password(prompt)).ok()?;
    Some(SecretBytes::from(typed)).filter(|typed| !typed.is_empty())
}
