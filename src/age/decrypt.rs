//! Opening a file: with a passphrase, with the keys at hand, then with those that must be unlocked
//! first.

use age::Identity;

use super::age_file::{AgeFile, OpenFault, ReadFault};
use super::header::Addressees;
use super::identity::{BadIdentity, HeldIdentity, UnlockFault};
use super::keyring::{IdentityInfo, Keyring, KeyringEntry};
use super::{AskPassphrase, Damage, MAX_WORK_FACTOR};
use crate::content::Content;
use crate::secret::bytes::SecretBytes;

/// Why a file gives no plaintext. Holds public data only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DecryptFault {
    /// It is no age file, but this.
    NotAge(Content),
    /// It is an age file no longer.
    Damaged(Damage),
    NoIdentities {
        addressees: Addressees,
    },
    NoMatch {
        addressees: Addressees,
        /// What there is, in the order in which it was tried.
        tried: Vec<IdentityInfo>,
    },
    WrongPassphrase(PassphraseOf),
    /// A passphrase is needed, and there is nobody to ask.
    NoPassphrase(PassphraseOf),
    /// The file's passphrase would take too much work to check.
    WorkFactor {
        /// The exponent of scrypt's N that the file asks for.
        required: u8,
        cap: u8,
    },
    /// An identity file that had to be opened for this file holds no identity.
    BadIdentity(BadIdentity),
    TooLarge {
        /// The most bytes it may have.
        limit: usize,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PassphraseOf {
    File,
    IdentityFile(String),
    SshKey(String),
}

impl From<ReadFault> for DecryptFault {
    fn from(fault: ReadFault) -> Self {
        match fault {
            ReadFault::NotAge(looks) => DecryptFault::NotAge(looks),
            ReadFault::Damaged(damage) => DecryptFault::Damaged(damage),
        }
    }
}

impl Keyring {
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
            return decrypt_passphrase_file(&file, name, limit, ask);
        }
        let addressees = &file.header.addressees;
        if let Some(plain) = open(&file, self.ready(addressees), limit)? {
            return Ok(plain);
        }
        let mut problem = None;
        for entry in &self.entries {
            match open_with_ssh_keys(&file, entry, limit, ask)? {
                Ok(plain) => return Ok(plain),
                Err(found) => problem = problem.or(found),
            }
        }
        for entry in self.entries.iter().filter(|_| addressees.has_x25519()) {
            match open_with_identity_files(&file, entry, limit, ask)? {
                Ok(plain) => return Ok(plain),
                Err(found) => problem = problem.or(found),
            }
        }
        Err(problem.unwrap_or_else(|| {
            let addressees = addressees.clone();
            match self.infos(addressees.has_ssh()) {
                tried if tried.is_empty() => DecryptFault::NoIdentities { addressees },
                tried => DecryptFault::NoMatch { addressees, tried },
            }
        }))
    }

    /// The keys that need no passphrase and may open a file for these addressees.
    fn ready<'a>(&'a self, addressees: &Addressees) -> Vec<&'a dyn Identity> {
        let held = self.entries.iter().flat_map(|entry| &entry.held);
        held.filter_map(|held| ready_key(held, addressees)).collect()
    }
}

fn ready_key<'a>(held: &'a HeldIdentity, addressees: &Addressees) -> Option<&'a dyn Identity> {
    match held {
        HeldIdentity::Native(_, key) if addressees.has_x25519() => Some(&**key),
        HeldIdentity::Ssh(public, key) if addressees.names_ssh(public.kind, &public.tag()) => {
            Some(&**key)
        }
        _ => None,
    }
}

fn decrypt_passphrase_file(
    file: &AgeFile<'_>,
    name: &str,
    limit: usize,
    ask: AskPassphrase<'_>,
) -> Result<SecretBytes, DecryptFault> {
    let fault = |fault| match fault {
        OpenFault::WrongPassphrase => DecryptFault::WrongPassphrase(PassphraseOf::File),
        OpenFault::WorkFactor(required) => {
            DecryptFault::WorkFactor { required, cap: MAX_WORK_FACTOR }
        }
        OpenFault::Damaged(damage) => DecryptFault::Damaged(damage),
        OpenFault::NoMatch => DecryptFault::Damaged(Damage::Header),
        OpenFault::TooLarge => DecryptFault::TooLarge { limit },
    };
    file.check_work().map_err(fault)?;
    let passphrase = ask(name).ok_or(DecryptFault::NoPassphrase(PassphraseOf::File))?;
    file.open_with_passphrase(&passphrase, limit).map_err(fault)
}

/// `None` when no key matches.
fn open(
    file: &AgeFile<'_>,
    keys: Vec<&dyn Identity>,
    limit: usize,
) -> Result<Option<SecretBytes>, DecryptFault> {
    match file.open(keys.into_iter(), limit) {
        Ok(plain) => Ok(Some(plain)),
        Err(OpenFault::NoMatch) => Ok(None),
        Err(OpenFault::Damaged(damage)) => Err(DecryptFault::Damaged(damage)),
        Err(OpenFault::TooLarge) => Err(DecryptFault::TooLarge { limit }),
        // Only passphrases give these two, and a header has no other stanza beside one.
        Err(OpenFault::WrongPassphrase | OpenFault::WorkFactor(_)) => {
            Err(DecryptFault::Damaged(Damage::Header))
        }
    }
}

/// The plaintext, or else the first problem with unlocking, if there is one.
type Attempt = Result<Result<SecretBytes, Option<DecryptFault>>, DecryptFault>;

fn open_with_ssh_keys(
    file: &AgeFile<'_>,
    entry: &KeyringEntry,
    limit: usize,
    ask: AskPassphrase<'_>,
) -> Attempt {
    let mut problem = None;
    for held in &entry.held {
        let HeldIdentity::LockedSsh(key) = held else { continue };
        if !file.header.addressees.names_ssh(key.public.kind, &key.public.tag()) {
            continue;
        }
        match key.unlock(&entry.origin, ask) {
            Ok(key) => {
                if let Some(plain) = open(file, vec![key], limit)? {
                    return Ok(Ok(plain));
                }
            }
            Err(fault) => {
                problem = problem.or(Some(unlock_fault(fault, &entry.origin, PassphraseOf::SshKey)))
            }
        }
    }
    Ok(Err(problem))
}

fn open_with_identity_files(
    file: &AgeFile<'_>,
    entry: &KeyringEntry,
    limit: usize,
    ask: AskPassphrase<'_>,
) -> Attempt {
    let mut problem = None;
    for held in &entry.held {
        let HeldIdentity::LockedFile(locked) = held else { continue };
        match locked.unlock(&entry.origin, ask) {
            Ok(held) => {
                let keys = held
                    .iter()
                    .filter_map(|held| ready_key(held, &file.header.addressees))
                    .collect();
                if let Some(plain) = open(file, keys, limit)? {
                    return Ok(Ok(plain));
                }
            }
            Err(fault) => {
                problem =
                    problem.or(Some(unlock_fault(fault, &entry.origin, PassphraseOf::IdentityFile)))
            }
        }
    }
    Ok(Err(problem))
}

fn unlock_fault(fault: UnlockFault, origin: &str, of: fn(String) -> PassphraseOf) -> DecryptFault {
    let origin = origin.to_owned();
    match fault {
        UnlockFault::Wrong => DecryptFault::WrongPassphrase(of(origin)),
        UnlockFault::Nobody => DecryptFault::NoPassphrase(of(origin)),
        UnlockFault::Bad(reason) => DecryptFault::BadIdentity(BadIdentity { origin, reason }),
    }
}
