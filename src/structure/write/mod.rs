//! Writes a tree in any of the formats, so that the readers of that format, ours included, read
//! back the same tree.

pub(crate) mod dotenv;
pub(crate) mod fault;
pub(crate) mod json;
pub(crate) mod toml;
pub(crate) mod yaml;

use super::format::Format;
use super::tree::Tree;
use crate::secret::bytes::SecretBytes;

pub(crate) use fault::{EncodeFault, EncodeFaultKind};

/// Writes a tree, with a last newline. JSON and YAML are indented by two blanks; dates become
/// strings where the format has none. Text takes a string and adds nothing.
///
/// # Errors
/// The first value, in the tree's order, that the format has no way to write.
pub(crate) fn write(format: Format, tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    fault::check(format, tree)?;
    match format {
        Format::Json => json::write(tree),
        Format::Yaml => Ok(yaml::write(tree)),
        Format::Toml => toml::write(tree),
        Format::Dotenv => dotenv::write(tree),
        Format::Text => fault::text(tree),
    }
}

/// Writes a tree as JSON on one line, without a line break at its end.
///
/// # Errors
/// As [`write()`].
pub(crate) fn write_compact_json(tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    fault::check(Format::Json, tree)?;
    json::write_compact(tree)
}
