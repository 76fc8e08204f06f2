//! Data between the worlds: a spec's nodes and structured files' trees to template values, and back
//! for `tojson` and its like.

use minijinja::value::{Value, ValueKind};

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

/// A template value, `depth` deep in another, as a tree; `None` for what no format can hold.
pub(crate) fn to_tree(value: &Value, depth: usize) -> Option<Tree> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match value.kind() {
        ValueKind::None => Tree::Null,
        ValueKind::Bool => Tree::Bool(value.is_true()),
        ValueKind::Number if value.is_integer() => {
            Tree::Integer(i128::try_from(value.clone()).ok()?)
        }
        ValueKind::Number => Tree::Float(f64::try_from(value.clone()).ok()?),
        ValueKind::String => Tree::string(value.as_str()?),
        ValueKind::Bytes => Tree::string(std::str::from_utf8(value.as_bytes()?).ok()?),
        ValueKind::Seq | ValueKind::Iterable => {
            let items = value.try_iter().ok()?;
            Tree::Array(items.map(|item| to_tree(&item, depth + 1)).collect::<Option<_>>()?)
        }
        ValueKind::Map => {
            let mut entries = Vec::new();
            for key in value.try_iter().ok()? {
                let item = value.get_item(&key).ok()?;
                entries.push((key.as_str()?.to_owned(), to_tree(&item, depth + 1)?));
            }
            Tree::Table(entries)
        }
        _ => return None,
    })
}
