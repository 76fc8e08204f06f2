//! `mintage list`: which Secrets there are.

use clap::Args;

use super::Exit;
use super::options::SpecOptions;
use super::session::Session;
use crate::compile::resolve::Locked;
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
    /// Print JSON: an array of objects
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    spec: SpecOptions,
}

impl List {
    pub fn run(&self) -> Exit {
        let mut session = Session::open(&self.spec);
        session.options.locked = Locked::LeaveOut;
        let inspection = session.inspect();
        let text = if self.json {
            pretty(&table::json(&inspection.secrets))
        } else {
            table::table(&inspection.secrets, session.terminal.width_of_stdout())
        };
        // What can be listed is listed, but not when nothing could be read.
        let printed = if inspection.secrets.is_empty() && !inspection.diagnostics.is_empty() {
            Exit::Fine
        } else {
            session.print(&text)
        };
        match session.report(&inspection.diagnostics) {
            Exit::Fine => printed,
            exit => exit,
        }
    }
}
