//! The part of a Secret that a finding is about.

use std::fmt;

/// A part of a Secret. Its `Display` is the path that the API server gives as the `field` of a cause; it is not made safe for a terminal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// `metadata.name`.
    Name,
    /// `metadata.generateName`.
    GenerateName,
    /// `metadata.namespace`.
    Namespace,
    /// `metadata.generation`.
    Generation,
    /// `metadata.ownerReferences`.
    Owners,
    /// A field of an element of `metadata.ownerReferences`; the server does not say of which.
    Owner(&'static str),
    /// `metadata.finalizers`.
    Finalizers,
    /// `metadata.finalizers[INDEX]`.
    Finalizer(usize),
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
            Field::GenerateName => f.write_str("metadata.generateName"),
            Field::Namespace => f.write_str("metadata.namespace"),
            Field::Generation => f.write_str("metadata.generation"),
            Field::Owners => f.write_str("metadata.ownerReferences"),
            Field::Owner(field) => write!(f, "metadata.ownerReferences.{field}"),
            Field::Finalizers => f.write_str("metadata.finalizers"),
            Field::Finalizer(index) => write!(f, "metadata.finalizers[{index}]"),
            Field::Labels => f.write_str("metadata.labels"),
            Field::Annotations => f.write_str("metadata.annotations"),
            Field::Annotation(key) => write!(f, "metadata.annotations[{key}]"),
            Field::Data => f.write_str("data"),
            Field::DataKey(key) => write!(f, "data[{key}]"),
        }
    }
}
