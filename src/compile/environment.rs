//! The chosen environment: its vars, defaults and identities merged over the file's, and the
//! command line's vars over those.

use std::collections::BTreeMap;

use minijinja::value::Value;

use super::{resolve::messages::read_error, rules_above::rules_above, run::Run};
use crate::age::{self, IdentityInput, IdentitySource, Keyring};
use crate::diag::phrases::{did_you_mean, one_of};
use crate::diag::{Diagnostic, diagnostic};
use crate::encrypted::rules::Rules;
use crate::source::{FileId, Span};
use crate::spec::node::{Node, NodeKind, Text, merge_tables};
use crate::spec::{Spec, language::Environment, unknown_environment};
use crate::structure::KeyPath;
use crate::template;
use crate::world::MAX_FILE_BYTES;

pub(crate) use super::options::{Choice, NamedBy};

/// A spec with its environment chosen, and what it says merged.
#[derive(Debug)]
pub(crate) struct Settled {
    pub env: Option<String>,
    pub vars: Node,
    vars_value: Value,
    pub namespace: Option<Text>,
    pub labels: Vec<(Text, Text)>,
    pub annotations: Vec<(Text, Text)>,
    pub identities: Vec<Text>,
}

impl Settled {
    /// The variables that do not depend on a Secret.
    pub(crate) fn variables(&self) -> Vec<(&'static str, Value)> {
        let mut variables = vec![("vars", self.vars_value.clone())];
        variables.extend(self.env.as_deref().map(|env| ("env", Value::from(env))));
        variables
    }

    pub(crate) fn scope(&self) -> Value {
        Value::from_pairs(self.variables())
    }
}

/// Chooses the environment and merges; `vars` of the command line come last, in their order.
pub(crate) fn settle(choice: &Choice, run: &Run<'_>) -> Result<Settled, Diagnostic> {
    let spec = run.spec;
    let chosen = choose(spec, choice, run.options.environment_by)?;
    let (top, over) = (&spec.top, chosen.map(|(_, environment)| environment));
    let mut vars = Vec::new();
    let layers = [top.vars.get(), over.and_then(|over| over.vars.get())];
    for node in layers.into_iter().flatten().chain(&run.options.vars) {
        merge_tables(&mut vars, node.entries().to_vec());
    }
    let vars = Node { kind: NodeKind::Table(vars), span: Span::new(spec.file, 0..0) };
    let layers = [top.defaults.get(), over.and_then(|over| over.defaults.get())];
    let defaults = || layers.into_iter().flatten();
    let identities = over.and_then(|over| over.identities.get()).or(top.identities.get());
    Ok(Settled {
        env: chosen.map(|(name, _)| name.to_owned()),
        vars_value: template::from_node(&vars),
        vars,
        namespace: defaults().filter_map(|defaults| defaults.namespace.get()).next_back().cloned(),
        labels: merge_maps(defaults().map(|defaults| defaults.labels.list())),
        annotations: merge_maps(defaults().map(|defaults| defaults.annotations.list())),
        identities: identities.cloned().unwrap_or_default(),
    })
}

/// Tables of strings over each other; the later wins.
pub(crate) fn merge_maps<'a>(
    layers: impl IntoIterator<Item = &'a [(Text, Text)]>,
) -> Vec<(Text, Text)> {
    let entries = layers.into_iter().flatten().map(|entry| (&entry.0.value, entry));
    entries.collect::<BTreeMap<_, _>>().into_values().cloned().collect()
}

fn choose<'s>(
    spec: &'s Spec,
    choice: &Choice,
    by: NamedBy,
) -> Result<Option<(&'s str, &'s Environment)>, Diagnostic> {
    let environments = spec.top.environments.list();
    let declared = spec.environments();
    let wanted = match choice {
        Choice::Named(name) => Some(name),
        Choice::Ambient(name) if !environments.is_empty() => Some(name),
        _ => spec.top.default_env.get(),
    };
    let Some(wanted) = wanted else {
        let Some(first) = declared.first() else { return Ok(None) };
        let span = spec.top.environments.key.unwrap_or(Span::new(spec.file, 0..0));
        let each = |prefix: &str| one_of(declared.iter().map(|name| format!("{prefix}{name}")));
        let help = match by {
            NamedBy::Flag => format!("pass {}", each("--env ")),
            NamedBy::Config => format!("write {} under `spec` in the config", each("env: ")),
            NamedBy::Parameter => format!("set the parameter `env` to {}", each("")),
        };
        return Err(diagnostic!(UNKNOWN_ENVIRONMENT, "no environment was chosen")
            .at(span, "declared here")
            .help(help)
            .help(format!("set a default at the top of the spec: `default-env = \"{first}\"`")));
    };
    let found = environments.iter().find(|(name, _)| name.value == wanted.value);
    if let Some((name, environment)) = found {
        return Ok(Some((&name.value, environment)));
    }
    let label = did_you_mean(&wanted.value, declared.iter().copied()).unwrap_or_default();
    Err(unknown_environment(&wanted.value, &declared).at(wanted.span, label))
}

/// `KEY=VALUE` of `--set` as a table to merge: the key is dotted as in TOML, the value is a string
/// as it stands. `None` if it is not of that form.
pub(crate) fn set_flag(file: FileId, text: &str) -> Option<Node> {
    let (key, value) = text.split_once('=')?;
    let path: Vec<String> = KeyPath::parse(key.trim()).ok()?.names()?;
    let span = |range| Span::new(file, range);
    let mut node =
        Node { kind: NodeKind::String(value.to_owned()), span: span(key.len() + 1..text.len()) };
    for name in path.into_iter().rev() {
        let key = Text { value: name, span: span(0..key.len()) };
        node = Node { kind: NodeKind::Table(vec![(key, node)]), span: span(0..text.len()) };
    }
    Some(node)
}

/// The keyring of a spec: the user's identities, then its own; and whether all of them can be used.
pub(crate) fn identities(settled: &Settled, run: &mut Run<'_>) -> (Keyring, bool) {
    let before = run.sink.errors();
    let mut inputs = run.options.identities.clone();
    for text in &settled.identities {
        let path = match run.engine.render(&text.value, &settled.scope()) {
            Ok(path) => path.expose_str().unwrap_or_default().to_owned(),
            Err(fault) => {
                run.report(run.word(&fault, text, false), None);
                continue;
            }
        };
        run.report(
            diagnostic!(COMMITTED_IDENTITY, "an identity file is stored next to the spec")
                .at(
                    text.span,
                    "anyone who can read the repository can decrypt the files encrypted for it",
                )
                .help(
                    "move the identity out of the repository, and pass it with `-i` or \
                     `MINTAGE_IDENTITY_FILE`",
                )
                .help(
                    "add `lint.allow = [\"committed-identity\"]` at the top of the spec if this is \
                     a development key that protects nothing of value",
                ),
            None,
        );
        match run.world.read(&path, MAX_FILE_BYTES) {
            Ok(bytes) => {
                let origin = format!("`identities` of the spec: {path}");
                inputs.push(IdentityInput::new(&origin, bytes, IdentitySource::Spec));
            }
            Err(error) => run.report(read_error(&error, &path).at(text.span, ""), None),
        }
    }
    let (mut keyring, bad) = Keyring::load(inputs, run.options.plugins.clone());
    if keyring.has_commands() {
        let rules = Rules::of(run.spec).or_else(|| rules_above(run).map(|(_, rules)| rules));
        keyring.name_recipients(rules.iter().flat_map(Rules::recipients));
    }
    for bad in bad {
        let mut diagnostic = age::messages::bad_identity(&bad);
        let text = settled.identities.iter().find(|text| bad.origin.ends_with(&text.value));
        if let Some(text) = text {
            diagnostic = diagnostic.at(text.span, "");
        }
        run.report(diagnostic, None);
    }
    (keyring, run.sink.errors() == before)
}
