//! The part of a Secret that a finding is about.

use std::fmt;

/// A part of a Secret. Its `Display` is the path that the API server gives as the `field` of a cause; it is not made safe for a terminal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `metadata.name`.
    Name,
    /// `metadata.namespace`.
    Namespace,
    /// `metadata.labels`: all of them, or one that the rule names.
    Labels,
    /// `metadata.annotations`: all of them, or one that the rule names.
    Annotations,
    /// `metadata.annotations[KEY]`.
    Annotation(String),
    /// `data`, all of it.
    Data,
    /// `data[KEY]`.
    DataKey(String),
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::Name => f.write_str("metadata.name"),
            Field::Namespace => f.write_str("metadata.namespace"),
            Field::Labels => f.write_str("metadata.labels"),
            Field::Annotations => f.write_str("metadata.annotations"),
            Field::Annotation(key) => write!(f, "metadata.annotations[{key}]"),
            Field::Data => f.write_str("data"),
            Field::DataKey(key) => write!(f, "data[{key}]"),
        }
    }
}
