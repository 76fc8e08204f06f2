//! Whether certificates are valid at a point in time (RFC 5280 section 4.1.2.5: both ends belong to
//! the period).

use std::cmp::Reverse;

use super::{Certificate, bundle::Bundle};

const DAY: i64 = 86_400;
/// How long before its end a certificate should be renewed: what ACME clients and cert-manager do
/// by default for 90 days.
const SOON: i64 = 30 * DAY;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lapse {
    Expired,
    Soon { days: i64 },
    NotYet,
}

pub(crate) type Lapsed<'a> = (usize, &'a Certificate, Lapse);

pub(crate) fn lapse(certificate: &Certificate, at: i64) -> Option<Lapse> {
    match certificate.not_after.saturating_sub(at) {
        ..0 => Some(Lapse::Expired),
        _ if at < certificate.not_before => Some(Lapse::NotYet),
        left => (left < SOON).then_some(Lapse::Soon { days: left / DAY }),
    }
}

/// All certificates of a chain that are not valid, or not for long; each once. Of those that are
/// not valid yet only the one that begins last: the chain is valid from then on.
pub(crate) fn of_chain(bundle: &Bundle, at: i64) -> Vec<Lapsed<'_>> {
    let mut found: Vec<Lapsed<'_>> =
        bundle.single(None).filter_map(|one| Some((one.0, one.1, lapse(one.1, at)?))).collect();
    let key = |lapsed: &Lapsed<'_>| {
        (lapsed.2 == Lapse::NotYet).then_some((lapsed.1.not_before, Reverse(lapsed.0)))
    };
    let last = found.iter().filter_map(key).max();
    found.retain(|lapsed| key(lapsed).is_none() || key(lapsed) == last);
    found
}

/// The same for authorities: each once, not again what stands in `chain` too, and nothing about one
/// that has a valid successor of the same name beside it, as there is while an authority is
/// renewed.
pub(crate) fn of_authorities<'a>(
    bundle: &'a Bundle,
    chain: Option<&'a Bundle>,
    at: i64,
) -> Vec<Lapsed<'a>> {
    let has_successor = |old: &Certificate| {
        let mut all = bundle.single(None);
        all.any(|(_, other)| other.subject == old.subject && lapse(other, at).is_none())
    };
    bundle
        .single(chain)
        .filter_map(|one| Some((one.0, one.1, lapse(one.1, at)?)))
        .filter(|(_, certificate, _)| !has_successor(certificate))
        .collect()
}
