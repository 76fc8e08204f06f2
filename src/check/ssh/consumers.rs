//! Who reads the ssh key of a Secret: whoever mounts one of type `kubernetes.io/ssh-auth`, Argo CD
//! by a label, Flux by the data keys. The rules are the same; what a program forgives is no finding
//! where only that program reads the key.
//!
//! Sources: Argo CD's `util/git/creds.go` (`SSHCreds.Environ`) and `util/git/client.go`
//! (`newAuth`); `git/options.go` and `git/gogit` of `fluxcd/pkg`.

use super::{SshFault, SshFormFault};
use crate::check::subject::Subject;
use crate::secret::kind;

/// A reader of ssh keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consumer {
    /// Whatever mounts a Secret of type `kubernetes.io/ssh-auth`.
    Anyone,
    /// Argo CD, which reads the key of a repository with Go, and gives it to OpenSSH with a line
    /// break behind it.
    ArgoCd,
    /// Flux, which reads the key of a repository with Go.
    Flux {
        /// Whether the Secret has the passphrase too.
        passphrase: bool,
    },
}

/// The label by which Argo CD finds its Secrets, and its values for those with credentials of
/// repositories.
const ARGO_CD_LABEL: &str = "argocd.argoproj.io/secret-type";
const ARGO_CD_REPOSITORIES: [&str; 4] =
    ["repository", "repo-creds", "repository-write", "repo-write-creds"];

impl Consumer {
    /// The readers of a Secret.
    pub(crate) fn of(subject: &Subject<'_>) -> impl Iterator<Item = Self> {
        let secret = subject.secret;
        let has = |key: &str| secret.data.contains_key(key) || subject.unknown.keys.contains(key);
        let anyone = secret.type_ == kind::SSH_AUTH;
        let argo_cd = secret
            .labels
            .get(ARGO_CD_LABEL)
            .is_some_and(|label| ARGO_CD_REPOSITORIES.contains(&label.as_str()));
        let flux = secret.type_ == kind::OPAQUE && has("identity") && has(kind::KNOWN_HOSTS);
        let passphrase = has(kind::PASSWORD)
            && subject.value(kind::PASSWORD).is_none_or(|passphrase| !passphrase.is_empty());
        let flux = flux.then_some(Self::Flux { passphrase });
        anyone
            .then_some(Self::Anyone)
            .into_iter()
            .chain(argo_cd.then_some(Self::ArgoCd))
            .chain(flux)
    }

    /// The data key in which it looks for the private key.
    pub(crate) fn data_key(self) -> &'static str {
        match self {
            Self::Anyone => kind::SSH_PRIVATE_KEY,
            Self::ArgoCd => "sshPrivateKey",
            Self::Flux { .. } => "identity",
        }
    }

    /// Whether a fault is one for it.
    pub(crate) fn minds(self, fault: SshFault) -> bool {
        match (self, fault) {
            (Self::Anyone, _) => true,
            (_, SshFault::LegacyFormat(_)) => false,
            (Self::ArgoCd, SshFault::Form(form)) => form != SshFormFault::NoFinalNewline,
            (Self::Flux { .. }, SshFault::Form(_)) => false,
            (Self::Flux { passphrase }, SshFault::Encrypted) => !passphrase,
            _ => true,
        }
    }

    /// The data key in which it looks for the keys of hosts. Those of Argo CD are in a ConfigMap.
    pub(crate) fn hosts_key(self) -> Option<&'static str> {
        match self {
            Self::Anyone | Self::Flux { .. } => Some(kind::KNOWN_HOSTS),
            Self::ArgoCd => None,
        }
    }
}
