//! Findings as SARIF 2.1.0 (OASIS), which code scanning reads: one log with one run. No text of any
//! source is in it.
//! Fingerprints are made of the code, the file, the Secret and the message, so that they stay when
//! lines move; none of these holds a secret. SARIF knows files only, so flags have no place.

use std::collections::HashMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::json::{push_line, unless_empty, without_nulls};
use super::{region, secret_note};
use crate::diag::{Code, Diagnostic, Fix, Label, codes};
use crate::source::{FileId, SourceMap, Span};

/// The name of our fingerprints; another way to make them needs another name.
const FINGERPRINT: &str = "mintageFinding/v1";

pub(crate) fn render(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let mut rules = codes::ALL.to_vec();
    rules.retain(|code| diagnostics.iter().any(|one| one.code == *code));
    let mut seen = HashMap::new();
    let results = diagnostics.iter().map(|one| result(one, &rules, &mut seen, sources));
    let results: Vec<Value> = results.collect();
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
        "defaultConfiguration": {"level": code.usual_level().name()},
    })
}

fn result(
    diagnostic: &Diagnostic,
    rules: &[&Code],
    seen: &mut HashMap<String, usize>,
    sources: &SourceMap,
) -> Value {
    let fingerprint = fingerprint(diagnostic, sources);
    // The same at another place is another one.
    let count = seen.entry(fingerprint.clone()).and_modify(|count| *count += 1).or_insert(1);
    let related = diagnostic.secondary.iter();
    let related = related.filter_map(|label| location(Some(label), None, sources));
    without_nulls(json!({
        "ruleId": diagnostic.code.name,
        "ruleIndex": rules.iter().position(|code| *code == diagnostic.code),
        "level": diagnostic.level.name(),
        "message": {"text": diagnostic.as_plain_lines(secret_note(diagnostic)).join("\n")},
        "locations": location(diagnostic.primary.as_ref(), diagnostic.secret.as_deref(), sources)
            .map(|location| [location]),
        "relatedLocations": unless_empty(related),
        "fixes": unless_empty(diagnostic.fixes.iter().filter_map(|one| fix(one, sources))),
        "partialFingerprints": {FINGERPRINT: format!("{fingerprint}:{count}")},
    }))
}

/// A place in a file, or a Secret; `None` where there is neither.
fn location(label: Option<&Label>, secret: Option<&str>, sources: &SourceMap) -> Option<Value> {
    let physical = label.and_then(|label| {
        let file = artifact(label.span.file, sources)?;
        Some(json!({"artifactLocation": file, "region": region_of(&label.span, sources)}))
    });
    if physical.is_none() && secret.is_none() {
        return None;
    }
    let text = label.map(|label| &label.text).filter(|text| !text.is_empty());
    Some(without_nulls(json!({
        "physicalLocation": physical,
        "logicalLocations":
            secret.map(|secret| [json!({"fullyQualifiedName": secret, "kind": "resource"})]),
        "message": text.map(|text| json!({"text": text})),
    })))
}

fn artifact(file: FileId, sources: &SourceMap) -> Option<Value> {
    (!sources.is_flag(file)).then(|| json!({"uri": uri(&sources.get(file).name)}))
}

fn region_of(span: &Span, sources: &SourceMap) -> Value {
    let (_, [line, column, end_line, end_column]) = region(span, sources);
    json!({"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column})
}

fn fix(fix: &Fix, sources: &SourceMap) -> Option<Value> {
    let replacement = json!({
        "deletedRegion": region_of(&fix.span, sources),
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

fn fingerprint(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let file =
        diagnostic.primary.as_ref().map_or("", |label| sources.get(label.span.file).name.as_str());
    let mut hash = Sha256::new();
    let secret = diagnostic.secret.as_deref().unwrap_or_default();
    for part in [diagnostic.code.name, file, secret, &diagnostic.message] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::codes::UNKNOWN_KEY;

    #[test]
    fn fingerprints_stay_when_lines_move() {
        let print = |text: &str, message: &str| {
            let mut sources = SourceMap::new();
            let file = sources.add("a.toml", text);
            let at = text.find('y').unwrap();
            let one = Diagnostic::new(&UNKNOWN_KEY, message).at(Span::new(file, at..at + 1), "");
            let text = render(&[one.clone(), one], &sources);
            assert_eq!(text.lines().count(), 1);
            let log: Value = serde_json::from_str(&text).unwrap();
            let print = |index: usize| {
                log["runs"][0]["results"][index]["partialFingerprints"][FINGERPRINT].clone()
            };
            assert!(print(0).is_string() && print(2).is_null());
            [print(0), print(1)]
        };
        let before = print("y = 1\n", "m");
        assert_eq!(before, print("\n\n  y = 1\n", "m"));
        assert_ne!(before, print("y = 1\n", "n"));
        assert_ne!(before[0], before[1]);
    }
}
