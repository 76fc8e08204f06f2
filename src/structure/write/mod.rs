//! Writes a tree in any of the formats, so that the readers of that format, ours included, read
//! back the same tree.

mod dotenv;
mod fault;
mod serde;
mod yaml;

use super::format::Format;
use super::tree::Tree;
use crate::secret::bytes::SecretBytes;

pub(crate) use fault::{EncodeFault, EncodeFaultKind};

/// Writes a tree, with a last newline. JSON and YAML are indented by two spaces; dates become
/// strings where the format has none. Text takes a string and adds nothing.
///
/// # Errors
/// The first value, in the tree's order, that the format has no way to write.
pub(crate) fn write(format: Format, tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    fault::check(format, tree, 0)?;
    match format {
        Format::Json => serde::json(tree),
        Format::Yaml => Ok(yaml::write(tree)),
        Format::Toml => serde::toml(tree),
        Format::Dotenv => dotenv::write(tree),
        Format::Text => tree.plain_text().map_err(|class| EncodeFaultKind::NotString(class).into()),
    }
}

/// Writes a tree as JSON on one line, without a line break at its end.
///
/// # Errors
/// As [`write()`].
pub(crate) fn write_compact_json(tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    fault::check(Format::Json, tree, 0)?;
    serde::compact_json(tree)
}
