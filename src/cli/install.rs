//! `mintage install`: puts what another tool looks for where it looks for it, or prints it.

pub mod argocd;
pub mod git;
pub mod helm;
pub mod kustomize;

use std::path::{Path, PathBuf};
use std::{env, fs};

use clap::{Args, Subcommand};

use super::{Exit, terminal::Terminal};
use crate::diag::{Diagnostic, diagnostic, phrases::code};
use crate::os::{bounded_read::system_words, inputs::Inputs};

/// Install mintage as a plugin of another tool
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage install kustomize      the plugin that kustomize and kubectl run
  mintage install helm           the post-renderer of Helm 4
  mintage install git            masked diffs of age files
  mintage install argocd --part patch > patch.yaml

Files that mintage did not write are overwritten only with --force.")]
pub struct Install {
    #[command(subcommand)]
    target: Target,
}

#[derive(Debug, Subcommand)]
enum Target {
    Argocd(argocd::InstallArgocd),
    Kustomize(kustomize::Kustomize),
    Helm(helm::Helm),
    Git(git::Git),
}

impl Install {
    pub fn run(&self) -> Exit {
        let terminal = Terminal::plain();
        let installed = match &self.target {
            Target::Argocd(argocd) => return argocd.run(&terminal),
            Target::Kustomize(kustomize) => kustomize.install(),
            Target::Helm(helm) => helm.install(),
            Target::Git(git) => git.install(),
        };
        match installed {
            Ok(text) => terminal.print(&text),
            Err(diagnostic) => terminal.fail(*diagnostic),
        }
    }
}

fn fault(path: &Path, why: &str) -> Diagnostic {
    diagnostic!(CANNOT_WRITE, "can't install {}: {why}", code(&path.display().to_string()))
}

fn no_home(folder: &str, variable: &str) -> Diagnostic {
    fault(Path::new(folder), &format!("neither `HOME` nor `{variable}` is set"))
        .help("pass the folder with `--dir DIR`")
}

/// The program that gets installed: what is put in place must not take its own place.
fn inputs(program: &Path) -> Inputs {
    let mut inputs = Inputs::default();
    if let Ok(found) = fs::metadata(program) {
        inputs.add("the program to install", &program.display().to_string(), Some(program), &found);
    }
    inputs
}

fn make_folder_of(file: &Path) -> Result<(), Box<Diagnostic>> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| Box::new(fault(folder, &system_words(&error))))
}

/// This very program, by a path that lasts: that on the `PATH`, if it leads to the same file, since
/// the file itself may bear a version.
fn program() -> Result<PathBuf, Box<Diagnostic>> {
    let own = env::current_exe().and_then(fs::canonicalize).map_err(|error| {
        let why = format!("its own path can't be found: {}", system_words(&error));
        fault(Path::new("mintage"), &why)
    })?;
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join("mintage"))
        .find(|file| fs::canonicalize(file).is_ok_and(|file| file == own));
    Ok(on_path.unwrap_or(own))
}

/// A path of the environment; empty is as good as unset.
fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn home() -> Option<PathBuf> {
    variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" })
}
