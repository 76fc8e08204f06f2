//! Where the values of a JSON or YAML document stand.

use std::ops::Range;

use super::fault::{EditFault, EditFaultKind};
use super::flow::Brackets;
use crate::structure::key_path::{KeyPath, Segment};

pub(super) struct Node {
    /// Of a block of YAML: from its first key or dash to the end of its last value.
    pub range: Range<usize>,
    pub shape: Shape,
    /// Whether it stands in brackets or has them.
    pub is_flow: bool,
    /// Whether it is an alias, or has an anchor.
    pub is_anchored: bool,
    /// Of YAML: the column of the keys or dashes around it.
    pub column: usize,
}

pub(super) enum Shape {
    Scalar,
    Array(Vec<Node>),
    Table(Vec<Entry>),
}

pub(super) struct Entry {
    pub name: String,
    /// The first byte of its key.
    pub start: usize,
    pub node: Node,
}

pub(super) enum Found<'n> {
    Node(&'n Node),
    /// The table that has to get an entry, and the names on the way to the value.
    Missing(&'n Node, Vec<String>),
}

impl Node {
    pub(super) fn entries(&self) -> &[Entry] {
        match &self.shape {
            Shape::Table(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn brackets(&self) -> Brackets {
        let entries = self.entries().iter();
        let entries = entries.map(|entry| entry.start..entry.node.range.end.max(entry.start));
        Brackets { range: self.range.clone(), entries: entries.collect(), comma: ", " }
    }
}

/// The value that a path leads to, or the last table on the way.
pub(super) fn find<'n>(text: &str, root: &'n Node, path: &KeyPath) -> Result<Found<'n>, EditFault> {
    let mut node = root;
    for (index, segment) in path.segments().iter().enumerate() {
        if node.is_anchored {
            return Err(EditFault::at(text, node.range.start, EditFaultKind::Anchor));
        }
        let inside = match (segment, &node.shape) {
            (Segment::Key(key), Shape::Table(entries)) => {
                entries.iter().find(|entry| entry.name == *key).map(|entry| &entry.node)
            }
            (Segment::Index(number), Shape::Array(items)) => items.get(*number),
            _ => return Err(EditFaultKind::Unsafe.into()),
        };
        let Some(inside) = inside else {
            let rest = path.segments().iter().skip(index);
            let rest: Option<Vec<String>> = rest.map(|it| it.name().map(str::to_owned)).collect();
            return Ok(Found::Missing(node, rest.ok_or(EditFaultKind::Unsafe)?));
        };
        node = inside;
    }
    if node.is_anchored {
        return Err(EditFault::at(text, node.range.start, EditFaultKind::Anchor));
    }
    Ok(Found::Node(node))
}

/// The table that holds the last key of a path, and the number of the entry.
pub(super) fn find_entry<'n>(
    text: &str,
    root: &'n Node,
    path: &KeyPath,
) -> Result<(&'n Node, usize), EditFault> {
    let Found::Node(node) = find(text, root, path)? else {
        return Err(EditFaultKind::Missing.into());
    };
    let parent = path.before(path.segments().len().saturating_sub(1));
    let Found::Node(table) = find(text, root, &parent)? else {
        return Err(EditFaultKind::Missing.into());
    };
    let is_it = |entry: &Entry| std::ptr::eq(&raw const entry.node, node);
    let index = table.entries().iter().position(is_it).ok_or(EditFaultKind::Missing)?;
    Ok((table, index))
}
