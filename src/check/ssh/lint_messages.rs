//! The sentences for ssh private keys that some programs read and others don't.

use super::messages::name;
use super::readers::Reader;
use super::{FormFault, LegacyFormat};
use crate::check::finding::Origin;
use crate::diag::{Diagnostic, codes};

/// A key under a passphrase.
pub(crate) fn passphrase(reader: Reader, origin: Origin) -> Diagnostic {
    let found = Diagnostic::new(&codes::SSH_PASSPHRASE, format!("{} is protected by a passphrase", name(reader)));
    let remove = match origin {
        Origin::Spec => "remove the passphrase, and encrypt the file with age instead: `ssh-keygen -p -N '' -f KEY`",
        Origin::Manifest => "remove the passphrase: `ssh-keygen -p -N '' -f KEY`",
    };
    match reader {
        Reader::Anyone => found
            .note("nobody types a passphrase in a cluster: whoever mounts the key needs the passphrase too, or the key without one")
            .help(remove)
            .help(format!("if the program gets the passphrase elsewhere, {}", origin.allow(&codes::SSH_PASSPHRASE))),
        Reader::ArgoCd => found.note("Argo CD has no place for a passphrase, and can't use the key").help(remove),
        Reader::Flux { .. } => found
            .note("Flux takes the passphrase out of the data key `password`, and there is none")
            .help(remove)
            .help("or give the passphrase to `password`"),
    }
}

/// A key in a format other than OpenSSH's.
pub(crate) fn legacy_format(format: LegacyFormat, reader: Reader, origin: Origin) -> Diagnostic {
    let (form, note) = match format {
        LegacyFormat::Pem => (
            "in the old PEM format",
            "OpenSSH, Go and libssh2 read it; some libraries, such as Python's `cryptography`, don't take it for an ssh key",
        ),
        LegacyFormat::Pkcs8 => (
            "in the format PKCS#8",
            "OpenSSH, Go and libssh2 read it; some libraries, such as Python's `cryptography`, don't take it for an ssh key",
        ),
        LegacyFormat::Pkcs8Ed25519 => {
            ("an Ed25519 key in the format PKCS#8", "OpenSSH reads it since 9.6 only: older ones say `invalid format`")
        }
    };
    let found = Diagnostic::new(&codes::SSH_LEGACY_FORMAT, format!("{} is {form}", name(reader))).note(note);
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
pub(crate) fn form(fault: FormFault, reader: Reader, origin: Origin) -> Diagnostic {
    let found = |message: String| Diagnostic::new(&codes::SSH_LINE_BREAKS, message);
    let name = name(reader);
    let strict = "OpenSSH does not read it, and says `error in libcrypto` or `invalid format`; Go reads it";
    match fault {
        FormFault::TextBefore => found(format!("something stands before the key in {name}"))
            .note(strict)
            .help("remove what stands before `-----BEGIN OPENSSH PRIVATE KEY-----`, empty lines too"),
        FormFault::Crlf => found(format!("the lines of {name} end in CRLF"))
            .note(strict)
            .help("convert it: `sed -i 's/\\r$//' KEY`; in git, write `*.key -text` into `.gitattributes`"),
        FormFault::BlanksAtEnd => found(format!("blanks follow the `BEGIN` or `END` line of {name}"))
            .note(strict)
            .help("remove them: `sed -i 's/[ \\t]*$//' KEY`"),
        FormFault::NoFinalNewline => found(format!("the last line of {name} has no end")).note(strict).help(match origin {
            Origin::Spec => "leave `trim` out, or end the file with a line break",
            Origin::Manifest => "end it with a line break: in `stringData`, write `|` and not `|-`",
        }),
        FormFault::EmptyLine => found(format!("{name} has an empty line in it"))
            .note("OpenSSH does not read it, and says `invalid format`; Go reads it")
            .help("remove the empty lines between the `BEGIN` and the `END` line"),
    }
}
