//! What a spec uses of its own `[vars]`, `[sources]` and environments, in all of them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::strings::{each_string, each_value};
use crate::source::Span;
use crate::spec::node::{Node, NodeKind};
use crate::spec::value::{From as FileFrom, Source};
use crate::spec::{Entry, Spec};
use crate::structure::KeyPath;
use crate::template::{Engine, UsePath};

/// Which variables are read, as a tree of names.
#[derive(Debug, Default)]
pub(crate) struct UseTree {
    /// This and everything below is used.
    pub whole: bool,
    /// What is used below.
    pub below: BTreeMap<String, UseTree>,
}

impl UseTree {
    /// Everything below the end of the path is used.
    pub(crate) fn add(&mut self, path: impl IntoIterator<Item = String>) {
        let mut here = self;
        for name in path {
            here = here.below.entry(name).or_default();
        }
        here.whole = true;
    }
}

/// After how many templates it is first looked whether all is used; then after twice as many, and
/// so on.
const FIRST_LOOK: usize = 64;

/// What a spec uses.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// Paths below `vars`.
    pub vars: UseTree,
    /// Names of sources.
    pub sources: BTreeSet<String>,
    /// A source is named by something computed: it may be any.
    pub any_source: bool,
    /// `env`.
    pub env: bool,
    /// There is something that can't be looked into: anything may be used.
    pub unknown: bool,
    /// All that is declared is used: further templates can't add anything.
    complete: bool,
    /// Templates that were looked into.
    seen: HashSet<String>,
}

impl Usage {
    /// What the strings of a spec use; the texts of template files come on top.
    pub(crate) fn of_spec(spec: &Spec, engine: &Engine) -> Self {
        let mut usage = Self::default();
        let mut next_look = FIRST_LOOK;
        each_string(spec, &mut |string| {
            if string.role.is_template() {
                usage.add(engine, string.text);
            }
            if usage.seen.len() >= next_look {
                next_look *= 2;
                usage.complete = all_is_used(spec, &usage);
            }
        });
        for entry in &spec.entries {
            usage.add_entry(entry);
        }
        usage
    }

    /// A template. Of the same one the first time is enough.
    pub(crate) fn add(&mut self, engine: &Engine, text: &str) {
        let may_use = || ["vars", "sources", "env"].iter().any(|name| text.contains(name));
        if self.complete || !Engine::is_template(text) || !may_use() || self.seen.contains(text) {
            return;
        }
        self.seen.insert(text.to_owned());
        match engine.uses(text) {
            Some(uses) => uses.into_iter().for_each(|path| self.add_path(path)),
            None => self.unknown = true,
        }
    }

    fn add_path(&mut self, path: UsePath) {
        let mut path = path.into_iter();
        match path.next().as_deref() {
            Some("vars") => self.vars.add(path),
            Some("env") => self.env = true,
            Some("sources") => match path.next() {
                Some(name) => self.source(name),
                None => self.any_source = true,
            },
            _ => {}
        }
    }

    fn source(&mut self, name: String) {
        // The name itself may be a template.
        self.any_source |= Engine::is_template(&name);
        self.sources.insert(name);
    }

    /// What an entry uses without a template: `for-each`, and sources by name.
    fn add_entry(&mut self, entry: &Entry) {
        if let Some(for_each) = entry.common.for_each.get()
            && let NodeKind::String(path) = &for_each.kind
        {
            match KeyPath::parse(path).ok().and_then(|path| path.names()) {
                Some(names) => self.add_path(names),
                None => self.unknown = true,
            }
        }
        for file in entry.common.data_from.list() {
            if let FileFrom::Named(name) = &file.from {
                self.source(name.value.clone());
            }
        }
        each_value(entry, &mut |_, value| {
            if let Source::Named(name) = &value.source {
                self.source(name.value.clone());
            }
        });
    }
}

/// Whether no further use could change what is unused.
fn all_is_used(spec: &Spec, usage: &Usage) -> bool {
    let env = usage.env || spec.top.environments.list().is_empty();
    let sources = || {
        spec.top
            .sources
            .list()
            .iter()
            .all(|(name, _)| usage.any_source || usage.sources.contains(&name.value))
    };
    env && sources() && unused_vars(spec, usage).is_empty()
}

/// Variables that nothing uses: the path below `vars`, and everywhere it is set, `[vars]` first.
pub(crate) fn unused_vars<'s>(spec: &'s Spec, usage: &Usage) -> BTreeMap<Vec<&'s str>, Vec<Span>> {
    let environments = spec.top.environments.list().iter();
    let layers = std::iter::once(&spec.top.vars)
        .chain(environments.map(|(_, environment)| &environment.vars));
    // By path, so that what an environment sets over an unused variable is part of the same
    // finding.
    let mut places: BTreeMap<Vec<&'s str>, Vec<Span>> = BTreeMap::new();
    for node in layers.filter_map(|vars| vars.get()) {
        unused_below(node, &usage.vars, &mut Vec::new(), &mut places);
    }
    places
}

/// The outermost keys of a table that nothing uses.
fn unused_below<'s>(
    node: &'s Node,
    uses: &UseTree,
    path: &mut Vec<&'s str>,
    places: &mut BTreeMap<Vec<&'s str>, Vec<Span>>,
) {
    let NodeKind::Table(entries) = &node.kind else { return };
    if uses.whole {
        return;
    }
    for (key, node) in entries {
        path.push(&key.value);
        match uses.below.get(&key.value) {
            Some(uses) => unused_below(node, uses, path, places),
            None => places.entry(path.clone()).or_default().push(key.span),
        }
        path.pop();
    }
}
