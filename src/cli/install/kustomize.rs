//! `mintage install kustomize`: the plugin, as a link to this program by the name of the config's
//! kind.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::{fault, home, inputs, make_folder_of, no_home, program, variable};
use crate::diag::{
    Diagnostic, diagnostic,
    phrases::{code, shell_word},
};
use crate::integrations::krm::config::{API_VERSION, KIND};
use crate::os::bounded_read::system_words;

/// Install mintage as a kustomize plugin for the kind Mintage (a link)
///
/// With --enable-alpha-plugins, kubectl and kustomize run it for every config with `apiVersion:
/// mintage.dev/v1` and `kind: Mintage`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage install kustomize
  mintage install kustomize --dir /opt/kustomize/plugin      then \
  KUSTOMIZE_PLUGIN_HOME=/opt/kustomize/plugin
  kubectl kustomize --enable-alpha-plugins app/ | kubectl apply -f -")]
pub struct Kustomize {
    /// Plugin folder [default: KUSTOMIZE_PLUGIN_HOME, else below XDG_CONFIG_HOME or ~/.config]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Replace an existing file or link
    #[arg(long)]
    force: bool,
}

/// Where kustomize looks for plugins; `None` where the environment does not say.
///
/// Source: `DefaultAbsPluginHome` in kustomize, `api/konfig/plugins.go`: the first of these that is
/// there. For something new it is the one below the folder of configurations.
pub fn plugin_home() -> Option<PathBuf> {
    if let Some(home) = variable("KUSTOMIZE_PLUGIN_HOME") {
        return Some(home);
    }
    let config = variable("XDG_CONFIG_HOME").or_else(|| home().map(|home| home.join(".config")));
    let below_config = config.map(|config| config.join("kustomize/plugin"));
    let below_home = home().map(|home| home.join("kustomize/plugin"));
    let there =
        [&below_config, &below_home].into_iter().flatten().find(|folder| folder.is_dir()).cloned();
    there.or(below_config)
}

/// Where the plugin of this kind is, below the folder of plugins.
pub fn below(home: &Path) -> PathBuf {
    home.join(API_VERSION).join(KIND.to_lowercase()).join(KIND)
}

impl Kustomize {
    pub fn install(&self) -> Result<String, Box<Diagnostic>> {
        let Some(home) = self.dir.clone().or_else(plugin_home) else {
            return Err(Box::new(no_home("kustomize/plugin", "KUSTOMIZE_PLUGIN_HOME")));
        };
        let home = std::path::absolute(&home).unwrap_or(home);
        let link = below(&home);
        let program = program()?;
        let target = fs::read_link(&link).ok();
        let done = if target.as_ref() == Some(&program) {
            "already there:"
        } else {
            self.may_replace(&link, target.as_deref(), &program)?;
            make_folder_of(&link)?;
            place(&program, &link)?;
            "linked"
        };
        let variable = match &self.dir {
            Some(_) => format!("KUSTOMIZE_PLUGIN_HOME={} ", shell_word(&home.to_string_lossy())),
            None => String::new(),
        };
        let (link, program) =
            (code(&link.display().to_string()), code(&program.display().to_string()));
        Ok(format!(
            "{done} {link} -> {program}

In kustomization.yaml:

    generators:
    - generator.yaml

In generator.yaml, next to the spec `mintage.toml`:

    apiVersion: {API_VERSION}
    kind: {KIND}
    metadata:
      name: secrets
    spec:
      path: .

Then:

    {variable}kubectl kustomize --enable-alpha-plugins . | kubectl apply -f -

`kubectl apply -k` has no flag for plugins. `mintage doctor` checks the installation.
"
        ))
    }

    fn may_replace(
        &self,
        link: &Path,
        target: Option<&Path>,
        program: &Path,
    ) -> Result<(), Diagnostic> {
        let Ok(found) = fs::symlink_metadata(link) else { return Ok(()) };
        if found.is_dir() {
            return Err(fault(link, "it is a folder").help("move it"));
        }
        if target.is_none() && inputs(program).find(link).is_some() {
            return Err(fault(link, "it is the program itself")
                .help("run mintage from another folder, such as one in `PATH`"));
        }
        if self.force || target.is_some_and(is_ours) {
            return Ok(());
        }
        let link = code(&link.display().to_string());
        let why = "it exists, and mintage did not create it";
        Err(diagnostic!(FOREIGN_FILES, "can't install {link}: {why}")
            .help("move it, or pass `--force` to overwrite it"))
    }
}

/// Whether this command has made a link that leads there: to a program of this name, be it still
/// there or not.
fn is_ours(target: &Path) -> bool {
    let name = target.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
    name == "mintage" || name.starts_with("mintage-")
}

/// Makes the link, or gives it its new target in one step: kustomize may be running.
fn place(program: &Path, link: &Path) -> Result<(), Box<Diagnostic>> {
    let fault = |error: std::io::Error| Box::new(fault(link, &system_words(&error)));
    let beside = link.parent().unwrap_or(Path::new("."));
    // A name that is free: what else lies there is not ours.
    let made = tempfile::Builder::new()
        .prefix(".mintage-")
        .suffix(".tmp")
        .make_in(beside, |next| symlink(program, next));
    made.map_err(fault)?.into_temp_path().persist(link).map_err(|error| fault(error.error))
}

#[cfg(unix)]
fn symlink(program: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(program, link)
}

#[cfg(not(unix))]
fn symlink(program: &Path, link: &Path) -> std::io::Result<()> {
    fs::copy(program, link).map(|_| ())
}
