//! What is said about a config that can't be used.

use super::inline::{InlineFault, InlineFaultKind};
use crate::diag::phrases::{code, did_you_mean, one_of};
use crate::diag::{Diagnostic, diagnostic};
use crate::source::Span;

fn bad(message: impl std::fmt::Display, at: &Span, label: impl Into<String>) -> Diagnostic {
    diagnostic!(FUNCTION_CONFIG, "{message}").at(*at, label)
}

pub(crate) fn missing() -> Diagnostic {
    diagnostic!(
        FUNCTION_CONFIG,
        "the `ResourceList` has no `functionConfig`, so nothing says which spec to compile"
    )
    .help(
        "with kustomize, write the config under `generators:`; with kpt, pass `--fn-config FILE`, \
         or write `configPath` in the `Kptfile`",
    )
}

pub(crate) fn other_kind(kind: Option<&str>, at: &Span) -> Diagnostic {
    let diagnostic = bad("the config is not one of mintage", at, "");
    match kind {
        Some("ConfigMap") => diagnostic.note(
            "kpt makes a ConfigMap of arguments behind `--`, which has no place for all that \
             mintage takes",
        ),
        _ => diagnostic,
    }
    .help("write `apiVersion: mintage.dev/v1` and `kind: Mintage`")
}

pub(crate) fn unknown_field(parent: &str, name: &str, known: &[&str], at: &Span) -> Diagnostic {
    let of = if parent.is_empty() { "the config".to_owned() } else { code(parent) };
    let meant = did_you_mean(name, known.iter().copied());
    let diagnostic =
        bad(format!("{of} has no field {}", code(name)), at, meant.clone().unwrap_or_default());
    match name {
        "argsOneLiner" | "argsFromFile" => diagnostic
            .note("a file in the repository cannot grant itself access; only the command line can")
            .help("remove it, and use the fields of `spec`"),
        _ if meant.is_some() => diagnostic,
        _ => diagnostic.help(format!("fields here are {}", one_of(known))),
    }
}

pub(crate) fn no_spec(at: &Span) -> Diagnostic {
    bad("the config names no spec", at, "").help(
        "write `spec: {path: DIR}` for the spec in a directory or file, or the spec itself below \
         `spec.inline`",
    )
}

pub(crate) fn both(path: &Span, inline: &Span) -> Diagnostic {
    bad("`spec.path` and `spec.inline` exclude each other", inline, "")
        .also(*path, "")
        .help("remove one of the two")
}

pub(crate) fn not_text(path: &str, class: &str, at: &Span) -> Diagnostic {
    bad(format!("{} is {class}, and should be a string that is not empty", code(path)), at, class)
        .help("quote it, if it is what YAML takes for a number or boolean")
}

pub(crate) fn no_key(key: &str, at: &Span) -> Diagnostic {
    bad(format!("{} of `spec.set` is not a path into `[vars]`", code(key)), at, "")
        .help("write the key as in TOML, with dots between tables: `domain` or `db.host`")
}

pub(crate) fn not_an_object(path: &str, class: &str, at: &Span) -> Diagnostic {
    bad(format!("{} is {class}, and should be an object of strings", code(path)), at, class)
        .help("write `set: {domain: shop.example.com}`")
}

pub(crate) fn not_a_list(path: &str, class: &str, at: &Span) -> Diagnostic {
    bad(format!("{} is {class}, and should be a list of strings", code(path)), at, class)
        .help("write `only: ['shop/*']`")
}

/// An inline spec that TOML has no way to say.
pub(crate) fn inline(fault: &InlineFault, at: &Span) -> Diagnostic {
    let path = code(&fault.path);
    match fault.kind {
        InlineFaultKind::NotAnObject(class) => {
            bad(format!("{path} is {class}, and should be the tree of a spec"), at, class)
                .help("write `inline: {opaque: [...]}`, as a spec in TOML has it")
        }
        InlineFaultKind::Null => bad(format!("{path} is null, which a spec does not have"), at, "")
            .help("remove it; for an empty string, write `\"\"`"),
        InlineFaultKind::Number => {
            bad(format!("{path} is a number that TOML does not have"), at, "").help("quote it")
        }
        InlineFaultKind::Ambiguous => {
            bad(format!("{path} is a number that readers of YAML take for different ones"), at, "")
                .help("write it in decimal without leading zeros, or quote it")
        }
        InlineFaultKind::Duplicate => {
            bad(format!("{path} stands there twice"), at, "the second").help("remove one")
        }
    }
}

const WHO: &str = "kustomize and kpt pipe the list into the function; you don't write one by hand";

fn no_resource_list(message: impl std::fmt::Display) -> Diagnostic {
    diagnostic!(RESOURCE_LIST, "{message}")
}

pub(crate) fn empty() -> Diagnostic {
    no_resource_list("stdin is empty, where a `ResourceList` should be").note(WHO).help(
        "to compile a spec to stdout, run `mintage build`; to try the function, see `mintage krm \
         --help`",
    )
}

pub(crate) fn several() -> Diagnostic {
    no_resource_list("stdin is not one document of YAML or JSON, as a `ResourceList` is")
        .note(WHO)
        .help(
            "to add Secrets to a stream of manifests, as Helm's post-renderers do, run `mintage \
             post-render`",
        )
}

pub(crate) fn not_a_resource_list(kind: Option<&str>, at: &Span) -> Diagnostic {
    let diagnostic =
        no_resource_list("stdin is no `ResourceList`").at(*at, "not `ResourceList`").note(WHO);
    match kind {
        Some("Mintage") => diagnostic
            .note("this is the function's config, which the list has as `functionConfig`")
            .help(
                "name the file under `generators:` in `kustomization.yaml`, or give it to `kpt fn \
                 eval` with `--fn-config`",
            ),
        _ => diagnostic.help(
            "to add Secrets to a stream of manifests, as Helm's post-renderers do, run `mintage \
             post-render`",
        ),
    }
}

pub(crate) fn other_version(at: &Span) -> Diagnostic {
    no_resource_list("a `ResourceList` of an unknown version")
        .at(*at, "")
        .help(format!("write {}", code("config.kubernetes.io/v1")))
}

pub(crate) fn items_are_no_list(at: &Span) -> Diagnostic {
    no_resource_list("`items` of the `ResourceList` is not a list")
        .at(*at, "")
        .help("write `items: []` where there are none")
}
