//! The words for faults in templates.

use super::fault::{BYTES, LIST, NONE, TABLE, TemplateFault, TemplateFaultKind};
use super::{FUEL, MAX_OUTPUT_BYTES};
use crate::diag::phrases::{code, plural};
use crate::diag::{Diagnostic, codes, diagnostic};

/// The finding, without its place. `secrets` says whether the template may see `sources`.
pub(crate) fn diagnostic(fault: &TemplateFault, secrets: bool) -> Diagnostic {
    match &fault.why {
        TemplateFaultKind::Syntax(detail) => syntax(detail.as_deref()),
        TemplateFaultKind::Undefined { parent, name, nearest } => {
            undefined(parent, name, nearest.as_deref(), secrets)
        }
        TemplateFaultKind::UnknownFilter(name, nearest) => {
            diagnostic!(TEMPLATE_FAILED, "there is no filter {}", code(name)).maybe_help(
                nearest.as_deref().map(|nearest| format!("did you mean {}?", code(nearest))),
            )
        }
        TemplateFaultKind::UnknownName(class, name) => {
            diagnostic!(TEMPLATE_FAILED, "there is no {class} {}", code(name))
        }
        TemplateFaultKind::NoText(class) => no_text(class),
        TemplateFaultKind::Fuel => diagnostic!(TEMPLATE_LIMIT, "the template takes too many steps")
            .note(format!(
                "it was stopped after {} steps",
                crate::diag::phrases::number(FUEL as usize)
            ))
            .help("look for a loop over more than is meant"),
        TemplateFaultKind::Recursion => {
            diagnostic!(TEMPLATE_LIMIT, "the template nests too deeply")
                .help("look for a `loop(...)` or an expression that repeats itself")
        }
        TemplateFaultKind::Output => {
            diagnostic!(TEMPLATE_LIMIT, "the template makes too much text").note(format!(
                "a template may give {}; a whole Secret holds 1,048,576",
                plural(MAX_OUTPUT_BYTES, "byte")
            ))
        }
        TemplateFaultKind::Filter(why) => Diagnostic::new(&codes::TEMPLATE_FAILED, *why),
        TemplateFaultKind::Operation => diagnostic!(
            TEMPLATE_FAILED,
            "the expression can't be computed"
        )
        .note(
            "an operator, filter or function got a value of a kind, or a number of arguments, that \
             it does not take",
        ),
    }
}

fn syntax(detail: Option<&str>) -> Diagnostic {
    let message = match detail {
        Some(detail) => format!("the template does not parse: {detail}"),
        None => "the template does not parse".to_owned(),
    };
    diagnostic!(TEMPLATE_SYNTAX, "{message}").help(
        "for text with braces that is not a template, write `{ value = \"...\" }`, or \
         `{{ '{{' }}` for the braces alone",
    )
}

fn undefined(parent: &str, name: &str, nearest: Option<&str>, secrets: bool) -> Diagnostic {
    if !secrets && (name == "sources" || parent == "sources" || parent.starts_with("sources.")) {
        return diagnostic!(SECRET_IN_METADATA, "`sources` can't be used here")
            .note(
                "names, namespaces, labels, annotations, types and paths are neither encrypted nor \
                 hidden by Kubernetes, so decrypted data can't go into them",
            )
            .help("use it under `data`, or put it in `[vars]` if it is not secret");
    }
    if name.is_empty() {
        return diagnostic!(UNDEFINED_VARIABLE, "the expression is not defined")
            .help("`default(...)` gives a value for what may be missing");
    }
    let (message, help) = match parent {
        "" => (format!("there is no variable {}", code(name)), hint(name, secrets)),
        parent => (format!("{} has no {}", code(parent), code(name)), None),
    };
    let suggestion = nearest.map(|nearest| match parent {
        "" => format!("did you mean {}?", code(nearest)),
        parent => format!("did you mean {}?", code(&format!("{parent}.{nearest}"))),
    });
    diagnostic!(UNDEFINED_VARIABLE, "{message}").maybe_help(suggestion.or(help))
}

/// What is in scope, where the name says what was wanted.
fn hint(name: &str, secrets: bool) -> Option<String> {
    Some(match name {
        "secret" if !secrets => {
            "`secret.name` and `secret.namespace` are in scope in `data` only".to_owned()
        }
        "each" => "`each` is in scope in Secrets with `for-each` only".to_owned(),
        "env" => "the spec declares no environments; `env` is the name of the one that is built"
            .to_owned(),
        "sources" => "the spec declares no `[sources]`".to_owned(),
        _ if secrets => "in scope are `vars`, `env`, `secret`, `each` and `sources`".to_owned(),
        _ => "in scope are `vars`, `env` and `each`".to_owned(),
    })
}

fn no_text(class: &str) -> Diagnostic {
    let diagnostic = diagnostic!(TEMPLATE_FAILED, "{class} can't be printed");
    match class {
        NONE => diagnostic.help("`default('...', true)` gives a text for what may be none"),
        LIST => diagnostic.help("`| tojson` or `| join(',')` make a text of it"),
        TABLE => diagnostic.help("name a key of it, or use `| tojson`, `| toyaml` or `| totoml`"),
        BYTES => diagnostic.help("`| b64encode` makes a text of it"),
        _ => diagnostic,
    }
}
