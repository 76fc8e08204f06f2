//! The words of lints about a spec as a whole. A value or a part of one is never among them.

use std::collections::BTreeSet;

use super::plaintext::{CONNECTION_PASSWORD, Plaintext, Why};
use super::{repeated::Repeated, strings::Role};
use crate::age::Addressee;
use crate::compile::resolve::{ValueUse, Wanted};
use crate::content::shapes::URL_PASSWORD;
use crate::diag::phrases::{all_of, code, plural, quoted};
use crate::diag::{Diagnostic, diagnostic};
use crate::encrypted::Audience;
use crate::encrypted::readers::{Audit, Standing, Trust};
use crate::source::Span;
use crate::spec::{node::Text, value::How};

pub(crate) fn in_spec(found: &Plaintext<'_>) -> Diagnostic {
    let message = match found.why {
        Why::Key(key) if found.role == Role::Plain => {
            format!("{} looks like a secret, and is in the spec in plain text", code(key))
        }
        Why::Key(key) => format!("the secret {} is in the spec in plain text", code(key)),
        Why::Shape(kind) => format!("the spec contains {kind} in plain text"),
    };
    let mut diagnostic = diagnostic!(PLAINTEXT_SECRET, "{message}")
        .at(found.span, "anyone who can read the spec can read it");
    let replace = match (found.role, found.why) {
        (role, _) if role.is_public() => {
            return diagnostic
                .note("metadata and paths must not contain secrets: Kubernetes does not hide them")
                .help(
                    "remove it here, and pass it to the program as a data key: run \
                     `mintage set NAME KEY`",
                )
                .help(ROTATE);
        }
        (Role::Plain, _) => "write `{{ sources.NAME }}` in the values that need it",
        (_, Why::Shape(URL_PASSWORD)) => {
            "replace the password with `{{ sources.NAME | urlencode }}`"
        }
        (_, Why::Shape(CONNECTION_PASSWORD)) => "replace the password with `{{ sources.NAME }}`",
        (Role::Template | Role::Base64, _) if found.has_template => {
            "replace the secret with `{{ sources.NAME }}`"
        }
        (Role::Leaf, _) => "replace it with `\"{{ sources.NAME }}\"`",
        _ => {
            return diagnostic
                .help("move it into an age file: run `mintage encrypt --literals`")
                .help(ROTATE);
        }
    };
    if found.role == Role::Plain {
        diagnostic = diagnostic.note("`[vars]` and `for-each` data must not contain secrets");
    }
    diagnostic
        .help("encrypt it with `mintage encrypt - -o secrets/NAME.age`, which reads it from stdin")
        .help(format!("{replace}, and add `sources.NAME.age = \"secrets/NAME.age\"`"))
        .help(ROTATE)
}

pub(crate) fn in_file(path: &str, used: ValueUse, kind: &str) -> Diagnostic {
    diagnostic!(PLAINTEXT_SECRET, "{} contains {kind} in plain text", code(path))
        .at(used.span, "anyone who can read the file can read it")
        .help(format!(
            "encrypt the file with `mintage encrypt {path}`, delete the original, and write \
             `age = \"{path}.age\"`"
        ))
        .help(ROTATE)
}

const ROTATE: &str = "rotate the secret if it was ever committed: it stays in the Git history";

pub(crate) fn repeated(repeated: &Repeated<'_>) -> Diagnostic {
    let name = |(how, what): &Wanted| match how {
        How::Armor => "armored text".to_owned(),
        _ => code(what),
    };
    let ((first, first_span), (second, second_span)) = (repeated.first, repeated.second);
    let (first, second) = (name(first), name(second));
    let message = if repeated.whole {
        format!("{second} contains the same secret as {first}")
    } else {
        format!("{second} and {first} contain the same value")
    };
    diagnostic!(REPEATED_VALUE, "{message}")
        .at(second_span, "the second")
        .also(first_span, "the first")
        .note("when a secret is stored twice, it is easy to forget to update one copy")
        .help("store it in one file, and read it from one `[sources.NAME]`")
        .help("create a separate secret for each use if they should not be the same")
}

/// `name` is the path of an age file; without one it is an armored text of the spec.
pub(crate) fn readers_differ(
    name: Option<&str>,
    used: ValueUse,
    audit: &Audit,
    audience: &Audience,
) -> Diagnostic {
    let file = name.map_or("the armored text".to_owned(), code);
    let mut diagnostic =
        diagnostic!(READERS_DIFFER, "{file} is not encrypted as the `[[encrypt]]` rules say")
            .at(used.span, format!("the rules name {}", all_of(&audience.names)));
    if let Some(rule) = audience.span {
        diagnostic = diagnostic.also(rule, "the rule");
    }
    let missing = audit.named(Standing::Missing);
    if !missing.is_empty() {
        diagnostic = diagnostic.note(format!("it is not encrypted for {}", all_of(missing)));
    }
    let more = [audit.named(Standing::NotInRules), audit.named(Standing::Unknown)].concat();
    if !more.is_empty() {
        diagnostic = diagnostic.note(format!("it is also encrypted for {}", all_of(more)));
    }
    match audit.trust {
        Trust::Contradicted => {
            diagnostic = diagnostic.note(
                "its list of readers does not fit the recipients in its header: someone may have \
                 forged it",
            );
        }
        Trust::NoList | Trust::Unreadable => {
            let found: usize = audit.kinds.values().sum();
            let kinds: BTreeSet<&str> = audit.kinds.keys().map(Addressee::kind).collect();
            let (found, kinds) = (plural(found, "recipient"), all_of(kinds));
            let wanted = plural(audience.keys.len(), "key");
            diagnostic = diagnostic.note(format!(
                "it has {found} of the kind {kinds}, and the rules ask for {wanted}"
            ));
        }
        Trust::Claimed | Trust::Verified => {}
    }
    diagnostic.help("run `mintage recipients` for details, and `mintage rekey` to encrypt it again")
}

pub(crate) fn unused_var(path: &[String], spans: &[Span]) -> Diagnostic {
    let written = expression(path);
    let mut unused = diagnostic!(UNUSED, "{} is not used", code(&written))
        .help(format!("remove it, or use it: {}", code(&format!("{{{{ {written} }}}}"))));
    for (index, span) in spans.iter().enumerate() {
        unused = match index {
            0 => unused.at(*span, "no template and no `for-each` reads it"),
            _ => unused.also(*span, "set here too"),
        };
    }
    unused
}

pub(crate) fn unused_source(name: &Text) -> Diagnostic {
    let source = expression(&["sources".to_owned(), name.value.clone()]);
    diagnostic!(UNUSED, "the source {} is not used", code(&name.value))
        .at(name.span, "no value and no template reads it")
        .help(format!(
            "remove it, or read from it: `{{ source = {}, key = \"...\" }}`, or \
             `{{{{ {source} }}}}` in a template",
            quoted(&name.value),
        ))
}

pub(crate) fn unused_recipient(name: &Text) -> Diagnostic {
    diagnostic!(UNUSED, "the recipient {} is not used", code(&name.value))
        .at(name.span, "no `[[encrypt]]` rule names it")
        .note("everyone listed in `[recipients]` appears to have access")
        .help("add the name to the `to` of a rule, or remove the recipient")
}

pub(crate) fn environment_without_secrets(name: &Text) -> Diagnostic {
    diagnostic!(UNUSED, "no Secret is built for the environment {}", code(&name.value))
        .at(name.span, "no Secret lists it in `environments`")
        .help("add it to the `environments` of a Secret, or remove it")
}

pub(crate) fn environment_like_any(name: &Text) -> Diagnostic {
    diagnostic!(UNUSED, "the environment {} is not used", code(&name.value))
        .at(name.span, "it sets nothing, and nothing refers to it")
        .note("no template uses `env`, and no `environments` or `default-env` lists it")
        .help("give it its own `vars` or `defaults`, or remove it")
}

pub(crate) fn unused_file(name: &str) -> Diagnostic {
    diagnostic!(UNUSED, "no spec reads the age file {}", code(name))
        .note("all environments are considered, and template expressions in paths match anything")
        .help("remove the file, or reference it from the spec: `{ age = \"...\" }`")
        .help("add `lint.allow = [\"unused\"]` at the top of the spec if another program reads it")
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
