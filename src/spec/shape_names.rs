//! What messages call the shapes of the language, and the values that stand in their place.

use toml::de::DeValue;

use super::language::Shape;

impl Shape {
    /// What a list or table of this shape holds.
    pub(crate) fn element(&self) -> &'static Shape {
        match self {
            Shape::Plains | Shape::PlainMap => &Shape::Plain,
            _ => &Shape::Text,
        }
    }

    /// What the shape takes, for messages.
    pub(crate) fn expects(&self) -> &'static str {
        match self {
            Shape::Bool => "`true` or `false`",
            Shape::Version => "an integer",
            Shape::Plain
            | Shape::Word(_)
            | Shape::Text
            | Shape::SecretText
            | Shape::SecretPlain => "a string",
            Shape::Plains | Shape::Texts => "a list of strings",
            Shape::PlainMap | Shape::TextMap => "a table of strings",
            Shape::Tree => "plain data",
            Shape::DataTable | Shape::Table(_) => "a table",
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
            Shape::Plains | Shape::Texts => "[\"...\"]",
            Shape::PlainMap | Shape::TextMap => "{ KEY = \"...\" }",
            Shape::DataTable | Shape::Table(_) | Shape::Tree => "{ ... }",
            Shape::ForEach => "\"vars.NAME\"",
            Shape::Value => "{ age = \"FILE.age\" }",
            Shape::Values => "{ KEY = { age = \"FILE.age\" } }",
            Shape::ValueList => "[{ file = \"FILE\" }, { age = \"FILE.age\" }]",
            Shape::DataFrom => "[{ age = \"FILE.env.age\" }]",
            Shape::Map(_) => "{ NAME = { ... } }",
            Shape::List(_) => "[{ ... }]",
            Shape::Date => "2030-01-01T00:00:00Z",
            _ => "\"...\"",
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
