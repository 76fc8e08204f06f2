//! What somebody should look at in a TLS Secret: its chain, dates, names, strength and form, and
//! `ca.crt`. What an error says already stays silent.

use super::bundle::Bundle;
use super::chain::{self, Authorities, ChainFault};
use super::form::{self, CertificateFormFault};
use super::messages::lints::{self as messages, Holder};
use super::{PairHalf, TlsFault, clients, messages::pem, validity};
use crate::check::finding::{Finding, Spot};
use crate::check::subject::Subject;
use crate::diag::{Diagnostic, codes};
use crate::secret::kind::{CA_CERT, TLS_CERT};

pub(crate) fn findings(subject: &Subject<'_>, faults: &[TlsFault]) -> Vec<Finding> {
    // Where an error is about the certificate itself, the rest is not worth a word.
    let is_unusable = faults.iter().any(|fault| {
        fault.is_error()
            && fault.field() == PairHalf::Certificate
            && !matches!(fault, TlsFault::OtherCertificate { .. })
    });
    let chain = subject.value(TLS_CERT).filter(|_| !is_unusable).map(Bundle::read);
    let ca = subject.value(CA_CERT).map(Bundle::read);
    let of_chain = chain.as_ref().map(|chain| chain_lints(subject, chain, ca.as_ref(), faults));
    let of_ca = ca.as_ref().map(|ca| authority_lints(subject, ca, chain.as_ref()));
    let place = |lints: Option<Vec<Diagnostic>>, key: &'static str| {
        let lints = lints.unwrap_or_default().into_iter();
        lints.map(move |lint| Finding::new(lint, Spot::DataKey(key.into())))
    };
    place(of_chain, TLS_CERT).chain(place(of_ca, CA_CERT)).collect()
}

fn chain_lints(
    subject: &Subject<'_>,
    bundle: &Bundle,
    ca: Option<&Bundle>,
    faults: &[TlsFault],
) -> Vec<Diagnostic> {
    let holder = holder(subject, TLS_CERT, bundle);
    // Without `ca.crt` there is nothing that a consumer would put behind the chain.
    let mut found = forms(bundle, TLS_CERT, ca.is_some());
    // Some errors leave open which certificate is meant to be the server's.
    let is_open = |fault: &TlsFault| {
        matches!(fault, TlsFault::OtherCertificate { .. } | TlsFault::Mismatch { .. })
    };
    if !faults.iter().any(is_open) {
        let chain_faults = chain::faults(bundle, authorities(subject, ca));
        // With another one first, which one is the server's own is not certain.
        if !chain_faults.iter().any(|fault| matches!(fault, ChainFault::Order { leaf: 2.., .. })) {
            let leaf = clients::fault(bundle, &subject.secret.name);
            found.extend(leaf.map(|fault| messages::leaf(fault, holder)));
        }
        found.extend(chain_faults.iter().map(|fault| messages::chain(fault, holder)));
    }
    if let Some(at) = subject.at {
        let lapsed = validity::of_chain(bundle, at).into_iter();
        found.extend(lapsed.map(|lapsed| messages::lapsed(lapsed, at, holder)));
    }
    found.extend(weaknesses(bundle, None, holder));
    found
}

fn authority_lints(subject: &Subject<'_>, ca: &Bundle, chain: Option<&Bundle>) -> Vec<Diagnostic> {
    let holder = holder(subject, CA_CERT, ca);
    if let Some(fault) = authority_fault(ca, holder) {
        return vec![fault];
    }
    let mut found = forms(ca, CA_CERT, false);
    if let Some(at) = subject.at {
        let lapsed = validity::of_authorities(ca, chain, at).into_iter();
        found.extend(lapsed.map(|lapsed| messages::lapsed(lapsed, at, holder)));
    }
    found.extend(weaknesses(ca, chain, holder));
    found
}

fn holder(subject: &Subject<'_>, data_key: &'static str, bundle: &Bundle) -> Holder {
    Holder { data_key, count: bundle.certificates.len(), origin: subject.origin }
}

fn forms(bundle: &Bundle, key: &str, needs_end: bool) -> Vec<Diagnostic> {
    let mut faults = form::faults(bundle);
    faults.retain(|fault| needs_end || *fault != CertificateFormFault::NoFinalNewline);
    faults.into_iter().map(|fault| pem::form(fault, key)).collect()
}

/// Why `ca.crt` is of no use. Go reads it with `x509.CertPool.AppendCertsFromPEM`: blocks that are
/// not a readable certificate are passed over without a word, and consumers then trust nobody, or
/// fail with a message about something else.
fn authority_fault(bundle: &Bundle, holder: Holder) -> Option<Diagnostic> {
    let pem = &bundle.pem;
    if let Some(key) = pem.blocks.iter().find(|block| block.kind.is_private_key()) {
        return Some(messages::authority_key(bundle.line(key.range.start), holder));
    }
    if bundle.certificates.is_empty() {
        return match (pem.faults.first(), pem.blocks.first()) {
            (Some(fault), _) => Some(messages::authority_not_pem(*fault)),
            (None, block) => block.map(|block| messages::authority_other_block(block.kind, holder)),
        };
    }
    if let Some(bad) = bundle.certificates.iter().find(|listed| listed.certificate.is_err()) {
        return Some(messages::unreadable(&codes::TLS_CA, bad.position, holder));
    }
    // An authority may sign others, or has signed itself.
    let is_any = bundle.single(None).any(|(_, one)| one.is_authority() || one.is_self_issued());
    (!is_any).then(|| messages::no_authority(holder))
}

/// A `ca.crt` that can't be read as a whole has a finding of its own, and may hold the issuer.
fn authorities<'a>(subject: &Subject<'_>, ca: Option<&'a Bundle>) -> Authorities<'a> {
    match ca {
        Some(ca) if authority_fault(ca, holder(subject, CA_CERT, ca)).is_some() => {
            Authorities::Unknown
        }
        Some(ca) => Authorities::Known(ca),
        None if subject.unknown.open || subject.unknown.keys.contains(CA_CERT) => {
            Authorities::Unknown
        }
        None => Authorities::Absent,
    }
}

/// Each certificate once; not again those that stand in `other` too.
fn weaknesses(bundle: &Bundle, other: Option<&Bundle>, holder: Holder) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (position, certificate) in bundle.single(other) {
        let bits = certificate.public_key.rsa_bits();
        if let Some(bits) = bits.filter(|bits| *bits < clients::LEAST_RSA_BITS) {
            found.push(messages::weak_key(position, bits, holder));
        }
        // Nobody looks at the signature of a root on itself.
        if let Some(hash) = certificate.weak_hash.filter(|_| !certificate.is_self_issued()) {
            found.push(messages::weak_signature(position, hash, holder));
        }
    }
    found
}
