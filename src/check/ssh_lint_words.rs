//! The sentences for ssh private keys that some programs read and others don't.

use super::finding::Origin;
use super::ssh::{FormFault, LegacyFormat};
use crate::diag::{Diagnostic, codes};

/// A key under a passphrase.
pub(super) fn passphrase(origin: Origin) -> Diagnostic {
    Diagnostic::new(&codes::SSH_PASSPHRASE, "the ssh private key is protected by a passphrase")
        .note("nobody types a passphrase in a cluster: whoever mounts the key needs the passphrase too, or the key without one")
        .help("remove the passphrase, and encrypt the file with age instead: `ssh-keygen -p -N '' -f KEY`")
        .help(format!("if the program gets the passphrase elsewhere, {}", origin.allow(&codes::SSH_PASSPHRASE)))
}

/// A key in a format other than OpenSSH's.
pub(super) fn legacy_format(format: LegacyFormat, origin: Origin) -> Diagnostic {
    let (message, note) = match format {
        LegacyFormat::Pem => (
            "the ssh private key is in the old PEM format",
            "OpenSSH, Go and libssh2 read it; some libraries, such as Python's `cryptography`, don't take it for an ssh key",
        ),
        LegacyFormat::Pkcs8 => (
            "the ssh private key is in the format PKCS#8",
            "OpenSSH, Go and libssh2 read it; some libraries, such as Python's `cryptography`, don't take it for an ssh key",
        ),
        LegacyFormat::Pkcs8Ed25519 => (
            "the ssh private key is an Ed25519 key in the format PKCS#8",
            "OpenSSH reads it since 9.6 only: older ones say `invalid format`",
        ),
    };
    let found = Diagnostic::new(&codes::SSH_LEGACY_FORMAT, message).note(note);
    match format {
        // ssh-keygen does not read what it should convert.
        LegacyFormat::Pkcs8Ed25519 => found
            .help("convert it with OpenSSH 9.6 or later: `ssh-keygen -p -N '' -f KEY`")
            .help("or make a new one: `ssh-keygen -t ed25519 -N '' -f KEY`"),
        LegacyFormat::Pem | LegacyFormat::Pkcs8 => found
            .help("convert it: `ssh-keygen -p -N '' -f KEY`")
            .help(format!("if a program needs this format, as some Java libraries do, {}", origin.allow(&codes::SSH_LEGACY_FORMAT))),
    }
}

/// A key in lines that OpenSSH does not read.
pub(super) fn form(fault: FormFault, origin: Origin) -> Diagnostic {
    let found = |message: &str| Diagnostic::new(&codes::SSH_LINE_BREAKS, message);
    let strict = "OpenSSH does not read it, and says `error in libcrypto` or `invalid format`; Go reads it";
    match fault {
        FormFault::TextBefore => found("something stands before the ssh private key")
            .note(strict)
            .help("remove what stands before `-----BEGIN OPENSSH PRIVATE KEY-----`, empty lines too"),
        FormFault::Crlf => found("the lines of the ssh private key end in CRLF")
            .note(strict)
            .help("convert it: `sed -i 's/\\r$//' KEY`; in git, write `*.key -text` into `.gitattributes`"),
        FormFault::BlanksAtEnd => found("blanks follow the `BEGIN` or `END` line of the ssh private key")
            .note(strict)
            .help("remove them: `sed -i 's/[ \\t]*$//' KEY`"),
        FormFault::NoFinalNewline => found("the last line of the ssh private key has no end").note(strict).help(match origin {
            Origin::Spec => "leave `trim` out, or end the file with a line break",
            Origin::Manifest => "end it with a line break: in `stringData`, write `|` and not `|-`",
        }),
        FormFault::EmptyLine => found("the ssh private key has an empty line in it")
            .note("OpenSSH does not read it, and says `invalid format`; Go reads it")
            .help("remove the empty lines between the `BEGIN` and the `END` line"),
    }
}
