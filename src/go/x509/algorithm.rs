//! The names of public-key algorithms: object identifiers in, words out.

use std::fmt;

/// Content bytes of the object identifiers that keys and certificates carry.
pub(crate) mod oid {
    /// rsaEncryption, 1.2.840.113549.1.1.1 (RFC 8017).
    pub(crate) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
    /// id-RSASSA-PSS, 1.2.840.113549.1.1.10.
    pub(crate) const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
    /// id-dsa, 1.2.840.10040.4.1 (RFC 3279).
    pub(crate) const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1];
    /// dhKeyAgreement, 1.2.840.113549.1.3.1, and dhpublicnumber, 1.2.840.10046.2.1.
    pub(crate) const DH: [&[u8]; 2] =
        [&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 3, 1], &[0x2a, 0x86, 0x48, 0xce, 0x3e, 2, 1]];
    /// id-ecPublicKey, 1.2.840.10045.2.1 (RFC 5480).
    pub(crate) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    /// 1.3.101.110 to 113 (RFC 8410).
    pub(crate) const X25519: &[u8] = &[0x2b, 0x65, 110];
    pub(crate) const X448: &[u8] = &[0x2b, 0x65, 111];
    pub(crate) const ED25519: &[u8] = &[0x2b, 0x65, 112];
    pub(crate) const ED448: &[u8] = &[0x2b, 0x65, 113];
    /// id-ml-dsa-44, -65 and -87 are 2.16.840.1.101.3.4.3.17 to 19 (RFC 9881): this and one more
    /// byte.
    pub(crate) const ML_DSA: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3];
    /// secp224r1, 1.3.132.0.33 (RFC 5480).
    pub(crate) const P224: &[u8] = &[0x2b, 0x81, 4, 0, 33];
    /// prime256v1, 1.2.840.10045.3.1.7.
    pub(crate) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    pub(crate) const P384: &[u8] = &[0x2b, 0x81, 4, 0, 34];
    pub(crate) const P521: &[u8] = &[0x2b, 0x81, 4, 0, 35];
    pub(crate) const SECP256K1: &[u8] = &[0x2b, 0x81, 4, 0, 10];
    /// Brainpool curves, 1.3.36.3.3.2.8.1.1 (RFC 5639): this and one more byte.
    pub(crate) const BRAINPOOL: &[u8] = &[0x2b, 0x24, 3, 3, 2, 8, 1, 1];
}

/// The hash of the signature algorithm with this object identifier, if it is one that clients
/// stopped trusting: Go refuses MD5 and, since 1.18, SHA-1 (`x509.InsecureAlgorithmError`); OpenSSL
/// 3 refuses both at its usual security level.
pub(crate) fn weak_hash(oid: &[u8]) -> Option<&'static str> {
    match oid {
        // md2, md4, md5 and sha1 WithRSAEncryption, 1.2.840.113549.1.1.2 to 5 (RFC 8017).
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, number] => match number {
            2 => Some("MD2"),
            3 => Some("MD4"),
            4 => Some("MD5"),
            5 => Some("SHA-1"),
            _ => None,
        },
        // ecdsa-with-SHA1, 1.2.840.10045.4.1, and dsa-with-sha1, 1.2.840.10040.4.3 (RFC 3279).
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1] | [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3] => {
            Some("SHA-1")
        }
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
    /// X25519: no signatures.
    X25519,
    /// X448: no signatures.
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
    /// secp256k1, Bitcoin's.
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
        match oid {
            oid::RSA => Self::Rsa,
            oid::RSA_PSS => Self::RsaPss,
            oid::DSA => Self::Dsa,
            oid::EC => Self::Ec(Curve::Unknown),
            oid::X25519 => Self::X25519,
            oid::X448 => Self::X448,
            oid::ED25519 => Self::Ed25519,
            oid::ED448 => Self::Ed448,
            _ if oid::DH.contains(&oid) => Self::Dh,
            _ if matches!(oid.strip_prefix(oid::ML_DSA), Some([17..=19])) => Self::MlDsa,
            _ => Self::Unknown,
        }
    }
}

impl Curve {
    pub(crate) fn of(oid: &[u8]) -> Self {
        match oid {
            oid::P224 => Self::P224,
            oid::P256 => Self::P256,
            oid::P384 => Self::P384,
            oid::P521 => Self::P521,
            oid::SECP256K1 => Self::Secp256k1,
            _ if oid.starts_with(oid::BRAINPOOL) => Self::Brainpool,
            _ => Self::Unknown,
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
