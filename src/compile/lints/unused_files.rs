//! Age files below the root of a spec that no spec of the run reads, in no environment. Expressions
//! in paths stand for anything.

use std::collections::HashSet;

use super::messages;
use super::strings::{Role, each_string};
use crate::content::shapes::{EXPRESSION, without_expressions};
use crate::diag::{lint_levels::LintTable, sink::Sink};
use crate::source::SourceMap;
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
        let spec_name = sources.name(spec.file);
        let slash = spec_name.rfind(['/', std::path::MAIN_SEPARATOR]);
        let (directory, file_name) = spec_name.split_at(slash.map_or(0, |slash| slash + 1));
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

/// Without `.`, doubled slashes, and `..` inside; `None` for a path that leaves the root, or may.
pub(crate) fn normal(path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            // What an expression gives may have several parts.
            ".." => parts.pop().filter(|part| !part.contains(EXPRESSION)).map(|_| ())?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The texts between a path's expressions.
#[derive(PartialEq, Eq, Hash)]
struct PathPattern(Vec<String>);

impl PathPattern {
    fn new(path: &str) -> Self {
        Self(path.split(EXPRESSION).map(str::to_owned).collect())
    }

    /// Of a path that leaves its root, the end is certain.
    fn outside(path: &str) -> Self {
        let end = path.trim_start_matches(['.', '/']).replace("../", "/");
        Self::new(&format!("{EXPRESSION}{end}"))
    }

    /// Whether a path is the texts with anything between them. The leftmost place for each leaves
    /// the most for the rest.
    fn matches(&self, path: &str) -> bool {
        let [first, middle @ .., last] = self.0.as_slice() else { return false };
        let Some(mut rest) = path.strip_prefix(first.as_str()) else { return false };
        for piece in middle {
            match rest.split_once(piece.as_str()) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{PathPattern, normal};
    use crate::content::shapes::without_expressions;

    #[test]
    fn expressions_stand_for_anything() {
        assert_eq!(normal("./b//c/../d.age").as_deref(), Some("b/d.age"));
        for (pattern, matching, other) in [
            ("s/{{ env }}/db.age", "s/dev/db.age s/x/y/db.age", "s/db.age s/dev/xdb.age"),
            ("t/{{ each.value }}.age", "t/acme.age t/x/y.age", "t/acme.txt x/a.age"),
            ("{% if x %}p{% endif %}q/r.age", "pq/r.age", "r.age"),
            // Texts do not overlap.
            ("ab{{ x }}ba.age", "abba.age ab1ba.age", "aba.age"),
        ] {
            let pattern = PathPattern::new(&normal(&without_expressions(pattern)).unwrap());
            assert!(matching.split(' ').all(|path| pattern.matches(path)), "{matching}");
            assert!(!other.split(' ').any(|path| pattern.matches(path)), "{other}");
        }
    }

    #[test]
    fn paths_that_leave_the_root_match_by_their_ends() {
        for (path, whole) in [
            ("../shared/{{ env }}/x.age", "/repo/shared/dev/x.age"),
            ("/etc/keys/y.age", "/etc/keys/y.age"),
            ("../z.age", "/repo/z.age"),
        ] {
            let path = without_expressions(path);
            assert_eq!(normal(&path), None);
            assert!(PathPattern::outside(&path).matches(whole), "{path}");
            assert!(!PathPattern::outside(&path).matches("/repo/w.age"), "{path}");
        }
    }
}
