//! Reads values: the strings, numbers and tables that stand wherever secret bytes go.

use toml::de::{DeTable, DeValue};

use super::edit::{key_literal, string_literal};
use super::language::{DataFromFile, SourceFile, VALUE, ValueModifiers, ValueSources};
use super::node::{Node, Text};
use super::read::{SpecReader, TomlValue};
use super::record::Given;
use super::shape::{Table, class, integer};
use super::takes::{Keys, TableType};
use super::value::{Fetch, From, How, Modifiers, Source, Value, WholeFile};
use crate::diag::{diagnostic, phrases};
use crate::source::Span;
use crate::structure::Format;

impl SpecReader {
    /// Reads the value of the key `name`.
    pub(crate) fn value(&mut self, name: &str, toml: &TomlValue<'_>) -> Option<Value> {
        let span = self.span(toml.span());
        let simple = |source| Some(Value { span, source, modifiers: Modifiers::default() });
        match toml.get_ref() {
            DeValue::String(text) => {
                self.templates.push(toml.span());
                simple(Source::Template(Text { value: text.to_string(), span }))
            }
            DeValue::Boolean(boolean) => simple(Source::Literal(boolean.to_string())),
            // 0o755 has two texts, `755` and `493`: the writer has to say which.
            DeValue::Integer(number) if number.radix() == 10 => match integer(toml.get_ref()) {
                Some(number) => simple(Source::Literal(number.to_string())),
                None => self.bare(name, span, "an integer of more than 64 bits"),
            },
            DeValue::Integer(_) => self.bare(name, span, "an integer that is not decimal"),
            DeValue::Float(_) => self.bare(name, span, "a float"),
            DeValue::Datetime(_) => self.bare(name, span, "a date"),
            DeValue::Array(_) => {
                let message = format!("{} takes a value, not a list", phrases::code(name));
                let help = format!(
                    "to join values, write `{0} = {{ concat = [...] }}`; for a file that holds a \
                     list, `{0} = {{ json = [...] }}`",
                    key_literal(name)
                );
                let problem = diagnostic!(WRONG_TYPE, "{message}");
                self.problem(problem.at(span, "a list").help(help));
                None
            }
            DeValue::Table(table) => self.value_table(name, table, span),
        }
    }

    /// A bare thing of which the plain text is not certain.
    fn bare(&mut self, name: &str, span: Span, class: &str) -> Option<Value> {
        let message = format!("{} takes a value, not {class}", phrases::code(name));
        self.problem(
            diagnostic!(WRONG_TYPE, "{message}")
                .at(span, class)
                .note("a Secret holds bytes, and this can be written as text in more than one way")
                .help("put it in quotes, spelled as the program that reads it expects"),
        );
        None
    }

    fn value_table(&mut self, name: &str, toml: &DeTable<'_>, span: Span) -> Option<Value> {
        let before = self.problems.len();
        if self.is_dotted_mistake(name, toml) {
            return None;
        }
        let (mut sources, mut modifiers) = (ValueSources::new(span), ValueModifiers::new(span));
        self.keys(toml, span, &VALUE, &[], |reader, field, key, value| {
            sources.read(reader, field, key, value) || modifiers.read(reader, field, key, value)
        });
        if self.problems.len() > before {
            return None;
        }
        let source = self.source(sources, &modifiers)?;
        let modifiers = Modifiers {
            key: modifiers.key.value,
            format: modifiers.format.value,
            decode: modifiers.decode.value.is_some(),
            template: modifiers.template.value.unwrap_or_default(),
            trim: modifiers.trim.value.unwrap_or_default(),
            optional: modifiers.optional.value.unwrap_or_default(),
            override_: modifiers.override_.value.unwrap_or_default(),
        };
        Some(Value { span, source, modifiers })
    }

    /// The one source of a value.
    fn source(&mut self, given: ValueSources, modifiers: &ValueModifiers) -> Option<Source> {
        let (name, key) = self.exactly_one(&given, &VALUE)?;
        self.check_modifiers(modifiers, name, key)?;
        let fetch = |how, what: Given<Text>| Some(Source::Fetch(Fetch { how, what: what.value? }));
        let tree = |format, tree: Given<Node>| Some(Source::Tree(format, tree.value?));
        self.not_sops(&given.sops)?;
        given
            .value
            .value
            .map(|text| Source::Literal(text.value))
            .or(given.base64.value.map(Source::Base64))
            .or(fetch(How::File, given.file))
            .or(fetch(How::Age, given.age))
            .or(fetch(How::Armor, given.armor))
            .or(fetch(How::EnvVar, given.env_var))
            .or(given.source.value.map(Source::Named))
            .or(tree(Format::Json, given.json))
            .or(tree(Format::Yaml, given.yaml))
            .or(tree(Format::Toml, given.toml))
            .or(tree(Format::Dotenv, given.dotenv))
            .or(given.concat.value.map(Source::Concat))
    }

    /// Modifiers that make no sense with a source are mistakes, not decoration.
    fn check_modifiers(
        &mut self,
        given: &ValueModifiers,
        source: &'static str,
        source_key: Span,
    ) -> Option<()> {
        let whole = matches!(source, "file" | "age" | "armor" | "sops" | "source" | "env-var");
        let mut conflicts: Vec<(Span, String)> = Vec::new();
        for (name, key) in [("key", given.key.key), ("format", given.format.key)] {
            if let (Some(key), false) = (key, whole) {
                let why =
                    format!("`{name}` selects inside a structured file, and `{source}` is none");
                conflicts.push((key, why));
            }
        }
        let why = match source {
            "value" => {
                Some("`value` is the string as it stands; for a template, write the string alone")
            }
            "json" | "yaml" | "toml" | "dotenv" => {
                Some("the strings of a tree are templates already")
            }
            _ => None,
        };
        if let (Some(key), Some(why)) = (given.template.key, why) {
            conflicts.push((key, why.to_owned()));
        }
        if let (Some(key), None, "source") = (given.format.key, given.key.key, source) {
            let why = "the format of a source is said once, in `[sources]`";
            conflicts.push((key, why.to_owned()));
        }
        let fine = conflicts.is_empty().then_some(());
        for (key, why) in conflicts {
            self.problem(
                diagnostic!(CONFLICTING_KEYS, "{why}")
                    .at(key, "")
                    .also(source_key, "")
                    .help("remove one of the two"),
            );
        }
        fine
    }

    /// Reads an element of `data-from`.
    pub(crate) fn data_from(&mut self, toml: &DeTable<'_>, span: Span) -> Option<WholeFile> {
        let before = self.problems.len();
        let file: DataFromFile = self.table(toml, span);
        if self.problems.len() > before {
            return None;
        }
        self.whole_file(file, DataFromFile::TABLE)
    }

    /// What an element of `data-from` or a `[sources.NAME]` reads; `definition` is its own.
    fn whole_file(&mut self, given: DataFromFile, definition: &Table) -> Option<WholeFile> {
        self.exactly_one(&given, definition)?;
        self.not_sops(&given.sops)?;
        let fetch = |how, what: Given<Text>| Some(From::Fetch(Fetch { how, what: what.value? }));
        let from = fetch(How::File, given.file)
            .or(fetch(How::Age, given.age))
            .or(fetch(How::Armor, given.armor))
            .or(fetch(How::EnvVar, given.env_var))
            .or(given.source.value.map(From::Named))?;
        Some(WholeFile {
            span: given.span,
            from,
            format: given.format.value,
            decode: given.decode.value.is_some(),
            optional: given.optional.value.unwrap_or_default(),
            override_: given.override_.value.unwrap_or_default(),
        })
    }

    /// What a `[sources.NAME]` reads.
    pub(crate) fn source_file(&mut self, given: &SourceFile) -> Option<WholeFile> {
        let given = given.clone();
        let file = DataFromFile {
            span: given.span,
            file: given.file,
            age: given.age,
            armor: given.armor,
            sops: given.sops,
            source: Given::default(),
            env_var: given.env_var,
            format: given.format,
            decode: given.decode,
            optional: given.optional,
            override_: Given::default(),
        };
        self.whole_file(file, SourceFile::TABLE)
    }

    /// Says of `sops` that it is not built yet.
    fn not_sops(&mut self, sops: &Given<Text>) -> Option<()> {
        let (Some(key), Some(_)) = (sops.key, sops.get()) else { return Some(()) };
        self.problem(
            diagnostic!(NOT_YET, "this version of mintage does not read SOPS files yet")
            .at(key, "not yet")
            .help(
                "until then, re-encrypt the file with age: `sops decrypt FILE | age -r RECIPIENT \
                 -o FILE.age`, and write `age = \"FILE.age\"`",
            ),
        );
        None
    }

    /// The one source that is given, and where; none or several are problems.
    fn exactly_one(
        &mut self,
        table: &impl Keys,
        definition: &Table,
    ) -> Option<(&'static str, Span)> {
        // In a table of the language, the sources stand before `format`.
        let mut sources = table.keys();
        sources.truncate(sources.iter().take_while(|(name, _)| *name != "format").count());
        sources.retain(|(name, _)| definition.field(name).is_some());
        let given = sources.iter().filter_map(|(name, key)| Some((*name, (*key)?)));
        let given: Vec<(&str, Span)> = given.collect();
        let problem = match given.as_slice() {
            [one] => return Some(*one),
            [] => {
                let message = format!("{} does not say where its bytes come from", definition.name);
                let names = phrases::one_of(sources.iter().map(|(name, _)| name));
                diagnostic!(MISSING_KEY, "{message}")
                    .at(table.span(), "no source here")
                    .help(format!("write one of {names}"))
            }
            [(_, first), (_, second), ..] => {
                let (name, count) = (definition.name, given.len());
                let message = format!("{name} has {count} sources, it takes one");
                diagnostic!(CONFLICTING_KEYS, "{message}")
                    .at(*second, "the second")
                    .also(*first, "the first")
                    .help("keep one; `concat = [...]` joins several values")
            }
        };
        self.problem(problem);
        None
    }

    /// `data.my.cnf = ...` makes a key `my` with a table in it: TOML's dots are the mistake nearly
    /// everybody makes once.
    fn is_dotted_mistake(&mut self, name: &str, toml: &DeTable<'_>) -> bool {
        let sources = || ValueSources::FIELDS.iter().map(|field| field.name);
        let mut keys = toml.iter();
        let (Some((key, value)), None) = (keys.next(), keys.next()) else { return false };
        let inner = key.get_ref().as_ref();
        if VALUE.field(inner).is_some() || phrases::nearest(inner, sources()).is_some() {
            return false;
        }
        let joined = format!("{name}.{inner}");
        let message = format!("a value has no key {}", phrases::code(inner));
        let note = format!(
            "in TOML, a dot in a key starts a table: this says the data key {} holds {}",
            phrases::code(name),
            class(value.get_ref())
        );
        let (data_key, quoted) = (phrases::code(&joined), string_literal(&joined));
        self.problem(
            diagnostic!(UNKNOWN_KEY, "{message}")
                .at(self.span(key.span()), "unknown key")
                .note(note)
                .help(format!("if the data key is {data_key}, quote it: `data.{quoted} = ...`"))
                .help(format!("a table has one of {}", phrases::one_of(sources()))),
        );
        true
    }
}
