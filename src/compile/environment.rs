//! The chosen environment: its vars, defaults and identities merged over the file's, and the
//! command line's vars over those.

use std::collections::HashMap;

use minijinja::value::Value;

use crate::diag::phrases::{did_you_mean, one_of};
use crate::diag::{Diagnostic, codes};
use crate::source::{FileId, Span};
use crate::spec::node::{Node, NodeKind, Text, merge_tables};
use crate::spec::record::Record;
use crate::spec::{Spec, unknown_environment};
use crate::template;

/// Which environment the person who runs the tool wants.
#[derive(Clone, Debug, Default)]
pub(crate) enum Choice {
    /// None was named: the spec's `default-env`.
    #[default]
    Default,
    /// Named for this run: it has to exist.
    Named(Text),
    /// Named for all runs, as in an environment variable: specs without environments don't mind.
    Ambient(Text),
}

/// A spec with its environment chosen.
#[derive(Debug)]
pub(crate) struct Settled {
    /// The environment's name, if the spec declares any.
    pub env: Option<String>,
    /// `vars`, merged.
    pub vars: Node,
    /// `vars` for templates.
    pub vars_value: Value,
    /// `defaults.namespace`.
    pub namespace: Option<Text>,
    /// `defaults.labels`, merged.
    pub labels: Vec<(Text, Text)>,
    /// `defaults.annotations`, merged.
    pub annotations: Vec<(Text, Text)>,
    /// Identity files of the spec.
    pub identities: Vec<Text>,
}

impl Settled {
    /// The variables that do not depend on a Secret.
    pub(crate) fn scope(&self) -> Value {
        let env = self.env.as_deref().map(|env| ("env", Value::from(env)));
        Value::from_pairs(std::iter::once(("vars", self.vars_value.clone())).chain(env))
    }
}

/// Chooses the environment and merges; `vars` of the command line come last, in their order.
pub(crate) fn settle(
    spec: &Spec,
    choice: &Choice,
    vars_over: &[Node],
) -> Result<Settled, Diagnostic> {
    let chosen = choose(spec, choice)?;
    let environment = chosen.as_ref().map(|(_, record)| *record);
    let layers = || std::iter::once(&spec.record).chain(environment);
    let mut vars = Vec::new();
    for node in layers().filter_map(|record| record.data("vars")).chain(vars_over) {
        if let NodeKind::Table(entries) = &node.kind {
            merge_tables(&mut vars, entries.clone());
        }
    }
    let vars = Node { kind: NodeKind::Table(vars), span: spec.record.span };
    let defaults = || layers().filter_map(|record| record.record("defaults"));
    let identities = layers()
        .filter_map(|record| record.given_texts("identities"))
        .next_back()
        .unwrap_or_default();
    Ok(Settled {
        env: chosen.map(|(name, _)| name),
        vars_value: template::from_node(&vars),
        vars,
        namespace: defaults()
            .filter_map(|defaults| defaults.text("namespace"))
            .next_back()
            .cloned(),
        labels: merge_maps(defaults().map(|defaults| defaults.text_map("labels"))),
        annotations: merge_maps(defaults().map(|defaults| defaults.text_map("annotations"))),
        identities: identities.to_vec(),
    })
}

/// Tables of strings over each other; the later wins.
pub(crate) fn merge_maps<'a>(
    layers: impl Iterator<Item = &'a [(Text, Text)]>,
) -> Vec<(Text, Text)> {
    let mut merged: Vec<(Text, Text)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (key, text) in layers.flatten() {
        let place = *places.entry(&key.value).or_insert(merged.len());
        match merged.get_mut(place) {
            Some(present) => *present = (key.clone(), text.clone()),
            None => merged.push((key.clone(), text.clone())),
        }
    }
    merged
}

fn choose<'s>(spec: &'s Spec, choice: &Choice) -> Result<Option<(String, &'s Record)>, Diagnostic> {
    let environments = spec.record.map("environments");
    let declared = || environments.iter().map(|(name, _)| name.value.as_str());
    let wanted = match choice {
        Choice::Named(name) => Some(name),
        Choice::Ambient(name) if !environments.is_empty() => Some(name),
        _ => spec.record.text("default-env"),
    };
    let Some(wanted) = wanted else {
        if environments.is_empty() {
            return Ok(None);
        }
        let first = declared().next().unwrap_or_default().to_owned();
        let span = spec.record.key_span("environments").unwrap_or(spec.record.span);
        return Err(Diagnostic::new(
            &codes::UNKNOWN_ENVIRONMENT,
            "the spec declares environments, and none is chosen",
        )
        .at(span, "declared here")
        .help(format!(
            "build it for one of them: `--env {first}`; it declares {}",
            one_of(declared())
        ))
        .help(format!(
            "to build one of them without `--env`, write `default-env = \"{first}\"` at the top of \
             the spec"
        )));
    };
    match environments.iter().find(|(name, _)| name.value == wanted.value) {
        Some((name, record)) => Ok(Some((name.value.clone(), record))),
        None => {
            let known: Vec<&str> = declared().collect();
            let label = did_you_mean(&wanted.value, known.iter().copied()).unwrap_or_default();
            Err(unknown_environment(&wanted.value, &known).at(wanted.span, label))
        }
    }
}

/// `KEY=VALUE` of `--set` as a table to merge: the key is dotted as in TOML, the value is a string
/// as it stands. `None` if it is not of that form.
pub(crate) fn set_flag(file: FileId, text: &str) -> Option<Node> {
    let (key, value) = text.split_once('=')?;
    let path: Vec<String> = crate::structure::KeyPath::parse(key.trim()).ok()?.names()?;
    let span = |range| Span::new(file, range);
    let mut node =
        Node { kind: NodeKind::String(value.to_owned()), span: span(key.len() + 1..text.len()) };
    for name in path.into_iter().rev() {
        let key = Text { value: name, span: span(0..key.len()) };
        node = Node { kind: NodeKind::Table(vec![(key, node)]), span: span(0..text.len()) };
    }
    Some(node)
}
