//! Findings as `results` of a KRM function: what kpt prints, and other orchestrators keep.

use crate::diag::{Diagnostic, Level, phrases::printable};
use crate::source::SourceMap;
use crate::structure::Tree;

/// A list of results, or nothing where nothing was found. Places in an inline spec are the
/// config's, and in no file.
pub(crate) fn results(diagnostics: &[Diagnostic], sources: &SourceMap) -> Option<Tree> {
    let results: Vec<Tree> =
        diagnostics.iter().map(|one| result(&one.shown(sources), sources)).collect();
    (!results.is_empty()).then_some(Tree::Array(results))
}

fn result(diagnostic: &Diagnostic, sources: &SourceMap) -> Tree {
    let mut fields =
        vec![text("message", message(diagnostic)), text("severity", severity(diagnostic.level))];
    let mut tags = vec![text("code", diagnostic.code.name)];
    if let Some(secret) = diagnostic.secret.as_deref().filter(|secret| !secret.is_empty()) {
        let (namespace, name) = match secret.split_once('/') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, secret),
        };
        let mut reference = vec![text("apiVersion", "v1"), text("kind", "Secret")];
        reference.push(text("name", name));
        reference.extend(namespace.map(|namespace| text("namespace", namespace)));
        fields.push(("resourceRef".to_owned(), Tree::Table(reference)));
    }
    if let Some(label) = &diagnostic.primary {
        let source = sources.get(label.span.file);
        let (line, column) = source.position(label.span.start);
        let mut place = vec![text("path", printable(&source.name))];
        if sources.is_flag(label.span.file) {
            fields.push(("field".to_owned(), Tree::Table(place)));
        } else {
            place.push(("index".to_owned(), Tree::Integer(0)));
            fields.push(("file".to_owned(), Tree::Table(place)));
        }
        tags.extend([text("line", line.to_string()), text("column", column.to_string())]);
    }
    fields.push(("tags".to_owned(), Tree::Table(tags)));
    Tree::Table(fields)
}

fn text(key: &str, value: impl Into<String>) -> (String, Tree) {
    (key.to_owned(), Tree::string(value))
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "info",
    }
}

/// One line: kpt prints it behind the severity and the field.
fn message(diagnostic: &Diagnostic) -> String {
    let mut message = format!("{} [{}]", diagnostic.message, diagnostic.code.name);
    for note in &diagnostic.notes {
        message += &format!("; {note}");
    }
    for help in diagnostic.fixes.iter().map(|fix| &fix.title).chain(&diagnostic.helps) {
        message += &format!("; help: {help}");
    }
    message
}
