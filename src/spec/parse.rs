//! From the text of a spec to a [`Spec`], or to everything that is wrong with it.

use toml::de::{DeTable, DeValue};

use super::edit::{key_literal, string_literal};
use super::language::{SOURCE, SPEC};
use super::node::{Node, NodeKind, Text};
use super::read::{SpecReader, respelt};
use super::record::Record;
use super::value::WholeFile;
use super::{Entry, Spec, mask};
use crate::age;
use crate::diag::lint_levels::{self, LintLevel, LintNameError, LintTable};
use crate::diag::mask::mask_broken_toml;
use crate::diag::phrases::{code, one_of};
use crate::diag::{Diagnostic, codes};
use crate::secret::kind;
use crate::source::{FileId, SourceMap, Span};

/// Parses the text of `file` and says which parts of it messages must not quote. All mistakes are
/// reported at once; after syntax errors nothing else is, because what follows from them would be
/// noise. Mistakes in the lists of Secrets don't hinder the rest; with one outside of them there is
/// no spec.
pub(crate) fn parse(file: FileId, sources: &mut SourceMap) -> (Option<Spec>, Vec<Diagnostic>) {
    let text = sources.get(file).text.clone();
    let (table, errors) = DeTable::parse_recoverable(&text);
    if !errors.is_empty() {
        sources.mask(file, mask_broken_toml(&text));
        return (None, syntax_errors(file, &text, &errors));
    }
    let mut reader = SpecReader::new(file);
    let spec = read(&mut reader, table.get_ref());
    sources.mask(file, mask::masked(&text, table.get_ref(), &reader.visible, &reader.templates));
    (spec, reader.problems)
}

/// Parses a file of vars, as `--set-file` names one: any TOML.
pub(crate) fn read_vars(file: FileId, sources: &mut SourceMap) -> Result<Node, Vec<Diagnostic>> {
    let text = sources.get(file).text.clone();
    let (table, errors) = DeTable::parse_recoverable(&text);
    if !errors.is_empty() {
        sources.mask(file, mask_broken_toml(&text));
        return Err(syntax_errors(file, &text, &errors));
    }
    let mut reader = SpecReader::new(file);
    let entries = table
        .get_ref()
        .iter()
        .filter_map(|(key, value)| Some((reader.key(key), reader.node(value, true)?)))
        .collect();
    let node = Node { kind: NodeKind::Table(entries), span: Span::new(file, 0..0) };
    sources.mask(file, mask::masked(&text, table.get_ref(), &reader.visible, &reader.templates));
    if reader.problems.is_empty() { Ok(node) } else { Err(reader.problems) }
}

/// One diagnostic a line: the parser recovers roughly, and what it says after the first error of a
/// line follows from it. Its texts come from a fixed vocabulary and quote nothing of the file.
fn syntax_errors(file: FileId, text: &str, errors: &[toml::de::Error]) -> Vec<Diagnostic> {
    let mut errors: Vec<_> =
        errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message())).collect();
    errors.sort_by_key(|(span, _)| span.start);
    errors.dedup_by(|later, earlier| {
        let between = text.get(earlier.0.start..later.0.start).unwrap_or_default();
        !between.contains('\n')
    });
    errors
        .into_iter()
        .map(|(span, message)| {
            let end = span.end.min(text.len());
            let help = syntax_help(message);
            Diagnostic::new(&codes::TOML_SYNTAX, format!("not TOML: {message}"))
                .at(Span::new(file, span.start.min(end)..end), "here")
                .maybe_help(help.map(str::to_owned))
        })
        .collect()
}

fn syntax_help(message: &str) -> Option<&'static str> {
    if message.contains("string values must be quoted")
        || message.contains("missing value")
        || message.contains("invalid mantissa")
    {
        Some("write strings in quotes: `key = \"...\"`")
    } else if message.contains("duplicate key") {
        Some(
            "each key stands once in its table; lists of Secrets are written with double brackets, \
             `[[opaque]]`",
        )
    } else if message.contains("recursion limit") {
        Some("tables and lists nest too deeply")
    } else {
        None
    }
}

fn read(reader: &mut SpecReader, table: &DeTable<'_>) -> Option<Spec> {
    let lists: Vec<&str> = kind::ALL.iter().map(|kind| kind.list).collect();
    let span = reader.span(0..0);
    let record = reader.table(table, span, &SPEC, &lists);
    let sources = sources(reader, &record);
    let lint = overrides(reader, &record);
    check_recipients(reader, &record);
    let sound = reader.problems.is_empty();
    let spec = Spec { file: span.file, entries: entries(reader, table), record, sources, lint };
    check_environments(reader, &spec);
    sound.then_some(spec)
}

/// The elements of all lists of Secrets, in the order of the file: TOML gathers those of a list.
fn entries(reader: &mut SpecReader, table: &DeTable<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for kind in kind::ALL {
        let Some((_, value)) = table.iter().find(|(key, _)| key.get_ref() == kind.list) else {
            continue;
        };
        match value.get_ref() {
            DeValue::Array(array) if array.iter().all(|element| element.get_ref().is_table()) => {
                for element in array.iter() {
                    let DeValue::Table(table) = element.get_ref() else { continue };
                    let before = reader.problems.len();
                    let record = reader.table(table, reader.span(element.span()), &kind.table, &[]);
                    let lint = overrides(reader, &record);
                    check_exclusive(reader, &record);
                    entries.push(Entry {
                        kind,
                        record,
                        lint,
                        broken: reader.problems.len() > before,
                    });
                }
            }
            other => {
                let found =
                    if other.is_table() { "a table" } else { super::shape_names::class(other) };
                let problem = Diagnostic::new(
                    &codes::WRONG_TYPE,
                    format!("{} is a list of Secrets, not {found}", code(kind.list)),
                )
                .at(reader.span(value.span()), found)
                .help(format!(
                    "write `[[{}]]` with double brackets, once for each Secret",
                    kind.list
                ));
                reader.problem(problem);
            }
        }
    }
    entries.sort_by_key(|entry: &Entry| entry.record.span);
    entries
}

/// `[sources]`; those that have a mistake are left out.
fn sources(reader: &mut SpecReader, record: &Record) -> Vec<(Text, WholeFile)> {
    record
        .map("sources")
        .iter()
        .filter_map(|(name, record)| {
            let broken = reader.problems.iter().any(|problem| {
                problem.primary.as_ref().is_some_and(|label| label.span == record.span)
            });
            if broken { None } else { Some((name.clone(), reader.whole_file_of(record, &SOURCE)?)) }
        })
        .collect()
}

/// `lint` of a table; codes that are unknown or whose level is fixed are mistakes.
fn overrides(reader: &mut SpecReader, record: &Record) -> LintTable {
    let mut overrides = LintTable::default();
    let Some(lint) = record.record("lint") else { return overrides };
    for (key, level) in
        [("allow", LintLevel::Allow), ("warn", LintLevel::Warn), ("deny", LintLevel::Deny)]
    {
        for text in lint.texts(key) {
            match lint_levels::find(&text.value) {
                Ok(code) => {
                    overrides.set(code, level);
                }
                Err(error) => {
                    let problem = lint_levels::describe(&text.value, error).at(text.span, "");
                    reader.problem(match error {
                        LintNameError::Former(Some(now)) => {
                            // The fix says it.
                            let title = format!("write {}", code(now.name));
                            let mut problem = problem;
                            problem.helps.clear();
                            problem.fix(text.span, string_literal(now.name), title)
                        }
                        LintNameError::Former(None) => problem,
                        _ => respelt(problem, text, lint_levels::names()),
                    });
                }
            }
        }
    }
    overrides
}

fn check_recipients(reader: &mut SpecReader, record: &Record) {
    for (name, text) in record.text_map("recipients") {
        if let Err(bad) = age::check_recipient(&text.value) {
            reader.problem(age::messages::bad_recipient(&name.value, &bad).at(text.span, ""));
            // A secret key that was pasted here must not be quoted.
            let token = text.span.start..text.span.end;
            reader.visible.retain(|range| *range != token);
        }
    }
    for rule in record.list("encrypt") {
        if let Some(path) = rule.text("path")
            && let Err(error) = glob::Pattern::new(&path.value)
        {
            reader.problem(
                Diagnostic::new(
                    &codes::INVALID_VALUE,
                    format!("{} is not a glob", code(&path.value)),
                )
                .at(path.span, error.msg)
                .help(
                    "`*` stands for part of a name, `**` between slashes for directories, `[a-z]` \
                     for one character",
                ),
            );
        }
        for to in rule.texts("to") {
            let known =
                || record.text_map("recipients").iter().map(|(name, _)| name.value.as_str());
            if !known().any(|name| name == to.value) {
                let diagnostic = Diagnostic::new(
                    &codes::RECIPIENT,
                    format!("there is no recipient {}", code(&to.value)),
                )
                .at(to.span, "not in `[recipients]`")
                .help(format!("add it: `recipients.{} = \"age1...\"`", key_literal(&to.value)));
                reader.problem(respelt(diagnostic, to, known()));
            }
        }
    }
}

/// Names of environments that are used are declared.
fn check_environments(reader: &mut SpecReader, spec: &Spec) {
    let declared: Vec<&str> =
        spec.record.map("environments").iter().map(|(name, _)| name.value.as_str()).collect();
    let used = spec
        .record
        .text("default-env")
        .into_iter()
        .chain(spec.entries.iter().flat_map(|entry| entry.record.texts("environments")));
    let used: Vec<&Text> = used.filter(|text| !declared.contains(&text.value.as_str())).collect();
    for text in used {
        reader.problem(respelt(
            unknown_environment(&text.value, &declared).at(text.span, ""),
            text,
            declared.iter().copied(),
        ));
    }
}

/// Words the finding that an environment is not declared.
pub(crate) fn unknown_environment(name: &str, declared: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &codes::UNKNOWN_ENVIRONMENT,
        format!("the spec declares no environment {}", code(name)),
    );
    if declared.is_empty() {
        diagnostic.help(format!("declare it: `[environments.{}]`", key_literal(name)))
    } else {
        diagnostic.help(format!("it declares {}", one_of(declared)))
    }
}

/// Keys of an entry of which one excludes the other.
fn check_exclusive(reader: &mut SpecReader, record: &Record) {
    for (one, other, why) in [
        ("namespace", "namespaces", "`namespaces` makes one Secret in each"),
        ("registries", "config", "`config` is the whole file, with its registries"),
    ] {
        if let (Some(first), Some(second)) = (record.key_span(one), record.key_span(other)) {
            let (first, second) = (first.min(second), first.max(second));
            reader.problem(
                Diagnostic::new(
                    &codes::CONFLICTING_KEYS,
                    format!("`{one}` and `{other}` exclude each other"),
                )
                .at(second, "")
                .also(first, "")
                .note(why)
                .help("remove one of the two"),
            );
        }
    }
    if let (Some(span), Some([])) =
        (record.key_span("namespaces"), record.given_texts("namespaces"))
    {
        reader.problem(
            Diagnostic::new(
                &codes::INVALID_VALUE,
                "`namespaces` is empty, so this makes no Secret",
            )
            .at(span, "")
            .help("name the namespaces, or remove the key"),
        );
    }
}
