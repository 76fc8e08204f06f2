//! Messages about ssh keys and `known_hosts`. They never name a host or a key: the values may come
//! out of an encrypted file.

use super::consumers::Consumer;
use super::known_hosts::{KnownHostsFault, LineFault};
use super::{LegacyFormat, SshFault, SshFormFault};
use crate::check::subject::Origin;
use crate::check::tls::messages::pem::{END_LINE, not_pem};
use crate::check::tls::messages::{a_key, article};
use crate::diag::{Diagnostic, codes, diagnostic, phrases::numbered};

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
        SshFault::NotPem(fault) => not_pem(code, &name, "OPENSSH PRIVATE KEY", fault),
        SshFault::PublicKey => error("is a public key")
            .note("the client needs the private key; the public key belongs on the server")
            .help(format!(
                "set {field} to the file of the same name without `.pub`, which starts with \
                 `-----BEGIN OPENSSH PRIVATE KEY-----`"
            )),
        SshFault::Putty => error("is in PuTTY's format")
            .note("neither OpenSSH nor Go nor libgit2 can read it")
            .help("convert it: `puttygen KEY.ppk -O private-openssh -o KEY`"),
        SshFault::NotAKey(kind) => error(&format!("contains {}, not a private key", article(kind)))
            .help(format!(
                "set {field} to the file `KEY` that `ssh-keygen -t ed25519 -N '' -f KEY` creates"
            )),
        SshFault::Unsupported(algorithm) => {
            error(&format!("is {}, which SSH does not use", a_key(algorithm)))
                .help("create an SSH key: `ssh-keygen -t ed25519 -N '' -f KEY`")
        }
        SshFault::Damaged => error("is damaged or truncated")
            .note("its PEM is valid, but it does not encode a complete private key")
            .help(
                "copy the file again; `ssh-keygen -y -f KEY` prints the public key if it is \
                 complete",
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
            "the label `argocd.argoproj.io/secret-type` marks it as an Argo CD repository \
             credential",
        ),
        Consumer::Flux { .. } => {
            Some("Flux reads Git credentials from a Secret with `identity` and `known_hosts`")
        }
    }
}

fn passphrase(name: &str, reader: Consumer, origin: Origin) -> Diagnostic {
    let found = diagnostic!(SSH_PASSPHRASE, "{name} is protected by a passphrase").help(
        "remove the passphrase with `ssh-keygen -p -N '' -f KEY`, and encrypt the key with age \
         instead",
    );
    match reader {
        Consumer::Anyone => found
            .note(
                "no one can type a passphrase in a cluster: the program needs the passphrase too, \
                 or a key without one",
            )
            .help(format!(
                "{} if the program gets the passphrase from elsewhere",
                origin.allow(&codes::SSH_PASSPHRASE)
            )),
        Consumer::ArgoCd => {
            found.note("Argo CD does not support passphrases, so it can't use the key")
        }
        Consumer::Flux { .. } => found
            .note("Flux reads the passphrase from the data key `password`, which is missing")
            .help("set `password` to the passphrase"),
    }
}

fn legacy_format(name: &str, format: LegacyFormat, origin: Origin) -> Diagnostic {
    if format == LegacyFormat::Pkcs8Ed25519 {
        return diagnostic!(SSH_FORMAT, "{name} is an Ed25519 key in PKCS#8 format")
            .note("only OpenSSH 9.6 and later can read it; older versions report `invalid format`")
            // Older ssh-keygen does not read what it should convert.
            .help("convert it with OpenSSH 9.6 or later: `ssh-keygen -p -N '' -f KEY`")
            .help("create a new key: `ssh-keygen -t ed25519 -N '' -f NEW_KEY`");
    }
    diagnostic!(SSH_FORMAT, "{name} is in an old format, PEM or PKCS#8")
        .note(
            "OpenSSH, Go and libssh2 can read it; some libraries, such as Python's `cryptography`, \
             don't recognize it as an SSH key",
        )
        .help("convert it: `ssh-keygen -p -N '' -f KEY`")
        .help(format!(
            "{} if a program needs this format, as some Java libraries do",
            origin.allow(&codes::SSH_FORMAT)
        ))
}

fn form(name: &str, fault: SshFormFault) -> Diagnostic {
    let (message, help) = match fault {
        SshFormFault::TextBefore => (
            format!("{name} has text before the key"),
            "remove everything before `-----BEGIN OPENSSH PRIVATE KEY-----`, including empty lines",
        ),
        SshFormFault::LineEnds => (
            format!("lines of {name} end in CRLF or spaces"),
            "remove them: `sed -i 's/[ \\t\\r]*$//' KEY`; add `*.key -text` to `.gitattributes` to \
             keep Git from converting it",
        ),
        SshFormFault::NoFinalNewline => {
            (format!("{name} does not end with a line break"), END_LINE)
        }
        SshFormFault::EmptyLine => (
            format!("{name} has an empty line in it"),
            "remove the empty lines between its `BEGIN` and `END` lines",
        ),
    };
    diagnostic!(SSH_FORMAT, "{message}")
        .note("OpenSSH can't read it, and reports `error in libcrypto` or `invalid format`; Go can")
        .help(help)
}

pub(crate) fn known_hosts(fault: &KnownHostsFault, reader: Consumer, origin: Origin) -> Diagnostic {
    let lines = format!("{} of `known_hosts`", numbered("line", &fault.lines));
    let [key_field, field] = reader.fields(origin);
    let (message, note, help) = match fault.kind {
        LineFault::NoLines => {
            let is_anyones = reader == Consumer::Anyone;
            let leave = if is_anyones { format!(", or remove {field}") } else { String::new() };
            return diagnostic!(KNOWN_HOSTS, "`known_hosts` does not list any hosts")
                .note(
                    "ssh then rejects every host, or waits for a confirmation that no one can give",
                )
                .help(format!("add the output of `ssh-keyscan HOST`{leave}"));
        }
        LineFault::PrivateKey => {
            return diagnostic!(KNOWN_HOSTS, "a private key is in {lines}")
                .note("`known_hosts` contains the public keys of hosts, one per line")
                .help(format!(
                    "set {key_field} to the private key, and {field} to the output of `ssh-keyscan \
                     HOST`"
                ));
        }
        LineFault::ByteOrderMark => (
            format!("a byte order mark is in {lines}"),
            "it becomes part of the host name, so the host is unknown",
            "save it as UTF-8 without a byte order mark",
        ),
        LineFault::NoHost => (
            format!("the host is missing in {lines}"),
            "a line must start with the host; this one starts with the key type, as in a `.pub` \
             file",
            "put the host first: `git.example.com ssh-ed25519 AAAA...`",
        ),
        LineFault::Invalid => (
            format!("`known_hosts` has no valid host key in {}", numbered("line", &fault.lines)),
            "OpenSSH skips the line, so the host is unknown; Go's SSH library (Flux, Argo CD) \
             rejects the whole file",
            "get the line with `ssh-keyscan HOST`, and compare it with the key that the operator \
             publishes; separate hosts with commas and no spaces, and use no markers other than \
             one `@cert-authority` or `@revoked`",
        ),
    };
    diagnostic!(KNOWN_HOSTS, "{message}").note(note).help(help)
}
