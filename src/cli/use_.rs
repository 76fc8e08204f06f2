//! `mintage use`: how a Secret is used.

use clap::Args;

use crate::usage;

use super::Exit;
use super::options::SpecOptions;

/// Print YAML to paste: how Pods and others use one Secret
///
/// Works without identities where the keys are known without.
#[derive(Debug, Args)]
#[command(
    mut_arg("specs", |arg| arg
        .value_name("PATH")
        .num_args(1..=2)
        .required(true)
        .default_value(None::<&str>)
        .help("[SPEC] NAME: a spec, . without one, and a Secret's NAME or NAMESPACE/NAME")
    ),
    override_usage = "mintage use [OPTIONS] [SPEC] <NAME>",
    after_help = "Examples:
  mintage use mysql                          variables and files of a Pod
  mintage use examples/shop shop-tls         volume, Ingress, Gateway
  mintage use mysql | kubectl label --local -f - a=b -o yaml"
)]
pub struct Use {
    #[command(flatten)]
    spec: SpecOptions,
}

impl Use {
    /// Runs the command.
    pub fn run(mut self) -> Exit {
        let terminal = self.spec.messages.terminal();
        let name = self.spec.take_last_name();
        match self.spec.inspect_one(&name) {
            Ok((inspected, _)) => terminal.print(&usage::yaml(&inspected)),
            Err(exit) => exit,
        }
    }
}
