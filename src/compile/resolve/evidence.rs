//! What a run read and decrypted, kept for lints that look at a spec as a whole.

use std::collections::BTreeMap;

use super::fetch::{Fetched, Wanted};
use crate::secret::bytes::SecretBytes;
use crate::source::Span;

/// What was read, who asked for it first, and what came out of age files.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Everything that was read.
    pub fetched: Fetched,
    /// Who asked for it first.
    pub uses: BTreeMap<Wanted, ValueUse>,
    /// Values as they came out of age files, in the order of the spec; what was rendered or joined
    /// is not among them.
    pub decrypted: Vec<Decrypted>,
}

/// Where something that is read is written in the spec.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueUse {
    /// The path or text.
    pub span: Span,
    /// The table of the entry.
    pub entry: Span,
}

/// A value that came out of an age file.
#[derive(Debug)]
pub(crate) struct Decrypted {
    /// The file.
    pub from: Wanted,
    /// The value's place in the spec.
    pub span: Span,
    /// The table of the entry.
    pub entry: Span,
    /// The key that `data-from` made of it.
    pub data_key: Option<String>,
    /// The bytes.
    pub bytes: SecretBytes,
}
