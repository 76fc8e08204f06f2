//! New identities, and the recipients of identities.

use age::secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::hybrid;
#[cfg(test)]
use super::recipient::Recipient;
use crate::secret::bytes::SecretBytes;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NewIdentity {
    X25519,
    /// Post-quantum.
    Hybrid,
}

pub(crate) struct Generated {
    /// The line of an identity file, as age-keygen writes it, without its line break.
    pub(crate) secret: SecretBytes,
    pub(crate) recipient: String,
}

impl Generated {
    /// The text of an identity file, as age-keygen writes it.
    pub(crate) fn file_text(&self) -> SecretBytes {
        let mut text = Zeroizing::new(Vec::with_capacity(self.secret.len() + 4096));
        text.extend_from_slice(format!("# public key: {}\n", self.recipient).as_bytes());
        text.extend_from_slice(self.secret.expose());
        text.push(b'\n');
        SecretBytes::new(std::mem::take(&mut *text))
    }
}

pub(crate) fn generate_identity(kind: NewIdentity) -> Generated {
    match kind {
        NewIdentity::X25519 => {
            let identity = age::x25519::Identity::generate();
            let secret = SecretBytes::from(identity.to_string().expose_secret());
            Generated { secret, recipient: identity.to_public().to_string() }
        }
        NewIdentity::Hybrid => {
            let identity = hybrid::Identity::generate();
            let secret = SecretBytes::from(identity.secret_text().as_str());
            Generated { secret, recipient: identity.to_public().text() }
        }
    }
}

/// The recipient of a native identity, as its line in an identity file has it. `None` if the line
/// is none.
#[cfg(test)]
pub(crate) fn recipient_of(line: &str) -> Option<Recipient> {
    let text = match hybrid::Identity::parse(line) {
        Some(identity) => identity.to_public().text(),
        None => line.parse::<age::x25519::Identity>().ok()?.to_public().to_string(),
    };
    Recipient::parse(&text).ok()
}
