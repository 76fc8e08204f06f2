//! `mintage doctor`: looks for what fails without a word, or far away from its cause, on the way
//! from a spec to what is applied.

pub mod configs;
pub mod messages;
pub mod plugin;

use std::path::{Path, PathBuf};
use std::{env, fs};

use clap::Args;

use super::Exit;
use super::function::FunctionOptions;
use super::options::SpecOptions;
use crate::Options;
use crate::compile::resolve::Locked;
use crate::diag::phrases::{plural, printable};
use crate::diag::sink::Sink;
use crate::diag::{Diagnostic, Level, codes};
use crate::os::identity_files;
use crate::source::SourceMap;
use configs::{Configs, Declared};

/// Check the installation: plugins, functions, identities
///
/// Follows the kustomization in the directory to the configs of kind Mintage, compiles what they
/// name, and looks at the plugin, at kubectl and at identity files. Without a kustomization,
/// compiles the spec. Nothing is written, and no cluster is asked.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage doctor                    the kustomization or spec in this directory
  mintage doctor deploy/overlays/prod
  mintage doctor -A kustomize-function    where every call has --enable-exec")]
pub struct Doctor {
    /// Directory of a kustomization or a spec
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    #[command(flatten)]
    function: FunctionOptions,
}

#[derive(Default)]
pub(crate) struct Report {
    /// A line each, for stdout.
    seen: Vec<(&'static str, String)>,
    found: Vec<Diagnostic>,
}

impl Report {
    fn line(&mut self, what: &'static str, text: impl Into<String>) {
        self.seen.push((what, text.into()));
    }

    fn text(&self) -> String {
        let width = self.seen.iter().map(|(what, _)| what.len()).max().unwrap_or_default();
        self.seen
            .iter()
            .map(|(what, text)| format!("{what:width$}  {}\n", printable(text)))
            .collect()
    }
}

impl Doctor {
    /// Runs the command.
    pub fn run(&self) -> Exit {
        let terminal = self.function.messages.terminal();
        let mut report = Report::default();
        let mut sources = SourceMap::new();
        let configs = Configs::below(&self.directory, &mut sources, &mut report);
        if configs.kustomizations == 0 {
            sources = self.spec(sources, &mut report);
        }
        for declared in &configs.declared {
            sources = self.declared(declared, sources, &mut report);
        }
        if configs.kustomizations > 0 && configs.declared.is_empty() && report.found.is_empty() {
            report.found.push(messages::no_config(&self.directory.display().to_string()));
        }
        if configs.declared.iter().any(|declared| declared.function.is_none()) {
            plugin::check(&mut report);
        }
        if !configs.declared.is_empty() {
            plugin::check_kubectl(&mut report);
        }
        check_identities(&self.function.identities, &mut report);
        let printed = terminal.print(&report.text());
        let mut options = Options::default();
        self.function.messages.lints(&mut options, &mut report.found);
        let mut sink = Sink::new();
        report.found.into_iter().for_each(|found| sink.push(found));
        let found = sink.finish(&options.lints);
        // A missing identity is what was looked for, and no reason why nobody could look.
        let looked = found.iter().any(|found| {
            found.level == Level::Error
                && ![&codes::USAGE, &codes::CANNOT_READ].contains(&found.code)
        });
        match terminal.report(&found, &sources) {
            Exit::Fine => printed,
            Exit::Usage if looked => Exit::No,
            exit => exit,
        }
    }

    /// A directory without a kustomization.
    fn spec(&self, sources: SourceMap, report: &mut Report) -> SourceMap {
        let options =
            SpecOptions { specs: vec![self.directory.clone()], ..self.function.spec_options() };
        let run = options.compile_with(sources, Locked::Fail, false);
        report.line(
            "spec",
            format!(
                "{}: {}",
                self.directory.display(),
                plural(run.compiled.secrets.len(), "Secret")
            ),
        );
        report.found.extend(run.compiled.diagnostics);
        run.sources
    }

    /// A config, and the spec that it names.
    fn declared(&self, declared: &Declared, sources: SourceMap, report: &mut Report) -> SourceMap {
        let base: &Path = &declared.base;
        let run = self.function.compile(&declared.config, base, sources);
        let door = if declared.function.is_some() { "function" } else { "plugin" };
        report.line(
            "config",
            format!(
                "{}: {}, by the {door}",
                declared.name,
                plural(run.compiled.secrets.len(), "Secret")
            ),
        );
        report.found.extend(run.compiled.diagnostics);
        if let Some(function) = &declared.function {
            report.found.push(messages::skipped(&declared.name, function.span));
            report.found.extend(plugin::function_program(function, base));
        }
        run.sources
    }
}

/// Looks at those named with `-i`, or those in the usual places.
pub(crate) fn check_identities(flags: &[String], report: &mut Report) {
    // What can't be read is a finding of the run that wanted it.
    let Ok(gathered) = identity_files::gather(flags, &|name| env::var_os(name)) else { return };
    for identity in &gathered.identities {
        report.line("identity", identity.origin.as_str());
        if others_can_read(&identity.origin) {
            report.found.push(messages::open_identity(&identity.origin));
        }
    }
    if gathered.identities.is_empty() {
        report.line("identity", "none but those that specs name");
    }
}

/// Variables and standard input are no files.
#[cfg(unix)]
fn others_can_read(path: &str) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o044 != 0)
}

#[cfg(not(unix))]
fn others_can_read(_path: &str) -> bool {
    let _ = fs::metadata;
    false
}
