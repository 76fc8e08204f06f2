//! `mintage install`: what another program needs to find mintage.

use clap::{Args, Subcommand};

use super::Exit;
use super::install_argocd::InstallArgocd;
use super::terminal::Terminal;

/// Print or place what another program needs to call mintage
#[derive(Debug, Args)]
#[command(after_help = "Example:
  mintage install argocd --part patch > patch.yaml")]
pub struct Install {
    #[command(subcommand)]
    door: Door,
}

#[derive(Debug, Subcommand)]
enum Door {
    Argocd(InstallArgocd),
}

impl Install {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Exit {
        match &self.door {
            Door::Argocd(argocd) => argocd.run(terminal),
        }
    }
}
