//! Certificates whose key or signature is too weak for clients.

use super::bundle::Bundle;

/// The least that clients take: browsers by the CA/Browser Forum's baseline requirements (section
/// 6.1.5), OpenSSL at security level 2, which is Debian's and, since 3.2, its own default.
const LEAST_RSA_BITS: usize = 2048;

/// A weakness of one certificate, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weakness {
    /// Its RSA key is short.
    Key {
        /// Which certificate.
        position: usize,
        /// The length.
        bits: usize,
    },
    /// Its issuer signed it with a hash that is broken.
    Signature {
        /// Which certificate.
        position: usize,
        /// The hash.
        hash: &'static str,
    },
}

/// The weaknesses of a bundle's certificates, each certificate once; not again of those that stand
/// in `other` too.
pub(crate) fn weaknesses(bundle: &Bundle, other: Option<&Bundle>) -> Vec<Weakness> {
    let mut found = Vec::new();
    for listed in &bundle.certificates {
        let Ok(certificate) = &listed.certificate else { continue };
        let position = listed.position;
        if bundle.is_repeated(position) || other.is_some_and(|other| other.holds(&listed.der)) {
            continue;
        }
        if let Some(bits) = certificate.public_key.rsa_bits().filter(|bits| *bits < LEAST_RSA_BITS)
        {
            found.push(Weakness::Key { position, bits });
        }
        // Nobody looks at the signature of a root on itself.
        if let Some(hash) = certificate.weak_hash.filter(|_| !certificate.is_self_issued()) {
            found.push(Weakness::Signature { position, hash });
        }
    }
    found
}
