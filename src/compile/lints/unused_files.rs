//! Age files below the root of a spec that no spec of the run reads, in no environment. Expressions
//! in paths stand for anything.

use std::collections::HashSet;

use super::strings::{Role, each_string};
use super::{folder_and_name, messages};
use crate::content::shapes::{EXPRESSION, without_expressions};
use crate::diag::{lint_levels::LintTable, sink::Sink};
use crate::source::SourceMap;
use crate::spec::path_pattern::{PathPattern, normal};
use crate::spec::{Spec, value::How};
use crate::template::Engine;
use crate::world::World;

/// What the specs of a run read, and what lies beside them. A spec that could not be read whole may
/// read anything: then the run has no such findings.
#[derive(Default)]
pub(crate) struct UnusedFiles {
    candidates: Vec<Candidate>,
    /// Whole paths of files that a spec may mean.
    used: HashSet<String>,
    /// Paths of specs that leave their root, from the first certain part on.
    outside: Vec<PathPattern>,
    unknown: bool,
}

/// A file that the spec beside it does not read.
struct Candidate {
    whole: String,
    /// As messages call it.
    name: String,
    lint: LintTable,
}

impl UnusedFiles {
    pub(crate) fn broken_spec(&mut self) {
        self.unknown = true;
    }

    /// A spec of which all is known. What lies beside it is looked at if it is its directory's
    /// `mintage.toml`: specs of other names share their directory with others, which may not be
    /// part of the run.
    pub(crate) fn spec(&mut self, spec: &Spec, world: &dyn World, sources: &SourceMap) {
        let (mut exact, mut patterns) = (HashSet::new(), HashSet::new());
        for path in paths(spec) {
            match normal(&path) {
                None => self.outside.push(PathPattern::outside(&path)),
                Some(path) if path.contains(EXPRESSION) => {
                    patterns.insert(PathPattern::new(&path));
                }
                Some(path) => {
                    exact.insert(path);
                }
            }
        }
        let is_read = |path: &str| {
            exact.contains(path) || patterns.iter().any(|pattern| pattern.matches(path))
        };
        let (directory, file_name) = folder_and_name(sources.name(spec.file));
        let Some(listing) = world.list(".age") else { return };
        for file in &listing.files {
            // What lies below the target of a link has a second path.
            let through_links = listing.links.iter().filter_map(|(link, target)| {
                let below = match target.as_str() {
                    "" => format!("/{file}"),
                    target => file.strip_prefix(target)?.to_owned(),
                };
                (below.is_empty() || below.starts_with('/')).then(|| format!("{link}{below}"))
            });
            let whole = format!("{}/{file}", listing.root);
            if is_read(file) || through_links.into_iter().any(|path| is_read(&path)) {
                self.used.insert(whole);
            } else if file_name == "mintage.toml" {
                let name = format!("{directory}{file}");
                self.candidates.push(Candidate { whole, name, lint: spec.lint.clone() });
            }
        }
    }

    pub(crate) fn report(self, sink: &mut Sink) {
        if self.unknown {
            return;
        }
        for Candidate { whole, name, lint } in &self.candidates {
            if !self.used.contains(whole) && !self.outside.iter().any(|path| path.matches(whole)) {
                sink.push_with(messages::unused_file(name), lint);
            }
        }
    }
}

/// Every path that a spec reads from, its expressions replaced by [`EXPRESSION`].
fn paths(spec: &Spec) -> Vec<String> {
    let mut paths = Vec::new();
    each_string(spec, &mut |string| {
        let is_path = match string.role {
            Role::Read(how) => matches!(how, How::File | How::Age),
            role => role == Role::Text && string.entry.is_none() && string.key == "identities",
        };
        if is_path {
            paths.push(match Engine::is_template(string.text) {
                true => without_expressions(string.text),
                false => string.text.to_owned(),
            });
        }
    });
    paths
}
