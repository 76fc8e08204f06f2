//! What can go wrong in a template, as facts without values: minijinja's own texts are not passed
//! on.

use std::ops::Range;

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};

use crate::diag::phrases::nearest;

/// What went wrong, and where in the template's text, if that is known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TemplateFault {
    pub range: Option<Range<usize>>,
    pub why: TemplateFaultKind,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TemplateFaultKind {
    /// It does not parse; the parser's words, which are of a fixed vocabulary.
    Syntax(Option<String>),
    Undefined {
        /// What leads to it: empty for a variable, `sources.db` for `sources.db.password`.
        parent: String,
        /// The name that is missing; empty if the expression is not a plain path.
        name: String,
        nearest: Option<String>,
    },
    Unknown {
        class: &'static str,
        name: String,
    },
    /// The same of a template whose names may be secret: what is missing, and what leads to it.
    Unnamed {
        what: &'static str,
        parent: String,
        nearest: Option<String>,
    },
    Fuel,
    Recursion,
    Output,
    /// More lines, or longer ones, than the lexer can count.
    Lines,
    /// More tokens than the parser can nest.
    Tokens,
    Time,
    /// The templates of the run took so many steps together.
    Steps(usize),
    /// The engine gave up with a panic.
    Engine,
    /// An error that our own code made, in its words.
    Ours(&'static str),
    /// A filter, function or operator got something it does not take.
    Operation,
}

// Details that our own code gives to errors, and that are safe to show.
pub(crate) const NONE: &str = "none can't be printed";
pub(crate) const LIST: &str = "a list can't be printed";
pub(crate) const TABLE: &str = "a table can't be printed";
pub(crate) const BYTES: &str = "bytes that are not UTF-8 can't be printed";
pub(crate) const OTHER: &str = "something without text can't be printed";
pub(crate) const NOT_BASE64: &str = "the text is not base64";
pub(crate) const BASE64_OF_BYTES: &str = "the base64 holds bytes that are not UTF-8";
pub(crate) const UNWRITABLE: &str = "the value has something that the format can't hold";
const OURS: [&str; 8] = [NONE, LIST, TABLE, BYTES, OTHER, NOT_BASE64, BASE64_OF_BYTES, UNWRITABLE];

impl TemplateFault {
    /// The same of a template that is itself a value: with no name but those that are known without
    /// it.
    pub(crate) fn without_names(mut self, scope: &Value) -> Self {
        let (what, parent, nearest) = match &self.why {
            TemplateFaultKind::Undefined { parent, name, nearest } => {
                let is_ours = parent.is_empty() && OURS_IN_SCOPE.contains(&name.as_str());
                if is_ours || name.is_empty() {
                    return self;
                }
                let exists = parent.split('.').try_fold(scope.clone(), |here, part| {
                    here.get_attr(part).ok().filter(|value| !value.is_undefined())
                });
                // What a decrypted file holds is known to no one.
                let is_public = ["", "vars", "sources"].contains(&parent.as_str())
                    || parent.starts_with("vars.") && exists.is_some();
                match is_public {
                    true => ("variable", parent.clone(), nearest.clone()),
                    false => ("variable", String::new(), None),
                }
            }
            TemplateFaultKind::Unknown { class, name } => {
                let known = FILTERS.split(' ').filter(|_| *class == "filter");
                (*class, String::new(), nearest(name, known).map(str::to_owned))
            }
            _ => return self,
        };
        self.why = TemplateFaultKind::Unnamed { what, parent, nearest };
        self
    }
}

/// Variables that are in scope in some places.
const OURS_IN_SCOPE: [&str; 5] = ["vars", "env", "secret", "each", "sources"];

/// The filters that a suggestion may name.
pub(crate) const FILTERS: &str = "abs attr b64decode b64encode batch bool capitalize count default \
    dictsort first float indent int items join last length lines list lower map max min quote \
    reject rejectattr replace reverse round select selectattr sha256 slice sort split string sum \
    title tojson totoml toyaml trim unique upper urlencode zip";

/// The words of minijinja's syntax errors, which name token classes and what the grammar wants.
const SYNTAX_WORDS: &str = "unexpected expected end of input block variable start template-data \
    identifier string integer float or statement a filter expression keyword must be placed inside \
    loop after unknown argument in comment raw unclosed print";

/// Translates minijinja's error.
pub(crate) fn translate(text: &str, scope: &Value, error: &Error) -> TemplateFault {
    let range = error.range().filter(|range| text.get(range.clone()).is_some());
    let mut range = range.map(|range| whole_path(text, range));
    if error.kind() == ErrorKind::UndefinedError {
        range = range.map(|range| before_filter(text, range));
    }
    let quoted = range.clone().and_then(|range| text.get(range)).unwrap_or_default();
    let detail = error.detail().unwrap_or_default();
    // The name stands at the end of what is quoted, behind this.
    let unknown = |class, separator: char| {
        let tail = quoted.rsplit(separator).next().unwrap_or_default().trim_start();
        let name = tail.split(|c| !is_name(c)).next().unwrap_or_default().to_owned();
        TemplateFaultKind::Unknown { class, name }
    };
    let why = match error.kind() {
        ErrorKind::SyntaxError | ErrorKind::BadEscape | ErrorKind::InvalidDelimiter => {
            TemplateFaultKind::Syntax(safe_syntax(detail).then(|| detail.to_owned()))
        }
        ErrorKind::UndefinedError => undefined(quoted, scope),
        ErrorKind::UnknownFilter => unknown("filter", '|'),
        ErrorKind::UnknownTest => unknown("test", ' '),
        ErrorKind::UnknownFunction => unknown("function", '\0'),
        ErrorKind::UnknownMethod => unknown("method", '.'),
        ErrorKind::OutOfFuel => TemplateFaultKind::Fuel,
        ErrorKind::WriteFailure => TemplateFaultKind::Output,
        ErrorKind::InvalidOperation if detail.contains("recursion limit") => {
            TemplateFaultKind::Recursion
        }
        ErrorKind::InvalidOperation if detail.contains("repeated string is too large") => {
            TemplateFaultKind::Output
        }
        _ => match OURS.iter().find(|ours| **ours == detail) {
            Some(ours) => TemplateFaultKind::Ours(ours),
            None => TemplateFaultKind::Operation,
        },
    };
    TemplateFault { range, why }
}

/// Whether a character may stand in a name of a template.
pub(crate) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// With the start of the path that the range is the end of: of `sources.db.key`, minijinja may
/// point at `.db.key` alone.
fn whole_path(text: &str, range: Range<usize>) -> Range<usize> {
    let Some((before, quoted)) = text.split_at_checked(range.start) else { return range };
    if !quoted.starts_with('.') {
        return range;
    }
    before.trim_end_matches(|c| is_name(c) || c == '.').len()..range.end
}

/// Of a filter, which has got something undefined: the path before it, or nothing if that is no
/// path.
fn before_filter(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(before) = text.get(..range.start) else { return range };
    let Some(value) = before.trim_end().strip_suffix('|') else { return range };
    let value = value.trim_end();
    value.trim_end_matches(|c| is_name(c) || c == '.').len()..value.len()
}

/// Whether a syntax error has no words of the template, which may hold a secret.
fn safe_syntax(detail: &str) -> bool {
    !detail.is_empty()
        && detail.split([' ', ',']).all(|word| {
            let word = word.trim_matches(['\'', '`']);
            SYNTAX_WORDS.split(' ').any(|known| known == word)
                || word.chars().all(|c| c.is_ascii_punctuation())
        })
}

/// Which part of a path such as `sources.db.password` is missing.
fn undefined(quoted: &str, scope: &Value) -> TemplateFaultKind {
    let parts: Vec<&str> = quoted.split('.').map(str::trim).collect();
    let is_path = parts.iter().all(|part| !part.is_empty() && part.chars().all(is_name));
    // Also where everything is there: the variable was local to the template, as in a loop.
    let (mut parent, mut name) = (String::new(), String::new());
    let mut near: Option<String> = None;
    if is_path {
        name = quoted.to_owned();
        let mut here = scope.clone();
        for (index, part) in parts.iter().enumerate() {
            match here.get_attr(part) {
                Ok(value) if !value.is_undefined() => here = value,
                _ => {
                    let keys: Vec<Value> = match here.kind() {
                        ValueKind::Map => here.try_iter().into_iter().flatten().collect(),
                        _ => Vec::new(),
                    };
                    parent = parts.iter().take(index).copied().collect::<Vec<_>>().join(".");
                    name = (*part).to_owned();
                    let known = keys.iter().filter_map(|key| key.as_str());
                    near = nearest(part, known).map(str::to_owned);
                    break;
                }
            }
        }
    }
    TemplateFaultKind::Undefined { parent, name, nearest: near }
}
