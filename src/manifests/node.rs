//! A manifest's document as a tree of JSON values, each of which remembers where it was written.

use std::{borrow::Cow, ops::Range};

use crate::diag::phrases::first_line;
use crate::go::json::write::string_len;

/// A value. Strings may be secret: nothing here is printed.
#[derive(Clone)]
pub(crate) struct JsonNode<'t> {
    pub kind: JsonNodeKind<'t>,
    /// Where it stands, in bytes of the file.
    pub range: Range<usize>,
    /// Whether it is a plain scalar of YAML, which quotes would make a string.
    pub plain: bool,
    /// Whether it is a scalar over several lines, of whose breaks YAML may have made blanks.
    pub folded: bool,
}

#[derive(Clone)]
pub(crate) enum JsonNodeKind<'t> {
    Null,
    Bool(bool),
    /// A number; its value if that is an integer of 64 bits.
    Number(Option<i64>),
    String(Cow<'t, str>),
    Array(Vec<JsonNode<'t>>),
    /// An object, in the order of the file, with every duplicate.
    Object(Vec<Member<'t>>),
}

#[derive(Clone)]
pub(crate) struct Member<'t> {
    pub key: Cow<'t, str>,
    pub key_range: Range<usize>,
    pub value: JsonNode<'t>,
    /// Whether it came out of another object, by a merge key of YAML.
    pub merged: bool,
    /// Whether YAML read its name as something else than text, a boolean or number, and JSON made
    /// text of that.
    pub renamed: bool,
}

impl<'t> JsonNode<'t> {
    pub(crate) fn new(kind: JsonNodeKind<'t>, range: Range<usize>) -> Self {
        Self { kind, range, plain: false, folded: false }
    }

    pub(crate) fn class(&self) -> &'static str {
        match &self.kind {
            JsonNodeKind::Null => "null",
            JsonNodeKind::Bool(_) => "a boolean",
            JsonNodeKind::Number(_) => "a number",
            JsonNodeKind::String(_) => "a string",
            JsonNodeKind::Array(_) => "a list",
            JsonNodeKind::Object(_) => "an object",
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.kind, JsonNodeKind::Null)
    }

    pub(crate) fn is_scalar(&self) -> bool {
        !matches!(self.kind, JsonNodeKind::Array(_) | JsonNodeKind::Object(_))
    }

    pub(crate) fn members(&self) -> &[Member<'t>] {
        if let JsonNodeKind::Object(members) = &self.kind { members } else { &[] }
    }

    /// What stands for the whole of it: its first field or character.
    pub(crate) fn head(&self) -> Range<usize> {
        let start = self.range.start;
        self.members().first().map_or(start..start, |member| member.key_range.clone())
    }

    /// The last field of this name: the one that counts.
    pub(crate) fn get(&self, name: &str) -> Option<&JsonNode<'t>> {
        self.members().iter().rev().find(|member| member.key == name).map(|member| &member.value)
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let JsonNodeKind::String(text) = &self.kind { Some(text) } else { None }
    }

    /// The text of a string that is a name, up to its first line break, of which YAML may have made
    /// a blank.
    pub(crate) fn name(&self) -> Option<Cow<'_, str>> {
        let text = self.text()?;
        Some(if self.folded {
            Cow::Owned(first_line(&text.replace(' ', "\n")).into_owned())
        } else {
            Cow::Borrowed(text)
        })
    }

    /// The bytes of the value as Go's `json.Marshal` writes it: compact, with its escapes. Numbers
    /// that are not of 64 bits count as short ones.
    pub(crate) fn json_len(&self) -> usize {
        let brackets = |count: usize| 2 + count.saturating_sub(1);
        match &self.kind {
            JsonNodeKind::Null => 4,
            JsonNodeKind::Bool(value) => 5 - usize::from(*value),
            JsonNodeKind::Number(value) => value.map_or(1, |value| value.to_string().len()),
            JsonNodeKind::String(text) => string_len(text),
            JsonNodeKind::Array(items) => {
                brackets(items.len()) + items.iter().map(JsonNode::json_len).sum::<usize>()
            }
            JsonNodeKind::Object(members) => {
                let fields = members.iter();
                brackets(members.len())
                    + fields
                        .map(|member| string_len(&member.key) + 1 + member.value.json_len())
                        .sum::<usize>()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::manifests::json;

    #[test]
    fn as_long_as_go_writes_it() {
        for (text, bytes) in [
            (r#"{"a": [1, -20, null, true, false], "b": {}}"#, 36),
            (r#""\u0001\n<é""#, 2 + 6 + 2 + 6 + 2),
            ("[]", 2),
            (r#"{"a":"b","c":"d"}"#, 17),
        ] {
            let (node, _) = json::read(text, 0).unwrap();
            assert_eq!(node.json_len(), bytes, "{text}");
        }
    }
}
