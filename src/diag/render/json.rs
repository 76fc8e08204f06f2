//! Findings for programs: one JSON object a line, and a last one that counts them. No text of any
//! source is in it.
//!
//! A finding:
//!
//! | field | type | |
//! |---|---|---|
//! | `level` | string | `error`, `warning` or `note` |
//! | `code` | string | the check, as `mintage explain` knows it |
//! | `message` | string | what is wrong |
//! | `secret` | string | the Secret it is about, `NAMESPACE/NAME`; left out when it is about none |
//! | `otherSecrets` | number | how many other Secrets have the same finding at the same place; left out when none has |
//! | `file` | string | the file or flag; this and the next four are left out when the finding has no place |
//! | `line`, `column` | number | where it starts, both from 1; columns count characters (Unicode scalar values) |
//! | `endLine`, `endColumn` | number | just past its end |
//! | `labels` | array | every place of it: `file`, `line`, `column`, `endLine`, `endColumn`, `text` (may be empty), `primary` |
//! | `notes` | array of strings | why it is so |
//! | `helps` | array of strings | what to write or do instead |
//! | `fixes` | array | certain repairs, see below; left out when there is none |
//! | `causes` | array | what the API server would answer, see below; left out where it takes the Secret |
//!
//! A repair has a `title`, the place that changes (`file`, `line`, `column`, `endLine`,
//! `endColumn`), and the `replacement`, which is the text that should stand there. Any one of them
//! is enough. A cause has a `field`, such as `metadata.name`, and the server's `reason`, such as
//! `FieldValueInvalid`.
//!
//! The last line, also when nothing was found: `{"summary":{"errors":0,"warnings":0,"notes":0}}`;
//! of finished manifests it also has `secrets`, `others` and `files`, the numbers of what was
//! checked, passed over and read. Without it the output is not complete. Fields may be added, so
//! readers should ignore those that they don't know.

use serde_json::{Map, Value, json};

use super::Counts;
use crate::diag::{Diagnostic, Fix, phrases, private_keys};
use crate::source::{SourceMap, Span};

/// One line a finding, and the summary; `counted` is what else it counts.
pub(super) fn render(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    counted: &[(&str, usize)],
) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        push_line(&mut out, &finding(diagnostic, sources));
    }
    let counts = Counts::of(diagnostics);
    let mut summary = Map::new();
    let levels =
        [("errors", counts.errors), ("warnings", counts.warnings), ("notes", counts.notes)];
    for (name, count) in levels.iter().chain(counted) {
        summary.insert((*name).to_owned(), (*count).into());
    }
    push_line(&mut out, &json!({ "summary": summary }));
    out
}

fn finding(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let mut out = Map::new();
    out.insert("level".into(), diagnostic.level.name().into());
    out.insert("code".into(), diagnostic.code.name.into());
    out.insert("message".into(), diagnostic.message.as_str().into());
    if let Some(secret) = &diagnostic.secret {
        out.insert("secret".into(), secret.as_str().into());
    }
    if diagnostic.other_secrets > 0 {
        out.insert("otherSecrets".into(), diagnostic.other_secrets.into());
    }
    if let Some(primary) = &diagnostic.primary {
        out.append(&mut place(&primary.span, sources));
    }
    let primary = diagnostic.primary.iter().map(|label| (label, true));
    let labels = primary.chain(diagnostic.secondary.iter().map(|label| (label, false)));
    let labels = labels.map(|(label, primary)| {
        let mut out = place(&label.span, sources);
        out.insert("text".into(), label.text.as_str().into());
        out.insert("primary".into(), primary.into());
        Value::Object(out)
    });
    out.insert("labels".into(), labels.collect());
    out.insert("notes".into(), diagnostic.notes.as_slice().into());
    out.insert("helps".into(), diagnostic.helps.as_slice().into());
    if !diagnostic.fixes.is_empty() {
        out.insert("fixes".into(), diagnostic.fixes.iter().map(|one| fix(one, sources)).collect());
    }
    if !diagnostic.causes.is_empty() {
        let causes = diagnostic
            .causes
            .iter()
            .map(|cause| json!({"field": cause.field, "reason": cause.reason}));
        out.insert("causes".into(), causes.collect());
    }
    Value::Object(out)
}

fn fix(fix: &Fix, sources: &SourceMap) -> Value {
    let mut out = Map::new();
    out.insert("title".into(), fix.title.as_str().into());
    out.append(&mut place(&fix.span, sources));
    out.insert("replacement".into(), fix.replacement.as_str().into());
    Value::Object(out)
}

fn place(span: &Span, sources: &SourceMap) -> Map<String, Value> {
    let source = sources.get(span.file);
    let (line, column) = source.position(span.start);
    let (end_line, end_column) = source.position(span.end.max(span.start));
    let mut out = Map::new();
    out.insert("file".into(), source.name.as_str().into());
    for (name, number) in
        [("line", line), ("column", column), ("endLine", end_line), ("endColumn", end_column)]
    {
        out.insert(name.into(), number.into());
    }
    out
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
        Value::Object(members) => members
            .into_iter()
            .map(|(key, value)| {
                (private_keys::hidden(&key).into_owned(), without_private_keys(value))
            })
            .collect(),
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
    use crate::diag::Cause;
    use crate::diag::codes::{LEFT_OUT, NAME};

    #[test]
    fn every_field() {
        let mut sources = SourceMap::new();
        let file = sources.add("mintage.toml", "x = 1\nname = \"ä\"\n");
        let mut found = Diagnostic::new(&NAME, "bad")
            .at(Span::new(file, 13..17), "here")
            .also(Span::new(file, 0..1), "");
        found = found.about("prod/web").note("why").help("what").fix(
            Span::new(file, 13..17),
            "\"a\"",
            "write `a`",
        );
        found.causes.push(Cause { field: "metadata.name".into(), reason: "FieldValueInvalid" });
        found.other_secrets = 2;
        let expected = concat!(
            r#"{"level":"error","code":"name","message":"bad","secret":"prod/web","otherSecrets":2,"#,
            r#""file":"mintage.toml","line":2,"column":8,"endLine":2,"endColumn":11,"labels":["#,
            r#"{"file":"mintage.toml","line":2,"column":8,"endLine":2,"endColumn":11,"text":"here","primary":true},"#,
            r#"{"file":"mintage.toml","line":1,"column":1,"endLine":1,"endColumn":2,"text":"","primary":false}],"#,
            r#""notes":["why"],"helps":["what"],"#,
            r#""fixes":[{"title":"write `a`","file":"mintage.toml","line":2,"column":8,"endLine":2,"endColumn":11,"replacement":"\"a\""}],"#,
            r#""causes":[{"field":"metadata.name","reason":"FieldValueInvalid"}]}"#,
            "\n",
            r#"{"summary":{"errors":1,"warnings":0,"notes":0}}"#,
            "\n",
        );
        assert_eq!(render(&[found], &sources, &[]), expected);
    }

    #[test]
    fn without_a_place() {
        let expected = concat!(
            r#"{"level":"note","code":"left-out","message":"m","labels":[],"notes":[],"helps":[]}"#,
            "\n",
            r#"{"summary":{"errors":0,"warnings":0,"notes":1}}"#,
            "\n",
        );
        assert_eq!(render(&[Diagnostic::new(&LEFT_OUT, "m")], &SourceMap::new(), &[]), expected);
    }

    #[test]
    fn strings_survive_and_no_terminal_obeys() {
        let message = "\u{1b}[31m \u{9b}1m \u{202e} \u{e0041} \u{7f} \" \\ \n ä";
        let out = render(&[Diagnostic::new(&NAME, message)], &SourceMap::new(), &[]);
        assert!(!out.chars().any(|c| c != '\n' && phrases::is_invisible(c)), "{out}");
        let read: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
        assert_eq!(read["message"], message);
    }
}
