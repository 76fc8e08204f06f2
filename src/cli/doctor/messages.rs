//! What the doctor says.

use crate::diag::phrases::code;
use crate::diag::{Diagnostic, diagnostic};
use crate::source::Span;

const INSTALL: &str = "run `mintage install kustomize`";

fn plugin(message: String) -> Diagnostic {
    diagnostic!(KUSTOMIZE_PLUGIN, "{message}")
}

/// A kustomization that makes no Secret of ours.
pub(crate) fn no_config(directory: &str) -> Diagnostic {
    diagnostic!(KUSTOMIZATION, "no kustomization in {} names a config of mintage", code(directory))
        .note("kustomize renders it without a Secret of mintage, and says nothing")
        .help(
            "write a config of `kind: Mintage`, and name its file under `generators:`; `mintage \
         install kustomize` shows both",
        )
}

pub(crate) fn missing(field: &str, path: &str, at: Span) -> Diagnostic {
    diagnostic!(KUSTOMIZATION, "{} names {}, which is not there", code(field), code(path))
        .at(at, "")
        .note("paths start at the directory of the kustomization")
        .help("correct the path, or write the file")
}

/// A directory without what makes it a base.
pub(crate) fn no_kustomization(path: &str, at: Span) -> Diagnostic {
    diagnostic!(KUSTOMIZATION, "the directory {} has no kustomization", code(path)).at(at, "").help(
        "name the config's file, or write a `kustomization.yaml` there that lists it under \
         `resources:`",
    )
}

pub(crate) fn skipped(name: &str, at: Span) -> Diagnostic {
    diagnostic!(KUSTOMIZE_FUNCTION, "kubectl skips the function in {} without a word", code(name))
    .at(at, "declared here")
    .note(
        "`kubectl kustomize` has no `--enable-exec`; then the Secrets are missing and the exit \
         status is 0",
    )
    .help(
        "remove the annotation, and run `mintage install kustomize`: then the plugin is run, or \
         kubectl fails",
    )
    .help("with `kustomize build --enable-alpha-plugins --enable-exec` the function is run")
}

/// Nobody knows where plugins are.
pub(crate) fn no_home() -> Diagnostic {
    plugin(
        "the folder of kustomize's plugins is not known: neither `HOME` nor \
         `KUSTOMIZE_PLUGIN_HOME` is set"
            .to_owned(),
    )
    .help("set one of them where kustomize runs")
}

/// It was never installed, or for another user.
pub(crate) fn no_plugin(path: &str) -> Diagnostic {
    plugin(format!("the plugin is not installed: there is no {}", code(path)))
        .note(
            "kustomize and kubectl fail with it, as \"unable to find plugin root\" or \"unable to \
             load plugin\"",
        )
        .help(INSTALL)
}

pub(crate) fn broken_link(path: &str) -> Diagnostic {
    plugin(format!("the plugin {} is a link to a program that is gone", code(path))).help(INSTALL)
}

/// Without the permission, kustomize says "unexecutable plugin".
pub(crate) fn not_executable(path: &str) -> Diagnostic {
    plugin(format!("the plugin {} is not executable", code(path)))
        .help(format!("run `chmod +x {path}`, or remove it and {INSTALL}"))
}

pub(crate) fn other_version(path: &str, version: Option<&str>) -> Diagnostic {
    let own = env!("CARGO_PKG_VERSION");
    let is = version.map_or("another program".to_owned(), |version| format!("mintage {version}"));
    plugin(format!("the plugin {} is {is}, and this is mintage {own}", code(path))).help(INSTALL)
}

pub(crate) fn no_program(program: &str, at: Span) -> Diagnostic {
    plugin(format!("the function's program {} is not there", code(program)))
        .at(at, "named here")
        .note(
            "a path starts at the directory of the kustomization; a name without `/` is looked for \
             on the `PATH`",
        )
}

pub(crate) fn program_not_executable(program: &str, at: Span) -> Diagnostic {
    plugin(format!("the function's program {} is not executable", code(program)))
        .at(at, "named here")
        .help("run `chmod +x` on it")
}

/// A kubectl from before 2021.
pub(crate) fn old_kubectl(version: &str) -> Diagnostic {
    plugin(format!("the kustomize in kubectl {} runs no plugins", code(version)))
        .help("use kubectl 1.21 or later")
}

pub(crate) fn open_identity(path: &str) -> Diagnostic {
    diagnostic!(IDENTITY_PERMISSIONS, "other users can read the identity file {}", code(path))
        .note("anyone who reads it can decrypt every file that it opens")
        .help(format!("run `chmod 600 {path}`"))
}
