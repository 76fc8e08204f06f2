//! Who reads the ssh key of a Secret: whoever mounts one of type `kubernetes.io/ssh-auth`, Argo CD
//! by a label, Flux by the data keys. The rules are the same; what a program forgives is no finding
//! where only that program reads the key.
//!
//! Sources: Argo CD's `util/git/creds.go` (`SSHCreds.Environ`) and `util/git/client.go`
//! (`newAuth`); `git/options.go` and `git/gogit` of `fluxcd/pkg`.

use super::{SshFault, SshFormFault};
use crate::check::subject::{Origin, Subject};
use crate::secret::kind;

/// Argo CD and Flux read the key of a repository with Go. Argo CD also gives it to OpenSSH with a
/// line break behind it; for Flux, the Secret may have the passphrase too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consumer {
    Anyone,
    ArgoCd,
    Flux { passphrase: bool },
}

/// The label by which Argo CD finds its Secrets, and its values for those with credentials of
/// repositories.
const ARGO_CD_LABEL: &str = "argocd.argoproj.io/secret-type";
const ARGO_CD_REPOSITORIES: [&str; 4] =
    ["repository", "repo-creds", "repository-write", "repo-write-creds"];

impl Consumer {
    pub(crate) fn of(subject: &Subject<'_>) -> Vec<Self> {
        let secret = subject.secret;
        let mut found = Vec::new();
        if secret.type_ == kind::SSH_AUTH {
            found.push(Self::Anyone);
        }
        let label = secret.labels.get(ARGO_CD_LABEL);
        if label.is_some_and(|label| ARGO_CD_REPOSITORIES.contains(&label.as_str())) {
            found.push(Self::ArgoCd);
        }
        if secret.type_ == kind::OPAQUE && subject.has("identity") && subject.has(kind::KNOWN_HOSTS)
        {
            let is_empty = subject.value(kind::PASSWORD).is_some_and(<[u8]>::is_empty);
            found.push(Self::Flux { passphrase: subject.has(kind::PASSWORD) && !is_empty });
        }
        found
    }

    pub(crate) fn data_key(self) -> &'static str {
        match self {
            Self::Anyone => kind::SSH_PRIVATE_KEY,
            Self::ArgoCd => "sshPrivateKey",
            Self::Flux { .. } => "identity",
        }
    }

    pub(crate) fn fields(self, origin: Origin) -> [String; 2] {
        let names = match (self, origin) {
            (Self::Anyone, Origin::Spec) => ["private-key", "known-hosts"],
            _ => [self.data_key(), kind::KNOWN_HOSTS],
        };
        names.map(|name| format!("`{name}`"))
    }

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
}
