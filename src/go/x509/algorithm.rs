//! Public-key algorithms: their object identifiers, their names, and the curves that Go computes
//! on.

use der::oid::ObjectIdentifier;
use p256::elliptic_curve::sec1::{FromEncodedPoint, ModulusSize, ToEncodedPoint};
use p256::elliptic_curve::{
    AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, PublicKey, SecretKey,
};
use std::fmt;
use zeroize::Zeroizing;

/// An object identifier's content bytes in dotted form; empty if they are none.
pub(super) fn dotted(oid: &[u8]) -> String {
    ObjectIdentifier::from_bytes(oid).map(|oid| oid.to_string()).unwrap_or_default()
}

/// The hash of the signature algorithm with this object identifier, if it is one that clients
/// stopped trusting: Go refuses MD5 and, since 1.18, SHA-1 (`x509.InsecureAlgorithmError`); OpenSSL
/// 3 refuses both at its usual security level.
pub(crate) fn weak_hash(oid: &[u8]) -> Option<&'static str> {
    match dotted(oid).as_str() {
        // With RSA (RFC 8017).
        "1.2.840.113549.1.1.2" => Some("MD2"),
        "1.2.840.113549.1.1.3" => Some("MD4"),
        "1.2.840.113549.1.1.4" => Some("MD5"),
        "1.2.840.113549.1.1.5" => Some("SHA-1"),
        // With ECDSA and DSA (RFC 3279).
        "1.2.840.10045.4.1" | "1.2.840.10040.4.3" => Some("SHA-1"),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rsa,
    /// RSA, bound to PSS signatures.
    RsaPss,
    Dsa,
    /// Diffie-Hellman: no signatures.
    Dh,
    Ec(Curve),
    Ed25519,
    Ed448,
    X25519,
    X448,
    /// ML-DSA, which Go reads since 1.27.
    MlDsa,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    P224,
    P256,
    P384,
    P521,
    Secp256k1,
    Brainpool,
    /// Written out number by number instead of named.
    Explicit,
    Unknown,
}

impl Algorithm {
    /// The algorithm with this object identifier. EC keys also need their curve: here it is
    /// unknown.
    pub(crate) fn of(oid: &[u8]) -> Self {
        match dotted(oid).as_str() {
            // RFC 8017.
            "1.2.840.113549.1.1.1" => Self::Rsa,
            "1.2.840.113549.1.1.10" => Self::RsaPss,
            // RFC 3279: DSA; PKCS#3 and X9.42.
            "1.2.840.10040.4.1" => Self::Dsa,
            "1.2.840.113549.1.3.1" | "1.2.840.10046.2.1" => Self::Dh,
            // RFC 5480.
            "1.2.840.10045.2.1" => Self::Ec(Curve::Unknown),
            // RFC 8410.
            "1.3.101.110" => Self::X25519,
            "1.3.101.111" => Self::X448,
            "1.3.101.112" => Self::Ed25519,
            "1.3.101.113" => Self::Ed448,
            // RFC 9881: 44, 65 and 87.
            "2.16.840.1.101.3.4.3.17" | "2.16.840.1.101.3.4.3.18" | "2.16.840.1.101.3.4.3.19" => {
                Self::MlDsa
            }
            _ => Self::Unknown,
        }
    }
}

impl Curve {
    pub(crate) fn of(oid: &[u8]) -> Self {
        match dotted(oid).as_str() {
            // RFC 5480.
            "1.3.132.0.33" => Self::P224,
            "1.2.840.10045.3.1.7" => Self::P256,
            "1.3.132.0.34" => Self::P384,
            "1.3.132.0.35" => Self::P521,
            "1.3.132.0.10" => Self::Secp256k1,
            // RFC 5639.
            oid if oid.starts_with("1.3.36.3.3.2.8.1.1.") => Self::Brainpool,
            _ => Self::Unknown,
        }
    }

    /// What can be computed on the curve, if Go's TLS knows it.
    pub(super) fn arithmetic(self) -> Option<Arithmetic> {
        match self {
            Self::P224 => Some(Arithmetic::on::<p224::NistP224>()),
            Self::P256 => Some(Arithmetic::on::<p256::NistP256>()),
            Self::P384 => Some(Arithmetic::on::<p384::NistP384>()),
            Self::P521 => Some(Arithmetic::on::<p521::NistP521>()),
            Self::Secp256k1 | Self::Brainpool | Self::Explicit | Self::Unknown => None,
        }
    }
}

pub(super) struct Arithmetic {
    pub is_point: fn(&[u8]) -> bool,
    /// The public point of a scalar, uncompressed; none for a scalar of zero, or not below the
    /// order of the curve.
    pub public_point: fn(&[u8]) -> Option<Vec<u8>>,
}

impl Arithmetic {
    fn on<C>() -> Self
    where
        C: CurveArithmetic,
        FieldBytesSize<C>: ModulusSize,
        AffinePoint<C>: FromEncodedPoint<C> + ToEncodedPoint<C>,
    {
        Self {
            is_point: |bytes| {
                bytes.first() == Some(&4) && PublicKey::<C>::from_sec1_bytes(bytes).is_ok()
            },
            public_point: |mut scalar| {
                // Some tools leave leading zeros out, or add one.
                while let [0, rest @ ..] = scalar {
                    scalar = rest;
                }
                let mut bytes = Zeroizing::new(FieldBytes::<C>::default());
                let start = bytes.len().checked_sub(scalar.len())?;
                bytes.get_mut(start..)?.copy_from_slice(scalar);
                let key = SecretKey::<C>::from_bytes(&bytes).ok()?;
                Some(key.public_key().to_encoded_point(false).as_bytes().to_vec())
            },
        }
    }
}

/// The name, as a noun without article: `ECDSA P-256`.
impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa => "RSA",
            Self::RsaPss => "RSA-PSS",
            Self::Dsa => "DSA",
            Self::Dh => "Diffie-Hellman",
            Self::Ec(Curve::P224) => "ECDSA P-224",
            Self::Ec(Curve::P256) => "ECDSA P-256",
            Self::Ec(Curve::P384) => "ECDSA P-384",
            Self::Ec(Curve::P521) => "ECDSA P-521",
            Self::Ec(Curve::Secp256k1) => "ECDSA secp256k1",
            Self::Ec(Curve::Brainpool) => "ECDSA Brainpool",
            Self::Ec(Curve::Explicit) => "ECDSA with explicit curve parameters",
            Self::Ec(Curve::Unknown) => "ECDSA with an unusual curve",
            Self::Ed25519 => "Ed25519",
            Self::Ed448 => "Ed448",
            Self::X25519 => "X25519",
            Self::X448 => "X448",
            Self::MlDsa => "ML-DSA",
            Self::Unknown => "unknown",
        })
    }
}
