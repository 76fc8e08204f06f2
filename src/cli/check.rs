//! `mintage check`: every check of `build`, nothing rendered; and the same verdict on finished
//! manifests.

use std::path::PathBuf;

use clap::Args;

use super::options::SpecOptions;
use super::{Exit, manifest_files};
use crate::compile::resolve::Locked;
use crate::diag::phrases::plural;
use crate::source::SourceMap;
use crate::{Checked, Options, check_manifests};

/// Check specs or finished manifests; write nothing
///
/// Runs every check of `build` on specs. Checks that need a missing identity are skipped, and
/// reported as skipped.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage check                          ./mintage.toml
  mintage check -e prod -D warnings      one environment, warnings are errors
  mintage check --message-format json    one JSON object a finding, for editors and CI
  mintage check --manifests rendered/    finished Secrets, as an API server would judge them
  kustomize build | mintage check --manifests -")]
pub struct Check {
    #[command(flatten)]
    spec: SpecOptions,
    /// Check finished Secret manifests: a file, a folder, or `-`; repeatable
    ///
    /// Reads YAML as kubectl does, JSON, streams of documents, and Lists. Each Secret gets the
    /// verdict of an API server on a create with strict field validation, and lints. Other kinds
    /// are counted and skipped.
    #[arg(
        long,
        value_name = "PATH",
        conflicts_with_all = ["specs", "env", "set", "set_file", "identities", "only"]
    )]
    manifests: Vec<PathBuf>,
    /// Fail on encrypted Secrets and other objects in a folder instead of passing them over
    #[arg(long, requires = "manifests")]
    strict: bool,
}

impl Check {
    /// Runs the command.
    pub fn run(&self) -> Exit {
        if !self.manifests.is_empty() {
            return self.check_manifests();
        }
        let run = self.spec.compile(Locked::LeaveOut, true);
        self.spec.messages.terminal().report(&run.compiled.diagnostics, &run.sources)
    }

    fn check_manifests(&self) -> Exit {
        let terminal = self.spec.messages.terminal();
        let mut sources = SourceMap::new();
        let mut problems = Vec::new();
        let read = manifest_files::read(&self.manifests, &mut sources, &mut problems);
        let files = read.files;
        let mut options = Options {
            allow_empty: self.spec.allow_empty,
            only_secrets: self.strict,
            ..Options::default()
        };
        if !self.strict {
            options.pass_over_encrypted = read.in_folders;
        }
        options.lints.for_manifests = true;
        self.spec.messages.lints(&mut options, &mut problems);
        // A folder that can't be read is no reason to say nothing about the rest.
        let checked = if files.is_empty() {
            Checked::default()
        } else {
            check_manifests(&files, &options, &mut sources)
        };
        let mut diagnostics = checked.diagnostics;
        diagnostics.append(&mut problems);
        let counted = [
            ("secrets", checked.secrets),
            ("others", checked.others),
            ("encrypted", checked.encrypted),
            ("files", files.len()),
        ];
        let exit = terminal.report_counted(&diagnostics, &sources, &counted);
        if !self.spec.messages.quiet && !files.is_empty() {
            let secrets = plural(checked.secrets, "Secret");
            let mut others = plural(checked.others, "other object");
            if checked.encrypted > 0 {
                let encrypted = plural(checked.encrypted, "encrypted Secret");
                others = format!("{others} and {encrypted}");
            }
            terminal.log(&format!(
                "checked {secrets} in {}, passed over {others}",
                plural(files.len(), "file")
            ));
        }
        exit
    }
}
