//! From findings to text: which renderer, and the words that count.

mod github;
pub(crate) mod inert;
pub(crate) mod json;
pub(crate) mod quote;
mod sarif;
mod text;
mod wrap;

use super::{Diagnostic, Level, phrases};
use crate::source::{SourceMap, Span};
use inert::{inert, without_hashes};
use quote::printable;

/// How findings are written.
///
/// ```
/// use mintage::{MessageFormat, RenderOptions, SourceMap, render};
///
/// let options = RenderOptions { format: MessageFormat::Json, width: 80, color: false };
/// assert!(render(&[], &SourceMap::new(), &options).starts_with(r#"{"summary":"#));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MessageFormat {
    /// For people: with the lines of the source, notes and helps.
    #[default]
    Text,
    /// One line for each finding.
    Short,
    /// One line of JSON for each finding, and a last one with their numbers.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
}

/// The format of findings, and the terminal they go to.
///
/// ```
/// use mintage::{MessageFormat, RenderOptions};
///
/// let terminal = RenderOptions { format: MessageFormat::Text, width: 100, color: true };
/// let log = RenderOptions { format: MessageFormat::Github, color: false, ..terminal };
/// # assert_eq!(log.width, 100);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RenderOptions {
    pub format: MessageFormat,
    /// Columns of the terminal; only text asks.
    pub width: usize,
    /// Whether to write ANSI colors; only text asks.
    pub color: bool,
}

/// Writes findings, in the order given. Ends in a line break unless it is empty.
///
/// Keys, values and whatever looks like a private key are replaced by `***`.
///
/// ```
/// use mintage::{MessageFormat, Options, RenderOptions, SourceMap, check_manifests, render};
///
/// let mut sources = SourceMap::new();
/// let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: Web}\n";
/// let file = sources.add("secret.yaml", text);
/// let checked = check_manifests(&[file], &Options::default(), &mut sources);
/// let options = RenderOptions { format: MessageFormat::Short, width: 80, color: false };
/// let text = render(&checked.diagnostics, &sources, &options);
/// assert!(text.starts_with("secret.yaml:3:18: error[name]: "));
/// ```
pub fn render(diagnostics: &[Diagnostic], sources: &SourceMap, options: &RenderOptions) -> String {
    render_counted(diagnostics, sources, options, &[])
}

/// The same, with further numbers for the summary of JSON messages. Whatever looks like a private
/// key is masked here, before any format has a say.
pub(crate) fn render_counted(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    options: &RenderOptions,
    counted: &[(&str, usize)],
) -> String {
    let diagnostics: Vec<Diagnostic> = diagnostics.iter().map(|one| one.shown(sources)).collect();
    match options.format {
        MessageFormat::Text => inert(&text::render(&diagnostics, sources, options)),
        MessageFormat::Short => {
            inert(&diagnostics.iter().map(|one| short(one, sources)).collect::<String>())
        }
        MessageFormat::Json => inert(&json::render(&diagnostics, sources, counted)),
        MessageFormat::Sarif => inert(&sarif::render(&diagnostics, sources)),
        MessageFormat::Github => without_hashes(&github::render(&diagnostics, sources)),
    }
}

/// `file:line:column: error[code]: message`, as editors and `grep` read it; without a place
/// `error[code]: message`.
fn short(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let place = diagnostic.primary.as_ref().map_or_else(String::new, |label| {
        let (file, [line, column, ..]) = region(&label.span, sources);
        format!("{}:{line}:{column}: ", printable(file))
    });
    let (level, message) = (diagnostic.level.name(), printable(&diagnostic.message));
    format!("{place}{level}[{}]: {message}\n", diagnostic.code.name)
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
}

impl Counts {
    pub(crate) fn of(diagnostics: &[Diagnostic]) -> Self {
        let count = |level| diagnostics.iter().filter(|one| one.level == level).count();
        let [errors, warnings, notes] = [Level::Error, Level::Warning, Level::Note].map(count);
        Self { errors, warnings, notes }
    }
}

/// The name of the text that a span is in; its first line and column, and the line and column just
/// past its end.
fn region<'s>(span: &Span, sources: &'s SourceMap) -> (&'s str, [usize; 4]) {
    let source = sources.get(span.file);
    let (line, column) = source.position(span.start);
    let (end_line, end_column) = source.position(span.end.max(span.start));
    (&source.name, [line, column, end_line, end_column])
}

/// `3 errors, 1 warning`, with the higher level of the two; nothing when there is neither.
pub(crate) fn summary(diagnostics: &[Diagnostic]) -> Option<(Level, String)> {
    let counts = Counts::of(diagnostics);
    let errors = phrases::plural(counts.errors, "error");
    let warnings = phrases::plural(counts.warnings, "warning");
    match (counts.errors, counts.warnings) {
        (0, 0) => None,
        (0, _) => Some((Level::Warning, warnings)),
        (_, 0) => Some((Level::Error, errors)),
        _ => Some((Level::Error, format!("{errors}, {warnings}"))),
    }
}

/// Which Secret a finding is about, unless the message says so.
pub(crate) fn secret_note(diagnostic: &Diagnostic) -> Option<String> {
    // One without a name is no help; that it has none is a finding.
    let secret = diagnostic.secret.as_deref();
    let secret = secret.filter(|secret| !secret.is_empty() && !secret.ends_with('/'))?;
    let secret = phrases::code(secret);
    match diagnostic.other_secrets {
        0 if diagnostic.message.contains(&secret) => None,
        0 => Some(format!("in the Secret {secret}")),
        others => Some(format!("in the Secret {secret} and {}", phrases::plural(others, "other"))),
    }
}
