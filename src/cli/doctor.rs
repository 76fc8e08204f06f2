//! `mintage doctor`: looks for what fails without a word, or far away from its cause, on the way
//! from a spec to what is applied.

pub mod configs;
mod environments;
pub mod git;
mod once;
pub mod plugin;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use clap::Args;

use super::session::Session;
use super::spec_above::take_spec_above;
use super::{Exit, function, options::AccessOptions};
use crate::Compiled;
use crate::compile::environment::NamedBy;
use crate::diag::phrases::{code, plural, printable};
use crate::diag::{Diagnostic, Level, codes, diagnostic, sink::Sink};
use configs::Configs;
use once::Repeats;

/// Check the installation: plugins, functions, identities
///
/// Finds the configs of kind Mintage in the folder's kustomization, compiles their specs, and
/// checks the plugin, the identity files, and what `install git` sets up. Without a kustomization,
/// compiles the spec in the folder, or the nearest one above, for each of its environments. Writes
/// nothing and contacts no cluster.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage doctor                    the kustomization or spec in this folder
  mintage doctor deploy/overlays/prod
  mintage doctor -A kustomize-function    if you always pass --enable-exec")]
pub struct Doctor {
    /// Folder with a kustomization or a spec [default: .]
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
    #[command(flatten)]
    access: AccessOptions,
}

#[derive(Default)]
pub struct Report {
    /// What was looked at, for stdout.
    text: String,
    pub found: Vec<Diagnostic>,
}

impl Report {
    pub fn line(&mut self, what: &str, text: &str) {
        self.text.push_str(&format!("{what:13}  {}\n", printable(text)));
    }

    /// Compiles what the session has; `by` says how it would be run.
    fn compile(&mut self, what: &str, name: &str, by: &str, session: &mut Session) {
        let compiled = session.compile();
        self.line(what, &format!("{name}: {}{by}", made(&compiled)));
        self.found.extend(compiled.diagnostics);
    }
}

/// What came of compiling, for a line.
fn made(compiled: &Compiled) -> String {
    match compiled.has_errors() {
        true => "can't be built".to_owned(),
        false => plural(compiled.secrets.len(), "Secret"),
    }
}

impl Doctor {
    pub fn run(&self) -> Exit {
        let mut session = Session::with_access(&self.access);
        if !session.problems.is_empty() {
            return session.report(&session.problems);
        }
        let mut report = Report::default();
        let directory = self.directory.as_deref().unwrap_or(Path::new("."));
        let name = directory.display().to_string();
        let configs = Configs::below(directory, &mut session, &mut report);
        report.found.append(&mut session.problems);
        if configs.kustomizations == 0 {
            let unnamed = self.directory.is_none();
            let above = if unnamed { take_spec_above(&session.terminal) } else { None };
            let spec = above.as_deref().unwrap_or(directory);
            session.add_spec(spec);
            session.choose_environment(NamedBy::Flag, None);
            environments::check(&spec.display().to_string(), &mut session, &mut report);
        } else if configs.declared.is_empty() && report.found.is_empty() {
            report.found.push(no_config(&name));
        }
        for declared in &configs.declared {
            function::load(&declared.config, &declared.base, &mut session);
            let (name, function) = (&declared.name, &declared.function);
            let by = if function.is_some() { ", via the function" } else { ", via the plugin" };
            report.compile("config", name, by, &mut session);
            if let Some(function) = function {
                report.found.push(plugin::skipped(name, function));
                report.found.extend(plugin::check_function(function, &declared.base));
            }
        }
        if configs.declared.iter().any(|declared| declared.function.is_none()) {
            plugin::check(&mut report);
        }
        git::check(directory, &mut report);
        list_identities(&session, &mut report);
        let printed = session.terminal.print_view(&report.text);
        let mut sink = Sink::new();
        let (mut repeats, mut seen) = (Repeats::new(&session.sources), HashSet::new());
        for found in report.found {
            // Two configs may name one spec.
            if seen.insert(repeats.sameness(&found)) {
                sink.push(found);
            }
        }
        let found = sink.finish(&session.options.lints);
        // A missing identity is what was looked for, and no reason why nobody could look.
        let looked = found.iter().any(|found| {
            found.level == Level::Error
                && ![&codes::USAGE, &codes::CANNOT_READ].contains(&found.code)
        });
        match session.report(&found) {
            Exit::Fine => printed,
            Exit::Usage if looked => Exit::No,
            exit => exit,
        }
    }
}

/// The identities that were named, or those in the usual places.
fn list_identities(session: &Session, report: &mut Report) {
    for identity in &session.options.identities {
        report.line("identity", &identity.description());
    }
    if session.options.identities.is_empty() {
        report.line("identity", "only those named in specs");
    }
}

/// A kustomization that makes no Secret of ours.
fn no_config(directory: &str) -> Diagnostic {
    diagnostic!(KUSTOMIZATION, "no kustomization in {} lists a mintage config", code(directory))
        .note("kustomize silently renders it without any Secrets from mintage")
        .help(
            "create a config with `kind: Mintage`, and list it under `generators:`; `mintage \
             install kustomize` shows both",
        )
}
