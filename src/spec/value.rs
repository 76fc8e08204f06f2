//! Values of a spec as written: where secret bytes come from and what is done to them.

use super::node::{Node, Text};
use crate::source::{Span, Spanned};
use crate::structure::Format;

/// Secret bytes, as the spec describes them.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    /// Where it stands.
    pub span: Span,
    /// Where the bytes come from.
    pub source: Source,
    /// What is done to them.
    pub modifiers: Modifiers,
}

impl Value {
    /// Calls `visit` for the value, then for the parts of `concat`.
    pub(crate) fn each_part<'s>(&'s self, visit: &mut impl FnMut(&'s Value)) {
        visit(self);
        if let Source::Concat(parts) = &self.source {
            parts.iter().for_each(|part| part.each_part(visit));
        }
    }
}

/// Where bytes come from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A string: a template.
    Template(Text),
    /// The text of an integer or boolean, or a literal string.
    Literal(String),
    /// Base64 to decode.
    Base64(Text),
    /// Something outside the value.
    Fetch(Fetch),
    /// A `[sources.NAME]`.
    Named(Text),
    /// A tree to write in a format.
    Tree(Format, Node),
    /// Values one after another.
    Concat(Vec<Value>),
}

/// Something to read.
#[derive(Clone, Debug)]
pub(crate) struct Fetch {
    /// How.
    pub how: How,
    /// The path, the armored text or the variable's name: a template.
    pub what: Text,
}

/// How something is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum How {
    /// A file as it is.
    File,
    /// An age file.
    Age,
    /// age text in the spec.
    Armor,
    /// An environment variable.
    EnvVar,
}

/// What is done to the bytes, in this order: `key`, `decode`, `template`, `trim`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Modifiers {
    /// The path into the structure: a template.
    pub key: Option<Text>,
    /// The structure, if given.
    pub format: Option<Spanned<Format>>,
    /// Decode base64.
    pub decode: bool,
    /// Render as a template.
    pub template: bool,
    /// Remove trailing line breaks.
    pub trim: bool,
    /// A missing file or key is no error.
    pub optional: bool,
    /// Replaces an earlier value of the same data key.
    pub override_: bool,
}

/// An element of `data-from`, or a `[sources.NAME]`: a whole file.
#[derive(Clone, Debug)]
pub(crate) struct WholeFile {
    /// Where it stands.
    pub span: Span,
    /// What to read.
    pub from: From,
    /// The structure, if given.
    pub format: Option<Spanned<Format>>,
    /// Decode base64 first.
    pub decode: bool,
    /// A missing file is no error.
    pub optional: bool,
    /// Replaces earlier values of the same data keys.
    pub override_: bool,
}

/// What a whole file comes from.
#[derive(Clone, Debug)]
pub(crate) enum From {
    /// Something to read.
    Fetch(Fetch),
    /// A `[sources.NAME]`.
    Named(Text),
}
