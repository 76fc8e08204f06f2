//! What a document must hold after a change.

use std::collections::HashMap;

use super::fault::{EditFault, EditFaultKind};
use crate::structure::key_path::{KeyPath, Segment};
use crate::structure::tree::{Tree, select};

/// The tree with a string under `path` in place of a single value or of nothing, tables on the way
/// made.
pub(super) fn with(tree: &Tree, path: &KeyPath, value: &str) -> Result<Tree, EditFault> {
    if let Ok(node) = select(tree, path)
        && let Some(class) = collection(node)
    {
        return Err(EditFaultKind::Collection(class).into());
    }
    with_tree(tree, path, Tree::string(value))
}

/// The tree with another one under `path`, whatever stood there; tables on the way made.
pub(crate) fn with_tree(tree: &Tree, path: &KeyPath, value: Tree) -> Result<Tree, EditFault> {
    let mut out = tree.clone();
    put(&mut out, path, value)?;
    Ok(out)
}

/// Puts a tree under `path`, whatever stood there; tables on the way are made.
pub(crate) fn put(tree: &mut Tree, path: &KeyPath, value: Tree) -> Result<(), EditFault> {
    let mut node = tree;
    for (index, segment) in path.segments().iter().enumerate() {
        let class = node.class();
        let through = || EditFault::from(EditFaultKind::Through(path.before(index), class));
        node = match (segment, node) {
            (Segment::Key(key), Tree::Table(entries)) => {
                let known = entries.iter().position(|(name, _)| name == key);
                let at = known.unwrap_or(entries.len());
                if known.is_none() {
                    // What comes next makes a table of it, or the value.
                    entries.push((key.clone(), Tree::Table(Vec::new())));
                }
                let entry = entries.get_mut(at);
                &mut entry.ok_or(EditFaultKind::Unsafe)?.1
            }
            (Segment::Index(number), Tree::Array(items)) => {
                let item = items.get_mut(*number);
                item.ok_or_else(|| EditFaultKind::NoItem(path.before(index + 1)))?
            }
            // A table that was just made.
            (Segment::Index(_), Tree::Table(entries)) if entries.is_empty() => {
                return Err(EditFaultKind::NoItem(path.before(index + 1)).into());
            }
            _ => return Err(through()),
        };
    }
    *node = value;
    Ok(())
}

/// The tree without the single value under `path`.
pub(super) fn without(tree: &Tree, path: &KeyPath) -> Result<Tree, EditFault> {
    if let Ok(node) = select(tree, path)
        && let Some(class) = collection(node)
    {
        return Err(EditFaultKind::Collection(class).into());
    }
    without_tree(tree, path)
}

/// The tree without what stands under `path`.
pub(crate) fn without_tree(tree: &Tree, path: &KeyPath) -> Result<Tree, EditFault> {
    let mut out = tree.clone();
    let (last, parents) = path.segments().split_last().ok_or(EditFaultKind::Missing)?;
    let mut node = &mut out;
    for segment in parents {
        node = match (segment, node) {
            (Segment::Key(key), Tree::Table(entries)) => {
                let found = entries.iter_mut().find(|(name, _)| name == key);
                found.map(|(_, value)| value).ok_or(EditFaultKind::Missing)?
            }
            (Segment::Index(number), Tree::Array(items)) => {
                items.get_mut(*number).ok_or(EditFaultKind::Missing)?
            }
            _ => return Err(EditFaultKind::Missing.into()),
        };
    }
    if let (Segment::Index(number), Tree::Array(items)) = (last, &*node)
        && *number < items.len()
    {
        return Err(EditFaultKind::Item.into());
    }
    let (Segment::Key(key), Tree::Table(entries)) = (last, node) else {
        return Err(EditFaultKind::Missing.into());
    };
    let at = entries.iter().position(|(name, _)| name == key).ok_or(EditFaultKind::Missing)?;
    entries.remove(at);
    Ok(out)
}

fn collection(tree: &Tree) -> Option<&'static str> {
    matches!(tree, Tree::Array(_) | Tree::Table(_)).then(|| tree.class())
}

/// Whether two trees hold the same, whatever the order of keys. A table without keys and no table
/// at all are the same: TOML's dotted keys can't say the first.
pub(crate) fn same(a: &Tree, b: &Tree) -> bool {
    match (a, b) {
        (Tree::Table(one), Tree::Table(other)) => {
            let (one, other) = (by_key(one), by_key(other));
            let is_in_other = one.iter().all(|(key, value)| match other.get(key) {
                Some(found) => same(value, found),
                None => is_empty(value),
            });
            is_in_other && other.iter().all(|(key, value)| one.contains_key(key) || is_empty(value))
        }
        (Tree::Array(one), Tree::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Tree::Float(one), Tree::Float(other)) => one == other || one.is_nan() && other.is_nan(),
        _ => a == b,
    }
}

/// For tables with very many keys.
fn by_key(entries: &[(String, Tree)]) -> HashMap<&str, &Tree> {
    entries.iter().map(|(key, value)| (key.as_str(), value)).collect()
}

fn is_empty(tree: &Tree) -> bool {
    matches!(tree, Tree::Table(entries) if entries.iter().all(|(_, value)| is_empty(value)))
}
