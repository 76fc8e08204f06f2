//! All identities of a run. Locked ones ask for their passphrase when a file needs them, once, and remember the answer.

use std::fmt;
use std::sync::OnceLock;

use age::secrecy::SecretString;
use age::ssh::{EncryptedKey, Identity as SshIdentity};
use age::x25519;

use super::Ask;
use super::age_file::{AgeFile, Damage, OpenFault, ReadFault};
use super::identity::{BadIdentity, BadIdentityReason, IdentityInput, read, read_decrypted};
use super::sniff::Looks;
use super::ssh::SshPublic;
use crate::secret::bytes::SecretBytes;
use crate::world::MAX_FILE_BYTES;

/// An identity, ready or not.
pub(crate) enum Held {
    /// A native key, with its recipient.
    Native(String, Box<x25519::Identity>),
    /// An ssh key without a passphrase.
    Ssh(SshPublic, Box<SshIdentity>),
    /// An ssh key with one.
    LockedSsh(Box<LockedSsh>),
    /// A file of native keys that is encrypted with a passphrase.
    LockedFile(Box<LockedFile>),
    /// An identity that needs more than mintage has.
    Unusable(Unusable),
}

/// An identity of a kind that mintage knows but can't use.
pub(crate) enum Unusable {
    /// Of the plugin of this name.
    Plugin(String),
    /// `AGE-SECRET-KEY-PQ-1...`
    PostQuantum,
}

/// Why something locked stays locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum UnlockFault {
    /// The passphrase is wrong.
    Wrong,
    /// There is nobody to ask.
    Nobody,
    /// What the passphrase opens is no identity.
    Bad(BadIdentityReason),
}

/// An ssh key with a passphrase.
pub(crate) struct LockedSsh {
    pub(crate) public: SshPublic,
    key: EncryptedKey,
    opened: OnceLock<Result<SshIdentity, UnlockFault>>,
}

/// An identity file with a passphrase.
pub(crate) struct LockedFile {
    bytes: SecretBytes,
    opened: OnceLock<Result<Vec<Held>, UnlockFault>>,
}

impl Held {
    pub(crate) fn locked_ssh(public: SshPublic, key: EncryptedKey) -> Self {
        Held::LockedSsh(Box::new(LockedSsh { public, key, opened: OnceLock::new() }))
    }
}

impl LockedSsh {
    /// The key, once its passphrase was asked for.
    pub(crate) fn unlock(&self, origin: &str, ask: Ask<'_>) -> Result<&SshIdentity, UnlockFault> {
        let opened = self.opened.get_or_init(|| {
            let passphrase = ask(&format!("the ssh key {origin}")).ok_or(UnlockFault::Nobody)?;
            let passphrase = passphrase.expose_str().ok_or(UnlockFault::Wrong)?;
            self.key.decrypt(SecretString::from(passphrase.to_owned())).map(SshIdentity::from).map_err(|_| UnlockFault::Wrong)
        });
        opened.as_ref().map_err(Clone::clone)
    }
}

impl LockedFile {
    pub(crate) fn new(bytes: SecretBytes) -> Self {
        Self { bytes, opened: OnceLock::new() }
    }

    /// The identities in the file, once its passphrase was asked for.
    pub(crate) fn unlock(&self, origin: &str, ask: Ask<'_>) -> Result<&[Held], UnlockFault> {
        let opened = self.opened.get_or_init(|| {
            let file = AgeFile::read(self.bytes.expose()).map_err(|fault| {
                UnlockFault::Bad(match fault {
                    ReadFault::NotAge(looks) => BadIdentityReason::Unreadable(looks),
                    ReadFault::Damaged(damage) => BadIdentityReason::Damaged(damage),
                })
            })?;
            let passphrase = ask(&format!("the identity file {origin}")).ok_or(UnlockFault::Nobody)?;
            let plain = file.open_with_passphrase(&passphrase, MAX_FILE_BYTES).map_err(|fault| match fault {
                OpenFault::WrongPassphrase => UnlockFault::Wrong,
                OpenFault::WorkFactor(required) => UnlockFault::Bad(BadIdentityReason::WorkFactor(required)),
                OpenFault::Damaged(damage) => UnlockFault::Bad(BadIdentityReason::Damaged(damage)),
                OpenFault::NoMatch => UnlockFault::Bad(BadIdentityReason::Damaged(Damage::Header)),
                OpenFault::TooLarge => UnlockFault::Bad(BadIdentityReason::Unreadable(Looks::Binary)),
            })?;
            read_decrypted(&plain).map_err(UnlockFault::Bad)
        });
        opened.as_ref().map(Vec::as_slice).map_err(Clone::clone)
    }

    /// The identities in the file, if somebody unlocked it already.
    fn unlocked(&self) -> Option<&[Held]> {
        self.opened.get()?.as_ref().ok().map(Vec::as_slice)
    }
}

/// What an identity is, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityInfo {
    /// Where it is from, as in [`IdentityInput::origin`].
    pub origin: String,
    /// What it is.
    pub kind: IdentityKind,
    /// Its public half: the recipient `age1...`, or the fingerprint `SHA256:...` of an ssh key.
    pub public: Option<String>,
}

/// Kinds of identities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityKind {
    /// A native age key.
    X25519,
    /// An ssh key: its kind as OpenSSH names it, and whether it has a passphrase.
    Ssh {
        /// `ssh-ed25519` or `ssh-rsa`.
        kind: &'static str,
        /// It has a passphrase.
        locked: bool,
    },
    /// An identity file with a passphrase, which nobody has opened yet.
    LockedFile,
    /// An identity of this plugin; not usable.
    Plugin(String),
    /// A post-quantum identity; not usable.
    PostQuantum,
}

/// One input's identities.
pub(crate) struct Entry {
    pub(crate) origin: String,
    pub(crate) only_for_ssh: bool,
    pub(crate) held: Vec<Held>,
}

/// All identities of a run. Threads can share it.
#[derive(Default)]
pub struct Keyring {
    pub(crate) entries: Vec<Entry>,
}

impl Keyring {
    /// Reads the inputs, in the order in which they are to be tried. Nobody is asked for a passphrase here. Inputs without a
    /// usable identity come back with the reason, except those that were only looked up for ssh.
    pub fn load(inputs: Vec<IdentityInput>) -> (Self, Vec<BadIdentity>) {
        let mut ring = Keyring::default();
        let mut bad = Vec::new();
        for input in inputs {
            match read(&input) {
                Ok(mut held) => {
                    if input.only_for_ssh {
                        held.retain(|held| matches!(held, Held::Ssh(..) | Held::LockedSsh(_)));
                    }
                    ring.entries.push(Entry { origin: input.origin, only_for_ssh: input.only_for_ssh, held });
                }
                Err(_) if input.only_for_ssh => {}
                Err(reason) => bad.push(BadIdentity { origin: input.origin, reason }),
            }
        }
        (ring, bad)
    }

    /// Whether there is no identity at all, usable or not.
    pub fn is_empty(&self) -> bool {
        self.entries.iter().all(|entry| entry.held.is_empty())
    }

    /// What each identity is. Identity files with a passphrase show what they hold once a file needed them.
    pub fn identities(&self) -> Vec<IdentityInfo> {
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

fn push_infos(infos: &mut Vec<IdentityInfo>, origin: &str, held: &[Held]) {
    for held in held {
        let (kind, public) = match held {
            Held::Native(recipient, _) => (IdentityKind::X25519, Some(recipient.clone())),
            Held::Ssh(public, _) => (IdentityKind::Ssh { kind: public.kind, locked: false }, Some(public.fingerprint())),
            Held::LockedSsh(key) => (IdentityKind::Ssh { kind: key.public.kind, locked: true }, Some(key.public.fingerprint())),
            Held::LockedFile(file) => match file.unlocked() {
                Some(held) => {
                    push_infos(infos, origin, held);
                    continue;
                }
                None => (IdentityKind::LockedFile, None),
            },
            Held::Unusable(Unusable::Plugin(name)) => (IdentityKind::Plugin(name.clone()), None),
            Held::Unusable(Unusable::PostQuantum) => (IdentityKind::PostQuantum, None),
        };
        infos.push(IdentityInfo { origin: origin.to_owned(), kind, public });
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keyring").field(&self.identities()).finish()
    }
}
