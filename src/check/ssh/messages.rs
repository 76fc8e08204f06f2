//! The sentences for ssh private keys that nobody can use.

use super::readers::Reader;
use super::{SshFault, lint_messages as lint_words};
use crate::check::finding::Origin;
use crate::check::tls::messages::{Subject, a_key, article};
use crate::check::tls::not_pem::not_pem;
use crate::diag::{Diagnostic, codes};

/// The finding for a fault of a key, without a place.
pub fn diagnostic(fault: SshFault, reader: Reader, origin: Origin) -> Diagnostic {
    // Data keys alone leave it open whether it is Flux at all that reads them: that can be allowed.
    let code = if matches!(reader, Reader::Flux { .. }) { &codes::FLUX_IDENTITY } else { &codes::SSH_KEY };
    let error = |message: String| Diagnostic::new(code, message);
    let name = name(reader);
    match fault {
        SshFault::NotPem(fault) => {
            let subject = Subject { name, noun: "private key", label: "OPENSSH PRIVATE KEY", command: "pkey" };
            not_pem(code, &subject, fault, origin)
        }
        SshFault::PublicKey => error(format!("{name} is a public key"))
            .note(match reader {
                Reader::Anyone => {
                    "the type `kubernetes.io/ssh-auth` wants the private half: whoever connects needs it, and the server the public one"
                }
                Reader::ArgoCd => "Argo CD connects with the private half; the public one goes to the git server",
                Reader::Flux { .. } => {
                    "Flux connects with the private half; the public one goes to the git server, and may stand in `identity.pub`"
                }
            })
            .help(format!(
                "give {} the file of the same name without `.pub`; it starts with `-----BEGIN OPENSSH PRIVATE KEY-----`",
                field(reader, origin)
            )),
        SshFault::Putty => error(format!("{name} is in PuTTY's format"))
            .note("neither OpenSSH nor Go's or libgit2's ssh reads it")
            .help("convert it: `puttygen KEY.ppk -O private-openssh -o KEY`"),
        SshFault::SshCom => error(format!("{name} is in the format of ssh.com"))
            .note("neither OpenSSH nor Go's or libgit2's ssh uses it as it is")
            .help("convert it: `ssh-keygen -i -f KEY > KEY.openssh`"),
        SshFault::NotAKey(kind) => error(format!("{name} holds {}, not a private key", article(kind)))
            .help(format!("give {} what `ssh-keygen -t ed25519 -N '' -f KEY` writes into `KEY`", field(reader, origin))),
        SshFault::Unsupported(algorithm) => error(format!("{name} is {}, which ssh does not use", a_key(algorithm)))
            .help("make a key for ssh: `ssh-keygen -t ed25519 -N '' -f KEY`"),
        SshFault::Damaged => error(format!("{name} is damaged or cut off"))
            .note("its PEM is in order, but what it encodes is no complete private key")
            .help("copy the file anew; `ssh-keygen -y -f KEY` prints the public key if it is whole"),
        SshFault::Encrypted => lint_words::passphrase(reader, origin),
        SshFault::LegacyFormat(format) => lint_words::legacy_format(format, reader, origin),
        SshFault::Form(fault) => lint_words::form(fault, reader, origin),
    }
}

/// The value, as messages call it.
pub(crate) fn name(reader: Reader) -> &'static str {
    match reader {
        Reader::Anyone => "`ssh-privatekey`",
        Reader::ArgoCd => "`sshPrivateKey`",
        Reader::Flux { .. } => "`identity`",
    }
}

/// What the private key is called where the Secret is written.
pub(crate) fn field(reader: Reader, origin: Origin) -> &'static str {
    match (reader, origin) {
        (Reader::Anyone, Origin::Spec) => "`private-key`",
        _ => name(reader),
    }
}

/// Why the data is taken for that of an ssh client at all, where the type does not say so.
pub fn why(reader: Reader) -> Option<&'static str> {
    match reader {
        Reader::Anyone => None,
        Reader::ArgoCd => Some("by the label `argocd.argoproj.io/secret-type` the Secret holds credentials of Argo CD for a repository"),
        Reader::Flux { .. } => Some("a Secret with `identity` and `known_hosts` is what Flux reads for a repository"),
    }
}
