//! All identities of a run, and how they open a file. Locked ones ask for their passphrase when a
//! file needs them, once, and remember the answer.

use std::fmt;

use age::Identity;

use super::AskPassphrase;
use super::age_file::{AgeFile, FileFault};
use super::identity::{
    BadIdentity, DecryptFault, HeldIdentity, IdentityInfo, IdentityInput, IdentityKind, Lock,
    PassphraseOf, read,
};
use super::ssh::SshPublic;
use crate::secret::bytes::SecretBytes;

struct KeyringEntry {
    origin: String,
    only_for_ssh: bool,
    held: Vec<HeldIdentity>,
}

#[derive(Default)]
pub(crate) struct Keyring {
    entries: Vec<KeyringEntry>,
}

impl Keyring {
    /// Reads the inputs, in the order in which they are to be tried. Nobody is asked for a
    /// passphrase here. Inputs without a usable identity come back with the reason, except those
    /// that were only looked up for ssh.
    pub(crate) fn load(inputs: Vec<IdentityInput>) -> (Self, Vec<BadIdentity>) {
        let mut ring = Keyring::default();
        let mut bad = Vec::new();
        for IdentityInput { origin, bytes, only_for_ssh } in inputs {
            match read(&bytes) {
                Ok(mut held) => {
                    held.retain(|held| !only_for_ssh || held.is_ssh());
                    ring.entries.push(KeyringEntry { origin, only_for_ssh, held });
                }
                Err(_) if only_for_ssh => {}
                Err(reason) => bad.push(BadIdentity { origin, reason }),
            }
        }
        (ring, bad)
    }

    /// What each identity is; keys that were only looked up for ssh are left out unless `ssh`.
    /// Identity files with a passphrase show what they hold once a file needed them.
    pub(crate) fn identities(&self, ssh: bool) -> Vec<IdentityInfo> {
        let mut infos = Vec::new();
        for entry in self.entries.iter().filter(|entry| ssh || !entry.only_for_ssh) {
            push_infos(&mut infos, &entry.origin, &entry.held);
        }
        infos
    }

    /// The identities whose keys are at hand: those without a passphrase, then those for which it
    /// was given.
    pub(crate) fn open_identities(&self) -> impl Iterator<Item = &HeldIdentity> {
        let held = || self.entries.iter().flat_map(|entry| &entry.held);
        let unlocked = held().filter_map(|held| match held {
            HeldIdentity::Locked(locked) => locked.unlocked(),
            _ => None,
        });
        held().filter(|held| !matches!(held, HeldIdentity::Locked(_))).chain(unlocked.flatten())
    }

    /// The plaintext of an age file, binary or armored, if it has at most `limit` bytes.
    ///
    /// `name` is what a question for the file's passphrase calls it. Passphrases are asked for as
    /// late as can be: the file's own when it has one; an ssh key's when the file names that key;
    /// an identity file's when nothing else opens the file and the file has native recipients.
    /// Those of identities are asked for once per keyring, right or wrong.
    pub(crate) fn decrypt(
        &self,
        name: &str,
        bytes: &[u8],
        limit: usize,
        ask: AskPassphrase<'_>,
    ) -> Result<SecretBytes, DecryptFault> {
        let file = AgeFile::read(bytes)?;
        if file.header.is_passphrase() {
            file.check_work()?;
            let passphrase = ask(name).ok_or(DecryptFault::NoPassphrase(PassphraseOf::File))?;
            return Ok(file.open_with_passphrase(&passphrase, limit)?);
        }
        let held = self.entries.iter().flat_map(|entry| &entry.held);
        if let Some(plain) = open(&file, held, limit)? {
            return Ok(plain);
        }
        let addressees = &file.header.addressees;
        let mut locked = Vec::new();
        for KeyringEntry { origin, held, .. } in &self.entries {
            locked.extend(held.iter().filter_map(|held| match held {
                HeldIdentity::Locked(one) if one.lock.may_open(addressees) => Some((origin, one)),
                _ => None,
            }));
        }
        // SSH keys first.
        locked.sort_by_key(|(_, one)| matches!(one.lock, Lock::File(_)));
        let mut problem = None;
        for (origin, locked) in locked {
            match locked.unlock(origin, ask) {
                Ok(held) => {
                    if let Some(plain) = open(&file, held.iter(), limit)? {
                        return Ok(plain);
                    }
                }
                Err(fault) => problem = problem.or(Some(fault)),
            }
        }
        Err(problem.unwrap_or_else(|| {
            let addressees = addressees.clone();
            match self.identities(addressees.has_ssh()) {
                tried if tried.is_empty() => DecryptFault::NoIdentities { addressees },
                tried => DecryptFault::NoMatch { addressees, tried },
            }
        }))
    }
}

/// Opens a file with those of the identities that need no passphrase; `None` when none matches.
fn open<'k>(
    file: &AgeFile<'_>,
    held: impl Iterator<Item = &'k HeldIdentity>,
    limit: usize,
) -> Result<Option<SecretBytes>, FileFault> {
    let addressees = &file.header.addressees;
    let keys = held.filter_map(|held| match held {
        HeldIdentity::Native(_, key) if addressees.has_x25519() => Some(&**key as &dyn Identity),
        HeldIdentity::Ssh(public, key) if addressees.names_ssh(public) => Some(&**key),
        _ => None,
    });
    file.open(keys, limit)
}

fn push_infos(infos: &mut Vec<IdentityInfo>, origin: &str, held: &[HeldIdentity]) {
    let ssh = |key: &SshPublic| (IdentityKind::Ssh(key.kind), Some(key.fingerprint()));
    for held in held {
        let (kind, public) = match held {
            HeldIdentity::Native(recipient, _) => (IdentityKind::X25519, Some(recipient.clone())),
            HeldIdentity::Ssh(public, _) => ssh(public),
            HeldIdentity::Locked(locked) => match (&locked.lock, locked.unlocked()) {
                (Lock::File(_), Some(held)) => {
                    push_infos(infos, origin, held);
                    continue;
                }
                (Lock::File(_), None) => (IdentityKind::LockedFile, None),
                (Lock::Ssh(public, _), _) => ssh(public),
            },
            HeldIdentity::Unusable(kind) => (IdentityKind::Unusable(kind.clone()), None),
        };
        infos.push(IdentityInfo { origin: origin.to_owned(), kind, public });
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keyring").field(&self.identities(true)).finish()
    }
}
