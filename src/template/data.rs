//! Data between the worlds: a spec's nodes and structured files' trees to template values, and back
//! for `tojson` and its like.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind, State};

use super::fault::UNWRITABLE;
use crate::spec::node::{Node, NodeKind};
use crate::structure::Tree;

pub(crate) fn from_node(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Bool(value) => Value::from(*value),
        NodeKind::Integer(value) => Value::from(*value),
        NodeKind::Float(value) => Value::from(*value),
        NodeKind::Datetime(value) | NodeKind::String(value) => Value::from(value.as_str()),
        NodeKind::Array(items) => Value::from(items.iter().map(from_node).collect::<Vec<_>>()),
        NodeKind::Table(entries) => Value::from_pairs(
            entries.iter().map(|(key, node)| (key.value.as_str(), from_node(node))),
        ),
    }
}

pub(crate) fn from_tree(tree: &Tree) -> Value {
    match tree {
        Tree::Null => Value::from(()),
        Tree::Bool(value) => Value::from(*value),
        Tree::Integer(value) => Value::from(*value),
        Tree::Float(value) => Value::from(*value),
        Tree::Datetime(value) => Value::from(value.as_str()),
        Tree::String(value) => Value::from(value.as_str()),
        Tree::Array(items) => Value::from(items.iter().map(from_tree).collect::<Vec<_>>()),
        Tree::Table(entries) => {
            Value::from_pairs(entries.iter().map(|(key, tree)| (key.as_str(), from_tree(tree))))
        }
    }
}

/// How deep a value may nest to be written as JSON, YAML or TOML.
const MAX_DEPTH: usize = 64;

/// A template value as a tree. Every part of it costs steps: lists can share what is in them, so
/// that a small value is a large tree.
/// Fails when the template is out of steps, or no format can hold the value.
pub(crate) fn to_tree(value: &Value, state: &State<'_, '_>) -> Result<Tree, Error> {
    to_tree_at(value, state, 0)
}

fn to_tree_at(value: &Value, state: &State<'_, '_>, depth: usize) -> Result<Tree, Error> {
    let bytes = value.as_bytes().map_or(0, <[u8]>::len);
    charge(state, bytes)?;
    let unwritable = || Error::new(ErrorKind::InvalidOperation, UNWRITABLE);
    if depth > MAX_DEPTH {
        return Err(unwritable());
    }
    Ok(match value.kind() {
        ValueKind::None => Tree::Null,
        ValueKind::Bool => Tree::Bool(value.is_true()),
        ValueKind::Number if value.is_integer() => {
            Tree::Integer(i128::try_from(value.clone()).map_err(|_| unwritable())?)
        }
        ValueKind::Number => Tree::Float(f64::try_from(value.clone()).map_err(|_| unwritable())?),
        ValueKind::String | ValueKind::Bytes => {
            let bytes = value.as_bytes().unwrap_or_default();
            Tree::string(std::str::from_utf8(bytes).map_err(|_| unwritable())?)
        }
        ValueKind::Seq | ValueKind::Iterable => {
            let items = value.try_iter()?.map(|item| to_tree_at(&item, state, depth + 1));
            Tree::Array(items.collect::<Result<_, _>>()?)
        }
        ValueKind::Map => {
            let mut entries = Vec::new();
            for key in value.try_iter()? {
                let name = key.as_str().ok_or_else(unwritable)?.to_owned();
                entries.push((name, to_tree_at(&value.get_item(&key)?, state, depth + 1)?));
            }
            Tree::Table(entries)
        }
        _ => return Err(unwritable()),
    })
}

/// Pays for bytes that a filter makes or passes over: a step for each 64, as minijinja does.
pub(crate) fn charge(state: &State<'_, '_>, bytes: usize) -> Result<(), Error> {
    state.consume_fuel(1 + bytes as u64 / 64)
}
