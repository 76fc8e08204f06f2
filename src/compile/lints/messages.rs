//! The words of lints about a spec as a whole. A value or a part of one is never among them.

use super::plaintext::{CONNECTION_PASSWORD, Plaintext, Why};
use super::repeated::Repeated;
use super::strings::Role;
use super::unused::Unused;
use crate::compile::resolve::{ValueUse, Wanted};
use crate::content::shapes::URL_PASSWORD;
use crate::diag::phrases::{code, quoted};
use crate::diag::{Diagnostic, diagnostic};
use crate::spec::value::How;

pub(crate) fn in_spec(found: &Plaintext<'_>) -> Diagnostic {
    let message = match found.why {
        Why::Key(key) if found.role == Role::Plain => {
            format!("{} looks like a secret, and stands in the spec as plain text", code(key))
        }
        Why::Key(key) => format!("the secret {} stands in the spec as plain text", code(key)),
        Why::Shape(kind) => format!("{kind} stands in the spec as plain text"),
    };
    let mut diagnostic = diagnostic!(PLAINTEXT_SECRET, "{message}")
        .at(found.span, "anyone who can read the spec can read it");
    if found.role == Role::Plain {
        diagnostic = diagnostic.note("`[vars]` and the data of a `for-each` must not be secret");
    } else if found.role.is_public() {
        diagnostic = diagnostic
            .note("metadata and paths must not be secret: Kubernetes does not hide them either");
    }
    let instead = match (found.role, found.why) {
        (role, _) if role.is_public() => {
            "remove it here, and give it to the program as a data key: \
             `{ age = \"secrets/NAME.age\" }`"
        }
        (Role::Plain, _) => {
            "read it with `sources.NAME.age = \"secrets/NAME.age\"`, and write \
             `{{ sources.NAME }}` in the values that need it"
        }
        (_, Why::Shape(URL_PASSWORD)) => {
            "write `{{ sources.NAME | urlencode }}` in place of the password, with \
             `sources.NAME.age = \"secrets/NAME.age\"`"
        }
        (_, Why::Shape(CONNECTION_PASSWORD)) => {
            "write `{{ sources.NAME }}` in place of the password, with \
             `sources.NAME.age = \"secrets/NAME.age\"`"
        }
        (Role::Leaf, _) => {
            "write `\"{{ sources.NAME }}\"` in its place, with \
             `sources.NAME.age = \"secrets/NAME.age\"`"
        }
        _ => "write `{ age = \"secrets/NAME.age\" }` in its place",
    };
    diagnostic
        .help("put it into an age file: `age -r RECIPIENT -o secrets/NAME.age`")
        .help(instead)
        .help(CHANGE_IT)
}

pub(crate) fn in_file(path: &str, used: ValueUse, kind: &str) -> Diagnostic {
    let diagnostic = diagnostic!(PLAINTEXT_SECRET, "{} holds {kind} as plain text", code(path));
    let diagnostic = diagnostic.at(used.span, "anyone who can read the file can read it");
    diagnostic
        .help(format!(
            "encrypt the file, `age -r RECIPIENT -o {path}.age {path}`, remove it, and write `age \
             = \"{path}.age\"`"
        ))
        .help(CHANGE_IT)
}

const CHANGE_IT: &str = "if it was ever committed, change the secret itself: the history keeps it";

/// The second of two values that are the same.
pub(crate) fn repeated(repeated: &Repeated<'_>) -> Diagnostic {
    let name = |(how, what): &Wanted| match how {
        How::Armor => "armored text".to_owned(),
        _ => code(what),
    };
    let ((first, first_span), (second, second_span)) = (repeated.first, repeated.second);
    let (first, second) = (name(first), name(second));
    let message = if repeated.whole {
        format!("{second} holds the same secret as {first}")
    } else {
        format!("a value out of {second} is the same as one out of {first}")
    };
    diagnostic!(REPEATED_VALUE, "{message}")
        .at(second_span, "the second")
        .also(first_span, "the first")
        .note("who changes a secret that is kept twice easily forgets one of the two")
        .help("keep it in one file, and read both values from one `[sources.NAME]`")
        .help("if they are only the same by chance, make a new one for each use")
}

pub(crate) fn unused(unused: &Unused<'_>) -> Diagnostic {
    match unused {
        Unused::Var(path, spans) => {
            let written = expression(path);
            let mut unused = diagnostic!(UNUSED, "{} is not used", code(&written));
            for (index, span) in spans.iter().enumerate() {
                unused = match index {
                    0 => unused.at(*span, "no template and no `for-each` reads it"),
                    _ => unused.also(*span, "set here too"),
                };
            }
            unused.help(format!("remove it, or use it: {}", code(&format!("{{{{ {written} }}}}"))))
        }
        Unused::Source(name) => diagnostic!(UNUSED, "the source {} is not used", code(&name.value))
            .at(name.span, "no value and no template reads it")
            .help(format!(
                "remove it, or read from it: `{{ source = {}, key = \"...\" }}`, or `{{{{ {} }}}}` \
                 in a template",
                quoted(&name.value),
                expression(&["sources".to_owned(), name.value.clone()])
            )),
        Unused::Recipient(name) => {
            diagnostic!(UNUSED, "the recipient {} gets no file", code(&name.value))
                .at(name.span, "no `[[encrypt]]` rule names it")
                .note("a name listed here looks like someone who can decrypt")
                .help("add the name to the `to` of a rule, or remove the recipient")
        }
        Unused::EnvironmentWithoutSecrets(name) => {
            diagnostic!(UNUSED, "no Secret is built in the environment {}", code(&name.value))
                .at(name.span, "the `environments` of every Secret leaves it out")
                .help("add it to the `environments` of a Secret, or remove it")
        }
        Unused::EnvironmentLikeAny(name) => {
            diagnostic!(UNUSED, "nothing depends on the environment {}", code(&name.value))
                .at(name.span, "it sets nothing, and nothing names it")
                .note(
                    "no template uses `env`, and neither a Secret's `environments` nor \
                     `default-env` names it",
                )
                .help("say what differs in it, with its own `vars` or `defaults`, or remove it")
        }
    }
}

pub(crate) fn unused_file(name: &str) -> Diagnostic {
    diagnostic!(UNUSED, "no spec reads the age file {}", code(name))
        .note("every environment counts, and expressions in paths stand for anything")
        .help("remove the file, or read it: `{ age = \"...\" }`")
        .help(
            "if another program reads it, write `lint.allow = [\"unused\"]` at the top of the spec",
        )
}

/// What a template writes to read something: names that are none in a template's language stand in
/// brackets.
fn expression(path: &[String]) -> String {
    let mut out = String::new();
    for name in path {
        let is_name = !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        out = match (out.as_str(), is_name) {
            ("", _) => name.clone(),
            (out, true) => format!("{out}.{name}"),
            (out, false) => format!("{out}[{}]", quoted(name)),
        };
    }
    out
}
