//! Finished manifests, in three steps that can be used alone: [`read::read`] gives the documents of
//! a text as kubectl reads it, [`decode::Decoded::read`] makes a Secret of one as the API server
//! does, and [`judge::judge`] gives what is wrong, by the same rules as for specs
//! ([`crate::check::verdict`]).

pub(crate) mod check;
pub(crate) mod decode;
pub(crate) mod documents;
pub(crate) mod fault;
pub(crate) mod fix;
pub(crate) mod json;
pub(crate) mod judge;
pub(crate) mod mask;
pub(crate) mod messages;
pub(crate) mod node;
pub(crate) mod objects;
pub(crate) mod open_secrets;
pub(crate) mod read;
pub(crate) mod secrets;
pub(crate) mod yaml;

pub use check::{Checked, check_manifests};
pub(crate) use mask::mask;
pub(crate) use node::{JsonNode, JsonNodeKind, Member};
pub(crate) use open_secrets::open_secrets;
pub(crate) use read::{ManifestText, load};
pub(crate) use secrets::{ManifestSecret, secrets};

/// Deepest nesting of lists and objects that is looked into.
const MAX_DEPTH: usize = 200;
