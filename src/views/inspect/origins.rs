//! What the values of a Secret come out of: every file, age file and variable that the spec names
//! for them, also by way of `[sources]`.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::Value as Scope;

use crate::compile::expand::Planned;
use crate::compile::resolve::{Evidence, Fill, Wanted, slots, visit_values};
use crate::source::Span;
use crate::spec::Spec;
use crate::spec::node::{Node, NodeKind, Text};
use crate::spec::value::{Fetch, From as FileFrom, How, Source, Value};
use crate::template::Engine;

/// Something that is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValueOrigin {
    pub how: How,
    /// The path, the armored text or the variable's name.
    pub what: String,
}

impl ValueOrigin {
    /// `age PATH`, `file PATH`, `env-var NAME`; armored text is not repeated.
    pub fn words(&self) -> String {
        match self.how {
            How::File => format!("file {}", self.what),
            How::Age => format!("age {}", self.what),
            How::Armor => "armor".to_owned(),
            How::EnvVar => format!("env-var {}", self.what),
        }
    }

    /// The same, for who has read it.
    pub(crate) fn wanted(&self) -> Wanted {
        (self.how, self.what.clone())
    }
}

pub(crate) struct Origins<'o> {
    pub(crate) spec: &'o Spec,
    pub(crate) engine: &'o Engine,
    /// Variables in which the paths of `[sources]` are rendered.
    pub(crate) scope: &'o Scope,
    pub(crate) evidence: &'o Evidence,
}

impl Origins<'_> {
    /// The origins of each place of a Secret that fills data keys; nothing for what is written in
    /// the spec.
    pub(crate) fn of(&self, planned: &Planned<'_>) -> BTreeMap<Span, BTreeSet<ValueOrigin>> {
        let mut all = BTreeMap::new();
        for slot in slots(planned) {
            let mut found = BTreeSet::new();
            if let Fill::File(file) = &slot.fill {
                match &file.from {
                    FileFrom::Fetch(fetch) => found.extend(self.fetch(fetch, &planned.scope)),
                    FileFrom::Named(name) => self.named(name, &planned.scope, &mut found),
                }
            }
            visit_values(&slot.fill, &mut |value| self.value(value, &planned.scope, &mut found));
            all.insert(slot.span, found);
        }
        all
    }

    fn value(&self, value: &Value, scope: &Scope, found: &mut BTreeSet<ValueOrigin>) {
        match &value.source {
            Source::Template(text) | Source::Base64(text) => self.template(&text.value, found),
            Source::Tree(_, node) => self.tree(node, found),
            Source::Fetch(fetch) => {
                if let Some(origin) = self.fetch(fetch, scope) {
                    if value.modifiers.template
                        && let Some(Ok(bytes)) = self.evidence.fetched.get(&origin.wanted())
                    {
                        self.template(bytes.expose_str().unwrap_or_default(), found);
                    }
                    found.insert(origin);
                }
            }
            Source::Named(name) => self.named(name, scope, found),
            Source::Literal(_) | Source::Concat(_) => {}
        }
    }

    fn tree(&self, node: &Node, found: &mut BTreeSet<ValueOrigin>) {
        match &node.kind {
            NodeKind::String(text) => self.template(text, found),
            NodeKind::Array(nodes) => {
                for node in nodes {
                    self.tree(node, found);
                }
            }
            NodeKind::Table(entries) => {
                for (_, node) in entries {
                    self.tree(node, found);
                }
            }
            _ => {}
        }
    }

    fn template(&self, text: &str, found: &mut BTreeSet<ValueOrigin>) {
        let used = self.engine.source_names(text);
        self.sources(|name| used.any || used.names.contains(name), found);
    }

    fn named(&self, name: &Text, scope: &Scope, found: &mut BTreeSet<ValueOrigin>) {
        if let Some(wanted) = self.text(name, scope) {
            self.sources(|name| name == wanted, found);
        }
    }

    /// The origins of entries of `[sources]`.
    fn sources(&self, is_used: impl Fn(&str) -> bool, found: &mut BTreeSet<ValueOrigin>) {
        for (name, file) in &self.spec.sources {
            if let FileFrom::Fetch(fetch) = &file.from
                && is_used(&name.value)
            {
                found.extend(self.fetch(fetch, self.scope));
            }
        }
    }

    fn fetch(&self, fetch: &Fetch, scope: &Scope) -> Option<ValueOrigin> {
        Some(ValueOrigin { how: fetch.how, what: self.text(&fetch.what, scope)? })
    }

    fn text(&self, text: &Text, scope: &Scope) -> Option<String> {
        self.engine.render(&text.value, scope).ok()?.expose_str().map(str::to_owned)
    }
}
