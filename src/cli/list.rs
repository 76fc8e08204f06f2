//! `mintage list`: which Secrets there are.

use clap::Args;

use super::Exit;
use super::options::SpecOptions;
use crate::diag::render::json::pretty;
use crate::views::inspect::table;

/// List the Secrets of specs, their keys and sources
///
/// Works without identities: the last column says whether the available ones open the files. Never
/// asks for a passphrase.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage list                    the Secrets of ./mintage.toml
  mintage list shop blog -e prod  several specs, one environment
  mintage list --json | jq -r '.[].name'

SOURCES: age, file and env-var with a path or name; inline means the spec itself.
NEEDS:   what the age files are encrypted for: age, ssh or a passphrase.
OPENS:   whether the available identities open all of it: yes, asks (for a passphrase), no, \
unreadable, missing.")]
pub struct List {
    #[command(flatten)]
    spec: SpecOptions,
    /// Print JSON: an array of objects
    #[arg(long)]
    json: bool,
}

impl List {
    /// Runs the command.
    pub fn run(&self) -> Exit {
        let terminal = self.spec.messages.terminal();
        let (inspection, sources, read) = self.spec.inspect();
        let text = if self.json {
            pretty(&table::json(&inspection.secrets))
        } else {
            table::table(&inspection.secrets, terminal.width_of_stdout())
        };
        // What can be listed is listed, but not when nothing could be read.
        let printed = if inspection.secrets.is_empty() && !inspection.diagnostics.is_empty() {
            Exit::Fine
        } else {
            terminal.print_apart(&text, &read)
        };
        match terminal.report(&inspection.diagnostics, &sources) {
            Exit::Fine => printed,
            exit => exit,
        }
    }
}
