//! Writes a tree in any of the formats, so that the readers of that format, ours included, read
//! back the same tree.

mod dotenv;
mod fault;
mod yaml;

use serde::{Serialize, Serializer};
use toml::value::Datetime;

use super::{format::Format, tree::Tree};
use crate::secret::bytes::SecretBytes;
pub(crate) use dotenv::dotenv_value;
pub(crate) use fault::{EncodeFault, EncodeFaultKind};

/// Writes a tree, with a last newline. JSON and YAML are indented by two spaces; dates become
/// strings where the format has none. Text takes a string and adds nothing. The error is the first
/// value, in the tree's order, that the format has no way to write.
pub(crate) fn write(format: Format, tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    fault::check(format, tree, 0)?;
    match format {
        Format::Json => {
            let mut bytes = serde_json::to_vec_pretty(&Node(tree, false)).map_err(unexpected)?;
            bytes.push(b'\n');
            Ok(SecretBytes::new(bytes))
        }
        Format::Yaml => Ok(yaml::write(tree)),
        Format::Toml => {
            toml::to_string(&Node(tree, true)).map(SecretBytes::from).map_err(unexpected)
        }
        Format::Dotenv => dotenv::write(tree),
        Format::Text => tree.plain_text().map_err(|class| EncodeFaultKind::NotString(class).into()),
    }
}

/// Writes a tree as JSON on one line, without a line break at its end.
pub(crate) fn write_compact_json(tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    fault::check(Format::Json, tree, 0)?;
    serde_json::to_vec(&Node(tree, false)).map(SecretBytes::new).map_err(unexpected)
}

/// What the formats can't hold was found before.
fn unexpected<E>(_: E) -> EncodeFault {
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
            Tree::Table(entries) => serializer
                .collect_map(entries.iter().map(|(key, value)| (key, Node(value, is_toml)))),
        }
    }
}
