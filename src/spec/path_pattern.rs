//! Paths as specs write them, and those whose expressions may stand for anything.

use crate::content::shapes::EXPRESSION;

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
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct PathPattern(Vec<String>);

impl PathPattern {
    pub(crate) fn new(path: &str) -> Self {
        Self(path.split(EXPRESSION).map(str::to_owned).collect())
    }

    /// Of a path that leaves its root, the end is certain.
    pub(crate) fn outside(path: &str) -> Self {
        let end = path.trim_start_matches(['.', '/']).replace("../", "/");
        Self::new(&format!("{EXPRESSION}{end}"))
    }

    /// Whether a path is the texts with anything between them. The leftmost place for each leaves
    /// the most for the rest.
    pub(crate) fn matches(&self, path: &str) -> bool {
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
