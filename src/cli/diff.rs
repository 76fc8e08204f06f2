//! `mintage diff`: what a build would change.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use zeroize::Zeroizing;

use super::options::{SpecOptions, and_one_more};
use super::{Exit, manifest_files};
use crate::compile::resolve::Locked;
use crate::diag::{Diagnostic, diagnostic};
use crate::manifests::{self, ManifestSecret};
use crate::secret::Secret;
use crate::source::SourceMap;
use crate::views::compare::text::{self, DiffStyle};
use crate::views::compare::{CompareRules, compare, formats};

/// Show what a build would change in a file, a folder or a cluster
#[derive(Debug, Args)]
#[command(
    mut_arg("specs", |arg| and_one_more(
        arg,
        "[SPEC] AGAINST: a spec [default: .], and a file or folder of manifests to compare with, \
         or `-` for stdin"
    )),
    override_usage = "mintage diff [OPTIONS] [SPEC] <AGAINST>",
    after_help = "Examples:
  mintage diff rendered/                           compare ./mintage.toml with a folder
  kubectl get secrets -A -o yaml | mintage diff -  compare with a cluster
  mintage diff shop -e prod -n shop live.yaml      set the namespace of Secrets without one
  mintage diff --reveal rendered/                  show values
  mintage diff --format markdown rendered/ >>\"$GITHUB_STEP_SUMMARY\"

Secrets, labels and annotations that only the cluster has are ignored without --prune.

Exit codes: 0 no difference, 1 differences, 2 usage or environment."
)]
pub struct Diff {
    #[command(flatten)]
    spec: SpecOptions,
    /// Use this namespace for Secrets that name none
    #[arg(short, long, value_name = "NAME")]
    namespace: Option<String>,
    /// Count what only the cluster has as removed
    #[arg(long)]
    prune: bool,
    /// Show values instead of masks
    #[arg(long)]
    reveal: bool,
    /// Print text, JSON or Markdown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

impl Diff {
    /// Runs the command.
    pub fn run(mut self) -> Exit {
        let terminal = self.spec.messages.terminal();
        let against = self.spec.take_last_path();
        if self.reveal && self.format == Format::Markdown {
            let diagnostic = diagnostic!(USAGE, "`--reveal` does not go with `--format markdown`")
            .note(
                "a summary is kept by the CI, and everybody who can read the repository can read \
                 it",
            );
            terminal.report(&[diagnostic], &SourceMap::new());
            return Exit::Usage;
        }
        let mut run = self.spec.compile(Locked::Fail, false);
        let before = self.read(&against, &mut run.sources, &mut run.compiled.diagnostics);
        terminal.report(&run.compiled.diagnostics, &run.sources);
        if run.compiled.has_errors() {
            return Exit::Usage;
        }
        let (differs, text) =
            self.compare(&before, &run.compiled.secrets, terminal.colors_stdout());
        match terminal.print_apart(&text, &run.inputs) {
            Exit::Fine if differs => Exit::No,
            exit => exit,
        }
    }

    /// What is there, as far as `--only` lets it be compared.
    fn read(
        &self,
        against: &PathBuf,
        sources: &mut SourceMap,
        problems: &mut Vec<Diagnostic>,
    ) -> Vec<ManifestSecret> {
        let files = manifest_files::read(std::slice::from_ref(against), sources, problems);
        let mut found = Vec::new();
        for file in files.files {
            if sources.get(file).text.trim().is_empty() && against.as_os_str() == "-" {
                problems.push(
                    diagnostic!(CANNOT_READ, "stdin is empty")
                        .note("with nothing to compare with, everything would count as new")
                        .help(
                            "look whether the command before the `|` has failed; for a comparison \
                             with nothing, pipe in `{}`",
                        ),
                );
            }
            match manifests::secrets(file, sources) {
                Ok(mut secrets) => found.append(&mut secrets),
                Err(mut diagnostics) => problems.append(&mut diagnostics),
            }
        }
        let only: Vec<glob::Pattern> =
            self.spec.only.iter().filter_map(|text| glob::Pattern::new(text).ok()).collect();
        found.retain(|found| crate::is_selected(&found.secret.id(), &only));
        found
    }

    fn compare(
        &self,
        before: &[ManifestSecret],
        after: &[Secret],
        color: bool,
    ) -> (bool, Zeroizing<String>) {
        let comparison = compare(
            before,
            after,
            CompareRules { namespace: self.namespace.as_deref(), prune: self.prune },
        );
        let text = match self.format {
            Format::Text => text::render(&comparison, DiffStyle { color, reveal: self.reveal }),
            Format::Json => formats::json(&comparison, self.reveal),
            Format::Markdown => Zeroizing::new(formats::markdown(&comparison)),
        };
        (!comparison.changes.is_empty(), text)
    }
}
