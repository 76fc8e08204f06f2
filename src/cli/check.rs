//! `mintage check`: every check of `build`, nothing rendered; and the same verdict on finished
//! manifests.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use super::manifest_files::{self, ManifestFiles};
use super::{options::SpecOptions, session::Session};
use crate::compile::resolve::Locked;
use crate::diag::phrases::{number, plural};
use crate::{Checked, Options, check_manifests};

/// Check specs or finished manifests; write nothing
///
/// Runs every check of `build` on specs. Checks that need a missing identity are skipped, and
/// reported as skipped.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage check                          ./mintage.toml
  mintage check -e prod -D warnings      one environment, warnings are errors
  mintage check --message-format json    one JSON object per message, for editors and CI
  mintage check --manifests rendered/    finished Secrets, as an API server would check them
  kustomize build | mintage check --manifests -")]
pub struct Check {
    /// Check finished Secret manifests: a file, a folder, or `-`; repeatable
    ///
    /// Reads YAML (as kubectl does), JSON, streams of documents, and Lists. Checks each Secret as
    /// an API server with strict field validation would, and runs lints. Objects of other kinds are
    /// counted and skipped. Can't be combined with SPEC.
    #[arg(
        long,
        value_name = "PATH",
        conflicts_with_all = [
            "specs", "env", "set", "set_file", "identities", "passphrase_fd", "only"
        ]
    )]
    manifests: Vec<PathBuf>,
    /// With --manifests DIR, fail on encrypted Secrets and other objects
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
        session.options.check_readers = true;
        let compiled = session.compile();
        let exit = session.report(&compiled.diagnostics);
        if !compiled.has_errors() {
            let secrets = plural(compiled.checked, "Secret");
            let specs = plural(self.spec.specs.len().max(1), "spec");
            let incomplete = compiled.checked.saturating_sub(compiled.secrets.len());
            let without = "without the values that can't be decrypted";
            let more = match incomplete {
                0 => String::new(),
                all if all == compiled.checked => format!(", {without}"),
                some => format!(", {} of them {without}", number(some)),
            };
            session.terminal.say(&format!("checked {secrets} in {specs}{more}"));
        }
        exit
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
        if !files.is_empty() {
            let skipped: Vec<String> =
                [(checked.others, "other object"), (checked.encrypted, "encrypted Secret")]
                    .into_iter()
                    .filter(|(count, _)| *count > 0)
                    .map(|(count, what)| plural(count, what))
                    .collect();
            let skipped = match skipped.as_slice() {
                [] => String::new(),
                skipped => format!(", skipped {}", skipped.join(" and ")),
            };
            let (secrets, files) = (plural(checked.secrets, "Secret"), plural(files.len(), "file"));
            session.terminal.say(&format!("checked {secrets} in {files}{skipped}"));
        }
        exit
    }
}
