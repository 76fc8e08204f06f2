//! The sentences for certificates that clients won't take: their order, dates, names and strength,
//! and what `ca.crt` holds. Certificates are called by their position, since what is in them may
//! come out of an encrypted file; dates are no secret.

use super::no_certificate;
use super::pem::{AUTHORITY, not_pem};
use crate::check::subject::Origin;
use crate::check::tls::chain::ChainFault;
use crate::check::tls::clients::LeafFault;
use crate::check::tls::validity::{Lapse, Lapsed};
use crate::diag::phrases::{numbered, plural};
use crate::diag::{Code, Diagnostic, codes, diagnostic};
use crate::go::pem::{BlockKind, PemFault};
use crate::go::time::day;
use crate::secret::kind::CA_CERT;

/// The value that a finding is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder {
    pub data_key: &'static str,
    /// How many certificates it holds.
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

    /// What `tls.crt` and `ca.crt` are called where the Secret is written.
    fn fields(self) -> (&'static str, &'static str) {
        match self.origin {
            Origin::Spec => ("`cert`", "`ca`"),
            Origin::Manifest => ("`tls.crt`", "`ca.crt`"),
        }
    }
}

pub(crate) const ORDER: &str = "the server's certificate comes first, each next one is the issuer \
    of the one before it (RFC 8446 section 4.4.2)";

pub(crate) fn chain(fault: &ChainFault, holder: Holder) -> Diagnostic {
    let (count, key) = (holder.count, holder.data_key);
    let in_order = |order: &[usize]| {
        let order: Vec<String> = order.iter().map(usize::to_string).collect();
        format!("put them in this order: {}", order.join(", "))
    };
    match fault {
        ChainFault::Unreadable { position } => unreadable(&codes::TLS_CHAIN, *position, holder),
        ChainFault::Repeated { positions } => {
            let named = numbered("certificate", positions);
            diagnostic!(TLS_CHAIN, "`{key}` repeats {named} of {count}")
                .note(
                    "each next one has to issue the one before it (RFC 5246 section 7.4.2), and \
                     some clients go by that",
                )
                .help(format!("remove {named}"))
        }
        ChainFault::LeafNotFirst { leaf, order } => diagnostic!(
            TLS_CHAIN,
            "the first certificate in `{key}` is an issuer's; the server's own is certificate \
             {leaf} of {count}"
        )
        .note(ORDER)
        .note("servers take the first one for their own")
        .help(match order {
            Some(order) => in_order(order),
            None => format!("move certificate {leaf} to the top of `{key}`"),
        }),
        ChainFault::Order { order } => {
            diagnostic!(TLS_CHAIN, "the certificates in `{key}` are out of order")
                .note(ORDER)
                .note("browsers sort them, some other clients refuse the chain")
                .help(in_order(order))
        }
        ChainFault::Gap => {
            diagnostic!(TLS_CHAIN, "the issuer of certificate 1 of {count} is missing in `{key}`")
                .note("by name and key identifier, none of the others issued it")
                .note(ORDER)
                .help(
                    "put the issuer's certificate after the first: the issuer has a file with the \
                     whole chain",
                )
        }
        ChainFault::Unrelated { positions } => {
            let named = numbered("certificate", positions);
            diagnostic!(TLS_CHAIN, "not all of `{key}` belongs to the chain: {named} of {count}")
                .note(ORDER)
                .help(format!("remove {named}, or add the missing issuers"))
        }
        ChainFault::Incomplete => {
            let (cert, ca) = holder.fields();
            let allow = holder.origin.allow(&codes::TLS_CHAIN);
            diagnostic!(TLS_CHAIN, "`{key}` holds the server's certificate without its issuer")
                .note(
                    "it says where to fetch the issuer (authorityInfoAccess): browsers do that, \
                     Go, curl and Java refuse the connection",
                )
                .help(format!(
                    "append the certificates of the issuers to {cert}; with ACME, give \
                     `fullchain.pem` for `cert.pem`"
                ))
                .help(format!(
                    "if clients trust the issuer itself, put its certificate into {ca}, or {allow}"
                ))
        }
    }
}

/// A certificate that is not valid, or not for long, at the time `at`.
pub(crate) fn lapsed(
    (position, certificate, lapse): Lapsed<'_>,
    at: i64,
    holder: Holder,
) -> Diagnostic {
    let which = holder.certificate(position);
    let (begin, end) = (day(certificate.not_before), day(certificate.not_after));
    let renew = match position {
        _ if holder.data_key == CA_CERT => {
            "get the authority's new certificate; while it changes over, `ca.crt` may hold the old \
             and the new one"
        }
        1 => "have it renewed, and give the new certificate with its key",
        _ => "get the chain again from the issuer of the certificate",
    };
    let found = match lapse {
        Lapse::Expired => diagnostic!(TLS_EXPIRED, "{which} expired on {end}")
            .note("clients refuse the connection; Kubernetes does not look at dates")
            .help(renew),
        Lapse::Soon { days: 0 } => {
            diagnostic!(TLS_EXPIRES_SOON, "{which} expires on {end}, in less than a day")
                .help(renew)
        }
        Lapse::Soon { days } => {
            let days = plural(usize::try_from(days).unwrap_or_default(), "day");
            diagnostic!(TLS_EXPIRES_SOON, "{which} expires on {end}, in {days}").help(renew)
        }
        Lapse::NotYet => diagnostic!(TLS_NOT_YET_VALID, "{which} is valid from {begin} on only")
            .note("until then clients refuse the connection")
            .help("roll it out on that day or later, or have one issued that is valid now"),
    };
    found.note(format!("the date was checked against {}; `--at` sets another one", day(at)))
}

/// A first certificate that clients don't take from a server.
pub(crate) fn leaf(fault: LeafFault, holder: Holder) -> Diagnostic {
    let which = holder.certificate(1);
    match fault {
        LeafFault::NoNames => diagnostic!(TLS_NAMES, "{which} is not for any host name")
            .note(
                "it has no subject alternative name, and neither Go nor browsers look at the \
                 common name",
            )
            .help(
                "reissue it with its host names: `openssl req -addext \
                 subjectAltName=DNS:www.example.com ...`",
            )
            .help(
                "if only clients use it, reissue it with `extendedKeyUsage=clientAuth`, which \
                 needs no names",
            ),
        LeafFault::Authority => {
            diagnostic!(TLS_AUTHORITY, "{which} is an authority's, not a server's")
                .note(
                    "it may sign other certificates (`CA:TRUE`), so anyone who trusts this \
                     certificate trusts its key for every host name",
                )
                .note("rustls and Firefox refuse it from a server")
                .help(
                    "give the certificate that was issued to the server, before those of its \
                     issuers; for development, make one with `openssl req -x509 -addext \
                     basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:www.example.com \
                     ...`",
                )
                .help(format!(
                    "if the Secret is meant to sign, as cert-manager's CA issuer does with it, {}",
                    holder.origin.allow(&codes::TLS_AUTHORITY)
                ))
        }
    }
}

pub(crate) fn weak_key(position: usize, bits: usize, holder: Holder) -> Diagnostic {
    diagnostic!(TLS_WEAK, "{} has an RSA key of {bits} bits", holder.certificate(position))
        .note(
            "browsers, and OpenSSL as Debian sets it up, refuse RSA keys below 2048 bits; Go since \
             1.24 those below 1024",
        )
        .help("reissue it for an ECDSA P-256 key or an RSA key of 2048 bits or more")
}

pub(crate) fn weak_signature(position: usize, hash: &str, holder: Holder) -> Diagnostic {
    diagnostic!(TLS_WEAK, "{} is signed with {hash}", holder.certificate(position))
        .note(format!(
            "others can forge such a signature: Go, OpenSSL 3 and browsers refuse {hash}"
        ))
        .help("reissue it with a signature of SHA-256 or better")
}

/// Why a `ca.crt` without a certificate is worse than none.
const TRUSTS_NOBODY: &str = "clients that read it then trust no one, and refuse every connection";

pub(crate) fn authority_not_pem(fault: PemFault) -> Diagnostic {
    not_pem(&codes::TLS_CA, &AUTHORITY, fault).note(TRUSTS_NOBODY)
}

pub(crate) fn authority_other_block(kind: BlockKind, holder: Holder) -> Diagnostic {
    no_certificate(&codes::TLS_CA, "`ca.crt`", kind, leave_out(holder)).note(TRUSTS_NOBODY)
}

pub(crate) fn authority_key(line: usize, holder: Holder) -> Diagnostic {
    diagnostic!(TLS_CA, "a private key is in line {line} of `ca.crt`")
        .note(
            "`ca.crt` is what everybody may read; with the key of an authority one can sign \
             certificates for any name",
        )
        .help("remove it; if others could read it already, make a new authority")
        .help(leave_out(holder))
}

pub(crate) fn unreadable(code: &'static Code, position: usize, holder: Holder) -> Diagnostic {
    Diagnostic::new(code, format!("{} can't be read", holder.certificate(position)))
        .note(
            "its PEM is in order, but what it encodes is no certificate; Go passes over it or \
             sends it on as it is, OpenSSL refuses the file",
        )
        .help("copy it anew; `openssl x509 -noout -text -in CERT` shows what is in it")
}

pub(crate) fn no_authority(holder: Holder) -> Diagnostic {
    diagnostic!(TLS_CA, "`ca.crt` holds no certificate of an authority")
        .note(
            "most clients verify nothing with a certificate that may not sign others (no \
             `CA:TRUE`) and did not sign itself",
        )
        .help(format!(
            "the server's certificate belongs into {}; {}",
            holder.fields().0,
            leave_out(holder)
        ))
}

fn leave_out(holder: Holder) -> String {
    format!("give the certificate of the authority to {}, or leave it out", holder.fields().1)
}
