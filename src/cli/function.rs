//! What every door of kustomize shares: a config becomes a run of the compiler, as far as whoever
//! runs the tool lets it.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use clap::Args;

use super::message_options::MessageOptions;
use super::options::{InlineSpec, Run, SpecOptions};
use crate::Compiled;
use crate::compile::resolve::{self, Locked};
use crate::diag::phrases::code;
use crate::diag::{Diagnostic, codes, diagnostic};
use crate::integrations::krm::{FunctionConfig, SpecPlace};
use crate::os::inputs::Inputs;
use crate::os::world::OsWorld;
use crate::source::SourceMap;
use crate::world::{Escape, ReadError, World};

const INLINE: &str = "spec.inline";

/// Options of a function: what is not the config's to say.
#[derive(Clone, Debug, Args)]
pub struct FunctionOptions {
    /// age identity file, or ssh private key; repeatable
    ///
    /// Without it, all that exist of: MINTAGE_IDENTITY (the key itself), MINTAGE_IDENTITY_FILE,
    /// SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, $XDG_CONFIG_HOME/mintage/identities.txt,
    /// $XDG_CONFIG_HOME/sops/age/keys.txt, ~/.ssh/id_ed25519, ~/.ssh/id_rsa.
    #[arg(short, long = "identity", value_name = "FILE")]
    pub identities: Vec<String>,
    /// Let configs and specs name files below this directory too; repeatable
    #[arg(long, value_name = "DIR")]
    pub allow_path: Vec<PathBuf>,
    /// Let specs read this environment variable; repeatable
    #[arg(long, value_name = "NAME")]
    pub allow_env_var: Vec<String>,
    /// No Secret at all is no error
    #[arg(long)]
    pub allow_empty: bool,
    #[command(flatten)]
    pub messages: MessageOptions,
}

impl FunctionOptions {
    /// No options: where nobody can give any.
    pub fn none(messages: MessageOptions) -> Self {
        Self {
            identities: Vec::new(),
            allow_path: Vec::new(),
            allow_env_var: Vec::new(),
            allow_empty: false,
            messages,
        }
    }

    /// These options for a spec, which is still to be named.
    pub fn spec_options(&self) -> SpecOptions {
        SpecOptions {
            specs: Vec::new(),
            env: None,
            set: Vec::new(),
            set_file: Vec::new(),
            identities: self.identities.clone(),
            allow_path: self.allow_path.clone(),
            allow_env_var: self.allow_env_var.clone(),
            only: Vec::new(),
            allow_empty: self.allow_empty,
            messages: self.messages.clone(),
            gathered: OnceCell::new(),
            asked_by: ["spec.env", "spec.set"],
            inline: None,
        }
    }

    /// Compiles the spec of a config, as it is run in the directory `base`. Findings may point into
    /// `sources`.
    pub fn compile(&self, config: &FunctionConfig, base: &Path, sources: SourceMap) -> Run {
        let mut options = SpecOptions {
            env: config.env.clone(),
            set: config.set.clone(),
            only: config.only.clone(),
            ..self.spec_options()
        };
        match &config.spec {
            SpecPlace::Inline(text) => {
                options.inline =
                    Some(InlineSpec { name: INLINE, text: text.clone(), root: base.to_owned() })
            }
            SpecPlace::Path(path) => match self.spec_file(path, base) {
                Ok(file) => options.specs.push(file),
                Err(diagnostic) => {
                    return Run {
                        compiled: Compiled { secrets: Vec::new(), diagnostics: vec![*diagnostic] },
                        sources,
                        inputs: Inputs::default(),
                    };
                }
            },
        }
        options.compile_with(sources, Locked::Fail, false)
    }

    /// The spec that `path` names. It lies below the working directory, or one of `--allow-path`: a
    /// config is part of a repository, and opens no door by itself.
    fn spec_file(&self, path: &str, base: &Path) -> Result<PathBuf, Box<Diagnostic>> {
        let world = OsWorld::new(base, &self.allow_path, &[])
            .map_err(|fault| Diagnostic::new(&codes::CANNOT_READ, fault.to_string()))?;
        let inside = format!("{}/mintage.toml", path.trim_end_matches('/'));
        let (path, read) = match world.read(path) {
            Err(ReadError::Directory) => (inside.as_str(), world.read(&inside)),
            read => (path, read),
        };
        match read {
            Ok(_) => Ok(base.join(path)),
            Err(error) => Err(Box::new(read_error(&error, path))),
        }
    }
}

/// Paths of a config start where the function is run, which is not always where its author thinks.
fn read_error(error: &ReadError, path: &str) -> Diagnostic {
    const WHERE: &str = "`spec.path` starts at the working directory: that of the kustomization in \
        kustomize, that of the caller in kpt";
    match error {
        ReadError::NotFound { .. } => {
            let diagnostic =
                diagnostic!(FILE_NOT_FOUND, "there is no spec {}", code(path)).note(WHERE);
            diagnostic.help("name a spec, or a directory that holds a `mintage.toml`")
        }
        ReadError::OutsideRoot(escape) => diagnostic!(
            FILE_OUTSIDE_ROOT,
            "{} leaves the working directory",
            code(path)
        )
        .note(match escape {
            Escape::Absolute => "the path is absolute",
            Escape::Parent => "it climbs out with `..`",
            Escape::Symlink => "a symbolic link on its way points out",
        })
        .note(WHERE)
        .help(
            "move the spec below it, write it below `spec.inline`, or put the generator into a \
             kustomization beside the spec and name that under `resources:`",
        )
        .help(
            "`mintage krm --allow-path DIR`, where you choose the function's arguments, opens the \
             place",
        ),
        error => resolve::read_error(error, path),
    }
}
