//! Values of a spec as written: where secret bytes come from and what is done to them.

use super::generate::Generate;
use super::node::{Node, Text};
use crate::source::{Span, Spanned};
use crate::structure::Format;

/// Secret bytes, as the spec describes them; or a whole file: an element of `data-from` or a
/// source.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub span: Span,
    pub source: Source,
    pub modifiers: Modifiers,
    /// What `mintage generate` makes where it is missing: for a value at most one thing, for a
    /// source any number of its keys.
    pub generate: Vec<Generate>,
}

impl Value {
    /// The value, and the parts of `concat`.
    pub(crate) fn each_part<'s>(&'s self, visit: &mut dyn FnMut(&'s Value)) {
        visit(self);
        if let Source::Concat(parts) = &self.source {
            for part in parts {
                part.each_part(visit);
            }
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// A string: a template.
    Template(Text),
    /// The text of an integer or boolean, or a literal string.
    Literal(String),
    /// A template.
    Base64(Text),
    /// Something outside the value.
    Fetch(Fetch),
    /// A `[sources.NAME]`.
    Named(Text),
    /// A tree to write in a format.
    Tree(Format, Node),
    Concat(Vec<Value>),
}

#[derive(Clone, Debug)]
pub(crate) struct Fetch {
    pub how: How,
    /// The path, the armored text or the variable's name: a template.
    pub what: Text,
}

pub(crate) const REENCRYPT_SOPS: &str = "re-encrypt the file with age, `sops decrypt FILE | \
    mintage encrypt - -o FILE.age`, and write `age = \"FILE.age\"`";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum How {
    /// A file as it is.
    File,
    Age,
    /// age text in the spec.
    Armor,
    EnvVar,
}

impl How {
    pub(crate) fn is_encrypted(self) -> bool {
        matches!(self, How::Age | How::Armor)
    }
}

/// What is done to the bytes, in this order: `key`, `decode`, `template`, `trim`. A whole file is
/// decoded before it is parsed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Modifiers {
    /// The path into the structure: a template.
    pub key: Option<Text>,
    pub format: Option<Spanned<Format>>,
    /// Base64.
    pub decode: bool,
    pub template: bool,
    pub trim: bool,
    pub optional: bool,
    pub override_: bool,
}
