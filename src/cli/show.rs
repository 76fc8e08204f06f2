//! `mintage show` and `mintage use`: one Secret, and how a Pod uses it.

use clap::Args;

use super::{Exit, options::SecretOptions, session::Session};
use crate::compile::resolve::Locked;
use crate::diag::phrases::{all_of, code, nearest};
use crate::diag::render::json::pretty;
use crate::diag::{Diagnostic, Level, diagnostic};
use crate::secret::Secret;
use crate::views::inspect::{Inspected, details};
use crate::views::usage;

/// Show one Secret: metadata, keys and sources, values masked
#[derive(Debug, Args)]
#[command(
    override_usage = "mintage show [OPTIONS] [SPEC] <NAME>",
    after_help = "Examples:
  mintage show mysql                           values masked
  mintage show shop -e prod shop-prod/mysql    another spec; NAMESPACE/NAME if the name is not \
  unique
  mintage show mysql --reveal                  with the values
  mintage show mysql --key MYSQL_PASSWORD      the bytes of one value, and nothing else"
)]
pub struct Show {
    /// Show the values
    #[arg(long)]
    reveal: bool,
    /// Print only the bytes of this value
    #[arg(long, value_name = "KEY", conflicts_with_all = ["reveal", "json"])]
    key: Option<String>,
    /// Print JSON: one object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    secret: SecretOptions,
}

impl Show {
    pub fn run(self) -> Exit {
        let (spec, name) = self.secret.into_spec_and_name();
        let mut session = Session::open(&spec);
        session.options.locked = Locked::LeaveOut;
        let mut inspected = match session.inspect_one(&name) {
            Ok(inspected) => inspected,
            Err(exit) => return exit,
        };
        if self.key.is_some() || self.reveal {
            match build(&inspected, &mut session) {
                Ok(secret) => inspected.fill(secret),
                Err(exit) => return exit,
            }
        }
        match &self.key {
            Some(key) => match inspected.secret.data.get(key) {
                Some(value) => session.terminal.printed(session.write_stdout(value.expose())),
                None => session.report(&[no_key(&inspected.secret, key)]),
            },
            None if self.json => session.print(&pretty(&details::json(&inspected, self.reveal))),
            None => session.print(&details::text(&inspected, self.reveal)),
        }
    }
}

/// Builds one Secret. Now everything has to be there, and passphrases are asked for.
fn build(inspected: &Inspected, session: &mut Session) -> Result<Secret, Exit> {
    session.options.locked = Locked::Fail;
    session.options.only.clear();
    session.select(&[glob::Pattern::escape(&inspected.id)]);
    let mut compiled = session.compile();
    // Lints are for `check`.
    compiled.diagnostics.retain(|diagnostic| diagnostic.level == Level::Error);
    match compiled.secrets.pop() {
        Some(secret) if !compiled.has_errors() => Ok(secret),
        _ => Err(session.report(&compiled.diagnostics)),
    }
}

fn no_key(secret: &Secret, key: &str) -> Diagnostic {
    let diagnostic =
        diagnostic!(USAGE, "the Secret {} has no key {}", code(&secret.id()), code(key));
    let known = || secret.data.keys().map(String::as_str);
    match nearest(key, known()) {
        Some(near) => diagnostic.help(format!("did you mean {}?", code(near))),
        None if secret.data.is_empty() => diagnostic.note("it has no keys"),
        None => diagnostic.note(format!("it has {}", all_of(known()))),
    }
}

/// Print YAML to paste that uses one Secret in a Pod, Ingress or other object
///
/// Needs an identity only if the data keys come from an encrypted file.
#[derive(Debug, Args)]
#[command(
    override_usage = "mintage use [OPTIONS] [SPEC] <NAME>",
    after_help = "Examples:
  mintage use mysql                          environment variables and files for a Pod
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
