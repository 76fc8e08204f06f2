//! Specs with a mistake in each place: what is planted in the cases of `tests/ui` does not show in
//! what is said about them.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::render::{MessageFormat, RenderOptions, render};
use crate::unit::planted::leak;
use crate::unit::ui;
use crate::views::inspect::{inspect, table};
use crate::{Input, MemoryWorld, SourceMap, compile};

/// Compiles texts and renders what is said about them in every format, and how they are listed. All
/// in one go: SARIF explains each code once a log, at length.
fn said(texts: &BTreeSet<String>) -> String {
    said_in(texts, &MemoryWorld::default().with_file("a.txt", "hunter2\n"))
}

fn said_in(texts: &BTreeSet<String>, world: &MemoryWorld) -> String {
    let (mut sources, mut diagnostics, mut tables) = (SourceMap::new(), Vec::new(), String::new());
    for text in texts {
        let input = Input { file: sources.add("mintage.toml", text.as_str()), world };
        diagnostics.extend(compile(&[input], &crate::Options::default(), &mut sources).diagnostics);
        let secrets = inspect(&[input], &crate::Options::default(), &mut sources).secrets;
        tables.push_str(&table::table(&secrets, None));
        tables.push_str(&table::json(&secrets).to_string());
    }
    [
        MessageFormat::Text,
        MessageFormat::Short,
        MessageFormat::Json,
        MessageFormat::Sarif,
        MessageFormat::Github,
    ]
    .map(|format| {
        render(&diagnostics, &sources, &RenderOptions { format, width: 100, color: false })
    })
    .concat()
        + &tables
}

/// The specs of all cases, up to a length, with the name of a case that has it.
fn specs() -> BTreeMap<Vec<String>, String> {
    let mut specs = BTreeMap::new();
    for case in ui::all() {
        if let Ok(spec) = String::from_utf8(case.bytes("mintage.toml")) {
            specs.entry(spec.lines().take(40).map(str::to_owned).collect()).or_insert(case.name);
        }
    }
    specs
}

/// Damages each spec in many ways, each once, and looks for what is planted in what is said about
/// them.
fn judge(damage: impl Fn(&[String]) -> BTreeSet<String>) {
    let mut count = 0;
    for (lines, name) in specs() {
        let texts = damage(&lines);
        count += texts.len();
        let said = said(&texts);
        // All of it would be too much to read.
        let lines: Vec<&str> = said.lines().filter(|line| leak(line).is_some()).take(5).collect();
        assert_eq!(leak(&said), None, "{name}\n{}", lines.join("\n"));
    }
    assert!(count > 5000, "{count}");
}

#[test]
fn no_broken_spec_prints_what_is_planted() {
    judge(|lines| {
        let mut texts = BTreeSet::new();
        for index in 0..lines.len() {
            for damage in ["", "\"", "'", "]", "\"\"\"", "{{"] {
                let mut damaged = lines.to_vec();
                damaged[index] = if damage.is_empty() {
                    String::new()
                } else {
                    format!("{}{damage}", lines[index])
                };
                texts.insert(damaged.join("\n"));
            }
        }
        texts
    });
}

/// A string that starts in the value of one line and ends in another one swallows what stands
/// between.
#[test]
fn no_string_over_lines_prints_what_it_swallowed() {
    judge(|lines| {
        let mut texts = BTreeSet::new();
        for first in 0..lines.len() {
            for last in first + 1..lines.len().min(first + 5) {
                for quotes in ["\"\"\"", "'''"] {
                    let mut damaged = lines.to_vec();
                    damaged[first] = lines[first].replacen('"', quotes, 1);
                    damaged[last].push_str(quotes);
                    texts.insert(damaged.join("\n"));
                }
            }
        }
        texts
    });
}

/// Templates with one thing wrong, in every place that takes one: none prints the text around its
/// expressions.
#[test]
fn no_broken_template_prints_its_text() {
    let templates = [
        "x://{{ vars.u }}:hunter2@{{ vars.h|upper }}",
        "{% if vars.u %}hunter2{% endif %}{# hunter2 #}{{ 'hunter2' }}",
    ];
    let damages = ["{{", "}}", "{", "}", "%}", "{#", "'", "\\", "|", "@", "\n", " hunter2 "];
    let check = |template: &str| {
        let spec = "[vars]\nu = 'a'\nh = 'b'\n[[opaque]]\nname = 'x'\n";
        let escaped = template.replace('\\', "\\\\");
        let values = format!(
            "{spec}data.A = \"\"\"{escaped}\"\"\"\ndata.B = \
             {{ json = {{ k = '''{template} ''' }} }}\n"
        );
        let file = format!("{spec}data.A = {{ file = 't.j2', template = true }}\n");
        for text in [values, file] {
            let said = said_in(
                &[text.clone()].into(),
                &MemoryWorld::default().with_file("t.j2", template),
            );
            // One that parses says which of its names are missing.
            let broken = said.contains("[template-syntax]");
            assert!(!broken || leak(&said).is_none(), "{template:?}\n{text}\n{said}");
        }
    };
    for template in templates {
        for at in 0..=template.len() {
            damages.iter().for_each(|damage| {
                check(&format!("{}{damage}{}", &template[..at], &template[at..]))
            });
            (at + 1..=template.len().min(at + 3))
                .for_each(|end| check(&format!("{}{}", &template[..at], &template[end..])));
        }
    }
}
