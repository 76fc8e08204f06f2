//! What a spec uses of its own `[vars]`, `[sources]` and environments, in all of them.

use std::collections::{BTreeSet, HashSet};

use super::strings::{Role, each_string};
use crate::compile::environment::{self, Choice};
use crate::compile::{budget::Budget, expand, resolve::Fetched, run::Run};
use crate::go::base64;
use crate::secret::bytes::SecretBytes;
use crate::spec::Entry;
use crate::spec::node::{NodeKind, Text};
use crate::spec::value::{Fetch, How, Source, Value};
use crate::structure::KeyPath;
use crate::template::{Engine, UsePath, steps::STEP_BYTES};
use crate::world::ReadError;

#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// There is something that can't be looked into: anything may be used.
    pub unknown: bool,
    paths: BTreeSet<UsePath>,
    seen: HashSet<String>,
}

impl Usage {
    pub(crate) fn of(fetched: &Fetched, run: &mut Run<'_>) -> Self {
        let (spec, engine) = (run.spec, run.engine);
        let mut usage = Self::default();
        each_string(spec, &mut |string| {
            if string.role == Role::Source {
                let mut path = vec!["sources".to_owned()];
                // The name itself may be a template: then it is any.
                path.extend((!Engine::is_template(string.text)).then(|| string.text.to_owned()));
                usage.paths.insert(path);
            }
            if string.role.is_template() {
                usage.template(string.text, engine);
            }
        });
        let mut values: Vec<(&Entry, &Value)> = Vec::new();
        for entry in &spec.entries {
            if let Some(NodeKind::String(path)) = entry.common.for_each.get().map(|of| &of.kind) {
                match KeyPath::parse(path).ok().and_then(|path| path.names()) {
                    Some(names) => usage.paths.extend([names]),
                    None => usage.unknown = true,
                }
            }
            entry.each_value(&mut |_, value| {
                values.extend(value.modifiers.template.then_some((entry, value)))
            });
        }
        // A limit for itself: what other environments have is not built.
        let budget = Budget::new(run.options.limits);
        let paths = paths_in_all_environments(&values, &budget, run);
        usage.unknown |= paths.is_none();
        for ((_, value), paths) in values.iter().zip(paths.unwrap_or_default()) {
            let texts = template_files(value, paths, fetched, &budget, run);
            usage.unknown |= texts.is_none();
            for text in texts.unwrap_or_default() {
                match text.expose_str() {
                    Some(text) => usage.template(text, engine),
                    None => usage.unknown = true,
                }
            }
        }
        usage
    }

    fn template(&mut self, text: &str, engine: &Engine) {
        let may_use = ["vars", "sources", "env"].iter().any(|name| text.contains(name));
        if !may_use || !Engine::is_template(text) || !self.seen.insert(text.to_owned()) {
            return;
        }
        match engine.uses(text) {
            Some(uses) => self.paths.extend(uses),
            None => self.unknown = true,
        }
    }

    /// Whether all of what is at a path is used, because the path or one above it is.
    pub(crate) fn is_whole(&self, path: &[String]) -> bool {
        (1..=path.len()).filter_map(|count| path.get(..count)).any(|up| self.paths.contains(up))
    }

    /// Whether anything at or below a path is used.
    pub(crate) fn is_used(&self, path: &[String]) -> bool {
        let mut from_path = self.paths.range(path.to_vec()..);
        self.is_whole(path) || from_path.next().is_some_and(|used| used.starts_with(path))
    }
}

/// The texts that a value with `template = true` may render, one for each file that its path may
/// mean in any environment; `None` when they can't be known without decrypting.
fn template_files(
    value: &Value,
    mut paths: BTreeSet<String>,
    fetched: &Fetched,
    budget: &Budget,
    run: &Run<'_>,
) -> Option<Vec<SecretBytes>> {
    let texts = match &value.source {
        Source::Base64(text) if !Engine::is_template(&text.value) => {
            vec![base64::decode(text.value.as_bytes()).ok()?]
        }
        Source::Fetch(Fetch { how: How::File, what }) if value.modifiers.key.is_none() => {
            if !Engine::is_template(&what.value) {
                paths.insert(what.value.clone());
            }
            let mut texts = Vec::new();
            for path in paths {
                match fetched.get(&(How::File, path.clone())) {
                    Some(Ok(bytes)) => texts.push(bytes.clone()),
                    _ => match run.world.read(&path, budget.file_limit()) {
                        Ok(bytes) if budget.read(bytes.len()) => texts.push(bytes),
                        Err(ReadError::NotFound { .. }) if value.modifiers.optional => {}
                        _ => return None,
                    },
                }
            }
            texts
        }
        _ => return None,
    };
    if !value.modifiers.decode {
        return Some(texts);
    }
    texts.iter().map(|bytes| base64::decode(bytes.expose()).ok()).collect()
}

/// For each value the paths that it may mean in any environment, if its path is a template; `None`
/// when a path can't be known, or when that is too much work for a lint.
fn paths_in_all_environments(
    values: &[(&Entry, &Value)],
    budget: &Budget,
    run: &mut Run<'_>,
) -> Option<Vec<BTreeSet<String>>> {
    let mut paths = vec![BTreeSet::new(); values.len()];
    let is_template = |what: &&Text| Engine::is_template(&what.value);
    let templates: Vec<Option<&Text>> =
        values.iter().map(|(_, value)| path_of(value).filter(is_template)).collect();
    if templates.iter().all(Option::is_none) {
        return Some(paths);
    }
    let size = run.sources.get(run.spec.file).text.len();
    for choice in all_environments(run) {
        // Its variables are copied.
        run.engine.pay(size / STEP_BYTES);
        if run.engine.is_half_spent() {
            return None;
        }
        let Ok(settled) = environment::settle(&choice, run) else { continue };
        for (((entry, _), what), paths) in values.iter().zip(&templates).zip(&mut paths) {
            let Some(what) = what else { continue };
            for scope in expand::scopes(entry, &settled, budget, run)? {
                let path = run.engine.render(&what.value, &scope).ok()?;
                paths.insert(path.expose_str()?.to_owned());
            }
        }
    }
    Some(paths)
}

fn path_of(value: &Value) -> Option<&Text> {
    match &value.source {
        Source::Fetch(Fetch { how: How::File, what }) if value.modifiers.key.is_none() => {
            Some(what)
        }
        _ => None,
    }
}

fn all_environments(run: &Run<'_>) -> Vec<Choice> {
    let declared = run.spec.top.environments.list().iter();
    let mut choices: Vec<Choice> = declared
        .map(|(name, _)| Choice::Named(Text { value: name.value.clone(), span: name.span }))
        .collect();
    if choices.is_empty() {
        choices.push(Choice::Default);
    }
    choices
}
