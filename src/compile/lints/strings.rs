//! Every string of a spec, with what is known of its place.

use crate::source::Span;
use crate::spec::node::{Node, NodeKind, Text};
use crate::spec::record::{Item, Record};
use crate::spec::value::{Fetch, From as FileFrom, Source, Value, WholeFile};
use crate::spec::{Entry, Spec};

/// A string of a spec, or the text of an integer or boolean that stands for a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpecString<'s> {
    /// Decoded.
    pub text: &'s str,
    /// Where it stands.
    pub span: Span,
    /// The key that it stands under; for what is in a list, that of the list.
    pub key: &'s str,
    /// What it is.
    pub role: Role,
    /// The entry that it belongs to.
    pub entry: Option<&'s Entry>,
}

/// What a string is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A template that sees no decrypted data: metadata, paths.
    Text,
    /// A path or the name of something to read.
    Reference,
    /// A value that is a template.
    Template,
    /// A value as it stands.
    Literal,
    /// A value in base64, a template.
    Base64,
    /// A string in the tree of a structured value, a template.
    Leaf,
    /// A string of `vars` or of the data of a `for-each`, no template.
    Plain,
}

impl Role {
    /// Whether the string is a template.
    pub(crate) fn is_template(self) -> bool {
        !matches!(self, Role::Literal | Role::Plain)
    }
}

/// Calls `visit` for every string of a spec, its keys aside.
pub(crate) fn each_string<'s>(spec: &'s Spec, visit: &mut impl FnMut(SpecString<'s>)) {
    Walk { entry: None, visit }.record(&spec.top);
    for entry in &spec.entries {
        Walk { entry: Some(entry), visit }.record(entry);
    }
}

/// Calls `visit` for every value of an entry with the key that it stands under, parts of `concat`
/// and registries included.
pub(crate) fn each_value<'s>(entry: &'s dyn Record, visit: &mut impl FnMut(&'s str, &'s Value)) {
    for (name, _, item) in entry.items() {
        match item {
            Item::Value(value) => value.each_part(&mut |value| visit(name, value)),
            Item::Values(values) => {
                for (key, value) in values {
                    value.each_part(&mut |value| visit(&key.value, value));
                }
            }
            Item::Records(records) => {
                records.into_iter().for_each(|record| each_value(record, visit))
            }
            _ => {}
        }
    }
}

struct Walk<'v, 's, V> {
    entry: Option<&'s Entry>,
    visit: &'v mut V,
}

impl<'s, V: FnMut(SpecString<'s>)> Walk<'_, 's, V> {
    fn string(&mut self, key: &'s str, text: &'s str, span: Span, role: Role) {
        (self.visit)(SpecString { text, span, key, role, entry: self.entry });
    }

    fn text(&mut self, key: &'s str, text: &'s Text, role: Role) {
        self.string(key, &text.value, text.span, role);
    }

    fn record(&mut self, record: &'s dyn Record) {
        for (name, _, item) in record.items() {
            self.item(name, item);
        }
    }

    fn item(&mut self, name: &'static str, item: Item<'s>) {
        match item {
            Item::Other => {}
            Item::Text(text) => self.text(name, text, Role::Text),
            Item::Texts(texts) => texts.iter().for_each(|text| self.text(name, text, Role::Text)),
            Item::TextMap(map) => {
                map.iter().for_each(|(key, text)| self.text(&key.value, text, Role::Text))
            }
            // Trees of values come with their value; all other data is plain.
            Item::Data(node) => self.node(name, node, Role::Plain),
            Item::Value(value) => self.value(name, value),
            Item::Values(values) => {
                values.iter().for_each(|(key, value)| self.value(&key.value, value))
            }
            Item::DataFrom(files) => files.iter().for_each(|file| self.whole_file(name, file)),
            Item::Records(records) => records.into_iter().for_each(|record| self.record(record)),
        }
    }

    fn whole_file(&mut self, name: &'s str, file: &'s WholeFile) {
        match &file.from {
            FileFrom::Fetch(Fetch { what, .. }) => self.text(name, what, Role::Reference),
            FileFrom::Named(source) => self.text(name, source, Role::Reference),
        }
    }

    fn value(&mut self, key: &'s str, value: &'s Value) {
        match &value.source {
            Source::Template(text) => self.text(key, text, Role::Template),
            Source::Literal(text) => self.string(key, text, value.span, Role::Literal),
            Source::Base64(text) => self.text(key, text, Role::Base64),
            Source::Fetch(Fetch { what, .. }) | Source::Named(what) => {
                self.text(key, what, Role::Reference)
            }
            Source::Tree(_, node) => self.node(key, node, Role::Leaf),
            Source::Concat(parts) => parts.iter().for_each(|part| self.value(key, part)),
        }
        if let Some(path) = &value.modifiers.key {
            self.text(key, path, Role::Reference);
        }
    }

    fn node(&mut self, key: &'s str, node: &'s Node, role: Role) {
        match &node.kind {
            NodeKind::String(text) => self.string(key, text, node.span, role),
            NodeKind::Array(nodes) => nodes.iter().for_each(|node| self.node(key, node, role)),
            NodeKind::Table(entries) => {
                entries.iter().for_each(|(key, node)| self.node(&key.value, node, role))
            }
            NodeKind::Bool(_)
            | NodeKind::Integer(_)
            | NodeKind::Float(_)
            | NodeKind::Datetime(_) => {}
        }
    }
}
