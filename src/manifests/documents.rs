//! A file of manifests, cut into its documents as kubectl does it: line by line, before any YAML is
//! read.
//!
//! Source: `YAMLReader` and `GuessJSONStream` in `k8s.io/apimachinery/pkg/util/yaml/decoder.go`.

use std::ops::Range;

use crate::content::BYTE_ORDER_MARK;

/// A document, or a line that is no separator though it starts like one.
pub(crate) enum Piece {
    /// The text between two separators; it may hold nothing but comments.
    Document(Range<usize>),
    /// A line that starts with `---` and has more than a comment behind it. kubectl gives up there,
    /// wherever it stands.
    BadSeparator(Range<usize>),
}

/// Whether kubectl reads the text as a stream of JSON values: its first character is a `{`.
pub(crate) fn is_json(text: &str) -> bool {
    text.trim_start_matches(BYTE_ORDER_MARK).trim_start().starts_with('{')
}

/// The pieces of a YAML stream that starts at byte `start` of a text.
pub(crate) fn split(text: &str, start: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    // A byte order mark is no text.
    let mark = text.get(start..).is_some_and(|rest| rest.starts_with(BYTE_ORDER_MARK));
    let mut start = if mark { start + BYTE_ORDER_MARK.len_utf8() } else { start };
    let mut at = start;
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        let (from, to) = (at, at + line.len());
        at = to;
        let Some(rest) = line.strip_prefix("---") else { continue };
        let rest = rest.trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            pieces.push(Piece::BadSeparator(from..from + line.trim_end().len()));
            // Whatever surrounds it is not what it looks like.
            start = text.len();
            break;
        }
        pieces.push(Piece::Document(start..from));
        start = to;
    }
    pieces.push(Piece::Document(start..text.len()));
    pieces.retain(|piece| !matches!(piece, Piece::Document(range) if range.is_empty()));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_kubectl_cuts() {
        for (text, documents) in [
            ("a\n---\nb\n--- # c\nd", ["a\n", "b\n", "d"].as_slice()),
            ("\u{feff}---\r\na\r\n---\r\n", &["a\r\n"]),
            ("---\n---\n", &[]),
            ("a\n ---\n", &["a\n ---\n"]),
            ("a: \"b\n---c\"\n---\nd", &["!"]),
            ("a\n---\nb\n--- {c: d}\n", &["a\n", "!"]),
        ] {
            let pieces = split(text, 0);
            let found = pieces.iter().map(|piece| match piece {
                Piece::Document(range) => &text[range.clone()],
                Piece::BadSeparator(_) => "!",
            });
            assert_eq!(found.collect::<Vec<_>>(), documents);
        }
        assert!(is_json("\u{feff} \n{") && !is_json("[{") && !is_json("# {\n{"));
    }
}
