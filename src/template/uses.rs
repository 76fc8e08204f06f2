//! What a template reads: which variables, and how far into them.

use std::collections::BTreeSet;

use super::Engine;

/// The path into a variable that a template reads, its own name first: `vars.db.host`. A path that
/// ends early, as that of `vars.db | tojson` or `vars.db[key]` does, stands for everything below.
pub(crate) type UsePath = Vec<String>;

/// Tags of which minijinja does not follow everything: the arguments of filters of a block, and
/// what a name meant before the tag gives it another meaning, as in `{% set vars = vars.db %}`.
const TAGS_READ_AGAIN: &[&str] = &["set", "with", "filter", "autoescape"];

impl Engine {
    /// Every variable that a template reads from outside, as paths; in doubt rather more. `None`
    /// for one that does not parse.
    pub(crate) fn uses(&self, text: &str) -> Option<BTreeSet<UsePath>> {
        if !Self::is_template(text) {
            return Some(BTreeSet::new());
        }
        let template = self.parse(text).ok()?;
        let mut uses: BTreeSet<UsePath> = template
            .undeclared_variables(true)
            .iter()
            .map(|path| path.split('.').map(str::to_owned).collect())
            .collect();
        for tag in tags(text) {
            let words = tag.trim_start_matches(['-', '+']).trim_start();
            let name = words.split(|c: char| !is_name(c)).next().unwrap_or_default();
            if TAGS_READ_AGAIN.contains(&name) {
                paths_in(words.get(name.len()..).unwrap_or_default(), &mut uses);
            }
        }
        Some(uses)
    }
}

/// What stands between `{%` and `%}`.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    text.split("{%").skip(1).map(|rest| rest.split("%}").next().unwrap_or(rest))
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Every dotted name in an expression, those in strings too: in doubt something is used.
fn paths_in(expression: &str, uses: &mut BTreeSet<UsePath>) {
    let mut path: UsePath = Vec::new();
    let mut name = String::new();
    let mut after_dot = false;
    for c in expression.chars().chain([' ']) {
        if is_name(c) {
            if name.is_empty() && !after_dot && !path.is_empty() {
                uses.insert(std::mem::take(&mut path));
            }
            name.push(c);
            continue;
        }
        if !name.is_empty() {
            path.push(std::mem::take(&mut name));
            after_dot = false;
        }
        match c {
            '.' => after_dot = true,
            c if c.is_whitespace() => {}
            _ => {
                if !path.is_empty() {
                    uses.insert(std::mem::take(&mut path));
                }
                after_dot = false;
            }
        }
    }
    if !path.is_empty() {
        uses.insert(path);
    }
}

#[cfg(test)]
mod tests {
    use super::Engine;

    /// The paths that begin with `vars`, as the reader would write them.
    fn vars(text: &str) -> Vec<String> {
        let uses = Engine::new().uses(text).unwrap();
        uses.into_iter().filter(|path| path[0] == "vars").map(|path| path.join(".")).collect()
    }

    #[test]
    fn paths_and_wholes() {
        for (text, expected) in [
            ("plain vars.a", &[][..]),
            ("{{ vars.a }}", &["vars.a"]),
            ("{{ vars.a.b }} {{ vars.c }}", &["vars.a.b", "vars.c"]),
            // An index is not followed: all below is used.
            ("{{ vars[\"a\"] }}", &["vars"]),
            ("{{ vars.a[\"b\"].c }}", &["vars.a"]),
            ("{{ vars.a[env] }}", &["vars.a"]),
            ("{{ x[vars.a] }}", &["vars.a"]),
            ("{{ vars.list[0].name }}", &["vars.list"]),
            ("{{ vars | tojson }}", &["vars"]),
            ("{{ vars.a | tojson }}", &["vars.a"]),
            ("{{ 1 | indent(vars.a) }}", &["vars.a"]),
            ("{{ vars.a is defined }}", &["vars.a"]),
            ("{{ 'x' if vars.a else vars.b }}", &["vars.a", "vars.b"]),
            ("{% if vars.a == vars.b %}{{ vars.c }}{% endif %}", &["vars.a", "vars.b", "vars.c"]),
            ("{# vars.a #}", &[]),
            ("{{ each.vars }}", &[]),
        ] {
            assert_eq!(vars(text), expected, "{text}");
        }
    }

    #[test]
    fn loops_sets_and_shadows() {
        for (text, expected) in [
            ("{% for x in vars.a %}{{ x.b }}{% endfor %}", &["vars.a"][..]),
            ("{% for k, v in vars.a | items %}{{ vars.b }}{% endfor %}", &["vars.a", "vars.b"]),
            ("{% set x = vars.a %}{{ x.b }}", &["vars.a"]),
            ("{% set x = vars %}{{ x.b }}", &["vars"]),
            ("{% with x = vars.a.b %}{{ x.c }}{% endwith %}", &["vars.a.b"]),
            // What minijinja itself does not follow.
            ("{% set vars = vars.a %}{{ vars.b }}", &["vars", "vars.a"]),
            ("{% with vars = vars.a %}{{ vars.b }}{% endwith %}", &["vars", "vars.a"]),
            ("{%- filter indent(vars.a) %}x{% endfilter %}", &["vars.a"]),
            ("{% set x | indent(vars.a . b) %}x{% endset %}", &["vars.a.b"]),
            ("{% filter indent(vars[\"a\"]) %}x{% endfilter %}", &["vars"]),
        ] {
            assert_eq!(vars(text), expected, "{text}");
        }
    }

    #[test]
    fn what_does_not_parse_is_not_known() {
        assert_eq!(Engine::new().uses("{{ vars."), None);
    }
}
