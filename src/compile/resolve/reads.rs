//! What values read: files, age files and variables, also by way of `[sources]`.

use minijinja::value::Value as Scope;

use super::fetch::{Fetched, Wanted, WantedList};
use super::resolver::Resolver;
use crate::compile::expand::Planned;
use crate::spec::value::{Source, Value};
use crate::spec::{Spec, node::Text};
use crate::template::Engine;

pub(crate) struct Reads<'o> {
    pub spec: &'o Spec,
    pub engine: &'o Engine,
    pub scope: &'o Scope,
    /// What was read so far: template files name further sources.
    pub fetched: &'o Fetched,
}

impl Reads<'_> {
    /// Adds what a value reads itself, parts of `concat` aside. Faults of its templates are
    /// reported when it is resolved.
    pub(crate) fn of(&self, value: &Value, scope: &Scope, found: &mut WantedList) {
        let read = match &value.source {
            Source::Template(text) | Source::Base64(text) => {
                return self.template(&text.value, found);
            }
            Source::Tree(_, node) => {
                return node.each_string("", &mut |_, text, _| self.template(text, found));
            }
            Source::Literal(_) | Source::Concat(_) => return,
            Source::Fetch(fetch) => self.text(&fetch.what, scope).map(|what| (fetch.how, what)),
            Source::Named(name) => self.text(name, scope).and_then(|name| self.source(&name)),
        };
        let Some(wanted) = read else { return };
        if value.modifiers.template
            && let Some(Ok(bytes)) = self.fetched.get(&wanted)
        {
            self.template(bytes.expose_str().unwrap_or_default(), found);
        }
        found.insert(wanted);
    }

    fn template(&self, text: &str, found: &mut WantedList) {
        let named = self.engine.source_names(text);
        if named.is_empty() {
            return;
        }
        let sources = self.spec.sources();
        self.engine.pay(sources.len());
        for (_, file) in sources.iter().filter(|(name, _)| named.contains(&name.value)) {
            if let Some(wanted) = self.file_of(file) {
                found.insert(wanted);
            }
        }
    }

    fn source(&self, name: &str) -> Option<Wanted> {
        let (_, file) = self.spec.sources().iter().find(|(known, _)| known.value == name)?;
        self.file_of(file)
    }

    fn file_of(&self, file: &Value) -> Option<Wanted> {
        let Source::Fetch(fetch) = &file.source else { return None };
        Some((fetch.how, self.text(&fetch.what, self.scope)?))
    }

    fn text(&self, text: &Text, scope: &Scope) -> Option<String> {
        self.engine.render(&text.value, scope).ok()?.expose_str().map(str::to_owned)
    }
}

impl Resolver<'_, '_> {
    /// Reads everything that the plan needs, so that files are decrypted in parallel and each once:
    /// first what the spec names, then the sources that template files name.
    pub(crate) fn read_ahead(&mut self, planned: &[Planned<'_>]) {
        for _ in 0..2 {
            let reads = Reads {
                spec: self.run.spec,
                engine: self.run.engine,
                scope: &self.scope,
                fetched: &self.evidence.fetched,
            };
            let mut wanted = WantedList::default();
            for planned in planned {
                planned.entry.each_value(&mut |_, value| {
                    reads.of(value, &planned.scope, &mut wanted);
                });
            }
            self.fetch(wanted.into_vec());
        }
    }
}
