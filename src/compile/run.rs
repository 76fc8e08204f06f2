//! What the steps of a run over one spec share, and the one way from a `Text` of the spec to what
//! it says.

use minijinja::value::Value as Scope;

use super::{budget::Budget, options::Options};
use crate::diag::{Diagnostic, codes, sink::Sink};
use crate::source::{SourceMap, Span};
use crate::spec::{Entry, Spec, node::Text, toml_string::raw_range};
use crate::template::{self, Engine, TemplateFault};
use crate::world::World;

pub(crate) struct Run<'r> {
    pub spec: &'r Spec,
    pub world: &'r dyn World,
    pub options: &'r Options,
    pub engine: &'r Engine,
    pub budget: &'r Budget,
    pub sources: &'r mut SourceMap,
    pub sink: &'r mut Sink,
}

/// What a finding is about, besides its position; and what templates see there.
#[derive(Clone)]
pub(crate) struct Place<'p> {
    pub entry: &'p Entry,
    pub item: Option<&'p str>,
    /// `NAMESPACE/NAME`, once it is known.
    pub secret: Option<String>,
    /// Variables of templates, `sources` aside.
    pub scope: Scope,
}

impl Run<'_> {
    pub(crate) fn with_sink<'s>(&'s mut self, sink: &'s mut Sink) -> Run<'s> {
        Run { sources: &mut *self.sources, sink, ..*self }
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic, entry: Option<&Entry>) {
        if *diagnostic.code == codes::RUN_LIMIT && !self.budget.exhaust() {
            return;
        }
        // The Secret's own table is nearer to the finding than the spec's.
        let own = entry.map(|entry| &entry.lint).filter(|own| own.get(diagnostic.code).is_some());
        self.sink.push_with(diagnostic, own.unwrap_or(&self.spec.lint));
    }

    pub(crate) fn report_at(&mut self, mut diagnostic: Diagnostic, place: &Place<'_>) {
        if let Some(item) = place.item {
            diagnostic = diagnostic.note(format!("in item {item} of `for-each`"));
        }
        if let (Some(secret), None) = (&place.secret, &diagnostic.secret) {
            diagnostic = diagnostic.about(secret);
        }
        self.report(diagnostic, Some(place.entry));
    }

    /// Renders a string of metadata or a path, which must not see `sources`; a fault is reported at
    /// its place in the string.
    pub(crate) fn text(&mut self, text: &Text, place: &Place<'_>) -> Option<String> {
        match self.engine.render(&text.value, &place.scope) {
            Ok(bytes) => bytes.expose_str().map(str::to_owned),
            Err(fault) => {
                let diagnostic = self.word(&fault, text, false);
                self.report_at(diagnostic, place);
                None
            }
        }
    }

    /// The finding for a fault in a string of the spec; `secrets` if it may use `sources`.
    pub(crate) fn word(&self, fault: &TemplateFault, text: &Text, secrets: bool) -> Diagnostic {
        let Span { file, start, end } = text.span;
        let token = self.sources.get(file).text.get(start..end);
        let range = fault.range.clone().zip(token);
        let range = range.and_then(|(range, token)| raw_range(token, &text.value, range));
        let span = range
            .map_or(text.span, |range| Span::new(file, start + range.start..start + range.end));
        template::diagnostic(fault, secrets).at(span, "")
    }
}
