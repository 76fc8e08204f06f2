//! `mintage install helm`: the plugin by which Helm 4 finds its post-renderer.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::place::{fault, folder, program, variable};
use crate::cli::Exit;
use crate::cli::terminal::Terminal;
use crate::diag::Diagnostic;
use crate::diag::phrases::code;
use crate::os::output;
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
    /// Helm's folder of plugins; without it, HELM_PLUGINS, or below HELM_DATA_HOME, XDG_DATA_HOME or ~/.local/share
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
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
            let found = fault(Path::new("helm/plugins"), "neither `HOME` nor `HELM_PLUGINS` is set");
            return Err(Box::new(found.help("name the folder with `--dir`")));
        };
        let file = plugins.join("mintage/plugin.yaml");
        let program = program()?;
        let text = plugin(&program);
        match fs::read_to_string(&file) {
            Ok(there) if !there.starts_with(OURS) => {
                let found = fault(&file, "something that is not mintage's is in its place");
                return Err(Box::new(found.help("look at it, and move it away if it is no longer needed")));
            }
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(fault(&file, &crate::os::bounded_read::system_words(&error)));
            }
            _ => {}
        }
        file.parent().map_or(Ok(()), folder)?;
        let written = output::write_file(&file, text.as_bytes());
        let written = written.map_err(|fault| Box::new(crate::os::output::messages::cannot_write(&fault)))?;
        let done = if written == output::Written::Unchanged { "already there:" } else { "wrote" };
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
    let data = variable("HELM_DATA_HOME").or_else(|| variable("XDG_DATA_HOME").map(|data| data.join("helm"))).or(native);
    variable("HELM_PLUGINS").or_else(|| data.map(|data| data.join("plugins")))
}

fn plugin(program: &Path) -> String {
    let mut command = String::new();
    crate::emit::scalar::push_scalar(&mut command, &program.display().to_string());
    format!(
        "{OURS}
apiVersion: v1
type: postrenderer/v1
name: mintage
version: {}
runtime: subprocess
runtimeConfig:
  platformCommand:
  - command: {command}
    args: [post-render]
",
        env!("CARGO_PKG_VERSION")
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
