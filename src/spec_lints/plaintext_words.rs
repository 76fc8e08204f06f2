//! How `plaintext-secret` is said. A value or a part of one is never among the words.

use crate::diag::words::code;
use crate::diag::{Diagnostic, codes};
use crate::resolve::Use;

use super::plaintext::{Plaintext, Why};

/// A secret in the spec itself.
pub fn in_spec(found: &Plaintext<'_>) -> Diagnostic {
    let (message, label) = match found.why {
        Why::Key(key) => (format!("the secret {} stands in the spec as plain text", code(key)), "whoever can read the spec can read it"),
        Why::PlainData(key) => (format!("{} looks like a secret, and stands in the spec as plain text", code(key)), "not encrypted"),
        Why::Shape(kind) => (format!("{kind} stands in the spec as plain text"), "whoever can read the spec can read it"),
    };
    let diagnostic = Diagnostic::new(&codes::PLAINTEXT_SECRET, message).at(found.span, label);
    let diagnostic = match found.why {
        Why::PlainData(_) => diagnostic.note("`[vars]` and the data of a `for-each` are plain values, for what is not secret"),
        Why::Shape("a URL with a password" | "a connection string with a password") => {
            return encrypted(diagnostic, "write `{{ sources.NAME | urlencode }}` in place of the password, with `[sources.NAME]` that reads it: `age = \"secrets/NAME.age\"`");
        }
        _ => diagnostic,
    };
    match found.why {
        Why::PlainData(_) => encrypted(diagnostic, "read it with `[sources.NAME]` and `age = \"secrets/NAME.age\"`, and write `{{ sources.NAME }}` where it is needed"),
        _ => encrypted(diagnostic, "write `{ age = \"secrets/NAME.age\" }` in its place"),
    }
}

/// A secret in a file that is read as it is.
pub fn in_file(path: &str, used: Use, kind: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(&codes::PLAINTEXT_SECRET, format!("{} holds {kind} as plain text", code(path)));
    let diagnostic = diagnostic.at(used.span, "whoever can read the file can read it");
    diagnostic
        .help(format!("encrypt the file, `age -r RECIPIENT -o {path}.age {path}`, remove it, and write `age = \"{path}.age\"`"))
        .help(CHANGE_IT)
}

const CHANGE_IT: &str = "if it was ever committed, change the secret itself: the history keeps it";

fn encrypted(diagnostic: Diagnostic, instead: &str) -> Diagnostic {
    diagnostic.help("put it into an age file: `age -r RECIPIENT -o secrets/NAME.age`").help(instead).help(CHANGE_IT)
}
