//! Reading ahead: everything that the plan needs, so that files are decrypted in parallel and each
//! once.

use std::collections::BTreeSet;

use minijinja::value::Value as Scope;

use super::fetch::Wanted;
use super::resolver::Resolver;
use super::slot::{Fill, slots, visit_values};
use crate::compile::expand::Planned;
use crate::spec::node::{Node, NodeKind, Text};
use crate::spec::value::{Fetch, From as FileFrom, Source, Value};
use crate::template::SourceNames;

impl<'s> Resolver<'_, '_, 's> {
    /// Reads everything that the plan needs, in two rounds: first what the spec names, then the
    /// sources that template files name.
    pub(crate) fn prefetch(&mut self, planned: &[Planned<'s>]) {
        let mut wanted = BTreeSet::new();
        let mut names = SourceNames::default();
        let mut template_files = BTreeSet::new();
        for planned in planned {
            for slot in slots(planned) {
                if let Fill::File(file) = &slot.fill {
                    self.want(&file.from, &planned.scope, &mut wanted, &mut names);
                }
                visit_values(&slot.fill, &mut |value| {
                    self.want_value(
                        value,
                        &planned.scope,
                        &mut wanted,
                        &mut names,
                        &mut template_files,
                    )
                });
            }
        }
        self.want_sources(&names, &mut wanted);
        self.fetched.fetch(wanted, self.world, self.keyring);

        let mut names = SourceNames::default();
        for file in template_files {
            if let Some(Ok(bytes)) = self.fetched.get(&file) {
                let more =
                    self.renderer.engine.source_names(bytes.expose_str().unwrap_or_default());
                names.names.extend(more.names);
                names.any |= more.any;
            }
        }
        let mut wanted = BTreeSet::new();
        self.want_sources(&names, &mut wanted);
        self.fetched.fetch(wanted, self.world, self.keyring);
    }

    pub(crate) fn want_value(
        &self,
        value: &Value,
        scope: &Scope,
        wanted: &mut BTreeSet<Wanted>,
        names: &mut SourceNames,
        template_files: &mut BTreeSet<Wanted>,
    ) {
        let mut in_template = |text: &str| {
            let more = self.renderer.engine.source_names(text);
            names.names.extend(more.names);
            names.any |= more.any;
        };
        match &value.source {
            Source::Template(text) | Source::Base64(text) => in_template(&text.value),
            Source::Tree(_, node) => each_string(node, &mut in_template),
            Source::Fetch(fetch) => {
                if let Some(key) = self.peek(fetch, scope) {
                    if value.modifiers.template {
                        template_files.insert(key.clone());
                    }
                    wanted.insert(key);
                }
            }
            Source::Named(name) => {
                if let Some(name) = self.peek_text(name, scope) {
                    // A source that is a template file itself may name any other.
                    names.any |= value.modifiers.template;
                    names.names.insert(name);
                }
            }
            Source::Literal(_) | Source::Concat(_) => {}
        }
    }

    pub(crate) fn want(
        &self,
        from: &FileFrom,
        scope: &Scope,
        wanted: &mut BTreeSet<Wanted>,
        names: &mut SourceNames,
    ) {
        match from {
            FileFrom::Fetch(fetch) => wanted.extend(self.peek(fetch, scope)),
            FileFrom::Named(name) => names.names.extend(self.peek_text(name, scope)),
        }
    }

    pub(crate) fn want_sources(&self, names: &SourceNames, wanted: &mut BTreeSet<Wanted>) {
        for (name, file) in &self.spec.sources {
            if let (true, FileFrom::Fetch(fetch)) =
                (names.any || names.names.contains(&name.value), &file.from)
            {
                wanted.extend(self.peek(fetch, &self.scope));
            }
        }
    }

    /// What a fetch reads; faults of its template are reported when its value is resolved.
    pub(crate) fn peek(&self, fetch: &Fetch, scope: &Scope) -> Option<Wanted> {
        Some((fetch.how, self.peek_text(&fetch.what, scope)?))
    }

    pub(crate) fn peek_text(&self, text: &Text, scope: &Scope) -> Option<String> {
        self.renderer.engine.render(&text.value, scope).ok()?.expose_str().map(str::to_owned)
    }
}

/// Calls `visit` for every string of a node.
fn each_string(node: &Node, visit: &mut impl FnMut(&str)) {
    match &node.kind {
        NodeKind::String(text) => visit(text),
        NodeKind::Array(nodes) => nodes.iter().for_each(|node| each_string(node, visit)),
        NodeKind::Table(entries) => entries.iter().for_each(|(_, node)| each_string(node, visit)),
        _ => {}
    }
}
