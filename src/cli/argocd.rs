//! `mintage argocd`: the commands of the plugin, which Argo CD's plugin server calls.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::{env, fs};

use clap::{Args, Subcommand};

use super::Exit;
use super::build::{Format, emit};
use super::message_options::MessageOptions;
use super::options::SpecOptions;
use super::read::read_text;
use super::terminal::{Color, verdict};
use crate::compile::resolve::Locked;
use crate::diag::phrases::{code, plural};
use crate::diag::render::MessageFormat;
use crate::diag::{Diagnostic, Level, diagnostic};
use crate::integrations::argocd::request::{self, Request};
use crate::integrations::argocd::{self, announcement};
use crate::os::output;
use crate::os::output::messages::cannot_write;
use crate::source::SourceMap;
use crate::spec;

/// Commands that Argo CD's plugin server calls
///
/// An Application can set only ARGOCD_ENV_MINTAGE_ENV, _SPEC, _ONLY and _SET
/// (`source.plugin.env`) and the parameters env, spec, only and set (`source.plugin.parameters`),
/// and read nothing outside of its folder.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage argocd generate                what the plugin renders, in the folder of an Application
  mintage argocd parameters              what the user interface offers for it
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
/// Messages are short, for the user interface, and hold no values. An empty result is an error:
/// with pruning on, Argo CD would delete all that was there.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  command: [mintage, argocd, generate]                        in plugin.yaml
  command: [mintage, argocd, generate, -D, warnings]          lints stop a sync")]
struct Generate {
    /// Succeed even if the spec produces no Secrets; an Application can't set this
    #[arg(long)]
    allow_empty: bool,
    /// Make a lint an error; `warnings` for all
    #[arg(short = 'D', long = "deny", value_name = "CODE")]
    deny: Vec<String>,
    /// Turn a lint off
    #[arg(short = 'A', long = "allow", value_name = "CODE")]
    allow: Vec<String>,
}

/// Print the parameters that an Application can set, as Argo CD's JSON
#[derive(Debug, Args)]
#[command(after_help = "Example:
  command: [mintage, argocd, parameters]     in plugin.yaml, below parameters.dynamic")]
struct Parameters {}

impl Argocd {
    /// Runs the command.
    pub fn run(&self) -> Exit {
        match &self.command {
            Command::Generate(generate) => generate.run(),
            Command::Parameters(parameters) => parameters.run(),
        }
    }
}

impl Generate {
    fn run(&self) -> Exit {
        let (request, spec) = match requested() {
            Ok(asked) => asked,
            Err(faults) => return report(faults, &SourceMap::new()),
        };
        let options = SpecOptions {
            specs: vec![spec],
            env: request.env,
            set: request.set,
            set_file: Vec::new(),
            identities: Vec::new(),
            allow_path: Vec::new(),
            allow_env_var: Vec::new(),
            only: request.only,
            allow_empty: self.allow_empty,
            messages: MessageOptions {
                deny: self.deny.clone(),
                allow: self.allow.clone(),
                ..messages()
            },
            gathered: OnceCell::new(),
            inline: None,
            asked_by: ["the parameter env", "the parameter set"],
        };
        let mut run = options.compile(Locked::Fail, false);
        if !run.compiled.has_errors() {
            let written = emit(Format::Yaml, &run.compiled.secrets).and_then(|text| {
                output::write_stdout_apart(text.expose(), &run.inputs)
                    .map_err(|fault| Box::new(cannot_write(&fault)))
            });
            run.compiled.diagnostics.extend(written.err().map(|diagnostic| *diagnostic));
        }
        report(run.compiled.diagnostics, &run.sources)
    }
}

impl Parameters {
    /// Only the spec's path counts here: what else an Application asks for may be what its author
    /// is about to put right.
    fn run(&self) -> Exit {
        let (_, path) = match requested() {
            Ok(asked) => asked,
            Err(faults) => return report(faults, &SourceMap::new()),
        };
        let mut sources = SourceMap::new();
        let mut problems = Vec::new();
        let Some(file) = read_text(&path, "a spec", &mut sources, &mut problems) else {
            return report(problems, &sources);
        };
        let (spec, problems) = spec::parse(file, &mut sources);
        match spec {
            Some(spec) => messages().terminal().print(&announcement::json(&spec)),
            None => report(problems, &sources),
        }
    }
}

/// What the Application asks for, and where its spec is.
fn requested() -> Result<(Request, PathBuf), Vec<Diagnostic>> {
    let variables = env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok())));
    let request = request::read(variables)
        .map_err(|faults| faults.iter().map(argocd::diagnostic).collect::<Vec<_>>())?;
    let path = Path::new(request.spec.as_deref().unwrap_or("."));
    let path = if path.is_dir() { path.join("mintage.toml") } else { path.to_owned() };
    stays_inside(&path).map_err(|diagnostic| vec![*diagnostic])?;
    Ok((request, path))
}

/// The folder of an Application is somebody else's: a link in it may point anywhere. What the spec
/// itself reads, the sandbox looks after.
fn stays_inside(path: &Path) -> Result<(), Box<Diagnostic>> {
    // What is not there is said by whoever reads it.
    let (Ok(folder), Ok(real)) = (fs::canonicalize("."), fs::canonicalize(path)) else {
        return Ok(());
    };
    if real.starts_with(&folder) {
        return Ok(());
    }
    let name = code(&path.to_string_lossy());
    Err(Box::new(diagnostic!(
        USAGE,
        "the spec {name} is a link that leads out of the Application's folder"
    )))
}

/// One line a finding, and errors only: the user interface shows all of stderr as one message.
fn messages() -> MessageOptions {
    MessageOptions {
        deny: Vec::new(),
        warn: Vec::new(),
        allow: Vec::new(),
        at: None,
        message_format: MessageFormat::Short,
        color: Color::Never,
        quiet: true,
        verbose: false,
    }
}

/// Most errors that are printed.
const MAX_ERRORS: usize = 20;

/// Short lines have no room for helps, of which the first says what to do.
fn report(mut diagnostics: Vec<Diagnostic>, sources: &SourceMap) -> Exit {
    diagnostics.retain(|diagnostic| diagnostic.level == Level::Error);
    let more = diagnostics.len().saturating_sub(MAX_ERRORS);
    for diagnostic in &mut diagnostics {
        if let Some(help) = diagnostic.helps.first() {
            diagnostic.message = format!("{}; {help}", diagnostic.message);
        }
    }
    // The verdict is about all of them.
    let terminal = messages().terminal();
    let exit = verdict(&diagnostics);
    diagnostics.truncate(MAX_ERRORS);
    terminal.report(&diagnostics, sources);
    if more > 0 {
        terminal.log(&format!("and {}", plural(more, "more error")));
    }
    exit
}
