//! Words for what is wrong with TLS certificates and private keys. Spans are the caller's:
//! [`TlsFault::field`] says which value comes first, [`TlsFault::other_field`] whether the other
//! belongs to it, [`label`] what to say beside each.

pub(crate) mod chain;
pub(crate) mod lints;
pub(crate) mod not_pem;

use super::{Algorithm, CertificateFault, Curve, KeyFault, PairHalf, TlsFault};
use crate::check::subject::Origin;
use crate::diag::{Code, Diagnostic, codes, diagnostic};
use crate::go::pem::BlockKind;
use not_pem::{CERTIFICATE, KEY};

pub(crate) use not_pem::{AUTHORITY, PemValue, not_pem};

fn subject(field: PairHalf) -> &'static PemValue {
    match field {
        PairHalf::Certificate => &CERTIFICATE,
        PairHalf::Key => &KEY,
    }
}

/// What to say beside the value `field` of a TLS fault.
pub(crate) fn label(fault: &TlsFault, field: PairHalf) -> &'static str {
    match (fault, field) {
        (TlsFault::Swapped, PairHalf::Certificate) => "holds the private key",
        (TlsFault::Swapped, PairHalf::Key) => "holds the certificate",
        (TlsFault::Mismatch { .. } | TlsFault::OtherCertificate { .. }, PairHalf::Certificate) => {
            "the certificate"
        }
        (TlsFault::Mismatch { .. } | TlsFault::OtherCertificate { .. }, PairHalf::Key) => {
            "the private key"
        }
        _ => "",
    }
}

/// A TLS fault as a diagnostic without places. A check that could not be made comes out as a note.
pub(crate) fn tls(fault: &TlsFault, origin: Origin) -> Diagnostic {
    let (cert, key) = fields(origin);
    match fault {
        TlsFault::NotPem(field, fault) => not_pem(code_of(*field), subject(*field), *fault, origin),
        TlsFault::Swapped => diagnostic!(
            TLS_PAIR,
            "`tls.crt` holds a private key, and `tls.key` a certificate"
        )
        .help(format!(
            "the two are swapped: give the value of {key} to {cert}, and that of {cert} to {key}"
        )),
        TlsFault::NoCertificate(found) => no_certificate(found, origin),
        TlsFault::NoKey(found) => no_key(found, origin),
        TlsFault::Certificate(fault) => certificate(*fault),
        TlsFault::UnsupportedCertificate(algorithm) => {
            unsupported(PairHalf::Certificate, *algorithm)
        }
        TlsFault::Key(fault) => key_fault(*fault, origin),
        TlsFault::OtherCertificate { position, count } => {
            let message = format!(
                "`tls.key` belongs to certificate {position} of {count} in `tls.crt`, not to the \
                 first"
            );
            diagnostic!(TLS_PAIR, "{message}")
                .note(
                    "the certificate of the server comes first, each next one is the issuer of the \
                     one before it (RFC 8446 section 4.4.2)",
                )
                .help(format!("move certificate {position} to the top of `tls.crt`"))
        }
        TlsFault::Mismatch { certificate, key } => mismatch(*certificate, *key),
        TlsFault::CannotVerify(algorithm) => diagnostic!(
            LEFT_OUT,
            "whether `tls.key` belongs to `tls.crt` was not checked: the key is {}",
            a_key(*algorithm)
        )
        .note("its public key can't be worked out here"),
    }
}

/// What the certificate and the key are called where the Secret is written.
fn fields(origin: Origin) -> (&'static str, &'static str) {
    match origin {
        Origin::Spec => ("`cert`", "`key`"),
        Origin::Manifest => ("`tls.crt`", "`tls.key`"),
    }
}

fn code_of(field: PairHalf) -> &'static Code {
    match field {
        PairHalf::Certificate => &codes::TLS_CERTIFICATE,
        PairHalf::Key => &codes::TLS_KEY,
    }
}

fn no_certificate(found: &[BlockKind], origin: Origin) -> Diagnostic {
    let (cert, key) = fields(origin);
    let kind = found.first().copied().unwrap_or(BlockKind::Other);
    let message = match kind {
        BlockKind::OpenSslCertificate => format!("`tls.crt` holds {}", article(kind)),
        _ => format!("`tls.crt` holds {}, not a certificate", article(kind)),
    };
    let error = diagnostic!(TLS_CERTIFICATE, "{message}");
    match kind {
        _ if kind.is_private_key() => error
            .help(format!("give the certificate to {cert}; the private key belongs into {key}")),
        BlockKind::OpenSslCertificate => error
            .note("Go reads blocks labelled `CERTIFICATE` only")
            .help("convert it: `openssl x509 -in CERT -out CERT.pem`"),
        BlockKind::CertificateRequest => error
            .note("a request is what one sends to an authority, which makes a certificate of it")
            .help("give the certificate that came back"),
        BlockKind::PublicKey => {
            error.help("give the certificate, which holds this public key and says whose it is")
        }
        BlockKind::Pkcs7 => error.help(
            "take the certificates out of it: `openssl pkcs7 -print_certs -in FILE -out CERT.pem`",
        ),
        _ => error.help(
            "a certificate stands between `-----BEGIN CERTIFICATE-----` and `-----END \
             CERTIFICATE-----`",
        ),
    }
}

fn no_key(found: &[BlockKind], origin: Origin) -> Diagnostic {
    let (cert, key) = fields(origin);
    let kind = found.first().copied().unwrap_or(BlockKind::Other);
    let error = diagnostic!(TLS_KEY, "`tls.key` holds {}, not a private key", article(kind));
    match kind {
        BlockKind::Certificate => error
            .help(format!("give the private key to {key}; the certificate belongs into {cert}")),
        BlockKind::Parameters => error
            .note("they only name the curve or group of a key")
            .help("give the file that has the `PRIVATE KEY` block too"),
        BlockKind::PublicKey => error.help("give the private key that it was made from"),
        BlockKind::CertificateRequest => {
            error.help("give the private key that the request was made with")
        }
        _ => error.help(
            "a private key stands between `-----BEGIN PRIVATE KEY-----` and `-----END PRIVATE \
             KEY-----`",
        ),
    }
}

fn certificate(fault: CertificateFault) -> Diagnostic {
    let error = |message: String| diagnostic!(TLS_CERTIFICATE, "{message}");
    let what = "the first certificate of `tls.crt`";
    let again = "reissue the certificate; `openssl x509 -noout -text -in CERT` shows what is in it";
    match fault {
        CertificateFault::Malformed => error(format!("{what} is damaged or cut off"))
            .note("its PEM is valid, but it does not encode an X.509 certificate")
            .help(
                "copy the file anew; `openssl x509 -noout -text -in CERT` reads it if it is whole",
            ),
        CertificateFault::TrailingData => {
            error(format!("something follows {what} inside its block"))
                .note("Go refuses it")
                .help("write it anew: `openssl x509 -in CERT -out CERT.pem`")
        }
        CertificateFault::Version => {
            error(format!("{what} has a version that X.509 does not have")).help(again)
        }
        CertificateFault::NegativeSerial => error(format!("{what} has a serial number below zero"))
            .note("RFC 5280 forbids it and Go refuses it since 1.23")
            .help(again),
        CertificateFault::SignatureAlgorithm => error(format!(
            "{what} names two different signature algorithms"
        ))
        .note("the one inside the signed part and the one beside the signature have to be the same")
        .help(again),
        CertificateFault::Name => error(format!(
            "the subject or issuer of {what} holds characters that its type of string does not have"
        ))
        .note("a PrintableString, for example, has no `_` and no `@`; Go refuses it")
        .help(again),
        CertificateFault::Validity => error(format!("a date of {what} does not exist")).help(again),
        CertificateFault::PublicKey => {
            error(format!("the public key in {what} is damaged")).help(again)
        }
        CertificateFault::DuplicateExtension => {
            error(format!("{what} has an extension twice")).note("Go refuses it").help(again)
        }
        CertificateFault::Extension(name) => error(format!(
            "the extension {name} of {what} is damaged, or critical where it must not be"
        ))
        .note("Go refuses it")
        .help(again),
    }
}

fn key_fault(fault: KeyFault, origin: Origin) -> Diagnostic {
    let error = |message: String| diagnostic!(TLS_KEY, "{message}");
    match fault {
        KeyFault::Encrypted => error("`tls.key` is protected by a passphrase".into())
            .note("no one can type a passphrase when a server starts: Kubernetes needs the key \
                itself")
            .help(match origin {
                Origin::Spec => "take it off, and let age protect the key instead: `openssl pkey \
                    -in KEY | age -r RECIPIENT -o KEY.age`",
                Origin::Manifest => "take it off: `openssl pkey -in KEY -out KEY.plain`",
            }),
        KeyFault::OpenSsh => error("`tls.key` is in OpenSSH's format".into()).note("no TLS server \
            reads it").help(
            "give the key that the certificate was requested with; an RSA or ECDSA key converts \
             with `ssh-keygen -p -m PKCS8 -f KEY`",
        ),
        KeyFault::Unsupported(algorithm) => unsupported(PairHalf::Key, algorithm),
        KeyFault::Inconsistent(algorithm) => {
            error(format!(
                "`tls.key` is damaged: it is {}, and its numbers do not fit together",
                a_key(algorithm)
            ))
                .note("at least one character of it is not what it was")
                .help("copy the file anew; `openssl pkey -check -noout -in KEY` checks it")
        }
        KeyFault::Malformed => error("`tls.key` is damaged or cut off".into())
            .note("its PEM is valid, but it does not encode a complete private key")
            .help("copy the file anew; `openssl pkey -check -noout -in KEY` checks it"),
    }
}

fn unsupported(field: PairHalf, algorithm: Algorithm) -> Diagnostic {
    let key = a_key(algorithm);
    let message = match field {
        PairHalf::Certificate => {
            format!("the first certificate of `tls.crt` is for {key}, which Go's TLS does not use")
        }
        PairHalf::Key => format!("`tls.key` is {key}, which Go's TLS does not use"),
    };
    let error = Diagnostic::new(code_of(field), message)
        .note("it uses RSA, Ed25519, and ECDSA on P-224, P-256, P-384 and P-521");
    match algorithm {
        Algorithm::Ec(Curve::Explicit) => error.help(
            "name the curve instead of writing out its numbers: `openssl pkey -in KEY \
             -ec_param_enc named_curve -out KEY.pem`",
        ),
        Algorithm::RsaPss => error
            .help("have the certificate issued for a plain RSA key, which can sign with PSS too"),
        _ => error.help(
            "make another key, and have a certificate issued for it: `openssl genpkey -algorithm \
             EC -pkeyopt ec_paramgen_curve:P-256`",
        ),
    }
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

fn mismatch(certificate: Algorithm, key: Algorithm) -> Diagnostic {
    let error =
        diagnostic!(TLS_PAIR, "`tls.key` is not the private key of the certificate in `tls.crt`");
    let error = if certificate == key {
        error.note(format!("both are of one kind ({key}), but with different public keys"))
    } else {
        error.note(format!(
            "the certificate is for {}, the private key is {}",
            a_key(certificate),
            a_key(key)
        ))
    };
    error
        .help(
            "give the key that the certificate was requested with; after a renewal both may be new",
        )
        .help(
            "`openssl x509 -noout -pubkey -in CERT` and `openssl pkey -pubout -in KEY` print the \
             same for a pair",
        )
}

/// A block as a thing, with its article.
pub(crate) fn article(kind: BlockKind) -> &'static str {
    match kind {
        BlockKind::Certificate => "a certificate",
        BlockKind::OpenSslCertificate => {
            "a `TRUSTED CERTIFICATE` or `X509 CERTIFICATE`, forms of OpenSSL's own"
        }
        BlockKind::CertificateRequest => "a certificate request",
        BlockKind::PublicKey => "a public key",
        BlockKind::Parameters => "key parameters",
        BlockKind::RevocationList => "a revocation list",
        BlockKind::Pkcs7 => "a PKCS#7 bundle",
        BlockKind::Other => "PEM of another kind",
        BlockKind::Pkcs8Key
        | BlockKind::EncryptedPkcs8Key
        | BlockKind::RsaKey
        | BlockKind::EcKey
        | BlockKind::DsaKey
        | BlockKind::OpenSshKey
        | BlockKind::OtherKey => "a private key",
    }
}
