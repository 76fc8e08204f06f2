//! age: identities in, plaintext out. Everything here works on bytes that somebody else read, and asks for passphrases only
//! through a function that it is given.
//!
//! [`Keyring::load`] takes what the user offers as identities, [`Keyring::decrypt`] opens a file with them. Problems come back
//! as facts ([`BadIdentity`], [`DecryptFault`], [`BadRecipient`]) that hold no secret; [`words`] turns them into diagnostics.

mod age_file;
mod armor;
pub(crate) mod bech32;
mod decrypt;
mod header;
mod identity;
mod keyring;
mod recipient;
mod sniff;
mod ssh;
pub mod words;

pub use age_file::Damage;
pub use armor::dedent_armor;
pub use decrypt::{DecryptFault, PassphraseOf};
pub use header::{Addressee, Addressees};
pub use identity::{BadIdentity, BadIdentityReason, IdentityInput, LineProblem};
pub use keyring::{IdentityInfo, IdentityKind, Keyring};
pub use recipient::{BadRecipient, RecipientKind, SshRecipientProblem, check_recipient};
pub use sniff::Looks;
pub use ssh::SshProblem;

use crate::secret_bytes::SecretBytes;

/// For whom an age file is, as far as its header tells without a key. `None` if it is no age file, or a damaged one.
pub fn addressees(bytes: &[u8]) -> Option<Addressees> {
    age_file::AgeFile::read(bytes).ok().map(|file| file.header.addressees)
}

/// Asks for a passphrase; the argument says what for. `None` when there is nobody to ask.
pub type Ask<'a> = &'a dyn Fn(&str) -> Option<SecretBytes>;

/// Largest scrypt work factor that is tried: N = 2^20, which takes 1 GiB of memory and a few seconds. age and typage write 18
/// (256 MiB), rage what takes its machine a second. Fixed, where age's own limit is measured, so that a file that opens on one
/// machine opens on all; and checked before anybody is asked for a passphrase.
pub const MAX_WORK_FACTOR: u8 = 20;
