//! What can go wrong in a template, as facts without values: minijinja's own texts are not passed
//! on.

use std::ops::Range;

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind};

use crate::diag::phrases::nearest;

/// What went wrong, and where in the template's text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TemplateFault {
    /// Bytes of the template, where they are known.
    pub range: Option<Range<usize>>,
    /// What it is.
    pub why: TemplateFaultKind,
}

/// Kinds of faults.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TemplateFaultKind {
    /// It does not parse; the parser's words, which are of a fixed vocabulary.
    Syntax(Option<String>),
    /// A variable or attribute is not defined.
    Undefined {
        /// What leads to it: empty for a variable, `sources.db` for `sources.db.password`.
        parent: String,
        /// The name that is missing; empty if the expression is no plain path.
        name: String,
        /// The nearest name that is there.
        nearest: Option<String>,
    },
    /// There is no such filter.
    UnknownFilter(String, Option<String>),
    /// There is no such test, function or method.
    UnknownName(&'static str, String),
    /// A value that has no plain text was printed.
    NoText(&'static str),
    /// Out of fuel.
    Fuel,
    /// Nested too deeply.
    Recursion,
    /// Too much output.
    Output,
    /// A filter of ours can't do it; why.
    Filter(&'static str),
    /// A filter, function or operator got something it does not take.
    Operation,
}

// Markers: details that our own code gives to errors, and that are safe to show.
pub(crate) const NONE: &str = "none";
pub(crate) const LIST: &str = "a list";
pub(crate) const TABLE: &str = "a table";
pub(crate) const BYTES: &str = "bytes that are not UTF-8";
pub(crate) const OTHER: &str = "something without text";
pub(crate) const FILTER_FAULTS: &[&str] = &[
    "the text is not base64",
    "the base64 holds bytes that are not UTF-8",
    "the value has something that the format can't hold",
];

/// Translates minijinja's error.
pub(crate) fn translate(
    env: &Environment<'_>,
    text: &str,
    scope: &Value,
    error: &Error,
) -> TemplateFault {
    let range =
        error.range().filter(|range| range.start <= range.end && text.get(range.clone()).is_some());
    let range = range.map(|range| whole_path(text, range));
    let quoted = range.clone().and_then(|range| text.get(range)).unwrap_or_default();
    let detail = error.detail().unwrap_or_default();
    let why = match error.kind() {
        ErrorKind::SyntaxError | ErrorKind::BadEscape | ErrorKind::InvalidDelimiter => {
            TemplateFaultKind::Syntax(safe_syntax(detail))
        }
        ErrorKind::UndefinedError => undefined(quoted, scope),
        ErrorKind::UnknownFilter => {
            let name = identifier_of(quoted, '|');
            let known: Vec<String> = KNOWN_FILTERS
                .iter()
                .map(|name| (*name).to_owned())
                .filter(|name| env_has_filter(env, name))
                .collect();
            let nearest = nearest(&name, known.iter().map(String::as_str)).map(str::to_owned);
            TemplateFaultKind::UnknownFilter(name, nearest)
        }
        ErrorKind::UnknownTest => {
            TemplateFaultKind::UnknownName("test", identifier_of(quoted, ' '))
        }
        ErrorKind::UnknownFunction => {
            TemplateFaultKind::UnknownName("function", identifier_of(quoted, '\0'))
        }
        ErrorKind::UnknownMethod => {
            TemplateFaultKind::UnknownName("method", identifier_of(quoted, '.'))
        }
        ErrorKind::OutOfFuel => TemplateFaultKind::Fuel,
        ErrorKind::WriteFailure => TemplateFaultKind::Output,
        ErrorKind::InvalidOperation if detail.contains("recursion limit") => {
            TemplateFaultKind::Recursion
        }
        ErrorKind::InvalidOperation if detail.contains("repeated string is too large") => {
            TemplateFaultKind::Output
        }
        _ => marker(detail).unwrap_or(TemplateFaultKind::Operation),
    };
    TemplateFault { range, why }
}

/// With the start of the path that the range is the end of: of `sources.db.key`, minijinja may
/// point at `.db.key` alone.
fn whole_path(text: &str, range: Range<usize>) -> Range<usize> {
    let before = text.get(..range.start).unwrap_or_default();
    if !text.get(range.clone()).is_some_and(|quoted| quoted.starts_with('.')) {
        return range;
    }
    let path = before.len()
        - before.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.')).len();
    range.start - path..range.end
}

fn marker(detail: &str) -> Option<TemplateFaultKind> {
    let text = [NONE, LIST, TABLE, BYTES, OTHER]
        .into_iter()
        .find(|known| *known == detail)
        .map(TemplateFaultKind::NoText);
    text.or_else(|| {
        FILTER_FAULTS
            .iter()
            .find(|known| **known == detail)
            .map(|known| TemplateFaultKind::Filter(known))
    })
}

/// minijinja's syntax errors name token classes and what the grammar wants. Anything else could
/// quote the template's text, which may hold a secret, and is dropped.
fn safe_syntax(detail: &str) -> Option<String> {
    const WORDS: &[&str] = &[
        "unexpected",
        "expected",
        "end",
        "of",
        "input",
        "block",
        "variable",
        "start",
        "template-data",
        "identifier",
        "string",
        "integer",
        "float",
        "or",
        "statement",
        "a",
        "filter",
        "expression",
        "keyword",
        "must",
        "be",
        "placed",
        "inside",
        "loop",
        "after",
        "unknown",
        "argument",
        "in",
        "comment",
        "raw",
        "unclosed",
        "print",
    ];
    let safe = detail.split([' ', ',']).all(|word| {
        let word = word.trim_matches(['\'', '`']);
        WORDS.contains(&word) || word.chars().all(|c| c.is_ascii_punctuation())
    });
    (safe && !detail.is_empty()).then(|| detail.to_owned())
}

/// The identifier at the end of `quoted`, behind the last `separator`.
fn identifier_of(quoted: &str, separator: char) -> String {
    let tail = quoted.rsplit(separator).next().unwrap_or_default().trim_start();
    tail.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

fn env_has_filter(env: &Environment<'_>, name: &str) -> bool {
    env.compile_expression(&format!("x|{name}")).is_ok()
}

/// The filters that a suggestion may name.
pub(crate) const KNOWN_FILTERS: &[&str] = &[
    "abs",
    "attr",
    "b64decode",
    "b64encode",
    "batch",
    "bool",
    "capitalize",
    "count",
    "default",
    "dictsort",
    "first",
    "float",
    "indent",
    "int",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "quote",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "sha256",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "tojson",
    "totoml",
    "toyaml",
    "trim",
    "unique",
    "upper",
    "urlencode",
    "zip",
];

/// Which part of a path such as `sources.db.password` is missing.
fn undefined(quoted: &str, scope: &Value) -> TemplateFaultKind {
    let path: Vec<&str> = quoted.split('.').map(str::trim).collect();
    let plain = !quoted.is_empty()
        && path
            .iter()
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_'));
    if !plain {
        return TemplateFaultKind::Undefined {
            parent: String::new(),
            name: String::new(),
            nearest: None,
        };
    }
    let mut here = scope.clone();
    for (index, part) in path.iter().enumerate() {
        let next = here.get_attr(part).ok().filter(|value| !value.is_undefined());
        match next {
            Some(value) => here = value,
            None => {
                let keys: Vec<String> = match here.kind() {
                    ValueKind::Map => here.try_iter().map(|keys| {
                        keys.filter_map(|key| key.as_str().map(str::to_owned)).collect()
                    }),
                    _ => Ok(Vec::new()),
                }
                .unwrap_or_default();
                return TemplateFaultKind::Undefined {
                    parent: path[..index].join("."),
                    name: (*part).to_owned(),
                    nearest: nearest(part, keys.iter().map(String::as_str)).map(str::to_owned),
                };
            }
        }
    }
    // Everything is there: the variable was local to the template, such as one of a loop.
    TemplateFaultKind::Undefined { parent: String::new(), name: quoted.to_owned(), nearest: None }
}
