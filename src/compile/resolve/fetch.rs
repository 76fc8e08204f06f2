//! Everything a run reads from outside, each once: files, age files and variables, decrypted in
//! parallel, and counted in the order of the spec. Files with a passphrase are decrypted one after
//! the other, because scrypt takes 256 MiB for each.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use crate::age::{self, AskPassphrase, DecryptFault, Keyring, MAX_WORK_FACTOR, scrypt_bytes};
use crate::compile::budget::Budget;
use crate::diag::phrases::code;
use crate::parallel::in_parallel;
use crate::secret::bytes::SecretBytes;
use crate::spec::value::How;
use crate::world::{EnvVarError, ReadError, World};

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
    /// scrypt would take more memory for the file than it may: exponents of its N.
    Work {
        required: u8,
        most: u8,
    },
    /// Together with those before.
    Scrypt,
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

/// What is to be read, in the order in which the spec names it, each once.
#[derive(Default)]
pub(crate) struct WantedList {
    list: Vec<Wanted>,
    known: HashSet<Wanted>,
}

impl WantedList {
    pub(crate) fn insert(&mut self, wanted: Wanted) {
        if !self.known.contains(&wanted) {
            self.known.insert(wanted.clone());
            self.list.push(wanted);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Wanted> {
        self.list
    }
}

pub(crate) type Outcome = Result<SecretBytes, FetchFault>;

/// What was read. Files with several paths are in it once.
#[derive(Debug, Default)]
pub(crate) struct Fetched {
    outcomes: Vec<Outcome>,
    numbers: HashMap<Wanted, usize>,
    /// By what tells a file from others.
    files: HashMap<Wanted, usize>,
}

impl Fetched {
    pub(crate) fn get(&self, wanted: &Wanted) -> Option<&Outcome> {
        self.outcomes.get(self.number(wanted)?)
    }

    /// The same number for all paths of a file.
    pub(crate) fn number(&self, wanted: &Wanted) -> Option<usize> {
        self.numbers.get(wanted).copied()
    }

    fn set(&mut self, number: usize, outcome: Outcome) {
        if let Some(place) = self.outcomes.get_mut(number) {
            *place = outcome;
        }
    }

    /// Gives a number to something; `None` if it has one, by whichever path.
    fn add(&mut self, wanted: &Wanted, world: &dyn World) -> Option<usize> {
        if self.numbers.contains_key(wanted) {
            return None;
        }
        let (how, what) = wanted;
        let file = match how {
            How::File | How::Age => (*how, world.file_id(what)),
            How::Armor | How::EnvVar => wanted.clone(),
        };
        let next = self.outcomes.len();
        let number = *self.files.entry(file).or_insert(next);
        self.numbers.insert(wanted.clone(), number);
        if number < next {
            return None;
        }
        self.outcomes.push(Err(FetchFault::Limit));
        Some(number)
    }
}

/// How much is read before it is decrypted: what the processors have to do at a time.
const BATCH_FILES: usize = 64;
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// Something that was read, and is not counted yet.
struct Pending {
    number: usize,
    /// Its name, if it is encrypted.
    encrypted: Option<String>,
    /// How much work its passphrase takes, if it has one.
    work_factor: Option<u8>,
    bytes: SecretBytes,
    /// Bytes that were read for it.
    read: usize,
}

/// Reads what is not there yet. Threads decrypt together what was read together; what they read is
/// counted in the order of the spec, so that always the same file is the one that exceeds the
/// limit.
pub(crate) fn fetch(
    fetched: &mut Fetched,
    wanted: Vec<Wanted>,
    world: &dyn World,
    keyring: &Keyring,
    budget: &Budget,
) {
    let limit = budget.file_limit();
    let mut wanted = wanted.into_iter().peekable();
    while wanted.peek().is_some() && budget.read(0) {
        let mut batch: Vec<Pending> = Vec::new();
        let mut bytes = 0;
        while batch.len() < BATCH_FILES
            && (bytes == 0 || bytes < BATCH_BYTES.min(budget.unread()))
            && let Some(wanted) = wanted.next()
        {
            let Some(number) = fetched.add(&wanted, world) else { continue };
            match read(wanted, number, world, limit) {
                Ok(pending) => {
                    bytes += pending.bytes.len();
                    batch.push(pending);
                }
                Err(fault) => fetched.set(number, Err(fault)),
            }
        }
        let decrypt = |pending: &Pending, ask: AskPassphrase<'_>| {
            let Some(name) = &pending.encrypted else { return Ok(pending.bytes.clone()) };
            if pending.read > budget.unread() {
                return Err(FetchFault::Limit);
            }
            keyring
                .decrypt(name, pending.bytes.expose(), limit, ask)
                .map_err(|fault| FetchFault::Decrypt(Box::new(fault)))
        };
        let outcomes = in_parallel(&batch, 1, |pending| match pending.work_factor {
            None => decrypt(pending, &|what| world.passphrase(what)),
            Some(_) => Err(FetchFault::Scrypt),
        });
        for (pending, outcome) in batch.into_iter().zip(outcomes) {
            let outcome = match pending.work_factor {
                None => outcome,
                Some(required) => {
                    with_passphrase(required, world, budget, &|ask| decrypt(&pending, ask))
                }
            };
            let plaintext = match (&outcome, pending.encrypted) {
                (Ok(bytes), Some(_)) => bytes.len(),
                _ => 0,
            };
            let is_paid = budget.read(pending.read + plaintext);
            fetched.set(pending.number, if is_paid { outcome } else { Err(FetchFault::Limit) });
        }
    }
    // What is left would exceed the limit.
    for wanted in wanted {
        fetched.add(&wanted, world);
    }
}

/// Decrypts a file that has a passphrase, if scrypt may take the memory for it.
fn with_passphrase(
    required: u8,
    world: &dyn World,
    budget: &Budget,
    decrypt: &dyn Fn(AskPassphrase<'_>) -> Outcome,
) -> Outcome {
    let bytes = scrypt_bytes(required);
    if required <= MAX_WORK_FACTOR && bytes > budget.scrypt_limit() {
        let most = budget.scrypt_limit().ilog2() - scrypt_bytes(0).ilog2();
        let most = u8::try_from(most).unwrap_or(MAX_WORK_FACTOR);
        return Err(FetchFault::Work { required, most });
    }
    let is_over = Cell::new(false);
    let ask = |what: &str| {
        let passphrase = world.passphrase(what)?;
        is_over.set(!budget.scrypt(bytes));
        (!is_over.get()).then_some(passphrase)
    };
    let outcome = decrypt(&ask);
    if is_over.get() { Err(FetchFault::Scrypt) } else { outcome }
}

fn read(
    (how, what): Wanted,
    number: usize,
    world: &dyn World,
    limit: usize,
) -> Result<Pending, FetchFault> {
    let (bytes, is_file) = match how {
        How::File | How::Age => (world.read(&what, limit).map_err(FetchFault::Read)?, true),
        How::Armor => (SecretBytes::from(age::dedent_armor(&what)), false),
        How::EnvVar => (world.env_var(&what).map_err(FetchFault::EnvVar)?, false),
    };
    let encrypted = match how {
        How::File | How::EnvVar => None,
        How::Age => Some(what),
        How::Armor => Some("the armored text of the spec".to_owned()),
    };
    let read = if is_file { bytes.len() } else { 0 };
    let work_factor = encrypted.as_ref().and_then(|_| age::work_factor(bytes.expose()));
    Ok(Pending { number, encrypted, work_factor, bytes, read })
}
