//! Repairs as changes of a spec's text. Only where what stands there is plain enough for the result
//! to be certain.

use super::string_literal;
use crate::diag::Fix;
use crate::source::{SourceMap, Span};
use crate::spec::value::Value;

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

    #[test]
    fn only_plain_strings_are_replaced() {
        let fix = |token: &str, old| {
            let mut sources = SourceMap::new();
            let span = Span::new(sources.add("a.toml", token), 0..token.len());
            replace_string(span, old, "web", "t", &sources)
        };
        assert_eq!(fix("\"Web_1\"", "Web_1").unwrap().replacement, "\"web\"");
        assert!(fix("'Web_1'", "Web_1").is_some() && fix("\"W{{ x }}\"", "W{{ x }}").is_none());
        for token in ["\"\"\"W\"\"\"", "'''W'''", "\"\\u0057\"", "W", "\"V\"", "'W", "\""] {
            assert!(fix(token, "W").is_none(), "{token}");
        }
        assert!(fix("\"\"\"\"W\"\"\"\"", "\"\"\"W\"\"\"").is_none());
    }

    #[test]
    fn inline_tables_are_trimmed() {
        let text = "[[opaque]]\nname = 'a'\ndata.A = { file = 'a' }\ndata.B = {age='b'}\ndata.C = \
            'c'\ndata.D = { file = 'd', trim = false }\n[opaque.data.E]\nfile = 'a'\n";
        let mut sources = SourceMap::new();
        let file = sources.add("mintage.toml", text);
        let spec = parse(file, &mut sources).0.unwrap();
        let trim = |key| trim_value(spec.entries[0].value_of(key).unwrap(), &sources);
        for (key, trimmed) in [("A", "file = 'a', trim = true }"), ("B", "age='b', trim = true}")] {
            let Fix { span, replacement, .. } = trim(key).unwrap();
            let fixed = format!("{}{replacement}{}", &text[..span.start], &text[span.end..]);
            assert!(fixed.contains(trimmed), "{fixed}");
        }
        assert!(["C", "D", "E"].into_iter().all(|key| trim(key).is_none()));
    }
}
