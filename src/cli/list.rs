//! `mintage list`: which Secrets there are.

use std::io::{IsTerminal as _, stdout};

use clap::Args;

use super::{Exit, options::SpecOptions, session::Session};
use crate::compile::resolve::Locked;
use crate::diag::render::json::pretty;
use crate::views::inspect::table;

/// List the Secrets of specs, their keys and sources
///
/// Works without identities. The last column shows whether the available identities can decrypt the
/// files. Never asks for a passphrase.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage list                    the Secrets of ./mintage.toml
  mintage list shop blog -e prod  several specs, one environment
  mintage list --json | jq -r '.[].name'

SOURCES: where values come from: age, file or env-var with a path or name, armor, or inline (a value
written in the spec).
NEEDS:   the kind of key that decrypts the age files: age, ssh, passphrase, age-pq or a plugin.
OPENS:   whether the available identities can decrypt all of it: yes, asks (needs a
passphrase or a plugin), no, unreadable, missing.")]
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
            table::table(&inspection.secrets, stdout().is_terminal())
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
