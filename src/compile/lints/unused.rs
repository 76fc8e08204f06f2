//! Parts of a spec that nothing uses, in no environment: variables, sources, recipients,
//! environments.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{messages, usage::Usage};
use crate::diag::Diagnostic;
use crate::source::Span;
use crate::spec::{Spec, language::Environment, node::Node};

/// Everything that is unused. `usage` holds for all environments; where it is not known, only what
/// does not depend on it is judged. `listed` gives the names of people whom encrypted files list:
/// without their lines in `[recipients]`, these files would list keys without names.
pub(crate) fn unused(
    spec: &Spec,
    usage: &Usage,
    listed: &mut dyn FnMut() -> BTreeSet<String>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if !usage.unknown {
        found.extend(
            vars(spec, usage).iter().map(|(path, spans)| messages::unused_var(path, spans)),
        );
        let sources = spec.sources().iter().map(|(name, _)| name);
        let sources =
            sources.filter(|name| !usage.is_used(&["sources".to_owned(), name.value.clone()]));
        found.extend(sources.map(messages::unused_source));
    }
    let rules = spec.top.encrypt.list();
    if !rules.is_empty() {
        let named: HashSet<&str> =
            rules.iter().flat_map(|rule| rule.to.list()).map(|to| to.value.as_str()).collect();
        let recipients = spec.top.recipients.list().iter().map(|(name, _)| name);
        let mut unnamed = recipients.filter(|name| !named.contains(name.value.as_str())).peekable();
        let listed = if unnamed.peek().is_some() { listed() } else { BTreeSet::new() };
        let unused = unnamed.filter(|name| !listed.contains(&name.value));
        found.extend(unused.map(messages::unused_recipient));
    }
    environments(spec, usage, &mut found);
    found
}

/// Variables that nothing uses: the path, and everywhere it is set. By path, so that what an
/// environment sets over an unused variable is part of the same finding.
fn vars(spec: &Spec, usage: &Usage) -> BTreeMap<Vec<String>, Vec<Span>> {
    let environments = spec.top.environments.list().iter();
    let layers = environments.map(|(_, environment)| &environment.vars);
    let mut places = BTreeMap::new();
    for vars in std::iter::once(&spec.top.vars).chain(layers) {
        if let Some(node) = vars.get() {
            unused_below(node, usage, &mut vec!["vars".to_owned()], &mut places);
        }
    }
    places
}

fn unused_below(
    node: &Node,
    usage: &Usage,
    path: &mut Vec<String>,
    places: &mut BTreeMap<Vec<String>, Vec<Span>>,
) {
    if usage.is_whole(path) {
        return;
    }
    for (key, node) in node.entries() {
        path.push(key.value.clone());
        if usage.is_used(path) {
            unused_below(node, usage, path, places);
        } else {
            places.entry(path.clone()).or_default().push(key.span);
        }
        path.pop();
    }
}

fn environments(spec: &Spec, usage: &Usage, found: &mut Vec<Diagnostic>) {
    let lists = || spec.entries.iter().map(|entry| entry.common.environments.list());
    let named: HashSet<&str> = lists().flatten().map(|name| name.value.as_str()).collect();
    // An entry without a list is built in every environment.
    let for_all = lists().any(<[_]>::is_empty);
    let default = spec.top.default_env.get().map(|name| name.value.as_str());
    for (name, environment) in spec.top.environments.list() {
        let is_named = named.contains(name.value.as_str());
        let is_asked_for = is_named
            || default == Some(&name.value)
            || usage.unknown
            || usage.is_used(&["env".to_owned()]);
        if !for_all && !is_named {
            found.push(messages::environment_without_secrets(name));
        } else if !is_asked_for && sets_nothing(environment) {
            found.push(messages::environment_like_any(name));
        }
    }
}

fn sets_nothing(environment: &Environment) -> bool {
    environment.identities.key.is_none()
        && environment.vars.get().is_none_or(|vars| vars.entries().is_empty())
        && environment.defaults.get().is_none_or(|defaults| {
            defaults.namespace.key.is_none()
                && defaults.labels.list().is_empty()
                && defaults.annotations.list().is_empty()
        })
}
