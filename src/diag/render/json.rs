//! Findings for programs: one JSON object a line, and a last one that counts them. No text of any
//! source is in it. docs/cli.md lists the fields; more may be added.

use serde_json::{Value, json};

use super::{Counts, quote::printable, region};
use crate::diag::{Diagnostic, phrases, private_keys};
use crate::source::SourceMap;

pub(super) fn render(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    counted: &[(&str, usize)],
) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        push_line(&mut out, &finding(diagnostic, sources));
    }
    let Counts { errors, warnings, notes } = Counts::of(diagnostics);
    let mut summary = json!({"errors": errors, "warnings": warnings, "notes": notes});
    for (name, count) in counted {
        summary[*name] = (*count).into();
    }
    push_line(&mut out, &json!({ "summary": summary }));
    out
}

fn finding(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let primary = diagnostic.primary.iter().map(|label| (label, true));
    let labels = primary.chain(diagnostic.secondary.iter().map(|label| (label, false)));
    let labels = labels.map(|(label, primary)| {
        let (place, [line, column, end_line, end_column]) = region(&label.span, sources);
        json!({
            "file": printable(place), "line": line, "column": column, "endLine": end_line,
            "endColumn": end_column, "text": label.text, "primary": primary,
        })
    });
    let fixes = diagnostic.fixes.iter().map(|fix| {
        let (place, [line, column, end_line, end_column]) = region(&fix.span, sources);
        json!({
            "title": fix.title, "file": printable(place), "line": line, "column": column,
            "endLine": end_line, "endColumn": end_column, "replacement": fix.replacement,
        })
    });
    let causes = diagnostic.causes.iter();
    let causes = causes.map(|cause| json!({"field": cause.field, "reason": cause.reason}));
    let place = diagnostic.primary.as_ref().map(|label| region(&label.span, sources));
    let at = |index: usize| place.and_then(|(_, region)| region.get(index).copied());
    without_nulls(json!({
        "level": diagnostic.level.name(),
        "code": diagnostic.code.name,
        "message": diagnostic.message,
        "secret": diagnostic.secret,
        "otherSecrets": (diagnostic.other_secrets > 0).then_some(diagnostic.other_secrets),
        "file": place.map(|(file, _)| printable(file)),
        "line": at(0),
        "column": at(1),
        "endLine": at(2),
        "endColumn": at(3),
        "labels": labels.collect::<Value>(),
        "notes": diagnostic.notes,
        "helps": diagnostic.helps,
        "fixes": unless_empty(fixes),
        "causes": unless_empty(causes),
    }))
}

pub(super) fn unless_empty(items: impl Iterator<Item = Value>) -> Value {
    let items: Vec<Value> = items.collect();
    if items.is_empty() { Value::Null } else { items.into() }
}

pub(super) fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
    }
    value
}

/// Writes one object; what a terminal would obey or hide is escaped as JSON escapes it, so that
/// readers get the same strings.
pub(crate) fn push_line(out: &mut String, value: &Value) {
    push_escaped(out, &value.to_string());
    out.push('\n');
}

/// The same value with every string and key without private keys.
pub(crate) fn without_private_keys(value: Value) -> Value {
    match value {
        Value::String(text) => private_keys::hidden(&text).into(),
        Value::Array(items) => items.into_iter().map(without_private_keys).collect(),
        Value::Object(members) => {
            let hidden = |key: &str| private_keys::hidden(key).into_owned();
            let members = members.into_iter();
            members.map(|(key, value)| (hidden(&key), without_private_keys(value))).collect()
        }
        other => other,
    }
}

/// A value as indented JSON with a line break at the end, escaped as [`push_line`] does.
pub(crate) fn pretty(value: &Value) -> String {
    let text = format!("{value:#}");
    let mut out = String::with_capacity(text.len() + 1);
    for (index, line) in text.split('\n').enumerate() {
        // Within strings there are no line breaks that are not escaped.
        out.push_str(if index == 0 { "" } else { "\n" });
        push_escaped(&mut out, line);
    }
    out.push('\n');
    out
}

fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        if phrases::is_invisible(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::codes::NAME;

    #[test]
    fn strings_survive_and_no_terminal_obeys() {
        let message = "\u{1b}[31m \u{9b}1m \u{202e} \u{e0041} \u{7f} \" \\ \n ä";
        let out = render(&[Diagnostic::new(&NAME, message)], &SourceMap::new(), &[]);
        assert!(!out.chars().any(|c| c != '\n' && phrases::is_invisible(c)), "{out}");
        let read: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
        assert_eq!(read["message"], message);
    }
}
