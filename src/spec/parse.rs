//! From the text of a spec to a [`Spec`], or to everything that is wrong with it.

use std::ops::Range;

use toml::de::{DeTable, DeValue};
use toml_parser::Source;

use super::edit::{key_literal, string_literal};
use super::language::{Common, Lint, Names, TopLevel};
use super::node::{Node, NodeKind};
use super::read::{SpecReader, respelt};
use super::takes::{Given, Keys, TableType};
use super::{Entry, Spec, mask, recipients, shape::class};
use crate::content::conflict::{RESOLVE, conflict_marker};
use crate::diag::lint_levels::{self, LintLevel, LintNameError, LintTable};
use crate::diag::phrases::{code, one_of, plural};
use crate::diag::{Diagnostic, diagnostic};
use crate::secret::kind::{self, Kind, Own};
use crate::source::{FileId, SourceMap, Span};

/// Keys, operators and values of a spec have more bytes on average. A file with fewer for each
/// takes many times its size in memory.
const BYTES_A_TOKEN: usize = 6;

/// Parses the text of `file` and says which parts of it messages must not quote. All mistakes are
/// reported at once; after syntax errors nothing else is, because what follows from them would be
/// noise. Mistakes in the lists of Secrets don't hinder the rest; with one outside of them there is
/// no spec. `limit` is how many bytes a file can have.
pub(crate) fn parse(
    file: FileId,
    sources: &mut SourceMap,
    limit: usize,
) -> (Option<Spec>, Vec<Diagnostic>) {
    let most = limit / BYTES_A_TOKEN;
    if Source::new(&sources.get(file).text).lex().nth(most).is_some() {
        let name = code(sources.name(file));
        let problem = diagnostic!(TOO_LARGE, "{name} has too many values")
            .note(format!("the limit is {} of TOML", plural(most, "token")))
            .help("raise the limit with `--limit read=SIZE` if this is intended");
        return (None, vec![problem]);
    }
    let (spec, problems) = parsed(file, sources, read);
    (spec.flatten(), problems)
}

/// Parses a file of vars, as `--set-file` names one: any TOML.
pub(crate) fn read_vars(file: FileId, sources: &mut SourceMap) -> Result<Node, Vec<Diagnostic>> {
    let (entries, problems) =
        parsed(file, sources, |reader, table| reader.node_entries(table, true));
    match entries {
        Some(entries) if problems.is_empty() => {
            Ok(Node { kind: NodeKind::Table(entries), span: Span::new(file, 0..0) })
        }
        _ => Err(problems),
    }
}

/// What `read` makes of a file; nothing if the file is not TOML.
fn parsed<T>(
    file: FileId,
    sources: &mut SourceMap,
    read: impl FnOnce(&mut SpecReader, &DeTable<'_>) -> T,
) -> (Option<T>, Vec<Diagnostic>) {
    let text = sources.get(file).text.clone();
    let (table, errors) = DeTable::parse_recoverable(&text);
    if !errors.is_empty() {
        sources.mask(file, mask::mask_broken(&text));
        // What else is wrong may be of the other side.
        let problems = match conflict_marker(&text) {
            Some(at) => vec![conflict(Span::new(file, at..at))],
            None => syntax_errors(file, &text, &errors),
        };
        return (None, problems);
    }
    let mut reader = SpecReader::new(file);
    let out = read(&mut reader, table.get_ref());
    sources.mask(file, mask::mask(&text, table.get_ref(), &reader.visible, &reader.templates));
    (Some(out), reader.problems)
}

fn conflict(marker: Span) -> Diagnostic {
    diagnostic!(TOML_SYNTAX, "the file has an unresolved merge conflict")
        .at(marker, "")
        .help(RESOLVE)
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
    let problem = |(span, message): (Range<usize>, &str)| {
        let end = span.end.min(text.len());
        let start = span.start.min(end);
        let (before, rest) = text.split_at(start);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let (message, help) = syntax_words(message, line, rest);
        diagnostic!(TOML_SYNTAX, "not TOML: {message}")
            .at(Span::new(file, start..end), "")
            .maybe_help(help.map(str::to_owned))
    };
    errors.into_iter().map(problem).collect()
}

/// The parser's message in plain words, and what to do. `line` is what stands before the mistake in
/// its line, `rest` the text from it on.
fn syntax_words<'m>(message: &'m str, line: &str, rest: &str) -> (&'m str, Option<&'static str>) {
    let says = |part: &str| message.contains(part);
    let quotes = Some("write strings in quotes: `key = \"...\"`");
    if says("missing escaped value") {
        ("unknown escape after `\\`", Some("use single quotes for backslashes: `'C:\\...'`"))
    } else if says("max recursion depth") {
        ("nested too deeply", None)
    } else if says("invalid basic string, expected `\"`") {
        ("the string is not closed with `\"`", None)
    } else if says("invalid literal string, expected `'`") {
        ("the string is not closed with `'`", None)
    } else if says("string values must be quoted")
        && rest.trim_start_matches([' ', '\t', '\r']).starts_with(['\n'])
    {
        ("the value is missing", quotes)
    } else if says("string values must be quoted") {
        ("the string is not in quotes", quotes)
    } else if says("missing value") || says("invalid mantissa") {
        (message, quotes)
    } else if says("duplicate key") && line.trim_start().starts_with('[') {
        (message, Some("write lists of Secrets with double brackets: `[[opaque]]`"))
    } else {
        (message, says("duplicate key").then_some("use each key only once per table"))
    }
}

fn read(reader: &mut SpecReader, table: &DeTable<'_>) -> Option<Spec> {
    let lists: Vec<&str> = kind::ALL.iter().map(|kind| kind.list).collect();
    let span = reader.span(0..0);
    let mut top = TopLevel::default();
    reader.keys(table, span, TopLevel::TABLE, &lists, |reader, entry| top.read(reader, entry));
    let lint = overrides(reader, &top.lint);
    recipients::check(reader, &top);
    let sound = reader.problems.is_empty();
    let spec = Spec { file: span.file, entries: entries(reader, table), top, lint };
    check_environments(reader, &spec);
    sound.then_some(spec)
}

/// The elements of all lists of Secrets, in the order of the file: TOML gathers those of a list.
/// More mistakes than people read; with more, the rest of the spec is not looked at.
const MAX_PROBLEMS: usize = 1_000;

fn entries(reader: &mut SpecReader, table: &DeTable<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for kind in kind::ALL {
        let Some((_, value)) = table.iter().find(|(key, _)| key.get_ref() == kind.list) else {
            continue;
        };
        let mut wrong = (!value.get_ref().is_array()).then(|| class(value.get_ref()).to_owned());
        let elements = value.get_ref().as_array().into_iter().flat_map(|array| array.iter());
        for element in elements {
            if reader.problems.len() > MAX_PROBLEMS {
                break;
            }
            match element.get_ref() {
                DeValue::Table(table) => {
                    entries.push(entry(reader, kind, table, reader.span(element.span())));
                }
                other => wrong = Some(format!("a list that contains {}", class(other))),
            }
        }
        if let Some(found) = wrong {
            let list = kind.list;
            reader.problems.push(
                diagnostic!(WRONG_TYPE, "{} must be a list of Secrets, not {found}", code(list))
                    .at(reader.span(value.span()), "")
                    .help(format!("write `[[{list}]]` with double brackets, once for each Secret")),
            );
        }
    }
    entries.sort_by_key(|entry: &Entry| entry.span);
    entries
}

fn entry(reader: &mut SpecReader, kind: &'static Kind, table: &DeTable<'_>, span: Span) -> Entry {
    let before = reader.problems.len();
    let (mut names, mut own, mut common) = (Names::default(), Own::default(), Common::default());
    reader.keys(table, span, &kind.table, &[], |reader, entry| {
        names.read(reader, entry) || own.read(reader, entry) || common.read(reader, entry)
    });
    let lint = overrides(reader, &common.lint);
    check_exclusive(reader, &names, &own);
    let broken = reader.problems.len() > before;
    Entry { kind, span, names, common, own, lint, broken }
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
            let error = match lint_levels::find(&text.value) {
                Ok(code) => {
                    overrides.set(code, level);
                    continue;
                }
                Err(error) => error,
            };
            let mut problem = lint_levels::describe(&text.value, error).at(text.span, "");
            problem = match error {
                LintNameError::Former(Some(now)) => {
                    // The fix says it.
                    problem.helps.clear();
                    let title = format!("write {}", code(now.name));
                    problem.fix(text.span, string_literal(now.name), title)
                }
                LintNameError::Former(None) => problem,
                _ => respelt(problem, text, lint_levels::names()),
            };
            reader.problems.push(problem);
        }
    }
    overrides
}

fn check_environments(reader: &mut SpecReader, spec: &Spec) {
    let declared = spec.environments();
    let named = spec.entries.iter().flat_map(|entry| entry.common.environments.list());
    for text in spec.top.default_env.get().into_iter().chain(named) {
        if !declared.contains(&text.value.as_str()) {
            let problem = unknown_environment(&text.value, &declared).at(text.span, "");
            reader.problems.push(respelt(problem, text, declared.iter().copied()));
        }
    }
}

pub(crate) fn unknown_environment(name: &str, declared: &[&str]) -> Diagnostic {
    let help = if declared.is_empty() {
        format!("declare it: `[environments.{}]`", key_literal(name))
    } else {
        format!("use {}", one_of(declared))
    };
    diagnostic!(UNKNOWN_ENVIRONMENT, "the spec does not declare the environment {}", code(name))
        .help(help)
}

fn check_exclusive(reader: &mut SpecReader, names: &Names, own: &Own) {
    let mut exclude = |one: Option<Span>, other: Option<Span>, message: &str, why: &str| {
        if let (Some(one), Some(other)) = (one, other) {
            reader.problems.push(
                diagnostic!(CONFLICTING_KEYS, "{message}")
                    .at(one.max(other), "")
                    .also(one.min(other), "")
                    .note(why)
                    .help("remove one of the two"),
            );
        }
    };
    exclude(
        names.namespace.key,
        names.namespaces.key,
        "`namespace` and `namespaces` can't be used together",
        "`namespaces` creates one Secret in each namespace",
    );
    exclude(
        own.registries.registries.key,
        own.registries.config.key,
        "`registries` and `config` can't be used together",
        "`config` is the complete file, including its registries",
    );
    if let (Some(span), Some([])) = (names.namespaces.key, names.namespaces.value.as_deref()) {
        reader.problems.push(
            diagnostic!(INVALID_VALUE, "`namespaces` is empty, so no Secret is created")
                .at(span, "")
                .help("list the namespaces, or remove the key"),
        );
    }
}
