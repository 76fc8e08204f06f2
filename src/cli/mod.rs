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
    help_template = "{about}\n\n{usage-heading} {usage}\n\n{before-help}\
        Options:\n{options}{after-help}",
    after_help = "Examples:
  mintage build                          compile ./mintage.toml to stdout
  mintage build -e prod -o secrets.yaml  write one environment to a file (mode 0600)
  mintage build -e prod -o rendered/     write one file per Secret, and a kustomization.yaml
  mintage check -e prod                  run every check, even without identities
  mintage explain tls-pair               explain a check

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

/// The commands of `--help`, under their headings.
const HEADINGS: [(&str, &[&str]); 3] = [
    ("Render", &["build", "check", "diff", "explain"]),
    ("Look", &["list", "show", "use"]),
    ("Other tools", &["install", "doctor", "guard", "schema", "completions", "help"]),
];
/// Commands that only other programs call.
const FOR_PROGRAMS: (&str, &[&str]) =
    ("Called by other programs", &["krm", "post-render", "argocd"]);

/// The command line, with its commands listed under headings.
fn command_line() -> clap::Command {
    let mut command = Cli::command();
    command.build();
    let mut list = String::new();
    for (heading, names) in HEADINGS.iter().chain([&FOR_PROGRAMS]) {
        list.push_str(&format!("{heading}:\n"));
        for name in *names {
            let about = command.find_subcommand(name).and_then(|command| command.get_about());
            let about = about.map(ToString::to_string).unwrap_or_default();
            list.push_str(&format!("  {name:<11}  {about}\n"));
        }
        list.push('\n');
    }
    Cli::command().before_help(list)
}

/// Runs the program with these arguments, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    panic::hide_messages();
    signals::leave_no_core_dump();
    let args: Vec<OsString> = args.into_iter().collect();
    let mut command = command_line();
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
            completions.run(&mut command_line(), &Terminal::plain())
        }
        Command::Guard(guard) => guard.run(),
        Command::Argocd(argocd) => argocd.run(),
    };
    exit.into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Cli, CommandFactory, FOR_PROGRAMS, HEADINGS};

    #[test]
    fn every_command_stands_under_a_heading() {
        let listed: Vec<&str> =
            HEADINGS.iter().chain([&FOR_PROGRAMS]).flat_map(|(_, names)| *names).copied().collect();
        let mut command = Cli::command();
        command.build();
        let known: BTreeSet<&str> =
            command.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), known);
        assert_eq!(listed.len(), known.len());
    }
}
