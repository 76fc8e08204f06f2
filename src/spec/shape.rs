//! How the tables of the language are described: their keys, what each takes, what messages call
//! that, and what stands in its place in an example.

use toml::de::DeValue;

/// A table of the language.
#[derive(Debug)]
pub(crate) struct Table {
    /// What messages call it: `[[tls]]`, `a registry`.
    pub name: &'static str,
    /// What it is, for the schema.
    pub doc: &'static str,
    /// Its keys.
    pub fields: &'static [&'static [Field]],
}

impl Table {
    /// Every key of the table.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().flat_map(|fields| fields.iter())
    }

    /// The key with this name.
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().find(|field| field.name == name)
    }
}

/// A key of a table.
#[derive(Debug)]
pub(crate) struct Field {
    /// As it is written.
    pub name: &'static str,
    /// What it takes.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// What it means, in a sentence or two.
    pub doc: &'static str,
    /// The data key that its value fills as it is.
    pub fills: Option<&'static str>,
}

/// What a key takes, for messages and the schema.
#[derive(Debug)]
pub(crate) enum Shape {
    Bool,
    /// The integer 1.
    Version,
    /// One of these strings.
    Word(&'static [&'static str]),
    Text,
    Texts,
    TextMap,
    /// A table of plain data.
    Data,
    /// A tree that is written in a format.
    Tree,
    /// A path into `[vars]`, or plain data itself.
    ForEach,
    Value,
    Values,
    ValueList,
    DataFrom,
    Table(&'static Table),
    /// Tables by name.
    Map(&'static Table),
    List(&'static Table),
    Date,
}

impl Shape {
    /// What the shape takes, for messages.
    pub(crate) fn expects(&self) -> &'static str {
        match self {
            Shape::Bool => "`true` or `false`",
            Shape::Version => "an integer",
            Shape::Word(_) | Shape::Text => "a string",
            Shape::Texts => "a list of strings",
            Shape::TextMap => "a table of strings",
            Shape::Tree => "plain data",
            Shape::Data | Shape::Table(_) => "a table",
            Shape::ForEach => "a path, a list or a table",
            Shape::Value => "a value: a string, an integer, a boolean or a table with a source",
            Shape::Values => "a table of values",
            Shape::ValueList => "a list of values",
            Shape::DataFrom => "a list of tables",
            Shape::Map(_) => "tables by name",
            Shape::List(_) => "a list of tables",
            Shape::Date => "a date or a string",
        }
    }

    /// Something of this shape to put into an example.
    pub(crate) fn placeholder(&self) -> &'static str {
        match self {
            Shape::Bool => "true",
            Shape::Version => "1",
            Shape::Texts => "[\"...\"]",
            Shape::TextMap => "{ KEY = \"...\" }",
            Shape::Data | Shape::Table(_) | Shape::Tree => "{ ... }",
            Shape::ForEach => "\"vars.NAME\"",
            Shape::Value => "{ age = \"FILE.age\" }",
            Shape::Values => "{ KEY = { age = \"FILE.age\" } }",
            Shape::ValueList => "[{ file = \"FILE\" }, { age = \"FILE.age\" }]",
            Shape::DataFrom => "[{ age = \"FILE.env.age\" }]",
            Shape::Map(_) => "{ NAME = { ... } }",
            Shape::List(_) => "[{ ... }]",
            Shape::Date => "2030-01-01T00:00:00Z",
            Shape::Word(_) | Shape::Text => "\"...\"",
        }
    }
}

/// A decimal integer that fits into 64 bits.
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
