//! The sentences for certificates that clients won't take: dates, names, strength, and what
//! `ca.crt` holds. Certificates are called by their position, since what is in them may come out of
//! an encrypted file; dates are no secret.

use super::not_pem::not_pem;
use super::{AUTHORITY, article};
use crate::check::subject::Origin;
use crate::check::tls::authorities::AuthorityFault;
use crate::check::tls::clients::{LeafFault, Weakness};
use crate::check::tls::form::CertificateFormFault;
use crate::check::tls::validity::{Lapse, Lapsed};
use crate::diag::phrases::plural;
use crate::diag::{Diagnostic, codes, diagnostic};
use crate::go::pem::{BlockKind, PemFaultKind};
use crate::go::time::day;
use crate::secret::kind::CA_CERT;

/// The value that a finding is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder {
    /// Its data key.
    pub data_key: &'static str,
    /// How many certificates it holds.
    pub count: usize,
    /// Who wrote the Secret.
    pub origin: Origin,
}

impl Holder {
    /// A certificate, counted from 1: "certificate 2 of 3 in `tls.crt`".
    pub(crate) fn certificate(self, position: usize) -> String {
        match self.count {
            1 => format!("the certificate in `{}`", self.data_key),
            count => format!("certificate {position} of {count} in `{}`", self.data_key),
        }
    }

    /// What the value is called where the Secret is written.
    pub(crate) fn field(self) -> &'static str {
        match (self.data_key, self.origin) {
            (CA_CERT, Origin::Spec) => "`ca`",
            (CA_CERT, Origin::Manifest) => "`ca.crt`",
            (_, Origin::Spec) => "`cert`",
            (_, Origin::Manifest) => "`tls.crt`",
        }
    }

    /// What `ca.crt` is called where the Secret is written.
    pub(crate) fn authorities(self) -> &'static str {
        match self.origin {
            Origin::Spec => "`ca`",
            Origin::Manifest => "`ca.crt`",
        }
    }
}

/// A certificate that is not valid, or not for long, at the time `at`.
pub(crate) fn lapsed(lapsed: Lapsed, at: i64, holder: Holder) -> Diagnostic {
    let Lapsed { position, lapse, seconds } = lapsed;
    let (which, date) = (holder.certificate(position), day(seconds));
    let is_authority = holder.data_key == CA_CERT;
    let renew = match is_authority {
        true => {
            "get the authority's new certificate; while it changes over, `ca.crt` may hold the old \
             and the new one"
        }
        false if position == 1 => "have it renewed, and give the new certificate with its key",
        false => "get the chain again from the issuer of the certificate",
    };
    let checked = format!("the date was checked against {}; `--at` sets another one", day(at));
    match lapse {
        Lapse::Expired => diagnostic!(TLS_EXPIRED, "{which} expired on {date}")
            .note("clients refuse the connection; Kubernetes does not look at dates")
            .note(checked)
            .help(renew),
        Lapse::Soon { days } => {
            let left = match days {
                0 => "in less than a day".to_owned(),
                days => format!("in {}", plural(usize::try_from(days).unwrap_or_default(), "day")),
            };
            diagnostic!(TLS_EXPIRES_SOON, "{which} expires on {date}, {left}")
                .note(checked)
                .help(renew)
        }
        Lapse::NotYet => diagnostic!(TLS_NOT_YET_VALID, "{which} is valid from {date} on only")
            .note("until then clients refuse the connection")
            .note(checked)
            .help("roll it out on that day or later, or have one issued that is valid now"),
    }
}

/// A first certificate that clients don't take from a server.
pub(crate) fn leaf(fault: LeafFault, holder: Holder) -> Diagnostic {
    let which = holder.certificate(1);
    match fault {
        LeafFault::NoNames => diagnostic!(TLS_NAMES, "{which} is not for any host name")
        .note(
            "it has no subject alternative name, and neither Go nor browsers look at the common \
             name",
        )
        .help(
            "reissue it with its host names: `openssl req -addext \
             subjectAltName=DNS:www.example.com ...`",
        )
        .help(
            "if only clients use it, reissue it with `extendedKeyUsage=clientAuth`, which needs no \
             names",
        ),
        LeafFault::Authority { self_signed, for_hosts } => {
            let message = match self_signed {
                true => format!("{which} is an authority's, signed by itself"),
                false => format!("{which} is an authority's, not a server's"),
            };
            let found = diagnostic!(TLS_AUTHORITY, "{message}");
            let found = match for_hosts {
                true => found
                    .note(
                        "it may sign other certificates (`CA:TRUE`), so anyone who trusts this \
                         certificate trusts its key for every host name",
                    )
                    .note("rustls and Firefox refuse it from a server"),
                false => found.note(
                    "it may sign other certificates (`CA:TRUE`), and is for no host name itself",
                ),
            };
            let found = match (self_signed, for_hosts) {
                (false, _) => found.help(
                    "give the certificate that was issued to the server, before those of its \
                     issuers",
                ),
                (true, true) => found.help(
                    "for development, make it with `openssl req -x509 -addext \
                     basicConstraints=critical,CA:FALSE ...`",
                ),
                (true, false) => found.help(
                    "for a server in development, make it with `openssl req -x509 -addext \
                     basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:www.example.com \
                     ...`",
                ),
            };
            let allow = holder.origin.allow(&codes::TLS_AUTHORITY);
            found.help(match for_hosts {
                true => format!(
                    "if the Secret is meant to sign, as cert-manager's CA issuer does with it, \
                     {allow}"
                ),
                false => format!(
                    "if the Secret is meant to sign, as cert-manager's CA issuer does with it, let \
                     its name say so, such as `shop-ca`, or {allow}"
                ),
            })
        }
    }
}

/// A certificate that is too weak.
pub(crate) fn weakness(weakness: Weakness, holder: Holder) -> Diagnostic {
    match weakness {
        Weakness::Key { position, bits } => {
            let message = format!("{} has an RSA key of {bits} bits", holder.certificate(position));
            let refused = match bits {
                ..1024 => {
                    "Go refuses RSA keys below 1024 bits since 1.24; browsers, and OpenSSL as \
                     Debian sets it up, those below 2048"
                }
                _ => "browsers, and OpenSSL as Debian sets it up, refuse RSA keys below 2048 bits",
            };
            diagnostic!(TLS_WEAK, "{message}")
                .note(refused)
                .help("reissue it for an ECDSA P-256 key or an RSA key of 2048 bits or more")
        }
        Weakness::Signature { position, hash } => {
            let message = format!("{} is signed with {hash}", holder.certificate(position));
            diagnostic!(TLS_WEAK, "{message}")
                .note(format!(
                    "others can forge such a signature: Go, OpenSSL 3 and browsers refuse {hash}"
                ))
                .help("reissue it with a signature of SHA-256 or better")
        }
    }
}

/// A `ca.crt` that is of no use.
pub(crate) fn authorities(fault: AuthorityFault, holder: Holder) -> Diagnostic {
    let found = |message: String| diagnostic!(TLS_CA, "{message}");
    let why = "clients that read it then trust no one, and refuse every connection";
    let leave_out =
        format!("give the certificate of the authority to {}, or leave it out", holder.field());
    match fault {
        AuthorityFault::NotPem(fault) => {
            not_pem(&codes::TLS_CA, &AUTHORITY, fault, holder.origin).note(why)
        }
        AuthorityFault::NoCertificate(kind) => {
            let found =
                found(format!("`ca.crt` holds {}, not a certificate", article(kind))).note(why);
            match kind {
                BlockKind::OpenSslCertificate => {
                    found.help("convert it: `openssl x509 -in CERT -out CERT.pem`")
                }
                BlockKind::Pkcs7 => found.help(
                    "take the certificates out of it: `openssl pkcs7 -print_certs -in FILE -out \
                     CERT.pem`",
                ),
                _ => found.help(leave_out),
            }
        }
        AuthorityFault::PrivateKey { line } => found(format!(
            "a private key is in line {line} of `ca.crt`"
        ))
        .note(
            "`ca.crt` is what everybody may read; with the key of an authority one can sign \
             certificates for any name",
        )
        .help("remove it; if others could read it already, make a new authority")
        .help(leave_out),
        AuthorityFault::Unreadable { position, .. } => {
            found(format!("{} can't be read", holder.certificate(position)))
                .note(
                    "its PEM is in order, but what it encodes is no certificate that Go takes; Go \
                     passes over it, OpenSSL may refuse the file",
                )
                .help("copy it anew; `openssl x509 -noout -text -in CERT` shows what is in it")
        }
        AuthorityFault::NoAuthority => {
            let message = match holder.count {
                1 => "the certificate in `ca.crt` is not an authority's".to_owned(),
                _ => "no certificate in `ca.crt` is an authority's".to_owned(),
            };
            found(message)
                .note(
                    "it may not sign others (no `CA:TRUE`) and did not sign itself, so most \
                     clients verify nothing with it",
                )
                .help(format!(
                    "the server's certificate belongs into {}; {leave_out}",
                    match holder.origin {
                        Origin::Spec => "`cert`",
                        Origin::Manifest => "`tls.crt`",
                    }
                ))
        }
    }
}

/// The finding for a fault, without a place.
pub(crate) fn form(fault: CertificateFormFault, holder: Holder) -> Diagnostic {
    let found = |message: String| diagnostic!(TLS_PEM, "{message}");
    let key = holder.data_key;
    let rewrite = "write it anew: `openssl x509 -in CERT -out CERT.pem` for each certificate, then \
        `cat` them in their order";
    match fault {
        CertificateFormFault::EmptyLine { line } => found(format!(
            "the block at line {line} of `{key}` has an empty line in it"
        ))
        .note(
            "OpenSSL refuses the whole file for it, and with it nginx, HAProxy and Python; Go \
             reads on",
        )
        .help(
            "remove the empty lines between `-----BEGIN CERTIFICATE-----` and `-----END \
             CERTIFICATE-----`",
        ),
        CertificateFormFault::Header { line } => found(format!(
            "the block at line {line} of `{key}` has a header"
        ))
        .note("a line with `:` stands after its `BEGIN` line")
        .note(
            "OpenSSL refuses the whole file for it, and Go leaves the block out where it looks for \
             authorities",
        )
        .help(rewrite),
        CertificateFormFault::PassedOver { fault, more } => {
            let line = fault.line;
            let others = if more == 0 {
                String::new()
            } else {
                format!(", and {} like it", plural(more, "other"))
            };
            let found =
                found(format!("the block at line {line} of `{key}` {}{others}", what(fault.kind)))
                    .note(readers(fault.kind));
            match fault.kind {
                PemFaultKind::Indented => found.help("remove the blanks that its lines start with"),
                PemFaultKind::EscapedLineBreaks | PemFaultKind::LineBreaksLost => found.help(
                    "write `BEGIN` and `END` as lines of their own, with the base64 in lines \
                     between them",
                ),
                PemFaultKind::NotAtLineStart => found.help(
                    "start a new line before `-----BEGIN`: two files may have been joined without \
                     a line break between them",
                ),
                PemFaultKind::ByteOrderMark => {
                    found.help("save the file that was appended as UTF-8 without BOM")
                }
                _ => found.help(
                    "copy the block anew, from `-----BEGIN CERTIFICATE-----` to `-----END \
                     CERTIFICATE-----`",
                ),
            }
        }
        CertificateFormFault::OpenSslForm { line } => found(format!(
            "the certificate at line {line} of `{key}` is in OpenSSL's own form, which Go passes \
             over"
        ))
        .note(
            "its block is labelled `TRUSTED CERTIFICATE` or `X509 CERTIFICATE`; Go reads \
             `CERTIFICATE` only",
        )
        .help("convert it: `openssl x509 -in CERT -out CERT.pem`"),
        CertificateFormFault::PrivateKey { line } => found(format!(
            "a private key is in line {line} of `{key}`"
        ))
        .note(format!(
            "readers of certificates pass over it, but `{key}` is what gets shown and copied as \
             public"
        ))
        .help(match holder.origin {
            Origin::Spec => {
                "leave the key in `key` only; a file with both is for programs that read one file"
            }
            Origin::Manifest => {
                "leave the key in `tls.key` only; a file with both is for programs that read one \
                 file"
            }
        }),
        CertificateFormFault::NoFinalNewline => found(format!(
            "the last line of `{key}` has no end"
        ))
        .note(
            "where a program puts `ca.crt` behind it, as `cat tls.crt ca.crt` does, an `END` and a \
             `BEGIN` share a line",
        )
        .note("Go then reads neither of the two, OpenSSL refuses the file")
        .help(match holder.origin {
            Origin::Spec => "leave `trim` out, or end the file with a line break",
            Origin::Manifest => "end it with a line break: in `stringData`, write `|` and not `|-`",
        }),
    }
}

/// What programs do about a block that Go does not read.
fn readers(kind: PemFaultKind) -> &'static str {
    match kind {
        PemFaultKind::ByteOrderMark => "Go passes over it without a word, OpenSSL reads it",
        // A sound `BEGIN` line binds OpenSSL.
        PemFaultKind::NoEnd | PemFaultKind::OtherEnd | PemFaultKind::BadBase64 => {
            "Go passes over it without a word, OpenSSL refuses the whole file"
        }
        _ => "Go passes over it without a word; so does OpenSSL, or it refuses the whole file",
    }
}

/// What is wrong with a block, after "the block at line N of `tls.crt`".
fn what(kind: PemFaultKind) -> &'static str {
    match kind {
        PemFaultKind::ByteOrderMark => "has a byte order mark before it",
        PemFaultKind::Indented => "is indented",
        PemFaultKind::NotAtLineStart => "does not start at the start of its line",
        PemFaultKind::EscapedLineBreaks => {
            "has `\\n` for its line breaks, a backslash and a letter"
        }
        PemFaultKind::LineBreaksLost => "has lost its line breaks",
        PemFaultKind::NoEnd => "has no `END` line",
        PemFaultKind::OtherEnd => "begins as one thing and ends as another",
        PemFaultKind::BadMarker => "has a damaged `BEGIN` or `END` line",
        PemFaultKind::BadBase64 => "is not base64",
        // These are about texts without any block.
        PemFaultKind::Empty
        | PemFaultKind::NoPem
        | PemFaultKind::Der
        | PemFaultKind::Pkcs12
        | PemFaultKind::JavaKeystore
        | PemFaultKind::Pkcs7
        | PemFaultKind::Base64OfPem
        | PemFaultKind::Utf16 => "is not PEM",
    }
}
