//! GitHub's workflow commands: read as the runner reads them, what is said about every case of
//! `tests/ui` is what JSON says.

use std::collections::BTreeMap;

use super::{Judged, of_specs};

/// A command with its properties and its text, by the rules of `ActionCommand.TryParseV2` in the
/// sources of `actions/runner`: commands begin with `::`, the first `::` after that ends the
/// properties, which are split at commas and then at the first `=`, and `%3A`, `%2C`, `%0D`, `%0A`
/// and `%25` are unescaped, in this order.
fn parse(line: &str) -> Option<(String, BTreeMap<String, String>, String)> {
    let (command, data) = line.strip_prefix("::")?.split_once("::")?;
    let (name, properties) = command.split_once(' ').unwrap_or((command, ""));
    let data_of = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let property_of = |text: &str| data_of(&text.replace("%3A", ":").replace("%2C", ","));
    let properties = properties.trim().split(',').filter_map(|pair| pair.split_once('='));
    let properties = properties.map(|(key, value)| (key.to_owned(), property_of(value))).collect();
    Some((name.to_owned(), properties, data_of(data)))
}

/// What is wrong with a case, and how many commands it gives.
fn judge(judged: &Judged) -> (usize, String) {
    let case = &judged.case;
    let findings = judged.findings();
    let lines: Vec<&str> = judged.said.github.lines().collect();
    let mut wrong = String::new();
    let (commands, rest): (Vec<&str>, Vec<&str>) =
        lines.iter().copied().partition(|line| line.starts_with("::"));
    if rest.len() > 1 || commands.len() != findings.len() {
        wrong.push_str(&format!(
            "{}: {} commands for {} findings, and {rest:?}\n",
            case.name,
            commands.len(),
            findings.len()
        ));
    }
    for (line, finding) in commands.iter().zip(&findings) {
        let (name, properties, data) = parse(line).unwrap();
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        let level = if name == "notice" { "note" } else { &name };
        // Flags are in no file.
        let placed = finding["file"]
            .as_str()
            .is_some_and(|file| !file.starts_with("--") && file != "MINTAGE_ENV");
        let place = |key: &str, of: &str| {
            !placed
                || properties.get(key)
                    == Some(&finding[of].to_string().trim_matches('"').to_owned())
        };
        let right = level == text("level")
            && properties.get("title") == Some(&format!("mintage[{}]", text("code")))
            && properties.contains_key("file") == placed
            && place("file", "file")
            && place("line", "line")
            && place("endLine", "endLine")
            && (finding["line"] != finding["endLine"] || place("col", "column"))
            && data.lines().next() == Some(text("message").as_str())
            && ["notes", "helps"].iter().all(|key| {
                let lines = finding[*key].as_array().unwrap();
                lines.iter().all(|one| data.contains(one.as_str().unwrap()))
            });
        if !right {
            wrong.push_str(&format!("{}: {line}\n  {finding}\n", case.name));
        }
    }
    (commands.len(), wrong)
}

#[test]
fn the_runner_reads_what_json_says() {
    let judged: Vec<(usize, String)> = of_specs().map(judge).collect();
    let count: usize = judged.iter().map(|(count, _)| count).sum();
    let wrong: String = judged.into_iter().map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 250, "{count}");
}
