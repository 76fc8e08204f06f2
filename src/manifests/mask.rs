//! Which bytes of a file of manifests messages must not quote: everything that was not found
//! harmless. Field names and data keys may be shown, and the values that Kubernetes shows too:
//! name, namespace, labels, type.

use std::ops::Range;

use super::node::{JsonNode, JsonNodeKind};

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

/// The ranges to mask. `harmless` are tokens that may be shown, but for those over several lines:
/// indented too far, lines that hold something else become part of the scalar before them. Where a
/// document could not be read, there are none of it.
pub(crate) fn masked(text: &str, mut harmless: Vec<Range<usize>>) -> Vec<Range<usize>> {
    harmless
        .retain(|range| text.get(range.clone()).is_some_and(|token| !token.contains(['\n', '\r'])));
    harmless.extend(field_names(text));
    harmless.sort_by_key(|range| range.start);
    let mut masked = Vec::new();
    let mut at = 0;
    for range in harmless {
        if range.start > at {
            gap(text, at..range.start, &mut masked);
        }
        at = at.max(range.end);
    }
    gap(text, at..text.len(), &mut masked);
    masked
}

/// Whether a key may be shown: it has none of the characters that hold values, as what was torn out
/// of one has.
pub(crate) fn is_name(key: &str) -> bool {
    !key.contains(['"', '\'', '{', '}', '[', ']', '\n'])
}

/// Where the keys and scalars of a tree stand.
pub(crate) fn tokens(node: &JsonNode<'_>, found: &mut Vec<Range<usize>>) {
    match &node.kind {
        JsonNodeKind::Array(items) => items.iter().for_each(|item| tokens(item, found)),
        JsonNodeKind::Object(members) => members.iter().for_each(|member| {
            found.push(member.key_range.clone());
            tokens(&member.value, found);
        }),
        JsonNodeKind::Null
        | JsonNodeKind::Bool(_)
        | JsonNodeKind::Number(_)
        | JsonNodeKind::String(_) => found.push(node.range.clone()),
    }
}

/// A value without its quotes, so that a masked one still looks like a string.
pub(crate) fn inside_quotes(text: &str, range: Range<usize>) -> Range<usize> {
    match text.get(range.clone()) {
        Some(token) if token.len() >= 2 && token.starts_with(['"', '\'']) => {
            range.start + 1..range.end - 1
        }
        _ => range,
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

/// Text between harmless tokens: what only gives structure stays.
fn gap(text: &str, range: Range<usize>, masked: &mut Vec<Range<usize>>) {
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
        let inner = left.trim_end_matches(is_end);
        let from = at + (line.len() - left.len());
        if !inner.is_empty() {
            masked.push(from..from + inner.len());
        }
        at += line.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, harmless: &[&str]) -> String {
        let harmless = harmless
            .iter()
            .map(|part| text.find(part).map(|at| at..at + part.len()).unwrap())
            .collect();
        let mut out = String::new();
        let mut at = 0;
        for range in masked(text, harmless) {
            out.push_str(&text[at..range.start]);
            out.push('*');
            at = range.end;
        }
        out + &text[at..]
    }

    #[test]
    fn only_what_is_harmless_shows() {
        let text = "kind: Secret # pin\ndata:\n  pass: aGVsbG8=\n  - x\n";
        assert_eq!(shown(text, &["Secret", "pass"]), "kind: Secret *\ndata:\n  pass: *\n  - *\n");
        assert_eq!(
            shown("{\"data\": {\"pass\": \"x\"}}", &["\"pass\""]),
            "{\"*\": {\"*\": \"*\"}}".replacen("\"*\": \"*\"", "\"pass\": \"*\"", 1)
        );
        assert_eq!(shown("data:\n hunter: 2\nname: x", &[]), "data:\n *\nname: *");
        assert_eq!(shown("a: {b} # [c: {d}]\n", &["a"]), "a: {*\n", "a comment to its end");
    }
}
