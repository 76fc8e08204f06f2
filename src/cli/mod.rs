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
pub mod decrypt;
pub mod diff;
pub mod doctor;
pub mod edit;
pub mod editing;
pub mod encrypt;
pub mod function;
pub mod generate;
pub mod guard;
pub mod identities;
pub mod init;
pub mod install;
pub mod key_files;
pub mod keygen;
pub mod keys;
pub mod krm;
pub mod list;
mod literals;
pub mod manifest_files;
pub mod options;
pub mod post_render;
pub mod recipients;
pub mod reference;
pub mod rekey;
pub mod session;
pub mod set;
pub mod show;
mod spec_above;
pub mod terminal;
pub mod textconv;
pub mod unset;
mod value_input;
mod value_run;

use std::io::{IsTerminal as _, stdin};
use std::{env, ffi::OsString};
use std::{path::Path, process::ExitCode};

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches as _, Parser, Subcommand};

use crate::diag::phrases::visible;
use crate::integrations::krm::config::KIND;
use crate::os::{signals, texts::read_stdin};
use options::AccessOptions;
use terminal::Terminal;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Fine = 0,
    No = 1,
    /// The command line or the environment is at fault: an unknown flag, a file that can't be
    /// written.
    Usage = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Kubernetes Secrets from a TOML spec and age-encrypted files: validated, deterministic, offline.
#[derive(Debug, Parser)]
#[command(
    name = "mintage",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    help_template = "{about}\n\n{usage-heading} \
        {usage}\n\n{before-help}Options:\n{options}{after-help}",
    after_help = "Examples:
  mintage build                          compile ./mintage.toml and print YAML
  mintage build -e prod -o secrets.yaml  write one environment to a file (mode 0600)
  mintage build -e prod -o rendered/     write one file per Secret, and a kustomization.yaml
  mintage check -e prod                  run all checks that your identities allow
  mintage explain tls-pair               explain a check

Exit codes: 0 success, 1 invalid spec or a difference, 2 usage error, missing identity or I/O \
error."
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
    Use(Box<show::Use>),
    Edit(Box<edit::Edit>),
    Generate(Box<generate::Generate>),
    Init(init::Init),
    Set(Box<set::Set>),
    Unset(Box<unset::Unset>),
    Keygen(keygen::Keygen),
    Encrypt(Box<encrypt::Encrypt>),
    Decrypt(decrypt::Decrypt),
    Recipients(recipients::Recipients),
    Rekey(Box<rekey::Rekey>),
    Krm(krm::Krm),
    PostRender(post_render::PostRender),
    Install(install::Install),
    Doctor(doctor::Doctor),
    Explain(reference::Explain),
    Schema(reference::Schema),
    Completions(reference::Completions),
    Guard(guard::Guard),
    Argocd(argocd::Argocd),
    Textconv(textconv::Textconv),
}

/// The commands of `--help`, under their headings.
const HEADINGS: [(&str, &[&str]); 4] = [
    ("Render", &["build", "check", "diff"]),
    ("Inspect", &["list", "show", "use", "explain"]),
    (
        "Keys and encrypted files",
        &[
            "init",
            "keygen",
            "set",
            "unset",
            "edit",
            "encrypt",
            "decrypt",
            "generate",
            "recipients",
            "rekey",
        ],
    ),
    ("Other tools", &["install", "doctor", "guard", "schema", "completions", "help"]),
];
const FOR_PROGRAMS: (&str, &[&str]) =
    ("Called by other programs", &["krm", "post-render", "argocd", "textconv"]);

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

/// Runs the program with these arguments, the program's name first. One binary serves a shell,
/// kubectl, kustomize and kpt.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    terminal::hide_panic_messages();
    signals::leave_no_core_dump();
    signals::report_full_files();
    let args: Vec<OsString> = args.into_iter().collect();
    let name = args.first().map(Path::new).and_then(Path::file_stem).unwrap_or_default();
    // kustomize's plugin has the name of the config's kind. kustomize sets the variable; without
    // it, somebody tries the plugin by hand.
    if name == KIND
        && let Some(config) = args.get(1).map(Path::new)
        && (env::var_os("KUSTOMIZE_PLUGIN_CONFIG_ROOT").is_some() || config.is_file())
    {
        return post_render::run_plugin(config, args.len() - 2).into();
    }
    // Without arguments, a `ResourceList` may be piped in. Where nothing is, as in a job without a
    // terminal, the answer is the help.
    if args.len() < 2 && !stdin().is_terminal() {
        match read_stdin() {
            Ok(text) if text.trim().is_empty() => {}
            Ok(text) => return krm::run(&text, &AccessOptions::default()).into(),
            Err(diagnostic) => return Terminal::plain().fail(*diagnostic).into(),
        }
    }
    let mut command = command_line();
    if name == "kubectl-mintage" {
        command = command.bin_name("kubectl mintage");
    }
    let shown: Vec<String> = args.iter().map(|arg| visible(&arg.to_string_lossy())).collect();
    let matches = command.try_get_matches_from_mut(args);
    // What is wrong with arguments is said about what can be printed of them.
    let matches =
        matches.map_err(|error| command.try_get_matches_from_mut(shown).err().unwrap_or(error));
    match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli.command.run().into(),
        Err(error) => {
            let kind = error.kind();
            Terminal::print_clap_error(error);
            // Help and version are answers, not mistakes.
            match kind {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Fine.into(),
                _ => Exit::Usage.into(),
            }
        }
    }
}

impl Command {
    fn run(self) -> Exit {
        match self {
            Self::Build(build) => build.run(),
            Self::Check(check) => check.run(),
            Self::Diff(diff) => diff.run(),
            Self::List(list) => list.run(),
            Self::Show(show) => show.run(),
            Self::Use(use_) => use_.run(),
            Self::Edit(edit) => edit.run(),
            Self::Generate(generate) => generate.run(),
            Self::Init(init) => init.run(),
            Self::Set(set) => set.run(),
            Self::Unset(unset) => unset.run(),
            Self::Keygen(keygen) => keygen.run(),
            Self::Encrypt(encrypt) => encrypt.run(),
            Self::Decrypt(decrypt) => decrypt.run(),
            Self::Recipients(recipients) => recipients.run(),
            Self::Rekey(rekey) => rekey.run(),
            Self::Krm(krm) => krm.run(),
            Self::PostRender(post_render) => post_render.run(),
            Self::Install(install) => install.run(),
            Self::Doctor(doctor) => doctor.run(),
            Self::Explain(explain) => explain.run(),
            Self::Schema(schema) => schema.run(),
            Self::Completions(completions) => completions.run(&mut command_line()),
            Self::Guard(guard) => guard.run(),
            Self::Argocd(argocd) => argocd.run(),
            Self::Textconv(textconv) => textconv.run(),
        }
    }
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
