//! How unused parts of a spec are said.

use crate::diag::phrases::{code, quoted};
use crate::diag::{Diagnostic, codes};
use crate::source::Span;
use super::unused::{Idle, Unused};

/// Words what nothing uses.
pub fn diagnostic(unused: &Unused<'_>) -> Diagnostic {
    match unused {
        Unused::Var(path, spans) => var(path, spans),
        Unused::Source(name) => Diagnostic::new(&codes::UNUSED_SOURCE, format!("the source {} is not used", code(&name.value)))
            .at(name.span, "no value and no template reads it")
            .help(format!(
                "remove it, or read from it: `{{ source = {}, key = \"...\" }}`, or `{{{{ {} }}}}` in a template",
                quoted(&name.value),
                expression("sources", &[&name.value])
            )),
        Unused::Recipient(name) => Diagnostic::new(&codes::UNUSED_RECIPIENT, format!("the recipient {} gets no file", code(&name.value)))
            .at(name.span, "no `[[encrypt]]` rule names it")
            .note("whoever is listed here is easily taken for somebody who can decrypt")
            .help("add the name to the `to` of a rule, or remove the recipient"),
        Unused::Environment(name, Idle::NoSecrets) => {
            Diagnostic::new(&codes::UNUSED_ENVIRONMENT, format!("no Secret is built in the environment {}", code(&name.value)))
                .at(name.span, "the `environments` of every Secret leaves it out")
                .help("add it to the `environments` of a Secret, or remove it")
        }
        Unused::Environment(name, Idle::SameAsAny) => {
            Diagnostic::new(&codes::UNUSED_ENVIRONMENT, format!("nothing depends on the environment {}", code(&name.value)))
                .at(name.span, "it sets nothing, and nothing names it")
                .note("no template uses `env`, and neither a Secret's `environments` nor `default-env` names it")
                .help("say what differs in it, with its own `vars` or `defaults`, or remove it")
        }
    }
}

fn var(path: &[&str], spans: &[Span]) -> Diagnostic {
    let written = expression("vars", path);
    let mut diagnostic = Diagnostic::new(&codes::UNUSED_VAR, format!("{} is not used", code(&written)));
    for (index, span) in spans.iter().enumerate() {
        diagnostic = match index {
            0 => diagnostic.at(*span, "no template and no `for-each` reads it"),
            _ => diagnostic.also(*span, "set here too"),
        };
    }
    diagnostic.help(format!("remove it, or use it: {}", code(&format!("{{{{ {written} }}}}"))))
}

/// What a template writes to read something: names that are none in a template's language stand in brackets.
fn expression(root: &str, path: &[&str]) -> String {
    let is_name = |name: &str| {
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit()) && !name.is_empty()
    };
    path.iter().fold(root.to_owned(), |out, name| if is_name(name) { format!("{out}.{name}") } else { format!("{out}[{}]", quoted(name)) })
}
