//! The sentences for certificates that clients won't take: their order, dates, names and strength,
//! and what `ca.crt` holds. Certificates are called by their position, since what is in them may
//! come out of an encrypted file; dates are no secret.

use super::{no_certificate, pem::not_pem};
use crate::check::tls::validity::{Lapse, Lapsed};
use crate::check::{subject::Origin, tls::chain::ChainFault, tls::clients::LeafFault};
use crate::diag::phrases::{numbered, plural};
use crate::diag::{Code, Diagnostic, codes, diagnostic};
use crate::go::pem::{BlockKind, PemFault};
use crate::go::time::day;
use crate::secret::kind::CA_CERT;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder {
    pub data_key: &'static str,
    pub count: usize,
    pub origin: Origin,
}

impl Holder {
    /// A certificate, counted from 1: "certificate 2 of 3 in `tls.crt`".
    fn certificate(self, position: usize) -> String {
        match self.count {
            1 => format!("the certificate in `{}`", self.data_key),
            count => format!("certificate {position} of {count} in `{}`", self.data_key),
        }
    }

    fn fields(self) -> (&'static str, &'static str) {
        match self.origin {
            Origin::Spec => ("`cert`", "`ca`"),
            Origin::Manifest => ("`tls.crt`", "`ca.crt`"),
        }
    }
}

pub(crate) const ORDER: &str = "the server certificate must come first, and each certificate after \
    it must be the issuer of the one before it (RFC 8446, section 4.4.2)";

pub(crate) fn chain(fault: &ChainFault, holder: Holder) -> Diagnostic {
    let (count, key) = (holder.count, holder.data_key);
    match fault {
        ChainFault::Unreadable { position } => unreadable(&codes::TLS_CHAIN, *position, holder),
        ChainFault::Repeated { positions } => {
            let named = numbered("certificate", positions);
            diagnostic!(TLS_CHAIN, "`{key}` repeats {named} of {count}")
                .note(
                    "each certificate must be the issuer of the one before it (RFC 5246, section \
                     7.4.2), and some clients enforce this",
                )
                .help(format!("remove {named}"))
        }
        ChainFault::Order { leaf, order } => {
            diagnostic!(TLS_CHAIN, "the certificates in `{key}` are out of order").note(ORDER).help(
                match order {
                    Some(order) => {
                        let order: Vec<String> = order.iter().map(usize::to_string).collect();
                        format!("put them in this order: {}", order.join(", "))
                    }
                    None => format!("move certificate {leaf} to the top of `{key}`"),
                },
            )
        }
        ChainFault::Unrelated { positions } => {
            let named = numbered("certificate", positions);
            diagnostic!(TLS_CHAIN, "not all of `{key}` belongs to the chain: {named} of {count}")
                .note(ORDER)
                .help(format!(
                    "add the missing issuers, or remove {named}; most issuers provide a file with \
                     the full chain"
                ))
        }
        ChainFault::Incomplete => {
            let (cert, ca) = holder.fields();
            let allow = holder.origin.allow(&codes::TLS_CHAIN);
            diagnostic!(TLS_CHAIN, "`{key}` contains the server certificate without its issuer")
                .note(
                    "it says where to get the issuer (authorityInfoAccess): browsers fetch it, but \
                     Go, curl and Java reject the connection",
                )
                .help(format!(
                    "append the issuer certificates to {cert}; with ACME, use `fullchain.pem` \
                     instead of `cert.pem`"
                ))
                .help(format!(
                    "if clients trust the issuer directly, set {ca} to its certificate, or {allow}"
                ))
        }
    }
}

pub(crate) fn lapsed(lapsed: Lapsed<'_>, at: i64, holder: Holder) -> Diagnostic {
    let (position, certificate, lapse) = lapsed;
    let which = holder.certificate(position);
    let (begin, end) = (day(certificate.not_before), day(certificate.not_after));
    let renew = match position {
        _ if holder.data_key == CA_CERT => {
            "get the new CA certificate; during the transition, `ca.crt` can contain both"
        }
        1 => "renew it, and update both the certificate and the key",
        _ => "get a new chain from the certificate's issuer",
    };
    let found = match lapse {
        Lapse::Expired => diagnostic!(TLS_EXPIRED, "{which} expired on {end}")
            .note("clients reject the connection; Kubernetes does not check dates")
            .help(renew),
        Lapse::Soon { days } => {
            let left = match days {
                0 => "less than a day".to_owned(),
                days => plural(usize::try_from(days).unwrap_or_default(), "day"),
            };
            diagnostic!(TLS_EXPIRES_SOON, "{which} expires on {end}, in {left}").help(renew)
        }
        Lapse::NotYet => diagnostic!(TLS_NOT_YET_VALID, "{which} is not valid before {begin}")
            .note("until then, clients reject the connection")
            .help("deploy it on or after that date, or reissue it so that it is valid now"),
    };
    found.note(format!("checked as of {}; use `--at` for another date", day(at)))
}

pub(crate) fn leaf(fault: LeafFault, holder: Holder) -> Diagnostic {
    let which = holder.certificate(1);
    match fault {
        LeafFault::NoNames => diagnostic!(TLS_NAMES, "{which} is not for any host name")
            .note("it has no subject alternative name, and Go and browsers ignore the common name")
            .help(
                "reissue it with its host names: `openssl req -addext \
                 subjectAltName=DNS:www.example.com ...`",
            )
            .help(
                "reissue it with `extendedKeyUsage=clientAuth` if it is a client certificate, \
                 which needs no host names",
            ),
        LeafFault::Authority => {
            diagnostic!(TLS_AUTHORITY, "{which} is a CA certificate, not a server certificate")
                .note(
                    "it can sign other certificates (`CA:TRUE`), so anyone who trusts this \
                     certificate trusts its key for every host name",
                )
                .note("rustls and Firefox reject it as a server certificate")
                .help(
                    "use the certificate that was issued to the server, before those of its \
                     issuers; for development, create one with `openssl req -x509 -addext \
                     basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:www.example.com \
                     ...`",
                )
                .help(format!(
                    "{} if it is a signing CA, such as for cert-manager's CA issuer",
                    holder.origin.allow(&codes::TLS_AUTHORITY)
                ))
        }
    }
}

pub(crate) fn weak_key(position: usize, bits: usize, holder: Holder) -> Diagnostic {
    diagnostic!(TLS_WEAK, "{} has an RSA key of {bits} bits", holder.certificate(position))
        .note(
            "browsers and Debian's OpenSSL reject RSA keys of fewer than 2048 bits, Go 1.24 and \
             later those of fewer than 1024",
        )
        .help("reissue it with an ECDSA P-256 key, or an RSA key of at least 2048 bits")
}

pub(crate) fn weak_signature(position: usize, hash: &str, holder: Holder) -> Diagnostic {
    diagnostic!(TLS_WEAK, "{} is signed with {hash}", holder.certificate(position))
        .note(format!("{hash} signatures can be forged, so Go, OpenSSL 3 and browsers reject them"))
        .help("reissue it with a SHA-256 signature or better")
}

const TRUSTS_NOBODY: &str = "clients that use it trust no server, and reject every connection";

pub(crate) fn authority_not_pem(fault: PemFault) -> Diagnostic {
    not_pem(&codes::TLS_CA, "`ca.crt`", "CERTIFICATE", fault).note(TRUSTS_NOBODY)
}

pub(crate) fn authority_other_block(kind: BlockKind, holder: Holder) -> Diagnostic {
    no_certificate(&codes::TLS_CA, "`ca.crt`", kind, &leave_out(holder)).note(TRUSTS_NOBODY)
}

pub(crate) fn authority_key(line: usize, holder: Holder) -> Diagnostic {
    diagnostic!(TLS_CA, "`ca.crt` contains a private key (line {line})")
        .note(
            "`ca.crt` is public, and anyone with a CA's private key can sign certificates for any \
             name",
        )
        .help("remove it, and create a new CA if others could already read it")
        .help(leave_out(holder))
}

pub(crate) fn unreadable(code: &'static Code, position: usize, holder: Holder) -> Diagnostic {
    Diagnostic::new(code, format!("{} can't be read", holder.certificate(position)))
        .note(
            "its PEM is valid, but it does not encode a certificate; Go skips it or sends it as it \
             is, and OpenSSL rejects the file",
        )
        .help(
            "copy it again from its source; `openssl x509 -noout -text -in CERT` shows its content",
        )
}

pub(crate) fn no_authority(holder: Holder) -> Diagnostic {
    let (cert, _) = holder.fields();
    diagnostic!(TLS_CA, "`ca.crt` does not contain a CA certificate")
        .note(
            "most clients can't verify anything with a certificate that can't sign others (no \
             `CA:TRUE`) and is not self-signed",
        )
        .help(format!("put the server certificate in {cert}, and {}", leave_out(holder)))
}

fn leave_out(holder: Holder) -> String {
    format!("set {0} to the CA certificate, or remove {0}", holder.fields().1)
}
