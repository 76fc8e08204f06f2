//! Which files the paths of a spec may mean, in every environment and for every item: a template's
//! expressions stand for anything.

use std::collections::{HashMap, HashSet};

use crate::content::shapes::{EXPRESSION, without_expressions};
use crate::template::Engine;

/// The paths of a spec.
#[derive(Debug, Default)]
pub(crate) struct PathPatterns {
    /// Paths without templates.
    exact: HashSet<String>,
    /// Texts between expressions, by the last name of the path where that is certain: so a spec of
    /// thousands of such paths is not compared with every file.
    by_name: HashMap<String, HashSet<Vec<String>>>,
    /// Texts between expressions, where the last name holds one.
    others: HashSet<Vec<String>>,
    /// Ends of paths that lead out of the root.
    outside: HashSet<Vec<String>>,
}

impl PathPatterns {
    /// A path of the spec, a template or not.
    pub(crate) fn add(&mut self, path: &str) {
        let path =
            if Engine::is_template(path) { without_expressions(path) } else { path.to_owned() };
        let Some(path) = normal(&path) else {
            let end = path.trim_start_matches(['.', '/']).replace("../", "/");
            self.outside.insert(pieces(&format!("{EXPRESSION}{end}")));
            return;
        };
        if !path.contains(EXPRESSION) {
            self.exact.insert(path);
            return;
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        if name.contains(EXPRESSION) {
            self.others.insert(pieces(&path));
        } else {
            self.by_name.entry(name.to_owned()).or_default().insert(pieces(&path));
        }
    }

    /// Whether a file may be meant; `path` starts at the root.
    pub(crate) fn may_mean(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or_default();
        self.exact.contains(path)
            || self
                .by_name
                .get(name)
                .is_some_and(|patterns| patterns.iter().any(|pieces| matches(pieces, path)))
            || self.others.iter().any(|pieces| matches(pieces, path))
    }

    /// Whether a path that leaves its root may lead to this file; `path` is the whole path.
    pub(crate) fn may_mean_outside(&self, path: &str) -> bool {
        self.outside.iter().any(|pieces| matches(pieces, path))
    }
}

/// Without `.`, doubled slashes, and `..` inside; `None` for a path that leaves the root, or may.
fn normal(path: &str) -> Option<String> {
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

fn pieces(path: &str) -> Vec<String> {
    path.split(EXPRESSION).map(str::to_owned).collect()
}

/// Whether a path is the pieces with anything between them. The leftmost place for each piece
/// leaves the most for the rest.
fn matches(pieces: &[String], path: &str) -> bool {
    let [first, middle @ .., last] = pieces else {
        return pieces.first().is_some_and(|only| only == path);
    };
    let Some(mut rest) = path.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        match rest.split_once(piece.as_str()) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::PathPatterns;

    fn of(paths: &[&str]) -> PathPatterns {
        let mut patterns = PathPatterns::default();
        paths.iter().for_each(|path| patterns.add(path));
        patterns
    }

    #[test]
    fn expressions_stand_for_anything() {
        let patterns = of(&[
            "a.age",
            "./b//c/../d.age",
            "s/{{ env }}/db.age",
            "t/{{ each.value }}.age",
            "{% if x %}p{% endif %}q/r.age",
        ]);
        for path in [
            "a.age",
            "b/d.age",
            "s/dev/db.age",
            "s/x/y/db.age",
            "t/acme.age",
            "t/x/y.age",
            "pq/r.age",
        ] {
            assert!(patterns.may_mean(path), "{path}");
        }
        for path in ["b/c/d.age", "s/db.age", "s/dev/xdb.age", "t/acme.txt", "x/a.age", "r.age"] {
            assert!(!patterns.may_mean(path), "{path}");
        }
    }

    #[test]
    fn pieces_do_not_overlap() {
        let patterns = of(&["ab{{ x }}ba.age"]);
        assert!(patterns.may_mean("abba.age") && patterns.may_mean("ab1ba.age"));
        assert!(!patterns.may_mean("aba.age"));
    }

    #[test]
    fn paths_that_leave_the_root_match_by_their_ends() {
        let patterns = of(&["../shared/{{ env }}/x.age", "/etc/keys/y.age", "../z.age"]);
        assert!(!patterns.may_mean("shared/dev/x.age"));
        assert!(patterns.may_mean_outside("/repo/shared/dev/x.age"));
        assert!(patterns.may_mean_outside("/etc/keys/y.age"));
        assert!(patterns.may_mean_outside("/repo/z.age"));
        assert!(!patterns.may_mean_outside("/repo/w.age"));
    }
}
