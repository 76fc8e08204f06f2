//! Whether the certificates of `tls.crt` are a chain: the server's own first, each next one the
//! issuer of the one before it (RFC 8446 section 4.4.2; many clients allow for another order behind
//! the first, none for another first one).
//!
//! A chain need not end in a root, because clients have their own. So a chain that ends with an
//! authority's certificate counts as complete: whether a client knows that authority's issuer can't
//! be seen here.

use std::collections::BTreeSet;

use super::{Certificate, bundle::Bundle};

/// What is wrong with a chain. Positions count from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ChainFault {
    /// It can't be read, and so the chain is not judged further.
    Unreadable { position: usize },
    /// Certificates stand there twice; the later ones.
    Repeated { positions: Vec<usize> },
    /// They are not in the right order, which is given if all belong to one chain. The first is
    /// another one than the server's own, or those after it are out of order.
    Order { leaf: usize, order: Option<Vec<usize>> },
    /// Some don't belong to the chain, or an issuer between them is missing.
    Unrelated { positions: Vec<usize> },
    /// There is only the leaf, and its issuer is not known. Of a leaf that does not say where to
    /// fetch its issuer, a root that clients have may have issued it.
    Incomplete,
}

/// What `ca.crt` holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Authorities<'a> {
    Absent,
    /// It may be there, and what it holds is not known.
    Unknown,
    Known(&'a Bundle),
}

impl Authorities<'_> {
    fn may_issue(self, certificate: &Certificate) -> bool {
        match self {
            Self::Absent => false,
            Self::Unknown => true,
            Self::Known(bundle) => {
                bundle.single(None).any(|(_, authority)| certificate.is_issued_by(authority))
            }
        }
    }
}

/// What stands there twice, and at most one thing more, since one mistake brings others about.
pub(crate) fn faults(bundle: &Bundle, authorities: Authorities<'_>) -> Vec<ChainFault> {
    if let Some(unreadable) = bundle.certificates.iter().find(|listed| listed.certificate.is_err())
    {
        return vec![ChainFault::Unreadable { position: unreadable.position }];
    }
    let repeated = bundle.certificates.iter().filter(|listed| listed.is_repeated);
    let positions: Vec<usize> = repeated.map(|listed| listed.position).collect();
    let mut faults = Vec::new();
    if !positions.is_empty() {
        faults.push(ChainFault::Repeated { positions });
    }
    faults.extend(Links(bundle.single(None).collect()).fault(authorities));
    faults
}

type Link<'a> = (usize, &'a Certificate);

struct Links<'a>(Vec<Link<'a>>);

impl<'a> Links<'a> {
    fn fault(&self, authorities: Authorities<'_>) -> Option<ChainFault> {
        let first = self.0.first()?;
        let leaf = self.leaf()?;
        let order = Some(self.walk(leaf)).filter(|order| order.len() == self.0.len());
        if leaf.0 != first.0 {
            return Some(ChainFault::Order { leaf: leaf.0, order });
        }
        let positions = self.unreachable(leaf);
        if !positions.is_empty() {
            return Some(ChainFault::Unrelated { positions });
        }
        if order.as_ref().is_some_and(|order| !order.is_sorted()) {
            return Some(ChainFault::Order { leaf: leaf.0, order });
        }
        // Who reads a client's certificate is a server, which mostly knows the issuer itself.
        let is_servers = leaf.1.for_servers != Some(false) && !leaf.1.is_authority();
        let is_alone = self.0.len() == 1 && is_servers && !leaf.1.is_self_issued();
        (is_alone && leaf.1.has_issuer_url && !authorities.may_issue(leaf.1))
            .then_some(ChainFault::Incomplete)
    }

    /// The first that issued no other, unless it is an authority's and another one is not.
    fn leaf(&self) -> Option<Link<'a>> {
        let candidates = || self.0.iter().copied().filter(|this| !self.issued_another(*this));
        let first = self.0.first().copied();
        let plain = candidates().find(|(_, certificate)| !certificate.is_authority());
        plain.or_else(|| candidates().next()).or(first)
    }

    fn issued_another(&self, this: Link<'_>) -> bool {
        self.0.iter().any(|(position, other)| *position != this.0 && other.is_issued_by(this.1))
    }

    fn issuers(&self, of: Link<'a>) -> impl Iterator<Item = Link<'a>> {
        let is_root = of.1.is_self_issued();
        self.0.iter().copied().filter(move |(position, other)| {
            !is_root && *position != of.0 && of.1.is_issued_by(other)
        })
    }

    /// Positions from the leaf up, by the first issuer of each.
    fn walk(&self, leaf: Link<'a>) -> Vec<usize> {
        let (mut order, mut last) = (vec![leaf.0], leaf);
        while let Some(issuer) = self.issuers(last).next()
            && !order.contains(&issuer.0)
        {
            order.push(issuer.0);
            last = issuer;
        }
        order
    }

    fn unreachable(&self, leaf: Link<'a>) -> Vec<usize> {
        let (mut seen, mut open) = (BTreeSet::from([leaf.0]), vec![leaf]);
        while let Some(next) = open.pop() {
            open.extend(self.issuers(next).filter(|(position, _)| seen.insert(*position)));
        }
        let positions = self.0.iter().map(|(position, _)| *position);
        positions.filter(|position| !seen.contains(position)).collect()
    }
}
