//! The program that kustomize would run: is it there, can it be run, is it this one.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use super::{Report, configs::Function};
use crate::cli::install::kustomize::{below, plugin_home};
use crate::diag::{Diagnostic, diagnostic, phrases::code};
use crate::os::key_variables;

const VERSION: &str = env!("CARGO_PKG_VERSION");

pub fn check(report: &mut Report) {
    let Some(home) = plugin_home() else {
        let diagnostic = diagnostic!(
            KUSTOMIZE_PLUGIN,
            "kustomize has no plugin folder: neither `HOME` nor `KUSTOMIZE_PLUGIN_HOME` is set"
        );
        return report.found.push(diagnostic.help("set one of them where kustomize runs"));
    };
    let path = below(&home);
    let shown = code(&path.display().to_string());
    let wrong = |what: String, force: &str| {
        diagnostic!(KUSTOMIZE_PLUGIN, "the plugin {what}")
            .help(format!("run `mintage install kustomize{force}`"))
    };
    if fs::symlink_metadata(&path).is_err() {
        report.found.push(wrong(format!("is not installed: {shown} does not exist"), "").note(
            "kustomize and kubectl fail with \"unable to find plugin root\" or \"unable to load \
             plugin\"",
        ));
    } else if !path.exists() {
        report.found.push(wrong(format!("{shown} is a broken link"), ""));
    } else if !is_executable(&path) {
        report.found.push(wrong(format!("{shown} is not executable"), " --force"));
    } else {
        let target = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        report.line("plugin", &format!("{} -> {}", path.display(), target.display()));
        let own = env::current_exe().and_then(fs::canonicalize);
        let version = if own.is_ok_and(|own| own == target) {
            Some(VERSION.to_owned())
        } else {
            output(Command::new(&path).arg("--version"))
                .and_then(|text| Some(text.trim().strip_prefix("mintage ")?.to_owned()))
        };
        if version.as_deref() != Some(VERSION) {
            let is =
                version.map_or("another program".into(), |version| format!("mintage {version}"));
            report
                .found
                .push(wrong(format!("{shown} is {is}, and this is mintage {VERSION}"), " --force"));
        }
    }
}

pub fn skipped(name: &str, function: &Function) -> Diagnostic {
    diagnostic!(KUSTOMIZE_FUNCTION, "kubectl silently skips the function in {}", code(name))
        .at(function.span, "declared here")
        .note(
            "`kubectl kustomize` has no `--enable-exec`, so the Secrets are missing, but the exit \
             code is 0",
        )
        .help(
            "remove the annotation and run `mintage install kustomize`, so that kubectl runs the \
             plugin or fails",
        )
        .help("use `kustomize build --enable-alpha-plugins --enable-exec` to run the function")
}

/// Looks at the program that an annotation names: a path from the kustomization, or a name on the
/// `PATH`.
pub fn check_function(function: &Function, base: &Path) -> Option<Diagnostic> {
    let program = function.program.as_deref()?;
    let found = if program.contains('/') {
        Some(base.join(program)).filter(|path| path.exists())
    } else {
        on_path(program)
    };
    let wrong = match found {
        None => "does not exist",
        Some(path) if !is_executable(&path) => "is not executable",
        Some(_) => return None,
    };
    Some(
        diagnostic!(KUSTOMIZE_PLUGIN, "the function's program {} {wrong}", code(program))
            .at(function.span, "named here")
            .note(
                "a path is relative to the kustomization's folder; a name without `/` is looked up \
                 in `PATH`",
            ),
    )
}

pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_executable(file))
}

#[cfg(unix)]
pub fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
pub fn is_executable(path: &Path) -> bool {
    path.is_file()
}

pub fn output(command: &mut Command) -> Option<String> {
    key_variables::remove_from(command).stdin(Stdio::null()).stderr(Stdio::null());
    let output = command.output().ok()?;
    String::from_utf8(output.stdout).ok()
}
