//! Strings as Go's `encoding/json` writes them with its default HTML escaping: what kubectl and
//! kustomize write and hash.

use std::fmt::Write;
use zeroize::Zeroizing;

/// Appends `text` as a JSON string, quotes included, in the form of `json.Marshal` (Go 1.22 or
/// later, `encoding/json/encode.go`): `<`, `>`, `&`, U+2028 and U+2029 as `\u....`; `\b \f \n \r
/// \t`; other control characters below U+0020 as `\u00..`.
pub(crate) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing into a String does not fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// The bytes that [`push_string`] appends.
pub(crate) fn string_len(text: &str) -> usize {
    let mut out = Zeroizing::new(String::with_capacity(string_len_max(text.len())));
    push_string(&mut out, text);
    out.len()
}

/// An upper bound of the bytes that [`push_string`] appends for a text of `len` bytes.
pub(crate) fn string_len_max(len: usize) -> usize {
    6 * len + 2
}
