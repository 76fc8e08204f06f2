//! Findings as SARIF 2.1.0 (OASIS), which code scanning reads: one log with one run. No text of any
//! source is in it.
//!
//! Rules are the codes that occur. A result has the message with its notes and helps, the place in
//! `locations`, the other places in `relatedLocations`, and certain repairs in `fixes`. What is
//! about a flag has no place: SARIF knows files only. Fingerprints are made of the code, the file,
//! the Secret and the message, so that they stay when lines move; none of these holds a secret.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::json::push_line;
use super::secret_note;
use crate::diag::{Code, Diagnostic, Fix, Label, Level, codes};
use crate::source::{FileId, SourceMap, Span};

/// The name of our fingerprints; another way to make them needs another name.
const FINGERPRINT: &str = "mintageFinding/v1";

/// The log, in one line.
pub(crate) fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let rules: Vec<&Code> = codes::ALL
        .iter()
        .copied()
        .filter(|code| diagnostics.iter().any(|one| one.code == *code))
        .collect();
    let mut seen = HashMap::new();
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| result(diagnostic, &rules, &mut seen, sources))
        .collect();
    let mut out = String::new();
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "mintage",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    push_line(&mut out, &log);
    out
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.name,
        "shortDescription": {"text": code.summary},
        "fullDescription": {"text": code.reason()},
        "help": {"text": code.explanation, "markdown": code.explanation},
        "defaultConfiguration": {"level": level(code.usual_level())},
    })
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn result(
    diagnostic: &Diagnostic,
    rules: &[&Code],
    seen: &mut HashMap<String, usize>,
    sources: &SourceMap,
) -> Value {
    let mut out = Map::new();
    out.insert("ruleId".into(), diagnostic.code.name.into());
    if let Some(index) = rules.iter().position(|code| *code == diagnostic.code) {
        out.insert("ruleIndex".into(), index.into());
    }
    out.insert("level".into(), level(diagnostic.level).into());
    out.insert(
        "message".into(),
        json!({"text": diagnostic.as_plain_lines(secret_note(diagnostic)).join("\n")}),
    );
    if let Some(location) = location(diagnostic, sources) {
        out.insert("locations".into(), json!([location]));
    }
    let related: Vec<Value> =
        diagnostic.secondary.iter().filter_map(|label| related(label, sources)).collect();
    if !related.is_empty() {
        out.insert("relatedLocations".into(), related.into());
    }
    let fixes: Vec<Value> = diagnostic.fixes.iter().filter_map(|one| fix(one, sources)).collect();
    if !fixes.is_empty() {
        out.insert("fixes".into(), fixes.into());
    }
    let mut fingerprint = fingerprint(diagnostic, sources);
    // The same at another place is another one.
    let count = seen.entry(fingerprint.clone()).and_modify(|count| *count += 1).or_insert(1);
    fingerprint.push_str(&format!(":{count}"));
    out.insert("partialFingerprints".into(), json!({FINGERPRINT: fingerprint}));
    Value::Object(out)
}

fn location(diagnostic: &Diagnostic, sources: &SourceMap) -> Option<Value> {
    let mut out = Map::new();
    if let Some(physical) =
        diagnostic.primary.as_ref().and_then(|label| physical(&label.span, sources))
    {
        out.insert("physicalLocation".into(), physical);
    }
    if let Some(secret) = &diagnostic.secret {
        out.insert(
            "logicalLocations".into(),
            json!([{"fullyQualifiedName": secret, "kind": "resource"}]),
        );
    }
    if let Some(text) =
        diagnostic.primary.as_ref().map(|label| &label.text).filter(|text| !text.is_empty())
    {
        out.insert("message".into(), json!({"text": text}));
    }
    (out.contains_key("physicalLocation") || out.contains_key("logicalLocations"))
        .then(|| out.into())
}

fn related(label: &Label, sources: &SourceMap) -> Option<Value> {
    let mut out = Map::new();
    out.insert("physicalLocation".into(), physical(&label.span, sources)?);
    if !label.text.is_empty() {
        out.insert("message".into(), json!({"text": label.text}));
    }
    Some(out.into())
}

fn physical(span: &Span, sources: &SourceMap) -> Option<Value> {
    Some(
        json!({"artifactLocation": artifact(span.file, sources)?, "region": region(span, sources)}),
    )
}

/// The file; `None` for a flag.
fn artifact(file: FileId, sources: &SourceMap) -> Option<Value> {
    (!sources.is_flag(file)).then(|| json!({"uri": uri(&sources.get(file).name)}))
}

fn region(span: &Span, sources: &SourceMap) -> Value {
    let source = sources.get(span.file);
    let (line, column) = source.position(span.start);
    let (end_line, end_column) = source.position(span.end.max(span.start));
    json!({"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column})
}

fn fix(fix: &Fix, sources: &SourceMap) -> Option<Value> {
    let replacement = json!({
        "deletedRegion": region(&fix.span, sources),
        "insertedContent": {"text": fix.replacement},
    });
    Some(json!({
        "description": {"text": fix.title},
        "artifactChanges": [{
            "artifactLocation": artifact(fix.span.file, sources)?,
            "replacements": [replacement],
        }],
    }))
}

/// A path as a URI reference (RFC 3986): relative as it is, absolute with `file://`. All but
/// unreserved characters and slashes is percent-encoded, a colon too, so that nothing looks like a
/// scheme.
fn uri(path: &str) -> String {
    let mut out = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(byte.into());
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// What stays the same when lines move.
fn fingerprint(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let file =
        diagnostic.primary.as_ref().map_or("", |label| sources.get(label.span.file).name.as_str());
    let mut hash = Sha256::new();
    for part in [
        diagnostic.code.name,
        file,
        diagnostic.secret.as_deref().unwrap_or_default(),
        &diagnostic.message,
    ] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::codes::{LEFT_OUT, NAME, UNKNOWN_KEY, USAGE};

    fn log(found: &[Diagnostic], sources: &SourceMap) -> Value {
        let text = render(found, sources);
        assert_eq!(text.lines().count(), 1);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_result_with_everything() {
        let mut sources = SourceMap::new();
        let file = sources.add("a b/ä.toml", "x = 1\nname = \"ä\"\n");
        let span = Span::new(file, 13..17);
        let found = Diagnostic::new(&NAME, "bad")
            .at(span, "here")
            .also(Span::new(file, 0..1), "there")
            .about("prod/web");
        let found = found.note("why").help("what").fix(span, "\"a\"", "write `a`");
        let log = log(&[Diagnostic::new(&LEFT_OUT, "nowhere"), found], &sources);
        let run = &log["runs"][0];
        let ids: Vec<_> = run["tool"]["driver"]["rules"]
            .as_array()
            .unwrap()
            .iter()
            .map(|rule| rule["id"].clone())
            .collect();
        assert_eq!(ids, ["name", "left-out"]);
        assert_eq!(run["results"][0].get("locations"), None);
        let mut result = run["results"][1].clone();
        let print = result.as_object_mut().unwrap().remove("partialFingerprints").unwrap();
        assert!(print[FINGERPRINT].as_str().unwrap().ends_with(":1"), "{print}");
        let region = json!({"startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 11});
        let artifact = json!({"uri": "a%20b/%C3%A4.toml"});
        let expected = json!({
            "ruleId": "name",
            "ruleIndex": 0,
            "level": "error",
            "message": {"text": "bad\nin the Secret `prod/web`\nnote: why\nhelp: write `a`\nhelp: \
                what"},
            "locations": [{
                "physicalLocation": {"artifactLocation": artifact, "region": region},
                "logicalLocations": [{"fullyQualifiedName": "prod/web", "kind": "resource"}],
                "message": {"text": "here"},
            }],
            "relatedLocations": [{
                "physicalLocation": {
                    "artifactLocation": artifact,
                    "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2},
                },
                "message": {"text": "there"},
            }],
            "fixes": [{
                "description": {"text": "write `a`"},
                "artifactChanges": [{
                    "artifactLocation": artifact,
                    "replacements": [{
                        "deletedRegion": region,
                        "insertedContent": {"text": "\"a\""},
                    }],
                }],
            }],
        });
        assert_eq!(result, expected);
    }

    #[test]
    fn flags_are_no_files() {
        let mut sources = SourceMap::new();
        let flag = sources.add_flag("--set", "domain");
        let log =
            log(&[Diagnostic::new(&USAGE, "bad").at(Span::new(flag, 0..6), "here")], &sources);
        assert_eq!(log["runs"][0]["results"][0].get("locations"), None);
    }

    #[test]
    fn fingerprints_stay_when_lines_move() {
        let print = |text: &str, message: &str| {
            let mut sources = SourceMap::new();
            let file = sources.add("a.toml", text);
            let at = text.find('y').unwrap();
            let one = Diagnostic::new(&UNKNOWN_KEY, message).at(Span::new(file, at..at + 1), "");
            log(&[one.clone(), one], &sources)["runs"][0]["results"]
                .as_array()
                .unwrap()
                .iter()
                .map(|result| {
                    result["partialFingerprints"][FINGERPRINT].as_str().unwrap().to_owned()
                })
                .collect::<Vec<_>>()
        };
        let before = print("y = 1\n", "m");
        assert_eq!(before, print("\n\n  y = 1\n", "m"));
        assert_ne!(before, print("y = 1\n", "n"));
        assert_ne!(before[0], before[1]);
    }

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("a/b.toml"), "a/b.toml");
        assert_eq!(uri("../a:b%.toml"), "../a%3Ab%25.toml");
        assert_eq!(uri("/etc/x y"), "file:///etc/x%20y");
    }
}
