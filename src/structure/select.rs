//! Follows a key path into a tree.

use super::key_path::{KeyPath, Segment};
use super::tree::{Class, Tree};
use crate::diag::phrases::nearest;

/// Why a path leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoSuchKey {
    /// Which segment of the path, from 0; the ones before it lead somewhere.
    pub segment: usize,
    pub found: FoundInstead,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FoundInstead {
    Table {
        /// The key that was probably meant.
        nearest: Option<String>,
        /// A key whose name is the rest of the path, dots and all: it has to be quoted.
        dotted: Option<String>,
        /// The table's first keys in alphabetical order, at most [`LISTED`].
        keys: Vec<String>,
        /// How many keys it has.
        count: usize,
    },
    Array {
        length: usize,
    },
    /// An array where the path has a key.
    ArrayNotTable,
    /// A table where the path has an index.
    TableNotArray,
    /// A value that has nothing inside.
    Scalar(Class),
}

pub(crate) const LISTED: usize = 3;

/// The value that a path leads to.
///
/// # Errors
/// Where the path ends, and which keys are there.
pub(crate) fn select<'t>(tree: &'t Tree, path: &KeyPath) -> Result<&'t Tree, NoSuchKey> {
    let mut node = tree;
    for (index, (segment, _)) in path.segments().iter().enumerate() {
        let found = match (segment, node) {
            (Segment::Key(key), Tree::Table(_)) => {
                node.get(key).ok_or_else(|| missing(node, key, path, index))
            }
            (Segment::Index(number), Tree::Array(items)) => {
                items.get(*number).ok_or(FoundInstead::Array { length: items.len() })
            }
            (Segment::Key(_), Tree::Array(_)) => Err(FoundInstead::ArrayNotTable),
            (Segment::Index(_), Tree::Table(_)) => Err(FoundInstead::TableNotArray),
            (_, scalar) => Err(FoundInstead::Scalar(scalar.class())),
        };
        node = found.map_err(|found| NoSuchKey { segment: index, found })?;
    }
    Ok(node)
}

/// The first keys of a table in alphabetical order, of the values that pass.
pub(crate) fn first_keys(table: &Tree, pass: impl Fn(&Tree) -> bool) -> Vec<String> {
    let passing = table.entries().iter().filter(|(_, value)| pass(value));
    let mut keys: Vec<String> = passing.map(|(key, _)| key.clone()).collect();
    keys.sort_unstable();
    keys.truncate(LISTED);
    keys
}

fn missing(table: &Tree, key: &str, path: &KeyPath, segment: usize) -> FoundInstead {
    let names = || table.entries().iter().map(|(name, _)| name.as_str());
    // `tls.crt` without quotes is two keys: does a longer run of the path's keys name one?
    let mut joined = key.to_owned();
    let mut dotted = None;
    for (next, _) in path.segments().iter().skip(segment + 1).take(8) {
        let Segment::Key(next) = next else { break };
        joined.push('.');
        joined.push_str(next);
        if table.get(&joined).is_some() {
            dotted = Some(joined.clone());
        }
    }
    FoundInstead::Table {
        nearest: nearest(key, names()).map(str::to_owned),
        dotted,
        keys: first_keys(table, |_| true),
        count: table.entries().len(),
    }
}
