//! What clients refuse of a server's certificate, and what of it may be meant otherwise: for
//! clients, or for signing.

use super::{Certificate, bundle::Bundle};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeafFault {
    /// Go (since 1.15) and browsers don't look at the common name.
    NoNames,
    /// It is an authority's (basicConstraints CA:TRUE). rustls and Firefox reject it as a server
    /// certificate, Go and OpenSSL do not.
    Authority,
}

/// The least RSA key that clients take: browsers by the CA/Browser Forum's baseline requirements
/// (section 6.1.5), OpenSSL at security level 2, which is Debian's and, since 3.2, its own default.
pub(crate) const LEAST_RSA_BITS: usize = 2048;

/// Words that say of a name that what bears it signs others, or is a client.
const AUTHORITY: &str =
    "ca cas cacert cacerts rootca root intermediate issuer signer authority anchor";
const CLIENT: &str = "client clients user users";

/// Judges the first certificate; at most one fault, as an authority needs no names. A client's, by
/// extKeyUsage or by name, may have none either: it is known by its common name. `secret` is the
/// name of the Secret.
pub(crate) fn fault(bundle: &Bundle, secret: &str) -> Option<LeafFault> {
    let leaf = bundle.certificates.first()?.certificate.as_ref().ok()?;
    if leaf.for_servers != Some(true) && is_clients(leaf, secret) {
        return None;
    }
    if leaf.is_authority() {
        return (!is_meant_to_sign(leaf, secret)).then_some(LeafFault::Authority);
    }
    (leaf.names.is_empty() && leaf.for_servers != Some(false)).then_some(LeafFault::NoNames)
}

/// Whether an authority's certificate stands in a Secret of that authority, from which something
/// like cert-manager's CA issuer signs: their names say so, and what the certificate says of its
/// use does not speak against it. What `openssl req -x509` makes for a server says of its use
/// nothing but names of hosts; authorities that are also servers, such as Linkerd's issuer, say
/// both.
fn is_meant_to_sign(authority: &Certificate, secret: &str) -> bool {
    let common_name = authority.common_name.as_deref().unwrap_or_default();
    match (authority.may_sign, authority.is_for_hosts()) {
        (Some(true), true) => says(AUTHORITY, secret),
        (Some(true) | None, false) => says(AUTHORITY, secret) || says(AUTHORITY, common_name),
        (Some(false), _) | (None, true) => false,
    }
}

/// Whether the names say that a client shows the certificate, or its common name, such as
/// `system:node:a` or `a@b.c`, is for no host.
fn is_clients(leaf: &Certificate, secret: &str) -> bool {
    let common_name = leaf.common_name.as_deref().unwrap_or_default();
    says(CLIENT, secret) || says(CLIENT, common_name) || common_name.contains([':', '@'])
}

fn says(words: &str, name: &str) -> bool {
    name.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .any(|part| words.split(' ').any(|word| word == part))
}
