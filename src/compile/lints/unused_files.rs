//! Age files below the root of a spec that no spec of the run reads, in no environment.

use std::collections::HashSet;

use super::path_pattern::PathPatterns;
use super::strings::each_value;
use crate::diag::lint_levels::LintTable;
use crate::diag::phrases::code;
use crate::diag::sink::Sink;
use crate::diag::{Diagnostic, diagnostic};
use crate::source::SourceMap;
use crate::spec::Spec;
use crate::spec::value::{Fetch, From as FileFrom, How, Source};
use crate::world::World;

/// What the specs of a run read, and what lies beside them. A spec that could not be read whole may
/// read anything: then the run has no such findings.
#[derive(Default)]
pub(crate) struct UnusedFiles {
    candidates: Vec<Candidate>,
    /// Whole paths of files that a spec may mean.
    used: HashSet<String>,
    /// The paths of every spec, for those that leave its root.
    patterns: Vec<PathPatterns>,
    unknown: bool,
}

/// A file that the spec beside it does not read.
struct Candidate {
    /// Its whole path.
    whole: String,
    /// As messages call it.
    name: String,
    /// `[lint]` of the spec.
    lint: LintTable,
}

impl UnusedFiles {
    /// A spec that has mistakes.
    pub(crate) fn broken_spec(&mut self) {
        self.unknown = true;
    }

    /// A spec of which all is known. What lies beside it is looked at if it is its directory's
    /// `mintage.toml`: specs of other names share their directory with others, which may not be
    /// part of the run.
    pub(crate) fn spec(&mut self, spec: &Spec, world: &dyn World, sources: &SourceMap) {
        let patterns = patterns(spec);
        let spec_name = &sources.get(spec.file).name;
        let directory = spec_name
            .rfind(['/', std::path::MAIN_SEPARATOR])
            .and_then(|slash| spec_name.get(..=slash))
            .unwrap_or_default();
        let Some(listing) = world.list(".age") else {
            self.patterns.push(patterns);
            return;
        };
        let owns_directory = spec_name.get(directory.len()..) == Some("mintage.toml");
        for file in &listing.files {
            let through_links = listing.links.iter().filter_map(|(link, target)| {
                let below = if target.is_empty() {
                    format!("/{file}")
                } else {
                    file.strip_prefix(target.as_str())?.to_owned()
                };
                (below.is_empty() || below.starts_with('/')).then(|| format!("{link}{below}"))
            });
            let whole = format!("{}/{file}", listing.root);
            if patterns.may_mean(file)
                || through_links.into_iter().any(|path| patterns.may_mean(&path))
            {
                self.used.insert(whole);
            } else if owns_directory {
                self.candidates.push(Candidate {
                    whole,
                    name: format!("{directory}{file}"),
                    lint: spec.lint.clone(),
                });
            }
        }
        self.patterns.push(patterns);
    }

    /// The findings of the run.
    pub(crate) fn report(self, sink: &mut Sink) {
        if self.unknown {
            return;
        }
        for candidate in self.candidates {
            let used = self.used.contains(&candidate.whole)
                || self.patterns.iter().any(|paths| paths.may_mean_outside(&candidate.whole));
            if !used {
                sink.push_with(diagnostic(&candidate.name), &candidate.lint);
            }
        }
    }
}

fn diagnostic(name: &str) -> Diagnostic {
    diagnostic!(UNUSED, "no spec reads the age file {}", code(name))
        .note("every environment counts, and expressions in paths stand for anything")
        .help("remove the file, or read it: `{ age = \"...\" }`")
        .help(
            "if another program reads it, write `lint.allow = [\"unused\"]` at the top of the \
             spec",
        )
}

/// Every path that a spec reads from.
fn patterns(spec: &Spec) -> PathPatterns {
    let mut patterns = PathPatterns::default();
    let mut add = |fetch: &Fetch| {
        if matches!(fetch.how, How::File | How::Age) {
            patterns.add(&fetch.what.value);
        }
    };
    for (_, source) in &spec.sources {
        if let FileFrom::Fetch(fetch) = &source.from {
            add(fetch);
        }
    }
    for entry in &spec.entries {
        for file in entry.common.data_from.list() {
            if let FileFrom::Fetch(fetch) = &file.from {
                add(fetch);
            }
        }
        each_value(entry, &mut |_, value| {
            if let Source::Fetch(fetch) = &value.source {
                add(fetch);
            }
        });
    }
    let environments = spec.top.environments.list().iter();
    let identities = environments.map(|(_, environment)| &environment.identities);
    for identities in std::iter::once(&spec.top.identities).chain(identities) {
        identities.list().iter().for_each(|path| patterns.add(&path.value));
    }
    patterns
}
