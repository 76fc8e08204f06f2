//! Repairs as changes of a spec's text. Only where what stands there is plain enough for the result
//! to be certain.

use super::value::Value;
use crate::diag::Fix;
use crate::source::{SourceMap, Span};

/// A text as a TOML string with its quotes (TOML 1.0, "Basic strings").
pub(crate) fn string_literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            _ if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A key as TOML wants it written: bare where it can be.
pub(crate) fn key_literal(name: &str) -> String {
    let bare = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if bare { name.to_owned() } else { string_literal(name) }
}

/// Puts another text where a string says `old`. `None` unless the token at `span` is a string or
/// quoted key on one line, without escapes, that says just this: what comes out of a template is
/// repaired elsewhere.
pub(crate) fn replace_string(
    span: Span,
    old: &str,
    new: &str,
    title: &str,
    sources: &SourceMap,
) -> Option<Fix> {
    let token = sources.get(span.file).text.get(span.start..span.end)?;
    let inside = |quote: char| token.strip_prefix(quote)?.strip_suffix(quote);
    let is_template = ["{{", "{%", "{#"].iter().any(|open| token.contains(open));
    let is_escaped = token.starts_with('"') && token.contains('\\');
    let says = inside('"').or_else(|| inside('\''))?;
    if says != old || says.starts_with(['"', '\'']) || is_template || is_escaped {
        return None;
    }
    Some(Fix { title: title.to_owned(), span, replacement: string_literal(new) })
}

/// `trim = true` for a value, which removes its trailing line breaks. `None` unless it is an inline
/// table on one line that is not empty and does not say `trim` yet.
pub(crate) fn trim_value(value: &Value, sources: &SourceMap) -> Option<Fix> {
    let Span { file, start, end } = value.span;
    let token = sources.get(file).text.get(start..end)?;
    let body = token.strip_prefix('{')?.strip_suffix('}')?;
    let kept = body.trim_end();
    // With a comma at the end, or over several lines, it is TOML 1.1, where a comment could stand
    // anywhere. An explicit `trim = false` would be there twice.
    if kept.is_empty() || kept.ends_with(',') || body.contains('\n') || body.contains("trim") {
        return None;
    }
    let at = start + 1 + kept.len();
    Some(Fix {
        title: "remove the trailing line break with `trim = true`".to_owned(),
        span: Span::new(file, at..at),
        replacement: ", trim = true".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::parse;

    fn applied(text: &str, fix: &Fix) -> String {
        format!("{}{}{}", &text[..fix.span.start], fix.replacement, &text[fix.span.end..])
    }

    fn replaced(token: &str, old: &str) -> Option<String> {
        let text = format!("a = {token}\n");
        let mut sources = SourceMap::new();
        let file = sources.add("a.toml", text.as_str());
        let fix = replace_string(Span::new(file, 4..4 + token.len()), old, "web", "t", &sources)?;
        Some(applied(&text, &fix))
    }

    #[test]
    fn literals_read_back() {
        for text in [
            "",
            "plain",
            "a \"b\" \\ c",
            "tab\t, escape \u{1b}, delete \u{7f}, next line \u{85}",
            "é\u{4e00}😀",
        ] {
            let document = format!(
                "a = {0}\n{1} = 1\n",
                string_literal(text),
                key_literal(&format!("b{text}"))
            );
            let table: toml::Table = document.parse().unwrap();
            assert_eq!(table["a"].as_str(), Some(text));
            assert!(table.contains_key(&format!("b{text}")));
        }
        assert_eq!(key_literal("trim-2"), "trim-2");
    }

    #[test]
    fn plain_strings_are_replaced() {
        for token in ["\"Web_1\"", "'Web_1'"] {
            assert_eq!(replaced(token, "Web_1").as_deref(), Some("a = \"web\"\n"));
        }
        for token in
            ["\"W{{ x }}\"", "\"\"\"W\"\"\"", "'''W'''", "\"\\u0057\"", "W", "\"V\"", "'W", "\""]
        {
            assert_eq!(replaced(token, "W"), None, "{token}");
        }
        assert_eq!(replaced("\"W{{ x }}\"", "W{{ x }}"), None);
        assert_eq!(replaced("\"\"\"\"W\"\"\"\"", "\"\"\"W\"\"\""), None);
    }

    /// A spec with `trim = true` put in for a data key.
    fn trimmed(text: &str, key: &str) -> Option<String> {
        let mut sources = SourceMap::new();
        let file = sources.add("mintage.toml", text);
        let (spec, problems) = parse(file, &mut sources);
        assert!(problems.is_empty(), "{problems:?}");
        let spec = spec.unwrap();
        let value = spec.entries[0].value_of(key)?;
        let fix = trim_value(value, &sources)?;
        let fixed = applied(text, &fix);
        assert!(fixed.parse::<toml::Table>().is_ok(), "{fixed}");
        Some(fixed)
    }

    #[test]
    fn values_are_trimmed_where_they_are_inline_tables() {
        let spec = "[[opaque]]\nname = 'a'\ndata.A = { file = 'a' }\ndata.B = {age='b'}\ndata.C = \
            'c'\ndata.D = { file = 'd', trim = false }\n";
        assert!(trimmed(spec, "A").unwrap().contains("data.A = { file = 'a', trim = true }\n"));
        assert!(trimmed(spec, "B").unwrap().contains("data.B = {age='b', trim = true}\n"));
        let own = "[[ssh-auth]]\nname = 'a'\nprivate-key = { file = 'k' }\n";
        assert!(trimmed(own, "ssh-privatekey").unwrap().contains("{ file = 'k', trim = true }"));
        let header = "[[opaque]]\nname = 'a'\n[opaque.data.A]\nfile = 'a'\n";
        for (spec, key) in [(spec, "C"), (spec, "D"), (spec, "E"), (header, "A")] {
            assert_eq!(trimmed(spec, key), None, "{key}");
        }
    }
}
