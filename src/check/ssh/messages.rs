//! Messages about ssh keys and `known_hosts`. They never name a host or a key: the values may come
//! out of an encrypted file.

use super::consumers::Consumer;
use super::known_hosts::{KnownHostsFault, LineFault};
use super::{LegacyFormat, SshFault, SshFormFault};
use crate::check::subject::Origin;
use crate::check::tls::messages::pem::{PemValue, not_pem};
use crate::check::tls::messages::{a_key, article};
use crate::diag::phrases::numbered;
use crate::diag::{Diagnostic, codes, diagnostic};

/// The finding for a fault of a key, without a place.
pub(crate) fn diagnostic(fault: SshFault, reader: Consumer, origin: Origin) -> Diagnostic {
    // Data keys alone leave it open whether it is Flux at all that reads them: that can be allowed.
    let code = if matches!(reader, Consumer::Flux { .. }) {
        &codes::FLUX_IDENTITY
    } else {
        &codes::SSH_KEY
    };
    let error = |message: String| Diagnostic::new(code, message);
    let name = name(reader);
    match fault {
        SshFault::NotPem(fault) => {
            let subject = PemValue { name, noun: "private key", label: "OPENSSH PRIVATE KEY" };
            not_pem(code, &subject, fault)
        }
        SshFault::PublicKey => error(format!("{name} is a public key"))
            .note(match reader {
                Consumer::Anyone => {
                    "the type `kubernetes.io/ssh-auth` holds the private half: the client needs \
                     it, and the server needs the public half"
                }
                Consumer::ArgoCd => {
                    "Argo CD connects with the private half; the public one goes to the git server"
                }
                Consumer::Flux { .. } => {
                    "Flux connects with the private half; the public one goes to the git server, \
                     and may stand in `identity.pub`"
                }
            })
            .help(format!(
                "give {} the file of the same name without `.pub`; it starts with `-----BEGIN \
                 OPENSSH PRIVATE KEY-----`",
                field(reader, origin)
            )),
        SshFault::Putty => error(format!("{name} is in PuTTY's format"))
            .note("neither OpenSSH nor Go's or libgit2's ssh reads it")
            .help("convert it: `puttygen KEY.ppk -O private-openssh -o KEY`"),
        SshFault::SshCom => error(format!("{name} is in the format of ssh.com"))
            .note("neither OpenSSH nor Go's or libgit2's ssh uses it as it is")
            .help("convert it: `ssh-keygen -i -f KEY > KEY.openssh`"),
        SshFault::NotAKey(kind) => {
            error(format!("{name} holds {}, not a private key", article(kind))).help(format!(
                "give {} what `ssh-keygen -t ed25519 -N '' -f KEY` writes into `KEY`",
                field(reader, origin)
            ))
        }
        SshFault::Unsupported(algorithm) => {
            error(format!("{name} is {}, which ssh does not use", a_key(algorithm)))
                .help("make a key for ssh: `ssh-keygen -t ed25519 -N '' -f KEY`")
        }
        SshFault::Damaged => error(format!("{name} is damaged or cut off"))
            .note("its PEM is valid, but it does not encode a complete private key")
            .help(
                "copy the file anew; `ssh-keygen -y -f KEY` prints the public key if it is whole",
            ),
        SshFault::Encrypted => passphrase(reader, origin),
        SshFault::LegacyFormat(format) => legacy_format(format, reader, origin),
        SshFault::Form(fault) => form(fault, reader, origin),
    }
}

/// The value, as messages call it.
pub(crate) fn name(reader: Consumer) -> &'static str {
    match reader {
        Consumer::Anyone => "`ssh-privatekey`",
        Consumer::ArgoCd => "`sshPrivateKey`",
        Consumer::Flux { .. } => "`identity`",
    }
}

/// What the private key is called where the Secret is written.
pub(crate) fn field(reader: Consumer, origin: Origin) -> &'static str {
    match (reader, origin) {
        (Consumer::Anyone, Origin::Spec) => "`private-key`",
        _ => name(reader),
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

/// A key under a passphrase.
fn passphrase(reader: Consumer, origin: Origin) -> Diagnostic {
    let found = diagnostic!(SSH_PASSPHRASE, "{} is protected by a passphrase", name(reader));
    let remove = match origin {
        Origin::Spec => {
            "remove the passphrase, and encrypt the file with age instead: `ssh-keygen -p -N '' -f \
             KEY`"
        }
        Origin::Manifest => "remove the passphrase: `ssh-keygen -p -N '' -f KEY`",
    };
    match reader {
        Consumer::Anyone => found
            .note(
                "no one can type a passphrase in a cluster: the program that mounts the key needs \
                 the passphrase too, or a key without one",
            )
            .help(remove)
            .help(format!(
                "if the program gets the passphrase elsewhere, {}",
                origin.allow(&codes::SSH_PASSPHRASE)
            )),
        Consumer::ArgoCd => {
            found.note("Argo CD has no place for a passphrase, and can't use the key").help(remove)
        }
        Consumer::Flux { .. } => found
            .note("Flux takes the passphrase out of the data key `password`, and there is none")
            .help(remove)
            .help("or give the passphrase to `password`"),
    }
}

/// A key in a format other than OpenSSH's.
fn legacy_format(format: LegacyFormat, reader: Consumer, origin: Origin) -> Diagnostic {
    let (form, note) = match format {
        LegacyFormat::Pem => (
            "in the old PEM format",
            "OpenSSH, Go and libssh2 read it; some libraries, such as Python's `cryptography`, \
             don't take it for an ssh key",
        ),
        LegacyFormat::Pkcs8 => (
            "in the format PKCS#8",
            "OpenSSH, Go and libssh2 read it; some libraries, such as Python's `cryptography`, \
             don't take it for an ssh key",
        ),
        LegacyFormat::Pkcs8Ed25519 => (
            "an Ed25519 key in the format PKCS#8",
            "OpenSSH reads it since 9.6 only: older ones say `invalid format`",
        ),
    };
    let found = diagnostic!(SSH_FORMAT, "{} is {form}", name(reader)).note(note);
    match format {
        // ssh-keygen does not read what it should convert.
        LegacyFormat::Pkcs8Ed25519 => found
            .help("convert it with OpenSSH 9.6 or later: `ssh-keygen -p -N '' -f KEY`")
            .help("or make a new one: `ssh-keygen -t ed25519 -N '' -f KEY`"),
        LegacyFormat::Pem | LegacyFormat::Pkcs8 => {
            found.help("convert it: `ssh-keygen -p -N '' -f KEY`").help(format!(
                "if a program needs this format, as some Java libraries do, {}",
                origin.allow(&codes::SSH_FORMAT)
            ))
        }
    }
}

/// A key in lines that OpenSSH does not read.
fn form(fault: SshFormFault, reader: Consumer, origin: Origin) -> Diagnostic {
    let found = |message: String| diagnostic!(SSH_FORMAT, "{message}");
    let name = name(reader);
    let strict =
        "OpenSSH does not read it, and says `error in libcrypto` or `invalid format`; Go reads it";
    match fault {
        SshFormFault::TextBefore => {
            found(format!("something stands before the key in {name}")).note(strict).help(
                "remove what stands before `-----BEGIN OPENSSH PRIVATE KEY-----`, empty lines too",
            )
        }
        SshFormFault::Crlf => found(format!("the lines of {name} end in CRLF")).note(strict).help(
            "convert it: `sed -i 's/\\r$//' KEY`; in git, write `*.key -text` into \
             `.gitattributes`",
        ),
        SshFormFault::BlanksAtEnd => {
            found(format!("blanks follow the `BEGIN` or `END` line of {name}"))
                .note(strict)
                .help("remove them: `sed -i 's/[ \\t]*$//' KEY`")
        }
        SshFormFault::NoFinalNewline => {
            found(format!("the last line of {name} has no end")).note(strict).help(match origin {
                Origin::Spec => "leave `trim` out, or end the file with a line break",
                Origin::Manifest => {
                    "end it with a line break: in `stringData`, write `|` and not `|-`"
                }
            })
        }
        SshFormFault::EmptyLine => found(format!("{name} has an empty line in it"))
            .note("OpenSSH does not read it, and says `invalid format`; Go reads it")
            .help("remove the empty lines between the `BEGIN` and the `END` line"),
    }
}

/// The finding for a fault, without a place. Hosts and keys are not named: the value may come out
/// of an encrypted file.
pub(crate) fn known_hosts(fault: &KnownHostsFault, reader: Consumer, origin: Origin) -> Diagnostic {
    let found = |message: String| diagnostic!(KNOWN_HOSTS, "{message}");
    let lines = numbered("line", &fault.lines);
    let hosts_field = match (reader, origin) {
        (Consumer::Anyone, Origin::Spec) => "`known-hosts`",
        _ => "`known_hosts`",
    };
    let verb =
        |one: &'static str, more: &'static str| if fault.lines.len() == 1 { one } else { more };
    let scan = "take the line from `ssh-keyscan HOST`, and compare it with what the host's \
        operator publishes";
    let passed_over = "OpenSSH passes over such a line and does not know the host; Go's ssh, as in \
        Flux and Argo CD, refuses the whole file";
    match fault.kind {
        LineFault::NoLines => found("`known_hosts` names no host".into())
            .note("ssh then refuses every host, or asks a question that no one can answer")
            .help(match reader {
                Consumer::Anyone => format!(
                    "give it lines such as `ssh-keyscan HOST` prints, or leave {hosts_field} out"
                ),
                _ => "give it lines such as `ssh-keyscan HOST` prints".to_owned(),
            }),
        LineFault::ByteOrderMark => found(format!(
            "{lines} of `known_hosts` {} with a byte order mark",
            verb("starts", "start")
        ))
        .note("it becomes a part of the host's name, so that the host is not known")
        .help("save it as UTF-8 without BOM"),
        LineFault::PrivateKey => {
            found(format!("{lines} of `known_hosts` {} a private key", verb("starts", "start")))
                .note("`known_hosts` holds the public keys of hosts, one a line")
                .help(format!(
                    "give the private key to {}, and to {hosts_field} what `ssh-keyscan HOST` \
                     prints",
                    field(reader, origin)
                ))
        }
        LineFault::Marker => found(format!(
            "{lines} of `known_hosts` {} with an unknown marker",
            verb("starts", "start")
        ))
        .note(passed_over)
        .help("the markers are `@cert-authority` and `@revoked`; a host's name has no `@`"),
        LineFault::TwoMarkers => {
            found(format!("{lines} of `known_hosts` {} two markers", verb("has", "have")))
                .note(passed_over)
                .help("write one of `@cert-authority` and `@revoked` a line")
        }
        LineFault::NoHost => {
            found(format!("{lines} of `known_hosts` {} a key without its host", verb("is", "are")))
                .note(
                    "the first word of a line is the host; here it is the type of a key, as in a \
                     `.pub` file",
                )
                .help("write the host before it: `git.example.com ssh-ed25519 AAAA...`")
        }
        LineFault::NoKey => {
            found(format!("{lines} of `known_hosts` {} no key", verb("has", "have")))
                .note(
                    "a line is a host, the type of a key and the key; it must not be broken in two",
                )
                .note(passed_over)
                .help(scan)
        }
        LineFault::Hash => found(format!("the hashed host in {lines} of `known_hosts` is damaged"))
            .note("it is `|1|`, a salt, `|` and a hash, each of the two 20 bytes in base64")
            .help("copy it anew, or write the host's plain name"),
        LineFault::VersionOne => {
            found(format!("{lines} of `known_hosts` {} for version 1 of ssh", verb("is", "are")))
                .note("its keys were written as numbers; OpenSSH reads none since 7.6")
                .help(scan)
        }
        LineFault::Base64 => found(format!("the key in {lines} of `known_hosts` is not base64"))
            .note(passed_over)
            .help(
                "copy it anew; hosts are separated by commas without blanks, and what follows the \
                 key is a comment",
            ),
        LineFault::OtherType => found(format!(
            "the key in {lines} of `known_hosts` is of another type than the line says"
        ))
        .note("OpenSSH passes over such a line and does not know the host")
        .help(scan),
        LineFault::Damaged => {
            found(format!("the key in {lines} of `known_hosts` is damaged or cut off"))
                .note(passed_over)
                .help(scan)
        }
    }
}
