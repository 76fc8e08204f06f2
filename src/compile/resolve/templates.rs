//! Templates over secrets: strings of the spec and template files, with the sources they name in
//! scope.

use minijinja::value::Value as Scope;

use super::messages::GENERATE;
use super::resolver::{Got, Missing, Reading, Resolver};
use crate::compile::run::Place;
use crate::diag::{diagnostic, mask::Mask};
use crate::secret::bytes::SecretBytes;
use crate::source::{FileId, Span};
use crate::spec::node::Text;
use crate::spec::value::{Fetch, How, Source, Value};
use crate::structure::{Format, KeyPath};
use crate::template::{self, Engine, TemplateFault, TemplateFaultKind};

impl Resolver<'_, '_> {
    pub(crate) fn template(&mut self, text: &Text, place: &Place<'_>) -> Got {
        let scope = self.scope_of(&text.value, place)?;
        self.run.engine.render(&text.value, &scope).or_else(|fault| {
            let help = self.is_to_generate(&fault).then(|| GENERATE.to_owned());
            let problem = self.run.word(&fault, text, true).maybe_help(help);
            self.fail(problem, place)
        })
    }

    /// `template = true`: bytes rendered as a template.
    pub(crate) fn rendered(
        &mut self,
        bytes: &SecretBytes,
        value: &Value,
        place: &Place<'_>,
    ) -> Got {
        if let Source::Fetch(Fetch { how, what }) = &value.source
            && let Some(path) = self.run.text(what, place)
            && self.refuse_ciphertext(&(*how, path), bytes, what.span, place)
        {
            return Err(Missing::Failed);
        }
        let Some(text) = bytes.expose_str() else {
            let problem = diagnostic!(NOT_UTF8, "the template is not UTF-8").at(value.span, "");
            let help = "remove `template = true` if these bytes are not a template";
            return self.fail(problem.help(help), place);
        };
        let scope = self.scope_of(text, place)?;
        let fault = match self.run.engine.render(text, &scope) {
            Ok(bytes) => return Ok(bytes),
            Err(fault) => fault,
        };
        let file = match &value.source {
            Source::Fetch(Fetch { how: How::File, what })
                if value.modifiers.key.is_none() && !value.modifiers.decode =>
            {
                self.template_file(what, text, place)
            }
            _ => None,
        };
        let help = self.is_to_generate(&fault).then(|| GENERATE.to_owned());
        let fault = if file.is_some() { fault } else { fault.without_names(&scope) };
        let mut problem = template::diagnostic(&fault, true).maybe_help(help);
        if matches!(fault.why, TemplateFaultKind::Syntax(_)) {
            problem.helps = vec![
                "remove `template = true` if these bytes are not a template, or write \
                 `{{ '{{' }}` for literal braces"
                    .to_owned(),
            ];
        }
        if let Some(file) = file {
            let span = Span::new(file, fault.range.unwrap_or(0..0));
            return self.fail(problem.at(span, "").also(value.span, "rendered here"), place);
        }
        // The text is decrypted: nothing of it is quoted, only the place is told.
        problem = problem.at(value.span, "");
        if let Some((before, _)) = fault.range.and_then(|range| text.split_at_checked(range.start))
        {
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            problem = problem.note(format!("at line {line}, column {column} of the template"));
        }
        self.fail(problem, place)
    }

    /// The variables that a template sees: those of its place, and the sources that it names.
    fn scope_of(&mut self, text: &str, place: &Place<'_>) -> Got<Scope> {
        let sources = self.run.spec.sources();
        if !Engine::is_template(text) || sources.is_empty() {
            return Ok(place.scope.clone());
        }
        let named = self.run.engine.source_names(text);
        self.run.engine.pay(sources.len());
        let mut values = Vec::new();
        let mut unknown = false;
        for (name, file) in sources {
            let name = name.value.as_str();
            if !named.contains(name) {
                // Its name is enough, for suggestions.
                values.push((name, Scope::UNDEFINED));
                continue;
            }
            let source = match self.sources.get(name) {
                Some(source) => source.clone(),
                None => {
                    let source = self.source(file, place);
                    self.sources.insert(name.to_owned(), source.clone());
                    source
                }
            };
            match source {
                Ok(value) => values.push((name, value)),
                Err(Missing::Absent) => {}
                Err(Missing::Unknown) => unknown = true,
                Err(Missing::Failed) => return Err(Missing::Failed),
            }
        }
        if unknown {
            return Err(Missing::Unknown);
        }
        Ok(template::with(&place.scope, "sources", Scope::from_pairs(values)))
    }

    /// Whether what a template lacks is a key of a source that `mintage generate` makes, or leads
    /// to one.
    fn is_to_generate(&self, fault: &TemplateFault) -> bool {
        let TemplateFaultKind::Undefined { parent, name, .. } = &fault.why else { return false };
        let Ok(path) = KeyPath::parse(parent).map(|parent| parent.child(name)) else {
            return false;
        };
        let [first, source, missing @ ..] = path.segments() else { return false };
        if first.name() != Some("sources") || missing.is_empty() {
            return false;
        }
        let sources = self.run.spec.sources();
        let source = sources.iter().find(|(known, _)| source.name() == Some(known.value.as_str()));
        let generates = source.map_or(&[][..], |(_, file)| &file.generate);
        let keys = generates.iter().filter_map(|one| KeyPath::parse(&one.key.as_ref()?.value).ok());
        keys.into_iter().any(|key| key.segments().starts_with(missing))
    }

    fn source(&mut self, file: &Value, place: &Place<'_>) -> Got<Scope> {
        let place = Place { scope: self.scope.clone(), ..place.clone() };
        let reading = self.reading(file, &place)?;
        let format = reading.format.or_else(|| Format::from_path(&reading.wanted.1));
        let format = Some(format.unwrap_or(Format::Text));
        let tree = self.tree(&Reading { format, used: None, ..reading }, &place)?;
        self.pay(tree.weight(), file.span, &place)?;
        Ok(template::from_tree(&tree))
    }

    fn template_file(&mut self, what: &Text, text: &str, place: &Place<'_>) -> Option<FileId> {
        let path = self.run.text(what, place)?;
        if let Some(file) = self.template_files.get(&path) {
            return Some(*file);
        }
        let spec = self.run.sources.name(self.run.spec.file);
        let name = match spec.rsplit_once('/') {
            Some((directory, _)) => format!("{directory}/{path}"),
            None => path.clone(),
        };
        let file = self.run.sources.add(name, text);
        let vars = place.scope.get_attr("vars").unwrap_or_default();
        let known = |name: &str| vars.get_attr(name).is_ok_and(|value| !value.is_undefined());
        self.run.sources.mask(file, Mask::showing(self.run.engine.shown(text, &known)));
        self.template_files.insert(path, file);
        Some(file)
    }
}
