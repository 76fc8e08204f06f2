//! Words for values that should be PEM and are not.

use crate::check::subject::Origin;
use crate::diag::{Code, Diagnostic};
use crate::go::pem::{PemFault, PemFaultKind};

/// What is said about a value, and what it should be.
pub(crate) struct PemValue {
    /// As messages call it.
    pub name: &'static str,
    /// What it should hold.
    pub noun: &'static str,
    /// Label of the block that it should hold.
    pub label: &'static str,
    /// The openssl command for such a thing.
    pub command: &'static str,
}

pub(crate) const CERTIFICATE: PemValue =
    PemValue { name: "`tls.crt`", noun: "certificate", label: "CERTIFICATE", command: "x509" };
pub(crate) const AUTHORITY: PemValue =
    PemValue { name: "`ca.crt`", noun: "certificate", label: "CERTIFICATE", command: "x509" };
pub(crate) const KEY: PemValue =
    PemValue { name: "`tls.key`", noun: "private key", label: "PRIVATE KEY", command: "pkey" };

/// Words for a value that is not PEM: what is wrong and how to put it right.
pub(crate) fn not_pem(
    code: &'static Code,
    subject: &PemValue,
    fault: PemFault,
    origin: Origin,
) -> Diagnostic {
    let PemValue { name, noun, label, command } = subject;
    let line = fault.line;
    let extract = if *command == "pkey" { "-nodes -nocerts" } else { "-nokeys" };
    let error = |message: String| Diagnostic::new(code, message);
    let begin = format!(
        "a {noun} is PEM: lines of base64 between `-----BEGIN {label}-----` and `-----END \
         {label}-----`"
    );
    match fault.kind {
        PemFaultKind::Empty => error(format!("{name} is empty")).help(begin),
        PemFaultKind::NoPem => error(format!("{name} holds no {noun}")).help(begin),
        PemFaultKind::Der => error(format!("{name} is DER, the binary form"))
            .note(format!("a {noun} has to be PEM, the form in text"))
            .help(format!("convert it: `openssl {command} -inform der -in FILE -out FILE.pem`")),
        PemFaultKind::Pkcs12 => error(format!("{name} is a PKCS#12 file (`.p12`, `.pfx`)"))
            .note(
                "a PKCS#12 file holds certificates and key together; a TLS Secret has each in PEM",
            )
            .help(format!("extract the {noun}: `openssl pkcs12 -in FILE {extract} -out FILE.pem`")),
        PemFaultKind::JavaKeystore => error(format!("{name} is a Java keystore"))
            .note(format!("a {noun} has to be PEM, the form in text"))
            .help(format!(
                "convert it: `keytool -importkeystore -srckeystore FILE -destkeystore FILE.p12 \
                 -deststoretype pkcs12`, then `openssl pkcs12 -in FILE.p12 {extract} -out FILE.pem`"
            )),
        PemFaultKind::Pkcs7 => error(format!("{name} is a PKCS#7 file (`.p7b`)"))
            .note("PKCS#7 holds certificates and no private key; programs read PEM")
            .help(
                "extract the certificates: `openssl pkcs7 -inform der -in FILE -print_certs -out \
                 FILE.pem`",
            ),
        PemFaultKind::Base64OfPem => error(format!(
            "{name} is PEM that is encoded in base64 once more"
        ))
        .note(
            "the base64 of a manifest's `data` is made when it is written, so the value has to be \
             the PEM itself",
        )
        .help(match origin {
            Origin::Spec => {
                "read it with `decode = \"base64\"`, or decode the file: `base64 -d FILE > \
                 FILE.pem`"
            }
            Origin::Manifest => {
                "encode it once only: `base64 -w0 FILE.pem`, or write the PEM itself under \
                 `stringData`"
            }
        }),
        PemFaultKind::Utf16 => error(format!("{name} is UTF-16")).help(
            "convert it: `iconv -f utf-16 -t utf-8 FILE > FILE.pem`, or save it as UTF-8 without \
             BOM",
        ),
        PemFaultKind::ByteOrderMark => error(format!("{name} starts with a byte order mark"))
            .note("`-----BEGIN` is read only at the start of a line")
            .help("save it as UTF-8 without BOM"),
        PemFaultKind::Indented => error(format!(
            "the `BEGIN` or `END` line of the block at line {line} of {name} is indented"
        ))
        .note("`-----BEGIN` and `-----END` are read only at the start of a line")
        .help("remove the blanks that its lines start with"),
        PemFaultKind::NotAtLineStart => {
            error(format!("something stands before `-----BEGIN` in line {line} of {name}"))
                .note("`-----BEGIN` is read only at the start of a line")
                .help("remove what stands before it, quotes too, or end the line before it")
        }
        PemFaultKind::EscapedLineBreaks => error(format!(
            "{name} has `\\n` for its line breaks, a backslash and a letter"
        ))
        .help(match origin {
            Origin::Spec => {
                "write real line breaks: in TOML, `\\n` is one between `\"` but not between `'`; \
                 `printf '%b' \"$(cat FILE)\"` converts a file"
            }
            Origin::Manifest => {
                "write real line breaks: in YAML, its lines behind `|`, indented; `printf \
                 '%b' \"$(cat FILE)\"` converts a file"
            }
        }),
        PemFaultKind::LineBreaksLost => error(format!("{name} has lost its line breaks"))
            .note(format!(
                "`-----BEGIN {label}-----` and `-----END {label}-----` have to be lines of their \
                 own"
            ))
            .help(match origin {
                Origin::Spec => {
                    "give the original file with `file` or `age`, or write it between `'''`; a \
                     shell keeps line breaks only in `\"$VALUE\"`"
                }
                Origin::Manifest => {
                    "write its lines behind `|` under `stringData`, indented: elsewhere YAML makes \
                     blanks of line breaks, as a shell does of `$VALUE`"
                }
            }),
        PemFaultKind::NoEnd => {
            error(format!("{name} is cut off: the block at line {line} has no `END` line"))
                .help("copy it whole, with its last line")
        }
        PemFaultKind::OtherEnd => error(format!(
            "the block at line {line} of {name} begins as one thing and ends as another"
        ))
        .note("its `BEGIN` and `END` lines have to name the same label")
        .help("copy it anew: two blocks may have been mixed up, or lines lost between them"),
        PemFaultKind::BadMarker => error(format!(
            "the `BEGIN` or `END` line of the block at line {line} of {name} is damaged"
        ))
        .note("each has five dashes at both ends, and nothing after them")
        .help(format!("write `-----BEGIN {label}-----` and `-----END {label}-----`")),
        PemFaultKind::BadBase64 => {
            error(format!("the block at line {line} of {name} is not base64"))
                .note("a character is wrong, missing or added")
                .help("copy it anew from where it comes from")
        }
    }
}
