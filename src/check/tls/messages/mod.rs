//! Words for what is wrong with TLS certificates and private keys.

pub(crate) mod lints;
pub(crate) mod pem;

use super::{Algorithm, CertificateFault, Curve, KeyFault, PairHalf, TlsFault};
use crate::check::subject::Origin;
use crate::diag::{Code, Diagnostic, codes, diagnostic};
use crate::go::pem::BlockKind;
use pem::{CERTIFICATE, KEY, not_pem};

const CHECK_KEY: &str = "copy the file anew; `openssl pkey -check -noout -in KEY` checks it";

/// What to say beside the value to look at first and beside the other one, if that belongs to the
/// fault too.
pub(crate) fn labels(fault: &TlsFault) -> Option<(&'static str, &'static str)> {
    match fault {
        TlsFault::Swapped => Some(("holds the private key", "holds the certificate")),
        TlsFault::OtherCertificate { .. } => Some(("the certificate", "the private key")),
        TlsFault::Mismatch { .. } => Some(("the private key", "the certificate")),
        _ => None,
    }
}

/// A TLS fault as a diagnostic without places. A check that could not be made comes out as a note.
pub(crate) fn tls(fault: &TlsFault, origin: Origin) -> Diagnostic {
    // What the two are called where the Secret is written.
    let (cert, key) = match origin {
        Origin::Spec => ("`cert`", "`key`"),
        Origin::Manifest => ("`tls.crt`", "`tls.key`"),
    };
    match fault {
        TlsFault::NotPem(field, fault) => {
            let value = if *field == PairHalf::Certificate { CERTIFICATE } else { KEY };
            not_pem(code_of(*field), &value, *fault)
        }
        TlsFault::Swapped => diagnostic!(
            TLS_PAIR,
            "`tls.crt` holds a private key, and `tls.key` a certificate"
        )
        .help(format!(
            "the two are swapped: give the value of {key} to {cert}, and that of {cert} to {key}"
        )),
        TlsFault::NoCertificate(found) => {
            let kind = found.first().copied().unwrap_or(BlockKind::Other);
            let give = format!(
                "give the certificate to {cert}, and the private key to {key}; a certificate \
                 stands between `-----BEGIN CERTIFICATE-----` and `-----END CERTIFICATE-----`"
            );
            no_certificate(&codes::TLS_CERTIFICATE, "`tls.crt`", kind, give)
        }
        TlsFault::NoKey(found) => {
            let kind = found.first().copied().unwrap_or(BlockKind::Other);
            diagnostic!(TLS_KEY, "`tls.key` holds {}, not a private key", article(kind)).help(
                format!(
                    "give the private key to {key}, and the certificate to {cert}; a private key \
                     stands between `-----BEGIN PRIVATE KEY-----` and `-----END PRIVATE KEY-----`"
                ),
            )
        }
        TlsFault::Certificate(fault) => certificate(*fault),
        TlsFault::UnsupportedCertificate(algorithm) => {
            unsupported(PairHalf::Certificate, *algorithm)
        }
        TlsFault::Key(fault) => key_fault(*fault),
        TlsFault::OtherCertificate { position, count } => diagnostic!(
            TLS_PAIR,
            "`tls.key` belongs to certificate {position} of {count} in `tls.crt`, not to the first"
        )
        .note(lints::ORDER)
        .help(format!("move certificate {position} to the top of `tls.crt`")),
        TlsFault::Mismatch { certificate, key } => diagnostic!(
            TLS_PAIR,
            "`tls.key` is not the private key of the certificate in `tls.crt`"
        )
        .note(match certificate == key {
            true => format!("both are of one kind ({key}), but with different public keys"),
            false => format!(
                "the certificate is for {}, the private key is {}",
                a_key(*certificate),
                a_key(*key)
            ),
        })
        .help(
            "give the key that the certificate was requested with; after a renewal both may be new",
        )
        .help(
            "`openssl x509 -noout -pubkey -in CERT` and `openssl pkey -pubout -in KEY` print the \
             same for a pair",
        ),
        TlsFault::CannotVerify(algorithm) => diagnostic!(
            LEFT_OUT,
            "whether `tls.key` belongs to `tls.crt` was not checked: the key is {}",
            a_key(*algorithm)
        )
        .note("its public key can't be worked out here"),
    }
}

fn code_of(field: PairHalf) -> &'static Code {
    match field {
        PairHalf::Certificate => &codes::TLS_CERTIFICATE,
        PairHalf::Key => &codes::TLS_KEY,
    }
}

/// A value that holds blocks, and no certificate; the kind of the first one.
fn no_certificate(code: &'static Code, name: &str, kind: BlockKind, give: String) -> Diagnostic {
    let message = format!("{name} holds {}, not a certificate", article(kind));
    Diagnostic::new(code, message).help(match kind {
        BlockKind::OpenSslCertificate => {
            "convert it to what Go reads: `openssl x509 -in CERT -out CERT.pem`".to_owned()
        }
        BlockKind::Pkcs7 => {
            "take the certificates out of it: `openssl pkcs7 -print_certs -in FILE -out CERT.pem`"
                .to_owned()
        }
        BlockKind::CertificateRequest => {
            "give the certificate that the authority made of the request".to_owned()
        }
        _ => give,
    })
}

fn certificate(fault: CertificateFault) -> Diagnostic {
    let refused = |predicate: &str| {
        diagnostic!(TLS_CERTIFICATE, "the first certificate of `tls.crt` {predicate}")
            .note("Go refuses it, and with it most of what runs in a cluster")
            .help(
                "reissue the certificate; `openssl x509 -noout -text -in CERT` shows what is in it",
            )
    };
    match fault {
        CertificateFault::Malformed => {
            diagnostic!(TLS_CERTIFICATE, "the first certificate of `tls.crt` is damaged or cut off")
                .note("its PEM is valid, but it does not encode an X.509 certificate")
                .help(
                    "copy the file anew; `openssl x509 -noout -text -in CERT` reads it if it is \
                     whole",
                )
        }
        CertificateFault::TrailingData => refused("has something behind it inside its block"),
        CertificateFault::Version => refused("has a version that X.509 does not have"),
        CertificateFault::NegativeSerial => {
            refused("has a serial number below zero, which RFC 5280 forbids")
        }
        CertificateFault::SignatureAlgorithm => refused("names two different signature algorithms"),
        CertificateFault::Name => {
            refused("has a subject or issuer with characters that its type of string does not have")
        }
        CertificateFault::Validity => refused("has a date that does not exist"),
        CertificateFault::PublicKey => refused("has a damaged public key"),
        CertificateFault::DuplicateExtension => refused("has an extension twice"),
        CertificateFault::Extension(name) => refused(&format!(
            "has an extension {name} that is damaged, or critical where it must not be"
        )),
    }
}

fn key_fault(fault: KeyFault) -> Diagnostic {
    match fault {
        KeyFault::Encrypted => diagnostic!(TLS_KEY, "`tls.key` is protected by a passphrase")
            .note(
                "no one can type a passphrase when a server starts: Kubernetes needs the key \
                 itself",
            )
            .help(
                "remove it, and let age encrypt the key instead: `openssl pkey -in KEY | age -r \
                 RECIPIENT -o KEY.age`",
            ),
        KeyFault::OpenSsh => diagnostic!(TLS_KEY, "`tls.key` is in OpenSSH's format")
            .note("no TLS server reads it")
            .help(
                "give the key that the certificate was requested with; an RSA or ECDSA key \
                 converts with `ssh-keygen -p -m PKCS8 -f KEY`",
            ),
        KeyFault::Unsupported(algorithm) => unsupported(PairHalf::Key, algorithm),
        KeyFault::Inconsistent(algorithm) => diagnostic!(
            TLS_KEY,
            "`tls.key` is damaged: it is {}, and its numbers do not fit together",
            a_key(algorithm)
        )
        .help(CHECK_KEY),
        KeyFault::Malformed => diagnostic!(TLS_KEY, "`tls.key` is damaged or cut off")
            .note("its PEM is valid, but it does not encode a complete private key")
            .help(CHECK_KEY),
    }
}

fn unsupported(field: PairHalf, algorithm: Algorithm) -> Diagnostic {
    let what = match field {
        PairHalf::Certificate => "the first certificate of `tls.crt` is for",
        PairHalf::Key => "`tls.key` is",
    };
    let message = format!("{what} {}, which Go's TLS does not use", a_key(algorithm));
    Diagnostic::new(code_of(field), message)
        .note("it uses RSA, Ed25519, and ECDSA on P-224, P-256, P-384 and P-521")
        .help(match algorithm {
            Algorithm::Ec(Curve::Explicit) => {
                "name the curve instead of writing out its numbers: `openssl pkey -in KEY \
                 -ec_param_enc named_curve -out KEY.pem`"
            }
            _ => {
                "make another key, and have a certificate issued for it: `openssl genpkey \
                 -algorithm EC -pkeyopt ec_paramgen_curve:P-256`"
            }
        })
}

/// A key of an algorithm, with its article.
pub(crate) fn a_key(algorithm: Algorithm) -> String {
    match algorithm {
        Algorithm::Ec(Curve::Explicit) => "an ECDSA key with explicit curve parameters".into(),
        Algorithm::Ec(Curve::Unknown) => "an ECDSA key on an unusual curve".into(),
        Algorithm::Unknown => "a key of an unknown kind".into(),
        Algorithm::Dsa | Algorithm::Dh => format!("a {algorithm} key"),
        _ => format!("an {algorithm} key"),
    }
}

/// A block as a thing, with its article.
pub(crate) fn article(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Certificate => "a certificate",
        BlockKind::OpenSslCertificate => "a certificate in OpenSSL's own form",
        BlockKind::CertificateRequest => "a certificate request",
        BlockKind::PublicKey => "a public key",
        BlockKind::Parameters => "key parameters",
        BlockKind::RevocationList => "a revocation list",
        BlockKind::Pkcs7 => "a PKCS#7 bundle",
        BlockKind::Other => "PEM of another kind",
        _ => "a private key",
    }
}
