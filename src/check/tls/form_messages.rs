//! The sentences for certificates in a form that readers disagree about.

use crate::check::subject::Origin;
use crate::diag::phrases::plural;
use crate::diag::{Diagnostic, codes};
use crate::go::pem::PemFaultKind;
use super::form::FormFault;
use super::lint_messages::Holder;

/// The finding for a fault, without a place.
pub fn diagnostic(fault: FormFault, holder: Holder) -> Diagnostic {
    let found = |message: String| Diagnostic::new(&codes::TLS_PEM, message);
    let key = holder.data_key;
    let rewrite = "write it anew: `openssl x509 -in CERT -out CERT.pem` for each certificate, then `cat` them in their order";
    match fault {
        FormFault::EmptyLine { line } => found(format!("the block at line {line} of `{key}` has an empty line in it"))
            .note("OpenSSL refuses the whole file for it, and with it nginx, HAProxy and Python; Go reads on")
            .help("remove the empty lines between `-----BEGIN CERTIFICATE-----` and `-----END CERTIFICATE-----`"),
        FormFault::Header { line } => found(format!("the block at line {line} of `{key}` has a header"))
            .note("a line with `:` stands after its `BEGIN` line")
            .note("OpenSSL refuses the whole file for it, and Go leaves the block out where it looks for authorities")
            .help(rewrite),
        FormFault::PassedOver { fault, more } => {
            let line = fault.line;
            let others = if more == 0 { String::new() } else { format!(", and {} like it", plural(more, "other")) };
            let found = found(format!("the block at line {line} of `{key}` {}{others}", what(fault.kind))).note(readers(fault.kind));
            match fault.kind {
                PemFaultKind::Indented => found.help("remove the blanks that its lines start with"),
                PemFaultKind::EscapedLineBreaks | PemFaultKind::LineBreaksLost => {
                    found.help("write `BEGIN` and `END` as lines of their own, with the base64 in lines between them")
                }
                PemFaultKind::NotAtLineStart => {
                    found.help("start a new line before `-----BEGIN`: two files may have been joined without a line break between them")
                }
                PemFaultKind::ByteOrderMark => found.help("save the file that was appended as UTF-8 without BOM"),
                _ => found.help("copy the block anew, from `-----BEGIN CERTIFICATE-----` to `-----END CERTIFICATE-----`"),
            }
        }
        FormFault::OpenSslForm { line } => {
            found(format!("the certificate at line {line} of `{key}` is in OpenSSL's own form, which Go passes over"))
                .note("its block is labelled `TRUSTED CERTIFICATE` or `X509 CERTIFICATE`; Go reads `CERTIFICATE` only")
                .help("convert it: `openssl x509 -in CERT -out CERT.pem`")
        }
        FormFault::PrivateKey { line } => found(format!("a private key is in line {line} of `{key}`"))
            .note(format!("readers of certificates pass over it, but `{key}` is what gets shown and copied as public"))
            .help(match holder.origin {
                Origin::Spec => "leave the key in `key` only; a file with both is for programs that read one file",
                Origin::Manifest => "leave the key in `tls.key` only; a file with both is for programs that read one file",
            }),
        FormFault::NoFinalNewline => found(format!("the last line of `{key}` has no end"))
            .note("where a program puts `ca.crt` behind it, as `cat tls.crt ca.crt` does, an `END` and a `BEGIN` share a line")
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
        PemFaultKind::EscapedLineBreaks => "has `\\n` for its line breaks, a backslash and a letter",
        PemFaultKind::LineBreaksLost => "has lost its line breaks",
        PemFaultKind::NoEnd => "has no `END` line",
        PemFaultKind::OtherEnd => "begins as one thing and ends as another",
        PemFaultKind::BadMarker => "has a damaged `BEGIN` or `END` line",
        PemFaultKind::BadBase64 => "is not base64",
        // These are about texts without any block.
        PemFaultKind::Empty | PemFaultKind::NoPem | PemFaultKind::Der | PemFaultKind::Base64OfPem | PemFaultKind::Utf16 => "is not PEM",
    }
}
