//! Specs with a mistake in each place: what is planted in the cases of `tests/ui` does not show in
//! what is said about them.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::render::{MessageFormat, RenderOptions, render};
use crate::diag::{Code, Diagnostic, codes};
use crate::unit::planted::leak;
use crate::unit::support::thinned;
use crate::unit::ui;
use crate::views::inspect::{inspect, table};
use crate::{Input, MemoryWorld, SourceMap, compile};

/// What is said about texts. Rendered in one go: SARIF explains each code once a log, at length.
#[derive(Default)]
struct Findings {
    sources: SourceMap,
    diagnostics: Vec<Diagnostic>,
    tables: String,
}

impl Findings {
    /// Compiles and lists a text; what is said counts if it has a finding with such a code.
    fn add(&mut self, text: &str, world: &MemoryWorld, counts: impl Fn(&'static Code) -> bool) {
        let input = Input { file: self.sources.add("mintage.toml", text), world };
        let compiled = compile(&[input], &crate::Options::default(), &mut self.sources);
        if !compiled.diagnostics.iter().any(|diagnostic| counts(diagnostic.code)) {
            return;
        }
        self.diagnostics.extend(compiled.diagnostics);
        let secrets = inspect(&[input], &crate::Options::default(), &mut self.sources).secrets;
        self.tables.push_str(&table::table(&secrets, false));
        self.tables.push_str(&table::json(&secrets).to_string());
    }

    /// In every format, and as they are listed.
    fn said(&self) -> String {
        use MessageFormat::{Github, Json, Sarif, Short, Text};
        [Text, Short, Json, Sarif, Github]
            .map(|format| {
                let options = RenderOptions { format, width: 100, color: false };
                render(&self.diagnostics, &self.sources, &options)
            })
            .concat()
            + &self.tables
    }
}

fn said(texts: &BTreeSet<String>) -> String {
    let world = MemoryWorld::default().with_file("a.txt", "hunter2\n");
    let mut findings = Findings::default();
    texts.iter().for_each(|text| findings.add(text, &world, |_| true));
    findings.said()
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

/// One of so many texts is tried, but for CI, where all are.
const ONE_OF: usize = 9;

/// Keeps all texts in CI, and elsewhere always the same part of them, to save time.
fn thin_out(texts: &mut BTreeSet<String>) {
    let one_of = thinned(ONE_OF);
    texts.retain(|text| text.bytes().map(usize::from).sum::<usize>() % one_of == 0);
}

/// Damages each spec in many ways, each once, and looks for what is planted in what is said about
/// them.
fn judge(damage: impl Fn(&[String]) -> BTreeSet<String>) {
    let mut count = 0;
    for (lines, name) in specs() {
        let mut texts = damage(&lines);
        thin_out(&mut texts);
        count += texts.len();
        let said = said(&texts);
        // All of it would be too much to read.
        let lines: Vec<&str> = said.lines().filter(|line| leak(line).is_some()).take(5).collect();
        assert_eq!(leak(&said), None, "{name}\n{}", lines.join("\n"));
    }
    assert!(count * ONE_OF > 4500, "{count}");
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
    let mut damaged = BTreeSet::new();
    for template in templates {
        for at in 0..=template.len() {
            let (before, after) = template.split_at(at);
            damaged.extend(damages.iter().map(|damage| format!("{before}{damage}{after}")));
            for end in at + 1..=template.len().min(at + 3) {
                damaged.insert(format!("{before}{}", &template[end..]));
            }
        }
    }
    thin_out(&mut damaged);
    let mut findings = Findings::default();
    for template in &damaged {
        let spec = "[vars]\nu = 'a'\nh = 'b'\n[[opaque]]\nname = 'x'\n";
        let escaped = template.replace('\\', "\\\\");
        let values = format!(
            "{spec}data.A = \"\"\"{escaped}\"\"\"\ndata.B = \
             {{ json = {{ k = '''{template} ''' }} }}\n"
        );
        let file = format!("{spec}data.A = {{ file = 't.j2', template = true }}\n");
        let world = MemoryWorld::default().with_file("t.j2", template.as_str());
        for text in [values, file] {
            // One that parses says which of its names are missing.
            findings.add(&text, &world, |code| code == &codes::TEMPLATE_SYNTAX);
        }
    }
    let found = findings.diagnostics.len();
    assert!(found * ONE_OF > 900, "{found}");
    let said = findings.said();
    let lines: Vec<&str> = said.lines().filter(|line| leak(line).is_some()).take(5).collect();
    assert_eq!(leak(&said), None, "{}", lines.join("\n"));
}
