//! The public key in a certificate, and those that private keys lead to: what a pair is compared
//! by.

use super::algorithm::{Algorithm, Curve};
use crate::go::der::{DerReader, Malformed, tag};

/// A public key in one form, so that equal keys are equal values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// The modulus is big-endian, without leading zeros.
    Rsa { modulus: Vec<u8>, exponent: i64 },
    /// An uncompressed point (SEC 1 section 2.3.3) on a curve that Go knows.
    Ec { curve: Curve, point: Vec<u8> },
    /// RFC 8032.
    Ed25519 { point: Vec<u8> },
    /// One that can't be compared.
    Other(Algorithm),
}

impl PublicKey {
    pub(crate) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rsa,
            Self::Ec { curve, .. } => Algorithm::Ec(*curve),
            Self::Ed25519 { .. } => Algorithm::Ed25519,
            Self::Other(algorithm) => *algorithm,
        }
    }

    pub(crate) fn rsa_bits(&self) -> Option<usize> {
        let Self::Rsa { modulus, .. } = self else { return None };
        let first = modulus.first().map_or(0, |byte| byte.leading_zeros() as usize);
        Some((modulus.len() * 8).saturating_sub(first))
    }

    /// Reads the content of a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), as strictly as Go's
    /// crypto/x509.
    pub(crate) fn read(mut info: DerReader<'_>) -> Result<Self, Malformed> {
        let mut algorithm = info.sequence()?;
        let oid = algorithm.oid()?;
        let parameters = if algorithm.is_empty() { None } else { Some(algorithm.element()?) };
        // Keys fill whole bytes.
        let (0, bits) = info.bit_string()? else { return Err(Malformed) };
        match Algorithm::of(oid) {
            Algorithm::Rsa => {
                parameters
                    .filter(|element| element.tag == tag::NULL && element.content.is_empty())
                    .ok_or(Malformed)?;
                let mut numbers = DerReader::new(bits).sequence()?;
                let modulus = numbers.positive()?.to_vec();
                let exponent = numbers.small()?;
                if exponent > 0 { Ok(Self::Rsa { modulus, exponent }) } else { Err(Malformed) }
            }
            Algorithm::Ec(_) => {
                let parameters = parameters.ok_or(Malformed)?;
                if parameters.tag == tag::SEQUENCE {
                    return Ok(Self::Other(Algorithm::Ec(Curve::Explicit)));
                }
                let curve = Curve::of(DerReader::new(parameters.whole).oid()?);
                match curve.arithmetic() {
                    None => Ok(Self::Other(Algorithm::Ec(curve))),
                    Some(arithmetic) if (arithmetic.is_point)(bits) => {
                        Ok(Self::Ec { curve, point: bits.to_vec() })
                    }
                    Some(_) => Err(Malformed),
                }
            }
            Algorithm::Ed25519 if parameters.is_none() && bits.len() == 32 => {
                Ok(Self::Ed25519 { point: bits.to_vec() })
            }
            Algorithm::Ed25519 => Err(Malformed),
            other => Ok(Self::Other(other)),
        }
    }
}
