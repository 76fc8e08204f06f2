//! Structured files: reading them into one tree, choosing a value in it, and writing it in any
//! format.

pub(crate) mod dotenv;
pub(crate) mod edit;
pub(crate) mod fault;
pub(crate) mod format;
pub(crate) mod json;
pub(crate) mod key_path;
pub(crate) mod messages;
#[cfg(test)]
mod tests;
pub(crate) mod toml;
pub(crate) mod tree;
pub(crate) mod write;
pub(crate) mod yaml;
pub(crate) mod yaml_scalar;

use crate::content::{BYTE_ORDER_MARK, Content, conflict::conflict_marker};
pub(crate) use fault::{StructureFault, StructureFaultKind};
pub(crate) use format::Format;
pub(crate) use key_path::KeyPath;
pub(crate) use tree::{Tree, select};
pub(crate) use write::{write, write_compact_json};

/// Reads a file of this structure. Everything but text has to be a table; a first byte order mark
/// does not count. The error says what is wrong and where, without any value of the file. Nothing
/// that the formats' readers may take for different things is guessed: a key that stands twice, a
/// number that would be rounded, an unquoted YAML value such as `yes` or `012`.
pub(crate) fn read(format: Format, bytes: &[u8]) -> Result<Tree, StructureFault> {
    if Content::of(bytes) == Content::Utf16 {
        return Err(StructureFault::at("", 0, StructureFaultKind::Utf16));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => {
            let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
            return Err(StructureFault::at(valid, valid.len(), StructureFaultKind::NotUtf8));
        }
    };
    let unmarked = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let tree = match format {
        Format::Toml => toml::read(unmarked),
        Format::Json => json::read(unmarked),
        Format::Yaml => yaml::read(unmarked),
        Format::Dotenv => dotenv::read(unmarked),
        Format::Text => return Ok(Tree::string(text)),
    };
    let tree = tree.map_err(|fault| match conflict_marker(unmarked) {
        Some(at) => StructureFault::at(unmarked, at, StructureFaultKind::Conflict),
        None => fault,
    });
    match tree? {
        tree @ Tree::Table(_) => Ok(tree),
        tree => Err(StructureFault::at("", 0, StructureFaultKind::TopLevel(tree.class()))),
    }
}
