//! How `plaintext-secret` is said. A value or a part of one is never among the words.

use crate::compile::resolve::Use;
use crate::content::shapes::URL_PASSWORD;
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, codes};
use super::plaintext::{CONNECTION_PASSWORD, Plaintext, Why};
use super::strings::Role;

/// A secret in the spec itself.
pub fn in_spec(found: &Plaintext<'_>) -> Diagnostic {
    let message = match found.why {
        Why::Key(key) if found.role == Role::Plain => format!("{} looks like a secret, and stands in the spec as plain text", code(key)),
        Why::Key(key) => format!("the secret {} stands in the spec as plain text", code(key)),
        Why::Shape(kind) => format!("{kind} stands in the spec as plain text"),
    };
    let diagnostic = Diagnostic::new(&codes::PLAINTEXT_SECRET, message).at(found.span, "whoever can read the spec can read it");
    let diagnostic = match found.role {
        Role::Plain => diagnostic.note("`[vars]` and the data of a `for-each` are for what is not secret"),
        Role::Text | Role::Reference => {
            diagnostic.note("metadata and paths are for what is not secret: Kubernetes does not hide them either")
        }
        _ => diagnostic,
    };
    diagnostic.help("put it into an age file: `age -r RECIPIENT -o secrets/NAME.age`").help(instead(found)).help(CHANGE_IT)
}

/// What to write where the secret stands.
fn instead(found: &Plaintext<'_>) -> &'static str {
    match (found.role, found.why) {
        (Role::Text | Role::Reference, _) => "remove it here, and give it to the program as a data key: `{ age = \"secrets/NAME.age\" }`",
        (Role::Plain, _) => {
            "read it with `sources.NAME.age = \"secrets/NAME.age\"`, and write `{{ sources.NAME }}` in the values that need it"
        }
        (_, Why::Shape(URL_PASSWORD)) => {
            "write `{{ sources.NAME | urlencode }}` in place of the password, with `sources.NAME.age = \"secrets/NAME.age\"`"
        }
        (_, Why::Shape(CONNECTION_PASSWORD)) => {
            "write `{{ sources.NAME }}` in place of the password, with `sources.NAME.age = \"secrets/NAME.age\"`"
        }
        (Role::Leaf, _) => "write `\"{{ sources.NAME }}\"` in its place, with `sources.NAME.age = \"secrets/NAME.age\"`",
        _ => "write `{ age = \"secrets/NAME.age\" }` in its place",
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
