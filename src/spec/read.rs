//! Reads TOML tables against the language: types, unknown and missing keys. All problems of a spec
//! in one pass.

use std::ops::Range;

use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use super::edit::{key_literal, string_literal};
use super::language::{DATA_FROM, Field, Shape, Table};
use super::node::{Node, NodeKind, Text};
use super::record::{Item, Record};
use super::shape_names::{class, integer};
use super::value::{Fetch, From, How, WholeFile};
use crate::diag::phrases::{self, code, nearest, one_of};
use crate::diag::{Diagnostic, codes};
use crate::source::{FileId, Span, Spanned};
use crate::structure::Format;

/// Reads one file's tables; collects what is wrong with them and which strings may be quoted.
pub(crate) struct SpecReader {
    file: FileId,
    /// What is wrong.
    pub problems: Vec<Diagnostic>,
    /// Tokens that hold nothing secret.
    pub visible: Vec<Range<usize>>,
    /// Tokens that are templates over secrets: their expressions may be quoted, their text not.
    pub templates: Vec<Range<usize>>,
}

impl SpecReader {
    /// A reader of this file.
    pub(crate) fn new(file: FileId) -> Self {
        Self { file, problems: Vec::new(), visible: Vec::new(), templates: Vec::new() }
    }

    /// A place in this file.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range)
    }

    /// Reports a problem.
    pub(crate) fn problem(&mut self, diagnostic: Diagnostic) {
        self.problems.push(diagnostic);
    }

    /// Reads a table against its definition. `skip` names keys that somebody else reads.
    pub(crate) fn table(
        &mut self,
        toml: &DeTable<'_>,
        span: Span,
        definition: &Table,
        skip: &[&str],
    ) -> Record {
        let mut record = Record::new(span);
        for (key, value) in toml {
            let name = key.get_ref().as_ref();
            if skip.contains(&name) {
                continue;
            }
            let key_span = self.span(key.span());
            match definition.field(name) {
                Some(field) => {
                    let item = self.item(field, value).unwrap_or(Item::Wrong);
                    record.push(field.name, key_span, item);
                }
                None => self.unknown_key(name, key_span, toml, definition, skip),
            }
        }
        for field in definition
            .fields()
            .filter(|field| field.required && record.key_span(field.name).is_none())
        {
            self.problem(
                Diagnostic::new(
                    &codes::MISSING_KEY,
                    format!("{} needs {}", definition.name, phrases::code(field.name)),
                )
                .at(span, format!("no {} here", phrases::code(field.name)))
                .help(format!(
                    "write `{} = {}`",
                    field.name,
                    field.shape.placeholder()
                )),
            );
        }
        record
    }

    fn unknown_key(
        &mut self,
        name: &str,
        span: Span,
        toml: &DeTable<'_>,
        definition: &Table,
        more: &[&str],
    ) {
        let known = || definition.fields().map(|field| field.name).chain(more.iter().copied());
        let diagnostic = Diagnostic::new(
            &codes::UNKNOWN_KEY,
            format!("{} has no key {}", definition.name, code(name)),
        );
        self.problem(match nearest(name, known()) {
            // The key that is meant may be there already: then this one is too much, or something
            // else is meant.
            Some(near) if toml.contains_key(near) => {
                diagnostic.at(span, format!("did you mean {}?", code(near)))
            }
            Some(near) => diagnostic.at(span, "unknown key").fix(
                span,
                key_literal(near),
                format!("write {}", code(near)),
            ),
            None => diagnostic
                .at(span, "unknown key")
                .help(format!("it takes {}", phrases::all_of(known()))),
        });
    }

    fn item(&mut self, field: &Field, value: &TomlSpanned<DeValue<'_>>) -> Option<Item> {
        let name = field.name;
        let shape = &field.shape;
        Some(match shape {
            Shape::Bool => match value.get_ref() {
                DeValue::Boolean(boolean) => {
                    self.visible.push(value.span());
                    Item::Bool(*boolean)
                }
                _ => return self.wrong_type(name, shape, value),
            },
            Shape::Version => {
                self.visible.push(value.span());
                match integer(value.get_ref()) {
                    Some(1) => Item::Bool(true),
                    Some(_) => {
                        self.problem(
                            Diagnostic::new(
                                &codes::INVALID_VALUE,
                                "the spec says a version of the language that is not known here",
                            )
                            .at(self.span(value.span()), "not known")
                            .help("write `version = 1`, or use a newer mintage"),
                        );
                        return None;
                    }
                    None => return self.wrong_type(name, shape, value),
                }
            }
            Shape::Word(words) => Item::Text(self.word(name, words, shape, value)?),
            Shape::Plain | Shape::Text => Item::Text(self.text(name, shape, value, true)?),
            Shape::SecretPlain | Shape::SecretText => {
                Item::Text(self.text(name, shape, value, false)?)
            }
            Shape::Plains | Shape::Texts => match value.get_ref() {
                DeValue::Array(array) => Item::Texts(
                    array
                        .iter()
                        .filter_map(|element| self.text(name, shape.element(), element, true))
                        .collect(),
                ),
                _ => return self.wrong_type(name, shape, value),
            },
            Shape::PlainMap | Shape::TextMap => match value.get_ref() {
                DeValue::Table(table) => {
                    let entries = table.iter().filter_map(|(key, element)| {
                        Some((
                            self.key(key),
                            self.text(key.get_ref(), shape.element(), element, true)?,
                        ))
                    });
                    Item::TextMap(entries.collect())
                }
                _ => return self.wrong_type(name, shape, value),
            },
            Shape::ForEach => Item::Data(self.node(value, true)?),
            Shape::DataTable => match value.get_ref() {
                DeValue::Table(_) => Item::Data(self.node(value, true)?),
                _ => return self.wrong_type(name, shape, value),
            },
            Shape::Tree => Item::Data(self.node(value, false)?),
            Shape::Date => match value.get_ref() {
                DeValue::Datetime(date) => {
                    self.visible.push(value.span());
                    Item::Text(Text { value: date.to_string(), span: self.span(value.span()) })
                }
                _ => Item::Text(self.text(name, shape, value, true)?),
            },
            Shape::Value => Item::Value(self.value(name, value)?),
            Shape::Values => match value.get_ref() {
                DeValue::Table(table) => {
                    let entries = table.iter().filter_map(|(key, element)| {
                        Some((self.key(key), self.value(key.get_ref(), element)?))
                    });
                    Item::Values(entries.collect())
                }
                _ => return self.wrong_type(name, shape, value),
            },
            Shape::ValueList => match value.get_ref() {
                DeValue::Array(array) => Item::ValueList(
                    array.iter().filter_map(|element| self.value(name, element)).collect(),
                ),
                _ => return self.wrong_type(name, shape, value),
            },
            Shape::DataFrom => match value.get_ref() {
                DeValue::Array(array) => Item::DataFrom(
                    array
                        .iter()
                        .filter_map(|element| match element.get_ref() {
                            DeValue::Table(table) => {
                                self.whole_file(table, self.span(element.span()), &DATA_FROM)
                            }
                            _ => self.wrong_type(name, shape, element),
                        })
                        .collect(),
                ),
                _ => return self.wrong_type(name, shape, value),
            },
            Shape::Table(definition) => match value.get_ref() {
                DeValue::Table(table) => {
                    Item::Record(self.table(table, self.span(value.span()), definition, &[]))
                }
                _ => return self.wrong_type(name, shape, value),
            },
            Shape::Map(definition) => match value.get_ref() {
                DeValue::Table(table) => {
                    let entries =
                        table.iter().filter_map(|(key, element)| match element.get_ref() {
                            DeValue::Table(table) => Some((
                                self.key(key),
                                self.table(table, self.span(key.span()), definition, &[]),
                            )),
                            _ => self.wrong_type(key.get_ref(), &Shape::Table(definition), element),
                        });
                    Item::Map(entries.collect())
                }
                _ => return self.wrong_type(name, shape, value),
            },
            Shape::List(definition) => match value.get_ref() {
                DeValue::Array(array) => Item::List(
                    array
                        .iter()
                        .filter_map(|element| match element.get_ref() {
                            DeValue::Table(table) => {
                                Some(self.table(table, self.span(element.span()), definition, &[]))
                            }
                            _ => self.wrong_type(name, shape, element),
                        })
                        .collect(),
                ),
                _ => return self.wrong_type(name, shape, value),
            },
        })
    }

    /// A key of a table with free names.
    pub(crate) fn key(&self, key: &TomlSpanned<std::borrow::Cow<'_, str>>) -> Text {
        Text { value: key.get_ref().to_string(), span: self.span(key.span()) }
    }

    fn text(
        &mut self,
        name: &str,
        shape: &Shape,
        value: &TomlSpanned<DeValue<'_>>,
        visible: bool,
    ) -> Option<Text> {
        match value.get_ref() {
            DeValue::String(text) => {
                if visible {
                    self.visible.push(value.span());
                } else {
                    self.templates.push(value.span());
                }
                Some(Text { value: text.to_string(), span: self.span(value.span()) })
            }
            _ => self.wrong_type(name, shape, value),
        }
    }

    fn word(
        &mut self,
        name: &str,
        known: &[&str],
        shape: &Shape,
        value: &TomlSpanned<DeValue<'_>>,
    ) -> Option<Text> {
        let text = self.text(name, shape, value, true)?;
        if known.contains(&text.value.as_str()) {
            return Some(text);
        }
        let diagnostic = Diagnostic::new(
            &codes::INVALID_VALUE,
            format!("{} does not take {}", code(name), code(&text.value)),
        );
        let diagnostic =
            respelt(diagnostic.at(text.span, "not known"), &text, known.iter().copied());
        let all = one_of(known.iter().map(|word| format!("\"{word}\"")));
        let help = if diagnostic.fixes.is_empty() {
            format!("write {all}")
        } else {
            format!("it takes {all}")
        };
        self.problem(diagnostic.help(help));
        None
    }

    /// Plain data, or the tree of a structured value.
    pub(crate) fn node(&mut self, value: &TomlSpanned<DeValue<'_>>, visible: bool) -> Option<Node> {
        let span = self.span(value.span());
        let kind = match value.get_ref() {
            DeValue::String(text) => {
                if !visible {
                    self.templates.push(value.span());
                }
                NodeKind::String(text.to_string())
            }
            DeValue::Boolean(boolean) => NodeKind::Bool(*boolean),
            DeValue::Integer(_) => match integer(value.get_ref()) {
                Some(integer) => NodeKind::Integer(integer),
                None => {
                    self.problem(
                        Diagnostic::new(&codes::INVALID_VALUE, "an integer of more than 64 bits")
                            .at(span, "too large")
                            .help("write it as a string"),
                    );
                    return None;
                }
            },
            DeValue::Float(float) => match float.as_str().parse() {
                Ok(float) => NodeKind::Float(float),
                Err(_) => NodeKind::Float(f64::NAN),
            },
            DeValue::Datetime(date) => NodeKind::Datetime(date.to_string()),
            DeValue::Array(array) => NodeKind::Array(
                array.iter().filter_map(|element| self.node(element, visible)).collect(),
            ),
            DeValue::Table(table) => NodeKind::Table(
                table
                    .iter()
                    .filter_map(|(key, element)| {
                        Some((self.key(key), self.node(element, visible)?))
                    })
                    .collect(),
            ),
        };
        if visible && !matches!(kind, NodeKind::Array(_) | NodeKind::Table(_)) {
            self.visible.push(value.span());
        }
        Some(Node { kind, span })
    }

    /// A table that names one file: `data-from` and `[sources]`.
    pub(crate) fn whole_file(
        &mut self,
        toml: &DeTable<'_>,
        span: Span,
        definition: &Table,
    ) -> Option<WholeFile> {
        let before = self.problems.len();
        let record = self.table(toml, span, definition, &[]);
        if self.problems.len() > before {
            return None;
        }
        self.whole_file_of(&record, definition)
    }

    /// The same out of a table that was read already.
    pub(crate) fn whole_file_of(
        &mut self,
        record: &Record,
        definition: &Table,
    ) -> Option<WholeFile> {
        let names: Vec<&'static str> = ["file", "age", "armor", "sops", "source", "env-var"]
            .into_iter()
            .filter(|name| definition.field(name).is_some())
            .collect();
        let name = self.exactly_one(record, &names, definition)?;
        let text = record.text(name)?.clone();
        let from = match name {
            "source" => From::Named(text),
            name => From::Fetch(Fetch { how: self.how(name, record)?, what: text }),
        };
        Some(WholeFile {
            span: record.span,
            from,
            format: self.format_of(record),
            decode: record.text("decode").is_some(),
            optional: record.boolean("optional").copied().unwrap_or_default(),
            override_: record.boolean("override").copied().unwrap_or_default(),
        })
    }

    /// How a source of this name is read; what is not built yet is said.
    pub(crate) fn how(&mut self, name: &str, record: &Record) -> Option<How> {
        match name {
            "file" => Some(How::File),
            "age" => Some(How::Age),
            "armor" => Some(How::Armor),
            "env-var" => Some(How::EnvVar),
            _ => {
                let span = record.key_span(name).unwrap_or(record.span);
                self.problem(
                    Diagnostic::new(
                        &codes::NOT_YET,
                        "this version of mintage does not read SOPS files yet",
                    )
                    .at(span, "not yet")
                    .help(
                        "until then, re-encrypt the file with age: `sops decrypt FILE | age -r \
                         RECIPIENT -o FILE.age`, and write `age = \"FILE.age\"`",
                    ),
                );
                None
            }
        }
    }

    /// The `format` of a record.
    pub(crate) fn format_of(&self, record: &Record) -> Option<Spanned<Format>> {
        let text = record.text("format")?;
        Format::from_name(&text.value).map(|format| Spanned::new(format, text.span))
    }

    /// The one of `names` that the record has; none or several are problems.
    pub(crate) fn exactly_one(
        &mut self,
        record: &Record,
        names: &[&'static str],
        definition: &Table,
    ) -> Option<&'static str> {
        let present: Vec<&'static str> =
            names.iter().copied().filter(|name| record.key_span(name).is_some()).collect();
        match present.as_slice() {
            [name] => Some(name),
            [] => {
                self.problem(
                    Diagnostic::new(
                        &codes::MISSING_KEY,
                        format!("{} does not say where its bytes come from", definition.name),
                    )
                    .at(record.span, "no source here")
                    .help(format!("write one of {}", one_of(names))),
                );
                None
            }
            [first, second, ..] => {
                let (first_span, second_span) = (
                    record.key_span(first).unwrap_or(record.span),
                    record.key_span(second).unwrap_or(record.span),
                );
                self.problem(
                    Diagnostic::new(
                        &codes::CONFLICTING_KEYS,
                        format!("{} has {} sources, it takes one", definition.name, present.len()),
                    )
                    .at(second_span, "the second")
                    .also(first_span, "the first")
                    .help("keep one; `concat = [...]` joins several values"),
                );
                None
            }
        }
    }

    /// Reports a value of the wrong TOML type.
    pub(crate) fn wrong_type<T>(
        &mut self,
        name: &str,
        shape: &Shape,
        value: &TomlSpanned<DeValue<'_>>,
    ) -> Option<T> {
        let found = class(value.get_ref());
        // A missing value has an empty span, which would point between two characters.
        self.problem(
            Diagnostic::new(
                &codes::WRONG_TYPE,
                format!("{} takes {}, not {found}", phrases::code(name), shape.expects()),
            )
            .at(self.span(value.span()), found)
            .help(format!("write `{} = {}`", key_literal(name), shape.placeholder())),
        );
        None
    }
}

/// With the known word that is nearest to a string of the spec as a repair, if one is near enough.
/// Not for templates.
pub(crate) fn respelt<'a>(
    diagnostic: Diagnostic,
    text: &Text,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    match nearest(&text.value, known) {
        Some(near) => {
            diagnostic.fix(text.span, string_literal(near), format!("write {}", code(near)))
        }
        None => diagnostic,
    }
}
