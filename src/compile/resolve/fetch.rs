//! Everything a run reads from outside, each once: files, age files and variables, decrypted in
//! parallel.

use std::collections::{BTreeMap, BTreeSet};

use crate::age::{self, DecryptFault, Keyring};
use crate::diag::phrases::code;
use crate::parallel::in_parallel;
use crate::secret::bytes::SecretBytes;
use crate::spec::value::How;
use crate::world::{EnvVarError, MAX_FILE_BYTES, ReadError, World};

/// What to read: how, and the path, armored text or name.
pub(crate) type Wanted = (How, String);

pub(crate) fn display((how, what): &Wanted) -> String {
    match how {
        How::Armor => "the armored text".to_owned(),
        _ => code(what),
    }
}

#[derive(Debug)]
pub(crate) enum FetchFault {
    Read(ReadError),
    EnvVar(EnvVarError),
    Decrypt(Box<DecryptFault>),
}

impl FetchFault {
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Read(ReadError::NotFound { .. }) | Self::EnvVar(EnvVarError::NotSet))
    }

    /// Whether the fault is only that the identity is somebody else's.
    pub(crate) fn is_locked(&self) -> bool {
        let Self::Decrypt(fault) = self else { return false };
        matches!(
            **fault,
            DecryptFault::NoIdentities { .. }
                | DecryptFault::NoMatch { .. }
                | DecryptFault::NoPassphrase(_)
        )
    }
}

/// What was read, or why it was not.
pub(crate) type Fetched = BTreeMap<Wanted, Result<SecretBytes, FetchFault>>;

/// Reads what is not there yet; what is encrypted in parallel, because scrypt takes a second a
/// file.
pub(crate) fn fetch(
    fetched: &mut Fetched,
    wanted: BTreeSet<Wanted>,
    world: &dyn World,
    keyring: &Keyring,
) {
    let missing = wanted.into_iter().filter(|wanted| !fetched.contains_key(wanted));
    let (encrypted, plain): (Vec<Wanted>, Vec<Wanted>) =
        missing.partition(|(how, _)| how.is_encrypted());
    let results = in_parallel(&encrypted, 1, |wanted| fetch_one(wanted, world, keyring));
    fetched.extend(encrypted.into_iter().zip(results));
    for wanted in plain {
        let result = fetch_one(&wanted, world, keyring);
        fetched.insert(wanted, result);
    }
}

fn fetch_one(
    (how, what): &Wanted,
    world: &dyn World,
    keyring: &Keyring,
) -> Result<SecretBytes, FetchFault> {
    let decrypt = |bytes: &[u8], name: &str| {
        keyring
            .decrypt(name, bytes, MAX_FILE_BYTES, &|what| world.passphrase(what))
            .map_err(|fault| FetchFault::Decrypt(Box::new(fault)))
    };
    match how {
        How::File => world.read(what).map_err(FetchFault::Read),
        How::EnvVar => world.env_var(what).map_err(FetchFault::EnvVar),
        How::Age => decrypt(world.read(what).map_err(FetchFault::Read)?.expose(), what),
        How::Armor => decrypt(age::dedent_armor(what).as_bytes(), "the armored text of the spec"),
    }
}
