//! Writes JSON and TOML with the crates of their names.

use serde::{Serialize, Serializer};
use toml::value::Datetime;

use super::fault::{EncodeFault, EncodeFaultKind};
use crate::secret::bytes::SecretBytes;
use crate::structure::tree::Tree;

/// JSON, indented by two blanks, everything outside ASCII as it is, with a last newline.
pub(super) fn json(tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    let mut bytes = serde_json::to_vec_pretty(&Node(tree, false)).map_err(|_| unexpected())?;
    bytes.push(b'\n');
    Ok(SecretBytes::new(bytes))
}

pub(super) fn compact_json(tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    serde_json::to_vec(&Node(tree, false)).map(SecretBytes::new).map_err(|_| unexpected())
}

pub(super) fn toml(tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    ::toml::to_string(&Node(tree, true)).map(SecretBytes::from).map_err(|_| unexpected())
}

/// What the formats can't hold was found before.
fn unexpected() -> EncodeFault {
    debug_assert!(false, "the tree was checked");
    EncodeFaultKind::Null.into()
}

/// A value, and whether it is written as TOML.
struct Node<'a>(&'a Tree, bool);

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Node(tree, is_toml) = *self;
        match tree {
            Tree::Null => serializer.serialize_unit(),
            Tree::Bool(value) => serializer.serialize_bool(*value),
            Tree::Integer(integer) => match i64::try_from(*integer) {
                Ok(integer) => serializer.serialize_i64(integer),
                Err(_) => serializer.serialize_i128(*integer),
            },
            Tree::Float(float) => serializer.serialize_f64(*float),
            Tree::Datetime(text) => match text.parse::<Datetime>() {
                Ok(datetime) if is_toml => datetime.serialize(serializer),
                _ => serializer.serialize_str(text),
            },
            Tree::String(text) => serializer.serialize_str(text),
            Tree::Array(items) => {
                serializer.collect_seq(items.iter().map(|item| Node(item, is_toml)))
            }
            Tree::Table(entries) => {
                // In TOML, every key after a table's header belongs to that table.
                let (tables, values): (Vec<_>, Vec<_>) =
                    entries.iter().partition(|(_, value)| is_toml && has_header(value));
                let entries = values.into_iter().chain(tables);
                serializer.collect_map(entries.map(|(key, value)| (key, Node(value, is_toml))))
            }
        }
    }
}

/// Whether the value may be written under a `[header]`.
fn has_header(value: &Tree) -> bool {
    match value {
        Tree::Table(_) => true,
        Tree::Array(items) => items.iter().any(|item| matches!(item, Tree::Table(_))),
        _ => false,
    }
}
