//! Words for values that should be PEM and are not, and for certificates that not every program
//! reads.

use crate::check::tls::form::CertificateFormFault;
use crate::diag::{Code, Diagnostic, diagnostic};
use crate::go::pem::{PemFault, PemFaultKind};

/// For a value that messages call `name`, and that should be PEM with this label.
pub(crate) fn not_pem(
    code: &'static Code,
    name: &str,
    label: &'static str,
    fault: PemFault,
) -> Diagnostic {
    let (noun, command, part) = match label {
        "CERTIFICATE" => ("certificate", "x509", "-nokeys"),
        _ => ("private key", "pkey", "-nodes -nocerts"),
    };
    let shape = format!(
        "use a PEM {noun}: base64 lines between `-----BEGIN {label}-----` and `-----END \
         {label}-----`"
    );
    if let Some((predicate, help)) = block(fault.kind) {
        let message = format!("the block at line {} of {name} {predicate}", fault.line);
        return Diagnostic::new(code, message).help(help);
    }
    let (predicate, help) = match fault.kind {
        PemFaultKind::Empty => ("is empty", shape),
        PemFaultKind::Der => (
            "is DER, the binary form",
            format!("convert it: `openssl {command} -inform der -in FILE -out FILE.pem`"),
        ),
        PemFaultKind::Pkcs12 => (
            "is a PKCS#12 file (`.p12`, `.pfx`)",
            format!("extract the {noun}: `openssl pkcs12 -in FILE {part} -out FILE.pem`"),
        ),
        PemFaultKind::JavaKeystore => (
            "is a Java keystore",
            format!(
                "convert it: `keytool -importkeystore -srckeystore FILE -destkeystore FILE.p12 \
                 -deststoretype pkcs12`, then `openssl pkcs12 -in FILE.p12 {part} -out FILE.pem`"
            ),
        ),
        PemFaultKind::Pkcs7 => (
            "is a PKCS#7 file (`.p7b`), which contains only certificates",
            "extract the certificates: `openssl pkcs7 -inform der -in FILE -print_certs -out \
             FILE.pem`"
                .to_owned(),
        ),
        PemFaultKind::Base64OfPem => (
            "is base64-encoded PEM",
            "decode it: `base64 -d FILE > FILE.pem`, or `decode = \"base64\"` in a spec".to_owned(),
        ),
        PemFaultKind::Utf16 => {
            ("is UTF-16", "convert it: `iconv -f utf-16 -t utf-8 FILE > FILE.pem`".to_owned())
        }
        _ => return Diagnostic::new(code, format!("{name} does not contain a {noun}")).help(shape),
    };
    Diagnostic::new(code, format!("{name} {predicate}")).help(help)
}

/// What is wrong with a block, after "the block at line 1 of `tls.crt`", and what to do about it.
/// Nothing for faults of texts without any block.
fn block(kind: PemFaultKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        PemFaultKind::ByteOrderMark => {
            ("has a byte order mark before it", "save the file as UTF-8 without BOM")
        }
        PemFaultKind::Indented => ("is indented", "remove the spaces at the start of its lines"),
        PemFaultKind::NotAtLineStart => (
            "has text before it on its first line",
            "remove the text before `-----BEGIN`, including quotes, or end the line before it: two \
             files may have been joined without a line break between them",
        ),
        PemFaultKind::EscapedLineBreaks => (
            "has `\\n` for its line breaks, a backslash and a letter",
            "write real line breaks: `printf '%b' \"$(cat FILE)\"` converts a file",
        ),
        PemFaultKind::LineBreaksLost => (
            "has lost its line breaks",
            "put `BEGIN` and `END` on their own lines: between `'''` in TOML, after `|` in YAML, \
             and with `\"$VALUE\"` in a shell",
        ),
        PemFaultKind::NoEnd => ("has no `END` line", "copy all of it, including its last line"),
        PemFaultKind::OtherEnd => (
            "has a `BEGIN` and an `END` line that do not match",
            "copy it again: lines may be missing, or two blocks mixed up",
        ),
        PemFaultKind::BadMarker => (
            "has a damaged `BEGIN` or `END` line",
            "write both lines with five dashes at both ends, and nothing after them",
        ),
        PemFaultKind::BadBase64 => {
            ("is not base64", "copy it again: a character is wrong, missing or extra")
        }
        _ => return None,
    })
}

pub(crate) const END_LINE: &str =
    "end it with a line break: remove `trim` in a spec, and write `|` instead of `|-` in YAML";

pub(crate) fn form(fault: CertificateFormFault, key: &str) -> Diagnostic {
    let at = |line: usize, predicate: &str| {
        diagnostic!(TLS_PEM, "the block at line {line} of `{key}` {predicate}")
    };
    match fault {
        CertificateFormFault::EmptyLine { line } => at(line, "has an empty line in it")
            .note(
                "because of it, OpenSSL, nginx, HAProxy and Python reject the whole file; Go \
                 ignores it",
            )
            .help("remove the empty lines between its `BEGIN` and `END` lines"),
        CertificateFormFault::Header { line } => at(line, "has a header, a line with `:`")
            .note(
                "because of it, OpenSSL rejects the whole file, and Go skips the block when it \
                 looks for CA certificates",
            )
            .help(
                "rewrite it: `openssl x509 -in CERT -out CERT.pem` for each certificate, then \
                 `cat` them in order",
            ),
        CertificateFormFault::PassedOver { fault } => {
            let (predicate, help) = block(fault.kind)
                .unwrap_or(("is not PEM", "copy all of it, including its `BEGIN` and `END` lines"));
            at(fault.line, predicate)
                .note("Go silently skips it, and OpenSSL may reject the whole file")
                .help(help)
        }
        CertificateFormFault::OpenSslForm { line } => {
            at(line, "is in OpenSSL's own format, which Go skips")
                .note(
                    "it is labeled `TRUSTED CERTIFICATE` or `X509 CERTIFICATE`; Go reads only \
                     `CERTIFICATE`",
                )
                .help("convert it: `openssl x509 -in CERT -out CERT.pem`")
        }
        CertificateFormFault::PrivateKey { line } => at(line, "is a private key")
            .note(format!(
                "programs skip it, but `{key}` gets shown and copied as if it were public"
            ))
            .help(
                "keep the key only in `tls.key`; a file with both is for programs that read one \
                 file",
            ),
        CertificateFormFault::NoFinalNewline => {
            diagnostic!(TLS_PEM, "`{key}` does not end with a line break")
                .note(
                    "if a program appends `ca.crt` to it, as `cat tls.crt ca.crt` does, `END` and \
                     `BEGIN` end up on one line",
                )
                .note("Go then reads neither certificate, and OpenSSL rejects the file")
                .help(END_LINE)
        }
    }
}
