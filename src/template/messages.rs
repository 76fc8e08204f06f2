//! The words for faults in templates.

use super::bounds::{MAX_ELIFS, MAX_LINES, MAX_TAG_TOKENS, MAX_TOKENS};
use super::fault::{BYTES, FILTERS, LIST, NONE, TABLE, TemplateFault, TemplateFaultKind};
use super::{FUEL, MAX_OUTPUT_BYTES, worker::MAX_SECONDS};
use crate::diag::key_names::{is_quoted_key, is_template_name};
use crate::diag::phrases::{code, did_you_mean, number, plural};
use crate::diag::private_keys::MASK;
use crate::diag::{Diagnostic, diagnostic};

/// The finding, without its place. `secrets` says whether the template may see `sources`.
pub(crate) fn diagnostic(fault: &TemplateFault, secrets: bool) -> Diagnostic {
    match &fault.why {
        TemplateFaultKind::Syntax(detail) => {
            let detail = detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
            diagnostic!(TEMPLATE_SYNTAX, "the template is not valid{detail}").help(
                "use `{ value = \"...\" }` for text that is not a template, or \
                 `{{ '{{' }}` for literal braces",
            )
        }
        TemplateFaultKind::Undefined { parent, name, nearest } => {
            undefined(parent, name, nearest.as_deref(), secrets)
        }
        TemplateFaultKind::Unknown { class, name } => {
            let known = FILTERS.split(' ').filter(|_| *class == "filter");
            diagnostic!(TEMPLATE_FAILED, "unknown {class} {}", missing(name))
                .maybe_help(did_you_mean(name, known))
        }
        TemplateFaultKind::Unnamed { what, parent, nearest } => {
            let nearest = nearest.as_ref().map(|nearest| match parent.as_str() {
                "" => path([nearest.as_str()]),
                parent => path(parent.split('.').chain([nearest.as_str()])),
            });
            let found = match (*what, parent.as_str()) {
                ("variable", "") => {
                    diagnostic!(UNDEFINED_VARIABLE, "the template uses an unknown variable")
                }
                ("variable", parent) => {
                    diagnostic!(
                        UNDEFINED_VARIABLE,
                        "the template uses an unknown key of {}",
                        path(parent.split('.'))
                    )
                }
                (what, _) => diagnostic!(TEMPLATE_FAILED, "the template uses an unknown {what}"),
            };
            found
                .note("its names are not shown, because the template is a secret")
                .maybe_help(nearest.map(|nearest| format!("did you mean {nearest}?")))
        }
        TemplateFaultKind::Ours(why) => {
            let help = match *why {
                NONE => Some("use `default('...', true)` for what may be none"),
                LIST => Some("use `| tojson` or `| join(',')` to turn it into text"),
                TABLE => Some("add a key of it, or use `| tojson`, `| toyaml` or `| totoml`"),
                BYTES => Some("use `| b64encode` to turn it into text"),
                _ => None,
            };
            diagnostic!(TEMPLATE_FAILED, "{why}").maybe_help(help.map(str::to_owned))
        }
        TemplateFaultKind::Fuel => diagnostic!(TEMPLATE_LIMIT, "the template takes too many steps")
            .note(format!("it was stopped after {} steps", number(FUEL as usize)))
            .help("look for a loop that runs too often"),
        TemplateFaultKind::Recursion => {
            diagnostic!(TEMPLATE_LIMIT, "the template nests too deeply")
                .help("look for a `loop(...)` or an expression that repeats itself")
        }
        TemplateFaultKind::Output => {
            diagnostic!(TEMPLATE_LIMIT, "the output of the template is too large").note(format!(
                "the limit is {} for a template, and 1,048,576 for a Secret",
                plural(MAX_OUTPUT_BYTES, "byte")
            ))
        }
        TemplateFaultKind::Lines => diagnostic!(
            TEMPLATE_LIMIT,
            "the template has too many lines, or a line that is too long"
        )
        .note(format!("a template can have {0} lines of {0} bytes each", number(MAX_LINES)))
        .help("break long lines, or move the large part to a file without `template = true`"),
        TemplateFaultKind::Tokens => diagnostic!(TEMPLATE_LIMIT, "the template is too complex")
            .note(format!(
                "a template can have {} names, strings and operators, {} of them in one tag, and \
                 {} `elif`",
                number(MAX_TOKENS),
                number(MAX_TAG_TOKENS),
                number(MAX_ELIFS)
            ))
            .help("move data to `[vars]` or to a file under `[sources]`"),
        TemplateFaultKind::Time => diagnostic!(TEMPLATE_LIMIT, "the template takes too long")
            .note(format!(
                "the templates of a run can take {} of processor time together",
                plural(MAX_SECONDS as usize, "second")
            ))
            .help("look for comparisons of large values in a loop"),
        TemplateFaultKind::Steps(most) => {
            diagnostic!(RUN_LIMIT, "the templates take more than {}", plural(*most, "step"))
                .note("loops, filters and comparisons take steps, and so do every 64 bytes of text")
                .help("raise the limit with `--limit steps=SIZE` if this is intended")
        }
        TemplateFaultKind::Engine => {
            diagnostic!(TEMPLATE_FAILED, "the template engine can't process this template")
                .help("look for numbers that are out of range, such as the step of a slice")
        }
        TemplateFaultKind::Operation => {
            diagnostic!(TEMPLATE_FAILED, "the expression can't be evaluated")
                .note("an operator, filter or function got the wrong type or number of arguments")
        }
    }
}

fn undefined(parent: &str, name: &str, nearest: Option<&str>, secrets: bool) -> Diagnostic {
    if !secrets && (name == "sources" || parent == "sources" || parent.starts_with("sources.")) {
        return diagnostic!(SECRET_IN_METADATA, "`sources` can't be used here")
            .note(
                "Kubernetes does not hide names, namespaces, labels, annotations, types or paths, \
                 so they can't contain decrypted data",
            )
            .help("use it under `data`, or put it in `[vars]` if it is not secret");
    }
    if name.is_empty() {
        return diagnostic!(UNDEFINED_VARIABLE, "the expression is not defined")
            .help("use `default(...)` for what may be missing");
    }
    if parent.is_empty() {
        let help = nearest.map(|nearest| format!("did you mean {}?", path([nearest])));
        return diagnostic!(UNDEFINED_VARIABLE, "unknown variable {}", missing(name))
            .help(help.unwrap_or_else(|| hint(name, secrets).to_owned()));
    }
    let help = nearest.map(|nearest| path(parent.split('.').chain([nearest])));
    let parent = path(parent.split('.'));
    diagnostic!(UNDEFINED_VARIABLE, "{parent} has no key {}", missing(name))
        .maybe_help(help.map(|path| format!("did you mean {path}?")))
}

/// A name that means nothing, or `***` if it may be a value.
fn missing(name: &str) -> String {
    code(if is_template_name(name) { name } else { MASK })
}

/// A path, with `***` for what may be a value.
fn path<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let shown = parts.into_iter().map(|part| if is_quoted_key(part) { part } else { MASK });
    code(&shown.collect::<Vec<_>>().join("."))
}

/// What is in scope, where the name says what was wanted.
fn hint(name: &str, secrets: bool) -> &'static str {
    match name {
        "secret" if !secrets => "use `secret.name` and `secret.namespace` only in `data`",
        "each" => "add `for-each` to the Secret to use `each`",
        "env" => "declare `[environments.NAME]` to use `env`, the name of the chosen environment",
        "sources" => "declare `[sources.NAME]` to use `sources`",
        _ if secrets => "use `vars`, `env`, `secret`, `each` or `sources`",
        _ => "use `vars`, `env` or `each`",
    }
}
