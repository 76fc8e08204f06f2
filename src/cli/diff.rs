//! `mintage diff`: what a build would change.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use zeroize::Zeroizing;

use super::options::{SpecOptions, and_one_more};
use super::{Exit, manifest_files, session::Session};
use crate::compile::options::is_selected;
use crate::diag::diagnostic;
use crate::manifests::{self, ManifestSecret};
use crate::views::compare::text::{self, DiffStyle};
use crate::views::compare::{CompareRules, compare, formats};

/// Show what a build would change in a file, a folder or a cluster
#[derive(Debug, Args)]
#[command(
    mut_arg("specs", |arg| and_one_more(
        arg,
        "AGAINST",
        "[SPEC] is a spec [default: .]; AGAINST is a file or folder of manifests, or `-` for stdin"
    )),
    override_usage = "mintage diff [OPTIONS] [SPEC] <AGAINST>",
    after_help = "Examples:
  mintage diff rendered/                           compare ./mintage.toml with a folder
  kubectl get secrets -A -o yaml | mintage diff -  compare with a cluster
  mintage diff shop -e prod -n shop live.yaml      set the namespace of Secrets without one
  mintage diff --reveal rendered/                  show values
  mintage diff --format markdown rendered/ >>\"$GITHUB_STEP_SUMMARY\"

Secrets, labels and annotations that only the cluster has are ignored without --prune.

Exit codes: 0 no difference, 1 differences, 2 any error."
)]
pub struct Diff {
    /// Use this namespace for Secrets without one
    #[arg(short, long, value_name = "NAME")]
    namespace: Option<String>,
    /// Count Secrets, labels and annotations that only the cluster has as removed
    #[arg(long)]
    prune: bool,
    /// Show values instead of masks
    #[arg(long)]
    reveal: bool,
    /// Print text, JSON or Markdown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    spec: SpecOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

impl Diff {
    pub fn run(mut self) -> Exit {
        let against = self.spec.take_last_path();
        let terminal = self.spec.access.messages.plain.terminal();
        if self.reveal && self.format == Format::Markdown {
            terminal.fail(
                diagnostic!(USAGE, "`--reveal` can't be used with `--format markdown`").note(
                    "CI keeps the summary, and anyone who can read the repository can read it",
                ),
            );
            return Exit::Usage;
        }
        let mut session = Session::open(&self.spec);
        let mut compiled = session.compile();
        let before = self.read(&against, &mut session);
        compiled.diagnostics.append(&mut session.problems);
        session.report(&compiled.diagnostics);
        if compiled.has_errors() {
            return Exit::Usage;
        }
        let rules = CompareRules { namespace: self.namespace.as_deref(), prune: self.prune };
        let comparison = compare(&before, &compiled.secrets, rules);
        let style = DiffStyle { color: terminal.colors_stdout(), reveal: self.reveal };
        let text = match self.format {
            Format::Text => text::render(&comparison, style),
            Format::Json => formats::json(&comparison, self.reveal),
            Format::Markdown => Zeroizing::new(formats::markdown(&comparison)),
        };
        match session.print(&text) {
            Exit::Fine if !comparison.changes.is_empty() => Exit::No,
            exit => exit,
        }
    }

    /// What is there, as far as `--only` lets it be compared.
    fn read(&self, against: &PathBuf, session: &mut Session) -> Vec<ManifestSecret> {
        let mut found = Vec::new();
        for file in manifest_files::read(std::slice::from_ref(against), session).files {
            if session.sources.get(file).text.trim().is_empty() && against.as_os_str() == "-" {
                session.problems.push(
                    diagnostic!(CANNOT_READ, "stdin is empty")
                        .note("without input, every Secret would show up as new")
                        .help(
                            "check whether the command before the `|` failed, or pipe in `{}` to \
                             compare with an empty set",
                        ),
                );
            }
            match manifests::secrets(file, &mut session.sources) {
                Ok(secrets) => found.extend(secrets),
                Err(diagnostics) => session.problems.extend(diagnostics),
            }
        }
        found.retain(|found| is_selected(&found.secret.id(), &session.options.only));
        found
    }
}
