//! The program that kustomize would run: is it there, can it be run, is it this one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::configs::Function;
use super::{Report, messages};
use crate::cli::install::{below, plugin_home};
use crate::diag::Diagnostic;

pub(crate) fn check(report: &mut Report) {
    let Some(home) = plugin_home() else { return report.found.push(messages::no_home()) };
    let path = below(&home);
    let shown = path.display().to_string();
    match fs::symlink_metadata(&path) {
        Err(_) => return report.found.push(messages::no_plugin(&shown)),
        Ok(found) if found.is_symlink() && !path.exists() => {
            return report.found.push(messages::broken_link(&shown));
        }
        Ok(_) if !is_executable(&path) => {
            return report.found.push(messages::not_executable(&shown));
        }
        Ok(_) => {}
    }
    let target = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
    report.line("plugin", format!("{shown} -> {}", target.display()));
    let own = std::env::current_exe().and_then(fs::canonicalize);
    if own.is_ok_and(|own| own == target) {
        return;
    }
    let version = version(&path);
    if version.as_deref() != Some(env!("CARGO_PKG_VERSION")) {
        report.found.push(messages::other_version(&shown, version.as_deref()));
    }
}

/// The version that a program gives, if it is mintage.
fn version(program: &Path) -> Option<String> {
    let output = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().strip_prefix("mintage ").map(str::to_owned)
}

/// Looks at the program that an annotation names: a path from the kustomization, or a name on the
/// `PATH`.
pub(crate) fn function_program(function: &Function, base: &Path) -> Option<Diagnostic> {
    let program = function.program.as_deref()?;
    let found = if program.contains('/') {
        Some(base.join(program)).filter(|path| path.exists())
    } else {
        on_path(program)
    };
    match found {
        None => Some(messages::no_program(program, function.span)),
        Some(path) if !is_executable(&path) => {
            Some(messages::program_not_executable(program, function.span))
        }
        Some(_) => None,
    }
}

/// The first program of this name on the `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_executable(file))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    path.is_file()
}

/// The first minor version of kubectl whose kustomize knows `--enable-alpha-plugins`: 1.20 still
/// had kustomize 2.0.3 of 2019.
const FIRST_MINOR: u32 = 21;

pub(crate) fn check_kubectl(report: &mut Report) {
    let Some(kubectl) = on_path("kubectl") else { return };
    let mut command = Command::new(&kubectl);
    command
        .args(["version", "--client", "--output=json"])
        .env("KUBECONFIG", "/dev/null")
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    let Some(version) = command
        .output()
        .ok()
        .and_then(|output| serde_json::from_slice::<Value>(&output.stdout).ok())
    else {
        return;
    };
    let word = |field: &str| version.pointer(field).and_then(Value::as_str);
    let Some(client) = word("/clientVersion/gitVersion") else { return };
    report.line("kubectl", format!("{} {client}", kubectl.display()));
    let minor = word("/clientVersion/minor")
        .and_then(|minor| minor.trim_end_matches('+').parse::<u32>().ok());
    if minor.is_some_and(|minor| minor < FIRST_MINOR) {
        report.found.push(messages::old_kubectl(client));
    }
}
