//! Reads values: the strings, numbers and tables that stand wherever secret bytes go.

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::edit::{key_literal, string_literal};
use super::language::{VALUE, VALUE_MODIFIERS, VALUE_SOURCES};
use super::node::Text;
use super::read::SpecReader;
use super::record::Record;
use super::shape_names::{class, integer};
use super::value::{Fetch, Modifiers, Source, Value};
use crate::diag::{Diagnostic, codes, phrases};
use crate::source::Span;
use crate::structure::Format;

impl SpecReader {
    /// Reads the value of the key `name`.
    pub(crate) fn value(&mut self, name: &str, toml: &TomlSpanned<DeValue<'_>>) -> Option<Value> {
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
                self.problem(
                    Diagnostic::new(
                        &codes::WRONG_TYPE,
                        format!("{} takes a value, not a list", phrases::code(name)),
                    )
                    .at(span, "a list")
                    .help(format!(
                        "to join values, write `{0} = {{ concat = [...] }}`; for a file that holds \
                         a list, `{0} = {{ json = [...] }}`",
                        key_literal(name)
                    )),
                );
                None
            }
            DeValue::Table(table) => self.value_table(name, table, span),
        }
    }

    /// A bare thing of which the plain text is not certain.
    fn bare(&mut self, name: &str, span: Span, class: &str) -> Option<Value> {
        self.problem(
            Diagnostic::new(
                &codes::WRONG_TYPE,
                format!("{} takes a value, not {class}", phrases::code(name)),
            )
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
        let record = self.table(toml, span, &VALUE, &[]);
        if self.problems.len() > before {
            return None;
        }
        let names: Vec<&'static str> = VALUE_SOURCES.iter().map(|field| field.name).collect();
        let source_name = self.exactly_one(&record, &names, &VALUE)?;
        let modifiers = self.modifiers(&record);
        self.check_modifiers(&record, source_name)?;
        let source = match source_name {
            "concat" => Source::Concat(record.value_list("concat").to_vec()),
            "json" | "yaml" | "toml" | "dotenv" => {
                Source::Tree(Format::from_name(source_name)?, record.data(source_name)?.clone())
            }
            "value" => Source::Literal(record.text("value")?.value.clone()),
            "base64" => Source::Base64(record.text("base64")?.clone()),
            "source" => Source::Named(record.text("source")?.clone()),
            name => Source::Fetch(Fetch {
                how: self.how(name, &record)?,
                what: record.text(name)?.clone(),
            }),
        };
        Some(Value { span, source, modifiers })
    }

    fn modifiers(&self, record: &Record) -> Modifiers {
        let flag = |name| record.boolean(name).copied().unwrap_or_default();
        Modifiers {
            key: record.text("key").cloned(),
            format: self.format_of(record),
            decode: record.text("decode").is_some(),
            template: flag("template"),
            trim: flag("trim"),
            optional: flag("optional"),
            override_: flag("override"),
        }
    }

    /// Modifiers that make no sense with a source are mistakes, not decoration.
    fn check_modifiers(&mut self, record: &Record, source: &'static str) -> Option<()> {
        let whole = matches!(source, "file" | "age" | "armor" | "sops" | "source" | "env-var");
        let mut fine = Some(());
        for name in ["key", "format"].into_iter().filter(|_| !whole) {
            if let Some(span) = record.key_span(name) {
                self.conflict(
                    record,
                    source,
                    span,
                    &format!("`{name}` selects inside a structured file, and `{source}` is none"),
                );
                fine = None;
            }
        }
        if let Some(span) = record.key_span("template") {
            let why = match source {
                "value" => Some(
                    "`value` is the string as it stands; for a template, write the string alone",
                ),
                "json" | "yaml" | "toml" | "dotenv" => {
                    Some("the strings of a tree are templates already")
                }
                _ => None,
            };
            if let Some(why) = why {
                self.conflict(record, source, span, why);
                fine = None;
            }
        }
        if let (Some(span), true) =
            (record.key_span("format"), record.key_span("key").is_none() && source == "source")
        {
            self.conflict(
                record,
                source,
                span,
                "the format of a source is said once, in `[sources]`",
            );
            fine = None;
        }
        fine
    }

    fn conflict(&mut self, record: &Record, source: &str, span: Span, why: &str) {
        let diagnostic = Diagnostic::new(&codes::CONFLICTING_KEYS, why).at(span, "");
        let diagnostic = match record.key_span(source) {
            Some(source) => diagnostic.also(source, ""),
            None => diagnostic,
        };
        self.problem(diagnostic.help("remove one of the two"));
    }

    /// `data.my.cnf = ...` makes a key `my` with a table in it: TOML's dots are the mistake nearly
    /// everybody makes once.
    fn is_dotted_mistake(&mut self, name: &str, toml: &DeTable<'_>) -> bool {
        let known =
            |key: &str| VALUE_SOURCES.iter().chain(VALUE_MODIFIERS).any(|field| field.name == key);
        let mut keys = toml.iter();
        let (Some((key, value)), None) = (keys.next(), keys.next()) else { return false };
        let inner = key.get_ref().as_ref();
        if known(inner)
            || phrases::nearest(inner, VALUE_SOURCES.iter().map(|field| field.name)).is_some()
        {
            return false;
        }
        let joined = format!("{name}.{inner}");
        self.problem(
            Diagnostic::new(
                &codes::UNKNOWN_KEY,
                format!("a value has no key {}", phrases::code(inner)),
            )
            .at(self.span(key.span()), "unknown key")
            .note(format!(
                "in TOML, a dot in a key starts a table: this says the data key {} holds {}",
                phrases::code(name),
                class(value.get_ref())
            ))
            .help(format!(
                "if the data key is {}, quote it: `data.{} = ...`",
                phrases::code(&joined),
                string_literal(&joined)
            ))
            .help(format!(
                "a table has one of {}",
                phrases::one_of(VALUE_SOURCES.iter().map(|field| field.name))
            )),
        );
        true
    }
}
