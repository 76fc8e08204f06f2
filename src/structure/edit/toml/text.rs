//! Strings and keys as TOML writes them.

use std::fmt::Write;

use zeroize::Zeroizing;

use crate::structure::key_path::Segment;

/// A text as a TOML string with its quotes (TOML 1.0, "Basic strings"), on one line.
pub(crate) fn string_literal(text: &str) -> String {
    std::mem::take(&mut basic(text))
}

/// A key as TOML wants it written: bare where it can be.
pub(crate) fn key_literal(name: &str) -> String {
    let bare = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if bare { name.to_owned() } else { string_literal(name) }
}

/// The keys of a path with dots between them; indices are left out, as in a header.
pub(crate) fn dotted(path: &[Segment]) -> String {
    let keys: Vec<String> = path.iter().filter_map(Segment::name).map(key_literal).collect();
    keys.join(".")
}

/// A value in the place of another token, in its kind of quotes where they can hold it.
pub(crate) fn value_literal(text: &str, old: &str, line_break: &str) -> Zeroizing<String> {
    let is_literal = old.starts_with('\'') && !old.starts_with("'''");
    if is_literal && !text.chars().any(|c| c == '\'' || c.is_control()) {
        return super::super::splice::joined(&["'", text, "'"]);
    }
    let has_lines = text.strip_suffix('\n').unwrap_or(text).contains('\n');
    // Readers differ in what a line break of two characters means in a string.
    if has_lines && line_break == "\n" { multi_line(text) } else { basic(text) }
}

fn basic(text: &str) -> Zeroizing<String> {
    // An escape takes at most six bytes for one.
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 6 + 2));
    out.push('"');
    for c in text.chars() {
        push(&mut out, c, c == '"');
    }
    out.push('"');
    out
}

fn multi_line(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 6 + 8));
    out.push_str("\"\"\"\n");
    let mut quotes = 0;
    for (at, c) in text.char_indices() {
        if c == '\n' {
            out.push('\n');
            quotes = 0;
            continue;
        }
        quotes = if c == '"' { quotes + 1 } else { 0 };
        let is_last = at + c.len_utf8() == text.len();
        // Three in a row, or one at the end, would be read as the end.
        let escaped = c == '"' && (quotes == 3 || is_last);
        if escaped {
            quotes = 0;
        }
        push(&mut out, c, escaped);
    }
    out.push_str("\"\"\"");
    out
}

fn push(out: &mut String, c: char, escaped: bool) {
    // Writing into a String does not fail.
    let _ = match c {
        '"' if escaped => write!(out, "\\\""),
        '\\' => write!(out, "\\\\"),
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, "\\t"),
        _ if c.is_control() => write!(out, "\\u{:04X}", u32::from(c)),
        _ => write!(out, "{c}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_read_back() {
        for text in ["", "a \"b\" \\ c", "tab\t, escape \u{1b}, delete \u{7f}\u{85}", "é\u{4e00}😀"]
        {
            let key = key_literal(&format!("b{text}"));
            let document = format!("a = {}\n{key} = 1\n", string_literal(text));
            let table: toml::Table = document.parse().unwrap();
            assert_eq!(table["a"].as_str(), Some(text));
            assert!(table.contains_key(&format!("b{text}")));
        }
        assert_eq!(key_literal("trim-2"), "trim-2");
    }

    #[test]
    fn values_read_back_in_every_kind_of_quotes() {
        for old in ["'x'", "\"x\"", "'''x'''", "1"] {
            for line_break in ["\n", "\r\n"] {
                for text in
                    ["a", "a\nb", "\na\n\"\"\"\"\"\nb\"", "it's", "a\\\nb\r\n\t", "\"\"\"\n\"\""]
                {
                    let document =
                        format!("a = {}\n", value_literal(text, old, line_break).as_str());
                    let table: toml::Table = document.parse().unwrap();
                    assert_eq!(table["a"].as_str(), Some(text), "{document}");
                }
            }
        }
        assert_eq!(value_literal("a b", "'x'", "\n").as_str(), "'a b'");
        assert_eq!(value_literal("a\nb\n", "1", "\n").as_str(), "\"\"\"\na\nb\n\"\"\"");
    }
}
