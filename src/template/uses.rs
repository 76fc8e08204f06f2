//! What a template reads: which variables, and how far into them.

use std::collections::BTreeSet;

use super::{Engine, fault::is_name};

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
        let read = self.with(text, |env, text| {
            env.template_from_str(text).map(|template| template.undeclared_variables(true))
        });
        let mut uses: BTreeSet<UsePath> = read
            .ok()?
            .ok()?
            .iter()
            .map(|path| path.split('.').map(str::to_owned).collect())
            .collect();
        // What stands between `{%` and `%}`.
        let tags = text.split("{%").skip(1).filter_map(|rest| rest.split("%}").next());
        for tag in tags {
            let mut words = tag.split(|c| !is_name(c) && c != '.').filter(|word| !word.is_empty());
            if words.next().is_some_and(|tag| TAGS_READ_AGAIN.contains(&tag)) {
                // Every dotted name, those in strings too: in doubt something is used.
                uses.extend(words.map(|word| word.split('.').map(str::to_owned).collect()));
            }
        }
        Some(uses)
    }
}

#[cfg(test)]
mod tests {
    use super::Engine;

    #[test]
    fn paths_and_wholes() {
        for (text, expected) in [
            ("plain vars.a", ""),
            ("{{ vars.a.b }} {{ vars.c }}", "vars.a.b vars.c"),
            // An index is not followed: all below is used.
            ("{{ vars[\"a\"] }}", "vars"),
            ("{{ vars.a[env] }}", "vars.a"),
            ("{{ x[vars.a] }}", "vars.a"),
            ("{{ vars.list[0].name }}", "vars.list"),
            ("{{ vars | tojson }}", "vars"),
            ("{{ 1 | indent(vars.a) }}", "vars.a"),
            ("{{ vars.a is defined }}", "vars.a"),
            ("{% if vars.a == vars.b %}{{ vars.c }}{% endif %}", "vars.a vars.b vars.c"),
            ("{# vars.a #}", ""),
            ("{{ each.vars }}", ""),
            ("{% for x in vars.a %}{{ x.b }}{% endfor %}", "vars.a"),
            ("{% for k, v in vars.a | items %}{{ vars.b }}{% endfor %}", "vars.a vars.b"),
            ("{% set x = vars %}{{ x.b }}", "vars"),
            ("{% with x = vars.a.b %}{{ x.c }}{% endwith %}", "vars.a.b"),
            // What minijinja itself does not follow.
            ("{% set vars = vars.a %}{{ vars.b }}", "vars vars.a"),
            ("{% with vars = vars.a %}{{ vars.b }}{% endwith %}", "vars vars.a"),
            ("{%- filter indent(vars.a) %}x{% endfilter %}", "vars.a"),
            ("{% filter indent(vars[\"a\"]) %}x{% endfilter %}", "vars"),
        ] {
            let mut uses = Engine::new().uses(text).unwrap();
            uses.retain(|path| path[0] == "vars");
            let uses: Vec<String> = uses.into_iter().map(|path| path.join(".")).collect();
            assert_eq!(uses.join(" "), expected, "{text}");
        }
        assert_eq!(Engine::new().uses("{{ vars."), None);
    }
}
