//! A table of a spec after reading: known keys only, each of the shape the language gives it.

use super::node::{Node, Text};
use super::value::{Value, WholeFile};
use crate::source::Span;

/// A table that was read against a [`super::language::Table`].
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Its header, or the whole inline table.
    pub span: Span,
    fields: Vec<(&'static str, Span, Item)>,
}

/// What a key holds; which one follows from the key's shape.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// Something wrong that was reported: the key is there, and holds nothing.
    Wrong,
    /// A boolean.
    Bool(bool),
    /// A string.
    Text(Text),
    /// A list of strings.
    Texts(Vec<Text>),
    /// A table of strings.
    TextMap(Vec<(Text, Text)>),
    /// Plain data.
    Data(Node),
    /// A value.
    Value(Value),
    /// A table of values.
    Values(Vec<(Text, Value)>),
    /// A list of values.
    ValueList(Vec<Value>),
    /// `data-from`.
    DataFrom(Vec<WholeFile>),
    /// A table.
    Record(Record),
    /// Tables by name.
    Map(Vec<(Text, Record)>),
    /// A list of tables.
    List(Vec<Record>),
}

macro_rules! getters {
    ($($name:ident $variant:ident $type:ty, $doc:literal;)*) => {
        $(
            #[doc = $doc]
            pub(crate) fn $name(&self, key: &str) -> Option<&$type> {
                match self.item(key)? {
                    Item::$variant(item) => Some(item),
                    _ => None,
                }
            }
        )*
    };
}

impl Record {
    /// An empty table.
    pub(crate) fn new(span: Span) -> Self {
        Self { span, fields: Vec::new() }
    }

    /// Adds a key.
    pub(crate) fn push(&mut self, name: &'static str, key: Span, item: Item) {
        self.fields.push((name, key, item));
    }

    /// Where a key is written.
    pub(crate) fn key_span(&self, key: &str) -> Option<Span> {
        self.fields.iter().find(|(name, _, _)| *name == key).map(|(_, span, _)| *span)
    }

    /// Every key with its name, where it is written, and what it holds, in the order of the file.
    pub(crate) fn items(&self) -> impl Iterator<Item = (&'static str, Span, &Item)> {
        self.fields.iter().map(|(name, span, item)| (*name, *span, item))
    }

    fn item(&self, key: &str) -> Option<&Item> {
        self.fields.iter().find(|(name, _, _)| *name == key).map(|(_, _, item)| item)
    }

    getters! {
        boolean Bool bool, "The boolean of this key.";
        text Text Text, "The string of this key.";
        data Data Node, "The plain data of this key.";
        value Value Value, "The value of this key.";
        record Record Record, "The table of this key.";
    }

    /// The list of strings of this key; empty without one.
    pub(crate) fn texts(&self, key: &str) -> &[Text] {
        match self.item(key) {
            Some(Item::Texts(texts)) => texts,
            _ => &[],
        }
    }

    /// The list of strings of this key, if it is there and is one.
    pub(crate) fn given_texts(&self, key: &str) -> Option<&[Text]> {
        match self.item(key) {
            Some(Item::Texts(texts)) => Some(texts),
            _ => None,
        }
    }

    /// The table of strings of this key; empty without one.
    pub(crate) fn text_map(&self, key: &str) -> &[(Text, Text)] {
        match self.item(key) {
            Some(Item::TextMap(map)) => map,
            _ => &[],
        }
    }

    /// The table of values of this key; empty without one.
    pub(crate) fn values(&self, key: &str) -> &[(Text, Value)] {
        match self.item(key) {
            Some(Item::Values(values)) => values,
            _ => &[],
        }
    }

    /// The list of values of this key; empty without one.
    pub(crate) fn value_list(&self, key: &str) -> &[Value] {
        match self.item(key) {
            Some(Item::ValueList(values)) => values,
            _ => &[],
        }
    }

    /// `data-from`; empty without one.
    pub(crate) fn data_from(&self) -> &[WholeFile] {
        match self.item("data-from") {
            Some(Item::DataFrom(files)) => files,
            _ => &[],
        }
    }

    /// Tables by name; empty without any.
    pub(crate) fn map(&self, key: &str) -> &[(Text, Record)] {
        match self.item(key) {
            Some(Item::Map(map)) => map,
            _ => &[],
        }
    }

    /// A list of tables; empty without one.
    pub(crate) fn list(&self, key: &str) -> &[Record] {
        match self.item(key) {
            Some(Item::List(list)) => list,
            _ => &[],
        }
    }
}
