//! How large the request is that kubectl makes of an object, without making it.

use std::fmt::Write;

use super::node::{JsonNode, JsonNodeKind};
use crate::go::json::write::string_len;

/// Most bytes that the API server reads of a request: `MaxRequestBodyBytes` in
/// `k8s.io/apiserver/pkg/server/config.go`.
pub(crate) const BODY_MAX: usize = 3 * 1024 * 1024;

/// The bytes of the object as Go's `json.Marshal` writes it: compact, with its escapes. Numbers
/// count as short ones.
pub(crate) fn json_bytes(node: &JsonNode<'_>) -> usize {
    match &node.kind {
        JsonNodeKind::Null => 4,
        JsonNodeKind::Bool(value) => 5 - usize::from(*value),
        JsonNodeKind::Number(value) => value.map_or(1, |value| {
            let mut digits = Digits(0);
            let _ = write!(digits, "{value}");
            digits.0
        }),
        JsonNodeKind::String(text) => string_len(text),
        JsonNodeKind::Array(items) => {
            brackets(items.len()) + items.iter().map(json_bytes).sum::<usize>()
        }
        JsonNodeKind::Object(members) => {
            let inside: usize = members
                .iter()
                .map(|member| string_len(&member.key) + 1 + json_bytes(&member.value))
                .sum();
            brackets(members.len()) + inside
        }
    }
}

/// Both brackets and the commas.
fn brackets(count: usize) -> usize {
    2 + count.saturating_sub(1)
}

struct Digits(usize);

impl Write for Digits {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0 += text.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifests::json;

    #[test]
    fn as_go_would_write_it() {
        for (text, bytes) in [
            (r#"{"a": [1, -20, null, true, false], "b": {}}"#, 36),
            (r#""\u0001\n<é""#, 2 + 6 + 2 + 6 + 2),
            ("[]", 2),
            (r#"{"a":"b","c":"d"}"#, 17),
        ] {
            let (node, _) = json::read(text, 0).unwrap();
            assert_eq!(json_bytes(&node), bytes, "{text}");
        }
    }
}
