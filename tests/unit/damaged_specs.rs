//! Specs with a mistake in each place: what is planted in the cases of `tests/ui` does not show in what is said about them.

use std::collections::BTreeMap;

use crate::diag::render::{MessageFormat, Options, render};
use crate::inspect::{inspect, table};
use crate::unit::planted::leak;
use crate::unit::ui;
use crate::{Input, MemoryWorld, SourceMap, compile};

/// Compiles a text and renders what is said about it in every format, and how it is listed.
fn said(text: &str) -> String {
    let world = MemoryWorld::default().with_file("a.txt", "hunter2\n");
    let mut sources = SourceMap::new();
    let file = sources.add("mintage.toml", text);
    let compiled = compile(&[Input { file, world: &world }], &crate::Options::default(), &mut sources);
    let said = [MessageFormat::Text, MessageFormat::Short, MessageFormat::Json, MessageFormat::Sarif, MessageFormat::Github]
        .map(|format| render(&compiled.diagnostics, &sources, &Options { format, width: 100, color: false }))
        .concat();
    let secrets = inspect(&[Input { file, world: &world }], &crate::Options::default(), &mut sources).secrets;
    said + &table::table(&secrets, None) + &table::json(&secrets).to_string()
}

/// The first lines of every spec, with the name of a case that has it.
fn specs() -> Vec<(String, Vec<String>)> {
    let mut specs = BTreeMap::new();
    for case in ui::all() {
        if let Ok(spec) = String::from_utf8(case.bytes("mintage.toml")) {
            let lines: Vec<String> = spec.lines().take(40).map(str::to_owned).collect();
            specs.entry(lines).or_insert(case.name);
        }
    }
    specs.into_iter().map(|(lines, name)| (name, lines)).collect()
}

/// Says what there is to say about each of these texts, once, and looks for what is planted.
fn judge(damaged: BTreeMap<String, String>) {
    assert!(damaged.len() > 1000, "{}", damaged.len());
    for (text, place) in damaged {
        let said = said(&text);
        assert_eq!(leak(&said), None, "{place}\n{said}");
    }
}

#[test]
fn no_broken_spec_prints_what_is_planted() {
    let mut texts = BTreeMap::new();
    for (name, lines) in specs() {
        for index in 0..lines.len() {
            for damage in ["", "\"", "'", "]", "\"\"\"", "{{"] {
                let mut damaged = lines.clone();
                damaged[index] = if damage.is_empty() { String::new() } else { format!("{}{damage}", lines[index]) };
                texts.insert(damaged.join("\n"), format!("{name} line {} {damage:?}", index + 1));
            }
        }
    }
    judge(texts);
}

/// A string that starts in the value of one line and ends in another one swallows what stands between.
#[test]
fn no_string_over_lines_prints_what_it_swallowed() {
    let mut texts = BTreeMap::new();
    for (name, lines) in specs() {
        for first in 0..lines.len() {
            for last in first + 1..lines.len().min(first + 5) {
                for quotes in ["\"\"\"", "'''"] {
                    let mut damaged = lines.clone();
                    damaged[first] = lines[first].replacen('"', quotes, 1);
                    damaged[last].push_str(quotes);
                    texts.insert(damaged.join("\n"), format!("{name} lines {} to {}", first + 1, last + 1));
                }
            }
        }
    }
    judge(texts);
}
