//! `mintage use`: how a Secret is used.

use clap::Args;

use super::Exit;
use super::options::SecretOptions;
use super::session::Session;
use crate::compile::resolve::Locked;
use crate::views::usage;

/// Print YAML to paste: how a Pod uses one Secret
///
/// Works without identities if the keys are known without them.
#[derive(Debug, Args)]
#[command(
    override_usage = "mintage use [OPTIONS] [SPEC] <NAME>",
    after_help = "Examples:
  mintage use mysql                          variables and files of a Pod
  mintage use examples/shop shop-tls         volume, Ingress, Gateway
  mintage use mysql | kubectl label --local -f - a=b -o yaml"
)]
pub struct Use {
    #[command(flatten)]
    secret: SecretOptions,
}

impl Use {
    pub fn run(self) -> Exit {
        let (spec, name) = self.secret.into_spec_and_name();
        let mut session = Session::open(&spec);
        session.options.locked = Locked::LeaveOut;
        match session.inspect_one(&name) {
            Ok(inspected) => session.print(&usage::yaml(&inspected)),
            Err(exit) => exit,
        }
    }
}
