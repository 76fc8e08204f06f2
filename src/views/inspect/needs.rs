//! What it takes to open the files of a Secret, in a word or two.

use std::collections::{BTreeMap, BTreeSet};

use crate::age::Addressee;
use super::{Opens, Origin, State};

/// Kinds of recipients, joined: `age`, `age+ssh`, `passphrase`; empty where nothing is encrypted. Whose keys they are, the files do
/// not say.
pub fn needs(files: &BTreeMap<Origin, State>) -> String {
    let kinds: BTreeSet<&str> = files.values().flat_map(|state| state.addressees.keys()).map(kind).collect();
    kinds.into_iter().collect::<Vec<_>>().join("+")
}

/// The worst of what is known about the files; `None` where nothing is read.
pub fn opens(files: &BTreeMap<Origin, State>) -> Option<Opens> {
    files.values().map(|state| state.opens).max()
}

/// What a recipient is called; one of a plugin by the plugin's name.
pub(crate) fn kind(addressee: &Addressee) -> &str {
    match addressee {
        Addressee::X25519 => "age",
        Addressee::Ssh { .. } => "ssh",
        Addressee::Passphrase => "passphrase",
        Addressee::PostQuantum => "age-pq",
        Addressee::Other(name) => name,
    }
}
