//! What users offer as identities, before it is read.

use std::borrow::Cow;
use std::sync::Arc;

use super::command::IdentityCommand;
use super::identity::IdentitySource;
use crate::secret::bytes::SecretBytes;

#[derive(Clone, Debug)]
pub(crate) enum IdentityInput {
    Bytes {
        /// What messages call it: `-i key.txt`, `MINTAGE_IDENTITY`, `~/.ssh/id_ed25519`.
        origin: String,
        bytes: SecretBytes,
        source: IdentitySource,
    },
    /// What a command prints when a file needs it.
    Command(Arc<IdentityCommand>),
    /// This variable of the environment, which is set and empty.
    Empty(&'static str),
}

impl IdentityInput {
    pub(crate) fn new(origin: &str, bytes: SecretBytes, source: IdentitySource) -> Self {
        IdentityInput::Bytes { origin: origin.to_owned(), bytes, source }
    }

    /// Where it is from, for a list.
    pub(crate) fn description(&self) -> Cow<'_, str> {
        match self {
            IdentityInput::Bytes { origin, .. } => origin.into(),
            IdentityInput::Command(command) => (&command.origin).into(),
            IdentityInput::Empty(variable) => format!("{variable} (empty)").into(),
        }
    }
}
