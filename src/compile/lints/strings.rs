//! Every string of a spec, with what is known of its place: the one walk that lints share.

use crate::source::Span;
use crate::spec::takes::{Part, Walk};
use crate::spec::value::{How, Source};
use crate::spec::{Entry, Spec};

/// A string of a spec, or the text of an integer or boolean that stands for a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpecString<'s> {
    pub text: &'s str,
    pub span: Span,
    /// The key that it stands under; for what is in a list, that of the list.
    pub key: &'s str,
    pub role: Role,
    pub entry: Option<&'s Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A template that sees no decrypted data, such as metadata.
    Text,
    /// What is read, in this way: a path, a name, armored text. A template.
    Read(How),
    /// The name of a `[sources.NAME]`. A template.
    Source,
    Template,
    Literal,
    /// A value in base64, a template.
    Base64,
    /// A string in the tree of a structured value, a template.
    Leaf,
    /// A string of `vars` or of the data of a `for-each`, no template.
    Plain,
}

impl Role {
    pub(crate) fn is_template(self) -> bool {
        !matches!(self, Role::Literal | Role::Plain)
    }

    /// Whether it is metadata or says where something is, which must not be secret.
    pub(crate) fn is_public(self) -> bool {
        matches!(self, Role::Text | Role::Read(_) | Role::Source)
    }

    pub(crate) fn is_quoted(self) -> bool {
        self.is_public() || self == Role::Plain
    }
}

pub(crate) fn each_string<'s>(spec: &'s Spec, visit: &mut dyn FnMut(SpecString<'s>)) {
    spec.top.walk("", &mut |key, part| strings(key, part, None, visit));
    for entry in &spec.entries {
        entry.walk("", &mut |key, part| strings(key, part, Some(entry), visit));
    }
}

fn strings<'s>(
    key: &'s str,
    part: Part<'s>,
    entry: Option<&'s Entry>,
    visit: &mut dyn FnMut(SpecString<'s>),
) {
    let mut string = |key, text, span, role| visit(SpecString { text, span, key, role, entry });
    match part {
        Part::Text(text) => string(key, &text.value, text.span, Role::Text),
        Part::Data(node) => {
            node.each_string(key, &mut |key, text, span| string(key, text, span, Role::Plain));
        }
        Part::Value(value) => value.each_part(&mut |value| {
            let (text, role) = match &value.source {
                Source::Template(text) => (text, Role::Template),
                Source::Base64(text) => (text, Role::Base64),
                Source::Named(name) => (name, Role::Source),
                Source::Fetch(fetch) => (&fetch.what, Role::Read(fetch.how)),
                Source::Literal(text) => return string(key, text, value.span, Role::Literal),
                Source::Concat(_) => return,
                Source::Tree(_, node) => {
                    return node.each_string(key, &mut |key, text, span| {
                        string(key, text, span, Role::Leaf);
                    });
                }
            };
            string(key, &text.value, text.span, role);
            if let Some(path) = &value.modifiers.key {
                string(key, &path.value, path.span, Role::Text);
            }
        }),
    }
}
