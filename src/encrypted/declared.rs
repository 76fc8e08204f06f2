//! The values that a spec says how to make, each with the file and the key where it belongs.

use std::collections::BTreeSet;

use minijinja::value::Value as Scope;

use super::{registry, rules::Rules};
use crate::age::Keyring;
use crate::compile::budget::Budget;
use crate::compile::expand::Planned;
use crate::compile::resolve::{Fill, slots};
use crate::compile::run::{Place, Run};
use crate::compile::{environment, expand};
use crate::diag::{Diagnostic, Level, diagnostic, phrases::code, sink::Sink};
use crate::source::{SourceMap, Span};
use crate::spec::generate::{Generate, Recipe};
use crate::spec::language::RegistryTable;
use crate::spec::value::{Source, Value};
use crate::spec::{self, node::Text};
use crate::structure::{self, Format, KeyPath};
use crate::template::Engine;
use crate::{Input, Options};

#[derive(Clone, Debug)]
pub(crate) struct Declared {
    /// The path of the age file, as the spec says it.
    pub(crate) file: String,
    /// Without links and `..`, where it can be known: a file may be written in several ways.
    pub(crate) place: String,
    /// Where in the file; nothing if the file is the value.
    pub(crate) slot: Option<FileKey>,
    pub(crate) recipe: Recipe,
    /// What reads it decodes base64 first.
    pub(crate) decode: bool,
    /// The Secrets, by `NAMESPACE/NAME`, with the data keys that are this value and nothing else.
    pub(crate) used_by: BTreeSet<(String, Option<String>)>,
    pub(crate) span: Span,
}

/// A key of a structured file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FileKey {
    pub(crate) format: Format,
    pub(crate) path: KeyPath,
    /// As the spec has it.
    pub(crate) text: String,
}

/// What a spec declares in the chosen environment.
#[derive(Default)]
pub(crate) struct Declarations {
    /// In the order of the spec.
    pub(crate) values: Vec<Declared>,
    /// Every Secret, by `NAMESPACE/NAME`.
    pub(crate) secrets: Vec<String>,
    /// Of the spec itself.
    pub(crate) rules: Option<Rules>,
    /// The person's identities, and the spec's own.
    pub(crate) keyring: Keyring,
}

/// What a person names on the command line: one Secret, and perhaps one of its data keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    pub(crate) name: Option<String>,
    pub(crate) key: Option<String>,
    /// Whether a Secret without a namespace has this name: it alone is meant then.
    pub(crate) is_exact: bool,
}

impl Wish {
    fn names(&self, id: &str) -> bool {
        let Some(name) = &self.name else { return true };
        id == name || (!self.is_exact && is_named(id, name))
    }
}

impl Declared {
    pub(crate) fn shown(&self) -> String {
        match &self.slot {
            Some(key) => format!("{} in {}", code(&key.text), code(&self.file)),
            None => code(&self.file),
        }
    }

    pub(crate) fn is_wished(&self, wish: &Wish) -> bool {
        if wish.name.is_none() {
            return true;
        }
        self.used_by
            .iter()
            .any(|(id, data_key)| wish.names(id) && (wish.key.is_none() || *data_key == wish.key))
    }
}

impl Declarations {
    /// A wish for a credential whose field alone is named, if just one registry of the Secret has
    /// such a value.
    pub(crate) fn whole(&self, wish: Wish) -> Wish {
        let is_exact = self.secrets.iter().any(|id| Some(id) == wish.name.as_ref());
        let wish = Wish { is_exact, ..wish };
        let Some(field) = &wish.key else { return wish };
        let is_wished = self.values.iter().any(|value| value.is_wished(&wish));
        if is_wished || !RegistryTable::CREDENTIALS.contains(&field.as_str()) {
            return wish;
        }
        let theirs = self.values.iter().flat_map(|value| &value.used_by);
        let keys: BTreeSet<&String> = theirs
            .filter(|(id, _)| wish.names(id))
            .filter_map(|(_, key)| key.as_ref())
            .filter(|key| key.rsplit_once('.').is_some_and(|(_, last)| last == field))
            .collect();
        match keys.first() {
            Some(key) if keys.len() == 1 => Wish { key: Some((*key).clone()), ..wish },
            _ => wish,
        }
    }
}

/// Whether a person means the Secret `NAMESPACE/NAME` by this name.
pub(crate) fn is_named(id: &str, name: &str) -> bool {
    id == name || id.rsplit_once('/').is_some_and(|(_, of)| of == name)
}

/// All values of the chosen environment that say how they are made, in the order of the spec.
/// Mistakes of the spec are among the findings; lints are left to `check`.
pub(crate) fn declared(
    input: Input<'_>,
    options: &Options,
    sources: &mut SourceMap,
) -> (Declarations, Vec<Diagnostic>) {
    let engine = Engine::within(options.limits.steps);
    let budget = Budget::new(options.limits);
    let mut sink = Sink::new();
    let mut declarations = Declarations::default();
    let (spec, problems) = spec::parse(input.file, sources, options.limits.file);
    problems.into_iter().for_each(|problem| sink.push(problem));
    if let Some(spec) = &spec {
        declarations.rules = Rules::of(spec);
        let (engine, budget, sink, world) = (&engine, &budget, &mut sink, input.world);
        let mut run = Run { spec, world, options, engine, budget, sources, sink };
        collect(&mut run, &mut declarations);
    }
    let mut diagnostics = sink.finish(&options.lints);
    diagnostics.retain(|diagnostic| diagnostic.level == Level::Error && !diagnostic.code.is_lint());
    (declarations, diagnostics)
}

fn collect(run: &mut Run<'_>, declarations: &mut Declarations) {
    let settled = match environment::settle(&run.options.environment, run) {
        Ok(settled) => settled,
        Err(diagnostic) => return run.report(diagnostic, None),
    };
    let planned = expand::expand(&settled, run);
    let scope = settled.scope();
    declarations.secrets = planned.iter().map(Planned::id).collect();
    declarations.keyring = environment::identities(&settled, run).0;
    let all = &mut declarations.values;
    for planned in &planned {
        for slot in slots(planned) {
            if let Fill::Registries(_, tables) = slot.fill {
                of_registries(tables, planned, &scope, run, all);
                continue;
            }
            let data_key = slot.fill.data_key();
            slot.fill.each_value(&mut |value| {
                of_value(value, data_key, planned, &scope, run, all);
            });
        }
    }
    // Sources that no Secret of this environment reads.
    if let (Some(planned), spec) = (planned.first(), run.spec) {
        for (_, source) in spec.sources() {
            let place = Place { scope: scope.clone(), ..planned.place() };
            of_file(source, &source.generate, None, &place, run, all);
        }
    }
}

/// What the credentials of registries declare.
fn of_registries(
    tables: &[RegistryTable],
    planned: &Planned<'_>,
    scope: &Scope,
    run: &mut Run<'_>,
    all: &mut Vec<Declared>,
) {
    for table in tables {
        let server = table.server.get().and_then(|server| run.text(server, &planned.place()));
        for (field, credential) in table.credentials() {
            let key = server.as_ref().map(|server| registry::key(server, field));
            // A part of it is not the credential.
            let is_whole = !matches!(credential.source, Source::Concat(_));
            let key = key.as_deref().filter(|_| is_whole);
            credential.each_part(&mut |value| of_value(value, key, planned, scope, run, all));
        }
    }
}

/// What a value of a Secret declares, itself or by the sources that it reads.
fn of_value(
    value: &Value,
    data_key: Option<&str>,
    planned: &Planned<'_>,
    scope: &Scope,
    run: &mut Run<'_>,
    all: &mut Vec<Declared>,
) {
    let place = planned.place();
    let user = |data_key: Option<&str>| (planned.id(), data_key.map(str::to_owned));
    let is_plain = !value.modifiers.template;
    let data_key = data_key.filter(|_| is_plain);
    match &value.source {
        Source::Fetch(_) => {
            of_file(value, &value.generate, Some(user(data_key)), &place, run, all);
        }
        Source::Named(name) => {
            let Some(name) = run.text(name, &place) else { return };
            let spec = run.spec;
            let Some((_, source)) = spec.sources().iter().find(|(of, _)| of.value == name) else {
                return;
            };
            let key = value.modifiers.key.as_ref().and_then(|key| run.text(key, &place));
            let key = key.and_then(|key| KeyPath::parse(&key).ok());
            let place = Place { scope: scope.clone(), ..place };
            for generate in &source.generate {
                let path = generate.key.as_ref().and_then(|key| KeyPath::parse(&key.value).ok());
                if path.is_some() && path == key {
                    let one = std::slice::from_ref(generate);
                    of_file(source, one, Some(user(data_key)), &place, run, all);
                }
            }
        }
        Source::Template(text) | Source::Base64(text) => {
            of_template(&text.value, planned, scope, run, all);
        }
        Source::Tree(_, node) => {
            let mut texts = Vec::new();
            node.each_string("", &mut |_, text, _| texts.push(text.to_owned()));
            texts.iter().for_each(|text| of_template(text, planned, scope, run, all));
        }
        Source::Literal(_) | Source::Concat(_) => {}
    }
}

/// A template may use any key of the sources that it names: its Secret uses all of them, and no
/// data key is one of them.
fn of_template(
    text: &str,
    planned: &Planned<'_>,
    scope: &Scope,
    run: &mut Run<'_>,
    all: &mut Vec<Declared>,
) {
    let named = run.engine.source_names(text);
    let spec = run.spec;
    for (name, source) in spec.sources() {
        if named.contains(&name.value) {
            let place = Place { scope: scope.clone(), ..planned.place() };
            of_file(source, &source.generate, Some((planned.id(), None)), &place, run, all);
        }
    }
}

fn of_file(
    file: &Value,
    generates: &[Generate],
    user: Option<(String, Option<String>)>,
    place: &Place<'_>,
    run: &mut Run<'_>,
    all: &mut Vec<Declared>,
) {
    let Source::Fetch(fetch) = &file.source else { return };
    if generates.is_empty() {
        return;
    }
    let Some(path) = run.text(&fetch.what, place) else { return };
    for generate in generates {
        if generate.key.is_some() && file.modifiers.decode {
            let message = "`generate` can't be used with `decode` of a source";
            let conflict = diagnostic!(CONFLICTING_KEYS, "{message}").at(generate.span, "");
            run.report_at(conflict.help("write `decode` in the values that read it"), place);
            continue;
        }
        let key = generate.key.as_ref().or(file.modifiers.key.as_ref());
        let slot = match key {
            None => None,
            Some(key) => match file_key(key, &path, file, place, run) {
                Some(slot) => Some(slot),
                None => continue,
            },
        };
        let declared = Declared {
            file: path.clone(),
            place: run.world.place(&path).unwrap_or_else(|| path.clone()),
            slot,
            recipe: generate.recipe.clone(),
            decode: file.modifiers.decode,
            used_by: user.iter().cloned().collect(),
            span: generate.span,
        };
        merge(declared, place, run, all);
    }
}

fn file_key(
    key: &Text,
    file: &str,
    value: &Value,
    place: &Place<'_>,
    run: &mut Run<'_>,
) -> Option<FileKey> {
    let text = run.text(key, place)?;
    let path = match KeyPath::parse(&text) {
        Ok(path) => path,
        Err(fault) => {
            let problem = structure::messages::bad_key_path(&text, &fault);
            run.report_at(problem.at(key.span, ""), place);
            return None;
        }
    };
    let format = value.modifiers.format.as_ref().map(|format| format.value);
    match format.or_else(|| Format::from_path(file)) {
        Some(format) => Some(FileKey { format, path, text }),
        None => {
            let unknown = structure::messages::unknown_format_of(&code(file));
            run.report_at(unknown.at(value.span, ""), place);
            None
        }
    }
}

/// Adds a declaration, or who uses it if the same value was declared before.
fn merge(new: Declared, place: &Place<'_>, run: &mut Run<'_>, all: &mut Vec<Declared>) {
    let same = |one: &&mut Declared| {
        let paths =
            (one.slot.as_ref().map(|key| &key.path), new.slot.as_ref().map(|key| &key.path));
        one.place == new.place && paths.0 == paths.1
    };
    match all.iter_mut().find(same) {
        None => all.push(new),
        Some(known) if known.recipe == new.recipe => known.used_by.extend(new.used_by),
        Some(known) => {
            let other = known.span;
            let message = format!("two recipes for {}", new.shown());
            let conflict = diagnostic!(CONFLICTING_KEYS, "{message}").at(new.span, "");
            run.report_at(conflict.also(other, "").help("keep one of the two"), place);
        }
    }
}
