//! `mintage list`: which Secrets there are.

use clap::Args;

use super::Exit;
use super::options::SpecOptions;
use crate::diag::render::json::pretty;
use crate::views::inspect::table;

/// List the Secrets of specs, their keys and what they come out of
///
/// Works without identities: whether one at hand opens the files stands in the last column. Nobody
/// is asked for a passphrase.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage list                    the Secrets of ./mintage.toml
  mintage list shop blog -e prod  several specs, one environment
  mintage list --json | jq -r '.[].name'

SOURCES: age, file and env-var with a path or name; inline is what the spec itself says.
NEEDS:   whom the age files are for: age, ssh, passphrase. Whose keys, the files do not say.
OPENS:   whether all of it can be had with the identities at hand: yes, asks (for a passphrase), \
no, unreadable, missing.")]
pub struct List {
    #[command(flatten)]
    spec: SpecOptions,
    /// JSON: an array of objects
    #[arg(long)]
    json: bool,
}

impl List {
    /// Runs the command.
    pub fn run(&self) -> Exit {
        let terminal = self.spec.messages.terminal();
        let (inspection, sources) = self.spec.inspect();
        let text = if self.json {
            pretty(&table::json(&inspection.secrets))
        } else {
            table::table(&inspection.secrets, terminal.width_of_stdout())
        };
        // What can be listed is listed, but not when nothing could be read.
        let printed = if inspection.secrets.is_empty() && !inspection.diagnostics.is_empty() {
            Exit::Fine
        } else {
            terminal.print(&text)
        };
        match terminal.report(&inspection.diagnostics, &sources) {
            Exit::Fine => printed,
            exit => exit,
        }
    }
}
