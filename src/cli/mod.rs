//! The command line: a file for each command, flags as structs, and the one place that turns them
//! into the library's options.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the program reads its environment, starts tools and prints"
)]

pub mod argocd;
pub mod build;
pub mod build_target;
pub mod check;
pub mod completions;
pub mod diff;
pub mod doctor;
pub mod explain;
pub mod function;
pub mod guard;
pub mod install;
pub mod invocation;
pub mod krm;
pub mod list;
pub mod manifest_files;
pub mod message_options;
pub mod options;
pub mod panic;
pub mod plugin;
pub mod post_render;
pub mod read;
pub mod schema;
pub mod show;
pub mod terminal;
pub mod use_;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches as _, Parser, Subcommand};

use crate::os::{signals, stdin};
use crate::source::SourceMap;
use invocation::{Invocation, invocation};
use message_options::MessageOptions;
use terminal::Terminal;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything is fine.
    Fine,
    /// The spec or a comparison says no.
    No,
    /// The command line or the environment is at fault: an unknown flag, a file that can't be
    /// written.
    Usage,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Fine => 0,
            Exit::No => 1,
            Exit::Usage => 2,
        })
    }
}

/// Kubernetes Secrets from a TOML spec and age-encrypted files: validated, deterministic, offline.
#[derive(Debug, Parser)]
#[command(
    name = "mintage",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Examples:
  mintage build                          compile ./mintage.toml to stdout
  mintage build -e prod -o secrets.yaml  one environment, into a file (mode 0600)
  mintage build -e prod -o rendered/     a file a Secret, and a kustomization.yaml
  mintage build | kubectl apply --server-side -f -
  mintage check -e prod                  every check, even without the identities
  mintage diff rendered/                 what a build would change there
  mintage list                           the Secrets, their keys and sources
  mintage explain tls-pair               why a check exists, and how to please it

Exit codes: 0 fine, 1 the spec or a comparison says no, 2 usage or environment."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Build(build::Build),
    Check(check::Check),
    Diff(Box<diff::Diff>),
    List(Box<list::List>),
    Show(Box<show::Show>),
    Use(Box<use_::Use>),
    Krm(krm::Krm),
    PostRender(post_render::PostRender),
    Install(install::Install),
    Doctor(doctor::Doctor),
    Explain(explain::Explain),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Guard(guard::Guard),
    Argocd(argocd::Argocd),
}

/// Runs the program with these arguments, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    panic::hide_messages();
    signals::leave_no_core_dump();
    let args: Vec<OsString> = args.into_iter().collect();
    let mut command = Cli::command();
    match invocation(&args) {
        Invocation::Plugin(config, more) => {
            return plugin::run(&config, more, MessageOptions::default()).into();
        }
        Invocation::Piped => {
            // Where nothing is piped in after all, as in a job without a terminal, the answer is
            // the help.
            match stdin::read() {
                Ok(text) if text.trim().is_empty() => {}
                Ok(text) => {
                    return krm::Krm::plain(MessageOptions::default()).run_with(&text).into();
                }
                Err(diagnostic) => {
                    return Terminal::plain().report(&[*diagnostic], &SourceMap::new()).into();
                }
            }
        }
        Invocation::Kubectl => command = command.bin_name("kubectl mintage"),
        Invocation::Plain => {}
    }
    let parsed =
        command.try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            Terminal::print_clap_error(&error);
            // Help and version are answers, not mistakes.
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if asked { Exit::Fine.into() } else { Exit::Usage.into() };
        }
    };
    let exit = match cli.command {
        Command::Build(build) => build.run(),
        Command::Check(check) => check.run(),
        Command::Diff(diff) => diff.run(),
        Command::List(list) => list.run(),
        Command::Show(show) => show.run(),
        Command::Use(use_) => use_.run(),
        Command::Krm(krm) => krm.run(),
        Command::PostRender(post_render) => post_render.run(),
        Command::Install(install) => install.run(&Terminal::plain()),
        Command::Doctor(doctor) => doctor.run(),
        Command::Explain(explain) => explain.run(&Terminal::plain()),
        Command::Schema(schema) => schema.run(&Terminal::plain()),
        Command::Completions(completions) => {
            completions.run(&mut Cli::command(), &Terminal::plain())
        }
        Command::Guard(guard) => guard.run(),
        Command::Argocd(argocd) => argocd.run(),
    };
    exit.into()
}
