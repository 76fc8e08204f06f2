//! Whether `tls.crt` and `tls.key` are a certificate and its private key, judged as Go's
//! `tls.X509KeyPair` does: kubectl refuses what it refuses, the API server warns, and ingress
//! controllers serve their fallback certificate.
//!
//! Where this and Go differ: extensions that only CA certificates have and URIs among the
//! alternative names are not taken apart here; of RSA keys with more than two primes or 16,384 bits
//! only the modulus is compared; and ML-DSA (Go 1.27) can't be verified.

pub(crate) mod bundle;
pub(crate) mod chain;
pub(crate) mod clients;
pub(crate) mod form;
pub(crate) mod lints;
pub(crate) mod messages;
pub(crate) mod validity;

use super::finding::{Finding, Spot};
use super::subject::Subject;
use crate::go::pem::{Block, BlockKind, Pem, PemFault};
use crate::secret::kind::{TLS_CERT, TLS_KEY};

pub(crate) use crate::go::x509::algorithm::{Algorithm, Curve};
pub(crate) use crate::go::x509::private_key::{KeyFault, derive};
pub(crate) use crate::go::x509::public_key::PublicKey;
pub(crate) use crate::go::x509::{AlternativeName, Certificate, CertificateFault};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PairHalf {
    Certificate,
    Key,
}

/// Where one half has no block of its own, the kinds of those that are there instead. The key may
/// belong to another certificate of the file than the first, counted from 1, or to none of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TlsFault {
    NotPem(PairHalf, PemFault),
    Swapped,
    NoCertificate(Vec<BlockKind>),
    NoKey(Vec<BlockKind>),
    Certificate(CertificateFault),
    UnsupportedCertificate(Algorithm),
    Key(KeyFault),
    OtherCertificate { position: usize, count: usize },
    Mismatch { certificate: Algorithm, key: Algorithm },
    CannotVerify(Algorithm),
}

impl TlsFault {
    /// Whether Go refuses the pair for it. What is no error is a check that could not be made.
    pub(crate) fn is_error(&self) -> bool {
        !matches!(self, Self::CannotVerify(_))
    }

    pub(crate) fn field(&self) -> PairHalf {
        match self {
            Self::NotPem(field, _) => *field,
            Self::NoKey(_) | Self::Key(_) | Self::Mismatch { .. } | Self::CannotVerify(_) => {
                PairHalf::Key
            }
            _ => PairHalf::Certificate,
        }
    }
}

pub(crate) fn findings(subject: &Subject<'_>) -> Vec<Finding> {
    let faults = match (subject.value(TLS_CERT), subject.value(TLS_KEY)) {
        (Some(certificate), Some(key)) => pair_faults(certificate, key),
        (Some(certificate), None) => cert_faults(certificate),
        (None, Some(key)) => key_faults(key),
        (None, None) => Vec::new(),
    };
    let mut found = Vec::new();
    for fault in &faults {
        let (at, other) = match fault.field() {
            PairHalf::Certificate => (TLS_CERT, TLS_KEY),
            PairHalf::Key => (TLS_KEY, TLS_CERT),
        };
        let [at, other] = [at, other].map(|key| Spot::DataKey(key.into()));
        let finding = Finding::new(messages::tls(fault, subject.origin), at);
        found.push(match messages::labels(fault) {
            Some((label, other_label)) => finding.label(label).also(other, other_label),
            None => finding,
        });
    }
    found.extend(lints::findings(subject, &faults));
    found
}

/// Judges both values together. Empty: Go takes the pair.
pub(crate) fn pair_faults(certificate: &[u8], key: &[u8]) -> Vec<TlsFault> {
    let (certificate, key) = (Pem::read(certificate), Pem::read(key));
    let (certificates, keys) = (first_certificate(&certificate), first_key(&key));
    match (certificates, keys) {
        (Ok(first), Ok(derived)) => belongs(&certificate, &first, &derived).into_iter().collect(),
        (Err(TlsFault::NoCertificate(kinds)), Err(TlsFault::NoKey(others)))
            if kinds.iter().any(|kind| kind.is_private_key())
                && others.contains(&BlockKind::Certificate) =>
        {
            vec![TlsFault::Swapped]
        }
        (certificates, keys) => certificates.err().into_iter().chain(keys.err()).collect(),
    }
}

pub(crate) fn cert_faults(certificate: &[u8]) -> Vec<TlsFault> {
    first_certificate(&Pem::read(certificate)).err().into_iter().collect()
}

pub(crate) fn key_faults(key: &[u8]) -> Vec<TlsFault> {
    first_key(&Pem::read(key)).err().into_iter().collect()
}

/// Every certificate of a text, with the byte at which its block starts.
pub(crate) fn certificates(text: &[u8]) -> Vec<(usize, Result<Certificate, CertificateFault>)> {
    certificate_blocks(&Pem::read(text))
        .map(|block| (block.range.start, Certificate::read(&block.contents)))
        .collect()
}

fn certificate_blocks(pem: &Pem) -> impl Iterator<Item = &Block> {
    pem.blocks.iter().filter(|block| block.kind == BlockKind::Certificate)
}

/// The only certificate that Go reads.
fn first_certificate(pem: &Pem) -> Result<Certificate, TlsFault> {
    let Some(block) = certificate_blocks(pem).next() else {
        return Err(nothing(pem, PairHalf::Certificate, TlsFault::NoCertificate));
    };
    let certificate = Certificate::read(&block.contents).map_err(TlsFault::Certificate)?;
    match certificate.public_key {
        PublicKey::Other(algorithm) if algorithm != Algorithm::MlDsa => {
            Err(TlsFault::UnsupportedCertificate(algorithm))
        }
        _ => Ok(certificate),
    }
}

fn first_key(pem: &Pem) -> Result<PublicKey, TlsFault> {
    match pem.blocks.iter().find(|block| block.kind.is_private_key()) {
        Some(block) => derive(block).map_err(TlsFault::Key),
        None => Err(nothing(pem, PairHalf::Key, TlsFault::NoKey)),
    }
}

fn nothing(pem: &Pem, field: PairHalf, instead: fn(Vec<BlockKind>) -> TlsFault) -> TlsFault {
    match pem.faults.first() {
        Some(fault) => TlsFault::NotPem(field, *fault),
        None => instead(pem.blocks.iter().map(|block| block.kind).collect()),
    }
}

/// Whether the key is that of the first certificate, and whose it is if not.
fn belongs(pem: &Pem, first: &Certificate, key: &PublicKey) -> Option<TlsFault> {
    let certificate = first.public_key.algorithm();
    match key {
        PublicKey::Other(key) if *key == certificate => return Some(TlsFault::CannotVerify(*key)),
        PublicKey::Other(key) => return Some(TlsFault::Mismatch { certificate, key: *key }),
        key if *key == first.public_key => return None,
        _ => {}
    }
    let position = certificate_blocks(pem).position(|block| {
        Certificate::read(&block.contents).is_ok_and(|other| other.public_key == *key)
    });
    if let Some(index) = position {
        let (position, count) = (index + 1, certificate_blocks(pem).count());
        return Some(TlsFault::OtherCertificate { position, count });
    }
    // A leaf that can't be read leaves the next certificate as the first.
    let start = certificate_blocks(pem).next().map_or(0, |block| block.range.start);
    match pem.faults.first() {
        Some(fault) if fault.offset < start => {
            Some(TlsFault::NotPem(PairHalf::Certificate, *fault))
        }
        _ => Some(TlsFault::Mismatch { certificate, key: key.algorithm() }),
    }
}
