//! The identities that came from one place: a file, a variable, or what a command printed.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::AskPassphrase;
use super::fault::{BadIdentity, DecryptFault, IdentityInfo, IdentityKind};
use super::identity::{HeldIdentity, IdentitySource, Lock, read};
use super::ssh::SshPublic;
use crate::secret::bytes::SecretBytes;

pub(super) struct Given {
    pub(super) origin: String,
    pub(super) source: IdentitySource,
    pub(super) held: Vec<HeldIdentity>,
    /// Of the file of an SSH key without a passphrase.
    pub(super) ssh_digest: Option<Zeroizing<[u8; 32]>>,
}

/// Takes an identity, and the digest of the file of an SSH key.
pub(super) type Look<'l, T> = dyn Fn(&HeldIdentity, Option<&Zeroizing<[u8; 32]>>) -> Option<T> + 'l;

impl Given {
    pub(super) fn read(
        origin: String,
        bytes: &SecretBytes,
        source: IdentitySource,
    ) -> Result<Self, BadIdentity> {
        let mut held = match read(bytes, source) {
            Ok(held) => held,
            Err(reason) => return Err(BadIdentity { origin, reason }),
        };
        held.retain(|held| source != IdentitySource::UsualSshKey || held.is_ssh());
        let is_open_ssh = |held: &HeldIdentity| matches!(held, HeldIdentity::Ssh(..));
        let ssh_digest = held
            .iter()
            .any(is_open_ssh)
            .then(|| Zeroizing::new(<[u8; 32]>::from(Sha256::digest(bytes.expose()))));
        Ok(Self { origin, source, held, ssh_digest })
    }

    /// Whether a passphrase opens what was given.
    pub(super) fn is_locked(&self) -> bool {
        self.held.iter().any(|held| matches!(held, HeldIdentity::Locked(_)))
    }

    pub(super) fn with_origin(&self) -> impl Iterator<Item = (&str, &HeldIdentity)> {
        self.held.iter().map(|held| (self.origin.as_str(), held))
    }

    /// What each is.
    pub(super) fn infos(&self) -> Vec<IdentityInfo> {
        let mut infos = Vec::new();
        push_infos(&mut infos, &self.origin, &self.held);
        infos
    }

    /// The recipient of each; for one of a plugin, that plugin's name as an error. Passphrases of
    /// identity files are asked for.
    pub(super) fn recipients(
        &self,
        ask: AskPassphrase<'_>,
    ) -> Result<Vec<Result<String, String>>, DecryptFault> {
        let mut recipients = Vec::new();
        for held in &self.held {
            match held {
                HeldIdentity::Locked(locked) if matches!(locked.lock, Lock::File(_)) => {
                    let held = locked.unlock(&self.origin, ask)?;
                    recipients.extend(held.iter().filter_map(recipient));
                }
                held => recipients.extend(recipient(held)),
            }
        }
        Ok(recipients)
    }

    /// The first result of what is asked of each identity whose key is at hand, and of the digest
    /// of its file: those without a passphrase, or those for which it was given.
    pub(super) fn find<T>(&self, unlocked: bool, look: &Look<'_, T>) -> Option<T> {
        self.held.iter().find_map(|held| match held {
            HeldIdentity::Locked(locked) if unlocked => {
                locked.unlocked()?.iter().find_map(|held| look(held, None))
            }
            HeldIdentity::Locked(_) => None,
            held if !unlocked => look(held, self.ssh_digest.as_ref()),
            _ => None,
        })
    }
}

/// What files are encrypted for that this identity opens; of a plugin its name. `None` for what is
/// itself a file of identities.
fn recipient(held: &HeldIdentity) -> Option<Result<String, String>> {
    match held {
        HeldIdentity::Native(recipient, _) | HeldIdentity::Hybrid(recipient, _) => {
            Some(Ok(recipient.clone()))
        }
        HeldIdentity::Ssh(public, _) => Some(Ok(public.line())),
        HeldIdentity::Locked(locked) => match &locked.lock {
            Lock::Ssh(public, _) => Some(Ok(public.line())),
            Lock::File(_) => None,
        },
        HeldIdentity::Plugin(key) => Some(Err(key.name.clone())),
        HeldIdentity::SpecPlugin(name) => Some(Err(name.clone())),
    }
}

fn push_infos(infos: &mut Vec<IdentityInfo>, origin: &str, held: &[HeldIdentity]) {
    let ssh = |key: &SshPublic| (IdentityKind::Ssh(key.kind), Some(key.fingerprint()));
    for held in held {
        let (kind, public) = match held {
            HeldIdentity::Native(recipient, _) => (IdentityKind::X25519, Some(recipient.clone())),
            HeldIdentity::Hybrid(recipient, _) => (IdentityKind::Hybrid, Some(recipient.clone())),
            HeldIdentity::Ssh(public, _) => ssh(public),
            HeldIdentity::Locked(locked) => match (&locked.lock, locked.unlocked()) {
                (Lock::File(_), Some(held)) => {
                    push_infos(infos, origin, held);
                    continue;
                }
                (Lock::File(_), None) => (IdentityKind::LockedFile, None),
                (Lock::Ssh(public, _), _) => ssh(public),
            },
            HeldIdentity::Plugin(key) => (IdentityKind::Plugin(key.name.clone()), None),
            HeldIdentity::SpecPlugin(name) => (IdentityKind::SpecPlugin(name.clone()), None),
        };
        infos.push(IdentityInfo { origin: origin.to_owned(), kind, public });
    }
}
