//! Plain data of a spec with positions: `[vars]`, the trees of `json =`, items of `for-each`.

use std::collections::HashMap;

use crate::source::Span;

/// A string of the spec and where it stands, quotes included.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    /// Decoded.
    pub value: String,
    /// The token in the file.
    pub span: Span,
}

/// Data with positions.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Where it stands.
    pub span: Span,
}

/// What a [`Node`] is. Tables keep the order of the file.
#[derive(Clone, Debug)]
pub(crate) enum NodeKind {
    /// `true` or `false`.
    Bool(bool),
    /// An integer; TOML's are 64 bits wide.
    Integer(i64),
    /// A float.
    Float(f64),
    /// A date or time, as it is written.
    Datetime(String),
    /// A string.
    String(String),
    /// A list.
    Array(Vec<Node>),
    /// A table.
    Table(Vec<(Text, Node)>),
}

impl Node {
    /// What messages call it, with its article.
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

    /// Merges `over` over this: tables key by key, anything else replaced.
    pub(crate) fn merge(&mut self, over: Node) {
        match (&mut self.kind, over) {
            (NodeKind::Table(under), Node { kind: NodeKind::Table(over), .. }) => {
                merge_tables(under, over)
            }
            (_, over) => *self = over,
        }
    }

    /// The entry of a table.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        match &self.kind {
            NodeKind::Table(entries) => {
                entries.iter().find(|(name, _)| name.value == key).map(|(_, node)| node)
            }
            _ => None,
        }
    }
}

/// Merges `over` over `under`, key by key; new keys come last.
pub(crate) fn merge_tables(under: &mut Vec<(Text, Node)>, over: Vec<(Text, Node)>) {
    let mut places: HashMap<String, usize> =
        under.iter().enumerate().map(|(place, (name, _))| (name.value.clone(), place)).collect();
    for (key, node) in over {
        match places.get(&key.value).and_then(|place| under.get_mut(*place)) {
            Some((_, present)) => present.merge(node),
            None => {
                places.insert(key.value.clone(), under.len());
                under.push((key, node));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Node, NodeKind, Text, merge_tables};
    use crate::source::{SourceMap, Span};
    use crate::unit::support::assert_linear;

    #[test]
    fn many_keys_are_merged_in_linear_time() {
        let span = Span::new(SourceMap::new().add("a.toml", ""), 0..0);
        let table = |to: usize| {
            (0..to).map(move |key| {
                (Text { value: key.to_string(), span }, Node { kind: NodeKind::Bool(to > 1), span })
            })
        };
        assert_linear("merged keys", 5_000, |count| {
            let mut under: Vec<(Text, Node)> = table(1).collect();
            merge_tables(&mut under, table(count).collect());
            merge_tables(&mut under, table(count).collect());
            assert_eq!(under.len(), count);
            assert!(matches!(under.first(), Some((_, Node { kind: NodeKind::Bool(true), .. }))));
        });
    }
}
