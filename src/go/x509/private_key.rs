//! Private keys: PKCS#8, PKCS#1 and SEC 1, and the public key that each leads to.

use curve25519_dalek::EdwardsPoint;
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use super::algorithm::{Algorithm, Curve};
use super::{public_key::PublicKey, rsa};
use crate::go::der::{DerReader, Malformed, tag};
use crate::go::pem::{Block, BlockKind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyFault {
    Encrypted,
    OpenSsh,
    /// TLS, or Go's TLS, has no use for this kind.
    Unsupported(Algorithm),
    /// It says that it is of this kind, but its numbers don't fit together: it is damaged.
    Inconsistent(Algorithm),
    /// Its structure is broken: cut off, damaged, or no key at all.
    Malformed,
}

impl From<Malformed> for KeyFault {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

/// The public key of the private key in a PEM block; of ML-DSA only that it is one. Like Go, it
/// goes by the contents: the label only helps to say what is wrong.
pub(crate) fn derive(block: &Block) -> Result<PublicKey, KeyFault> {
    read(&block.contents).map_err(|fault| match (fault, block.kind) {
        (KeyFault::Unsupported(_), _) => fault,
        (_, BlockKind::EncryptedPkcs8Key) => KeyFault::Encrypted,
        (_, BlockKind::OpenSshKey) => KeyFault::OpenSsh,
        _ if block.headers.encrypted => KeyFault::Encrypted,
        (_, BlockKind::DsaKey) if fault == KeyFault::Malformed => {
            KeyFault::Unsupported(Algorithm::Dsa)
        }
        _ => fault,
    })
}

/// Judges DER. The second element tells the three formats apart, so that trying all, as Go does,
/// would change nothing.
fn read(der: &[u8]) -> Result<PublicKey, KeyFault> {
    let mut outer = DerReader::new(der);
    let mut key = outer.sequence()?;
    if key.at(tag::SEQUENCE) {
        // EncryptedPrivateKeyInfo (RFC 5958 section 3): an algorithm, and what it made.
        key.element()?;
        let encrypted = key.at(tag::OCTET_STRING);
        return Err(if encrypted { KeyFault::Encrypted } else { KeyFault::Malformed });
    }
    let mut fields = key;
    fields.small()?;
    if fields.at(tag::SEQUENCE) {
        return pkcs8(fields);
    }
    if fields.at(tag::OCTET_STRING) {
        return sec1(key, None);
    }
    // Only here does Go mind what follows the key.
    if outer.is_empty() { rsa_key(key) } else { Err(KeyFault::Malformed) }
}

fn rsa_key(key: DerReader<'_>) -> Result<PublicKey, KeyFault> {
    let mut numbers = key;
    let mut count = 0;
    while numbers.integer().is_ok() {
        count += 1;
    }
    rsa::public_key(key).map_err(|_| match count {
        // Version and eight numbers: an RSA key in form, so its contents are to blame.
        9 if numbers.is_empty() => KeyFault::Inconsistent(Algorithm::Rsa),
        _ => KeyFault::Malformed,
    })
}

/// PrivateKeyInfo (RFC 5208 section 5), after the version. What follows the key (attributes, the
/// public key of RFC 5958) is not read.
fn pkcs8(mut info: DerReader<'_>) -> Result<PublicKey, KeyFault> {
    let mut algorithm = info.sequence()?;
    let oid = algorithm.oid()?;
    let parameters = if algorithm.is_empty() { None } else { Some(algorithm.element()?) };
    let contents = info.take(tag::OCTET_STRING)?;
    match Algorithm::of(oid) {
        Algorithm::Rsa => {
            let mut outer = DerReader::new(contents);
            let key = outer.sequence()?;
            if outer.is_empty() { rsa_key(key) } else { Err(KeyFault::Malformed) }
        }
        Algorithm::Ec(_) => sec1(
            DerReader::new(contents).sequence()?,
            parameters.map(|parameters| curve_of(parameters.whole)),
        ),
        Algorithm::Ed25519 => {
            let seed = DerReader::new(contents).take(tag::OCTET_STRING)?;
            if parameters.is_some() || seed.len() != 32 {
                return Err(KeyFault::Malformed);
            }
            Ok(ed25519(seed))
        }
        Algorithm::MlDsa => Ok(PublicKey::Other(Algorithm::MlDsa)),
        other => Err(KeyFault::Unsupported(other)),
    }
}

fn curve_of(parameters: &[u8]) -> Curve {
    DerReader::new(parameters).oid().map_or(Curve::Explicit, Curve::of)
}

fn ed25519(seed: &[u8]) -> PublicKey {
    PublicKey::Ed25519 { point: ed25519_public(seed).to_vec() }
}

/// RFC 8032 section 5.1.5.
pub(crate) fn ed25519_public(seed: &[u8]) -> [u8; 32] {
    let mut hash = Zeroizing::new([0; 64]);
    Sha512::new_with_prefix(seed).finalize_into(hash.as_mut_slice().into());
    let mut scalar = Zeroizing::new([0; 32]);
    scalar.copy_from_slice(hash.split_at(32).0);
    EdwardsPoint::mul_base_clamped(*scalar).compress().to_bytes()
}

/// ECPrivateKey (RFC 5915 section 3). A curve named by PKCS#8 outranks the one inside.
fn sec1(mut key: DerReader<'_>, outer_curve: Option<Curve>) -> Result<PublicKey, KeyFault> {
    if key.small()? != 1 {
        return Err(KeyFault::Malformed);
    }
    let scalar = key.take(tag::OCTET_STRING)?;
    let inner_curve =
        if key.enter(tag::constructed(0))? { Some(inner_curve(&mut key)?) } else { None };
    // The public key must be well-formed, but it is the scalar's that counts.
    if key.enter(tag::constructed(1))? && key.at(tag::BIT_STRING) {
        key.bit_string()?;
    }
    let named = |curve: &Curve| *curve != Curve::Explicit;
    let curve =
        outer_curve.filter(named).or(inner_curve).or(outer_curve).ok_or(KeyFault::Malformed)?;
    let algorithm = Algorithm::Ec(curve);
    let arithmetic = curve.arithmetic().ok_or(KeyFault::Unsupported(algorithm))?;
    let point = (arithmetic.public_point)(scalar).ok_or(KeyFault::Inconsistent(algorithm))?;
    Ok(PublicKey::Ec { curve, point })
}

fn inner_curve(key: &mut DerReader<'_>) -> Result<Curve, Malformed> {
    let is_named = key.at(tag::OBJECT_IDENTIFIER);
    if is_named { key.oid().map(Curve::of) } else { key.element().map(|_| Curve::Explicit) }
}
