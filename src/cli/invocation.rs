//! How the program was called: by name, and with what on stdin. One binary serves kubectl,
//! kustomize and kpt.

use std::env;
use std::ffi::OsString;
use std::io::{IsTerminal as _, stdin};
use std::path::{Path, PathBuf};

use crate::integrations::krm::config::KIND;

/// Who called, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invocation {
    /// kustomize's plugin: under the name of the config's kind, with the config's file, and how
    /// many arguments there are besides.
    Plugin(PathBuf, usize),
    /// Without any argument, and with something piped in, which may be a `ResourceList`.
    Piped,
    /// As a command line, by kubectl.
    Kubectl,
    /// As a command line.
    Plain,
}

/// Looks at the arguments, the program's name first.
pub fn invocation(args: &[OsString]) -> Invocation {
    let name = args.first().map(Path::new).and_then(Path::file_stem).unwrap_or_default();
    if name == KIND
        && let Some(config) = args.get(1)
        // kustomize sets the variable; without it, somebody tries the plugin by hand.
        && (env::var_os("KUSTOMIZE_PLUGIN_CONFIG_ROOT").is_some() || Path::new(config).is_file())
    {
        return Invocation::Plugin(PathBuf::from(config), args.len() - 2);
    }
    match args.len() {
        0 | 1 if !stdin().is_terminal() => Invocation::Piped,
        _ if name == "kubectl-mintage" => Invocation::Kubectl,
        _ => Invocation::Plain,
    }
}
