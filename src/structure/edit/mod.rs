//! Changes one key in the text of a TOML, JSON, YAML or dotenv document; every other byte stays.
//!
//! Each format finds the place and gives changes of the text. Whatever they are, the result is read
//! again: unless it holds the same as before but for the one key, nothing is changed.

mod dotenv;
mod fault;
pub(crate) mod flow;
mod json;
pub(crate) mod messages;
mod nodes;
pub(crate) mod splice;
pub(crate) mod toml;
pub(crate) mod verify;
mod yaml;

use zeroize::Zeroizing;

use super::{Format, KeyPath, Tree, read};
use crate::content::BYTE_ORDER_MARK;
use crate::secret::bytes::SecretBytes;
pub(crate) use fault::{EditFault, EditFaultKind};
use splice::{Splice, apply, joined};

/// The text with a string under `path`: in place of the value there, or added in the table that it
/// belongs to. An empty text becomes a document with this one key.
pub(crate) fn set(
    format: Format,
    text: &SecretBytes,
    path: &KeyPath,
    value: &SecretBytes,
) -> Result<SecretBytes, EditFault> {
    let value = value.expose_str().ok_or(EditFaultKind::NotText)?;
    let before = tree_of(format, text)?;
    changed(text, &verify::with(&before, path, value)?, format, |text| match format {
        Format::Toml => toml::set_string(text, path, value),
        Format::Json => json::set(text, path, value),
        Format::Yaml => yaml::set(text, path, value),
        Format::Dotenv => dotenv::set(text, path, value),
        Format::Text => Err(EditFaultKind::NoKeys.into()),
    })
}

/// The text without the single value under `path`. A table that gets empty stays where the format
/// can say so.
pub(crate) fn unset(
    format: Format,
    text: &SecretBytes,
    path: &KeyPath,
) -> Result<SecretBytes, EditFault> {
    let before = tree_of(format, text)?;
    changed(text, &verify::without(&before, path)?, format, |text| match format {
        Format::Toml => toml::unset(text, path),
        Format::Json => json::unset(text, path),
        Format::Yaml => yaml::unset(text, path),
        Format::Dotenv => dotenv::unset(text, path),
        Format::Text => Err(EditFaultKind::NoKeys.into()),
    })
}

/// What the text holds. A text without anything in it is a table without keys.
fn tree_of(format: Format, bytes: &SecretBytes) -> Result<Tree, EditFault> {
    match format {
        Format::Text => Err(EditFaultKind::NoKeys.into()),
        Format::Json | Format::Yaml if is_blank(format, bytes) => Ok(Tree::Table(Vec::new())),
        _ => Ok(read(format, bytes.expose())?),
    }
}

/// Whether there is nothing in the text, comments of YAML aside.
fn is_blank(format: Format, bytes: &SecretBytes) -> bool {
    let Some(text) = bytes.expose_str() else { return false };
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let has_comments = format == Format::Yaml;
    text.lines().all(|line| {
        let line = line.trim_matches([' ', '\t', '\r']);
        line.is_empty() || (has_comments && (line.starts_with('#') || line == "---"))
    })
}

fn changed(
    bytes: &SecretBytes,
    expected: &Tree,
    format: Format,
    change: impl FnOnce(&str) -> Result<Vec<Splice>, EditFault>,
) -> Result<SecretBytes, EditFault> {
    let text = bytes.expose_str().ok_or(EditFaultKind::Unsafe)?;
    let unmarked = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let (mark, _) = text.split_at(text.len() - unmarked.len());
    let out = apply(unmarked, change(unmarked)?).ok_or(EditFaultKind::Unsafe)?;
    let out = into_bytes(if mark.is_empty() { out } else { joined(&[mark, &out]) });
    match tree_of(format, &out) {
        Ok(tree) if verify::same(&tree, expected) => Ok(out),
        _ => Err(EditFaultKind::Unsafe.into()),
    }
}

/// Without a copy that is not zeroized.
fn into_bytes(mut text: Zeroizing<String>) -> SecretBytes {
    SecretBytes::new(std::mem::take(&mut *text).into_bytes())
}
