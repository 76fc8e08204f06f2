//! Certain repairs repair: made in a copy of a case of `tests/ui`, each takes its finding away and
//! breaks nothing.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{Judged, findings, of_specs, run, unpacked};

/// The byte of a line and column, both from 1, columns in characters.
fn offset(text: &str, line: &Value, column: &Value) -> usize {
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap() - 1;
    let start: usize = text.split_inclusive('\n').take(number(line)).map(str::len).sum();
    start + text[start..].chars().take(number(column)).map(char::len_utf8).sum::<usize>()
}

fn apply(folder: &Path, fix: &Value) {
    let path = folder.join(fix["file"].as_str().unwrap());
    let text = fs::read_to_string(&path).unwrap();
    let range = offset(&text, &fix["line"], &fix["column"])
        ..offset(&text, &fix["endLine"], &fix["endColumn"]);
    let mut fixed = text.clone();
    fixed.replace_range(range, fix["replacement"].as_str().unwrap());
    fs::write(&path, fixed).unwrap();
}

/// A copy of a case in which one finding is repaired.
struct Repaired {
    judged: &'static Judged,
    finding: Value,
    fix: Value,
    copy: TempDir,
}

fn repaired() -> Vec<Repaired> {
    let mut repaired = Vec::new();
    for judged in of_specs() {
        for finding in judged.findings() {
            for fix in finding["fixes"].as_array().into_iter().flatten() {
                let copy = unpacked(&judged.case);
                apply(&copy.path().join("case"), fix);
                repaired.push(Repaired {
                    judged,
                    finding: finding.clone(),
                    fix: fix.clone(),
                    copy,
                });
            }
        }
    }
    repaired
}

#[test]
fn every_repair_takes_its_finding_away() {
    let repaired = repaired();
    assert!(repaired.len() >= 20, "{}", repaired.len());
    let runs: Vec<_> =
        repaired.iter().map(|repaired| (&repaired.judged.case, repaired.copy.path())).collect();
    for (Repaired { judged, finding, fix, .. }, after) in repaired.iter().zip(run(&runs)) {
        let after = if after.json.is_empty() { Vec::new() } else { findings(&after) };
        let same = |other: &Value| {
            ["code", "message", "line"].iter().all(|key| other[key] == finding[key])
        };
        let is_left = after.iter().any(|other| other["code"] == "toml-syntax" || same(other));
        assert!(!is_left, "{}: {} after {fix}", judged.case.name, finding["message"]);
    }
}
