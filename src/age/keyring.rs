//! All identities of a run, and how they open a file. Locked ones ask for their passphrase when a
//! file needs them, once, and remember the answer.

use std::fmt;

use age::Identity;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::AskPassphrase;
use super::age_file::{AgeFile, FileFault};
use super::fault::{BadIdentity, DecryptFault, IdentityInfo, IdentityKind, PassphraseOf};
use super::identity::{HeldIdentity, IdentityInput, IdentitySource, Lock, Locked, PluginKey, read};
use super::plugin::{PluginUse, Plugins};
use super::ssh::SshPublic;
use crate::secret::bytes::SecretBytes;

struct KeyringEntry {
    origin: String,
    source: IdentitySource,
    held: Vec<HeldIdentity>,
    /// Of the file of an SSH key without a passphrase.
    ssh_digest: Option<Zeroizing<[u8; 32]>>,
}

#[derive(Default)]
pub(crate) struct Keyring {
    entries: Vec<KeyringEntry>,
    plugins: Plugins,
}

impl Keyring {
    /// Reads the inputs, in the order in which they are to be tried. Nobody is asked for a
    /// passphrase here. Inputs without a usable identity come back with the reason, except those
    /// that were only looked up for ssh.
    pub(crate) fn load(inputs: Vec<IdentityInput>, plugins: Plugins) -> (Self, Vec<BadIdentity>) {
        let mut ring = Keyring { entries: Vec::new(), plugins };
        let mut bad = Vec::new();
        for input in inputs {
            let only_for_ssh = input.source == IdentitySource::UsualSshKey;
            match read(&input) {
                Ok(mut held) => {
                    held.retain(|held| !only_for_ssh || held.is_ssh());
                    let is_open_ssh = |held: &HeldIdentity| matches!(held, HeldIdentity::Ssh(..));
                    let ssh_digest = held.iter().any(is_open_ssh).then(|| {
                        let digest = Sha256::digest(input.bytes.expose());
                        Zeroizing::new(<[u8; 32]>::from(digest))
                    });
                    let IdentityInput { origin, source, .. } = input;
                    ring.entries.push(KeyringEntry { origin, source, held, ssh_digest });
                }
                Err(_) if only_for_ssh => {}
                Err(reason) => bad.push(BadIdentity { origin: input.origin, reason }),
            }
        }
        (ring, bad)
    }

    /// What each identity is; keys that were only looked up for ssh are left out unless `ssh`.
    /// Identity files with a passphrase show what they hold once a file needed them.
    pub(crate) fn identities(&self, ssh: bool) -> Vec<IdentityInfo> {
        let mut infos = Vec::new();
        for entry in &self.entries {
            if entry.source == IdentitySource::UsualSshKey && !ssh {
                continue;
            }
            push_infos(&mut infos, &entry.origin, &entry.held);
        }
        infos
    }

    /// The recipient of each identity, in their order; for one of a plugin, that plugin's name as
    /// an error. Passphrases of identity files are asked for.
    pub(crate) fn recipients(
        &self,
        ask: AskPassphrase<'_>,
    ) -> Result<Vec<Result<String, String>>, DecryptFault> {
        let mut recipients = Vec::new();
        for KeyringEntry { origin, held, .. } in &self.entries {
            for held in held {
                match held {
                    HeldIdentity::Locked(locked) if matches!(locked.lock, Lock::File(_)) => {
                        let held = locked.unlock(origin, ask)?;
                        recipients.extend(held.iter().filter_map(recipient));
                    }
                    held => recipients.extend(recipient(held)),
                }
            }
        }
        Ok(recipients)
    }

    /// The identities whose keys are at hand: those without a passphrase, then those for which it
    /// was given. With an SSH key comes the digest of its file.
    pub(crate) fn open_identities(
        &self,
    ) -> impl Iterator<Item = (&HeldIdentity, Option<&Zeroizing<[u8; 32]>>)> {
        let unlocked = self.entries.iter().flat_map(|entry| &entry.held);
        let unlocked = unlocked.filter_map(|held| match held {
            HeldIdentity::Locked(locked) => locked.unlocked(),
            _ => None,
        });
        let open = self.entries.iter().flat_map(|entry| {
            let held = entry.held.iter().filter(|held| !matches!(held, HeldIdentity::Locked(_)));
            held.map(|held| (held, entry.ssh_digest.as_ref()))
        });
        open.chain(unlocked.flatten().map(|held| (held, None)))
    }

    /// The plaintext of an age file, binary or armored, if it has at most `limit` bytes.
    pub(crate) fn decrypt(
        &self,
        name: &str,
        bytes: &[u8],
        limit: usize,
        ask: AskPassphrase<'_>,
    ) -> Result<SecretBytes, DecryptFault> {
        self.open(name, &AgeFile::read(bytes)?, limit, ask)
    }

    /// The plaintext of an age file, if it has at most `limit` bytes. Then the file's whole header
    /// is genuine, [`Header::claim`](super::header::Header) included.
    ///
    /// `name` is what a question for the file's passphrase calls it. People are asked as late as
    /// can be: for the file's own passphrase when it has one; for an ssh key's when the file names
    /// that key; by plugins when no other key opens the file; for an identity file's passphrase
    /// when nothing else opens the file and it may have recipients of which the file holds
    /// identities. Those of identities are asked for once per keyring, right or wrong.
    pub(crate) fn open(
        &self,
        name: &str,
        file: &AgeFile<'_>,
        limit: usize,
        ask: AskPassphrase<'_>,
    ) -> Result<SecretBytes, DecryptFault> {
        if file.header.is_passphrase() {
            file.check_work()?;
            let passphrase = ask(name).ok_or(DecryptFault::NoPassphrase(PassphraseOf::File))?;
            return Ok(file.open_with_passphrase(&passphrase, limit)?);
        }
        let held = || self.entries.iter().flat_map(|entry| &entry.held);
        if let Some(plain) = open(file, held(), limit)? {
            return Ok(plain);
        }
        let mut problem = None;
        let is_ssh = |lock: &Lock| matches!(lock, Lock::Ssh(..));
        for step in [Step::LockedSsh, Step::Plugins, Step::LockedFiles] {
            for KeyringEntry { origin, held, .. } in &self.entries {
                for held in held {
                    let opened = match (step, held) {
                        (Step::LockedSsh, HeldIdentity::Locked(one)) if is_ssh(&one.lock) => {
                            self.open_locked(file, origin, one, limit, ask)
                        }
                        (Step::LockedFiles, HeldIdentity::Locked(one)) if !is_ssh(&one.lock) => {
                            self.open_locked(file, origin, one, limit, ask)
                        }
                        (Step::Plugins, HeldIdentity::Plugin(key)) => {
                            self.open_by_plugin(file, key, limit)
                        }
                        _ => continue,
                    };
                    match opened {
                        Ok(Some(plain)) => return Ok(plain),
                        Ok(None) => {}
                        Err(DecryptFault::File(fault)) => return Err(fault.into()),
                        Err(fault) => problem = problem.or(Some(fault)),
                    }
                }
            }
        }
        let addressees = file.header.addressees.clone();
        Err(match (problem, self.identities(addressees.has_ssh())) {
            (Some(problem), _) => problem,
            (None, tried) if tried.is_empty() => DecryptFault::NoIdentities { addressees },
            (None, tried) => DecryptFault::NoMatch { addressees, tried },
        })
    }

    fn open_locked(
        &self,
        file: &AgeFile<'_>,
        origin: &str,
        locked: &Locked,
        limit: usize,
        ask: AskPassphrase<'_>,
    ) -> Result<Option<SecretBytes>, DecryptFault> {
        if !locked.lock.may_open(&file.header.addressees) {
            return Ok(None);
        }
        let held = locked.unlock(origin, ask)?;
        if let Some(plain) = open(file, held.iter(), limit)? {
            return Ok(Some(plain));
        }
        for held in held {
            if let HeldIdentity::Plugin(key) = held
                && let Some(plain) = self.open_by_plugin(file, key, limit)?
            {
                return Ok(Some(plain));
            }
        }
        Ok(None)
    }

    fn open_by_plugin(
        &self,
        file: &AgeFile<'_>,
        key: &PluginKey,
        limit: usize,
    ) -> Result<Option<SecretBytes>, DecryptFault> {
        let plugin = PluginUse::new(&self.plugins, &key.name, key.text.as_str());
        let opened = file.open(std::iter::once(&plugin as &dyn Identity), limit)?;
        match plugin.fault.take() {
            Some(fault) => Err(DecryptFault::Plugin(fault)),
            None => Ok(opened),
        }
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

/// The order in which keys that may ask somebody are tried.
#[derive(Clone, Copy)]
enum Step {
    LockedSsh,
    Plugins,
    LockedFiles,
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
        HeldIdentity::Hybrid(_, key) if addressees.has_post_quantum() => Some(&**key),
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

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keyring").field(&self.identities(true)).finish()
    }
}
