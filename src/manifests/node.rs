//! A manifest's document as a tree of JSON values, each of which remembers where it was written.

use std::borrow::Cow;
use std::ops::Range;

use crate::diag::phrases::first_line;

/// A value. Strings may be secret: nothing here is printed.
#[derive(Clone)]
pub struct Node<'t> {
    /// What it is.
    pub kind: NodeKind<'t>,
    /// Where it stands, in bytes of the file.
    pub range: Range<usize>,
    /// Whether it is a plain scalar of YAML, which quotes would make a string.
    pub plain: bool,
    /// Whether it is a scalar over several lines, of whose breaks YAML may have made blanks.
    pub folded: bool,
}

/// What a [`Node`] is.
#[derive(Clone)]
pub enum NodeKind<'t> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; its value if that is an integer of 64 bits.
    Number(Option<i64>),
    /// A string.
    String(Cow<'t, str>),
    /// A list.
    Array(Vec<Node<'t>>),
    /// An object, in the order of the file, with every duplicate.
    Object(Vec<Member<'t>>),
}

/// A field of an object.
#[derive(Clone)]
pub struct Member<'t> {
    /// Its name.
    pub key: Cow<'t, str>,
    /// Where the name stands.
    pub key_range: Range<usize>,
    /// Its value.
    pub value: Node<'t>,
    /// Whether it came out of another object, by a merge key of YAML.
    pub merged: bool,
    /// Whether YAML read its name as something else than text, a boolean or number, and JSON made text of that.
    pub renamed: bool,
}

impl<'t> Node<'t> {
    /// A value at a place.
    pub fn new(kind: NodeKind<'t>, range: Range<usize>) -> Self {
        Self { kind, range, plain: false, folded: false }
    }

    /// What messages call it, with its article.
    pub fn class(&self) -> &'static str {
        match &self.kind {
            NodeKind::Null => "null",
            NodeKind::Bool(_) => "a boolean",
            NodeKind::Number(_) => "a number",
            NodeKind::String(_) => "a string",
            NodeKind::Array(_) => "a list",
            NodeKind::Object(_) => "an object",
        }
    }

    /// Whether it is neither a list nor an object.
    pub fn is_scalar(&self) -> bool {
        !matches!(self.kind, NodeKind::Array(_) | NodeKind::Object(_))
    }

    /// The fields of an object; none of anything else.
    pub fn members(&self) -> &[Member<'t>] {
        match &self.kind {
            NodeKind::Object(members) => members,
            _ => &[],
        }
    }

    /// The last field of this name: the one that counts.
    pub fn get(&self, name: &str) -> Option<&Node<'t>> {
        self.members().iter().rev().find(|member| member.key == name).map(|member| &member.value)
    }

    /// The text of a string.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::String(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a string that is a name, up to its first line break, of which YAML may have made a blank.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        let text = self.text()?;
        Some(if self.folded { Cow::Owned(first_line(&text.replace(' ', "\n")).into_owned()) } else { Cow::Borrowed(text) })
    }
}
