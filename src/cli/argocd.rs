//! `mintage argocd`: the commands of the plugin, which Argo CD's plugin server calls.

use std::path::{Path, PathBuf};
use std::{env, fs};

use clap::{Args, ColorChoice, Subcommand};

use super::Exit;
use super::build::{Format, emit};
use super::options::{AccessOptions, MessageOptions, PlainMessages};
use super::{session::Session, terminal::verdict};
use crate::Options;
use crate::compile::budget::Limits;
use crate::compile::environment::NamedBy;
use crate::diag::phrases::{code, plural};
use crate::diag::{Diagnostic, Level, diagnostic, render::MessageFormat};
use crate::integrations::argocd::announcement;
use crate::integrations::argocd::request::{self, Request};
use crate::spec;

/// Commands that Argo CD's plugin server calls
///
/// An Application can set the parameters env, spec, only and set (`source.plugin.parameters`), or
/// the variables MINTAGE_ENV, MINTAGE_SPEC, MINTAGE_ONLY and MINTAGE_SET (`source.plugin.env`; Argo
/// CD adds the prefix ARGOCD_ENV_). It can set nothing else and read nothing outside its folder.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage argocd generate                what the plugin renders, in the folder of an Application
  mintage argocd parameters              the parameters that the Argo CD UI offers
  ARGOCD_ENV_MINTAGE_ENV=prod mintage argocd generate")]
pub struct Argocd {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Generate(Generate),
    Parameters(Parameters),
}

/// Render the spec of an Application to stdout
///
/// Messages are short, because the Argo CD UI shows them, and contain no values. An empty result is
/// an error, because with pruning enabled Argo CD would delete all existing Secrets.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  command: [mintage, argocd, generate]                        in plugin.yaml
  command: [mintage, argocd, generate, -D, warnings]          lints stop a sync")]
struct Generate {
    /// Succeed even if the spec produces no Secrets; an Application can't set this
    #[arg(long)]
    allow_empty: bool,
    /// Make a lint an error (`warnings`: every warning)
    #[arg(short = 'D', long = "deny", value_name = "CODE")]
    deny: Vec<String>,
    /// Turn a lint off
    #[arg(short = 'A', long = "allow", value_name = "CODE")]
    allow: Vec<String>,
    /// Raise a limit of the run: secrets, read, made or steps; an Application can't set this
    #[arg(long, value_name = "NAME=SIZE")]
    limit: Vec<String>,
}

/// Print the parameters that an Application can set, as Argo CD's JSON
#[derive(Debug, Args)]
#[command(after_help = "Example:
  command: [mintage, argocd, parameters]     in plugin.yaml, below parameters.dynamic")]
struct Parameters {}

impl Argocd {
    pub fn run(&self) -> Exit {
        match &self.command {
            Command::Generate(generate) => generate.run(),
            Command::Parameters(_) => print_parameters(),
        }
    }
}

impl Generate {
    fn run(&self) -> Exit {
        let messages = MessageOptions {
            deny: self.deny.clone(),
            allow: self.allow.clone(),
            plain: for_the_user_interface(),
            ..MessageOptions::default()
        };
        let (allow_empty, limit) = (self.allow_empty, self.limit.clone());
        let access = AccessOptions { allow_empty, limit, messages, ..AccessOptions::default() };
        let mut session = Session::within(Limits::SHARED, &access);
        let (request, spec) = match requested() {
            Ok(asked) => asked,
            Err(faults) => return report(faults, &session),
        };
        session.add_found_spec(&spec);
        session.choose_environment(NamedBy::Parameter, request.env.as_deref());
        for text in &request.set {
            session.set_variable("the parameter set", text);
        }
        session.select(&request.only);
        let mut compiled = session.compile();
        if !compiled.has_errors() {
            let written = emit(Format::Yaml, &compiled.secrets).and_then(|text| {
                session.write_stdout(text.expose()).map_err(|fault| fault.diagnostic().into())
            });
            compiled.diagnostics.extend(written.err().map(|diagnostic| *diagnostic));
        }
        report(compiled.diagnostics, &session)
    }
}

/// Only the spec's path counts here: what else an Application asks for may be what its author is
/// about to put right.
fn print_parameters() -> Exit {
    let messages = MessageOptions { plain: for_the_user_interface(), ..MessageOptions::default() };
    let mut session = Session::new(&messages, Options::default());
    let path = match requested() {
        Ok((_, path)) => path,
        Err(faults) => return report(faults, &session),
    };
    let Some(file) = session.read_found(&path, "a spec") else {
        let problems = std::mem::take(&mut session.problems);
        return report(problems, &session);
    };
    let limit = session.options.limits.file;
    match spec::parse(file, &mut session.sources, limit) {
        (Some(spec), _) => session.print(&announcement::json(&spec)),
        (None, problems) => report(problems, &session),
    }
}

/// What the Application asks for, and where its spec is.
fn requested() -> Result<(Request, PathBuf), Vec<Diagnostic>> {
    let variables = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok())));
    let request = request::read(variables)?;
    let path = Path::new(request.spec.as_deref().unwrap_or("."));
    let path = if path.is_dir() { path.join("mintage.toml") } else { path.to_owned() };
    // The folder of an Application is somebody else's: a link in it may point anywhere. What the
    // spec itself reads, the sandbox looks after; what is not there fails when it is read.
    if let (Ok(folder), Ok(real)) = (fs::canonicalize("."), fs::canonicalize(&path))
        && !real.starts_with(&folder)
    {
        let name = code(&path.to_string_lossy());
        return Err(vec![diagnostic!(
            USAGE,
            "the spec {name} is a link to a file outside the Application's folder"
        )]);
    }
    Ok((request, path))
}

/// One line a finding, and errors only: the user interface shows all of stderr as one message.
fn for_the_user_interface() -> PlainMessages {
    PlainMessages {
        message_format: MessageFormat::Short,
        color: ColorChoice::Never,
        quiet: true,
        ..PlainMessages::default()
    }
}

const MAX_ERRORS: usize = 20;

/// Short lines have no room for helps, of which the first says what to do.
fn report(mut diagnostics: Vec<Diagnostic>, session: &Session) -> Exit {
    diagnostics.retain(|diagnostic| diagnostic.level == Level::Error);
    let more = diagnostics.len().saturating_sub(MAX_ERRORS);
    for diagnostic in &mut diagnostics {
        *diagnostic = diagnostic.shown(&session.sources);
        if let Some(help) = diagnostic.helps.first() {
            diagnostic.message = format!("{}; {help}", diagnostic.message);
        }
    }
    // The verdict is about all of them.
    let exit = verdict(&diagnostics, &session.sources);
    diagnostics.truncate(MAX_ERRORS);
    session.report(&diagnostics);
    if more > 0 {
        session.terminal.log(&format!("and {}", plural(more, "more error")));
    }
    exit
}
