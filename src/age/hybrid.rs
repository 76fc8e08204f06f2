//! age's post-quantum keys: identities `AGE-SECRET-KEY-PQ-1...`, recipients `age1pq1...`, stanzas
//! `mlkem768x25519`. To be replaced by the age crate's own once it has them.

use std::collections::HashSet;

use age::{DecryptError, EncryptError};
use age_core::format::{FileKey, Stanza};
use age_core::primitives::{hpke_open, hpke_seal};
use age_core::secrecy::ExposeSecret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hpke::{Deserializable, HpkeError, Kem, Serializable};
use rand::RngCore;
use rand::rngs::OsRng;
use zeroize::Zeroizing;

use super::bech32_text;
use super::x_wing::{EncappedKey, PrivateKey, PublicKey, XWing};

pub(super) const STANZA: &str = "mlkem768x25519";
pub(super) const LABEL: &str = "postquantum";
const IDENTITY: &str = "age-secret-key-pq-";
const RECIPIENT: &str = "age1pq";
const INFO: &[u8] = b"age-encryption.org/mlkem768x25519";
/// A file key and the tag of ChaCha20-Poly1305.
const BODY_BYTES: usize = 16 + 16;

#[derive(Clone)]
pub(crate) struct Identity(PrivateKey);

impl Identity {
    pub(crate) fn generate() -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        OsRng.fill_bytes(seed.as_mut_slice());
        Identity(PrivateKey(seed))
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = bech32_text::decode(IDENTITY, text)?;
        PrivateKey::from_bytes(&bytes).ok().map(Identity)
    }

    pub(crate) fn secret_text(&self) -> Zeroizing<String> {
        let mut text = bech32_text::encode(IDENTITY, self.0.0.as_slice());
        text.make_ascii_uppercase();
        text
    }

    pub(crate) fn to_public(&self) -> Recipient {
        Recipient(XWing::sk_to_pk(&self.0))
    }
}

impl age::Identity for Identity {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        if stanza.tag != STANZA {
            return None;
        }
        let [sent] = stanza.args.as_slice() else {
            return Some(Err(DecryptError::InvalidHeader));
        };
        let sent = STANDARD_NO_PAD.decode(sent).ok();
        let Some(sent) = sent.and_then(|sent| EncappedKey::from_bytes(&sent).ok()) else {
            return Some(Err(DecryptError::InvalidHeader));
        };
        if stanza.body.len() != BODY_BYTES {
            return Some(Err(DecryptError::InvalidHeader));
        }
        let key = match hpke_open::<XWing>(&sent, &self.0, INFO, &stanza.body) {
            Ok(key) => Zeroizing::new(key),
            // Nobody's key makes sense of what was sent.
            Err(HpkeError::DecapError) => return Some(Err(DecryptError::InvalidHeader)),
            Err(_) => return None,
        };
        let key = FileKey::try_init_with_mut(|to| {
            *to = key.as_slice().try_into().map_err(|_| DecryptError::DecryptionFailed)?;
            Ok(())
        });
        Some(key)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recipient(PublicKey);

impl Recipient {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = bech32_text::decode(RECIPIENT, text)?;
        PublicKey::from_bytes(&bytes).ok().map(Recipient)
    }

    pub(crate) fn text(&self) -> String {
        bech32_text::encode(RECIPIENT, &self.0.to_bytes()).to_string()
    }
}

impl age::Recipient for Recipient {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let (sent, body) =
            hpke_seal::<XWing, _>(&self.0, INFO, file_key.expose_secret(), &mut OsRng);
        let args = vec![STANDARD_NO_PAD.encode(sent.to_bytes())];
        let stanza = Stanza { tag: STANZA.to_owned(), args, body };
        Ok((vec![stanza], HashSet::from([LABEL.to_owned()])))
    }
}
