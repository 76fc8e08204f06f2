//! `mintage show`: one Secret.

use clap::Args;

use super::Exit;
use super::options::SecretOptions;
use super::terminal::Terminal;
use crate::diag::diagnostic;
use crate::diag::phrases::{all_of, code, nearest};
use crate::diag::render::json::pretty;
use crate::os::inputs::Inputs;
use crate::os::output::write_stdout_apart;
use crate::source::SourceMap;
use crate::views::inspect::{Inspected, details};

/// Show one Secret: metadata, keys and sources, values masked
#[derive(Debug, Args)]
#[command(
    override_usage = "mintage show [OPTIONS] [SPEC] <NAME>",
    after_help = "Examples:
  mintage show mysql                           values masked
  mintage show shop -e prod shop-prod/mysql    another spec, one of several of that name
  mintage show mysql --reveal                  with the values
  mintage show mysql --key MYSQL_PASSWORD      the bytes of one value, and nothing else"
)]
pub struct Show {
    #[command(flatten)]
    secret: SecretOptions,
    /// Show the values
    #[arg(long)]
    reveal: bool,
    /// Print only the bytes of this value
    #[arg(long, value_name = "KEY", conflicts_with_all = ["reveal", "json"])]
    key: Option<String>,
    /// Print JSON: one object
    #[arg(long)]
    json: bool,
}

impl Show {
    /// Runs the command.
    pub fn run(self) -> Exit {
        let (spec, name) = self.secret.into_spec_and_name();
        let terminal = spec.messages.terminal();
        let (mut inspected, sources, read) = match spec.inspect_one(&name) {
            Ok(found) => found,
            Err(exit) => return exit,
        };
        if self.key.is_some() || self.reveal {
            // Now everything has to be there, and passphrases are asked for.
            match spec.compile_one(&inspected) {
                Ok(secret) => inspected.fill(secret),
                Err(exit) => return exit,
            }
        }
        match &self.key {
            Some(key) => value(&inspected, key, &terminal, &sources, &read),
            None if self.json => {
                terminal.print_apart(&pretty(&details::json(&inspected, self.reveal)), &read)
            }
            None => terminal.print_apart(&details::text(&inspected, self.reveal), &read),
        }
    }
}

fn value(
    inspected: &Inspected,
    key: &str,
    terminal: &Terminal,
    sources: &SourceMap,
    read: &Inputs,
) -> Exit {
    let data = &inspected.secret.data;
    if let Some(value) = data.get(key) {
        return match write_stdout_apart(value.expose(), read) {
            Ok(()) => Exit::Fine,
            Err(fault) => terminal.cannot_write(&fault),
        };
    }
    let known = || data.keys().map(String::as_str);
    let diagnostic =
        diagnostic!(USAGE, "the Secret {} has no key {}", code(&inspected.secret.id()), code(key));
    let diagnostic = match nearest(key, known()) {
        Some(near) => diagnostic.help(format!("did you mean {}?", code(near))),
        None if data.is_empty() => diagnostic.note("it has no key at all"),
        None => diagnostic.note(format!("it has {}", all_of(known()))),
    };
    terminal.report(&[diagnostic], sources)
}
