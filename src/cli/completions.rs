//! `mintage completions`: completion scripts for shells.

use clap::{Args, Command};
use clap_complete::Shell;

use super::Exit;
use super::terminal::Terminal;

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage completions bash > /etc/bash_completion.d/mintage
  mintage completions zsh > ~/.zfunc/_mintage
  mintage completions fish > ~/.config/fish/completions/mintage.fish")]
pub struct Completions {
    /// Shell to complete for
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    /// Runs the command.
    pub fn run(&self, command: &mut Command, terminal: &Terminal) -> Exit {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, command, "mintage", &mut script);
        terminal.print(&String::from_utf8_lossy(&script))
    }
}
