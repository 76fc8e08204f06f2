//! `generate`: how a value is made that is not there yet. Only its description; making it is for a
//! command, so that building gives the same bytes always.

use std::collections::BTreeSet;

use super::node::Text;
use crate::source::Span;

/// What to make, and which key of the age file it is for: none where it is the whole file, or the
/// key that the value itself selects.
#[derive(Clone, Debug)]
pub(crate) struct Generate {
    pub key: Option<Text>,
    pub recipe: Recipe,
    /// The table that says it.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Recipe {
    /// So many characters, each drawn alike from the alphabet.
    Characters { length: usize, alphabet: Alphabet },
    /// A passphrase of so many words.
    Words(usize),
    /// So many bytes.
    Bytes(usize),
    /// A random UUID (version 4).
    Uuid,
    /// A private key in OpenSSH's format.
    SshKeyEd25519,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Alphabet {
    Alphanumeric,
    /// `0-9a-f`.
    Hex,
    /// `A-Za-z0-9+/`.
    Base64,
    /// Every printable character of ASCII but the space.
    Ascii,
    /// These characters, each of them once.
    Custom(Vec<char>),
}

impl Alphabet {
    pub(crate) const NAMES: [&str; 4] = ["alphanumeric", "hex", "base64", "ascii"];

    pub(crate) fn of(text: &str) -> Option<Self> {
        Some(match text {
            "alphanumeric" => Self::Alphanumeric,
            "hex" => Self::Hex,
            "base64" => Self::Base64,
            "ascii" => Self::Ascii,
            characters => {
                let all: Vec<char> = characters.chars().collect();
                let different: BTreeSet<&char> = all.iter().collect();
                let is_usable = all.len() >= 2
                    && different.len() == all.len()
                    && !all.iter().any(|c| c.is_control());
                return is_usable.then_some(Self::Custom(all));
            }
        })
    }
}
