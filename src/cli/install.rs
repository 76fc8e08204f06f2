//! `mintage install`: puts what another tool looks for where it looks for it, or prints it.

pub mod argocd;
pub mod helm;
pub mod kustomize;
pub mod place;

use clap::{Args, Subcommand};

use super::Exit;
use super::terminal::Terminal;

pub use kustomize::{below, plugin_home};

/// Install mintage as a plugin of another tool
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage install kustomize      the plugin that kustomize and kubectl run
  mintage install helm           the post-renderer of Helm 4
  mintage install argocd --part patch > patch.yaml

Files that mintage did not write are only overwritten with --force.")]
pub struct Install {
    #[command(subcommand)]
    target: Target,
}

#[derive(Debug, Subcommand)]
enum Target {
    Argocd(argocd::InstallArgocd),
    Kustomize(kustomize::Kustomize),
    Helm(helm::Helm),
}

impl Install {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Exit {
        match &self.target {
            Target::Argocd(argocd) => argocd.run(terminal),
            Target::Kustomize(kustomize) => kustomize.run(terminal),
            Target::Helm(helm) => helm.run(terminal),
        }
    }
}
