//! `mintage schema`: the JSON Schema of specs.

use clap::Args;

use super::Exit;
use super::terminal::Terminal;
use crate::spec::schema::schema;

/// Print the JSON Schema of the spec language
#[derive(Debug, Args)]
#[command(after_help = "Example:
  mintage schema > spec.v1.json      then, as the first line of a spec: #:schema ./spec.v1.json")]
pub struct Schema {}

impl Schema {
    /// Runs the command.
    pub fn run(&self, terminal: &Terminal) -> Exit {
        terminal.print(&schema())
    }
}
