//! Parts of a spec that nothing uses, in no environment: variables, sources, recipients,
//! environments.

use std::collections::HashSet;

use super::usage::{Usage, unused_vars};
use crate::source::Span;
use crate::spec::Spec;
use crate::spec::language::Environment;
use crate::spec::node::{NodeKind, Text};

/// Something that nothing uses.
#[derive(Debug)]
pub(crate) enum Unused<'s> {
    /// A variable, or a table of variables: its path below `vars`, and everywhere it is set,
    /// `[vars]` first.
    Var(Vec<&'s str>, Vec<Span>),
    /// A source.
    Source(&'s Text),
    /// A recipient.
    Recipient(&'s Text),
    /// An environment, and why it is of no use.
    Environment(&'s Text, Idle),
}

/// Why an environment is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Idle {
    /// Every Secret leaves it out.
    NoSecrets,
    /// It changes nothing, and nothing asks for it.
    SameAsAny,
}

/// Everything that is unused. `usage` holds for all environments; where it is not known, only what
/// does not depend on it is judged.
pub(crate) fn unused<'s>(spec: &'s Spec, usage: &Usage) -> Vec<Unused<'s>> {
    let mut found = Vec::new();
    if !usage.unknown {
        found.extend(
            unused_vars(spec, usage).into_iter().map(|(path, spans)| Unused::Var(path, spans)),
        );
        let sources = spec.top.sources.list().iter().map(|(name, _)| name);
        found.extend(
            sources
                .filter(|name| !usage.any_source && !usage.sources.contains(&name.value))
                .map(Unused::Source),
        );
    }
    found.extend(recipients(spec));
    found.extend(environments(spec, usage));
    found
}

fn recipients(spec: &Spec) -> impl Iterator<Item = Unused<'_>> {
    let rules = spec.top.encrypt.list();
    let named: HashSet<&str> =
        rules.iter().flat_map(|rule| rule.to.list()).map(|to| to.value.as_str()).collect();
    let recipients = if rules.is_empty() { &[] } else { spec.top.recipients.list() };
    recipients
        .iter()
        .map(|(name, _)| name)
        .filter(move |name| !named.contains(name.value.as_str()))
        .map(Unused::Recipient)
}

fn environments<'s>(spec: &'s Spec, usage: &Usage) -> Vec<Unused<'s>> {
    let named: HashSet<&str> = spec
        .entries
        .iter()
        .flat_map(|entry| entry.common.environments.list())
        .map(|name| name.value.as_str())
        .collect();
    // An entry without a list is built in every environment.
    let for_all = spec.entries.iter().any(|entry| entry.common.environments.list().is_empty());
    let default = spec.top.default_env.get().map(|name| name.value.as_str());
    let asked_for =
        |name: &str| named.contains(name) || default == Some(name) || usage.env || usage.unknown;
    let idle = |(name, environment): &'s (Text, Environment)| {
        if !for_all && !named.contains(name.value.as_str()) {
            return Some(Unused::Environment(name, Idle::NoSecrets));
        }
        (sets_nothing(environment) && !asked_for(&name.value))
            .then_some(Unused::Environment(name, Idle::SameAsAny))
    };
    spec.top.environments.list().iter().filter_map(idle).collect()
}

/// Whether an environment changes nothing: all that it has are empty tables.
fn sets_nothing(environment: &Environment) -> bool {
    let vars = environment.vars.get().map(|vars| &vars.kind);
    let defaults = environment.defaults.get();
    environment.identities.key.is_none()
        && vars.is_none_or(|vars| matches!(vars, NodeKind::Table(entries) if entries.is_empty()))
        && defaults.is_none_or(|defaults| {
            defaults.namespace.key.is_none()
                && defaults.labels.list().is_empty()
                && defaults.annotations.list().is_empty()
        })
}
