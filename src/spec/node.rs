//! Plain data of a spec with positions: `[vars]`, the trees of `json =`, items of `for-each`.

use std::collections::HashMap;

use crate::source::Span;

/// A string of the spec and where it stands, quotes included.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub value: String,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub kind: NodeKind,
    pub span: Span,
}

/// What a [`Node`] is. Tables keep the order of the file.
#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    Bool(bool),
    Integer(i64),
    Float(f64),
    /// A date or time, as it is written.
    Datetime(String),
    String(String),
    Array(Vec<Node>),
    Table(Vec<(Text, Node)>),
}

impl Node {
    pub(crate) fn class(&self) -> &'static str {
        match &self.kind {
            NodeKind::Bool(_) => "a boolean",
            NodeKind::Integer(_) => "an integer",
            NodeKind::Float(_) => "a float",
            NodeKind::Datetime(_) => "a date",
            NodeKind::String(_) => "a string",
            NodeKind::Array(_) => "a list",
            NodeKind::Table(_) => "a table",
        }
    }

    pub(crate) fn entries(&self) -> &[(Text, Node)] {
        if let NodeKind::Table(entries) = &self.kind { entries } else { &[] }
    }

    /// Calls `visit` for every string in it, with the key that it stands under: that of the node
    /// where it has none of its own.
    pub(crate) fn each_string<'s>(
        &'s self,
        key: &'s str,
        visit: &mut dyn FnMut(&'s str, &'s str, Span),
    ) {
        match &self.kind {
            NodeKind::String(text) => visit(key, text, self.span),
            NodeKind::Array(nodes) => {
                for node in nodes {
                    node.each_string(key, visit);
                }
            }
            _ => {
                for (key, node) in self.entries() {
                    node.each_string(&key.value, visit);
                }
            }
        }
    }
}

/// Merges `over` over `under`, key by key: tables in the same way, anything else is replaced; new
/// keys come last.
pub(crate) fn merge_tables(under: &mut Vec<(Text, Node)>, over: Vec<(Text, Node)>) {
    let mut places: HashMap<String, usize> =
        under.iter().enumerate().map(|(place, (name, _))| (name.value.clone(), place)).collect();
    for (key, node) in over {
        match places.get(&key.value).and_then(|place| under.get_mut(*place)) {
            Some((_, present)) => match (&mut present.kind, node) {
                (NodeKind::Table(under), Node { kind: NodeKind::Table(over), .. }) => {
                    merge_tables(under, over);
                }
                (_, node) => *present = node,
            },
            None => {
                places.insert(key.value.clone(), under.len());
                under.push((key, node));
            }
        }
    }
}
