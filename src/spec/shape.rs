//! How the tables of the language are described: their keys, what each takes, what messages call
//! that, and what stands in its place in an example.

use toml::de::DeValue;

use crate::source::Span;

#[derive(Debug)]
pub(crate) struct Table {
    /// What messages call it: `[[tls]]`, `a registry`.
    pub name: &'static str,
    /// What it is, for the schema.
    pub doc: &'static str,
    /// Its keys, as the structs hold them that they are read into.
    pub fields: &'static [&'static [Field]],
}

impl Table {
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().flat_map(|fields| fields.iter())
    }

    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }

    /// The keys of which the table has exactly one, and which of the two kinds they are.
    pub(crate) fn choices(&self) -> (Presence, Vec<&'static str>) {
        match self.names(Presence::Recipe) {
            recipes if !recipes.is_empty() => (Presence::Recipe, recipes),
            _ => (Presence::Source, self.names(Presence::Source)),
        }
    }

    pub(crate) fn names(&self, presence: Presence) -> Vec<&'static str> {
        self.fields().filter(|field| field.presence == presence).map(|field| field.name).collect()
    }
}

#[derive(Debug)]
pub(crate) struct Field {
    pub name: &'static str,
    pub shape: Shape,
    pub presence: Presence,
    pub doc: &'static str,
    /// The data key that its value fills as it is.
    pub fills: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Optional,
    Required,
    /// It says where bytes come from: a table has exactly one such key.
    Source,
    /// It says what to generate: a table has exactly one such key.
    Recipe,
}

/// The key that something is read for.
#[derive(Clone, Copy)]
pub(crate) struct Key<'k> {
    pub name: &'k str,
    /// Whether the writer chose the name, as that of a data key.
    pub is_chosen: bool,
    /// What the whole key takes, also for an element of its list.
    pub shape: &'k Shape,
    /// Where a table that stands here is placed.
    pub at: Span,
}

#[derive(Debug)]
pub(crate) enum Shape {
    Bool,
    /// `true`, for what is only ever switched on.
    True,
    /// An integer between these two.
    Integer(i64, i64),
    /// The integer 1.
    Version,
    /// One of these strings.
    Word(&'static [&'static str]),
    Text,
    /// A string, or a list of several.
    Texts,
    Date,
    /// A table of plain data.
    Data,
    /// A tree that is written in a format.
    Tree,
    /// A path into `[vars]`, or plain data itself.
    ForEach,
    Value,
    Table(&'static Table),
    List(&'static Shape),
    Map(&'static Shape),
}

impl Shape {
    pub(crate) fn expects(&self) -> &'static str {
        match self {
            Shape::Bool => "`true` or `false`",
            Shape::True => "`true`",
            Shape::Version | Shape::Integer(..) => "an integer",
            Shape::Texts => "a string or a list of strings",
            Shape::Word(_) | Shape::Text => "a string",
            Shape::Date => "a timestamp",
            Shape::Data | Shape::Table(_) => "a table",
            Shape::Tree | Shape::ForEach | Shape::Value => "a value",
            Shape::List(Shape::Table(_)) => "a list of tables",
            Shape::List(Shape::Value) => "a list of values",
            Shape::List(_) => "a list of strings",
            Shape::Map(Shape::Table(_)) => "a table of tables",
            Shape::Map(Shape::Value) => "a table of values",
            Shape::Map(Shape::Texts) => "a table of strings and lists of strings",
            Shape::Map(_) => "a table of strings",
        }
    }

    pub(crate) fn placeholder(&self) -> String {
        let placeholder = match self {
            Shape::List(element) => return format!("[{}]", element.placeholder()),
            Shape::Map(element) => return format!("{{ NAME = {} }}", element.placeholder()),
            Shape::Table(table) if !table.names(Presence::Recipe).is_empty() => "{ length = 32 }",
            Shape::Table(table) if table.names(Presence::Source).is_empty() => "{ ... }",
            Shape::Table(_) | Shape::Value => "{ age = \"FILE.age\" }",
            Shape::Data | Shape::Tree => "{ NAME = \"...\" }",
            Shape::Word(_) | Shape::Text | Shape::Texts => "\"...\"",
            Shape::ForEach => "\"vars.NAME\"",
            Shape::Date => "2030-01-01T00:00:00Z",
            Shape::Bool | Shape::True => "true",
            Shape::Integer(..) => "32",
            Shape::Version => "1",
        };
        placeholder.to_owned()
    }
}

pub(crate) fn integer(value: &DeValue<'_>) -> Option<i64> {
    match value {
        DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix()).ok(),
        _ => None,
    }
}

/// What messages call a TOML value, with its article.
pub(crate) fn class(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
