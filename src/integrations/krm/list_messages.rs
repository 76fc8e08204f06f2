//! What is said about a text that should be a `ResourceList` and is not.

use crate::diag::phrases::code;
use crate::diag::{Diagnostic, codes};
use crate::source::Span;

const WHO: &str = "kustomize and kpt pipe the list into the function; nobody has to write one by hand";

fn not_a_list(message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(&codes::RESOURCE_LIST, message)
}

/// Nothing came.
pub(crate) fn empty() -> Diagnostic {
    not_a_list("stdin is empty, where a `ResourceList` should be")
        .note(WHO)
        .help("to compile a spec to stdout, run `mintage build`; to try the function, see `mintage krm --help`")
}

/// More than one document, or none at all.
pub(crate) fn several() -> Diagnostic {
    not_a_list("stdin is not one document of YAML or JSON, as a `ResourceList` is")
        .note(WHO)
        .help("to add Secrets to a stream of manifests, as Helm's post-renderers do, run `mintage post-render`")
}

/// Some other object.
pub(crate) fn other_kind(kind: Option<&str>, at: &Span) -> Diagnostic {
    let diagnostic = not_a_list("stdin is no `ResourceList`").at(*at, "not `ResourceList`").note(WHO);
    match kind {
        Some("Mintage") => diagnostic
            .note("this is the function's config, which the list has as `functionConfig`")
            .help("name the file under `generators:` in `kustomization.yaml`, or give it to `kpt fn eval` with `--fn-config`"),
        _ => diagnostic.help("to add Secrets to a stream of manifests, as Helm's post-renderers do, run `mintage post-render`"),
    }
}

/// A version that has another form, or none.
pub(crate) fn other_version(at: &Span) -> Diagnostic {
    not_a_list("a `ResourceList` of an unknown version").at(*at, "").help(format!("write {}", code("config.kubernetes.io/v1")))
}

/// `items` is something else.
pub(crate) fn items_are_no_list(at: &Span) -> Diagnostic {
    not_a_list("`items` of the `ResourceList` is no list").at(*at, "").help("write `items: []` where there are none")
}
