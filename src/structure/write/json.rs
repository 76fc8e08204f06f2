//! Writes JSON: two blanks of indentation, everything outside ASCII as it is, a last newline.

use serde::{Serialize, Serializer};

use super::fault::{EncodeFault, EncodeFaultKind};
use crate::secret::bytes::SecretBytes;
use crate::structure::tree::Tree;

pub(crate) fn write(tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    // Only a key that is no string could fail, or the numbers that were checked before.
    let mut bytes = serde_json::to_vec_pretty(&Json(tree))
        .map_err(|_| EncodeFault::at_top(EncodeFaultKind::NotFinite))?;
    bytes.push(b'\n');
    Ok(SecretBytes::new(bytes))
}

/// On one line, without a line break at its end.
pub(crate) fn write_compact(tree: &Tree) -> Result<SecretBytes, EncodeFault> {
    let bytes = serde_json::to_vec(&Json(tree))
        .map_err(|_| EncodeFault::at_top(EncodeFaultKind::NotFinite))?;
    Ok(SecretBytes::new(bytes))
}

struct Json<'a>(&'a Tree);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Tree::Null => serializer.serialize_unit(),
            Tree::Bool(value) => serializer.serialize_bool(*value),
            Tree::Integer(integer) => serializer.serialize_i128(*integer),
            Tree::Float(float) => serializer.serialize_f64(*float),
            Tree::Datetime(text) => serializer.serialize_str(text),
            Tree::String(text) => serializer.serialize_str(text),
            Tree::Array(items) => serializer.collect_seq(items.iter().map(Json)),
            Tree::Table(entries) => {
                serializer.collect_map(entries.iter().map(|(key, value)| (key, Json(value))))
            }
        }
    }
}
