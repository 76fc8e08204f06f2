//! What the person who runs the tool wants.

use std::collections::BTreeSet;

use super::budget::Limits;
use crate::age::{IdentityInput, IdentitySource, Plugins};
use crate::diag::lint_levels::{LintLevel, LintLevels};
use crate::secret::bytes::SecretBytes;
use crate::source::{FileId, SourceMap, Span};
use crate::spec::node::{Node, Text};

#[derive(Clone, Debug, Default)]
pub(crate) enum Choice {
    /// None was named: the spec's `default-env`.
    #[default]
    Default,
    /// Named for this run: it has to exist.
    Named(Text),
    /// Named for all runs, as in an environment variable: specs without environments don't mind.
    Ambient(Text),
}

/// How the environment is named, which messages say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum NamedBy {
    /// `--env`
    #[default]
    Flag,
    /// `spec.env` of a config for kustomize.
    Config,
    /// The parameter `env` of an Argo CD Application.
    Parameter,
}

/// What to do about an age file that no identity opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Locked {
    /// It is an error: everything has to be built.
    #[default]
    Fail,
    /// What is in it stays unknown, and checks that need it are left out.
    LeaveOut,
    /// It is the fault of identities that can't be used, which was reported.
    Reported,
}

/// How to compile: the environment, the identities, the levels of lints.
///
/// ```
/// let mut sources = mintage::SourceMap::new();
/// let options = mintage::Options::default().environment("prod", &mut sources).allow_empty();
/// assert!(!mintage::compile(&[], &options, &mut sources).has_errors());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub(crate) environment: Choice,
    pub(crate) environment_by: NamedBy,
    /// Tables over `[vars]`, in order.
    pub(crate) vars: Vec<Node>,
    /// Identities of the person who runs the tool; those of a spec come on top.
    pub(crate) identities: Vec<IdentityInput>,
    /// Whether their plugins may run.
    pub(crate) plugins: Plugins,
    pub(crate) locked: Locked,
    /// Globs over `NAMESPACE/NAME`, or names where there is no namespace; empty means all.
    pub(crate) only: Vec<glob::Pattern>,
    pub(crate) lints: LintLevels,
    pub(crate) allow_empty: bool,
    pub(crate) limits: Limits,
    /// Look for age files below the roots that no spec reads, which takes a walk through all
    /// directories there.
    pub(crate) unused_files: bool,
    /// Compare the headers of age files with `[[encrypt]]`.
    pub(crate) check_readers: bool,
    /// Files of manifests in which what SOPS encrypted is passed over.
    pub(crate) pass_over_encrypted: BTreeSet<FileId>,
    /// Of manifests, what is not a Secret is an error.
    pub(crate) only_secrets: bool,
    /// The time for expiry checks, in seconds of Unix time; without it they are not made.
    pub(crate) at: Option<i64>,
}

impl Options {
    /// Builds for this environment, which the specs have to declare.
    pub fn environment(mut self, name: &str, sources: &mut SourceMap) -> Self {
        let span = Span::new(sources.add_flag("the environment", name), 0..name.len());
        self.environment = Choice::Named(Text { value: name.to_owned(), span });
        self
    }

    /// Decrypts with the identities in these bytes, which hold what an identity file holds.
    /// `origin` is what messages call it.
    pub fn identity(mut self, origin: &str, bytes: impl Into<SecretBytes>) -> Self {
        let input = IdentityInput::new(origin, bytes.into(), IdentitySource::Person);
        self.identities.push(input);
        self
    }

    /// Leaves values unknown where no identity opens their file, instead of failing. Checks that
    /// need them are left out, and such a Secret is not among the results.
    pub fn leave_out_locked(mut self) -> Self {
        self.locked = Locked::LeaveOut;
        self
    }

    /// Builds only Secrets whose `NAMESPACE/NAME` matches this glob, or one of those given before.
    /// An error when the glob is not one.
    pub fn only(mut self, glob: &str) -> Result<Self, InvalidOption> {
        self.only.push(glob::Pattern::new(glob).map_err(|_| InvalidOption)?);
        Ok(self)
    }

    /// Says nothing of a lint, as `-A` does. An error when no lint has this name.
    pub fn allow(self, lint: &str) -> Result<Self, InvalidOption> {
        self.level(LintLevel::Allow, lint)
    }

    /// Makes an error of a lint, as `-D` does. An error when no lint has this name.
    pub fn deny(self, lint: &str) -> Result<Self, InvalidOption> {
        self.level(LintLevel::Deny, lint)
    }

    fn level(mut self, level: LintLevel, lint: &str) -> Result<Self, InvalidOption> {
        self.lints.add_flag(level, lint).map_err(|_| InvalidOption)?;
        Ok(self)
    }

    /// Succeeds even if the specs produce no Secrets.
    pub fn allow_empty(mut self) -> Self {
        self.allow_empty = true;
        self
    }

    /// Checks expiry as of this time, in seconds of Unix time; without it, expiry is not checked.
    /// It never changes what is rendered.
    pub fn at(mut self, seconds: i64) -> Self {
        self.at = Some(seconds);
        self
    }
}

/// A name or glob that an option does not take.
///
/// ```
/// assert!(mintage::Options::default().deny("no-such-lint").is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidOption;

impl std::fmt::Display for InvalidOption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a lint, or not a glob")
    }
}

impl std::error::Error for InvalidOption {}

pub(crate) fn is_selected(id: &str, only: &[glob::Pattern]) -> bool {
    let options =
        glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::default() };
    only.is_empty() || only.iter().any(|pattern| pattern.matches_with(id, options))
}
