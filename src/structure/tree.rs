//! What a structured file holds, whatever its format.

use std::fmt;
use zeroize::Zeroizing;

use super::key_path::{KeyPath, Segment};
use crate::diag::key_names::is_key;
use crate::secret::bytes::SecretBytes;

/// A value of a TOML, JSON, YAML, dotenv or text file, its tables in the file's order.
/// Strings are zeroized when dropped. Numbers and the names of keys are not: keys are not taken for
/// secret.
#[derive(Clone, PartialEq)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    /// The readers give `i64::MIN..=u64::MAX`, which is what every consumer keeps exactly.
    Integer(i128),
    Float(f64),
    /// A date, a time or both, as TOML writes it.
    Datetime(String),
    String(Zeroizing<String>),
    Array(Vec<Tree>),
    /// Named values; no name twice.
    Table(Vec<(String, Tree)>),
}

impl Tree {
    pub(crate) fn string(text: impl Into<String>) -> Self {
        Tree::String(Zeroizing::new(text.into()))
    }

    pub(crate) fn class(&self) -> &'static str {
        match self {
            Tree::Null => "null",
            Tree::Bool(_) => "a boolean",
            Tree::Integer(_) => "an integer",
            Tree::Float(_) => "a float",
            Tree::Datetime(_) => "a date or time",
            Tree::String(_) => "a string",
            Tree::Array(_) => "a list",
            Tree::Table(_) => "a table",
        }
    }

    /// The value as bytes: a string or date as it is, an integer in decimal, `true` or `false`.
    /// Errors are null, lists, tables, and floats, which can be written in more than one way.
    pub(crate) fn plain_text(&self) -> Result<SecretBytes, &'static str> {
        match self {
            Tree::String(text) => Ok(SecretBytes::from(text.as_str())),
            Tree::Datetime(text) => Ok(SecretBytes::from(text.as_str())),
            Tree::Integer(integer) => Ok(SecretBytes::from(integer.to_string())),
            Tree::Bool(value) => Ok(SecretBytes::from(value.to_string())),
            Tree::Null | Tree::Float(_) | Tree::Array(_) | Tree::Table(_) => Err(self.class()),
        }
    }

    /// About how much memory it takes, in bytes.
    pub(crate) fn weight(&self) -> usize {
        const VALUE: usize = 32;
        let inside = match self {
            Tree::Null | Tree::Bool(_) | Tree::Integer(_) | Tree::Float(_) => 0,
            Tree::Datetime(text) => text.len(),
            Tree::String(text) => text.len(),
            Tree::Array(items) => items.iter().map(Tree::weight).sum(),
            Tree::Table(entries) => {
                entries.iter().map(|(key, value)| VALUE + key.len() + value.weight()).sum()
            }
        };
        VALUE + inside
    }

    /// Keys that may be values, since they look like one or have none of their own: in dotenv, a
    /// line of base64 that ends in `=` is a key with an empty value.
    pub(crate) fn each_doubtful_key(&self, visit: &mut dyn FnMut(&str)) {
        if let Tree::Array(items) = self {
            items.iter().for_each(|item| item.each_doubtful_key(visit));
        }
        for (key, value) in self.entries() {
            let is_empty = match value {
                Tree::Null => true,
                Tree::String(text) => text.chars().all(|c| c == '='),
                _ => false,
            };
            if is_empty || !is_key(key) {
                visit(key);
            }
            value.each_doubtful_key(visit);
        }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Tree> {
        self.entries().iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Keys and values of a table in the file's order; of anything else, none.
    pub(crate) fn entries(&self) -> &[(String, Tree)] {
        match self {
            Tree::Table(entries) => entries,
            _ => &[],
        }
    }
}

#[derive(Debug, PartialEq)]
pub(crate) struct NoSuchKey<'t> {
    /// Which segment of the path, from 0, is not in `node`.
    pub segment: usize,
    pub node: &'t Tree,
}

/// The value that a path leads to, or where the path ends.
pub(crate) fn select<'t>(tree: &'t Tree, path: &KeyPath) -> Result<&'t Tree, NoSuchKey<'t>> {
    let mut node = tree;
    for (index, segment) in path.segments().iter().enumerate() {
        let inside = match (segment, node) {
            (Segment::Key(key), _) => node.get(key),
            (Segment::Index(number), Tree::Array(items)) => items.get(*number),
            (Segment::Index(_), _) => None,
        };
        node = inside.ok_or(NoSuchKey { segment: index, node })?;
    }
    Ok(node)
}

/// Only the shape: kinds, counts and keys, never a value.
impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tree::Array(items) => f.debug_list().entries(items).finish(),
            Tree::Table(entries) => {
                f.debug_map().entries(entries.iter().map(|(key, value)| (key, value))).finish()
            }
            Tree::String(text) => write!(f, "String({} bytes)", text.len()),
            scalar => f.write_str(scalar.class()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Tree;

    #[test]
    fn debug_prints_only_the_shape() {
        let items = vec![Tree::string("hunter2"), Tree::Integer(4711), Tree::Float(8.15)];
        let tree =
            Tree::Table(vec![("a".into(), Tree::Array(items)), ("b".into(), Tree::Bool(true))]);
        let shape = r#"{"a": [String(7 bytes), an integer, a float], "b": a boolean}"#;
        assert_eq!(format!("{tree:?}"), shape);
    }
}
