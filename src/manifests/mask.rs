//! What of a file of manifests messages may quote: field names and data keys, and the values that
//! Kubernetes shows too: name, namespace, labels, type.

use std::ops::Range;

use super::node::{JsonNode, JsonNodeKind, Member};
use crate::diag::{key_names::is_key, mask::Mask, private_keys::merged};

/// Names that may be shown even where nothing could be read.
const FIELDS: [&str; 11] = [
    "apiVersion",
    "kind",
    "metadata",
    "name",
    "namespace",
    "labels",
    "annotations",
    "data",
    "stringData",
    "type",
    "immutable",
];

/// What may be shown: `harmless` tokens but for those over several lines, since indented too far,
/// lines that hold something else become part of the scalar before them; names of fields; and what
/// only gives structure. Where a document could not be read, there are no tokens of it.
pub(crate) fn mask(text: &str, mut harmless: Vec<Range<usize>>) -> Mask {
    harmless
        .retain(|range| text.get(range.clone()).is_some_and(|token| !token.contains(['\n', '\r'])));
    harmless.extend(field_names(text));
    let mut shown = Vec::new();
    let mut at = 0;
    for token in merged(harmless) {
        structure(text, at..token.start, &mut shown);
        at = token.end;
        shown.push(token);
    }
    structure(text, at..text.len(), &mut shown);
    Mask::showing(shown)
}

/// Whether a key may be shown: it looks like one, and it has a value. What was torn out of a value
/// has none.
pub(crate) fn is_named(member: &Member<'_>) -> bool {
    is_key(&member.key) && !member.value.is_null()
}

/// The keys of a tree that messages must not name.
pub(crate) fn unnamed(node: &JsonNode<'_>, found: &mut Vec<String>) {
    if let JsonNodeKind::Array(items) = &node.kind {
        items.iter().for_each(|item| unnamed(item, found));
    }
    for member in node.members() {
        if !is_named(member) {
            found.push(member.key.to_string());
        }
        unnamed(&member.value, found);
    }
}

/// Where the keys and scalars of a tree stand.
pub(crate) fn tokens(node: &JsonNode<'_>, found: &mut Vec<Range<usize>>) {
    match &node.kind {
        JsonNodeKind::Array(items) => items.iter().for_each(|item| tokens(item, found)),
        JsonNodeKind::Object(members) => members.iter().for_each(|member| {
            found.push(member.key_range.clone());
            tokens(&member.value, found);
        }),
        _ => found.push(node.range.clone()),
    }
}

/// Lines that begin with a field of Kubernetes, `- ` before it or not: the name of the field.
fn field_names(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at;
        at += line.len();
        let name = line.trim_start_matches([' ', '-']);
        let from = start + (line.len() - name.len());
        let colon = name.find(':')?;
        FIELDS.contains(&name.get(..colon)?).then(|| from..from + colon)
    })
}

/// Of the text between harmless tokens, what stands around the first and the last word of a line.
fn structure(text: &str, range: Range<usize>, shown: &mut Vec<Range<usize>>) {
    let mut at = range.start;
    for line in text.get(range).unwrap_or_default().split_inclusive('\n') {
        let is_structure = |c: char| {
            c.is_whitespace()
                || matches!(c, ':' | '-' | '{' | '}' | '[' | ']' | ',' | '"' | '\'' | '?')
        };
        let left = line.trim_start_matches(is_structure);
        // What ends a comment is no structure.
        let is_comment = left.starts_with('#') || left.contains(" #") || left.contains("\t#");
        let is_end = |c: char| {
            c.is_whitespace()
                || !is_comment && matches!(c, ':' | '}' | ']' | ',' | '"' | '\'' | '{' | '[')
        };
        let end = at + line.len();
        shown.push(at..end - left.len());
        shown.push(end - left.len() + left.trim_end_matches(is_end).len()..end);
        at = end;
    }
}
