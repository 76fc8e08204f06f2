//! `mintage check`: every check of `build`, nothing rendered.

use clap::Args;

use crate::resolve::Locked;

use super::Exit;
use super::options::SpecOptions;

/// Check specs without writing anything
///
/// Every check of `build` is made. What needs an identity that is not there is left out, and it says so.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage check                          ./mintage.toml
  mintage check -e prod -D warnings      one environment, warnings are errors
  mintage check --message-format json    one JSON object a finding, for editors and CI")]
pub struct Check {
    #[command(flatten)]
    spec: SpecOptions,
}

impl Check {
    /// Runs the command.
    pub fn run(&self) -> Exit {
        let run = self.spec.compile(Locked::LeaveOut, true);
        self.spec.messages.terminal().report(&run.compiled.diagnostics, &run.sources)
    }
}
