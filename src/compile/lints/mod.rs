//! Lints about a spec as a whole: secrets in plain text, parts that nothing uses, the same secret
//! in two files.

pub(crate) mod messages;
pub(crate) mod names;
pub(crate) mod path_pattern;
pub(crate) mod plaintext;
pub(crate) mod repeated;
pub(crate) mod settings;
pub(crate) mod strings;
pub(crate) mod template_files;
pub(crate) mod unused;
pub(crate) mod unused_files;
pub(crate) mod usage;

use super::render::Renderer;
use super::resolve::Evidence;
use crate::diag::mask::inside_quotes;
use crate::source::{SourceMap, Span};
use crate::spec::node::Node;
use crate::spec::{Entry, Spec};
use crate::world::World;
use plaintext::Plaintext;
use strings::Role;
use template_files::Files;
use usage::Usage;

pub(crate) use unused_files::UnusedFiles;

/// A spec to lint.
#[derive(Clone, Copy)]
pub(crate) struct LintContext<'a> {
    /// The spec.
    pub spec: &'a Spec,
    /// Whether it has no errors. Of one that could not be read whole, what it uses is not known;
    /// and a misspelt name is one cause of two findings: what was written is not there, and what
    /// was meant is not used.
    pub sound: bool,
    /// What the run read for it.
    pub evidence: &'a Evidence,
    /// Where its files are.
    pub world: &'a dyn World,
    /// The tables of the command line over `[vars]`.
    pub vars: &'a [Node],
}

/// Reports every lint about a spec as a whole, files that nothing reads aside: those are known
/// after the last spec of a run, see [`UnusedFiles`].
pub(crate) fn lint(subject: &LintContext<'_>, renderer: &mut Renderer<'_>) {
    let LintContext { spec, sound, evidence, world, vars } = *subject;
    let plain = plaintext::in_spec(spec);
    mask(spec, &plain, renderer.sources);
    for found in plain {
        renderer.report(messages::in_spec(&found), found.entry);
    }
    for (path, used, kind) in plaintext::in_files(evidence) {
        renderer.report(messages::in_file(path, used, kind), entry_at(spec, used.entry));
    }
    for found in repeated::repeated(spec, evidence) {
        renderer.report(messages::repeated(&found), entry_at(spec, found.entry));
    }
    // A spec without Secrets has an error of its own.
    if sound && !spec.entries.is_empty() {
        let usage = usage(spec, &Files { fetched: &evidence.fetched, world, vars }, renderer);
        for found in unused::unused(spec, &usage) {
            renderer.report(messages::unused(&found), None);
        }
    }
}

/// Metadata, paths and `[vars]` are quoted as they are, unless they hold a secret; values never
/// are.
fn mask(spec: &Spec, found: &[Plaintext<'_>], sources: &mut SourceMap) {
    let text = &sources.get(spec.file).text;
    let quoted = found
        .iter()
        .filter(|found| matches!(found.role, Role::Text | Role::Reference | Role::Plain));
    let tokens = quoted.map(|found| found.span.start..found.span.end);
    let ranges = tokens.map(|token| inside_quotes(text, &token)).collect();
    sources.hide(spec.file, ranges);
}

/// What the spec uses. Where it has nothing that could be unused, its templates are not looked
/// into.
fn usage(spec: &Spec, files: &Files<'_>, renderer: &mut Renderer<'_>) -> Usage {
    let top = &spec.top;
    if [top.vars.key, top.sources.key, top.environments.key].iter().all(Option::is_none) {
        return Usage::default();
    }
    let mut usage = Usage::of_spec(spec, renderer.engine);
    template_files::add_uses(spec, files, renderer, &mut usage);
    usage
}

/// The entry whose table is here.
fn entry_at(spec: &Spec, span: Span) -> Option<&Entry> {
    let index = spec.entries.binary_search_by_key(&span, |entry| entry.span).ok()?;
    spec.entries.get(index)
}
