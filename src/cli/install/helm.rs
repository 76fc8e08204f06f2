//! `mintage install helm`: the plugin by which Helm 4 finds its post-renderer.

use std::path::{Path, PathBuf};

use clap::Args;

use super::place::{fault, folder, inputs, program, variable};
use crate::cli::Exit;
use crate::cli::terminal::Terminal;
use crate::diag::Diagnostic;
use crate::diag::phrases::code;
use crate::os::output::messages::cannot_write;
use crate::os::output::{Existing, Overwrite, Written, write_file};
use crate::source::SourceMap;

/// The first line of a file that this command has made.
const OURS: &str = "# Made by `mintage install helm`.";

/// Write the plugin by which Helm 4 finds mintage as a post-renderer
///
/// Helm 3 takes the program's path instead, and needs no plugin.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage install helm
  mintage install helm --dir \"$(helm env HELM_PLUGINS)\"
  helm template shop chart/ --post-renderer mintage --post-renderer-args deploy/")]
pub struct Helm {
    /// Helm's folder of plugins; without it, HELM_PLUGINS, or below HELM_DATA_HOME, XDG_DATA_HOME
    /// or ~/.local/share
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Overwrite a plugin.yaml that mintage did not write, or an edited one
    #[arg(long)]
    force: bool,
}

impl Helm {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Exit {
        match self.install() {
            Ok(text) => terminal.print(&text),
            Err(diagnostic) => terminal.report(&[*diagnostic], &SourceMap::new()),
        }
    }

    fn install(&self) -> Result<String, Box<Diagnostic>> {
        let Some(plugins) = self.dir.clone().or_else(plugins) else {
            let found =
                fault(Path::new("helm/plugins"), "neither `HOME` nor `HELM_PLUGINS` is set");
            return Err(Box::new(found.help("name the folder with `--dir`")));
        };
        let file = plugins.join("mintage/plugin.yaml");
        let program = program()?;
        let text = plugin(&program);
        file.parent().map_or(Ok(()), folder)?;
        let existing = if self.force { Existing::Any } else { Existing::Ours(is_ours) };
        let overwrite = Overwrite { inputs: &inputs(&program), existing };
        let written = write_file(&file, text.as_bytes(), overwrite)
            .map_err(|fault| Box::new(cannot_write(&fault)))?;
        let done = if written == Written::Unchanged { "already there:" } else { "wrote" };
        Ok(said(done, &file))
    }
}

/// Where Helm looks for plugins (`helm env HELM_PLUGINS`).
fn plugins() -> Option<PathBuf> {
    let home = variable(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
    let native = match () {
        () if cfg!(target_os = "macos") => home.as_ref().map(|home| home.join("Library/helm")),
        () if cfg!(windows) => variable("TEMP").map(|temporary| temporary.join("helm")),
        () => home.as_ref().map(|home| home.join(".local/share/helm")),
    };
    let data = variable("HELM_DATA_HOME")
        .or_else(|| variable("XDG_DATA_HOME").map(|data| data.join("helm")))
        .or(native);
    variable("HELM_PLUGINS").or_else(|| data.map(|data| data.join("plugins")))
}

fn plugin(program: &Path) -> String {
    let mut command = String::new();
    crate::emit::scalar::push_scalar(&mut command, &program.display().to_string());
    text(env!("CARGO_PKG_VERSION"), &command)
}

/// Whether a text is one that this command made, for whichever version and program.
fn is_ours(there: &str) -> bool {
    let field = |name: &str| there.lines().find_map(|line| line.strip_prefix(name));
    let (version, command) = (field("version: "), field("  - command: "));
    version.zip(command).is_some_and(|(version, command)| text(version, command) == there)
}

fn text(version: &str, command: &str) -> String {
    format!(
        "{OURS}
apiVersion: v1
type: postrenderer/v1
name: mintage
version: {version}
runtime: subprocess
runtimeConfig:
  platformCommand:
  - command: {command}
    args: [post-render]
"
    )
}

fn said(done: &str, file: &Path) -> String {
    format!(
        "{done} {}

With a spec in `deploy/`:

    helm upgrade --install shop chart/ --post-renderer mintage --post-renderer-args deploy/

Helm says only that the post-renderer failed, not why. `mintage check deploy/` does.
",
        code(&file.display().to_string())
    )
}
