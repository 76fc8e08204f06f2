//! `mintage install helm`: the plugin by which Helm 4 finds its post-renderer.

use std::path::PathBuf;

use clap::Args;

use super::{home, inputs, make_folder_of, no_home, program, variable};
use crate::diag::{Diagnostic, phrases::code};
use crate::emit::scalar::push_scalar;
use crate::os::output::{Existing, Overwrite, Written, write_file};

/// The first line of a file that this command has made.
const OURS: &str = "# Made by `mintage install helm`.";

/// Install mintage as a Helm 4 post-renderer plugin
///
/// Helm 3 needs no plugin: pass the path of mintage to --post-renderer.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage install helm
  mintage install helm --dir \"$(helm env HELM_PLUGINS)\"
  helm template shop chart/ --post-renderer mintage --post-renderer-args deploy/")]
pub struct Helm {
    /// Helm's plugin folder [default: HELM_PLUGINS, else below HELM_DATA_HOME, XDG_DATA_HOME or
    /// ~/.local/share]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Overwrite a plugin.yaml that mintage did not write, or an edited one
    #[arg(long)]
    force: bool,
}

impl Helm {
    pub fn install(&self) -> Result<String, Box<Diagnostic>> {
        let Some(plugins) = self.dir.clone().or_else(plugins) else {
            return Err(Box::new(no_home("helm/plugins", "HELM_PLUGINS")));
        };
        let file = plugins.join("mintage/plugin.yaml");
        let program = program()?;
        let mut command = String::new();
        push_scalar(&mut command, &program.display().to_string());
        let text = text(env!("CARGO_PKG_VERSION"), &command);
        make_folder_of(&file)?;
        let existing = if self.force { Existing::Any } else { Existing::Ours(is_ours) };
        let overwrite = Overwrite { inputs: &inputs(&program), existing };
        let written = write_file(&file, text.as_bytes(), overwrite)
            .map_err(|fault| Box::new(fault.diagnostic()))?;
        let done = if written == Written::Unchanged { "already there:" } else { "wrote" };
        Ok(format!(
            "{done} {}

With a spec in `deploy/`:

    helm upgrade --install shop chart/ --post-renderer mintage --post-renderer-args deploy/

If the post-renderer fails, Helm does not say why. To see the error, run `mintage check deploy/`.
",
            code(&file.display().to_string())
        ))
    }
}

/// Where Helm looks for plugins (`helm env HELM_PLUGINS`).
fn plugins() -> Option<PathBuf> {
    let native = match () {
        () if cfg!(target_os = "macos") => home().map(|home| home.join("Library/helm")),
        () if cfg!(windows) => variable("TEMP").map(|temporary| temporary.join("helm")),
        () => home().map(|home| home.join(".local/share/helm")),
    };
    let data = variable("HELM_DATA_HOME")
        .or_else(|| variable("XDG_DATA_HOME").map(|data| data.join("helm")))
        .or(native);
    variable("HELM_PLUGINS").or_else(|| data.map(|data| data.join("plugins")))
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
