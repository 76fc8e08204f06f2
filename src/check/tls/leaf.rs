//! Whether the first certificate is one that clients take from a server.

use super::bundle::Bundle;

/// What is wrong with a server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeafFault {
    /// It has no subject alternative name. Go (since 1.15) and browsers don't look at the common name.
    NoNames,
    /// It is an authority's (basicConstraints CA:TRUE). rustls and Firefox refuse it from a server, Go and OpenSSL do not.
    Authority {
        /// It signed itself, as what `openssl req -x509` makes does.
        self_signed: bool,
    },
}

/// Judges the first certificate; at most one fault, as an authority needs no names. One that is no server's (extKeyUsage) may have none
/// either: a client is known by its common name.
pub fn fault(bundle: &Bundle) -> Option<LeafFault> {
    let leaf = bundle.certificates.first()?.certificate.as_ref().ok()?;
    if leaf.is_authority() {
        return Some(LeafFault::Authority { self_signed: leaf.is_self_issued() });
    }
    (leaf.names.is_empty() && leaf.for_servers != Some(false)).then_some(LeafFault::NoNames)
}
