//! Words for what is wrong with TLS certificates and private keys.

pub(crate) mod lints;
pub(crate) mod pem;

use super::{Algorithm, CertificateFault, Curve, KeyFault, PairHalf, TlsFault};
use crate::check::subject::Origin;
use crate::diag::{Code, Diagnostic, codes, diagnostic};
use crate::go::pem::BlockKind;
use pem::not_pem;

const CHECK_KEY: &str = "copy the file again; `openssl pkey -check -noout -in KEY` checks it";

/// What to say beside the value to look at first and beside the other one, if that belongs to the
/// fault too.
pub(crate) fn labels(fault: &TlsFault) -> Option<(&'static str, &'static str)> {
    match fault {
        TlsFault::Swapped => Some(("contains the private key", "contains the certificate")),
        TlsFault::OtherCertificate { .. } => Some(("the certificate", "the private key")),
        TlsFault::Mismatch { .. } => Some(("the private key", "the certificate")),
        _ => None,
    }
}

/// A TLS fault as a diagnostic without places. A check that could not be made comes out as a note.
pub(crate) fn tls(fault: &TlsFault, origin: Origin) -> Diagnostic {
    let (cert, key) = match origin {
        Origin::Spec => ("`cert`", "`key`"),
        Origin::Manifest => ("`tls.crt`", "`tls.key`"),
    };
    let first = |found: &[BlockKind]| found.first().copied().unwrap_or(BlockKind::Other);
    match fault {
        TlsFault::NotPem(half, fault) => match half {
            PairHalf::Certificate => {
                not_pem(&codes::TLS_CERTIFICATE, "`tls.crt`", "CERTIFICATE", *fault)
            }
            PairHalf::Key => not_pem(&codes::TLS_KEY, "`tls.key`", "PRIVATE KEY", *fault),
        },
        TlsFault::Swapped => diagnostic!(TLS_PAIR, "`tls.crt` and `tls.key` are swapped")
            .help(format!("swap the values of {cert} and {key}")),
        TlsFault::NoCertificate(found) => {
            let give = format!(
                "set {cert} to the certificate, which is between `-----BEGIN CERTIFICATE-----` and \
                 `-----END CERTIFICATE-----`; the private key belongs in {key}"
            );
            no_certificate(&codes::TLS_CERTIFICATE, "`tls.crt`", first(found), &give)
        }
        TlsFault::NoKey(found) => {
            let what = article(first(found));
            diagnostic!(TLS_KEY, "`tls.key` contains {what}, not a private key").help(format!(
                "set {key} to the private key, which is between `-----BEGIN PRIVATE KEY-----` and \
                 `-----END PRIVATE KEY-----`; the certificate belongs in {cert}"
            ))
        }
        TlsFault::Certificate(fault) => certificate(*fault),
        TlsFault::UnsupportedCertificate(kind) => unsupported(PairHalf::Certificate, *kind),
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
            true => format!("both are {key}, but their public keys differ"),
            false => format!(
                "the certificate is for {}, the private key is {}",
                a_key(*certificate),
                a_key(*key)
            ),
        })
        .help(
            "use the key that the certificate was requested with; a renewal may have changed both",
        )
        .help(
            "compare the output of `openssl x509 -noout -pubkey -in CERT` and `openssl pkey \
             -pubout -in KEY`: a pair prints the same",
        ),
        TlsFault::CannotVerify(algorithm) => diagnostic!(
            LEFT_OUT,
            "whether `tls.key` belongs to `tls.crt` was not checked: the key is {}",
            a_key(*algorithm)
        )
        .note("mintage can't compute its public key"),
    }
}

/// A value that holds blocks, and no certificate; the kind of the first one.
fn no_certificate(code: &'static Code, name: &str, kind: BlockKind, give: &str) -> Diagnostic {
    let message = format!("{name} contains {}, not a certificate", article(kind));
    Diagnostic::new(code, message).help(match kind {
        BlockKind::OpenSslCertificate => "convert it: `openssl x509 -in CERT -out CERT.pem`",
        BlockKind::Pkcs7 => {
            "extract the certificates: `openssl pkcs7 -print_certs -in FILE -out CERT.pem`"
        }
        BlockKind::CertificateRequest => "use the certificate that the CA issued for the request",
        _ => give,
    })
}

fn certificate(fault: CertificateFault) -> Diagnostic {
    let refused = |predicate: &str| {
        diagnostic!(TLS_CERTIFICATE, "the first certificate of `tls.crt` {predicate}")
            .note("Go rejects it, and so do most programs in a cluster")
            .help("reissue the certificate; `openssl x509 -noout -text -in CERT` shows its content")
    };
    match fault {
        CertificateFault::Malformed => diagnostic!(
            TLS_CERTIFICATE,
            "the first certificate of `tls.crt` is damaged or truncated"
        )
        .note("its PEM is valid, but it does not encode an X.509 certificate")
        .help(
            "copy the file again; `openssl x509 -noout -text -in CERT` reads it if it is complete",
        ),
        CertificateFault::TrailingData => refused("is followed by other data in its block"),
        CertificateFault::Version => refused("has a version that X.509 does not have"),
        CertificateFault::NegativeSerial => {
            refused("has a negative serial number, which RFC 5280 forbids")
        }
        CertificateFault::SignatureAlgorithm => refused("has two different signature algorithms"),
        CertificateFault::Name => {
            refused("has a subject or issuer with characters that its string type does not allow")
        }
        CertificateFault::Validity => refused("has a date that does not exist"),
        CertificateFault::PublicKey => refused("has a damaged public key"),
        CertificateFault::DuplicateExtension => refused("has an extension twice"),
        CertificateFault::Extension(name) => {
            refused(&format!("has an extension {name} that is damaged, or must not be critical"))
        }
    }
}

fn key_fault(fault: KeyFault) -> Diagnostic {
    match fault {
        KeyFault::Encrypted => diagnostic!(TLS_KEY, "`tls.key` is protected by a passphrase")
            .note("no one can type a passphrase when a server starts, so the key must not have one")
            .help(
                "remove the passphrase, and encrypt the key file instead: `openssl pkey -in \
                 KEY | mintage encrypt - -o KEY.age`",
            ),
        KeyFault::OpenSsh => diagnostic!(TLS_KEY, "`tls.key` is in OpenSSH's format")
            .note("no TLS server can read it")
            .help(
                "use the key that the certificate was requested with; convert an RSA or ECDSA key \
                 with `ssh-keygen -p -m PKCS8 -f KEY`",
            ),
        KeyFault::Unsupported(algorithm) => unsupported(PairHalf::Key, algorithm),
        KeyFault::Inconsistent(_) => diagnostic!(TLS_KEY, "`tls.key` is damaged")
            .note("its numbers do not match")
            .help(CHECK_KEY),
        KeyFault::Malformed => diagnostic!(TLS_KEY, "`tls.key` is damaged or truncated")
            .note("its PEM is valid, but it does not encode a complete private key")
            .help(CHECK_KEY),
    }
}

fn unsupported(field: PairHalf, algorithm: Algorithm) -> Diagnostic {
    let (code, what) = match field {
        PairHalf::Certificate => {
            (&codes::TLS_CERTIFICATE, "the first certificate of `tls.crt` is for")
        }
        PairHalf::Key => (&codes::TLS_KEY, "`tls.key` is"),
    };
    Diagnostic::new(code, format!("{what} {}, which Go's TLS does not use", a_key(algorithm)))
        .note("it uses RSA, Ed25519, and ECDSA on P-224, P-256, P-384 and P-521")
        .help(
            "create another key, and a certificate for it: `openssl genpkey -algorithm EC -pkeyopt \
             ec_paramgen_curve:P-256`",
        )
}

pub(crate) fn a_key(algorithm: Algorithm) -> String {
    match algorithm {
        Algorithm::Ec(Curve::Explicit) => "an ECDSA key with explicit curve parameters".into(),
        Algorithm::Ec(Curve::Unknown) => "an ECDSA key on an unusual curve".into(),
        Algorithm::Unknown => "a key of an unknown type".into(),
        Algorithm::Dsa | Algorithm::Dh => format!("a {algorithm} key"),
        _ => format!("an {algorithm} key"),
    }
}

pub(crate) fn article(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Certificate => "a certificate",
        BlockKind::OpenSslCertificate => "a certificate in OpenSSL's own format",
        BlockKind::CertificateRequest => "a certificate request",
        BlockKind::PublicKey => "a public key",
        BlockKind::Parameters => "key parameters",
        BlockKind::RevocationList => "a revocation list",
        BlockKind::Pkcs7 => "a PKCS#7 bundle",
        BlockKind::Other => "PEM of another kind",
        _ => "a private key",
    }
}
