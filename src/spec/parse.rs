//! From the text of a spec to a [`Spec`], or to everything that is wrong with it.

use toml::de::{DeTable, DeValue};

use super::edit::{key_literal, string_literal};
use super::language::{Common, Lint, Names, TopLevel};
use super::node::{Node, NodeKind, Text};
use super::read::{SpecReader, respelt};
use super::record::Given;
use super::shape::class;
use super::takes::{Keys, TableType};
use super::value::WholeFile;
use super::{Entry, Spec, mask};
use crate::age;
use crate::diag::lint_levels::{self, LintLevel, LintNameError, LintTable};
use crate::diag::phrases::{code, one_of};
use crate::diag::{Diagnostic, diagnostic};
use crate::secret::kind::{self, Kind, Own};
use crate::source::{FileId, SourceMap, Span};

/// Parses the text of `file` and says which parts of it messages must not quote. All mistakes are
/// reported at once; after syntax errors nothing else is, because what follows from them would be
/// noise. Mistakes in the lists of Secrets don't hinder the rest; with one outside of them there is
/// no spec.
pub(crate) fn parse(file: FileId, sources: &mut SourceMap) -> (Option<Spec>, Vec<Diagnostic>) {
    let text = sources.get(file).text.clone();
    let (table, errors) = DeTable::parse_recoverable(&text);
    if !errors.is_empty() {
        sources.mask(file, mask::mask_broken(&text));
        return (None, syntax_errors(file, &text, &errors));
    }
    let mut reader = SpecReader::new(file);
    let spec = read(&mut reader, table.get_ref());
    sources.mask(file, mask::mask(&text, table.get_ref(), &reader.visible, &reader.templates));
    (spec, reader.problems)
}

/// Parses a file of vars, as `--set-file` names one: any TOML.
pub(crate) fn read_vars(file: FileId, sources: &mut SourceMap) -> Result<Node, Vec<Diagnostic>> {
    let text = sources.get(file).text.clone();
    let (table, errors) = DeTable::parse_recoverable(&text);
    if !errors.is_empty() {
        sources.mask(file, mask::mask_broken(&text));
        return Err(syntax_errors(file, &text, &errors));
    }
    let mut reader = SpecReader::new(file);
    let entries = table
        .get_ref()
        .iter()
        .filter_map(|(key, value)| Some((reader.key(key), reader.node(value, true)?)))
        .collect();
    let node = Node { kind: NodeKind::Table(entries), span: Span::new(file, 0..0) };
    sources.mask(file, mask::mask(&text, table.get_ref(), &reader.visible, &reader.templates));
    if reader.problems.is_empty() { Ok(node) } else { Err(reader.problems) }
}

/// One diagnostic a line: the parser recovers roughly, and what it says after the first error of a
/// line follows from it. Its texts come from a fixed vocabulary and quote nothing of the file.
fn syntax_errors(file: FileId, text: &str, errors: &[toml::de::Error]) -> Vec<Diagnostic> {
    let mut errors: Vec<_> =
        errors.iter().map(|error| (error.span().unwrap_or(0..0), error.message())).collect();
    errors.sort_by_key(|(span, _)| span.start);
    errors.dedup_by(|(later, _), (earlier, _)| {
        text.bytes().take(later.start).skip(earlier.start).all(|byte| byte != b'\n')
    });
    errors
        .into_iter()
        .map(|(span, message)| {
            let end = span.end.min(text.len());
            let help = syntax_help(message);
            diagnostic!(TOML_SYNTAX, "not TOML: {message}")
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
    let mut top = TopLevel::new(span);
    reader.keys(table, span, TopLevel::TABLE, &lists, |reader, field, key, value| {
        top.read(reader, field, key, value)
    });
    let sources = sources(reader, &top);
    let lint = overrides(reader, &top.lint);
    check_recipients(reader, &top);
    let sound = reader.problems.is_empty();
    let spec = Spec { file: span.file, entries: entries(reader, table), top, sources, lint };
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
                    entries.push(entry(reader, kind, table, reader.span(element.span())));
                }
            }
            other => {
                let found = if other.is_table() { "a table" } else { class(other) };
                let message = format!("{} is a list of Secrets, not {found}", code(kind.list));
                let problem = diagnostic!(WRONG_TYPE, "{message}");
                let problem = problem.at(reader.span(value.span()), found);
                let once = "with double brackets, once for each Secret";
                reader.problem(problem.help(format!("write `[[{}]]` {once}", kind.list)));
            }
        }
    }
    entries.sort_by_key(|entry: &Entry| entry.span);
    entries
}

fn entry(reader: &mut SpecReader, kind: &'static Kind, table: &DeTable<'_>, span: Span) -> Entry {
    let before = reader.problems.len();
    let (mut names, mut common) = (Names::new(span), Common::new(span));
    let mut own = (kind.own)(span);
    reader.keys(table, span, &kind.table, &[], |reader, field, key, value| {
        names.read(reader, field, key, value)
            || own.read(reader, field, key, value)
            || common.read(reader, field, key, value)
    });
    let lint = overrides(reader, &common.lint);
    check_exclusive(reader, &names, &own);
    let broken = reader.problems.len() > before;
    Entry { kind, span, names, common, own, lint, broken }
}

/// `[sources]`; those that have a mistake are left out.
fn sources(reader: &mut SpecReader, top: &TopLevel) -> Vec<(Text, WholeFile)> {
    let mut sources = Vec::new();
    for (name, given) in top.sources.list() {
        let broken = reader
            .problems
            .iter()
            .any(|problem| problem.primary.as_ref().is_some_and(|label| label.span == given.span));
        if let (false, Some(file)) = (broken, reader.source_file(given)) {
            sources.push((name.clone(), file));
        }
    }
    sources
}

/// `lint` of a table; codes that are unknown or whose level is fixed are mistakes.
fn overrides(reader: &mut SpecReader, lint: &Given<Lint>) -> LintTable {
    let mut overrides = LintTable::default();
    let Some(lint) = lint.get() else { return overrides };
    for (names, level) in [
        (&lint.allow, LintLevel::Allow),
        (&lint.warn, LintLevel::Warn),
        (&lint.deny, LintLevel::Deny),
    ] {
        for text in names.list() {
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

fn check_recipients(reader: &mut SpecReader, top: &TopLevel) {
    let recipients = top.recipients.list();
    for (name, text) in recipients {
        if let Err(bad) = age::check_recipient(&text.value) {
            reader.problem(age::messages::bad_recipient(&name.value, &bad).at(text.span, ""));
            // A secret key that was pasted here must not be quoted.
            let token = text.span.start..text.span.end;
            reader.visible.retain(|range| *range != token);
        }
    }
    for rule in top.encrypt.list() {
        if let Some(path) = rule.path.get()
            && let Err(error) = glob::Pattern::new(&path.value)
        {
            let message = format!("{} is not a glob", code(&path.value));
            let help = "`*` stands for part of a name, `**` between slashes for directories, \
                `[a-z]` for one character";
            let problem = diagnostic!(INVALID_VALUE, "{message}");
            reader.problem(problem.at(path.span, error.msg).help(help));
        }
        for to in rule.to.list() {
            let known = || recipients.iter().map(|(name, _)| name.value.as_str());
            if !known().any(|name| name == to.value) {
                let message = format!("there is no recipient {}", code(&to.value));
                let help = format!("add it: `recipients.{} = \"age1...\"`", key_literal(&to.value));
                let diagnostic = diagnostic!(RECIPIENT, "{message}")
                    .at(to.span, "not in `[recipients]`")
                    .help(help);
                reader.problem(respelt(diagnostic, to, known()));
            }
        }
    }
}

/// Names of environments that are used are declared.
fn check_environments(reader: &mut SpecReader, spec: &Spec) {
    let declared = spec.environments();
    let named = spec.entries.iter().flat_map(|entry| entry.common.environments.list());
    let used = spec.top.default_env.get().into_iter().chain(named);
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
    let message = format!("the spec declares no environment {}", code(name));
    let diagnostic = diagnostic!(UNKNOWN_ENVIRONMENT, "{message}");
    if declared.is_empty() {
        diagnostic.help(format!("declare it: `[environments.{}]`", key_literal(name)))
    } else {
        diagnostic.help(format!("it declares {}", one_of(declared)))
    }
}

/// Keys of an entry of which one excludes the other.
fn check_exclusive(reader: &mut SpecReader, names: &Names, own: &Own) {
    let mut pairs = vec![(
        ("namespace", names.namespace.key),
        ("namespaces", names.namespaces.key),
        "`namespaces` makes one Secret in each",
    )];
    if let Own::Registries(_, own) = own {
        pairs.push((
            ("registries", own.registries.key),
            ("config", own.config.key),
            "`config` is the whole file, with its registries",
        ));
    }
    for ((one, first), (other, second), why) in pairs {
        let (Some(first), Some(second)) = (first, second) else { continue };
        let message = format!("`{one}` and `{other}` exclude each other");
        reader.problem(
            diagnostic!(CONFLICTING_KEYS, "{message}")
                .at(first.max(second), "")
                .also(first.min(second), "")
                .note(why)
                .help("remove one of the two"),
        );
    }
    if let (Some(span), Some([])) = (names.namespaces.key, names.namespaces.value.as_deref()) {
        let message = "`namespaces` is empty, so this makes no Secret";
        let help = "name the namespaces, or remove the key";
        reader.problem(diagnostic!(INVALID_VALUE, "{message}").at(span, "").help(help));
    }
}
