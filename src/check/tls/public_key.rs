//! The public key in a certificate, and those that private keys lead to: what a pair is compared by.

use super::algorithm::{Algorithm, Curve};
use super::der::{Malformed, Reader, tag};

/// A public key in one form, so that equal keys are equal values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// Modulus without leading zeros, and exponent.
    Rsa {
        /// Big-endian.
        modulus: Vec<u8>,
        /// Above zero.
        exponent: i64,
    },
    /// An uncompressed point (SEC 1 section 2.3.3) on a curve that Go knows.
    Ec {
        /// The curve.
        curve: Curve,
        /// A byte 4 and both coordinates.
        point: Vec<u8>,
    },
    /// RFC 8032.
    Ed25519 {
        /// 32 bytes.
        point: Vec<u8>,
    },
    /// One that can't be compared.
    Other(Algorithm),
}

impl PublicKey {
    /// What kind of key it is.
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rsa,
            Self::Ec { curve, .. } => Algorithm::Ec(*curve),
            Self::Ed25519 { .. } => Algorithm::Ed25519,
            Self::Other(algorithm) => *algorithm,
        }
    }

    /// Reads the content of a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), as strictly as Go's crypto/x509.
    pub(super) fn read(mut info: Reader<'_>) -> Result<Self, Malformed> {
        let mut algorithm = info.sequence()?;
        let oid = algorithm.oid()?;
        let parameters = if algorithm.is_empty() { None } else { Some(algorithm.element()?) };
        let (_, bits) = info.bit_string()?;
        match Algorithm::of(oid) {
            Algorithm::Rsa => {
                parameters.filter(|element| element.tag == tag::NULL && element.content.is_empty()).ok_or(Malformed)?;
                let mut numbers = Reader::new(bits).sequence()?;
                let modulus = numbers.positive()?.to_vec();
                let exponent = numbers.small()?;
                if exponent > 0 { Ok(Self::Rsa { modulus, exponent }) } else { Err(Malformed) }
            }
            Algorithm::Ec(_) => {
                let parameters = parameters.ok_or(Malformed)?;
                if parameters.tag == tag::SEQUENCE {
                    return Ok(Self::Other(Algorithm::Ec(Curve::Explicit)));
                }
                let curve = Curve::of(Reader::new(parameters.whole).oid()?);
                if !curve.is_known_to_go() {
                    return Ok(Self::Other(Algorithm::Ec(curve)));
                }
                if is_point(curve, bits) { Ok(Self::Ec { curve, point: bits.to_vec() }) } else { Err(Malformed) }
            }
            Algorithm::Ed25519 if parameters.is_none() && bits.len() == 32 => Ok(Self::Ed25519 { point: bits.to_vec() }),
            Algorithm::Ed25519 => Err(Malformed),
            other => Ok(Self::Other(other)),
        }
    }
}

/// Whether `bits` is an uncompressed point of the curve. There is no arithmetic here for P-224: its points are only measured.
fn is_point(curve: Curve, bits: &[u8]) -> bool {
    let length = match curve {
        Curve::P224 => 28,
        Curve::P256 => 32,
        Curve::P384 => 48,
        _ => 66,
    };
    if bits.len() != 1 + 2 * length || bits.first() != Some(&4) {
        return false;
    }
    match curve {
        Curve::P256 => p256::PublicKey::from_sec1_bytes(bits).is_ok(),
        Curve::P384 => p384::PublicKey::from_sec1_bytes(bits).is_ok(),
        Curve::P521 => p521::PublicKey::from_sec1_bytes(bits).is_ok(),
        _ => true,
    }
}
