//! Certain repairs repair: made in a copy of a case of `tests/ui`, each takes its finding away and breaks nothing.

use crate::cases;

use std::fs;
use std::path::Path;

use crate::cases::Case;
use serde_json::Value;

/// The findings of a case, without the summary. None where clap answers.
fn findings(case: &Case) -> Vec<Value> {
    let said = String::from_utf8(case.run(&["--message-format", "json"]).stderr).unwrap();
    said.lines().filter_map(|line| serde_json::from_str(line).ok()).filter(|value: &Value| value.get("code").is_some()).collect()
}

/// The byte of a line and column, both from 1, columns in characters.
fn offset(text: &str, line: &Value, column: &Value) -> usize {
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap() - 1;
    let start: usize = text.split_inclusive('\n').take(number(line)).map(str::len).sum();
    start + text[start..].chars().take(number(column)).map(char::len_utf8).sum::<usize>()
}

fn apply(folder: &Path, fix: &Value) {
    let path = folder.join(fix["file"].as_str().unwrap());
    let text = fs::read_to_string(&path).unwrap();
    let range = offset(&text, &fix["line"], &fix["column"])..offset(&text, &fix["endLine"], &fix["endColumn"]);
    let mut fixed = text.clone();
    fixed.replace_range(range, fix["replacement"].as_str().unwrap());
    fs::write(&path, fixed).unwrap();
}

/// What is still wrong after a repair; nothing when all is well. Gives also how many repairs there were.
fn judge(case: &Case) -> (usize, String) {
    let args = case.lines("args");
    let reads_specs = args.first().is_none_or(|command| command == "build" || command == "check");
    if !reads_specs || args.iter().any(|argument| argument.starts_with("--message-format")) {
        return (0, String::new());
    }
    let (mut count, mut wrong) = (0, String::new());
    let before = findings(case);
    for finding in &before {
        for fix in finding["fixes"].as_array().into_iter().flatten() {
            count += 1;
            let copy = tempfile::tempdir().unwrap();
            for name in ["args", "env", "stdin"] {
                let _ = fs::copy(case.folder.join(name), copy.path().join(name));
            }
            for (name, bytes) in case.inputs() {
                let path = copy.path().join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
            apply(copy.path(), fix);
            let after = findings(&Case { code: case.code.clone(), name: case.name.clone(), folder: copy.path().to_owned() });
            let same = |other: &Value| {
                other["code"] == finding["code"] && other["message"] == finding["message"] && other["line"] == finding["line"]
            };
            let syntax = after.iter().any(|other| other["code"] == "toml-syntax");
            if syntax || after.iter().any(same) {
                wrong.push_str(&format!("{}: {} after {fix}\n", case.name, finding["message"]));
            }
        }
    }
    (count, wrong)
}

#[test]
fn every_repair_takes_its_finding_away() {
    let judged = cases::each(&cases::all(), judge);
    let count: usize = judged.iter().map(|(count, _)| count).sum();
    let wrong: String = judged.into_iter().map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count >= 20, "{count}");
}
