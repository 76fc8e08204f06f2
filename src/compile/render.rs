//! Rendering of the spec's strings, with faults placed in the file: the one way from a `Text` to
//! what it says.

use minijinja::value::Value;

use crate::diag::Diagnostic;
use crate::diag::lint_levels::LintTable;
use crate::diag::sink::Sink;
use crate::secret::bytes::SecretBytes;
use crate::source::{SourceMap, Span};
use crate::spec::Entry;
use crate::spec::node::Text;
use crate::spec::toml_string::raw_range;
use crate::template::{self, Engine, TemplateFault};

/// The engine, the texts and the findings of a run.
pub(crate) struct Renderer<'r> {
    /// The template engine.
    pub engine: &'r Engine,
    /// All texts.
    pub sources: &'r mut SourceMap,
    /// All findings.
    pub sink: &'r mut Sink,
    /// `[lint]` of the spec.
    pub lint: &'r LintTable,
}

/// What a finding is about, besides its position.
pub(crate) struct Place<'p> {
    /// The entry.
    pub entry: &'p Entry,
    /// The item of `for-each`.
    pub item: Option<&'p str>,
    /// `NAMESPACE/NAME`, once it is known.
    pub secret: Option<String>,
}

impl Place<'_> {
    /// Adds what is known of the place to a finding.
    pub(crate) fn tell(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        if let Some(item) = self.item {
            diagnostic = diagnostic.note(format!("in item {item} of `for-each`"));
        }
        match &self.secret {
            Some(secret) if diagnostic.secret.is_none() => diagnostic.about(secret),
            _ => diagnostic,
        }
    }
}

impl Renderer<'_> {
    /// Reports a finding about an entry, or about the spec.
    pub(crate) fn report(&mut self, diagnostic: Diagnostic, entry: Option<&Entry>) {
        // The Secret's own table is nearer to the finding than the spec's.
        let entry =
            entry.map(|entry| &entry.lint).filter(|lint| lint.get(diagnostic.code).is_some());
        self.sink.push_with(diagnostic, entry.unwrap_or(self.lint));
    }

    /// Renders a string of metadata or a path, which must not see `sources`.
    pub(crate) fn metadata(
        &mut self,
        text: &Text,
        scope: &Value,
        place: &Place<'_>,
    ) -> Option<String> {
        let rendered = self.render(text, scope, place, false)?;
        rendered.expose_str().map(str::to_owned)
    }

    /// Renders a string; a fault is reported at its place in the string.
    pub(crate) fn render(
        &mut self,
        text: &Text,
        scope: &Value,
        place: &Place<'_>,
        secrets: bool,
    ) -> Option<SecretBytes> {
        match self.engine.render(&text.value, scope) {
            Ok(bytes) => Some(bytes),
            Err(fault) => {
                let diagnostic = self.word(&fault, text, secrets);
                self.report(place.tell(diagnostic), Some(place.entry));
                None
            }
        }
    }

    /// The finding for a fault in a string of the spec.
    pub(crate) fn word(&self, fault: &TemplateFault, text: &Text, secrets: bool) -> Diagnostic {
        template::diagnostic(fault, secrets).at(self.span_in(text, fault), "")
    }

    /// Where in the file a fault of a string is.
    fn span_in(&self, text: &Text, fault: &TemplateFault) -> Span {
        let source = self.sources.get(text.span.file);
        let token = source.text.get(text.span.start..text.span.end);
        let range = fault
            .range
            .clone()
            .zip(token)
            .and_then(|(range, token)| raw_range(token, &text.value, range));
        match range {
            Some(range) => Span {
                file: text.span.file,
                start: text.span.start + range.start,
                end: text.span.start + range.end,
            },
            None => text.span,
        }
    }
}
