//! Everything a run reads from outside, each once: files, age files and variables, decrypted in
//! parallel.

use std::collections::{BTreeMap, BTreeSet};

use crate::age::{self, DecryptFault, Keyring};
use crate::compile::budget::Budget;
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
    /// The run has read as much as it may.
    Limit,
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

pub(crate) type Fetched = BTreeMap<Wanted, Result<SecretBytes, FetchFault>>;

/// Reads what is not there yet; what is encrypted in parallel, because scrypt takes a second a
/// file.
pub(crate) fn fetch(
    fetched: &mut Fetched,
    wanted: BTreeSet<Wanted>,
    world: &dyn World,
    keyring: &Keyring,
    budget: &Budget,
) {
    let missing = wanted.into_iter().filter(|wanted| !fetched.contains_key(wanted));
    let (encrypted, plain): (Vec<Wanted>, Vec<Wanted>) =
        missing.partition(|(how, _)| how.is_encrypted());
    let results = in_parallel(&encrypted, 1, |wanted| fetch_one(wanted, world, keyring, budget));
    fetched.extend(encrypted.into_iter().zip(results));
    for wanted in plain {
        let result = fetch_one(&wanted, world, keyring, budget);
        fetched.insert(wanted, result);
    }
}

fn fetch_one(
    (how, what): &Wanted,
    world: &dyn World,
    keyring: &Keyring,
    budget: &Budget,
) -> Result<SecretBytes, FetchFault> {
    if !budget.read(0) {
        return Err(FetchFault::Limit);
    }
    let paid = |bytes: SecretBytes| {
        if budget.read(bytes.len()) { Ok(bytes) } else { Err(FetchFault::Limit) }
    };
    let read = |path: &str| world.read(path).map_err(FetchFault::Read).and_then(paid);
    let decrypt = |bytes: &[u8], name: &str| {
        keyring
            .decrypt(name, bytes, MAX_FILE_BYTES, &|what| world.passphrase(what))
            .map_err(|fault| FetchFault::Decrypt(Box::new(fault)))
            .and_then(paid)
    };
    match how {
        How::File => read(what),
        How::EnvVar => world.env_var(what).map_err(FetchFault::EnvVar),
        How::Age => decrypt(read(what)?.expose(), what),
        How::Armor => decrypt(age::dedent_armor(what).as_bytes(), "the armored text of the spec"),
    }
}
