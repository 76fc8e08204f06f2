//! ssh keys: private ones as identities, public ones as recipients, and why they can't be used.

use age::ssh::{EncryptedKey, Identity, Recipient, UnsupportedKey};
use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{
    GeneralPurpose, GeneralPurposeConfig, STANDARD, STANDARD_NO_PAD,
};
use der::Decode;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::go::base64::decode_strict;

/// Largest ssh key that is read, in bytes of text. A 16384-bit RSA key has 13,000.
const MAX_KEY_BYTES: usize = 64 * 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SshProblem {
    /// It is of another kind than age knows: `ecdsa-sha2-nistp256`, `ssh-dss`, RSA with fewer than
    /// 2048 bits or more than 4096; or the file is only a handle to a security key, `sk-ssh-...`.
    Kind(String),
    /// It is in PKCS #8, or locked with a cipher or in a manner that age does not read.
    Format,
    Putty,
    Damaged,
}

/// A public ssh key: what messages call it, and how age files name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SshPublic {
    pub(crate) kind: &'static str,
    blob: Vec<u8>,
    digest: [u8; 32],
}

impl SshPublic {
    fn new(kind: &'static str, blob: &[u8]) -> Self {
        Self { kind, blob: blob.to_owned(), digest: Sha256::digest(blob).into() }
    }

    pub(crate) fn tag(&self) -> String {
        let [a, b, c, d, ..] = self.digest;
        STANDARD_NO_PAD.encode([a, b, c, d])
    }

    /// The line of a public key file without its comment, as ssh-keygen writes it.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.kind, STANDARD.encode(&self.blob))
    }

    /// What `ssh-keygen -l` prints.
    pub(crate) fn fingerprint(&self) -> String {
        format!("SHA256:{}", STANDARD_NO_PAD.encode(self.digest))
    }
}

pub(crate) enum SshKey {
    Open(SshPublic, Identity),
    Locked(SshPublic, EncryptedKey),
}

/// Reads the first PEM block of `text`, which may be indented or on a single line.
pub(crate) fn parse_private(text: &str) -> Result<SshKey, SshProblem> {
    if text.len() > MAX_KEY_BYTES {
        return Err(SshProblem::Damaged);
    }
    let (label, body) = pem_block(text).ok_or(SshProblem::Damaged)?;
    let kind = match label {
        "OPENSSH PRIVATE KEY" | "RSA PRIVATE KEY" => label,
        "EC PRIVATE KEY" => return Err(SshProblem::Kind("ecdsa".to_owned())),
        "DSA PRIVATE KEY" => return Err(SshProblem::Kind("ssh-dss".to_owned())),
        _ => return Err(SshProblem::Format),
    };
    if body.contains("Proc-Type:") {
        return Err(SshProblem::Format);
    }
    let body = Zeroizing::new(body.split_ascii_whitespace().collect::<String>());
    let bytes = Zeroizing::new(decode_strict(body.as_bytes()).ok_or(SshProblem::Damaged)?);
    let public = match kind {
        "RSA PRIVATE KEY" => rsa_pem_public(&bytes),
        _ => openssh_public(&bytes).ok_or(SshProblem::Damaged)?,
    }?;
    // age's own reader wants the lines as ssh-keygen writes them.
    let canonical = Zeroizing::new(format!(
        "-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n",
        body.as_str()
    ));
    match Identity::from_buffer(canonical.as_bytes(), None) {
        Ok(Identity::Encrypted(key)) => Ok(SshKey::Locked(public, key)),
        Ok(Identity::Unsupported(UnsupportedKey::Hardware(kind) | UnsupportedKey::Type(kind))) => {
            Err(SshProblem::Kind(kind))
        }
        Ok(Identity::Unsupported(_)) => Err(SshProblem::Format),
        Ok(identity) => Ok(SshKey::Open(public, identity)),
        Err(_) => Err(SshProblem::Damaged),
    }
}

fn pem_block(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    Some((label, body))
}

/// PKCS #1: RFC 8017, appendix A.1.2. age reads the same bytes; here they give the public half.
fn rsa_pem_public(bytes: &[u8]) -> Result<SshPublic, SshProblem> {
    let key = pkcs1::RsaPrivateKey::from_der(bytes).map_err(|_| SshProblem::Damaged)?;
    let mut blob = Vec::new();
    push_string(&mut blob, b"ssh-rsa");
    for number in [key.public_exponent, key.modulus] {
        push_mpint(&mut blob, number.as_bytes());
    }
    Ok(SshPublic::new("ssh-rsa", &blob))
}

/// OpenSSH's format: <https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key>. `None`
/// where it is not followed.
fn openssh_public(bytes: &[u8]) -> Option<Result<SshPublic, SshProblem>> {
    let mut rest = bytes.strip_prefix(b"openssh-key-v1\0")?;
    let cipher = string(&mut rest)?;
    let (_kdf, _kdf_options) = (string(&mut rest)?, string(&mut rest)?);
    rest = rest.strip_prefix(&[0, 0, 0, 1])?;
    let blob = string(&mut rest)?;
    let mut fields = blob;
    let kind = match string(&mut fields)? {
        b"ssh-ed25519" => "ssh-ed25519",
        b"ssh-rsa" => "ssh-rsa",
        other => return Some(Err(SshProblem::Kind(String::from_utf8_lossy(other).into()))),
    };
    if kind == "ssh-rsa" && cipher == b"none" {
        // age's reader panics on a number of zero bytes only.
        let mut private = string(&mut rest)?.get(8..)?;
        string(&mut private)?;
        for _ in 0..6 {
            positive(string(&mut private)?)?;
        }
    }
    Some(Ok(SshPublic::new(kind, blob)))
}

pub(crate) fn is_public_key(text: &str) -> bool {
    ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"].iter().any(|kind| text.starts_with(kind))
}

pub(crate) struct SshRecipient {
    pub(crate) public: SshPublic,
    pub(crate) key: Recipient,
}

/// Reads a line of an OpenSSH public key file. What follows the key is a comment.
pub(crate) fn parse_recipient(text: &str) -> Result<SshRecipient, SshProblem> {
    let damaged = SshProblem::Damaged;
    let mut words = text.split_ascii_whitespace();
    let (kind, data) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let blob = BASE64.decode(data).map_err(|_| damaged.clone())?;
    let mut fields = blob.as_slice();
    if string(&mut fields) != Some(kind.as_bytes()) {
        return Err(damaged);
    }
    let kind = match kind {
        "ssh-ed25519" => "ssh-ed25519",
        // age's reader panics on a number of zero bytes only.
        "ssh-rsa" => match rsa_bits(fields).ok_or(damaged.clone())? {
            2048..=4096 => "ssh-rsa",
            bits => return Err(SshProblem::Kind(format!("ssh-rsa of {bits} bits"))),
        },
        kind => return Err(SshProblem::Kind(kind.to_owned())),
    };
    // It wants one space and no padding.
    let canonical = format!("{kind} {}", STANDARD_NO_PAD.encode(&blob));
    let key = canonical.parse().map_err(|_| damaged)?;
    Ok(SshRecipient { public: SshPublic::new(kind, &blob), key })
}

/// OpenSSH's files have padding; keys that were copied by hand often lost it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// How long the modulus of an RSA key is whose exponent and modulus follow.
fn rsa_bits(mut fields: &[u8]) -> Option<usize> {
    let _exponent = positive(string(&mut fields)?)?;
    let modulus = positive(string(&mut fields)?)?;
    Some(modulus.len() * 8 - modulus.first()?.leading_zeros() as usize)
}

/// An ssh `string` (RFC 4251, section 5) at the start of `rest`, which then begins after it.
fn string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (len, after) = rest.split_first_chunk::<4>()?;
    let (text, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*len)).ok()?)?;
    *rest = after;
    Some(text)
}

/// The digits of an ssh `mpint` that is not zero, without leading zero bytes.
fn positive(mpint: &[u8]) -> Option<&[u8]> {
    let first = mpint.iter().position(|byte| *byte != 0)?;
    mpint.get(first..)
}

fn push_string(out: &mut Vec<u8>, text: &[u8]) {
    out.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(text);
}

/// An ssh `mpint`: a first byte over 127 would mean a negative number, so a zero byte goes before
/// it.
fn push_mpint(out: &mut Vec<u8>, digits: &[u8]) {
    let digits = positive(digits).unwrap_or_default();
    let sign: &[u8] = if digits.first().is_some_and(|byte| *byte > 127) { &[0] } else { &[] };
    push_string(out, &[sign, digits].concat());
}
