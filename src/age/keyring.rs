//! All identities of a run. Locked ones ask for their passphrase when a file needs them, once, and
//! remember the answer.

use std::fmt;

use super::identity::{BadIdentity, HeldIdentity, IdentityInput, Unusable, read};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IdentityInfo {
    /// Where it is from, as in [`IdentityInput::origin`].
    pub origin: String,
    pub kind: IdentityKind,
    /// Its public half: the recipient `age1...`, or the fingerprint `SHA256:...` of an ssh key.
    pub public: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IdentityKind {
    X25519,
    /// An ssh key: its kind as OpenSSH names it, and whether it has a passphrase.
    Ssh {
        /// `ssh-ed25519` or `ssh-rsa`.
        kind: &'static str,
        locked: bool,
    },
    /// An identity file with a passphrase, which nobody has opened yet.
    LockedFile,
    /// An identity of this plugin; not usable.
    Plugin(String),
    /// A post-quantum identity; not usable.
    PostQuantum,
}

pub(crate) struct KeyringEntry {
    pub(crate) origin: String,
    pub(crate) only_for_ssh: bool,
    pub(crate) held: Vec<HeldIdentity>,
}

/// All identities of a run. Threads can share it.
#[derive(Default)]
pub(crate) struct Keyring {
    pub(crate) entries: Vec<KeyringEntry>,
}

impl Keyring {
    /// Reads the inputs, in the order in which they are to be tried. Nobody is asked for a
    /// passphrase here. Inputs without a usable identity come back with the reason, except those
    /// that were only looked up for ssh.
    pub(crate) fn load(inputs: Vec<IdentityInput>) -> (Self, Vec<BadIdentity>) {
        let mut ring = Keyring::default();
        let mut bad = Vec::new();
        for input in inputs {
            match read(&input) {
                Ok(mut held) => {
                    if input.only_for_ssh {
                        held.retain(|held| {
                            matches!(held, HeldIdentity::Ssh(..) | HeldIdentity::LockedSsh(_))
                        });
                    }
                    ring.entries.push(KeyringEntry {
                        origin: input.origin,
                        only_for_ssh: input.only_for_ssh,
                        held,
                    });
                }
                Err(_) if input.only_for_ssh => {}
                Err(reason) => bad.push(BadIdentity { origin: input.origin, reason }),
            }
        }
        (ring, bad)
    }

    /// What each identity is. Identity files with a passphrase show what they hold once a file
    /// needed them.
    pub(crate) fn identities(&self) -> Vec<IdentityInfo> {
        self.infos(true)
    }

    /// The same; keys that were only looked up for ssh are left out unless `ssh`.
    pub(crate) fn infos(&self, ssh: bool) -> Vec<IdentityInfo> {
        let mut infos = Vec::new();
        for entry in self.entries.iter().filter(|entry| ssh || !entry.only_for_ssh) {
            push_infos(&mut infos, &entry.origin, &entry.held);
        }
        infos
    }
}

fn push_infos(infos: &mut Vec<IdentityInfo>, origin: &str, held: &[HeldIdentity]) {
    for held in held {
        let (kind, public) = match held {
            HeldIdentity::Native(recipient, _) => (IdentityKind::X25519, Some(recipient.clone())),
            HeldIdentity::Ssh(public, _) => {
                (IdentityKind::Ssh { kind: public.kind, locked: false }, Some(public.fingerprint()))
            }
            HeldIdentity::LockedSsh(key) => (
                IdentityKind::Ssh { kind: key.public.kind, locked: true },
                Some(key.public.fingerprint()),
            ),
            HeldIdentity::LockedFile(file) => match file.unlocked() {
                Some(held) => {
                    push_infos(infos, origin, held);
                    continue;
                }
                None => (IdentityKind::LockedFile, None),
            },
            HeldIdentity::Unusable(Unusable::Plugin(name)) => {
                (IdentityKind::Plugin(name.clone()), None)
            }
            HeldIdentity::Unusable(Unusable::PostQuantum) => (IdentityKind::PostQuantum, None),
        };
        infos.push(IdentityInfo { origin: origin.to_owned(), kind, public });
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keyring").field(&self.identities()).finish()
    }
}
