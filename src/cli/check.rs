//! `mintage check`: every check of `build`, nothing rendered; and the same verdict on finished
//! manifests.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::manifest_files::{self, ManifestFiles};
use super::options::SpecOptions;
use super::session::Session;
use crate::compile::resolve::Locked;
use crate::diag::phrases::plural;
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
    #[command(flatten)]
    spec: SpecOptions,
}

impl Check {
    pub fn run(&self) -> Exit {
        if !self.manifests.is_empty() {
            return self.check_manifests();
        }
        let mut session = Session::open(&self.spec);
        session.options.locked = Locked::LeaveOut;
        session.options.unused_files = true;
        let compiled = session.compile();
        session.report(&compiled.diagnostics)
    }

    fn check_manifests(&self) -> Exit {
        let messages = &self.spec.access.messages;
        let mut options = Options {
            allow_empty: self.spec.access.allow_empty,
            only_secrets: self.strict,
            ..Options::default()
        };
        // Before flags name lints: more of them can be allowed for manifests.
        options.lints.for_manifests = true;
        let mut session = Session::new(messages, options);
        let ManifestFiles { files, in_folders } =
            manifest_files::read(&self.manifests, &mut session);
        if !self.strict {
            session.options.pass_over_encrypted = in_folders;
        }
        // A folder that can't be read is no reason to say nothing about the rest.
        let checked = if files.is_empty() {
            Checked::default()
        } else {
            check_manifests(&files, &session.options, &mut session.sources)
        };
        let mut diagnostics = checked.diagnostics;
        diagnostics.append(&mut session.problems);
        let counted = [
            ("secrets", checked.secrets),
            ("others", checked.others),
            ("encrypted", checked.encrypted),
            ("files", files.len()),
        ];
        let exit = session.terminal.report_counted(&diagnostics, &session.sources, &counted);
        if !messages.quiet && !files.is_empty() {
            let secrets = plural(checked.secrets, "Secret");
            let mut others = plural(checked.others, "other object");
            if checked.encrypted > 0 {
                let encrypted = plural(checked.encrypted, "encrypted Secret");
                others = format!("{others} and {encrypted}");
            }
            let files = plural(files.len(), "file");
            session.terminal.log(&format!("checked {secrets} in {files}, passed over {others}"));
        }
        exit
    }
}
