//! What shows the keys of age files in `git diff`: the attribute, the config of this clone, and the
//! program that it names.

use std::path::Path;
use std::process::Command;

use super::Report;
use super::plugin::{is_executable, on_path, output};
use crate::cli::install::git::SETTING;
use crate::diag::{Diagnostic, diagnostic, phrases::code};

/// Nothing where neither is there, or no Git.
pub fn check(directory: &Path, report: &mut Report) {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        let text = output(command.arg("-C").arg(directory).args(arguments))?;
        Some(text.trim_end().to_owned())
    };
    // The name of a file that need not be there.
    let Some(attribute) = git(&["check-attr", "diff", "--", "secret.age"]) else { return };
    let has_attribute = attribute.ends_with("diff: mintage");
    let setting = git(&["config", "--get", SETTING]).filter(|setting| !setting.is_empty());
    let wrong = |what: String| {
        let found = diagnostic!(GIT_DIFF, "`git diff` can't show the keys of age files: {what}");
        found.help("run `mintage install git`")
    };
    let problem: Option<Diagnostic> = match (&setting, has_attribute) {
        (None, false) => return,
        (None, true) => {
            let what = format!("{} is not set in this clone's config", code(SETTING));
            Some(wrong(what).note("the config is not committed: each clone needs it"))
        }
        (Some(_), false) => {
            let what = "no `.gitattributes` has `*.age diff=mintage`".to_owned();
            Some(wrong(what))
        }
        (Some(setting), true) => program_fault(setting)
            .map(|what| wrong(format!("{what}, which {} names", code(SETTING)))),
    };
    match problem {
        Some(problem) => report.found.push(problem),
        None => report.line("git diff", &setting.unwrap_or_default()),
    }
}

/// What is wrong with the program of a command that Git's shell runs.
fn program_fault(command: &str) -> Option<String> {
    let words = shell_words::split(command).unwrap_or_default();
    let Some(program) = words.first() else { return Some("there is no program".to_owned()) };
    let found = match program.contains('/') {
        true => Some(program.into()).filter(|path: &std::path::PathBuf| path.exists()),
        false => on_path(program),
    };
    let shown = code(program);
    match found {
        None => Some(format!("there is no program {shown}")),
        Some(path) if !is_executable(&path) => Some(format!("{shown} is not executable")),
        Some(path) => {
            let version = output(Command::new(path).arg("--version")).unwrap_or_default();
            (!version.starts_with("mintage ")).then(|| format!("{shown} is not mintage"))
        }
    }
}
