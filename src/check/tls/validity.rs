//! Whether certificates are valid at a point in time (RFC 5280 section 4.1.2.5: both ends belong to
//! the period).

use std::cmp::Reverse;

use super::Certificate;
use super::bundle::Bundle;

/// How long before its end a certificate should be renewed: what ACME clients and cert-manager do
/// by default for 90 days.
pub(crate) const SOON: i64 = 30 * DAY;

const DAY: i64 = 86_400;

/// Why a certificate's dates are a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lapse {
    /// It is over.
    Expired,
    /// It ends soon: in so many whole days.
    Soon {
        /// 0 to 29.
        days: i64,
    },
    /// It has not begun.
    NotYet,
}

/// A finding about one certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lapsed {
    /// Which, counted from 1.
    pub position: usize,
    /// Why.
    pub lapse: Lapse,
    /// The date that it is about, in Unix time: the end of validity, or for [`Lapse::NotYet`] its
    /// beginning.
    pub seconds: i64,
}

/// The dates of one certificate at a time.
pub(crate) fn lapse(certificate: &Certificate, at: i64) -> Option<Lapse> {
    if at > certificate.not_after {
        Some(Lapse::Expired)
    } else if at < certificate.not_before {
        Some(Lapse::NotYet)
    } else {
        let left = certificate.not_after.saturating_sub(at);
        (left < SOON).then_some(Lapse::Soon { days: left / DAY })
    }
}

/// All certificates of a chain that are not valid, or not for long; each once. Of those that are
/// not valid yet only the one that begins last: the chain is valid from then on.
pub(crate) fn of_chain(bundle: &Bundle, at: i64) -> Vec<Lapsed> {
    let single = bundle.readable().filter(|(position, _)| !bundle.is_repeated(*position));
    let mut found: Vec<Lapsed> = single.filter_map(|one| lapsed(one, at)).collect();
    let last = found
        .iter()
        .filter(|lapsed| lapsed.lapse == Lapse::NotYet)
        .map(|lapsed| (lapsed.seconds, Reverse(lapsed.position)))
        .max();
    found.retain(|lapsed| {
        lapsed.lapse != Lapse::NotYet || last == Some((lapsed.seconds, Reverse(lapsed.position)))
    });
    found
}

/// The same for authorities: each once, not again what stands in `chain` too, and nothing about one
/// that has a valid successor of the same name beside it, as there is while an authority is
/// renewed.
pub(crate) fn of_authorities(bundle: &Bundle, chain: Option<&Bundle>, at: i64) -> Vec<Lapsed> {
    let is_new = |position: usize| {
        let listed = bundle.certificates.iter().find(|listed| listed.position == position);
        listed.is_some_and(|listed| !chain.is_some_and(|chain| chain.holds(&listed.der)))
    };
    let has_successor = |certificate: &Certificate| {
        bundle
            .readable()
            .any(|(_, other)| other.subject == certificate.subject && lapse(other, at).is_none())
    };
    bundle
        .readable()
        .filter(|(position, _)| !bundle.is_repeated(*position) && is_new(*position))
        .filter_map(|(position, certificate)| {
            Some((certificate, lapsed((position, certificate), at)?))
        })
        .filter(|(certificate, _)| !has_successor(certificate))
        .map(|(_, lapsed)| lapsed)
        .collect()
}

fn lapsed((position, certificate): (usize, &Certificate), at: i64) -> Option<Lapsed> {
    let lapse = lapse(certificate, at)?;
    let seconds =
        if lapse == Lapse::NotYet { certificate.not_before } else { certificate.not_after };
    Some(Lapsed { position, lapse, seconds })
}
