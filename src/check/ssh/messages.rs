//! Messages about ssh keys and `known_hosts`. They never name a host or a key: the values may come
//! out of an encrypted file.

use super::consumers::Consumer;
use super::known_hosts::{KnownHostsFault, LineFault};
use super::{LegacyFormat, SshFault, SshFormFault};
use crate::check::subject::Origin;
use crate::check::tls::messages::pem::{END_LINE, PemValue, not_pem};
use crate::check::tls::messages::{a_key, article};
use crate::diag::phrases::numbered;
use crate::diag::{Diagnostic, codes, diagnostic};

/// The finding for a fault of a key, without a place.
pub(crate) fn diagnostic(fault: SshFault, reader: Consumer, origin: Origin) -> Diagnostic {
    // Data keys alone leave it open whether it is Flux at all that reads them: that can be allowed.
    let code = match reader {
        Consumer::Flux { .. } => &codes::FLUX_IDENTITY,
        _ => &codes::SSH_KEY,
    };
    let [field, _] = reader.fields(origin);
    let name = format!("`{}`", reader.data_key());
    let error = |predicate: &str| Diagnostic::new(code, format!("{name} {predicate}"));
    match fault {
        SshFault::NotPem(fault) => {
            let value = PemValue { name: &name, noun: "private key", label: "OPENSSH PRIVATE KEY" };
            not_pem(code, &value, fault)
        }
        SshFault::PublicKey => error("is a public key")
            .note("the client connects with the private half; the public one goes to the server")
            .help(format!(
                "give {field} the file of the same name without `.pub`; it starts with `-----BEGIN \
                 OPENSSH PRIVATE KEY-----`"
            )),
        SshFault::Putty => error("is in PuTTY's format")
            .note("neither OpenSSH nor Go's or libgit2's ssh reads it")
            .help("convert it: `puttygen KEY.ppk -O private-openssh -o KEY`"),
        SshFault::NotAKey(kind) => error(&format!("holds {}, not a private key", article(kind)))
            .help(format!(
                "give {field} what `ssh-keygen -t ed25519 -N '' -f KEY` writes into `KEY`"
            )),
        SshFault::Unsupported(algorithm) => {
            error(&format!("is {}, which ssh does not use", a_key(algorithm)))
                .help("make a key for ssh: `ssh-keygen -t ed25519 -N '' -f KEY`")
        }
        SshFault::Damaged => error("is damaged or cut off")
            .note("its PEM is valid, but it does not encode a complete private key")
            .help(
                "copy the file anew; `ssh-keygen -y -f KEY` prints the public key if it is whole",
            ),
        SshFault::Encrypted => passphrase(&name, reader, origin),
        SshFault::LegacyFormat(format) => legacy_format(&name, format, origin),
        SshFault::Form(fault) => form(&name, fault),
    }
}

/// Why the data is taken for that of an ssh client at all, where the type does not say so.
pub(crate) fn why(reader: Consumer) -> Option<&'static str> {
    match reader {
        Consumer::Anyone => None,
        Consumer::ArgoCd => Some(
            "by the label `argocd.argoproj.io/secret-type` the Secret holds credentials of Argo CD \
             for a repository",
        ),
        Consumer::Flux { .. } => {
            Some("a Secret with `identity` and `known_hosts` is what Flux reads for a repository")
        }
    }
}

fn passphrase(name: &str, reader: Consumer, origin: Origin) -> Diagnostic {
    let found = diagnostic!(SSH_PASSPHRASE, "{name} is protected by a passphrase");
    let found = found.help(
        "remove the passphrase, `ssh-keygen -p -N '' -f KEY`; age can encrypt the file instead",
    );
    match reader {
        Consumer::Anyone => found
            .note(
                "no one can type a passphrase in a cluster: the program that mounts the key needs \
                 the passphrase too, or a key without one",
            )
            .help(format!(
                "if the program gets the passphrase elsewhere, {}",
                origin.allow(&codes::SSH_PASSPHRASE)
            )),
        Consumer::ArgoCd => {
            found.note("Argo CD has no place for a passphrase, and can't use the key")
        }
        Consumer::Flux { .. } => found
            .note("Flux takes the passphrase out of the data key `password`, and there is none")
            .help("or give the passphrase to `password`"),
    }
}

fn legacy_format(name: &str, format: LegacyFormat, origin: Origin) -> Diagnostic {
    if format == LegacyFormat::Pkcs8Ed25519 {
        return diagnostic!(SSH_FORMAT, "{name} is an Ed25519 key in the format PKCS#8")
            .note("OpenSSH reads it since 9.6 only: older ones say `invalid format`")
            // Older ssh-keygen does not read what it should convert.
            .help("convert it with OpenSSH 9.6 or later: `ssh-keygen -p -N '' -f KEY`")
            .help("or make a new one: `ssh-keygen -t ed25519 -N '' -f KEY`");
    }
    diagnostic!(SSH_FORMAT, "{name} is in an old format, PEM or PKCS#8")
        .note(
            "OpenSSH, Go and libssh2 read it; some libraries, such as Python's `cryptography`, \
             don't take it for an ssh key",
        )
        .help("convert it: `ssh-keygen -p -N '' -f KEY`")
        .help(format!(
            "if a program needs this format, as some Java libraries do, {}",
            origin.allow(&codes::SSH_FORMAT)
        ))
}

/// A key in lines that OpenSSH does not read.
fn form(name: &str, fault: SshFormFault) -> Diagnostic {
    let (message, help) = match fault {
        SshFormFault::TextBefore => (
            format!("something stands before the key in {name}"),
            "remove what stands before `-----BEGIN OPENSSH PRIVATE KEY-----`, empty lines too",
        ),
        SshFormFault::LineEnds => (
            format!("lines of {name} end in CRLF or blanks"),
            "remove them: `sed -i 's/[ \\t\\r]*$//' KEY`; in git, write `*.key -text` into \
             `.gitattributes`",
        ),
        SshFormFault::NoFinalNewline => (format!("the last line of {name} has no end"), END_LINE),
        SshFormFault::EmptyLine => (
            format!("{name} has an empty line in it"),
            "remove the empty lines between the `BEGIN` and the `END` line",
        ),
    };
    diagnostic!(SSH_FORMAT, "{message}")
        .note(
            "OpenSSH does not read it, and says `error in libcrypto` or `invalid format`; Go reads \
             it",
        )
        .help(help)
}

/// The finding for a fault, without a place. Hosts and keys are not named: the value may come out
/// of an encrypted file.
pub(crate) fn known_hosts(fault: &KnownHostsFault, reader: Consumer, origin: Origin) -> Diagnostic {
    let lines = format!("{} of `known_hosts`", numbered("line", &fault.lines));
    let [key_field, field] = reader.fields(origin);
    let passed_over = "OpenSSH passes over such a line and does not know the host; Go's ssh, as in \
        Flux and Argo CD, refuses the whole file";
    let (message, note, help) = match fault.kind {
        LineFault::NoLines => {
            let leave = match reader {
                Consumer::Anyone => format!(", or leave {field} out"),
                _ => String::new(),
            };
            return diagnostic!(KNOWN_HOSTS, "`known_hosts` names no host")
                .note("ssh then refuses every host, or asks a question that no one can answer")
                .help(format!("give it lines such as `ssh-keyscan HOST` prints{leave}"));
        }
        LineFault::PrivateKey => {
            return diagnostic!(KNOWN_HOSTS, "a private key starts in {lines}")
                .note("`known_hosts` holds the public keys of hosts, one a line")
                .help(format!(
                    "give the private key to {key_field}, and to {field} what `ssh-keyscan HOST` \
                     prints"
                ));
        }
        LineFault::ByteOrderMark => (
            format!("a byte order mark is in {lines}"),
            "it becomes a part of the host's name, so that the host is not known",
            "save it as UTF-8 without BOM",
        ),
        LineFault::Marker => (
            format!("an unknown marker, or a second one, is in {lines}"),
            passed_over,
            "write one of `@cert-authority` and `@revoked` a line; a host's name has no `@`",
        ),
        LineFault::NoHost => (
            format!("the host is missing in {lines}"),
            "the first word of a line is the host; here it is the type of a key, as in a `.pub` \
             file",
            "write the host before it: `git.example.com ssh-ed25519 AAAA...`",
        ),
        LineFault::Hash => (
            format!("the hashed host in {lines} is damaged"),
            "it is `|1|`, a salt, `|` and a hash, each of the two 20 bytes in base64",
            "copy it anew, or write the host's plain name",
        ),
        LineFault::Key => (
            format!(
                "the key in {lines} is missing, damaged, or of another type than the line says"
            ),
            passed_over,
            "take the line from `ssh-keyscan HOST`, and compare it with what the host's operator \
             publishes; hosts are separated by commas without blanks",
        ),
    };
    diagnostic!(KNOWN_HOSTS, "{message}").note(note).help(help)
}
