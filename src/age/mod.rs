//! age: identities in, plaintext out; recipients in, files out. Everything here works on bytes that
//! somebody else read, and asks for passphrases and runs programs only through what it is given.
//! [`Keyring::load`] takes what the user offers as identities, [`Keyring::decrypt`] opens a file
//! with them; [`encrypt`] makes a file for [`Recipient`]s. Problems come back as facts
//! ([`BadIdentity`], [`DecryptFault`], [`RecipientFault`], [`EncryptFault`]) that hold no secret;
//! [`messages`] turns them into diagnostics.

pub(crate) mod age_file;
pub(crate) mod bech32_text;
pub(crate) mod command;
pub(crate) mod encrypt;
pub(crate) mod fault;
pub(crate) mod generate;
mod given;
pub(crate) mod header;
mod hybrid;
pub(crate) mod identity;
pub(crate) mod input;
pub(crate) mod keyring;
pub(crate) mod mask;
pub(crate) mod messages;
mod open;
pub(crate) mod plugin;
pub(crate) mod readers;
pub(crate) mod recipient;
pub(crate) mod ssh;
mod x_wing;

use crate::secret::bytes::SecretBytes;
pub(crate) use age_file::{FileFault, dedent_armor};
pub(crate) use command::{IdentityCommand, RunCommand};
pub(crate) use encrypt::{EncryptFault, encrypt};
pub(crate) use fault::{
    BadIdentity, BadIdentityReason, DecryptFault, IdentityInfo, IdentityKind, LineProblem,
    PassphraseOf,
};
pub(crate) use generate::{Generated, NewIdentity, generate_identity};
pub(crate) use header::{Addressee, Addressees};
pub(crate) use identity::IdentitySource;
pub(crate) use input::IdentityInput;
pub(crate) use keyring::Keyring;
pub(crate) use plugin::{PluginFault, PluginReason, Plugins, RunPlugins, Wrapped};
pub(crate) use readers::{Claim, Readers};
pub(crate) use recipient::{Recipient, RecipientFault, RecipientHash, RecipientKind};
pub(crate) use ssh::SshProblem;

/// For whom an age file is, as far as its header tells without a key. `None` if it is no age file,
/// or a damaged one.
pub(crate) fn addressees(bytes: &[u8]) -> Option<Addressees> {
    age_file::AgeFile::read(bytes).ok().map(|file| file.header.addressees)
}

/// How much work an age file's passphrase takes: the exponent of scrypt's N. `None` if it has none.
pub(crate) fn work_factor(bytes: &[u8]) -> Option<u8> {
    age_file::AgeFile::read(bytes).ok()?.header.work_factor
}

/// The memory that scrypt takes, with age's r = 8.
pub(crate) fn scrypt_bytes(work_factor: u8) -> usize {
    2_usize.saturating_pow(work_factor.into()).saturating_mul(1024)
}

/// Asks for a passphrase; the argument says what for. `None` when there is nobody to ask.
pub(crate) type AskPassphrase<'a> = &'a dyn Fn(&str) -> Option<SecretBytes>;

/// Largest scrypt work factor that is tried: N = 2^20, which takes 1 GiB of memory and a few
/// seconds. age and typage write 18 (256 MiB), rage what takes its machine a second. Fixed, where
/// age's own limit is measured, so that a file that opens on one machine opens on all; and checked
/// before anybody is asked for a passphrase.
pub(crate) const MAX_WORK_FACTOR: u8 = 20;

/// The most stanzas in a header: those of age 1.3.2. Every X25519 recipient costs every identity
/// one try.
const MAX_STANZAS: usize = 1024;

/// What is wrong with an age file, as far as other things help against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Damage {
    Altered,
    HeaderTooLong,
    TextAfterArmor,
    /// Git could not merge two versions of its armor.
    Conflict,
    /// The armor is indented, or blanks end its lines.
    BlanksInArmor,
    /// The line breaks of a binary file were converted to CRLF.
    LineBreaks,
}
