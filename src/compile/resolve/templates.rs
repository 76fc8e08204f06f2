//! Templates over secrets: strings of the spec and template files, with the sources they name in
//! scope.

use minijinja::value::Value as Scope;

use super::resolver::{Got, Resolver, SourceState};
use crate::compile::render::Place;
use crate::diag::mask::Mask;
use crate::diag::{diagnostic, phrases};
use crate::secret::bytes::SecretBytes;
use crate::source::{FileId, Span};
use crate::spec::node::Text;
use crate::spec::value::{Fetch, From as FileFrom, How, Source, Value};
use crate::structure::Format;
use crate::template::{self, Engine, TemplateFault, TemplateFaultKind};

impl Resolver<'_, '_, '_> {
    /// A string of the spec that may use sources.
    pub(crate) fn template(&mut self, text: &Text, scope: &Scope, place: &Place<'_>) -> Got {
        match self.rendered(&text.value, scope, place) {
            Ok(bytes) => Got::Bytes(bytes),
            Err(Ok(got)) => got,
            Err(Err(fault)) => {
                let diagnostic = self.renderer.word(&fault, text, true);
                self.report(diagnostic, place);
                Got::Failed
            }
        }
    }

    /// Renders a template; `Err(Ok)` is what became of a source that it needs, `Err(Err)` its own
    /// fault.
    pub(crate) fn rendered(
        &mut self,
        text: &str,
        scope: &Scope,
        place: &Place<'_>,
    ) -> Result<SecretBytes, Result<Got, TemplateFault>> {
        if !Engine::is_template(text) {
            return Ok(SecretBytes::from(text));
        }
        let names = self.renderer.engine.source_names(text);
        let spec = self.spec;
        let needed: Vec<&str> = spec
            .sources
            .iter()
            .map(|(name, _)| name.value.as_str())
            .filter(|name| names.any || names.names.contains(*name))
            .collect();
        let mut values = Vec::new();
        let mut unknown = false;
        for name in &needed {
            match self.source(name, place) {
                SourceState::Value(value) => values.push((*name, value)),
                SourceState::Absent => {}
                SourceState::Unknown => unknown = true,
                SourceState::Failed => return Err(Ok(Got::Failed)),
            }
        }
        if unknown {
            return Err(Ok(Got::Unknown));
        }
        let rendered = if spec.sources.is_empty() {
            self.renderer.engine.render(text, scope)
        } else {
            self.renderer
                .engine
                .render(text, &template::with(scope, "sources", Scope::from_pairs(values)))
        };
        rendered.map_err(|mut fault| {
            if let TemplateFaultKind::Undefined { parent, name, nearest } = &mut fault.why
                && parent == "sources"
            {
                let known = spec.sources.iter().map(|(name, _)| name.value.as_str());
                *nearest = phrases::nearest(name, known).map(str::to_owned);
            }
            Err(fault)
        })
    }

    /// A source as templates see it.
    pub(crate) fn source(&mut self, name: &str, place: &Place<'_>) -> SourceState {
        if let Some(state) = self.sources.get(name) {
            return state.clone();
        }
        let state = self.load_source(name, place);
        self.sources.insert(name.to_owned(), state.clone());
        state
    }

    pub(crate) fn load_source(&mut self, name: &str, place: &Place<'_>) -> SourceState {
        let spec = self.spec;
        let Some((_, file)) = spec.sources.iter().find(|(known, _)| known.value == name) else {
            return SourceState::Failed;
        };
        let FileFrom::Fetch(fetch) = &file.from else { return SourceState::Failed };
        let scope = self.scope.clone();
        let Some(what) = self.renderer.metadata(&fetch.what, &scope, place) else {
            return SourceState::Failed;
        };
        let wanted = (fetch.how, what);
        let span = fetch.what.span;
        let format = file
            .format
            .as_ref()
            .map(|format| format.value)
            .or_else(|| Format::from_path(&wanted.1))
            .or(Some(Format::Text));
        let parsed = self
            .available(&wanted, span, file.optional, None, place)
            .and_then(|()| self.parsed(&wanted, span, format, file.decode, place));
        match parsed {
            Ok(parsed) => match parsed.as_ref() {
                Ok(tree) => SourceState::Value(template::from_tree(tree)),
                Err(_) => SourceState::Failed,
            },
            Err(Got::Absent) => SourceState::Absent,
            Err(Got::Unknown) => SourceState::Unknown,
            Err(_) => SourceState::Failed,
        }
    }

    /// `template = true`: bytes rendered as a template.
    pub(crate) fn rendered_bytes(
        &mut self,
        bytes: &SecretBytes,
        value: &Value,
        scope: &Scope,
        place: &Place<'_>,
    ) -> Got {
        if let Source::Fetch(Fetch { how, what }) = &value.source
            && let Some(path) = self.renderer.metadata(what, scope, place)
            && self.refuse_ciphertext(&(*how, path), bytes.expose(), what.span, place)
        {
            return Got::Failed;
        }
        let Some(text) = bytes.expose_str() else {
            let diagnostic = diagnostic!(NOT_UTF8, "the template is not UTF-8").at(value.span, "");
            self.report(
                diagnostic.help("remove `template = true` if these bytes are not a template"),
                place,
            );
            return Got::Failed;
        };
        match self.rendered(text, scope, place) {
            Ok(bytes) => Got::Bytes(bytes),
            Err(Ok(got)) => got,
            Err(Err(fault)) => {
                let diagnostic = template::diagnostic(&fault, true);
                let diagnostic = match &value.source {
                    Source::Fetch(Fetch { how: How::File, what })
                        if value.modifiers.key.is_none() && !value.modifiers.decode =>
                    {
                        let file = self.template_file(what, text, scope, place);
                        let range = fault.range.unwrap_or(0..0);
                        match file {
                            Some(file) => diagnostic
                                .at(Span::new(file, range), "")
                                .also(value.span, "rendered here"),
                            None => diagnostic.at(value.span, ""),
                        }
                    }
                    // The text is decrypted: no line of it is quoted, only its place is told.
                    _ => match fault.range {
                        Some(range) => {
                            let before = text.bytes().take(range.start);
                            let line = before.filter(|byte| *byte == b'\n').count() + 1;
                            diagnostic
                                .at(value.span, "")
                                .note(format!("in line {line} of the template"))
                        }
                        None => diagnostic.at(value.span, ""),
                    },
                };
                self.report(diagnostic, place);
                Got::Failed
            }
        }
    }

    /// Adds a template file to the texts, so that messages can quote it.
    pub(crate) fn template_file(
        &mut self,
        what: &Text,
        text: &str,
        scope: &Scope,
        place: &Place<'_>,
    ) -> Option<FileId> {
        let path = self.renderer.metadata(what, scope, place)?;
        if let Some(file) = self.template_files.get(&path) {
            return Some(*file);
        }
        let spec_name = self.renderer.sources.get(self.spec.file).name.clone();
        let name = match spec_name.rsplit_once('/') {
            Some((directory, _)) => format!("{directory}/{path}"),
            None => path.clone(),
        };
        let file = self.renderer.sources.add(name, text);
        let vars = scope.get_attr("vars").unwrap_or_default();
        let known = |name: &str| vars.get_attr(name).is_ok_and(|value| !value.is_undefined());
        self.renderer.sources.mask(file, Mask::showing(self.renderer.engine.shown(text, &known)));
        self.template_files.insert(path, file);
        Some(file)
    }
}
