//! What `ca.crt` holds, which Go reads with `x509.CertPool.AppendCertsFromPEM`: blocks that are not
//! a readable certificate are passed over without a word, and consumers then trust nobody, or fail
//! with a message about something else.

use super::CertificateFault;
use super::bundle::Bundle;
use crate::go::pem::{BlockKind, PemFault};

/// Why `ca.crt` is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthorityFault {
    /// It is not PEM.
    NotPem(PemFault),
    /// It holds blocks, and no certificate; the kind of the first one.
    NoCertificate(BlockKind),
    /// A private key is in it, at this line.
    PrivateKey {
        /// From 1.
        line: usize,
    },
    /// A certificate in it can't be read.
    Unreadable {
        /// Which, from 1.
        position: usize,
        /// Why.
        fault: CertificateFault,
    },
    /// No certificate in it is an authority's: none may sign others, none signed itself.
    NoAuthority,
}

/// Judges a value of `ca.crt`. At most one fault.
pub(crate) fn fault(bundle: &Bundle) -> Option<AuthorityFault> {
    let pem = &bundle.pem;
    if let Some(key) = pem.blocks.iter().find(|block| block.kind.is_private_key()) {
        return Some(AuthorityFault::PrivateKey { line: bundle.line(key.range.start) });
    }
    if bundle.certificates.is_empty() {
        return match (pem.faults.first(), pem.blocks.first()) {
            (Some(fault), _) => Some(AuthorityFault::NotPem(*fault)),
            (None, block) => block.map(|block| AuthorityFault::NoCertificate(block.kind)),
        };
    }
    for listed in &bundle.certificates {
        if let Err(fault) = &listed.certificate {
            return Some(AuthorityFault::Unreadable { position: listed.position, fault: *fault });
        }
    }
    let is_anchor = |certificate: &super::Certificate| {
        certificate.is_authority() || certificate.is_self_issued()
    };
    (!bundle.readable().any(|(_, certificate)| is_anchor(certificate)))
        .then_some(AuthorityFault::NoAuthority)
}
