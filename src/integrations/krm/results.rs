//! Findings as `results` of a KRM function: what kpt prints, and other orchestrators keep.

use crate::diag::{Diagnostic, Level};
use crate::source::SourceMap;
use crate::structure::Tree;

/// A list of results, or nothing where nothing was found. Places in an inline spec are the
/// config's, and in no file.
pub(crate) fn results(diagnostics: &[Diagnostic], sources: &SourceMap) -> Option<Tree> {
    let results: Vec<Tree> =
        diagnostics.iter().map(|one| result(&one.without_private_keys(sources), sources)).collect();
    (!results.is_empty()).then_some(Tree::Array(results))
}

fn result(diagnostic: &Diagnostic, sources: &SourceMap) -> Tree {
    let pair = |key: &str, value: Tree| (key.to_owned(), value);
    let mut fields = vec![
        pair("message", Tree::string(message(diagnostic))),
        pair("severity", Tree::string(severity(diagnostic.level))),
    ];
    let mut tags = vec![pair("code", Tree::string(diagnostic.code.name))];
    if let Some(secret) = diagnostic.secret.as_deref().filter(|secret| !secret.is_empty()) {
        let (namespace, name) = secret
            .split_once('/')
            .map_or((None, secret), |(namespace, name)| (Some(namespace), name));
        let mut reference = vec![
            pair("apiVersion", Tree::string("v1")),
            pair("kind", Tree::string("Secret")),
            pair("name", Tree::string(name)),
        ];
        reference.extend(namespace.map(|namespace| pair("namespace", Tree::string(namespace))));
        fields.push(pair("resourceRef", Tree::Table(reference)));
    }
    if let Some(label) = &diagnostic.primary {
        let source = sources.get(label.span.file);
        let (line, column) = source.position(label.span.start);
        if sources.is_flag(label.span.file) {
            fields.push(pair("field", Tree::Table(vec![pair("path", Tree::string(&source.name))])));
        } else {
            fields.push(pair(
                "file",
                Tree::Table(vec![
                    pair("path", Tree::string(&source.name)),
                    pair("index", Tree::Integer(0)),
                ]),
            ));
        }
        tags.push(pair("line", Tree::string(line.to_string())));
        tags.push(pair("column", Tree::string(column.to_string())));
    }
    fields.push(pair("tags", Tree::Table(tags)));
    Tree::Table(fields)
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
    let fixes = diagnostic.fixes.iter().map(|fix| &fix.title);
    let helps = fixes.chain(&diagnostic.helps).map(|help| format!("; help: {help}"));
    diagnostic
        .notes
        .iter()
        .map(|note| format!("; {note}"))
        .chain(helps)
        .for_each(|more| message.push_str(&more));
    message
}
