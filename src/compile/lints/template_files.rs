//! The texts of template files, for every environment: what they use, the spec uses.

use super::strings::each_value;
use super::usage::Usage;
use crate::compile::environment::{self, Choice, Settled};
use crate::compile::expand;
use crate::compile::render::Renderer;
use crate::compile::resolve::Fetched;
use crate::go::base64;
use crate::secret::bytes::SecretBytes;
use crate::spec::node::{Node, Text};
use crate::spec::value::{Fetch, How, Source, Value};
use crate::spec::{Entry, Spec};
use crate::template::Engine;
use crate::world::{ReadError, World};

/// Where template files are found.
pub(crate) struct Files<'a> {
    /// What was read already.
    pub fetched: &'a Fetched,
    /// Where the rest is.
    pub world: &'a dyn World,
    /// The tables of the command line over `[vars]`.
    pub vars: &'a [Node],
}

/// Adds what the texts of values with `template = true` use. What can't be read without decrypting
/// makes the usage unknown.
pub(crate) fn add_uses(
    spec: &Spec,
    files: &Files<'_>,
    renderer: &mut Renderer<'_>,
    usage: &mut Usage,
) {
    let mut environments: Option<Vec<Settled>> = None;
    for entry in &spec.entries {
        let mut values: Vec<&Value> = Vec::new();
        each_value(entry, &mut |_, value| values.extend(value.modifiers.template.then_some(value)));
        for value in values {
            if usage.unknown {
                return;
            }
            match texts(spec, entry, value, files, &mut environments, renderer) {
                Some(texts) => texts.iter().for_each(|text| match text.expose_str() {
                    Some(text) => usage.add(renderer.engine, text),
                    None => usage.unknown = true,
                }),
                None => usage.unknown = true,
            }
        }
    }
}

/// The texts that a value may render, one for each file that its path may mean; `None` when they
/// can't be known.
fn texts(
    spec: &Spec,
    entry: &Entry,
    value: &Value,
    files: &Files<'_>,
    environments: &mut Option<Vec<Settled>>,
    renderer: &mut Renderer<'_>,
) -> Option<Vec<SecretBytes>> {
    let raw = match &value.source {
        Source::Base64(text) if !Engine::is_template(&text.value) => {
            vec![base64::decode(text.value.as_bytes()).ok()?]
        }
        Source::Fetch(Fetch { how: How::File, what }) if value.modifiers.key.is_none() => {
            let paths = if Engine::is_template(&what.value) {
                paths(
                    entry,
                    what,
                    environments.get_or_insert_with(|| all_environments(spec, files.vars)),
                    renderer,
                )?
            } else {
                vec![what.value.clone()]
            };
            let texts: Option<Vec<Option<SecretBytes>>> =
                paths.iter().map(|path| read(path, value, files)).collect();
            texts?.into_iter().flatten().collect()
        }
        _ => return None,
    };
    if !value.modifiers.decode {
        return Some(raw);
    }
    raw.iter().map(|bytes| base64::decode(bytes.expose()).ok()).collect()
}

/// The file's bytes; nothing for one that may be missing and is, `None` when it can't be read.
fn read(path: &str, value: &Value, files: &Files<'_>) -> Option<Option<SecretBytes>> {
    if let Some(Ok(bytes)) = files.fetched.get(&(How::File, path.to_owned())) {
        return Some(Some(bytes.clone()));
    }
    match files.world.read(path) {
        Ok(bytes) => Some(Some(bytes)),
        Err(ReadError::NotFound { .. }) if value.modifiers.optional => Some(None),
        Err(_) => None,
    }
}

/// The spec in each of its environments.
fn all_environments(spec: &Spec, vars: &[Node]) -> Vec<Settled> {
    let declared = spec.top.environments.list();
    let choices: Vec<Choice> = if declared.is_empty() {
        vec![Choice::Default]
    } else {
        declared
            .iter()
            .map(|(name, _)| Choice::Named(Text { value: name.value.clone(), span: name.span }))
            .collect()
    };
    choices.iter().filter_map(|choice| environment::settle(spec, choice, vars).ok()).collect()
}

/// Every path that a template gives, in every environment and for every item.
fn paths(
    entry: &Entry,
    what: &Text,
    environments: &[Settled],
    renderer: &mut Renderer<'_>,
) -> Option<Vec<String>> {
    let mut paths = Vec::new();
    for settled in environments {
        for scope in expand::scopes(entry, settled, renderer)? {
            paths.push(renderer.engine.render(&what.value, &scope).ok()?.expose_str()?.to_owned());
        }
    }
    paths.sort_unstable();
    paths.dedup();
    Some(paths)
}
