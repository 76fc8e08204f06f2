//! What somebody should look at in a TLS Secret: its chain, dates, names, strength and form, and
//! `ca.crt`. What an error says already stays silent.

use super::bundle::Bundle;
use super::chain::{self, Authorities, ChainFault};
use super::messages::chain::chain as chain_message;
use super::messages::lints as messages;
use super::messages::lints::Holder;
use super::{PairHalf, TlsFault, authorities, clients, form, validity};
use crate::check::finding::{Finding, Spot};
use crate::check::subject::Subject;
use crate::diag::Diagnostic;
use crate::secret::kind::{CA_CERT, TLS_CERT};

/// The lints of a Secret whose pair has these faults.
pub(crate) fn findings(subject: &Subject<'_>, faults: &[TlsFault]) -> Vec<Finding> {
    let chain = subject.value(TLS_CERT).filter(|_| !is_unusable(faults)).map(Bundle::read);
    let ca = subject.value(CA_CERT).map(Bundle::read);
    let mut found = Vec::new();
    if let Some(chain) = &chain {
        let about = chain_lints(subject, chain, ca.as_ref(), faults);
        found.extend(
            about
                .into_iter()
                .map(|diagnostic| Finding::new(diagnostic, Spot::DataKey(TLS_CERT.into()))),
        );
    }
    if let Some(ca) = &ca {
        let about = authority_lints(subject, ca, chain.as_ref());
        found.extend(
            about
                .into_iter()
                .map(|diagnostic| Finding::new(diagnostic, Spot::DataKey(CA_CERT.into()))),
        );
    }
    found
}

/// Whether an error is about the certificate itself, so that the rest is not worth a word.
fn is_unusable(faults: &[TlsFault]) -> bool {
    faults
        .iter()
        .any(|fault| fault.is_error() && fault.field() == PairHalf::Certificate && !is_order(fault))
}

/// Whether an error says that another certificate should be the first.
fn is_order(fault: &TlsFault) -> bool {
    matches!(fault, TlsFault::OtherCertificate { .. })
}

/// Whether an error leaves open which certificate is meant to be the server's.
fn is_open(fault: &TlsFault) -> bool {
    is_order(fault) || matches!(fault, TlsFault::Mismatch { .. })
}

fn chain_lints(
    subject: &Subject<'_>,
    bundle: &Bundle,
    ca: Option<&Bundle>,
    faults: &[TlsFault],
) -> Vec<Diagnostic> {
    let holder =
        Holder { data_key: TLS_CERT, count: bundle.certificates.len(), origin: subject.origin };
    let mut found: Vec<Diagnostic> = form::faults(bundle)
        .into_iter()
        // Without `ca.crt` there is nothing that a consumer would put behind the chain.
        .filter(|fault| *fault != form::CertificateFormFault::NoFinalNewline || ca.is_some())
        .map(|fault| messages::form(fault, holder))
        .collect();
    if !faults.iter().any(is_open) {
        let chain_faults = chain::faults(bundle, authorities_of(subject, ca));
        // Which one is the server's own is not certain then.
        if !chain_faults.iter().any(|fault| matches!(fault, ChainFault::LeafNotFirst { .. })) {
            found.extend(
                clients::fault(bundle, &subject.secret.name)
                    .map(|fault| messages::leaf(fault, holder)),
            );
        }
        found.extend(chain_faults.iter().map(|fault| chain_message(fault, holder)));
    }
    if let Some(at) = subject.at {
        found.extend(
            validity::of_chain(bundle, at)
                .into_iter()
                .map(|lapsed| messages::lapsed(lapsed, at, holder)),
        );
    }
    found.extend(
        clients::weaknesses(bundle, None)
            .into_iter()
            .map(|weakness| messages::weakness(weakness, holder)),
    );
    found
}

fn authority_lints(
    subject: &Subject<'_>,
    bundle: &Bundle,
    chain: Option<&Bundle>,
) -> Vec<Diagnostic> {
    let holder =
        Holder { data_key: CA_CERT, count: bundle.certificates.len(), origin: subject.origin };
    if let Some(fault) = authorities::fault(bundle) {
        return vec![messages::authorities(fault, holder)];
    }
    let mut found: Vec<Diagnostic> = form::faults(bundle)
        .into_iter()
        .filter(|fault| *fault != form::CertificateFormFault::NoFinalNewline)
        .map(|fault| messages::form(fault, holder))
        .collect();
    if let Some(at) = subject.at {
        found.extend(
            validity::of_authorities(bundle, chain, at)
                .into_iter()
                .map(|lapsed| messages::lapsed(lapsed, at, holder)),
        );
    }
    found.extend(
        clients::weaknesses(bundle, chain)
            .into_iter()
            .map(|weakness| messages::weakness(weakness, holder)),
    );
    found
}

/// What is known of `ca.crt`. One that can't be read as a whole has a finding of its own, and may
/// hold the issuer.
fn authorities_of<'a>(subject: &Subject<'_>, ca: Option<&'a Bundle>) -> Authorities<'a> {
    match ca {
        Some(ca) if authorities::fault(ca).is_some() => Authorities::Unknown,
        Some(ca) => Authorities::Known(ca),
        None if subject.unknown.open || subject.unknown.keys.contains(CA_CERT) => {
            Authorities::Unknown
        }
        None => Authorities::Absent,
    }
}
