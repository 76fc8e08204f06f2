//! Masks that tell one person whether two values are equal, and tell others nothing: a keyed hash
//! whose key comes from the person's own identity.

use std::fmt::Write as _;

use age::secrecy::ExposeSecret as _;
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::identity::HeldIdentity;
use super::keyring::Keyring;

/// Names the purpose of the key, so that it is no other key that may come from an identity.
const DOMAIN: &[u8] = b"mintage.dev/mask v1";

/// Bytes of a mask: equal ones by chance are rare enough in one tree, and with the key lost it is
/// less to guess from.
const LENGTH: usize = 8;

pub(crate) struct MaskKey(Zeroizing<[u8; 32]>);

impl MaskKey {
    /// The key of the first identity that is open; those without a passphrase come first, so that
    /// an answered question does not change it. `None` if there is none.
    pub(crate) fn of(ring: &Keyring) -> Option<Self> {
        ring.find_open(&secret_of).and_then(|secret| Self::derive(&secret))
    }

    fn derive(secret: &[u8]) -> Option<Self> {
        let mut key = Zeroizing::new([0; 32]);
        Hkdf::<Sha256>::new(None, secret).expand(DOMAIN, key.as_mut_slice()).ok()?;
        Some(Self(key))
    }

    /// The same for equal bytes.
    pub(crate) fn mask(&self, bytes: &[u8]) -> String {
        let mut out = "***".to_owned();
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_slice()) {
            mac.update(bytes);
            for byte in mac.finalize().into_bytes().iter().take(LENGTH) {
                let _ = write!(out, "{byte:02x}");
            }
        }
        out
    }
}

fn secret_of(
    identity: &HeldIdentity,
    ssh_digest: Option<&Zeroizing<[u8; 32]>>,
) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = match identity {
        HeldIdentity::Native(_, key) => key.to_string().expose_secret().as_bytes().to_vec(),
        HeldIdentity::Hybrid(_, key) => key.secret_text().as_bytes().to_vec(),
        // age keeps the key to itself; the file that it was in is as secret.
        HeldIdentity::Ssh(..) => ssh_digest?.to_vec(),
        // What is in a plugin's identity need not be secret.
        HeldIdentity::Locked(_) | HeldIdentity::Plugin(_) | HeldIdentity::SpecPlugin(_) => {
            return None;
        }
    };
    Some(Zeroizing::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::MaskKey;

    /// With Python: `hashlib.sha256`'s HMAC in `hmac.new(key, b"hunter2", "sha256")`, the key being
    /// the HMAC of the domain and a 1 under the HMAC of the secret under zeros (RFC 5869).
    #[test]
    fn as_python_computes_it() {
        let key = MaskKey::derive(b"AGE-SECRET-KEY-1TEST").unwrap();
        assert_eq!(key.mask(b"hunter2"), "***0260936a004c9a19");
        assert_ne!(key.mask(b"hunter3"), key.mask(b"hunter2"));
        let other = MaskKey::derive(b"AGE-SECRET-KEY-1OTHER").unwrap();
        assert_ne!(other.mask(b"hunter2"), key.mask(b"hunter2"));
    }
}
