//! Writes TOML with the `toml` crate.

use serde::{Serialize, Serializer};
use toml::value::Datetime;

use super::fault::{EncodeFault, EncodeFaultKind};
use crate::secret::bytes::SecretBytes;
use crate::structure::tree::Tree;

pub(crate) fn write(tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    // What TOML can't hold was found before: null and integers of more than 63 bits.
    toml::to_string(&Toml(tree))
        .map(SecretBytes::from)
        .map_err(|_| EncodeFault::at_top(EncodeFaultKind::Null))
}

struct Toml<'a>(&'a Tree);

impl Serialize for Toml<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Tree::Null => serializer.serialize_unit(),
            Tree::Bool(value) => serializer.serialize_bool(*value),
            Tree::Integer(integer) => {
                i64::try_from(*integer).map_err(serde::ser::Error::custom)?.serialize(serializer)
            }
            Tree::Float(float) => serializer.serialize_f64(*float),
            Tree::Datetime(text) => match text.parse::<Datetime>() {
                Ok(datetime) => datetime.serialize(serializer),
                Err(_) => serializer.serialize_str(text),
            },
            Tree::String(text) => serializer.serialize_str(text),
            Tree::Array(items) => serializer.collect_seq(items.iter().map(Toml)),
            Tree::Table(entries) => {
                // After a table's header every key belongs to that table.
                let (tables, values): (Vec<_>, Vec<_>) =
                    entries.iter().partition(|(_, value)| has_header(value));
                serializer.collect_map(
                    values.into_iter().chain(tables).map(|(key, value)| (key, Toml(value))),
                )
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
